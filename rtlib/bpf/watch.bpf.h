/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Watchpoints on the memory that an argument points to. */
#ifndef BTC_WATCH_BPF_H
#define BTC_WATCH_BPF_H

#define BTC_WATCH_STOP 19 /* SIGSTOP */

/* What was asked for; unwatch() makes the user half delete it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, struct btc_watch_key);
	__type(value, __u32);
} btc_watched SEC(".maps");

/*
 * Asks the user half to watch @addr. With @sync the process stops as soon as
 * it is back in its own code, until that is done, so that no access is missed.
 */
static __always_inline void btc_watch(__u32 id, __u64 addr, int sync)
{
	struct btc_watch_key key = { .addr = addr, .id = id };
	__u32 one = 1;

	if (!addr || bpf_map_update_elem(&btc_watched, &key, &one, BPF_NOEXIST))
		return;
	if (sync)
		bpf_send_signal(BTC_WATCH_STOP);
	btc_prio_emit(id, addr);
}

#endif
