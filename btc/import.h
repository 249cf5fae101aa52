/* SPDX-License-Identifier: Apache-2.0 */
/* Imports: other files of the script, merged into its tree before it is checked. */
#ifndef BTC_IMPORT_H
#define BTC_IMPORT_H

#include "ast.h"

struct deps;

struct import_options {
	const char *clang;		 /* for .bpf.c files */
	const char *const *include_dirs; /* -I, NULL-terminated, or NULL */
	const char *work_dir;		 /* where their objects go */
	struct deps *deps;		 /* gets what is read; NULL: nobody asks */
};

/*
 * Replaces the program's imports by what is in them: probes, macros, map
 * declarations and C definitions before its own, objects of C functions in
 * program.objects. False: errors were reported.
 */
bool import__resolve(struct arena *a, struct diags *d, struct program *p,
		     const struct import_options *o);

#endif
