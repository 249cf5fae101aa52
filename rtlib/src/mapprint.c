// SPDX-License-Identifier: Apache-2.0
/*
 * The text of maps: one line for each entry, the largest last; histograms as
 * a block. The outer parentheses of a key are removed, so the parts of a key,
 * which is a tuple, stand bare between the brackets.
 */
#include <string.h>

#include "internal.h"

static __u64 divided(bool is_signed, __u64 v, __s64 div)
{
	if (!is_signed)
		return v / (__u64)div;
	return div == -1 ? -v : (__u64)((__s64)v / div);
}

static __u64 average(const struct btc_type *t, const struct btc_stats *s)
{
	if (!s->count)
		return 0;
	return t->is_signed ? (__u64)(s->total / (__s64)s->count) : (__u64)s->total / s->count;
}

__u64 btc_map_number(const struct btc_type *t, const char *val, __s64 div)
{
	struct btc_stats stats;
	__u64 v;

	switch (t->kind) {
	case BTC_INT:
		v = btc_load_int(t, val);
		if (t->enums)
			div = 1;
		break;
	case BTC_AVG_T:
	case BTC_STATS_T:
		memcpy(&stats, val, sizeof(stats));
		v = average(t, &stats);
		break;
	default: memcpy(&v, val, sizeof(v));
	}
	return divided(t->is_signed, v, div);
}

static void put_number(struct btc_out *o, bool is_signed, __u64 v)
{
	if (is_signed)
		btc_out_s64(o, v);
	else
		btc_out_u64(o, v);
}

void btc_map_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *val,
		   __s64 div)
{
	struct btc_rec rec = { .base = val };
	struct btc_stats stats;

	if (!div)
		div = 1;
	switch (t->kind) {
	case BTC_INT:
		if (div == 1 || t->enums)
			break;
		put_number(o, t->is_signed, btc_map_number(t, val, div));
		return;
	case BTC_COUNT_T:
	case BTC_SUM_T:
	case BTC_MIN_T:
	case BTC_MAX_T:
	case BTC_AVG_T: put_number(o, t->is_signed, btc_map_number(t, val, div)); return;
	case BTC_STATS_T:
		memcpy(&stats, val, sizeof(stats));
		btc_out_str(o, "{ .count = ");
		btc_out_u64(o, stats.count);
		btc_out_str(o, ", .average = ");
		put_number(o, t->is_signed, btc_map_number(t, val, div));
		btc_out_str(o, ", .total = ");
		put_number(o, t->is_signed, stats.total);
		btc_out_str(o, " }");
		return;
	case BTC_HIST_T:
	case BTC_LHIST_T: btc_hist_print(o, t, (const void *)val, div); return;
	case BTC_TSERIES_T: btc_out_str(o, "<no data>\n"); return;
	}
	btc_value(r, o, t, val, &rec);
}

void btc_key_print(struct btc_run *r, const struct btc_map *m, const char *key)
{
	struct btc_rec rec = { .base = key };
	struct btc_out *k = &r->key;
	const char *s;
	size_t len;

	if (!m->key)
		return;
	k->len = 0;
	btc_value(r, k, m->key, key, &rec);
	s = k->buf;
	len = k->len;
	if (len >= 2 && s[0] == '(' && s[len - 1] == ')') {
		s++;
		len -= 2;
	}
	if (r->json) {
		btc_json_key(r, s, len);
		return;
	}
	btc_out_char(&r->out, '[');
	btc_out_mem(&r->out, s, len);
	btc_out_char(&r->out, ']');
}

static bool is_block(const struct btc_type *t)
{
	return t->kind == BTC_HIST_T || t->kind == BTC_LHIST_T || t->kind == BTC_TSERIES_T;
}

static void put_entry(struct btc_run *r, const struct btc_map *m, const char *key, const char *val,
		      __s64 div)
{
	btc_out_str(&r->out, m->name);
	btc_key_print(r, m, key);
	btc_out_mem(&r->out, is_block(m->value) ? ":\n" : ": ", 2);
	btc_map_value(r, &r->out, m->value, val, div);
	if (!is_block(m->value))
		btc_out_char(&r->out, '\n');
}

static void put_entries(struct btc_run *r, const struct btc_table *t, size_t from, __s64 div)
{
	const struct btc_map *m = t->map;
	const char *e;
	size_t i;

	if (r->json)
		btc_json_map_begin(r, m);
	for (i = from; i < t->nr; i++) {
		e = t->entry + i * t->stride;
		if (!r->json) {
			put_entry(r, m, e, e + t->key, div);
			continue;
		}
		if (i > from)
			btc_out_str(&r->out, ", ");
		btc_key_print(r, m, e);
		btc_json_map_value(r, &r->out, m->value, e + t->key, div);
	}
	if (r->json)
		btc_json_map_end(r, m);
}

void btc_table_print(struct btc_run *r, struct btc_table *t, __s64 top, __s64 div)
{
	const struct btc_map *m = t->map;
	size_t i, from = 0;
	const char *e;

	btc_table_sort(t);
	if (top > 0 && (__u64)top < t->nr && m->value->kind != BTC_TSERIES_T)
		from = t->nr - top;
	for (i = from; i < t->nr; i++) {
		e = t->entry + i * t->stride;
		if (m->key)
			btc_want_ksyms(r, m->key, e);
		btc_want_ksyms(r, m->value, e + t->key);
	}
	btc_ksyms_resolve(&r->ksyms);
	if (m->value->kind == BTC_TSERIES_T)
		t->tseries->print(r, t);
	else if (t->nr)
		put_entries(r, t, from, div);
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

/* In JSON an empty histogram is an empty list, and at exit empty stats are an empty object. */
static void print_empty(struct btc_run *r, const struct btc_map *m)
{
	const char *nothing = NULL;

	if (is_block(m->value))
		nothing = "[]";
	else if (m->value->kind == BTC_STATS_T)
		nothing = "{}";
	if (!r->json || m->key || !nothing)
		return;
	btc_json_map_begin(r, m);
	btc_out_str(&r->out, nothing);
	btc_json_map_end(r, m);
}

int btc_map_print(struct btc_run *r, unsigned map, __s64 top, __s64 div, bool at_exit)
{
	const struct btc_map *m = &r->p->maps[map];
	struct btc_table t;
	int err;

	err = btc_table_read(r, map, &t);
	/* An empty scalar prints its zero, but nothing at exit; a histogram nothing at all. */
	if (!err && !m->key && t.nr && m->value->kind != BTC_TSERIES_T && !r->zeroed[map] &&
	    (at_exit || is_block(m->value)) && !is_set(&t))
		t.nr = 0;
	if (!err && t.nr)
		btc_table_print(r, &t, top, div);
	else if (!err)
		print_empty(r, m);
	btc_table_free(&t);
	return err;
}
