/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} total SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_sched_get_priority_max")
int handle_enter(struct trace_event_raw_sys_enter *ctx)
{
	__u32 zero = 0;
	__u64 *value;

	value = bpf_map_lookup_elem(&total, &zero);
	if (value)
		*value += 1;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
