// SPDX-License-Identifier: Apache-2.0
/* Builtins that are a call of one helper each, mostly with a warning if that fails. */
#include <string.h>

#include "lower_priv.h"

static const struct expr *arg(const struct expr *e, size_t i)
{
	return i < e->call.args.nr ? e->call.args.v[i] : NULL;
}

/* A helper whose result only says whether it worked. */
static void call_helper(struct lower *l, const struct expr *e, const char *name, const char *args)
{
	const char *err = to_temp(l, FMT(l, "bpf_%s(%s)", name, args), type__int(8, true), "err");

	l__open(l, "if (%s)", err);
	l__emit(l, "btc_warn(%s, %s);", l__warn(l, "BTC_WARN_HELPER", name, NULL, e->loc), err);
	l__end(l);
}

const char *lower__signal(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = strcmp(e->call.name, "signal") ? "send_signal_thread" : "send_signal";
	const char *nr = value_as(l, arg(e, 0), type__int(8, true));

	(void)to;
	if (arg(e, 0)->konst) {
		call_helper(l, e, name, nr);
		return NULL;
	}
	nr = to_temp(l, nr, type__int(8, true), "sig");
	l__open(l, "if (%s < 1 || %s > 64) {", nr, nr);
	l__emit(l, "btc_warn(%s, %s);", l__warn(l, "BTC_WARN_SIGNAL", NULL, NULL, e->loc), nr);
	l__else(l);
	call_helper(l, e, name, nr);
	l__close(l);
	return NULL;
}

const char *lower__override(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *rc = value_as(l, arg(e, 0), type__int(8, true));

	(void)to;
	l__emit(l, "bpf_override_return(%s, %s);", l__ctx(l), rc);
	return NULL;
}

/* The helper takes memory of the program only, so what is behind an address is copied first. */
const char *lower__write_user(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *dst = arg(e, 0), *src = arg(e, 1);
	const char *addr = paren(l, value(l, dst)), *from, *len;
	uint32_t size = src->type->size;

	(void)to;
	len = value_as(l, arg(e, 2), type__int(8, false));
	if (is_object(src->type)) {
		size = src->konst ? (uint32_t)src->konst->len + 1 : size;
		len = to_temp(l, FMT(l, "btc_clamp(%s, %u)", len, size), type__int(8, false),
			      "len");
		from = object(l, src);
	} else {
		size = (uint32_t)l->cfg->max_strlen;
		len = to_temp(l, FMT(l, "btc_clamp(%s, %u)", len, size), type__int(8, false),
			      "len");
		from = l__object(l, type__string(l->a, size), "bytes");
		read_into(l, src->type->as, "", from, len, value(l, src), e->loc);
	}
	l->plan->uses |= BTC_USES_WRITE_USER;
	return to_temp(l, FMT(l, "!bpf_probe_write_user((void *)%s, %s, %s)", addr, from, len),
		       type__bool(), "written");
}

/* --- kernel objects: the verifier knows what the address leads to --------------------------- */

/*
 * A chain of fields down to one of the context's, or to an argument, becomes loads
 * that the verifier follows: what a helper has copied is a mere number to it.
 * Objects of iterators may be absent, so each pointer is asked for.
 */
static const char *object_pointer(struct lower *l, const struct expr *e)
{
	const struct expr *in = e->kind == EX_FIELD ? e->field.e : NULL;
	const struct type *st = in && in->type->kind == TY_PTR ? in->type->elem : NULL;
	const struct builtin *fn;
	const char *base, *load;
	bool is_ctx;

	if (!st || e->type->kind != TY_PTR || !is_kernel_struct(st))
		return value(l, e);
	fn = builtin_of(in);
	is_ctx = fn && fn->lower == lower__ctx;
	base = is_ctx ? l__ctx(l) : object_pointer(l, in);
	load = FMT(l, "(__u64)((%s *)%s)->%s", kernel_struct(l, st), base,
		   use_member(l, st, e->field.m));
	if (!is_ctx)
		load = FMT(l, "%s ? %s : 0", base, load);
	return to_temp(l, load, type__int(8, false), e->field.name);
}

const char *lower__socket_cookie(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *sk = paren(l, object_pointer(l, arg(e, 0)));

	(void)to;
	return to_temp(l, FMT(l, "%s ? bpf_get_socket_cookie((void *)%s) : 0", sk, sk),
		       type__int(8, false), "cookie");
}

