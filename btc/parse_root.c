// SPDX-License-Identifier: Apache-2.0
/*
 * What a file consists of. Between root items no token is read ahead, because
 * attach points, C definitions and preprocessor lines are raw text. The order
 * of the three groups (C, config and imports, the rest) is checked here, but
 * an item in the wrong place is kept.
 */
#include <string.h>
#include <strings.h>

#include "parse.h"
#include "probe.h"

enum part { PART_C, PART_CONFIG, PART_ITEMS };

struct root {
	struct parser *p;
	enum part part;	   /* the latest one that was seen */
	struct loc config; /* the config block; src is NULL: none yet */
};

static struct loc at(const struct parser *p, uint32_t begin, uint32_t end)
{
	return lex__loc(&p->lx, begin, end);
}

/* --- order ------------------------------------------------------------------------ */

static void check_order(struct root *r, enum part part, struct loc loc, const char *what)
{
	struct diag *x;

	if (part >= r->part) {
		r->part = part;
		return;
	}
	x = parse__error(r->p, loc, "E_SYN_ORDER", "%s must come before %s", what,
			 r->part == PART_ITEMS ? "probes, macros, functions and map declarations"
					       : "the config block and imports");
	if (x)
		diag__hint(r->p->d, x, "move it up");
}

/* --- C ------------------------------------------------------------------------------ */

/* The offset behind the string or character literal that begins at @pos. */
static uint32_t skip_quoted(const struct source *src, uint32_t pos)
{
	char quote = src->text[pos++];

	for (; pos < src->len && src->text[pos] != quote && src->text[pos] != '\n'; pos++)
		if (src->text[pos] == '\\' && pos + 1 < src->len)
			pos++;
	return pos + (pos < src->len);
}

/* One lexical unit of C: layout, a literal or a byte. */
static uint32_t skip_c_unit(struct parser *p, uint32_t pos)
{
	uint32_t next = lex__skip_layout(&p->lx, pos);
	char c = p->src->text[next];

	if (next > pos || next >= p->src->len)
		return next;
	return c == '"' || c == '\'' ? skip_quoted(p->src, next) : next + 1;
}

/* Behind the bracket that matches the one at @pos; 0 if there is none. */
static uint32_t skip_balanced(struct parser *p, uint32_t pos, char open, char close)
{
	const char *s = p->src->text;
	unsigned depth = 0;

	while (pos < p->src->len) {
		char c = s[pos];

		if (c == open)
			depth++;
		if (c == close && --depth == 0)
			return pos + 1;
		pos = skip_c_unit(p, pos);
	}
	return 0;
}

/*
 * `struct` at the root begins a C definition only if a '{' comes before
 * anything that belongs to a probe. Returns the offset of the '{', or 0.
 */
static uint32_t find_c_body(struct parser *p, uint32_t pos)
{
	const char *s = p->src->text;

	while (pos < p->src->len) {
		pos = lex__skip_layout(&p->lx, pos);
		if (s[pos] == '{')
			return pos;
		if (s[pos] == '(')
			pos = skip_balanced(p, pos, '(', ')');
		else if (s[pos] == '[')
			pos = skip_balanced(p, pos, '[', ']');
		else if (is_ident(s[pos]))
			pos++;
		else
			return 0;
		if (!pos)
			return 0;
	}
	return 0;
}

static uint32_t skip_attributes(struct parser *p, uint32_t pos)
{
	static const char word[] = "__attribute__";
	uint32_t next = lex__skip_layout(&p->lx, pos), end;

	while (!strncmp(p->src->text + next, word, sizeof(word) - 1)) {
		next = lex__skip_layout(&p->lx, next + (uint32_t)sizeof(word) - 1);
		end = p->src->text[next] == '(' ? skip_balanced(p, next, '(', ')') : 0;
		if (!end)
			break;
		pos = end;
		next = lex__skip_layout(&p->lx, pos);
	}
	return pos;
}

