// SPDX-License-Identifier: Apache-2.0
/*
 * Maps. Scalars are arrays of one element, keyed ones hashes; aggregations are
 * per CPU and updated in place. An element that was looked up is found again
 * through its pointer while nothing can have removed it.
 */
#include <string.h>

#include "lower_priv.h"

static const char *base_name(const struct map *m)
{
	return m->name + 1;
}

static const char *hint_of(struct lower *l, const struct map *m)
{
	return *base_name(m) ? base_name(m) : FMT(l, "elem");
}

/* A struct around an array, so that the map has a type to name. */
static const char *wrapped(struct lower *l, const char *prefix, const struct map *m,
			   const char *decl, uint32_t size, bool with_set)
{
	struct plan_struct *s = NEW(l->a, struct plan_struct);

	s->name = FMT(l, "%s_%s", prefix, base_name(m));
	s->size = size;
	vec_push(l->a, &s->members, decl);
	if (with_set)
		vec_push(l->a, &s->members, "__u32 set");
	vec_push(l->a, &l->plan->structs, s);
	return FMT(l, "struct %s", s->name);
}

static void plan_key(struct lower *l, struct plan_map *pm)
{
	const struct type *k = pm->map->key;

	if (!k) {
		pm->key_c = "__u32";
		pm->key_size = 4;
		return;
	}
	pm->key = ptype(l, k);
	pm->key_size = csize(l, k);
	pm->key_c = is_array(k) || k->kind == TY_USTACK || k->kind == TY_BUFFER
			    ? wrapped(l, "key", pm->map, cdecl(l, k, "k"), pm->key_size, false)
			    : ctype(l, k);
}

static uint32_t slots(const struct map *m)
{
	if (m->value->kind == TY_HIST)
		return ((64 - m->bits) << m->bits) + 1;
	return 2 + (m->max - m->min) / (m->step ? m->step : 1);
}

static void plan_value(struct lower *l, struct plan_map *pm)
{
	const struct map *m = pm->map;
	const struct type *v = m->value;
	struct plan_type *pt;
	const char *decl;

	if (v->kind == TY_HIST || v->kind == TY_LHIST) {
		pt = NEW(l->a, struct plan_type);
		*pt = (struct plan_type){ .kind = v->kind == TY_HIST ? "BTC_HIST_T" : "BTC_LHIST_T",
					  .is_signed = true,
					  .nr = m->bits,
					  .size = 8 * slots(m),
					  .min = m->min,
					  .max = m->max,
					  .step = m->step,
					  .id = l->plan->types.nr };
		vec_push(l->a, &l->plan->types, pt);
		vec_push(l->a, &l->ptype_keys, NULL);
		pm->value = pt;
		pm->value_size = pt->size;
		pm->value_c =
			wrapped(l, "val", m, FMT(l, "__u64 slot[%u]", slots(m)), pt->size, false);
		return;
	}
	pm->value = ptype(l, v);
	pm->value_size = csize(l, v);
	if (!m->key && !type__is_agg(v)) {
		decl = cdecl(l, v, "v");
		pm->set_off = (pm->value_size + 3) / 4 * 4;
		pm->value_size = (pm->set_off + 4 + calign(l, v) - 1) / calign(l, v) * calign(l, v);
		if (calign(l, v) < 4)
			pm->value_size = pm->set_off + 4;
		pm->value_c = wrapped(l, "val", m, decl, pm->value_size, true);
	} else if (is_array(v) || v->kind == TY_USTACK || v->kind == TY_BUFFER) {
		pm->value_c = wrapped(l, "val", m, cdecl(l, v, "v"), pm->value_size, false);
	} else {
		pm->value_c = ctype(l, v);
	}
}

struct plan_map *map_plan(struct lower *l, const struct map *m)
{
	struct plan_map *pm;
	size_t i;

