// SPDX-License-Identifier: Apache-2.0
/*
 * Attach points whose bodies need the types of what they are attached to, while
 * nothing of their name is known where the script is compiled. Those that may
 * be missing go; without types they could not be compiled.
 */
#include <string.h>

#include "check_priv.h"

/* What is looked for is known here in general, but nothing of it is called so. */
static bool matches_nothing(struct check *c, const struct attach *at)
{
	const struct type *ret;
	const char *why;

	switch (at->prov->kind) {
	case PROV_TRACEPOINT:
		return ctypes__have_events(c->types) &&
		       !ctypes__tracepoint(c->types, at->target, at->func, &why);
	case PROV_RAWTRACEPOINT:
		return ctypes__have_kernel(c->types) &&
		       !ctypes__raw_tracepoint(c->types, at->target, at->func);
	case PROV_FENTRY:
	case PROV_FEXIT:
		return strcmp(at->target, "bpf") && ctypes__have_kernel(c->types) &&
		       !ctypes__function(c->types, at->target, at->func, &ret);
	default: return false;
	}
}

bool check__is_left_out(struct check *c, const struct attach *at, bool listed)
{
	struct diag *d;

	if ((c->cfg->missing_probes == MISSING_ERROR && !(at->wild && listed)) ||
	    !matches_nothing(c, at))
		return false;
	if (c->cfg->missing_probes == MISSING_IGNORE)
		return true;
	d = check__warn(c, at->loc, "W_PROBE_NO_MATCH",
			"%s names nothing that is known here; the tool leaves it out", at->text);
	check__hint(c, d, "--target DIR compiles for another kernel");
	return true;
}

void check__nothing_left(struct check *c, struct loc loc)
{
	struct diag *d;

	if (c->cfg->missing_probes == MISSING_WARN)
		check__warn(c, loc, "W_PROBE_EMPTY",
			    "nothing is left that this probe could be attached to");
	if (c->cfg->missing_probes != MISSING_ERROR)
		return;
	d = check__error(c, loc, "E_PROBE_EMPTY",
			 "nothing is known here that this probe could be attached to");
	check__hint(c, d, "missing_probes = warn goes on without it");
}
