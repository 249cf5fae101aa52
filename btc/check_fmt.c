// SPDX-License-Identifier: Apache-2.0
/*
 * Formats. A conversion is `%[-][+][ ][#][0][width][.precision][length]letter`;
 * what does not match that is plain text. The format is read again when the
 * tool runs: here it is only compared with the arguments.
 */
#include <string.h>

#include "check_priv.h"

struct conv {
	const char *begin;
	int len;
	enum { CONV_NUM, CONV_STR, CONV_PTR, CONV_CHAR, CONV_BUF, CONV_GFP, CONV_FLOAT } kind;
};

static const char *skip_one(const char *s, char c)
{
	return *s == c ? s + 1 : s;
}

static const char *skip_digits(const char *s)
{
	while (*s >= '0' && *s <= '9')
		s++;
	return s;
}

static const char *skip_length(const char *s)
{
	if (!strncmp(s, "hh", 2) || !strncmp(s, "ll", 2))
		return s + 2;
	return *s && strchr("hlLjzt", *s) ? s + 1 : s;
}

/* Behind the letter; NULL: it is none. */
static const char *letter(const char *s, struct conv *v)
{
	switch (*s) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X': v->kind = CONV_NUM; return s + 1;
	case 'c': v->kind = CONV_CHAR; return s + 1;
	case 'p': v->kind = CONV_PTR; return s + 1;
	case 's': v->kind = CONV_STR; return s + 1;
	case 'r': v->kind = CONV_BUF; return s[1] == 'x' || s[1] == 'h' ? s + 2 : s + 1;
	case 'g': v->kind = s[1] == 'r' ? CONV_GFP : CONV_FLOAT; return s[1] == 'r' ? s + 2 : s + 1;
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'G':
	case 'a':
	case 'A': v->kind = CONV_FLOAT; return s + 1;
	default: return NULL;
	}
}

/* The next conversion at or after *@s; moves *@s behind it. */
static bool next(const char **s, struct conv *v)
{
	const char *p = *s, *end;

	while ((p = strchr(p, '%'))) {
		v->begin = p++;
		p = skip_one(skip_one(skip_one(skip_one(skip_one(p, '-'), '+'), ' '), '#'), '0');
		p = *p == '*' ? p + 1 : skip_digits(p);
		if (*p == '.')
			p = *++p == '*' ? p + 1 : skip_digits(p);
		p = skip_length(p);
		end = letter(p, v);
		if (!end) {
			p = skip_one(p, '%'); /* %% */
			continue;
		}
		v->len = (int)(end - v->begin);
		*s = end;
		return true;
	}
	return false;
}

static bool suits(const struct conv *v, const struct type *t)
{
	bool number = t->kind == TY_INT || t->kind == TY_BOOL || t->kind == TY_PTR ||
		      type__is_castable_agg(t);

	switch (v->kind) {
	case CONV_NUM:
	case CONV_PTR: return number;
	case CONV_CHAR:
	case CONV_GFP: return number && t->kind != TY_PTR;
	case CONV_BUF: return t->kind == TY_BUFFER;
	default: return check__is_printable(t) && t->kind != TY_ARGS;
	}
}

static void check_arg(struct check *c, const struct conv *v, struct expr *arg)
{
	bool is_sum = check__skips_param(arg) && check__param_is_number(c, arg->bin.l);
	const struct type *t = v->kind == CONV_STR && !is_sum ? check__text(c, arg)
							      : check__expr(c, arg);

	if (is_err(t) || v->kind == CONV_FLOAT || suits(v, t))
		return;
	if (!check__is_printable(t))
		check__error(c, arg->loc, "E_UNPRINTABLE", "a value of type %s cannot be printed",
			     check__tn(c, t));
	else
		check__error(c, arg->loc, "E_FMT_TYPE", "%.*s does not print a value of type %s",
			     v->len, v->begin, check__tn(c, t));
}

static bool is_format(struct check *c, struct expr *e)
{
	struct expr *fmt = call__arg(e, 0);

	if (fmt->kind == EX_STR) {
		/* A format may be longer than max_strlen. */
		fold__str(c, fmt, fmt->str.s, fmt->str.len);
		return true;
	}
	check__expr(c, fmt);
	check__want_text(c, fmt);
	if (fmt->konst && fmt->konst->kind == KONST_STR)
		return true;
	if (!is_err(fmt->type))
		check__error(c, fmt->loc, "E_ARG_KIND", "the format of %s must be a literal string",
			     e->call.name);
	return false;
}

void check__format(struct check *c, struct expr *e)
{
	unsigned given = call__nr(e) - 1, nr = 0;
	const char *s;
	struct conv v;

	if (!is_format(c, e)) {
		for (unsigned i = 1; i <= given; i++)
			check__expr(c, call__arg(e, i));
		return;
	}
	for (s = call__arg(e, 0)->konst->str; next(&s, &v);) {
		if (v.kind == CONV_FLOAT)
			check__error(c, call__arg(e, 0)->loc, "E_FMT_SPEC",
				     "%.*s is not supported: there are no floating-point values",
				     v.len, v.begin);
		if (++nr <= given)
			check_arg(c, &v, call__arg(e, nr));
	}
	for (unsigned i = nr + 1; i <= given; i++)
		check__expr(c, call__arg(e, i));
	if (nr != given)
		check__error(c, e->loc, "E_FMT_COUNT",
			     "the format has %u conversion%s, but %u argument%s follow%s", nr,
			     nr == 1 ? "" : "s", given, given == 1 ? "" : "s",
			     given == 1 ? "s" : "");
}
