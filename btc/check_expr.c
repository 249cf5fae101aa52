// SPDX-License-Identifier: Apache-2.0
/*
 * Expressions: one function per kind of node gives the type; constants fold on
 * the way (fold.c). Operators, casts, members, maps and calls have files of
 * their own.
 */
#include <string.h>

#include "check_priv.h"

/* --- compounds --------------------------------------------------------------------- */

static const struct type *element(struct check *c, struct expr *e)
{
	const struct type *t = check__expr(c, e), *stored;

	if (is_err(t))
		return t;
	stored = check__stored(c, t);
	if (stored)
		return stored;
	check__error(c, e->loc, "E_NOT_ASSIGNABLE", "a value of type %s cannot be part of a tuple",
		     check__tn(c, t));
	return type__error();
}

static void add_member(struct check *c, struct type *t, const char *name, struct expr *e, bool *bad)
{
	struct member m = { .name = name, .type = element(c, e) };

	*bad |= is_err(m.type);
	vec_push(c->a, &t->members, m);
}

static const struct type *tuple(struct check *c, struct expr *e)
{
	struct type *t = check__type(c, TY_TUPLE, 0);
	bool bad = false;

	if (!e->tuple.nr)
		return type__none();
	for (size_t i = 0; i < e->tuple.nr; i++)
		add_member(c, t, NULL, e->tuple.v[i], &bad);
	if (bad)
		return type__error();
	type__layout(t);
	return t;
}

static const struct type *record(struct check *c, struct expr *e)
{
	struct type *t = check__type(c, TY_RECORD, 0);
	bool bad = false;

	for (size_t i = 0; i < e->record.nr; i++)
		add_member(c, t, e->record.v[i].name, e->record.v[i].value, &bad);
	if (bad)
		return type__error();
	type__layout(t);
	return t;
}

/* --- conditional ---------------------------------------------------------------------- */

bool check__cond(struct check *c, struct expr *e, const char *what)
{
	const struct type *t = check__expr(c, e);

	if (check__is_condition(t) || (e->konst && e->konst->kind == KONST_STR))
		return true;
	check__error(c, e->loc, "E_COND_TYPE", "%s must be an integer, a pointer or a bool, not %s",
		     what, check__tn(c, t));
	return false;
}

static bool is_unknown(const struct expr *e)
{
	return is_err(e->type);
}

static struct expr *empty_block(struct check *c, struct loc loc)
{
	struct expr *e = NEW(c->a, struct expr);

	e->kind = EX_BLOCK;
	e->loc = loc;
	e->block = NEW(c->a, struct block);
	e->block->loc = loc;
	e->type = type__none();
	return e;
}

/* Only @arm counts. The last pass puts it in the place of the whole. */
static const struct type *keep(struct check *c, struct expr *e, struct expr *arm)
{
	const struct type *t;

	if (!arm)
		arm = empty_block(c, e->loc);
	t = check__expr(c, arm);
	e->konst = arm->konst;
	if (c->final) {
		*e = *arm;
		e->type = t;
	}
	return t;
}

static const struct type *branches(struct check *c, struct expr *e, struct expr *a, struct expr *b)
{
	const struct type *x, *y, *t;
	struct diag *d;

	/* A $N is text beside text, so it is looked at last. */
	x = a->kind == EX_PARAM || check__skips_param(a) ? NULL : check__decay(check__expr(c, a));
	if (x && x->kind == TY_STRING)
		y = check__decay(check__string(c, b));
	else
		y = check__decay(check__expr(c, b));
	if (!x || x->kind == TY_PROBE)
		x = y->kind == TY_STRING ? check__string(c, a) : check__expr(c, a);
	if (x->kind == TY_NONE && y->kind == TY_NONE)
		return x;
	t = x->kind == TY_NONE || y->kind == TY_NONE ? NULL : check__merge(c, x, y);
	if (t)
		return t;
	d = check__error(c, e->loc, "E_BRANCH_TYPES", "the two branches have no common type");
	check__context(c, d, a->loc, "this one is of type %s", check__tn(c, x));
	check__context(c, d, b->loc, "this one is of type %s", check__tn(c, y));
	return type__error();
}

