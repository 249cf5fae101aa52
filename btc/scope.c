// SPDX-License-Identifier: Apache-2.0
/*
 * Names of scratch variables. A walk over a unit, in the order of the text,
 * binds each use to its declaration; it also finds what needs no types: use
 * before assignment, shadowing, break outside a loop, unreachable statements.
 *
 * A silent walk before it finds the variables that old scripts use after the
 * block that first assigned them, when those lived as long as the probe: they
 * get a `let` at the top of the body.
 *
 * Macros are hygienic without renaming: a node that came from a macro's text
 * carries that expansion in its place, and a variable is found only by nodes
 * of the expansion that declared it.
 */
#include <string.h>

#include "check_priv.h"

struct scope {
	struct scope *up;
	VEC(struct cvar *) vars;
};

struct names {
	struct check *c;
	struct cunit *u;
	struct scope *top;
	unsigned loops, fors;
	unsigned unevaluated;
	struct stmt *body;		    /* of the function at hand */
	unsigned body_fors;		    /* open where it begins */
	bool silent;			    /* the first walk */
	VEC(const struct expr *) wide;	    /* silent: uses of variables whose block has ended */
	VEC(const struct expr *) undefined; /* one message for each name */
};

static void walk_block(struct names *n, struct block *b);
static void walk_expr(void *data, struct expr *e);

static struct cvar *find(const struct names *n, const char *name, const struct expansion *via)
{
	for (const struct scope *s = n->top; s; s = s->up) {
		for (size_t i = 0; i < s->vars.nr; i++) {
			struct cvar *v = s->vars.v[i];

			if (v->via == via && !strcmp(v->v.name, name))
				return v;
		}
	}
	return NULL;
}

static struct cvar *declare(struct names *n, const char *name, struct loc loc)
{
	struct cvar *v = NEW(n->c->a, struct cvar);

	v->v.name = name;
	v->v.loc = loc;
	v->v.id = (unsigned)n->u->vars.nr;
	v->v.depth = n->fors;
	v->via = loc.via;
	vec_push(n->c->a, &n->u->vars, v);
	vec_push(n->c->a, &n->top->vars, v);
	return v;
}

/* A declaration that must be new. */
static struct cvar *declare_new(struct names *n, const char *name, struct loc loc)
{
	struct cvar *old = find(n, name, loc.via);
	struct diag *d;

	if (old) {
		d = check__error(n->c, loc, "E_SHADOW", "$%s is already declared", name);
		check__context(n->c, d, old->v.loc, "the first declaration");
	}
	return declare(n, name, loc);
}

static void touch(struct names *n, struct cvar *v)
{
	if (n->fors > v->v.depth)
		v->v.captured = true;
}

/* Was the variable assigned without `let` in a block of the probe that has ended? */
static const struct cvar *ended(const struct names *n, const struct expr *e)
{
	for (size_t i = 0; i < n->u->vars.nr; i++) {
		const struct cvar *v = n->u->vars.v[i];

		if (v->implicit && !v->via && !e->loc.via && !strcmp(v->v.name, e->var.name))
			return v;
	}
	return NULL;
}

static void note_wide(struct names *n, const struct expr *e)
{
	if (!ended(n, e))
		return;
	for (size_t i = 0; i < n->wide.nr; i++) {
		if (!strcmp(n->wide.v[i]->var.name, e->var.name))
			return;
	}
	vec_push(n->c->a, &n->wide, e);
}

static void undefined(struct names *n, const struct expr *e)
{
	const char *name = e->var.name;
	struct diag *d;

	if (n->silent) {
		note_wide(n, e);
		return;
	}
	for (size_t i = 0; i < n->undefined.nr; i++) {
		const struct expr *first = n->undefined.v[i];

		if (first->loc.via == e->loc.via && !strcmp(first->var.name, name))
			return;
	}
	vec_push(n->c->a, &n->undefined, e);
	d = check__error(n->c, e->loc, "E_UNDEF_VAR", "$%s has no value here", name);
	for (size_t i = 0; i < n->u->vars.nr; i++) {
		struct cvar *v = n->u->vars.v[i];

		if (v->via != e->loc.via || strcmp(v->v.name, name))
			continue;
		check__context(n->c, d, v->v.loc, "this $%s ends with its block", name);
		check__hint(n->c, d, "write `let $%s;` before that block to keep the variable",
			    name);
		return;
	}
}

/* A read, or the operand of ++. */
static void use(struct names *n, struct expr *e, bool assigns)
{
	struct cvar *v = find(n, e->var.name, e->loc.via);

	if (!v) {
		undefined(n, e);
		return;
	}
	e->var.var = &v->v;
	touch(n, v);
	if (!v->v.assigned && !n->unevaluated && !assigns)
		check__warn(n->c, e->loc, "W_VAR_UNSET", "$%s is read before it is assigned",
			    e->var.name);
	v->v.used = true;
	if (assigns)
		v->v.assigned = true;
}

