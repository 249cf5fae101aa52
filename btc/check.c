// SPDX-License-Identifier: Apache-2.0
/*
 * The checker. Attach points are grouped into units, each with its own copy of
 * the macro-expanded body; names are bound once; then passes over all units
 * find the types (see check_priv.h), and the last pass reports. This file has
 * the frame: units, passes, statements, variables.
 */
#include <stdlib.h>
#include <string.h>

#include "check_priv.h"
#include "probe_any.h"

/* --- reports ------------------------------------------------------------------------ */

/*
 * Units repeat their bodies, so the same report comes several times. What is
 * wrong in a function is so wherever it is called.
 */
static bool is_new(struct check *c, struct loc loc, const char *tag, const char *text)
{
	const char *key =
		arena__printf(c->a, "%s %p %u %u", tag, (const void *)loc.src, loc.begin, loc.end);

	for (const struct expansion *x = loc.via; x && !x->is_fn; x = x->call.via)
		key = arena__printf(c->a, "%s < %p %u %u", key, (const void *)x->call.src,
				    x->call.begin, x->call.end);
	key = arena__printf(c->a, "%s %s", key, text);
	if (strmap__get(c->reported, key))
		return false;
	strmap__set(c->reported, key, c);
	return true;
}

struct diag *check__error(struct check *c, struct loc loc, const char *tag, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	if (!c->final)
		return NULL;
	va_start(ap, fmt);
	text = arena__vprintf(c->a, fmt, ap);
	va_end(ap);
	return is_new(c, loc, tag, text) ? diag__error(c->d, loc, tag, "%s", text) : NULL;
}

/* The library's own text is not the user's business. */
static bool is_lib(const struct check *c, struct loc loc)
{
	for (const struct expansion *x = loc.via; x; x = x->call.via) {
		for (size_t i = 0; i < c->lib.nr; i++) {
			if (c->lib.v[i] == x)
				return true;
		}
	}
	return false;
}

struct diag *check__warn(struct check *c, struct loc loc, const char *tag, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	if (!c->final || is_lib(c, loc))
		return NULL;
	va_start(ap, fmt);
	text = arena__vprintf(c->a, fmt, ap);
	va_end(ap);
	return is_new(c, loc, tag, text) ? diag__warn(c->d, loc, tag, "%s", text) : NULL;
}

void check__hint(struct check *c, struct diag *to, const char *fmt, ...)
{
	va_list ap;

	if (!to)
		return;
	va_start(ap, fmt);
	diag__hint(c->d, to, "%s", arena__vprintf(c->a, fmt, ap));
	va_end(ap);
}

void check__context(struct check *c, struct diag *to, struct loc loc, const char *fmt, ...)
{
	va_list ap;

	if (!to)
		return;
	va_start(ap, fmt);
	diag__context(c->d, to, loc, "%s", arena__vprintf(c->a, fmt, ap));
	va_end(ap);
}

void check__unsupported(struct check *c, struct loc loc, const char *what)
{
	if (c->final && is_new(c, loc, "E_UNSUPPORTED", what))
		diag__unsupported(c->d, loc, what);
}

/* --- variables ------------------------------------------------------------------------- */

const struct type *check__var_read(struct check *c, struct cvar *v, struct loc loc)
{
	const struct type *t = v->v.type ? v->v.type : v->now;

	if (t)
		return check__rigid(c, t);
	if (!v->v.assigned)
		check__error(c, loc, "E_TYPE_UNRESOLVED", "$%s never gets a type", v->v.name);
	return type__error();
}

bool check__declared_fits(struct check *c, const struct cvar *v, const struct expr *value,
			  const struct type *t)
{
	const struct type *to = v->fixed, *common;

	if (to->kind == TY_INT && t->kind == TY_INT) {
		if (is_literal(value) && konst__is_int(value))
			return check__fits(value, to);
		check__sign(c, value, to);
		return true;
	}
	if (to->kind == TY_STRING && t->kind == TY_STRING)
		return t->size <= to->size;
	common = check__merge(c, to, t);
	return common && type__equal(common, to);
}