static bool pick(struct check *c, struct expr *e, const struct type **t)
{
	struct expr *cond = e->cond.c;
	bool yes;

	if (e->cond.is_if && cond->kind != EX_COMPTIME)
		return false;
	if (!cond->konst) {
		*t = type__error();
		/* A condition that may still fold must not let the wrong branch in. */
		return cond->kind == EX_COMPTIME;
	}
	yes = konst__truth(cond->konst);
	*t = keep(c, e, yes ? e->cond.a : e->cond.b);
	return true;
}

static const struct type *conditional(struct check *c, struct expr *e)
{
	const struct type *t;

	check__cond(c, e->cond.c, "the condition");
	if (pick(c, e, &t))
		return t;
	if (!e->cond.b) {
		check__expr(c, e->cond.a);
		return type__none();
	}
	return branches(c, e, e->cond.a, e->cond.b);
}

static void stmt_arm(struct check *c, struct expr *e)
{
	if (!e)
		return;
	if (e->kind == EX_BLOCK && e->block) {
		check__block(c, e->block, false);
		e->type = type__none();
		e->konst = NULL;
	} else if (e->kind == EX_COND && e->cond.is_if) {
		check__if_stmt(c, e);
	} else {
		check__expr(c, e);
	}
}

void check__if_stmt(struct check *c, struct expr *e)
{
	struct expr *arm;

	check__cond(c, e->cond.c, "the condition");
	e->type = type__none();
	e->konst = NULL;
	if (e->cond.c->kind != EX_COMPTIME) {
		stmt_arm(c, e->cond.a);
		stmt_arm(c, e->cond.b);
		return;
	}
	if (!e->cond.c->konst)
		return;
	arm = konst__truth(e->cond.c->konst) ? e->cond.a : e->cond.b;
	if (!arm)
		arm = empty_block(c, e->loc);
	stmt_arm(c, arm);
	if (c->final)
		*e = *arm;
}

/* --- elements ---------------------------------------------------------------------------- */

static const struct type *tuple_element(struct check *c, struct expr *e, const struct type *t,
					__int128 n)
{
	if (n >= 0 && n < (__int128)t->members.nr)
		return t->members.v[(size_t)n].type;
	check__error(c, e->loc, "E_TUPLE_INDEX", "there is no element %lld in a tuple of %zu",
		     (long long)n, t->members.nr);
	return type__error();
}

static const struct type *elem(struct check *c, struct expr *e)
{
	const struct type *t = check__expr(c, e->elem.e);

	if (t->kind == TY_TUPLE)
		return tuple_element(c, e, t, e->elem.n);
	if (!is_err(t))
		check__error(c, e->loc, "E_TUPLE_INDEX", "a value of type %s has no elements",
			     check__tn(c, t));
	return type__error();
}

/* A parameter is a literal in bpftrace; which one is seen when the program runs. */
static bool never_negative(const struct expr *i)
{
	const struct cvar *v = (const struct cvar *)(i->kind == EX_VAR ? i->var.var : NULL);

	return !i->type->is_signed || i->type->flexible || i->kind == EX_PARAM ||
	       (v && v->flexible);
}

static bool check_index(struct check *c, const struct expr *i)
{
	const struct type *t = check__decay(i->type);

	if (is_err(t))
		return false;
	if (t->kind != TY_INT) {
		check__error(c, i->loc, "E_INDEX_TYPE", "an index must be an integer, not %s",
			     check__tn(c, t));
		return false;
	}
	if (i->konst ? konst__value(i) >= 0 : never_negative(i))
		return true;
	struct diag *d = check__error(c, i->loc, "E_INDEX_TYPE",
				      i->konst ? "an index cannot be negative"
					       : "an index must be unsigned, this one is %s",
				      check__tn(c, t));
	if (!i->konst)
		check__hint(c, d, "cast it: (uint64)…");
	return false;
}

