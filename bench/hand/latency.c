/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "latency.skel.h"

int main(void)
{
	struct latency_bpf *skel = latency_bpf__open_and_load();

	if (!skel || latency_bpf__attach(skel))
		return 1;
	attached();
	wait_for_signal();
	print_hist(bpf_map__fd(skel->maps.times));
	latency_bpf__destroy(skel);
	return 0;
}
