// SPDX-License-Identifier: Apache-2.0
/*
 * Questions about types that only the checker has: what a value becomes when
 * it is used or stored, how two uses of one name merge, which type a literal
 * has, and what a written type means.
 */
#include <stdio.h>
#include <string.h>

#include "check_priv.h"

const char *check__tn(struct check *c, const struct type *t)
{
	return type__name(c->a, t);
}

struct type *check__type(struct check *c, enum type_kind kind, uint32_t size)
{
	struct type *t = NEW(c->a, struct type);

	t->kind = kind;
	t->size = size;
	return t;
}

const struct type *check__as(struct check *c, const struct type *t, enum addr_space as)
{
	return t->as == as ? t : type__with_as(c->a, t, as);
}

const struct type *check__decay(const struct type *t)
{
	if (!type__is_castable_agg(t))
		return t;
	return type__int(8, t->is_signed);
}

static const struct type *rigid_members(struct check *c, const struct type *t)
{
	struct type *copy = NULL;

	for (size_t i = 0; i < t->members.nr; i++) {
		const struct type *m = t->members.v[i].type, *r = check__rigid(c, m);

		if (r == m)
			continue;
		if (!copy) {
			copy = NEW(c->a, struct type);
			*copy = *t;
			memset(&copy->members, 0, sizeof(copy->members));
			for (size_t k = 0; k < t->members.nr; k++)
				vec_push(c->a, &copy->members, t->members.v[k]);
		}
		copy->members.v[i].type = r;
	}
	return copy ? copy : t;
}

const struct type *check__rigid(struct check *c, const struct type *t)
{
	struct type *copy;

	if (t->kind == TY_TUPLE || t->kind == TY_RECORD)
		return rigid_members(c, t);
	if (!t->flexible)
		return t;
	copy = NEW(c->a, struct type);
	*copy = *t;
	copy->flexible = false;
	return copy;
}

/* The clock of a time stamp survives only where all agree on it. */
static const struct type *merge_mode(struct check *c, const struct type *t, const struct type *x,
				     const struct type *y)
{
	int mode = x->mode == y->mode ? x->mode : 0;
	struct type *copy;

	if (t->kind != TY_INT || t->mode == mode)
		return t;
	copy = NEW(c->a, struct type);
	*copy = *t;
	copy->mode = mode;
	return copy;
}

const struct type *check__merge(struct check *c, const struct type *x, const struct type *y)
{
	const struct type *t;

	if (!x || is_err(x))
		return y ? y : x;
	if (!y || is_err(y) || x == y)
		return x;
	t = type__promote(c->a, x, y);
	return t ? merge_mode(c, t, x, y) : NULL;
}

static bool same_flags(const struct type *x, const struct type *y)
{
	if (x == y)
		return true;
	if (x->flexible != y->flexible || x->as != y->as || x->mode != y->mode ||
	    x->is_ctx != y->is_ctx)
		return false;
	if ((x->kind != TY_TUPLE && x->kind != TY_RECORD) || x->members.nr != y->members.nr)
		return true;
	for (size_t i = 0; i < x->members.nr; i++) {
		if (!same_flags(x->members.v[i].type, y->members.v[i].type))
			return false;
	}
	return true;
}

/* Nothing that the next pass could see differs. */
bool check__same(const struct type *x, const struct type *y)
{
	if (x == y)
		return true;
	return x && y && type__equal(x, y) && same_flags(x, y);
}

/* --- literals ------------------------------------------------------------------ */

static unsigned literal_size(__int128 v)
{
	for (unsigned size = 1; size < 8; size *= 2) {
		__int128 limit = (__int128)1 << (size * 8 - 1);

		if (v >= -limit && v < limit)
			return size;
	}
	return 8;
}

const struct type *check__literal(struct check *c, __int128 v)
{
	unsigned size = literal_size(v);
	unsigned i = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
	struct type *t;

	if (v < 0)
		return type__int(size, true);
	if (v > INT64_MAX)
		return type__int(8, false);
	if (!c->lit[i]) {
		t = NEW(c->a, struct type);
		*t = *type__int(size, true);
		t->flexible = true;
		c->lit[i] = t;
	}
	return c->lit[i];
}

/* --- written types ----------------------------------------------------------------- */

