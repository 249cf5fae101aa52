// SPDX-License-Identifier: Apache-2.0
/*
 * How values of the language lie in the tool's memory. Each type has a C type
 * for the kernel half and a descriptor for the user half; both come from the
 * one layout made here, which is C's own, so that neither half needs to be told
 * about the other's padding.
 */
#include <string.h>

#include "lower_priv.h"

bool is_object(const struct type *t)
{
	switch (t->kind) {
	case TY_STRING:
	case TY_BUFFER:
	case TY_TUPLE:
	case TY_RECORD:
	case TY_KSTACK:
	case TY_USTACK:
	case TY_USYM:
	case TY_INET:
	case TY_CGROUP_PATH:
	case TY_MACADDR:
	case TY_TIMESTAMP:
	case TY_STRUCT:
	case TY_ARRAY:
	case TY_ARGS: return true;
	default: return false;
	}
}

const struct type *value_type(const struct type *t)
{
	return type__is_castable_agg(t) ? type__int(8, t->is_signed) : t;
}

bool is_kernel_struct(const struct type *t)
{
	return t->kind == TY_STRUCT && t->c && t->c->kernel;
}

bool is_array(const struct type *t)
{
	return t->kind == TY_STRING || t->kind == TY_KSTACK || t->kind == TY_MACADDR ||
	       (t->kind == TY_STRUCT && !is_kernel_struct(t)) || t->kind == TY_ARRAY;
}

/* The members of a C type in order; those of unnamed structs in it count as its own. */
void flat_members(struct lower *l, const struct type *t, uint32_t off, member_vec *out)
{
	const struct member *m;
	size_t i, n = ctypes__members(l->types, t, &m);

	for (i = 0; i < n; i++) {
		struct member own = m[i];

		own.off += off;
		if ((!own.name || !*own.name) && own.type->kind == TY_STRUCT)
			flat_members(l, own.type, own.off, out);
		else
			vec_push(l->a, out, own);
	}
}

/* A copy of `args`: a record of them, as the checker types it. */
static const struct type *args_record(struct lower *l, const struct type *args)
{
	struct type *r = NEW(l->a, struct type);
	size_t i;

	r->kind = TY_RECORD;
	for (i = 0; i < args->members.nr; i++) {
		struct member m = { .name = args->members.v[i].name,
				    .type = args->members.v[i].type,
				    .index = i };

		vec_push(l->a, &r->members, m);
	}
	return r;
}

/*
 * How a copy of a kernel struct is kept: as a record with the same members,
 * since its own layout is the target's affair. Others are kept as they are.
 */
const struct type *stored(struct lower *l, const struct type *t)
{
	member_vec flat = { 0 };
	struct type *r;
	size_t i;

	if (t->kind == TY_ARGS)
		return args_record(l, t);
	if (!is_kernel_struct(t))
		return t;
	for (i = 0; i < l->copied.nr; i++)
		if (l->copied.v[i].c->btf == t->c->btf && l->copied.v[i].c->id == t->c->id)
			return l->copied.v[i].record;
	r = NEW(l->a, struct type);
	r->kind = TY_RECORD;
	vec_push(l->a, &l->copied, ((struct copied){ t->c, r }));
	flat_members(l, t, 0, &flat);
	for (i = 0; i < flat.nr; i++) {
		struct member own = flat.v[i];

		own.type = stored(l, own.type);
		if (own.type->kind == TY_ARRAY && is_kernel_struct(own.type->elem))
			own.type = type__none();
		own.index = i;
		own.bit_off = own.bit_size = 0;
		vec_push(l->a, &r->members, own);
	}
	return r;
}

static const char *int_type(const struct type *t)
{
	switch (t->size) {
	case 1: return t->is_signed ? "__s8" : "__u8";
	case 2: return t->is_signed ? "__s16" : "__u16";
	case 4: return t->is_signed ? "__s32" : "__u32";
	default: return t->is_signed ? "__s64" : "__u64";
	}
}

/* One tuple type has one struct, whatever the number of its uses. */
struct plan_struct *tuple_struct(struct lower *l, const struct type *t)
{
	struct plan_struct *s;
	size_t i;

