// SPDX-License-Identifier: Apache-2.0
/*
 * Statements and blocks. The body of a `for` becomes a function of its own,
 * which the kernel calls for each turn; it shares the frame of its program.
 */
#include <string.h>

#include "lower_priv.h"

/* --- statements ----------------------------------------------------------------------- */

static void statement(struct lower *l, const struct stmt *s);

unsigned l__line_of(struct loc loc)
{
	unsigned line = 0, col;

	while (loc.via) /* an expansion belongs to the line of its call */
		loc = loc.via->call;
	if (loc.src)
		source__place(loc.src, loc.begin, &line, &col);
	return line;
}

/* Temporaries that a statement took are free again after it. */
void l__free_temps(struct lower *l, const bool *before, size_t nr)
{
	size_t i;

	for (i = 0; i < l->fn->temps.nr; i++)
		l->fn->temps.v[i].busy = i < nr && before[i];
}

static bool *busy_temps(struct lower *l)
{
	bool *busy = arena__alloc(l->a, l->fn->temps.nr + 1);
	size_t i;

	for (i = 0; i < l->fn->temps.nr; i++)
		busy[i] = l->fn->temps.v[i].busy;
	return busy;
}

static bool is_exit(const struct expr *e)
{
	return e->kind == EX_CALL && e->call.fn && !strcmp(e->call.fn->name, "exit");
}

static void return_stmt(struct lower *l, const struct expr *e);

static void effects(struct lower *l, const struct expr *e)
{
	const char *text;

	switch (e->kind) {
	case EX_COND:
		if (e->konst)
			return;
		l__open(l, "if (%s) {", condition(l, e->cond.c));
		effects(l, e->cond.a);
		if (e->cond.b) {
			l__else(l);
			effects(l, e->cond.b);
		}
		l__close(l);
		return;
	case EX_BLOCK: l__block(l, e->block, NULL); return;
	case EX_INCDEC: incdec(l, e, NULL); return;
	case EX_COMPTIME: effects(l, e->comptime); return;
	default: break;
	}
	if (e->konst)
		return;
	if (is_object(e->type) && e->type->kind != TY_STRUCT && e->type->kind != TY_ARRAY) {
		prepare(l, e);
		if (e->kind == EX_CALL && e->call.fn)
			object(l, e);
		return;
	}
	text = value(l, e);
	if (text && strchr(text, '(')) /* a call whose result is not used */
		l__emit(l, "(void)%s;", paren(l, text));
	if (is_exit(e))
		return_stmt(l, NULL);
}

static bool is_address(const struct expr *e)
{
	while (e->kind == EX_CAST)
		e = e->cast.e;
	return e->type->kind == TY_PTR || e->type->kind == TY_STRUCT || e->type->kind == TY_ARRAY;
}

static void assign_var(struct lower *l, const struct var *v, const struct expr *val)
{
	const char *text;

	if (is_object(v->type) && v->type->kind != TY_STRUCT && v->type->kind != TY_ARRAY) {
		struct place to = { .lv = l__var(l, v),
				    .type = v->type,
				    .zeroed = is_kept_clean(v->type) };
		struct place aside = to;

		prepare(l, val);
		if (val->kind != EX_VAR &&
		    expr_uses(val, v, NULL)) { /* not while it is being written */
			aside.lv = l__object(l, v->type, "new_val");
			into(l, val, &aside);
			copy(l, &to, addr_of(l, v->type, aside.lv), v->type);
		} else {
			into(l, val, &to);
		}
	} else {
		text = value_as(l, val, v->type);
		/* A callback may not put an address of the stack into its caller's frame. */
		if (l->fn->outer && v->captured && is_address(val))
			text = FMT(l, "btc_addr((void *)%s)", paren(l, text));
		l__emit(l, "%s = %s;", l__var(l, v), text);
	}
	l__kill_var(l, v);
}

