// SPDX-License-Identifier: Apache-2.0
/*
 * The user half of the plan: tables of constants for rtlib (btc.h) and a main()
 * that passes them on. There is no logic in it.
 */
#include <inttypes.h>
#include <string.h>

#include "plan.h"

#ifndef BTC_VERSION /* set by the build */
#define BTC_VERSION "unknown"
#endif

static void quote(struct buf *out, const char *s)
{
	if (s)
		buf__quote(out, s, strlen(s));
	else
		buf__str(out, "NULL");
}

static struct loc outermost(struct loc loc)
{
	while (loc.via)
		loc = loc.via->call;
	return loc;
}

/* "x.bt:3:7" */
static void place(struct buf *out, struct loc loc)
{
	unsigned line = 0, col = 0;
	struct buf b = { 0 };

	loc = outermost(loc);
	if (!loc.src) {
		buf__str(out, "\"\"");
		return;
	}
	source__place(loc.src, loc.begin, &line, &col);
	buf__printf(&b, "%s:%u:%u", source__public_name(loc.src), line, col);
	buf__quote(out, b.s, b.len);
	buf__free(&b);
}

static bool same_place(struct loc a, struct loc b)
{
	return a.src == b.src && a.begin == b.begin && a.end == b.end;
}

/* With the end and the source line, for messages that show it; then the calls of macros that led there. */
static void where(struct buf *out, struct loc loc)
{
	unsigned line = 0, col = 0, line2 = 0, end = 0;
	const struct expansion *via = loc.via;
	const char *text;
	size_t len;

	if (!loc.src) {
		loc = outermost(loc);
		via = NULL;
	}
	while (via &&
	       same_place(via->call, loc)) /* of the library, which shows the call as its own */
		via = via->call.via;
	if (!loc.src) {
		buf__str(out, "{ 0 }");
		return;
	}
	source__place(loc.src, loc.begin, &line, &col);
	source__place(loc.src, loc.end, &line2, &end);
	text = source__line(loc.src, line, &len);
	if (line2 != line)
		end = len + 1;
	buf__str(out, "{ ");
	quote(out, source__public_name(loc.src));
	buf__printf(out, ", %u, %u, %u, ", line, col, end);
	buf__quote(out, text, len);
	if (via) {
		buf__str(out, ", &(const struct btc_where)");
		where(out, via->call);
	}
	buf__str(out, " }");
}

/* --- types ------------------------------------------------------------------- */

static void enums(struct buf *out, const struct plan_type *t)
{
	size_t i;

	buf__printf(out, "static const struct btc_enum enums_%u[] = {\n", t->id);
	for (i = 0; i < t->enums->nr; i++) {
		buf__str(out, "\t{ ");
		quote(out, t->enums->v[i].name);
		buf__printf(out, ", %" PRId64 "LL },\n", t->enums->v[i].num);
	}
	buf__str(out, "\t{ NULL, 0 },\n};\n");
}

static void member(struct buf *out, const struct plan_member *m)
{
	buf__str(out, "{ ");
	quote(out, m->name);
	buf__printf(out, ", &type_%u, %u, %u, %u }", m->type->id, m->off, m->bit_off, m->bit_size);
}

static void type(struct buf *out, const struct plan_type *t)
{
	size_t i;

	if (t->enums && t->enums->nr)
		enums(out, t);
	if (t->members.nr) {
		buf__printf(out, "static const struct btc_member members_%u[] = {\n", t->id);
		for (i = 0; i < t->members.nr; i++) {
			buf__str(out, "\t");
			member(out, &t->members.v[i]);
			buf__str(out, ",\n");
		}
		buf__str(out, "};\n");
	}
	buf__printf(out, "static const struct btc_type type_%u = { .kind = %s, .size = %u", t->id,
		    t->kind, t->size);
	if (t->is_signed)
		buf__str(out, ", .is_signed = true");
	if (t->mode)
		buf__printf(out, ", .mode = %u", t->mode);
	if (t->nr)
		buf__printf(out, ", .nr = %u", t->nr);
	if (t->elem)
		buf__printf(out, ", .elem = &type_%u", t->elem->id);
	if (t->members.nr)
		buf__printf(out, ", .members = members_%u", t->id);
	if (t->enums && t->enums->nr)
		buf__printf(out, ", .enums = enums_%u", t->id);
	if (t->step)
		buf__printf(out,
			    ", .min = %" PRId64 "LL, .max = %" PRId64 "LL, .step = %" PRId64 "LL",
			    t->min, t->max, t->step);
	buf__str(out, " };\n");
}

