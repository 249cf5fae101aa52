/* SPDX-License-Identifier: Apache-2.0 */
/* btc run -l: which probes there are here, and what they give. */
#ifndef BTC_LIST_H
#define BTC_LIST_H

#include <sys/types.h>

#include "btf.h"
#include "probe.h"

struct list_options {
	const char *search; /* patterns with commas between them; NULL: all */
	bool verbose;	    /* with arguments */
	pid_t pid;	    /* of a process whose files count; 0: none */
	struct ctypes_options types;
};

/* To stdout. Returns an exit status. */
int list__run(struct arena *a, const struct list_options *o);

/* --- what the files of the listing share ------------------------------------------------ */

struct list_line {
	const char *text; /* "kprobe:vfs_read" */
	const char *args; /* lines of its arguments, or NULL */
};

struct lister {
	struct arena *a;
	const struct list_options *o;
	struct ctypes *types;
	VEC(struct list_line) lines; /* of the type at hand */
	/* Functions of the kernel that can be traced; NULL: not read yet. */
	struct btc_strs *traceable;
	struct strmap *traceable_names;
};

void list__add(struct lister *l, const char *args, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* "a:b" → a and b; without a colon b is NULL. A part in quotes may hold colons. */
void list__split(struct lister *l, const char *s, const char **first, const char **second);

/* Each lists what matches @rest, the words behind the type's name, as probes of @p. */
typedef void list_fn(struct lister *l, const struct provider *p, const char *rest);

list_fn list__functions, list__tracing, list__raw, list__iter; /* list_kernel.c */
list_fn list__user, list__usdt;				       /* list_user.c */

/*
 * Parameters of the functions of a program (list_dwarf.c). NULL: it has no debug
 * information, which is said. The text of one is NULL if it has none.
 */
struct list_dwarf *list_dwarf__open(struct lister *l, const char *path);
const char *list_dwarf__args(struct list_dwarf *d, uint64_t addr, bool returns);

/* "struct NAME", "union NAME", "enum NAME" (list_types.c). */
bool list__is_type(const char *pattern);
void list__types(struct lister *l, const char *pattern);

#endif
