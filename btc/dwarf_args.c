// SPDX-License-Identifier: Apache-2.0
/*
 * The `args` of user functions. Debug information tells names and types; where
 * a value is when the function is entered follows from the calling convention,
 * as it does for argN. What it puts into vector registers the kernel does not
 * hand to probes.
 */
#include <dwarf.h>
#include <errno.h>
#include <string.h>

#include "dwarf.h"
#include "probe.h"

/* --- the calling convention ------------------------------------------------------- */

/* What is used up of it. */
struct taken {
	bool arm; /* AAPCS64; else System V on x86-64 */
	unsigned ints, floats;
	uint32_t stack;
};

enum pass { PASS_INT, PASS_FLOAT, PASS_PAIR, PASS_MEMORY, PASS_REF };

/* Which eightbytes hold integers, and which floating-point numbers only. */
struct eights {
	bool ints[2], floats[2];
	unsigned nr_floats;
	bool odd; /* does not fit the scheme: memory */
};

static void see_type(struct eights *x, Dwarf_Die type, uint64_t off);

static void see_members(struct eights *x, Dwarf_Die *st, uint64_t off)
{
	Dwarf_Word at, bits;
	Dwarf_Die m, type;

	if (dwarf_child(st, &m))
		return;
	do {
		if ((dwarf_tag(&m) != DW_TAG_member && dwarf_tag(&m) != DW_TAG_inheritance) ||
		    !dwarf__type(&m, &type))
			continue;
		at = 0;
		if (dwarf__number(&m, DW_AT_data_bit_offset, &bits))
			at = bits / 8;
		else
			dwarf__number(&m, DW_AT_data_member_location, &at);
		see_type(x, type, off + at);
	} while (!dwarf_siblingof(&m, &m));
}

static void see_array(struct eights *x, Dwarf_Die *array, uint64_t off)
{
	Dwarf_Word nr = 1, n;
	Dwarf_Die type, plain;
	int size;

	for (unsigned dim = 0; dwarf__extent(array, dim, &n); dim++)
		nr *= n;
	if (!dwarf__type(array, &type))
		return;
	plain = type;
	size = dwarf__plain(&plain) ? dwarf_bytesize(&plain) : 0;
	for (Dwarf_Word i = 0; i < nr && i < 16 && size > 0; i++)
		see_type(x, type, off + i * (Dwarf_Word)size);
}

static bool is_float(Dwarf_Die *base)
{
	Dwarf_Word encoding = 0;

	dwarf__number(base, DW_AT_encoding, &encoding);
	return encoding == DW_ATE_float || encoding == DW_ATE_complex_float;
}

static void see_type(struct eights *x, Dwarf_Die type, uint64_t off)
{
	if (!dwarf__plain(&type) || off >= 16)
		return;
	switch (dwarf_tag(&type)) {
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type: see_members(x, &type, off); return;
	case DW_TAG_array_type: see_array(x, &type, off); return;
	case DW_TAG_base_type:
		if (is_float(&type)) {
			x->floats[off / 8] = true;
			x->nr_floats++;
			x->odd |= dwarf_bytesize(&type) > 8;
			return;
		}
	}
	x->ints[off / 8] = true;
}

static enum pass pass_of(const struct taken *t, Dwarf_Die *type, struct eights *x)
{
	Dwarf_Word by = 0;
	int size = dwarf_bytesize(type);

	memset(x, 0, sizeof(*x));
	switch (dwarf_tag(type)) {
	case DW_TAG_base_type:
		if (is_float(type))
			return size > 8 && !t->arm ? PASS_MEMORY : PASS_FLOAT;
		x->ints[0] = x->ints[1] = true;
		return size > 8 ? PASS_PAIR : PASS_INT;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
	case DW_TAG_array_type: break;
	case DW_TAG_ptr_to_member_type:
		x->ints[0] = x->ints[1] = true;
		return size > 8 ? PASS_PAIR : PASS_INT;
	default: return PASS_INT;
	}
	dwarf__number(type, DW_AT_calling_convention, &by);
	if (by == DW_CC_pass_by_reference)
		return PASS_REF;
	if (size > 16 || size < 0)
		return t->arm ? PASS_REF : PASS_MEMORY;
	see_type(x, *type, 0);
	if (x->odd)
		return PASS_MEMORY;
	if (t->arm && x->nr_floats && !x->ints[0] && !x->ints[1])
		return PASS_FLOAT;
	if (t->arm) {
		x->ints[0] = true;
		x->ints[1] = size > 8;
		x->floats[0] = x->floats[1] = false;
	}
	return PASS_PAIR;
}

