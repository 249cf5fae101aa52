// SPDX-License-Identifier: Apache-2.0
/*
 * --check: what the tool needs, a line for each, and whether this machine has
 * it. What tracing would do is done as far as loading the programs, and what is said
 * on the way is kept: it becomes the reasons. Nothing is attached.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

struct said {
	char *where, *text;
	bool used;
};

/* What is said and noted comes without an argument. */
static struct said *said;
static unsigned nr_said;
static __u64 helpers[8]; /* set of their numbers */

struct check {
	struct btc_run *r;
	struct btc_strs told; /* rows that were printed */
	unsigned nr_no;
	bool strict; /* a missing probe is an error */
};

static void on_said(const char *where, const char *text)
{
	struct said *grown = realloc(said, (nr_said + 1) * sizeof(*said));

	if (!grown)
		return;
	said = grown;
	said[nr_said++] = (struct said){ .where = strdup(where), .text = strdup(text) };
}

void btc_check_note(const struct bpf_insn *insn, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (insn[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			i++; /* takes two */
		else if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg &&
			 (__u32)insn[i].imm < 64 * BTC_COUNT(helpers))
			helpers[insn[i].imm / 64] |= 1ull << (insn[i].imm & 63);
	}
}

enum weight {
	MAY, /* it runs without */
	MUST,
	MIGHT, /* loading the programs will tell */
};

/* "yes  what", "no   what: why" */
static void row(struct check *c, bool is, enum weight weight, const char *what, const char *why)
{
	size_t i;

	for (i = 0; i < c->told.nr; i++)
		if (!strcmp(c->told.s[i], what))
			return;
	btc_strs_add(&c->told, what);
	c->nr_no += !is && weight == MUST;
	btc_out_printf(&c->r->out, "%-5s%s%s%s%s\n", is ? "yes" : "no", what,
		       is || !*why ? "" : ": ", is ? "" : why,
		       is || weight != MAY ? "" : " (it runs without)");
}

/* --- what the kernel has --- */

static void capabilities(struct check *c)
{
	struct btc_cap cap[BTC_MAX_CAPS];
	unsigned i, nr = btc_caps(c->r, cap);
	char text[128];

	for (i = 0; i < nr; i++) {
		snprintf(text, sizeof(text), "%s, %s", cap[i].name, cap[i].why);
		row(c, cap[i].have, cap[i].must ? MUST : MAY, text, "");
	}
}

static bool wants_btf(const struct btc_program *p)
{
	unsigned i;

	for (i = 0; i < p->nr_probes; i++)
		if (p->probes[i].kind == BTC_FENTRY || p->probes[i].kind == BTC_FEXIT ||
		    p->probes[i].kind == BTC_ITER)
			return true;
	return p->uses_core;
}

static bool has_member(const struct btc_kbtf *b, const struct btf_type *t, const char *name,
		       size_t len, __u32 *type)
{
	const struct btf_member *m = btf_members(t);
	unsigned i;

	for (i = 0; i < btf_vlen(t); i++, m++) {
		const char *s = btc_kbtf_str(b, m->name_off);
		const struct btf_type *in;

		if (!*s) {
			in = btc_kbtf_plain(b, m->type);
			if (in && btf_is_composite(in) && has_member(b, in, name, len, type))
				return true;
		} else if (!strncmp(s, name, len) && !s[len]) {
			*type = m->type;
			return true;
		}
	}
	return false;
}

static bool has_enumerator(const struct btc_kbtf *b, const struct btf_type *t, const char *name)
{
	size_t size = btf_kind(t) == BTF_KIND_ENUM64 ? sizeof(struct btf_enum64)
						     : sizeof(struct btf_enum);
	const char *at = (const char *)(t + 1);
	unsigned i;

	for (i = 0; i < btf_vlen(t); i++, at += size) /* both begin with the name */
		if (!strcmp(btc_kbtf_str(b, *(const __u32 *)at), name))
			return true;
	return false;
}

static bool has_path(const struct btc_kbtf *b, const struct btf_type *t, const char *path)
{
	size_t len;
	__u32 type;

	for (; t && *path; path += len + (path[len] == '.')) {
		if (btf_is_any_enum(t))
			return has_enumerator(b, t, path);
		len = strcspn(path, ".");
		while (t && btf_is_array(t))
			t = btc_kbtf_plain(b, btf_array(t)->type);
		if (!t || !btf_is_composite(t) || !has_member(b, t, path, len, &type))
			return false;
		t = btc_kbtf_plain(b, type);
	}
	return true;
}

