// SPDX-License-Identifier: Apache-2.0
/*
 * kprobes: one perf event each, or one kprobe_multi link for all matches of a
 * pattern, where the kernel has it: a thousand single ones take seconds.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

static int read_number(const char *path, const char *fmt, unsigned *num)
{
	FILE *f = fopen(path, "re");
	int n;

	if (!f)
		return -errno;
	n = fscanf(f, fmt, num);
	fclose(f);
	return n == 1 ? 0 : -EINVAL;
}

bool btc_has_kprobes(void)
{
	return !access("/sys/bus/event_source/devices/kprobe/type", F_OK);
}

static int open_kprobe(const char *func, __u64 addr, __u64 off, bool ret)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	unsigned type, bit = 0;
	int fd, err;

	err = read_number("/sys/bus/event_source/devices/kprobe/type", "%u", &type);
	if (!err && ret)
		err = read_number("/sys/bus/event_source/devices/kprobe/format/retprobe",
				  "config:%u", &bit);
	if (err)
		return err == -ENOENT ? -EOPNOTSUPP : err;
	attr.type = type;
	attr.config = ret ? 1ull << bit : 0;
	attr.kprobe_func = (__u64)(unsigned long)func;
	if (func)
		attr.probe_offset = off;
	else
		attr.kprobe_addr = addr;
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Says why there is nothing to attach to, with names that are near. */
static int no_function(struct btc_run *r, const struct btc_place *pl, int err)
{
	char near[256];
	__u64 addr;

	if (err == -EADDRNOTAVAIL) /* from 6.6 on; older ones take the first */
		return btc_place_missing(
			r, pl->pr, BTC_STATUS_LOAD,
			"cannot attach to %s: several functions have that name; a pattern takes the first, a module or (with --unsafe) an address says which",
			pl->name);
	if (!btc_ksyms_addr(pl->func, &addr))
		return btc_place_missing(
			r, pl->pr, BTC_STATUS_LOAD,
			"cannot attach to %s: the kernel allows no probe there: %s", pl->name,
			strerror(-err));
	btc_function_near(pl->func, near, sizeof(near));
	return btc_place_missing(r, pl->pr, BTC_STATUS_FACT,
				 "%s: this kernel has no function '%s'%s%s%s", pl->name, pl->func,
				 *near ? "; did you mean " : "", near, *near ? "?" : "");
}

/* Older kernels take an offset behind the end of a function, into another. */
static bool is_inside(const char *func, __u64 off)
{
	struct btc_ksyms k = { 0 };
	const struct btc_ksym *s;
	bool inside = true;
	__u64 start;

	if (!off || btc_ksyms_addr(func, &start))
		return true;
	btc_ksyms_want(&k, start + off);
	if (!btc_ksyms_resolve(&k)) {
		s = btc_ksyms_find(&k, start + off);
		inside = s && s->start == start;
	}
	btc_ksyms_free(&k);
	return inside;
}

int btc_attach_kernel(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	bool ret = pl->pr->kind == BTC_KRETPROBE;
	bool module = *pl->target && strcmp(pl->target, "vmlinux");
	char func[256];
	int fd, err;

	if (!btc_module_is_loaded(pl->target)) {
		err = btc_place_missing(r, pl->pr, BTC_STATUS_FACT,
					"%s: kernel module %s is not loaded", pl->name, pl->target);
		return err ? err : 1;
	}
	if (!is_inside(pl->func, pl->offset)) {
		err = btc_place_missing(
			r, pl->pr, BTC_STATUS_LOAD,
			"cannot attach to %s: the offset is behind the function's end", pl->name);
		return err ? err : 1;
	}
	snprintf(func, sizeof(func), "%s%s%s", module ? pl->target : "", module ? ":" : "",
		 pl->func);
	fd = open_kprobe(pl->address ? NULL : func, pl->address, pl->offset, ret);
	if (fd < 0 && module && !pl->address) /* older kernels know no prefix */
		fd = open_kprobe(pl->func, 0, pl->offset, ret);
	if (fd == -EOPNOTSUPP) {
		err = btc_place_missing(r, pl->pr, BTC_STATUS_LOAD, BTC_NO_KPROBES, pl->name);
		return err ? err : 1;
	}
	if ((fd == -ENOENT || fd == -EINVAL || fd == -EADDRNOTAVAIL) && pl->pr->wild) {
		btc_verbose(r, "%s: skipped: %s", pl->name, strerror(-fd));
		r->nr_skipped++;
		return 1;
	}
	if ((fd == -ENOENT || fd == -EINVAL || fd == -EADDRNOTAVAIL) && !pl->address) {
		err = no_function(r, pl, fd);
		return err ? err : 1;
	}
	if (fd == -EILSEQ || ((fd == -EINVAL || fd == -ENOENT) && pl->address)) {
		err = btc_place_missing(
			r, pl->pr, BTC_STATUS_LOAD, "cannot attach to %s: %s", pl->name,
			fd != -EILSEQ ? "the kernel allows no probe there"
			: pl->address ? "it is in the middle of an instruction"
				      : "the offset is in the middle of an instruction");
		return err ? err : 1;
	}
	if (fd < 0)
		return fd;
	return btc_attach_perf_fd(r, btc_place_prog(r, pl), fd, index, 0);
}

/* --- kprobe_multi --- */

static int link_multi(int prog, bool ret, const char **syms, const __u64 *cookies, unsigned nr)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);

	opts.kprobe_multi.flags = ret ? BPF_F_KPROBE_MULTI_RETURN : 0;
	opts.kprobe_multi.cnt = nr;
	opts.kprobe_multi.syms = syms;
	opts.kprobe_multi.cookies = cookies;
	return bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &opts);
}

