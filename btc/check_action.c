// SPDX-License-Identifier: Apache-2.0
/* Checks of the builtins that act: output, maps, aggregations, the end of the tool. */
#include <stdlib.h>
#include <string.h>

#include "check_args.h"

/* --- output --------------------------------------------------------------------------- */

void check__printf(struct check *c, struct expr *e)
{
	check__format(c, e);
	e->type = type__none();
}

static void print_map(struct check *c, struct expr *e)
{
	const struct cmap *m = check__map_arg(c, call__arg(e, 0));
	unsigned nr = call__nr(e);
	bool ok = true;
	__int128 v;

	e->type = type__none();
	for (unsigned i = 1; i < nr; i++) {
		check__expr(c, call__arg(e, i));
		ok &= arg__literal(c, e, i, &v);
	}
	if (!ok)
		return;
	if (c->loops)
		check__warn(c, e->loc, "W_PRINT_IN_LOOP",
			    "%s is printed as it is when the output is written, not as it is now",
			    m->m.name);
	if (nr > 1 && m->m.value && m->m.value->kind == TY_STATS)
		check__warn(c, e->loc, "W_TOPDIV_STATS", "top and div mean little for stats");
}

static bool is_stats_element(struct check *c, struct expr *arg)
{
	const struct map *m;

	if (arg->kind != EX_MAP)
		return false;
	m = &check__map(c, arg->map.name, arg->loc)->m;
	return m->value && m->value->kind == TY_STATS;
}

void check__print(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0);
	const struct type *t;

	if (arg->kind == EX_MAP && !arg->map.key) {
		print_map(c, e);
		return;
	}
	e->type = type__none();
	if (is_stats_element(c, arg)) {
		check__map_place(c, arg);
		arg->type = arg->map.map->value;
		return;
	}
	t = check__expr(c, arg);
	if (call__nr(e) > 1)
		check__error(c, e->loc, "E_ARITY", "print takes 1 argument unless it is a map");
	else if (!check__is_printable(t) || (t->kind == TY_ARGS && !check__stored(c, t)))
		check__error(c, arg->loc, "E_UNPRINTABLE", "a value of type %s cannot be printed",
			     check__tn(c, t));
}

void check__time(struct check *c, struct expr *e)
{
	if (!call__nr(e) || arg__string(c, e, 0))
		e->type = type__none();
}

void check__join(struct check *c, struct expr *e)
{
	const struct type *t = check__decay(call__arg(e, 0)->type);

	if (t->kind != TY_INT && t->kind != TY_PTR) {
		arg__reject(c, e, 0, "an integer or a pointer");
		return;
	}
	if (call__nr(e) == 1 || arg__string(c, e, 1))
		e->type = type__none();
}

void check__unwatch(struct check *c, struct expr *e)
{
	const struct type *t = check__decay(call__arg(e, 0)->type);

	if (t->kind != TY_INT && t->kind != TY_PTR)
		arg__reject(c, e, 0, "an address");
	else
		e->type = type__none();
}

void check__exit(struct check *c, struct expr *e)
{
	if (!call__nr(e) || arg__int(c, e, 0))
		e->type = type__none();
}

/* --- maps ----------------------------------------------------------------------------------- */

/* The map in the first argument, which must be bare; NULL: reported. */
static struct cmap *bare_map(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0);

	if (arg->kind == EX_MAP && !arg->map.key)
		return check__map_arg(c, arg);
	if (arg->kind == EX_MAP || !arg->type || !is_err(arg->type))
		check__error(c, arg->loc, "E_MAP_EXPECTED", "%s needs a whole map here",
			     e->call.name);
	return NULL;
}

static bool needs_keyed(struct check *c, struct expr *e, const struct cmap *m)
{
	if (!m->has_first || m->first_is_keyed)
		return true;
	check__error(c, e->loc, "E_MAP_NEEDS_KEYED", "%s needs a map with keys, %s has none",
		     e->call.name, m->m.name);
	return false;
}

