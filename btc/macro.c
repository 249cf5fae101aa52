// SPDX-License-Identifier: Apache-2.0
/*
 * Macros. A call becomes a block expression: a copy of the macro's body in
 * which the parameters are replaced by the (already expanded) arguments. The
 * copied nodes carry the expansion in their places, which makes the body's own
 * variables distinct from the caller's (scope.c) and lets reports show the way
 * in. C macros are parsed as one expression and get the place of their use.
 */
#include <string.h>

#include "clone.h"
#include "stdlib_texts.h"

static const struct macro_param *find_param(const struct frame *f, const char *name, int kind,
					    struct expr **arg)
{
	if (!f || !f->m)
		return NULL;
	for (size_t i = 0; i < f->m->params.nr; i++) {
		const struct macro_param *p = &f->m->params.v[i];

		if ((int)p->kind == kind && !strcmp(p->name, name)) {
			*arg = f->args.v[i];
			return p;
		}
	}
	return NULL;
}

/* --- choosing a definition ------------------------------------------------------ */

static bool kind_fits(const struct macro_param *p, const struct expr *arg)
{
	switch (p->kind) {
	case PARAM_VAR: return arg->kind == EX_VAR;
	case PARAM_MAP: return arg->kind == EX_MAP && !arg->map.key;
	default: return true;
	}
}

static bool fits(const struct macro *m, const expr_vec *args)
{
	if (m->params.nr != args->nr)
		return false;
	for (size_t i = 0; i < args->nr; i++) {
		if (!kind_fits(&m->params.v[i], args->v[i]))
			return false;
	}
	return true;
}

/* The text of the library sees only the library. */
static bool visible(const struct clone *x, const struct macro *m)
{
	bool in_lib = x->frame && x->frame->m && x->frame->m->is_stdlib;

	return m->is_stdlib || !in_lib;
}

static const struct macro *choose(const struct clone *x, const char *name, const expr_vec *args,
				  const struct macro **closest)
{
	const struct macro *lib = NULL;

	*closest = NULL;
	macro__load_stdlib(x->c, name);
	for (size_t i = 0; i < x->c->p->macros.nr; i++) {
		const struct macro *m = x->c->p->macros.v[i];

		if (strcmp(m->name, name) || !visible(x, m))
			continue;
		if (fits(m, args)) {
			if (!m->is_stdlib)
				return m;
			lib = lib ? lib : m;
		} else if (!*closest || m->params.nr == args->nr) {
			*closest = m;
		}
	}
	return lib;
}

static const char *param_kind(int kind)
{
	return kind == PARAM_VAR ? "a variable" : kind == PARAM_MAP ? "a map" : "an expression";
}

static const char *arg_kind(const struct expr *e)
{
	return e->kind == EX_VAR		  ? "a variable"
	       : e->kind == EX_MAP && !e->map.key ? "a map"
						  : "an expression";
}

static void no_match(struct clone *x, const struct expr *e, const struct macro *m)
{
	struct check *c = x->c;
	struct loc loc = clone__loc(x, e->loc);
	const expr_vec *args = &e->call.args;
	size_t nr = e->kind == EX_CALL ? args->nr : 0;
	struct diag *d = check__error(c, loc, "E_MACRO_NO_MATCH",
				      "no definition of the macro %s fits this call", m->name);

	if (m->params.nr != nr) {
		check__context(c, d, m->loc, "%s takes %zu argument%s, the call gives %zu", m->name,
			       m->params.nr, m->params.nr == 1 ? "" : "s", nr);
		return;
	}
	for (size_t i = 0; i < nr; i++) {
		if (kind_fits(&m->params.v[i], args->v[i]))
			continue;
		check__context(c, d, m->loc, "parameter %zu of %s is %s, the call gives %s", i + 1,
			       m->name, param_kind(m->params.v[i].kind), arg_kind(args->v[i]));
		return;
	}
}

/* --- expanding ---------------------------------------------------------------------- */

/* From the outermost call of what is open down to the innermost. */
static void add_chain(struct buf *b, const struct frame *f, const struct frame *open)
{
	if (f != open)
		add_chain(b, f->up, open);
	buf__printf(b, "%s > ", f->name);
}

bool macro__recurs(struct clone *x, struct loc loc, const void *of)
{
	const struct frame *open = x->frame;
	struct buf chain = { 0 };

	while (open && open->m != of && open->fn != of)
		open = open->up;
	if (!open)
		return false;
	add_chain(&chain, x->frame, open);
	buf__str(&chain, open->name);
	if (open->fn)
		check__error(x->c, loc, "E_FN_RECURSION", "the function %s calls itself: %s",
			     open->name, chain.s);
	else
		check__error(x->c, loc, "E_MACRO_RECURSION", "the macro %s expands itself: %s",
			     open->name, chain.s);
	buf__free(&chain);
	return true;
}

