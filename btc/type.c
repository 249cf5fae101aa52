// SPDX-License-Identifier: Apache-2.0
/*
 * Building, comparing, naming and laying out types. The plain ones are static
 * and shared; compound ones live in the arena. Comparison is by structure, but
 * C structs are compared by identity (their BTF and id), so that cyclic types
 * need no care. Promotion gives the one type that two values both convert to.
 */
#include <string.h>
#include <bpf/btf.h>

#include "type.h"

#define INT_TYPE(bytes, sgn)                                        \
	{                                                           \
		.kind = TY_INT, .size = (bytes), .is_signed = (sgn) \
	}

const struct type *type__int(unsigned size, bool is_signed)
{
	static const struct type ints[2][4] = {
		{ INT_TYPE(1, false), INT_TYPE(2, false), INT_TYPE(4, false), INT_TYPE(8, false) },
		{ INT_TYPE(1, true), INT_TYPE(2, true), INT_TYPE(4, true), INT_TYPE(8, true) },
	};
	unsigned log = size <= 1 ? 0 : size <= 2 ? 1 : size <= 4 ? 2 : 3;

	return &ints[is_signed][log];
}

const struct type *type__bool(void)
{
	static const struct type t = { .kind = TY_BOOL, .size = 1 };

	return &t;
}

const struct type *type__none(void)
{
	static const struct type t = { .kind = TY_NONE };

	return &t;
}

const struct type *type__void(void)
{
	static const struct type t = { .kind = TY_VOID };

	return &t;
}

const struct type *type__error(void)
{
	static const struct type t = { .kind = TY_ERROR };

	return &t;
}

const struct type *type__string(struct arena *a, uint32_t size)
{
	struct type *t = NEW(a, struct type);

	t->kind = TY_STRING;
	t->size = size;
	return t;
}

const struct type *type__ptr(struct arena *a, const struct type *to, enum addr_space as)
{
	struct type *t = NEW(a, struct type);

	t->kind = TY_PTR;
	t->size = 8;
	t->elem = to;
	t->as = as;
	return t;
}

const struct type *type__array(struct arena *a, const struct type *elem, uint32_t nr)
{
	struct type *t = NEW(a, struct type);

	t->kind = TY_ARRAY;
	t->elem = elem;
	t->nr = nr;
	t->size = elem->size * nr;
	t->as = elem->as;
	return t;
}

const struct type *type__with_as(struct arena *a, const struct type *t, enum addr_space as)
{
	struct type *copy;

	if (t->as == as)
		return t;
	copy = NEW(a, struct type);
	*copy = *t;
	copy->as = as;
	return copy;
}

/* --- equality ---------------------------------------------------------------- */

static bool same_c(const struct c_type *a, const struct c_type *b)
{
	if (a == b)
		return true;
	return a && b && a->btf == b->btf && a->id == b->id;
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_members(const struct type *a, const struct type *b)
{
	if (a->members.nr != b->members.nr)
		return false;
	for (size_t i = 0; i < a->members.nr; i++) {
		const struct member *x = &a->members.v[i], *y = &b->members.v[i];

		if (x->off != y->off || !same_name(x->name, y->name) ||
		    !type__equal(x->type, y->type))
			return false;
	}
	return true;
}

bool type__equal(const struct type *a, const struct type *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->size != b->size)
		return false;
	switch (a->kind) {
	case TY_INT: return a->is_signed == b->is_signed && same_c(a->c, b->c);
	case TY_PTR: return type__equal(a->elem, b->elem);
	case TY_ARRAY: return a->nr == b->nr && type__equal(a->elem, b->elem);
	case TY_STRUCT: return same_c(a->c, b->c);
	case TY_TUPLE:
	case TY_RECORD:
	case TY_ARGS: return same_members(a, b);
	case TY_KSTACK:
	case TY_USTACK: return a->nr == b->nr && a->mode == b->mode;
	case TY_TIMESTAMP: return a->mode == b->mode;
	case TY_SUM:
	case TY_MIN:
	case TY_MAX:
	case TY_AVG:
	case TY_STATS: return a->is_signed == b->is_signed;
	default: return true;
	}
}

