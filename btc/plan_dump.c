// SPDX-License-Identifier: Apache-2.0
/* The plan as text, for people and for tests: one fact a line. */
#include <inttypes.h>
#include <string.h>

#include "plan.h"

static void members(struct buf *out, const struct plan_action *a)
{
	size_t i;

	for (i = 0; i < a->fields.nr; i++)
		buf__printf(out, "\tfield %s size %u at %u\n", a->fields.v[i].type->kind,
			    a->fields.v[i].type->size, a->fields.v[i].off);
}

static void actions(const struct plan *p, struct buf *out)
{
	const struct plan_action *a;
	size_t i;

	for (i = 0; i < p->actions.nr; i++) {
		a = p->actions.v[i];
		buf__printf(out, "record %s %s size %u", a->name, a->verb, a->size);
		if (a->map)
			buf__printf(out, " map %s", a->map->name);
		if (a->fmt) {
			buf__str(out, " fmt ");
			buf__quote(out, a->fmt, a->fmt_len);
		}
		buf__str(out, "\n");
		members(out, a);
	}
}

static void probes(const struct plan *p, struct buf *out)
{
	size_t i;

	for (i = 0; i < p->probes.nr; i++)
		buf__printf(out, "probe %s program %s%s%s\n",
			    p->probes.v[i].at->name ? p->probes.v[i].at->name
						    : p->probes.v[i].at->text,
			    p->probes.v[i].prog, p->probes.v[i].at->wild ? " wild" : "",
			    p->probes.v[i].per_match ? " per match" : "");
}

static void function(struct buf *out, const struct plan_func *f)
{
	size_t i;
	unsigned n;

	buf__printf(out, "\n%s %s\n", f->sec ? f->sec : "callback", f->name);
	for (i = 0; i < f->lines.nr; i++) {
		buf__printf(out, "%5u ", f->lines.v[i].line);
		for (n = 0; n < f->lines.v[i].indent; n++)
			buf__str(out, "    ");
		buf__printf(out, "%s\n", f->lines.v[i].text);
	}
}

void plan__dump(const struct plan *p, struct buf *out)
{
	size_t i;

	buf__printf(out, "tool %s from %s%s\n", p->name, p->source,
		    p->uses_core ? " with CO-RE" : "");
	for (i = 0; i < p->options.nr; i++)
		buf__printf(out, "option %s %s default %s\n",
			    p->options.v[i].name ? p->options.v[i].name : "(positional)",
			    p->options.v[i].type,
			    p->options.v[i].def ? p->options.v[i].def : "none");
	for (i = 0; i < p->late.nr; i++)
		buf__printf(out, "late %s%s%s\n", p->late.v[i].decl,
			    p->late.v[i].kind ? " is " : "",
			    p->late.v[i].kind ? p->late.v[i].kind : "");
	for (i = 0; i < p->fields.nr; i++)
		buf__printf(out, "late field %s: %s of %s\n", p->fields.v[i].symbol,
			    p->fields.v[i].name,
			    p->fields.v[i].event ? p->fields.v[i].event : "the match");
	for (i = 0; i < p->ktypes.nr; i++)
		buf__printf(out, "kernel type %s, %zu members\n", p->ktypes.v[i]->name,
			    p->ktypes.v[i]->members.nr);
	for (i = 0; i < p->maps.nr; i++)
		buf__printf(out, "map %s %s key %u value %u entries %" PRIu64 "\n",
			    p->maps.v[i]->map->name, p->maps.v[i]->bpf_type, p->maps.v[i]->key_size,
			    p->maps.v[i]->value_size, p->maps.v[i]->entries);
	actions(p, out);
	probes(p, out);
	for (i = 0; i < p->funcs.nr; i++)
		function(out, p->funcs.v[i]);
}
