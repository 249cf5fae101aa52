// SPDX-License-Identifier: Apache-2.0
/*
 * From bytes to tokens, one at a time and at any offset. A number is first
 * taken as one word of letters, digits and underscores and judged afterwards,
 * so that `5min` is one clear error and not an integer and a name. A string
 * that is not closed on its line is taken to end before the closing brackets
 * and semicolons at the end of that line, which lets the parser go on.
 */
#include <string.h>

#include "lex.h"

struct loc lex__loc(const struct lexer *lx, uint32_t begin, uint32_t end)
{
	return (struct loc){ .src = lx->src, .begin = begin, .end = end };
}

bool token__is(const struct token *t, const char *word)
{
	size_t len = t->loc.end - t->loc.begin;

	return strlen(word) == len && !memcmp(t->loc.src->text + t->loc.begin, word, len);
}

/* --- layout ------------------------------------------------------------------- */

/* The offset behind the comment at @pos. */
static uint32_t skip_comment(struct lexer *lx, uint32_t pos, bool silent)
{
	const char *text = lx->src->text;
	uint32_t begin = pos, len = (uint32_t)lx->src->len;

	if (text[pos + 1] == '/') {
		while (pos < len && text[pos] != '\n')
			pos++;
		return pos;
	}
	for (pos += 2; pos < len; pos++)
		if (text[pos] == '*' && text[pos + 1] == '/')
			return pos + 2;
	if (!silent && !lx->comment_told) {
		lx->comment_told = true;
		diag__error(lx->d, lex__loc(lx, begin, begin + 2), "E_SYN_EXPECTED",
			    "expected '*/' to close this comment, found end of file");
	}
	return len;
}

static uint32_t skip_layout(struct lexer *lx, uint32_t pos, bool silent)
{
	const char *text = lx->src->text;
	uint32_t len = (uint32_t)lx->src->len;

	while (pos < len) {
		if (is_blank(text[pos]))
			pos++;
		else if (text[pos] == '/' && (text[pos + 1] == '/' || text[pos + 1] == '*'))
			pos = skip_comment(lx, pos, silent);
		else
			break;
	}
	return pos;
}

uint32_t lex__skip_layout(struct lexer *lx, uint32_t pos)
{
	return skip_layout(lx, pos, false);
}

/* --- integers ----------------------------------------------------------------- */

struct suffix {
	const char *text;
	uint64_t factor, limit;
	bool any_case;
};