/* --- tables --------------------------------------------------------------------- */

static void table(struct buf *out, const char *struct_name, const char *name, size_t nr)
{
	if (nr)
		buf__printf(out, "\nstatic const struct %s %s[] = {\n", struct_name, name);
}

static void end_table(struct buf *out, size_t nr)
{
	if (nr)
		buf__str(out, "};\n");
}

/* Where a late value lies in .rodata. */
static void rodata(const struct plan *p, struct buf *out, const char *symbol)
{
	if (symbol)
		buf__printf(out, "offsetof(struct %s__rodata, %s)", p->ident, symbol);
	else
		buf__str(out, "BTC_NO_RODATA");
}

static void options(const struct plan *p, struct buf *out)
{
	const struct plan_option *o;
	size_t i;

	table(out, "btc_option", "options", p->options.nr);
	for (i = 0; i < p->options.nr; i++) {
		o = &p->options.v[i];
		buf__str(out, "\t{ ");
		quote(out, o->name);
		buf__printf(out, ", %s, %u, ", o->type, o->position);
		rodata(p, out, o->symbol);
		buf__printf(out, ", %u, ", o->size);
		quote(out, o->def);
		buf__str(out, ", ");
		quote(out, o->help);
		buf__str(out, ", ");
		quote(out, o->arg);
		buf__str(out, ", ");
		place(out, o->where);
		buf__str(out, " },\n");
	}
	end_table(out, p->options.nr);
}

static size_t nr_facts(const struct plan *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->late.nr; i++)
		n += p->late.v[i].kind != NULL;
	return n;
}

static void late(const struct plan *p, struct buf *out)
{
	const struct plan_late *v;
	const struct plan_field *f;
	size_t i, n = nr_facts(p);

	table(out, "btc_late", "late", n);
	for (i = 0; i < p->late.nr; i++) {
		v = &p->late.v[i];
		if (!v->kind)
			continue;
		buf__printf(out, "\t{ %s, ", v->kind);
		quote(out, v->name);
		buf__str(out, ", ");
		rodata(p, out, v->symbol);
		buf__printf(out, ", %u, ", v->size);
		place(out, v->where);
		buf__str(out, " },\n");
	}
	end_table(out, n);
	table(out, "btc_late_field", "late_fields", p->fields.nr);
	for (i = 0; i < p->fields.nr; i++) {
		f = &p->fields.v[i];
		buf__printf(out, "\t{ %s, ", f->kind);
		quote(out, f->event);
		buf__str(out, ", ");
		quote(out, f->name);
		buf__printf(out, ", %u, %s, %s, %s, ", f->size, f->is_signed ? "true" : "false",
			    f->is_array ? "true" : "false", f->is_text ? "true" : "false");
		place(out, f->where);
		buf__str(out, " },\n");
	}
	end_table(out, p->fields.nr);
}