	for (i = 0; i < l->plan->maps.nr; i++)
		if (l->plan->maps.v[i]->map == m)
			return l->plan->maps.v[i];
	pm = NEW(l->a, struct plan_map);
	pm->map = m;
	pm->bpf_name = FMT(l, "map_%s", base_name(m));
	pm->percpu = type__is_agg(m->value);
	if (m->value->kind == TY_TSERIES) {
		tseries_plan(l, pm);
		vec_push(l->a, &l->plan->maps, pm);
		return pm;
	}
	plan_key(l, pm);
	plan_value(l, pm);
	pm->entries = 1;
	pm->bpf_type = pm->percpu ? "BPF_MAP_TYPE_PERCPU_ARRAY" : "BPF_MAP_TYPE_ARRAY";
	if (m->key) {
		pm->entries = m->decl ? m->decl->entries : l->cfg->max_map_keys;
		pm->fixed = m->decl != NULL;
		pm->lru = m->decl && strstr(m->decl->kind, "lru");
		pm->bpf_type = pm->lru	    ? pm->percpu ? "BPF_MAP_TYPE_LRU_PERCPU_HASH"
							 : "BPF_MAP_TYPE_LRU_HASH"
			       : pm->percpu ? "BPF_MAP_TYPE_PERCPU_HASH"
					    : "BPF_MAP_TYPE_HASH";
	}
	if (pm->value_size > 32 << 10 || pm->key_size > 32 << 10)
		diag__error(l->d, m->loc, "E_STACK_SIZE",
			    "a key or value of %s takes more than 32 KiB", m->name);
	vec_push(l->a, &l->plan->maps, pm);
	return pm;
}

/* --- keys and elements ------------------------------------------------------------------ */

const char *map_key(struct lower *l, const struct map *m, const struct expr *key)
{
	struct cached fresh = { .kind = CACHE_KEY, .expr = key, .type = m->key };
	struct place to = { .type = m->key, .zeroed = true };
	const struct cached *c;
	size_t i;

	if (!m->key) {
		if (!strmap__get(l->fn->names, "zero")) {
			strmap__set(l->fn->names, "zero", (void *)"zero");
			vec_push(l->a, &l->fn->f->decls, "__u32 zero = 0");
		}
		return "&zero";
	}
	for (i = l->fn->cache.nr; i-- > 0;) {
		c = &l->fn->cache.v[i];
		if (c->kind == CACHE_KEY && !c->dead && type__equal(c->type, m->key) &&
		    (c->expr == key || same_expr(c->expr, key)))
			return c->text;
	}
	if (is_object(m->key)) {
		prepare(l, key);
		to.lv = l__lasting(l, m->key, "key");
		into(l, key, &to);
		fresh.text = addr_of(l, m->key, to.lv);
	} else {
		const char *text = value_as(l, key, m->key);
		const char *lv = l__temp(l, m->key, "key");

		l__emit(l, "%s = %s;", lv, text);
		fresh.text = FMT(l, "&%s", lv);
	}
	l__cache(l, fresh);
	return fresh.text;
}

static struct cached *known_element(struct lower *l, const struct map *m, const struct expr *key)
{
	struct cached *c;
	size_t i;

	for (i = l->fn->cache.nr; i-- > 0;) {
		c = &l->fn->cache.v[i];
		if (c->kind == CACHE_LOOKUP && !c->dead && c->map == m &&
		    (c->expr == key || same_expr(c->expr, key)))
			return c;
	}
	return NULL;
}

/*
 * The verifier follows each element that may be used again as found and as absent, all
 * combinations of them: of many only the last few are kept.
 */
#define MAX_KNOWN 4

static void forget_elements(struct lower *l)
{
	unsigned nr = 0;
	size_t i;

	for (i = l->fn->cache.nr; i-- > 0;) {
		struct cached *c = &l->fn->cache.v[i];

		if (c->kind == CACHE_LOOKUP && !c->dead && ++nr >= MAX_KNOWN)
			c->dead = true;
	}
}

static const char *lookup_key(struct lower *l, const struct map *m, const struct expr *key)
{
	struct cached fresh = { .kind = CACHE_LOOKUP, .map = m, .expr = key };
	struct plan_map *pm = map_plan(l, m);
	struct cached *c = known_element(l, m, key);
	const char *k;

	if (c)
		return c->text;
	k = map_key(l, m, key);
	fresh.text = l__local(l, FMT(l, "%s *", pm->value_c), hint_of(l, m));
	l__emit(l, "%s = bpf_map_lookup_elem(&%s, %s);", fresh.text, pm->bpf_name, k);
	forget_elements(l);
	l__cache(l, fresh);
	return fresh.text;
}

