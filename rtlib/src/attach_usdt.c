// SPDX-License-Identifier: Apache-2.0
/*
 * USDT probes: a uprobe at each place where the compiler left the probe. The
 * places may keep the arguments differently (one in a register, another on the
 * stack), so the cookie names both the attach point and the layout of the
 * arguments. Semaphores are counted up by the kernel, for as long as the
 * uprobe is there and in all processes.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "usdt.h"

struct btc_usdt_site {
	unsigned place, spec;
	__u64 off, ref_off;
};

struct btc_usdt {
	struct btc_usdt_site *site;
	unsigned nr_sites, room_sites;
	struct btc_usdt_spec *spec;
	unsigned nr_specs, room_specs;
};

/* --- places --- */

struct search {
	struct btc_run *r;
	const struct btc_probe *pr;
	const char *ns, *name;
	/* of the file at hand */
	const char *path;
	struct btc_usdt_file file;
	unsigned first;	      /* place of this file */
	struct btc_strs near; /* all probes of the file */
	unsigned nr_args;     /* of the match with the fewest */
};

static int grow(void **list, unsigned nr, unsigned *room, size_t size)
{
	unsigned more = *room ? 2 * *room : 16;
	void *grown;

	if (nr < *room)
		return 0;
	grown = realloc(*list, more * size);
	if (!grown)
		return -ENOMEM;
	*list = grown;
	*room = more;
	return 0;
}

static int add_spec(struct btc_usdt *u, const struct btc_usdt_spec *spec, unsigned *index)
{
	int err;

	for (*index = 0; *index < u->nr_specs; ++*index)
		if (!memcmp(&u->spec[*index], spec, sizeof(*spec)))
			return 0;
	err = grow((void **)&u->spec, u->nr_specs, &u->room_specs, sizeof(*spec));
	if (!err)
		u->spec[u->nr_specs++] = *spec;
	return err;
}

/* The attach point PROVIDER:NAME of this file, which may be there many times. */
static int find_place(struct search *s, const struct btc_usdt_note *n, unsigned *index)
{
	char name[4600], func[512];

	snprintf(func, sizeof(func), "%s:%s", n->provider, n->name);
	for (*index = s->first; *index < s->r->nr_places; ++*index)
		if (!strcmp(s->r->places[*index].func, func))
			return 0;
	snprintf(name, sizeof(name), "usdt:%s:%s", s->path, func);
	return btc_place_add(s->r, s->pr, name, s->path, func) ? 0 : -ENOMEM;
}

static int on_note(struct btc_usdt_note *n, void *arg)
{
	struct search *s = arg;
	struct btc_usdt *u = s->r->usdt;
	struct btc_usdt_site site = { .off = n->off, .ref_off = n->ref_off };
	struct btc_usdt_spec spec;
	unsigned nr;
	int err;

	if (!btc_match(s->ns, n->provider) || !btc_match(s->name, n->name))
		return s->first == s->r->nr_places ? btc_strs_add(&s->near, n->name) : 0;
	nr = btc_usdt_args(&s->file, &spec);
	spec.addr = btc_wants_uaddr(s->r) ? s->file.pc : 0;
	if (nr < s->nr_args)
		s->nr_args = nr;
	err = find_place(s, n, &site.place);
	if (!err)
		err = add_spec(u, &spec, &site.spec);
	if (!err)
		err = grow((void **)&u->site, u->nr_sites, &u->room_sites, sizeof(site));
	if (!err)
		u->site[u->nr_sites++] = site;
	return err;
}

static int no_probe(struct search *s, int err)
{
	char near[256];

	if (err)
		return btc_place_missing(s->r, s->pr, BTC_STATUS_FACT, "%s cannot be probed: %s",
					 s->path, btc_elf_error(err));
	if (!s->near.nr)
		return btc_place_missing(s->r, s->pr, BTC_STATUS_FACT, "%s has no usdt probes",
					 s->path);
	btc_strs_sort(&s->near);
	btc_near(&s->near, s->name, near, sizeof(near));
	return btc_place_missing(s->r, s->pr, BTC_STATUS_FACT,
				 "%s has no usdt probe '%s%s%s'%s%s%s", s->path,
				 strcmp(s->ns, "*") ? s->ns : "", strcmp(s->ns, "*") ? ":" : "",
				 s->name, *near ? "; did you mean " : "", near, *near ? "?" : "");
}

/* With @any the file is one of many, and need not have the probe. */
static int in_file(const struct search *what, const char *path, bool any)
{
	const struct btc_probe *pr = what->pr;
	struct btc_run *r = what->r;
	struct search s = *what;
	int err;

	s.path = path;
	s.first = r->nr_places;
	s.nr_args = BTC_USDT_ARGS;
	err = btc_usdt_read(&s.file, path, on_note, &s);
	if (err != -ENOMEM && s.first == r->nr_places)
		err = any ? 0 : no_probe(&s, err);
	else if (!err && pr->nr_args > s.nr_args && !pr->wild)
		err = btc_fail(r, BTC_STATUS_FACT, pr->where,
			       "%s has %u argument%s, there is no arg%u", r->places[s.first].name,
			       s.nr_args, s.nr_args == 1 ? "" : "s", pr->nr_args - 1);
	btc_strs_free(&s.near);
	return err;
}

/* --- the whole host --- */

struct file_id {
	dev_t dev;
	ino_t ino;
};

struct files {
	struct file_id *id;
	unsigned nr, room;
};