static void on_stack(struct taken *t, struct member *m, uint32_t size)
{
	m->place = ARG_STACK;
	m->off = t->stack;
	t->stack += (size + 7) / 8 * 8;
}

static void in_register(struct taken *t, struct member *m, enum arg_place place)
{
	if (t->ints >= (t->arm ? 8u : 6u)) {
		on_stack(t, m, 8);
		if (place != ARG_REG) /* a pointer to it is there */
			m->place = ARG_NOWHERE;
		return;
	}
	m->place = place;
	m->off = 8 * t->ints++;
}

/* Says where the next argument is, which has @type. */
static void place_arg(struct taken *t, Dwarf_Die *type, struct member *m)
{
	unsigned ints, floats;
	struct eights x;
	int size = dwarf_bytesize(type);
	enum pass pass = pass_of(t, type, &x);

	m->place = ARG_NOWHERE;
	switch (pass) {
	case PASS_INT: in_register(t, m, ARG_REG); return;
	case PASS_REF: in_register(t, m, ARG_BEHIND_REG); return;
	case PASS_MEMORY: on_stack(t, m, size > 0 ? (uint32_t)size : 8); return;
	case PASS_FLOAT:
		floats = x.nr_floats ? x.nr_floats : 1;
		if (t->floats + floats <= 8)
			t->floats += floats;
		else
			on_stack(t, m, (uint32_t)size);
		return;
	case PASS_PAIR:
		ints = x.ints[0] + (unsigned)x.ints[1];
		floats = (x.floats[0] && !x.ints[0]) + (unsigned)(x.floats[1] && !x.ints[1]);
		if (t->ints + ints <= (t->arm ? 8u : 6u) && t->floats + floats <= 8) {
			t->ints += ints;
			t->floats += floats;
			return;
		}
		if (t->arm)
			t->ints = 8;
		on_stack(t, m, (uint32_t)size);
	}
}

/* --- functions ----------------------------------------------------------------------------- */

struct search {
	struct binary *b;
	const __u64 *addr;
	size_t nr;
	VEC(Dwarf_Die) found; /* in the order of addresses */
};

static int on_func(Dwarf_Die *die, void *arg)
{
	struct search *s = arg;
	Dwarf_Addr pc;

	if (dwarf_entrypc(die, &pc))
		return DWARF_CB_OK;
	for (size_t i = 0; i < s->nr; i++) {
		if (s->addr[i] != pc)
			continue;
		vec_push(s->b->a, &s->found, *die);
		break;
	}
	return s->found.nr == s->nr ? DWARF_CB_ABORT : DWARF_CB_OK;
}

static void search_units(struct search *s)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;
	bool any;

	while (s->found.nr < s->nr &&
	       !dwarf_get_units(s->b->dw, cu, &cu, NULL, NULL, &unit, NULL)) {
		any = s->nr > 64;
		for (size_t i = 0; i < s->nr && !any; i++)
			any = dwarf_haspc(&unit, s->addr[i]) != 0; /* or that is not known */
		if (any)
			dwarf_getfuncs(&unit, on_func, s, 0);
	}
}

static struct type *args_of(struct binary *b, Dwarf_Die *func)
{
	struct taken t = { .arm = b->elf.machine == EM_AARCH64 };
	struct type *args = NEW(b->a, struct type);
	struct type_notes notes;
	struct member m;
	struct eights x;
	Dwarf_Die p, type;
	enum pass ret;

