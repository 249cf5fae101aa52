// SPDX-License-Identifier: Apache-2.0
/*
 * Expressions by precedence climbing over one operator table, and types. What
 * `(` begins is decided by looking ahead in silence: a record, a cast, a tuple
 * or a group. A group has no node; its parentheses only widen the place of the
 * expression inside.
 */
#include <limits.h>
#include <string.h>

#include "parse.h"

struct expr *parse__new(struct parser *p, enum expr_kind kind, struct loc loc)
{
	struct expr *e = NEW(p->a, struct expr);

	e->kind = kind;
	e->loc = loc;
	return e;
}

/* What stands for an expression that could not be read. */
static struct expr *no_expr(struct parser *p)
{
	return parse__new(p, EX_INT, p->tok.loc);
}

static bool is_word_of(const struct token *t, const char *const *words, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (token__is(t, words[i]))
			return true;
	return false;
}

/* argN and sargN */
static bool is_numbered_arg(const char *s, size_t len)
{
	size_t at = len && *s == 's' ? 4 : 3;

	if (len <= at || strncmp(s + (at - 3), "arg", 3))
		return false;
	for (; at < len; at++)
		if (!is_digit(s[at]))
			return false;
	return true;
}

bool parse__is_builtin(const struct token *t)
{
	static const char *const names[] = {
		"args",
		"ctx",
		"kstack",
		"nsecs",
		"pid",
		"tid",
		"ustack",
		"__builtin_comm",
		"__builtin_cpid",
		"__builtin_cpu",
		"__builtin_dw_ustack",
		"__builtin_elapsed",
		"__builtin_func",
		"__builtin_ncpus",
		"__builtin_probe",
		"__builtin_retval",
		"__builtin_usermode",
	};

	return is_word_of(t, names, COUNT_OF(names)) ||
	       is_numbered_arg(t->loc.src->text + t->loc.begin, t->loc.end - t->loc.begin);
}

/* Identifiers that cannot be a type, wherever they stand. */
static bool is_operator_word(const struct token *t)
{
	static const char *const words[] = {
		"true", "false", "if", "comptime", "sizeof", "offsetof", "typeinfo",
	};

	return is_word_of(t, words, COUNT_OF(words));
}

static bool is_tag_word(const struct token *t)
{
	static const char *const words[] = { "struct", "union", "enum" };

	return t->kind == T_IDENT && is_word_of(t, words, COUNT_OF(words));
}

/* --- types ---------------------------------------------------------------------- */

/*
 * Does a type begin with @t, whose end is `)` (or ',' if @comma)? *t becomes
 * that end. Words of the grammar are expressions, any other name may be a type.
 */
static bool looks_like_type(struct parser *p, struct token *t, bool comma)
{
	if (t->kind != T_IDENT || parse__is_builtin(t) || is_operator_word(t))
		return false;
	lex__peek(&p->lx, t->loc.end, t);
	for (;;) {
		if (t->kind == T_LBRACK) {
			lex__peek(&p->lx, t->loc.end, t);
			if (t->kind == T_INT)
				lex__peek(&p->lx, t->loc.end, t);
			if (t->kind != T_RBRACK)
				return false;
		} else if (t->kind != T_STAR) {
			return t->kind == T_RPAREN || (comma && t->kind == T_COMMA);
		}
		lex__peek(&p->lx, t->loc.end, t);
	}
}

/* The inside of sizeof(…), typeof(…) and the like: exactly one of @t and @e. */
static void type_or_expr(struct parser *p, struct type_expr **t, struct expr **e)
{
	struct token first;

	parse__peek(p);
	first = p->tok;
	if (!p->panic &&
	    (is_tag_word(&first) || (first.kind == T_IDENT && token__is(&first, "typeof")) ||
	     looks_like_type(p, &first, true)))
		*t = parse__type(p);
	else
		*e = parse__expression(p);
}

static void type_suffixes(struct parser *p, struct type_expr *t)
{
	int64_t n;

	for (;;) {
		if (parse__accept(p, T_STAR)) {
			vec_push(p->a, &t->suffix, -1);
		} else if (parse__accept(p, T_LBRACK)) {
			n = -2;
			if (parse__peek(p) == T_INT)
				n = (int64_t)(parse__take(p).num & INT64_MAX);
			vec_push(p->a, &t->suffix, n);
			parse__expect(p, T_RBRACK, "']' of the array type");
		} else {
			return;
		}
	}
}