static const struct suffix suffixes[] = {
	{ "", 1, UINT64_MAX, false },
	{ "ns", 1, UINT64_MAX, false },
	{ "us", 1000ULL, UINT64_MAX, false },
	{ "ms", 1000000ULL, UINT64_MAX, false },
	{ "s", 1000000000ULL, UINT64_MAX, false },
	{ "m", 60000000000ULL, UINT64_MAX, false },
	{ "h", 3600000000000ULL, UINT64_MAX, false },
	{ "d", 86400000000000ULL, UINT64_MAX, false },
	/* Kernel headers write these in either case and either order. */
	{ "u", 1, UINT32_MAX, true },
	{ "ul", 1, UINT64_MAX, true },
	{ "ull", 1, UINT64_MAX, true },
	{ "lu", 1, UINT64_MAX, true },
	{ "llu", 1, UINT64_MAX, true },
	{ "l", 1, INT64_MAX, true },
	{ "ll", 1, INT64_MAX, true },
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static const struct suffix *find_suffix(const char *s, size_t len, bool only_c)
{
	size_t i, k;

	for (i = 0; i < COUNT_OF(suffixes); i++) {
		const struct suffix *x = &suffixes[i];

		if (strlen(x->text) != len || (only_c && len && !x->any_case))
			continue;
		for (k = 0; k < len; k++)
			if (x->text[k] != (x->any_case ? lower(s[k]) : s[k]))
				break;
		if (k == len)
			return x;
	}
	return NULL;
}

/* A number being read: the word and how far it is understood. */
struct number {
	const char *s;
	size_t len, at;
	uint64_t num;
	bool overflow;
	const char *rule; /* what is wrong with it, NULL: nothing */
};

static unsigned digit_value(char c)
{
	if (is_digit(c))
		return (unsigned)(c - '0');
	c = lower(c);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

static void read_digits(struct number *n, unsigned base)
{
	size_t nr = 0;

	n->num = 0;
	for (; n->at < n->len; n->at++) {
		unsigned v = digit_value(n->s[n->at]);

		if (n->s[n->at] == '_')
			continue;
		if (v >= base)
			break;
		nr++;
		n->overflow |= __builtin_mul_overflow(n->num, base, &n->num);
		n->overflow |= __builtin_add_overflow(n->num, v, &n->num);
	}
	if (!nr)
		n->rule = "a digit is missing";
	else if (n->s[n->at - 1] == '_')
		n->rule = "an underscore must stand between digits";
}

/* Behind the 'e' of `3e6`; the coefficient is read already. */
static void read_exponent(struct number *n)
{
	uint64_t coefficient = n->num;

	if (n->at != 1 || !coefficient) {
		n->rule = "the part before 'e' must be one digit from 1 to 9";
		return;
	}
	n->at++;
	if (n->at == n->len || n->s[n->at] < '1' || n->s[n->at] > '9') {
		n->rule = "the exponent must start with a digit from 1 to 9";
		return;
	}
	read_digits(n, 10);
	if (n->rule)
		return;
	if (n->overflow || n->num > 19) {
		n->overflow = true;
		return;
	}
	for (; n->num; n->num--)
		n->overflow |= __builtin_mul_overflow(coefficient, 10, &coefficient);
	n->num = coefficient;
}

static void read_number(struct number *n, bool is_hex)
{
	if (is_hex) {
		n->at = 2;
		read_digits(n, 16);
		return;
	}
	if (n->s[0] == '0' && n->len > 1 && is_digit(n->s[1])) {
		read_digits(n, 8);
		if (n->at < n->len && is_digit(n->s[n->at]))
			n->rule = "a leading 0 means octal, which has no digits 8 and 9";
		return;
	}
	read_digits(n, 10);
	if (!n->rule && n->at < n->len && lower(n->s[n->at]) == 'e')
		read_exponent(n);
}

/* How much of a text a message shows. */
static int shown(size_t len)
{
	return len < 40 ? (int)len : 40;
}

static void range_error(struct lexer *lx, const struct token *t, const struct number *n,
			const struct suffix *x)
{
	diag__error(lx->d, t->loc, "E_INT_RANGE",
		    "integer literal '%.*s' is too big, the limit is %llu", shown(n->len), n->s,
		    (unsigned long long)(x->limit / x->factor));
}

static void int_error(struct lexer *lx, const struct token *t, const struct number *n)
{
	int len = shown(n->len), rest = shown(n->len - n->at);
	const char *at = n->s + n->at;

	if (!n->rule)
		diag__error(lx->d, t->loc, "E_SYN_INT",
			    "malformed integer '%.*s': '%.*s' is no known suffix", len, n->s, rest,
			    at);
	else if (rest)
		diag__error(lx->d, t->loc, "E_SYN_INT", "malformed integer '%.*s' at '%.*s': %s",
			    len, n->s, rest, at, n->rule);
	else
		diag__error(lx->d, t->loc, "E_SYN_INT", "malformed integer '%.*s': %s", len, n->s,
			    n->rule);
}

static void lex_int(struct lexer *lx, uint32_t pos, struct token *t, bool silent)
{
	struct number n = { .s = lx->src->text + pos };
	const struct suffix *x;

	while (is_ident(n.s[n.len]))
		n.len++;
	t->kind = T_INT;
	t->loc.end = pos + (uint32_t)n.len;
	t->is_hex = n.s[0] == '0' && lower(n.s[1]) == 'x';
	read_number(&n, t->is_hex);
	x = n.rule ? NULL : find_suffix(n.s + n.at, n.len - n.at, t->is_hex);
	if (x && !n.overflow && !__builtin_mul_overflow(n.num, x->factor, &t->num) &&
	    t->num <= x->limit)
		return;
	t->num = 0;
	if (silent)
		return;
	if (x)
		range_error(lx, t, &n, x);
	else
		int_error(lx, t, &n);
}

/* --- strings ------------------------------------------------------------------ */

/* Where the text of a string ends that began before @pos; *closed by a quote there. */
static uint32_t string_end(const struct source *src, uint32_t pos, bool *closed)
{
	uint32_t begin = pos, len = (uint32_t)src->len;
	const char *s = src->text;

	for (; pos < len && s[pos] != '\n'; pos++) {
		if (s[pos] == '"') {
			*closed = true;
			return pos;
		}
		if (s[pos] == '\\' && pos + 1 < len && s[pos + 1] != '\n')
			pos++;
	}
	*closed = false;
	while (pos > begin && (is_blank(s[pos - 1]) || strchr(")]};,", s[pos - 1])) && s[pos - 1])
		pos--;
	return pos;
}

/* The first one of a string is enough. */
static void escape_error(struct lexer *lx, struct token *t, uint32_t begin, uint32_t end,
			 const char *why)
{
	uint32_t len = (uint32_t)lx->src->len;

	if (t->bad_escape)
		return;
	t->bad_escape = true;

	/* Not in the middle of a UTF-8 sequence. */
	while (end < len && ((unsigned char)lx->src->text[end] & 0xc0) == 0x80)
		end++;
	diag__error(lx->d, lex__loc(lx, begin, end), "E_SYN_ESCAPE", "escape '%.*s': %s",
		    (int)(end - begin), lx->src->text + begin, why);
}

/* One escape with its backslash at @pos; returns the offset behind it. */
static uint32_t unescape(struct lexer *lx, struct token *t, uint32_t pos, uint32_t end, char *out)
{
	const char *s = lx->src->text;
	uint32_t begin = pos++, stop;
	unsigned v = 0;
	const char *simple = "n\nt\tr\r\"\"\\\\";

	*out = '?';
	for (; *simple; simple += 2)
		if (pos < end && s[pos] == *simple) {
			*out = simple[1];
			return pos + 1;
		}
	if (pos < end && lower(s[pos]) == 'x') {
		for (stop = ++pos + 2; pos < end && pos < stop && digit_value(s[pos]) < 16; pos++)
			v = v * 16 + digit_value(s[pos]);
		if (pos == stop - 2)
			escape_error(lx, t, begin, pos, "expected a hexadecimal digit");
	} else if (pos < end && digit_value(s[pos]) < 8) {
		for (stop = pos + 3; pos < end && pos < stop && digit_value(s[pos]) < 8; pos++)
			v = v * 8 + digit_value(s[pos]);
		if (v > 255)
			escape_error(lx, t, begin, pos, "an octal escape must not exceed \\377");
	} else {
		pos += pos < end;
		escape_error(lx, t, begin, pos,
			     "not known, use one of \\n \\t \\r \\\" \\\\ \\ooo \\xhh");
	}
	*out = (char)v;
	return pos;
}

static void lex_str(struct lexer *lx, uint32_t pos, struct token *t, bool silent)
{
	const char *s = lx->src->text;
	uint32_t end;
	bool closed;
	char *out;

	t->kind = T_STR;
	end = string_end(lx->src, pos + 1, &closed);
	t->loc.end = end + closed;
	t->broken = !closed;
	if (silent)
		return;
	if (!closed)
		diag__error(lx->d, t->loc, "E_SYN_STRING",
			    "the string is not closed on its line, expected '\"'");
	out = arena__alloc(lx->a, end - pos);
	t->text = out;
	for (pos++; pos < end; t->len++)
		if (s[pos] != '\\' || !closed)
			out[t->len] = s[pos++];
		else
			pos = unescape(lx, t, pos, end, &out[t->len]);
}

/* --- the rest ------------------------------------------------------------------- */

static void lex_param(struct lexer *lx, uint32_t pos, struct token *t, bool silent)
{
	const char *s = lx->src->text;
	uint64_t num = 0;
	bool bad = false;

	while (is_digit(s[pos])) {
		bad |= __builtin_mul_overflow(num, 10, &num);
		bad |= __builtin_add_overflow(num, (uint64_t)(s[pos++] - '0'), &num);
	}
	t->kind = T_PARAM;
	t->loc.end = pos;
	t->num = num;
	if (num && !bad && num <= INT64_MAX)
		return;
	t->num = 1;
	if (!silent)
		diag__error(lx->d, t->loc, "E_PARAM_RANGE",
			    "parameter number '%.*s' is out of range, it must be 1 to %lld",
			    shown(t->loc.end - t->loc.begin), s + t->loc.begin,
			    (long long)INT64_MAX);
}

/* The name begins at @name with a sigil or not, its identifier at @pos. */
static void lex_name(struct lexer *lx, struct token *t, uint32_t name, uint32_t pos, bool silent)
{
	const char *s = lx->src->text;

	if (is_ident_start(s[pos]))
		while (is_ident(s[pos]))
			pos++;
	t->loc.end = pos;
	t->len = pos - name;
	if (!silent)
		t->text = arena__strndup(lx->a, s + name, t->len);
}

/* Longer ones before their beginnings. */
static const struct {
	char text[4];
	enum tok kind;
} puncts[] = {
	{ "<<=", T_SHL_EQ }, { ">>=", T_SHR_EQ },  { "->", T_ARROW },	   { "..", T_DOTDOT },
	{ "++", T_INC },     { "--", T_DEC },	   { "<<", T_SHL },	   { ">>", T_SHR },
	{ "<=", T_LE },	     { ">=", T_GE },	   { "==", T_EQ },	   { "!=", T_NE },
	{ "&&", T_ANDAND },  { "||", T_OROR },	   { "+=", T_PLUS_EQ },	   { "-=", T_MINUS_EQ },
	{ "*=", T_STAR_EQ }, { "/=", T_SLASH_EQ }, { "%=", T_PERCENT_EQ }, { "&=", T_AMP_EQ },
	{ "|=", T_PIPE_EQ }, { "^=", T_CARET_EQ }, { "$#", T_NPARAM },	   { "(", T_LPAREN },
	{ ")", T_RPAREN },   { "{", T_LBRACE },	   { "}", T_RBRACE },	   { "[", T_LBRACK },
	{ "]", T_RBRACK },   { ";", T_SEMI },	   { ":", T_COLON },	   { ",", T_COMMA },
	{ ".", T_DOT },	     { "?", T_QUEST },	   { "!", T_NOT },	   { "~", T_TILDE },
	{ "+", T_PLUS },     { "-", T_MINUS },	   { "*", T_STAR },	   { "/", T_SLASH },
	{ "%", T_PERCENT },  { "&", T_AMP },	   { "|", T_PIPE },	   { "^", T_CARET },
	{ "<", T_LT },	     { ">", T_GT },	   { "=", T_ASSIGN },
};

static void lex_punct(const struct lexer *lx, uint32_t pos, struct token *t)
{
	const char *s = lx->src->text + pos;
	size_t i, len;

	for (i = 0; i < COUNT_OF(puncts); i++) {
		if (*s != *puncts[i].text)
			continue;
		len = strlen(puncts[i].text);
		if (!strncmp(s, puncts[i].text, len)) {
			t->kind = puncts[i].kind;
			t->loc.end = pos + (uint32_t)len;
			return;
		}
	}
	t->kind = T_BAD;
	t->loc.end = pos + 1;
	if ((unsigned char)*s >= 0xc0) /* a whole UTF-8 sequence */
		for (len = 1; len < 4 && ((unsigned char)s[len] & 0xc0) == 0x80; len++)
			t->loc.end++;
}

static void lex(struct lexer *lx, uint32_t pos, struct token *t, bool silent)
{
	const char *s = lx->src->text;

	pos = skip_layout(lx, pos, silent);
	memset(t, 0, sizeof(*t));
	t->loc = lex__loc(lx, pos, pos);
	if (pos >= lx->src->len) {
		t->kind = T_EOF;
	} else if (is_ident_start(s[pos])) {
		t->kind = T_IDENT;
		lex_name(lx, t, pos, pos, silent);
	} else if (is_digit(s[pos])) {
		lex_int(lx, pos, t, silent);
	} else if (s[pos] == '"') {
		lex_str(lx, pos, t, silent);
	} else if (s[pos] == '$' && is_digit(s[pos + 1])) {
		lex_param(lx, pos + 1, t, silent);
	} else if (s[pos] == '$' && is_ident_start(s[pos + 1])) {
		t->kind = T_VAR;
		lex_name(lx, t, pos + 1, pos + 1, silent);
	} else if (s[pos] == '@') {
		t->kind = T_MAP;
		lex_name(lx, t, pos, pos + 1, silent);
	} else {
		lex_punct(lx, pos, t);
	}
}

void lex__token(struct lexer *lx, uint32_t pos, struct token *t)
{
	lex(lx, pos, t, false);
}

void lex__peek(struct lexer *lx, uint32_t pos, struct token *t)
{
	lex(lx, pos, t, true);
}
