// SPDX-License-Identifier: Apache-2.0
/*
 * The output of -f json: one object a line, valid whatever the bytes are. Text
 * that is UTF-8 passes as it is; a byte that belongs to no character becomes
 * \u00hh. A 64-bit number that a double cannot hold travels as a string: many
 * readers know no other numbers.
 *
 * What goes wrong while a value is rendered is said after its line.
 */
#include <string.h>

#include "internal.h"

/* --- text -------------------------------------------------------------------- */

/* Bytes of the character at @s: 0 if there is none, more than @left if it may become one. */
static unsigned character(const unsigned char *s, size_t left)
{
	/* Of the second byte: no overlong forms, no surrogates, nothing above 10ffff. */
	unsigned low = *s == 0xe0 ? 0xa0 : *s == 0xf0 ? 0x90 : 0x80;
	unsigned high = *s == 0xed ? 0x9f : *s == 0xf4 ? 0x8f : 0xbf;
	unsigned n, i;

	if (*s < 0x80)
		return 1;
	n = *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : *s < 0xf5 ? 4 : 0;
	for (i = 1; i < n && i < left; i++) {
		if (s[i] < low || s[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

static void put_escape(struct btc_out *o, unsigned char c)
{
	static const char letters[] = "\"\"\\\\\nn\rr\tt";
	const char *l;

	for (l = letters; *l && (unsigned char)*l != c; l += 2)
		;
	if (*l) {
		btc_out_str(o, "\\");
		btc_out_char(o, l[1]);
		return;
	}
	btc_out_str(o, "\\u00");
	btc_out_char(o, "0123456789abcdef"[c >> 4]);
	btc_out_char(o, "0123456789abcdef"[c & 15]);
}

size_t btc_json_part(struct btc_out *o, const char *s, size_t len, bool last)
{
	const unsigned char *c = (const unsigned char *)s;
	size_t at = 0, plain = 0;
	unsigned n;

	while (at < len) {
		n = character(c + at, len - at);
		if (n > len - at) {
			if (!last)
				break;
			n = 0;
		}
		if (n && c[at] >= ' ' && c[at] != '"' && c[at] != '\\') {
			at += n;
			continue;
		}
		btc_out_mem(o, s + plain, at - plain);
		put_escape(o, c[at++]);
		plain = at;
	}
	if (at > plain)
		btc_out_mem(o, s + plain, at - plain);
	return at;
}

static void put_text(struct btc_out *o, const char *s, size_t len)
{
	btc_out_str(o, "\"");
	btc_json_part(o, s, len, true);
	btc_out_str(o, "\"");
}

static void put_str(struct btc_out *o, const char *s)
{
	put_text(o, s ? s : "", s ? strlen(s) : 0);
}

/* --- values -------------------------------------------------------------------- */

void btc_json_number(struct btc_out *o, bool is_signed, __u64 v)
{
	__u64 size = is_signed && (__s64)v < 0 ? -v : v;
	bool exact = !size || size >> __builtin_ctzll(size) >> 53 == 0;

	if (!exact)
		btc_out_str(o, "\"");
	if (is_signed)
		btc_out_s64(o, v);
	else
		btc_out_u64(o, v);
	if (!exact)
		btc_out_str(o, "\"");
}

static void put_bytes(struct btc_out *o, const struct btc_type *t, const char *at,
		      const struct btc_rec *rec)
{
	const char *s;
	size_t len, i;
	bool cut;

	s = btc_load_bytes(t, at, rec, &len, &cut);
	btc_out_str(o, "[");
	for (i = 0; i < len; i++) {
		if (i)
			btc_out_str(o, ",");
		btc_out_s64(o, (signed char)s[i]);
	}
	btc_out_str(o, "]");
}

static void put_members(struct btc_run *r, struct btc_out *o, const struct btc_type *t,
			const char *at, const struct btc_rec *rec)
{
	bool named = t->kind == BTC_STRUCT;
	unsigned i;

	btc_out_str(o, named ? "{" : "[");
	for (i = 0; i < t->nr; i++) {
		if (i)
			btc_out_str(o, named ? ", " : ",");
		if (named) {
			put_str(o, t->members[i].name);
			btc_out_str(o, ": ");
		}
		btc_json_member(r, o, &t->members[i], at, rec);
	}
	btc_out_str(o, named ? "}" : "]");
}

/* As text, then as a string. @o is never r->key. */
static void put_rendered(struct btc_run *r, struct btc_out *o, const struct btc_type *t,
			 const char *at, const struct btc_rec *rec)
{
	size_t mark = r->key.len;

	btc_value(r, &r->key, t, at, rec);
	put_text(o, r->key.buf + mark, r->key.len - mark);
	r->key.len = mark;
}

void btc_json_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at,
		    const struct btc_rec *rec)
{
	unsigned i;
	__u64 v;

	switch ((enum btc_kind)t->kind) {
	case BTC_NONE: btc_out_str(o, "null"); return;
	case BTC_INT: btc_json_number(o, t->is_signed, btc_load_int(t, at)); return;
	case BTC_BOOL: btc_out_str(o, btc_load_int(t, at) ? "true" : "false"); return;
	case BTC_PTR:
		memcpy(&v, at, sizeof(v));
		btc_json_number(o, false, v);
		return;
	case BTC_BUF:
	case BTC_TAILBUF: put_bytes(o, t, at, rec); return;
	case BTC_ARRAY:
		btc_out_str(o, "[");
		for (i = 0; i < t->nr; i++) {
			if (i)
				btc_out_str(o, ",");
			btc_json_value(r, o, t->elem, at + (size_t)i * t->elem->size, rec);
		}
		btc_out_str(o, "]");
		return;
	case BTC_TUPLE:
	case BTC_STRUCT: put_members(r, o, t, at, rec); return;
	case BTC_STR:
	case BTC_TAIL:
	case BTC_KSTACK:
	case BTC_USTACK:
	case BTC_KSYM:
	case BTC_USYM:
	case BTC_PROBE:
	case BTC_USERNAME:
	case BTC_INET:
	case BTC_MAC:
	case BTC_TIMESTAMP:
	case BTC_CGROUP_PATH: put_rendered(r, o, t, at, rec); return;
	case BTC_COUNT_T:
	case BTC_SUM_T:
	case BTC_MIN_T:
	case BTC_MAX_T:
	case BTC_AVG_T:
	case BTC_STATS_T:
	case BTC_HIST_T:
	case BTC_LHIST_T:
	case BTC_TSERIES_T: btc_json_map_value(r, o, t, at, 1); return;
	}
	put_rendered(r, o, t, at, rec);
}

void btc_json_member(struct btc_run *r, struct btc_out *o, const struct btc_member *m,
		     const char *base, const struct btc_rec *rec)
{
	if (!m->bit_size)
		btc_json_value(r, o, m->type, base + m->off, rec);
	else if (m->type->kind == BTC_BOOL)
		btc_out_str(o, btc_member_int(m, base) ? "true" : "false");
	else
		btc_json_number(o, false, btc_member_int(m, base));
}

/* --- maps ------------------------------------------------------------------------- */

static void put_hist(struct btc_out *o, const struct btc_type *t, const __u64 *slot, __s64 divisor)
{
	unsigned i, first, last;
	struct btc_bucket b;
	__u64 div;

	btc_out_str(o, "[");
	div = btc_hist_range(t, slot, divisor, &first, &last);
	for (i = first; i < last; i++) {
		btc_hist_bucket(t, i, &b);
		btc_out_str(o, i > first ? ",{" : "{");
		if (b.has_min) {
			btc_out_str(o, "\"min\": ");
			btc_out_s64(o, b.min);
			btc_out_str(o, ", ");
		}
		if (b.has_max) {
			btc_out_str(o, "\"max\": ");
			btc_out_s64(o, b.max);
			btc_out_str(o, ", ");
		}
		btc_out_str(o, "\"count\": ");
		btc_out_u64(o, slot[i] / div);
		btc_out_str(o, "}");
	}
	btc_out_str(o, "]");
}

void btc_json_map_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t,
			const char *val, __s64 div)
{
	struct btc_rec rec = { .base = val };
	struct btc_stats s;

	if (!div)
		div = 1;
	switch (t->kind) {
	case BTC_INT:
	case BTC_COUNT_T:
	case BTC_SUM_T:
	case BTC_MIN_T:
	case BTC_MAX_T:
	case BTC_AVG_T: btc_json_number(o, t->is_signed, btc_map_number(t, val, div)); return;
	case BTC_STATS_T:
		memcpy(&s, val, sizeof(s));
		btc_out_str(o, "{\"count\": ");
		btc_json_number(o, false, s.count);
		btc_out_str(o, ", \"average\": ");
		btc_json_number(o, t->is_signed, btc_map_number(t, val, div));
		btc_out_str(o, ", \"total\": ");
		btc_json_number(o, t->is_signed, s.total);
		btc_out_str(o, "}");
		return;
	case BTC_HIST_T:
	case BTC_LHIST_T: put_hist(o, t, (const void *)val, div); return;
	case BTC_TSERIES_T: btc_out_str(o, "[]"); return;
	}
	btc_json_value(r, o, t, val, &rec);
}

const char *btc_json_map_type(const struct btc_type *t)
{
	switch (t->kind) {
	case BTC_HIST_T:
	case BTC_LHIST_T: return "hist";
	case BTC_AVG_T:
	case BTC_STATS_T: return "stats";
	case BTC_TSERIES_T: return "tseries";
	}
	return "map";
}

/* Keys lose all blanks, those of strings too: so it is defined. */
void btc_json_key(struct btc_run *r, const char *s, size_t len)
{
	char *to = r->key.buf;
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] != ' ')
			*to++ = s[i];
	put_text(&r->out, r->key.buf, to - r->key.buf);
	btc_out_str(&r->out, ": ");
}

