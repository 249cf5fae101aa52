// SPDX-License-Identifier: Apache-2.0
/*
 * btc run: the tool is compiled to a private directory or to the cache, and this
 * process becomes it, so that signals, terminal and exit status are the tool's
 * own. A private directory outlives btc by a moment only: a process of its own
 * removes it when the exec closes the pipe that both hold.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache.h"
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
static char **tool_argv(struct arena *a, const char *name, const struct run_request *r,
			word_vec *positional)
{
	char *end = arena__strdup(a, "--"), *argv0 = arena__strdup(a, name);
	word_vec v = { 0 };

	vec_push(a, &v, argv0);
	for (size_t i = 0; i < r->pass.nr; i++)
		vec_push(a, &v, r->pass.v[i]);
	vec_push(a, &v, end);
	for (size_t i = 0; i < r->words.nr; i++) {
		if (!strncmp(r->words.v[i], "--", 2) && r->words.v[i][2])
			vec_push(a, &v, r->words.v[i]);
		else
			vec_push(a, positional, r->words.v[i]);
	}
	for (size_t i = 0; i < positional->nr; i++)
		vec_push(a, &v, positional->v[i]);
	vec_push(a, &v, NULL);
	return v.v;
}

static const char *name_of(struct arena *a, const struct driver_options *o)
{
	return !o->script || !strcmp(o->script, "-") ? "stdin" : script_stem(a, o->script);
}

static int cannot_run(const char *path)
{
	fprintf(stderr, "btc: error: cannot run %s: %s\n", path, strerror(errno));
	return 1;
}

/* Compiles to a directory that is removed. */
static int run_private(struct arena *a, struct driver_options *o, const char *name, char **argv)
{
	struct workdir *dir = workdir__new(a, NULL);
	int status = 1;

	if (!dir)
		return 1;
	o->output = workdir__file(a, dir, name);
	if (driver__compile(a, o)) {
		remove_after_exec(workdir__path(dir));
		execv(o->output, argv);
		status = cannot_run(o->output);
	}
	workdir__free(dir);
	return status;
}

/* Compiles to the cache, where it stays if it can. */
static int run_stored(struct arena *a, struct driver_options *o, struct cache *cache,
		      const char *name, char **argv)
{
	const char *path, *room, *btf = o->btf ? o->btf : getenv("BPFTRACE_BTF");
	struct buf said = { 0 };

	o->deps = deps__new(a);
	o->said = &said;
	if (btf && *btf)
		deps__file(o->deps, btf);
	if (!driver__compile(a, o)) {
		cache__drop(cache);
		buf__free(&said);
		return 1;
	}
	path = cache__store(cache, o->deps, &said, &room);
	buf__free(&said);
	o->said = NULL;
	if (room)
		remove_after_exec(room);
	execv(path, argv);
	/* Others may have removed it meanwhile, to make room for theirs. */
	if (errno != ENOENT)
		return cannot_run(path);
	o->deps = NULL;
	return run_private(a, o, name, argv);
}

int run_cmd(struct arena *a, struct driver_options *o, const struct run_request *r)
{
	word_vec positional = { 0 };
	struct cache_query q = {
		.o = o,
		.name = name_of(a, o),
		.words = r->key.v,
		.nr_words = r->key.nr,
		.color = driver__wants_color(),
	};
	char **argv = tool_argv(a, q.name, r, &positional);
	struct cache *cache;

	o->params = positional.nr ? positional.v : argv; /* never NULL: they are known */
	o->nr_params = (unsigned)positional.nr;
	o->source = driver__load(a, o);
	if (!o->source)
		return 1;
	if (r->only_compile) {
		o->emit = EMIT_OBJ;
		o->output = "/dev/null";
		return driver__compile(a, o) ? 0 : 1;
	}
	cache = r->no_cache || o->keep ? NULL : cache__open(a);
	if (cache) {
		cache__exec(cache, &q, argv);
		o->output = cache__room(cache);
	}
	return o->output ? run_stored(a, o, cache, q.name, argv) : run_private(a, o, q.name, argv);
}