struct type_expr *parse__type(struct parser *p)
{
	struct type_expr *t = NEW(p->a, struct type_expr);
	bool entered = parse__enter(p);

	parse__peek(p);
	t->loc = p->tok.loc;
	if (entered && parse__at_word(p, "typeof")) {
		parse__take(p);
		parse__expect(p, T_LPAREN, "'(' after 'typeof'");
		type_or_expr(p, &t->of_type, &t->of);
		parse__expect(p, T_RPAREN, "')'");
	} else {
		if (entered && parse__peek(p) == T_IDENT && is_tag_word(&p->tok))
			t->tag = parse__take(p).text;
		t->name = "";
		if (parse__peek(p) == T_IDENT)
			t->name = parse__take(p).text;
		else
			parse__expected(p, t->tag ? "a name of the type" : "a type");
	}
	type_suffixes(p, t);
	parse__leave(p);
	t->loc = parse__from(p, t->loc);
	return t;
}

/* --- what begins with a parenthesis ------------------------------------------------ */

/* Can the token begin an expression, so that `(name)` before it is a cast? */
static bool is_cast_operand(enum tok kind)
{
	switch (kind) {
	case T_INT:
	case T_STR:
	case T_IDENT:
	case T_VAR:
	case T_MAP:
	case T_PARAM:
	case T_NPARAM:
	case T_LPAREN:
	case T_MINUS:
	case T_DEC:
	case T_NOT:
	case T_TILDE:
	case T_STAR:
	case T_AMP: return true;
	default: return false;
	}
}

/* p->tok is '(' and @first the token behind it. */
static bool looks_like_cast(struct parser *p, const struct token *first)
{
	struct token t = *first;

	if (t.kind != T_IDENT)
		return false;
	if (is_tag_word(&t) || token__is(&t, "typeof"))
		return true;
	if (!looks_like_type(p, &t, false))
		return false;
	lex__peek(&p->lx, t.loc.end, &t);
	return is_cast_operand(t.kind);
}

static struct expr *parse_unary(struct parser *p);

static struct expr *parse_cast(struct parser *p)
{
	struct expr *e = parse__new(p, EX_CAST, parse__take(p).loc);

	e->cast.to = parse__type(p);
	parse__expect(p, T_RPAREN, "')' after the type");
	e->cast.e = parse_unary(p);
	e->loc = parse__from(p, e->loc);
	return e;
}

static bool looks_like_record(struct parser *p, const struct token *first)
{
	struct token t;

	if (first->kind != T_IDENT || parse__is_builtin(first))
		return false;
	lex__peek(&p->lx, first->loc.end, &t);
	return t.kind == T_ASSIGN;
}

static struct expr *parse_record(struct parser *p)
{
	struct expr *e = parse__new(p, EX_RECORD, parse__take(p).loc);
	struct strmap *seen = strmap__new(p->a);
	struct field_init f;

	do {
		if (parse__peek(p) != T_IDENT) {
			parse__expected(p, "a field name");
			break;
		}
		f.name = parse__take(p).text;
		if (strmap__get(seen, f.name))
			parse__error(p, p->tok.loc, "E_SYN_EXPECTED",
				     "expected a new field name, the record has '%s' already",
				     f.name);
		strmap__set(seen, f.name, e);
		parse__expect(p, T_ASSIGN, "'=' after the field name");
		f.value = parse__expression(p);
		vec_push(p->a, &e->record, f);
	} while (parse__accept(p, T_COMMA));
	parse__expect(p, T_RPAREN, "')' after the record");
	e->loc = parse__from(p, e->loc);
	return e;
}

/* Behind `(first,` */
static struct expr *parse_tuple(struct parser *p, struct loc begin, struct expr *first)
{
	struct expr *e = parse__new(p, EX_TUPLE, begin);

	if (first)
		vec_push(p->a, &e->tuple, first);
	while (first && !p->panic && parse__peek(p) != T_RPAREN) {
		struct expr *item = parse__expression(p);

		vec_push(p->a, &e->tuple, item);
		if (!parse__accept(p, T_COMMA))
			break;
	}
	parse__expect(p, T_RPAREN, "',' or ')' in the tuple");
	e->loc = parse__from(p, e->loc);
	return e;
}

