// SPDX-License-Identifier: Apache-2.0
/*
 * The tree as text: a node a line, children indented by two blanks. Before the
 * check the probes are shown as written; after it the units, because each has
 * its own copy of a body with its own types.
 */
#include <inttypes.h>

#include "ast.h"
#include "probe.h"
#include "type.h"

struct dump {
	struct buf *out;
	struct arena *a; /* for names of types */
	int indent;
};

static const char *const op_text[] = {
	[OP_NEG] = "-",	  [OP_NOT] = "!",  [OP_INV] = "~", [OP_DEREF] = "*", [OP_ADDR] = "&",
	[OP_ADD] = "+",	  [OP_SUB] = "-",  [OP_MUL] = "*", [OP_DIV] = "/",   [OP_MOD] = "%",
	[OP_SHL] = "<<",  [OP_SHR] = ">>", [OP_AND] = "&", [OP_OR] = "|",    [OP_XOR] = "^",
	[OP_LAND] = "&&", [OP_LOR] = "||", [OP_EQ] = "==", [OP_NE] = "!=",   [OP_LT] = "<",
	[OP_LE] = "<=",	  [OP_GT] = ">",   [OP_GE] = ">=",
};

static void dump_expr(struct dump *d, const char *role, const struct expr *e);
static void dump_block(struct dump *d, const char *role, const struct block *b);

static void begin_line(struct dump *d, const char *role)
{
	buf__printf(d->out, "%*s%s%s", d->indent * 2, "", role ? role : "", role ? ": " : "");
}

static void end_line(struct dump *d)
{
	buf__str(d->out, "\n");
}

/* A node without further text and children. */
static void line(struct dump *d, const char *text)
{
	begin_line(d, NULL);
	buf__str(d->out, text);
	end_line(d);
}

/* --- types ------------------------------------------------------------------------ */

/* On the line of its owner; an inner expression cannot be, so the caller shows it. */
static void type_text(struct dump *d, const struct type_expr *t)
{
	size_t i;

	if (t->of_type) {
		buf__str(d->out, "typeof(");
		type_text(d, t->of_type);
		buf__str(d->out, ")");
	} else if (t->of) {
		buf__str(d->out, "typeof(...)");
	} else {
		buf__printf(d->out, "%s%s%s", t->tag ? t->tag : "", t->tag ? " " : "", t->name);
	}
	for (i = 0; i < t->suffix.nr; i++) {
		if (t->suffix.v[i] == -1)
			buf__str(d->out, "*");
		else if (t->suffix.v[i] == -2)
			buf__str(d->out, "[]");
		else
			buf__printf(d->out, "[%" PRId64 "]", t->suffix.v[i]);
	}
}

static void type_child(struct dump *d, const struct type_expr *t)
{
	for (; t; t = t->of_type)
		if (t->of)
			dump_expr(d, "typeof", t->of);
}

/* --- expressions ---------------------------------------------------------------------- */

