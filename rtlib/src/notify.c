// SPDX-License-Identifier: Apache-2.0
/*
 * Tells who started the tool, systemd for one, when it is ready and when it
 * ends: a datagram to the socket that NOTIFY_SOCKET names, as sd_notify(3) says.
 * A name that begins with @ is an abstract one.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

static int open_socket(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *name = getenv("NOTIFY_SOCKET");
	size_t len = name ? strlen(name) : 0;
	int fd;

	if (len < 2 || len > sizeof(addr.sun_path) || (*name != '/' && *name != '@'))
		return -1;
	memcpy(addr.sun_path, name, len);
	if (*name == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&addr, offsetof(struct sockaddr_un, sun_path) + len)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The socket stays open: it may not be reached any more once privileges are dropped. */
void btc_notify_ready(struct btc_run *r)
{
	char text[64];
	int n;

	r->notify_fd = open_socket();
	if (r->notify_fd < 0)
		return;
	n = snprintf(text, sizeof(text), "READY=1\nSTATUS=Attached %u probe%s", r->nr_attached,
		     r->nr_attached == 1 ? "" : "s");
	send(r->notify_fd, text, n, MSG_NOSIGNAL);
}

void btc_notify_stopping(struct btc_run *r)
{
	if (r->notify_fd < 0)
		return;
	send(r->notify_fd, "STOPPING=1", 10, MSG_NOSIGNAL);
	close(r->notify_fd);
	r->notify_fd = -1;
}
