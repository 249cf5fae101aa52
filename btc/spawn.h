/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running other programs: clang, the linker, bpftool. Never through a shell.
 */
#ifndef BTC_SPAWN_H
#define BTC_SPAWN_H

#include "util.h"

struct spawn_result {
	int status; /* exit status; 128 + N: killed by signal N; 127: it could not be started */
	int err;    /* errno when it could not be started, else 0 */
	const char *out; /* what it wrote to stdout, NUL-terminated, in the arena; never NULL */
	size_t out_len;
	const char *diag; /* the same of stderr */
	size_t diag_len;
};

/*
 * Runs @argv (NULL-terminated) with stdin from /dev/null, in @dir unless that is
 * NULL, and waits for it. argv[0] without a slash is looked up in PATH. Returns 0
 * if it ran and exited with 0, 1 if it ran and failed, negative errno if it could
 * not be started. @out is always filled.
 */
int spawn__run(struct arena *a, const char *const *argv, const char *dir, struct spawn_result *out);

/* The same with stdout going to the file @stdout_path; out->out is then "". */
int spawn__run_to(struct arena *a, const char *const *argv, const char *dir,
		  const char *stdout_path, struct spawn_result *out);

/*
 * The two halves, for running several at once: spawn__start returns without
 * waiting, spawn__wait collects the texts and the status. The handle is in the arena.
 */
struct spawn;

struct spawn *spawn__start(struct arena *a, const char *const *argv, const char *dir,
			   const char *stdout_path);
int spawn__wait(struct arena *a, struct spawn *s, struct spawn_result *out);

/* @argv as one line that can be pasted into a shell. */
const char *spawn__command_line(struct arena *a, const char *const *argv);

#endif
