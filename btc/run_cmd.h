/* SPDX-License-Identifier: Apache-2.0 */
/* What main.c dispatches to besides a plain compilation. */
#ifndef BTC_RUN_CMD_H
#define BTC_RUN_CMD_H

#include "driver.h"

typedef VEC(char *) word_vec;

struct run_request {
	word_vec pass;	       /* options for the tool */
	word_vec words;	       /* parameters of the script, named ones (--n=5) included */
	VEC(const char *) key; /* options that change what is compiled, as "name=value" */
	bool no_cache, only_compile;
};

/*
 * btc run: compiles the script, or finds it compiled, and becomes the tool.
 * Returns only on failure, with an exit status.
 */
int run_cmd(struct arena *a, struct driver_options *o, const struct run_request *r);

/* What -l takes from other options; NULL: not given. */
struct list_request {
	const char *btf, *tracefs, *pid, *functions;
	bool verbose;
};

/*
 * btc run -l: lists what matches the first of @words. False: that is a script,
 * so is -e (@has_text), and its tool must tell.
 */
bool list_cmd(struct arena *a, const struct list_request *r, bool has_text, const word_vec *words,
	      int *status);

/* btc run --info: what this system and this btc can do. Returns an exit status. */
int info_cmd(struct arena *a, const struct driver_options *o);

/*
 * --save-target: copies what compiling for this kernel elsewhere needs to @dir
 * (vmlinux, modules/, tracefs/, uname). Returns an exit status.
 */
int save_target(struct arena *a, const char *dir);

/* The kernel's release of such a directory; NULL: it does not say. */
const char *target_release(struct arena *a, const char *dir);

#endif
