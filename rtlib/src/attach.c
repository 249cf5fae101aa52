// SPDX-License-Identifier: Apache-2.0
/*
 * Attaching, in the order that makes several actions on one point run as they
 * stand in the script: first timers, tracepoints and return probes in program
 * order, then entry probes in reverse, as the kernel runs the latest first.
 * Links are held as descriptors; closing them detaches.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#define CLOSERS 8 /* more do not help: what they hold is one lock */

int btc_link_add(struct btc_run *r, int fd, int perf_fd)
{
	struct btc_link *grown;

	if (!(r->nr_links & (r->nr_links - 1))) { /* room doubles at powers of two */
		grown = realloc(r->links, (r->nr_links ? 2 * r->nr_links : 1) * sizeof(*grown));
		if (!grown) {
			if (fd >= 0)
				close(fd);
			if (perf_fd >= 0)
				close(perf_fd);
			return -ENOMEM;
		}
		r->links = grown;
	}
	r->links[r->nr_links++] = (struct btc_link){ .fd = fd, .perf_fd = perf_fd };
	return 0;
}

static void close_link(const struct btc_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->perf_fd >= 0)
		close(l->perf_fd);
}

/*
 * To close a tracepoint or uprobe takes the kernel up to 150 ms, most of it
 * waiting for all CPUs. Processes that share our descriptors let some of that pass at once.
 */
void btc_detach(struct btc_run *r)
{
	unsigned i, k, nr = r->nr_links >= 2 * CLOSERS ? CLOSERS : 0;
	long pid[CLOSERS];

	for (k = 0; k < nr; k++) {
		pid[k] = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
		if (pid[k])
			continue;
		for (i = k; i < r->nr_links; i += nr)
			close_link(&r->links[i]);
		_exit(0);
	}
	for (k = 0; k < nr; k++) {
		while (pid[k] > 0 && waitpid(pid[k], NULL, 0) < 0 && errno == EINTR)
			;
		for (i = k; pid[k] < 0 && i < r->nr_links; i += nr)
			close_link(&r->links[i]);
	}
	while (r->nr_links--)
		if (!nr)
			close_link(&r->links[r->nr_links]);
	r->nr_links = 0;
	free(r->links);
	r->links = NULL;
}

int btc_place_prog(struct btc_run *r, const struct btc_place *pl)
{
	struct bpf_program *prog;

	if (pl->prog_fd >= 0)
		return pl->prog_fd;
	prog = bpf_object__find_program_by_name(r->obj, pl->pr->prog);
	return prog ? bpf_program__fd(prog) : -ENOENT;
}

/* Ties a program to a perf event, which it takes over. Kernels before 5.15 have no cookie. */
int btc_attach_perf_fd(struct btc_run *r, int prog_fd, int perf_fd, unsigned index, __u32 spec)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .perf_event.bpf_cookie = r->places[index].number | (__u64)spec << 32);
	int fd, err;

	fd = bpf_link_create(prog_fd, perf_fd, BPF_PERF_EVENT, &opts);
	if (fd == -EINVAL && !ioctl(perf_fd, PERF_EVENT_IOC_SET_BPF, prog_fd))
		fd = -1;
	else if (fd < 0) {
		close(perf_fd);
		return fd;
	}
	if (ioctl(perf_fd, PERF_EVENT_IOC_ENABLE, 0)) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		close(perf_fd);
		return err;
	}
	return btc_link_add(r, fd, perf_fd);
}

static int attach_tracepoint(struct btc_run *r, unsigned index)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr) };
	const struct btc_place *pl = &r->places[index];
	int id, fd;

	id = btc_tracefs_id(pl->target, pl->func);
	if (id < 0)
		return id;
	attr.config = id;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : btc_attach_perf_fd(r, btc_place_prog(r, pl), fd, index, 0);
}

/* Says that there is none, with names that are near. */
static int no_raw_tracepoint(struct btc_run *r, const struct btc_place *pl)
{
	struct btc_strs all = { 0 }, names = { 0 };
	char near[256] = "";
	size_t i;
	int err;

	btc_tracefs_events("*", "*", &all);
	for (i = 0; i < all.nr; i++)
		btc_strs_add(&names, strchr(all.s[i], ':') + 1);
	btc_strs_sort(&names);
	btc_near(&names, pl->func, near, sizeof(near));
	btc_strs_free(&all);
	btc_strs_free(&names);
	err = btc_place_missing(r, pl->pr, BTC_STATUS_FACT,
				"%s: there is no raw tracepoint '%s' on this kernel%s%s%s",
				pl->name, pl->func, *near ? "; did you mean " : "", near,
				*near ? "?" : "");
	return err ? err : 1;
}

static int attach_raw(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	bool tracing = pl->typed || pl->pr->kind != BTC_RAWTRACEPOINT;
	int fd;

	fd = bpf_raw_tracepoint_open(tracing ? NULL : pl->func, btc_place_prog(r, pl));
	if (fd == -ENOENT && !tracing)
		return no_raw_tracepoint(r, pl);
	return fd < 0 ? fd : btc_link_add(r, fd, -1);
}

