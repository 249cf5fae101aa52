/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of builtins: one row each. A builtin that is a plain C expression
 * needs no lower function, only its text.
 */
#ifndef BTC_BUILTIN_H
#define BTC_BUILTIN_H

#include "ast.h"
#include "type.h"

struct check;
struct lower;
struct place;

enum {
	BI_VALUE = 1 << 0,   /* may be written without parentheses: pid, comm */
	BI_CALL = 1 << 1,    /* may be written with parentheses */
	BI_UNSAFE = 1 << 2,  /* needs --unsafe */
	BI_AGG = 1 << 3,     /* aggregation: only the right side of a map assignment */
	BI_MAP_ARG = 1 << 4, /* the first argument is a bare map */
	BI_MODE = 1 << 5,    /* bare words among the arguments are modes: kstack(perf) */
	BI_TEXT = 1 << 6,    /* $N among the first two arguments is text */
	BI_RAW = 1 << 7,     /* .check looks at the arguments itself */
};

#define BI_MANY 255 /* max_args: any number */

struct builtin {
	const char *name;
	unsigned flags;
	uint8_t min_args, max_args;
	uint32_t probes; /* PROV_BIT()s where it is allowed; 0: everywhere */
	/* Sets e->type (poison after an error); the arguments are checked already, but for bare maps and modes. */
	void (*check)(struct check *c, struct expr *e);
	const char *c; /* the value as C text, or NULL */
	/*
	 * Scalar: returns C text of the value. Object: writes it to @to, returns
	 * NULL. Action: emits statements, returns NULL. See lower.h.
	 */
	const char *(*lower)(struct lower *l, const struct expr *e, const struct place *to);
};

const struct builtin *builtin__find(const char *name);
const struct builtin *builtin__table(size_t *nr); /* for hints and docs */

#endif
