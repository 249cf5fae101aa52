// SPDX-License-Identifier: Apache-2.0
/*
 * Records: what a probe tells the user half. One of fixed size is reserved in
 * the ring and filled in place; one with strings is built in scratch memory and
 * sent with their real length. What is done to whole maps travels as a priority
 * record, which carries no fields. See btc_abi.h for the layout.
 */
#include <string.h>

#include "lower_priv.h"

#define JOIN_BYTES 1024 /* of one element of join() */

struct record {
	struct plan_action *action;
	struct plan_struct *ev;
	const char *lv;	 /* "ev" with "->", or "s->ev_1" with "." */
	const char *end; /* local that holds the length, if there is a tail */
	uint32_t tail;	 /* bytes */
	VEC(const struct expr *) args;
	VEC(const char *) names;
};

static struct plan_action *new_action(struct lower *l, const char *verb, const char *what,
				      struct loc where)
{
	struct plan_action *a = NEW(l->a, struct plan_action);

	a->verb = verb;
	a->name = FMT(l, "EV_%zu_%s", l->plan->actions.nr + 1, what);
	a->where = where;
	vec_push(l->a, &l->plan->actions, a);
	return a;
}

static bool is_call(const struct expr *e, const char *name)
{
	return !e->konst && e->kind == EX_CALL && e->call.fn && !strcmp(e->call.fn->name, name);
}

/* Strings that may be long, and buffers, travel with their real length. */
static bool goes_to_tail(const struct expr *e)
{
	if (e->konst)
		return false;
	if (e->type->kind == TY_STRING)
		return e->type->size > 64;
	return is_call(e, "buf") && e->type->size > 64;
}

static void add_field(struct lower *l, struct record *r, const struct expr *e)
{
	const struct type *t = value_type(e->type);
	struct plan_member f = { 0 };
	const char *name = FMT(l, "f%zu", r->args.nr);
	uint32_t align = 4;

	if (goes_to_tail(e)) {
		f.type = ptype_kind(l, e->type->kind == TY_STRING ? "BTC_TAIL" : "BTC_TAILBUF",
				    e->type->size);
		vec_push(l->a, &r->ev->members, FMT(l, "__u32 %s", name));
		r->tail += e->type->size;
	} else {
		f.type = ptype(l, t);
		align = calign(l, t);
		vec_push(l->a, &r->ev->members, cdecl(l, t, name));
	}
	f.off = (r->action->size + align - 1) / align * align;
	r->action->size = f.off + (goes_to_tail(e) ? 4 : csize(l, t));
	vec_push(l->a, &r->action->fields, f);
	vec_push(l->a, &r->args, e);
	vec_push(l->a, &r->names, name);
}

static void tail_string(struct lower *l, struct record *r, const struct expr *e, const char *lv)
{
	const struct expr *p = is_call(e, "str") ? e->call.args.v[0] : NULL;
	const char *src, *from = "kernel", *warn = "NULL", *max = FMT(l, "%u", e->type->size),
			 *size = max, *what = p && e->call.args.nr > 1 ? "str" : "text";

	if (p && p->type->kind != TY_STRING) {
		src = FMT(l, "(void *)%s", paren(l, value(l, p)));
		from = read_fn(p->type->as);
		warn = read_warn(l, p->type->as, "_str", e->loc);
		size = str_limit(l, e, e->type->size);
	} else if (p) {
		src = object(l, p);
		size = str_limit(l, e, e->type->size);
	} else {
		src = object(l, e);
	}
	l__emit(l, "%s = btc_tail_%s_%s(&%s, %s, &%s, %s, %s, %s, %s);", r->end, from, what, r->lv,
		r->end, lv, src, size, max, warn);
}

static void tail_buffer(struct lower *l, struct record *r, const struct expr *e, const char *lv)
{
	const struct expr *p = e->call.args.v[0],
			  *n = e->call.args.nr > 1 ? e->call.args.v[1] : NULL;
	uint32_t max = buf_limit(e);
	const char *src, *from, *len, *warn = "NULL";

	if (p->type->kind == TY_STRING) {
		src = object(l, p);
		from = "kernel";
	} else {
		src = FMT(l, "(void *)%s", paren(l, value(l, p)));
		from = read_fn(p->type->as);
		warn = read_warn(l, p->type->as, "", e->loc);
	}
	len = n ? value_as(l, n, type__int(8, false)) : FMT(l, "%u", max);
	l__emit(l, "%s = btc_tail_%s_buf(&%s, %s, &%s, %s, %s, %u, %s);", r->end, from, r->lv,
		r->end, lv, src, len, max, warn);
}