static void assign(struct lower *l, const struct stmt *s)
{
	const struct expr *to = s->assign.to, *val = s->assign.value;
	struct expr *sum;

	if (s->assign.compound) {
		/* x op= e is x = x op e; the parser keeps it apart only for messages. */
		sum = NEW(l->a, struct expr);
		*sum = (struct expr){ .kind = EX_BINARY, .loc = s->loc, .type = val->type };
		sum->bin.op = s->assign.op;
		sum->bin.l = (struct expr *)to;
		sum->bin.r = (struct expr *)val;
		sum->type = to->kind == EX_VAR ? to->var.var->type : to->map.map->value;
		if (type__is_castable_agg(sum->type) || sum->type->kind == TY_INT)
			sum->type = type__int(8, sum->type->is_signed);
		val = sum;
	}
	if (to->kind == EX_VAR)
		assign_var(l, to->var.var, val);
	else
		map_assign(l, to, val);
}

static void zero_var(struct lower *l, const struct var *v)
{
	struct place to = { .lv = l__var(l, v), .type = v->type };

	if (is_object(v->type) && v->type->kind != TY_STRUCT && v->type->kind != TY_ARRAY)
		make_zero(l, &to);
	else
		l__emit(l, "%s = 0;", to.lv);
	l__kill_var(l, v);
}

static void let(struct lower *l, const struct stmt *s)
{
	const struct var *v = s->let.var;

	if (s->let.value)
		assign_var(l, v, s->let.value);
	else if (v->type && v->type->kind != TY_NONE) /* else declared and never used */
		zero_var(l, v);
}

static void loop_body(struct lower *l, const struct block *b)
{
	const char *brk = l->fn->brk, *cont = l->fn->cont;

	l->fn->brk = "break;";
	l->fn->cont = "continue;";
	l__block(l, b, NULL);
	l->fn->brk = brk;
	l->fn->cont = cont;
}

static void while_loop(struct lower *l, const struct stmt *s)
{
	const char *cond;

	l__kill_lookups(l);
	l__open(l, "for (;;) {");
	cond = condition(l, s->loop.cond);
	l__open(l, "if (!%s)", paren(l, cond));
	l__emit(l, "break;");
	l__end(l);
	loop_body(l, s->loop.body);
	l__kill_lookups(l);
	l__close(l);
}

static void unroll_loop(struct lower *l, const struct stmt *s)
{
	const char *i = l__local(l, "__u32", "i");

	l__kill_lookups(l);
	l__open(l, "for (%s = 0; %s < %llu; %s++) {", i, i,
		s->loop.cond->konst ? (unsigned long long)s->loop.cond->konst->num : 0ull, i);
	loop_body(l, s->loop.body);
	l__kill_lookups(l);
	l__close(l);
}

/* --- `for`: the body is a function of its own ------------------------------------------- */

void l__begin_fn(struct lower *l, struct fn *fn, const char *name)
{
	fn->outer = l->fn;
	fn->depth = l->fn ? l->fn->depth + 1 : 0;
	fn->indent = 1;
	fn->f = NEW(l->a, struct plan_func);
	fn->f->name = name;
	fn->names = strmap__new(l->a);
	fn->ret = "0";
	l->fn = fn;
}

/*
 * Callbacks see the program's context and scratch memory through the frame. A
 * variable there that each turn changes must be unknown to the verifier, or it
 * follows every turn: a counter then costs as many turns as it may count.
 */
static void end_callback(struct lower *l, struct fn *fn)
{
	line_vec body = fn->f->lines;
	size_t i;

	if (fn->written.nr) {
		memset(&fn->f->lines, 0, sizeof(fn->f->lines));
		fn->indent = 1;
		for (i = 0; i < fn->written.nr; i++)
			l__emit(l, "btc_forget(%s);", fn->written.v[i]);
		for (i = 0; i < body.nr; i++)
			vec_push(l->a, &fn->f->lines, body.v[i]);
	}
	if (fn->need_scratch)
		vec_push(l->a, &fn->f->decls, FMT(l, "struct %s *s = f->s", l->scratch->name));
	if (fn->need_ctx)
		vec_push(l->a, &fn->f->decls, "void *ctx = f->ctx");
	fn->outer->need_scratch |= fn->need_scratch;
	fn->outer->need_ctx |= fn->need_ctx;
	vec_push(l->a, &l->plan->funcs, fn->f);
	l->fn = fn->outer;
}