/* The old spelling delete(@m[k]) becomes delete(@m, k). */
static void split_element(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0), *key;

	if (call__nr(e) != 1 || arg->kind != EX_MAP || !arg->map.key)
		return;
	key = arg->map.key;
	arg->map.key = NULL;
	vec_push(c->a, &e->call.args, key);
}

void check__delete(struct check *c, struct expr *e)
{
	struct cmap *m;

	split_element(c, e);
	m = bare_map(c, e);
	if (!m)
		return;
	m->m.deleted_from = true;
	if (call__nr(e) == 1) {
		if (m->has_first && m->first_is_keyed) {
			check__error(c, e->loc, "E_MAP_NEEDS_SCALAR",
				     "%s has keys: say which one to delete", m->m.name);
			return;
		}
	} else {
		if (!needs_keyed(c, e, m))
			return;
		check__map_key(c, m, call__arg(e, 1), e->loc);
	}
	e->type = type__bool();
}

void check__has_key(struct check *c, struct expr *e)
{
	struct cmap *m = bare_map(c, e);

	if (!m || !needs_keyed(c, e, m))
		return;
	check__map_key(c, m, call__arg(e, 1), e->loc);
	e->type = type__bool();
}

static bool is_stack(const struct type *t)
{
	return t->kind == TY_KSTACK || t->kind == TY_USTACK;
}

void check__len(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0);
	struct cmap *m;

	if (arg->kind == EX_MAP && !arg->map.key) {
		m = check__map_arg(c, arg);
		if (!is_stack(arg->type) && !needs_keyed(c, e, m))
			return;
	} else {
		if (arg->kind == EX_MAP)
			check__expr(c, arg);
		if (!is_stack(arg->type)) {
			arg__reject(c, e, 0, "a map or a stack");
			return;
		}
	}
	e->type = type__int(8, true);
}

void check__clear(struct check *c, struct expr *e)
{
	if (bare_map(c, e))
		e->type = type__none();
}

void check__is_scalar(struct check *c, struct expr *e)
{
	const struct cmap *m = bare_map(c, e);

	if (m)
		fold__bool(c, e, !m->first_is_keyed);
}

/* --- aggregations ------------------------------------------------------------------------------ */

static bool direct(struct check *c, struct expr *e)
{
	if (c->agg == e)
		return true;
	check__error(c, e->loc, "E_AGG_DIRECT", "%s() must be assigned to a map: @name = %s(…)",
		     e->call.name, e->call.name);
	return false;
}

static bool measured(struct check *c, struct expr *e)
{
	const struct type *t = call__arg(e, 0)->type;

	if (is_err(t))
		return false;
	if (t->kind == TY_INT)
		return true;
	arg__reject(c, e, 0, "an integer");
	return false;
}

static enum type_kind agg_kind(const char *name)
{
	static const struct {
		const char *name;
		enum type_kind kind;
	} kinds[] = {
		{ "count", TY_COUNT }, { "sum", TY_SUM }, { "min", TY_MIN },
		{ "max", TY_MAX },     { "avg", TY_AVG }, { "stats", TY_STATS },
	};

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	}
	return TY_ERROR;
}

void check__agg(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0);
	struct type *t;

	if (!direct(c, e) || (arg && !measured(c, e)))
		return;
	t = check__type(c, agg_kind(e->call.name), 8);
	t->is_signed = !arg || arg->type->is_signed;
	e->type = t;
}

static bool bad_agg(struct check *c, struct expr *e, unsigned i, const char *rule)
{
	check__error(c, call__arg(e, i)->loc, "E_AGG_ARGS", "%s: %s", e->call.name, rule);
	return false;
}