static void push_c(struct root *r, struct loc loc, const char *tail)
{
	struct parser *p = r->p;
	struct c_def def = { .loc = loc };

	def.text = arena__printf(p->a, "%.*s%s", (int)(loc.end - loc.begin),
				 p->src->text + loc.begin, tail);
	vec_push(p->a, &p->prog->c_defs, def);
}

static void parse_c_def(struct root *r, uint32_t begin, uint32_t body)
{
	struct parser *p = r->p;
	uint32_t end = skip_balanced(p, body, '{', '}'), next;
	bool semi;

	check_order(r, PART_C, at(p, begin, body), "a C definition");
	if (!end) {
		struct loc here = at(p, body, body + 1);

		parse__error(p, here, "E_SYN_EXPECTED",
			     "expected '}' of this C definition, found end of file");
		parse__drop(p, (uint32_t)p->src->len);
		return;
	}
	end = skip_attributes(p, end);
	next = lex__skip_layout(&p->lx, end);
	semi = p->src->text[next] == ';';
	push_c(r, at(p, begin, end), ";");
	parse__drop(p, semi ? next + 1 : end);
}

/* Up to its ';', which may stand behind a struct's body. */
static void parse_typedef(struct root *r, uint32_t begin)
{
	struct parser *p = r->p;
	const char *s = p->src->text;
	uint32_t pos = begin + (uint32_t)strlen("typedef"), len = (uint32_t)p->src->len;

	while (pos && pos < len && s[pos] != ';')
		pos = s[pos] == '{' ? skip_balanced(p, pos, '{', '}') : skip_c_unit(p, pos);
	check_order(r, PART_C, at(p, begin, begin + (uint32_t)strlen("typedef")), "a C definition");
	if (!pos || pos >= len) {
		parse__error(p, at(p, begin, begin + (uint32_t)strlen("typedef")), "E_SYN_EXPECTED",
			     "expected ';' after this typedef, found end of file");
		parse__drop(p, len);
		return;
	}
	push_c(r, at(p, begin, pos), ";");
	parse__drop(p, pos + 1);
}

/* A line with its continuations. */
static void parse_directive(struct root *r, uint32_t begin)
{
	struct parser *p = r->p;
	const char *s = p->src->text;
	uint32_t end = begin, len = (uint32_t)p->src->len;

	for (; end < len && s[end] != '\n'; end++) {
		if (s[end] == '\\' && end + 1 < len && s[end + 1] == '\n')
			end++;
		else if (s[end] == '\\' && end + 2 < len && s[end + 1] == '\r' &&
			 s[end + 2] == '\n')
			end += 2;
	}
	parse__drop(p, end);
	while (end > begin && is_blank(s[end - 1]))
		end--;
	if (s[begin + 1] == '!') {
		parse__error(p, at(p, begin, begin + 2), "E_SYN_EXPECTED",
			     "expected a preprocessor line, found '#!', "
			     "which is allowed only at the top");
		return;
	}
	check_order(r, PART_C, at(p, begin, end), "a preprocessor line");
	push_c(r, at(p, begin, end), "");
}

/* --- config, imports, maps ---------------------------------------------------------- */

static void config_value(struct parser *p, struct config_entry *c)
{
	enum tok kind = parse__peek(p);
	struct token t = p->tok;

	c->value_loc = t.loc;
	if (kind != T_INT && kind != T_STR && kind != T_IDENT) {
		parse__expected(p, "a string, an integer, true, false or a name");
		return;
	}
	parse__take(p);
	c->kind = kind == T_INT ? CFG_INT : CFG_STR;
	c->num = t.num;
	c->str = t.text;
	if (token__is(&t, "true") || token__is(&t, "false")) {
		c->kind = CFG_BOOL;
		c->num = token__is(&t, "true");
	}
}