/* Several types may have one name; that one of them fits is enough. */
static void type_need(const char *name, const char *path, bool must, void *arg)
{
	struct check *c = arg;
	struct btc_kbtf *b = btc_kernel(c->r);
	bool type = false, fits = false;
	char text[512];
	__u32 i;

	for (i = 0; b && !fits && i < b->nr; i++) {
		const struct btf_type *t = (const void *)(b->raw + b->off[i]);

		if (!t->name_off || (!btf_is_composite(t) && !btf_is_any_enum(t)) ||
		    strcmp(b->str + t->name_off, name))
			continue;
		type = true;
		fits = has_path(b, t, path);
	}
	snprintf(text, sizeof(text), "type %s%s%s", name, *path ? "." : "", path);
	/* A path that is not taken may need it, and a module may have it. */
	row(c, fits, must ? MIGHT : MAY, text,
	    type ? "this kernel has no such member" : "this kernel has no such type");
}

static void types(struct check *c)
{
	const void *elf;
	size_t size;

	if (wants_btf(c->r->p))
		row(c, btc_kernel(c->r), MUST, "kernel BTF",
		    "no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)");
	elf = c->r->p->elf_bytes(&size);
	if (c->r->p->uses_core && btc_kernel(c->r))
		btc_core_needs(elf, size, type_need, c);
}

static void fields(struct check *c)
{
	const struct btc_late_field *l = c->r->p->late_fields;
	struct btc_bound f;
	char text[256];
	unsigned i;
	int err;

	for (i = 0; i < c->r->p->nr_late_fields; i++, l++) {
		if (l->kind != BTC_FIELD_TRACEPOINT || !l->event)
			continue;
		err = btc_tracefs_field(l->event, l->name, &f);
		snprintf(text, sizeof(text), "field %s of tracepoint %s", l->name, l->event);
		row(c, !err, c->strict ? MUST : MAY, text,
		    err == -ENOMSG ? "the tracepoint has none of this name" : strerror(-err));
	}
}

static void symbols(struct check *c)
{
	const struct btc_late *l = c->r->p->late;
	char text[256];
	unsigned i;
	__u64 v;
	int err;

	for (i = 0; i < c->r->p->nr_late; i++, l++) {
		if (l->kind == BTC_LATE_KADDR) {
			err = btc_ksyms_addr(l->name, &v);
			snprintf(text, sizeof(text), "kernel symbol %s", l->name);
			row(c, !err, MUST, text,
			    err == -EPERM ? "its address is hidden" : "there is none");
		} else if (l->kind == BTC_LATE_CGROUPID) {
			err = btc_cgroup_id(l->name, &v);
			snprintf(text, sizeof(text), "cgroup %s", l->name);
			row(c, !err, MUST, text, strerror(-err));
		}
	}
}

/* --- probes --- */

static const char *reason(const char *where)
{
	unsigned i;

	for (i = 0; i < nr_said; i++)
		if (!said[i].used && !strcmp(said[i].where, where)) {
			said[i].used = true;
			return said[i].text;
		}
	return NULL;
}

/* Of what is otherwise found out by attaching. */
static const char *missing(struct check *c, const struct btc_place *pl)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .disabled = 1 };
	struct btc_kbtf *b;
	__u64 addr;
	int fd;

	switch (pl->pr->kind) {
	case BTC_KPROBE:
	case BTC_KRETPROBE:
		if (!btc_has_kprobes())
			return "this kernel has no kprobes";
		if (!pl->pr->wild && !pl->pr->has_address &&
		    btc_ksyms_addr(pl->func, &addr) == -ENOENT)
			return "this kernel has no such function";
		return NULL;
	case BTC_RAWTRACEPOINT:
		b = btc_module(c->r, pl->target);
		return !b || btc_kbtf_proto(b, pl->func, true) ? NULL : "this kernel has none";
	case BTC_FENTRY:
	case BTC_FEXIT:
		b = btc_module(c->r, pl->target);
		return pl->bpf_id || (b && btc_kbtf_func(b, pl->func))
			       ? NULL
			       : "the kernel's BTF has no such function";
	case BTC_HARDWARE: /* any counter will do */
		attr.type = PERF_TYPE_HARDWARE;
		fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
		if (fd < 0 && errno != EACCES && errno != EPERM)
			return "this machine has no counters";
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	return NULL;
}