void btc_json_map_begin(struct btc_run *r, const struct btc_map *m)
{
	btc_json_begin(r, btc_json_map_type(m->value));
	btc_out_str(&r->out, "\"data\": {");
	put_str(&r->out, m->name);
	btc_out_str(&r->out, m->key ? ": {" : ": ");
}

void btc_json_map_end(struct btc_run *r, const struct btc_map *m)
{
	btc_out_str(&r->out, m->key ? "}}" : "}");
	btc_json_end(r);
}

/* --- messages ------------------------------------------------------------------------- */

void btc_json_begin(struct btc_run *r, const char *type)
{
	r->json_open = true;
	btc_out_str(&r->out, "{\"type\": \"");
	btc_out_str(&r->out, type);
	btc_out_str(&r->out, "\", ");
}

void btc_json_end(struct btc_run *r)
{
	btc_out_str(&r->out, "}\n");
	r->json_open = false;
	if (r->later.len)
		btc_out_mem(&r->out, r->later.buf, r->later.len);
	r->later.len = 0;
}

void btc_json_text(struct btc_run *r, const char *type, const char *s, size_t len)
{
	btc_json_begin(r, type);
	btc_out_str(&r->out, "\"data\": ");
	put_text(&r->out, s, len);
	btc_json_end(r);
}

