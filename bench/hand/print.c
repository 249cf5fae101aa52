/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "print.skel.h"

static int print_event(void *ctx, void *data, size_t size)
{
	const struct print_event *event = data;

	(void)ctx;
	(void)size;
	printf("%u %u %s\n", event->pid, event->policy, event->comm);
	return 0;
}

int main(void)
{
	struct print_bpf *skel = print_bpf__open_and_load();

	if (!skel || print_bpf__attach(skel))
		return 1;
	attached();
	print_events(bpf_map__fd(skel->maps.events), print_event);
	fprintf(stderr, "lost %llu\n", skel->bss->lost);
	print_bpf__destroy(skel);
	return 0;
}
