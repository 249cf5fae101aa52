// SPDX-License-Identifier: Apache-2.0
/*
 * Programs are started with posix_spawnp. What they write goes to memory files
 * rather than pipes: nobody has to read while they run, so several can run at
 * once and none can block on a full pipe.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn.h"

extern char **environ;

struct spawn {
	pid_t pid;
	int err;       /* errno of a failed start */
	int out, diag; /* memory files; -1: none */
};

static int memory_file(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC);
}

static int file_actions(posix_spawn_file_actions_t *fa, const struct spawn *s, const char *dir,
			const char *stdout_path)
{
	int err = posix_spawn_file_actions_addopen(fa, 0, "/dev/null", O_RDONLY, 0);

	/* The file is named from where btc runs, so it is opened before the change of directory. */
	if (!err && stdout_path)
		err = posix_spawn_file_actions_addopen(fa, 1, stdout_path,
						       O_WRONLY | O_CREAT | O_TRUNC, 0644);
	else if (!err)
		err = posix_spawn_file_actions_adddup2(fa, s->out, 1);
	if (!err)
		err = posix_spawn_file_actions_adddup2(fa, s->diag, 2);
	if (!err && dir)
		err = posix_spawn_file_actions_addchdir_np(fa, dir);
	return err;
}

static int start(struct spawn *s, const char *const *argv, const char *dir, const char *stdout_path)
{
	posix_spawn_file_actions_t fa;
	int err;

	s->diag = memory_file("stderr");
	if (s->diag < 0)
		return errno;
	if (!stdout_path) {
		s->out = memory_file("stdout");
		if (s->out < 0)
			return errno;
	}
	err = posix_spawn_file_actions_init(&fa);
	if (err)
		return err;
	err = file_actions(&fa, s, dir, stdout_path);
	if (!err)
		err = posix_spawnp(&s->pid, argv[0], &fa, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	return err;
}

struct spawn *spawn__start(struct arena *a, const char *const *argv, const char *dir,
			   const char *stdout_path)
{
	struct spawn *s = NEW(a, struct spawn);

	s->pid = -1;
	s->out = s->diag = -1;
	s->err = start(s, argv, dir, stdout_path);
	return s;
}

/* Takes over @fd. What cannot be read is cut off: the text only serves messages. */
static const char *read_all(struct arena *a, int fd, size_t *len)
{
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	char *s = arena__alloc(a, (size > 0 ? (size_t)size : 0) + 1);
	size_t at = 0;

	while (size > 0 && at < (size_t)size) {
		ssize_t n = pread(fd, s + at, (size_t)size - at, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	if (fd >= 0)
		close(fd);
	s[at] = '\0';
	*len = at;
	return s;
}

static int wait_status(pid_t pid)
{
	int st;

	while (waitpid(pid, &st, 0) < 0) {
		if (errno != EINTR)
			return 127;
	}
	return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

int spawn__wait(struct arena *a, struct spawn *s, struct spawn_result *out)
{
	memset(out, 0, sizeof(*out));
	out->err = s->err;
	out->status = s->err ? 127 : wait_status(s->pid);
	out->out = read_all(a, s->out, &out->out_len);
	out->diag = read_all(a, s->diag, &out->diag_len);
	s->out = s->diag = -1;
	if (s->err)
		return -s->err;
	return out->status != 0;
}

int spawn__run_to(struct arena *a, const char *const *argv, const char *dir,
		  const char *stdout_path, struct spawn_result *out)
{
	return spawn__wait(a, spawn__start(a, argv, dir, stdout_path), out);
}

int spawn__run(struct arena *a, const char *const *argv, const char *dir, struct spawn_result *out)
{
	return spawn__run_to(a, argv, dir, NULL, out);
}

/* Nothing in @s that a shell would take for more than a letter. */
static bool is_plain(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_=+./,:@%")];
}

const char *spawn__command_line(struct arena *a, const char *const *argv)
{
	struct buf b = { 0 };
	const char *line;

	for (size_t i = 0; argv[i]; i++) {
		if (i)
			buf__str(&b, " ");
		if (is_plain(argv[i])) {
			buf__str(&b, argv[i]);
			continue;
		}
		buf__str(&b, "'");
		for (const char *c = argv[i]; *c; c++) {
			if (*c == '\'')
				buf__str(&b, "'\\''");
			else
				buf__add(&b, c, 1);
		}
		buf__str(&b, "'");
	}
	line = arena__strndup(a, b.s ? b.s : "", b.len);
	buf__free(&b);
	return line;
}
