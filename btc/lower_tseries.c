// SPDX-License-Identifier: Apache-2.0
/*
 * tseries(): each interval of each key is an element of a per-CPU hash, in a
 * circle of as many slots as are to be shown. A slot that holds an older
 * interval starts again, so a map never needs more than keys times slots.
 */
#include <string.h>

#include "lower_priv.h"

#define ENTRIES_MAX (1u << 20)

static bool is_keyed(const struct map *m)
{
	return m->key != NULL;
}

/* (key, slot); of a scalar the slot alone. */
static const struct type *key_type(struct lower *l, const struct map *m)
{
	const struct type *slot = type__int(8, false);
	struct member f = { .type = m->key };
	struct type *t;

	if (!is_keyed(m))
		return slot;
	t = NEW(l->a, struct type);
	t->kind = TY_TUPLE;
	vec_push(l->a, &t->members, f);
	f.type = slot;
	vec_push(l->a, &t->members, f);
	type__layout(t);
	return t;
}

void tseries_plan(struct lower *l, struct plan_map *pm)
{
	const struct map *m = pm->map;
	const struct type *k = key_type(l, m);
	struct plan_type *pt = NEW(l->a, struct plan_type);
	uint64_t keys = is_keyed(m) ? l->cfg->max_map_keys : 1;

	*pt = (struct plan_type){ .kind = "BTC_TSERIES_T",
				  .is_signed = m->value->is_signed,
				  .mode = (unsigned)m->bits,
				  .size = 24,
				  .max = m->max,
				  .step = m->step,
				  .id = l->plan->types.nr };
	vec_push(l->a, &l->plan->types, pt);
	vec_push(l->a, &l->ptype_keys, NULL);
	pm->value = pt;
	pm->value_size = pt->size;
	pm->value_c = "struct btc_tseries";
	pm->key = is_keyed(m) ? ptype(l, m->key) : NULL;
	pm->key_size = csize(l, k);
	pm->key_c = ctype(l, k);
	pm->lru = m->decl && strstr(m->decl->kind, "lru");
	pm->bpf_type = pm->lru ? "BPF_MAP_TYPE_LRU_PERCPU_HASH" : "BPF_MAP_TYPE_PERCPU_HASH";
	pm->fixed = true; /* another number of keys does not make it so many elements */
	pm->entries = m->decl ? m->decl->entries : keys * (uint64_t)m->max;
	if (pm->entries > ENTRIES_MAX)
		pm->entries = ENTRIES_MAX;
}

/* An object with the script's key; the slot is 0 still. */
static const char *keyed_object(struct lower *l, const struct map *m, const struct expr *key)
{
	const struct type *t = key_type(l, m);
	struct place k = { .type = m->key, .zeroed = true };
	const char *lv;

	prepare(l, key);
	lv = l__lasting(l, t, "key");
	l__emit(l, "__builtin_memset(&%s, 0, sizeof(%s));", lv, lv);
	k.lv = FMT(l, "%s.f0", lv);
	if (is_object(m->key))
		into(l, key, &k);
	else
		l__emit(l, "%s = %s;", k.lv, value_as(l, key, m->key));
	return lv;
}

/* Its address; the slot is the interval's. */
static const char *element_key(struct lower *l, const struct expr *to, const char *epoch)
{
	const struct map *m = to->map.map;
	const char *slot = FMT(l, "%s %% %lld", epoch, (long long)m->max), *lv;

	if (!is_keyed(m))
		return FMT(l, "&%s", to_temp(l, slot, key_type(l, m), "slot"));
	lv = keyed_object(l, m, to->map.key);
	l__emit(l, "%s.f1 = %s;", lv, slot);
	return FMT(l, "&%s", lv);
}

const char *tseries_find(struct lower *l, const struct map *m, const struct expr *key, bool drop)
{
	const char *name = map_plan(l, m)->bpf_name, *k = "NULL";

	l__include(l, "series.bpf.h");
	declare(l, FMT(l, "BTC_SERIES(%s, %s, %u)", name, map_plan(l, m)->key_c,
		       key ? member_off(l, key_type(l, m), 1) : 0));
	if (key)
		k = FMT(l, "&%s", keyed_object(l, m, key));
	return to_temp(l, FMT(l, "btc_series_%s(%s, %d)", name, k, drop), type__bool(), "found");
}

void tseries_add(struct lower *l, const struct expr *to, const struct expr *call)
{
	static const char *const names[] = { "last", "avg", "max", "min", "sum" };
	const struct map *m = to->map.map;
	struct plan_map *pm = map_plan(l, m);
	const char *n, *now, *epoch, *key, *p, *fn = names[m->bits], *sign = "";
	const struct type *num = type__int(8, false);

	n = to_temp(l, value_as(l, call->call.args.v[0], type__int(8, true)), type__int(8, true),
		    "n");
	now = to_temp(
		l,
		FMT(l, "bpf_ktime_get_boot_ns() + %s",
		    late_fact(l, "__s64", "btc_tai_offset", "BTC_LATE_TAI", NULL, 8, call->loc)),
		num, "now");
	epoch = to_temp(l, FMT(l, "%s / %lld", now, (long long)m->step), num, "epoch");
	key = element_key(l, to, epoch);
	if (pm->value_size > l->zero_room)
		l->zero_room = pm->value_size;
	p = l__local(l, "struct btc_tseries *", m->name[1] ? m->name + 1 : "elem");
	l__emit(l, "%s = btc_map_get(&%s, %s, btc_zero, %s);", p, pm->bpf_name, key,
		l__warn(l, "BTC_WARN_MAP_FULL", "map_update_elem", m->name, to->loc));
	if (*fn == 'm')
		sign = m->value->is_signed ? "_s" : "_u";
	l__open(l, "if (%s)", p);
	l__emit(l, "btc_tseries_%s%s(%s, %s, %s, %s);", fn, sign, p, epoch, now, n);
	l__end(l);
}
