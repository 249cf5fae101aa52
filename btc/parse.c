// SPDX-License-Identifier: Apache-2.0
/*
 * Recursive descent with one token of lookahead, lexed on demand; the few
 * places that need more look ahead in silence. A statement that has an error
 * is skipped to its ';' or to the end of the block; blocks inside the skipped
 * part are parsed all the same, for the errors in them.
 */
#include <string.h>
#include <strings.h>

#include "parse.h"

/* --- tokens ------------------------------------------------------------------- */

static void give_up(struct parser *p)
{
	diag__error(p->d, lex__loc(&p->lx, p->prev_end, p->prev_end), "E_SYN_LIMIT",
		    "too many syntax errors, the rest of the file was not read");
	p->gave_up = p->panic = p->quiet = p->open_told = true;
	parse__drop(p, (uint32_t)p->src->len);
}

enum tok parse__peek(struct parser *p)
{
	if (p->panic)
		return T_STOP;
	if (!p->have) {
		unsigned before = diags__nr_errors(p->d);

		lex__token(&p->lx, p->pos, &p->tok);
		p->have = true;
		p->nr_errors += diags__nr_errors(p->d) - before;
		/* Behind a guessed end anything may follow. */
		if (p->tok.broken || p->lx.comment_told)
			p->quiet = true;
		if (p->nr_errors > MAX_ERRORS && !p->gave_up) {
			give_up(p);
			return T_STOP;
		}
	}
	return p->tok.kind;
}

struct token parse__take(struct parser *p)
{
	if (parse__peek(p) != T_STOP) {
		p->prev_end = p->tok.loc.end;
		p->pos = p->tok.loc.end;
		p->have = false;
	}
	return p->tok;
}

bool parse__accept(struct parser *p, enum tok kind)
{
	if (parse__peek(p) != kind)
		return false;
	parse__take(p);
	return true;
}

bool parse__expect(struct parser *p, enum tok kind, const char *what)
{
	if (parse__accept(p, kind))
		return true;
	parse__expected(p, what);
	return false;
}

bool parse__at_word(struct parser *p, const char *word)
{
	return parse__peek(p) == T_IDENT && token__is(&p->tok, word);
}

void parse__ahead(struct parser *p, struct token *t)
{
	if (parse__peek(p) == T_STOP)
		*t = (struct token){ .kind = T_STOP, .loc = p->tok.loc };
	else
		lex__peek(&p->lx, p->tok.loc.end, t);
}

void parse__drop(struct parser *p, uint32_t pos)
{
	p->have = false;
	p->pos = pos;
}

void parse__skip(struct parser *p)
{
	struct token t;

	lex__peek(&p->lx, p->pos, &t);
	p->prev_end = t.loc.end;
	parse__drop(p, t.loc.end);
}

struct loc parse__from(const struct parser *p, struct loc begin)
{
	if (p->prev_end > begin.begin)
		begin.end = p->prev_end;
	return begin;
}

/* --- errors ------------------------------------------------------------------- */

/*
 * Whether one more error may be told: one for each statement, and not too many
 * for the file.
 */
static bool may_tell(struct parser *p)
{
	if (p->quiet || p->panic || p->gave_up)
		return false;
	if (p->nr_errors < MAX_ERRORS) {
		p->nr_errors++;
		p->quiet = true;
		return true;
	}
	give_up(p);
	return false;
}

struct diag *parse__error(struct parser *p, struct loc loc, const char *tag, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (!may_tell(p))
		return NULL;
	va_start(ap, fmt);
	text = arena__vprintf(p->a, fmt, ap);
	va_end(ap);
	return diag__error(p->d, loc, tag, "%s", text);
}

static const char *describe(struct parser *p, const struct token *t)
{
	const char *s = p->src->text + t->loc.begin;
	int len = (int)(t->loc.end - t->loc.begin);
	bool cut = false;

	if (t->kind == T_EOF)
		return "end of file";
	if (t->kind == T_BAD && ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f))
		return arena__printf(p->a, "byte 0x%02x", (unsigned char)*s);
	if (len > 30) {
		for (len = 27; len && ((unsigned char)s[len] & 0xc0) == 0x80; len--)
			;
		cut = true;
	}
	return arena__printf(p->a, "'%.*s%s'", len, s, cut ? "..." : "");
}

