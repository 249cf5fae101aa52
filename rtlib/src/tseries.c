// SPDX-License-Identifier: Apache-2.0
/*
 * Time series. An element of the map is one interval of one key: the kernel
 * half keeps them in a circle of as many slots as are to be shown, so a slot
 * holds the newest interval that it was used for. The table is sorted by key,
 * then by interval.
 */
#include <string.h>
#include <time.h>

#include "internal.h"

#define WIDTH 53
#define NS    1000000000ull

/* The language's rules: the newest time stamp wins, the rest is arithmetic. */
static void merge(const struct btc_type *t, struct btc_tseries *d, const struct btc_tseries *s)
{
	bool less = t->is_signed ? s->val < d->val : (__u64)s->val < (__u64)d->val;

	if (!s->mark || (d->mark && s->epoch < d->epoch))
		return;
	if (!d->mark || s->epoch > d->epoch) {
		*d = *s;
		return;
	}
	switch ((enum btc_tseries_agg)t->mode) {
	case BTC_TSERIES_LAST:
		if (s->mark > d->mark)
			*d = *s;
		return;
	case BTC_TSERIES_AVG:
	case BTC_TSERIES_SUM:
		d->val = (__u64)d->val + (__u64)s->val;
		d->mark += s->mark;
		return;
	case BTC_TSERIES_MIN:
	case BTC_TSERIES_MAX:
		if (s->val != d->val && less == (t->mode == BTC_TSERIES_MIN))
			d->val = s->val;
	}
}

static struct btc_tseries point(const struct btc_table *t, size_t i)
{
	struct btc_tseries p;

	memcpy(&p, t->entry + i * t->stride + t->key, sizeof(p));
	return p;
}

static __u64 number(const struct btc_type *t, const struct btc_tseries *p)
{
	if (t->mode != BTC_TSERIES_AVG)
		return p->val;
	return t->is_signed ? (__u64)(p->val / (__s64)p->mark) : (__u64)p->val / p->mark;
}

/* Of one key: elements from..to - 1, those before `begin` are too old. */
struct series {
	const struct btc_table *t;
	const struct btc_type *type;
	size_t begin, to;
	__u64 newest; /* of all keys */
	__int128 min, max;
};

static __int128 wide(const struct btc_type *t, __u64 v)
{
	return t->is_signed ? (__int128)(__s64)v : (__int128)v;
}

static bool is_old(const struct series *s, size_t i)
{
	struct btc_tseries p = point(s->t, i);

	return !p.mark || s->newest - p.epoch >= (__u64)s->type->max;
}

/* The next key's, from element @from on. */
static void next_series(struct series *s, size_t from)
{
	const struct btc_table *t = s->t;
	size_t key = t->map->key_size - sizeof(__u64), i;
	struct btc_tseries p;
	__int128 v;

	for (s->to = from; s->to < t->nr; s->to++)
		if (memcmp(t->entry + from * t->stride, t->entry + s->to * t->stride, key))
			break;
	for (s->begin = from; s->begin < s->to && is_old(s, s->begin); s->begin++)
		;
	for (i = s->begin; i < s->to; i++) {
		p = point(t, i);
		v = wide(s->type, number(s->type, &p));
		if (i == s->begin || v < s->min)
			s->min = v;
		if (i == s->begin || v > s->max)
			s->max = v;
	}
	if (s->begin < s->to && s->min == s->max) {
		s->min -= s->min > INT64_MIN;
		s->max += s->max < UINT64_MAX;
	}
}

/* --- text ------------------------------------------------------------------------ */

/* Of epoch 0 in UTC: epochs count TAI, which differs by whole seconds. */
static __u64 epoch_base(void)
{
	struct timespec tai, utc;
	__s64 ahead;

	clock_gettime(CLOCK_TAI, &tai);
	clock_gettime(CLOCK_REALTIME, &utc);
	ahead = (tai.tv_sec - utc.tv_sec) * (__s64)NS + tai.tv_nsec - utc.tv_nsec;
	return -(__u64)((ahead + (__s64)NS / 2) / (__s64)NS) * NS;
}

static int num_text(char *s, size_t room, __int128 v)
{
	if (v > INT64_MAX)
		return snprintf(s, room, "%llu", (unsigned long long)v);
	return snprintf(s, room, "%lld", (long long)v);
}

static void put_edge(struct btc_out *o, const struct series *s, size_t left)
{
	char min[32], max[32];

	num_text(min, sizeof(min), s->min);
	num_text(max, sizeof(max), s->max);
	btc_out_pad(o, ' ', left);
	btc_out_printf(o, "%-21s%32s\n", min, max);
}

static void put_rule(struct btc_out *o, char end)
{
	btc_out_char(o, end);
	btc_out_pad(o, '_', WIDTH - 2);
	btc_out_char(o, end);
	btc_out_str(o, "\n");
}

static size_t column(const struct series *s, __int128 v, float width)
{
	size_t at = (size_t)(width * (float)(v - s->min) / (float)(s->max - s->min));

	return at < WIDTH ? at : WIDTH - 1;
}