static void fill(struct lower *l, struct record *r, const char *dot)
{
	struct place to = { .zeroed = false };
	size_t i;
	int pass;

	/* Fixed fields first: the tail grows behind them. */
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < r->args.nr; i++) {
			const struct expr *e = r->args.v[i];

			if (goes_to_tail(e) != (pass == 1))
				continue;
			to.lv = FMT(l, "%s%s%s", r->lv, dot, r->names.v[i]);
			to.type = value_type(e->type);
			/* A tuple's padding would show memory of the kernel to the reader. */
			to.zeroed = e->type->kind == TY_TUPLE || e->type->kind == TY_RECORD;
			if (pass == 0)
				into(l, e, &to);
			else if (e->type->kind == TY_STRING)
				tail_string(l, r, e, to.lv);
			else
				tail_buffer(l, r, e, to.lv);
		}
	}
}

static void begin_tail(struct lower *l, struct record *r)
{
	const char *name = r->ev->name;

	vec_push(l->a, &r->ev->members, FMT(l, "char tail[%u]", r->tail));
	r->lv = l__scratch_record(l, name, r->action->size + r->tail + 8);
	r->end = l__local(l, "__u64", "end");
	l__emit(l, "%s.h.id = %s;", r->lv, r->action->name);
	l__emit(l, "%s.h.pad = 0;", r->lv);
	l__emit(l, "%s = offsetof(struct %s, tail);", r->end, name);
}

static void send(struct lower *l, struct record *r)
{
	const char *ev;

	vec_push(l->a, &l->plan->structs, r->ev);
	if (r->tail) {
		begin_tail(l, r);
		fill(l, r, ".");
		l__emit(l, "btc_ev_output(&%s, %s);", r->lv, r->end);
		return;
	}
	ev = l__local(l, FMT(l, "struct %s *", r->ev->name), r->ev->name);
	l__emit(l, "%s = btc_ev_reserve(%s, sizeof(*%s));", ev, r->action->name, ev);
	l__open(l, "if (%s) {", ev);
	r->lv = ev;
	fill(l, r, "->");
	l__emit(l, "btc_ev_submit(%s);", ev);
	l__close(l);
}

static void begin_record(struct lower *l, struct record *r, const char *verb, const char *what,
			 struct loc where)
{
	memset(r, 0, sizeof(*r));
	r->action = new_action(l, verb, what, where);
	r->action->size = 8;
	r->ev = NEW(l->a, struct plan_struct);
	r->ev->name = FMT(l, "ev_%zu", l->plan->actions.nr);
	vec_push(l->a, &r->ev->members, "struct btc_ev h");
}

static void check_size(struct lower *l, const struct record *r, struct loc loc)
{
	uint32_t size = r->action->size + r->tail;

	r->ev->size = size;
	if (size > 32 << 10)
		diag__error(l->d, loc, "E_STRING_TOO_LONG",
			    "a record of %u bytes is too large; the limit is %u", size, 32 << 10);
}

/* printf and what prints like it: a format and its arguments. */
static const char *formatted(struct lower *l, const struct expr *e, const char *verb)
{
	struct record r;
	size_t i;

	begin_record(l, &r, verb, e->call.name, e->loc);
	r.action->fmt = e->call.args.v[0]->konst->str;
	r.action->fmt_len = e->call.args.v[0]->konst->len;
	prepare_all(l, e->call.args.v + 1, e->call.args.nr - 1);
	for (i = 1; i < e->call.args.nr; i++)
		add_field(l, &r, e->call.args.v[i]);
	check_size(l, &r, e->loc);
	send(l, &r);
	return NULL;
}

const char *lower__printf(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	if (l->at->prov->kind == PROV_ITER) {
		iter_printf(l, e);
		return NULL;
	}
	return formatted(l, e, "BTC_PRINTF");
}

const char *lower__errorf(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return formatted(l, e, "BTC_ERRORF");
}

const char *lower__warnf(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return formatted(l, e, "BTC_WARNF");
}

const char *lower__cat(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return formatted(l, e, "BTC_CAT");
}

const char *lower__system(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	return formatted(l, e, "BTC_SYSTEM");
}

/* --- whole maps, exit -------------------------------------------------------------------- */

static struct plan_action *priority(struct lower *l, const struct expr *e, const char *verb,
				    const char *what)
{
	struct plan_action *a = new_action(l, verb, what, e->loc);

	a->size = 24;
	if (e->call.args.nr && e->call.args.v[0]->kind == EX_MAP)
		a->map = e->call.args.v[0]->map.map;
	return a;
}