static bool newline_between(const struct parser *p, uint32_t from, uint32_t to)
{
	return to > from && memchr(p->src->text + from, '\n', to - from);
}

/*
 * What is missing at the end of a line or of the file is shown there, not at
 * the next token far below.
 */
static struct loc missing_at(struct parser *p)
{
	uint32_t end = p->prev_end, next = p->tok.loc.begin;

	if (p->tok.kind == T_EOF || newline_between(p, end, next))
		return lex__loc(&p->lx, end, end);
	return p->tok.loc;
}

struct diag *parse__expected(struct parser *p, const char *what)
{
	struct diag *x;

	if (parse__peek(p) == T_STOP)
		return NULL;
	x = parse__error(p, missing_at(p), "E_SYN_EXPECTED", "expected %s, found %s", what,
			 describe(p, &p->tok));
	p->panic = p->quiet = true;
	return x;
}

bool parse__enter(struct parser *p)
{
	if (++p->depth <= MAX_NESTING)
		return true;
	parse__peek(p);
	parse__error(p, p->tok.loc, "E_SYN_LIMIT", "nested too deeply, the limit is %d levels",
		     MAX_NESTING);
	p->panic = p->quiet = true;
	return false;
}

void parse__leave(struct parser *p)
{
	p->depth--;
}

bool parse__chain(struct parser *p)
{
	if (++p->chain <= MAX_CHAIN)
		return true;
	parse__peek(p);
	parse__error(p, p->tok.loc, "E_SYN_LIMIT",
		     "too many operators in one statement, the limit is %d", MAX_CHAIN);
	p->panic = p->quiet = true;
	return false;
}

/* --- resynchronisation ------------------------------------------------------------ */

/* Past the '}' that matches the '{' at p->pos, without recursion. */
static void skip_braces(struct parser *p)
{
	unsigned open = 0;
	struct token t;

	do {
		lex__peek(&p->lx, p->pos, &t);
		parse__skip(p);
		open += t.kind == T_LBRACE;
		open -= t.kind == T_RBRACE;
	} while (open && t.kind != T_EOF);
	if (t.kind == T_EOF)
		p->open_told = true;
}

void parse__lost_block(struct parser *p)
{
	if (p->depth >= MAX_NESTING) {
		skip_braces(p);
		return;
	}
	p->panic = p->quiet = false;
	parse__block(p, "'{'");
}

/*
 * To the end of the broken statement: behind its ';', or at the '}' of the
 * block that it stands in, or behind a block of its own.
 */
static void resync(struct parser *p)
{
	struct token t;
	bool after_block = false;

	if (p->have)
		parse__drop(p, p->tok.loc.begin);
	for (;;) {
		lex__peek(&p->lx, p->pos, &t);
		if (t.kind == T_EOF)
			p->open_told = true;
		if (t.kind == T_EOF || t.kind == T_RBRACE)
			break;
		if (after_block && parse__can_start_stmt(t.kind) && !token__is(&t, "else"))
			break;
		if (t.kind == T_LBRACE) {
			parse__lost_block(p);
			if (p->open_told)
				return; /* still in panic, to the root */
			after_block = true;
			if (p->have)
				parse__drop(p, p->tok.loc.begin);
			continue;
		}
		after_block = false;
		parse__skip(p);
		if (t.kind == T_SEMI)
			break;
	}
	p->panic = p->quiet = false;
}

/* --- statements ------------------------------------------------------------------- */

static struct stmt *new_stmt(struct parser *p, enum stmt_kind kind, struct loc loc)
{
	struct stmt *s = NEW(p->a, struct stmt);

	s->kind = kind;
	s->loc = loc;
	return s;
}

static bool at_stmt_end(struct parser *p)
{
	enum tok kind = parse__peek(p);

	return kind == T_SEMI || kind == T_RBRACE || kind == T_EOF;
}

/*
 * `kprobe:` or `END {` where a statement should begin: the block before it was
 * not closed. Neither can begin a statement.
 */
static bool at_probe_header(struct parser *p)
{
	struct token name, next;

	if (parse__peek(p) != T_IDENT)
		return false;
	name = p->tok;
	parse__ahead(p, &next);
	if (next.kind == T_COLON)
		return true;
	return next.kind == T_LBRACE && name.len < 6 &&
	       (!strcasecmp(name.text, "begin") || !strcasecmp(name.text, "end"));
}