static void put_point(struct btc_out *o, const struct series *s, bool is_set, __u64 v)
{
	char row[WIDTH];

	memset(row, ' ', sizeof(row));
	row[0] = row[WIDTH - 1] = '|';
	if (s->min < 0 && s->max > 0)
		row[column(s, 0, WIDTH)] = '.';
	if (is_set)
		row[column(s, wide(s->type, v), WIDTH - 1)] = '*';
	btc_out_mem(o, row, sizeof(row));
	btc_out_str(o, " ");
	if (!is_set)
		btc_out_str(o, "-");
	else if (s->type->is_signed)
		btc_out_s64(o, v);
	else
		btc_out_u64(o, v);
	btc_out_str(o, "\n");
}

static void put_time(struct btc_out *o, __u64 ns, int digits)
{
	time_t sec = ns / NS;
	struct tm tm = { 0 };
	char text[32];

	localtime_r(&sec, &tm);
	strftime(text, sizeof(text), "%H:%M:%S", &tm);
	btc_out_str(o, text);
	snprintf(text, sizeof(text), ".%09llu", ns % NS);
	if (digits)
		btc_out_mem(o, text, digits + 1);
	btc_out_str(o, " ");
}

/* One interval stands alone: what its neighbours would be is not known. */
static int fraction(const struct series *s, __u64 first)
{
	__u64 gap = s->newest > first ? s->type->step : 0;

	return gap >= NS ? 0 : gap >= 1000000 ? 3 : gap >= 1000 ? 6 : 9;
}

static void put_chart(struct btc_out *o, const struct series *s)
{
	static const char *const units[] = { "", ".ms", ".μs", ".ns" };
	struct btc_tseries p = point(s->t, s->begin);
	int digits = fraction(s, p.epoch);
	size_t left = digits ? 10 + digits : 9, at = s->begin;
	__u64 epoch, base = epoch_base();

	put_edge(o, s, left);
	btc_out_str(o, "hh:mm:ss");
	btc_out_str(o, units[digits / 3]);
	btc_out_pad(o, ' ', left - (digits ? 11 : 8));
	put_rule(o, '|');
	for (epoch = p.epoch; epoch <= s->newest; epoch++) {
		put_time(o, base + epoch * s->type->step, digits);
		if (at < s->to)
			p = point(s->t, at);
		if (at < s->to && p.epoch == epoch) {
			put_point(o, s, true, number(s->type, &p));
			at++;
		} else {
			put_point(o, s, false, 0);
		}
	}
	btc_out_pad(o, ' ', left);
	put_rule(o, 'v');
	put_edge(o, s, left);
	btc_out_str(o, "\n");
}

/* --- JSON ------------------------------------------------------------------------- */

static void put_json(struct btc_out *o, const struct series *s)
{
	__u64 base = epoch_base(), ns;
	struct btc_tseries p;
	struct tm tm;
	char text[32];
	time_t sec;
	size_t i;

	btc_out_str(o, "[");
	for (i = s->begin; i < s->to; i++) {
		p = point(s->t, i);
		ns = base + p.epoch * s->type->step;
		sec = ns / NS;
		memset(&tm, 0, sizeof(tm));
		gmtime_r(&sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		btc_out_printf(o, "%s{\"interval_start\":\"%s.%09llu\",\"value\":",
			       i > s->begin ? "," : "", text, ns % NS);
		btc_json_number(o, s->type->is_signed, number(s->type, &p));
		btc_out_str(o, "}");
	}
	btc_out_str(o, "]");
}

/* --- the whole map ------------------------------------------------------------------ */

static void print(struct btc_run *r, struct btc_table *t)
{
	const struct btc_map *m = t->map;
	struct series s = { .t = t, .type = m->value };
	struct btc_tseries p;
	size_t i;

	for (i = 0; i < t->nr; i++) {
		p = point(t, i);
		if (p.mark && p.epoch > s.newest)
			s.newest = p.epoch;
	}
	if (r->json && !t->nr && m->key)
		return;
	if (r->json) {
		btc_json_map_begin(r, m);
		if (!t->nr)
			btc_out_str(&r->out, "[]");
	}
	for (i = 0; i < t->nr; i = s.to) {
		next_series(&s, i);
		if (r->json) {
			if (i)
				btc_out_str(&r->out, ", ");
			btc_key_print(r, m, t->entry + i * t->stride);
			put_json(&r->out, &s);
			continue;
		}
		btc_out_str(&r->out, m->name);
		btc_key_print(r, m, t->entry + i * t->stride);
		btc_out_str(&r->out, ":\n");
		if (s.begin < s.to)
			put_chart(&r->out, &s);
		else
			btc_out_str(&r->out, "<no data>\n");
	}
	if (r->json)
		btc_json_map_end(r, m);
}

const struct btc_tseries_ops btc_tseries_ops = { .merge = merge, .print = print };
