// SPDX-License-Identifier: Apache-2.0
/*
 * Attach points as written become places on the target, before anything is
 * loaded: patterns are expanded, $N replaced, names completed. A place's number
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
	while (r->nr_none)
		free(r->none[--r->nr_none].text);
	free(r->none);
	r->none = NULL;
	btc_homes_free(r);
}

static bool is_kernel(const struct btc_probe *pr)
{
	switch (pr->kind) {
	case BTC_KPROBE:
	case BTC_KRETPROBE:
	case BTC_FENTRY:
	case BTC_FEXIT:
	case BTC_TRACEPOINT:
	case BTC_RAWTRACEPOINT: return true;
	}
	return false;
}

int btc_place_missing(struct btc_run *r, const struct btc_probe *pr, int status, const char *fmt,
		      ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->expanding && pr->wild &&
	    !is_kernel(pr)) /* a pattern of files, functions or usdt probes */
		return btc_place_none(r, pr, "%s", text);
	if (pr->maybe && !r->telling)
		return btc_place_none(r, pr, "%s", text);
	if (r->config.missing_probes == 0) {
		btc_fail(r, status, pr->where, "%s", text);
		btc_hint("BPFTRACE_MISSING_PROBES=warn goes on without it");
		return -ECANCELED;
	}
	if (r->config.missing_probes == 1)
		btc_warning(r, pr->where, "%s", text);
	return 0;
}