static const char *probe_kind(enum provider_kind k)
{
	static const char *const names[PROV_COUNT] = {
		[PROV_BEGIN] = "BTC_BEGIN",
		[PROV_END] = "BTC_END",
		[PROV_SELF] = "BTC_SELF",
		[PROV_TEST] = "BTC_TEST",
		[PROV_BENCH] = "BTC_BENCH",
		[PROV_KPROBE] = "BTC_KPROBE",
		[PROV_KRETPROBE] = "BTC_KRETPROBE",
		[PROV_FENTRY] = "BTC_FENTRY",
		[PROV_FEXIT] = "BTC_FEXIT",
		[PROV_UPROBE] = "BTC_UPROBE",
		[PROV_URETPROBE] = "BTC_URETPROBE",
		[PROV_USDT] = "BTC_USDT",
		[PROV_TRACEPOINT] = "BTC_TRACEPOINT",
		[PROV_RAWTRACEPOINT] = "BTC_RAWTRACEPOINT",
		[PROV_INTERVAL] = "BTC_INTERVAL",
		[PROV_PROFILE] = "BTC_PROFILE",
		[PROV_SOFTWARE] = "BTC_SOFTWARE",
		[PROV_HARDWARE] = "BTC_HARDWARE",
		[PROV_WATCHPOINT] = "BTC_WATCHPOINT",
		[PROV_ASYNCWATCHPOINT] = "BTC_WATCHPOINT",
		[PROV_ITER] = "BTC_ITER",
	};

	return names[k] ? names[k] : "BTC_BEGIN";
}

static void text_member(struct buf *out, const char *name, const char *val)
{
	if (!val || !*val)
		return;
	buf__printf(out, ", .%s = ", name);
	quote(out, val);
}

static void num_member(struct buf *out, const char *name, uint64_t val)
{
	if (val)
		buf__printf(out, ", .%s = %" PRIu64 "ULL", name, val);
}

static void probe(struct buf *out, const struct plan_probe *pr)
{
	const struct attach *at = pr->at;

	buf__printf(out, "\t{ .kind = %s, .prog = \"%s\", .target = ", probe_kind(at->prov->kind),
		    pr->prog);
	quote(out, at->target ? at->target : "");
	buf__str(out, ", .func = ");
	quote(out, at->func ? at->func : "");
	buf__str(out, ", .ns = ");
	quote(out, at->ns ? at->ns : "");
	text_member(out, "name", at->name ? at->name : at->text);
	text_member(out, "label", at->label);
	num_member(out, "offset", at->offset);
	num_member(out, "address", at->address);
	num_member(out, "rate", at->rate);
	num_member(out, "rate_param", at->rate_param);
	if (at->prov->kind == PROV_USDT)
		num_member(out, "nr_args", pr->nr_args);
	num_member(out, "address_param", at->address_param);
	num_member(out, "len", at->len);
	text_member(out, "mode", at->mode);
	text_member(out, "setup", pr->setup);
	text_member(out, "build_id", pr->build_id);
	text_member(out, "file", at->file);
	num_member(out, "line", at->line);
	num_member(out, "col", at->col);
	if (at->prov->kind == PROV_ASYNCWATCHPOINT)
		buf__str(out, ", .is_async = true");
	if (at->any_address)
		buf__str(out, ", .any_address = true");
	if (at->has_address)
		buf__str(out, ", .has_address = true");
	if (at->wild)
		buf__str(out, ", .wild = true");
	if (at->maybe)
		buf__str(out, ", .maybe = true");
	if (pr->per_match)
		buf__str(out, ", .per_match = true");
	num_member(out, "list", pr->list);
	buf__str(out, ", .where = ");
	place(out, at->loc);
	buf__str(out, " },\n");
}

static void maps(const struct plan *p, struct buf *out)
{
	const struct plan_map *m;
	size_t i;

	table(out, "btc_map", "maps", p->maps.nr);
	for (i = 0; i < p->maps.nr; i++) {
		m = p->maps.v[i];
		buf__str(out, "\t{ .name = ");
		quote(out, m->map->name);
		buf__printf(out, ", .bpf_name = \"%s\"", m->bpf_name);
		if (m->key)
			buf__printf(out, ", .key = &type_%u", m->key->id);
		buf__printf(out, ", .value = &type_%u", m->value->id);
		buf__printf(out, ", .key_size = %u, .value_size = %u", m->key_size, m->value_size);
		if (m->set_off)
			buf__printf(out, ", .set_off = %u", m->set_off);
		buf__printf(out, "%s%s%s },\n", m->percpu ? ", .is_percpu = true" : "",
			    m->lru ? ", .is_lru = true" : "",
			    m->fixed ? ", .fixed_entries = true" : "");
	}
	end_table(out, p->maps.nr);
}

