// SPDX-License-Identifier: Apache-2.0
/*
 * Memory that the program does not own: of the kernel, through CO-RE, and of
 * processes; and the fields of the context. A chain like `$sk.__sk_common.x`
 * is one access; each pointer on the way is a read of its own.
 */
#include <string.h>

#include "lower_priv.h"

const char *read_fn(enum addr_space as)
{
	return as == AS_KERNEL ? "kernel" : as == AS_USER ? "user" : "any";
}

/* The helper, to which "_str" may be added. */
const char *probe_read(enum addr_space as)
{
	return as == AS_KERNEL ? "bpf_probe_read_kernel"
	       : as == AS_USER ? "bpf_probe_read_user"
			       : "bpf_probe_read";
}

/* The address behind one more pointer: pointers to pointers are followed. */
static struct mem behind(struct lower *l, const char *base, const struct type *ptr, struct loc loc)
{
	struct mem m = { .base = base, .path = "", .as = ptr->as };
	const struct type *to = ptr->kind == TY_PTR ? ptr->elem : NULL;

	while (to && to->kind == TY_PTR) {
		m.base = to_temp(l,
				 FMT(l, "btc_read_%s(__u64, %s, %s)", read_fn(m.as), m.base,
				     read_warn(l, m.as, "", loc)),
				 type__int(8, false), "ptr");
		to = to->elem;
	}
	if (to && is_kernel_struct(to))
		m.st = to;
	return m;
}

/* A script that never fails to read still carries the place: 16 bytes and a branch that is dropped. */
const char *warn_k(struct lower *l, const char *helper, const char *map, struct loc where)
{
	late_fact(l, "__u8", "btc_all_warnings", "BTC_LATE_ALL_WARNINGS", NULL, 1, where);
	return FMT(l, "btc_k(%s)", l__warn(l, "BTC_WARN_HELPER_K", helper, map, where));
}

const char *read_warn(struct lower *l, enum addr_space as, const char *suffix, struct loc where)
{
	return warn_k(l, FMT(l, "%s%s", probe_read(as) + strlen("bpf_"), suffix), NULL, where);
}

void read_into(struct lower *l, enum addr_space as, const char *suffix, const char *to,
	       const char *size, const char *addr, struct loc where)
{
	l__emit(l, "btc_tell(%s%s(%s, %s, (void *)%s), %s);", probe_read(as), suffix, to, size,
		paren(l, addr), read_warn(l, as, suffix, where));
}

/* A plain address instead of a CO-RE path. */
static void flatten(struct lower *l, struct mem *m)
{
	if (!m->st && !m->off)
		return;
	m->base = m->local ? mem_addr(l, m)
			   : to_temp(l, mem_addr(l, m), type__int(8, false), "addr");
	m->st = NULL;
	m->path = "";
	m->off = 0;
}

static struct mem element(struct lower *l, const struct expr *e)
{
	const struct type *base = e->index.e->type, *t = base->elem;
	const struct expr *i = e->index.i;
	const char *size, *idx;
	struct mem m;

	if (base->kind == TY_PTR) {
		m = (struct mem){ .base = value(l, e->index.e), .path = "", .as = base->as };
	} else {
		m = mem_of(l, e->index.e);
		if (m.st && i->konst) {
			m.path = FMT(l, "%s[%llu]", m.path, (unsigned long long)i->konst->num);
			return m;
		}
	}
	flatten(l, &m);
	if (i->konst && !is_kernel_struct(t)) {
		m.off = i->konst->num * t->size;
		return m;
	}
	size = is_kernel_struct(t) ? core_size(l, t) : FMT(l, "%u", t->size);
	idx = paren(l, value_as(l, i, type__int(8, false)));
	if (base->kind == TY_ARRAY && base->nr && !i->konst)
		idx = to_temp(l,
			      FMT(l, "btc_index%s(%s, %u, %s)", m.local ? "" : "_any", idx,
				  base->nr - 1, l__warn(l, "BTC_WARN_BOUNDS", NULL, NULL, e->loc)),
			      type__int(8, false), "index");
	else if (m.local)
		idx = FMT(l, "btc_clamp(%s, %u)", idx, base->nr - 1);
	m.base = FMT(l, "(%s + (__u64)%s * %s)", m.base, idx, size);
	if (!m.local)
		m.base = to_temp(l, m.base, type__int(8, false), "addr");
	if (is_kernel_struct(t))
		m.st = t;
	return m;
}