const char *map_lookup(struct lower *l, const struct expr *e)
{
	return lookup_key(l, e->map.map, e->map.key);
}

/* The element, made if it is absent; NULL at run time only if the map is full. */
static const char *get_element(struct lower *l, const struct expr *e)
{
	const struct map *m = e->map.map;
	struct plan_map *pm = map_plan(l, m);
	const char *k, *p;

	if (!m->key)
		return map_lookup(l, e);
	k = map_key(l, m, e->map.key);
	p = l__local(l, FMT(l, "%s *", pm->value_c), hint_of(l, m));
	zero_object(l, m->value);
	if (pm->value_size > l->zero_room)
		l->zero_room = pm->value_size;
	l__emit(l, "%s = btc_map_get(&%s, %s, btc_zero, %s);", p, pm->bpf_name, k,
		l__warn(l, "BTC_WARN_MAP_FULL", "map_update_elem", m->name, e->loc));
	l__kill_map(l, m);
	return p;
}

static const char *element_lv(const struct plan_map *pm, struct lower *l, const char *p)
{
	return pm->set_off ? FMT(l, "%s->v", p) : FMT(l, "*%s", p);
}

/* An aggregation read back: over all CPUs, now. @key is the text of its address. */
const char *read_aggregation(struct lower *l, const struct map *m, const char *key,
			     struct loc where)
{
	static const char *const names[] = {
		[TY_COUNT - TY_COUNT] = "count", [TY_SUM - TY_COUNT] = "sum",
		[TY_MIN - TY_COUNT] = "min",	 [TY_MAX - TY_COUNT] = "max",
		[TY_AVG - TY_COUNT] = "avg",	 [TY_STATS - TY_COUNT] = "stats",
	};
	const struct type *t = m->value;
	const char *sign = t->kind < TY_MIN || t->kind == TY_STATS ? ""
			   : t->is_signed			   ? "_s"
								   : "_u";

	if (!type__is_castable_agg(t) && t->kind != TY_STATS) {
		l__unsupported(l, where, "reading this aggregation inside the program");
		return "0";
	}
	return to_temp(l,
		       FMT(l, "btc_read_%s%s(&%s, %s, %s)", names[t->kind - TY_COUNT], sign,
			   map_plan(l, m)->bpf_name, key, ncpus(l, where)),
		       value_type(t), "total");
}

/* An element that is read but absent is told with -k. */
void lookup_warn(struct lower *l, const struct expr *e, const char *p)
{
	if (!e->map.key)
		return;
	l__emit(l, "btc_tell(%s ? 0 : -2, %s);", p,
		warn_k(l, "map_lookup_elem", e->map.map->name, e->loc));
}

const char *map_value(struct lower *l, const struct expr *e)
{
	struct plan_map *pm = map_plan(l, e->map.map);
	const char *p;

	if (type__is_agg(e->map.map->value)) {
		const char *key = map_key(l, e->map.map, e->map.key);

		if (e->map.key) {
			p = warn_k(l, "map_lookup_elem", e->map.map->name, e->loc);
			l__open(l, "if (btc_all_warnings)");
			l__emit(l, "btc_tell(bpf_map_lookup_elem(&%s, %s) ? 0 : -2, %s);",
				pm->bpf_name, key, p);
			l__end(l);
		}
		return read_aggregation(l, e->map.map, key, e->loc);
	}
	p = map_lookup(l, e);
	lookup_warn(l, e, p);
	return to_temp(l, FMT(l, "%s ? %s : 0", p, element_lv(pm, l, p)), e->map.map->value, "val");
}

/* --- aggregations ------------------------------------------------------------------------- */

static const char *add(struct lower *l)
{
	enum provider_kind k = l->at->prov->kind;

	return k == PROV_UPROBE || k == PROV_URETPROBE || k == PROV_USDT ? "btc_add_atomic"
									 : "btc_add";
}

