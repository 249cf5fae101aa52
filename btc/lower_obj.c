// SPDX-License-Identifier: Apache-2.0
/*
 * Objects: strings, tuples, stacks, addresses. They are written where they are
 * needed, into() a place: a field of a record, a key, a variable. Only what must
 * be looked at more than once gets a temporary of its own.
 */
#include <string.h>

#include "lower_priv.h"

#define SHORT_STRING 64	 /* copied whole, always zero behind the NUL */
#define INLINE_BYTES 512 /* what clang expands in line for memset and memcpy, */
#define MAX_STORES   128 /* in units of the alignment, */
#define MAX_LOADS    32	 /* which all can end up on the stack, 8 bytes each */

const char *addr_of(struct lower *l, const struct type *t, const char *lv)
{
	return is_array(t) ? lv : FMT(l, "&%s", lv);
}

/*
 * Wherever they are kept, objects are zero behind what they hold, so that equal
 * ones are equal as keys; only long strings are not, and are cleaned when they
 * become part of a key, a tuple or a record.
 */
bool is_kept_clean(const struct type *t)
{
	return t->kind != TY_STRING || t->size <= SHORT_STRING;
}

void make_zero(struct lower *l, const struct place *to)
{
	uint32_t size = csize(l, to->type);
	const char *at = addr_of(l, to->type, to->lv);

	if (to->clean)
		return;
	if (size <= INLINE_BYTES && size <= MAX_STORES * calign(l, to->type))
		l__emit(l, "__builtin_memset(%s, 0, %u);", at, size);
	else /* a read that fails fills with zeros, in one call */
		l__emit(l, "bpf_probe_read_kernel(%s, %u, NULL);", at, size);
}

/*
 * Not static: clang puts constants whose address nobody can compare into
 * sections for merging, .rodata.str1.1, which BTF does not know.
 */
const char *string_literal(struct lower *l, const char *s, size_t len)
{
	struct buf b = { 0 };
	const char *name, *def;
	size_t i;

	buf__quote(&b, s, len);
	for (i = 0; i < l->plan->strings.nr; i++) {
		def = strchr(l->plan->strings.v[i], '=');
		if (def && !strcmp(def + 2, b.s)) {
			name = FMT(l, "str_%zu", i + 1);
			buf__free(&b);
			return name;
		}
	}
	name = FMT(l, "str_%zu", l->plan->strings.nr + 1);
	vec_push(l->a, &l->plan->strings, FMT(l, "const char %s[%zu] = %s", name, len + 1, b.s));
	buf__free(&b);
	return name;
}

/* What a missing element reads as. */
const char *zero_object(struct lower *l, const struct type *t)
{
	uint32_t size = csize(l, t);

	if (size > l->zero_room)
		l->zero_room = size;
	return "(void *)btc_zero";
}

/* --- copies --------------------------------------------------------------------------- */

static void copy_bytes(struct lower *l, const char *to, const char *from, uint32_t n,
		       uint32_t align)
{
	if (n <= MAX_LOADS * align)
		l__emit(l, "__builtin_memcpy(%s, %s, %u);", to, from, n);
	else
		l__emit(l, "bpf_probe_read_kernel(%s, %u, %s);", to, n, from);
}

static void copy_string(struct lower *l, const struct place *to, const char *from, uint32_t size)
{
	uint32_t room = to->type->size, n = size < room ? size : room;

	if (size > SHORT_STRING) {
		if (to->zeroed || room <= SHORT_STRING)
			make_zero(l, to);
		l__emit(l, "btc_text_kernel(%s, %u, %s, NULL);", to->lv, n, from);
		return;
	}
	if (to->zeroed && room > SHORT_STRING)
		make_zero(l, to);
	copy_bytes(l, to->lv, from, n, 1);
	if (n == room || to->clean)
		return;
	if (!to->zeroed)
		l__emit(l, "%s[%u] = 0;", to->lv, n);
	else if (room <= SHORT_STRING)
		l__emit(l, "__builtin_memset(%s + %u, 0, %u);", to->lv, n, room - n);
}

