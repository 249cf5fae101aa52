// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel half of the plan as BPF C. Every line of a body carries the number
 * of the script's line, so that the verifier's log and a debugger show that one.
 */
#include <stdio.h>
#include <string.h>

#include "plan.h"

static void section(struct buf *out, const char *title)
{
	buf__printf(out, "\n/* --- %s --- */\n\n", title);
}

static void late_values(const struct plan *p, struct buf *out)
{
	size_t i;

	if (!p->late.nr && !p->fields.nr)
		return;
	section(out, "late values");
	for (i = 0; i < p->late.nr; i++)
		buf__printf(out, "const volatile %s;\n", p->late.v[i].decl);
	if (!p->fields.nr)
		return;
	if (p->late.nr)
		buf__str(out, "\n");
	buf__str(out, "enum {\n");
	for (i = 0; i < p->fields.nr; i++)
		buf__printf(out, "\t%s,\n", p->fields.v[i].symbol);
	buf__str(out, "};\n");
}

static const char *kernel_word(const struct plan_ktype *k)
{
	return k->is_typedef ? "" : k->is_union ? "union " : "struct ";
}

/* Types that a kernel type embeds come before it. */
static void kernel_type(const struct plan *p, struct buf *out, size_t i, bool *done)
{
	const struct plan_ktype *k = p->ktypes.v[i];
	char tag[256];
	size_t m, n;

	if (done[i])
		return;
	done[i] = true;
	for (n = 0; n < p->ktypes.nr; n++) {
		snprintf(tag, sizeof(tag), "%s%s ", kernel_word(p->ktypes.v[n]),
			 p->ktypes.v[n]->name);
		for (m = 0; m < k->members.nr; m++)
			if (n != i && !strncmp(k->members.v[m], tag, strlen(tag)))
				kernel_type(p, out, n, done);
	}
	if (k->is_typedef)
		buf__printf(out, "typedef %s {\n", k->is_union ? "union" : "struct");
	else
		buf__printf(out, "%s%s {\n", kernel_word(k), k->name);
	for (m = 0; m < k->members.nr; m++)
		buf__printf(out, "\t%s;\n", k->members.v[m]);
	if (!k->members.nr) /* clang dies of members without a size */
		buf__str(out, "\tchar btc_unused;\n");
	if (k->is_typedef)
		buf__printf(out, "} BTC_KERNEL_TYPE %s;\n\n", k->name);
	else
		buf__str(out, "} BTC_KERNEL_TYPE;\n\n");
}

/* What follows "___" is no part of a name for libbpf; it keeps these apart from our own. */
static void enums(const struct plan *p, struct buf *out)
{
	size_t i, k;

	for (i = 0; i < p->enums.nr; i++) {
		for (k = 0; k < i; k++)
			if (!strcmp(p->enums.v[k].type, p->enums.v[i].type))
				break;
		if (k < i)
			continue;
		buf__printf(out, "enum %s___k {\n", p->enums.v[i].type);
		for (k = i; k < p->enums.nr; k++)
			if (!strcmp(p->enums.v[k].type, p->enums.v[i].type))
				buf__printf(out, "\t%s___k = %zu,\n", p->enums.v[k].name, k + 1);
		buf__str(out, "};\n\n");
	}
}

static void kernel_types(const struct plan *p, struct buf *out)
{
	bool done[p->ktypes.nr + 1];
	size_t i;

	if (!p->ktypes.nr && !p->enums.nr)
		return;
	memset(done, 0, sizeof(done));
	section(out, "kernel types, as far as they are used");
	enums(p, out);
	for (i = 0; i < p->ktypes.nr; i++)
		kernel_type(p, out, i, done);
	out->s[--out->len] = '\0';
}

static void structs(const struct plan *p, struct buf *out)
{
	const struct plan_struct *s;
	size_t i, m;

	if (p->actions.nr) {
		section(out, "records");
		buf__str(out, "enum {\n");
		for (i = 0; i < p->actions.nr; i++)
			buf__printf(out, "\t%s,\n", p->actions.v[i]->name);
		buf__str(out, "};\n");
	}
	if (!p->structs.nr)
		return;
	section(out, "layouts");
	for (i = 0; i < p->structs.nr; i++) {
		s = p->structs.v[i];
		buf__printf(out, "%sstruct %s {\n", i ? "\n" : "", s->name);
		for (m = 0; m < s->members.nr; m++)
			buf__printf(out, "\t%s;\n", s->members.v[m]);
		buf__str(out, "};\n");
	}
}

static void map_def(struct buf *out, const char *name, const char *type, unsigned long long entries,
		    const char *key, const char *value)
{
	buf__str(out, "struct {\n");
	buf__printf(out, "\t__uint(type, %s);\n", type);
	buf__printf(out, "\t__uint(max_entries, %llu);\n", entries);
	buf__printf(out, "\t__type(key, %s);\n", key);
	buf__printf(out, "\t__type(value, %s);\n", value);
	buf__printf(out, "} %s SEC(\".maps\");\n", name);
}

