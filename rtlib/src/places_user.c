// SPDX-License-Identifier: Apache-2.0
/*
 * Places of user probes: which functions, addresses and source lines of the
 * files that userfiles.c finds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lines.h"

/* --- places in a file --- */

static bool wants_cpp(const struct btc_probe *pr)
{
	return pr->ns && !strcmp(pr->ns, "cpp");
}

static int add_place(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const char *func, __u64 file_off)
{
	const char *kind = pr->kind == BTC_URETPROBE ? "uretprobe" : "uprobe";
	char name[4600], *cpp = wants_cpp(pr) ? btc_demangle(func) : NULL;
	struct btc_place *pl;

	if (pr->has_address)
		snprintf(name, sizeof(name), "%s:%s:%llu", kind, path,
			 (unsigned long long)pr->address);
	else if (cpp)
		snprintf(name, sizeof(name), "%s:%s:cpp:%s", kind, path, cpp);
	else if (pr->offset)
		snprintf(name, sizeof(name), "%s:%s:%s+%llu", kind, path, func,
			 (unsigned long long)pr->offset);
	else
		snprintf(name, sizeof(name), "%s:%s:%s", kind, path, func);
	free(cpp);
	pl = btc_place_add(r, pr, name, path, func);
	if (!pl)
		return -ENOMEM;
	pl->offset = file_off;
	return 0;
}

static int at_symbol(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const struct btc_elf *e, const struct btc_elf_sym *s)
{
	const char *name = btc_elf_name(e, s);
	__u64 off;

	if (pr->offset && pr->offset >= s->size)
		return btc_fail(r, BTC_STATUS_LOAD, pr->where,
				"%s:%s+%llu: the function has %llu bytes", path, name,
				(unsigned long long)pr->offset, (unsigned long long)s->size);
	if (btc_elf_to_offset(e, s->addr + pr->offset, &off))
		return pr->wild
			       ? 0
			       : btc_fail(r, BTC_STATUS_LOAD, pr->where,
					  "%s:%s: its address is in no executable part of the file",
					  path, name);
	return add_place(r, pr, path, name, off);
}

static int no_symbol(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const struct btc_elf *e, const char *func)
{
	struct btc_strs names = { 0 };
	char near[256];
	size_t i;

	for (i = 0; i < e->nr; i++)
		if (btc_elf_name(e, &e->sym[i])[0] == func[0])
			btc_strs_add(&names, btc_elf_name(e, &e->sym[i]));
	btc_strs_sort(&names);
	btc_near(&names, func, near, sizeof(near));
	btc_strs_free(&names);
	if (!e->nr)
		return btc_place_missing(
			r, pr, BTC_STATUS_FACT,
			"%s has no symbols (stripped); name an address, or install its debug symbols",
			path);
	return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s has no function '%s'%s%s%s", path,
				 func, *near ? "; did you mean " : "", near, *near ? "?" : "");
}

struct line_search {
	struct btc_run *r;
	const struct btc_probe *pr;
	const char *path;
	const struct btc_elf *e;
	unsigned nr;
};

/* It is rendered as the address that it is. */
static int at_line(__u64 addr, void *arg)
{
	struct line_search *s = arg;
	struct btc_place *pl;
	char name[4600];
	__u64 off;

	if (btc_elf_to_offset(s->e, addr, &off))
		return 0;
	s->nr++;
	snprintf(name, sizeof(name), "uprobe:%s:%llu", s->path, (unsigned long long)addr);
	pl = btc_place_add(s->r, s->pr, name, s->path, "");
	if (!pl)
		return -ENOMEM;
	pl->offset = off;
	return 0;
}

static int at_source(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const struct btc_elf *e)
{
	struct btc_line want = { pr->file, pr->line, pr->col };
	struct line_search s = { .r = r, .pr = pr, .path = path, .e = e };
	char debug[4096];
	unsigned next;
	int err;

	err = btc_lines ? btc_lines(path, &want, at_line, &s, &next) : -ENOTSUP;
	if (err == -ENODATA && btc_debug_file(e, path, debug, sizeof(debug))) {
		err = btc_lines(debug, &want, at_line, &s, &next);
		if (err == -ENOENT)
			err = -ENODATA;
	}
	if (err == -ENODATA)
		return btc_place_missing(
			r, pr, BTC_STATUS_FACT,
			"%s has no debug information, which tells where %s:%u is; compile it with -g, or install its debug symbols",
			path, pr->file, pr->line);
	if (err || s.nr)
		return err;
	if (next)
		return btc_place_missing(r, pr, BTC_STATUS_FACT,
					 "%s has no code at %s:%u; the next line with code is %u",
					 path, pr->file, pr->line, next);
	return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s has no code of %s at line %u or below",
				 path, pr->file, pr->line);
}

