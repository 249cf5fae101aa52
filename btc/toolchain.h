/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that btc runs, and its own files beside the executable. */
#ifndef BTC_TOOLCHAIN_H
#define BTC_TOOLCHAIN_H

#include "util.h"

/* The range that the project's tests cover; older ones are refused. */
#define CLANG_OLDEST 14

/* What the user asked for; NULL: choose. */
struct toolchain_options {
	const char *clang, *bpftool, *cc;
};

struct toolchain {
	const char *clang;
	const char *bpftool;
	const char *cc;
	bool gold;	 /* binutils' gold links a static tool in half the time */
	const char *lib; /* PREFIX/lib/btc: librtlib.a, include/, bpf/, stdlib/ */
};

/*
 * Each finder fills one field and returns true, or prints what is missing and
 * which Debian package holds it. They start nothing, but for the version of a
 * clang whose name does not tell it.
 */
bool toolchain__find_clang(struct arena *a, struct toolchain *t, const struct toolchain_options *o);
bool toolchain__find_bpftool(struct arena *a, struct toolchain *t,
			     const struct toolchain_options *o);
bool toolchain__find_cc(struct arena *a, struct toolchain *t, const struct toolchain_options *o);
bool toolchain__find_lib(struct arena *a, struct toolchain *t);
/* Silent: the paths only, NULL if there is none. @env NULL: just @name. */
const char *toolchain__clang_path(struct arena *a, const struct toolchain_options *o);
const char *toolchain__path(struct arena *a, const char *option, const char *env, const char *name);
/* After a link that failed: says which library that every tool needs is not there, if one is not. */
bool toolchain__lacks_lib(struct arena *a, const struct toolchain *t, bool dynamic);
/* Has the C compiler a library of this file name? Silent. */
bool toolchain__has_lib(struct arena *a, const struct toolchain *t, const char *file);

#endif