/* All calls for one map must agree. */
static void same_params(struct check *c, struct expr *e, const int64_t p[4])
{
	struct cmap *m = c->agg_map;

	if (!m->params_of) {
		m->params_of = e->call.name;
		m->m.bits = p[0];
		m->m.min = p[1];
		m->m.max = p[2];
		m->m.step = p[3];
	}
	if (strcmp(m->params_of, e->call.name))
		return; /* of another type, which is an error too */
	if (m->m.bits != p[0] || m->m.min != p[1] || m->m.max != p[2] || m->m.step != p[3])
		check__error(c, e->loc, "E_AGG_PARAMS",
			     "all calls of %s for %s must have the same parameters", e->call.name,
			     m->m.name);
}

static bool agg_literal(struct check *c, struct expr *e, unsigned i, const char *what, int64_t *v)
{
	struct expr *arg = call__arg(e, i);
	struct diag *d;

	check__want_constant(c, arg);
	if (is_err(arg->type))
		return false;
	if (konst__is_int(arg) && konst__value(arg) >= 0 && konst__value(arg) <= INT64_MAX) {
		*v = (int64_t)arg->konst->num;
		return true;
	}
	d = check__error(c, arg->loc, "E_AGG_ARGS", "%s: %s must be a literal of at least 0",
			 e->call.name, what);
	if (arg->kind == EX_PARAM && !arg->konst)
		check__hint(c, d,
			    "parameters are given when the tool starts; "
			    "this needs a constant when it is compiled");
	return false;
}

void check__hist(struct check *c, struct expr *e)
{
	int64_t p[4] = { 0 };

	if (!direct(c, e) || !measured(c, e))
		return;
	if (call__nr(e) > 1 && !agg_literal(c, e, 1, "the number of bits", &p[0]))
		return;
	if (p[0] > 5) {
		bad_agg(c, e, 1, "the number of bits must be 0 to 5");
		return;
	}
	same_params(c, e, p);
	e->type = check__type(c, TY_HIST, 8);
}

static bool lhist_rules(struct check *c, struct expr *e, const int64_t p[4])
{
	if (p[1] > p[2])
		return bad_agg(c, e, 1, "the lower bound is above the upper one");
	if (!p[3])
		return bad_agg(c, e, 3, "the step cannot be 0");
	if (p[3] > p[2] - p[1])
		return bad_agg(c, e, 3, "the step is larger than the range");
	if ((p[2] - p[1]) / p[3] > 1000)
		return bad_agg(c, e, 3, "there would be more than 1000 buckets");
	return true;
}

void check__lhist(struct check *c, struct expr *e)
{
	int64_t p[4] = { 0 };

	if (!direct(c, e) || !measured(c, e))
		return;
	if (!agg_literal(c, e, 1, "the lower bound", &p[1]) ||
	    !agg_literal(c, e, 2, "the upper bound", &p[2]) ||
	    !agg_literal(c, e, 3, "the step", &p[3]) || !lhist_rules(c, e, p))
		return;
	same_params(c, e, p);
	e->type = check__type(c, TY_LHIST, 8);
}

/* The name of an aggregation to its number in btc.h; 0: last, -1: reported. */
static int series_agg(struct check *c, struct expr *e)
{
	static const char *const names[] = { "avg", "max", "min", "sum" };
	const struct konst *k;

	if (call__nr(e) < 4)
		return 0;
	k = arg__string(c, e, 3);
	if (!k)
		return -1;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (!strcmp(k->str, names[i]))
			return (int)i + 1;
	bad_agg(c, e, 3, "the aggregation must be \"avg\", \"max\", \"min\" or \"sum\"");
	return -1;
}

static bool series_allowed(struct check *c, const struct expr *e)
{
	const struct loc nowhere = { 0 };
	struct diag *d;

	if (c->cfg->tseries == UNSTABLE_WARN && c->final)
		check__warn(c, nowhere, "W_UNSTABLE", "tseries is unstable (unstable_tseries)");
	if (c->cfg->tseries != UNSTABLE_ERROR)
		return true;
	d = check__error(c, e->loc, "E_UNSTABLE", "tseries is unstable");
	check__hint(c, d, "enable it: config = { unstable_tseries = enable }");
	return false;
}

