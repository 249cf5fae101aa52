// SPDX-License-Identifier: Apache-2.0
/*
 * The positional parameters $1 … $N and their number $#. They are known when the
 * tool starts, so they are late values. btc run has them while it compiles: there
 * a parameter gets the type that its text has, and is a literal where nothing
 * else will do. What a literal was made of is noted, for whoever wants to run the
 * same tool with other parameters.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "check_priv.h"
#include "lex.h"

static void note_use(struct check *c, unsigned n, struct loc loc, bool as_str)
{
	struct param p = { .n = n, .loc = loc };
	struct param *found = NULL;

	if (!c->final)
		return;
	for (size_t i = 0; i < c->p->params.nr; i++) {
		if (c->p->params.v[i].n == n)
			found = &c->p->params.v[i];
	}
	if (!found) {
		vec_push(c->a, &c->p->params, p);
		found = &c->p->params.v[c->p->params.nr - 1];
	}
	found->as_str |= as_str;
	found->as_int |= !as_str;
}

/* --- the text of a parameter --------------------------------------------------------------- */

/* NULL: none was given. */
static const char *text_of(const struct check *c, unsigned n)
{
	if (!c->o->params || n < 1 || n > c->o->nr_params)
		return NULL;
	return c->o->params[n - 1];
}

/* 0b101 exists only here. */
static bool binary(const char *s, uint64_t *num)
{
	if (s[0] != '0' || (s[1] != 'b' && s[1] != 'B') || !s[2])
		return false;
	*num = 0;
	for (s += 2; *s; s++) {
		if ((*s != '0' && *s != '1') || *num >> 63)
			return false;
		*num = *num << 1 | (uint64_t)(*s - '0');
	}
	return true;
}

static bool integer(struct arena *a, const char *s, uint64_t *num)
{
	/* Whatever the lexer has to say is about text, not about the script. */
	struct diags *quiet = diags__new(a);
	struct source *src = source__new(a, "parameter", NULL, s, strlen(s));
	struct lexer lx = { .a = a, .d = quiet, .src = src };
	struct token t;

	if (!isdigit((unsigned char)*s))
		return false;
	if (binary(s, num))
		return true;
	lex__token(&lx, 0, &t);
	*num = t.num;
	return t.kind == T_INT && t.loc.end == src->len && !diags__nr_errors(quiet);
}

static bool is_number(struct arena *a, const char *text, __int128 *num)
{
	bool minus = *text == '-';
	uint64_t n;

	if (!integer(a, text + minus, &n) || (minus && n > (uint64_t)INT64_MAX + 1))
		return false;
	*num = minus ? -(__int128)n : (__int128)n;
	return true;
}

bool check__is_number(struct arena *a, const char *text)
{
	__int128 num;

	return !*text || is_number(a, text, &num);
}

/* --- literals ---------------------------------------------------------------------------------- */

static void note_literal(struct check *c, unsigned n)
{
	for (size_t i = 0; i < c->p->literals.nr; i++) {
		if (c->p->literals.v[i] == n)
			return;
	}
	vec_push(c->a, &c->p->literals, n);
}

static void fold_param(struct check *c, struct expr *e, bool as_text)
{
	const char *text = text_of(c, e->param);
	__int128 num;

	note_literal(c, e->param);
	if (!text || !*text)
		check__warn(c, e->loc, "W_POSITIONAL_EMPTY", "the parameter $%u is not given",
			    e->param);
	if (as_text)
		fold__str(c, e, text ? text : "", text ? strlen(text) : 0);
	else if (!text || !*text)
		fold__int(c, e, 0);
	else if (is_number(c->a, text, &num))
		fold__int(c, e, num);
	else
		fold__str(c, e, text, strlen(text));
}

static void find_param(void *found, struct expr *e)
{
	if (e->kind == EX_PARAM || e->kind == EX_NPARAM)
		*(bool *)found = true;
}