static int in_file(struct btc_run *r, const struct btc_probe *pr, const char *path,
		   const char *func)
{
	bool cpp = wants_cpp(pr), found = false;
	__u64 last = ~0ull;
	struct btc_elf e;
	const char *name;
	__u64 off;
	size_t i;
	int err;

	err = btc_elf_open(&e, path);
	if (!err && !btc_elf_is_ours(e.machine)) {
		btc_elf_close(&e);
		err = -ELIBBAD;
	}
	if (err)
		return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s cannot be probed: %s", path,
					 btc_elf_error(err));
	if (pr->build_id && strcmp(pr->build_id, e.build_id))
		btc_warning(r, pr->where,
			    "%s is another build than the one that this tool was compiled for: "
			    "args may have other types there",
			    path);
	if (pr->file) {
		err = at_source(r, pr, path, &e);
		btc_elf_close(&e);
		return err;
	}
	if (pr->has_address) {
		err = btc_elf_to_offset(&e, pr->address, &off);
		err = err ? btc_fail(r, BTC_STATUS_LOAD, pr->where,
				     "%s: address 0x%llx is in no executable part of the file",
				     path, (unsigned long long)pr->address)
			  : add_place(r, pr, path, func, off);
		btc_elf_close(&e);
		return err;
	}
	for (i = 0; !err && i < e.nr; i++) {
		if (i && e.sym[i].addr == e.sym[i - 1].addr && strchr(func, '*'))
			continue; /* an alias: once is enough */
		name = btc_elf_name(&e, &e.sym[i]);
		if (!btc_match(func, name) && !(cpp && btc_is_cpp(name, func)))
			continue;
		if (found && !strchr(func, '*') && !cpp)
			continue; /* a second local function of that name */
		/* The constructor of an object and that of a base are often one function. */
		if (cpp && found && e.sym[i].addr == last)
			continue;
		last = e.sym[i].addr;
		found = true;
		err = at_symbol(r, pr, path, &e, &e.sym[i]);
	}
	if (!err && !found && (!pr->wild || !strchr(pr->target, '*')))
		err = no_symbol(r, pr, path, &e, func);
	btc_elf_close(&e);
	return err;
}

int btc_user_files(struct btc_run *r, const struct btc_probe *pr, const char *target,
		   struct btc_strs *files)
{
	int err;

	if (!*target && !r->pid)
		return btc_fail(r, BTC_STATUS_FACT, pr->where,
				"%s names no file; with -p PID the process's program is meant",
				pr->name);
	err = btc_find_files(r->pid, target, files);
	if (err && err != -ENOENT && !files->nr)
		err = btc_place_missing(r, pr, BTC_STATUS_FACT, "%s: %s", target, strerror(-err));
	else if (!files->nr)
		err = btc_place_missing(r, pr, BTC_STATUS_FACT, "there is no file '%s' here%s",
					target,
					strchr(target, '/') ? "" : ", in ld.so.cache or in PATH");
	else
		err = 0;
	if (!strchr(target, '*') && files->nr > 1)
		btc_warning(r, pr->where, "'%s' is found %zu times; the first is taken: %s", target,
			    files->nr, files->s[0]);
	return err;
}

int btc_places_user(struct btc_run *r, const struct btc_probe *pr, const char *target,
		    const char *func)
{
	struct btc_strs files = { 0 };
	bool all = strchr(target, '*');
	size_t i;
	int err;

	err = btc_user_files(r, pr, target, &files);
	for (i = 0; !err && i < files.nr && (all || !i); i++)
		err = in_file(r, pr, files.s[i], func);
	btc_strs_free(&files);
	return err;
}