static void probe(struct check *c, const struct btc_probe *pr)
{
	const struct btc_place *pl = c->r->places;
	const char *why = reason(pr->where), *gone = NULL;
	unsigned i, n = 0;
	char text[640];

	for (i = 0; i < c->r->nr_places; i++, pl++) {
		if (pl->pr != pr || pl->filtered)
			continue;
		gone = missing(c, pl);
		n += !gone;
	}
	if (!why && !n)
		why = gone; /* of several matches some may be missing */
	if (n > 1)
		snprintf(text, sizeof(text), "probe %s, %u of them", pr->name, n);
	else
		snprintf(text, sizeof(text), "probe %s", pr->name);
	row(c, n && !why, c->strict ? MUST : MAY, text, why ? why : "nothing matches");
}

static bool is_special(const struct btc_probe *pr)
{
	return pr->kind == BTC_BEGIN || pr->kind == BTC_END || pr->kind == BTC_SELF ||
	       pr->kind == BTC_TEST || pr->kind == BTC_BENCH;
}

static int probes(struct check *c)
{
	int err = btc_places(c->r);
	unsigned i;

	for (i = 0; i < c->r->p->nr_probes; i++)
		if (!is_special(&c->r->p->probes[i]))
			probe(c, &c->r->p->probes[i]);
	return err;
}

/* --- programs --- */

#define NAME(x) #x
static const char *const helper_names[] = { __BPF_FUNC_MAPPER(NAME) };
#undef NAME

static void loaded(struct check *c)
{
	struct bpf_program *prog;
	struct bpf_map *m;
	char text[128];
	unsigned i, n = 0;

	for (i = 0; i < 64 * BTC_COUNT(helpers); i++) {
		if (!(helpers[i / 64] >> (i & 63) & 1))
			continue;
		snprintf(text, sizeof(text), "helper %s",
			 i < BTC_COUNT(helper_names) ? helper_names[i] : "of a newer kernel");
		row(c, true, MUST, text, "");
	}
	bpf_object__for_each_map(m, c->r->obj)
	{
		snprintf(text, sizeof(text), "map type %s",
			 libbpf_bpf_map_type_str(bpf_map__type(m)));
		row(c, true, MUST, text, "");
	}
	bpf_object__for_each_program(prog, c->r->obj) n += bpf_program__autoload(prog);
	snprintf(text, sizeof(text), "the verifier's consent, for %u program%s", n,
		 n == 1 ? "" : "s");
	row(c, true, MUST, text, "");
}

/* What was said and is not told yet. */
static void rest(struct check *c, enum weight weight)
{
	char text[320];
	unsigned i;

	for (i = 0; i < nr_said; i++) {
		if (said[i].used)
			continue;
		said[i].used = true;
		snprintf(text, sizeof(text), "what %s needs",
			 *said[i].where ? said[i].where : c->r->p->name);
		row(c, false, weight, text, said[i].text);
	}
}

int btc_check(struct btc_run *r)
{
	struct check c = { .r = r, .strict = r->config.missing_probes == 0 };
	unsigned i;
	int err;

	r->config.missing_probes = 1;
	r->no_warnings = false;
	btc_listen(on_said);
	capabilities(&c);
	types(&c);
	err = probes(&c);
	fields(&c);
	symbols(&c);
	rest(&c, err || c.strict ? MUST : MAY);
	if (!err && !c.nr_no) {
		err = btc_load(r);
		rest(&c, err || c.strict ? MUST : MAY);
		if (!err)
			loaded(&c);
	}
	btc_listen(NULL);
	r->told = false;
	r->status = 0;
	if (err && !c.nr_no)
		row(&c, false, MUST, "what loading takes", strerror(-err));
	if (!c.nr_no)
		btc_out_printf(&r->out, "%s can run here\n", r->p->name);
	else
		btc_out_printf(&r->out, "%s cannot run here: %u need%s not met\n", r->p->name,
			       c.nr_no, c.nr_no == 1 ? " is" : "s are");
	btc_out_flush(&r->out);
	r->told = true;
	r->status = c.nr_no ? 1 : 0;
	for (i = 0; i < nr_said; i++) {
		free(said[i].where);
		free(said[i].text);
	}
	free(said);
	said = NULL;
	nr_said = 0;
	btc_strs_free(&c.told);
	return 0;
}