/* Where a member lies in the record that a kernel struct was copied to. */
static uint32_t record_off(struct lower *l, const struct type *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->members.nr; i++)
		if (!strcmp(r->members.v[i].name, name))
			return member_off(l, r, i);
	return 0;
}

static struct mem member_of(struct lower *l, const struct expr *e)
{
	const struct expr *inner = e->field.e;
	const struct type *st = inner->type;
	struct mem m;

	if (st->kind == TY_PTR) {
		m = behind(l, value(l, inner), st, e->loc);
		while (st->kind == TY_PTR)
			st = st->elem;
	} else {
		m = mem_of(l, inner);
	}
	if (m.st)
		m.path =
			FMT(l, "%s%s%s", m.path, *m.path ? "." : "", use_member(l, st, e->field.m));
	else if (m.local && is_kernel_struct(st))
		m.off += record_off(l, stored(l, st), e->field.name);
	else
		m.off += e->field.m->off;
	return m;
}

/*
 * Where a field that is text begins. On one kernel it is an array, on another
 * a word that tells where the text is: the host makes both parts fit.
 */
static const char *text_addr(struct lower *l, const char *sym)
{
	return FMT(l, "(__u64)btc_late_addr(%s, %s) + (btc_late_load(%s, %s) & 0xffff)", l__ctx(l),
		   sym, l__ctx(l), sym);
}

/* The address that a user function's argument is at, which is no register. */
static const char *user_arg_addr(struct lower *l, const struct member *m)
{
	if (m->place == ARG_BEHIND_REG)
		return FMT(l, "btc_arg(%s, %u)", l__ctx(l), m->off / 8);
	return FMT(l, "((struct btc_regs *)%s)->sp + %u", l__ctx(l), m->off);
}

/* An array or struct among the fields of the context. */
static struct mem context_field(struct lower *l, const struct expr *e)
{
	struct mem m = { .path = "", .as = AS_KERNEL };
	const char *sym, *at;

	if (l->at->prov->kind == PROV_UPROBE) {
		m.as = AS_USER;
		m.base = to_temp(l, user_arg_addr(l, e->field.m), type__int(8, false),
				 e->field.name);
		return m;
	}
	sym = arg_field(l, e);
	at = FMT(l, "(__u64)btc_late_addr(%s, %s)", l__ctx(l), sym);
	if (e->type->kind == TY_STRING)
		at = text_addr(l, sym);
	m.base = to_temp(l, at, type__int(8, false), e->field.name);
	return m;
}

/* A struct or array that the program itself keeps, not what a pointer leads to. */
bool is_own(const struct expr *e)
{
	if (e->type->kind != TY_STRUCT && e->type->kind != TY_ARRAY)
		return false;
	return e->kind == EX_MAP || e->kind == EX_ELEM || e->kind == EX_CAST ||
	       e->kind == EX_CALL || (e->kind == EX_FIELD && e->field.e->type->kind == TY_RECORD) ||
	       (e->kind == EX_INDEX && e->index.e->type->kind == TY_TUPLE);
}

static struct mem find(struct lower *l, const struct expr *e)
{
	struct mem m = { .path = "", .as = e->type->as };

	if (is_own(e)) {
		m.base = object(l, e);
		m.local = true;
		return m;
	}
	if (e->kind == EX_FIELD && e->field.e->type->kind == TY_ARGS)
		return context_field(l, e);
	if (e->kind == EX_FIELD && e->field.e->type->kind != TY_RECORD)
		return member_of(l, e);
	if (e->kind == EX_INDEX)
		return element(l, e);
	if (e->kind == EX_UNARY && e->unary.op == OP_DEREF) { /* one level, unlike members */
		m.base = value(l, e->unary.e);
		m.as = e->unary.e->type->as;
		if (is_kernel_struct(e->type))
			m.st = e->type;
		return m;
	}
	m.base = value(l, e);
	if (is_kernel_struct(e->type))
		m.st = e->type;
	return m;
}

struct mem mem_of(struct lower *l, const struct expr *e)
{
	struct mem m = find(l, e);

	m.loc = e->loc;
	return m;
}

const char *mem_addr(struct lower *l, const struct mem *m)
{
	if (m->st && *m->path)
		return FMT(l, "%s + bpf_core_field_offset(%s, %s)", paren(l, m->base),
			   kernel_struct(l, m->st), m->path);
	if (!m->off)
		return m->base;
	if (m->local)
		return FMT(l, "((char *)%s + %u)", paren(l, m->base), m->off);
	return FMT(l, "%s + %u", paren(l, m->base), m->off);
}

