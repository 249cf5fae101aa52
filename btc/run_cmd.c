// SPDX-License-Identifier: Apache-2.0
/*
 * btc run: the tool is compiled to a private directory, and this process
 * becomes it, so that signals, terminal and exit status are the tool's own. The
 * directory outlives btc by a moment only: a process of its own removes it when
 * the exec closes the pipe that both hold.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run_cmd.h"
#include "workdir.h"

/* Twice removed, so that the tool gets no child it does not know. */
static void remove_after_exec(const char *dir)
{
	int fds[2];
	pid_t pid;
	char c;

	if (pipe2(fds, O_CLOEXEC))
		return;
	pid = fork();
	if (!pid) {
		if (fork())
			_exit(0);
		/* A signal to the group must not stop it. */
		setsid();
		close(fds[1]);
		while (read(fds[0], &c, 1) < 0 && errno == EINTR)
			;
		remove_tree(dir);
		_exit(0);
	}
	close(fds[0]);
	if (pid < 0)
		close(fds[1]);
	else
		waitpid(pid, NULL, 0);
}

/*
 * The tool's command line: its own options, the script's named ones, and the
 * positional parameters after `--`, as one of them may look like an option (-5).
 */
static char **tool_argv(struct arena *a, const char *path, const word_vec *pass,
			const word_vec *words, word_vec *positional)
{
	word_vec v = { 0 };
	char *argv0 = arena__strdup(a, path);

	vec_push(a, &v, argv0);
	for (size_t i = 0; i < pass->nr; i++)
		vec_push(a, &v, pass->v[i]);
	for (size_t i = 0; i < words->nr; i++) {
		if (!strncmp(words->v[i], "--", 2) && words->v[i][2])
			vec_push(a, &v, words->v[i]);
		else
			vec_push(a, positional, words->v[i]);
	}
	if (positional->nr) {
		char *end = arena__strdup(a, "--");

		vec_push(a, &v, end);
	}
	for (size_t i = 0; i < positional->nr; i++)
		vec_push(a, &v, positional->v[i]);
	vec_push(a, &v, NULL);
	return v.v;
}

static const char *name_of(struct arena *a, const struct driver_options *o)
{
	const char *base;
	size_t len;

	if (!o->script || !strcmp(o->script, "-"))
		return "stdin";
	base = strrchr(o->script, '/');
	base = base ? base + 1 : o->script;
	len = strlen(base);
	return len > 3 && !strcmp(base + len - 3, ".bt") ? arena__strndup(a, base, len - 3) : base;
}

int run_cmd(struct arena *a, struct driver_options *o, const word_vec *pass, const word_vec *words)
{
	word_vec positional = { 0 };
	struct workdir *dir = workdir__new(a, NULL);
	const char *path;
	char **argv;

	if (!dir)
		return 1;
	path = workdir__file(a, dir, name_of(a, o));
	argv = tool_argv(a, path, pass, words, &positional);
	o->output = path;
	o->params = positional.nr ? positional.v : argv; /* never NULL: they are known */
	o->nr_params = (unsigned)positional.nr;
	if (driver__compile(a, o)) {
		remove_after_exec(workdir__path(dir));
		execv(path, argv);
		fprintf(stderr, "btc: error: cannot run %s: %s\n", path, strerror(errno));
	}
	workdir__free(dir);
	return 1;
}
