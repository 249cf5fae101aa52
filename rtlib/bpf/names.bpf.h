/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Names of attach points as text, which only the host knows. */
#ifndef BTC_NAMES_BPF_H
#define BTC_NAMES_BPF_H

/* By the number that `probe` stands for; sized and filled by the user half. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[BTC_PROBE_NAME]);
} btc_names SEC(".maps");

/* To @to, which has room for BTC_PROBE_NAME bytes. */
static __always_inline void btc_probe_name(char *to, __u64 number)
{
	__u32 key = number;
	const char *name = bpf_map_lookup_elem(&btc_names, &key);

	if (name)
		__builtin_memcpy(to, name, BTC_PROBE_NAME);
	else
		__builtin_memset(to, 0, BTC_PROBE_NAME);
}

#endif
