/* SPDX-License-Identifier: Apache-2.0 */
/* A look over C declarations: which names a text defines, and which it takes from elsewhere. */
#ifndef BTC_CSCAN_H
#define BTC_CSCAN_H

#include "util.h"

struct cscan_tag {
	const char *tag, *name; /* "struct", "sock" */
};

struct cscan_def {
	const char *name; /* as one writes it: "struct foo", "foo_t" */
	bool system;	  /* in a system header */
};

struct cscan {
	struct buf text; /* the text, without function bodies; unnamed enums got a name */
	VEC(struct cscan_def) keep; /* types that it defines */
	VEC(const char *) own; /* "foo" and "struct foo" of those that no system header defines */
	VEC(const char *) wanted_names;	   /* used like a typedef, defined nowhere */
	VEC(struct cscan_tag) wanted_tags; /* used by value, defined nowhere */
	struct strmap *lent;		   /* for cdefs.c: names that were looked for already */
};

/*
 * Scans @s, which may be preprocessed or not. Directives
 * but for line markers go to @on_directive, without their '#'; with @preprocessed,
 * definitions of macros are then left out of the text.
 */
void cscan__run(struct arena *a, const char *s, size_t len, bool preprocessed,
		void (*on_directive)(void *ctx, const char *s, size_t len), void *ctx,
		struct cscan *out);

#endif
