// SPDX-License-Identifier: Apache-2.0
/*
 * Maps: read in batches, merged over CPUs, sorted; cleared and zeroed.
 *
 * An entry in memory is its key, padded to 8 bytes, then one merged value. A
 * time series is a hash even where it has no key: of its slots (btc_abi.h).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define BATCH	    256
#define BATCH_BYTES (256 << 10) /* of keys and values, to begin with */

void btc_table_init(struct btc_table *t, const struct btc_map *m)
{
	memset(t, 0, sizeof(*t));
	t->map = m;
	t->key = BTC_ALIGN8(btc_map_is_hash(m) ? m->key_size : 4);
	t->stride = t->key + BTC_ALIGN8(m->value_size);
}

void btc_table_free(struct btc_table *t)
{
	free(t->entry);
	memset(t, 0, sizeof(*t));
}

static bool is_less(const struct btc_type *t, __u64 a, __u64 b)
{
	return t->is_signed ? (__s64)a < (__s64)b : a < b;
}

static void merge(const struct btc_table *table, void *dst, const void *src)
{
	const struct btc_map *m = table->map;
	const struct btc_type *t = m->value;
	struct btc_minmax *dm = dst;
	const struct btc_minmax *sm = src;
	const __u64 *s = src;
	__u64 *d = dst;
	unsigned i;

	switch (t->kind) {
	case BTC_MIN_T:
	case BTC_MAX_T:
		if (!sm->set)
			return;
		if (!dm->set || (t->kind == BTC_MIN_T ? is_less(t, sm->val, dm->val)
						      : is_less(t, dm->val, sm->val)))
			dm->val = sm->val;
		dm->set = 1;
		return;
	case BTC_COUNT_T:
	case BTC_SUM_T:
	case BTC_AVG_T:
	case BTC_STATS_T:
	case BTC_HIST_T:
	case BTC_LHIST_T:
		for (i = 0; i < m->value_size / sizeof(*d); i++)
			d[i] += s[i];
		return;
	case BTC_TSERIES_T: table->tseries->merge(t, dst, src); return;
	}
	memcpy(dst, src, m->value_size);
}

int btc_table_add(struct btc_table *t, const void *key, const char *vals, unsigned nr_vals)
{
	size_t vsize = BTC_ALIGN8(t->map->value_size);
	char *e, *grown;
	unsigned i;

	if (t->nr == t->room) {
		size_t room = t->room ? 2 * t->room : 64;

		grown = realloc(t->entry, room * t->stride);
		if (!grown)
			return -ENOMEM;
		t->entry = grown;
		t->room = room;
	}
	e = t->entry + t->nr++ * t->stride;
	memset(e, 0, t->stride);
	if (btc_map_is_hash(t->map))
		memcpy(e, key, t->map->key_size);
	for (i = 0; i < nr_vals; i++)
		merge(t, e + t->key, vals + i * vsize);
	return 0;
}

/* The slow way: for kernels and kinds of maps without batches. */
static int read_by_key(struct btc_table *t, int fd, unsigned nr_vals)
{
	size_t vsize = BTC_ALIGN8(t->map->value_size) * nr_vals;
	char *key = calloc(2, t->map->key_size), *next, *val = malloc(vsize);
	int err = key && val ? 0 : -ENOMEM;
	bool first = true;

	next = key ? key + t->map->key_size : NULL;
	while (!err) {
		err = bpf_map_get_next_key(fd, first ? NULL : key, next);
		if (err) {
			err = err == -ENOENT ? 0 : err;
			break;
		}
		memcpy(key, next, t->map->key_size);
		first = false;
		if (!bpf_map_lookup_elem(fd, key, val)) /* else deleted meanwhile */
			err = btc_table_add(t, key, val, nr_vals);
	}
	free(key);
	free(val);
	return err;
}

/*
 * Batch lookup needs room for the fullest bucket and says ENOSPC when it
 * lacks it; the position is unchanged then, so the step is tried again larger.
 */