static const struct type *add_suffix(struct check *c, const struct type *t, int64_t suffix)
{
	if (is_err(t))
		return t;
	if (suffix == -1)
		return type__ptr(c->a, t, AS_NONE);
	return type__array(c->a, t, suffix == -2 ? 0 : (uint32_t)suffix);
}

/* typeof(): the type of a value, or of a map's key. */
const struct type *check__type_of(struct check *c, struct expr *e)
{
	const struct type *t;
	struct cmap *m;

	if (e->kind == EX_MAP && !e->map.key) {
		m = check__map(c, e->map.name, e->loc);
		e->map.map = &m->m;
		if (m->m.key)
			return m->m.key;
		/* It may turn out to have one. */
		if (!c->final && !m->m.value)
			return type__error();
	}
	c->unevaluated++;
	t = check__expr(c, e);
	c->unevaluated--;
	return check__rigid(c, t);
}

const struct type *check__resolve(struct check *c, struct type_expr *t)
{
	const struct type *base;

	if (!t->of && !t->of_type) {
		if (!t->type)
			t->type = ctypes__resolve(c->types, t);
		return t->type;
	}
	base = t->of ? check__type_of(c, t->of) : check__resolve(c, t->of_type);
	for (size_t i = 0; i < t->suffix.nr; i++)
		base = add_suffix(c, base, t->suffix.v[i]);
	t->type = base;
	return base;
}

/* --- what may be done with a value --------------------------------------------------- */

bool check__is_condition(const struct type *t)
{
	t = check__decay(t);
	return t->kind == TY_INT || t->kind == TY_BOOL || t->kind == TY_PTR || is_err(t);
}

bool check__is_printable(const struct type *t)
{
	switch (t->kind) {
	case TY_NONE:
	case TY_VOID:
	case TY_STACK_MODE:
	case TY_CLOCK_MODE: return false;
	default: return true;
	}
}

/* A copy of `args`: a record of the arguments. Those of a tracepoint are no value. */
static const struct type *args_record(struct check *c, const struct type *args)
{
	struct type *t = check__type(c, TY_RECORD, 0);

	if (c->prov && c->prov->kind == PROV_TRACEPOINT)
		return NULL;
	for (size_t i = 0; i < args->members.nr; i++) {
		struct member m = { .name = args->members.v[i].name,
				    .type = args->members.v[i].type };

		m.index = (unsigned)i;
		vec_push(c->a, &t->members, m);
	}
	type__layout(t);
	return t;
}

const struct type *check__stored(struct check *c, const struct type *t)
{
	t = check__decay(t);
	if (!check__is_printable(t) || type__is_agg(t))
		return NULL;
	if (t->kind == TY_PTR && t->is_ctx)
		return NULL;
	return t->kind == TY_ARGS ? args_record(c, t) : t;
}

enum addr_space check__default_as(const struct check *c)
{
	if (c->body)
		return AS_KERNEL;
	return c->prov ? c->prov->as : AS_NONE;
}

void check__as_unset(struct check *c, const struct type *t)
{
	const struct loc nowhere = { 0 };
	struct diag *d;

	if (t->as != AS_NONE || t->is_ctx || c->unevaluated)
		return;
	d = check__warn(c, nowhere, "W_ADDRSPACE_UNSET",
			"memory is read through a pointer that is of neither address space");
	check__hint(c, d, "say which one with kptr() or uptr()");
}

/* --- the script's C definitions ----------------------------------------------------- */

/* "struct name {…" */
static bool names_struct(const char *text, char tag[8], char name[128])
{
	char brace;

	return sscanf(text, "%7s %127[A-Za-z0-9_] %c", tag, name, &brace) == 3 && brace == '{' &&
	       (!strcmp(tag, "struct") || !strcmp(tag, "union"));
}

void check__c_defs(struct check *c)
{
	char tag[8], name[128];
	struct diag *d;

	for (size_t i = 0; i < c->p->c_defs.nr; i++) {
		const struct c_def *def = &c->p->c_defs.v[i];

		if (!names_struct(def->text, tag, name) || !ctypes__is_copy(c->types, tag, name))
			continue;
		d = check__warn(
			c, def->loc, "W_BTF_CONFLICT",
			"the kernel has this %s %s: in this script its members are where this "
			"definition puts them, on every kernel",
			tag, name);
		check__hint(c, d, "without the definition they are found on the target");
	}
}
