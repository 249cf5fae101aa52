/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, __s32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_sched_get_priority_max")
int handle_enter(struct trace_event_raw_sys_enter *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__s32 parent = BPF_CORE_READ(task, real_parent, tgid);
	__u64 *value, one = 1;

	value = bpf_map_lookup_elem(&calls, &parent);
	if (value)
		*value += 1;
	else
		bpf_map_update_elem(&calls, &parent, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