static int read_batches(struct btc_table *t, int fd, unsigned nr_vals)
{
	const struct btc_map *m = t->map;
	/* Padded to 8 bytes for each CPU, but packed where there is one value. */
	size_t vsize = m->is_percpu ? BTC_ALIGN8(m->value_size) * nr_vals : m->value_size;
	__u32 room = BATCH, n, i;
	__u64 pos[2] = { 0 }; /* opaque to us, at most 8 bytes */
	bool first = true, last = false;
	char *keys = NULL, *vals = NULL, *grown;
	int err = 0;

	while (room > 16 && room * (vsize + m->key_size) > BATCH_BYTES)
		room /= 2;
	keys = malloc((size_t)room * m->key_size);
	vals = malloc(room * vsize);
	while (!err && !last && keys && vals) {
		n = room;
		err = bpf_map_lookup_batch(fd, first ? NULL : &pos[0], &pos[1], keys, vals, &n,
					   NULL);
		if (err == -ENOSPC) {
			room *= 2;
			grown = realloc(keys, (size_t)room * m->key_size);
			if (!grown)
				break;
			keys = grown;
			grown = realloc(vals, room * vsize);
			if (!grown)
				break;
			vals = grown;
			err = 0;
			continue;
		}
		last = err == -ENOENT;
		if (last)
			err = 0;
		for (i = 0; !err && i < n; i++)
			err = btc_table_add(t, keys + (size_t)i * m->key_size, vals + i * vsize,
					    nr_vals);
		pos[0] = pos[1];
		first = false;
	}
	if (!keys || !vals || (!err && !last))
		err = -ENOMEM;
	free(keys);
	free(vals);
	return err;
}

int btc_table_read(struct btc_run *r, unsigned map, struct btc_table *t)
{
	const struct btc_map *m = &r->p->maps[map];
	unsigned nr_vals = m->is_percpu ? r->nr_cpus : 1;
	int fd = bpf_map__fd(r->maps[map]), err;
	__u32 zero = 0;
	char *vals;

	btc_table_init(t, m);
	t->tseries = r->p->tseries;
	t->r = r;
	if (btc_map_is_hash(m)) {
		err = read_batches(t, fd, nr_vals);
		if (err == -EINVAL || err == -ENOTSUP || err == -524) { /* ENOTSUPP */
			btc_table_free(t);
			btc_table_init(t, m);
			t->tseries = r->p->tseries;
			t->r = r;
			err = read_by_key(t, fd, nr_vals);
		}
		return err;
	}
	vals = calloc(nr_vals, BTC_ALIGN8(m->value_size));
	if (!vals)
		return -ENOMEM;
	err = bpf_map_lookup_elem(fd, &zero, vals);
	if (!err)
		err = btc_table_add(t, &zero, vals, nr_vals);
	free(vals);
	return err;
}

/* --- order --- */

static int cmp_s64(__s64 a, __s64 b)
{
	return a < b ? -1 : a > b;
}

static int cmp_u64(__u64 a, __u64 b)
{
	return a < b ? -1 : a > b;
}

/* Integers as signed of their size, strings by bytes, tuples by such members. */
static int cmp_key(const struct btc_run *r, const struct btc_type *t, const char *a, const char *b)
{
	struct btc_type as_signed;
	__u32 x, y;
	unsigned i;
	int c = 0;

	switch (t->kind) {
	case BTC_INT:
		as_signed = *t;
		as_signed.is_signed = true;
		return cmp_s64(btc_load_int(&as_signed, a), btc_load_int(&as_signed, b));
	case BTC_STR: return strncmp(a, b, t->size);
	case BTC_PROBE:
		memcpy(&x, a, sizeof(x));
		memcpy(&y, b, sizeof(y));
		return !r || x >= r->nr_places || y >= r->nr_places
			       ? cmp_u64(x, y)
			       : strcmp(r->places[x].name, r->places[y].name);
	case BTC_TUPLE:
		for (i = 0; !c && i < t->nr; i++)
			c = cmp_key(r, t->members[i].type, a + t->members[i].off,
				    b + t->members[i].off);
	}
	return c;
}

static __u64 slots_total(const struct btc_type *t, const char *val)
{
	unsigned i, n = btc_hist_slots(t);
	__u64 sum = 0, slot;

	for (i = 0; i < n; i++) {
		memcpy(&slot, val + i * sizeof(slot), sizeof(slot));
		sum += slot;
	}
	return sum;
}

static int cmp_average(const struct btc_type *t, const struct btc_stats *a,
		       const struct btc_stats *b)
{
	if (t->is_signed)
		return cmp_s64(a->count ? a->total / (__s64)a->count : 0,
			       b->count ? b->total / (__s64)b->count : 0);
	return cmp_u64(a->count ? (__u64)a->total / a->count : 0,
		       b->count ? (__u64)b->total / b->count : 0);
}

