// SPDX-License-Identifier: Apache-2.0
/*
 * The builtins: what each row of the table in builtin.c becomes in the kernel.
 * The contract is in builtin.h: scalars return their text, objects are written
 * to the place given, actions emit and return nothing. Records are lower_event.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "lower_priv.h"

static const struct expr *arg(const struct expr *e, size_t i)
{
	return e->kind == EX_CALL && i < e->call.args.nr ? e->call.args.v[i] : NULL;
}

/* --- the event ------------------------------------------------------------------- */

const char *lower__comm(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = e->type };

	if (arg(e, 0))
		return lower__comm_of(l, e, to);
	if (!to) {
		own.lv = l__object(l, e->type, "comm");
		to = &own;
	}
	if (to->type->size > 16 && to->zeroed)
		make_zero(l, to);
	l__emit(l, "btc_comm(%s, %u);", to->lv, to->type->size < 16 ? to->type->size : 16);
	if (to->type->size > 16 && !to->zeroed)
		l__emit(l, "%s[16] = 0;", to->lv);
	return to == &own ? own.lv : NULL;
}

/* pid(init), tid(init): as the initial PID namespace numbers them. */
const char *lower__pid(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = e->kind == EX_CALL ? e->call.name : e->ident.name, *text;
	bool is_tid = *name == 't';

	(void)to;
	if (!arg(e, 0) || strcmp(arg(e, 0)->ident.name, "init"))
		return builtin_c(l, is_tid ? "btc_tid()" : "btc_pid()", name);
	text = FMT(l, is_tid ? "(__u32)%s" : "%s >> 32", "bpf_get_current_pid_tgid()");
	return to_temp(l, text, type__int(4, false), name);
}

const char *lower__nsecs(struct lower *l, const struct expr *e, const struct place *to)
{
	static const char *const clocks[] = {
		"bpf_ktime_get_boot_ns()",
		"bpf_ktime_get_ns()",
		"bpf_ktime_get_tai_ns()",
	};
	int mode = e->type->mode ? e->type->mode - 1 : CLOCK_BOOT;

	(void)to;
	if (mode == CLOCK_SW_TAI)
		return builtin_c(l,
				 FMT(l, "bpf_ktime_get_boot_ns() + %s",
				     late_fact(l, "__s64", "btc_tai_offset", "BTC_LATE_TAI", NULL,
					       8, e->loc)),
				 "nsecs");
	return builtin_c(l, clocks[mode], "nsecs");
}

const char *lower__elapsed(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)e;
	(void)to;
	return builtin_c(l, "btc_elapsed()", "elapsed");
}

const char *lower__func(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = e->type };
	const char *ip;

	switch (l->at->prov->kind) {
	case PROV_KPROBE:
	case PROV_UPROBE: ip = FMT(l, "btc_ip(%s)", l__ctx(l)); break;
	default: ip = FMT(l, "bpf_get_func_ip(%s)", l__ctx(l));
	}
	if (e->type->kind == TY_KSYM)
		return to_temp(l, ip, type__int(8, false), "func");
	if (!to) {
		own.lv = l__object(l, e->type, "func");
		to = &own;
	}
	l__emit(l, "%s.addr = %s;", to->lv, ip);
	l__emit(l, "%s.pid = %s >> 32;", to->lv, pid_tgid(l));
	/* The process may be gone when it prints; of a return probe 6.1 has no address. */
	if (l->at->prov->kind == PROV_UPROBE || l->at->prov->kind == PROV_URETPROBE)
		l__emit(l, "%s.place = bpf_get_attach_cookie(%s) + 1;", to->lv, l__ctx(l));
	else
		l__emit(l, "%s.place = 0;", to->lv);
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

/* Several places share a program: the cookie says which one it is. */
const char *lower__probe(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)e;
	(void)to;
	/* A program of one place: which one is known when all are expanded. */
	if (l->per_match || !l__has_cookie(l->at->prov->kind) ||
	    (l->unit->attach.nr == 1 && !l->at->wild && l->at->prov->kind != PROV_USDT))
		return to_temp(l, "btc_late_probe()", type__int(4, false), "probe");
	return to_temp(l, FMT(l, "bpf_get_attach_cookie(%s)", l__ctx(l)), type__int(4, false),
		       "probe");
}

const char *lower__probetype(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = l->at->prov->probetype;
	const char *s = string_literal(l, name, strlen(name));

	if (!to)
		return s;
	copy(l, to, s, type__string(l->a, strlen(name) + 1));
	(void)e;
	return NULL;
}