/* The file's name goes to the user half as an action, which has no record in the ring. */
const char *lower__skboutput(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct type *st = arg(e, 1)->type->elem;
	const struct member *size = ctypes__member(l->types, st, "len");
	struct mem m = { .as = AS_KERNEL, .st = st, .loc = e->loc };
	const char *skb, *len, *off, *total;

	(void)to;
	if (!size) {
		l__unsupported(l, e->loc, "a struct sk_buff without 'len'");
		return "0";
	}
	l__include(l, "packets.bpf.h");
	skb = to_temp(l, value(l, arg(e, 1)), type__int(8, false), "skb");
	len = to_temp(l, value_as(l, arg(e, 2), type__int(8, false)), type__int(8, false), "len");
	off = to_temp(l, value_as(l, arg(e, 3), type__int(8, false)), type__int(8, false), "off");
	m.base = skb;
	m.path = use_member(l, st, size);
	total = mem_load(l, &m, size->type, NULL, "total");
	return to_temp(l,
		       FMT(l, "btc_skb_output((void *)%s, %s, %s, %s, %s)", skb,
			   packet_action(l, arg(e, 0)->konst->str, e->loc), len, off, total),
		       type__int(4, false), "err");
}

/* A struct in such an object. */
static struct mem object_part(struct lower *l, const struct expr *e)
{
	const struct expr *in = e->kind == EX_FIELD ? e->field.e : NULL;
	const struct type *st = in && in->type->kind == TY_PTR ? in->type->elem : NULL;
	struct mem m = { .path = "", .as = AS_KERNEL, .st = st };

	if (st && is_kernel_struct(st)) {
		m.base = object_pointer(l, in);
		m.path = use_member(l, st, e->field.m);
		return m;
	}
	if (!in || !is_kernel_struct(in->type))
		return mem_of(l, e);
	m = object_part(l, in);
	m.path = FMT(l, "%s%s%s", m.path, *m.path ? "." : "", use_member(l, in->type, e->field.m));
	return m;
}

const char *lower__path(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *p = arg(e, 0);
	struct place own = { .type = e->type };
	struct mem m = { .path = "" };

	if (p->type->kind == TY_STRUCT)
		m = object_part(l, p);
	else
		m.base = object_pointer(l, p);
	/* The helper leaves traces behind the NUL, so what must be zero there is made by a copy. */
	if (!to || to->zeroed || to->type->size < e->type->size) {
		own.lv = l__object(l, e->type, "path");
		to = &own;
	}
	own.lv = to->lv;
	if (is_kept_clean(e->type)) /* 6.1 takes no stack that nobody has written */
		make_zero(l, &own);
	else
		l__emit(l, "%s[0] = 0;", to->lv);
	/* Of a path that is too long its end is there, and the helper says that it failed. */
	l__open(l, "if (%s)", m.base);
	l__emit(l, "bpf_d_path((void *)%s, %s, %u);", paren(l, mem_addr(l, &m)), to->lv,
		e->type->size);
	l__end(l);
	if (is_kept_clean(e->type))
		l__emit(l, "btc_str_clean(%s, %u);", to->lv, e->type->size);
	return to == &own ? own.lv : NULL;
}

const char *lower__percpu_kaddr(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = arg(e, 0)->konst->str;

	(void)to;
	declare(l, FMT(l, "extern const %s __ksym;", (const char *)e->call.data));
	if (e->call.args.nr == 1) {
		declare(l, FMT(l, "BTC_THIS_CPU(%s)", name));
		return to_temp(l, FMT(l, "btc_this_%s()", name), type__int(8, false), name);
	}
	declare(l, FMT(l, "BTC_PER_CPU(%s)", name));
	return to_temp(l,
		       FMT(l, "btc_per_%s(%s)", name, value_as(l, arg(e, 1), type__int(4, false))),
		       type__int(8, false), name);
}

const char *lower__cgroup_path(struct lower *l, const struct expr *e, const struct place *to)
{
	struct place own = { .type = e->type };
	const char *id = value(l, arg(e, 0));
	size_t filter = 0;

	if (arg(e, 1))
		filter = l__format(l, arg(e, 1)->konst->str, e->loc) + 1;
	if (!to) {
		own.lv = l__object(l, e->type, "cgroup");
		to = &own;
	}
	l__emit(l, "%s.id = %s;", to->lv, id);
	l__emit(l, "%s.filter = %zu;", to->lv, filter);
	l__emit(l, "%s.pad = 0;", to->lv);
	return to == &own ? FMT(l, "&%s", own.lv) : NULL;
}

/* --- kernel functions -------------------------------------------------------------------------- */

