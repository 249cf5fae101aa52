// SPDX-License-Identifier: Apache-2.0
/*
 * From the typed tree to the plan: units become functions, statements become
 * lines of C. Values are lowered by lower_expr.c and its neighbours, which
 * emit a line for each helper call and return the text of the result.
 *
 * A value that holds for the whole event (pid, a tracepoint field, an element's
 * address) is kept while its block lasts, so that it is fetched once. Large
 * objects live in scratch memory, which is asked for after the predicate.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cfuncs.h"
#include "lower_priv.h"

#define STACK_TOTAL	128	/* bytes of objects on the stack of one function; clang needs some, callbacks too */
#define BPF_SCRATCH_LIMIT (32u << 10)	/* per-CPU values are capped by the kernel */

/* --- lines ------------------------------------------------------------------- */

static void add_line(struct lower *l, const char *text, unsigned indent)
{
	struct plan_line line = { .line = l->line, .file = l->file, .indent = indent, .text = text };

	vec_push(l->a, &l->fn->f->lines, line);
}

void l__emit(struct lower *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_line(l, arena__vprintf(l->a, fmt, ap), l->fn->indent);
	va_end(ap);
}

void l__open(struct lower *l, const char *fmt, ...)
{
	struct cached mark = { .kind = CACHE_TEXT, .name = "{" };
	va_list ap;

	va_start(ap, fmt);
	add_line(l, arena__vprintf(l->a, fmt, ap), l->fn->indent++);
	va_end(ap);
	vec_push(l->a, &l->fn->cache, mark);
}

/* Forgets what the innermost block computed. */
static void forget_block(struct lower *l)
{
	struct fn *fn = l->fn;

	while (fn->cache.nr) {
		fn->cache.nr--;
		if (fn->cache.v[fn->cache.nr].kind == CACHE_TEXT &&
		    !strcmp(fn->cache.v[fn->cache.nr].name, "{"))
			break;
	}
}

void l__else(struct lower *l)
{
	struct cached mark = { .kind = CACHE_TEXT, .name = "{" };

	forget_block(l);
	vec_push(l->a, &l->fn->cache, mark);
	add_line(l, "} else {", l->fn->indent - 1);
}

void l__close(struct lower *l)
{
	forget_block(l);
	add_line(l, "}", --l->fn->indent);
}

/* Ends a block of one statement, which has no braces. */
void l__end(struct lower *l)
{
	forget_block(l);
	l->fn->indent--;
}

void l__return(struct lower *l, const char *val)
{
	l__emit(l, "return %s;", val ? val : l->fn->ret);
}

/* --- what was computed before -------------------------------------------------- */

struct cached *l__cached(struct lower *l, int kind, const char *name)
{
	struct cached *c;
	size_t i;

	for (i = l->fn->cache.nr; i-- > 0;) {
		c = &l->fn->cache.v[i];
		if (!c->dead && (int)c->kind == kind && c->name && !strcmp(c->name, name))
			return c;
	}
	return NULL;
}

void l__cache(struct lower *l, struct cached c)
{
	vec_push(l->a, &l->fn->cache, c);
}

void l__kill_map(struct lower *l, const struct map *m)
{
	struct cached *c;
	size_t i;

	for (i = 0; i < l->fn->cache.nr; i++) {
		c = &l->fn->cache.v[i];
		if (c->kind == CACHE_LOOKUP && c->map == m)
			c->dead = true;
	}
}

static bool uses_var(const struct expr *e, const struct var *v)
{
	size_t i;

	if (!e)
		return false;
	switch (e->kind) {
	case EX_VAR: return !v || e->var.var == v;
	case EX_TUPLE:
		for (i = 0; i < e->tuple.nr; i++)
			if (uses_var(e->tuple.v[i], v))
				return true;
		return false;
	case EX_FIELD: return uses_var(e->field.e, v);
	case EX_ELEM: return uses_var(e->elem.e, v);
	case EX_CAST: return uses_var(e->cast.e, v);
	case EX_BINARY: return uses_var(e->bin.l, v) || uses_var(e->bin.r, v);
	case EX_UNARY: return uses_var(e->unary.e, v);
	default: return false;
	}
}

static void kill_if(struct lower *l, const struct var *v, bool lookups)
{
	struct cached *c;
	size_t i;

	for (i = 0; i < l->fn->cache.nr; i++) {
		c = &l->fn->cache.v[i];
		if ((c->kind == CACHE_LOOKUP && lookups) ||
		    ((c->kind == CACHE_LOOKUP || c->kind == CACHE_KEY) && uses_var(c->expr, v)))
			c->dead = true;
	}
}

/* Also notes that a callback writes it, if it is the frame's. */
void l__kill_var(struct lower *l, const struct var *v)
{
	const char *lv = l->var_lv.v[v->id];
	size_t i;

	kill_if(l, v, false);
	if (!l->fn->outer || !lv || strncmp(lv, "f->", 3))
		return;
	for (i = 0; i < l->fn->written.nr; i++)
		if (!strcmp(l->fn->written.v[i], lv))
			return;
	vec_push(l->a, &l->fn->written, lv);
}