static void assign(struct names *n, struct stmt *s)
{
	struct expr *to = s->assign.to;
	struct cvar *v;

	walk_expr(n, s->assign.value);
	if (to->kind != EX_VAR) {
		walk_expr(n, to);
		return;
	}
	if (s->assign.compound) {
		use(n, to, true);
		return;
	}
	v = find(n, to->var.name, to->loc.via);
	if (!v) {
		v = declare(n, to->var.name, to->loc);
		v->implicit = true;
	}
	to->var.var = &v->v;
	v->v.assigned = true;
	touch(n, v);
}

static void walk_type(struct names *n, struct type_expr *t)
{
	n->unevaluated++;
	for (; t; t = t->of_type) {
		if (t->of)
			walk_expr(n, t->of);
	}
	n->unevaluated--;
}

static void let(struct names *n, struct stmt *s)
{
	struct cvar *v;

	walk_type(n, s->let.t);
	if (s->let.value)
		walk_expr(n, s->let.value);
	v = declare_new(n, s->let.name, s->let.name_loc);
	v->v.declared = s->let.t;
	v->v.assigned = s->let.value || s->let.param;
	v->late = !v->v.assigned;
	s->let.var = &v->v;
}

static void push(struct names *n, struct scope *s)
{
	memset(s, 0, sizeof(*s));
	s->up = n->top;
	n->top = s;
}

static void pop(struct names *n)
{
	n->top = n->top->up;
}

/* The body of a `for`: its variable lives inside it. */
static void walk_for(struct names *n, struct stmt *s)
{
	struct scope scope;
	struct cvar *v;

	if (s->kind == ST_FOR_RANGE) {
		walk_expr(n, s->each.from);
		walk_expr(n, s->each.to);
	}
	push(n, &scope);
	n->fors++;
	n->loops++;
	n->u->u.has_for = true;
	v = declare_new(n, s->each.name, s->each.name_loc);
	v->v.assigned = true;
	v->v.used = true;
	v->loop = true;
	s->each.var = &v->v;
	walk_block(n, s->each.body);
	n->loops--;
	n->fors--;
	pop(n);
}

static void walk_loop(struct names *n, struct stmt *s)
{
	struct diag *d;

	if (s->kind == ST_WHILE) {
		d = check__warn(n->c, s->loc, "W_WHILE", "`while` is deprecated");
		check__hint(n->c, d, "use a range: for ($i : 0..10) { … }");
	}
	walk_expr(n, s->loop.cond);
	n->loops++;
	walk_block(n, s->loop.body);
	n->loops--;
}

static void walk_jump(struct names *n, struct stmt *s)
{
	if (!n->loops)
		check__error(n->c, s->loc, "E_LOOP_ONLY", "`%s` outside a loop",
			     s->kind == ST_BREAK ? "break" : "continue");
}

/* The text of a function, and its result, which is declared around it. */
static void walk_body(struct names *n, struct stmt *s)
{
	struct stmt *outer = n->body;
	unsigned loops = n->loops, fors = n->body_fors;

	if (!fn__is_void(s->body.fn)) {
		s->body.var = &declare(n, s->body.name, s->body.name_loc)->v;
		s->body.var->assigned = true;
	}
	walk_type(n, s->body.t);
	n->body = s;
	n->body_fors = n->fors;
	n->loops = 0;
	walk_block(n, s->body.block);
	n->loops = loops;
	n->body_fors = fors;
	n->body = outer;
}

static void walk_return(struct names *n, struct stmt *s)
{
	if (s->e)
		walk_expr(n, s->e);
	if (!n->body)
		return;
	n->body->body.leaves |= n->fors > n->body_fors;
	n->body->body.returns |= s->e != NULL;
	if (n->body->body.var)
		touch(n, (struct cvar *)n->body->body.var);
}

static void walk_stmt(struct names *n, struct stmt *s)
{
	switch (s->kind) {
	case ST_EXPR:
	case ST_DISCARD: walk_expr(n, s->e); break;
	case ST_RETURN: walk_return(n, s); break;
	case ST_BODY: walk_body(n, s); break;
	case ST_ASSIGN: assign(n, s); break;
	case ST_LET: let(n, s); break;
	case ST_WHILE:
	case ST_UNROLL: walk_loop(n, s); break;
	case ST_FOR_RANGE:
	case ST_FOR_MAP: walk_for(n, s); break;
	case ST_BREAK:
	case ST_CONTINUE: walk_jump(n, s); break;
	case ST_IMPORT:
		check__error(n->c, s->loc, "E_IMPORT_NESTED",
			     "an import belongs at the top of the script, not inside a block");
		break;
	}
}

