// SPDX-License-Identifier: Apache-2.0
/* -v: the programs that were loaded, and how large they are. */
#include <string.h>

#include "internal.h"

static void tell(struct btc_run *r, const char *name, int fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return;
	if (info.verified_insns) /* since 5.16 */
		btc_verbose(r, "loaded %s: %u instructions, the verifier followed %u", name,
			    info.xlated_prog_len / 8, info.verified_insns);
	else
		btc_verbose(r, "loaded %s: %u instructions", name, info.xlated_prog_len / 8);
}

/* Is what libbpf loaded under this name a stand-in for one program a place? */
static bool is_per_place(const struct btc_run *r, const char *prog)
{
	unsigned i;

	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].prog_fd >= 0 && !strcmp(r->places[i].pr->prog, prog))
			return true;
	return false;
}

void btc_tell_programs(struct btc_run *r)
{
	struct bpf_program *prog;
	unsigned i;

	if (!r->verbose)
		return;
	bpf_object__for_each_program(prog, r->obj) if (bpf_program__fd(prog) >= 0 &&
						       !is_per_place(r, bpf_program__name(prog)))
		tell(r, bpf_program__name(prog), bpf_program__fd(prog));
	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].prog_fd >= 0)
			tell(r, r->places[i].name, r->places[i].prog_fd);
}
