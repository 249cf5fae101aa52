// SPDX-License-Identifier: Apache-2.0
/*
 * Attach points as written become places on the target, before anything is
 * loaded: patterns are expanded, $N replaced, names completed. A place's index
 * is the BPF cookie of its attachment and the index of its name, so one
 * program serves many places and still knows its `probe`.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct btc_place *btc_place_add(struct btc_run *r, const struct btc_probe *pr, const char *name,
				const char *target, const char *func)
{
	struct btc_place *grown, *pl;

	if (!(r->nr_places & (r->nr_places - 1))) { /* room doubles at powers of two */
		grown = realloc(r->places, (r->nr_places ? 2 * r->nr_places : 1) * sizeof(*grown));
		if (!grown)
			return NULL;
		r->places = grown;
	}
	pl = &r->places[r->nr_places];
	memset(pl, 0, sizeof(*pl));
	pl->pr = pr;
	pl->prog_fd = -1;
	pl->offset = pr->offset;
	pl->rate = pr->rate;
	pl->name = strdup(name);
	pl->target = strdup(target);
	pl->func = strdup(func);
	r->nr_places++; /* freed by btc_places_free in any case */
	return pl->name && pl->target && pl->func ? pl : NULL;
}

void btc_places_free(struct btc_run *r)
{
	struct btc_place *pl;

	while (r->nr_places) {
		pl = &r->places[--r->nr_places];
		free(pl->name);
		free(pl->target);
		free(pl->func);
	}
	free(r->places);
	r->places = NULL;
}

int btc_place_missing(struct btc_run *r, const struct btc_probe *pr, int status, const char *fmt,
		      ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->config.missing_probes == 0) {
		btc_fail(r, status, pr->where, "%s", text);
		btc_hint("BPFTRACE_MISSING_PROBES=warn goes on without it");
		return -ECANCELED;
	}
	if (r->config.missing_probes == 1)
		btc_warning(r, pr->where, "%s", text);
	return 0;
}

static int add(struct btc_run *r, const struct btc_probe *pr, const char *name, const char *target,
	       const char *func)
{
	return btc_place_add(r, pr, name, target, func) ? 0 : -ENOMEM;
}

/* tracefs, which knows what can be traced, tells nothing. */
static int no_tracefs(struct btc_run *r, const struct btc_probe *pr, int err)
{
	if (err == -EACCES || err == -EPERM)
		return btc_fail(
			r, BTC_STATUS_FACT, pr->where,
			"%s: cannot read tracefs: %s (root or CAP_DAC_READ_SEARCH is needed)",
			pr->name, strerror(-err));
	if (btc_tracefs())
		return btc_fail(r, BTC_STATUS_FACT, pr->where, "%s: cannot read tracefs: %s",
				pr->name, strerror(-err));
	return btc_fail(
		r, BTC_STATUS_FACT, pr->where,
		"%s: cannot find tracefs; mount it: mount -t tracefs tracefs /sys/kernel/tracing",
		pr->name);
}

/* Why a tracepoint is not there. */
static int no_tracepoint(struct btc_run *r, const struct btc_probe *pr, const char *cat,
			 const char *event, int err)
{
	struct btc_strs all = { 0 };
	char near[256] = "", text[256];

	if (!btc_tracefs() || (err && err != -ENOENT))
		return no_tracefs(r, pr, err);
	snprintf(text, sizeof(text), "%s:%s", cat, event);
	if (!pr->wild && !btc_tracefs_events("*", "*", &all))
		btc_near(&all, text, near, sizeof(near));
	btc_strs_free(&all);
	return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s tracepoint %s on this kernel%s%s%s",
				 pr->wild ? "no match for" : "there is no", text,
				 *near ? "; did you mean " : "", near, *near ? "?" : "");
}