/* comm(PID): of a task that is looked for; kernels from 6.2 on let some programs do that. */
const char *lower__comm_of(struct lower *l, const struct expr *e, const struct place *to)
{
	static const char *const find = "bpf_task_from_pid";
	const struct type *task = ctypes__find(l->types, "struct", "task_struct");
	const struct member *comm = task ? ctypes__member(l->types, task, "comm") : NULL;
	struct mem m = { .as = AS_KERNEL, .st = task, .loc = e->loc };
	struct place own = { .type = e->type };
	const char *pid, *allowed, *found;
	uint32_t room;

	if (!comm) {
		l__unsupported(l, e->loc, "a kernel without BTF");
		return "0";
	}
	if (!to) {
		own.lv = l__object(l, e->type, "comm");
		to = &own;
	}
	room = to->type->size < 16 ? to->type->size : 16;
	pid = to_temp(l, value_as(l, arg(e, 0), type__int(4, true)), type__int(4, true), "pid");
	m.path = use_member(l, task, comm);
	declare(l, "extern struct task_struct *bpf_task_from_pid(__s32 pid) __weak __ksym;");
	declare(l, "extern void bpf_task_release(struct task_struct *task) __weak __ksym;");
	allowed = late_fact(l, "__u8", "kfunc", "BTC_LATE_KFUNC_ALLOWED",
			    FMT(l, "%s:%s", l->at->prov->sec, find), 1, e->loc);
	if (to->zeroed)
		make_zero(l, to);
	found = l__local(l, "struct task_struct *", "task");
	m.base = FMT(l, "(__u64)%s", found);
	l__open(l, "if (!%s) {", allowed);
	l__emit(l, "btc_warn(%s, 0);", l__warn(l, "BTC_WARN_NO_KFUNC", NULL, find, e->loc));
	l__emit(l, "bpf_probe_read_kernel_str(%s, %u, \"[unknown]\");", to->lv, room);
	l__else(l);
	l__emit(l, "%s = %s(%s);", found, find, pid);
	l__open(l, "if (%s) {", found);
	l__emit(l, "bpf_probe_read_kernel_str(%s, %u, (void *)%s);", to->lv, room,
		paren(l, mem_addr(l, &m)));
	l__emit(l, "bpf_task_release(%s);", found);
	l__else(l);
	l__emit(l, "btc_warn(%s, %s);", l__warn(l, "BTC_WARN_NO_TASK", NULL, NULL, e->loc), pid);
	l__emit(l, "bpf_probe_read_kernel_str(%s, %u, \"N/A\");", to->lv, room);
	l__close(l);
	l__close(l);
	return to == &own ? own.lv : NULL;
}

const char *lower__kfunc_exist(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return late_fact(l, "__u8", "kfunc", "BTC_LATE_KFUNC", arg(e, 0)->konst->str, 1, e->loc);
}

/* What a program may call depends on its type, which its section tells. */
const char *lower__kfunc_allowed(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *name = FMT(l, "%s:%s", l->at->prov->sec, arg(e, 0)->konst->str);

	(void)to;
	return late_fact(l, "__u8", "kfunc", "BTC_LATE_KFUNC_ALLOWED", name, 1, e->loc);
}

/* In postfix, for btc_assert() of the tool; see BTC_LATE_ASSERT. */
static const char *postfix(struct lower *l, const struct expr *e)
{
	if (e->konst)
		return e->konst->num ? "1" : "0";
	if (e->kind == EX_UNARY)
		return FMT(l, "%s !", postfix(l, e->unary.e));
	if (e->kind == EX_BINARY)
		return FMT(l, "%s %s %c", postfix(l, e->bin.l), postfix(l, e->bin.r),
			   e->bin.op == OP_LAND ? '&' : '|');
	if (!strcmp(e->call.fn->name, "kfunc_exist"))
		return FMT(l, "e%s", arg(e, 0)->konst->str);
	return FMT(l, "a%s:%s", l->at->prov->sec, arg(e, 0)->konst->str);
}

const char *lower__static_assert(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	late_fact(l, "__u8", "asserted", "BTC_LATE_ASSERT",
		  FMT(l, "%s\n%s", postfix(l, arg(e, 0)), arg(e, 1)->konst->str), 1, e->loc);
	return NULL;
}

/* --- debugf -------------------------------------------------------------------------------------- */

/* Values are 64 bits wide here, so the conversions say so. */
static const char *wide_format(struct lower *l, const char *s)
{
	struct buf b = { 0 };
	const char *out;
	size_t n;

	while (*s) {
		n = strcspn(s, "%");
		buf__add(&b, s, n);
		s += n;
		if (!*s)
			break;
		n = 1 + strspn(s + 1, "-+ #0123456789.");
		buf__add(&b, s, n);
		s += n + strspn(s + n, "hlzjt");
		if (*s == 'd' || *s == 'u' || *s == 'x')
			buf__str(&b, "ll");
		if (*s)
			buf__add(&b, s++, 1);
	}
	out = arena__strndup(l->a, b.s ? b.s : "", b.len);
	buf__free(&b);
	return out;
}

const char *lower__debugf(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *fmt = wide_format(l, arg(e, 0)->konst->str), *text, *args = "";
	size_t i, len = strlen(fmt);

	(void)to;
	text = string_literal(l, fmt, len);
	for (i = 1; i < e->call.args.nr; i++) {
		const struct expr *x = arg(e, i);

		args = FMT(l, "%s, %s", args,
			   is_object(x->type) ? object(l, x)
					      : FMT(l, "(__u64)%s",
						    paren(l, value_as(l, x, value_type(x->type)))));
	}
	l__emit(l, "bpf_trace_printk(%s, %zu%s);", text, len + 1, args);
	return NULL;
}