static bool is_new(struct files *f, const char *path)
{
	struct stat st;
	unsigned i;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	for (i = 0; i < f->nr; i++)
		if (f->id[i].ino == st.st_ino && f->id[i].dev == st.st_dev)
			return false;
	if (grow((void **)&f->id, f->nr, &f->room, sizeof(*f->id)))
		return false;
	f->id[f->nr++] = (struct file_id){ st.st_dev, st.st_ino };
	return true;
}

/* What @pid has mapped for execution; by its own root if that is not ours. */
static int in_process(const struct search *what, const char *pid, struct files *seen)
{
	char line[4096 + 128], path[4600], *file;
	int err = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	f = fopen(path, "re");
	if (!f) /* it has ended, or is not ours to see */
		return 0;
	while (!err && fgets(line, sizeof(line), f)) {
		file = strchr(line, '/');
		if (!file || line[strcspn(line, " ") + 3] != 'x')
			continue;
		file[strcspn(file, "\n")] = '\0';
		snprintf(path, sizeof(path), "/proc/%s/root%s", pid, file);
		if (!is_new(seen, path))
			continue;
		if (!access(file, R_OK)) {
			struct stat ours, theirs;

			if (!stat(file, &ours) && !stat(path, &theirs) &&
			    ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev)
				snprintf(path, sizeof(path), "%s", file);
		}
		err = in_file(what, path, true);
	}
	fclose(f);
	return err;
}

static int in_host(const struct search *what)
{
	DIR *d = opendir("/proc");
	struct files seen = { 0 };
	struct dirent *e;
	int err = 0;

	while (d && !err && (e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			err = in_process(what, e->d_name, &seen);
	if (d)
		closedir(d);
	free(seen.id);
	return err;
}

int btc_places_usdt(struct btc_run *r, const struct btc_probe *pr, const char *target,
		    const char *ns, const char *name)
{
	const struct search what = { .r = r, .pr = pr, .ns = *ns ? ns : "*", .name = name };
	unsigned before = r->nr_places;
	struct btc_strs files = { 0 };
	bool any = strchr(target, '*');
	size_t i;
	int err = 0;

	if (!r->usdt)
		r->usdt = calloc(1, sizeof(*r->usdt));
	if (!r->usdt)
		return -ENOMEM;
	if (!strcmp(target, "*") && !r->pid)
		err = in_host(&what);
	else
		err = btc_user_files(r, pr, target, &files);
	for (i = 0; !err && i < files.nr && (any || !i); i++)
		err = in_file(&what, files.s[i], any);
	btc_strs_free(&files);
	if (!err && any && before == r->nr_places)
		err = btc_place_missing(r, pr, BTC_STATUS_FACT,
					"no file that %s matches has a usdt probe '%s'", target,
					name);
	return err;
}

void btc_usdt_free(struct btc_run *r)
{
	if (!r->usdt)
		return;
	free(r->usdt->site);
	free(r->usdt->spec);
	free(r->usdt);
	r->usdt = NULL;
}

/* --- loading and attaching --- */

static struct bpf_map *spec_map(struct btc_run *r)
{
	return r->usdt ? bpf_object__find_map_by_name(r->obj, "btc_usdt_specs") : NULL;
}

int btc_usdt_size(struct btc_run *r)
{
	struct bpf_map *map = spec_map(r);

	return map && r->usdt->nr_specs ? bpf_map__set_max_entries(map, r->usdt->nr_specs) : 0;
}

int btc_usdt_fill(struct btc_run *r)
{
	struct bpf_map *map = spec_map(r);
	__u32 i;
	int err = 0;

	for (i = 0; map && !err && i < r->usdt->nr_specs; i++)
		err = bpf_map_update_elem(bpf_map__fd(map), &i, &r->usdt->spec[i], BPF_ANY);
	return err;
}

static int uprobe_type(void)
{
	FILE *f = fopen("/sys/bus/event_source/devices/uprobe/type", "re");
	int type = -1;

	if (f && fscanf(f, "%d", &type) != 1)
		type = -1;
	if (f)
		fclose(f);
	return type;
}

int btc_open_uprobe(struct btc_run *r, const struct btc_place *pl, __u64 off, __u64 ref_off)
{
	pid_t pid = r->pid ? r->pid : r->child.pid ? r->child.pid : -1;
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.config = ref_off << 32, /* PERF_UPROBE_REF_CTR_OFFSET_SHIFT */
		.uprobe_path = (__u64)(unsigned long)pl->target,
		.probe_offset = off,
	};
	int type = uprobe_type(), fd;

	if (type < 0)
		return btc_fail(
			r, BTC_STATUS_LOAD, pl->pr->where,
			"cannot attach to %s: this kernel has no uprobes (CONFIG_UPROBE_EVENTS)",
			pl->name);
	attr.type = type;
	fd = syscall(SYS_perf_event_open, &attr, pid, pid < 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int btc_attach_usdt(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	const struct btc_usdt_site *s;
	unsigned i;
	int fd, err = 0;

	for (i = 0; !err && i < r->usdt->nr_sites; i++) {
		s = &r->usdt->site[i];
		if (s->place != index)
			continue;
		fd = btc_open_uprobe(r, pl, s->off, s->ref_off);
		err = fd < 0 ? fd
			     : btc_attach_perf_fd(r, btc_place_prog(r, pl), fd, index, s->spec);
	}
	return err;
}