const char *lower__arg(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = e->kind == EX_CALL ? e->call.name : e->ident.name;
	struct cached fresh = { .kind = CACHE_TEXT, .name = name },
		      *c = l__cached(l, CACHE_TEXT, name);
	const char *nr = name + 3;
	unsigned n = (unsigned)strtoul(nr, NULL, 10) + 1;

	(void)to;
	l->nr_args = n > l->nr_args ? n : l->nr_args;
	if (c)
		return c->text;
	if (l->at->prov->kind == PROV_USDT)
		l__include(l, "usdt.bpf.h");
	fresh.text = l__local(l, "__u64", name);
	if (l->at->prov->kind == PROV_RAWTRACEPOINT)
		l__emit(l, "%s = ((__u64 *)%s)[%s];", fresh.text, l__ctx(l), nr);
	else if (l->at->prov->kind == PROV_USDT)
		l__emit(l, "%s = btc_usdt_arg(%s, %s);", fresh.text, l__ctx(l), nr);
	else
		l__emit(l, "%s = btc_arg(%s, %s);", fresh.text, l__ctx(l), nr);
	l__cache(l, fresh);
	return fresh.text;
}

const char *lower__args(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = stored(l, e->type) };
	struct expr *field;
	size_t i;

	if (!to) {
		own.lv = l__object(l, own.type, "args");
		to = &own;
	}
	for (i = 0; i < e->type->members.nr; i++) {
		field = NEW(l->a, struct expr);
		*field = (struct expr){ .kind = EX_FIELD,
					.loc = e->loc,
					.type = e->type->members.v[i].type };
		field->field.e = (struct expr *)e;
		field->field.m = &e->type->members.v[i];
		field->field.name = field->field.m->name;
		if (is_object(field->type)) { /* of user functions: passed by value */
			struct place part = { .lv = FMT(l, "%s.f%zu", to->lv, i),
					      .type = field->type };

			into(l, field, &part);
			continue;
		}
		if (field->type->kind == TY_NONE)
			continue;
		l__emit(l, "%s.f%zu = %s;", to->lv, i, arg_field(l, field));
	}
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

const char *lower__reg(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = arg(e, 0)->konst->str;

	(void)to;
	if (!strcmp(name, "pc"))
		name = "ip";
	return to_temp(l, FMT(l, "((struct btc_regs *)%s)->%s", l__ctx(l), name),
		       type__int(8, false), name);
}

const char *lower__ctx(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)e;
	(void)to;
	return FMT(l, "(__u64)%s", l__ctx(l));
}

const char *lower__usermode(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)e;
	(void)to;
	switch (l->at->prov->kind) {
	case PROV_BEGIN:
	case PROV_END: return "1";
	case PROV_KPROBE:
	case PROV_KRETPROBE:
	case PROV_UPROBE:
	case PROV_URETPROBE:
	case PROV_PROFILE:
	case PROV_INTERVAL:
	case PROV_SOFTWARE:
	case PROV_HARDWARE:
	case PROV_USDT:
	case PROV_WATCHPOINT:
	case PROV_ASYNCWATCHPOINT:
		return to_temp(l, FMT(l, "btc_usermode(%s)", l__ctx(l)), type__int(1, false),
			       "usermode");
	default: return "0";
	}
}

/* The user half gets to know of the process while it is there. */
static void saw(struct lower *l)
{
	struct cached once = { .kind = CACHE_TEXT, .name = "btc_saw", .text = "" };

	if (l__cached(l, CACHE_TEXT, once.name))
		return;
	l__include(l, "saw.bpf.h");
	l__emit(l, "btc_saw(%s >> 32);", pid_tgid(l));
	l__cache(l, once);
}

static const char *stack(struct lower *l, const struct expr *e, const struct place *to, bool user)
{
	struct place own = { .type = e->type };
	const char *ip;

	if (!to) {
		own.lv = l__object(l, e->type, "stack");
		to = &own;
	}
	ip = user ? FMT(l, "%s.ip", to->lv) : to->lv;
	/* The helper clears what it does not fill, also when it fails. */
	if (!e->type->nr)
		make_zero(l, to);
	else
		l__emit(l, "btc_tell(bpf_get_stack(%s, %s, %u, %s), %s);", l__ctx(l), ip,
			8 * e->type->nr, user ? "BPF_F_USER_STACK" : "0",
			l__warn(l, "BTC_WARN_STACK", NULL, NULL, e->loc));
	if (user) {
		l__emit(l, "%s.owner.pid = %s >> 32;", to->lv, pid_tgid(l));
		l__emit(l, "%s.owner.pad = 0;", to->lv);
		saw(l);
	}
	return to == &own ? addr_of(l, e->type, own.lv) : NULL;
}

