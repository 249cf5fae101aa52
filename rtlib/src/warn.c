// SPDX-License-Identifier: Apache-2.0
/*
 * Run-time warnings. The kernel half counts them by place in a mapped block;
 * the reader looks at it ten times a second at most and says each place at
 * most once a second, with what was counted meanwhile.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define LOOK_MS 100
#define TELL_MS 1000

static void describe(struct btc_out *o, const struct btc_warn_place *w, __s64 err)
{
	switch ((enum btc_warn_kind)w->kind) {
	case BTC_WARN_MAP_FULL:
		if (err && err != -E2BIG && err != -ENOMEM)
			break;
		btc_out_printf(
			o,
			"map%s%s is full, the element was not stored; raise max_map_keys or declare the map larger",
			w->map ? " " : "", w->map ? w->map : "");
		return;
	case BTC_WARN_DIV0:
		btc_out_str(o, "division or modulo by zero, the result is taken as 1");
		return;
	case BTC_WARN_BOUNDS: btc_out_str(o, "array index out of range"); return;
	case BTC_WARN_STACK:
		btc_out_str(o, "the stack could not be read");
		if (!err)
			return;
		btc_out_str(o, ": ");
		break;
	case BTC_WARN_HELPER: break;
	case BTC_WARN_HELPER_K:
		if (!w->map)
			break;
		btc_out_printf(o, "%s has no such element%s", w->map,
			       strstr(w->helper, "delete") ? "" : ", it counts as 0");
		return;
	case BTC_WARN_NO_TASK:
		btc_out_printf(o, "no process has the id %lld, its name is N/A", (long long)err);
		return;
	case BTC_WARN_NO_KFUNC:
		btc_out_printf(o, "this kernel has no function %s for this probe", w->map);
		return;
	case BTC_WARN_NO_CHILD: btc_out_str(o, "cpid is 0: there is no -c"); return;
	case BTC_WARN_SIGNAL:
		btc_out_printf(o, "%lld is no signal, none was sent", (long long)err);
		return;
	}
	btc_out_str(o, err ? strerror(err < 0 ? -err : err) : "the helper failed");
}

/* Not silenced by --no-warnings. */
static bool is_error(const struct btc_warn_place *w)
{
	return w->kind == BTC_WARN_SIGNAL;
}

static void tell_json(struct btc_run *r, const struct btc_warn_place *w, __u64 count, __s64 err)
{
	struct btc_json_msg msg = { .type = w->helper ? "helper_error" : "runtime_error" };

	if (is_error(w))
		msg.type = "errorf";
	r->tmp.len = 0;
	describe(&r->tmp, w, err);
	msg.text = r->tmp.buf;
	msg.len = r->tmp.len;
	msg.helper = w->helper;
	msg.retcode = err;
	msg.where = &w->where;
	msg.count = count;
	btc_json_message(r, &msg);
	r->tmp.len = 0;
	if (r->out.mode != BTC_FLUSH_FULL)
		btc_out_flush(&r->out);
}

static void tell(struct btc_run *r, const struct btc_warn_place *w, __u64 count, __s64 err)
{
	struct btc_out *o = &r->tmp;
	char where[512];
	ssize_t n;

	r->errored |= is_error(w);
	if (r->json) {
		tell_json(r, w, count, err);
		return;
	}
	btc_out_flush(&r->out);
	btc_where_text(where, sizeof(where), &w->where);
	o->len = 0;
	btc_out_str(o, where);
	btc_out_str(o, is_error(w) ? ": ERROR: " : ": WARNING: ");
	describe(o, w, err);
	if (count > 1)
		btc_out_printf(o, " (%llu times)", (unsigned long long)count);
	btc_out_char(o, '\n');
	if (w->helper)
		btc_out_printf(o, "helper %s returned %lld\n", w->helper, (long long)err);
	btc_where_source(o, &w->where);
	btc_where_via(o, &w->where, is_error(w) ? "ERROR" : "WARNING");
	n = write(STDERR_FILENO, o->buf, o->len);
	(void)n;
	o->len = 0;
}

void btc_warn_check(struct btc_run *r, bool last)
{
	__u64 now, count;
	unsigned i;

	if (!r->warns)
		return;
	now = btc_now_ms();
	if (!last && now - r->warn_ms < LOOK_MS)
		return;
	r->warn_ms = now;
	for (i = 0; i < r->p->nr_warns; i++) {
		count = __atomic_load_n(&r->warns[i].count, __ATOMIC_RELAXED);
		if (count == r->warn_told[i].count)
			continue;
		if (r->p->warns[i].kind == BTC_WARN_HELPER_K && !r->all_warnings)
			continue;
		if (r->no_warnings && !is_error(&r->p->warns[i]))
			continue;
		if (!last && r->warn_told[i].ms && now - r->warn_told[i].ms < TELL_MS)
			continue;
		/* Errors are ints, and 6.1's maps leave the upper half of the register undefined. */
		tell(r, &r->p->warns[i], count - r->warn_told[i].count,
		     (__s32)__atomic_load_n(&r->warns[i].err, __ATOMIC_RELAXED));
		r->warn_told[i].count = count;
		r->warn_told[i].ms = now;
	}
}