static void mismatch(struct check *c, const struct cvar *v, const struct type *old,
		     const struct type *t, struct loc at)
{
	struct diag *d = check__error(c, at, "E_TYPE_MISMATCH",
				      "$%s is of type %s, this value of type %s", v->v.name,
				      check__tn(c, check__rigid(c, old)), check__tn(c, t));

	check__context(c, d, v->v.loc, "$%s is first seen here", v->v.name);
}

void check__var_write(struct check *c, struct cvar *v, const struct expr *value,
		      const struct type *t, struct loc at)
{
	const struct type *merged;

	t = check__decay(t);
	if (is_err(t))
		return;
	if (!check__is_printable(t) || type__is_agg(t) || t->kind == TY_ARGS) {
		check__error(c, at, "E_NOT_ASSIGNABLE",
			     "a value of type %s cannot be kept in a variable", check__tn(c, t));
		return;
	}
	if (v->fixed) {
		if (t->as != AS_NONE) {
			v->as_mixed |= v->as_now != AS_NONE && v->as_now != t->as;
			v->as_now = t->as;
		}
		if (!check__declared_fits(c, v, value, t))
			mismatch(c, v, v->fixed, t, at);
		return;
	}
	merged = check__merge(c, v->now, t);
	if (!merged) {
		mismatch(c, v, v->now, t, at);
		return;
	}
	v->now = merged;
	if (v->v.type)
		check__sign(c, value, v->v.type);
}

static bool var_settle(struct check *c, struct cvar *v)
{
	const struct type *t = v->fixed ? v->fixed : v->now;

	if (v->fixed && v->as_open && v->as_now != AS_NONE)
		t = v->fixed = check__as(c, v->fixed, v->as_mixed ? AS_NONE : v->as_now);
	v->as_now = AS_NONE;
	v->as_mixed = false;
	v->flexible = t && t->flexible;
	v->now = NULL;
	if (t)
		t = check__rigid(c, t);
	if (check__same(v->v.type, t))
		return false;
	v->v.type = t;
	return true;
}

/* --- statements -------------------------------------------------------------------------- */

static bool is_text_target(const struct expr *to)
{
	const struct type *t = NULL;

	if (to->kind == EX_VAR && to->var.var)
		t = to->var.var->type;
	else if (to->kind == EX_MAP && to->map.map)
		t = to->map.map->value;
	return t && t->kind == TY_STRING;
}

static void write_to(struct check *c, struct expr *to, struct expr *value, const struct type *t,
		     struct loc at)
{
	if (to->kind == EX_MAP)
		check__map_write(c, to, value, t, at);
	else if (to->kind == EX_VAR && to->var.var)
		check__var_write(c, (struct cvar *)to->var.var, value, t, at);
}

/* The place written to: its annotations, without reading it. */
static void target(struct check *c, struct expr *to)
{
	struct cmap *m;

	to->konst = NULL;
	to->type = type__error();
	if (to->kind == EX_VAR) {
		if (to->var.var && to->var.var->type)
			to->type = to->var.var->type;
		return;
	}
	if (to->kind != EX_MAP)
		return;
	m = check__map_place(c, to);
	if (m->m.value)
		to->type = m->m.value;
}

/* x op= y is x = x op y. */
static void compound(struct check *c, struct stmt *s)
{
	struct expr *to = s->assign.to, *value = s->assign.value;
	struct expr whole = { .kind = EX_BINARY, .loc = s->loc };
	const struct type *t;

	t = to->kind == EX_MAP ? check__map_counter(c, to) : check__expr(c, to);
	check__expr(c, value);
	if (is_err(t) && to->kind == EX_MAP && check__decay(value->type)->kind == TY_INT)
		to->type = check__literal(c, 0);
	t = check__op(c, s->loc, s->assign.op, to, value);
	whole.bin.op = s->assign.op;
	whole.type = t;
	write_to(c, to, &whole, t, s->loc);
	to->type = check__rigid(c, to->type);
}

/* The call in `@m = count()`, also as the value of blocks. */
static const struct expr *agg_of(const struct expr *value)
{
	const struct builtin *fn;

	while (value->kind == EX_BLOCK && value->block && value->block->value)
		value = value->block->value;
	if (value->kind != EX_CALL)
		return NULL;
	fn = builtin__find(value->call.name);
	return fn && fn->flags & BI_AGG ? value : NULL;
}

