// SPDX-License-Identifier: Apache-2.0
/*
 * Operators: which operands each takes, and the type of the result. Arithmetic
 * is 64 bits wide and signed if an operand is; a literal takes the sign of the
 * other side. Comparisons convert both sides to their common type.
 */
#include "check_priv.h"

const char *op__text(enum op op)
{
	static const char *const text[] = {
		[OP_NEG] = "-",	 [OP_NOT] = "!", [OP_INV] = "~",  [OP_DEREF] = "*",
		[OP_ADDR] = "&", [OP_ADD] = "+", [OP_SUB] = "-",  [OP_MUL] = "*",
		[OP_DIV] = "/",	 [OP_MOD] = "%", [OP_SHL] = "<<", [OP_SHR] = ">>",
		[OP_AND] = "&",	 [OP_OR] = "|",	 [OP_XOR] = "^",  [OP_LAND] = "&&",
		[OP_LOR] = "||", [OP_EQ] = "==", [OP_NE] = "!=",  [OP_LT] = "<",
		[OP_LE] = "<=",	 [OP_GT] = ">",	 [OP_GE] = ">=",
	};

	return text[op];
}

struct operands {
	struct check *c;
	struct loc loc;
	enum op op;
	struct expr *l, *r;
	const struct type *lt, *rt; /* decayed */
};

static const struct type *reject(const struct operands *o)
{
	struct check *c = o->c;
	struct diag *d = check__error(c, o->loc, "E_OPERAND_TYPES",
				      "the operator %s does not take these operands",
				      op__text(o->op));

	check__context(c, d, o->l->loc, "the left one is of type %s", check__tn(c, o->lt));
	check__context(c, d, o->r->loc, "the right one is of type %s", check__tn(c, o->rt));
	return type__error();
}

/* --- conversions that change a value ------------------------------------------------- */

bool check__fits(const struct expr *e, const struct type *to)
{
	__int128 v = konst__value(e), one = 1;
	unsigned bits = to->size * 8;

	if (to->is_signed)
		return v >= -(one << (bits - 1)) && v < one << (bits - 1);
	return v >= 0 && v < one << bits;
}

static bool loses(const struct type *from, const struct type *to)
{
	if (from->is_signed == to->is_signed)
		return from->size > to->size;
	if (from->is_signed)
		return true;
	return from->size >= to->size;
}

static void warn_sign(struct check *c, struct loc loc, const struct type *from,
		      const struct type *to)
{
	struct diag *d = check__warn(c, loc, "W_SIGN",
				     "the conversion from %s to %s can change the value",
				     check__tn(c, from), check__tn(c, to));

	check__hint(c, d, "write the cast if that is meant: (%s)…", check__tn(c, to));
}

void check__sign(struct check *c, const struct expr *e, const struct type *to)
{
	const struct type *from = check__decay(e->type);

	if (is_literal(e) || from->kind != TY_INT || to->kind != TY_INT || from->flexible)
		return;
	if (loses(from, to))
		warn_sign(c, e->loc, from, to);
}

/* --- numbers ----------------------------------------------------------------------------- */

static bool is_number(const struct type *t)
{
	return t->kind == TY_INT || t->kind == TY_BOOL;
}

static bool is_signed(const struct type *t, const struct type *other)
{
	if (t->kind == TY_BOOL)
		return true;
	if (t->flexible && other->kind == TY_INT && !other->flexible)
		return other->is_signed;
	return t->is_signed;
}

static enum addr_space mix_as(const struct operands *o)
{
	enum addr_space l = o->lt->as, r = o->rt->as;

	if (l != AS_NONE && r != AS_NONE && l != r) {
		check__warn(o->c, o->loc, "W_ADDRSPACE_MIX",
			    "one operand is of the kernel, the other of user space");
		return AS_NONE;
	}
	return l != AS_NONE ? l : r;
}

/* $N is a literal where a script is run at once; it takes the other operand's sign here too. */
static bool has_param(const struct operands *o)
{
	return o->l->kind == EX_PARAM || o->r->kind == EX_PARAM;
}