const char *lower__kstack(struct lower *l, const struct expr *e, const struct place *to)
{
	return stack(l, e, to, false);
}

const char *lower__ustack(struct lower *l, const struct expr *e, const struct place *to)
{
	return stack(l, e, to, true);
}

/* --- facts of the target -------------------------------------------------------------- */

static const char *late(struct lower *l, const char *decl, const char *symbol, const char *kind,
			const char *name, uint32_t size, struct loc where)
{
	struct plan_late v = { .decl = decl,
			       .symbol = symbol,
			       .kind = kind,
			       .name = name,
			       .size = size,
			       .where = where };
	size_t i;

	for (i = 0; i < l->plan->late.nr; i++) {
		const struct plan_late *o = &l->plan->late.v[i];

		if (o->kind && !strcmp(o->kind, kind) &&
		    (!name || (o->name && !strcmp(o->name, name))))
			return o->symbol;
	}
	vec_push(l->a, &l->plan->late, v);
	return symbol;
}

static const char *cpid(struct lower *l, const struct expr *e)
{
	return late(l, "__u64 btc_cpid", "btc_cpid", "BTC_LATE_CPID", NULL, 8, e->loc);
}

const char *lower__cpid(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *id = cpid(l, e);

	(void)to;
	l__open(l, "if (!%s)", id);
	l__emit(l, "btc_warn(%s, 0);", l__warn(l, "BTC_WARN_NO_CHILD", NULL, NULL, e->loc));
	l__end(l);
	return id;
}

const char *lower__has_cpid(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return FMT(l, "%s != 0", cpid(l, e));
}

const char *ncpus(struct lower *l, struct loc where)
{
	return late(l, "__u64 btc_ncpus", "btc_ncpus", "BTC_LATE_NCPUS", NULL, 8, where);
}

const char *lower__ncpus(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return ncpus(l, e->loc);
}

const char *lower__numparams(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return late(l, "__u64 btc_nparams", "btc_nparams", "BTC_LATE_NPARAMS", NULL, 8, e->loc);
}

const char *late_fact(struct lower *l, const char *type, const char *prefix, const char *kind,
		      const char *name, uint32_t size, struct loc where)
{
	const char *symbol = name ? FMT(l, "%s_%zu", prefix, l->plan->late.nr + 1) : prefix;

	return late(l, FMT(l, "%s %s", type, symbol), symbol, kind, name, size, where);
}

static const char *named_late(struct lower *l, const struct expr *e, const char *prefix,
			      const char *kind)
{
	const char *symbol = FMT(l, "%s_%zu", prefix, l->plan->late.nr + 1);

	return late(l, FMT(l, "__u64 %s", symbol), symbol, kind, arg(e, 0)->konst->str, 8, e->loc);
}

const char *lower__kaddr(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return named_late(l, e, "kaddr", "BTC_LATE_KADDR");
}

const char *lower__cgroupid(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return named_late(l, e, "cgroupid", "BTC_LATE_CGROUPID");
}

const char *lower__uaddr(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *first, *ip = FMT(l, "btc_ip(%s)", l__ctx(l));
	const struct fn *fn = l->fn;

	(void)to;
	l__include(l, "uaddr.bpf.h");
	if (l->at->prov->kind == PROV_USDT) {
		l__include(l, "usdt.bpf.h");
		ip = FMT(l, "%s - btc_usdt_site(%s)", ip, l__ctx(l));
	} else if (l->at->prov->kind == PROV_URETPROBE) {
		ip = FMT(l, "bpf_get_func_ip(%s)", l__ctx(l));
	}
	while (fn->outer)
		fn = fn->outer;
	first = late_fact(l, "__u32", "btc_uaddr", "BTC_LATE_UADDR",
			  FMT(l, "%s:%s", fn->f->name, arg(e, 0)->konst->str), 4, e->loc);
	return to_temp(l, FMT(l, "btc_uaddr(%s, %s, %s)", l__ctx(l), first, ip),
		       type__int(8, false), "uaddr");
}

