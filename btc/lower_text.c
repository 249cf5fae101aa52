// SPDX-License-Identifier: Apache-2.0
/*
 * Builtins on text and bytes. All of them work on memory of the program's own:
 * what a pointer leads to is copied there first.
 */
#include <string.h>

#include "lower_priv.h"

static const struct expr *arg(const struct expr *e, size_t i)
{
	return i < e->call.args.nr ? e->call.args.v[i] : NULL;
}

/* The string behind a pointer as an object, and the length that was read (as read_str counts). */
static const char *pointee(struct lower *l, const struct expr *e, uint32_t size, const char **read)
{
	const struct type *t = type__string(l->a, size);
	const char *addr = paren(l, value(l, e)), *lv = l__object(l, t, "text");

	*read = to_temp(
		l, FMT(l, "%s_str(%s, %u, (void *)%s)", probe_read(e->type->as), lv, size, addr),
		type__int(8, true), "len");
	l__emit(l, "btc_tell(%s, %s);", *read, read_warn(l, e->type->as, "_str", e->loc));
	return lv;
}

/* The object in memory that can be read directly: variables hold the address of an array only. */
static const char *direct(struct lower *l, const struct expr *e)
{
	struct place to = { .type = e->type, .zeroed = true };

	if (e->type->kind != TY_ARRAY && e->type->kind != TY_STRUCT)
		return object(l, e);
	to.lv = l__object(l, e->type, "bytes");
	into(l, e, &to);
	return addr_of(l, e->type, to.lv);
}

const char *text_object(struct lower *l, const struct expr *e, uint32_t *size)
{
	const char *read;

	if (e->type->kind == TY_PTR) {
		*size = (uint32_t)l->cfg->max_strlen;
		return pointee(l, e, *size, &read);
	}
	*size = e->konst ? (uint32_t)e->konst->len + 1 : e->type->size;
	return e->type->kind == TY_STRING ? object(l, e) : FMT(l, "(const char *)%s", direct(l, e));
}

/* --- lengths and searches ----------------------------------------------------------------- */

/* Also strcap() of a pointer. */
const char *lower__strlen(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *s = arg(e, 0);
	const char *text, *len;
	uint32_t size;

	(void)to;
	if (s->type->kind == TY_PTR) {
		pointee(l, s, (uint32_t)l->cfg->max_strlen, &len);
		return to_temp(l, FMT(l, "%s > 0 ? %s - 1 : 0", len, len), type__int(8, false),
			       "len");
	}
	text = text_object(l, s, &size);
	return to_temp(l, FMT(l, "btc_strlen(%s, %u)", text, size), type__int(8, false), "len");
}

const char *lower__strncmp(struct lower *l, const struct expr *e, const struct place *to)
{
	uint64_t n = arg(e, 2)->konst->num;
	uint32_t a, b;
	const char *p = text_object(l, arg(e, 0), &a), *q = text_object(l, arg(e, 1), &b);

	(void)to;
	n = n < a ? n : a;
	n = n < b ? n : b;
	return to_temp(l, FMT(l, "!btc_str_eq(%s, %s, %llu)", p, q, (unsigned long long)n),
		       type__int(8, false), "differ");
}

const char *lower__strstr(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *p, *q, *search;
	uint32_t text, word;

	(void)to;
	p = text_object(l, arg(e, 0), &text);
	q = text_object(l, arg(e, 1), &word);
	if (!l->fn->search)
		l->fn->search = l__local(l, "struct btc_search", "search");
	search = l->fn->search;
	l__emit(l, "%s = (struct btc_search){ (void *)%s, (void *)%s, %u, %u, -1 };", search, p, q,
		text, word);
	l__emit(l, "bpf_loop(%u, btc_search_at, &%s, 0);", text, search);
	return to_temp(l, FMT(l, "%s.at", search), type__int(8, true), "at");
}

const char *lower__strcontains(struct lower *l, const struct expr *e, const struct place *to)
{
	return FMT(l, "%s >= 0", lower__strstr(l, e, to));
}

/* --- new text -------------------------------------------------------------------------------- */

/* Behind the first text there is room for the second as a whole: no bound depends on another. */
const char *lower__str_concat(struct lower *l, const struct expr *e, const struct place *to)
{
	uint32_t max = e->type->size, size;
	const struct type *t = type__string(l->a, 2 * max);
	const char *s, *lv, *len, *end;

	(void)to;
	s = text_object(l, arg(e, 0), &size);
	lv = l__object(l, t, "joined");
	len = to_temp(
		l, FMT(l, "btc_text_put(%s, %u, %s, %u)", lv, size < max ? size : max, s, max - 1),
		type__int(8, false), "len");
	s = text_object(l, arg(e, 1), &size);
	end = to_temp(l,
		      FMT(l, "%s + btc_text_put(%s + %s, %u, %s, %u)", len, lv, len,
			  size < max ? size : max, s, max - 1),
		      type__int(8, false), "end");
	l__emit(l, "%s[btc_clamp(%s, %u)] = 0;", lv, end, max - 1);
	return lv;
}

/* --- texts by number --------------------------------------------------------------------------- */

static const char *named(struct lower *l, const struct expr *e, const char *header, const char *fn)
{
	l__include(l, header);
	return FMT(l, "%s(%s)", fn, value_as(l, arg(e, 0), type__int(8, true)));
}

/* The text lies in .rodata: its address is all there is to compute. */
static const char *name_text(struct lower *l, const struct expr *e, const char *header,
			     const char *fn)
{
	const char *name = l__local(l, "const char *", "name");

	l__emit(l, "%s = %s;", name, named(l, e, header, fn));
	return name;
}

const char *lower__strerror(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return name_text(l, e, "errno.bpf.h", "btc_strerror");
}

const char *lower__signal_name(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return name_text(l, e, "signal.bpf.h", "btc_signal_name");
}

const char *lower__syscall_name(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return name_text(l, e, "syscall.bpf.h", "btc_syscall_name");
}

/* --- bytes -------------------------------------------------------------------------------------- */

/* The bytes of any value. */
static const char *storage(struct lower *l, const struct expr *e, uint32_t *size)
{
	const struct type *t = value_type(e->type);

	*size = e->konst && e->konst->kind == KONST_STR ? (uint32_t)e->konst->len + 1 : csize(l, t);
	if (t->kind == TY_ARRAY || t->kind == TY_STRUCT)
		*size = t->size;
	if (is_object(t))
		return direct(l, e);
	return FMT(l, "&%s", to_temp(l, value_as(l, e, t), t, "bytes"));
}

const char *lower__memcmp(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *n = arg(e, 2);
	uint32_t a, b;
	const char *p = storage(l, arg(e, 0), &a), *q = storage(l, arg(e, 1), &b);

	(void)to;
	return to_temp(l,
		       FMT(l, "btc_mem_cmp(%s, %s, %s, %u)", p, q,
			   value_as(l, n, type__int(8, false)), a < b ? a : b),
		       e->type, "order");
}

const char *lower__pton(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return string_literal(l, e->call.data, e->type->size);
}
