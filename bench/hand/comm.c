/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "comm.skel.h"

static void print_calls(int fd)
{
	struct comm_key key, *prev = NULL;

	for (; !bpf_map_get_next_key(fd, prev, &key); prev = &key)
		printf("%s %llu\n", key.comm, percpu_sum(fd, &key));
}

int main(void)
{
	struct comm_bpf *skel = comm_bpf__open_and_load();

	if (!skel || comm_bpf__attach(skel))
		return 1;
	attached();
	wait_for_signal();
	print_calls(bpf_map__fd(skel->maps.calls));
	comm_bpf__destroy(skel);
	return 0;
}
