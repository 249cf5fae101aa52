// SPDX-License-Identifier: Apache-2.0
/*
 * Functions of the script. A call becomes a block expression, as with macros
 * (macro.c): a `let` for each parameter, a copy of the body, and the result as
 * the value. What differs is checked here: parameters and results have types,
 * `return` leaves the body, and the body knows nothing of the probe.
 */
#include <string.h>

#include "cfuncs.h"
#include "clone.h"

bool fn__is_void(const struct subprog *f)
{
	return f->ret->name && !strcmp(f->ret->name, "void") && !f->ret->suffix.nr;
}

/* --- expanding ------------------------------------------------------------------------ */

static struct subprog *find(const struct clone *x, const char *name)
{
	/* The text of the library sees only the library. */
	if (x->frame && x->frame->m && x->frame->m->is_stdlib)
		return NULL;
	for (size_t i = 0; i < x->c->p->subprogs.nr; i++) {
		if (!strcmp(x->c->p->subprogs.v[i]->name, name))
			return x->c->p->subprogs.v[i];
	}
	return NULL;
}

static struct stmt *param(struct clone *body, unsigned i, struct expr *arg)
{
	const struct subprog *f = body->frame->fn;
	struct stmt *s = NEW(body->c->a, struct stmt);

	s->kind = ST_LET;
	s->let.name = f->params.v[i].name;
	s->let.name_loc = clone__loc(body, f->params.v[i].loc);
	s->let.t = clone__type(body, f->types.v[i]);
	s->let.value = arg;
	s->let.param = true;
	s->loc = arg ? arg->loc : s->let.name_loc;
	return s;
}

/* @args may be empty where nothing calls it. */
static struct expr *expand(struct clone *x, struct loc loc, struct subprog *f, const expr_vec *args)
{
	struct arena *a = x->c->a;
	struct expansion *via = NEW(a, struct expansion)
	, *apart = NEW(a, struct expansion);
	struct frame frame = { .up = x->frame, .fn = f, .name = f->name, .via = via };
	struct clone body = { .c = x->c, .expand = true, .frame = &frame };
	struct expr *n = NEW(a, struct expr);
	struct stmt *s = NEW(a, struct stmt);

	via->call = apart->call = loc;
	via->is_fn = apart->is_fn = true;
	f->used = true;
	n->kind = EX_BLOCK;
	n->loc = loc;
	n->block = NEW(a, struct block);
	n->block->loc = loc;
	n->block->loc.via = via;
	for (size_t i = 0; i < args->nr; i++)
		vec_push(a, &frame.args, clone__expr(x, args->v[i]));
	for (unsigned i = 0; i < f->params.nr; i++)
		vec_push(a, &n->block->stmts, param(&body, i, args->nr ? frame.args.v[i] : NULL));
	x->c->growth.open++;
	s->kind = ST_BODY;
	s->loc = n->block->loc;
	s->body.fn = f;
	s->body.t = clone__type(&body, f->ret);
	/* No variable of the body's can be the result. */
	s->body.name = arena__printf(a, "%s_result", f->name);
	s->body.name_loc = loc;
	s->body.name_loc.via = apart;
	s->body.block = clone__block(&body, f->body);
	vec_push(a, &n->block->stmts, s);
	if (!fn__is_void(f)) {
		n->block->value = NEW(a, struct expr);
		n->block->value->kind = EX_VAR;
		n->block->value->loc = s->body.name_loc;
		n->block->value->var.name = s->body.name;
	}
	return macro__close(x, n);
}

struct expr *fn__call(struct clone *x, const struct expr *e)
{
	struct subprog *f = find(x, e->call.name);
	struct loc loc = clone__loc(x, e->loc);
	size_t nr = e->call.args.nr;
	struct diag *d;

	if (!f)
		return NULL;
	if (f->params.nr != nr) {
		d = check__error(x->c, loc, "E_ARITY", "%s takes %zu argument%s, not %zu", f->name,
				 f->params.nr, f->params.nr == 1 ? "" : "s", nr);
		check__context(x->c, d, f->loc, "the function");
		f->used = true;
		return clone__poison(x, loc);
	}
	if (macro__recurs(x, loc, f))
		return clone__poison(x, loc);
	return expand(x, loc, f, &e->call.args);
}