const char *lower__usdt_arg(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *n = arg(e, 0);

	(void)to;
	l__include(l, "usdt.bpf.h");
	if (n->konst && n->konst->num >= l->nr_args)
		l->nr_args = (unsigned)n->konst->num + 1;
	return to_temp(l, FMT(l, "btc_usdt_arg(%s, %s)", l__ctx(l), value(l, n)),
		       type__int(8, false), "arg");
}

const char *lower__getopt(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = arg(e, 0)->konst->str;
	size_t i;

	(void)to;
	for (i = 0; i < l->prog->options.nr; i++)
		if (!strcmp(l->prog->options.v[i]->name, name))
			return FMT(l,
				   e->type->kind == TY_STRING ? "btc_late_str(opt_%zu)" : "opt_%zu",
				   i + 1);
	return "0";
}

/* --- strings and buffers ----------------------------------------------------------------- */

/* str(p, n) reads at most n bytes with the NUL, and never more than the type holds. */
/*
 * How many bytes str() reads, the NUL included; but of a parameter it keeps as
 * many characters, as of a literal. Of a string, none beyond its own memory.
 */
const char *str_limit(struct lower *l, const struct expr *e, uint32_t room)
{
	const struct expr *p = arg(e, 0), *n = arg(e, 1);
	const char *len;

	if (p->type->kind == TY_STRING && p->type->size < room)
		room = p->type->size;
	if ((p->kind == EX_PARAM || (p->kind == EX_BINARY && p->type->kind == TY_STRING)) && n &&
	    n->konst && n->konst->num < room)
		return FMT(l, "%llu", (unsigned long long)n->konst->num + 1);

	if (n && n->konst && n->konst->num < room)
		room = (uint32_t)n->konst->num;
	if (n && !n->konst)
		len = to_temp(
			l, FMT(l, "btc_clamp(%s, %u)", value_as(l, n, type__int(8, false)), room),
			type__int(8, false), "len");
	else
		len = FMT(l, "%u", room);
	if (p->type->kind == TY_STRING)
		return len;
	late_fact(l, "__u32", "btc_max_strlen", "BTC_LATE_MAX_STRLEN", NULL, 4, e->loc);
	return n || room < l->cfg->max_strlen ? FMT(l, "btc_str_max(%s)", len) : "btc_max_strlen";
}

const char *lower__str(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *p = arg(e, 0);
	struct place own = { .type = e->type };
	const char *n, *read, *from;
	uint32_t room;

	if (!to) {
		own.lv = l__object(l, e->type, "str");
		to = &own;
	}
	room = to->type->size < e->type->size ? to->type->size : e->type->size;
	if (p->type->kind == TY_STRING && !arg(e, 1)) {
		copy(l, to, object(l, p), p->type);
		return to == &own ? own.lv : NULL;
	}
	read = p->type->kind == TY_STRING ? "bpf_probe_read_kernel" : probe_read(p->type->as);
	from = p->type->kind == TY_STRING ? object(l, p)
					  : FMT(l, "(void *)%s", paren(l, value(l, p)));
	n = str_limit(l, e, room);
	if (to->zeroed)
		make_zero(l, to);
	if (p->type->kind == TY_STRING)
		l__emit(l, "%s_str(%s, %s, %s);", read, to->lv, n, from);
	else if (!arg(e, 1))
		l__emit(l, "btc_text_%s(%s, %s, %s, %s);", read_fn(p->type->as), to->lv, n, from,
			read_warn(l, p->type->as, "_str", e->loc));
	else
		l__emit(l, "btc_tell(%s_str(%s, %s, %s), %s);", read, to->lv, n, from,
			read_warn(l, p->type->as, "_str", e->loc));
	return to == &own ? own.lv : NULL;
}

/* How much buf() reads at most: of an array that the program keeps, none beyond it. */
uint32_t buf_limit(const struct expr *e)
{
	uint32_t room = e->type->size - 4, own = arg(e, 0)->type->size;

	return is_own(arg(e, 0)) && own < room ? own : room;
}