/* A bit-field of the script's own structs: whole bytes, shifted and masked. */
static const char *bits_of(struct lower *l, const struct mem *m, const struct member *f,
			   const char *hint)
{
	unsigned end = f->bit_off + f->bit_size, bytes = end > 32   ? 8
							 : end > 16 ? 4
							 : end > 8  ? 2
								    : 1;
	const char *type = ctype(l, type__int(bytes, false));
	const char *raw;

	raw = m->local ? FMT(l, "*(%s *)%s", type, mem_addr(l, m))
		       : FMT(l, "btc_read_%s(%s, %s, %s)", read_fn(m->as), type, mem_addr(l, m),
			     read_warn(l, m->as, "", m->loc));
	return to_temp(l,
		       FMT(l, "%s >> %u & %s", raw, f->bit_off,
			   number(l, f->bit_size == 64 ? ~0ull : (1ull << f->bit_size) - 1,
				  type__int(8, false))),
		       type__int(8, false), hint);
}

static bool ends_in_index(const char *path)
{
	size_t len = strlen(path);

	return len && path[len - 1] == ']';
}

const char *mem_load(struct lower *l, const struct mem *m, const struct type *t,
		     const struct member *f, const char *hint)
{
	const char *type = t->kind == TY_BOOL ? "__u8" : ctype(l, t), *text;

	if (f && f->bit_size && !m->st)
		return bits_of(l, m, f, hint);
	/* Pointers are 8 bytes everywhere; of integers the target knows the width. */
	if (m->st && t->kind != TY_PTR && ends_in_index(m->path))
		text = FMT(l, "btc_core_elem_%s(%s, %s, %s, %d, %s)", read_fn(m->as),
			   kernel_struct(l, m->st), m->path, m->base, t->is_signed,
			   read_warn(l, m->as, "", m->loc));
	else if (m->st && *m->path && t->kind != TY_PTR)
		text = FMT(l, "btc_core_read_%s(%s, %s, %s, %s)", read_fn(m->as),
			   kernel_struct(l, m->st), m->path, m->base,
			   read_warn(l, m->as, "", m->loc));
	else if (m->local)
		text = FMT(l, "*(%s *)%s", type, mem_addr(l, m));
	else
		text = FMT(l, "btc_read_%s(%s, %s, %s)", read_fn(m->as), type, mem_addr(l, m),
			   read_warn(l, m->as, "", m->loc));
	return to_temp(l, text, t, hint);
}

/* An enumerator of the kernel: its value on the target. */
const char *enumerator(struct lower *l, const struct expr *e)
{
	struct plan_enum en = { .type = e->type->c->name, .name = e->ident.name };
	struct cached fresh = { .kind = CACHE_TEXT, .name = en.name },
		      *c = l__cached(l, CACHE_TEXT, en.name);
	size_t i;

	if (c)
		return c->text;
	for (i = 0; i < l->plan->enums.nr; i++)
		if (!strcmp(l->plan->enums.v[i].name, en.name))
			break;
	if (i == l->plan->enums.nr)
		vec_push(l->a, &l->plan->enums, en);
	l->plan->uses_core = true;
	fresh.text = l__local(l, "__s64", en.name);
	l__emit(l, "%s = bpf_core_enum_value(enum %s___k, %s___k);", fresh.text, en.type, en.name);
	l__cache(l, fresh);
	return fresh.text;
}

/* --- fields of the context ------------------------------------------------------------ */

/* Finds the field, or adds it under a symbol of its own. */
static void add_field(struct lower *l, struct plan_field *f)
{
	const char *symbol = f->symbol;
	unsigned n = 1;
	size_t i;

	for (i = 0; i < l->plan->fields.nr; i++) {
		const struct plan_field *o = &l->plan->fields.v[i];

		if (strcmp(o->symbol, f->symbol))
			continue;
		if (!strcmp(o->kind, f->kind) && !strcmp(o->name, f->name) &&
		    !strcmp(o->event ? o->event : "", f->event ? f->event : ""))
			return;
		/* Events of two categories may have one name. */
		f->symbol = FMT(l, "%s_%u", symbol, ++n);
		i = (size_t)-1;
	}
	vec_push(l->a, &l->plan->fields, *f);
}