/* The head line, without what the check found. */
static void expr_head(struct dump *d, const struct expr *e)
{
	struct buf *o = d->out;
	size_t i;

	switch (e->kind) {
	case EX_INT:
		buf__printf(o, e->i.is_hex ? "int 0x%" PRIx64 : "int %" PRIu64, e->i.num);
		break;
	case EX_STR:
		buf__str(o, "string ");
		buf__quote(o, e->str.s, e->str.len);
		break;
	case EX_BOOL: buf__str(o, e->b ? "bool true" : "bool false"); break;
	case EX_IDENT: buf__printf(o, "ident %s", e->ident.name); break;
	case EX_VAR: buf__printf(o, "var $%s", e->var.name); break;
	case EX_MAP: buf__printf(o, "map %s", e->map.name); break;
	case EX_PARAM: buf__printf(o, "param $%u", e->param); break;
	case EX_NPARAM: buf__str(o, "param $#"); break;
	case EX_CALL: buf__printf(o, "call %s", e->call.name); break;
	case EX_UNARY: buf__printf(o, "unary %s", op_text[e->unary.op]); break;
	case EX_INCDEC:
		buf__printf(o, "%s %s", e->incdec.post ? "postfix" : "prefix",
			    e->incdec.dec ? "--" : "++");
		break;
	case EX_BINARY: buf__printf(o, "binary %s", op_text[e->bin.op]); break;
	case EX_COND: buf__str(o, e->cond.is_if ? "if" : "ternary"); break;
	case EX_CAST:
		buf__str(o, "cast ");
		type_text(d, e->cast.to);
		break;
	case EX_FIELD: buf__printf(o, "field .%s", e->field.name); break;
	case EX_ELEM: buf__printf(o, "elem .%u", e->elem.n); break;
	case EX_INDEX: buf__str(o, "index"); break;
	case EX_TUPLE: buf__str(o, "tuple"); break;
	case EX_RECORD: buf__str(o, "record"); break;
	case EX_BLOCK: buf__str(o, "block"); break;
	case EX_SIZEOF:
	case EX_OFFSETOF:
	case EX_TYPEINFO:
	case EX_TYPEARG:
		buf__str(o, e->kind == EX_SIZEOF     ? "sizeof"
			    : e->kind == EX_OFFSETOF ? "offsetof"
			    : e->kind == EX_TYPEINFO ? "typeinfo"
						     : "typeof");
		if (e->of.t) {
			buf__str(o, " ");
			type_text(d, e->of.t);
		}
		for (i = 0; i < e->of.path.nr; i++)
			buf__printf(o, "%s%s", i ? "." : " .", e->of.path.v[i]);
		break;
	case EX_COMPTIME: buf__str(o, "comptime"); break;
	}
}

static void expr_checked(struct dump *d, const struct expr *e)
{
	const struct konst *k = e->konst;

	if (e->type)
		buf__printf(d->out, " :: %s", type__name(d->a, e->type));
	if (!k)
		return;
	buf__str(d->out, " = ");
	if (k->kind == KONST_STR)
		buf__quote(d->out, k->str, k->len);
	else if (k->kind == KONST_BOOL)
		buf__str(d->out, k->num ? "true" : "false");
	else if (e->type && e->type->is_signed)
		buf__printf(d->out, "%" PRId64, (int64_t)k->num);
	else
		buf__printf(d->out, "%" PRIu64, k->num);
}

static void dump_exprs(struct dump *d, const expr_vec *v)
{
	size_t i;

	for (i = 0; i < v->nr; i++)
		dump_expr(d, NULL, v->v[i]);
}

static void block_children(struct dump *d, const struct block *b);

static void expr_children(struct dump *d, const struct expr *e)
{
	size_t i;

	switch (e->kind) {
	case EX_MAP: dump_expr(d, "key", e->map.key); break;
	case EX_CALL: dump_exprs(d, &e->call.args); break;
	case EX_UNARY: dump_expr(d, NULL, e->unary.e); break;
	case EX_INCDEC: dump_expr(d, NULL, e->incdec.e); break;
	case EX_BINARY:
		dump_expr(d, NULL, e->bin.l);
		dump_expr(d, NULL, e->bin.r);
		break;
	case EX_COND:
		dump_expr(d, "cond", e->cond.c);
		dump_expr(d, "then", e->cond.a);
		dump_expr(d, "else", e->cond.b);
		break;
	case EX_CAST:
		type_child(d, e->cast.to);
		dump_expr(d, NULL, e->cast.e);
		break;
	case EX_FIELD: dump_expr(d, NULL, e->field.e); break;
	case EX_ELEM: dump_expr(d, NULL, e->elem.e); break;
	case EX_INDEX:
		dump_expr(d, NULL, e->index.e);
		dump_expr(d, NULL, e->index.i);
		break;
	case EX_TUPLE: dump_exprs(d, &e->tuple); break;
	case EX_RECORD:
		for (i = 0; i < e->record.nr; i++)
			dump_expr(d, e->record.v[i].name, e->record.v[i].value);
		break;
	case EX_BLOCK: block_children(d, e->block); break;
	case EX_SIZEOF:
	case EX_OFFSETOF:
	case EX_TYPEINFO:
	case EX_TYPEARG:
		type_child(d, e->of.t);
		dump_expr(d, NULL, e->of.e);
		break;
	case EX_COMPTIME: dump_expr(d, NULL, e->comptime); break;
	default: break;
	}
}