/* The end of an expansion: that of the outermost call tells of what grew too large. */
struct expr *macro__close(struct clone *x, struct expr *e)
{
	struct growth *g = &x->c->growth;

	if (--g->open || !g->stopped)
		return e;
	if (!g->reported)
		check__error(x->c, e->loc, "E_SYN_LIMIT",
			     "this expands to too much, the limit is %d expressions "
			     "in a script and a depth of %d",
			     MAX_NODES, MAX_DEPTH);
	g->reported = true;
	return clone__poison(x, e->loc);
}

struct expr *macro__again(struct clone *x, const struct expr *e)
{
	x->c->growth.open++;
	return macro__close(x, clone__expr(x, e));
}

static struct expr *expand(struct clone *x, const struct expr *e, const struct macro *m,
			   const expr_vec *args)
{
	struct loc loc = clone__loc(x, e->loc);
	struct expansion *via = NEW(x->c->a, struct expansion);
	struct frame f = { .up = x->frame, .m = m, .name = m->name, .via = via };
	struct clone body = { .c = x->c, .expand = true, .frame = &f };
	struct expr *n;
	struct loc fixed;

	if (macro__recurs(x, loc, m))
		return clone__poison(x, loc);
	via->call = loc;
	((struct macro *)m)->used = true;
	if (m->is_stdlib) {
		/* What is wrong in there is the call's fault. */
		fixed = loc;
		fixed.via = via;
		body.fixed = &fixed;
		vec_push(x->c->a, &x->c->lib, via);
	}
	for (size_t i = 0; i < args->nr; i++)
		vec_push(x->c->a, &f.args, clone__expr(x, args->v[i]));
	n = NEW(x->c->a, struct expr);
	n->kind = EX_BLOCK;
	n->loc = loc;
	x->c->growth.open++;
	n->block = clone__block(&body, m->body);
	return macro__close(x, n);
}

struct expr *macro__call(struct clone *x, const struct expr *e)
{
	const struct macro *closest, *m = choose(x, e->call.name, &e->call.args, &closest);
	struct expr *body = m && !m->is_stdlib ? NULL : fn__call(x, e);

	if (body)
		return body;
	if (m)
		return expand(x, e, m, &e->call.args);
	/* A macro may bear the name of a builtin and serve other arguments. */
	if (!closest || builtin__find(e->call.name))
		return NULL;
	no_match(x, e, closest);
	return clone__poison(x, clone__loc(x, e->loc));
}

/* --- C macros --------------------------------------------------------------------------- */

static bool is_open_name(const struct frame *f, const char *name)
{
	for (; f; f = f->up) {
		if (!f->m && !f->fn && !strcmp(f->name, name))
			return true;
	}
	return false;
}

static struct expr *parse_text(struct check *c, const char *text)
{
	/* Its errors would show a place that the script does not have. */
	struct diags *quiet = diags__new(c->a);
	struct source *src = source__new(c->a, "macro", NULL, text, strlen(text));
	struct expr *e = parse_expr(c->a, quiet, src);

	return diags__nr_errors(quiet) ? NULL : e;
}

static struct expr *expand_c(struct clone *x, const struct expr *e, const char *text)
{
	struct loc loc = clone__loc(x, e->loc);
	struct frame f = { .up = x->frame, .name = e->ident.name, .via = loc.via };
	struct clone body = { .c = x->c, .expand = true, .frame = &f, .fixed = &loc };
	struct expr *parsed = parse_text(x->c, text);

	if (parsed)
		return macro__again(&body, parsed);
	check__error(x->c, loc, "E_CMACRO_EXPR", "the C macro %s is not an expression: %s",
		     e->ident.name, text);
	return clone__poison(x, loc);
}

/* --- parameters -------------------------------------------------------------------------- */

static struct expr *copy_arg(struct clone *x, struct expr *arg)
{
	struct expr *e = clone_expr(x->c, arg), *block;

	if (e->kind != EX_MAP || e->map.key)
		return e;
	/* As an expression a map is its value: it cannot be cleared through it. */
	block = NEW(x->c->a, struct expr);
	block->kind = EX_BLOCK;
	block->loc = e->loc;
	block->block = NEW(x->c->a, struct block);
	block->block->loc = e->loc;
	block->block->value = e;
	return block;
}

struct expr *macro__ident(struct clone *x, const struct expr *e)
{
	const struct macro *closest, *m;
	const expr_vec none = { 0 };
	struct expr *arg;
	const char *text;