const char *lower__buf(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *p = arg(e, 0), *n = arg(e, 1);
	uint32_t max = buf_limit(e);
	struct place own = { .type = e->type };
	const char *len;

	if (!to) {
		own.lv = l__object(l, e->type, "buf");
		to = &own;
	}
	len = n ? value_as(l, n, type__int(8, false)) : FMT(l, "%u", max);
	len = to_temp(l, FMT(l, "btc_clamp(%s, %u)", len, max), type__int(8, false), "len");
	if (to->zeroed)
		make_zero(l, to);
	l__emit(l, "%s.len = %s;", to->lv, len);
	if (p->type->kind == TY_STRING)
		l__emit(l, "bpf_probe_read_kernel(%s.data, %s, %s);", to->lv, len, object(l, p));
	else
		read_into(l, p->type->as, "", FMT(l, "%s.data", to->lv), len, value(l, p), e->loc);
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

/* --- numbers, addresses, symbols ------------------------------------------------------------- */

const char *lower__same(struct lower *l, const struct expr *e, const struct place *to)
{
	if (to && is_object(arg(e, 0)->type)) {
		into(l, arg(e, 0), to);
		return NULL;
	}
	return is_object(arg(e, 0)->type) ? object(l, arg(e, 0)) : value(l, arg(e, 0));
}

const char *lower__bswap(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	if (e->type->size == 1)
		return value(l, arg(e, 0));
	return FMT(l, "__builtin_bswap%u(%s)", 8 * e->type->size, value(l, arg(e, 0)));
}

const char *lower__is_err(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return FMT(l, "(__u64)%s >= (__u64)-4095LL", paren(l, value(l, arg(e, 0))));
}

const char *lower__ksym(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return value(l, arg(e, 0));
}

const char *lower__usym(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = e->type };
	const char *addr = value(l, arg(e, 0));

	if (!to) {
		own.lv = l__object(l, e->type, "usym");
		to = &own;
	}
	l__emit(l, "%s.addr = %s;", to->lv, addr);
	l__emit(l, "%s.pid = %s >> 32;", to->lv, pid_tgid(l));
	l__emit(l, "%s.place = 0;", to->lv);
	saw(l);
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

/* Made or kept by the program itself, unlike a member of the kernel's memory. */
static bool is_own_object(const struct expr *x)
{
	if (x->konst)
		return true;
	switch (x->kind) {
	case EX_CALL:
	case EX_MAP:
	case EX_PARAM:
	case EX_ELEM:
	case EX_COND:
	case EX_BLOCK: return true;
	case EX_BINARY: return x->type->kind == TY_STRING; /* of a parameter */
	case EX_VAR: return x->type->kind != TY_ARRAY && x->type->kind != TY_STRUCT;
	case EX_FIELD: return x->field.e->type->kind == TY_RECORD;
	default: return false;
	}
}

const char *lower__ntop(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *x = arg(e, e->call.args.nr - 1),
			  *af = e->call.args.nr > 1 ? arg(e, 0) : NULL;
	struct place own = { .type = e->type };
	struct mem m;

	if (!to) {
		own.lv = l__object(l, e->type, "inet");
		to = &own;
	}
	l__emit(l, "__builtin_memset(&%s, 0, sizeof(%s));", to->lv, to->lv);
	if (af)
		l__emit(l, "%s.family = %s;", to->lv, value(l, af));
	else
		l__emit(l, "%s.family = %u;", to->lv,
			is_object(x->type) && x->type->size == 16 ? 10 : 2);
	if (!is_object(x->type)) {
		l__emit(l, "*(__u32 *)%s.addr = %s;", to->lv, value(l, x));
	} else if (is_own_object(x)) {
		l__emit(l, "__builtin_memcpy(%s.addr, %s, %u);", to->lv, object(l, x),
			x->type->size < 16 ? 4 : 16);
	} else {
		m = mem_of(l, x);
		read_into(l, m.as, "", FMT(l, "%s.addr", to->lv), x->type->size < 16 ? "4" : "16",
			  mem_addr(l, &m), e->loc);
	}
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

const char *lower__macaddr(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *x = arg(e, 0);
	struct place own = { .type = e->type };
	struct mem m;

	if (!to) {
		own.lv = l__object(l, e->type, "mac");
		to = &own;
	}
	if (is_object(x->type) && is_own_object(x)) { /* of a buffer: its bytes, not its length */
		l__emit(l, "__builtin_memcpy(%s, (char *)%s%s, 6);", to->lv, object(l, x),
			x->type->kind == TY_BUFFER ? " + 4" : "");
	} else if (is_object(x->type)) {
		m = mem_of(l, x);
		read_into(l, m.local ? AS_KERNEL : m.as, "", to->lv, "6", mem_addr(l, &m), e->loc);
	} else {
		read_into(l, x->type->as, "", to->lv, "6", value(l, x), e->loc);
	}
	return to == &own ? own.lv : NULL;
}

/* One number for one text: it is part of keys. */
size_t l__format(struct lower *l, const char *text, struct loc where)
{
	struct plan_text fresh = { .text = text, .where = where };
	size_t i;

	for (i = 0; i < l->plan->formats.nr; i++)
		if (!strcmp(l->plan->formats.v[i].text, text))
			return i;
	vec_push(l->a, &l->plan->formats, fresh);
	return i;
}

const char *lower__strftime(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = e->type };
	const struct expr *ns = arg(e, 1);
	size_t format = l__format(l, arg(e, 0)->konst->str, e->loc);
	const char *when;

	when = value(l, ns);
	if (!to) {
		own.lv = l__object(l, e->type, "time");
		to = &own;
	}
	l__emit(l, "%s.ns = %s;", to->lv, when);
	l__emit(l, "%s.format = %zu;", to->lv, format);
	l__emit(l, "%s.mode = %d;", to->lv, ns->type->mode ? ns->type->mode - 1 : 0);
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

const char *lower__username(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)e;
	(void)to;
	return builtin_c(l, "btc_uid()", "uid");
}

/* --- curtask ------------------------------------------------------------------------------------ */

/* A chain of members of a task_struct, `real_parent.pid`; the last one by @last. */
static struct mem task_member(struct lower *l, const struct expr *e, const char *via,
			      const char *last, const struct type **type)
{
	const struct type *task = ctypes__find(l->types, "struct", "task_struct");
	const struct expr *given = arg(e, 0);
	struct mem m = { .as = AS_KERNEL, .st = task, .path = "", .loc = e->loc };
	const struct member *f;

	m.base = given ? value(l, given) : builtin_c(l, "bpf_get_current_task()", "curtask");
	f = task ? ctypes__member(l->types, task, via) : NULL;
	if (!f) {
		l__unsupported(l, e->loc, "a kernel without BTF");
		*type = e->type;
		return m;
	}
	m.path = use_member(l, task, f);
	m.base = mem_load(l, &m, type__ptr(l->a, type__void(), AS_KERNEL), NULL, via);
	f = ctypes__member(l->types, task, last);
	m.path = use_member(l, task, f);
	*type = f->type;
	return m;
}

const char *lower__ppid(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct type *t;
	struct mem m = task_member(l, e, "real_parent", "pid", &t);

	(void)to;
	return mem_load(l, &m, t, NULL, "ppid");
}

const char *lower__pcomm(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = e->type };
	const struct type *t;
	struct mem m = task_member(l, e, "real_parent", "comm", &t);

	if (!to) {
		own.lv = l__object(l, e->type, "pcomm");
		to = &own;
	}
	if (to->zeroed)
		make_zero(l, to);
	read_into(l, AS_KERNEL, "_str", to->lv,
		  FMT(l, "%u", to->type->size < t->size ? to->type->size : t->size),
		  mem_addr(l, &m), e->loc);
	return to == &own ? own.lv : NULL;
}