static bool has_value(struct check *c, const struct stmt *s, const struct expr *value)
{
	if (value->type->kind != TY_NONE && value->type->kind != TY_VOID)
		return true;
	if (value->kind == EX_TUPLE)
		check__error(c, s->loc, "E_TYPE_MISMATCH", "the empty tuple has no type to store");
	else
		check__error(c, s->loc, "E_NOT_ASSIGNABLE", "there is no value to assign");
	return false;
}

static void assign(struct check *c, struct stmt *s)
{
	struct expr *to = s->assign.to, *value = s->assign.value;
	/* The value may be a block with assignments of its own. */
	const struct expr *outer = c->agg;
	struct cmap *outer_map = c->agg_map;
	const struct type *t;

	if (s->assign.compound) {
		compound(c, s);
		return;
	}
	c->agg = to->kind == EX_MAP ? agg_of(value) : NULL;
	c->agg_map = c->agg ? check__map(c, to->map.name, to->loc) : NULL;
	c->taken = value;
	t = is_text_target(to) ? check__string(c, value) : check__expr(c, value);
	c->taken = NULL;
	target(c, to);
	if (has_value(c, s, value))
		write_to(c, to, value, t, s->loc);
	c->agg = outer;
	c->agg_map = outer_map;
}

/* What it stands for may still grow. */
static bool is_typeof(const struct type_expr *t)
{
	while (t && !t->of)
		t = t->of_type;
	return t;
}

void check__declared_type(struct check *c, struct cvar *v, struct type_expr *t, enum addr_space as)
{
	const struct type *type;

	if (v->fixed && !is_typeof(t))
		return;
	type = check__resolve(c, t);
	if (is_err(type))
		return;
	if (type__is_agg(type) || type->kind == TY_VOID || type->kind == TY_NONE) {
		check__error(c, t->loc, "E_DECL_TYPE", "a variable cannot be declared as %s",
			     check__tn(c, type));
		return;
	}
	if (type->kind == TY_STRING && !type->size)
		return; /* grows with what is assigned */
	if (type->as != AS_NONE)
		as = type->as;
	v->as_open = as == AS_NONE;
	v->fixed = check__as(c, type, as != AS_NONE ? as : check__default_as(c));
}

/* Where nothing calls the function, text is of any length. */
static void any_string(struct check *c, struct cvar *v)
{
	if (!v->fixed)
		v->now = type__string(c->a, (uint32_t)c->cfg->max_strlen);
}

static void let(struct check *c, struct stmt *s)
{
	struct cvar *v = (struct cvar *)s->let.var;
	const struct type *t;

	if (s->let.t)
		check__declared_type(c, v, s->let.t, s->let.param ? AS_KERNEL : AS_NONE);
	if (!s->let.value) {
		if (s->let.param)
			any_string(c, v);
		return;
	}
	c->taken = s->let.value;
	t = v->v.type && v->v.type->kind == TY_STRING ? check__string(c, s->let.value)
						      : check__expr(c, s->let.value);
	c->taken = NULL;
	if (!has_value(c, s, s->let.value))
		return;
	check__var_write(c, v, s->let.value, t, s->loc);
	if (s->let.param)
		check__fn_param(c, s);
}

static void unroll(struct check *c, struct stmt *s)
{
	struct expr *n = s->loop.cond;
	struct diag *d;

	check__expr(c, n);
	check__want_constant(c, n);
	if (konst__is_int(n) && konst__value(n) >= 1 && konst__value(n) <= 100)
		return;
	if (is_err(n->type))
		return;
	if (konst__is_int(n)) {
		check__error(c, n->loc, "E_UNROLL_COUNT", "the count must be 1 to 100, not %lld",
			     (long long)n->konst->num);
		return;
	}
	d = check__error(c, n->loc, "E_UNROLL_COUNT", "the count must be a literal from 1 to 100");
	if (n->kind == EX_PARAM && !n->konst)
		check__hint(c, d,
			    "parameters are given when the tool starts; "
			    "this needs a constant when it is compiled");
}