static void want_constant(struct check *c, struct expr *e, bool as_text)
{
	bool found = false;

	if (!c->o->params || e->konst || c->literal_params)
		return;
	expr__each(e, find_param, &found);
	if (!found)
		return;
	c->literal_params = true;
	if (as_text)
		check__text(c, e);
	else
		check__expr(c, e);
	c->literal_params = false;
}

void check__want_constant(struct check *c, struct expr *e)
{
	want_constant(c, e, false);
}

void check__want_text(struct check *c, struct expr *e)
{
	want_constant(c, e, true);
}

/* --- leaves of the tree ---------------------------------------------------------------------------- */

const struct type *check__param(struct check *c, struct expr *e, bool as_text)
{
	const char *text = text_of(c, e->param);

	as_text |= text && !check__is_number(c->a, text);
	note_use(c, e->param, e->loc, as_text);
	if (c->literal_params) {
		fold_param(c, e, as_text);
		return e->type;
	}
	if (as_text)
		return check__as(c, type__string(c->a, (uint32_t)c->cfg->max_strlen), AS_KERNEL);
	return type__int(8, true);
}

bool check__skips_param(const struct expr *e)
{
	return e->kind == EX_BINARY && e->bin.op == OP_ADD && e->bin.l->kind == EX_PARAM;
}

/* As text, $1 + 2 is that of the parameter without its first two characters. */
const struct type *check__rest_of_param(struct check *c, struct expr *e)
{
	struct expr *n = e->bin.r;
	uint64_t max = c->cfg->max_strlen;
	const struct konst *k;

	check__text(c, e->bin.l);
	check__expr(c, n);
	check__want_constant(c, n);
	e->konst = NULL;
	e->type = type__error();
	if (is_err(n->type))
		return e->type;
	if (!konst__is_int(n) || konst__value(n) < 0) {
		check__error(c, n->loc, "E_ARG_KIND",
			     "what is left out of the text of $%u must be a literal of at least 0",
			     e->bin.l->param);
		return e->type;
	}
	k = e->bin.l->konst;
	if (k && konst__value(n) > (__int128)k->len)
		fold__str(c, e, "", 0);
	else if (!fold__binary(c, e))
		e->type = check__as(c,
				    type__string(c->a, n->konst->num < max
							       ? (uint32_t)(max - n->konst->num)
							       : 1),
				    AS_KERNEL);
	return e->type;
}

/* In btc run: was a number given for it? */
bool check__param_is_number(const struct check *c, const struct expr *e)
{
	const char *text = text_of(c, e->param);

	return c->o->params && (!text || check__is_number(c->a, text));
}

const struct type *check__nparam(struct check *c, struct expr *e)
{
	if (c->literal_params) {
		note_literal(c, 0);
		fold__int(c, e, c->o->nr_params);
	}
	return type__int(8, false);
}

/* --- attach points --------------------------------------------------------------------------------- */

void check__attach_params(struct check *c, const struct attach *at)
{
	if (at->rate_param)
		note_use(c, at->rate_param, at->loc, true);
	for (const char *s = at->has_param ? strchr(at->text, '$') : NULL; s;
	     s = strchr(s + 1, '$')) {
		unsigned n = (unsigned)strtoul(s + 1, NULL, 10);

		if (n)
			note_use(c, n, at->loc, true);
	}
}

bool check__attach_literal(struct check *c, struct attach *at)
{
	struct attach fresh = { .loc = at->loc, .label = at->label };
	struct buf b = { 0 };
	char *end;

	if (!at->has_param || !c->o->params)
		return true;
	for (const char *s = at->text; *s;) {
		unsigned n = *s == '$' ? (unsigned)strtoul(s + 1, &end, 10) : 0;

		if (!n) {
			buf__add(&b, s++, 1);
			continue;
		}
		note_literal(c, n);
		buf__str(&b, text_of(c, n) ? text_of(c, n) : "");
		s = end;
	}
	fresh.text = arena__strndup(c->a, b.s ? b.s : "", b.len);
	buf__free(&b);
	*at = fresh;
	return attach__resolve(c->a, c->d, at);
}
