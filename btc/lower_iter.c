// SPDX-License-Identifier: Apache-2.0
/*
 * Iterators. The kernel calls the program once for each object and once more
 * without any, which is no event of the language. Their printf() writes to the
 * file that the iterator is, through bpf_seq_printf(): its formats are a part
 * of ours, so each conversion is rewritten to one that the kernel takes.
 */
#include <ctype.h>
#include <string.h>

#include "lower_priv.h"

#define MAX_ARGS 12 /* of one bpf_seq_printf() */

/* --- the object ---------------------------------------------------------------- */

/* The last pointer of the context is what the iterator is about; NULL: none. */
static const struct member *object_of(struct lower *l, const struct type *ctx)
{
	const struct member *list, *inner, *found = NULL;
	size_t nr = ctypes__members(l->types, ctx, &list);

	for (size_t i = 0; i < nr; i++) {
		if (list[i].type->kind == TY_PTR)
			found = &list[i];
		/* A pointer is in a union with 64 bits, for programs of 32-bit machines. */
		if (list[i].type->kind == TY_STRUCT && !*list[i].name &&
		    ctypes__members(l->types, list[i].type, &inner) && inner->type->kind == TY_PTR)
			found = inner;
	}
	return found;
}

void iter_begin(struct lower *l)
{
	const struct type *ctx =
		ctypes__find(l->types, "struct", FMT(l, "bpf_iter__%s", l->at->func));
	const struct member *m = ctx ? object_of(l, ctx) : NULL;
	const char *name;

	if (!m)
		return;
	name = use_member(l, ctx, m);
	l__emit(l, "if (!((%s *)%s)->%s)", kernel_struct(l, ctx), l__ctx(l), name);
	l->fn->indent++;
	l__return(l, NULL);
	l->fn->indent--;
}

/* --- printf ---------------------------------------------------------------------- */

struct seq {
	struct buf fmt;
	VEC(const char *) args;
};

static void flush(struct lower *l, struct seq *s)
{
	const char *fmt, *args;

	if (!s->fmt.len)
		return;
	fmt = string_literal(l, s->fmt.s, s->fmt.len);
	if (s->args.nr) {
		args = l__name(l, "seq");
		vec_push(l->a, &l->fn->f->decls, FMT(l, "__u64 %s[%zu]", args, s->args.nr));
		for (size_t i = 0; i < s->args.nr; i++)
			l__emit(l, "%s[%zu] = %s;", args, i, s->args.v[i]);
		l__emit(l, "btc_seq_printf(%s, %s, sizeof(%s), %s, sizeof(%s));", l__ctx(l), fmt,
			fmt, args, args);
	} else {
		l__emit(l, "btc_seq_printf(%s, %s, sizeof(%s), NULL, 0);", l__ctx(l), fmt, fmt);
	}
	buf__free(&s->fmt);
	memset(s, 0, sizeof(*s));
}

static void add_arg(struct lower *l, struct seq *s, const char *conv, const char *text)
{
	if (s->args.nr == MAX_ARGS)
		flush(l, s);
	buf__str(&s->fmt, conv);
	vec_push(l->a, &s->args, text);
}

/* Plain text; the kernel takes printable ASCII only, so other bytes travel as strings. */
static void add_text(struct lower *l, struct seq *s, const char *text, size_t len)
{
	size_t i = 0, n;

	while (i < len) {
		unsigned char c = (unsigned char)text[i];

		if (c < 128 && (isprint(c) || isspace(c))) {
			if (c == '%')
				buf__str(&s->fmt, "%");
			buf__add(&s->fmt, text + i++, 1);
			continue;
		}
		for (n = 1; i + n < len && ((unsigned char)text[i + n] >= 128); n++)
			;
		add_arg(l, s, "%s", FMT(l, "(__u64)%s", string_literal(l, text + i, n)));
		i += n;
	}
}

static const char *number_of(struct lower *l, const struct expr *e, bool is_signed)
{
	return FMT(l, "(__u64)%s", paren(l, value_as(l, e, type__int(8, is_signed))));
}