static void loop(struct check *c, struct stmt *s)
{
	if (s->kind == ST_UNROLL)
		unroll(c, s);
	else
		check__cond(c, s->loop.cond, "the condition");
	c->loops++;
	check__block(c, s->loop.body, false);
	c->loops--;
}

static const struct type *bound(struct check *c, struct expr *e, const char *which)
{
	const struct type *t = check__decay(check__expr(c, e));

	if (t->kind == TY_INT || is_err(t))
		return t;
	check__error(c, e->loc, "E_FOR_RANGE", "the %s bound must be an integer, not %s", which,
		     check__tn(c, t));
	return type__error();
}

static void for_range(struct check *c, struct stmt *s)
{
	const struct type *from = bound(c, s->each.from, "lower");
	const struct type *to = bound(c, s->each.to, "upper");
	const struct type *t = check__merge(c, from, to);
	struct cvar *v = (struct cvar *)s->each.var;

	if (t && !is_err(t))
		v->now = check__as(c, t, AS_NONE);
	c->loops++;
	check__block(c, s->each.body, false);
	c->loops--;
}

static const struct type *pair(struct check *c, const struct map *m)
{
	struct type *t = check__type(c, TY_TUPLE, 0);
	struct member key = { .type = m->key }, value = { .type = check__decay(m->value) };

	vec_push(c->a, &t->members, key);
	vec_push(c->a, &t->members, value);
	type__layout(t);
	return t;
}

static void for_map(struct check *c, struct stmt *s)
{
	struct cvar *v = (struct cvar *)s->each.var;
	const struct map *m;
	bool ok;

	if (s->each.map->kind != EX_MAP) {
		check__error(c, s->each.map->loc, "E_FOR_MAP", "a map is needed here");
		return;
	}
	m = &check__map_arg(c, s->each.map)->m;
	((struct cmap *)s->each.map->map.map)->m.iterated = true;
	ok = m->key && m->value && check__stored(c, m->value);
	if (ok)
		v->now = pair(c, m);
	else if (m->value && !m->key)
		check__error(c, s->each.map->loc, "E_FOR_MAP",
			     ((const struct cmap *)m)->first_is_keyed
				     ? "the keys of %s never get a type: they depend on it"
				     : "%s has no keys to loop over",
			     m->name);
	else if (m->value)
		check__error(c, s->each.map->loc, "E_FOR_MAP",
			     "a map with values of type %s cannot be looped over",
			     check__tn(c, m->value));
	c->loops++;
	check__block(c, s->each.body, false);
	c->loops--;
}

static void returned(struct check *c, struct stmt *s)
{
	const struct type *t;

	if (c->body) {
		check__fn_return(c, s);
		return;
	}
	if (!s->e)
		return;
	t = check__decay(check__expr(c, s->e));
	if (t->kind != TY_INT && t->kind != TY_BOOL && !is_err(t))
		check__error(c, s->e->loc, "E_RETURN_TYPE",
			     "a probe returns an integer, not a value of type %s", check__tn(c, t));
}

/* A bare `delete` and ++ are used for what they do. */
static bool has_effect(const struct expr *e)
{
	if (e->kind == EX_INCDEC)
		return true;
	if (e->kind == EX_CALL)
		return !strcmp(e->call.name, "delete");
	/* A macro may serve both for its value and for its effect. */
	return e->kind == EX_BLOCK && e->block && e->block->value &&
	       (e->block->value->loc.via != e->loc.via || has_effect(e->block->value));
}

static void discarded(struct check *c, struct expr *e)
{
	struct diag *d;

	if (e->kind == EX_COND && e->cond.is_if) {
		check__if_stmt(c, e);
		return;
	}
	if (e->kind == EX_BLOCK && e->block && e->block->loc.via == e->loc.via) {
		check__block(c, e->block, false);
		e->type = type__none();
		e->konst = NULL;
		return;
	}
	check__expr(c, e);
	if (e->type->kind == TY_NONE || e->type->kind == TY_VOID || is_err(e->type) ||
	    has_effect(e))
		return;
	d = check__warn(c, e->loc, "W_DISCARDED", "the value is not used");
	check__hint(c, d, "write `_ = …` if that is meant");
}