/*
 * A kernel that has it reads the addresses, and says that there is nothing to
 * read. To be told that a name is unknown takes a walk over all symbols.
 */
static bool has_kprobe_multi(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_KPROBE_MULTI);
	LIBBPF_OPTS(bpf_link_create_opts, link, .kprobe_multi.cnt = 1,
		    .kprobe_multi.addrs = (const unsigned long *)8);
	const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int prog, fd;

	prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "btc_probe", "GPL", insn, 2, &opts);
	if (prog < 0)
		return false;
	fd = bpf_link_create(prog, 0, BPF_TRACE_KPROBE_MULTI, &link);
	close(prog);
	return fd == -EFAULT;
}

static bool is_kprobe(const struct btc_probe *pr)
{
	return pr->kind == BTC_KPROBE || pr->kind == BTC_KRETPROBE;
}

/* Does a pattern's link take the same function? */
static bool meets_multi(const struct btc_run *r, const struct btc_place *pl)
{
	const struct btc_place *other = r->places;
	unsigned i;

	for (i = 0; i < r->nr_places; i++, other++)
		if (other->multi && !other->dropped && !strcmp(other->func, pl->func))
			return true;
	return false;
}

/* Such links do not take all that single kprobes do. */
static bool can_be_multi(const struct btc_run *r, const struct btc_place *pl)
{
	return is_kprobe(pl->pr) && !pl->offset && !pl->address && !*pl->target &&
	       (pl->pr->wild || meets_multi(r, pl) || !btc_function_find("", pl->func));
}

/* A program has one attach type: all of its places go the same way. */
static bool choose_program(struct btc_run *r, const char *name)
{
	bool any = false, all = true;
	unsigned i;

	for (i = 0; !any && i < r->nr_places; i++) {
		const struct btc_place *pl = &r->places[i];

		if (!strcmp(pl->pr->prog, name) && !pl->dropped)
			any = pl->pr->wild || meets_multi(r, pl);
	}
	for (i = 0; any && all && i < r->nr_places; i++)
		if (!strcmp(r->places[i].pr->prog, name) && !r->places[i].dropped)
			all = can_be_multi(r, &r->places[i]);
	for (i = 0; i < r->nr_places; i++)
		if (!strcmp(r->places[i].pr->prog, name))
			r->places[i].multi = any && all;
	return any && all;
}

/*
 * Patterns are attached by such links; so are the functions of theirs that
 * other probes name: the kernel runs its links in another order than kprobes,
 * and the script's is wanted.
 */
void btc_choose_multi(struct btc_run *r)
{
	bool changed, known = false;
	unsigned i;

	do {
		changed = false;
		for (i = 0; i < r->nr_places && !r->no_kprobe_multi; i++) {
			const char *name = r->places[i].pr->prog;

			if (!is_kprobe(r->places[i].pr) || r->places[i].multi ||
			    r->places[i].dropped || (i && r->places[i - 1].pr == r->places[i].pr) ||
			    !choose_program(r, name))
				continue;
			if (!known)
				r->no_kprobe_multi = !has_kprobe_multi();
			known = changed = true;
			if (!r->no_kprobe_multi)
				bpf_program__set_expected_attach_type(
					bpf_object__find_program_by_name(r->obj, name),
					BPF_TRACE_KPROBE_MULTI);
		}
	} while (changed);
	for (i = 0; r->no_kprobe_multi && i < r->nr_places; i++)
		r->places[i].multi = false;
}

/* In a second try functions of modules are left out. */
static bool is_in_link(const struct btc_place *pl, const struct btc_probe *pr, unsigned round)
{
	return pl->pr == pr && !pl->dropped && !(round && *pl->target);
}

/*
 * All matches of one attach point. Functions of modules are left out if the
 * kernel cannot find them by name; then the list is as long as it can be.
 */
int btc_attach_multi(struct btc_run *r, const struct btc_place *first)
{
	const struct btc_probe *pr = first->pr;
	const char **syms = calloc(r->nr_places, sizeof(*syms));
	__u64 *cookies = calloc(r->nr_places, sizeof(*cookies));
	int prog = -1, fd = -ENOMEM;
	unsigned i, n, left_out = 0, round;

	for (round = 0; syms && cookies && round < 2; round++) {
		n = 0;
		for (i = 0; i < r->nr_places; i++) {
			const struct btc_place *pl = &r->places[i];

			if (!is_in_link(pl, pr, 0))
				continue;
			if (!is_in_link(pl, pr, round)) {
				btc_verbose(r, "%s: skipped: it is in module %s", pl->name,
					    pl->target);
				left_out++;
				continue;
			}
			prog = btc_place_prog(r, pl);
			syms[n] = pl->func;
			cookies[n++] = pl->number;
		}
		fd = n ? link_multi(prog, pr->kind == BTC_KRETPROBE, syms, cookies, n) : -ENOENT;
		if (fd >= 0) {
			for (i = 0; i < r->nr_places; i++)
				r->places[i].attached |= is_in_link(&r->places[i], pr, round);
			r->nr_skipped += left_out;
			btc_verbose(r, "attached %s: one link for %u functions", pr->name, n);
			fd = btc_link_add(r, fd, -1);
			break;
		}
	}
	free(syms);
	free(cookies);
	return fd < 0 ? btc_attach_failed(r, first, fd) : 0;
}