/* The elements of tuples correspond by number, those of records by name. */
static size_t member_like(const struct type *t, size_t nr, const struct member *like)
{
	size_t i;

	if (t->kind != TY_RECORD)
		return nr;
	for (i = 0; i + 1 < t->members.nr && strcmp(t->members.v[i].name, like->name); i++)
		;
	return i;
}

/* @from is the address of an object of type @t in the program's own memory. */
void copy(struct lower *l, const struct place *to, const char *from, const struct type *t)
{
	const struct type *dst = to->type;
	uint32_t size;
	size_t i;

	if (dst->kind == TY_STRING) {
		copy_string(l, to, from, t->size);
		return;
	}
	if ((dst->kind == TY_TUPLE || dst->kind == TY_RECORD) && !type__equal(dst, t)) {
		make_zero(l, to);
		for (i = 0; i < dst->members.nr; i++) {
			struct place m = { .lv = FMT(l, "%s.f%zu", to->lv, i),
					   .type = dst->members.v[i].type,
					   .zeroed = true,
					   .clean = true };
			size_t k = member_like(t, i, &dst->members.v[i]);
			const char *src = FMT(l, "((%s *)%s)->f%zu", ctype(l, t), from, k);

			if (is_object(m.type))
				copy(l, &m, addr_of(l, t->members.v[k].type, src),
				     t->members.v[k].type);
			else
				l__emit(l, "%s = %s;", m.lv, src);
		}
		return;
	}
	size = csize(l, dst) < csize(l, t) ? csize(l, dst) : csize(l, t);
	copy_bytes(l, addr_of(l, dst, to->lv), from, size, calign(l, dst));
}

/* Member by member, as each lies where the target's kernel puts it. */
static void copy_kernel_struct(struct lower *l, const struct mem *from, const struct type *t,
			       const char *lv)
{
	const struct type *r = stored(l, t), *mt;
	member_vec flat = { 0 };
	struct mem m;
	const char *to;
	size_t i;

	flat_members(l, t, 0, &flat);
	for (i = 0; i < flat.nr; i++) {
		mt = r->members.v[i].type;
		to = FMT(l, "%s.f%zu", lv, i);
		m = *from;
		m.path = FMT(l, "%s%s%s", from->path, *from->path ? "." : "",
			     use_member(l, t, &flat.v[i]));
		if (mt->kind == TY_NONE)
			l__emit(l, "%s = 0;", to);
		else if (is_kernel_struct(flat.v[i].type))
			copy_kernel_struct(l, &m, flat.v[i].type, to);
		else if (is_object(mt))
			read_into(l, m.as, "", to, FMT(l, "%u", mt->size), mem_addr(l, &m), m.loc);
		else
			l__emit(l, "%s = %s;", to, mem_load(l, &m, mt, NULL, "member"));
	}
}

/* A string or array of the kernel, a process, or the context. */
static void read_memory(struct lower *l, const struct expr *e, const struct place *to)
{
	struct mem m = mem_of(l, e);
	uint32_t n = e->type->size < to->type->size ? e->type->size : to->type->size;
	const char *addr = mem_addr(l, &m), *size = FMT(l, "%u", n);

	if (m.local) {
		copy(l, to, addr, e->type);
		return;
	}
	if (is_kernel_struct(e->type)) {
		if (to->zeroed)
			make_zero(l, to);
		copy_kernel_struct(l, &m, e->type, to->lv);
		return;
	}
	if (to->zeroed || n < to->type->size)
		make_zero(l, to);
	if (e->type->kind == TY_STRING && to->zeroed)
		l__emit(l, "btc_text_%s(%s, %u, (void *)%s, %s);", read_fn(m.as), to->lv, n,
			paren(l, addr), read_warn(l, m.as, "_str", e->loc));
	else
		read_into(l, m.as, "", to->lv, size, addr, e->loc);
}

/* --- tuples and records ---------------------------------------------------------------- */

static void fill_tuple(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place m = { .zeroed = true, .clean = true };
	size_t i;

	make_zero(l, to);
	for (i = 0; i < e->tuple.nr && i < to->type->members.nr; i++) {
		m.lv = FMT(l, "%s.f%zu", to->lv, i);
		m.type = to->type->members.v[i].type;
		into(l, e->tuple.v[i], &m);
	}
}

