/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "count.skel.h"

int main(void)
{
	struct count_bpf *skel = count_bpf__open_and_load();

	if (!skel || count_bpf__attach(skel))
		return 1;
	attached();
	wait_for_signal();
	printf("%llu\n", percpu_sum(bpf_map__fd(skel->maps.total), &(__u32){ 0 }));
	count_bpf__destroy(skel);
	return 0;
}
