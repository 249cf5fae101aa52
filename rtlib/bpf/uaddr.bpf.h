/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Addresses of a process's variables. Where its file is mapped follows from
 * where the probe itself is: the instruction that it stands at is known in both.
 */
#ifndef BTC_UADDR_BPF_H
#define BTC_UADDR_BPF_H

/* By attach point; of each symbol that the program asks for one after the other. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct btc_uaddr);
} btc_uaddrs SEC(".maps");

/* @ip: of the place that the probe stands at; 0: unknown */
static __noinline __u64 btc_uaddr(void *ctx, __u32 first, __u64 ip)
{
	__u32 i = first + (__u32)bpf_get_attach_cookie(ctx);
	struct btc_uaddr *u = bpf_map_lookup_elem(&btc_uaddrs, &i);

	if (!u)
		return 0;
	if (!u->is_rel)
		return u->addr;
	return ip ? ip - u->place + u->addr : 0;
}

#endif