/* --- names ------------------------------------------------------------------- */

static void add_name(struct buf *b, const struct type *t);

/* The names that need nothing but the kind. */
static const char *plain_name(const struct type *t)
{
	switch (t->kind) {
	case TY_ERROR: return "unknown";
	case TY_NONE: return "none";
	case TY_VOID: return "void";
	case TY_BOOL: return "bool";
	case TY_ARGS: return "args";
	case TY_KSYM: return "ksym_t";
	case TY_USYM: return "usym_t";
	case TY_PROBE: return "probe_t";
	case TY_USERNAME: return "username_t";
	case TY_MACADDR: return "mac_address";
	case TY_TIMESTAMP: return "timestamp";
	case TY_CGROUP_PATH: return "cgroup_path_t";
	case TY_STACK_MODE: return "stack_mode";
	case TY_CLOCK_MODE: return "timestamp_mode";
	case TY_COUNT: return "count_t";
	case TY_SUM: return t->is_signed ? "sum_t" : "usum_t";
	case TY_MIN: return t->is_signed ? "min_t" : "umin_t";
	case TY_MAX: return t->is_signed ? "max_t" : "umax_t";
	case TY_AVG: return t->is_signed ? "avg_t" : "uavg_t";
	case TY_STATS: return t->is_signed ? "stats_t" : "ustats_t";
	case TY_HIST: return "hist_t";
	case TY_LHIST: return "lhist_t";
	case TY_TSERIES: return "tseries_t";
	default: return NULL;
	}
}

static void add_c_name(struct buf *b, const struct c_type *c)
{
	const char *tag = c->is_enum ? "enum" : c->is_union ? "union" : "struct";

	if (*c->name)
		buf__printf(b, "%s %s", tag, c->name);
	else if (c->typedef_name)
		buf__str(b, c->typedef_name);
	else
		buf__printf(b, "unnamed %s", tag);
}

static void add_sized(struct buf *b, const char *name, uint32_t size)
{
	buf__str(b, name);
	if (size)
		buf__printf(b, "[%u]", size);
}

static void add_stack_name(struct buf *b, const struct type *t)
{
	static const char *const modes[] = {
		[STACK_BPFTRACE] = "bpftrace",
		[STACK_PERF] = "perf",
		[STACK_RAW] = "raw",
		[STACK_BUILD_ID] = "build_id",
	};

	buf__printf(b, "%s_%s_%u", t->kind == TY_KSTACK ? "kstack" : "ustack",
		    (unsigned)t->mode < COUNT_OF(modes) ? modes[t->mode] : "?", t->nr);
}

static void add_members(struct buf *b, const struct type *t)
{
	bool record = t->kind == TY_RECORD;

	buf__str(b, record ? "record {" : "(");
	for (size_t i = 0; i < t->members.nr; i++) {
		const struct member *m = &t->members.v[i];

		if (i)
			buf__str(b, ",");
		if (record)
			buf__printf(b, " .%s = ", m->name);
		add_name(b, m->type);
	}
	buf__str(b, record ? " }" : ")");
}

static void add_name(struct buf *b, const struct type *t)
{
	switch (t->kind) {
	case TY_INT:
		if (t->c && t->c->is_enum)
			add_c_name(b, t->c);
		else
			buf__printf(b, "%sint%u", t->is_signed ? "" : "u", t->size * 8);
		return;
	case TY_STRING: add_sized(b, "string", t->size); return;
	case TY_BUFFER: add_sized(b, "buffer", t->size); return;
	case TY_INET: add_sized(b, "inet", t->size); return;
	case TY_PTR:
		add_name(b, t->elem);
		buf__str(b, t->elem->kind == TY_PTR ? "*" : " *");
		return;
	case TY_ARRAY:
		add_name(b, t->elem);
		buf__printf(b, "[%u]", t->nr);
		return;
	case TY_STRUCT: add_c_name(b, t->c); return;
	case TY_TUPLE:
	case TY_RECORD: add_members(b, t); return;
	case TY_KSTACK:
	case TY_USTACK: add_stack_name(b, t); return;
	default: buf__str(b, plain_name(t)); return;
	}
}

