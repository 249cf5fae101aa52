// SPDX-License-Identifier: Apache-2.0
/*
 * What the system knows: names of users, paths of cgroups, files and commands
 * whose output is wanted. No NSS: a static tool cannot load its modules, so
 * user names come from /etc/passwd alone.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#define USERS 64

void btc_username(struct btc_out *o, __u64 uid)
{
	static struct user {
		__u64 uid;
		char name[33];
	} cache[USERS];
	static unsigned nr;
	struct passwd *pw;
	unsigned i;
	FILE *f;

	for (i = 0; i < nr && i < USERS; i++)
		if (cache[i].uid == uid)
			break;
	if (i == nr || i == USERS) {
		i = nr++ % USERS;
		cache[i].uid = uid;
		cache[i].name[0] = '\0';
		f = fopen("/etc/passwd", "re");
		while (f && (pw = fgetpwent(f))) {
			if (pw->pw_uid != uid)
				continue;
			snprintf(cache[i].name, sizeof(cache[i].name), "%s", pw->pw_name);
			break;
		}
		if (f)
			fclose(f);
		if (nr > 2 * USERS)
			nr -= USERS;
	}
	btc_out_str(o, cache[i].name);
}

/* --- cgroups --- */

#define HIERARCHIES 32

struct hierarchy {
	char name[64]; /* "unified", or the last part of the path of a version 1 */
	char path[256];
};

/* Version 2 first, the others by name. */
static int by_type(const void *a, const void *b)
{
	const struct hierarchy *x = a, *y = b;
	bool v2 = !strcmp(x->name, "unified");

	return v2 != !strcmp(y->name, "unified") ? (v2 ? -1 : 1) : strcmp(x->name, y->name);
}

/* From /proc/self/mounts; a hierarchy that is mounted twice counts once. */
static unsigned hierarchies(struct hierarchy *h)
{
	FILE *f = fopen("/proc/self/mounts", "re");
	char line[1024], dir[256], type[64];
	unsigned nr = 0, i;

	while (f && nr < HIERARCHIES && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %255s %63s", dir, type) != 2 || strncmp(type, "cgroup", 6))
			continue;
		snprintf(h[nr].path, sizeof(h[nr].path), "%s", dir);
		snprintf(h[nr].name, sizeof(h[nr].name), "%s",
			 type[6] ? "unified" : strrchr(dir, '/') + 1);
		for (i = 0; i < nr && strcmp(h[i].name, h[nr].name); i++)
			;
		nr += i == nr;
	}
	if (f)
		fclose(f);
	qsort(h, nr, sizeof(*h), by_type);
	return nr;
}

/* A cgroup's id is its directory's inode, and the kernel opens it by that. */
static bool find_cgroup(const struct hierarchy *h, __u64 id, char *path, size_t room)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + sizeof(__u64)];
	} u = { .h = { .handle_bytes = sizeof(__u64), .handle_type = 0xfe } }; /* FILEID_KERNFS */
	int root = open(h->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	char link[64];
	ssize_t n;

	if (root < 0)
		return false;
	memcpy(u.room + sizeof(struct file_handle), &id, sizeof(id));
	fd = open_by_handle_at(root, &u.h, O_PATH | O_CLOEXEC);
	close(root);
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, room - 1);
	close(fd);
	path[n < 0 ? 0 : n] = '\0';
	return n >= 0;
}

void btc_cgroup_path(struct btc_run *r, struct btc_out *o, const struct btc_cgroup *cg)
{
	static struct hierarchy known[HIERARCHIES];
	static unsigned nr;
	const char *filter = cg->filter && cg->filter <= r->p->nr_formats
				     ? r->p->formats[cg->filter - 1].text
				     : "*";
	const struct hierarchy *h;
	bool any = false;
	char path[4096];
	size_t len;

	if (!nr)
		nr = hierarchies(known);
	for (h = known; h < known + nr; h++) {
		if (!btc_match(filter, h->name) || !find_cgroup(h, cg->id, path, sizeof(path)))
			continue;
		if (any)
			btc_out_char(o, ',');
		any = true;
		btc_out_str(o, h->name);
		btc_out_char(o, ':');
		len = strlen(h->path);
		if (strncmp(path, h->path, len))
			btc_out_str(o, path);
		else
			btc_out_str(o, path[len] ? path + len : "/");
	}
}

int btc_cgroup_id(const char *path, __u64 *id)
{
	union {
		struct file_handle h;
		char room[sizeof(struct file_handle) + sizeof(__u64)];
	} u = { .h = { .handle_bytes = sizeof(__u64) } };
	int mount;

	if (name_to_handle_at(AT_FDCWD, path, &u.h, &mount, 0))
		return -errno;
	memcpy(id, u.room + sizeof(struct file_handle), sizeof(*id));
	return 0;
}

/* --- cat and system --- */

/* Output of others on its way to ours; in JSON characters may be cut anywhere. */
struct pump {
	char text[4096];
	size_t len; /* what is kept of the last piece */
};

static size_t pump_room(const struct pump *p)
{
	return sizeof(p->text) - p->len;
}

static void pump_take(struct btc_run *r, struct pump *p, size_t n)
{
	size_t taken;

	if (!r->json) {
		btc_out_mem(&r->out, p->text, n);
		return;
	}
	p->len += n;
	taken = btc_json_part(&r->out, p->text, p->len, false);
	p->len -= taken;
	memmove(p->text, p->text + taken, p->len);
}

static void pump_begin(struct btc_run *r, struct pump *p, const char *type)
{
	p->len = 0;
	if (!r->json)
		return;
	btc_json_begin(r, type);
	btc_out_str(&r->out, "\"data\": \"");
}

static void pump_end(struct btc_run *r, struct pump *p)
{
	if (!r->json)
		return;
	btc_json_part(&r->out, p->text, p->len, true);
	btc_out_char(&r->out, '"');
	btc_json_end(r);
}

int btc_cat(struct btc_run *r, const char *path, const struct btc_where *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = fd < 0 ? errno : 0;
	size_t left = r->config.max_cat_bytes;
	struct pump p;
	ssize_t n;

	if (fd >= 0)
		pump_begin(r, &p, "cat");
	while (!err && left) {
		n = read(fd, p.text + p.len, left < pump_room(&p) ? left : pump_room(&p));
		if (!n)
			break;
		if (n < 0) {
			err = errno;
			break;
		}
		pump_take(r, &p, n);
		left -= n;
	}
	if (fd >= 0) {
		pump_end(r, &p);
		close(fd);
	}
	if (err)
		btc_trouble(r, w, "cat: %s: %s", path, strerror(err));
	return 0;
}

int btc_system(struct btc_run *r, const char *cmd)
{
	int pipefd[2], status;
	struct pump p;
	ssize_t n;
	pid_t pid;

	if (pipe2(pipefd, O_CLOEXEC))
		return -errno;
	btc_out_flush(&r->out);
	pid = fork();
	if (!pid) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_DFL);
		dup2(pipefd[1], STDOUT_FILENO);
		dup2(pipefd[1], STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
		_exit(127);
	}
	close(pipefd[1]);
	pump_begin(r, &p, "syscall");
	while (pid > 0) {
		n = read(pipefd[0], p.text + p.len, pump_room(&p));
		if (n > 0)
			pump_take(r, &p, n);
		else if (!n || errno != EINTR)
			break;
	}
	close(pipefd[0]);
	if (pid > 0)
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	pump_end(r, &p);
	if (!r->json)
		btc_out_char(&r->out, '\n');
	return 0;
}