/* ';', or nothing before '}'. */
static void end_of_stmt(struct parser *p, const char *after)
{
	enum tok kind = parse__peek(p);

	if (kind == T_SEMI)
		parse__take(p);
	if (kind == T_SEMI || kind == T_RBRACE || kind == T_STOP)
		return;
	if (kind == T_EOF || at_probe_header(p))
		return; /* the block will miss its '}' */
	parse__expected(p, arena__printf(p->a, "';' after %s", after));
	/* Only the ';' is missing, if a new line begins like a statement. */
	if (p->have && newline_between(p, p->prev_end, p->tok.loc.begin) &&
	    parse__can_start_stmt(p->tok.kind))
		p->panic = p->quiet = false;
}

static struct stmt *parse_simple(struct parser *p, enum stmt_kind kind, const char *name)
{
	struct stmt *s = new_stmt(p, kind, parse__take(p).loc);

	if (kind == ST_RETURN && !at_stmt_end(p))
		s->e = parse__expression(p);
	s->loc = parse__from(p, s->loc);
	end_of_stmt(p, arena__printf(p->a, "'%s'", name));
	return s;
}

static struct stmt *parse_let(struct parser *p)
{
	struct stmt *s = new_stmt(p, ST_LET, parse__take(p).loc);

	if (parse__peek(p) == T_VAR) {
		s->let.name_loc = p->tok.loc;
		s->let.name = parse__take(p).text;
	} else {
		s->let.name = "";
		parse__expected(p, "a variable after 'let'");
	}
	if (parse__accept(p, T_COLON))
		s->let.t = parse__type(p);
	if (parse__accept(p, T_ASSIGN))
		s->let.value = parse__expression(p);
	s->loc = parse__from(p, s->loc);
	end_of_stmt(p, "the declaration");
	return s;
}

static struct stmt *parse_while(struct parser *p, enum stmt_kind kind)
{
	struct stmt *s = new_stmt(p, kind, parse__take(p).loc);

	s->loop.cond = parse__condition(p);
	s->loop.body = parse__block(p, kind == ST_WHILE ? "'{' of the loop body"
							: "'{' of the unrolled body");
	s->loc = parse__from(p, s->loc);
	return s;
}

static struct expr *parse_bound(struct parser *p)
{
	enum tok kind = parse__peek(p);
	struct diag *x = NULL;

	if (kind == T_MINUS || kind == T_NOT || kind == T_TILDE || kind == T_STAR)
		x = parse__expected(p, "a value or a map");
	if (x)
		diag__hint(p->d, x, "put a bound that has operators in parentheses: (-3)..3");
	return parse__primary(p);
}

/* for ($kv : @map), for ($i : a..b) */
static struct stmt *parse_for(struct parser *p)
{
	struct stmt *s = new_stmt(p, ST_FOR_MAP, parse__take(p).loc);
	bool paren = parse__accept(p, T_LPAREN);
	struct expr *e;

	s->each.name = "";
	if (parse__peek(p) == T_VAR) {
		s->each.name_loc = p->tok.loc;
		s->each.name = parse__take(p).text;
	} else {
		parse__expected(p, "a variable after 'for'");
	}
	parse__expect(p, T_COLON, "':' after the loop variable");
	e = parse_bound(p);
	if (parse__accept(p, T_DOTDOT)) {
		s->kind = ST_FOR_RANGE;
		s->each.from = e;
		s->each.to = parse_bound(p);
	} else if (e->kind == EX_MAP && !e->map.key) {
		s->each.map = e;
	} else {
		parse__expected(p, "a map or '..' of a range");
		s->each.map = e;
	}
	if (paren)
		parse__expect(p, T_RPAREN, "')' after the loop header");
	s->each.body = parse__block(p, "'{' of the loop body");
	s->loc = parse__from(p, s->loc);
	return s;
}

static struct stmt *parse_import(struct parser *p)
{
	struct stmt *s = new_stmt(p, ST_IMPORT, parse__take(p).loc);

	s->import = parse__take(p).text;
	s->loc = parse__from(p, s->loc);
	end_of_stmt(p, "the import");
	return s;
}

static struct stmt *parse_discard(struct parser *p)
{
	struct stmt *s = new_stmt(p, ST_DISCARD, parse__take(p).loc);