static struct expr *parse_paren(struct parser *p)
{
	struct loc begin = p->tok.loc;
	struct token first;
	struct expr *e;

	parse__ahead(p, &first);
	if (looks_like_cast(p, &first))
		return parse_cast(p);
	if (looks_like_record(p, &first))
		return parse_record(p);
	parse__take(p);
	if (first.kind == T_RPAREN)
		return parse_tuple(p, begin, NULL);
	e = parse__expression(p);
	if (parse__accept(p, T_COMMA))
		return parse_tuple(p, begin, e);
	parse__expect(p, T_RPAREN, "')'");
	if (!p->panic)
		e->loc = parse__from(p, begin);
	return e;
}

/* --- primaries ------------------------------------------------------------------ */

struct expr *parse__condition(struct parser *p)
{
	struct expr *e;

	if (parse__peek(p) != T_LPAREN)
		return parse_unary(p);
	parse__take(p);
	e = parse__expression(p);
	parse__expect(p, T_RPAREN, "')' after the condition");
	if (parse__is_binary(parse__peek(p))) {
		struct diag *x = parse__expected(p, "'{' after the condition");

		if (x)
			diag__hint(p->d, x, "put the whole condition in one pair of parentheses");
	}
	return e;
}

struct expr *parse__block_expr(struct parser *p)
{
	struct expr *e = parse__new(p, EX_BLOCK, p->tok.loc);

	e->block = parse__block(p, "'{'");
	e->loc = e->block->loc;
	return e;
}

/* `else if` becomes a block with the inner `if` as its value. */
static struct expr *parse_else(struct parser *p)
{
	struct expr *e;

	if (!parse__at_word(p, "if")) {
		e = parse__new(p, EX_BLOCK, p->tok.loc);
		e->block = parse__block(p, "'{' or 'if' after 'else'");
	} else {
		struct expr *inner;

		inner = parse__enter(p) ? parse__if(p) : no_expr(p);
		parse__leave(p);
		e = parse__new(p, EX_BLOCK, inner->loc);
		e->block = NEW(p->a, struct block);
		e->block->loc = inner->loc;
		e->block->value = inner;
	}
	e->loc = e->block->loc;
	return e;
}

struct expr *parse__if(struct parser *p)
{
	struct expr *e = parse__new(p, EX_COND, p->tok.loc);

	e->cond.is_if = true;
	parse__take(p);
	e->cond.c = parse__condition(p);
	e->cond.a = parse__new(p, EX_BLOCK, p->tok.loc);
	e->cond.a->block = parse__block(p, "'{' after the condition");
	e->cond.a->loc = e->cond.a->block->loc;
	if (parse__at_word(p, "else")) {
		parse__take(p);
		e->cond.b = parse_else(p);
	}
	e->loc = parse__from(p, e->loc);
	return e;
}

static struct expr *parse_arg(struct parser *p)
{
	struct token next;
	struct expr *e;

	parse__ahead(p, &next);
	/* container_of(p, struct s, member) */
	if (parse__peek(p) == T_IDENT && is_tag_word(&p->tok) && next.kind == T_IDENT) {
		e = parse__new(p, EX_TYPEARG, p->tok.loc);
		e->of.t = parse__type(p);
		e->loc = parse__from(p, e->loc);
		return e;
	}
	if (!parse__at_word(p, "typeof") || next.kind != T_LPAREN)
		return parse__expression(p);
	e = parse__new(p, EX_TYPEARG, parse__take(p).loc);
	parse__take(p);
	type_or_expr(p, &e->of.t, &e->of.e);
	parse__expect(p, T_RPAREN, "')'");
	e->loc = parse__from(p, e->loc);
	return e;
}

static struct expr *parse_call(struct parser *p, const struct token *name)
{
	struct expr *e = parse__new(p, EX_CALL, name->loc);

	e->call.name = name->text;
	parse__take(p);
	if (!parse__accept(p, T_RPAREN)) {
		do {
			struct expr *arg = parse_arg(p);

			vec_push(p->a, &e->call.args, arg);
		} while (parse__accept(p, T_COMMA));
		parse__expect(p, T_RPAREN, "',' or ')' in the call");
	}
	e->loc = parse__from(p, e->loc);
	return e;
}