static void callback_body(struct lower *l, const struct block *b, const char *brk)
{
	l->fn->brk = brk;
	l->fn->cont = "return 0;";
	l->fn->ret = NULL;
	l__block(l, b, NULL);
	l__emit(l, "return 0;");
}

/* The end of the function's body, from wherever in it. */
static void leave_body(struct lower *l)
{
	if (l->fn != l->body->home) {
		l__emit(l, "return 1;");
		return;
	}
	l->body->jumped = true;
	l__emit(l, "goto %s;", l->body->end);
}

static void after_loop(struct lower *l)
{
	l__kill_lookups(l);
	if (l->body && l->body->left) {
		l__open(l, "if (%s)", l->body->left);
		leave_body(l);
		l__end(l);
	}
	if (!l->returns)
		return;
	l__open(l, "if (f->returned)");
	if (l->fn->ret)
		l__return(l, NULL);
	else
		l__emit(l, "return 1;");
	l__end(l);
}

/* bpf_loop refuses more turns than this as a whole. */
#define MAX_TURNS (1 << 23)

static bool is_short(const struct stmt *s)
{
	const struct expr *from = s->each.from, *to = s->each.to;

	if (from->konst && to->konst)
		return (__int128)(int64_t)to->konst->num - (int64_t)from->konst->num <= MAX_TURNS;
	return value_type(from->type)->size <= 2 && value_type(to->type)->size <= 2;
}

/*
 * A longer range is walked in pieces: a callback that calls bpf_loop for each.
 * Not in deep nests of loops: the verifier allows eight functions in a chain.
 */
static const char *pieces(struct lower *l, unsigned nr, const char *name, const char *to)
{
	struct fn fn = { 0 };

	l__emit(l, "%s = f->from_%u;",
		l__frame(l, FMT(l, "__s64 start_%u", nr), FMT(l, "start_%u", nr)), nr);
	l__emit(l, "%s = %s;", l__frame(l, FMT(l, "__s64 to_%u", nr), FMT(l, "to_%u", nr)), to);
	l__emit(l, "%s = 0;", l__frame(l, FMT(l, "__u64 broke_%u", nr), FMT(l, "broke_%u", nr)));
	l__begin_fn(l, &fn, FMT(l, "%s_pieces", name));
	fn.f->proto = FMT(l, "static long %s(__u32 i, struct %s *f)", fn.f->name, l->frame->name);
	l__emit(l, "f->from_%u = f->start_%u + ((__s64)i << 23);", nr, nr);
	l__emit(l, "bpf_loop(btc_turns(f->to_%u - f->from_%u), %s, f, 0);", nr, nr, name);
	l__emit(l, "return f->broke_%u%s%s%s;", nr, l->returns ? " || f->returned" : "",
		l->body && l->body->left ? " || " : "",
		l->body && l->body->left ? l->body->left : "");
	end_callback(l, &fn);
	return fn.f->name;
}

