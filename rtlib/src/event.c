// SPDX-License-Identifier: Apache-2.0
/*
 * Records to actions. Priority records wait until the reader has reached the
 * position of the main ring at which they were emitted. A record that is too
 * short for its action, or unknown, is not ours and is skipped.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* The format and its fields as a string, in r->key; NULL: out of memory. */
static const char *text_of(struct btc_run *r, const struct btc_action *a, const struct btc_rec *rec)
{
	r->key.len = 0;
	btc_format(r, &r->key, a, rec);
	btc_out_char(&r->key, '\0');
	return r->key.err ? NULL : r->key.buf;
}

static void do_printf(struct btc_run *r, const struct btc_action *a, const struct btc_rec *rec)
{
	if (!r->json) {
		btc_format(r, &r->out, a, rec);
		return;
	}
	r->key.len = 0;
	btc_format(r, &r->key, a, rec);
	btc_json_text(r, "printf", r->key.buf, r->key.len);
}

static void do_time(struct btc_run *r, const struct btc_action *a)
{
	struct timespec ts;
	char text[64];
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	n = btc_strftime(text, sizeof(text), a->fmt, (__u64)ts.tv_sec * 1000000000 + ts.tv_nsec);
	if (!n)
		btc_trouble(r, &a->where, "time(): the result is empty or longer than %zu bytes",
			    sizeof(text) - 1);
	else if (r->json)
		btc_json_text(r, "time", text, n);
	else
		btc_out_mem(&r->out, text, n);
}

static void do_join(struct btc_run *r, const struct btc_action *a, const struct btc_rec *rec)
{
	struct btc_out *o = r->json ? &r->key : &r->out;
	const struct btc_member *f = a->fields;
	const char *s;
	size_t len;
	unsigned i;
	bool cut;

	r->key.len = 0;
	for (i = 0; i < a->nr_fields; i++, f++) {
		if (!btc_member_fits(f, rec))
			break;
		s = btc_load_bytes(f->type, rec->base + f->off, rec, &len, &cut);
		if (!len)
			break;
		if (i)
			btc_out_str(o, a->fmt ? a->fmt : " ");
		btc_out_mem(o, s, len);
	}
	if (r->json)
		btc_json_text(r, "join", o->buf, o->len);
	else
		btc_out_char(o, '\n');
}

static void do_message(struct btc_run *r, const struct btc_action *a, const struct btc_rec *rec)
{
	const char *text, *severity = a->verb == BTC_ERRORF ? "ERROR" : "WARNING";
	struct btc_json_msg msg = { .where = &a->where };
	char where[512];
	ssize_t n;

	if (a->verb == BTC_WARNF && r->no_warnings)
		return;
	btc_where_text(where, sizeof(where), &a->where);
	text = text_of(r, a, rec);
	if (!text)
		return;
	r->errored |= a->verb == BTC_ERRORF;
	if (r->capturing) {
		btc_out_printf(&r->out, "%s: %s: %s\n", where, severity, text);
		return;
	}
	if (r->json) {
		msg.type = a->verb == BTC_ERRORF ? "errorf" : "warnf";
		msg.text = text;
		msg.len = r->key.len - 1;
		btc_json_message(r, &msg);
		return;
	}
	btc_out_flush(&r->out);
	r->tmp.len = 0;
	btc_out_str(&r->tmp, where);
	btc_out_str(&r->tmp, ": ");
	btc_out_str(&r->tmp, severity);
	btc_out_str(&r->tmp, ": ");
	btc_out_str(&r->tmp, text);
	btc_out_char(&r->tmp, '\n');
	btc_where_via(&r->tmp, &a->where, severity);
	n = write(STDERR_FILENO, r->tmp.buf, r->tmp.len);
	(void)n;
	r->tmp.len = 0;
}

