/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "hist.skel.h"

int main(void)
{
	struct hist_bpf *skel = hist_bpf__open_and_load();

	if (!skel || hist_bpf__attach(skel))
		return 1;
	attached();
	wait_for_signal();
	print_hist(bpf_map__fd(skel->maps.times));
	hist_bpf__destroy(skel);
	return 0;
}
