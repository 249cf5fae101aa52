// SPDX-License-Identifier: Apache-2.0
/*
 * uaddr(): addresses of symbols in the files that user probes are in. The
 * compiler cannot know them, and a tool only as far as the file tells: of what
 * is mapped anywhere, the program in the kernel adds where that is.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

static bool wants(const struct btc_late *l, const struct btc_place *pl)
{
	size_t len = strcspn(l->name, ":");

	return l->kind == BTC_LATE_UADDR && !pl->dropped && !strncmp(l->name, pl->pr->prog, len) &&
	       !pl->pr->prog[len];
}

__u64 btc_uaddr_first(const struct btc_run *r, const struct btc_late *late)
{
	const struct btc_late *l;
	__u64 n = 0;

	for (l = r->p->late; l < late; l++)
		n += l->kind == BTC_LATE_UADDR;
	return n * r->nr_places;
}

bool btc_wants_uaddr(const struct btc_run *r)
{
	unsigned i;

	for (i = 0; i < r->p->nr_late; i++)
		if (r->p->late[i].kind == BTC_LATE_UADDR)
			return true;
	return false;
}

int btc_uaddr_size(struct btc_run *r)
{
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, "btc_uaddrs");
	__u64 nr = btc_uaddr_first(r, r->p->late + r->p->nr_late);

	return map && nr ? bpf_map__set_max_entries(map, nr) : 0;
}

static int find(struct btc_run *r, const struct btc_late *l, const struct btc_place *pl,
		struct btc_uaddr *u)
{
	const char *name = strchr(l->name, ':') + 1;
	struct btc_elf e;
	__u64 size;
	int err;

	err = btc_elf_open(&e, pl->target);
	if (err)
		return err;
	err = btc_elf_symbol(&e, pl->target, name, &u->addr, &size);
	u->is_rel = e.is_dyn;
	u->place = 0; /* a usdt probe tells it itself */
	if (!err && pl->pr->kind != BTC_USDT)
		btc_elf_to_addr(&e, pl->offset, &u->place);
	btc_elf_close(&e);
	return err ? btc_fail(r, BTC_STATUS_FACT, l->where, "%s has no symbol '%s'", pl->target,
			      name)
		   : 0;
}

int btc_uaddr_fill(struct btc_run *r)
{
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, "btc_uaddrs");
	const struct btc_late *l = r->p->late;
	struct btc_uaddr u;
	unsigned i, k;
	int err = 0;
	__u32 key;

	for (i = 0; map && i < r->p->nr_late; i++, l++) {
		for (k = 0; !err && k < r->nr_places; k++) {
			if (!wants(l, &r->places[k]))
				continue;
			memset(&u, 0, sizeof(u));
			err = find(r, l, &r->places[k], &u);
			key = btc_uaddr_first(r, l) + r->places[k].number;
			if (!err)
				err = bpf_map_update_elem(bpf_map__fd(map), &key, &u, BPF_ANY);
		}
	}
	return err;
}