static bool has_tseries(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->maps.nr; i++)
		if (p->maps.v[i]->map->value->kind == TY_TSERIES)
			return true;
	return false;
}

static bool has_packets(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->actions.nr; i++)
		if (!strcmp(p->actions.v[i]->verb, "BTC_PACKET"))
			return true;
	return false;
}

static unsigned map_index(const struct plan *p, const struct map *m)
{
	size_t i;

	for (i = 0; i < p->maps.nr; i++)
		if (p->maps.v[i]->map == m)
			return i;
	return 0;
}

/* Can it go wrong in the user half, or is it a message itself? */
static bool tells_place(const struct plan_action *a)
{
	return strcmp(a->verb, "BTC_PRINTF") && strcmp(a->verb, "BTC_PRINT_VALUE") &&
	       strcmp(a->verb, "BTC_EXIT") && strcmp(a->verb, "BTC_JOIN");
}

static void actions(const struct plan *p, struct buf *out)
{
	const struct plan_action *a;
	size_t i, k;

	for (i = 0; i < p->actions.nr; i++) {
		a = p->actions.v[i];
		if (!a->fields.nr)
			continue;
		buf__printf(out, "\nstatic const struct btc_member fields_%zu[] = {\n", i);
		for (k = 0; k < a->fields.nr; k++) {
			buf__str(out, "\t");
			member(out, &a->fields.v[k]);
			buf__str(out, ",\n");
		}
		buf__str(out, "};\n");
	}
	table(out, "btc_action", "actions", p->actions.nr);
	for (i = 0; i < p->actions.nr; i++) {
		a = p->actions.v[i];
		buf__printf(out, "\t{ .verb = %s, .size = %u", a->verb, a->size);
		if (a->map)
			buf__printf(out, ", .map = %u", map_index(p, a->map));
		if (a->fmt) {
			buf__str(out, ", .fmt = ");
			buf__quote(out, a->fmt, a->fmt_len);
		}
		if (a->fields.nr)
			buf__printf(out, ", .fields = fields_%zu, .nr_fields = %zu", i,
				    a->fields.nr);
		if (a->top || a->div)
			buf__printf(out, ", .top = %" PRId64 "LL, .div = %" PRId64 "LL", a->top,
				    a->div);
		if (tells_place(a)) {
			buf__str(out, ", .where = ");
			where(out, a->where);
		}
		buf__str(out, " },\n");
	}
	end_table(out, p->actions.nr);
}

static void warns(const struct plan *p, struct buf *out)
{
	const struct plan_warn *w;
	size_t i;

	table(out, "btc_warn_place", "warns", p->warns.nr);
	for (i = 0; i < p->warns.nr; i++) {
		w = &p->warns.v[i];
		buf__printf(out, "\t{ %s, ", w->kind);
		quote(out, w->helper);
		buf__str(out, ", ");
		quote(out, w->map);
		buf__str(out, ", ");
		where(out, w->where);
		buf__str(out, " },\n");
	}
	end_table(out, p->warns.nr);
}

/* --- the program ---------------------------------------------------------------------- */

static void count(struct buf *out, const char *name, size_t nr)
{
	if (nr)
		buf__printf(out, "\t.%s = %s,\n\t.nr_%s = BTC_COUNT(%s),\n", name, name, name,
			    name);
}