void btc_json_count(struct btc_run *r, const char *type, const char *what, __u64 n)
{
	btc_json_begin(r, type);
	btc_out_str(&r->out, "\"count\": ");
	btc_out_u64(&r->out, n);
	btc_out_str(&r->out, ", \"data\": {");
	put_str(&r->out, what);
	btc_out_str(&r->out, ": ");
	btc_out_u64(&r->out, n);
	btc_out_str(&r->out, "}");
	btc_json_end(r);
}

void btc_json_print(struct btc_run *r, const struct btc_member *f, const struct btc_rec *rec)
{
	btc_json_begin(r, "value");
	btc_out_str(&r->out, "\"data\": ");
	if (f)
		btc_json_member(r, &r->out, f, rec->base, rec);
	else
		btc_out_str(&r->out, "null");
	btc_json_end(r);
}

void btc_json_message(struct btc_run *r, const struct btc_json_msg *m)
{
	struct btc_out *o = r->json_open ? &r->later : &r->out;

	btc_out_str(o, "{\"type\": ");
	put_str(o, m->type);
	btc_out_str(o, ", \"msg\": ");
	put_text(o, m->text, m->len);
	if (m->helper) {
		btc_out_str(o, ", \"helper\": ");
		put_str(o, m->helper);
		btc_out_str(o, ", \"retcode\": ");
		btc_out_s64(o, m->retcode);
	}
	if (m->where && m->where->file) {
		btc_out_str(o, ", \"filename\": ");
		put_str(o, m->where->file);
		btc_out_str(o, ", \"line\": ");
		btc_out_u64(o, m->where->line);
		btc_out_str(o, ", \"col\": ");
		btc_out_u64(o, m->where->col);
	}
	if (m->count > 1) {
		btc_out_str(o, ", \"count\": ");
		btc_out_u64(o, m->count);
	}
	btc_out_str(o, "}\n");
}

void btc_json_test(struct btc_run *r, const char *name, __u64 ns, bool passed, const char *s,
		   size_t len)
{
	struct btc_out *o = &r->out;

	btc_json_begin(r, "test_result");
	btc_out_str(o, "\"data\": {");
	put_str(o, name);
	btc_out_str(o, ": {\"duration\": ");
	btc_out_u64(o, ns);
	btc_out_str(o, passed ? ", \"passed\": true" : ", \"passed\": false");
	btc_out_str(o, ", \"output\": ");
	put_text(o, s, len);
	btc_out_str(o, "}}");
	btc_json_end(r);
}

void btc_json_bench(struct btc_run *r, const char *name, __u64 average, __u64 iters)
{
	struct btc_out *o = &r->out;

	btc_json_begin(r, "benchmark_result");
	btc_out_str(o, "\"data\": {");
	put_str(o, name);
	btc_out_str(o, ": {\"average\": ");
	btc_out_u64(o, average);
	btc_out_str(o, ", \"iters\": ");
	btc_out_u64(o, iters);
	btc_out_str(o, "}}");
	btc_json_end(r);
}
