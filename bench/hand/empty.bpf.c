/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

SEC("tracepoint/syscalls/sys_enter_sched_get_priority_max")
int handle_enter(struct trace_event_raw_sys_enter *ctx)
{
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