/* @m or @m[a, b] */
static struct expr *parse_map(struct parser *p)
{
	struct token name = parse__take(p);
	struct expr *e = parse__new(p, EX_MAP, name.loc), *key, *tuple;

	e->map.name = name.text;
	if (!parse__accept(p, T_LBRACK))
		return e;
	key = parse__expression(p);
	e->map.key = key;
	if (parse__peek(p) == T_COMMA) {
		tuple = parse__new(p, EX_TUPLE, key->loc);
		vec_push(p->a, &tuple->tuple, key);
		while (parse__accept(p, T_COMMA)) {
			key = parse__expression(p);
			vec_push(p->a, &tuple->tuple, key);
		}
		tuple->loc = loc__span(tuple->loc, key->loc);
		e->map.key = tuple;
	}
	parse__expect(p, T_RBRACK, "',' or ']' in the map key");
	e->loc = parse__from(p, e->loc);
	return e;
}

/* sizeof(T), typeinfo(T), offsetof(T, a.b) */
static struct expr *parse_of(struct parser *p, enum expr_kind kind)
{
	struct token word = parse__take(p);
	struct expr *e = parse__new(p, kind, word.loc);

	parse__expect(p, T_LPAREN, arena__printf(p->a, "'(' after '%s'", word.text));
	type_or_expr(p, &e->of.t, &e->of.e);
	if (kind == EX_OFFSETOF) {
		parse__expect(p, T_COMMA, "',' and a member");
		do {
			if (parse__peek(p) != T_IDENT) {
				parse__expected(p, "a member name");
				break;
			}
			vec_push(p->a, &e->of.path, parse__take(p).text);
		} while (parse__accept(p, T_DOT));
	}
	parse__expect(p, T_RPAREN, "')'");
	e->loc = parse__from(p, e->loc);
	return e;
}

static struct expr *parse_comptime(struct parser *p)
{
	struct expr *e = parse__new(p, EX_COMPTIME, parse__take(p).loc);

	e->comptime = parse_unary(p);
	e->loc = parse__from(p, e->loc);
	return e;
}

static struct expr *parse_bool(struct parser *p, bool b)
{
	struct expr *e = parse__new(p, EX_BOOL, parse__take(p).loc);

	e->b = b;
	return e;
}

static struct expr *parse_word(struct parser *p)
{
	static const char *const not_values[] = {
		"else", "for",	  "while", "return", "break",  "continue",
		"let",	"struct", "union", "enum",   "typeof",
	};
	struct token name;
	struct expr *e;

	if (parse__at_word(p, "if"))
		return parse__if(p);
	if (parse__at_word(p, "true") || parse__at_word(p, "false"))
		return parse_bool(p, parse__at_word(p, "true"));
	if (parse__at_word(p, "sizeof"))
		return parse_of(p, EX_SIZEOF);
	if (parse__at_word(p, "offsetof"))
		return parse_of(p, EX_OFFSETOF);
	if (parse__at_word(p, "typeinfo"))
		return parse_of(p, EX_TYPEINFO);
	if (parse__at_word(p, "comptime"))
		return parse_comptime(p);
	if (is_word_of(&p->tok, not_values, COUNT_OF(not_values))) {
		parse__expected(p, "an expression");
		return no_expr(p);
	}
	name = parse__take(p);
	if (parse__peek(p) == T_LPAREN)
		return parse_call(p, &name);
	e = parse__new(p, EX_IDENT, name.loc);
	e->ident.name = name.text;
	return e;
}

static struct expr *parse_literal(struct parser *p)
{
	struct token t = parse__take(p);
	struct expr *e;

	if (t.kind == T_STR) {
		e = parse__new(p, EX_STR, t.loc);
		e->str.s = t.text;
		e->str.len = t.len;
	} else if (t.kind == T_INT) {
		e = parse__new(p, EX_INT, t.loc);
		e->i.num = t.num;
		e->i.is_hex = t.is_hex;
	} else {
		e = parse__new(p, EX_PARAM, t.loc);
		e->param = t.num < UINT_MAX ? (unsigned)t.num : UINT_MAX;
	}
	return e;
}

struct expr *parse__primary(struct parser *p)
{
	struct expr *e;

