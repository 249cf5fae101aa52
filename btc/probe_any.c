// SPDX-License-Identifier: Apache-2.0
/*
 * A pattern in place of the probe type, `*ware:cpu*` or `*:vfs_read`: an attach
 * point of its own for each type that matches and takes such parts. Which of
 * them exist is seen on the target; those that do not are left out there.
 */
#include <fnmatch.h>
#include <string.h>

#include "diag.h"
#include "probe_any.h"

#define KERNEL                                                                             \
	(PROV_BIT(PROV_KPROBE) | PROV_BIT(PROV_KRETPROBE) | PROV_BIT(PROV_FENTRY) |        \
	 PROV_BIT(PROV_FEXIT) | PROV_BIT(PROV_TRACEPOINT) | PROV_BIT(PROV_RAWTRACEPOINT) | \
	 PROV_BIT(PROV_SOFTWARE) | PROV_BIT(PROV_HARDWARE))
#define USER (PROV_BIT(PROV_UPROBE) | PROV_BIT(PROV_URETPROBE) | PROV_BIT(PROV_USDT))

struct any {
	struct arena *a;
	const struct attach *at;
	attach_vec *out;
	bool failed;
};

/* Takes @text if it is valid. */
static void try(struct any *x, const char *text)
{
	/* Types that do not take these parts are no errors. */
	struct diags *quiet = diags__new(x->a);
	struct attach *n = NEW(x->a, struct attach);

	*n = *x->at;
	n->text = text;
	n->maybe = true;
	if (attach__resolve(x->a, quiet, n))
		vec_push(x->a, x->out, n);
}

/* Events are known by name, so that a pattern of them can be expanded here. */
static void try_events(struct any *x, const struct provider *prov, const char *rest)
{
	size_t len = strcspn(rest, ":");
	const char *pattern = arena__strndup(x->a, rest, len), *event;

	for (size_t i = 0; (event = provider__event(prov->kind, i)); i++) {
		if (!fnmatch(pattern, event, 0))
			try(x, arena__printf(x->a, "%s:%s%s", prov->name, event, rest + len));
	}
}

bool attach__expand(struct arena *a, struct diags *d, const struct attach *at, attach_vec *out)
{
	struct any x = { .a = a, .at = at, .out = out };
	const char *colon = strchr(at->text, ':');
	size_t before = out->nr;
	const char *pattern;
	uint32_t kinds;

	if (!colon || !memchr(at->text, '*', (size_t)(colon - at->text))) {
		vec_push(a, out, (struct attach *)at);
		return true;
	}
	pattern = arena__strndup(a, at->text, (size_t)(colon - at->text));
	kinds = strchr(colon, '/') ? USER : KERNEL;
	for (int k = 0; k < PROV_COUNT; k++) {
		const struct provider *prov = provider__get((enum provider_kind)k);

		if (!(PROV_BIT(k) & kinds) || fnmatch(pattern, prov->name, FNM_CASEFOLD))
			continue;
		if (PROV_BIT(k) & (PROV_BIT(PROV_SOFTWARE) | PROV_BIT(PROV_HARDWARE)))
			try_events(&x, prov, colon + 1);
		else
			try(&x, arena__printf(a, "%s%s", prov->name, colon));
	}
	if (out->nr > before)
		return true;
	diag__error(d, at->loc, "E_PROBE_UNKNOWN",
		    "no probe type that matches '%s' takes what follows it", pattern);
	return false;
}
