/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "hand.h"
#include "log2.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct hist);
} times SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_sched_get_priority_max")
int handle_enter(struct trace_event_raw_sys_enter *ctx)
{
	struct hist *hist;
	__u32 zero = 0;
	__u64 slot;

	hist = bpf_map_lookup_elem(&times, &zero);
	if (!hist)
		return 0;
	slot = log2_u64(bpf_ktime_get_boot_ns());
	if (slot < HIST_SLOTS)
		hist->slot[slot]++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
