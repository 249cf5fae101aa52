// SPDX-License-Identifier: Apache-2.0
/*
 * No parser: clang is that. One pass over the tokens that knows braces, tags and
 * typedefs, just enough to name the types of a text. Function bodies are left out
 * on the way: headers are full of them, and those of the kernel hold assembly that
 * the BPF target cannot take. Where a guess is wrong, clang refuses a global or
 * misses a type, and cdefs.c mends it.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <string.h>

#include "cscan.h"

struct scan {
	struct arena *a;
	const char *s, *end;
	bool preprocessed;
	void (*on_directive)(void *ctx, const char *s, size_t len);
	void *ctx;
	struct cscan *out;
	struct strmap *known; /* "foo_t", "struct foo" */

	bool system; /* the text is from a system's header */
	int brace, paren, bracket;
	int enum_at; /* brace depth of an enum's body; 0: outside */
	unsigned nr_enums;

	const char *tag, *tag_name; /* `struct foo` of which it is not yet known what follows */
	const char *maybe;	    /* a word that is a type if a word or '*' follows */
	bool starts;		    /* a declaration may start here */
	char last;		    /* the last character that means something */

	/* of the statement at depth 0 */
	bool in_typedef, has_paren, has_assign;
	const char *declared, *fn_name;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool one_of(const char *word, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(word, list[i]))
			return true;
	}
	return false;
}

static void copy_to(struct scan *x, const char *to)
{
	buf__add(&x->out->text, x->s, (size_t)(to - x->s));
	x->s = to;
}

/* --- directives ------------------------------------------------------------------------ */

/* `line 12 "file"` or `12 "file" 1 3`: 3 says that it is a system's header. */
static bool read_marker(struct scan *x, const char *s, const char *end)
{
	const char *quote = memchr(s, '"', (size_t)(end - s)), *close;

	if (strncmp(s, "line ", 5) && !isdigit((unsigned char)*s))
		return false;
	close = quote ? memchr(quote + 1, '"', (size_t)(end - quote - 1)) : NULL;
	if (!close)
		return true;
	x->system = memchr(close, '3', (size_t)(end - close)) != NULL;
	return true;
}

static void directive(struct scan *x)
{
	const char *s = x->s + 1, *end = memchr(x->s, '\n', (size_t)(x->end - x->s));

	if (!end)
		end = x->end;
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	if (read_marker(x, s, end)) {
		copy_to(x, end);
		return;
	}
	x->on_directive(x->ctx, s, (size_t)(end - s));
	/* What has been expanded must not be expanded again. */
	if (x->preprocessed && (!strncmp(s, "define", 6) || !strncmp(s, "undef", 5)))
		x->s = end;
	else
		copy_to(x, end);
}

/* --- skipping --------------------------------------------------------------------------- */

static const char *literal_end(const struct scan *x)
{
	const char *s = x->s;
	char quote = *s++;

	while (s < x->end && *s != quote && *s != '\n')
		s += *s == '\\' && s + 1 < x->end ? 2 : 1;
	return s < x->end ? s + 1 : x->end;
}

/* The end of a comment or literal that starts here, NULL if none does. */
static const char *opaque_end(const struct scan *x)
{
	const char *s = x->s;

	if (*s == '"' || *s == '\'')
		return literal_end(x);
	if (*s != '/' || s + 1 == x->end)
		return NULL;
	if (s[1] == '/') {
		s = memchr(s, '\n', (size_t)(x->end - s));
		return s ? s : x->end;
	}
	if (s[1] != '*')
		return NULL;
	s = memmem(s + 2, (size_t)(x->end - s - 2), "*/", 2);
	return s ? s + 2 : x->end;
}

static bool at_line_start(const struct scan *x, const char *begin)
{
	return x->s == begin || x->s[-1] == '\n';
}

/* An attribute's parentheses, with all that is in them. */
static void copy_parens(struct scan *x)
{
	int depth = 0;

	while (x->s < x->end && isspace((unsigned char)*x->s))
		copy_to(x, x->s + 1);
	if (x->s == x->end || *x->s != '(')
		return;
	do {
		const char *skip = opaque_end(x);

		depth += *x->s == '(';
		depth -= *x->s == ')';
		copy_to(x, skip ? skip : x->s + 1);
	} while (depth && x->s < x->end);
	x->last = ')';
}