static const char *symbol_text(struct lower *l, const char *event, const char *name)
{
	char *s = FMT(l, "FIELD_%s_%s", event, name), *p;

	for (p = s; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *p))
			*p = '_';
	return s;
}

/* Registers the field; its enumerator. */
static const char *late_field(struct lower *l, const char *name, const struct type *t,
			      uint32_t size, bool is_loc, struct loc where)
{
	const struct attach *at = l->at;
	struct plan_field f = { .name = name, .size = size, .where = where };
	bool ret = !strcmp(name, "retval") || !strcmp(name, "$retval");

	f.is_signed = t->kind == TY_INT && t->is_signed;
	switch (at->prov->kind) {
	case PROV_TRACEPOINT:
		f.kind = "BTC_FIELD_TRACEPOINT";
		f.event = at->wild ? NULL : FMT(l, "%s/%s", at->target, at->func);
		f.is_text = is_loc || t->kind == TY_STRING;
		f.is_array = is_object(t) && !f.is_text;
		break;
	case PROV_RAWTRACEPOINT:
		f.kind = "BTC_FIELD_RAWTP_ARG";
		f.event = at->wild ? NULL : at->func;
		break;
	default:
		f.kind = ret ? "BTC_FIELD_FUNC_RET" : "BTC_FIELD_FUNC_ARG";
		f.event = at->wild ? NULL : at->func;
	}
	f.symbol = symbol_text(l, at->wild ? FMT(l, "probe_%zu", l->plan->probes.nr + 1) : at->func,
			       name);
	add_field(l, &f);
	return f.symbol;
}

/* The compiler has placed it: nothing is bound on the target. */
static const char *user_arg(struct lower *l, const struct expr *e)
{
	const struct member *m = e->field.m;
	const char *name = FMT(l, "args.%s", m->name);
	struct cached fresh = { .kind = CACHE_TEXT, .name = name },
		      *c = l__cached(l, CACHE_TEXT, name);

	if (c)
		return c->text;
	fresh.text = l__temp(l, e->type, m->name);
	if (m->place == ARG_REG)
		l__emit(l, "%s = btc_arg(%s, %u);", fresh.text, l__ctx(l), m->off / 8);
	else
		l__emit(l, "%s = btc_read_user(%s, %s, %s);", fresh.text, ctype(l, e->type),
			user_arg_addr(l, m), read_warn(l, AS_USER, "", e->loc));
	l__cache(l, fresh);
	return fresh.text;
}

static const char *late_arg(struct lower *l, const struct expr *e)
{
	const struct member *m = e->field.m;
	const char *sym = late_field(l, m->name, e->type, m->size, m->data_loc, e->loc);
	struct cached fresh = { .kind = CACHE_TEXT, .name = sym }, *c;

	if (is_object(e->type) && !m->data_loc)
		return sym;
	c = l__cached(l, CACHE_TEXT, sym);
	if (c)
		return c->text;
	fresh.text = l__temp(l, m->data_loc ? type__int(8, false) : e->type, m->name);
	if (m->data_loc)
		l__emit(l, "%s = %s;", fresh.text, text_addr(l, sym));
	else
		l__emit(l, "%s = btc_late_load(%s, %s);", fresh.text, l__ctx(l), sym);
	l__cache(l, fresh);
	return fresh.text;
}

/* args.name: the value, or the enumerator of an array's field. */
const char *arg_field(struct lower *l, const struct expr *e)
{
	return l->at->prov->kind == PROV_UPROBE ? user_arg(l, e) : late_arg(l, e);
}

/* retval of fexit, argN of fentry and raw tracepoints by name */
const char *lower__retval(struct lower *l, const struct expr *e, const struct place *to)
{
	struct cached fresh = { .kind = CACHE_TEXT, .name = "retval" }, *c;
	enum provider_kind k = l->at->prov->kind;

	(void)to;
	c = l__cached(l, CACHE_TEXT, "retval");
	if (c)
		return c->text;
	fresh.text = l__temp(l, e->type, "retval");
	if (k == PROV_FEXIT)
		l__emit(l, "%s = btc_late_load(%s, %s);", fresh.text, l__ctx(l),
			late_field(l, "retval", e->type, e->type->size, false, e->loc));
	else
		l__emit(l, "%s = btc_retval(%s);", fresh.text, l__ctx(l));
	l__cache(l, fresh);
	return fresh.text;
}