static void for_range(struct lower *l, const struct stmt *s)
{
	const struct var *v = s->each.var;
	const struct type *t = v->type;
	const char *from, *to, *name, *n;
	bool is_long = !is_short(s), split = is_long && l->fn->depth < 2;
	const char *warn;
	struct fn fn = { 0 };
	unsigned nr;

	from = to_temp(l, value_as(l, s->each.from, type__int(8, true)), type__int(8, true),
		       "from");
	to = to_temp(l, value_as(l, s->each.to, type__int(8, true)), type__int(8, true), "to");
	name = FMT(l, "%s_for_%u", l->unit ? "body" : "", ++l->nr_loops);
	name = FMT(l, "probe_%zu_%s", l->plan->probes.nr + 1, name);
	nr = l->fn->depth + 1; /* loops beside each other take turns */
	n = FMT(l, "from_%u", nr);
	l__emit(l, "%s = %s;", l__frame(l, FMT(l, "__s64 %s", n), n), from);

	l__begin_fn(l, &fn, name);
	fn.f->proto = FMT(l, "static long %s(__u32 i, struct %s *f)", name, l->frame->name);
	strmap__set(fn.names, "i", (void *)"i");
	l__emit(l, "%s = (%s)(f->%s + i);", l__var(l, v), ctype(l, t), n);
	callback_body(l, s->each.body, split ? FMT(l, "return f->broke_%u = 1;", nr) : "return 1;");
	end_callback(l, &fn);

	l__open(l, "if (%s > %s) {", to, from);
	if (split) {
		name = pieces(l, nr, name, to);
		l__emit(l, "bpf_loop(((%s - %s - 1) >> 23) + 1, %s, f, 0);", to, from, name);
	} else if (is_long) {
		/* Written in line, it returns 32 bits. */
		warn = l__warn(l, "BTC_WARN_HELPER", "loop", NULL, s->loc);
		l__open(l, "if (%s - %s > %u || (int)bpf_loop(%s - %s, %s, f, 0) < 0)", to, from,
			MAX_TURNS, to, from, name);
		l__emit(l, "btc_warn(%s, -7);", warn);
		l__end(l);
	} else {
		l__emit(l, "bpf_loop(%s - %s, %s, f, 0);", to, from, name);
	}
	l__close(l);
	after_loop(l);
}

static void load_pair(struct lower *l, const struct var *v, struct plan_map *pm)
{
	const struct type *t = v->type;
	struct place key = { .lv = FMT(l, "%s.f0", l__var(l, v)),
			     .type = t->members.v[0].type,
			     .zeroed = true };
	struct place val = { .lv = FMT(l, "%s.f1", l__var(l, v)),
			     .type = t->members.v[1].type,
			     .zeroed = true };

	if (is_object(key.type))
		copy(l, &key,
		     is_array(key.type) && pm->map->key->kind != TY_TUPLE ? "(void *)elem_key"
									  : "elem_key",
		     key.type);
	else
		l__emit(l, "%s = *elem_key;", key.lv);
	if (type__is_agg(pm->map->value))
		l__emit(l, "%s = %s;", val.lv,
			read_aggregation(l, pm->map, "elem_key", pm->map->loc));
	else if (is_object(val.type))
		copy(l, &val, "elem_value", val.type);
	else
		l__emit(l, "%s = *(%s *)elem_value;", val.lv, pm->value_c);
}

static void for_map(struct lower *l, const struct stmt *s)
{
	struct plan_map *pm = map_plan(l, s->each.map->map.map);
	const struct var *v = s->each.var;
	const char *name = FMT(l, "probe_%zu_for_%u", l->plan->probes.nr + 1, ++l->nr_loops);
	struct fn fn = { 0 };

	l__kill_lookups(l);
	l__begin_fn(l, &fn, name);
	fn.f->proto = FMT(
		l, "static long %s(void *map, const %s *elem_key, void *elem_value, struct %s *f)",
		name, is_array(pm->map->key) ? "void" : ctype(l, pm->map->key), l->frame->name);
	load_pair(l, v, pm);
	callback_body(l, s->each.body, "return 1;");
	end_callback(l, &fn);
	l__emit(l, "bpf_for_each_map_elem(&%s, %s, f, 0);", pm->bpf_name, name);
	after_loop(l);
}

static void return_from_body(struct lower *l, const struct stmt *s)
{
	if (s->e)
		assign_var(l, l->body->s->body.var, s->e);
	if (l->fn != l->body->home)
		l__emit(l, "%s = 1;", l->body->left);
	if (s != l->body->tail)
		leave_body(l);
}

