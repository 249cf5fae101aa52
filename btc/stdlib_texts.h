/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The standard library: macros of the language, in stdlib/. The build makes a
 * table of their texts; macro.c parses one when a script uses a name of it.
 */
#ifndef BTC_STDLIB_TEXTS_H
#define BTC_STDLIB_TEXTS_H

#include <stddef.h>

struct stdlib_text {
	const char *name; /* "base.bt" */
	const char *text; /* NUL-terminated */
	size_t len;
};

extern const struct stdlib_text stdlib_texts[];
extern const size_t nr_stdlib_texts;

#endif