static int64_t literal(const struct expr *e, size_t i)
{
	return i < e->call.args.nr && e->call.args.v[i]->konst
		       ? (int64_t)e->call.args.v[i]->konst->num
		       : 0;
}

const char *lower__print(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *x = e->call.args.v[0];
	struct plan_action *a;
	struct record r;

	(void)to;
	if (x->kind == EX_MAP && !x->map.key && !x->konst) {
		a = priority(l, e, "BTC_PRINT_MAP", "print");
		a->top = literal(e, 1);
		a->div = literal(e, 2);
		l__emit(l, "btc_prio_emit(%s, 0);", a->name);
		return NULL;
	}
	begin_record(l, &r, "BTC_PRINT_VALUE", "print", e->loc);
	prepare(l, x);
	add_field(l, &r, x);
	check_size(l, &r, e->loc);
	send(l, &r);
	return NULL;
}

const char *lower__clear(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	l__emit(l, "btc_prio_emit(%s, 0);", priority(l, e, "BTC_CLEAR_MAP", "clear")->name);
	return NULL;
}

const char *lower__zero(struct lower *l, const struct expr *e, const struct place *to)
{
	(void)to;
	l__emit(l, "btc_prio_emit(%s, 0);", priority(l, e, "BTC_ZERO_MAP", "zero")->name);
	return NULL;
}

const char *lower__exit(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *code = e->call.args.nr ? value_as(l, e->call.args.v[0], type__int(8, true))
					   : "0";

	(void)to;
	l__emit(l, "btc_prio_emit(%s, %s);", priority(l, e, "BTC_EXIT", "exit")->name, code);
	return NULL;
}

/* --- watchpoints ------------------------------------------------------------------------------ */

/* Row @probe of the table of probes watches what is sent. */
const char *watch_action(struct lower *l, unsigned probe)
{
	struct plan_action *a = new_action(l, "BTC_WATCH", "watch", l->at->loc);

	a->size = 24;
	a->top = probe;
	return a->name;
}

const char *packet_action(struct lower *l, const char *file, struct loc where)
{
	struct plan_action *a = new_action(l, "BTC_PACKET", "packet", where);

	a->fmt = file;
	a->fmt_len = strlen(file);
	return a->name;
}

const char *lower__unwatch(struct lower *l, const struct expr *e, const struct place *to)
{
	const char *addr = value_as(l, e->call.args.v[0], type__int(8, false));

	(void)to;
	l__emit(l, "btc_prio_emit(%s, %s);", priority(l, e, "BTC_UNWATCH", "unwatch")->name, addr);
	return NULL;
}

/* --- time, join ------------------------------------------------------------------------------ */

const char *lower__time(struct lower *l, const struct expr *e, const struct place *to)
{
	struct record r;

	(void)to;
	begin_record(l, &r, "BTC_TIME", "time", e->loc);
	r.action->fmt = e->call.args.nr ? e->call.args.v[0]->konst->str : "%H:%M:%S\n";
	r.action->fmt_len = strlen(r.action->fmt);
	check_size(l, &r, e->loc);
	send(l, &r);
	return NULL;
}

const char *lower__join(struct lower *l, const struct expr *e, const struct place *to)
{
	const struct expr *argv = e->call.args.v[0];
	const char *base = value(l, argv);
	struct plan_member f = { .off = 8 };
	struct record r;
	unsigned i;

	(void)to;
	begin_record(l, &r, "BTC_JOIN", "join", e->loc);
	r.action->fmt = e->call.args.nr > 1 ? e->call.args.v[1]->konst->str : " ";
	r.action->fmt_len = strlen(r.action->fmt);
	f.type = ptype_kind(l, "BTC_TAIL", JOIN_BYTES);
	for (i = 0; i < 16; i++, f.off += 4)
		vec_push(l->a, &r.action->fields, f);
	r.action->size = f.off;
	r.tail = 16 * JOIN_BYTES;
	vec_push(l->a, &r.ev->members, "__u32 f0[BTC_JOIN_MAX]");
	check_size(l, &r, e->loc);
	vec_push(l->a, &l->plan->structs, r.ev);
	begin_tail(l, &r);
	l__emit(l, "%s = btc_tail_%s_join(&%s, %s, %s.f0, (void *)%s, %u, %s, %s);", r.end,
		read_fn(argv->type->as), r.lv, r.end, r.lv, paren(l, base), JOIN_BYTES,
		read_warn(l, argv->type->as, "", e->loc),
		read_warn(l, argv->type->as, "_str", e->loc));
	l__emit(l, "btc_ev_output(&%s, %s);", r.lv, r.end);
	return NULL;
}