int btc_place_none(struct btc_run *r, const struct btc_probe *pr, const char *fmt, ...)
{
	struct btc_none *grown;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	grown = realloc(r->none, (r->nr_none + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->none = grown;
	grown[r->nr_none] = (struct btc_none){ .pr = pr, .text = strdup(text) };
	return grown[r->nr_none++].text ? 0 : -ENOMEM;
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
	if (pr->wild)
		return btc_place_none(r, pr, "no tracepoint of this kernel matches %s", text);
	return btc_place_missing(r, pr, BTC_STATUS_FACT,
				 "there is no tracepoint %s on this kernel%s%s%s", text,
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
	char at[256];
	struct btc_place *pl;
	bool negative;
	__u64 addr = pr->address;
	int err;

	if (pr->has_address || (pr->any_address && !btc_parse_int(func, &addr, &negative))) {
		snprintf(at, sizeof(at), "%s:%s%s%llu",
			 pr->kind == BTC_KRETPROBE ? "kretprobe" : "kprobe", module,
			 *module ? ":" : "", (unsigned long long)addr);
		err = add(r, pr, at, module, "");
		if (!err)
			r->places[r->nr_places - 1].address = addr;
		return err;
	}
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

static bool is_tracing(const struct btc_probe *pr)
{
	return pr->kind == BTC_FENTRY || pr->kind == BTC_FEXIT;
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
	bool tracing = is_tracing(pr);
	const char *mod, *fn, *colon;
	struct btc_strs all = { 0 };
	char text[512];
	size_t i;
	int err;

	if (!pr->wild && tracing && !*module) {
		err = btc_function_home(r, pr, func, &mod);
		snprintf(text, sizeof(text), "%s:%s:%s", kinds[pr->kind], mod, func);
		return err ? err : add(r, pr, text, mod, func);
	}
	if (!pr->wild) /* whether it is there is seen when it is attached */
		return function(r, pr, module, func, name);
	if (!tracing && !btc_has_kprobes())
		return btc_place_missing(r, pr, BTC_STATUS_LOAD, BTC_NO_KPROBES, name);
	if (!btc_module_is_loaded(module))
		return btc_place_missing(r, pr, BTC_STATUS_FACT,
					 "%s: kernel module %s is not loaded", name, module);
	err = btc_functions(module, func, &all);
	if (err == -EPERM) { /* a lack of rights were EACCES */
		btc_strs_free(&all);
		return btc_place_missing(
			r, pr, BTC_STATUS_LOAD,
			"%s: this kernel keeps the list of its functions closed, even to root",
			name);
	}
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
		err = btc_place_none(r, pr, "no function of this kernel matches %s%s%s", module,
				     *module ? ":" : "", func);
	btc_strs_free(&all);
	return err;
}

static int add_raw(struct btc_run *r, const struct btc_probe *pr, const char *module,
		   const char *event)
{
	char name[256];

	snprintf(name, sizeof(name), "rawtracepoint:%s:%s", module, event);
	return add(r, pr, name, module, event);
}

/* Not all events have a raw tracepoint of their name. Takes those that have one in @module off @all. */
static int raw_in_module(struct btc_run *r, const struct btc_probe *pr, const char *module,
			 struct btc_strs *all)
{
	struct btc_kbtf *b = btc_module(r, module);
	const char *event;
	size_t i;
	int err = 0;

	for (i = 0; b && !err && i < all->nr; i++) {
		event = strchr(all->s[i], ':') + 1;
		if (!*event || !btc_kbtf_proto(b, event, true))
			continue;
		err = add_raw(r, pr, module, event);
		all->s[i][event - all->s[i]] = '\0';
	}
	return err;
}

static int raw_tracepoint(struct btc_run *r, const struct btc_probe *pr, const char *module,
			  const char *event, const char *name)
{
	struct btc_kbtf *b;

	if (!btc_module_is_loaded(module))
		return btc_place_missing(r, pr, BTC_STATUS_FACT,
					 "%s: kernel module %s is not loaded", name, module);
	/* The kernel itself looks for the event everywhere. */
	b = *module && strcmp(module, "vmlinux") ? btc_module(r, module) : NULL;
	if (b && !btc_kbtf_raw_tp(b, event))
		return btc_place_missing(r, pr, BTC_STATUS_FACT,
					 "%s: module %s has no raw tracepoint '%s'", name, module,
					 event);
	return add(r, pr, name, module, event);
}

static int raw_tracepoints(struct btc_run *r, const struct btc_probe *pr, const char *module,
			   const char *event, const char *name)
{
	struct btc_strs all = { 0 }, mods = { 0 };
	unsigned before = r->nr_places;
	size_t i;
	int err;

	if (!pr->wild)
		return raw_tracepoint(r, pr, module, event, name);
	err = btc_tracefs_events("*", event, &all);
	if (err && err != -ENOMEM) {
		btc_strs_free(&all);
		return no_tracefs(r, pr, err);
	}
	if (!err && (!*module || btc_match(module, "vmlinux")))
		err = raw_in_module(r, pr, "vmlinux", &all);
	if (!err && strcmp(module, "vmlinux"))
		err = btc_modules(&mods);
	for (i = 0; !err && i < mods.nr; i++)
		if (!*module || btc_match(module, mods.s[i]))
			err = raw_in_module(r, pr, mods.s[i], &all);
	if (!err && before == r->nr_places)
		err = btc_place_none(r, pr, "no raw tracepoint of this kernel matches %s%s%s",
				     module, *module ? ":" : "", event);
	btc_strs_free(&all);
	btc_strs_free(&mods);
	return err;
}

/* `interval:$1` takes a duration; behind a unit, and for a count, its suffix would be a second one. */
static bool is_bare_number(const char *s)
{
	size_t prefix = *s == '0' && s[1] ? strspn(s + 1, "xXbB") : 0;

	s += prefix ? 1 + prefix : 0;
	return *s && !s[strspn(s, prefix ? "0123456789abcdefABCDEF_" : "0123456789_")];
}

/* The name as it is rendered without a parameter: decimal, a duration in microseconds. */
static int name_rate(struct btc_place *pl, bool duration)
{
	const char *param = strrchr(pl->pr->name, '$');
	char *name;

	if (!param)
		return 0;
	if (asprintf(&name, "%.*s%s%llu", (int)(param - pl->pr->name), pl->pr->name,
		     duration ? "us:" : "",
		     (unsigned long long)(duration ? pl->rate / 1000 : pl->rate)) < 0)
		return -ENOMEM;
	free(pl->name);
	pl->name = name;
	return 0;
}

/* The rate of a timer, or the count of an event, from a positional parameter. */
static int rate(struct btc_run *r, const struct btc_probe *pr, struct btc_place *pl)
{
	bool timer = pr->kind == BTC_INTERVAL || pr->kind == BTC_PROFILE;
	bool duration = timer && !*pl->target;
	const char *text;
	bool negative;
	int err;

	if (pr->rate_param) {
		text = r->nr_param >= pr->rate_param ? r->param[pr->rate_param] : "";
		err = *text ? btc_parse_int(text, &pl->rate, &negative) : -ENODATA;
		if (!err && (negative || !pl->rate || (!duration && !is_bare_number(text))))
			err = -EINVAL;
		if (err == -ENODATA)
			return btc_fail(r, BTC_STATUS_FACT, pr->where,
					"the rate is the parameter $%u, which is not given",
					pr->rate_param);
		if (err)
			return btc_fail(r, BTC_STATUS_FACT, pr->where,
					"the parameter $%u is no rate: '%s'", pr->rate_param, text);
		if (duration && pl->rate < 1000)
			return btc_fail(r, BTC_STATUS_FACT, pr->where,
					"'%s' is too short: the least is 1us (1000 ns)", text);
		return name_rate(pl, duration);
	}
	if (timer && !pl->rate)
		return btc_fail(r, BTC_STATUS_FACT, pr->where, "a rate of 0");
	return 0;
}

static int expand(struct btc_run *r, const struct btc_probe *pr)
{
	char *target = btc_subst(r, pr->target ? pr->target : "");
	char *func = btc_subst(r, pr->func ? pr->func : "");
	char *name = btc_subst(r, pr->name ? pr->name : "");
	char *ns = btc_subst(r, pr->ns ? pr->ns : "");
	int err = target && func && name && ns ? 0 : -ENOMEM;

	if (err)
		goto out;
	switch ((enum btc_probe_kind)pr->kind) {
	case BTC_TRACEPOINT: err = tracepoints(r, pr, target, func, name); break;
	case BTC_KPROBE:
	case BTC_KRETPROBE:
	case BTC_FENTRY:
	case BTC_FEXIT:
		err = is_tracing(pr) && !strcmp(target, "bpf")
			      ? btc_places_bpf(r, pr, ns, func, name)
			      : functions(r, pr, target, func, name);
		break;
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
	case BTC_USDT: err = btc_places_usdt(r, pr, target, ns, func); break;
	case BTC_WATCHPOINT: err = btc_places_watch(r, pr, func); break;
	}
out:
	free(target);
	free(func);
	free(name);
	free(ns);
	return err;
}

/* --- lists --- */

/* A pattern may match nothing as long as another member of its list does. */
static int tell_none(struct btc_run *r)
{
	unsigned i, k;
	int err;

	r->telling = true;
	for (i = 0; i < r->nr_none; i++) {
		const struct btc_probe *pr = r->none[i].pr;

		for (k = 0; k < r->nr_places && r->places[k].pr->list != pr->list; k++)
			;
		if (k < r->nr_places) {
			btc_verbose(r, "%s", r->none[i].text);
			continue;
		}
		err = btc_place_missing(r, pr, BTC_STATUS_FACT, "%s", r->none[i].text);
		if (err)
			return err;
	}
	r->telling = false;
	return 0;
}

/* By what they attach to, as written first. */
static int by_name(const void *a, const void *b)
{
	const struct btc_place *x = *(struct btc_place *const *)a;
	const struct btc_place *y = *(struct btc_place *const *)b;
	int diff = strcmp(x->name, y->name);

	if (diff)
		return diff;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* What several members of a list name is attached to once. */
static int drop_doubles(struct btc_run *r, unsigned first)
{
	struct btc_place **all = calloc(r->nr_places - first + 1, sizeof(*all));
	unsigned i, n = 0;

	if (!all)
		return -ENOMEM;
	for (i = first; i < r->nr_places; i++)
		if (is_kernel(r->places[i].pr) || btc_is_uprobe(r->places[i].pr) ||
		    r->places[i].pr->kind == BTC_USDT)
			all[n++] = &r->places[i];
	qsort(all, n, sizeof(*all), by_name);
	for (i = 1; i < n; i++)
		all[i]->dropped = !strcmp(all[i - 1]->name, all[i]->name) &&
				  all[i - 1]->offset == all[i]->offset;
	free(all);
	return 0;
}

/* Probes of one name at one place are one to `probe`, whoever of the script's they are. */
static int number_names(struct btc_run *r)
{
	struct btc_place **all = calloc(r->nr_places + 1, sizeof(*all));
	unsigned i, n = 0;

	if (!all)
		return -ENOMEM;
	for (i = 0; i < r->nr_places; i++) {
		r->places[i].number = i;
		if (!r->places[i].dropped)
			all[n++] = &r->places[i];
	}
	qsort(all, n, sizeof(*all), by_name);
	for (i = 1; i < n; i++)
		if (!strcmp(all[i - 1]->name, all[i]->name) && all[i - 1]->offset == all[i]->offset)
			all[i]->number = all[i - 1]->number;
	free(all);
	return 0;
}

static int check_limits(struct btc_run *r)
{
	unsigned i, probes = 0, progs = 0;

	for (i = 0; i < r->nr_places; i++) {
		const struct btc_place *pl = &r->places[i];

		if (i && pl->pr->list != r->places[i - 1].pr->list)
			progs = 0;
		probes += !pl->dropped;
		progs += !pl->dropped && pl->pr->per_match;
		if (progs <= r->config.max_bpf_progs)
			continue;
		for (; i + 1 < r->nr_places && r->places[i + 1].pr->list == pl->pr->list; i++)
			progs += !r->places[i + 1].dropped && r->places[i + 1].pr->per_match;
		btc_fail(r, BTC_STATUS_FACT, pl->pr->where,
			 "%s takes %u programs, more than the limit of %u", pl->pr->name, progs,
			 r->config.max_bpf_progs);
		btc_hint("BPFTRACE_MAX_BPF_PROGS=%u raises it; each program is loaded on its own",
			 progs);
		return -ECANCELED;
	}
	if (probes <= r->config.max_probes)
		return 0;
	btc_fail(r, BTC_STATUS_FACT, NULL, "%u probes are more than the limit of %u", probes,
		 r->config.max_probes);
	btc_hint("BPFTRACE_MAX_PROBES=%u raises it; each probe costs time to attach and detach",
		 probes);
	return -ECANCELED;
}

int btc_places(struct btc_run *r)
{
	unsigned i, first = 0, listed = 0;
	int err = 0;

	r->expanding = true;
	for (i = 0; !err && i < r->p->nr_probes; i++) {
		const struct btc_probe *pr = &r->p->probes[i];

		if (i && pr->list != pr[-1].list) {
			first = r->nr_places;
			listed = 0;
		}
		if (!btc_mode_has(r, pr))
			continue;
		err = expand(r, pr);
		if (!err && listed++)
			err = drop_doubles(r, first);
	}
	r->expanding = false;
	if (!err)
		err = tell_none(r);
	if (!err)
		btc_filter_places(r);
	if (!err)
		err = number_names(r);
	return err || r->ask == BTC_ASK_LIST ? err : check_limits(r);
}