static void warn_operand(const struct operands *o, const struct expr *e, const struct type *t)
{
	if (t->kind == TY_INT && t->size == 8 && !t->is_signed && !is_literal(e))
		warn_sign(o->c, e->loc, t, type__int(8, true));
}

static const struct type *arith(const struct operands *o)
{
	bool ls = is_signed(o->lt, o->rt), rs = is_signed(o->rt, o->lt);
	bool is_div = o->op == OP_DIV || o->op == OP_MOD;
	enum addr_space as = mix_as(o);

	if (o->lt->kind == TY_BOOL && o->rt->kind == TY_BOOL)
		return type__bool();
	if (has_param(o))
		;
	else if (is_div && (ls || rs) && !type__equal(o->lt, o->rt))
		check__warn(o->c, o->loc, "W_SIGNED_DIV",
			    "%s is an unsigned operation, but an operand is signed",
			    op__text(o->op));
	else if (ls != rs) {
		warn_operand(o, o->l, o->lt);
		warn_operand(o, o->r, o->rt);
	}
	return check__as(o->c, type__int(8, ls || rs || o->op == OP_SUB), as);
}

static const struct type *pointer_arith(const struct operands *o)
{
	bool left = o->lt->kind == TY_PTR;
	const struct type *p = left ? o->lt : o->rt, *n = left ? o->rt : o->lt;

	if (n->kind != TY_INT || (o->op != OP_ADD && !(o->op == OP_SUB && left)))
		return reject(o);
	mix_as(o);
	return p;
}

/* --- comparisons ------------------------------------------------------------------------------ */

static bool is_equality(const struct operands *o)
{
	return o->op == OP_EQ || o->op == OP_NE;
}

static void compare_pointers(const struct operands *o)
{
	struct diag *d;

	if (o->lt->kind != TY_PTR || o->rt->kind != TY_PTR || type__equal(o->lt, o->rt))
		return;
	d = check__warn(o->c, o->loc, "W_PTR_COMPARE", "pointers to different types are compared");
	check__context(o->c, d, o->l->loc, "the left one is of type %s", check__tn(o->c, o->lt));
	check__context(o->c, d, o->r->loc, "the right one is of type %s", check__tn(o->c, o->rt));
}

static void compare_ints(const struct operands *o)
{
	if (o->lt->kind != TY_INT || o->rt->kind != TY_INT)
		return;
	if (is_signed(o->lt, o->rt) != is_signed(o->rt, o->lt) && !has_param(o)) {
		warn_operand(o, o->l, o->lt);
		warn_operand(o, o->r, o->rt);
	}
}

/* Objects that are compared as memory. */
static bool comparable(const struct operands *o)
{
	if (o->lt->kind != o->rt->kind)
		return false;
	switch (o->lt->kind) {
	case TY_STRING:
	case TY_BUFFER: return true;
	case TY_ARRAY: return o->lt->elem->kind == TY_INT && type__equal(o->lt, o->rt);
	case TY_TUPLE:
	case TY_RECORD: return type__promote(o->c->a, o->lt, o->rt) != NULL;
	default: return false;
	}
}

static bool is_name(const struct expr *e)
{
	return e->type->kind == TY_PROBE || (e->konst && e->konst->kind == KONST_STR);
}

/* The probe is known by a number, and so is a name that was written. */
static const struct type *probe_names(struct operands *o)
{
	if (is_name(o->l) && is_name(o->r))
		return type__bool();
	o->lt = check__probe_text(o->c, o->l);
	o->rt = check__probe_text(o->c, o->r);
	return comparable(o) ? type__bool() : reject(o);
}