/* --- maps ------------------------------------------------------------------------------------------ */

static struct expr element_of(const struct expr *map, struct expr *key)
{
	struct expr e = *map;

	e.map.key = key;
	return e;
}

const char *lower__has_key(struct lower *l, const struct expr *e, const struct place *to)
{
	struct expr *elem = NEW(l->a, struct expr);

	(void)to;
	if (arg(e, 0)->map.map->value->kind == TY_TSERIES)
		return tseries_find(l, arg(e, 0)->map.map, e->call.args.v[1], false);
	*elem = element_of(arg(e, 0), e->call.args.v[1]);
	return FMT(l, "%s != NULL", map_lookup(l, elem));
}

const char *lower__len(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *x = arg(e, 0);

	(void)to;
	if (x->kind == EX_MAP && !x->map.key && x->map.map && x->map.map->key)
		return to_temp(l, FMT(l, "btc_map_len(&%s)", map_plan(l, x->map.map)->bpf_name),
			       type__int(8, true), "len");
	if (x->type->kind == TY_KSTACK || x->type->kind == TY_USTACK)
		return to_temp(l,
			       FMT(l, "btc_stack_len((void *)%s, %u)", object(l, x), x->type->nr),
			       type__int(8, true), "len");
	l__unsupported(l, e->loc, "len() of this");
	return "0";
}

const char *lower__delete(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *res;

	(void)to;
	res = map_delete(l, arg(e, 0), arg(e, 1), e->type && e->type->kind == TY_BOOL);
	return res ? res : "0";
}
