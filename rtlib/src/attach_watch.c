// SPDX-License-Identifier: Apache-2.0
/*
 * Watchpoints: the CPU's debug registers, as perf events. An address is the
 * kernel's, watched on every CPU, or with -p and -c the process's, watched in
 * each of its threads. What an argument points to is known when its function
 * is entered: a uprobe there asks for it, and the process waits, stopped,
 * until the memory is watched.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

struct btc_watch {
	__u64 addr;
	__u32 id;	      /* of the action that asked for it */
	unsigned first, last; /* links */
};

static pid_t target_pid(const struct btc_run *r)
{
	return r->pid ? r->pid : r->child.pid;
}

/* --- places --- */

/* The program's name, and where we find it: the process may have another root than we. */
static int program_path(struct btc_run *r, char *path, char *file, size_t room)
{
	ssize_t n;

	if (!r->pid) {
		snprintf(path, room, "%s", r->child.path ? r->child.path : "");
		snprintf(file, room, "%s", path);
		return 0;
	}
	snprintf(file, room, "/proc/%d/exe", r->pid);
	n = readlink(file, path, room - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return 0;
}

static int find_function(const char *path, const char *func, __u64 *off)
{
	struct btc_elf e;
	int err = btc_elf_open(&e, path);
	size_t i;

	if (err)
		return err;
	for (i = 0; i < e.nr && strcmp(btc_elf_name(&e, &e.sym[i]), func); i++)
		;
	err = i < e.nr ? btc_elf_to_offset(&e, e.sym[i].addr, off) : -ENOENT;
	btc_elf_close(&e);
	return err;
}

static int address_param(struct btc_run *r, const struct btc_probe *pr, __u64 *addr)
{
	const char *text = r->nr_param >= pr->address_param ? r->param[pr->address_param] : "";
	bool negative;

	if (!*text)
		return btc_fail(r, BTC_STATUS_FACT, pr->where,
				"the address is the parameter $%u, which is not given",
				pr->address_param);
	if (btc_parse_int(text, addr, &negative) || negative || !*addr)
		return btc_fail(r, BTC_STATUS_FACT, pr->where,
				"the parameter $%u is no address: '%s'", pr->address_param, text);
	return 0;
}

int btc_places_watch(struct btc_run *r, const struct btc_probe *pr, const char *func)
{
	const char *kind = pr->is_async ? "asyncwatchpoint" : "watchpoint";
	char name[4600], path[4096] = "", file[4096] = "";
	__u64 addr = pr->address, off = 0;
	struct btc_place *pl;
	int err = 0;

	if (*func && !target_pid(r))
		return btc_fail(
			r, BTC_STATUS_FACT, pr->where,
			"%s: the function is one of a process; name that with -p or start it with -c",
			pr->name);
	if (target_pid(r))
		err = program_path(r, path, file, sizeof(path));
	if (!err && pr->address_param)
		err = address_param(r, pr, &addr);
	if (err)
		return err;
	if (*func) {
		err = find_function(file, func, &off);
		if (err)
			return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s has no function '%s'",
						 path, func);
		snprintf(name, sizeof(name), "%s:%s:%s+arg%llu:%u:%s", kind, path, func,
			 (unsigned long long)pr->offset, pr->len, pr->mode);
	} else {
		snprintf(name, sizeof(name), "%s%s%s:%llu:%u:%s", kind, *path ? ":" : "", path,
			 (unsigned long long)addr, pr->len, pr->mode);
	}
	pl = btc_place_add(r, pr, name, file, func);
	if (!pl)
		return -ENOMEM;
	pl->offset = off;
	pl->address = addr;
	return 0;
}

/* --- breakpoints --- */

static int open_one(struct btc_run *r, unsigned index, struct perf_event_attr *attr, pid_t tid,
		    int cpu)
{
	int fd = syscall(SYS_perf_event_open, attr, tid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno
		      : btc_attach_perf_fd(r, btc_place_prog(r, &r->places[index]), fd, index, 0);
}

/* Threads that there are; later ones inherit it from the one that starts them. */
static int open_threads(struct btc_run *r, unsigned index, struct perf_event_attr *attr, pid_t pid)
{
	struct dirent *e;
	char path[64];
	int err = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	if (!d)
		return -errno;
	attr->inherit = 1;
	while (!err && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		err = open_one(r, index, attr, atoi(e->d_name), -1);
		if (err == -ESRCH) /* it has ended meanwhile */
			err = 0;
	}
	closedir(d);
	return err;
}

static int open_cpus(struct btc_run *r, unsigned index, struct perf_event_attr *attr)
{
	unsigned cpu, opened = 0;
	int err;

	for (cpu = 0; cpu < r->nr_cpus; cpu++) {
		err = open_one(r, index, attr, -1, cpu);
		if (err && err != -ENODEV) /* possible but not online */
			return err;
		opened += !err;
	}
	return opened ? 0 : -ENODEV;
}

static int open_watch(struct btc_run *r, unsigned index, __u64 addr)
{
	const struct btc_probe *pr = r->places[index].pr;
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.sample_period = 1,
		.bp_addr = addr,
		.bp_len = pr->len,
	};
	const char *m;

	for (m = pr->mode; *m; m++)
		attr.bp_type |= *m == 'r'   ? HW_BREAKPOINT_R
				: *m == 'w' ? HW_BREAKPOINT_W
					    : HW_BREAKPOINT_X;
	return target_pid(r) ? open_threads(r, index, &attr, target_pid(r))
			     : open_cpus(r, index, &attr);
}