/* A function's body becomes ';'. Its line breaks and markers stay, so that lines keep their numbers. */
static void skip_body(struct scan *x)
{
	int depth = 0;

	buf__str(&x->out->text, ";");
	do {
		const char *skip = opaque_end(x);

		if (*x->s == '#' && x->s[-1] == '\n') {
			directive(x);
			continue;
		}
		depth += *x->s == '{';
		depth -= *x->s == '}';
		for (const char *to = skip ? skip : x->s + 1; x->s < to; x->s++) {
			if (*x->s == '\n')
				buf__str(&x->out->text, "\n");
		}
	} while (depth && x->s < x->end);
	x->last = ';';
}

/* --- what is found --------------------------------------------------------------------------- */

static bool make_known(struct scan *x, const char *name)
{
	if (strmap__get(x->known, name))
		return false;
	strmap__set(x->known, name, (void *)"");
	return true;
}

static void keep(struct scan *x, const char *name)
{
	struct cscan_def def = { name, x->system };

	vec_push(x->a, &x->out->keep, def);
}

static void define_tag(struct scan *x)
{
	const char *full;

	if (!x->tag_name) {
		if (strcmp(x->tag, "enum"))
			return;
		full = arena__printf(x->a, "enum btc_enum_%u", x->nr_enums++);
		buf__printf(&x->out->text, " %s ", full + 5);
		keep(x, full);
		/* Its constants are the script's own, so the script's BTF is wanted. */
		if (!x->system)
			vec_push(x->a, &x->out->own, full);
		return;
	}
	full = arena__printf(x->a, "%s %s", x->tag, x->tag_name);
	if (!make_known(x, full))
		return;
	keep(x, full);
	if (!x->system) {
		vec_push(x->a, &x->out->own, full);
		vec_push(x->a, &x->out->own, x->tag_name);
	}
}

static void use_tag(struct scan *x)
{
	struct cscan_tag t = { x->tag, x->tag_name };

	if (!x->system && x->tag_name)
		vec_push(x->a, &x->out->wanted_tags, t);
}

static void end_declarator(struct scan *x)
{
	const char *name = x->fn_name ? x->fn_name : x->declared;

	if (x->in_typedef && name && make_known(x, name)) {
		keep(x, name);
		if (!x->system)
			vec_push(x->a, &x->out->own, name);
	}
	x->declared = x->fn_name = NULL;
	x->has_paren = false;
}

static void end_statement(struct scan *x)
{
	end_declarator(x);
	x->in_typedef = x->has_assign = false;
}

/* --- tokens ------------------------------------------------------------------------------------- */

static bool is_type_word(const char *w)
{
	static const char *const words[] = {
		"int",
		"char",
		"short",
		"long",
		"unsigned",
		"signed",
		"void",
		"float",
		"double",
		"_Bool",
		"__int128",
		"__signed__",
		"__builtin_va_list",
	};

	return one_of(w, words, COUNT_OF(words));
}

static bool is_qualifier(const char *w)
{
	static const char *const words[] = {
		"const",      "volatile",     "static",	       "extern",
		"inline",     "__inline",     "__inline__",    "restrict",
		"__restrict", "__restrict__", "__extension__", "register",
		"__const",    "__volatile__", "_Noreturn",     "typedef",
	};

	return one_of(w, words, COUNT_OF(words));
}

static bool takes_parens(const char *w)
{
	static const char *const words[] = {
		"__attribute__", "__attribute", "__asm__",	  "__asm",
		"asm",		 "_Alignas",	"__declspec",	  "typeof",
		"__typeof__",	 "__typeof",	"_Static_assert", "sizeof",
	};

	return one_of(w, words, COUNT_OF(words));
}

static void plain_word(struct scan *x, const char *w)
{
	bool was_star = x->last == '*', outer = !x->brace && !x->bracket;

	if (x->enum_at) {
		make_known(x, w);
		return;
	}
	if (x->maybe)
		vec_push(x->a, &x->out->wanted_names, x->maybe);
	x->maybe = x->starts && !x->system ? w : NULL;
	x->starts = false;
	if (!x->in_typedef || !outer)
		return;
	if (!x->paren && !x->has_paren)
		x->declared = w;
	else if (x->paren && was_star && !x->fn_name)
		x->fn_name = w;
}

