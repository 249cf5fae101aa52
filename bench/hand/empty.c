/* SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "empty.skel.h"

int main(void)
{
	struct empty_bpf *skel = empty_bpf__open_and_load();

	if (!skel || empty_bpf__attach(skel))
		return 1;
	attached();
	wait_for_signal();
	empty_bpf__destroy(skel);
	return 0;
}