static void config_entry(struct parser *p)
{
	struct config_entry c = { .loc = p->tok.loc, .key = "", .str = "" };
	struct token t;
	char *key;

	if (parse__peek(p) != T_IDENT) {
		parse__expected(p, "a config key or '}'");
		return;
	}
	t = parse__take(p);
	key = arena__strdup(p->a, strncasecmp(t.text, "bpftrace_", 9) ? t.text : t.text + 9);
	c.key = key;
	for (; *key; key++)
		if (*key >= 'A' && *key <= 'Z')
			*key = (char)(*key + 32);
	parse__expect(p, T_ASSIGN, "'=' after the config key");
	config_value(p, &c);
	if (parse__peek(p) != T_RBRACE)
		parse__expect(p, T_SEMI, "';' or '}' after the config entry");
	if (!p->panic)
		vec_push(p->a, &p->prog->config, c);
}

/* To the next entry of the block: behind ';' or at '}'. */
static void config_resync(struct parser *p)
{
	struct token t;

	if (p->have)
		parse__drop(p, p->tok.loc.begin);
	for (;;) {
		lex__peek(&p->lx, p->pos, &t);
		if (t.kind == T_EOF)
			p->open_told = true;
		if (t.kind == T_EOF || t.kind == T_RBRACE)
			break;
		parse__skip(p);
		if (t.kind == T_SEMI)
			break;
	}
	p->panic = p->quiet = false;
}

static void config_check(struct root *r, struct loc loc)
{
	struct diag *x;

	if (r->config.src) {
		x = parse__error(r->p, loc, "E_SYN_DUP_CONFIG", "a second config block");
		if (x)
			diag__context(r->p->d, x, r->config, "the first one is here");
		return;
	}
	r->config = loc;
	check_order(r, PART_CONFIG, loc, "the config block");
}

static void parse_config(struct root *r)
{
	struct parser *p = r->p;
	struct loc loc = parse__take(p).loc;

	config_check(r, loc);
	parse__take(p); /* = */
	parse__take(p); /* { */
	while (parse__peek(p) != T_RBRACE) {
		if (p->tok.kind == T_EOF) {
			if (!p->open_told)
				parse__expected(p, "'}' after the config block");
			return;
		}
		if (parse__accept(p, T_SEMI))
			continue;
		p->quiet = false;
		config_entry(p);
		if (p->panic)
			config_resync(p);
	}
	parse__take(p);
}

static void parse_import(struct root *r)
{
	struct parser *p = r->p;
	struct import im = { .loc = parse__take(p).loc };
	struct token t;

	if (parse__peek(p) != T_STR) {
		parse__expected(p, "a string after 'import'");
		return;
	}
	t = parse__take(p);
	im.name = t.text;
	im.loc = parse__from(p, im.loc);
	check_order(r, PART_CONFIG, im.loc, "an import");
	vec_push(p->a, &p->prog->imports, im);
	parse__expect(p, T_SEMI, "';' after the import");
	p->panic = false; /* nothing to skip */
}

static void parse_map_decl(struct root *r)
{
	struct parser *p = r->p;
	struct map_decl *m = NEW(p->a, struct map_decl);
	struct loc loc = parse__take(p).loc;
	struct diag *x;

	check_order(r, PART_ITEMS, loc, "");
	if (parse__peek(p) != T_MAP) {
		x = parse__error(p, loc, "E_SYN_ROOT_LET",
				 "'let' outside a probe must declare a map");
		if (x)
			diag__hint(p->d, x, "let @m = hash(N);");
		p->panic = p->quiet = true;
		return;
	}
	m->map = parse__take(p).text;
	parse__expect(p, T_ASSIGN, "'=' after the map");
	m->kind = "";
	if (parse__peek(p) == T_IDENT) {
		m->kind_loc = p->tok.loc;
		m->kind = parse__take(p).text;
	} else {
		parse__expected(p, "a kind of map");
	}
	parse__expect(p, T_LPAREN, "'(' after the kind of map");
	if (parse__peek(p) == T_INT) {
		m->entries_loc = p->tok.loc;
		m->entries = parse__take(p).num;
	} else {
		parse__expected(p, "the number of entries");
	}
	parse__expect(p, T_RPAREN, "')'");
	m->loc = parse__from(p, loc);
	if (!p->panic)
		vec_push(p->a, &p->prog->map_decls, m);
}

