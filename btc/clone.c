// SPDX-License-Identifier: Apache-2.0
/*
 * Deep copies of bodies: each unit annotates its own. With .expand, macro calls
 * are replaced on the way (macro.c decides, this file only copies). Written
 * types are shared unless they hold an expression.
 */
#include "clone.h"

struct loc clone__loc(const struct clone *x, struct loc loc)
{
	if (x->fixed)
		return *x->fixed;
	if (x->frame)
		loc.via = x->frame->via;
	return loc;
}

struct type_expr *clone__type(struct clone *x, const struct type_expr *t)
{
	struct type_expr *copy;

	if (!t)
		return NULL;
	if (x->expand && x->frame) {
		copy = macro__type(x, t);
		if (copy)
			return copy;
	}
	if (!t->of && !t->of_type && !x->frame)
		return (struct type_expr *)t;
	copy = NEW(x->c->a, struct type_expr);
	*copy = *t;
	copy->loc = clone__loc(x, t->loc);
	copy->of = t->of ? clone__expr(x, t->of) : NULL;
	copy->of_type = clone__type(x, t->of_type);
	return copy;
}

static struct expr *copy_node(struct clone *x, const struct expr *e)
{
	struct expr *n = NEW(x->c->a, struct expr);

	*n = *e;
	n->loc = clone__loc(x, e->loc);
	return n;
}

static void clone_args(struct clone *x, expr_vec *to, const expr_vec *from)
{
	to->v = NULL;
	to->nr = to->room = 0;
	for (size_t i = 0; i < from->nr; i++)
		vec_push(x->c->a, to, clone__expr(x, from->v[i]));
}

static void clone_record(struct clone *x, struct expr *n, const struct expr *e)
{
	n->record.v = NULL;
	n->record.nr = n->record.room = 0;
	for (size_t i = 0; i < e->record.nr; i++) {
		struct field_init f = e->record.v[i];

		f.value = clone__expr(x, f.value);
		vec_push(x->c->a, &n->record, f);
	}
}

static void clone_of(struct clone *x, struct expr *n, const struct expr *e)
{
	n->of.t = clone__type(x, e->of.t);
	n->of.e = e->of.e ? clone__expr(x, e->of.e) : NULL;
	n->of.path.v = NULL;
	n->of.path.nr = n->of.path.room = 0;
	for (size_t i = 0; i < e->of.path.nr; i++) {
		if (!x->expand || !x->frame || !macro__path(x, e->of.path.v[i], n))
			vec_push(x->c->a, &n->of.path, e->of.path.v[i]);
	}
}

/* `c ?: b` is `c ? c : b`. */
static struct expr *clone_cond(struct clone *x, const struct expr *e)
{
	struct expr *n = copy_node(x, e);

	n->cond.c = clone__expr(x, e->cond.c);
	n->cond.a = e->cond.a ? clone__expr(x, e->cond.a) : macro__again(x, e->cond.c);
	n->cond.b = e->cond.b ? clone__expr(x, e->cond.b) : NULL;
	return n;
}

/* The node that stands for a name; NULL: the name stays. */
static struct expr *replace(struct clone *x, const struct expr *e)
{
	if (!x->expand)
		return NULL;
	switch (e->kind) {
	case EX_IDENT: return macro__ident(x, e);
	case EX_CALL: return macro__call(x, e);
	case EX_VAR: return x->frame ? macro__var(x, e) : NULL;
	case EX_MAP: return x->frame ? macro__map(x, e) : NULL;
	default: return NULL;
	}
}

static struct expr *copy_expr(struct clone *x, const struct expr *e)
{
	struct expr *n = replace(x, e);

	if (n)
		return n;
	if (e->kind == EX_COND)
		return clone_cond(x, e);
	n = copy_node(x, e);
	switch (e->kind) {
	case EX_MAP: n->map.key = e->map.key ? clone__expr(x, e->map.key) : NULL; break;
	case EX_CALL: clone_args(x, &n->call.args, &e->call.args); break;
	case EX_UNARY: n->unary.e = clone__expr(x, e->unary.e); break;
	case EX_INCDEC: n->incdec.e = clone__expr(x, e->incdec.e); break;
	case EX_BINARY:
		n->bin.l = clone__expr(x, e->bin.l);
		n->bin.r = clone__expr(x, e->bin.r);
		break;
	case EX_CAST:
		n->cast.to = clone__type(x, e->cast.to);
		n->cast.e = clone__expr(x, e->cast.e);
		break;
	case EX_FIELD: n->field.e = clone__expr(x, e->field.e); break;
	case EX_ELEM: n->elem.e = clone__expr(x, e->elem.e); break;
	case EX_INDEX:
		n->index.e = clone__expr(x, e->index.e);
		n->index.i = clone__expr(x, e->index.i);
		break;
	case EX_TUPLE: clone_args(x, &n->tuple, &e->tuple); break;
	case EX_RECORD: clone_record(x, n, e); break;
	case EX_BLOCK: n->block = clone__block(x, e->block); break;
	case EX_SIZEOF:
	case EX_OFFSETOF:
	case EX_TYPEINFO:
	case EX_TYPEARG: clone_of(x, n, e); break;
	case EX_COMPTIME: n->comptime = clone__expr(x, e->comptime); break;
	default: break;
	}
	return n;
}

