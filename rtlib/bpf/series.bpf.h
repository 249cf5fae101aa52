/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* delete() and has_key() of a time series: all elements of its map that have the key. */
#ifndef BTC_SERIES_BPF_H
#define BTC_SERIES_BPF_H

#include "btc.bpf.h"

/* A key of the map is @type; its first @size bytes are the script's key. */
#define BTC_SERIES(name, type, size)                                                             \
	struct find_##name {                                                                     \
		const void *key;                                                                 \
		__u64 drop, found; /* 6.1 follows constants on the stack only as 8 bytes */      \
	};                                                                                       \
                                                                                                 \
	static long find_in_##name(void *map, const type *key, void *val, struct find_##name *f) \
	{                                                                                        \
		const char *a = (const char *)key, *b = f->key;                                  \
		__u32 i;                                                                         \
                                                                                                 \
		for (i = 0; i < (size); i++)                                                     \
			if (a[i] != b[i])                                                        \
				return 0;                                                        \
		f->found = 1;                                                                    \
		if (!f->drop)                                                                    \
			return 1;                                                                \
		bpf_map_delete_elem(map, key);                                                   \
		return 0;                                                                        \
	}                                                                                        \
                                                                                                 \
	static __always_inline __u8 btc_series_##name(const void *key, __u64 drop)               \
	{                                                                                        \
		struct find_##name f = { .key = key, .drop = drop };                             \
                                                                                                 \
		bpf_for_each_map_elem(&name, find_in_##name, &f, 0);                             \
		return f.found;                                                                  \
	}

#endif