/* A missing part shows nothing. */
static void dump_expr(struct dump *d, const char *role, const struct expr *e)
{
	if (!e)
		return;
	begin_line(d, role);
	expr_head(d, e);
	expr_checked(d, e);
	end_line(d);
	d->indent++;
	expr_children(d, e);
	d->indent--;
}

/* --- statements ------------------------------------------------------------------------- */

static void dump_let(struct dump *d, const struct stmt *s)
{
	begin_line(d, NULL);
	buf__printf(d->out, "let $%s", s->let.name);
	if (s->let.t) {
		buf__str(d->out, " : ");
		type_text(d, s->let.t);
	}
	end_line(d);
	d->indent++;
	type_child(d, s->let.t);
	dump_expr(d, NULL, s->let.value);
	d->indent--;
}

static void dump_assign(struct dump *d, const struct stmt *s)
{
	begin_line(d, NULL);
	buf__printf(d->out, "assign %s=", s->assign.compound ? op_text[s->assign.op] : "");
	end_line(d);
	d->indent++;
	dump_expr(d, NULL, s->assign.to);
	dump_expr(d, NULL, s->assign.value);
	d->indent--;
}

static void dump_loop(struct dump *d, const struct stmt *s)
{
	line(d, s->kind == ST_WHILE ? "while" : "unroll");
	d->indent++;
	dump_expr(d, s->kind == ST_WHILE ? "cond" : "count", s->loop.cond);
	dump_block(d, "body", s->loop.body);
	d->indent--;
}

static void dump_each(struct dump *d, const struct stmt *s)
{
	begin_line(d, NULL);
	buf__printf(d->out, "for $%s", s->each.name);
	end_line(d);
	d->indent++;
	dump_expr(d, "from", s->each.from);
	dump_expr(d, "to", s->each.to);
	dump_expr(d, "in", s->each.map);
	dump_block(d, "body", s->each.body);
	d->indent--;
}

static void dump_body(struct dump *d, const struct stmt *s)
{
	begin_line(d, NULL);
	buf__printf(d->out, "body of %s : ", s->body.fn->name);
	type_text(d, s->body.t);
	end_line(d);
	d->indent++;
	block_children(d, s->body.block);
	d->indent--;
}

static void dump_with_expr(struct dump *d, const char *text, const struct expr *e)
{
	line(d, text);
	d->indent++;
	dump_expr(d, NULL, e);
	d->indent--;
}

static void dump_stmt(struct dump *d, const struct stmt *s)
{
	switch (s->kind) {
	case ST_EXPR: dump_expr(d, NULL, s->e); break;
	case ST_ASSIGN: dump_assign(d, s); break;
	case ST_LET: dump_let(d, s); break;
	case ST_WHILE:
	case ST_UNROLL: dump_loop(d, s); break;
	case ST_FOR_RANGE:
	case ST_FOR_MAP: dump_each(d, s); break;
	case ST_BREAK: line(d, "break"); break;
	case ST_CONTINUE: line(d, "continue"); break;
	case ST_RETURN: dump_with_expr(d, "return", s->e); break;
	case ST_DISCARD: dump_with_expr(d, "discard", s->e); break;
	case ST_BODY: dump_body(d, s); break;
	case ST_IMPORT:
		begin_line(d, "import");
		buf__str(d->out, s->import);
		end_line(d);
		break;
	}
}

static void block_children(struct dump *d, const struct block *b)
{
	size_t i;

	for (i = 0; i < b->stmts.nr; i++)
		dump_stmt(d, b->stmts.v[i]);
	dump_expr(d, "value", b->value);
}

static void dump_block(struct dump *d, const char *role, const struct block *b)
{
	if (!b)
		return;
	line(d, role);
	d->indent++;
	block_children(d, b);
	d->indent--;
}

/* --- root items ---------------------------------------------------------------------------- */