	switch (parse__peek(p)) {
	case T_INT:
	case T_STR:
	case T_PARAM: return parse_literal(p);
	case T_NPARAM: return parse__new(p, EX_NPARAM, parse__take(p).loc);
	case T_VAR:
		e = parse__new(p, EX_VAR, p->tok.loc);
		e->var.name = parse__take(p).text;
		return e;
	case T_MAP: return parse_map(p);
	case T_IDENT: return parse_word(p);
	case T_LPAREN: return parse_paren(p);
	case T_LBRACE: return parse__block_expr(p);
	default: parse__expected(p, "an expression"); return no_expr(p);
	}
}

/* --- postfix and unary ------------------------------------------------------------- */

static bool is_lvalue(const struct expr *e)
{
	return e->kind == EX_VAR || e->kind == EX_MAP;
}

static struct expr *new_incdec(struct parser *p, struct expr *e, bool dec, bool post,
			       struct loc loc)
{
	struct expr *x = parse__new(p, EX_INCDEC, loc);

	x->incdec.e = e;
	x->incdec.dec = dec;
	x->incdec.post = post;
	if (!p->panic && !is_lvalue(e))
		parse__error(p, e->loc, "E_SYN_INCDEC",
			     "'%s' needs a variable, a map or a map element", dec ? "--" : "++");
	return x;
}

/* `.name`, `->name` or `.0`; the '.' is taken. */
static struct expr *parse_member(struct parser *p, struct expr *of)
{
	struct expr *e = parse__new(p, EX_FIELD, of->loc);
	uint32_t i;

	e->field.e = of;
	e->field.name = "";
	if (parse__peek(p) == T_IDENT) {
		e->field.name = parse__take(p).text;
		return e;
	}
	for (i = p->tok.loc.begin; i < p->tok.loc.end; i++)
		if (!is_digit(p->src->text[i]))
			break;
	if (parse__peek(p) != T_INT || i < p->tok.loc.end) {
		parse__expected(p, "a field name or the number of a tuple's element");
		return e;
	}
	e->kind = EX_ELEM;
	e->elem.e = of;
	e->elem.n = p->tok.num < UINT_MAX ? (unsigned)p->tok.num : UINT_MAX;
	parse__take(p);
	return e;
}

static struct expr *parse_index(struct parser *p, struct expr *of)
{
	struct expr *e = parse__new(p, EX_INDEX, of->loc);

	e->index.e = of;
	e->index.i = parse__expression(p);
	parse__expect(p, T_RBRACK, "']' after the index");
	return e;
}

static struct expr *parse_postfix_of(struct parser *p, struct expr *e)
{
	struct loc begin = e->loc;

	for (;;) {
		enum tok kind = parse__peek(p);

		if (kind != T_DOT && kind != T_ARROW && kind != T_LBRACK && kind != T_INC &&
		    kind != T_DEC)
			return e;
		if (!parse__chain(p))
			return e;
		parse__take(p);
		if (kind == T_LBRACK)
			e = parse_index(p, e);
		else if (kind == T_DOT || kind == T_ARROW)
			e = parse_member(p, e);
		else
			e = new_incdec(p, e, kind == T_DEC, true, e->loc);
		e->loc = parse__from(p, begin);
	}
}

static struct expr *parse_address(struct parser *p)
{
	struct expr *e = parse__new(p, EX_UNARY, parse__take(p).loc), *of;

	of = parse_unary(p);
	e->unary.op = OP_ADDR;
	e->unary.e = of;
	e->loc = parse__from(p, e->loc);
	if (!p->panic && (!is_lvalue(of) || (of->kind == EX_MAP && of->map.key)))
		parse__error(p, of->loc, "E_SYN_ADDRESS",
			     "'&' needs a variable or a map without key");
	return e;
}

static struct expr *parse_operator(struct parser *p, enum op op)
{
	struct expr *e = parse__new(p, EX_UNARY, parse__take(p).loc);

	e->unary.op = op;
	e->unary.e = parse_unary(p);
	e->loc = parse__from(p, e->loc);
	return e;
}

static struct expr *parse_prefix(struct parser *p)
{
	enum tok kind = parse__peek(p);
	struct loc loc = p->tok.loc;
	struct expr *e;