/* Stops macros that grow with each level; macro.c reports it. */
static bool is_overgrown(struct growth *g)
{
	if (g->open && (++g->nodes > MAX_NODES || g->depth > MAX_DEPTH))
		g->stopped = true;
	return g->open && g->stopped;
}

struct expr *clone__expr(struct clone *x, const struct expr *e)
{
	struct growth *g = &x->c->growth;
	struct expr *n;

	if (is_overgrown(g))
		return clone__poison(x, e->loc);
	g->depth++;
	n = copy_expr(x, e);
	g->depth--;
	return n;
}

/* An expression that was reported: a block without anything has the poison type. */
struct expr *clone__poison(struct clone *x, struct loc loc)
{
	struct expr *e = NEW(x->c->a, struct expr);

	e->kind = EX_BLOCK;
	e->loc = loc;
	return e;
}

static struct block *loop_body(struct clone *x, const struct block *b)
{
	struct block *copy;

	if (x->frame)
		x->frame->loops++;
	copy = clone__block(x, b);
	if (x->frame)
		x->frame->loops--;
	return copy;
}

static struct stmt *clone_stmt(struct clone *x, const struct stmt *s)
{
	struct stmt *n = NEW(x->c->a, struct stmt);

	*n = *s;
	n->loc = clone__loc(x, s->loc);
	if (x->expand && x->frame)
		macro__stmt(x, s);
	switch (s->kind) {
	case ST_EXPR:
	case ST_DISCARD:
	case ST_RETURN: n->e = s->e ? clone__expr(x, s->e) : NULL; break;
	case ST_ASSIGN:
		n->assign.to = clone__expr(x, s->assign.to);
		n->assign.value = clone__expr(x, s->assign.value);
		break;
	case ST_LET:
		n->let.t = clone__type(x, s->let.t);
		n->let.name_loc = clone__loc(x, s->let.name_loc);
		n->let.value = s->let.value ? clone__expr(x, s->let.value) : NULL;
		break;
	case ST_WHILE:
	case ST_UNROLL:
		n->loop.cond = clone__expr(x, s->loop.cond);
		n->loop.body = loop_body(x, s->loop.body);
		break;
	case ST_FOR_RANGE:
		n->each.from = clone__expr(x, s->each.from);
		n->each.to = clone__expr(x, s->each.to);
		n->each.name_loc = clone__loc(x, s->each.name_loc);
		n->each.body = loop_body(x, s->each.body);
		break;
	case ST_FOR_MAP:
		n->each.map = clone__expr(x, s->each.map);
		n->each.name_loc = clone__loc(x, s->each.name_loc);
		n->each.body = loop_body(x, s->each.body);
		break;
	case ST_BODY:
		n->body.name_loc = clone__loc(x, s->body.name_loc);
		n->body.t = clone__type(x, s->body.t);
		n->body.block = clone__block(x, s->body.block);
		break;
	default: break;
	}
	return n;
}

struct block *clone__block(struct clone *x, const struct block *b)
{
	struct block *n;

	if (!b)
		return NULL;
	n = NEW(x->c->a, struct block);
	n->loc = clone__loc(x, b->loc);
	for (size_t i = 0; i < b->stmts.nr; i++)
		vec_push(x->c->a, &n->stmts, clone_stmt(x, b->stmts.v[i]));
	n->value = b->value ? clone__expr(x, b->value) : NULL;
	return n;
}

struct block *clone_block(struct check *c, const struct block *b)
{
	struct clone x = { .c = c };

	return clone__block(&x, b);
}

struct expr *clone_expr(struct check *c, const struct expr *e)
{
	struct clone x = { .c = c };

	return e ? clone__expr(&x, e) : NULL;
}
