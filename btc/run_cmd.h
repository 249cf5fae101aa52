/* SPDX-License-Identifier: Apache-2.0 */
/* What main.c dispatches to besides a plain compilation. */
#ifndef BTC_RUN_CMD_H
#define BTC_RUN_CMD_H

#include "driver.h"

typedef VEC(char *) word_vec;

/*
 * btc run: compiles to a private file and becomes the tool. @pass are the
 * tool's own options, @words the parameters of the script, named ones (--n=5)
 * included. Returns only on failure, with an exit status.
 */
int run_cmd(struct arena *a, struct driver_options *o, const word_vec *pass, const word_vec *words);

/*
 * --save-target: copies what compiling for this kernel elsewhere needs to @dir
 * (vmlinux, modules/, tracefs/, uname). Returns an exit status.
 */
int save_target(struct arena *a, const char *dir);

/* The kernel's release of such a directory; NULL: it does not say. */
const char *target_release(struct arena *a, const char *dir);

#endif