static void statement(struct check *c, struct stmt *s)
{
	switch (s->kind) {
	case ST_EXPR: discarded(c, s->e); break;
	case ST_DISCARD: check__expr(c, s->e); break;
	case ST_ASSIGN: assign(c, s); break;
	case ST_LET: let(c, s); break;
	case ST_WHILE:
	case ST_UNROLL: loop(c, s); break;
	case ST_FOR_RANGE: for_range(c, s); break;
	case ST_FOR_MAP: for_map(c, s); break;
	case ST_RETURN: returned(c, s); break;
	case ST_BODY: check__body(c, s); break;
	default: break;
	}
}

void check__block(struct check *c, struct block *b, bool value_wanted)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->stmts.nr; i++)
		statement(c, b->stmts.v[i]);
	if (!b->value)
		return;
	if (value_wanted)
		check__expr(c, b->value);
	else
		discarded(c, b->value);
}

/* --- units ---------------------------------------------------------------------------------- */

struct uses {
	bool args, retval;
};

static void find_uses(void *data, struct expr *e)
{
	struct uses *u = data;
	const char *name = e->kind == EX_IDENT	? e->ident.name
			   : e->kind == EX_CALL ? e->call.name
						: NULL;

	if (!name)
		return;
	u->args |= !strcmp(name, "args");
	u->retval |= !strcmp(name, "retval");
}

/* Does the body mean something else at each attach point? */
static bool is_typed(const struct uses *u, enum provider_kind kind)
{
	switch (kind) {
	case PROV_TRACEPOINT:
	case PROV_RAWTRACEPOINT:
	case PROV_FENTRY:
	case PROV_UPROBE: return u->args;
	case PROV_FEXIT: return u->args || u->retval;
	default: return false;
	}
}

static struct cunit *add_unit(struct check *c, const struct probe *p, struct expr *pred,
			      struct block *body)
{
	struct cunit *u = NEW(c->a, struct cunit);

	u->u.probe = p;
	u->u.pred = clone_expr(c, pred);
	u->u.body = clone_block(c, body);
	vec_push(c->a, &c->p->units, &u->u);
	vec_push(c->a, &c->all, u);
	return u;
}

/* Functions that nothing calls are checked as if a probe of no kind did. */
static void unused_functions(struct check *c)
{
	for (size_t i = 0; i < c->p->subprogs.nr; i++) {
		struct cunit *u = NEW(c->a, struct cunit);

		if (c->p->subprogs.v[i]->used)
			continue;
		u->u.body = fn__unused(c, c->p->subprogs.v[i])->block;
		vec_push(c->a, &c->all, u);
	}
}

static struct unit *find_unit(struct check *c, size_t first, enum provider_kind kind)
{
	for (size_t i = first; i < c->p->units.nr; i++) {
		struct unit *u = c->p->units.v[i];

		if (u->attach.nr && u->attach.v[0]->prov->kind == kind)
			return u;
	}
	return NULL;
}

/* The type of the context is part of the program, so the iterator must be known here. */
static void check_iter(struct check *c, const struct attach *at)
{
	const struct type *ctx;
	struct diag *d;

	if (at->prov->kind != PROV_ITER)
		return;
	ctx = ctypes__find(c->types, "struct", arena__printf(c->a, "bpf_iter__%s", at->func));
	if (ctx && !is_err(ctx))
		return;
	d = check__error(c, at->loc, "E_PROBE_NO_MATCH", "this kernel has no iterator '%s'",
			 at->func);
	check__hint(c, d, "--btf FILE names the BTF of the target's kernel");
}

