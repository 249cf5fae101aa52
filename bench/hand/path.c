/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "path.skel.h"

static int print_event(void *ctx, void *data, size_t size)
{
	const struct path_event *event = data;

	(void)ctx;
	(void)size;
	printf("%s\n", event->path);
	return 0;
}

int main(void)
{
	struct path_bpf *skel = path_bpf__open_and_load();

	if (!skel || path_bpf__attach(skel))
		return 1;
	attached();
	print_events(bpf_map__fd(skel->maps.events), print_event);
	fprintf(stderr, "lost %llu\n", skel->bss->lost);
	path_bpf__destroy(skel);
	return 0;
}