/* Before a loop: its body runs after its own writes. */
void l__kill_lookups(struct lower *l)
{
	kill_if(l, NULL, true);
}

/* --- locals ------------------------------------------------------------------------ */

static bool is_c_word(const char *s)
{
	static const char *const words[] = {
		"auto", "break", "case", "char", "const", "continue", "ctx", "default", "do", "double",
		"else", "enum", "ev", "extern", "f", "float", "for", "frame", "goto", "if", "inline",
		"int", "long", "out", "register", "restrict", "ret", "return", "s", "short", "signed",
		"sizeof", "static", "struct", "switch", "typedef", "typeof", "union", "unsigned",
		"void", "volatile", "while", "asm", "bool", "true", "false", "map", "elem_key",
	};
	size_t i;

	for (i = 0; i < COUNT_OF(words); i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

const char *l__name(struct lower *l, const char *hint)
{
	const char *name = hint;
	unsigned n = 2;

	if (is_c_word(hint) || ctypes__cfunc(l->types, l->prog, hint) || !strncmp(hint, "btc_", 4) || !strncmp(hint, "bpf_", 4) ||
	    !strncmp(hint, "map_", 4) || !strncmp(hint, "__", 2))
		name = hint = FMT(l, "%s_", hint);
	while (strmap__get(l->fn->names, name))
		name = FMT(l, "%s_%u", hint, n++);
	strmap__set(l->fn->names, name, (void *)name);
	return name;
}

const char *l__local(struct lower *l, const char *type, const char *hint)
{
	const char *name = l__name(l, hint);
	const char *star = type[strlen(type) - 1] == '*' ? "" : " ";

	vec_push(l->a, &l->fn->f->decls, FMT(l, "%s%s%s", type, star, name));
	return name;
}

const char *l__temp(struct lower *l, const struct type *t, const char *hint)
{
	return l__local(l, ctype(l, t), hint);
}

const char *l__scratch(struct lower *l, const char *decl, const char *name, uint32_t size)
{
	if (!l->scratch) {
		l->scratch = NEW(l->a, struct plan_struct);
		l->scratch->name = FMT(l, "scratch_%zu", l->plan->scratch.nr + 1);
		l->scratch->size = 8;
		vec_push(l->a, &l->scratch->members, "__u64 busy");
		vec_push(l->a, &l->plan->scratch, l->scratch->name);
	}
	l->fn->need_scratch = true;
	if (decl)
		vec_push(l->a, &l->scratch->members, decl);
	l->scratch->size += (size + 7) / 8 * 8;
	return FMT(l, "s->%s", name);
}

/* Records share their place: one is sent before the next is begun. */
const char *l__scratch_record(struct lower *l, const char *name, uint32_t size)
{
	l__scratch(l, NULL, name, 0);
	l->records = FMT(l, "%s struct %s %s;", l->records ? l->records : "", name, name);
	if (size > l->record_size)
		l->record_size = size;
	return FMT(l, "s->%s", name);
}

static const char *scratch_object(struct lower *l, const struct type *t, const char *hint)
{
	const char *name = FMT(l, "%s_%zu", hint, l->scratch ? l->scratch->members.nr : 1);

	return l__scratch(l, cdecl(l, t, name), name, csize(l, t));
}

/* An object that lasts as long as the function: a variable. */
const char *l__lasting(struct lower *l, const struct type *t, const char *hint)
{
	uint32_t size = csize(l, t);
	const char *name;

	if (size > l->cfg->on_stack_limit || l->fn->stack + size > STACK_TOTAL)
		return scratch_object(l, t, hint);
	l->fn->stack += size;
	name = l__name(l, hint);
	vec_push(l->a, &l->fn->f->decls, cdecl(l, t, name));
	return name;
}

const char *l__object(struct lower *l, const struct type *t, const char *hint)
{
	struct temp temp = { .type = t, .busy = true };
	size_t i;

	for (i = 0; i < l->fn->temps.nr; i++) {
		if (l->fn->temps.v[i].busy || !type__equal(l->fn->temps.v[i].type, t))
			continue;
		l->fn->temps.v[i].busy = true;
		if (l->fn->temps.v[i].lv[0] == 's' && l->fn->temps.v[i].lv[1] == '-')
			l->fn->need_scratch = true;
		return l->fn->temps.v[i].lv;
	}
	temp.lv = l__lasting(l, t, hint);
	vec_push(l->a, &l->fn->temps, temp);
	return temp.lv;
}

const char *l__ctx(struct lower *l)
{
	l->fn->need_ctx = true;
	return "ctx";
}

/* The lvalue of a variable; made at its first mention. */
const char *l__var(struct lower *l, const struct var *v)
{
	const struct type *t = v->type;
	bool reference = t->kind == TY_STRUCT || t->kind == TY_ARRAY;
	const char *lv = l->var_lv.v[v->id], *name;

	if (lv) {
		if (!strncmp(lv, "s->", 3))
			l->fn->need_scratch = true;
		return lv;
	}
	if (is_object(t) && !reference) {
		/* Shared with a `for` body: scratch memory is what both can reach. */
		lv = v->captured ? scratch_object(l, t, v->name) : l__lasting(l, t, v->name);
	} else if (v->captured) {
		name = FMT(l, "%s_%u", v->name, v->id);
		vec_push(l->a, &l->frame->members,
			 FMT(l, "%s %s", reference ? "__u64" : ctype(l, t), name));
		lv = FMT(l, "f->%s", name);
	} else {
		lv = l__local(l, reference ? "__u64" : ctype(l, t), v->name);
	}
	l->var_lv.v[v->id] = lv;
	return lv;
}

const char *l__warn(struct lower *l, const char *kind, const char *helper, const char *map,
		    struct loc where)
{
	struct plan_warn w = { .kind = kind, .helper = helper, .map = map, .where = where };

	vec_push(l->a, &l->plan->warns, w);
	return FMT(l, "&btc_warns[%zu]", l->plan->warns.nr - 1);
}

void l__unsupported(struct lower *l, struct loc loc, const char *what)
{
	diag__unsupported(l->d, loc, what);
}

/* --- statements ----------------------------------------------------------------------- */

static void statement(struct lower *l, const struct stmt *s);

static unsigned line_of(struct loc loc)
{
	unsigned line = 0, col;

	while (loc.via)			/* an expansion belongs to the line of its call */
		loc = loc.via->call;
	if (loc.src)
		source__place(loc.src, loc.begin, &line, &col);
	return line;
}

/* Temporaries that a statement took are free again after it. */
static void free_temps(struct lower *l, const bool *before, size_t nr)
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

static void effects(struct lower *l, const struct expr *e)
{
	const char *text;

	switch (e->kind) {
	case EX_COND:
		if (e->konst)
			return;
		l__open(l, "if (%s) {", condition(l, e->cond.c));
		if (e->cond.a)
			effects(l, e->cond.a);
		if (e->cond.b) {
			l__else(l);
			effects(l, e->cond.b);
		}
		l__close(l);
		return;
	case EX_BLOCK:
		l__block(l, e->block, NULL);
		return;
	case EX_INCDEC:
		incdec(l, e, NULL);
		return;
	case EX_COMPTIME:
		effects(l, e->comptime);
		return;
	default:
		break;
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
	if (text && strchr(text, '('))	/* a call whose result is not used */
		l__emit(l, "(void)%s;", paren(l, text));
}

static void assign_var(struct lower *l, const struct var *v, const struct expr *val)
{
	const char *text;

	if (is_object(v->type) && v->type->kind != TY_STRUCT && v->type->kind != TY_ARRAY) {
		struct place to = { .lv = l__var(l, v), .type = v->type };

		prepare(l, val);
		into(l, val, &to);
	} else {
		text = value_as(l, val, v->type);
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

static void let(struct lower *l, const struct stmt *s)
{
	const struct var *v = s->let.var;
	const char *lv;

	if (s->let.value) {
		assign_var(l, v, s->let.value);
		return;
	}
	if (!v->type || v->type->kind == TY_NONE)
		return;			/* declared and never used */
	lv = l__var(l, v);
	if (is_object(v->type) && v->type->kind != TY_STRUCT && v->type->kind != TY_ARRAY)
		l__emit(l, "__builtin_memset(%s, 0, sizeof(%s));", addr_of(l, v->type, lv), lv);
	else
		l__emit(l, "%s = 0;", lv);
	l__kill_var(l, v);
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

static void begin_fn(struct lower *l, struct fn *fn, const char *name)
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
		vec_push(l->a, &fn->f->decls,
			 FMT(l, "struct %s *s = f->s", l->scratch->name));
	if (fn->need_ctx)
		vec_push(l->a, &fn->f->decls, "void *ctx = f->ctx");
	fn->outer->need_scratch |= fn->need_scratch;
	fn->outer->need_ctx |= fn->need_ctx;
	vec_push(l->a, &l->plan->funcs, fn->f);
	l->fn = fn->outer;
}

static void callback_body(struct lower *l, const struct block *b)
{
	l->fn->brk = "return 1;";
	l->fn->cont = "return 0;";
	l->fn->ret = NULL;
	l__block(l, b, NULL);
	l__emit(l, "return 0;");
}

static void after_loop(struct lower *l)
{
	l__kill_lookups(l);
	if (!l->returns)
		return;
	l__open(l, "if (f->returned)");
	if (l->fn->ret)
		l__return(l, NULL);
	else
		l__emit(l, "return 1;");
	l__end(l);
}

static void for_range(struct lower *l, const struct stmt *s)
{
	const struct var *v = s->each.var;
	const struct type *t = v->type;
	const char *from, *to, *name, *n;
	const char *warn;
	struct fn fn = { 0 };

	from = to_temp(l, value_as(l, s->each.from, type__int(8, true)), type__int(8, true), "from");
	to = to_temp(l, value_as(l, s->each.to, type__int(8, true)), type__int(8, true), "to");
	name = FMT(l, "%s_for_%u", l->unit ? "body" : "", ++l->nr_loops);
	name = FMT(l, "probe_%zu_%s", l->plan->probes.nr + 1, name);
	n = FMT(l, "from_%u", l->nr_loops);
	vec_push(l->a, &l->frame->members, FMT(l, "__s64 %s", n));
	l__emit(l, "f->%s = %s;", n, from);

	begin_fn(l, &fn, name);
	fn.f->proto = FMT(l, "static long %s(__u32 i, struct %s *f)", name, l->frame->name);
	strmap__set(fn.names, "i", (void *)"i");
	l__emit(l, "%s = (%s)(f->%s + i);", l__var(l, v), ctype(l, t), n);
	callback_body(l, s->each.body);
	end_callback(l, &fn);

	/* More than 2^23 turns are refused by bpf_loop as a whole. */
	warn = l__warn(l, "BTC_WARN_HELPER", "loop", NULL, s->loc);
	l__open(l, "if (%s > %s) {", to, from);
	l__open(l, "if (bpf_loop(%s - %s, %s, f, 0) < 0)", to, from, name);
	l__emit(l, "btc_warn(%s, -7);", warn);
	l__end(l);
	l__close(l);
	after_loop(l);
}

static void load_pair(struct lower *l, const struct var *v, struct plan_map *pm)
{
	const struct type *t = v->type;
	struct place key = { .lv = FMT(l, "%s.f0", l__var(l, v)), .type = t->members.v[0].type };
	struct place val = { .lv = FMT(l, "%s.f1", l__var(l, v)), .type = t->members.v[1].type };

	if (is_object(key.type))
		copy(l, &key, is_array(key.type) && pm->map->key->kind != TY_TUPLE ?
			      "(void *)elem_key" : "elem_key", key.type);
	else
		l__emit(l, "%s = *elem_key;", key.lv);
	if (type__is_agg(pm->map->value))
		l__emit(l, "%s = %s;", val.lv, read_aggregation(l, pm->map, "elem_key", pm->map->loc));
	else if (is_object(val.type))
		copy(l, &val, "elem", val.type);
	else
		l__emit(l, "%s = *(%s *)elem;", val.lv, pm->value_c);
}

static void for_map(struct lower *l, const struct stmt *s)
{
	struct plan_map *pm = map_plan(l, s->each.map->map.map);
	const struct var *v = s->each.var;
	const char *name = FMT(l, "probe_%zu_for_%u", l->plan->probes.nr + 1, ++l->nr_loops);
	struct fn fn = { 0 };

	l__kill_lookups(l);
	begin_fn(l, &fn, name);
	fn.f->proto = FMT(l, "static long %s(void *map, const %s *elem_key, void *elem, struct %s *f)",
			  name, is_array(pm->map->key) ? "void" : ctype(l, pm->map->key),
			  l->frame->name);
	load_pair(l, v, pm);
	callback_body(l, s->each.body);
	end_callback(l, &fn);
	l__emit(l, "bpf_for_each_map_elem(&%s, %s, f, 0);", pm->bpf_name, name);
	after_loop(l);
}

static void return_stmt(struct lower *l, const struct expr *e)
{
	const char *text = e ? value_as(l, e, type__int(4, true)) : NULL;

	if (l->fn->outer) {		/* leaves all loops, then the probe */
		l->returns = true;
		l__emit(l, "f->returned = 1;");
		l__emit(l, "return 1;");
		return;
	}
	l__return(l, text ? paren(l, text) : NULL);
}

static bool is_exit(const struct expr *e)
{
	return e->kind == EX_CALL && e->call.fn && !strcmp(e->call.fn->name, "exit");
}

static void statement(struct lower *l, const struct stmt *s)
{
	unsigned line = line_of(s->loc);
	size_t nr = l->fn->temps.nr;
	const bool *busy = busy_temps(l);

	if (line)
		l->line = line;
	switch (s->kind) {
	case ST_EXPR:
	case ST_DISCARD:
		effects(l, s->e);
		if (is_exit(s->e) && !s->loc.via)
			return_stmt(l, NULL);
		break;
	case ST_ASSIGN: assign(l, s); break;
	case ST_LET: let(l, s); break;
	case ST_WHILE: while_loop(l, s); break;
	case ST_UNROLL: unroll_loop(l, s); break;
	case ST_FOR_RANGE: for_range(l, s); break;
	case ST_FOR_MAP: for_map(l, s); break;
	case ST_BREAK: l__emit(l, "%s", l->fn->brk); break;
	case ST_CONTINUE: l__emit(l, "%s", l->fn->cont); break;
	case ST_RETURN: return_stmt(l, s->e); break;
	case ST_IMPORT: break;
	}
	free_temps(l, busy, nr);
}

static bool ends_flow(const struct stmt *s)
{
	return s->kind == ST_RETURN || s->kind == ST_BREAK || s->kind == ST_CONTINUE ||
	       (s->kind == ST_EXPR && is_exit(s->e) && !s->loc.via);
}

static bool block_statements(struct lower *l, const struct block *b)
{
	size_t i;

	for (i = 0; i < b->stmts.nr; i++) {
		statement(l, b->stmts.v[i]);
		if (ends_flow(b->stmts.v[i]))
			return false;	/* what follows was checked and is never reached */
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

/* --- units ------------------------------------------------------------------------------- */

/* Programs of these never nest on one CPU: the kernel's bpf_prog_active excludes them. */
bool l__is_exclusive(enum provider_kind k)
{
	switch (k) {
	case PROV_KPROBE: case PROV_KRETPROBE: case PROV_TRACEPOINT: case PROV_INTERVAL:
	case PROV_PROFILE: case PROV_SOFTWARE: case PROV_HARDWARE:
		return true;
	default:
		return false;
	}
}

static bool is_filtered_by_pid(enum provider_kind k)
{
	switch (k) {
	case PROV_KPROBE: case PROV_KRETPROBE: case PROV_FENTRY: case PROV_FEXIT:
	case PROV_TRACEPOINT: case PROV_RAWTRACEPOINT:
		return true;
	default:
		return false;
	}
}

/* Ids are those of the tool's PID namespace: btc_pid_tgid() uses these. */
static void use_namespace(struct lower *l)
{
	const struct loc nowhere = { 0 };

	late_fact(l, "__u64", "btc_ns_dev", "BTC_LATE_NS_DEV", NULL, 8, nowhere);
	late_fact(l, "__u64", "btc_ns_ino", "BTC_LATE_NS_INO", NULL, 8, nowhere);
}

const char *pid_tgid(struct lower *l)
{
	struct cached *c = l__cached(l, CACHE_TEXT, "pid_tgid");
	struct cached fresh = { .kind = CACHE_TEXT, .name = "pid_tgid" };

	if (c)
		return c->text;
	use_namespace(l);
	fresh.text = l__local(l, "__u64", "pid_tgid");
	l__emit(l, "%s = btc_pid_tgid();", fresh.text);
	l__cache(l, fresh);
	return fresh.text;
}

static void late_value(struct lower *l, const char *decl, const char *symbol, const char *kind,
		       uint32_t size)
{
	struct plan_late late = { .decl = decl, .symbol = symbol, .kind = kind, .size = size };
	size_t i;

	for (i = 0; i < l->plan->late.nr; i++)
		if (!strcmp(l->plan->late.v[i].symbol, symbol))
			return;
	vec_push(l->a, &l->plan->late, late);
}

/* `if (a && b)` of a predicate becomes two early returns. */
static void predicate(struct lower *l, const struct expr *e)
{
	const char *text;

	if (!e->konst && e->kind == EX_BINARY && e->bin.op == OP_LAND) {
		predicate(l, e->bin.l);
		predicate(l, e->bin.r);
		return;
	}
	l->line = line_of(e->loc);
	text = condition(l, e);
	l__emit(l, "if (!%s)", paren(l, text));
	l->fn->indent++;
	l__return(l, NULL);
	l->fn->indent--;
	free_temps(l, NULL, 0);
}

/*
 * Scratch memory is asked for where the first use can be: after the predicate,
 * unless that needs it. Returns behind that place give a claimed slot back.
 */
static void place_scratch(struct lower *l, struct plan_func *f, size_t at)
{
	line_vec old = f->lines;
	struct plan_line line = { .line = at < old.nr ? old.v[at].line : 0, .file = l->file, .indent = 1 };
	bool put = false;
	size_t i;

	vec_push(l->a, &f->decls, FMT(l, "struct %s *s", l->scratch->name));
	if (l->claims)
		vec_push(l->a, &f->decls, FMT(l, "int ret = %s", l->fn->ret));
	memset(&f->lines, 0, sizeof(f->lines));
	for (i = 0; i < at; i++)
		vec_push(l->a, &f->lines, old.v[i]);
	line.text = l->claims ? "s = btc_scratch_claim(&btc_scratch);" : "s = btc_scratch_own(&btc_scratch);";
	vec_push(l->a, &f->lines, line);
	line.text = "if (!s)";
	vec_push(l->a, &f->lines, line);
	line.indent = 2;
	line.text = FMT(l, "return %s;", l->fn->ret);
	vec_push(l->a, &f->lines, line);
	line.indent = 1;
	if (l->frame) {
		line.text = "f->s = s;";
		vec_push(l->a, &f->lines, line);
	}
	for (; i < old.nr; i++) {
		line = old.v[i];
		if (l->claims && !strncmp(line.text, "return ", 7)) {
			put = true;
			if (i + 1 == old.nr)
				break;
			if (strcmp(line.text + 7, FMT(l, "%s;", l->fn->ret))) {
				line.text = FMT(l, "{ ret = %.*s; goto out; }",
						(int)strlen(line.text + 7) - 1, line.text + 7);
			} else {
				line.text = "goto out;";
			}
		}
		vec_push(l->a, &f->lines, line);
	}
	if (!put)
		return;
	line = old.v[old.nr - 1];
	if (strcmp(line.text + 7, FMT(l, "%s;", l->fn->ret))) {
		line.text = FMT(l, "ret = %s", line.text + 7);
		vec_push(l->a, &f->lines, line);
	}
	line.indent = 0;
	line.text = "out:";
	vec_push(l->a, &f->lines, line);
	line.indent = 1;
	line.text = "btc_scratch_put(s);";
	vec_push(l->a, &f->lines, line);
	line.text = "return ret;";
	vec_push(l->a, &f->lines, line);
}

static bool has_goto(const struct plan_func *f)
{
	size_t i;

	for (i = 0; i < f->lines.nr; i++)
		if (strstr(f->lines.v[i].text, "goto out;"))
			return true;
	return false;
}

/* A label that nothing jumps to is a warning. */
static void drop_label(struct lower *l, struct plan_func *f)
{
	line_vec old = f->lines;
	size_t i;

	if (has_goto(f))
		return;
	memset(&f->lines, 0, sizeof(f->lines));
	for (i = 0; i < old.nr; i++)
		if (strcmp(old.v[i].text, "out:"))
			vec_push(l->a, &f->lines, old.v[i]);
}

static void finish_program(struct lower *l, struct fn *fn, size_t scratch_at)
{
	struct plan_line line = { .file = l->file, .indent = 1 };
	line_vec old;
	size_t i;

	if (fn->need_scratch)
		place_scratch(l, fn->f, scratch_at);
	drop_label(l, fn->f);
	if (l->scratch) {
		if (l->records)
			vec_push(l->a, &l->scratch->members, FMT(l, "union {%s }", l->records));
		l->scratch->size += l->record_size;
		vec_push(l->a, &l->plan->structs, l->scratch);
		if (l->scratch->size > l->plan->scratch_size)
			l->plan->scratch_size = l->scratch->size;
	}
	if (!l->frame)
		return;
	vec_push(l->a, &l->frame->members, "void *ctx");
	vec_push(l->a, &l->frame->members, "__u64 returned");
	if (l->scratch)
		vec_push(l->a, &l->frame->members, FMT(l, "struct %s *s", l->scratch->name));
	vec_push(l->a, &l->plan->structs, l->frame);
	vec_push(l->a, &fn->f->decls, FMT(l, "struct %s frame = {}, *f = &frame", l->frame->name));
	old = fn->f->lines;
	memset(&fn->f->lines, 0, sizeof(fn->f->lines));
	line.text = "f->ctx = ctx;";
	line.line = old.nr ? old.v[0].line : 0;
	vec_push(l->a, &fn->f->lines, line);
	for (i = 0; i < old.nr; i++)
		vec_push(l->a, &fn->f->lines, old.v[i]);
}

static const char *program_name(struct lower *l, const struct unit *u, unsigned nr)
{
	const struct attach *at = u->attach.v[0];
	const char *what = at->func && *at->func ? at->func : at->prov->name;
	char *name = FMT(l, "probe_%u_%s", nr, what), *p;

	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

/* Is there anything in the kernel that tells a program which of its places it runs at? */
bool l__has_cookie(enum provider_kind k)
{
	switch (k) {
	case PROV_BEGIN: case PROV_END: case PROV_SELF: case PROV_TEST: case PROV_BENCH: case PROV_ITER:
	case PROV_FENTRY: case PROV_FEXIT: case PROV_RAWTRACEPOINT:
		return false;
	default:
		return true;
	}
}

/* fentry, fexit and raw tracepoints have one target a program; `args` binds to one event. */
static bool is_per_match(const struct unit *u)
{
	switch (u->attach.v[0]->prov->kind) {
	case PROV_FENTRY: case PROV_FEXIT: case PROV_RAWTRACEPOINT: return true;
	case PROV_TRACEPOINT: return u->uses_args;
	default: return false;
	}
}

static bool provider_ready(enum provider_kind k)
{
	switch (k) {
	case PROV_USDT: case PROV_WATCHPOINT: case PROV_ASYNCWATCHPOINT: case PROV_ITER: case PROV_COUNT:
		return false;
	default:
		return true;
	}
}

static bool ends_in_return(const struct plan_func *f)
{
	const struct plan_line *last = f->lines.nr ? &f->lines.v[f->lines.nr - 1] : NULL;

	return last && last->indent == 1 && !strncmp(last->text, "return ", 7);
}

/* Compilers run beside the script, so another file's name must be whole. */
static const char *imported_file(struct lower *l, const struct source *src)
{
	char *real = src && src != l->prog->src && src->path ? realpath(src->path, NULL) : NULL;
	const char *file = real ? arena__strdup(l->a, real) : NULL;

	free(real);
	return file;
}

static void lower_program(struct lower *l, struct unit *u, const struct attach *only)
{
	const struct attach *at = only ? only : u->attach.v[0];
	struct fn fn = { 0 };
	size_t i, scratch_at;

	l->unit = u;
	l->at = at;
	l->file = imported_file(l, u->probe->loc.src);
	l->per_match = is_per_match(u);
	l->scratch = NULL;
	l->records = NULL;
	l->record_size = 0;
	l->frame = NULL;
	l->claims = !l__is_exclusive(at->prov->kind);
	l->returns = false;
	l->nr_loops = 0;
	l->fn = NULL;
	memset(&l->var_lv, 0, sizeof(l->var_lv));
	for (i = 0; i <= u->nr_vars; i++)
		vec_push(l->a, &l->var_lv, (const char *)NULL);
	if (u->has_for) {
		l->frame = NEW(l->a, struct plan_struct);
		l->frame->name = FMT(l, "frame_%zu", l->plan->probes.nr + 1);
	}
	begin_fn(l, &fn, program_name(l, u, l->plan->probes.nr + 1));
	fn.f->sec = at->prov->sec;
	fn.f->comment = at->text;
	fn.ret = at->prov->kind == PROV_TRACEPOINT ? "1" : "0";
	l->line = line_of(u->probe->loc);
	if (is_filtered_by_pid(at->prov->kind)) {
		late_value(l, "__u32 btc_pid", "btc_pid", "BTC_LATE_PID", 4);
		use_namespace(l);
		l__emit(l, "if (btc_pid && btc_pid_tgid() >> 32 != btc_pid)");
		fn.indent++;
		l__return(l, NULL);
		fn.indent--;
	}
	if (u->pred)
		predicate(l, u->pred);
	scratch_at = fn.need_scratch ? 0 : fn.f->lines.nr;
	l__block(l, u->body, NULL);
	l->line = line_of((struct loc){ u->body->loc.src, u->body->loc.end - 1, u->body->loc.end,
					u->body->loc.via });
	if (!ends_in_return(fn.f))
		l__return(l, NULL);
	finish_program(l, &fn, scratch_at);
	vec_push(l->a, &l->plan->funcs, fn.f);
	for (i = 0; i < u->attach.nr; i++) {
		struct plan_probe p = { .at = u->attach.v[i], .prog = fn.f->name,
					.per_match = l->per_match };

		if (!only || only == u->attach.v[i])
			vec_push(l->a, &l->plan->probes, p);
	}
}

static void lower_unit(struct lower *l, struct unit *u)
{
	size_t i;

	if (!u->attach.nr)
		return;
	for (i = 0; i < u->attach.nr; i++) {
		if (provider_ready(u->attach.v[i]->prov->kind))
			continue;
		l__unsupported(l, u->attach.v[i]->loc,
			       FMT(l, "the probe type '%s'", u->attach.v[i]->prov->name));
		return;
	}
	if (!is_per_match(u) && (!u->uses_probe || l__has_cookie(u->attach.v[0]->prov->kind))) {
		lower_program(l, u, NULL);
		return;
	}
	for (i = 0; i < u->attach.nr; i++)
		lower_program(l, u, u->attach.v[i]);
}

/* --- the tool ----------------------------------------------------------------------------- */

/* A parameter; one that is used as a number and as a text has two rows. */
static void add_param(struct lower *l, const struct param *p, bool text, const char *symbol)
{
	struct plan_option o = { .position = p->n, .help = "", .where = p->loc, .symbol = symbol };
	struct plan_late late = { .where = p->loc, .symbol = symbol };

	o.type = text ? "BTC_OPT_STR" : "BTC_OPT_S64";
	if (symbol) {
		o.size = late.size = text ? l->cfg->max_strlen : 8;
		late.decl = text ? FMT(l, "char %s[%u]", symbol, o.size) : FMT(l, "__s64 %s", symbol);
		vec_push(l->a, &l->plan->late, late);
	}
	vec_push(l->a, &l->plan->options, o);
}

static void add_options(struct lower *l)
{
	struct plan_option o;
	struct plan_late late;
	const struct option *opt;
	const struct param *p;
	size_t i;

	for (i = 0; i < l->prog->options.nr; i++) {
		opt = l->prog->options.v[i];
		memset(&o, 0, sizeof(o));
		memset(&late, 0, sizeof(late));
		o.name = opt->name;
		o.help = opt->help ? opt->help : "";
		o.where = late.where = opt->loc;
		o.symbol = late.symbol = FMT(l, "opt_%zu", i + 1);
		late.name = opt->name;
		if (opt->type->kind == TY_STRING) {
			o.type = "BTC_OPT_STR";
			o.size = l->cfg->max_strlen;
			o.def = opt->def.str;
			late.decl = FMT(l, "char %s[%u]", o.symbol, o.size);
		} else if (opt->type->kind == TY_BOOL) {
			o.type = "BTC_OPT_BOOL";
			o.size = 1;
			o.def = opt->def.num ? "true" : "false";
			late.decl = FMT(l, "__u8 %s", o.symbol);
		} else {
			o.type = opt->type->is_signed ? "BTC_OPT_S64" : "BTC_OPT_U64";
			o.size = 8;
			o.def = opt->type->is_signed ? FMT(l, "%lld", (long long)opt->def.num) :
						       FMT(l, "%llu", (unsigned long long)opt->def.num);
			late.decl = FMT(l, "%s %s", opt->type->is_signed ? "__s64" : "__u64", o.symbol);
		}
		late.size = o.size;
		vec_push(l->a, &l->plan->options, o);
		vec_push(l->a, &l->plan->late, late);
	}
	for (i = 0; i < l->prog->params.nr; i++) {
		p = &l->prog->params.v[i];
		if (p->as_int)
			add_param(l, p, false, FMT(l, "param_%u", p->n));
		if (p->as_str)
			add_param(l, p, true, FMT(l, "text_%u", p->n));
		if (!p->as_int && !p->as_str)
			add_param(l, p, false, NULL);
	}
}

/* The comment at the top of the script, without its marks, describes the tool. */
static const char *description(struct lower *l, const struct source *src)
{
	struct buf b = { 0 };
	const char *line, *out;
	size_t len, i;

	for (i = 1; i <= src->nr_lines; i++) {
		line = source__line(src, i, &len);
		if (i == 1 && len > 1 && line[0] == '#' && line[1] == '!')
			continue;
		while (len && (*line == ' ' || *line == '\t'))
			line++, len--;
		if (len < 2 || ((line[0] != '/' || (line[1] != '/' && line[1] != '*')) && line[0] != '*'))
			break;
		while (len && (*line == '/' || *line == '*'))
			line++, len--;
		if (len && *line == ' ')
			line++, len--;
		while (len && (line[len - 1] == '/' || line[len - 1] == '*' || line[len - 1] == ' '))
			len--;
		if (!strncmp(line, "SPDX-", 5))
			continue;
		buf__add(&b, line, len);
		buf__str(&b, "\n");
	}
	while (b.len && b.s[b.len - 1] == '\n')
		b.s[--b.len] = '\0';
	out = b.len ? arena__strdup(l->a, b.s) : "";
	buf__free(&b);
	return out;
}

static const char *identifier(struct lower *l, const char *name)
{
	char *s = arena__strndup(l->a, name, strnlen(name, 15)), *p;

	for (p = s; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return isdigit((unsigned char)*s) || !*s ? FMT(l, "t%.14s", s) : s;
}

static uint32_t ring_size(const struct config *cfg)
{
	uint32_t size = 4096;

	while (size < cfg->perf_rb_pages * 4096 && size < 1u << 30)
		size *= 2;
	return size;
}

struct plan *lower(struct arena *a, struct diags *d, struct program *p, struct ctypes *types,
		   const struct config *cfg, const struct lower_options *o)
{
	struct lower l = { .a = a, .d = d, .prog = p, .types = types, .cfg = cfg };
	unsigned errors = diags__nr_errors(d);
	size_t i;

	l.plan = NEW(a, struct plan);
	l.plan->name = o->name;
	l.plan->ident = identifier(&l, o->name);
	l.plan->source = p->src->name;
	l.plan->description = description(&l, p->src);
	l.plan->cfg = cfg;
	l.plan->ring_bytes = ring_size(cfg);
	add_options(&l);
	for (i = 0; i < p->objects.nr; i++)
		vec_push(a, &l.plan->objects, p->objects.v[i].path);
	for (i = 0; i < p->maps.nr; i++)
		map_plan(&l, p->maps.v[i]);
	for (i = 0; i < p->units.nr; i++)
		lower_unit(&l, p->units.v[i]);
	if (l.zero_room)
		vec_push(a, &l.plan->strings, arena__printf(a, "const char btc_zero[%u] __attribute__((aligned(8)))",
							    l.zero_room));
	if (l.plan->scratch_size > BPF_SCRATCH_LIMIT)
		diag__error(d, p->units.v[0]->probe->loc, "E_STACK_SIZE",
			    "the objects of one probe take %u bytes; the kernel's limit is %u",
			    l.plan->scratch_size, BPF_SCRATCH_LIMIT);
	return diags__nr_errors(d) == errors ? l.plan : NULL;
}