	for (i = 0; i < l->tuple_types.nr; i++)
		if (type__equal(l->tuple_types.v[i], t))
			return l->tuples.v[i];
	s = NEW(l->a, struct plan_struct);
	for (i = 0; i < t->members.nr; i++)
		vec_push(l->a, &s->members, cdecl(l, t->members.v[i].type, FMT(l, "f%zu", i)));
	s->name = FMT(l, "%s_%zu", t->kind == TY_TUPLE ? "tuple" : "record", l->tuples.nr + 1);
	s->size = csize(l, t);
	vec_push(l->a, &l->tuple_types, t);
	vec_push(l->a, &l->tuples, s);
	vec_push(l->a, &l->plan->structs, s);
	return s;
}

const char *ctype(struct lower *l, const struct type *t)
{
	t = stored(l, t);
	switch (t->kind) {
	case TY_INT: return int_type(t);
	case TY_BOOL: return "__u8";
	case TY_PROBE: return "__u32";
	case TY_STRING: return "char";
	case TY_BUFFER: return FMT(l, "struct { __u32 len; char data[%u]; }", t->size - 4);
	case TY_USTACK:
		return FMT(l, "struct { __u64 ip[%u]; struct btc_ustack_owner owner; }", t->nr);
	case TY_USYM: return "struct btc_usym";
	case TY_INET: return "struct btc_inet";
	case TY_CGROUP_PATH: return "struct btc_cgroup";
	case TY_TIMESTAMP: return "struct btc_timestamp";
	case TY_MACADDR: return "__u8";
	case TY_TUPLE:
	case TY_RECORD: return FMT(l, "struct %s", tuple_struct(l, t)->name);
	case TY_COUNT: return "__u64";
	case TY_SUM: return "struct btc_sum";
	case TY_MIN:
	case TY_MAX: return "struct btc_minmax";
	case TY_AVG:
	case TY_STATS: return "struct btc_stats";
	case TY_NONE: return "__u8";
	default: return "__u64";
	}
}

const char *cdecl(struct lower *l, const struct type *t, const char *name)
{
	t = stored(l, t);
	switch (t->kind) {
	case TY_STRING: return FMT(l, "char %s[%u]", name, t->size);
	case TY_KSTACK: return FMT(l, "__u64 %s[%u]", name, csize(l, t) / 8);
	case TY_MACADDR: return FMT(l, "__u8 %s[6]", name);
	case TY_STRUCT:
	case TY_ARRAY: return FMT(l, "char %s[%u] __attribute__((aligned(8)))", name, csize(l, t));
	default: return FMT(l, "%s %s", ctype(l, t), name);
	}
}

uint32_t calign(struct lower *l, const struct type *t)
{
	uint32_t max = 1, n;
	size_t i;

	t = stored(l, t);
	switch (t->kind) {
	case TY_STRING:
	case TY_MACADDR:
	case TY_NONE:
	case TY_BOOL: return 1;
	case TY_INT: return t->size ? t->size : 8;
	case TY_PROBE:
	case TY_BUFFER: return 4;
	case TY_TUPLE:
	case TY_RECORD:
		for (i = 0; i < t->members.nr; i++) {
			n = calign(l, t->members.v[i].type);
			max = n > max ? n : max;
		}
		return max;
	default: return 8;
	}
}

