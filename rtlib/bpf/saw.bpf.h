/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Processes whose addresses are recorded. They may be gone when names are
 * wanted, so the user half is told at once whose mappings to keep.
 */
#ifndef BTC_SAW_BPF_H
#define BTC_SAW_BPF_H

/* After execve() most have another name. */
struct btc_saw_key {
	__u64 pid;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct btc_saw_key);
	__type(value, __u32);
} btc_seen SEC(".maps");

/* Told the first time, and then ever more rarely, as libraries come later. */
static __noinline int btc_saw(__u64 pid)
{
	struct btc_saw_key key = { .pid = pid };
	struct btc_prio_ev *ev;
	__u32 *seen, n = 1;

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	seen = bpf_map_lookup_elem(&btc_seen, &key);
	if (seen) {
		n = *seen;
		if (n >= BTC_SAW_MAX)
			return 0;
		*seen = ++n;
		if (n & (n - 1))
			return 0;
	} else {
		bpf_map_update_elem(&btc_seen, &key, &n, BPF_ANY);
	}
	ev = bpf_ringbuf_reserve(&btc_prio, sizeof(*ev), 0);
	if (!ev)
		return 0;
	ev->hdr.id = BTC_SAW_ID;
	ev->hdr.pad = 0;
	ev->after = 0;
	ev->arg = pid;
	bpf_ringbuf_submit(ev, BPF_RB_FORCE_WAKEUP);
	return 0;
}

#endif