static void dump_config(struct dump *d, const struct config_entry *c)
{
	begin_line(d, "config");
	buf__printf(d->out, "%s = ", c->key);
	if (c->kind == CFG_INT)
		buf__printf(d->out, "%" PRIu64, c->num);
	else if (c->kind == CFG_BOOL)
		buf__str(d->out, c->num ? "true" : "false");
	else
		buf__quote(d->out, c->str, __builtin_strlen(c->str));
	end_line(d);
}

static void dump_c_defs(struct dump *d, const struct program *p)
{
	size_t i;

	for (i = 0; i < p->c_defs.nr; i++) {
		const char *s = p->c_defs.v[i].text;

		begin_line(d, "c");
		buf__quote(d->out, s, __builtin_strlen(s));
		end_line(d);
	}
}

static void dump_map_decl(struct dump *d, const struct map_decl *m)
{
	begin_line(d, NULL);
	buf__printf(d->out, "map %s = %s(%" PRIu64 ")", m->map, m->kind, m->entries);
	end_line(d);
}

static void dump_macro(struct dump *d, const struct macro *m)
{
	size_t i;

	begin_line(d, NULL);
	buf__printf(d->out, "macro %s(", m->name);
	for (i = 0; i < m->params.nr; i++)
		buf__printf(d->out, "%s%s%s", i ? ", " : "",
			    m->params.v[i].kind == PARAM_VAR ? "$" : "", m->params.v[i].name);
	buf__str(d->out, ")");
	end_line(d);
	d->indent++;
	block_children(d, m->body);
	d->indent--;
}

static void dump_subprog(struct dump *d, const struct subprog *f)
{
	size_t i;

	begin_line(d, NULL);
	buf__printf(d->out, "fn %s(", f->name);
	for (i = 0; i < f->params.nr; i++) {
		buf__printf(d->out, "%s$%s : ", i ? ", " : "", f->params.v[i].name);
		type_text(d, f->types.v[i]);
	}
	buf__str(d->out, ") : ");
	type_text(d, f->ret);
	end_line(d);
	d->indent++;
	block_children(d, f->body);
	d->indent--;
}

static void dump_attach(struct dump *d, const struct attach *ap)
{
	begin_line(d, "attach");
	if (ap->label)
		buf__printf(d->out, "%s = ", ap->label);
	buf__str(d->out, ap->name ? ap->name : ap->text);
	end_line(d);
}

static void dump_probe(struct dump *d, const struct probe *pr)
{
	size_t i;

	line(d, "probe");
	d->indent++;
	for (i = 0; i < pr->attach.nr; i++)
		dump_attach(d, pr->attach.v[i]);
	dump_expr(d, "pred", pr->pred);
	dump_block(d, "body", pr->body);
	d->indent--;
}

static void dump_unit(struct dump *d, const struct unit *u)
{
	size_t i;

	line(d, "unit");
	d->indent++;
	for (i = 0; i < u->attach.nr; i++)
		dump_attach(d, u->attach.v[i]);
	dump_expr(d, "pred", u->pred);
	dump_block(d, "body", u->body);
	d->indent--;
}

static void dump_imports(struct dump *d, const struct program *p)
{
	size_t i;

	for (i = 0; i < p->imports.nr; i++) {
		begin_line(d, "import");
		buf__str(d->out, p->imports.v[i].name);
		end_line(d);
	}
}

void ast__dump(const struct program *p, struct buf *out)
{
	struct dump d = { .out = out, .a = arena__new() };
	size_t i;

	dump_c_defs(&d, p);
	for (i = 0; i < p->config.nr; i++)
		dump_config(&d, &p->config.v[i]);
	dump_imports(&d, p);
	for (i = 0; i < p->map_decls.nr; i++)
		dump_map_decl(&d, p->map_decls.v[i]);
	for (i = 0; i < p->macros.nr; i++)
		if (!p->macros.v[i]->is_stdlib)
			dump_macro(&d, p->macros.v[i]);
	for (i = 0; i < p->subprogs.nr; i++)
		dump_subprog(&d, p->subprogs.v[i]);
	for (i = 0; i < p->probes.nr && !p->units.nr; i++)
		dump_probe(&d, p->probes.v[i]);
	for (i = 0; i < p->units.nr; i++)
		dump_unit(&d, p->units.v[i]);
	arena__free(d.a);
}