	args->kind = TY_ARGS;
	args->as = AS_USER;
	t.stack = t.arm ? 0 : 8; /* the address that it returns to */
	if (!t.arm && dwarf__type(func, &type) && dwarf__plain(&type)) {
		ret = pass_of(&t, &type, &x);
		/* What is returned in memory has its address passed first. */
		t.ints = (ret == PASS_MEMORY && dwarf_tag(&type) != DW_TAG_base_type) ||
			 ret == PASS_REF;
	}
	if (dwarf_child(func, &p))
		return args;
	do {
		if (dwarf_tag(&p) != DW_TAG_formal_parameter)
			continue;
		memset(&m, 0, sizeof(m));
		memset(&notes, 0, sizeof(notes));
		m.index = (unsigned)args->members.nr;
		m.name = dwarf_diename(&p);
		m.name = m.name && *m.name ? arena__strdup(b->a, m.name)
					   : arena__printf(b->a, "arg%u", m.index);
		m.type = binary__type_of(b, &p, &notes);
		m.size = m.type->size;
		if (dwarf__type(&p, &type) && dwarf__plain(&type))
			place_arg(&t, &type, &m);
		if (m.place == ARG_NOWHERE)
			m.type = type__none();
		vec_push(b->a, &args->members, m);
	} while (!dwarf_siblingof(&p, &p));
	args->size = 8 * (uint32_t)args->members.nr;
	return args;
}

/* Under a pattern: what all functions have in common, at the same places. */
static void keep_common(struct type *args, const struct type *other)
{
	size_t n = 0;

	for (size_t i = 0; i < args->members.nr; i++) {
		const struct member *m = &args->members.v[i];

		for (size_t k = 0; k < other->members.nr; k++) {
			const struct member *o = &other->members.v[k];

			if (strcmp(m->name, o->name) || m->place != o->place || m->off != o->off ||
			    !type__equal(m->type, o->type))
				continue;
			args->members.v[n] = *m;
			args->members.v[n].index = (unsigned)n;
			n++;
			break;
		}
	}
	args->members.nr = n;
}

/* The addresses of what an attach point names, each once. */
static size_t addresses(struct binary *b, const struct attach *at, __u64 **list)
{
	bool cpp = at->ns && !strcmp(at->ns, "cpp");
	size_t nr = 0;

	*list = arena__alloc(b->a, (b->elf.nr + 1) * sizeof(**list));
	for (size_t i = 0; i < b->elf.nr; i++) {
		const struct btc_elf_sym *s = &b->elf.sym[i];
		const char *name = btc_elf_name(&b->elf, s);

		if (!btc_match(at->func, name) && !(cpp && btc_is_cpp(name, at->func)))
			continue;
		if (!nr || (*list)[nr - 1] != s->addr)
			(*list)[nr++] = s->addr;
		if (!cpp && !strchr(at->func, '*'))
			break;
	}
	return nr;
}

const struct type *ctypes__user_function(struct ctypes *c, const struct attach *at,
					 const char **build_id, const char **why)
{
	struct search s = { 0 };
	struct type *args;
	__u64 *list;

	if (at->has_param || at->has_address || at->has_offset || at->file) {
		*why = "only where a function named in the script begins are its arguments known";
		return NULL;
	}
	s.b = binary__open(c, at->target, why);
	if (!s.b)
		return NULL;
	if (!s.b->dw) {
		*why = arena__printf(c->a, "%s has no debug information", s.b->path);
		return NULL;
	}
	s.nr = addresses(s.b, at, &list);
	s.addr = list;
	if (!s.nr) {
		*why = arena__printf(c->a, "%s has no function '%s'", s.b->path, at->func);
		return NULL;
	}
	search_units(&s);
	if (!s.found.nr) {
		*why = arena__printf(c->a, "the debug information of %s does not tell of '%s'",
				     s.b->path, at->func);
		return NULL;
	}
	*build_id = *s.b->elf.build_id ? arena__strdup(c->a, s.b->elf.build_id) : NULL;
	args = args_of(s.b, &s.found.v[0]);
	for (size_t i = 1; i < s.found.nr; i++)
		keep_common(args, args_of(s.b, &s.found.v[i]));
	return args;
}

unsigned ctypes__user_symbol(struct ctypes *c, const struct attach *at, const char *name)
{
	__u64 addr, size = 8;
	const char *why;
	struct binary *b = at->has_param ? NULL : binary__open(c, at->target, &why);

	if (!b || btc_elf_symbol(&b->elf, b->path, name, &addr, &size))
		return 8;
	return size == 1 || size == 2 || size == 4 ? (unsigned)size : 8;
}