static uint32_t align_up(uint32_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

uint32_t member_off(struct lower *l, const struct type *t, unsigned nr)
{
	uint32_t off = 0;
	unsigned i;

	for (i = 0; i <= nr && i < t->members.nr; i++) {
		off = align_up(off, calign(l, t->members.v[i].type));
		if (i < nr)
			off += csize(l, t->members.v[i].type);
	}
	return off;
}

uint32_t csize(struct lower *l, const struct type *t)
{
	size_t last;

	t = stored(l, t);
	switch (t->kind) {
	case TY_NONE:
	case TY_BOOL: return 1;
	case TY_PROBE: return 4;
	case TY_MACADDR: return 6;
	case TY_KSTACK: return 8 * (t->nr ? t->nr : 1); /* maps hold no empty values */
	case TY_USTACK: return 8 * t->nr + 8;
	case TY_INET: return 24;
	case TY_USYM:
	case TY_TIMESTAMP:
	case TY_CGROUP_PATH:
	case TY_SUM:
	case TY_MIN:
	case TY_MAX:
	case TY_AVG:
	case TY_STATS: return 16;
	case TY_BUFFER: return align_up(t->size, 4);
	case TY_INT:
	case TY_STRING: return t->size;
	case TY_STRUCT:
	case TY_ARRAY: return align_up(t->size, 8);
	case TY_TUPLE:
	case TY_RECORD:
		if (!t->members.nr)
			return 0;
		last = t->members.nr - 1;
		return align_up(member_off(l, t, last) + csize(l, t->members.v[last].type),
				calign(l, t));
	default: return 8;
	}
}

/* --- descriptors of the user half -------------------------------------------- */

static const char *kind_name(const struct type *t)
{
	switch (t->kind) {
	case TY_INT: return "BTC_INT";
	case TY_BOOL: return "BTC_BOOL";
	case TY_STRING: return "BTC_STR";
	case TY_BUFFER: return "BTC_BUF";
	case TY_PTR: return "BTC_PTR";
	case TY_ARRAY: return "BTC_ARRAY";
	case TY_STRUCT:
	case TY_RECORD: return "BTC_STRUCT";
	case TY_TUPLE: return "BTC_TUPLE";
	case TY_KSTACK: return "BTC_KSTACK";
	case TY_USTACK: return "BTC_USTACK";
	case TY_KSYM: return "BTC_KSYM";
	case TY_USYM: return "BTC_USYM";
	case TY_PROBE: return "BTC_PROBE";
	case TY_USERNAME: return "BTC_USERNAME";
	case TY_INET: return "BTC_INET";
	case TY_MACADDR: return "BTC_MAC";
	case TY_TIMESTAMP: return "BTC_TIMESTAMP";
	case TY_CGROUP_PATH: return "BTC_CGROUP_PATH";
	case TY_COUNT: return "BTC_COUNT_T";
	case TY_SUM: return "BTC_SUM_T";
	case TY_MIN: return "BTC_MIN_T";
	case TY_MAX: return "BTC_MAX_T";
	case TY_AVG: return "BTC_AVG_T";
	case TY_STATS: return "BTC_STATS_T";
	case TY_HIST: return "BTC_HIST_T";
	case TY_LHIST: return "BTC_LHIST_T";
	default: return "BTC_NONE";
	}
}

static struct plan_type *new_ptype(struct lower *l, const char *kind, uint32_t size)
{
	struct plan_type *p = NEW(l->a, struct plan_type);

	p->id = l->plan->types.nr;
	p->kind = kind;
	p->size = size;
	return p;
}

const struct plan_type *ptype_kind(struct lower *l, const char *kind, uint32_t size)
{
	struct plan_type *p;
	size_t i;

	for (i = 0; i < l->plan->types.nr; i++) {
		p = l->plan->types.v[i];
		if (!l->ptype_keys.v[i] && !strcmp(p->kind, kind) && p->size == size)
			return p;
	}
	p = new_ptype(l, kind, size);
	vec_push(l->a, &l->plan->types, p);
	vec_push(l->a, &l->ptype_keys, NULL);
	return p;
}

static void add_members(struct lower *l, struct plan_type *p, const struct type *t)
{
	member_vec flat = { 0 };
	const struct member *m = t->members.v;
	size_t i, n = t->members.nr;

	if (t->kind == TY_STRUCT) {
		flat_members(l, t, 0, &flat);
		m = flat.v;
		n = flat.nr;
	}
	for (i = 0; i < n; i++) {
		struct plan_member pm = {
			.name = m[i].name,
			.type = ptype(l, m[i].type),
			.off = t->kind == TY_STRUCT ? m[i].off : member_off(l, t, i),
			.bit_off = m[i].bit_off,
			.bit_size = m[i].bit_size,
		};

		vec_push(l->a, &p->members, pm);
	}
	p->nr = n;
}

const struct plan_type *ptype(struct lower *l, const struct type *t)
{
	struct plan_type *p;
	size_t i;

	t = stored(l, t);
	for (i = 0; i < l->plan->types.nr; i++)
		if (l->ptype_keys.v[i] == t ||
		    (l->ptype_keys.v[i] && type__equal(l->ptype_keys.v[i], t) &&
		     l->ptype_keys.v[i]->enum_ == t->enum_ && t->kind != TY_STRUCT))
			return l->plan->types.v[i];
	p = new_ptype(l, kind_name(t), csize(l, t));
	p->is_signed = t->is_signed;
	if (t->kind == TY_KSTACK || t->kind == TY_USTACK) {
		p->mode = t->mode;
		p->nr = t->nr;
	}
	if (t->kind == TY_BUFFER || t->kind == TY_STRUCT || t->kind == TY_ARRAY)
		p->size = t->size;
	p->enums = t->kind == TY_INT ? t->enum_ : NULL;
	if (t->kind == TY_ARRAY) {
		p->nr = t->nr;
		p->elem = ptype(l, t->elem);
	}
	if (t->kind == TY_STRUCT || t->kind == TY_TUPLE || t->kind == TY_RECORD)
		add_members(l, p, t);
	p->id = l->plan->types.nr;
	vec_push(l->a, &l->plan->types, p);
	vec_push(l->a, &l->ptype_keys, t);
	return p;
}

/* --- kernel types, as far as they are used --------------------------------------- */

static struct plan_ktype *ktype(struct lower *l, const struct type *st)
{
	struct plan_ktype *k;
	size_t i;

	for (i = 0; i < l->plan->ktypes.nr; i++) {
		k = l->plan->ktypes.v[i];
		if (k->type->c->btf == st->c->btf && k->type->c->id == st->c->id)
			return k;
	}
	k = NEW(l->a, struct plan_ktype);
	k->type = st;
	k->is_union = st->c->is_union;
	k->is_typedef = !*st->c->name && st->c->typedef_name;
	k->name = k->is_typedef	 ? st->c->typedef_name
		  : *st->c->name ? st->c->name
				 : FMT(l, "unnamed_%zu", l->plan->ktypes.nr);
	vec_push(l->a, &l->plan->ktypes, k);
	l->plan->uses_core = true;
	return k;
}

const char *kernel_struct(struct lower *l, const struct type *st)
{
	const struct plan_ktype *k = ktype(l, st);

	return k->is_typedef ? k->name : FMT(l, "%s %s", k->is_union ? "union" : "struct", k->name);
}

/* libbpf wants kinds to agree: pointer with pointer, enum with enum, int with int. */
static const char *kernel_decl(struct lower *l, const struct plan_ktype *k, const struct type *t,
			       const char *name)
{
	switch (t->kind) {
	case TY_INT:
		if (t->c && t->c->is_enum)
			return FMT(l, "enum { %s_%s_ } %s", k->name, name, name);
		return FMT(l, "%s %s", int_type(t), name);
	case TY_BOOL: return FMT(l, "_Bool %s", name);
	case TY_STRING: return FMT(l, "char %s[%u]", name, t->size);
	case TY_ARRAY: return kernel_decl(l, k, t->elem, FMT(l, "%s[%u]", name, t->nr));
	case TY_STRUCT: return FMT(l, "%s %s", kernel_struct(l, t), name);
	default: return FMT(l, "void *%s", name);
	}
}

/* Records the use of @m in @st; returns its name. */
const char *use_member(struct lower *l, const struct type *st, const struct member *m)
{
	struct plan_ktype *k = ktype(l, st);
	const char *decl;
	size_t i;

	for (i = 0; i < k->names.nr; i++)
		if (!strcmp(k->names.v[i], m->name))
			return m->name;
	vec_push(l->a, &k->names, m->name);
	decl = kernel_decl(l, k, m->type, m->name);
	vec_push(l->a, &k->members, decl);
	return m->name;
}

/* The size on the target, which must have the type. */
const char *core_size(struct lower *l, const struct type *st)
{
	const char *name = kernel_struct(l, st);
	const struct member *pick = NULL;
	member_vec all = { 0 };
	size_t i;

	flat_members(l, st, 0, &all);
	for (i = 0; i < all.nr; i++) {
		const struct member *m = &all.v[i];

		if (m->name && *m->name && !m->bit_size && (!pick || pick->type->kind == TY_STRUCT))
			pick = m; /* a plain one needs no other struct */
	}
	if (!pick)
		return FMT(l, "bpf_core_type_size(%s)", name);
	return FMT(l, "btc_core_size(%s, %s)", name, use_member(l, st, pick));
}