static void do_print(struct btc_run *r, const struct btc_action *a, const struct btc_rec *rec)
{
	if (a->nr_fields && !btc_member_fits(a->fields, rec))
		return;
	if (r->json) {
		btc_json_print(r, a->nr_fields ? a->fields : NULL, rec);
		return;
	}
	if (a->nr_fields)
		btc_value_member(r, &r->out, a->fields, rec->base, rec);
	btc_out_char(&r->out, '\n');
}

static void do_map(struct btc_run *r, const struct btc_action *a)
{
	const char *what = "print";
	int err = 0;

	if (a->map >= r->p->nr_maps)
		return;
	switch (a->verb) {
	case BTC_PRINT_MAP: err = btc_map_print(r, a->map, a->top, a->div, false); break;
	case BTC_CLEAR_MAP:
		what = "clear";
		err = btc_map_clear(r, a->map);
		break;
	case BTC_ZERO_MAP:
		what = "zero";
		err = btc_map_zero(r, a->map);
		break;
	}
	if (err)
		btc_trouble(r, &a->where, "cannot %s %s: %s", what, r->p->maps[a->map].name,
			    strerror(-err));
}

void btc_handle(struct btc_run *r, const void *data, __u32 size)
{
	struct btc_rec rec = { .base = data, .size = size };
	const struct btc_ev *ev = data;
	const struct btc_action *a;
	size_t mark = r->out.len;
	const char *text;

	if (size >= sizeof(struct btc_prio_ev) && ev->id == BTC_SAW_ID)
		btc_usyms_saw(r, ((const struct btc_prio_ev *)data)->arg);
	if (size < sizeof(*ev) || ev->id >= r->p->nr_actions)
		return;
	a = &r->p->actions[ev->id];
	if (size < a->size)
		return;
	switch ((enum btc_verb)a->verb) {
	case BTC_PRINTF: do_printf(r, a, &rec); break;
	case BTC_PRINT_VALUE: do_print(r, a, &rec); break;
	case BTC_PRINT_MAP:
	case BTC_CLEAR_MAP:
	case BTC_ZERO_MAP: do_map(r, a); break;
	case BTC_EXIT:
		if (size < sizeof(struct btc_prio_ev))
			return;
		r->exiting = true;
		r->status = ((const struct btc_prio_ev *)data)->arg & 0xff;
		return;
	case BTC_WATCH:
	case BTC_UNWATCH:
		if (size < sizeof(struct btc_prio_ev))
			return;
		if (a->verb == BTC_WATCH)
			btc_watch(r, ev->id, a->top, ((const struct btc_prio_ev *)data)->arg);
		else
			btc_unwatch(r, ((const struct btc_prio_ev *)data)->arg);
		return;
	case BTC_TIME: do_time(r, a); break;
	case BTC_JOIN: do_join(r, a, &rec); break;
	case BTC_PACKET: return; /* has a buffer of its own */
	case BTC_CAT:
		text = text_of(r, a, &rec);
		if (text)
			btc_cat(r, text, &a->where);
		break;
	case BTC_SYSTEM:
		text = text_of(r, a, &rec);
		if (text)
			btc_system(r, text);
		break;
	case BTC_ERRORF:
	case BTC_WARNF: do_message(r, a, &rec); break;
	}
	btc_out_piece(&r->out, mark);
}

/* Handles at most @budget records; returns how many there were. */
size_t btc_drain(struct btc_run *r, size_t budget)
{
	const struct btc_prio_ev *prio;
	const void *rec;
	__u32 size, psize;
	size_t n;

	for (n = 0; n < budget && !r->exiting && !r->out.err; n++) {
		prio = btc_ring_peek(&r->prio, &psize);
		rec = btc_ring_peek(&r->events, &size);
		if (prio && (psize < sizeof(*prio) || prio->after <= btc_ring_pos(&r->events))) {
			btc_handle(r, prio, psize);
			btc_ring_next(&r->prio);
		} else if (rec) {
			btc_handle(r, rec, size);
			btc_ring_next(&r->events);
		} else {
			break;
		}
	}
	return n;
}
