// SPDX-License-Identifier: Apache-2.0
/* Walking the tree: the children of a node, and everything below one. */
#include "check_priv.h"

static void child(struct expr *e, expr_fn *fn, void *data)
{
	if (e)
		fn(data, e);
}

static void in_type(struct type_expr *t, expr_fn *fn, void *data)
{
	for (; t; t = t->of_type)
		child(t->of, fn, data);
}

void expr__children(struct expr *e, expr_fn *fn, void *data)
{
	switch (e->kind) {
	case EX_MAP: child(e->map.key, fn, data); break;
	case EX_CALL:
		for (size_t i = 0; i < e->call.args.nr; i++)
			child(e->call.args.v[i], fn, data);
		break;
	case EX_UNARY: child(e->unary.e, fn, data); break;
	case EX_INCDEC: child(e->incdec.e, fn, data); break;
	case EX_BINARY:
		child(e->bin.l, fn, data);
		child(e->bin.r, fn, data);
		break;
	case EX_COND:
		child(e->cond.c, fn, data);
		child(e->cond.a, fn, data);
		child(e->cond.b, fn, data);
		break;
	case EX_CAST:
		in_type(e->cast.to, fn, data);
		child(e->cast.e, fn, data);
		break;
	case EX_FIELD: child(e->field.e, fn, data); break;
	case EX_ELEM: child(e->elem.e, fn, data); break;
	case EX_INDEX:
		child(e->index.e, fn, data);
		child(e->index.i, fn, data);
		break;
	case EX_TUPLE:
		for (size_t i = 0; i < e->tuple.nr; i++)
			child(e->tuple.v[i], fn, data);
		break;
	case EX_RECORD:
		for (size_t i = 0; i < e->record.nr; i++)
			child(e->record.v[i].value, fn, data);
		break;
	case EX_SIZEOF:
	case EX_OFFSETOF:
	case EX_TYPEINFO:
	case EX_TYPEARG:
		in_type(e->of.t, fn, data);
		child(e->of.e, fn, data);
		break;
	case EX_COMPTIME: child(e->comptime, fn, data); break;
	default: break;
	}
}

struct each {
	expr_fn *fn;
	void *data;
};

static void each_one(void *data, struct expr *e)
{
	struct each *each = data;

	each->fn(each->data, e);
	if (e->kind == EX_BLOCK)
		block__each(e->block, each->fn, each->data);
	else
		expr__children(e, each_one, each);
}

static void each_stmt(const struct stmt *s, struct each *each)
{
	switch (s->kind) {
	case ST_EXPR:
	case ST_DISCARD:
	case ST_RETURN: child(s->e, each_one, each); break;
	case ST_ASSIGN:
		each_one(each, s->assign.to);
		each_one(each, s->assign.value);
		break;
	case ST_LET:
		in_type(s->let.t, each_one, each);
		child(s->let.value, each_one, each);
		break;
	case ST_WHILE:
	case ST_UNROLL:
		each_one(each, s->loop.cond);
		block__each(s->loop.body, each->fn, each->data);
		break;
	case ST_FOR_RANGE:
		each_one(each, s->each.from);
		each_one(each, s->each.to);
		block__each(s->each.body, each->fn, each->data);
		break;
	case ST_FOR_MAP:
		each_one(each, s->each.map);
		block__each(s->each.body, each->fn, each->data);
		break;
	case ST_BODY: block__each(s->body.block, each->fn, each->data); break;
	default: break;
	}
}

void expr__each(struct expr *e, expr_fn *fn, void *data)
{
	struct each each = { fn, data };

	each_one(&each, e);
}

void block__each(const struct block *b, expr_fn *fn, void *data)
{
	struct each each = { fn, data };

	if (!b)
		return;
	for (size_t i = 0; i < b->stmts.nr; i++)
		each_stmt(b->stmts.v[i], &each);
	child(b->value, each_one, &each);
}