	if (find_param(x->frame, e->ident.name, PARAM_EXPR, &arg))
		return copy_arg(x, arg);
	m = choose(x, e->ident.name, &none, &closest);
	if (m)
		return expand(x, e, m, &none);
	if (builtin__find(e->ident.name) || is_open_name(x->frame, e->ident.name))
		return NULL;
	if (closest) {
		no_match(x, e, closest);
		return clone__poison(x, clone__loc(x, e->loc));
	}
	text = ctypes__macro(x->c->types, e->ident.name);
	return text ? expand_c(x, e, text) : NULL;
}

struct expr *macro__var(struct clone *x, const struct expr *e)
{
	struct expr *arg;

	if (!find_param(x->frame, e->var.name, PARAM_VAR, &arg))
		return NULL;
	return clone_expr(x->c, arg);
}

/* Once for a macro and a map. The map stays, so that nothing else is wrong with its uses. */
static void foreign_map(struct clone *x, const struct expr *e)
{
	const struct macro *m = x->frame->m;
	const char *key = arena__printf(x->c->a, "E_MACRO_MAP %p %s", (const void *)m, e->map.name);
	struct diag *d;

	if (strmap__get(x->c->reported, key))
		return;
	strmap__set(x->c->reported, key, x->c);
	d = check__error(x->c, clone__loc(x, e->loc), "E_MACRO_MAP",
			 "the macro %s uses %s, which is not among its parameters", m->name,
			 e->map.name);
	check__hint(x->c, d, "pass the map: macro %s(%s)", m->name, e->map.name);
	check__map(x->c, e->map.name, e->loc)->assigned = true;
}

struct expr *macro__map(struct clone *x, const struct expr *e)
{
	struct expr *arg, *n;

	if (!x->frame->m)
		return NULL;
	if (!find_param(x->frame, e->map.name, PARAM_MAP, &arg)) {
		foreign_map(x, e);
		return NULL;
	}
	n = clone_expr(x->c, arg);
	n->loc = clone__loc(x, e->loc);
	n->map.key = e->map.key ? clone__expr(x, e->map.key) : NULL;
	return n;
}

static void add_suffixes(struct check *c, struct type_expr *to, const struct type_expr *from)
{
	struct type_expr old = *to;

	to->suffix.v = NULL;
	to->suffix.nr = to->suffix.room = 0;
	for (size_t i = 0; i < old.suffix.nr; i++)
		vec_push(c->a, &to->suffix, old.suffix.v[i]);
	for (size_t i = 0; i < from->suffix.nr; i++)
		vec_push(c->a, &to->suffix, from->suffix.v[i]);
}

static struct type_expr *type_of_arg(struct clone *x, const struct expr *arg)
{
	struct type_expr *t = NEW(x->c->a, struct type_expr);

	if (arg->kind == EX_IDENT) {
		t->name = arg->ident.name;
	} else if (arg->kind == EX_TYPEARG && arg->of.t) {
		*t = *arg->of.t;
		t->type = NULL;
	} else {
		t->of = clone_expr(x->c, arg->kind == EX_TYPEARG ? arg->of.e : arg);
	}
	t->loc = arg->loc;
	return t;
}

/* `(t*)p` where t is a parameter. */
struct type_expr *macro__type(struct clone *x, const struct type_expr *t)
{
	struct type_expr *n;
	struct expr *arg;

	if (!t->name || !find_param(x->frame, t->name, PARAM_EXPR, &arg))
		return NULL;
	n = type_of_arg(x, arg);
	if (t->tag)
		n->tag = t->tag;
	add_suffixes(x->c, n, t);
	return n;
}

static bool push_path(struct clone *x, const struct expr *e, struct expr *to)
{
	if (e->kind == EX_FIELD) {
		if (!push_path(x, e->field.e, to))
			return false;
		vec_push(x->c->a, &to->of.path, e->field.name);
		return true;
	}
	if (e->kind != EX_IDENT)
		return false;
	vec_push(x->c->a, &to->of.path, e->ident.name);
	return true;
}

bool macro__path(struct clone *x, const char *name, struct expr *to)
{
	struct expr *arg;

	return find_param(x->frame, name, PARAM_EXPR, &arg) && push_path(x, arg, to);
}

/* --- definitions --------------------------------------------------------------------------- */

static void check_new(struct clone *x, const char *name, struct loc loc)
{
	struct expr *arg;

	if (find_param(x->frame, name, PARAM_VAR, &arg))
		check__error(x->c, clone__loc(x, loc), "E_SHADOW",
			     "$%s is a parameter of the macro", name);
}