static const struct type *comparison(struct operands *o)
{
	bool lp = is_number(o->lt) || o->lt->kind == TY_PTR;
	bool rp = is_number(o->rt) || o->rt->kind == TY_PTR;

	if (lp && rp) {
		if ((o->lt->kind == TY_PTR) != (o->rt->kind == TY_PTR) &&
		    (o->lt->kind == TY_BOOL || o->rt->kind == TY_BOOL))
			return reject(o);
		compare_pointers(o);
		compare_ints(o);
		return type__bool();
	}
	if (is_equality(o) && (o->lt->kind == TY_PROBE || o->rt->kind == TY_PROBE))
		return probe_names(o);
	return is_equality(o) && comparable(o) ? type__bool() : reject(o);
}

const struct type *check__op(struct check *c, struct loc loc, enum op op, struct expr *l,
			     struct expr *r)
{
	struct operands o = { c, loc, op, l, r, check__decay(l->type), check__decay(r->type) };

	if (is_err(o.lt) || is_err(o.rt))
		return op >= OP_LAND ? type__bool() : type__error();
	if (op == OP_LAND || op == OP_LOR)
		return check__is_condition(o.lt) && check__is_condition(o.rt) ? type__bool()
									      : reject(&o);
	if (op >= OP_EQ)
		return comparison(&o);
	if (o.lt->kind == TY_PTR || o.rt->kind == TY_PTR)
		return pointer_arith(&o);
	return is_number(o.lt) && is_number(o.rt) ? arith(&o) : reject(&o);
}

/* A $N beside a string is text. */
static void check_operands(struct check *c, struct expr *l, struct expr *r)
{
	if ((l->kind == EX_PARAM && r->kind != EX_PARAM) || check__skips_param(l)) {
		if (check__expr(c, r)->kind == TY_STRING)
			check__text(c, l);
		else
			check__expr(c, l);
		return;
	}
	if (check__expr(c, l)->kind == TY_STRING)
		check__text(c, r);
	else
		check__expr(c, r);
}

const struct type *check__binary(struct check *c, struct expr *e)
{
	check_operands(c, e->bin.l, e->bin.r);
	if (check__skips_param(e) && e->bin.l->type->kind == TY_STRING &&
	    e->bin.r->type->kind == TY_INT)
		return check__rest_of_param(c, e);
	if (fold__binary(c, e))
		return e->type;
	return check__op(c, e->loc, e->bin.op, e->bin.l, e->bin.r);
}

/* --- unary ------------------------------------------------------------------------------------------ */

static const struct type *reject_unary(struct check *c, const struct expr *e, const struct type *t)
{
	if (!is_err(t))
		check__error(c, e->loc, "E_OPERAND_TYPES",
			     "the operator %s does not take a value of type %s",
			     op__text(e->unary.op), check__tn(c, t));
	return type__error();
}

static const struct type *address_of(struct check *c, struct expr *e)
{
	struct expr *x = e->unary.e;
	const struct type *t;

	if (x->kind == EX_MAP && !x->map.key) {
		check__map_arg(c, x);
		return type__ptr(c->a, type__void(), AS_KERNEL);
	}
	t = check__expr(c, x);
	return is_err(t) ? t : type__ptr(c->a, t, AS_KERNEL);
}

static const struct type *deref(struct check *c, struct expr *e, const struct type *t)
{
	if (t->kind == TY_INT) {
		check__as_unset(c, t);
		return check__as(c, type__int(8, false), t->as);
	}
	if (t->kind != TY_PTR || t->elem->kind == TY_VOID || t->elem->kind == TY_NONE)
		return reject_unary(c, e, t);
	check__as_unset(c, t);
	return check__as(c, t->elem, t->as);
}

const struct type *check__unary(struct check *c, struct expr *e)
{
	const struct type *t;

	if (e->unary.op == OP_ADDR)
		return address_of(c, e);
	t = check__decay(check__expr(c, e->unary.e));
	if (fold__unary(c, e))
		return e->type;
	switch (e->unary.op) {
	case OP_NOT: return check__is_condition(t) ? type__bool() : reject_unary(c, e, t);
	case OP_DEREF: return deref(c, e, t);
	default:
		if (!is_number(t))
			return reject_unary(c, e, t);
		return check__as(c, type__int(8, is_signed(t, t)), t->as);
	}
}