static bool in_range(struct check *c, const struct expr *i, uint64_t size)
{
	if (!konst__is_int(i) || konst__value(i) < (__int128)size)
		return true;
	check__error(c, i->loc, "E_INDEX_RANGE", "the index %llu is outside the %llu elements",
		     (unsigned long long)i->konst->num, (unsigned long long)size);
	return false;
}

static const struct type *array_element(struct check *c, const struct type *t, const struct expr *i)
{
	if (!in_range(c, i, t->nr))
		return type__error();
	return check__as(c, t->elem, t->as);
}

static const struct type *pointee(struct check *c, struct expr *e, const struct type *t)
{
	if (t->elem->kind == TY_VOID || t->elem->kind == TY_NONE) {
		check__error(c, e->loc, "E_INDEX_TYPE",
			     "a value of type %s cannot be indexed: cast it first",
			     check__tn(c, t));
		return type__error();
	}
	check__as_unset(c, t);
	return check__as(c, t->elem, t->as);
}

static const struct type *indexed(struct check *c, struct expr *e)
{
	const struct type *t = check__expr(c, e->index.e);
	struct expr *i = e->index.i;

	check__expr(c, i);
	check__want_constant(c, i);
	if (is_err(t) || !check_index(c, i))
		return type__error();
	switch (t->kind) {
	case TY_ARRAY: return array_element(c, t, i);
	case TY_PTR: return pointee(c, e, t);
	case TY_STRING: return in_range(c, i, t->size) ? type__int(1, true) : type__error();
	case TY_TUPLE:
		if (i->konst)
			return tuple_element(c, e, t, konst__value(i));
		check__error(c, i->loc, "E_INDEX_TYPE", "the index of a tuple must be a literal");
		return type__error();
	default:
		check__error(c, e->loc, "E_NOT_INDEXABLE", "a value of type %s has no elements",
			     check__tn(c, t));
		return type__error();
	}
}

/* --- type introspection --------------------------------------------------------------------- */

/* The size of a kernel type is only known on the target. */
static bool is_kernel_type(const struct type *t)
{
	while (t->kind == TY_ARRAY)
		t = t->elem;
	return t->kind == TY_STRUCT && t->c->kernel;
}

static const struct type *size_of(struct check *c, struct expr *e)
{
	const struct type *t;

	if (e->of.t) {
		t = check__resolve(c, e->of.t);
	} else {
		c->unevaluated++;
		t = check__expr(c, e->of.e);
		c->unevaluated--;
	}
	if (is_err(t))
		return t;
	if (is_kernel_type(t))
		return type__int(8, false);
	fold__int(c, e, type__is_castable_agg(t) ? 8 : t->size);
	return e->type;
}

static const struct type *comptime(struct check *c, struct expr *e)
{
	const struct type *t = check__expr(c, e->comptime);

	check__want_constant(c, e->comptime);
	t = e->comptime->type;
	e->konst = e->comptime->konst;
	if (!e->konst && !is_unknown(e->comptime))
		check__error(c, e->loc, "E_COMPTIME", "this is not known when compiling");
	return t;
}

/* --- leaves ------------------------------------------------------------------------------------ */

static const struct type *string(struct check *c, struct expr *e)
{
	fold__str(c, e, e->str.s, e->str.len);
	if (e->str.len + 1 > c->cfg->max_strlen)
		check__error(c, e->loc, "E_STRING_TOO_LONG",
			     "the string takes %zu bytes, max_strlen allows %llu", e->str.len + 1,
			     (unsigned long long)c->cfg->max_strlen);
	return e->type;
}

static const struct type *variable(struct check *c, struct expr *e)
{
	if (!e->var.var)
		return type__error();
	return check__var_read(c, (struct cvar *)e->var.var, e->loc);
}

