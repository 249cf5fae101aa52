/* SPDX-License-Identifier: Apache-2.0 */
/* Several scripts in one call. */
#ifndef BTC_MANY_H
#define BTC_MANY_H

#include "run_cmd.h"

/* Does @path name a directory, there or to be made? */
bool many__is_dir(const char *path);

/*
 * Compiles each of @scripts to o->output, a directory that is made if need be, under its own name
 * without .bt and with @suffix, rules for make to o->depfile. All diagnostics are shown; what compiles is written even if
 * others do not. False: one did not.
 */
bool many__compile(struct arena *a, const struct driver_options *o, const word_vec *scripts,
		   const char *suffix);

#endif
