/* SPDX-License-Identifier: Apache-2.0 */
/* C functions that the script may call: those of the objects that it imports. */
#ifndef BTC_CFUNCS_H
#define BTC_CFUNCS_H

#include "ast.h"
#include "type.h"

struct ctypes;

struct cfunc {
	const char *name;
	const struct type *ret; /* TY_VOID: nothing */
	VEC(const struct type *) params;
	const char *proto;	/* "extern int add(int, struct sock *)" */
	VEC(const char *) tags; /* "struct sock", to be declared before */
};

/* NULL: there is none. Unknown types in its prototype are the poison type. */
const struct cfunc *ctypes__cfunc(struct ctypes *c, const struct program *p, const char *name);

#endif