/* Maps and rings take such a lock themselves: a probe on it would come back to itself. */
static void check_spinlock(struct check *c, const struct attach *at)
{
	static const char *const locks[] = {
		"_raw_spin_lock",
		"_raw_spin_lock_irqsave",
		"_raw_spin_unlock_irqrestore",
		"queued_spin_lock_slowpath",
	};

	if (at->prov->kind != PROV_FENTRY && at->prov->kind != PROV_FEXIT)
		return;
	for (size_t i = 0; i < COUNT_OF(locks); i++) {
		if (strcmp(at->func, locks[i]))
			continue;
		check__warn(c, at->loc, "W_SPINLOCK",
			    "programs take this lock themselves: while one runs on a CPU, "
			    "events there are skipped and counted as lost");
		c->p->guarded = true;
	}
}

/* Code has no names at bare addresses: nobody can tell what is traced there. */
static void check_address(struct check *c, struct attach *at)
{
	struct diag *d;

	if (at->prov->kind != PROV_KPROBE && at->prov->kind != PROV_KRETPROBE)
		return;
	at->any_address = c->o->unsafe && at->has_param;
	if (!at->has_address || c->o->unsafe)
		return;
	d = check__error(c, at->loc, "E_UNSAFE", "%s names a bare address of the kernel", at->text);
	check__hint(c, d, "allow it with --unsafe");
}

static void make_units(struct check *c, struct probe *p)
{
	struct expr *pred = macro__expand_expr(c, p->pred);
	struct block *body = macro__expand_block(c, p->body);
	struct uses uses = { 0 };
	size_t first = c->p->units.nr;
	attach_vec list = { 0 };
	size_t left_out = 0;

	for (size_t i = 0; i < p->attach.nr; i++)
		attach__expand(c->a, c->d, p->attach.v[i], &list);
	if (pred)
		expr__each(pred, find_uses, &uses);
	block__each(body, find_uses, &uses);
	for (size_t i = 0; i < list.nr; i++) {
		struct attach *at = list.v[i];
		struct unit *u;

		if (!at->maybe && !attach__resolve(c->a, c->d, at))
			continue;
		/* What it is attached to gives `args` and the context their types. */
		if ((is_typed(&uses, at->prov->kind) || at->prov->kind == PROV_ITER) &&
		    !check__attach_literal(c, at))
			continue;
		if (is_typed(&uses, at->prov->kind) && check__is_left_out(c, at, list.nr > 1)) {
			left_out++;
			continue;
		}
		if (at->prov->as == AS_KERNEL && at->prov->kind != PROV_ITER)
			ctypes__use_module(c->types, at->target);
		check_iter(c, at);
		check_spinlock(c, at);
		check_address(c, at);
		check__attach_params(c, at);
		u = is_typed(&uses, at->prov->kind) ? NULL : find_unit(c, first, at->prov->kind);
		if (!u)
			u = &add_unit(c, p, pred, body)->u;
		vec_push(c->a, &u->attach, at);
	}
	if (left_out && left_out == list.nr)
		check__nothing_left(c, p->attach.v[0]->loc);
	/* Without a valid attach point the body is checked all the same. */
	if (first == c->p->units.nr && left_out < list.nr)
		add_unit(c, p, pred, body);
}

static void check_unit(struct check *c, struct cunit *u)
{
	c->unit = u;
	c->prov = u->u.attach.nr ? u->u.attach.v[0]->prov : NULL;
	c->loops = 0;
	ctypes__trace(c->types, c->prov ? u->u.attach.v[0] : NULL);
	if (u->u.pred)
		check__cond(c, u->u.pred, "a predicate");
	check__block(c, u->u.body, false);
}

static void pass(struct check *c)
{
	for (size_t i = 0; i < c->all.nr; i++)
		check_unit(c, c->all.v[i]);
	c->pass++;
}

static bool settle(struct check *c)
{
	bool changed = check__maps_settle(c);

	for (size_t i = 0; i < c->all.nr; i++) {
		struct cunit *u = c->all.v[i];

		for (size_t k = 0; k < u->vars.nr; k++)
			changed |= var_settle(c, u->vars.v[k]);
	}
	return changed;
}

/* --- the whole ---------------------------------------------------------------------------------- */

static bool same_name(const struct attach *a, const struct attach *b)
{
	return a->prov == b->prov && (a->prov->kind == PROV_TEST || a->prov->kind == PROV_BENCH) &&
	       !strcmp(a->func, b->func);
}