static const char *reason(int err)
{
	return err == -ENOSPC	? "no debug register is free: the CPU has four at most"
	       : err == -EINVAL ? "the address does not suit the length, or is out of range"
				: strerror(-err);
}

/* --- what is watched --- */

static void close_links(struct btc_run *r, unsigned first, unsigned last)
{
	struct btc_link *l;

	for (; first < last && first < r->nr_links; first++) {
		l = &r->links[first];
		if (l->fd >= 0)
			close(l->fd);
		if (l->perf_fd >= 0)
			close(l->perf_fd);
		l->fd = l->perf_fd = -1;
	}
}

static int add_watch(struct btc_run *r, unsigned index, __u64 addr, __u32 id)
{
	struct btc_watch *grown, w = { .addr = addr, .id = id, .first = r->nr_links };
	int err = open_watch(r, index, addr);

	w.last = r->nr_links;
	if (err) {
		close_links(r, w.first, w.last);
		return err;
	}
	grown = realloc(r->watches, (r->nr_watches + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	r->watches = grown;
	r->watches[r->nr_watches++] = w;
	return 0;
}

/* The program asks for the memory that an argument points to. */
void btc_watch(struct btc_run *r, __u32 id, unsigned probe, __u64 addr)
{
	const struct btc_probe *pr = &r->p->probes[probe];
	unsigned i;
	int err;

	for (i = 0; i < r->nr_places; i++) {
		if (r->places[i].pr != pr)
			continue;
		err = add_watch(r, i, addr, id);
		if (err)
			btc_warning(r, pr->where, "%s: cannot watch 0x%llx: %s", r->places[i].name,
				    (unsigned long long)addr, reason(err));
	}
	if (!pr->is_async)
		kill(target_pid(r), SIGCONT);
}

void btc_unwatch(struct btc_run *r, __u64 addr)
{
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, "btc_watched");
	struct btc_watch_key key = { .addr = addr };
	unsigned i, n = 0;

	for (i = 0; i < r->nr_watches; i++) {
		struct btc_watch *w = &r->watches[i];

		if (w->addr != addr) {
			r->watches[n++] = *w;
			continue;
		}
		close_links(r, w->first, w->last);
		key.id = w->id;
		if (map)
			bpf_map_delete_elem(bpf_map__fd(map), &key);
	}
	r->nr_watches = n;
}

int btc_attach_watch(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	struct bpf_program *setup;
	int err, fd;

	if (*pl->func) {
		setup = bpf_object__find_program_by_name(r->obj, pl->pr->setup);
		fd = setup ? btc_open_uprobe(r, pl, pl->offset, 0) : -ENOENT;
		return fd < 0 ? fd : btc_attach_perf_fd(r, bpf_program__fd(setup), fd, index, 0);
	}
	err = add_watch(r, index, pl->address, ~0u);
	if (err != -ENOSPC && err != -EINVAL)
		return err;
	err = btc_place_missing(r, pl->pr, BTC_STATUS_LOAD, "cannot attach to %s: %s", pl->name,
				reason(err));
	return err ? err : 1;
}

/* A process that was stopped for us and whose request nobody read goes on. */
void btc_watch_end(struct btc_run *r)
{
	char path[64], text[512], *state;
	unsigned i;
	FILE *f;

	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].pr->setup && !r->places[i].pr->is_async)
			break;
	free(r->watches);
	r->watches = NULL;
	r->nr_watches = 0;
	if (i == r->nr_places || !target_pid(r))
		return;
	snprintf(path, sizeof(path), "/proc/%d/stat", target_pid(r));
	f = fopen(path, "re");
	state = f && fgets(text, sizeof(text), f) ? strrchr(text, ')') : NULL;
	if (state && state[1] && state[2] == 'T')
		kill(target_pid(r), SIGCONT);
	if (f)
		fclose(f);
}