static int tracepoints(struct btc_run *r, const struct btc_probe *pr, const char *cat,
		       const char *event, const char *name)
{
	struct btc_strs all = { 0 };
	char text[512], *colon;
	size_t i;
	int err;

	if (!pr->wild) {
		err = btc_tracefs_id(cat, event);
		return err < 0 ? no_tracepoint(r, pr, cat, event, err)
			       : add(r, pr, name, cat, event);
	}
	err = btc_tracefs_events(cat, event, &all);
	for (i = 0; !err && i < all.nr; i++) {
		snprintf(text, sizeof(text), "tracepoint:%s", all.s[i]);
		colon = strchr(all.s[i], ':');
		*colon = '\0';
		err = add(r, pr, text, all.s[i], colon + 1);
	}
	if (!all.nr && err != -ENOMEM)
		err = no_tracepoint(r, pr, cat, event, err);
	btc_strs_free(&all);
	return err;
}

/* One by its name; what a parameter gave may say an offset, too. */
static int function(struct btc_run *r, const struct btc_probe *pr, const char *module,
		    const char *func, const char *name)
{
	const char *plus = strrchr(func, '+');
	struct btc_place *pl;
	bool negative;
	int err;

	err = add(r, pr, name, module, func);
	if (err || pr->kind != BTC_KPROBE || !plus || plus == func)
		return err;
	pl = &r->places[r->nr_places - 1];
	if (btc_parse_int(plus + 1, &pl->offset, &negative) || negative)
		return btc_fail(r, BTC_STATUS_FACT, pr->where, "%s: '%s' is no offset", name,
				plus + 1);
	pl->func[plus - func] = '\0';
	return 0;
}

/* Functions of the kernel: kprobe, kretprobe, fentry, fexit. */
static int functions(struct btc_run *r, const struct btc_probe *pr, const char *module,
		     const char *func, const char *name)
{
	static const char *const kinds[] = {
		[BTC_KPROBE] = "kprobe",
		[BTC_KRETPROBE] = "kretprobe",
		[BTC_FENTRY] = "fentry",
		[BTC_FEXIT] = "fexit",
	};
	bool tracing = pr->kind == BTC_FENTRY || pr->kind == BTC_FEXIT;
	const char *mod, *fn, *colon;
	struct btc_strs all = { 0 };
	char text[512];
	size_t i;
	int err;

	if (!pr->wild) /* whether it is there is seen when it is attached */
		return function(r, pr, module, func, name);
	if (!btc_module_is_loaded(module))
		return btc_place_missing(r, pr, BTC_STATUS_FACT,
					 "%s: kernel module %s is not loaded", name, module);
	err = btc_functions(module, func, &all);
	if (err && err != -ENOMEM) {
		btc_strs_free(&all);
		return no_tracefs(r, pr, err);
	}
	for (i = 0; !err && i < all.nr; i++) {
		colon = strchr(all.s[i], ':');
		fn = colon ? colon + 1 : all.s[i];
		if (colon)
			all.s[i][colon - all.s[i]] = '\0';
		mod = colon ? all.s[i] : *module || tracing ? "vmlinux" : "";
		snprintf(text, sizeof(text), "%s:%s%s%s", kinds[pr->kind],
			 *module || tracing ? mod : "", *module || tracing ? ":" : "", fn);
		err = add(r, pr, text, mod, fn);
	}
	if (!err && !all.nr)
		err = btc_place_missing(r, pr, BTC_STATUS_FACT,
					"no function of this kernel matches %s%s%s", module,
					*module ? ":" : "", func);
	btc_strs_free(&all);
	return err;
}

static int raw_tracepoints(struct btc_run *r, const struct btc_probe *pr, const char *module,
			   const char *event, const char *name)
{
	struct btc_strs all = { 0 };
	char text[512];
	size_t i;
	int err;

	if (!pr->wild)
		return add(r, pr, name, module, event);
	err = btc_tracefs_events("*", event, &all);
	for (i = 0; !err && i < all.nr; i++) {
		const char *ev = strchr(all.s[i], ':') + 1;

		/* Not all events have a raw tracepoint of their name. */
		if (!btc_kernel(r) || !btc_kbtf_proto(btc_kernel(r), ev, true))
			continue;
		snprintf(text, sizeof(text), "rawtracepoint:vmlinux:%s", ev);
		err = add(r, pr, text, "vmlinux", ev);
	}
	btc_strs_free(&all);
	return err;
}