/* %s of what is no string. */
static void add_any(struct lower *l, struct seq *s, const char *flags, const struct expr *e)
{
	const struct type *t = value_type(e->type);
	const char *yes, *no;

	switch (t->kind) {
	case TY_STRING:
		add_arg(l, s, FMT(l, "%%%ss", flags), FMT(l, "(__u64)%s", paren(l, object(l, e))));
		return;
	case TY_INT:
		if (t->enum_)
			break;
		add_arg(l, s, FMT(l, "%%%sll%c", flags, t->is_signed ? 'd' : 'u'),
			number_of(l, e, t->is_signed));
		return;
	case TY_BOOL:
		yes = string_literal(l, "true", 4);
		no = string_literal(l, "false", 5);
		add_arg(l, s, FMT(l, "%%%ss", flags),
			FMT(l, "%s ? (__u64)%s : (__u64)%s", paren(l, value(l, e)), yes, no));
		return;
	case TY_PTR: add_arg(l, s, FMT(l, "0x%%%sllx", flags), number_of(l, e, false)); return;
	case TY_KSYM: add_arg(l, s, FMT(l, "%%%sps", flags), number_of(l, e, false)); return;
	default: break;
	}
	l__unsupported(
		l, e->loc,
		FMT(l, "printf() in an iterator of a value of type %s", type__name(l->a, t)));
}

static void add_number(struct lower *l, struct seq *s, const char *flags, bool alt,
		       const char *length, char conv, const struct expr *e)
{
	const char *text = number_of(l, e, conv == 'd' || conv == 'i'), *wide = "";

	if (!strcmp(length, "hh") || !strcmp(length, "h"))
		text = FMT(l, "(__u64)(%s)%s",
			   conv == 'd' || conv == 'i' ? *++length ? "__s8" : "__s16"
			   : *++length		      ? "__u8"
						      : "__u16",
			   paren(l, text));
	else if (*length)
		wide = "ll";
	if (alt && (conv == 'x' || conv == 'X'))
		buf__str(&s->fmt, conv == 'x' ? "0x" : "0X");
	add_arg(l, s, FMT(l, "%%%s%s%c", flags, wide, conv), text);
}

/* One conversion, from behind its '%'; NULL: it is none, and plain text. */
static const char *conversion(struct lower *l, struct seq *s, const char *p, const struct expr *e)
{
	const char *begin = p, *flags, *length;
	bool alt;

	p += *p == '-';
	p += *p == '+';
	p += *p == ' ';
	flags = arena__strndup(l->a, begin, (size_t)(p - begin));
	alt = *p == '#';
	p += alt;
	begin = p;
	p += *p == '0';
	while (isdigit((unsigned char)*p))
		p++;
	flags = FMT(l, "%s%.*s", flags, (int)(p - begin), begin);
	p += *p == '*';
	if (*p == '.')
		for (p++; *p == '*' || isdigit((unsigned char)*p); p++)
			;
	begin = p;
	p += !strncmp(p, "hh", 2) || !strncmp(p, "ll", 2) ? 2 : *p && strchr("hlLjzt", *p) ? 1 : 0;
	length = arena__strndup(l->a, begin, (size_t)(p - begin));
	if (*p == '%')
		add_text(l, s, "%", 1);
	else if (!*p || !strchr("diuoxXcpsrg", *p))
		return NULL;
	if (!e || *p == '%')
		return p + 1;
	switch (*p) {
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X': add_number(l, s, flags, alt, length, *p, e); break;
	case 'c': add_arg(l, s, "%c", number_of(l, e, false)); break;
	case 'p': add_arg(l, s, FMT(l, "0x%%%sllx", flags), number_of(l, e, false)); break;
	case 's': add_any(l, s, flags, e); break;
	default: l__unsupported(l, e->loc, FMT(l, "%%%c in an iterator", *p)); break;
	}
	return p + 1;
}

void iter_printf(struct lower *l, const struct expr *e)
{
	const char *p = e->call.args.v[0]->konst->str, *end = p + e->call.args.v[0]->konst->len,
		   *next;
	size_t nr = 1, run;
	struct seq s = { 0 };

	l__include(l, "iter.bpf.h");
	for (size_t i = 1; i < e->call.args.nr; i++)
		prepare(l, e->call.args.v[i]);
	while (p < end) {
		run = strcspn(p, "%");
		add_text(l, &s, p, run);
		p += run;
		if (p >= end)
			break;
		next = conversion(l, &s, p + 1, nr < e->call.args.nr ? e->call.args.v[nr] : NULL);
		if (!next)
			add_text(l, &s, "%", 1);
		else if (next[-1] != '%')
			nr++;
		p = next ? next : p + 1;
	}
	flush(l, &s);
}
