// SPDX-License-Identifier: Apache-2.0
/*
 * The text of maps: one line for each entry, the largest last; histograms as
 * a block. The outer parentheses of a key are removed, so the parts of a key,
 * which is a tuple, stand bare between the brackets.
 */
#include <string.h>

#include "internal.h"

static void put_number(struct btc_out *o, bool is_signed, __u64 v, __s64 div)
{
	if (is_signed)
		btc_out_s64(o, div == -1 ? -(__s64)v : (__s64)v / div);
	else
		btc_out_u64(o, v / (__u64)div);
}

static void put_stats(struct btc_out *o, const struct btc_type *t, const struct btc_stats *s,
		      __s64 div)
{
	__u64 avg = 0;

	if (s->count)
		avg = t->is_signed ? (__u64)(s->total / (__s64)s->count)
				   : (__u64)s->total / s->count;
	if (t->kind == BTC_AVG_T) {
		put_number(o, t->is_signed, avg, div);
		return;
	}
	btc_out_str(o, "{ .count = ");
	btc_out_u64(o, s->count);
	btc_out_str(o, ", .average = ");
	put_number(o, t->is_signed, avg, div);
	btc_out_str(o, ", .total = ");
	put_number(o, t->is_signed, s->total, 1);
	btc_out_str(o, " }");
}

void btc_map_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *val,
		   __s64 div)
{
	struct btc_rec rec = { .base = val };
	struct btc_stats stats;
	__u64 v;

	if (!div)
		div = 1;
	switch (t->kind) {
	case BTC_INT:
		if (div == 1 || t->enums)
			break;
		put_number(o, t->is_signed, btc_load_int(t, val), div);
		return;
	case BTC_COUNT_T:
	case BTC_SUM_T:
	case BTC_MIN_T:
	case BTC_MAX_T:
		memcpy(&v, val, sizeof(v));
		put_number(o, t->is_signed, v, div);
		return;
	case BTC_AVG_T:
	case BTC_STATS_T:
		memcpy(&stats, val, sizeof(stats));
		put_stats(o, t, &stats, div);
		return;
	case BTC_HIST_T:
	case BTC_LHIST_T:
		btc_hist_print(o, t, (const void *)val, div);
		return;
	case BTC_TSERIES_T:
		btc_out_str(o, "<no data>\n");
		return;
	}
	btc_value(r, o, t, val, &rec);
}

static void put_key(struct btc_run *r, const struct btc_type *t, const char *key)
{
	struct btc_rec rec = { .base = key };
	struct btc_out *k = &r->key;
	const char *s;
	size_t len;

	k->len = 0;
	btc_value(r, k, t, key, &rec);
	s = k->buf;
	len = k->len;
	if (len >= 2 && s[0] == '(' && s[len - 1] == ')') {
		s++;
		len -= 2;
	}
	btc_out_char(&r->out, '[');
	btc_out_mem(&r->out, s, len);
	btc_out_char(&r->out, ']');
}

static bool is_block(const struct btc_type *t)
{
	return t->kind == BTC_HIST_T || t->kind == BTC_LHIST_T || t->kind == BTC_TSERIES_T;
}

void btc_table_print(struct btc_run *r, struct btc_table *t, __s64 top, __s64 div)
{
	const struct btc_map *m = t->map;
	size_t i = 0;
	char *e;

	btc_table_sort(t);
	if (top > 0 && (__u64)top < t->nr && m->value->kind != BTC_TSERIES_T)
		i = t->nr - top;
	for (e = t->entry + i * t->stride; i < t->nr; i++, e += t->stride) {
		if (m->key)
			btc_want_ksyms(r, m->key, e);
		btc_want_ksyms(r, m->value, e + t->key);
	}
	btc_ksyms_resolve(&r->ksyms);
	i = top > 0 && (__u64)top < t->nr && m->value->kind != BTC_TSERIES_T ? t->nr - top : 0;
	for (e = t->entry + i * t->stride; i < t->nr; i++, e += t->stride) {
		btc_out_str(&r->out, m->name);
		if (m->key)
			put_key(r, m->key, e);
		btc_out_mem(&r->out, is_block(m->value) ? ":\n" : ": ", 2);
		btc_map_value(r, &r->out, m->value, e + t->key, div);
		if (!is_block(m->value))
			btc_out_char(&r->out, '\n');
	}
}

/* Was the scalar given a value? Aggregations are empty when all is zero. */
static bool is_set(const struct btc_table *t)
{
	const struct btc_map *m = t->map;
	const char *val = t->entry + t->key;
	__u32 set, i;

	if (m->set_off) {
		memcpy(&set, val + m->set_off, sizeof(set));
		return set;
	}
	for (i = 0; i < m->value_size; i++)
		if (val[i])
			return true;
	return false;
}

int btc_map_print(struct btc_run *r, unsigned map, __s64 top, __s64 div, bool at_exit)
{
	const struct btc_map *m = &r->p->maps[map];
	struct btc_table t;
	int err;

	err = btc_table_read(r, map, &t);
	/* An empty scalar prints its zero, but nothing at exit; a histogram nothing at all. */
	if (!err && !m->key && t.nr && !r->zeroed[map] && (at_exit || is_block(m->value)) &&
	    !is_set(&t))
		t.nr = 0;
	if (!err)
		btc_table_print(r, &t, top, div);
	btc_table_free(&t);
	return err;
}
