/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * skboutput(): the kernel copies the packet, which may lie in pieces, into a
 * perf buffer; no ring buffer can take it that way.
 */
#ifndef BTC_PACKETS_BPF_H
#define BTC_PACKETS_BPF_H

#include "btc.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} btc_packets SEC(".maps");

#define BTC_PACKET_BYTES 0xfffff /* what fits in the flags */

/* @len bytes of @skb from @off on, of @total that it has. */
static __always_inline __u32 btc_skb_output(void *skb, __u32 id, __u64 len, __u64 off, __u64 total)
{
	struct btc_packet p = { .hdr = { .id = id }, .total = total };
	__u64 end = len > total ? total : off + len;

	if (end > total)
		end = total;
	if (end > BTC_PACKET_BYTES)
		end = BTC_PACKET_BYTES;
	p.ns = bpf_ktime_get_boot_ns();
	p.off = off < end ? off : end;
	p.end = end;
	return bpf_skb_output(skb, &btc_packets, end << 32 | BPF_F_CURRENT_CPU, &p, sizeof(p));
}

#endif
