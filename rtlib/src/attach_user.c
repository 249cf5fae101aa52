// SPDX-License-Identifier: Apache-2.0
/*
 * uprobes and uretprobes: a perf event each, bound to the process of -p or -c
 * if there is one.
 */
#include <errno.h>
#include <linux/perf_event.h>
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

int btc_attach_user(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	struct perf_event_attr attr = { .size = sizeof(attr) };
	pid_t pid = r->pid ? r->pid : r->child.pid ? r->child.pid : -1;
	unsigned type, bit = 0;
	int fd, err;

	err = read_number("/sys/bus/event_source/devices/uprobe/type", "%u", &type);
	if (!err && pl->pr->kind == BTC_URETPROBE)
		err = read_number("/sys/bus/event_source/devices/uprobe/format/retprobe",
				  "config:%u", &bit);
	if (err)
		return btc_fail(
			r, BTC_STATUS_LOAD, pl->pr->where,
			"cannot attach to %s: this kernel has no uprobes (CONFIG_UPROBE_EVENTS)",
			pl->name);
	attr.type = type;
	attr.config = pl->pr->kind == BTC_URETPROBE ? 1ull << bit : 0;
	attr.uprobe_path = (__u64)(unsigned long)pl->target;
	attr.probe_offset = pl->offset;
	fd = syscall(SYS_perf_event_open, &attr, pid, pid < 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : btc_attach_perf_fd(r, btc_place_prog(r, pl), fd, index, 0);
}
