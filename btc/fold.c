// SPDX-License-Identifier: Apache-2.0
/*
 * Constant folding. Literals fold as signed C numbers of unlimited width that
 * must end up within 64 bits; that differs from run time, where division and
 * shifts are unsigned. Constants that a cast gave a type are values, not
 * literals: they are left to the compiler behind us.
 */
#include <string.h>

#include "check_priv.h"

struct konst *konst__int(struct check *c, uint64_t num)
{
	struct konst *k = NEW(c->a, struct konst);

	k->kind = KONST_INT;
	k->num = num;
	return k;
}

struct konst *konst__bool(struct check *c, bool b)
{
	struct konst *k = NEW(c->a, struct konst);

	k->kind = KONST_BOOL;
	k->num = b;
	return k;
}

struct konst *konst__str(struct check *c, const char *s, size_t len)
{
	struct konst *k = NEW(c->a, struct konst);

	k->kind = KONST_STR;
	k->str = s;
	k->len = len;
	return k;
}

void fold__int(struct check *c, struct expr *e, __int128 v)
{
	e->konst = konst__int(c, (uint64_t)v);
	e->type = check__literal(c, v);
}

void fold__bool(struct check *c, struct expr *e, bool b)
{
	e->konst = konst__bool(c, b);
	e->type = type__bool();
}

void fold__str(struct check *c, struct expr *e, const char *s, size_t len)
{
	e->konst = konst__str(c, s, len);
	e->type = check__as(c, type__string(c->a, (uint32_t)len + 1), AS_KERNEL);
}

bool konst__is_int(const struct expr *e)
{
	return e->konst && e->konst->kind == KONST_INT;
}

__int128 konst__value(const struct expr *e)
{
	if (e->konst->kind == KONST_INT && e->type->is_signed)
		return (int64_t)e->konst->num;
	return e->konst->num;
}

bool konst__truth(const struct konst *k)
{
	return k->kind == KONST_STR || k->num != 0;
}

bool is_literal(const struct expr *e)
{
	const struct expr *x = e;

	while (x->kind == EX_BLOCK && x->block && x->block->value)
		x = x->block->value;
	/* A block with statements has no constant itself: they must run. */
	return e->konst && x->kind != EX_CAST;
}

static void out_of_range(struct check *c, struct expr *e, const char *what)
{
	check__error(c, e->loc, "E_FOLD_RANGE", "%s", what);
	e->type = type__error();
}

static bool fits_64(__int128 v)
{
	return v >= INT64_MIN && v <= (__int128)UINT64_MAX;
}

/* --- integers ------------------------------------------------------------------- */

/* False: *@why says what is wrong. */
static bool shift(enum op op, __int128 l, __int128 r, __int128 *v, const char **why)
{
	if (r < 0 || r >= 64) {
		*why = "the shift count must be 0 to 63";
		return false;
	}
	*v = op == OP_SHL ? l * ((__int128)1 << (unsigned)r) : l >> (unsigned)r;
	return true;
}

static bool divide(enum op op, __int128 l, __int128 r, __int128 *v, const char **why)
{
	if (!r) {
		*why = "division by zero";
		return false;
	}
	*v = op == OP_DIV ? l / r : l % r;
	return true;
}

static bool arith(enum op op, __int128 l, __int128 r, __int128 *v, const char **why)
{
	switch (op) {
	case OP_ADD: *v = l + r; break;
	case OP_SUB: *v = l - r; break;
	case OP_MUL:
		/* Both have at most 64 bits, so the product may still leave 128. */
		if (__builtin_mul_overflow(l, r, v))
			*v = (__int128)UINT64_MAX + 1;
		break;
	case OP_AND: *v = l & r; break;
	case OP_OR: *v = l | r; break;
	case OP_XOR: *v = l ^ r; break;
	case OP_DIV:
	case OP_MOD:
		if (!divide(op, l, r, v, why))
			return false;
		break;
	default:
		if (!shift(op, l, r, v, why))
			return false;
	}
	*why = "the result does not fit in 64 bits";
	return fits_64(*v);
}