static int by_rank(const void *a, const void *b, void *arg)
{
	const struct btc_table *t = arg;
	const struct btc_type *v = t->map->value;
	const char *x = (const char *)a + t->key, *y = (const char *)b + t->key;
	__u64 p, q;
	int c = 0;

	if (v->kind == BTC_TSERIES_T) { /* by the bytes of the key, then by time */
		c = memcmp(a, b, t->map->key_size - sizeof(__u64));
		memcpy(&p, x + offsetof(struct btc_tseries, epoch), sizeof(p));
		memcpy(&q, y + offsetof(struct btc_tseries, epoch), sizeof(q));
		return c ? c : cmp_u64(p, q);
	}
	switch (v->kind) {
	case BTC_INT:
		p = btc_load_int(v, x);
		q = btc_load_int(v, y);
		c = v->is_signed ? cmp_s64(p, q) : cmp_u64(p, q);
		break;
	case BTC_COUNT_T:
	case BTC_SUM_T:
		memcpy(&p, x, sizeof(p));
		memcpy(&q, y, sizeof(q));
		c = v->is_signed ? cmp_s64(p, q) : cmp_u64(p, q);
		break;
	case BTC_MIN_T:
	case BTC_MAX_T:
		memcpy(&p, x, sizeof(p));
		memcpy(&q, y, sizeof(q));
		c = cmp_u64(p, q);
		break;
	case BTC_AVG_T:
	case BTC_STATS_T: c = cmp_average(v, (const void *)x, (const void *)y); break;
	case BTC_HIST_T:
	case BTC_LHIST_T: c = cmp_u64(slots_total(v, x), slots_total(v, y)); break;
	}
	if (!c && t->map->key)
		c = cmp_key(t->r, t->map->key, a, b);
	return c ? c : memcmp(a, b, t->key); /* not the order of the kernel's hash */
}

void btc_table_sort(struct btc_table *t)
{
	if (t->nr > 1)
		qsort_r(t->entry, t->nr, t->stride, by_rank, t);
}

/* --- clear and zero --- */

static int write_scalar(struct btc_run *r, unsigned map, bool assigned)
{
	const struct btc_map *m = &r->p->maps[map];
	size_t size = BTC_ALIGN8(m->value_size);
	char *vals = calloc(m->is_percpu ? r->nr_cpus : 1, size);
	__u32 zero = 0, one = 1;
	int err;

	if (!vals)
		return -ENOMEM;
	if (assigned && m->set_off)
		memcpy(vals + m->set_off, &one, sizeof(one));
	err = bpf_map_update_elem(bpf_map__fd(r->maps[map]), &zero, vals, BPF_ANY);
	free(vals);
	return err;
}

int btc_map_clear(struct btc_run *r, unsigned map)
{
	const struct btc_map *m = &r->p->maps[map];
	int fd = bpf_map__fd(r->maps[map]), err;
	struct btc_table t;
	size_t i;

	r->zeroed[map] = false;
	if (!btc_map_is_hash(m))
		return write_scalar(r, map, false);
	err = btc_table_read(r, map, &t);
	for (i = 0; !err && i < t.nr; i++)
		bpf_map_delete_elem(fd, t.entry + i * t.stride);
	btc_table_free(&t);
	return err;
}

static bool all_zero(const char *s, size_t n)
{
	while (n--)
		if (*s++)
			return false;
	return true;
}

/* Keys stay; a scalar that was never given a value stays without. */
int btc_map_zero(struct btc_run *r, unsigned map)
{
	const struct btc_map *m = &r->p->maps[map];
	int fd = bpf_map__fd(r->maps[map]), err;
	struct btc_table t;
	char *vals;
	size_t i;

	err = btc_table_read(r, map, &t);
	if (err || !t.nr)
		goto out;
	if (!btc_map_is_hash(m)) {
		if (all_zero(t.entry + t.key, m->value_size))
			goto out;
		r->zeroed[map] = true;
		err = write_scalar(r, map, true);
		goto out;
	}
	vals = calloc(m->is_percpu ? r->nr_cpus : 1, BTC_ALIGN8(m->value_size));
	for (i = 0; vals && i < t.nr; i++)
		bpf_map_update_elem(fd, t.entry + i * t.stride, vals, BPF_EXIST);
	err = vals ? 0 : -ENOMEM;
	free(vals);
out:
	btc_table_free(&t);
	return err;
}