const char *type__name(struct arena *a, const struct type *t)
{
	struct buf b = { 0 };
	const char *name;

	add_name(&b, t);
	name = arena__strndup(a, b.s, b.len);
	buf__free(&b);
	return name;
}

/* --- layout ------------------------------------------------------------------ */

static uint32_t members_align(const struct type *t)
{
	uint32_t max = 1;

	for (size_t i = 0; i < t->members.nr; i++) {
		uint32_t n = type__align(t->members.v[i].type);

		if (n > max)
			max = n;
	}
	return max;
}

static uint32_t size_align(uint32_t size)
{
	return size <= 1 ? 1 : size <= 2 ? 2 : size <= 4 ? 4 : 8;
}

uint32_t type__align(const struct type *t)
{
	int n;

	switch (t->kind) {
	case TY_STRING:
	case TY_BUFFER:
	case TY_INET:
	case TY_USYM:
	case TY_TIMESTAMP:
	case TY_MACADDR:
	case TY_CGROUP_PATH: return 1;
	case TY_ARRAY: return type__align(t->elem);
	case TY_TUPLE:
	case TY_RECORD: return members_align(t);
	case TY_STRUCT: n = btf__align_of(t->c->btf, t->c->id); return n > 0 ? (uint32_t)n : 1;
	default: return size_align(t->size);
	}
}