static bool compare(enum op op, int order)
{
	switch (op) {
	case OP_EQ: return order == 0;
	case OP_NE: return order != 0;
	case OP_LT: return order < 0;
	case OP_LE: return order <= 0;
	case OP_GT: return order > 0;
	default: return order >= 0;
	}
}

static void fold_numbers(struct check *c, struct expr *e)
{
	__int128 l = konst__value(e->bin.l), r = konst__value(e->bin.r), v;
	bool bools = e->bin.l->konst->kind == KONST_BOOL && e->bin.r->konst->kind == KONST_BOOL;
	const char *why;

	if (e->bin.op >= OP_EQ)
		fold__bool(c, e, compare(e->bin.op, l < r ? -1 : l > r));
	else if (!arith(e->bin.op, l, r, &v, &why))
		out_of_range(c, e, why);
	else if (bools)
		fold__bool(c, e, v != 0);
	else
		fold__int(c, e, v);
}

/* --- strings ---------------------------------------------------------------------- */

static int order_of(const struct konst *l, const struct konst *r)
{
	size_t len = l->len < r->len ? l->len : r->len;
	int order = memcmp(l->str, r->str, len);

	if (order)
		return order;
	return l->len < r->len ? -1 : l->len > r->len;
}

static void join(struct check *c, struct expr *e, const struct konst *l, const struct konst *r)
{
	char *s = arena__alloc(c->a, l->len + r->len + 1);

	memcpy(s, l->str, l->len);
	memcpy(s + l->len, r->str, r->len);
	fold__str(c, e, s, l->len + r->len);
}

static bool fold_strings(struct check *c, struct expr *e)
{
	const struct konst *l = e->bin.l->konst, *r = e->bin.r->konst;

	if (e->bin.op >= OP_EQ) {
		fold__bool(c, e, compare(e->bin.op, order_of(l, r)));
		return true;
	}
	if (e->bin.op != OP_ADD)
		return false;
	join(c, e, l, r);
	return true;
}

/* "text" + 2 is "xt", as with a pointer. */
static bool fold_skip(struct check *c, struct expr *e)
{
	const struct konst *s = e->bin.l->konst;
	__int128 n = konst__value(e->bin.r);

	if (e->bin.op != OP_ADD || e->bin.r->konst->kind != KONST_INT)
		return false;
	if (n < 0 || n > (__int128)s->len)
		out_of_range(c, e, "the offset is outside the string");
	else
		fold__str(c, e, s->str + (size_t)n, s->len - (size_t)n);
	return true;
}

static bool fold_logic(struct check *c, struct expr *e)
{
	bool l = konst__truth(e->bin.l->konst), r = konst__truth(e->bin.r->konst);

	fold__bool(c, e, e->bin.op == OP_LAND ? l && r : l || r);
	return true;
}

bool fold__binary(struct check *c, struct expr *e)
{
	bool ls, rs;

	if (!is_literal(e->bin.l) || !is_literal(e->bin.r))
		return false;
	if (e->bin.op == OP_LAND || e->bin.op == OP_LOR)
		return fold_logic(c, e);
	ls = e->bin.l->konst->kind == KONST_STR;
	rs = e->bin.r->konst->kind == KONST_STR;
	if (ls && rs)
		return fold_strings(c, e);
	if (ls)
		return fold_skip(c, e);
	if (rs)
		return false;
	fold_numbers(c, e);
	return true;
}

bool fold__unary(struct check *c, struct expr *e)
{
	struct expr *x = e->unary.e;
	__int128 v;

	if (!is_literal(x) || x->konst->kind == KONST_STR)
		return false;
	v = konst__value(x);
	switch (e->unary.op) {
	case OP_NOT: fold__bool(c, e, !konst__truth(x->konst)); return true;
	case OP_NEG:
		if (!fits_64(-v))
			out_of_range(c, e,
				     "the negated number is below the smallest 64-bit integer");
		else
			fold__int(c, e, -v);
		return true;
	case OP_INV:
		/* ~0 is 2^64 - 1, but ~ of a negative number is small again. */
		fold__int(c, e, (uint64_t) ~(uint64_t)v);
		return true;
	default: return false;
	}
}
