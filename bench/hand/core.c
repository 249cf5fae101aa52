/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "core.skel.h"

static void print_calls(int fd)
{
	__s32 key, *prev = NULL;

	for (; !bpf_map_get_next_key(fd, prev, &key); prev = &key)
		printf("%d %llu\n", key, percpu_sum(fd, &key));
}

int main(void)
{
	struct core_bpf *skel = core_bpf__open_and_load();

	if (!skel || core_bpf__attach(skel))
		return 1;
	attached();
	wait_for_signal();
	print_calls(bpf_map__fd(skel->maps.calls));
	core_bpf__destroy(skel);
	return 0;
}
