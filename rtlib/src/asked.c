// SPDX-License-Identifier: Apache-2.0
/*
 * --list, --info and --source: what a tool says instead of tracing, and
 * --probe-filter. None of it needs privileges, but those of reading tracefs.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "internal.h"

static bool is_special(const struct btc_probe *pr)
{
	switch (pr->kind) {
	case BTC_BEGIN:
	case BTC_END:
	case BTC_SELF:
	case BTC_TEST:
	case BTC_BENCH: return true;
	}
	return false;
}

void btc_filter_places(struct btc_run *r)
{
	struct btc_place *pl = r->places;
	unsigned i;

	for (i = 0; i < r->nr_places && r->filter; i++, pl++)
		if (!is_special(pl->pr) && !btc_regex_search(r->filter, pl->name))
			pl->dropped = pl->filtered = true;
}

/* --- --list --- */

static void list(struct btc_run *r)
{
	const struct btc_place *pl = r->places;
	unsigned i;

	for (i = 0; i < r->nr_places; i++, pl++) {
		if (pl->dropped || (is_special(pl->pr) && pl->pr->kind != BTC_SELF))
			continue;
		if (r->verbose) {
			btc_out_printf(&r->out, "%s\t%s\n", pl->name, pl->pr->where);
			continue;
		}
		if (pl->number == i)
			btc_out_printf(&r->out, "%s\n", pl->name);
	}
}

/* --- --source --- */

static int source(struct btc_run *r)
{
	const struct btc_program *p = r->p;
	uLongf len = p->text_len;
	char *text;

	if (!p->text)
		return btc_fail(r, BTC_STATUS_FACT, NULL, "the tool does not hold its script");
	if (p->packed_len) {
		text = malloc(len + 1);
		if (!text || uncompress((Bytef *)text, &len, (const Bytef *)p->text, p->packed_len))
			return btc_fail(r, BTC_STATUS_FACT, NULL, "the script cannot be unpacked");
		btc_out_mem(&r->out, text, len);
		free(text);
	} else {
		btc_out_mem(&r->out, p->text, len);
	}
	return 0;
}

/* --- --info --- */

static void row(struct btc_run *r, const char *name, const char *text)
{
	if (text && *text)
		btc_out_printf(&r->out, "%-12s%s\n", name, text);
}

/* As the kernel counts: what is allocated at once, and at most. */
static void map_bytes(const struct btc_run *r, const struct bpf_map *m, __u64 *now, __u64 *most)
{
	__u64 n = bpf_map__max_entries(m), value = BTC_ALIGN8(bpf_map__value_size(m));
	__u64 key = BTC_ALIGN8(bpf_map__key_size(m));

	switch (bpf_map__type(m)) {
	case BPF_MAP_TYPE_RINGBUF: *now = *most = n; return;
	case BPF_MAP_TYPE_PERCPU_ARRAY: value *= r->nr_cpus; /* fall through */
	case BPF_MAP_TYPE_ARRAY: *now = *most = n * value; return;
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH: value *= r->nr_cpus; /* fall through */
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
		*most = n * (key + value + 48); /* an element's own head */
		*now = bpf_map__map_flags(m) & BPF_F_NO_PREALLOC ? 0 : *most;
		return;
	default: *now = 0; *most = n * (key + value);
	}
}

static void size_text(char *buf, size_t room, __u64 bytes)
{
	if (bytes < 10240)
		snprintf(buf, room, "%llu B", (unsigned long long)bytes);
	else if (bytes < 10240 << 10)
		snprintf(buf, room, "%llu KiB", (unsigned long long)(bytes + 1023) >> 10);
	else
		snprintf(buf, room, "%llu MiB", (unsigned long long)(bytes + (1 << 20) - 1) >> 20);
}

static const char *shown_name(const struct btc_run *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->p->nr_maps; i++)
		if (!strcmp(r->p->maps[i].bpf_name, name))
			return r->p->maps[i].name;
	return name;
}

static void maps(struct btc_run *r)
{
	__u64 now, most, all_now = 0, all_most = 0;
	char a[32], b[32], name[64];
	struct bpf_map *m;

	bpf_object__for_each_map(m, r->obj)
	{
		if (!bpf_map__autocreate(m))
			continue;
		map_bytes(r, m, &now, &most);
		all_now += now;
		all_most += most;
		size_text(a, sizeof(a), now);
		size_text(b, sizeof(b), most);
		snprintf(name, sizeof(name), "%s", shown_name(r, bpf_map__name(m)));
		btc_out_printf(&r->out, "%-12s%s: %s, %u x (%u + %u), %s%s%s\n", "map", name,
			       libbpf_bpf_map_type_str(bpf_map__type(m)), bpf_map__max_entries(m),
			       bpf_map__key_size(m), bpf_map__value_size(m), a,
			       now == most ? "" : ", at most ", now == most ? "" : b);
	}
	size_text(a, sizeof(a), all_now);
	size_text(b, sizeof(b), all_most);
	btc_out_printf(&r->out, "%-12s%s%s%s, with %u CPUs\n", "memory", a,
		       all_now == all_most ? "" : ", at most ", all_now == all_most ? "" : b,
		       r->nr_cpus);
}

static int info(struct btc_run *r)
{
	const struct btc_program *p = r->p;
	char text[64];
	unsigned i;
	int err;

	row(r, "tool", p->name);
	row(r, "summary", p->summary);
	row(r, "script", p->source);
	row(r, "script hash", p->text_hash);
	row(r, "object hash", p->object_hash);
	snprintf(text, sizeof(text), "btc %s", p->version ? p->version : "?");
	row(r, "compiler", text);
	row(r, "types of", p->made_for);
	for (i = 0; i < p->nr_probes; i++)
		btc_out_printf(&r->out, "%-12s%s\t%s\n", "probe", p->probes[i].name,
			       p->probes[i].where);
	err = btc_load_sizes(r);
	if (!err)
		maps(r);
	return err;
}

int btc_asked(struct btc_run *r)
{
	int err = 0;

	switch (r->ask) {
	case BTC_ASK_LIST: list(r); break;
	case BTC_ASK_INFO: err = info(r); break;
	case BTC_ASK_SOURCE: err = source(r); break;
	default: break;
	}
	btc_out_flush(&r->out);
	return err;
}
