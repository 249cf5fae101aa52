// SPDX-License-Identifier: Apache-2.0
/* Casts: the table of what may become what, and their constants. */
#include "check_priv.h"

static bool is_byte_array(const struct type *t)
{
	return t->kind == TY_ARRAY && t->elem->kind == TY_INT && t->elem->size == 1;
}

static bool is_small_array(const struct type *t)
{
	return t->kind == TY_ARRAY && (t->elem->kind == TY_INT || t->elem->kind == TY_BOOL);
}

/* `int8[]` takes its length from what is cast. */
static const struct type *complete(struct check *c, const struct type *to, const struct type *from)
{
	uint32_t elem = to->kind == TY_ARRAY ? to->elem->size : 0;

	if (to->kind == TY_STRING && !to->size && from->kind == TY_STRING)
		return from;
	if (to->kind == TY_STRING && !to->size && from->kind == TY_PROBE)
		return type__string(c->a, PROBE_NAME);
	if (to->kind != TY_ARRAY || to->nr || !elem || !from->size || from->size % elem)
		return to;
	return type__array(c->a, to->elem, from->size / elem);
}

static bool to_array(const struct type *from, const struct type *to)
{
	if (!is_small_array(to) || !to->nr)
		return false;
	if (from->kind == TY_STRING)
		return is_byte_array(to) && to->size == from->size;
	if (from->kind == TY_ARRAY)
		return type__equal(from, to);
	if (from->kind != TY_INT && from->kind != TY_BOOL)
		return false;
	return to->size == from->size || (to->size > from->size && to->size <= 8);
}

static bool to_int(const struct type *from, const struct type *to)
{
	switch (from->kind) {
	case TY_INT:
	case TY_BOOL:
	case TY_PTR: return true;
	case TY_ARRAY: return is_small_array(from) && from->size == to->size;
	default: return false;
	}
}

static bool allowed(const struct type *from, const struct type *to)
{
	switch (to->kind) {
	case TY_INT: return to_int(from, to);
	case TY_BOOL: return from->kind == TY_STRING || check__is_condition(from);
	case TY_PTR: return from->kind == TY_INT || from->kind == TY_PTR;
	case TY_STRING:
		return (from->kind == TY_STRING && from->size <= to->size) ||
		       (from->kind == TY_PROBE && to->size == PROBE_NAME);
	case TY_USERNAME: return from->kind == TY_INT || from->kind == TY_USERNAME;
	case TY_ARRAY: return to_array(from, to);
	default: return false;
	}
}

static bool is_enumerator(const struct type *t, __int128 v)
{
	for (size_t i = 0; i < t->enum_->nr; i++) {
		if ((uint64_t)t->enum_->v[i].num == (uint64_t)v)
			return true;
	}
	return false;
}

static uint64_t truncate_to(const struct type *t, uint64_t v)
{
	unsigned shift = 64 - t->size * 8;

	if (!shift)
		return v;
	return t->is_signed ? (uint64_t)((int64_t)(v << shift) >> shift) : v << shift >> shift;
}

static void fold(struct check *c, struct expr *e, const struct type *to)
{
	const struct expr *x = e->cast.e;

	if (!x->konst || x->konst->kind == KONST_STR)
		return;
	if (to->kind == TY_BOOL)
		e->konst = konst__bool(c, x->konst->num != 0);
	else if (to->kind == TY_INT)
		e->konst = konst__int(c, truncate_to(to, x->konst->num));
	if (to->kind == TY_INT && to->enum_ && is_literal(x) && !is_enumerator(to, konst__value(x)))
		check__error(c, e->loc, "E_CAST_ENUM", "%s has no enumerator with the value %lld",
			     check__tn(c, to), (long long)x->konst->num);
}

const struct type *check__cast(struct check *c, struct expr *e)
{
	const struct type *to = check__resolve(c, e->cast.to);
	const struct type *written, *from;
	bool wants_text = to->kind == TY_STRING;

	written = wants_text ? check__text(c, e->cast.e) : check__expr(c, e->cast.e);
	from = check__decay(written);
	if (is_err(to) || is_err(from))
		return is_err(to) ? to : check__rigid(c, to);
	to = complete(c, to, from);
	if (!allowed(from, to)) {
		check__error(c, e->loc, "E_CAST", "a value of type %s cannot be cast to %s",
			     check__tn(c, from), check__tn(c, to));
		return type__error();
	}
	if (type__equal(from, to) && !is_literal(e->cast.e) && written == from && !e->loc.via)
		check__warn(c, e->loc, "W_CAST_NOOP", "the value is of type %s already",
			    check__tn(c, to));
	fold(c, e, to);
	return check__as(c, to, from->as != AS_NONE ? from->as : check__default_as(c));
}