static void fn_body(struct lower *l, const struct stmt *s)
{
	const struct block *b = s->body.block;
	const struct stmt *last = b->stmts.nr && !b->value ? b->stmts.v[b->stmts.nr - 1] : NULL;
	struct body *outer = l->body;
	struct body body = { .s = s, .home = l->fn, .depth = outer ? outer->depth + 1 : 1 };
	const char *flag;

	if (last && last->kind == ST_RETURN)
		body.tail = last;
	body.end = l__name(l, FMT(l, "%s_end", s->body.fn->name));
	if (s->body.leaves) {
		flag = FMT(l, "left_%u", body.depth);
		body.left = l__frame(l, FMT(l, "__u64 %s", flag), flag);
		l__emit(l, "%s = 0;", body.left);
	}
	/* What the last statement gives in any case needs no zero before it. */
	if (s->body.var && !(body.tail && b->stmts.nr == 1))
		zero_var(l, s->body.var);
	l->body = &body;
	l__open(l, "{");
	l__block(l, b, NULL);
	l__close(l);
	l->body = outer;
	if (body.jumped)
		l__emit(l, "%s:;", body.end);
}

/* Leaves all loops and functions, then the probe. */
static void return_stmt(struct lower *l, const struct expr *e)
{
	const char *text = e ? value_as(l, e, type__int(4, true)) : NULL;

	if (l->fn->outer) {
		l->returns = true;
		l__emit(l, "f->returned = 1;");
		l__emit(l, "return 1;");
		return;
	}
	l__return(l, text ? paren(l, text) : NULL);
}

static void statement(struct lower *l, const struct stmt *s)
{
	unsigned line = l__line_of(s->loc);
	size_t nr = l->fn->temps.nr;
	const bool *busy = busy_temps(l);

	if (line)
		l->line = line;
	switch (s->kind) {
	case ST_EXPR:
	case ST_DISCARD: effects(l, s->e); break;
	case ST_ASSIGN: assign(l, s); break;
	case ST_LET: let(l, s); break;
	case ST_WHILE: while_loop(l, s); break;
	case ST_UNROLL: unroll_loop(l, s); break;
	case ST_FOR_RANGE: for_range(l, s); break;
	case ST_FOR_MAP: for_map(l, s); break;
	case ST_BREAK: l__emit(l, "%s", l->fn->brk); break;
	case ST_CONTINUE: l__emit(l, "%s", l->fn->cont); break;
	case ST_RETURN:
		if (l->body)
			return_from_body(l, s);
		else
			return_stmt(l, s->e);
		break;
	case ST_BODY: fn_body(l, s); break;
	case ST_IMPORT: break;
	}
	l__free_temps(l, busy, nr);
}

static bool ends_flow(const struct stmt *s)
{
	return s->kind == ST_RETURN || s->kind == ST_BREAK || s->kind == ST_CONTINUE ||
	       (s->kind == ST_EXPR && is_exit(s->e));
}

static bool block_statements(struct lower *l, const struct block *b)
{
	size_t i;

	for (i = 0; i < b->stmts.nr; i++) {
		statement(l, b->stmts.v[i]);
		if (ends_flow(b->stmts.v[i]))
			return false; /* what follows was checked and is never reached */
	}
	return true;
}

void l__block(struct lower *l, const struct block *b, const struct place *to)
{
	struct stmt last = { .kind = ST_EXPR };

	if (!block_statements(l, b) || !b->value)
		return;
	if (to) {
		prepare(l, b->value);
		into(l, b->value, to);
		return;
	}
	last.loc = b->value->loc;
	last.e = b->value;
	statement(l, &last);
}

const char *l__block_value(struct lower *l, const struct block *b)
{
	if (!block_statements(l, b) || !b->value)
		return "0";
	return value(l, b->value);
}