	parse__take(p);
	s->e = parse__expression(p);
	s->loc = parse__from(p, s->loc);
	end_of_stmt(p, "the expression");
	return s;
}

static void check_target(struct parser *p, const struct expr *to)
{
	bool in_parens = to->loc.src && to->loc.src->text[to->loc.begin] == '(';
	struct diag *x;

	if (p->panic || ((to->kind == EX_VAR || to->kind == EX_MAP) && !in_parens))
		return;
	if (to->kind == EX_FIELD || to->kind == EX_ELEM) {
		x = parse__error(
			p, to->loc, "E_SYN_IMMUTABLE",
			"a field cannot be assigned, tuples, records and structs are immutable");
		if (x)
			diag__hint(p->d, x, "assign a whole new value to the variable or map");
		return;
	}
	x = parse__error(p, to->loc, "E_SYN_ASSIGN",
			 "only a variable, a map or a map element can be assigned");
	if (x && to->kind == EX_IDENT)
		diag__hint(p->d, x, "a variable is written $%s, a map @%s", to->ident.name,
			   to->ident.name);
}

/* The parts of assignment operators are in the order of the binary ones. */
static const enum op compound_op[] = {
	OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_AND, OP_OR, OP_XOR, OP_SHL, OP_SHR,
};

static bool is_assign(enum tok kind)
{
	return kind == T_ASSIGN || (kind >= T_PLUS_EQ && kind <= T_SHR_EQ);
}

static struct stmt *parse_assign(struct parser *p, struct expr *to)
{
	struct stmt *s = new_stmt(p, ST_ASSIGN, to->loc);
	enum tok kind = p->tok.kind;

	check_target(p, to);
	parse__take(p);
	s->assign.to = to;
	s->assign.compound = kind != T_ASSIGN;
	if (s->assign.compound)
		s->assign.op = compound_op[kind - T_PLUS_EQ];
	s->assign.value = parse__expression(p);
	s->loc = parse__from(p, s->loc);
	if (is_assign(parse__peek(p)))
		parse__expected(p, "';' (an assignment has no value)");
	end_of_stmt(p, "the assignment");
	return s;
}

/*
 * `if` and a block end as statements where they end, unless an operator
 * follows that cannot begin the next statement.
 */
static struct expr *parse_stmt_expr(struct parser *p, bool *ends_itself)
{
	struct expr *e;
	enum tok kind;

	*ends_itself = false;
	if (parse__peek(p) != T_LBRACE && !parse__at_word(p, "if"))
		return parse__expression(p);
	e = p->tok.kind == T_LBRACE ? parse__block_expr(p) : parse__if(p);
	kind = parse__peek(p);
	if (kind == T_QUEST || kind == T_DOT || kind == T_ARROW || kind == T_LBRACK ||
	    (parse__is_binary(kind) && !parse__can_start_stmt(kind)))
		return parse__expression_from(p, e);
	*ends_itself = true;
	return e;
}

/* NULL: the expression became the value of @b. */
static struct stmt *parse_expr_stmt(struct parser *p, struct block *b)
{
	bool ends_itself;
	struct expr *e = parse_stmt_expr(p, &ends_itself);
	struct stmt *s;
	struct diag *x;
	enum tok kind = parse__peek(p);

	if (is_assign(kind))
		return parse_assign(p, e);
	if (kind == T_COLON && e->kind == EX_VAR) {
		x = parse__expected(p, "';' after the statement");
		if (x)
			diag__hint(p->d, x, "a declaration begins with `let`: let $%s : …",
				   e->var.name);
		kind = parse__peek(p);
	}
	if (kind == T_RBRACE) {
		b->value = e;
		return NULL;
	}
	s = new_stmt(p, ST_EXPR, e->loc);
	s->e = e;
	if (!ends_itself || kind == T_SEMI)
		end_of_stmt(p, "the statement");
	return s;
}

static const struct {
	const char *word;
	enum stmt_kind kind;
} keywords[] = {
	{ "let", ST_LET },	 { "while", ST_WHILE },	  { "unroll", ST_UNROLL },
	{ "for", ST_FOR_MAP },	 { "break", ST_BREAK },	  { "continue", ST_CONTINUE },
	{ "return", ST_RETURN }, { "import", ST_IMPORT }, { "_", ST_DISCARD },
};