/* 1: there is nothing to attach to, and missing_probes lets it pass. */
static int attach_place(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];

	switch ((enum btc_probe_kind)pl->pr->kind) {
	case BTC_BEGIN:
	case BTC_END:
	case BTC_SELF:
	case BTC_TEST:
	case BTC_BENCH: return 0;
	case BTC_TRACEPOINT: return attach_tracepoint(r, index);
	case BTC_RAWTRACEPOINT:
	case BTC_FENTRY:
	case BTC_FEXIT: return attach_raw(r, index);
	case BTC_KPROBE:
	case BTC_KRETPROBE: return btc_attach_kernel(r, index);
	case BTC_UPROBE:
	case BTC_URETPROBE: return btc_attach_user(r, index);
	case BTC_WATCHPOINT: return btc_attach_watch(r, index);
	case BTC_USDT: return btc_attach_usdt(r, index);
	case BTC_ITER: return btc_attach_iter(r, index);
	case BTC_INTERVAL:
	case BTC_PROFILE: return btc_attach_clock(r, index);
	case BTC_SOFTWARE:
	case BTC_HARDWARE: return btc_attach_event(r, index);
	}
	return -ENOTSUP;
}

static bool in_second_pass(const struct btc_probe *pr)
{
	switch (pr->kind) {
	case BTC_KPROBE:
	case BTC_UPROBE:
	case BTC_URETPROBE:
	case BTC_USDT:
	case BTC_FENTRY:
	case BTC_FEXIT:
	case BTC_ITER: return true;
	}
	return false;
}

/* The kernel's errors for functions that nothing can be hooked into tell little. */
static const char *reason(const struct btc_place *pl, int err)
{
	if ((pl->pr->kind == BTC_FENTRY || pl->pr->kind == BTC_FEXIT) &&
	    (err == -EBUSY || err == -EINVAL) && btc_function_find(pl->target, pl->func) == -ENOENT)
		return "the kernel cannot trace this function (see available_filter_functions in tracefs)";
	if (err == -524) /* ENOTSUPP, which is the kernel's own */
		return "this kernel does not support it";
	return strerror(-err);
}

int btc_attach_failed(struct btc_run *r, const struct btc_place *pl, int err)
{
	int cause;

	if (err == -ECANCELED) /* it was told already */
		return err;
	if (pl->pr->wild && (pl->pr->kind == BTC_FENTRY || pl->pr->kind == BTC_FEXIT)) {
		btc_verbose(r, "%s: skipped: %s", pl->name, reason(pl, err));
		r->nr_skipped++;
		return 0;
	}
	cause = err;
	err = btc_place_missing(r, pl->pr, BTC_STATUS_LOAD, "cannot attach to %s: %s",
				pl->pr->label ? pl->pr->label : pl->name, reason(pl, cause));
	btc_hint_privilege(cause);
	return err;
}

/* One link serves all matches of an attach point: it is made for the first of them. */
static int attach_multi(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	unsigned i;

	for (i = index; i-- && r->places[i].pr == pl->pr;)
		if (!r->places[i].dropped)
			return 0;
	return btc_is_uprobe(pl->pr) ? btc_attach_umulti(r, pl) : btc_attach_multi(r, pl);
}

static int attach_one(struct btc_run *r, unsigned index)
{
	struct btc_place *pl = &r->places[index];
	int err;

	if (pl->dropped)
		return 0;
	if (pl->multi)
		return attach_multi(r, index);
	btc_verbose(r, "attaching %s", pl->name);
	err = attach_place(r, index);
	pl->attached = !err;
	return err < 0 ? btc_attach_failed(r, pl, err) : 0;
}

/* What is left when some could not be attached, and missing_probes or a pattern let that pass. */
static int count_attached(struct btc_run *r)
{
	unsigned i, first = 0, attached = 0;
	bool wanted = false;

	for (i = 0; i < r->nr_places; i++) {
		const struct btc_place *pl = &r->places[i];

		attached += pl->attached;
		wanted |= !pl->filtered;
		r->nr_attached += pl->attached;
		r->nr_live += pl->attached && pl->pr->kind != BTC_BEGIN &&
			      pl->pr->kind != BTC_END && pl->pr->kind != BTC_ITER;
		if (i + 1 < r->nr_places && pl[1].pr->list == pl->pr->list)
			continue;
		if (!attached && wanted && r->config.missing_probes == 0)
			return btc_fail(r, BTC_STATUS_LOAD, r->places[first].pr->where,
					"cannot attach to %s: nothing that matches can be traced%s",
					r->places[first].pr->name,
					r->verbose ? "" : " (-v tells why)");
		if (!attached && wanted && r->config.missing_probes == 1)
			btc_warning(r, r->places[first].pr->where,
				    "nothing is left that this probe could be attached to");
		first = i + 1;
		attached = 0;
		wanted = false;
	}
	return 0;
}

int btc_attach(struct btc_run *r)
{
	unsigned i;
	int err = 0;

	for (i = 0; !err && i < r->nr_places; i++)
		if (!in_second_pass(r->places[i].pr))
			err = attach_one(r, i);
	for (i = r->nr_places; !err && i--;)
		if (in_second_pass(r->places[i].pr))
			err = attach_one(r, i);
	return err ? err : count_attached(r);
}

/* begin, end, self, test and bench: raw tracepoint programs, run here and now. */
int btc_run_prog(struct btc_run *r, const struct btc_probe *pr, __u32 *retval)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct bpf_program *prog = bpf_object__find_program_by_name(r->obj, pr->prog);
	int err;

	err = prog ? bpf_prog_test_run_opts(bpf_program__fd(prog), &opts) : -ENOENT;
	if (err)
		return btc_fail(r, BTC_STATUS_LOAD, pr->where, "cannot run %s: %s", pr->name,
				strerror(-err));
	*retval = opts.retval;
	return 0;
}

int btc_run_once(struct btc_run *r, const struct btc_probe *pr)
{
	__u32 retval;

	return btc_run_prog(r, pr, &retval);
}
