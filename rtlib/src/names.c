/* SPDX-License-Identifier: Apache-2.0 */
/* The table of names that programs read where they want a probe's name as text. */
#include <string.h>

#include "internal.h"

static struct bpf_map *names_map(const struct btc_run *r)
{
	return bpf_object__find_map_by_name(r->obj, "btc_names");
}

int btc_names_size(struct btc_run *r)
{
	struct bpf_map *map = names_map(r);

	return map && r->nr_places ? bpf_map__set_max_entries(map, r->nr_places) : 0;
}

int btc_names_fill(struct btc_run *r)
{
	struct bpf_map *map = names_map(r);
	char name[BTC_PROBE_NAME];
	__u32 i;
	int err = 0;

	for (i = 0; map && !err && i < r->nr_places; i++) {
		memset(name, 0, sizeof(name));
		strncpy(name, r->places[i].name, sizeof(name) - 1);
		err = bpf_map_update_elem(bpf_map__fd(map), &i, name, BPF_ANY);
	}
	return err;
}