static const struct type *incdec(struct check *c, struct expr *e)
{
	struct expr *x = e->incdec.e;
	struct expr one = { .kind = EX_INT, .loc = e->loc, .i.num = 1 };
	const struct type *t;

	t = x->kind == EX_MAP ? check__map_counter(c, x) : check__expr(c, x);
	if (is_err(t) && x->kind != EX_MAP && x->kind != EX_VAR)
		return t;
	if (is_err(t) || check__decay(t)->kind == TY_INT)
		t = e->incdec.dec || is_err(t) ? type__int(8, true)
					       : type__int(8, check__decay(t)->is_signed);
	else if (t->kind != TY_PTR) {
		check__error(c, e->loc, "E_OPERAND_TYPES",
			     "the operator %s does not take a value of type %s",
			     e->incdec.dec ? "--" : "++", check__tn(c, t));
		return type__error();
	}
	one.type = t;
	if (x->kind == EX_MAP)
		check__map_write(c, x, &one, t, e->loc);
	else if (x->kind == EX_VAR && x->var.var)
		check__var_write(c, (struct cvar *)x->var.var, &one, t, e->loc);
	return t;
}

static const struct type *block(struct check *c, struct expr *e)
{
	struct block *b = e->block;

	if (!b)
		return type__error();
	check__block(c, b, true);
	if (!b->value)
		return type__none();
	if (!b->stmts.nr)
		e->konst = b->value->konst;
	return b->value->type;
}

static const struct type *typearg(struct check *c, struct expr *e)
{
	check__error(c, e->loc, "E_ARG_KIND", "typeof() can only be an argument of a macro");
	return type__error();
}

static const struct type *type_of(struct check *c, struct expr *e)
{
	switch (e->kind) {
	case EX_INT: fold__int(c, e, e->i.num); return e->type;
	case EX_STR: return string(c, e);
	case EX_BOOL: fold__bool(c, e, e->b); return e->type;
	case EX_IDENT: return check__ident(c, e);
	case EX_VAR: return variable(c, e);
	case EX_MAP: return check__map_read(c, e);
	case EX_PARAM: return check__param(c, e, false);
	case EX_NPARAM: return check__nparam(c, e);
	case EX_CALL: return check__call(c, e);
	case EX_UNARY: return check__unary(c, e);
	case EX_INCDEC: return incdec(c, e);
	case EX_BINARY: return check__binary(c, e);
	case EX_COND: return conditional(c, e);
	case EX_CAST: return check__cast(c, e);
	case EX_FIELD: return check__field(c, e);
	case EX_ELEM: return elem(c, e);
	case EX_INDEX: return indexed(c, e);
	case EX_TUPLE: return tuple(c, e);
	case EX_RECORD: return record(c, e);
	case EX_BLOCK: return block(c, e);
	case EX_SIZEOF: return size_of(c, e);
	case EX_OFFSETOF: return check__offsetof(c, e);
	case EX_TYPEINFO: return check__typeinfo(c, e);
	case EX_TYPEARG: return typearg(c, e);
	case EX_COMPTIME: return comptime(c, e);
	}
	return type__error();
}

const struct type *check__expr(struct check *c, struct expr *e)
{
	const struct type *t;

	e->konst = NULL;
	t = type_of(c, e);
	e->type = t;
	if (is_err(t))
		e->konst = NULL;
	return t;
}

/* The probe's name travels as a number; its text is looked up where a string is wanted. */
const struct type *check__probe_text(struct check *c, struct expr *e)
{
	struct expr *name;
	struct type_expr *to;

	if (is_unknown(e) || e->type->kind != TY_PROBE)
		return e->type;
	name = NEW(c->a, struct expr);
	*name = *e;
	to = NEW(c->a, struct type_expr);
	to->loc = e->loc;
	to->name = "string";
	vec_push(c->a, &to->suffix, PROBE_NAME);
	*e = (struct expr){ .kind = EX_CAST, .loc = e->loc };
	e->cast.e = name;
	e->cast.to = to;
	return check__expr(c, e);
}

const struct type *check__string(struct check *c, struct expr *e)
{
	check__text(c, e);
	return check__probe_text(c, e);
}

const struct type *check__text(struct check *c, struct expr *e)
{
	if (check__skips_param(e))
		return check__rest_of_param(c, e);
	if (e->kind != EX_PARAM)
		return check__expr(c, e);
	e->konst = NULL;
	e->type = check__param(c, e, true);
	return e->type;
}