	/* A cast or `comptime` has taken all postfixes with its operand. */
	switch (kind) {
	case T_INC:
	case T_DEC:
		parse__take(p);
		e = parse_unary(p);
		return new_incdec(p, e, kind == T_DEC, false, parse__from(p, loc));
	case T_AMP: return parse_address(p);
	case T_MINUS: return parse_operator(p, OP_NEG);
	case T_NOT: return parse_operator(p, OP_NOT);
	case T_TILDE: return parse_operator(p, OP_INV);
	case T_STAR: return parse_operator(p, OP_DEREF);
	default: return parse_postfix_of(p, parse__primary(p));
	}
}

static struct expr *parse_unary(struct parser *p)
{
	struct expr *e = parse__enter(p) ? parse_prefix(p) : no_expr(p);

	parse__leave(p);
	return e;
}

/* --- binary and ternary --------------------------------------------------------------- */

static const struct {
	enum tok kind;
	enum op op;
	int prec; /* the higher, the tighter */
} binary_ops[] = {
	{ T_OROR, OP_LOR, 1 },	{ T_ANDAND, OP_LAND, 2 }, { T_PIPE, OP_OR, 3 },
	{ T_CARET, OP_XOR, 4 }, { T_AMP, OP_AND, 5 },	  { T_EQ, OP_EQ, 6 },
	{ T_NE, OP_NE, 6 },	{ T_LT, OP_LT, 7 },	  { T_LE, OP_LE, 7 },
	{ T_GT, OP_GT, 7 },	{ T_GE, OP_GE, 7 },	  { T_SHL, OP_SHL, 8 },
	{ T_SHR, OP_SHR, 8 },	{ T_PLUS, OP_ADD, 9 },	  { T_MINUS, OP_SUB, 9 },
	{ T_STAR, OP_MUL, 10 }, { T_SLASH, OP_DIV, 10 },  { T_PERCENT, OP_MOD, 10 },
};

static int find_binary(enum tok kind)
{
	size_t i;

	for (i = 0; i < COUNT_OF(binary_ops); i++)
		if (binary_ops[i].kind == kind)
			return (int)i;
	return -1;
}

bool parse__is_binary(enum tok kind)
{
	return find_binary(kind) >= 0;
}

bool parse__can_start_stmt(enum tok kind)
{
	return is_cast_operand(kind) || kind == T_LBRACE || kind == T_INC;
}

static bool closes_predicate(struct parser *p)
{
	struct token next;

	if (!p->in_pred || p->tok.kind != T_SLASH)
		return false;
	parse__ahead(p, &next);
	return next.kind == T_LBRACE;
}

static struct expr *parse_binary(struct parser *p, struct expr *left, int min_prec)
{
	struct expr *e;
	int i;

	for (;;) {
		i = find_binary(parse__peek(p));
		if (i < 0 || binary_ops[i].prec < min_prec || closes_predicate(p))
			return left;
		if (!parse__chain(p))
			return left;
		parse__take(p);
		e = parse__new(p, EX_BINARY, left->loc);
		e->bin.op = binary_ops[i].op;
		e->bin.l = left;
		e->bin.r = parse_binary(p, parse_unary(p), binary_ops[i].prec + 1);
		e->loc = loc__span(left->loc, e->bin.r->loc);
		left = e;
	}
}

/* c ? a : b; c ?: b */
static struct expr *parse_ternary(struct parser *p, struct expr *c)
{
	struct expr *e;

	if (!parse__accept(p, T_QUEST))
		return c;
	e = parse__new(p, EX_COND, c->loc);
	e->cond.c = c;
	parse__enter(p);
	if (!parse__accept(p, T_COLON)) {
		e->cond.a = parse__expression(p);
		parse__expect(p, T_COLON, "':' of the ternary operator");
	}
	e->cond.b = parse__expression(p);
	parse__leave(p);
	e->loc = loc__span(c->loc, e->cond.b->loc);
	return e;
}

struct expr *parse__expression(struct parser *p)
{
	return parse_ternary(p, parse_binary(p, parse_unary(p), 1));
}

/* @left is read already and has no postfix yet. */
struct expr *parse__expression_from(struct parser *p, struct expr *left)
{
	return parse_ternary(p, parse_binary(p, parse_postfix_of(p, left), 1));
}