static void about(const struct plan *p, struct buf *out)
{
	struct arena *a = arena__new();

	buf__str(out, "\t.summary = ");
	quote(out, p->about->summary);
	buf__str(out, ",\n\t.description = ");
	quote(out, about__text(a, p->about));
	buf__printf(out, ",\n\t.uses = %#x,\n", p->uses);
	arena__free(a);
}

static void program(const struct plan *p, struct buf *out)
{
	const struct config *c = p->cfg;
	uint32_t packed_len = embed__text(p, out);
	size_t i;

	if (p->formats.nr) {
		buf__str(out, "\nstatic const struct btc_text formats[] = {\n");
		for (i = 0; i < p->formats.nr; i++) {
			buf__str(out, "\t{ ");
			quote(out, p->formats.v[i].text);
			buf__str(out, ", ");
			where(out, p->formats.v[i].where);
			buf__str(out, " },\n");
		}
		buf__str(out, "};\n");
	}
	buf__str(out, "\nstatic const struct btc_program program = {\n\t.name = ");
	quote(out, p->name);
	buf__str(out, ",\n\t.source = ");
	quote(out, p->source);
	buf__str(out, ",\n\t.version = \"" BTC_VERSION "\",\n");
	about(p, out);
	embed__members(p, out, packed_len);
	buf__printf(out, "\t.elf_bytes = %s__elf_bytes,\n", p->ident);
	if (p->uses_core)
		buf__str(out, "\t.uses_core = true,\n");
	buf__str(out, "\t.config = {\n");
	buf__printf(out,
		    "\t\t.max_strlen = %" PRIu64 ", .max_cat_bytes = %" PRIu64
		    ", .max_map_keys = %" PRIu64 ",\n\t\t.max_probes = %" PRIu64
		    ", .max_bpf_progs = %" PRIu64 ", .log_size = %" PRIu64 ",\n",
		    c->max_strlen, c->max_cat_bytes, c->max_map_keys, c->max_probes,
		    c->max_bpf_progs, c->log_size);
	buf__printf(out,
		    "\t\t.print_maps_on_exit = %s, .cpp_demangle = %s, .missing_probes = %u,\n",
		    c->print_maps_on_exit ? "true" : "false", c->cpp_demangle ? "true" : "false",
		    c->missing_probes);
	if (c->cache_user_symbols && !strcmp(c->cache_user_symbols, "NONE"))
		buf__str(out, "\t\t.forget_users = true,\n");
	buf__str(out, "\t\t.str_trunc_trailer = ");
	quote(out, c->str_trunc_trailer);
	buf__str(out, ",\n\t},\n");
	count(out, "options", p->options.nr);
	count(out, "late", nr_facts(p));
	count(out, "late_fields", p->fields.nr);
	count(out, "probes", p->probes.nr);
	count(out, "maps", p->maps.nr);
	count(out, "actions", p->actions.nr);
	count(out, "warns", p->warns.nr);
	if (has_tseries(p))
		buf__str(out, "\t.tseries = &btc_tseries_ops,\n");
	if (has_packets(p))
		buf__str(out, "\t.packets = &btc_packet_ops,\n");
	count(out, "formats", p->formats.nr);
	buf__str(out, "};\n\nBTC_TOOL(program)\n");
}

void emit_host(const struct plan *p, struct buf *out)
{
	size_t i;

	buf__comment(out, "The user half of %s, made by btc from %s.", p->name, p->source);
	buf__printf(out, "#include \"btc.h\"\n#include \"%s.skel.h\"\n\n", p->ident);
	for (i = 0; i < p->types.nr; i++)
		type(out, p->types.v[i]);
	options(p, out);
	late(p, out);
	table(out, "btc_probe", "probes", p->probes.nr);
	for (i = 0; i < p->probes.nr; i++)
		probe(out, &p->probes.v[i]);
	end_table(out, p->probes.nr);
	maps(p, out);
	actions(p, out);
	warns(p, out);
	program(p, out);
}