/* The rate of a timer, or the count of an event, from a positional parameter. */
static int rate(struct btc_run *r, const struct btc_probe *pr, struct btc_place *pl)
{
	const char *text;
	bool negative;
	int err;

	if (pr->rate_param) {
		text = r->nr_param >= pr->rate_param ? r->param[pr->rate_param] : "";
		err = *text ? btc_parse_int(text, &pl->rate, &negative) : -ENODATA;
		if (!err && (negative || !pl->rate))
			err = -EINVAL;
		if (err == -ENODATA)
			return btc_fail(r, BTC_STATUS_FACT, pr->where,
					"the rate is the parameter $%u, which is not given",
					pr->rate_param);
		if (err)
			return btc_fail(r, BTC_STATUS_FACT, pr->where,
					"the parameter $%u is no rate: '%s'", pr->rate_param, text);
	}
	if ((pr->kind == BTC_INTERVAL || pr->kind == BTC_PROFILE) && !pl->rate)
		return btc_fail(r, BTC_STATUS_FACT, pr->where, "a rate of 0");
	return 0;
}

static int expand(struct btc_run *r, const struct btc_probe *pr)
{
	char *target = btc_subst(r, pr->target ? pr->target : "");
	char *func = btc_subst(r, pr->func ? pr->func : "");
	char *name = btc_subst(r, pr->name ? pr->name : "");
	int err = target && func && name ? 0 : -ENOMEM;

	if (err)
		goto out;
	switch ((enum btc_probe_kind)pr->kind) {
	case BTC_TRACEPOINT: err = tracepoints(r, pr, target, func, name); break;
	case BTC_KPROBE:
	case BTC_KRETPROBE:
	case BTC_FENTRY:
	case BTC_FEXIT: err = functions(r, pr, target, func, name); break;
	case BTC_RAWTRACEPOINT: err = raw_tracepoints(r, pr, target, func, name); break;
	case BTC_UPROBE:
	case BTC_URETPROBE: err = btc_places_user(r, pr, target, func); break;
	case BTC_BEGIN:
	case BTC_END:
	case BTC_SELF:
	case BTC_TEST:
	case BTC_BENCH:
	case BTC_ITER: err = add(r, pr, name, target, func); break;
	case BTC_INTERVAL:
	case BTC_PROFILE:
	case BTC_SOFTWARE:
	case BTC_HARDWARE:
		err = add(r, pr, name, target, func);
		if (!err)
			err = rate(r, pr, &r->places[r->nr_places - 1]);
		break;
	case BTC_USDT: err = btc_places_usdt(r, pr, target, func); break;
	case BTC_WATCHPOINT: err = btc_places_watch(r, pr, func); break;
	}
out:
	free(target);
	free(func);
	free(name);
	return err;
}

int btc_places(struct btc_run *r)
{
	unsigned i, before;
	int err;

	for (i = 0; i < r->p->nr_probes; i++) {
		before = r->nr_places;
		if (!btc_mode_has(r, &r->p->probes[i]))
			continue;
		err = expand(r, &r->p->probes[i]);
		if (err)
			return err;
		for (; before < r->nr_places; before++)
			if (r->p->probes[i].kind != BTC_BEGIN && r->p->probes[i].kind != BTC_END &&
			    r->p->probes[i].kind != BTC_ITER)
				r->nr_live++;
	}
	if (r->nr_places > r->config.max_probes) {
		btc_fail(r, BTC_STATUS_FACT, NULL, "%u probes are more than the limit of %u",
			 r->nr_places, r->config.max_probes);
		btc_hint(
			"BPFTRACE_MAX_PROBES=%u raises it; each probe costs time to attach and detach",
			r->nr_places);
		return -ECANCELED;
	}
	return 0;
}