/* --- macros and functions ------------------------------------------------------------- */

static struct macro_param macro_param(struct parser *p)
{
	enum tok kind = parse__peek(p);
	struct macro_param m = { .loc = p->tok.loc, .name = "" };

	if ((kind != T_VAR && kind != T_MAP && kind != T_IDENT) ||
	    (kind == T_IDENT && parse__is_builtin(&p->tok))) {
		parse__expected(p, "a parameter: $name, @name or a name that is no builtin");
		return m;
	}
	m.kind = kind == T_VAR ? PARAM_VAR : kind == T_MAP ? PARAM_MAP : PARAM_EXPR;
	m.name = parse__take(p).text;
	return m;
}

static void parse_macro(struct root *r)
{
	struct parser *p = r->p;
	struct macro *m = NEW(p->a, struct macro);

	m->loc = parse__take(p).loc;
	check_order(r, PART_ITEMS, m->loc, "");
	m->name = parse__take(p).text;
	if (parse__peek(p) != T_LBRACE) {
		parse__expect(p, T_LPAREN, "'(' after the macro's name");
		if (!parse__accept(p, T_RPAREN)) {
			do {
				struct macro_param param = macro_param(p);

				vec_push(p->a, &m->params, param);
			} while (parse__accept(p, T_COMMA));
			parse__expect(p, T_RPAREN, "',' or ')' after the parameter");
		}
	}
	m->loc = parse__from(p, m->loc);
	m->body = parse__block(p, "'{' of the macro body");
	vec_push(p->a, &p->prog->macros, m);
}

static void subprog_param(struct parser *p, struct subprog *f)
{
	struct macro_param m = { .kind = PARAM_VAR, .name = "" };
	struct type_expr *t;

	if (parse__peek(p) != T_VAR) {
		parse__expected(p, "a parameter: $name : type");
		return;
	}
	m.loc = p->tok.loc;
	m.name = parse__take(p).text;
	parse__expect(p, T_COLON, "':' and a type after the parameter");
	t = parse__type(p);
	vec_push(p->a, &f->params, m);
	vec_push(p->a, &f->types, t);
}

static void parse_subprog(struct root *r)
{
	struct parser *p = r->p;
	struct subprog *f = NEW(p->a, struct subprog);

	f->loc = parse__take(p).loc;
	check_order(r, PART_ITEMS, f->loc, "");
	f->name = parse__take(p).text;
	parse__expect(p, T_LPAREN, "'(' after the function's name");
	if (!parse__accept(p, T_RPAREN)) {
		do
			subprog_param(p, f);
		while (parse__accept(p, T_COMMA));
		parse__expect(p, T_RPAREN, "',' or ')' after the parameter");
	}
	parse__expect(p, T_COLON, "':' and the type of the result");
	f->ret = parse__type(p);
	f->loc = parse__from(p, f->loc);
	f->body = parse__block(p, "'{' of the function body");
	vec_push(p->a, &p->prog->subprogs, f);
}

/* --- probes ---------------------------------------------------------------------------- */

/* Where the raw text of an attach point ends that begins at @pos. */
static uint32_t attach_end(const struct source *src, uint32_t pos)
{
	const char *s = src->text;
	bool colon = false;

	while (pos < src->len && !is_blank(s[pos]) && s[pos] != '{' && s[pos] != ',') {
		if (s[pos] == '/' && !colon)
			break;
		colon |= s[pos] == ':';
		if (s[pos++] != '"')
			continue;
		for (; pos < src->len && s[pos] != '"' && s[pos] != '\n'; pos++)
			if (s[pos] == '\\' && pos + 1 < src->len && s[pos + 1] != '\n')
				pos++;
		if (pos >= src->len || s[pos] == '\n')
			break;
		pos++;
	}
	return pos;
}