static bool ends_block(const struct stmt *s)
{
	switch (s->kind) {
	case ST_BREAK:
	case ST_CONTINUE:
	case ST_RETURN: return true;
	case ST_EXPR: return s->e->kind == EX_CALL && !strcmp(s->e->call.name, "exit");
	default: return false;
	}
}

static void find_unreachable(struct names *n, const struct block *b)
{
	size_t last = b->value ? b->stmts.nr : b->stmts.nr - 1;

	for (size_t i = 0; b->stmts.nr && i < last; i++) {
		if (!ends_block(b->stmts.v[i]))
			continue;
		check__warn(n->c, b->loc, "W_UNREACHABLE",
			    "what follows the %s in this block never runs",
			    b->stmts.v[i]->kind == ST_BREAK	 ? "break"
			    : b->stmts.v[i]->kind == ST_CONTINUE ? "continue"
			    : b->stmts.v[i]->kind == ST_RETURN	 ? "return"
								 : "exit()");
		return;
	}
}

static void walk_block(struct names *n, struct block *b)
{
	struct scope scope;

	if (!b)
		return;
	push(n, &scope);
	find_unreachable(n, b);
	for (size_t i = 0; i < b->stmts.nr; i++)
		walk_stmt(n, b->stmts.v[i]);
	if (b->value)
		walk_expr(n, b->value);
	pop(n);
}

static void walk_expr(void *data, struct expr *e)
{
	struct names *n = data;

	switch (e->kind) {
	case EX_VAR: use(n, e, false); break;
	case EX_BLOCK: walk_block(n, e->block); break;
	case EX_INCDEC:
		if (e->incdec.e->kind == EX_VAR)
			use(n, e->incdec.e, true);
		else
			walk_expr(n, e->incdec.e);
		break;
	case EX_UNARY:
		if (e->unary.op == OP_ADDR && e->unary.e->kind == EX_VAR)
			use(n, e->unary.e, true);
		else
			walk_expr(n, e->unary.e);
		break;
	case EX_SIZEOF:
	case EX_OFFSETOF:
	case EX_TYPEINFO:
	case EX_TYPEARG:
		n->unevaluated++;
		expr__children(e, walk_expr, n);
		n->unevaluated--;
		break;
	default: expr__children(e, walk_expr, n);
	}
}

static void walk_unit(struct names *n)
{
	n->u->vars.nr = 0;
	if (n->u->u.pred)
		walk_expr(n, n->u->u.pred);
	for (size_t i = 0; i < n->u->vars.nr; i++)
		n->u->vars.v[i]->implicit =
			false; /* a `let` in the body comes too late for those */
	walk_block(n, n->u->u.body);
}

/* A `let` for each use that the silent walk found. */
static void widen(struct names *n)
{
	struct block *b = n->u->u.body;
	struct block old = *b;

	memset(&b->stmts, 0, sizeof(b->stmts));
	for (size_t i = 0; i < n->wide.nr; i++) {
		const struct expr *use = n->wide.v[i];
		const char *name = use->var.name;
		struct stmt *s = NEW(n->c->a, struct stmt);
		struct diag *d;

		s->kind = ST_LET;
		s->let.name = name;
		s->loc = s->let.name_loc = ended(n, use)->v.loc;
		vec_push(n->c->a, &b->stmts, s);
		d = check__warn(n->c, use->loc, "W_VAR_SCOPE",
				"$%s is assigned only in blocks that have ended: "
				"it is empty here if none of them ran",
				name);
		check__context(n->c, d, s->loc, "its first assignment");
		check__hint(n->c, d, "write `let $%s;` before that block", name);
	}
	for (size_t i = 0; i < old.stmts.nr; i++)
		vec_push(n->c->a, &b->stmts, old.stmts.v[i]);
}

void scope__resolve(struct check *c, struct cunit *u)
{
	struct names n = { .c = c, .u = u, .silent = true };

	c->final = false; /* nothing is reported */
	walk_unit(&n);
	c->final = true;
	if (n.wide.nr)
		widen(&n);
	n.silent = false;
	walk_unit(&n);
	for (size_t i = 0; i < u->vars.nr; i++) {
		const struct var *v = &u->vars.v[i]->v;

		if (!v->assigned && !v->loc.via)
			check__warn(c, v->loc, "W_VAR_UNUSED", "$%s is declared but never assigned",
				    v->name);
	}
	u->u.nr_vars = (unsigned)u->vars.nr;
}