/* Fields are evaluated as written and stored where their names belong. */
static void fill_record(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place m = { .zeroed = true, .clean = true };
	size_t i, k;

	make_zero(l, to);
	for (i = 0; i < e->record.nr; i++) {
		for (k = 0; k < to->type->members.nr; k++)
			if (!strcmp(to->type->members.v[k].name, e->record.v[i].name))
				break;
		if (k == to->type->members.nr)
			continue;
		m.lv = FMT(l, "%s.f%zu", to->lv, k);
		m.type = to->type->members.v[k].type;
		into(l, e->record.v[i].value, &m);
	}
}

static void choose_into(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *c = e->cond.c;

	if (c->konst) {
		into(l, c->konst->num || c->konst->kind == KONST_STR ? e->cond.a : e->cond.b, to);
		return;
	}
	l__open(l, "if (%s) {", condition(l, c));
	into(l, e->cond.a, to);
	l__else(l);
	into(l, e->cond.b, to);
	l__close(l);
}

/* An int as bytes: the cast copies the representation. */
static void cast_into(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct type *from = e->cast.e->type;

	if (is_object(from)) {
		into(l, e->cast.e, to);
		return;
	}
	if (from->kind == TY_PROBE) {
		l__include(l, "names.bpf.h");
		l__emit(l, "btc_probe_name(%s, %s);", to->lv, value(l, e->cast.e));
		return;
	}
	if (to->type->kind == TY_ARRAY) {
		/* Room for 8 bytes is there; those behind the array are to be zero in keys. */
		l__emit(l, "*(__u64 *)%s = (%s)%s;", to->lv,
			ctype(l, type__int(to->type->size, false)),
			paren(l,
			      value_as(l, e->cast.e, type__int(to->type->size, from->is_signed))));
		return;
	}
	l__unsupported(l, e->loc, "this cast");
}

const struct builtin *builtin_of(const struct expr *e)
{
	return e->kind == EX_IDENT ? e->ident.fn : e->kind == EX_CALL ? e->call.fn : NULL;
}

static const char *memo_of(const struct lower *l, const struct expr *e)
{
	size_t i;

	for (i = l->fn->cache.nr; i-- > 0;)
		if (l->fn->cache.v[i].kind == CACHE_MEMO && l->fn->cache.v[i].expr == e)
			return l->fn->cache.v[i].text;
	return NULL;
}

/* What may have effects, and so happens once. */
static void evaluate_into(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *done = memo_of(l, e);

	if (done)
		copy(l, to, done, e->type);
	else if (e->kind == EX_COND)
		choose_into(l, e, to);
	else
		l__block(l, e->block, to);
}

void into(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct builtin *fn = builtin_of(e);
	const char *from;

	if (!is_object(to->type)) {
		from = value_as(l, e, to->type);
		l__emit(l, "%s = %s;", to->lv, from);
		return;
	}
	if (e->konst && e->konst->kind == KONST_STR) {
		copy_string(l, to, string_literal(l, e->konst->str, e->konst->len),
			    e->konst->len + 1);
		return;
	}
	if (fn && fn->lower && (e->kind == EX_IDENT || e->kind == EX_CALL)) {
		from = fn->lower(l, e, to);
		if (from)
			copy(l, to, from, e->type);
		return;
	}
	switch (e->kind) {
	case EX_TUPLE: fill_tuple(l, e, to); return;
	case EX_RECORD: fill_record(l, e, to); return;
	case EX_COND:
	case EX_BLOCK: evaluate_into(l, e, to); return;
	case EX_CAST: cast_into(l, e, to); return;
	case EX_COMPTIME: into(l, e->comptime, to); return;
	case EX_VAR:
		if (e->type->kind == TY_STRUCT || e->type->kind == TY_ARRAY)
			break;
		copy(l, to, object(l, e), e->type);
		return;
	case EX_MAP:
	case EX_PARAM:
	case EX_BINARY:
	case EX_ELEM: copy(l, to, object(l, e), e->type); return;
	case EX_INDEX:
		if (e->index.e->type->kind != TY_TUPLE)
			break;
		copy(l, to, object(l, e), e->type);
		return;
	case EX_FIELD:
		if (e->field.e->type->kind != TY_RECORD)
			break;
		copy(l, to, object(l, e), e->type);
		return;
	default: break;
	}
	read_memory(l, e, to);
}

