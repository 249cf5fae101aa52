// SPDX-License-Identifier: Apache-2.0
/*
 * Perf events: timers (a software clock on one CPU or on all), software and
 * hardware counters. With -p or -c all but interval follow that process and
 * the ones it starts.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#define CACHE_REFERENCES PERF_COUNT_HW_CACHE_REFERENCES

static const struct event {
	const char *name;
	__u32 type, config;
	__u64 period; /* by default */
} events[] = {
	{ "alignment-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_ALIGNMENT_FAULTS, 1 },
	{ "bpf-output", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT, 1 },
	{ "context-switches", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, 1000 },
	{ "cs", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, 1000 },
	{ "cpu-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 1000000 },
	{ "cpu", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK, 1000000 },
	{ "cpu-migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS, 1 },
	{ "dummy", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY, 1 },
	{ "emulation-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_EMULATION_FAULTS, 1 },
	{ "major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1 },
	{ "minor-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MIN, 100 },
	{ "page-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 100 },
	{ "faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS, 100 },
	{ "task-clock", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, 1 },
	{ "backend-stalls", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_BACKEND, 1000000 },
	{ "branch-instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000 },
	{ "branches", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000 },
	{ "branch-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES, 100000 },
	{ "bus-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BUS_CYCLES, 100000 },
	{ "cache-misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES, 1000000 },
	{ "cache-references", PERF_TYPE_HARDWARE, CACHE_REFERENCES, 1000000 },
	{ "cpu-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 1000000 },
	{ "cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, 1000000 },
	{ "frontend-stalls", PERF_TYPE_HARDWARE, PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, 1000000 },
	{ "instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, 1000000 },
	{ "ref-cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_REF_CPU_CYCLES, 1000000 },
};

/* On each CPU that is online; with @one on the first of them. */
static int open_events(struct btc_run *r, unsigned index, struct perf_event_attr *attr, bool one)
{
	int prog = btc_place_prog(r, &r->places[index]);
	pid_t pid = one ? 0 : r->pid ? r->pid : r->child.pid;
	unsigned cpu, opened = 0;
	int fd, err;

	attr->inherit = pid != 0;
	for (cpu = 0; cpu < r->nr_cpus && !(one && opened); cpu++) {
		fd = syscall(SYS_perf_event_open, attr, pid ? pid : -1, cpu, -1,
			     PERF_FLAG_FD_CLOEXEC);
		if (fd < 0 && errno == ENODEV)
			continue; /* possible but not online */
		if (fd < 0)
			return -errno;
		err = btc_attach_perf_fd(r, prog, fd, index, 0);
		if (err)
			return err;
		opened++;
	}
	return opened ? 0 : -ENODEV;
}

int btc_attach_clock(struct btc_run *r, unsigned index)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};
	static const struct {
		const char *unit;
		__u64 ns;
	} units[] = {
		{ "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 }, { "", 1 },
	};
	const struct btc_place *pl = &r->places[index];
	size_t i;

	if (!strcmp(pl->target, "hz")) {
		attr.freq = 1;
		attr.sample_freq = pl->rate;
		return open_events(r, index, &attr, pl->pr->kind == BTC_INTERVAL);
	}
	for (i = 0; i < BTC_COUNT(units); i++) {
		if (strcmp(pl->target, units[i].unit))
			continue;
		if (__builtin_mul_overflow(pl->rate, units[i].ns, &attr.sample_period) ||
		    attr.sample_period >> 63)
			return btc_fail(r, BTC_STATUS_FACT, pl->pr->where,
					"%s: the period is too long", pl->name);
		if (attr.sample_period < 1000)
			return btc_fail(r, BTC_STATUS_FACT, pl->pr->where,
					"%s: the period is below 1000 ns", pl->name);
		return open_events(r, index, &attr, pl->pr->kind == BTC_INTERVAL);
	}
	return -EINVAL;
}

int btc_attach_event(struct btc_run *r, unsigned index)
{
	const struct btc_place *pl = &r->places[index];
	__u32 type = pl->pr->kind == BTC_HARDWARE ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE;
	const char *name = *pl->target ? pl->target : pl->func;
	struct perf_event_attr attr = { .type = type, .size = sizeof(attr) };
	size_t i;
	int err;

	for (i = 0; i < BTC_COUNT(events); i++)
		if (events[i].type == type && !strcmp(events[i].name, name))
			break;
	if (i == BTC_COUNT(events))
		return btc_fail(r, BTC_STATUS_FACT, pl->pr->where, "there is no event '%s'", name);
	attr.config = events[i].config;
	attr.sample_period = pl->rate ? pl->rate : events[i].period;
	err = open_events(r, index, &attr, false);
	if (type == PERF_TYPE_HARDWARE &&
	    (err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV)) {
		err = btc_place_missing(
			r, pl->pr, BTC_STATUS_LOAD,
			"cannot attach to %s: this machine has no such counter (virtual machines often have none)",
			pl->name);
		return err ? err : 1;
	}
	return err;
}