static bool in_open_quote(const struct source *src, uint32_t begin, uint32_t end)
{
	bool open = false;

	for (; begin < end; begin++) {
		if (open && src->text[begin] == '\\')
			begin++;
		else if (src->text[begin] == '"')
			open = !open;
	}
	return open;
}

/* `name=` before an attach point: its end, or @pos if there is none. */
static uint32_t label_end(struct parser *p, uint32_t pos, uint32_t *name_end)
{
	struct token name, eq;

	lex__peek(&p->lx, pos, &name);
	if (name.kind != T_IDENT)
		return pos;
	lex__peek(&p->lx, name.loc.end, &eq);
	*name_end = name.loc.end;
	return eq.kind == T_ASSIGN ? eq.loc.end : pos;
}

static void parse_attach(struct parser *p, struct probe *pr)
{
	struct attach *ap = NEW(p->a, struct attach);
	uint32_t begin = p->pos, end, name_end = begin;
	const char *s = p->src->text;

	begin = label_end(p, begin, &name_end);
	if (begin > p->pos) {
		ap->label = arena__strndup(p->a, s + p->pos, name_end - p->pos);
		begin = lex__skip_layout(&p->lx, begin);
	}
	end = attach_end(p->src, begin);
	ap->loc = at(p, begin, end);
	ap->text = arena__strndup(p->a, s + begin, end - begin);
	p->prev_end = end;
	parse__drop(p, end);
	if (in_open_quote(p->src, begin, end)) {
		parse__error(p, ap->loc, "E_SYN_STRING",
			     "the string is not closed on its line, expected '\"'");
		p->panic = p->quiet = true;
	} else if (end == begin) {
		parse__expected(p, "an attach point after the label");
	}
	vec_push(p->a, &pr->attach, ap);
}

static void parse_attach_list(struct parser *p, struct probe *pr)
{
	const char *s = p->src->text;

	for (;;) {
		parse__drop(p, lex__skip_layout(&p->lx, p->pos));
		while (s[p->pos] == ',') /* empty ones are ignored */
			parse__drop(p, lex__skip_layout(&p->lx, p->pos + 1));
		if (p->pos >= p->src->len || s[p->pos] == '{' || s[p->pos] == '/')
			return;
		parse_attach(p, pr);
		if (p->panic)
			return;
		parse__drop(p, lex__skip_layout(&p->lx, p->pos));
		if (s[p->pos] != ',')
			return;
	}
}

static struct expr *parse_predicate(struct parser *p)
{
	struct expr *e;

	parse__take(p);
	p->in_pred = true;
	e = parse__expression(p);
	p->in_pred = false;
	parse__expect(p, T_SLASH, "'/' that closes the predicate");
	return e;
}

static void parse_probe(struct root *r)
{
	struct parser *p = r->p;
	struct probe *pr = NEW(p->a, struct probe);

	p->prev_end = p->pos;
	pr->loc = at(p, p->pos, p->pos);
	parse_attach_list(p, pr);
	pr->loc = parse__from(p, pr->loc);
	check_order(r, PART_ITEMS, pr->loc, "");
	if (!pr->attach.nr && !p->panic) {
		parse__peek(p);
		parse__expected(p, "an attach point");
	}
	if (parse__peek(p) == T_SLASH)
		pr->pred = parse_predicate(p);
	pr->body = parse__block(p, pr->pred ? "'{' after the predicate"
					    : "',', '/' or '{' after the attach point");
	vec_push(p->a, &p->prog->probes, pr);
}

/* --- the file ------------------------------------------------------------------------------ */