void check__tseries(struct check *c, struct expr *e)
{
	int64_t p[4] = { 0 };
	struct type *t;

	if (!direct(c, e) || !measured(c, e) || !series_allowed(c, e))
		return;
	p[0] = series_agg(c, e);
	if (!agg_literal(c, e, 1, "the interval", &p[3]) ||
	    !agg_literal(c, e, 2, "the number of intervals", &p[2]) || p[0] < 0)
		return;
	if (!p[3]) {
		bad_agg(c, e, 1, "the interval cannot be 0");
		return;
	}
	if (p[2] < 1 || p[2] > 1000000) {
		bad_agg(c, e, 2, "the number of intervals must be 1 to 1000000");
		return;
	}
	same_params(c, e, p);
	t = check__type(c, TY_TSERIES, 8);
	t->is_signed = call__arg(e, 0)->type->is_signed;
	e->type = t;
}

/* --- while compiling ------------------------------------------------------------------------------ */

/* What a checked-away call leaves behind. */
static void vanish(struct check *c, struct expr *e)
{
	e->type = type__none();
	if (!c->final)
		return;
	e->kind = EX_BLOCK;
	e->block = NEW(c->a, struct block);
	e->block->loc = e->loc;
}

/* The text of fail(): only literals can follow the format. */
static const char *failure(struct check *c, const struct expr *e)
{
	const char *s = call__arg(e, 0)->konst->str, *text;
	struct buf b = { 0 };
	unsigned i = 1;

	for (; *s; s++) {
		const struct expr *arg = *s == '%' && s[1] != '%' ? call__arg(e, i) : NULL;

		if (!arg || !arg->konst) {
			buf__add(&b, s, 1);
			s += *s == '%' && s[1] == '%';
			continue;
		}
		if (arg->konst->kind == KONST_STR)
			buf__str(&b, arg->konst->str);
		else
			buf__printf(&b, "%lld", (long long)arg->konst->num);
		s += strcspn(s, "diuxXscp");
		if (!*s)
			break;
		i++;
	}
	text = arena__strndup(c->a, b.s ? b.s : "", b.len);
	buf__free(&b);
	return text;
}

void check__fail(struct check *c, struct expr *e)
{
	const struct konst *fmt;

	check__format(c, e);
	fmt = call__arg(e, 0)->konst;
	if (fmt && fmt->kind == KONST_STR)
		check__error(c, e->loc, "E_FAIL", "%s", failure(c, e));
	vanish(c, e);
}

/* Made of facts that only the target knows: the tool asserts it when it starts. */
static bool is_late(const struct expr *e)
{
	if (e->konst)
		return true;
	switch (e->kind) {
	case EX_CALL:
		return e->call.fn && (!strcmp(e->call.fn->name, "kfunc_exist") ||
				      !strcmp(e->call.fn->name, "kfunc_allowed"));
	case EX_UNARY: return e->unary.op == OP_NOT && is_late(e->unary.e);
	case EX_BINARY:
		return (e->bin.op == OP_LAND || e->bin.op == OP_LOR) && is_late(e->bin.l) &&
		       is_late(e->bin.r);
	default: return false;
	}
}

void check__static_assert(struct check *c, struct expr *e)
{
	struct expr *cond = call__arg(e, 0);
	const struct konst *msg = arg__string(c, e, 1);

	check__want_constant(c, cond);
	if (!msg || is_err(cond->type))
		return;
	if (!cond->konst && is_late(cond)) {
		e->type = type__none();
		return;
	}
	if (!cond->konst)
		check__error(c, cond->loc, "E_COMPTIME", "this is not known when compiling");
	else if (!konst__truth(cond->konst))
		check__error(c, e->loc, "E_FAIL", "%s", msg->str);
	vanish(c, e);
}
