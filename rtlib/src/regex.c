// SPDX-License-Identifier: Apache-2.0
/*
 * Regular expressions for --probe-filter: what ECMAScript and POSIX have in
 * common, and \d \w \s. Matched by trying, character by character; the C library's
 * own would be 90 KB of each tool.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define DEPTH 64      /* of groups */
#define STEPS 1000000 /* of one match; more only bad patterns take */

/* What is left to match after a part: in the frames of the callers. */
struct rest {
	bool (*go)(const struct rest *c, const char *s);
	const struct rest *next;
	const char *re, *end; /* of a group: where it goes on */
	const char *atom;
	long min, max, n;
	const char *from;
};

static const char *begin; /* of the text */
static unsigned steps;

static bool alternatives(const char *re, const char *end, const char *s, const struct rest *c);
static bool sequence(const char *re, const char *end, const char *s, const struct rest *c);

/* Behind the atom at @re; NULL: malformed. */
static const char *skip_atom(const char *re, const char *end)
{
	unsigned depth = 0;

	if (*re == '\\')
		return re + 1 < end ? re + 2 : NULL;
	if (*re == '[') {
		re += re + 1 < end && re[1] == '^' ? 2 : 1;
		for (re += re < end && *re == ']'; re < end && *re != ']'; re++)
			re += *re == '\\' && re + 1 < end;
		return re < end ? re + 1 : NULL;
	}
	if (*re != '(')
		return re + 1;
	while (re < end) {
		const char *next = *re == '[' || *re == '\\' ? skip_atom(re, end) : re + 1;

		depth += *re == '(';
		depth -= *re == ')';
		if (!next || depth > DEPTH)
			return NULL;
		re = next;
		if (!depth)
			return re;
	}
	return NULL;
}

/* "*", "+", "?", "{2}", "{2,}", "{2,5}", and a "?" behind it, which matters not for a search. */
static const char *quantifier(const char *re, const char *end, long *min, long *max)
{
	char *num;

	*min = *max = 1;
	if (re == end || !strchr("*+?{", *re))
		return re;
	if (*re != '{') {
		*min = *re == '+';
		*max = *re == '?' ? 1 : 1 << 20;
		re++;
	} else {
		*min = *max = strtol(re + 1, &num, 10);
		if (num == re + 1)
			return NULL;
		if (*num == ',')
			*max = num[1] == '}' ? 1 << 20 : strtol(num + 1, &num, 10);
		num += *num == ',';
		if (*num != '}' || *max < *min)
			return NULL;
		re = num + 1;
	}
	return re + (re < end && *re == '?');
}

static bool valid(const char *re, const char *end)
{
	long min, max;

	while (re < end) {
		const char *next;

		if (*re == '|' || *re == '^' || *re == '$') {
			re++;
			continue;
		}
		if (*re == ')' || strchr("*+?", *re))
			return false;
		next = skip_atom(re, end);
		if (!next || (*re == '(' && !valid(re + (strncmp(re, "(?:", 3) ? 1 : 3), next - 1)))
			return false;
		re = quantifier(next, end, &min, &max);
		if (!re)
			return false;
	}
	return true;
}

static bool class_has(char c, char ch)
{
	bool in;

	switch (tolower((unsigned char)c)) {
	case 'd': in = isdigit((unsigned char)ch); break;
	case 'w': in = isalnum((unsigned char)ch) || ch == '_'; break;
	case 's': in = isspace((unsigned char)ch); break;
	default: return c == ch;
	}
	return in != (bool)isupper((unsigned char)c);
}

static bool set_has(const char *re, const char *end, char ch)
{
	bool not = *re == '^', in = false, first = true;

	for (re += not ; re < end && (*re != ']' || first); first = false) {
		if (*re == '\\') {
			in |= class_has(re[1], ch);
			re += 2;
		} else if (re[1] == '-' && re[2] != ']') {
			in |= ch >= re[0] && ch <= re[2];
			re += 3;
		} else {
			in |= *re++ == ch;
		}
	}
	return in != not ;
}

static bool one(const char *re, const char *end, char ch)
{
	if (*re == '.')
		return ch != '\n';
	if (*re == '\\')
		return class_has(re[1], ch);
	if (*re == '[')
		return set_has(re + 1, end, ch);
	return *re == ch;
}

static bool again(const struct rest *c, const char *s);

/* @c: repetition of an atom that was matched c->n times. */
static bool repeat(const struct rest *c, const char *s)
{
	const char *after = skip_atom(c->atom, c->end);
	struct rest more = *c;

	more.go = again;
	more.n = c->n + 1;
	more.from = s;
	if (c->n < c->max && steps) {
		if (*c->atom == '(') {
			const char *in = c->atom + (strncmp(c->atom, "(?:", 3) ? 1 : 3);

			if (alternatives(in, after - 1, s, &more))
				return true;
		} else if (*s && one(c->atom, after, *s) && repeat(&more, s + 1)) {
			return true;
		}
	}
	return c->n >= c->min && sequence(c->re, c->end, s, c->next);
}

static bool again(const struct rest *c, const char *s)
{
	if (s == c->from && c->n > c->min) /* an empty round would have no end */
		return false;
	return repeat(c, s);
}

static bool sequence(const char *re, const char *end, const char *s, const struct rest *c)
{
	struct rest r = { .next = c };

	if (!steps || !--steps)
		return false;
	if (re == end)
		return !c || c->go(c, s);
	if (*re == '^')
		return s == begin && sequence(re + 1, end, s, c);
	if (*re == '$')
		return !*s && sequence(re + 1, end, s, c);
	r.atom = re;
	r.end = end;
	r.re = quantifier(skip_atom(re, end), end, &r.min, &r.max);
	return repeat(&r, s);
}

static bool alternatives(const char *re, const char *end, const char *s, const struct rest *c)
{
	const char *bar;

	for (;; re = bar + 1) {
		for (bar = re; bar < end && *bar != '|'; bar = skip_atom(bar, end))
			;
		if (sequence(re, bar, s, c))
			return true;
		if (bar >= end)
			return false;
	}
}

bool btc_regex_valid(const char *re)
{
	return valid(re, re + strlen(re));
}

bool btc_regex_search(const char *re, const char *text)
{
	const char *s = text;

	begin = text;
	steps = STEPS;
	do
		if (alternatives(re, re + strlen(re), s, NULL))
			return true;
	while (*s++);
	return false;
}