static void check_pair(struct check *c, const struct attach *a, const struct attach *b)
{
	struct diag *d;

	if (same_name(a, b)) {
		d = check__error(c, b->loc, "E_PROBE_DUP_NAME", "there are two %s probes called %s",
				 b->prov->name, b->func);
		check__context(c, d, a->loc, "the other one");
	}
	if (a->prov->kind == PROV_ITER && b->prov->kind != PROV_BEGIN && b->prov->kind != PROV_END)
		check__error(c, a->loc, "E_ITER_ALONE",
			     "an iterator can only be accompanied by begin and end");
}

/* Rules between attach points. */
static void check_attach(struct check *c)
{
	VEC(const struct attach *) all = { 0 };

	for (size_t i = 0; i < c->p->units.nr; i++) {
		const struct unit *u = c->p->units.v[i];

		for (size_t k = 0; k < u->attach.nr; k++)
			vec_push(c->a, &all, u->attach.v[k]);
	}
	for (size_t i = 0; i < all.nr; i++) {
		for (size_t k = 0; k < all.nr; k++) {
			if (i < k || (i > k && all.v[i]->prov->kind == PROV_ITER))
				check_pair(c, all.v[i], all.v[k]);
		}
	}
}

/* A variable that only takes over values that never come is reported nowhere else. */
static void check_unresolved(struct check *c)
{
	for (size_t i = 0; i < c->all.nr && !diags__nr_errors(c->d); i++) {
		struct cunit *u = c->all.v[i];

		for (size_t k = 0; k < u->vars.nr; k++) {
			struct cvar *v = u->vars.v[k];

			if (!v->v.type && v->v.assigned)
				check__error(c, v->v.loc, "E_TYPE_UNRESOLVED",
					     "$%s never gets a type", v->v.name);
		}
	}
}

void check__locked(struct check *c, const char *name, struct loc loc, const struct type *old,
		   const struct type *now)
{
	struct diag *d;

	if (!now || check__same(old, check__rigid(c, now)))
		return;
	d = check__error(c, loc, "E_TYPE_LOCKED",
			 "%s is of type %s if its size is asked, but then %s is assigned", name,
			 check__tn(c, old), check__tn(c, check__rigid(c, now)));
	check__hint(c, d, "cast what is assigned first to %s", check__tn(c, check__rigid(c, now)));
}

/* What is assigned depends on the size or type of what it is assigned to, in a circle. */
static void check_locked(struct check *c)
{
	check__maps_locked(c);
	for (size_t i = 0; i < c->all.nr; i++) {
		struct cunit *u = c->all.v[i];

		for (size_t k = 0; k < u->vars.nr; k++) {
			struct cvar *v = u->vars.v[k];

			if (v->v.type)
				check__locked(c, arena__printf(c->a, "$%s", v->v.name), v->v.loc,
					      v->v.type, v->now);
		}
	}
}

static void infer(struct check *c)
{
	/* More passes than any sane chain of assignments needs. */
	const unsigned limit = 200;
	bool moves;

	c->final = false;
	do {
		pass(c);
		moves = settle(c);
	} while (moves && c->pass < limit);
	c->final = true;
	pass(c);
	if (moves)
		check_locked(c);
}

bool check(struct arena *a, struct diags *d, struct program *p, struct ctypes *types,
	   const struct config *cfg, const struct check_options *o)
{
	unsigned before = diags__nr_errors(d);
	struct check c = { .a = a, .d = d, .p = p, .types = types, .cfg = cfg, .o = o };

	c.maps = strmap__new(a);
	c.reported = strmap__new(a);
	c.final = true;
	macro__check(&c);
	ctypes__define(types, p);
	check__c_defs(&c);
	fn__check(&c);
	for (size_t i = 0; i < p->probes.nr; i++)
		make_units(&c, p->probes.v[i]);
	unused_functions(&c);
	macro__check_unused(&c);
	check_attach(&c);
	for (size_t i = 0; i < c.all.nr; i++)
		scope__resolve(&c, c.all.v[i]);
	infer(&c);
	check__maps_finish(&c);
	check_unresolved(&c);
	return diags__nr_errors(d) == before;
}
