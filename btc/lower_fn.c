// SPDX-License-Identifier: Apache-2.0
/*
 * A function being written: its lines, its locals and temporaries, and what it
 * has computed already. Large objects live in scratch memory.
 */
#include <string.h>

#include "cfuncs.h"
#include "lower_priv.h"

/* Bytes of objects on the stack of one function: clang needs most of the 512. */
#define STACK_TOTAL 128
/* Variables of a program's frame. */
#define MAX_CAPTURED 12

/* --- lines ------------------------------------------------------------------- */

static void add_line(struct lower *l, const char *text, unsigned indent)
{
	struct plan_line line = {
		.line = l->line, .file = l->file, .indent = indent, .text = text
	};

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

static bool any_of(const expr_vec *v, const struct var *var, const struct map *map)
{
	size_t i;

	for (i = 0; i < v->nr; i++)
		if (expr_uses(v->v[i], var, map))
			return true;
	return false;
}

/* Does @e read @var or @map? NULL for both: any variable. Blocks may do anything. */
bool expr_uses(const struct expr *e, const struct var *var, const struct map *map)
{
	size_t i;

	if (!e || e->konst)
		return false;
	switch (e->kind) {
	case EX_VAR: return var ? e->var.var == var : !map;
	case EX_MAP: return (map && e->map.map == map) || expr_uses(e->map.key, var, map);
	case EX_TUPLE: return any_of(&e->tuple, var, map);
	case EX_RECORD:
		for (i = 0; i < e->record.nr; i++)
			if (expr_uses(e->record.v[i].value, var, map))
				return true;
		return false;
	case EX_CALL: return any_of(&e->call.args, var, map);
	case EX_COND:
		return expr_uses(e->cond.c, var, map) || expr_uses(e->cond.a, var, map) ||
		       expr_uses(e->cond.b, var, map);
	case EX_INDEX: return expr_uses(e->index.e, var, map) || expr_uses(e->index.i, var, map);
	case EX_INCDEC: return expr_uses(e->incdec.e, var, map);
	case EX_FIELD: return expr_uses(e->field.e, var, map);
	case EX_ELEM: return expr_uses(e->elem.e, var, map);
	case EX_CAST: return expr_uses(e->cast.e, var, map);
	case EX_BINARY: return expr_uses(e->bin.l, var, map) || expr_uses(e->bin.r, var, map);
	case EX_UNARY: return expr_uses(e->unary.e, var, map);
	case EX_COMPTIME: return expr_uses(e->comptime, var, map);
	case EX_BLOCK: return true;
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
		    ((c->kind == CACHE_LOOKUP || c->kind == CACHE_KEY) &&
		     expr_uses(c->expr, v, NULL)))
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
		"auto",	    "break",	"case",		"char",	      "const",
		"continue", "ctx",	"default",	"do",	      "double",
		"else",	    "enum",	"ev",		"extern",     "f",
		"float",    "for",	"frame",	"goto",	      "if",
		"inline",   "int",	"long",		"out",	      "register",
		"restrict", "ret",	"return",	"s",	      "short",
		"signed",   "sizeof",	"static",	"struct",     "switch",
		"typedef",  "typeof",	"union",	"unsigned",   "void",
		"volatile", "while",	"asm",		"bool",	      "true",
		"false",    "map",	"elem_key",	"elem_value", "zero",
		"slot",	    "offsetof", "container_of", "barrier",    "barrier_var",
		"NULL",	    "SEC",	"LICENSE",	"linux",      "unix",
	};
	size_t i;

	for (i = 0; i < COUNT_OF(words); i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

/* Is it a word of C, of the kernel half's headers or a name that we make ourselves? */
static bool is_taken(struct lower *l, const char *s)
{
	static const char *const prefixes[] = { "btc_",	  "bpf_",      "BTC_",	   "BPF_",
						"map_",	  "str_",      "param_",   "text_",
						"opt_",	  "probe_",    "EV_",	   "FIELD_",
						"TRI_",	  "__",	       "kaddr_",   "place_",
						"kfunc_", "cgroupid_", "asserted_" };
	size_t i;

	for (i = 0; i < COUNT_OF(prefixes); i++)
		if (!strncmp(s, prefixes[i], strlen(prefixes[i])))
			return true;
	return is_c_word(s) || ctypes__cfunc(l->types, l->prog, s);
}

/* Names with an underscore at the end are only made here. */
const char *l__name(struct lower *l, const char *hint)
{
	const char *name = is_taken(l, hint) ? FMT(l, "%s_", hint) : hint;
	unsigned n = 2;

	while (strmap__get(l->fn->names, name)) {
		name = FMT(l, "%s_%u", hint, n++);
		if (is_taken(l, name))
			name = FMT(l, "%s_", name);
	}
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
	/* A callback's stack comes on top of its caller's, and 6.1 counts both. */
	uint32_t size = csize(l, t), room = l->frame ? 0 : STACK_TOTAL;
	const char *name;

	if (size > l->cfg->on_stack_limit || l->fn->stack + size > room)
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

/* A member of the frame; one of a name is shared by what needs it in turn. */
const char *l__frame(struct lower *l, const char *decl, const char *name)
{
	size_t i;

	for (i = 0; i < l->frame->members.nr; i++)
		if (!strcmp(l->frame->members.v[i], decl))
			break;
	if (i == l->frame->members.nr)
		vec_push(l->a, &l->frame->members, decl);
	return FMT(l, "f->%s", name);
}

/* The lvalue of a variable; made at its first mention. */
const char *l__var(struct lower *l, const struct var *v)
{
	const struct type *t = v->type;
	bool reference = t->kind == TY_STRUCT || t->kind == TY_ARRAY;
	const char *lv = l->var_lv.v[v->id], *name, *decl;

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
		decl = FMT(l, "%s %s", reference ? "__u64" : ctype(l, t), name);
		/* The frame is on the stack: what would fill that goes where large objects are. */
		lv = l->nr_captured++ < MAX_CAPTURED ? l__frame(l, decl, name)
						     : l__scratch(l, decl, name, 8);
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
	const struct plan_warn *o;
	size_t i;

	for (i = l->plan->warns.nr; i-- > 0;) {
		o = &l->plan->warns.v[i];
		if (o->where.src == where.src && o->where.begin == where.begin &&
		    o->where.end == where.end && o->where.via == where.via && o->map == map &&
		    !strcmp(o->kind, kind) &&
		    !strcmp(o->helper ? o->helper : "", helper ? helper : ""))
			return FMT(l, "&btc_warns[%zu]", i);
	}
	vec_push(l->a, &l->plan->warns, w);
	return FMT(l, "&btc_warns[%zu]", l->plan->warns.nr - 1);
}

void l__unsupported(struct lower *l, struct loc loc, const char *what)
{
	diag__unsupported(l->d, loc, what);
}