struct expr *fn__unused(struct check *c, struct subprog *f)
{
	struct clone x = { .c = c, .expand = true };
	const expr_vec none = { 0 };
	struct expr *e = expand(&x, f->loc, f, &none);

	if (e->block)
		e->block->value = NULL;
	return e;
}

/* --- definitions ------------------------------------------------------------------------ */

static void check_name(struct check *c, size_t nr)
{
	const struct subprog *f = c->p->subprogs.v[nr];
	const char *what = NULL;
	struct loc other = { 0 };
	struct diag *d;

	if (builtin__find(f->name))
		what = "a builtin";
	else if (ctypes__cfunc(c->types, c->p, f->name))
		what = "a C function";
	for (size_t i = 0; i < c->p->macros.nr; i++) {
		if (c->p->macros.v[i]->is_stdlib || strcmp(c->p->macros.v[i]->name, f->name))
			continue;
		what = "a macro";
		other = c->p->macros.v[i]->loc;
	}
	for (size_t i = 0; i < nr; i++) {
		if (strcmp(c->p->subprogs.v[i]->name, f->name))
			continue;
		what = "another function";
		other = c->p->subprogs.v[i]->loc;
	}
	if (!what)
		return;
	d = check__error(c, f->loc, "E_FN_NAME", "%s is the name of %s", f->name, what);
	if (other.src)
		check__context(c, d, other, "the other one");
}

void fn__check(struct check *c)
{
	for (size_t i = 0; i < c->p->subprogs.nr; i++)
		check_name(c, i);
}

/* --- types --------------------------------------------------------------------------------- */

/* A caller's pointer is read as one of the kernel's. */
void check__fn_param(struct check *c, const struct stmt *s)
{
	const struct expr *value = s->let.value;
	struct diag *d;

	if (value->type->kind != TY_PTR || value->type->as != AS_USER)
		return;
	d = check__warn(c, s->loc, "W_ADDRSPACE_MIX",
			"a user pointer is given to a function, which takes it for the kernel's");
	check__hint(c, d, "in the function say uptr($%s)", s->let.name);
}

void check__body(struct check *c, struct stmt *s)
{
	const struct stmt *outer = c->body;
	unsigned loops = c->loops;

	c->body = s;
	c->loops = 0;
	if (s->body.var)
		check__declared_type(c, (struct cvar *)s->body.var, s->body.t, AS_KERNEL);
	if (s->body.var && !s->body.returns)
		check__error(c, s->body.fn->loc, "E_RETURN_TYPE",
			     "the function %s has a result, but no `return` gives it",
			     s->body.fn->name);
	check__block(c, s->body.block, false);
	c->loops = loops;
	c->body = outer;
}

static void wrong_result(struct check *c, const struct stmt *s, const struct type *t)
{
	const struct subprog *f = c->body->body.fn;
	struct cvar *v = (struct cvar *)c->body->body.var;
	const char *wants = !v ? "nothing" : v->fixed ? check__tn(c, v->fixed) : "a string";
	struct diag *d;

	if (t && t->kind != TY_NONE && t->kind != TY_VOID)
		d = check__error(c, s->loc, "E_RETURN_TYPE",
				 "the function %s returns %s, not a value of type %s", f->name,
				 wants, check__tn(c, t));
	else
		d = check__error(c, s->loc, "E_RETURN_TYPE",
				 "the function %s must return a value of type %s", f->name, wants);
	check__context(c, d, f->loc, "the function");
}

void check__fn_return(struct check *c, struct stmt *s)
{
	struct cvar *v = (struct cvar *)c->body->body.var;
	bool none = !v;
	const struct type *to = none ? NULL : v->fixed ? v->fixed : c->body->body.t->type;
	const struct type *t;

	if (!s->e) {
		if (!none)
			wrong_result(c, s, NULL);
		return;
	}
	t = check__decay(to && to->kind == TY_STRING ? check__string(c, s->e)
						     : check__expr(c, s->e));
	/* What cannot be a variable was refused as the type of the result. */
	if (is_err(t) || (to && !v->fixed && to->kind != TY_STRING))
		return;
	if (none || t->kind == TY_NONE || t->kind == TY_VOID ||
	    (v->fixed ? !check__declared_fits(c, v, s->e, t) : t->kind != TY_STRING))
		wrong_result(c, s, t);
	else
		check__var_write(c, v, s->e, t, s->loc);
}
