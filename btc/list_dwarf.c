// SPDX-License-Identifier: Apache-2.0
/*
 * Parameters of user functions as C writes them, from the debug information: all
 * functions of a file are collected once, then found by their address.
 */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf.h"
#include "list.h"

struct function {
	Dwarf_Addr pc;
	Dwarf_Die die;
};

struct list_dwarf {
	struct arena *a;
	VEC(struct function) functions; /* ascending by pc */
};

static int on_function(Dwarf_Die *die, void *arg)
{
	struct list_dwarf *d = arg;
	struct function f = { .die = *die };

	if (!dwarf_entrypc(die, &f.pc))
		vec_push(d->a, &d->functions, f);
	return DWARF_CB_OK;
}

static int by_pc(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	return x->pc < y->pc ? -1 : x->pc > y->pc;
}

struct list_dwarf *list_dwarf__open(struct lister *l, const char *path)
{
	struct list_dwarf *d = NEW(l->a, struct list_dwarf);
	const char *why = NULL;
	struct binary *b = binary__open(l->types, path, &why);
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	if (!b || !b->dw) {
		fprintf(stderr,
			"btc: warning: %s has no debug information: no parameters are shown\n",
			path);
		return NULL;
	}
	d->a = l->a;
	while (!dwarf_get_units(b->dw, cu, &cu, NULL, NULL, &unit, NULL))
		dwarf_getfuncs(&unit, on_function, d, 0);
	if (d->functions.nr)
		qsort(d->functions.v, d->functions.nr, sizeof(*d->functions.v), by_pc);
	return d;
}

/* --- types as text ------------------------------------------------------------------------- */

static const char *type_text(struct arena *a, Dwarf_Die *die);

/* What @die's type is called; "void" without one. */
static const char *text_of(struct arena *a, Dwarf_Die *die)
{
	Dwarf_Die type;

	return dwarf__type(die, &type) ? type_text(a, &type) : "void";
}

static const char *tagged(struct arena *a, const char *tag, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return arena__printf(a, "%s %s", tag, name ? name : "{...}");
}

static bool is_cpp(Dwarf_Die *die)
{
	Dwarf_Die unit;
	int lang = dwarf_diecu(die, &unit, NULL, NULL) ? dwarf_srclang(&unit) : -1;

	return lang == DW_LANG_C_plus_plus || lang == DW_LANG_C_plus_plus_11 ||
	       lang == DW_LANG_C_plus_plus_14;
}

static const char *type_text(struct arena *a, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	Dwarf_Word nr;

	switch (dwarf_tag(die)) {
	case DW_TAG_pointer_type: return arena__printf(a, "%s*", text_of(a, die));
	case DW_TAG_reference_type: return arena__printf(a, "%s&", text_of(a, die));
	case DW_TAG_rvalue_reference_type: return arena__printf(a, "%s&&", text_of(a, die));
	case DW_TAG_const_type: return arena__printf(a, "const %s", text_of(a, die));
	case DW_TAG_volatile_type: return arena__printf(a, "volatile %s", text_of(a, die));
	case DW_TAG_restrict_type: return text_of(a, die);
	case DW_TAG_structure_type: return is_cpp(die) && name ? name : tagged(a, "struct", die);
	case DW_TAG_union_type: return is_cpp(die) && name ? name : tagged(a, "union", die);
	case DW_TAG_enumeration_type: return is_cpp(die) && name ? name : tagged(a, "enum", die);
	case DW_TAG_subroutine_type: return arena__printf(a, "%s (*)(...)", text_of(a, die));
	case DW_TAG_array_type:
		nr = 0;
		dwarf__extent(die, 0, &nr);
		return arena__printf(a, "%s[%llu]", text_of(a, die), (unsigned long long)nr);
	default: return name ? name : "?";
	}
}

/* A function that is inlined elsewhere, or a method, has its parameters at its declaration's names. */
static const char *name_of(struct arena *a, Dwarf_Die *die, unsigned i)
{
	Dwarf_Attribute attr;
	const char *name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attr));

	return name ? name : arena__printf(a, "arg%u", i);
}

const char *list_dwarf__args(struct list_dwarf *d, uint64_t addr, bool returns)
{
	struct function key = { .pc = addr }, *f;
	struct buf b = { 0 };
	const char *text;
	unsigned i = 0;
	Dwarf_Die p;

	f = d->functions.nr ? bsearch(&key, d->functions.v, d->functions.nr, sizeof(key), by_pc)
			    : NULL;
	if (!f)
		return NULL;
	if (returns) {
		text = text_of(d->a, &f->die);
		return strcmp(text, "void") ? arena__printf(d->a, "    %s retval\n", text) : NULL;
	}
	if (dwarf_child(&f->die, &p))
		return NULL;
	do {
		if (dwarf_tag(&p) == DW_TAG_formal_parameter)
			buf__printf(&b, "    %s %s\n", text_of(d->a, &p), name_of(d->a, &p, i++));
		else if (dwarf_tag(&p) == DW_TAG_unspecified_parameters)
			buf__str(&b, "    ...\n");
	} while (!dwarf_siblingof(&p, &p));
	text = b.s ? arena__strdup(d->a, b.s) : NULL;
	buf__free(&b);
	return text;
}
