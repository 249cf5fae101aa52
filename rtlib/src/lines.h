/* SPDX-License-Identifier: Apache-2.0 */
/* Source lines of programs with debug information. */
#ifndef BTC_LINES_H
#define BTC_LINES_H

#include "internal.h"

struct btc_line {
	const char *file; /* the end of its name is enough */
	unsigned line;
	unsigned col; /* 0: any */
};

/*
 * Calls @found with the address of the line in each unit of the program that
 * has it. -ENODATA: there is no debug information. @next is the first line
 * behind it that has code, 0: none. Not linked into every tool: may be NULL.
 */
int btc_lines(const char *path, const struct btc_line *want, int (*found)(__u64 addr, void *arg),
	      void *arg, unsigned *next) __attribute__((weak));

#endif
