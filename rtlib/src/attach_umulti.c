// SPDX-License-Identifier: Apache-2.0
/*
 * uprobe_multi: one link for all matches of a pattern in one file, where the
 * kernel has it (6.6). libbpf does not know it yet, so the call and its
 * argument are ours. A link fails as a whole if one of its places cannot be
 * probed: it is then halved until the culprit stands alone.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#define UPROBE_MULTI	    48 /* enum bpf_attach_type: BPF_TRACE_UPROBE_MULTI */
#define UPROBE_MULTI_RETURN 1  /* BPF_F_UPROBE_MULTI_RETURN */

/* union bpf_attr, link_create, of include/uapi/linux/bpf.h in 6.6 */
struct link_create {
	__u32 prog_fd, target_fd, attach_type, flags;
	__u64 path, offsets, ref_ctr_offsets, cookies;
	__u32 nr, multi_flags;
	__s32 pid;
	__u32 pad;
};

static int link_multi(int prog, const char *path, bool ret, pid_t pid, const __u64 *offs,
		      const __u64 *cookies, unsigned nr)
{
	struct link_create attr = {
		.prog_fd = prog,
		.attach_type = UPROBE_MULTI,
		.path = (__u64)(unsigned long)path,
		.offsets = (__u64)(unsigned long)offs,
		.cookies = (__u64)(unsigned long)cookies,
		.nr = nr,
		.multi_flags = ret ? UPROBE_MULTI_RETURN : 0,
		.pid = pid,
	};
	int fd = syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

/*
 * A kernel that has it says that "/" is no file to probe. Those that took the
 * process of -p for one thread of it do not say that there is no process -1.
 */
static bool has_uprobe_multi(bool with_pid)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = (enum bpf_attach_type)UPROBE_MULTI);
	const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const __u64 off = 1;
	bool has;
	int prog;

	prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "btc_probe", "GPL", insn, 2, &opts);
	if (prog < 0)
		return false;
	has = link_multi(prog, "/", false, 0, &off, NULL, 1) == -EBADF &&
	      (!with_pid || link_multi(prog, "/", false, -1, &off, NULL, 1) == -EINVAL);
	close(prog);
	return has;
}

bool btc_is_uprobe(const struct btc_probe *pr)
{
	return pr->kind == BTC_UPROBE || pr->kind == BTC_URETPROBE;
}

static bool has_pattern(const struct btc_run *r, const char *prog)
{
	unsigned i;

	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].pr->wild && !r->places[i].dropped &&
		    !strcmp(r->places[i].pr->prog, prog))
			return true;
	return false;
}

/* A program has one attach type: all of its places go the same way. */
void btc_choose_umulti(struct btc_run *r)
{
	const char *name, *last = NULL;
	bool known = false, multi = false;
	struct bpf_program *prog;
	unsigned i;

	for (i = 0; i < r->nr_places && !r->no_uprobe_multi; i++) {
		name = r->places[i].pr->prog;
		if (!btc_is_uprobe(r->places[i].pr))
			continue;
		if (!last || strcmp(last, name))
			multi = has_pattern(r, name);
		last = name;
		if (!multi)
			continue;
		if (!known)
			r->no_uprobe_multi = !has_uprobe_multi(r->pid || r->child.pid);
		known = true;
		if (r->no_uprobe_multi)
			return;
		r->places[i].multi = true;
		prog = bpf_object__find_program_by_name(r->obj, name);
		if (prog)
			bpf_program__set_expected_attach_type(prog,
							      (enum bpf_attach_type)UPROBE_MULTI);
	}
}

struct batch {
	struct btc_run *r;
	const struct btc_place *first;
	__u64 *offs, *cookies;
	unsigned *index; /* of the places */
};

/* Adds how many could be attached. */
static int attach_range(struct batch *b, unsigned from, unsigned nr, unsigned *attached)
{
	struct btc_run *r = b->r;
	const struct btc_place *pl = b->first;
	unsigned i;
	int fd;

	fd = link_multi(btc_place_prog(r, pl), pl->target, pl->pr->kind == BTC_URETPROBE,
			r->pid ? r->pid : r->child.pid, b->offs + from, b->cookies + from, nr);
	if (fd >= 0) {
		for (i = from; i < from + nr; i++)
			r->places[b->index[i]].attached = true;
		*attached += nr;
		return btc_link_add(r, fd, -1);
	}
	if (nr > 1 && (fd == -EINVAL || fd == -ENOTSUP || fd == -524 || fd == -EIO)) {
		fd = attach_range(b, from, nr / 2, attached);
		return fd ? fd : attach_range(b, from + nr / 2, nr - nr / 2, attached);
	}
	if (nr > 1 || !pl->pr->wild)
		return btc_attach_failed(r, &r->places[b->index[from]], fd);
	btc_verbose(r, "%s: skipped: %s", r->places[b->index[from]].name, strerror(-fd));
	r->nr_skipped++;
	return 0;
}

static bool is_in(const struct btc_place *pl, const struct btc_place *first)
{
	return pl->pr == first->pr && !pl->dropped && !strcmp(pl->target, first->target);
}

/* The matches of @first's attach point in its file; nothing if another one has done it. */
static int attach_file(struct btc_run *r, const struct btc_place *first)
{
	struct batch b = { .r = r, .first = first };
	unsigned i, n = 0, attached = 0;
	int err = -ENOMEM;

	b.offs = calloc(r->nr_places, sizeof(*b.offs));
	b.cookies = calloc(r->nr_places, sizeof(*b.cookies));
	b.index = calloc(r->nr_places, sizeof(*b.index));
	if (b.offs && b.cookies && b.index) {
		for (i = 0; i < r->nr_places; i++) {
			if (!is_in(&r->places[i], first))
				continue;
			b.offs[n] = r->places[i].offset;
			b.cookies[n] = r->places[i].number;
			b.index[n++] = i;
		}
		err = attach_range(&b, 0, n, &attached);
		btc_verbose(r, "attached %s: %s: %u functions together", first->pr->name,
			    first->target, attached);
	}
	free(b.offs);
	free(b.cookies);
	free(b.index);
	return err;
}

int btc_attach_umulti(struct btc_run *r, const struct btc_place *first)
{
	unsigned i, k;
	int err = 0;

	for (i = 0; !err && i < r->nr_places; i++) {
		if (r->places[i].pr != first->pr || r->places[i].dropped)
			continue;
		for (k = 0; k < i && !is_in(&r->places[k], &r->places[i]); k++)
			;
		if (k == i)
			err = attach_file(r, &r->places[i]);
	}
	return err;
}