static void aggregate(struct lower *l, const struct expr *to, const struct expr *call)
{
	const struct map *m = to->map.map;
	const struct type *t = m->value;
	const char *n = NULL, *p, *sign = t->is_signed ? "s" : "u";

	if (t->kind == TY_TSERIES) {
		tseries_add(l, to, call);
		return;
	}
	if (call->call.args.nr)
		n = value_as(l, call->call.args.v[0],
			     type__int(8, t->is_signed || t->kind >= TY_HIST));
	if (n && strchr(n, '('))
		n = to_temp(l, n, type__int(8, t->is_signed || t->kind >= TY_HIST), "n");
	p = get_element(l, to);
	l__open(l,
		t->kind == TY_COUNT || t->kind == TY_MIN || t->kind == TY_MAX ? "if (%s)"
									      : "if (%s) {",
		p);
	switch (t->kind) {
	case TY_COUNT: l__emit(l, "%s(%s, 1);", add(l), p); break;
	case TY_SUM:
		l__emit(l, "%s(&%s->sum, %s);", add(l), p, n);
		l__emit(l, "%s->set = 1;", p);
		break;
	case TY_MIN: l__emit(l, "btc_min_%s(%s, %s);", sign, p, n); break;
	case TY_MAX: l__emit(l, "btc_max_%s(%s, %s);", sign, p, n); break;
	case TY_AVG:
	case TY_STATS:
		l__emit(l, "%s(&%s->count, 1);", add(l), p);
		l__emit(l, "%s(&%s->total, %s);", add(l), p, n);
		break;
	case TY_HIST:
		l__emit(l, "__u64 *slot = btc_hist_at(%s->slot, %s, %lld);", p, n,
			(long long)m->bits);
		l__emit(l, "%s(slot, 1);", add(l));
		break;
	case TY_LHIST:
		l__emit(l, "__u64 *slot = btc_lhist_at(%s->slot, %s, %lld, %lld, %lld);", p, n,
			(long long)m->min, (long long)m->max, (long long)m->step);
		l__emit(l, "%s(slot, 1);", add(l));
		break;
	default: l__unsupported(l, call->loc, FMT(l, "'%s'", call->call.name));
	}
	if (t->kind == TY_COUNT || t->kind == TY_MIN || t->kind == TY_MAX)
		l__end(l);
	else
		l__close(l);
}

/* --- assignment --------------------------------------------------------------------------- */

static void assign_scalar_map(struct lower *l, const struct expr *to, const char *text,
			      const struct expr *val)
{
	struct plan_map *pm = map_plan(l, to->map.map);
	const char *p = map_lookup(l, to);
	struct place v = { .lv = FMT(l, "%s->v", p), .type = pm->map->value, .zeroed = true };

	struct place aside = { .type = v.type, .zeroed = true };

	if (val && expr_uses(val, NULL, to->map.map)) { /* not while it is being written */
		aside.lv = l__object(l, v.type, "new_val");
		into(l, val, &aside);
	}
	l__open(l, "if (%s) {", p);
	if (aside.lv)
		copy(l, &v, addr_of(l, v.type, aside.lv), v.type);
	else if (val)
		into(l, val, &v);
	else
		l__emit(l, "%s = %s;", v.lv, text);
	l__emit(l, "%s->set = 1;", p);
	l__close(l);
}

static void set_element(struct lower *l, const struct expr *to, const char *addr)
{
	struct plan_map *pm = map_plan(l, to->map.map);

	l__emit(l, "btc_map_set(&%s, %s, %s, %s);", pm->bpf_name, map_key(l, pm->map, to->map.key),
		addr, l__warn(l, "BTC_WARN_MAP_FULL", "map_update_elem", pm->map->name, to->loc));
	l__kill_map(l, pm->map);
}

