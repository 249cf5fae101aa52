// SPDX-License-Identifier: Apache-2.0
/*
 * fentry:bpf:NAME and fentry:bpf:ID:NAME: functions of BPF programs that are
 * loaded now, by the names that their own BTF has for them. The kernel's name of a
 * program is cut to 15 characters, so it is not asked.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static int add_function(struct btc_run *r, const struct btc_probe *pr, __u32 id, __u32 type,
			const char *func)
{
	struct btc_place *pl;
	char name[256];

	snprintf(name, sizeof(name), "%s:bpf:%u:%s", pr->kind == BTC_FENTRY ? "fentry" : "fexit",
		 id, func);
	pl = btc_place_add(r, pr, name, "bpf", func);
	if (!pl)
		return -ENOMEM;
	pl->bpf_id = id;
	pl->bpf_type = type;
	return 0;
}

/* The functions of one program; its BTF describes each of them. */
static int functions(struct btc_run *r, const struct btc_probe *pr, __u32 id, int fd,
		     const char *pattern, struct btc_strs *near)
{
	struct bpf_prog_info info = { 0 };
	struct bpf_func_info *funcs = NULL;
	__u32 len = sizeof(info), nr, i;
	struct btf *btf = NULL;
	int err = 0;

	if (bpf_obj_get_info_by_fd(fd, &info, &len) || !info.btf_id || !info.nr_func_info ||
	    info.func_info_rec_size != sizeof(*funcs))
		return 0;
	nr = info.nr_func_info;
	funcs = calloc(nr, sizeof(*funcs));
	btf = btf__load_from_kernel_by_id(info.btf_id);
	memset(&info, 0, sizeof(info));
	info.nr_func_info = nr;
	info.func_info_rec_size = sizeof(*funcs);
	info.func_info = (__u64)(unsigned long)funcs;
	len = sizeof(info);
	if (!funcs || !btf || bpf_obj_get_info_by_fd(fd, &info, &len))
		nr = 0;
	for (i = 0; !err && i < nr; i++) {
		const struct btf_type *t = btf__type_by_id(btf, funcs[i].type_id);
		const char *name = t ? btf__name_by_offset(btf, t->name_off) : "";

		if (btc_match(pattern, name))
			err = add_function(r, pr, id, funcs[i].type_id, name);
		else if (near)
			err = btc_strs_add(near, name);
	}
	btf__free(btf);
	free(funcs);
	return err;
}

int btc_places_bpf(struct btc_run *r, const struct btc_probe *pr, const char *want,
		   const char *func, const char *name)
{
	unsigned before = r->nr_places;
	struct btc_strs near = { 0 };
	char text[256] = "";
	__u32 id = 0;
	int fd, err = 0;

	while (!err && !bpf_prog_get_next_id(id, &id)) {
		snprintf(text, sizeof(text), "%u", id);
		if (*want && !btc_match(want, text))
			continue;
		fd = bpf_prog_get_fd_by_id(id);
		if (fd == -EPERM)
			err = btc_fail(r, BTC_STATUS_FACT, pr->where,
				       "%s: looking for BPF programs takes CAP_SYS_ADMIN", name);
		if (fd < 0)
			continue; /* it has gone meanwhile */
		err = functions(r, pr, id, fd, func, pr->wild ? NULL : &near);
		close(fd);
	}
	if (!err && r->nr_places == before) {
		btc_strs_sort(&near);
		btc_near(&near, func, text, sizeof(text));
		err = pr->wild ? btc_place_none(r, pr, "no function of a BPF program matches %s",
						name)
			       : btc_place_missing(r, pr, BTC_STATUS_FACT,
						   "%s: no BPF program has a function '%s'%s%s%s",
						   name, func, *text ? "; did you mean " : "", text,
						   *text ? "?" : "");
	}
	btc_strs_free(&near);
	return err;
}