static void word(struct scan *x)
{
	const char *to = x->s, *w;

	while (to < x->end && is_word(*to))
		to++;
	w = arena__strndup(x->a, x->s, (size_t)(to - x->s));
	copy_to(x, to);
	if (takes_parens(w)) {
		copy_parens(x);
		return;
	}
	if (isdigit((unsigned char)*w)) {
		x->maybe = NULL;
		x->starts = false;
	} else if (!strcmp(w, "struct") || !strcmp(w, "union") || !strcmp(w, "enum")) {
		x->tag = w;
		x->tag_name = x->maybe = NULL;
		x->starts = false;
	} else if (x->tag && !x->tag_name) {
		x->tag_name = w;
	} else if (is_qualifier(w) || is_type_word(w)) {
		x->in_typedef |= !strcmp(w, "typedef") && !x->brace;
		x->starts = x->starts && is_qualifier(w);
		x->maybe = NULL;
	} else {
		if (x->tag)
			use_tag(x);
		x->tag = NULL;
		plain_word(x, w);
	}
	x->last = 'a';
}

static void open_brace(struct scan *x)
{
	bool body = !x->brace && !x->paren && !x->tag && !x->has_assign && x->last == ')';

	if (body) {
		skip_body(x);
		end_statement(x);
		x->starts = true;
		return;
	}
	if (x->tag)
		define_tag(x);
	x->brace++;
	if (x->tag && !strcmp(x->tag, "enum"))
		x->enum_at = x->brace;
	x->tag = NULL;
	x->starts = true;
	copy_to(x, x->s + 1);
	x->last = '{';
}

static void nest(struct scan *x, char c)
{
	bool outer = !x->brace && !x->paren && !x->bracket;

	switch (c) {
	case '}':
		if (x->enum_at == x->brace)
			x->enum_at = 0;
		x->brace -= x->brace > 0;
		break;
	case '(':
		if (outer && x->in_typedef)
			x->has_paren = true;
		x->paren++;
		break;
	case ')': x->paren -= x->paren > 0; break;
	case '[': x->bracket++; break;
	case ']': x->bracket -= x->bracket > 0; break;
	case '=': x->has_assign |= outer; break;
	case ',':
		if (outer)
			end_declarator(x);
		break;
	case ';':
		if (outer)
			end_statement(x);
		break;
	}
}

static void punct(struct scan *x)
{
	char c = *x->s;

	if (c == '{') {
		x->maybe = NULL;
		open_brace(x);
		return;
	}
	if (x->tag && c != '*' && c != ';')
		use_tag(x);
	x->tag = NULL;
	if (x->maybe && c == '*')
		vec_push(x->a, &x->out->wanted_names, x->maybe);
	x->maybe = NULL;
	x->starts = c == ';' || c == '}' || (c == '(' && !x->brace && x->last == 'a');
	nest(x, c);
	copy_to(x, x->s + 1);
	x->last = c;
}

/* Keeps of the wishes what the text does not define itself. */
static void drop_known(struct scan *x)
{
	struct cscan *o = x->out;
	size_t nr = 0;

	for (size_t i = 0; i < o->wanted_names.nr; i++) {
		if (make_known(x, o->wanted_names.v[i]))
			o->wanted_names.v[nr++] = o->wanted_names.v[i];
	}
	o->wanted_names.nr = nr;
	nr = 0;
	for (size_t i = 0; i < o->wanted_tags.nr; i++) {
		struct cscan_tag t = o->wanted_tags.v[i];

		if (make_known(x, arena__printf(x->a, "%s %s", t.tag, t.name)))
			o->wanted_tags.v[nr++] = t;
	}
	o->wanted_tags.nr = nr;
}

void cscan__run(struct arena *a, const char *s, size_t len, bool preprocessed,
		void (*on_directive)(void *ctx, const char *s, size_t len), void *ctx,
		struct cscan *out)
{
	struct scan x = {
		.a = a,
		.s = s,
		.end = s + len,
		.preprocessed = preprocessed,
		.on_directive = on_directive,
		.ctx = ctx,
		.out = out,
		.starts = true,
		.last = ';',
	};

	x.known = strmap__new(a);
	out->lent = strmap__new(a);
	while (x.s < x.end) {
		const char *skip = opaque_end(&x);

		if (*x.s == '#' && at_line_start(&x, s)) {
			directive(&x);
		} else if (skip) {
			if (*x.s == '"')
				x.last = '"';
			copy_to(&x, skip);
		} else if (isspace((unsigned char)*x.s) || *x.s == '\\') {
			copy_to(&x, x.s + 1);
		} else if (is_word(*x.s)) {
			word(&x);
		} else {
			punct(&x);
		}
	}
	drop_known(&x);
}
