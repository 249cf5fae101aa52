// SPDX-License-Identifier: Apache-2.0
/*
 * Iterators: a program that the kernel runs once for each object of a kind,
 * while somebody reads the file that the iterator is. The tool does so once,
 * when all is attached, and ends; a pinned one is left for others to read.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define BPFFS "/sys/fs/bpf"

int btc_attach_iter(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	union bpf_iter_link_info info = { 0 };
	pid_t pid = r->pid ? r->pid : r->child.pid;
	int fd;

	if (pid && !strncmp(pl->func, "task", 4)) {
		info.task.pid = pid;
		opts.iter_info = &info;
		opts.iter_info_len = sizeof(info);
	}
	fd = bpf_link_create(btc_place_prog(r, pl), 0, BPF_TRACE_ITER, &opts);
	if (fd == -EINVAL && opts.iter_info)
		return btc_fail(r, BTC_STATUS_LOAD, pl->pr->where,
				"%s: this kernel cannot iterate over one process (6.1 can)",
				pl->name);
	if (fd < 0)
		return fd;
	r->iter = pl;
	r->iter_fd = fd;
	return btc_link_add(r, fd, -1);
}

static int pin(struct btc_run *r)
{
	const char *name = r->iter->target;
	char path[256];
	int err;

	snprintf(path, sizeof(path), "%s%s", *name == '/' ? "" : BPFFS "/", name);
	err = bpf_obj_pin(r->iter_fd, path);
	if (err == -EEXIST && !unlink(path)) /* of an earlier run */
		err = bpf_obj_pin(r->iter_fd, path);
	if (err) {
		btc_fail(r, BTC_STATUS_LOAD, r->iter->pr->where, "%s: cannot pin it to %s: %s",
			 r->iter->name, path, strerror(-err));
		if (err == -EPERM || err == -EINVAL || err == -ENOENT)
			btc_hint("a BPF file system must be mounted there: mount -t bpf bpf %s",
				 BPFFS);
		return -ECANCELED;
	}
	if (r->json)
		fprintf(stderr, "Program pinned to %s\n", path);
	else
		btc_out_printf(&r->out, "Program pinned to %s\n", path);
	return 0;
}

/* Text that the kernel put together; in JSON a message for each line. */
static void take_text(struct btc_run *r, const char *s, size_t len)
{
	size_t n;

	if (!r->json) {
		btc_out_mem(&r->out, s, len);
		return;
	}
	while (len) {
		const char *end = memchr(s, '\n', len);

		if (!end) { /* the rest of a line comes with the next piece */
			btc_out_mem(&r->key, s, len);
			return;
		}
		n = end + 1 - s;
		btc_out_mem(&r->key, s, n);
		btc_json_text(r, "printf", r->key.buf, r->key.len);
		r->key.len = 0;
		s += n;
		len -= n;
	}
}

int btc_run_iter(struct btc_run *r)
{
	char text[8192];
	int fd, err = 0;
	ssize_t n;

	if (!r->iter)
		return 0;
	while (btc_drain(r, 16384)) /* of begin probes */
		;
	if (r->exiting)
		return 0;
	if (*r->iter->target)
		return pin(r);
	fd = bpf_iter_create(r->iter_fd);
	if (fd < 0)
		return btc_fail(r, BTC_STATUS_LOAD, r->iter->pr->where, "cannot run %s: %s",
				r->iter->name, strerror(-fd));
	r->key.len = 0;
	while ((n = read(fd, text, sizeof(text))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			take_text(r, text, n);
	if (r->key.len)
		btc_json_text(r, "printf", r->key.buf, r->key.len);
	if (n < 0)
		err = btc_fail(r, BTC_STATUS_LOAD, r->iter->pr->where, "%s: %s", r->iter->name,
			       strerror(errno));
	close(fd);
	btc_out_flush(&r->out);
	return err;
}
