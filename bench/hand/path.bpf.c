/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "hand.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_SIZE);
} events SEC(".maps");

__u64 lost = 0;

SEC("tracepoint/syscalls/sys_enter_removexattr")
int handle_enter(struct trace_event_raw_sys_enter *ctx)
{
	struct path_event *event;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	bpf_probe_read_user_str(event->path, sizeof(event->path), (void *)ctx->args[0]);
	bpf_ringbuf_submit(event, 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
