// SPDX-License-Identifier: Apache-2.0
/*
 * The type information of the kernel and of its modules, and in which of them
 * a function lives. What a module defines has an id in its own BTF only, which
 * the kernel wants to be given as a descriptor.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

struct btc_kbtf *btc_kernel(struct btc_run *r)
{
	if (!r->kernel.raw && btc_kbtf_open(&r->kernel, "/sys/kernel/btf/vmlinux", NULL))
		return NULL;
	return &r->kernel;
}

struct btc_kbtf *btc_module(struct btc_run *r, const char *module)
{
	static char last[64];
	char path[128];

	if (!btc_kernel(r) || !*module || !strcmp(module, "vmlinux"))
		return btc_kernel(r);
	if (r->modules && !strcmp(last, module))
		return r->modules;
	if (r->modules)
		btc_kbtf_close(r->modules);
	else
		r->modules = calloc(1, sizeof(*r->modules));
	last[0] = '\0';
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", module);
	if (!r->modules)
		return NULL;
	if (btc_kbtf_open(r->modules, path, &r->kernel)) {
		free(r->modules);
		r->modules = NULL;
		return NULL;
	}
	snprintf(last, sizeof(last), "%s", module);
	return r->modules;
}

void btc_modules_close(struct btc_run *r)
{
	btc_kbtf_close(&r->kernel);
	if (r->modules)
		btc_kbtf_close(r->modules);
	free(r->modules);
	r->modules = NULL;
}

bool btc_module_is_loaded(const char *module)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return !*module || strchr(module, '*') || !strcmp(module, "vmlinux") || !access(path, F_OK);
}

int btc_modules(struct btc_strs *out)
{
	const struct dirent *e;
	int err = 0;
	DIR *d;

	d = opendir("/sys/kernel/btf");
	while (d && !err && (e = readdir(d)))
		if (e->d_name[0] != '.' && strcmp(e->d_name, "vmlinux"))
			err = btc_strs_add(out, e->d_name);
	if (d)
		closedir(d);
	btc_strs_sort(out);
	return err;
}

int btc_module_btf_fd(const char *module, int *fd)
{
	struct bpf_btf_info info;
	char name[64];
	__u32 id = 0, len;

	*fd = 0;
	if (!*module || !strcmp(module, "vmlinux"))
		return 0;
	while (!bpf_btf_get_next_id(id, &id)) {
		*fd = bpf_btf_get_fd_by_id(id);
		if (*fd < 0)
			continue;
		memset(&info, 0, sizeof(info));
		info.name = (__u64)(unsigned long)name;
		info.name_len = sizeof(name);
		len = sizeof(info);
		if (!bpf_obj_get_info_by_fd(*fd, &info, &len) && info.kernel_btf &&
		    !strcmp(name, module))
			return 0;
		close(*fd);
	}
	*fd = 0;
	return -ENOENT;
}

/* --- where functions live --- */

/* fentry and fexit without a module: their function may be anybody's. */
static bool is_homeless(const struct btc_probe *pr)
{
	return (pr->kind == BTC_FENTRY || pr->kind == BTC_FEXIT) && !pr->wild && !*pr->target;
}

static int note_home(struct btc_run *r, struct btc_kbtf *b, const char *module)
{
	unsigned i;
	char *func;

	for (i = 0; i < r->p->nr_probes; i++) {
		if (!is_homeless(&r->p->probes[i]))
			continue;
		func = btc_subst(r, r->p->probes[i].func);
		if (!func)
			return -ENOMEM;
		if (btc_kbtf_func(b, func) && btc_strs_add(&r->homes[i], module)) {
			free(func);
			return -ENOMEM;
		}
		free(func);
	}
	return 0;
}

/* All modules are looked through once, for all probes: there may be hundreds. */
static int find_homes(struct btc_run *r)
{
	struct btc_strs mods = { 0 };
	struct btc_kbtf *b = btc_kernel(r);
	size_t i;
	int err;

	r->homes = calloc(r->p->nr_probes, sizeof(*r->homes));
	if (!r->homes)
		return -ENOMEM;
	if (!b)
		return 0;
	err = note_home(r, b, "vmlinux");
	if (!err)
		err = btc_modules(&mods);
	for (i = 0; !err && i < mods.nr; i++) {
		b = btc_module(r, mods.s[i]);
		if (b)
			err = note_home(r, b, mods.s[i]);
	}
	btc_strs_free(&mods);
	return err;
}

int btc_function_home(struct btc_run *r, const struct btc_probe *pr, const char *func,
		      const char **module)
{
	const struct btc_strs *all;
	char list[256];
	size_t i, len = 0;
	int err;

	*module = pr->target;
	if (!is_homeless(pr))
		return 0;
	err = r->homes ? 0 : find_homes(r);
	if (err)
		return err;
	all = &r->homes[pr - r->p->probes];
	*module = all->nr ? all->s[0] : "vmlinux"; /* if it is nowhere, that is told later */
	if (all->nr < 2)
		return 0;
	for (i = 0; i < all->nr && len < sizeof(list); i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", all->s[i]);
	btc_fail(r, BTC_STATUS_FACT, pr->where, "there are functions '%s' in %s", func, list);
	btc_hint("name the module: %s:%s:%s", pr->kind == BTC_FENTRY ? "fentry" : "fexit",
		 all->s[1], func);
	return -ECANCELED;
}

void btc_homes_free(struct btc_run *r)
{
	unsigned i;

	for (i = 0; r->homes && i < r->p->nr_probes; i++)
		btc_strs_free(&r->homes[i]);
	free(r->homes);
	r->homes = NULL;
}