/* A scalar value: stored in place where the key stays, else by an update. */
static void map_assign_scalar(struct lower *l, const struct expr *to, const char *text,
			      bool is_local)
{
	const struct map *m = to->map.map;
	const char *p, *tmp;

	if (!m->key) {
		assign_scalar_map(l, to, text, NULL);
		return;
	}
	tmp = text;
	if (!is_local)
		tmp = to_temp(l, text, m->value, "new_val");
	if (m->deleted_from) {
		set_element(l, to, FMT(l, "&%s", tmp));
		return;
	}
	p = map_lookup(l, to);
	l__open(l, "if (%s) {", p);
	l__emit(l, "*%s = %s;", p, tmp);
	l__else(l);
	set_element(l, to, FMT(l, "&%s", tmp));
	l__close(l);
}

void map_assign(struct lower *l, const struct expr *to, const struct expr *val)
{
	const struct map *m = to->map.map;
	struct place v = { .type = m->value, .zeroed = true };
	const struct expr *call = val;
	const char *text;
	bool is_local;

	if (type__is_agg(m->value)) {
		while (call->kind == EX_BLOCK && call->block->value)
			call = call->block->value;
		if (val->kind == EX_BLOCK || call->kind != EX_CALL) {
			l__unsupported(l, val->loc, "this value of an aggregation");
			return;
		}
		aggregate(l, to, call);
		return;
	}
	if (!is_object(m->value)) {
		text = value_as(l, val, m->value);
		/* Its address is taken, after which 6.1 knows nothing of a variable's value. */
		is_local = type__equal(val->type, m->value) && is_word(text) &&
			   val->kind == EX_FIELD && !val->konst;
		map_assign_scalar(l, to, text, is_local);
		return;
	}
	prepare(l, val);
	if (!m->key) {
		assign_scalar_map(l, to, NULL, val);
		return;
	}
	v.lv = l__object(l, m->value, "new_val");
	into(l, val, &v);
	set_element(l, to, addr_of(l, m->value, v.lv));
}

void map_incdec(struct lower *l, const struct expr *e, const char **result)
{
	const struct expr *to = e->incdec.e;
	const struct map *m = to->map.map;
	struct plan_map *pm = map_plan(l, m);
	const char *p = get_element(l, to), *res = NULL, *lv = element_lv(pm, l, p);

	if (result) {
		res = l__temp(l, m->value, "val");
		l__emit(l, "%s = 0;", res);
	}
	l__open(l, "if (%s) {", p);
	if (res && e->incdec.post)
		l__emit(l, "%s = %s;", res, lv);
	l__emit(l, "%s %s= 1;", lv, e->incdec.dec ? "-" : "+");
	if (res && !e->incdec.post)
		l__emit(l, "%s = %s;", res, lv);
	if (pm->set_off)
		l__emit(l, "%s->set = 1;", p);
	l__close(l);
	if (result)
		*result = res;
}

/* delete(@m, k), delete(@scalar); the value says whether there was one. */
const char *map_delete(struct lower *l, const struct expr *map, const struct expr *key, bool want)
{
	const struct map *m = map->map.map;
	struct plan_map *pm = map_plan(l, m);
	const char *res = NULL, *k, *p;

	if (m->value->kind == TY_TSERIES)
		return tseries_find(l, m, key, true);
	if (m->key) {
		k = map_key(l, m, key);
		res = to_temp(l, FMT(l, "bpf_map_delete_elem(&%s, %s)", pm->bpf_name, k),
			      type__int(4, true), "err"); /* 6.1: the upper half is undefined */
		l__emit(l, "btc_tell(%s, %s);", res,
			warn_k(l, "map_delete_elem", m->name, key->loc));
		l__kill_map(l, m);
		return FMT(l, "!%s", res);
	}
	if (pm->percpu) {
		if (pm->value_size > l->zero_room)
			l->zero_room = pm->value_size;
		l__emit(l, "btc_reset_cpus(&%s, btc_zero, %u, %s);", pm->bpf_name, pm->value_size,
			ncpus(l, map->loc));
		return "1";
	}
	p = map_lookup(l, map);
	if (want) {
		res = l__local(l, "__u8", "deleted");
		l__emit(l, "%s = %s != NULL%s;", res, p,
			pm->set_off ? FMT(l, " && %s->set", p) : "");
	}
	l__open(l, "if (%s)", p);
	l__emit(l, "__builtin_memset(%s, 0, sizeof(*%s));", p, p);
	l__end(l);
	return res;
}