void macro__stmt(struct clone *x, const struct stmt *s)
{
	if (!x->frame->m)
		return;
	if (s->kind == ST_RETURN)
		check__error(x->c, clone__loc(x, s->loc), "E_RETURN_PLACE",
			     "a macro cannot return from the probe");
	if ((s->kind == ST_BREAK || s->kind == ST_CONTINUE) && !x->frame->loops)
		check__error(x->c, clone__loc(x, s->loc), "E_LOOP_ONLY",
			     "`%s` in a macro needs a loop in the macro",
			     s->kind == ST_BREAK ? "break" : "continue");
	if (s->kind == ST_LET)
		check_new(x, s->let.name, s->let.name_loc);
	if (s->kind == ST_FOR_RANGE || s->kind == ST_FOR_MAP)
		check_new(x, s->each.name, s->each.name_loc);
}

static void check_params(struct check *c, const struct macro *m)
{
	for (size_t i = 0; i < m->params.nr; i++) {
		for (size_t k = 0; k < i; k++) {
			const struct macro_param *p = &m->params.v[i];

			if (p->kind == m->params.v[k].kind && !strcmp(p->name, m->params.v[k].name))
				check__error(c, p->loc, "E_MACRO_DUP_PARAM",
					     "the macro %s has two parameters called %s", m->name,
					     p->name);
		}
	}
}

/* Every call that fits @later fits @first too. */
static bool hides(const struct macro *first, const struct macro *later)
{
	if (strcmp(first->name, later->name) || first->params.nr != later->params.nr ||
	    first->is_stdlib != later->is_stdlib)
		return false;
	for (size_t i = 0; i < first->params.nr; i++) {
		if (first->params.v[i].kind != PARAM_EXPR &&
		    first->params.v[i].kind != later->params.v[i].kind)
			return false;
	}
	return true;
}

/* Does a text of the library define @name? A definition begins its line. */
static bool defines(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *s = text; (s = strstr(s, "\nmacro ")); s++) {
		if (!strncmp(s + 7, name, len) && s[7 + len] == '(')
			return true;
	}
	return false;
}

static void load_text(struct check *c, size_t i)
{
	const struct stdlib_text *t = &stdlib_texts[i];
	struct program *lib = parse(c->a, c->d, source__new(c->a, t->name, NULL, t->text, t->len));

	c->lib_loaded[i] = true;
	for (size_t k = 0; k < lib->macros.nr; k++) {
		lib->macros.v[k]->is_stdlib = true;
		vec_push(c->a, &c->p->macros, lib->macros.v[k]);
	}
}

void macro__load_stdlib(struct check *c, const char *name)
{
	if (!c->lib_loaded)
		c->lib_loaded = arena__alloc(c->a, nr_stdlib_texts);
	for (size_t i = 0; i < nr_stdlib_texts; i++) {
		if (!c->lib_loaded[i] && (!name || defines(stdlib_texts[i].text, name)))
			load_text(c, i);
	}
}

void macro__check(struct check *c)
{
	struct diag *d;

	for (size_t i = 0; i < c->p->macros.nr; i++) {
		const struct macro *m = c->p->macros.v[i];

		check_params(c, m);
		for (size_t k = 0; k < i; k++) {
			if (!hides(c->p->macros.v[k], m))
				continue;
			d = check__error(c, m->loc, "E_MACRO_REDEF",
					 "an earlier definition of the macro %s takes every call "
					 "of this one",
					 m->name);
			check__context(c, d, c->p->macros.v[k]->loc, "the earlier definition");
			break;
		}
	}
}

/* What stands for a parameter where nothing calls the macro. */
static struct expr *stand_in(struct check *c, const struct macro_param *p)
{
	struct expr *e = NEW(c->a, struct expr);

	e->loc = p->loc;
	switch (p->kind) {
	case PARAM_VAR:
		e->kind = EX_VAR;
		e->var.name = p->name;
		break;
	case PARAM_MAP:
		e->kind = EX_MAP;
		e->map.name = p->name;
		break;
	default: e->kind = EX_IDENT; e->ident.name = p->name;
	}
	return e;
}

void macro__check_unused(struct check *c)
{
	for (size_t i = 0; i < c->p->macros.nr; i++) {
		const struct macro *m = c->p->macros.v[i];
		struct frame f = { .m = m, .name = m->name };
		struct clone x = { .c = c, .expand = true, .frame = &f };

		if (m->used || m->is_stdlib)
			continue;
		for (size_t k = 0; k < m->params.nr; k++)
			vec_push(c->a, &f.args, stand_in(c, &m->params.v[k]));
		c->growth.open++;
		clone__block(&x, m->body);
		c->growth.open--;
		c->growth.stopped = c->growth.reported;
	}
}

struct block *macro__expand_block(struct check *c, const struct block *b)
{
	struct clone x = { .c = c, .expand = true };

	return clone__block(&x, b);
}

struct expr *macro__expand_expr(struct check *c, const struct expr *e)
{
	struct clone x = { .c = c, .expand = true };

	return e ? clone__expr(&x, e) : NULL;
}
