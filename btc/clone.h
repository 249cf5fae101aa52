/* SPDX-License-Identifier: Apache-2.0 */
/* Copying trees, with or without the expansion of macros; clone.c and macro.c share it. */
#ifndef BTC_CLONE_H
#define BTC_CLONE_H

#include "check_priv.h"

/* What macros may come to: in all of a script, and one in another. */
#define MAX_NODES 200000
#define MAX_DEPTH 1500

/* One call being expanded: of a macro, a C macro (neither m nor fn) or a function. */
struct frame {
	struct frame *up; /* the call around it */
	const struct macro *m;
	const struct subprog *fn;
	const char *name;
	const struct expansion *via; /* goes into the place of each node of the body */
	expr_vec args;		     /* already expanded */
	unsigned loops;		     /* open ones of the macro's own text */
};

struct clone {
	struct check *c;
	bool expand;		 /* false: a plain copy */
	struct frame *frame;	 /* NULL: the probe's own text */
	const struct loc *fixed; /* all nodes get this place: C macros */
};

struct expr *clone__expr(struct clone *x, const struct expr *e);
struct block *clone__block(struct clone *x, const struct block *b);
struct type_expr *clone__type(struct clone *x, const struct type_expr *t);
struct expr *clone__poison(struct clone *x, struct loc loc);
struct loc clone__loc(const struct clone *x, struct loc loc);

/* The replacement of a name or call that is a macro or a parameter; NULL: it is none. */
struct expr *macro__ident(struct clone *x, const struct expr *e);
struct expr *macro__call(struct clone *x, const struct expr *e);
/* A copy beside another one: it counts as an expansion. */
struct expr *macro__again(struct clone *x, const struct expr *e);
/* In a macro's text: its parameters put in place of variables, maps, types and member paths. */
struct expr *macro__var(struct clone *x, const struct expr *e);
struct expr *macro__map(struct clone *x, const struct expr *e);
struct type_expr *macro__type(struct clone *x, const struct type_expr *t);
bool macro__path(struct clone *x, const char *name, struct expr *to);
/* Is the macro or function @of being expanded? Then it has said so. */
bool macro__recurs(struct clone *x, struct loc loc, const void *of);
/* The end of an expansion, which began with growth.open++. */
struct expr *macro__close(struct clone *x, struct expr *e);
/* In fn.c: the body of the function that is called; NULL: there is no such function. */
struct expr *fn__call(struct clone *x, const struct expr *e);
/* Checks a statement of a macro's text. */
void macro__stmt(struct clone *x, const struct stmt *s);

#endif