/* --- addresses ------------------------------------------------------------------------------ */

static const char *map_object(struct lower *l, const struct expr *e)
{
	const struct plan_map *pm = map_plan(l, e->map.map);
	const char *p = map_lookup(l, e), *tmp;

	lookup_warn(l, e, p);
	tmp = l__local(l, "const void *", "obj");
	l__emit(l, "%s = %s ? (const void *)%s : %s;", tmp, p,
		pm->set_off ? FMT(l, "&%s->v", p) : p, zero_object(l, e->type));
	return tmp;
}

const char *object(struct lower *l, const struct expr *e)
{
	const struct builtin *fn = builtin_of(e);
	struct place to = { .type = e->type, .zeroed = is_kept_clean(e->type) };
	const char *lv;

	if (e->konst && e->konst->kind == KONST_STR)
		return string_literal(l, e->konst->str, e->konst->len);
	lv = memo_of(l, e);
	if (lv)
		return lv;
	switch (e->kind) {
	case EX_VAR: return addr_of(l, e->type, l__var(l, e->var.var));
	case EX_MAP: return map_object(l, e);
	case EX_PARAM: return FMT(l, "btc_late_str(text_%u)", e->param);
	case EX_BINARY: /* a parameter's text without its beginning */
		return FMT(l, "%s + %llu", object(l, e->bin.l),
			   (unsigned long long)e->bin.r->konst->num);
	case EX_ELEM:
		lv = FMT(l, "((%s *)%s)->f%u", ctype(l, e->elem.e->type), object(l, e->elem.e),
			 e->elem.n);
		return addr_of(l, e->type, lv);
	case EX_INDEX:
		if (e->index.e->type->kind != TY_TUPLE)
			break;
		lv = FMT(l, "((%s *)%s)->f%llu", ctype(l, e->index.e->type), object(l, e->index.e),
			 (unsigned long long)e->index.i->konst->num);
		return addr_of(l, e->type, lv);
	case EX_FIELD:
		if (e->field.e->type->kind != TY_RECORD)
			break;
		lv = FMT(l, "((%s *)%s)->f%u", ctype(l, e->field.e->type), object(l, e->field.e),
			 e->field.m->index);
		return addr_of(l, e->type, lv);
	case EX_CALL:
		if (fn && !strcmp(fn->name, "getopt"))
			return fn->lower(l, e, NULL);
		break;
	default: break;
	}
	to.lv = l__object(l, e->type, "obj");
	into(l, e, &to);
	return addr_of(l, e->type, to.lv);
}

/* Strings end at their NUL; other objects are equal if their bytes are, padding being zero. */
const char *equal(struct lower *l, const struct expr *a, const struct expr *b)
{
	const struct type *t = type__promote(l->a, a->type, b->type);
	struct place x = { .type = t, .zeroed = true }, y = { .type = t, .zeroed = true };
	const char *p, *q;
	uint32_t n;

	if (a->type->kind == TY_STRING) {
		n = a->type->size < b->type->size ? a->type->size : b->type->size;
		p = object(l, a);
		q = object(l, b);
		return to_temp(l, FMT(l, "btc_str_eq(%s, %s, %u)", p, q, n), type__bool(), "equal");
	}
	if (!t)
		t = x.type = y.type = a->type;
	prepare(l, a);
	prepare(l, b);
	x.lv = l__object(l, t, "left");
	into(l, a, &x);
	y.lv = l__object(l, t, "right");
	into(l, b, &y);
	return to_temp(l,
		       FMT(l, "btc_mem_eq(%s, %s, %u)", addr_of(l, t, x.lv), addr_of(l, t, y.lv),
			   csize(l, t)),
		       type__bool(), "equal");
}