static void maps(const struct plan *p, struct buf *out)
{
	size_t i;

	if (p->maps.nr)
		section(out, "maps");
	for (i = 0; i < p->maps.nr; i++) {
		buf__str(out, i ? "\n" : "");
		map_def(out, p->maps.v[i]->bpf_name, p->maps.v[i]->bpf_type, p->maps.v[i]->entries,
			p->maps.v[i]->key_c, p->maps.v[i]->value_c);
	}
	if (!p->scratch.nr)
		return;
	section(out, "scratch memory, one layout for each program");
	buf__str(out, "union scratch {\n");
	for (i = 0; i < p->scratch.nr; i++)
		buf__printf(out, "\tstruct %s p%zu;\n", p->scratch.v[i], i + 1);
	buf__str(out, "};\n\nstruct {\n\t__uint(type, BTC_SCRATCH_TYPE);\n");
	buf__str(out, "\t__uint(max_entries, BTC_SCRATCH_SLOTS);\n\t__type(key, __u32);\n");
	buf__str(out, "\t__type(value, union scratch);\n} btc_scratch SEC(\".maps\");\n");
}

static void constants(const struct plan *p, struct buf *out)
{
	size_t i;

	if (p->strings.nr || p->warns.nr)
		section(out, "constants and warnings");
	for (i = 0; i < p->strings.nr; i++)
		buf__printf(out, "%s;\n", p->strings.v[i]);
	if (p->warns.nr)
		buf__printf(out, "%sstruct btc_warn btc_warns[%zu] SEC(\".data.warn\");\n",
			    p->strings.nr ? "\n" : "", p->warns.nr);
}

static void indent(struct buf *out, unsigned n)
{
	while (n--)
		buf__str(out, "\t");
}

/* The program itself: its body, unless another one is running on this CPU. */
static void guarded(struct buf *out, const struct plan_func *f)
{
	bool tracepoint = !strcmp(f->sec, "tp");

	buf__printf(out, "\nSEC(\"%s\")\nint %s(void *ctx)\n{\n", f->sec, f->name);
	buf__printf(out, "\t__u32 *busy = btc_guard_enter();\n\tint ret = %d;\n\n", tracepoint);
	buf__printf(out,
		    "\tif (busy) {\n\t\tret = %s_body(ctx);\n\t\tbtc_guard_leave(busy);\n\t}\n",
		    f->name);
	buf__str(out, "\treturn ret;\n}\n");
}

static void function(const struct plan *p, struct buf *out, const struct plan_func *f)
{
	const char *slash = strrchr(p->source, '/'), *file = slash ? slash + 1 : p->source;
	const struct plan_line *line;
	size_t i;

	buf__str(out, "\n");
	if (f->comment)
		buf__comment(out, "%s", f->comment);
	if (f->sec && p->guarded)
		buf__printf(out, "static __always_inline int %s_body(void *ctx)\n{\n", f->name);
	else if (f->sec)
		buf__printf(out, "SEC(\"%s\")\nint %s(void *ctx)\n{\n", f->sec, f->name);
	else
		buf__printf(out, "%s\n{\n", f->proto);
	for (i = 0; i < f->decls.nr; i++)
		buf__printf(out, "\t%s;\n", f->decls.v[i]);
	if (f->decls.nr)
		buf__str(out, "\n");
	for (i = 0; i < f->lines.nr; i++) {
		line = &f->lines.v[i];
		if (line->line) {
			buf__printf(out, "#line %u ", line->line);
			buf__quote(out, line->file ? line->file : file,
				   strlen(line->file ? line->file : file));
			buf__str(out, "\n");
		}
		indent(out, line->indent);
		buf__printf(out, "%s\n", line->text);
	}
	buf__str(out, "}\n");
	if (f->sec && p->guarded)
		guarded(out, f);
}

void emit_bpf(const struct plan *p, struct buf *out)
{
	size_t i;

	buf__comment(out, "The kernel half of %s, made by btc from %s.", p->name, p->source);
	if (strcmp(p->cfg->license, "GPL")) {
		buf__str(out, "#define BTC_LICENSE ");
		buf__quote(out, p->cfg->license, strlen(p->cfg->license));
		buf__str(out, "\n");
	}
	if (p->ring_bytes != 2 << 20)
		buf__printf(out, "#define BTC_RING_SIZE %u\n", p->ring_bytes);
	if (p->guarded)
		buf__str(out, "#define BTC_GUARDED\n");
	if (p->scratch_size > PERCPU_LIMIT)
		buf__str(out, "#define BTC_LARGE_SCRATCH\n");
	buf__str(out, "#include \"btc.bpf.h\"\n");
	for (i = 0; i < p->includes.nr; i++)
		buf__printf(out, "#include \"%s\"\n", p->includes.v[i]);
	late_values(p, out);
	kernel_types(p, out);
	structs(p, out);
	maps(p, out);
	constants(p, out);
	if (p->externs.nr)
		section(out, "from elsewhere");
	for (i = 0; i < p->externs.nr; i++)
		buf__printf(out, "%s\n", p->externs.v[i]);
	if (p->funcs.nr) {
		buf__str(out, "\n/* --- probes --- */\n");
		for (i = 0; i < p->funcs.nr; i++)
			function(p, out, p->funcs.v[i]);
	}
}