static uint32_t round_up(uint32_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

void type__layout(struct type *t)
{
	uint32_t off = 0;

	for (size_t i = 0; i < t->members.nr; i++) {
		struct member *m = &t->members.v[i];

		off = round_up(off, type__align(m->type));
		m->off = off;
		m->size = m->type->size;
		m->index = (unsigned)i;
		off += m->size;
	}
	t->size = round_up(off, members_align(t));
}

/* --- promotion --------------------------------------------------------------- */

/* One without a tag takes the other's; kernel against user leaves none. */
static enum addr_space promote_as(const struct type *x, const struct type *y)
{
	if (x->as == y->as || y->as == AS_NONE)
		return x->as;
	return x->as == AS_NONE ? y->as : AS_NONE;
}

static const struct type *make_int(struct arena *a, uint32_t size, bool is_signed, bool flexible,
				   enum addr_space as)
{
	const struct type *plain = type__int(size, is_signed);
	struct type *t;

	if (!flexible)
		return type__with_as(a, plain, as);
	t = NEW(a, struct type);
	*t = *plain;
	t->flexible = true;
	t->as = as;
	return t;
}

static const struct type *promote_ints(struct arena *a, const struct type *x, const struct type *y)
{
	uint32_t wider = x->size > y->size ? x->size : y->size;
	enum addr_space as = promote_as(x, y);
	uint32_t s, u;

	/* An enumerator takes 64 bits, its enum fewer: together they keep the names. */
	if (x->c && same_c(x->c, y->c))
		return type__with_as(a, x->size >= y->size ? x : y, as);
	if (x->is_signed == y->is_signed)
		return make_int(a, wider, x->is_signed, x->flexible && y->flexible, as);
	if (x->flexible)
		return make_int(a, wider, y->is_signed, false, as);
	if (y->flexible)
		return make_int(a, wider, x->is_signed, false, as);
	s = x->is_signed ? x->size : y->size;
	u = x->is_signed ? y->size : x->size;
	if (s > u)
		return make_int(a, s, true, false, as);
	return make_int(a, wider >= 4 ? 8 : wider * 2, true, false, as);
}

static const struct type *promote_aggs(struct arena *a, const struct type *x, const struct type *y)
{
	if (x->kind == y->kind) /* sums of both signs: signed */
		return x->is_signed ? x : y;
	if (x->kind == TY_INT)
		return promote_ints(a, x, type__int(8, y->is_signed));
	if (y->kind == TY_INT)
		return promote_ints(a, type__int(8, x->is_signed), y);
	return NULL;
}

static const struct type *promote_ptrs(struct arena *a, const struct type *x, const struct type *y)
{
	const struct type *to;
	struct type *t;

	if (x->elem->kind == TY_VOID || y->elem->kind == TY_VOID)
		to = type__void();
	else
		to = type__promote(a, x->elem, y->elem);
	if (!to)
		return NULL;
	t = NEW(a, struct type);
	*t = *x;
	t->elem = to;
	t->as = promote_as(x, y);
	t->is_ctx = x->is_ctx && y->is_ctx;
	return t;
}

static const struct member *find_member(const struct type *t, const char *name)
{
	for (size_t i = 0; i < t->members.nr; i++) {
		if (!strcmp(t->members.v[i].name, name))
			return &t->members.v[i];
	}
	return NULL;
}

/* Tuples pair up by position, records by name in the order of @x. */
static const struct type *promote_members(struct arena *a, const struct type *x,
					  const struct type *y)
{
	struct type *t;

	if (x->members.nr != y->members.nr)
		return NULL;
	t = NEW(a, struct type);
	t->kind = x->kind;
	for (size_t i = 0; i < x->members.nr; i++) {
		struct member m = x->members.v[i];
		const struct member *other = &y->members.v[i];

		if (x->kind == TY_RECORD)
			other = find_member(y, m.name);
		m.type = other ? type__promote(a, m.type, other->type) : NULL;
		if (!m.type)
			return NULL;
		vec_push(a, &t->members, m);
	}
	type__layout(t);
	return t;
}

/* An object that only differs in its tag or flags. */
static const struct type *merge_equal(struct arena *a, const struct type *x, const struct type *y)
{
	if (x->kind == TY_INT && x->flexible != y->flexible)
		x = x->flexible ? y : x;
	return type__with_as(a, x, promote_as(x, y));
}

const struct type *type__promote(struct arena *a, const struct type *x, const struct type *y)
{
	if (x->kind == TY_ERROR)
		return y;
	if (y->kind == TY_ERROR)
		return x;
	if (type__equal(x, y) && x->kind != TY_PTR)
		return merge_equal(a, x, y);
	if (x->kind == TY_INT && y->kind == TY_INT)
		return promote_ints(a, x, y);
	if (type__is_agg(x) || type__is_agg(y)) {
		bool castable = (type__is_castable_agg(x) || x->kind == TY_INT) &&
				(type__is_castable_agg(y) || y->kind == TY_INT);

		return castable || x->kind == y->kind ? promote_aggs(a, x, y) : NULL;
	}
	if (x->kind != y->kind)
		return NULL;
	switch (x->kind) {
	case TY_STRING:
	case TY_BUFFER: return type__with_as(a, x->size >= y->size ? x : y, promote_as(x, y));
	case TY_PTR: return promote_ptrs(a, x, y);
	case TY_TUPLE:
	case TY_RECORD: return promote_members(a, x, y);
	default: return NULL;
	}
}

/* --- types by name ------------------------------------------------------------ */

struct own_name {
	const char *name;
	enum type_kind kind;
	uint32_t size;
	bool is_signed;
};

static const struct own_name own_names[] = {
	{ "bool", TY_BOOL, 1, false },
	{ "int8", TY_INT, 1, true },
	{ "uint8", TY_INT, 1, false },
	{ "int16", TY_INT, 2, true },
	{ "uint16", TY_INT, 2, false },
	{ "int32", TY_INT, 4, true },
	{ "uint32", TY_INT, 4, false },
	{ "int64", TY_INT, 8, true },
	{ "uint64", TY_INT, 8, false },
	{ "void", TY_VOID, 0, false },
	{ "string", TY_STRING, 0, false },
	{ "buffer", TY_BUFFER, 0, false },
	{ "inet", TY_INET, 24, false },
	{ "username_t", TY_USERNAME, 8, false },
	{ "timestamp", TY_TIMESTAMP, 16, false },
	{ "macaddr_t", TY_MACADDR, 6, false },
	{ "cgroup_path_t", TY_CGROUP_PATH, 16, false },
	{ "count_t", TY_COUNT, 8, true },
	{ "sum_t", TY_SUM, 8, true },
	{ "usum_t", TY_SUM, 8, false },
	{ "min_t", TY_MIN, 8, true },
	{ "umin_t", TY_MIN, 8, false },
	{ "max_t", TY_MAX, 8, true },
	{ "umax_t", TY_MAX, 8, false },
	{ "avg_t", TY_AVG, 8, true },
	{ "uavg_t", TY_AVG, 8, false },
	{ "stats_t", TY_STATS, 8, true },
	{ "ustats_t", TY_STATS, 8, false },
};

const struct type *type__own(struct arena *a, const char *name)
{
	for (size_t i = 0; i < COUNT_OF(own_names); i++) {
		const struct own_name *n = &own_names[i];
		struct type *t;

		if (strcmp(n->name, name))
			continue;
		if (n->kind == TY_INT)
			return type__int(n->size, n->is_signed);
		if (n->kind == TY_BOOL)
			return type__bool();
		if (n->kind == TY_VOID)
			return type__void();
		t = NEW(a, struct type);
		t->kind = n->kind;
		t->size = n->size;
		t->is_signed = n->is_signed;
		return t;
	}
	return NULL;
}

struct scalar_name {
	const char *name;
	uint8_t size;
	bool is_signed;
};

static const struct scalar_name scalar_names[] = {
	{ "char", 1, true },	   { "short", 2, true },     { "int", 4, true },
	{ "long", 8, true },	   { "unsigned", 4, false }, { "signed", 4, true },
	{ "u8", 1, false },	   { "u16", 2, false },	     { "u32", 4, false },
	{ "u64", 8, false },	   { "s8", 1, true },	     { "s16", 2, true },
	{ "s32", 4, true },	   { "s64", 8, true },	     { "__u8", 1, false },
	{ "__u16", 2, false },	   { "__u32", 4, false },    { "__u64", 8, false },
	{ "__s8", 1, true },	   { "__s16", 2, true },     { "__s32", 4, true },
	{ "__s64", 8, true },	   { "uint8_t", 1, false },  { "uint16_t", 2, false },
	{ "uint32_t", 4, false },  { "uint64_t", 8, false }, { "int8_t", 1, true },
	{ "int16_t", 2, true },	   { "int32_t", 4, true },   { "int64_t", 8, true },
	{ "__be16", 2, false },	   { "__be32", 4, false },   { "__be64", 8, false },
	{ "__le16", 2, false },	   { "__le32", 4, false },   { "__le64", 8, false },
	{ "uchar", 1, false },	   { "ushort", 2, false },   { "uint", 4, false },
	{ "ulong", 8, false },	   { "size_t", 8, false },   { "ssize_t", 8, true },
	{ "uintptr_t", 8, false }, { "intptr_t", 8, true },  { "pid_t", 4, true },
	{ "uid_t", 4, false },	   { "gid_t", 4, false },    { "loff_t", 8, true },
	{ "off_t", 8, true },	   { "sector_t", 8, false }, { "dev_t", 4, false },
};

const struct type *type__common_scalar(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(scalar_names); i++) {
		if (!strcmp(scalar_names[i].name, name))
			return type__int(scalar_names[i].size, scalar_names[i].is_signed);
	}
	return NULL;
}
