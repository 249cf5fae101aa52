/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of programs, from their debug information. What is asked for is
 * translated to BTF, one per file, so that all that knows C types knows these.
 */
#ifndef BTC_DWARF_H
#define BTC_DWARF_H

#include <elfutils/libdw.h>

#include "../rtlib/src/internal.h"
#include "ctypes.h"

/* What becomes one BTF type; an array of several dimensions is one of each. */
struct dwarf_item {
	Dwarf_Die die;
	unsigned dim;
};

struct binary {
	struct ctypes *c;
	struct arena *a;
	const char *path;
	struct btc_elf elf; /* of the program, even if the types come from elsewhere */
	int fd;
	Dwarf *dw; /* NULL: no debug information */
	struct btf_src *src;
	VEC(struct dwarf_item) items; /* in the order of their ids */
	size_t done;		      /* of them, translated */
	struct strmap *ids;
	struct strmap *complete; /* definitions by "tag name"; NULL: not collected yet */
};

/* Finds and opens what an attach point calls @target, once. NULL: *@why. */
struct binary *binary__open(struct ctypes *c, const char *target, const char **why);
/* The type that attribute DW_AT_type of @die leads to, for what it leads to be translated. */
uint32_t binary__ref(struct binary *b, Dwarf_Die *die);
/* The same, as a type of the language; void if there is none. */
const struct type *binary__type_of(struct binary *b, Dwarf_Die *die, struct type_notes *notes);

/* Without typedefs and qualifiers; false: void. */
bool dwarf__plain(Dwarf_Die *die);
bool dwarf__type(Dwarf_Die *die, Dwarf_Die *type); /* that DW_AT_type names */
bool dwarf__number(Dwarf_Die *die, unsigned attr, Dwarf_Word *num);
/* The extent of dimension @dim of an array; false: it has fewer. 0: unknown. */
bool dwarf__extent(Dwarf_Die *array, unsigned dim, Dwarf_Word *nr);

#endif