/* Behind the ';', '}' or block that ends a broken item. */
static void root_resync(struct parser *p)
{
	struct token t;

	if (p->have)
		parse__drop(p, p->tok.loc.begin);
	for (;;) {
		lex__peek(&p->lx, p->pos, &t);
		if (t.kind == T_LBRACE) {
			parse__lost_block(p);
			break;
		}
		parse__skip(p);
		if (t.kind == T_EOF || t.kind == T_SEMI || t.kind == T_RBRACE)
			break;
	}
}

static bool ahead_is(struct parser *p, enum tok first, enum tok second)
{
	struct token t;

	parse__ahead(p, &t);
	if (t.kind != first)
		return false;
	if (second == T_STOP)
		return true;
	lex__peek(&p->lx, t.loc.end, &t);
	return t.kind == second;
}

/* An item that begins with a word of the grammar; false: it is a probe. */
static bool parse_word_item(struct root *r)
{
	struct parser *p = r->p;
	uint32_t begin = p->pos, body;

	/* A colon, comma or slash behind the word makes an attach point of it. */
	if (parse__at_word(p, "struct") || parse__at_word(p, "union") ||
	    parse__at_word(p, "enum")) {
		body = find_c_body(p, begin);
		if (body)
			parse_c_def(r, begin, body);
		return body;
	}
	if (parse__at_word(p, "typedef") && !ahead_is(p, T_COLON, T_STOP)) {
		parse_typedef(r, begin);
		return true;
	}
	if (parse__at_word(p, "config") && ahead_is(p, T_ASSIGN, T_LBRACE))
		parse_config(r);
	else if (parse__at_word(p, "import") && !ahead_is(p, T_COLON, T_STOP))
		parse_import(r);
	else if (parse__at_word(p, "let") && !ahead_is(p, T_COLON, T_STOP))
		parse_map_decl(r);
	else if (parse__at_word(p, "macro") && ahead_is(p, T_IDENT, T_STOP))
		parse_macro(r);
	else if (parse__at_word(p, "fn") && ahead_is(p, T_IDENT, T_STOP))
		parse_subprog(r);
	else
		return false;
	return true;
}

static void parse_item(struct root *r)
{
	struct parser *p = r->p;
	uint32_t begin = p->pos;

	if (p->src->text[begin] == '}') {
		parse__peek(p);
		parse__error(p, p->tok.loc, "E_SYN_EXPECTED",
			     "expected a probe, found '}' without '{'");
		parse__drop(p, begin + 1);
		return;
	}
	if (p->src->text[begin] == '#') {
		parse_directive(r, begin);
		return;
	}
	if (is_ident_start(p->src->text[begin]) && parse_word_item(r))
		return;
	parse__drop(p, begin);
	parse_probe(r);
}

/* A byte order mark, then `#!` before anything but layout. */
static void skip_top(struct parser *p)
{
	const char *s = p->src->text;
	uint32_t pos = 0;

	if (!strncmp(s, "\xef\xbb\xbf", 3))
		pos = 3;
	parse__drop(p, pos);
	pos = lex__skip_layout(&p->lx, pos);
	if (s[pos] != '#' || s[pos + 1] != '!')
		return;
	while (pos < p->src->len && s[pos] != '\n')
		pos++;
	parse__drop(p, pos);
}

void parse__program(struct parser *p)
{
	struct root r = { .p = p };

	skip_top(p);
	for (;;) {
		parse__drop(p, lex__skip_layout(&p->lx, p->pos));
		if (p->pos >= p->src->len || p->gave_up)
			return;
		if (p->src->text[p->pos] == ';') { /* as in `};` */
			p->pos++;
			continue;
		}
		parse_item(&r);
		if (p->panic && !p->open_told)
			root_resync(p);
		if (p->have)
			parse__drop(p, p->tok.loc.begin);
		p->panic = p->quiet = p->open_told = false;
		p->chain = 0;
	}
}