/* The kind of the statement that begins here; some keywords are names elsewhere. */
static enum stmt_kind stmt_kind(struct parser *p, const char **word)
{
	struct token next;
	size_t i;

	if (parse__peek(p) != T_IDENT)
		return ST_EXPR;
	for (i = 0; i < COUNT_OF(keywords); i++)
		if (token__is(&p->tok, keywords[i].word))
			break;
	if (i == COUNT_OF(keywords))
		return ST_EXPR;
	parse__ahead(p, &next);
	if ((keywords[i].kind == ST_IMPORT && next.kind != T_STR) ||
	    (keywords[i].kind == ST_DISCARD && next.kind != T_ASSIGN))
		return ST_EXPR;
	*word = keywords[i].word;
	return keywords[i].kind;
}

static struct stmt *parse_stmt(struct parser *p, struct block *b)
{
	const char *word = NULL;
	enum stmt_kind kind = stmt_kind(p, &word);

	if (++p->stmts == MAX_STMTS + 1)
		parse__error(p, p->tok.loc, "E_SYN_LIMIT",
			     "too many statements in one file, the limit is %d", MAX_STMTS);
	switch (kind) {
	case ST_LET: return parse_let(p);
	case ST_WHILE:
	case ST_UNROLL: return parse_while(p, kind);
	case ST_FOR_MAP: return parse_for(p);
	case ST_BREAK:
	case ST_CONTINUE:
	case ST_RETURN: return parse_simple(p, kind, word);
	case ST_IMPORT: return parse_import(p);
	case ST_DISCARD: return parse_discard(p);
	default: return parse_expr_stmt(p, b);
	}
}

/* --- blocks --------------------------------------------------------------------- */

static void missing_brace(struct parser *p, struct loc open)
{
	struct diag *x = NULL;

	if (p->open_told)
		return;
	p->quiet = p->lx.comment_told;
	if (p->tok.kind == T_EOF)
		x = parse__expected(p, "'}'");
	else
		x = parse__expected(p, "'}' before the next probe");
	if (x)
		diag__context(p->d, x, open, "the block begins here");
	p->open_told = true;
}

static void parse_stmts(struct parser *p, struct block *b)
{
	unsigned chain = p->chain;
	struct stmt *s;

	for (;;) {
		if (!p->panic)
			p->quiet = p->lx.comment_told;
		if (parse__accept(p, T_RBRACE))
			return;
		if (parse__peek(p) == T_EOF || p->panic || at_probe_header(p)) {
			missing_brace(p, lex__loc(&p->lx, b->loc.begin, b->loc.begin + 1));
			return;
		}
		if (parse__accept(p, T_SEMI)) /* a stray one */
			continue;
		s = parse_stmt(p, b);
		if (s)
			vec_push(p->a, &b->stmts, s);
		p->chain = chain;
		if (p->panic && !p->open_told)
			resync(p);
	}
}

struct block *parse__block(struct parser *p, const char *what)
{
	struct block *b = NEW(p->a, struct block);
	bool in_pred = p->in_pred;

	parse__peek(p);
	b->loc = p->tok.loc;
	if (parse__enter(p) && parse__expect(p, T_LBRACE, what)) {
		p->in_pred = false;
		parse_stmts(p, b);
		p->in_pred = in_pred;
	}
	parse__leave(p);
	b->loc = parse__from(p, b->loc);
	return b;
}

/* --- entry points ----------------------------------------------------------------- */

static void parser_init(struct parser *p, struct arena *a, struct diags *d, struct source *src)
{
	memset(p, 0, sizeof(*p));
	p->a = a;
	p->d = d;
	p->src = src;
	p->lx = (struct lexer){ .a = a, .d = d, .src = src };
}

struct program *parse(struct arena *a, struct diags *d, struct source *src)
{
	struct parser p;

	parser_init(&p, a, d, src);
	p.prog = NEW(a, struct program);
	p.prog->src = src;
	parse__program(&p);
	return p.prog;
}

struct expr *parse_expr(struct arena *a, struct diags *d, struct source *src)
{
	unsigned before = diags__nr_errors(d);
	struct parser p;
	struct expr *e;

	parser_init(&p, a, d, src);
	e = parse__expression(&p);
	if (parse__peek(&p) != T_EOF)
		parse__expected(&p, "the end of the expression");
	return diags__nr_errors(d) == before ? e : NULL;
}
