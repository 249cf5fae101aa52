// SPDX-License-Identifier: Apache-2.0
/*
 * --test and --bench: the probes of that name are run one after the other,
 * as begin probes are, and a report takes the place of tracing. A test passes
 * if it returns 0, calls no exit() with another status and no errorf(); only
 * of a failing one the output is shown. A benchmark's time is the kernel's own
 * figure (BPF statistics) where they may be had, else that of the calls; in
 * both cases less what an empty program takes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/bpf.h>

#include "internal.h"

#define GREEN	 "\033[32m"
#define RED	 "\033[31m"
#define RESET	 "\033[0m"
#define LEAST_NS 1000000 /* of a benchmark, all of its iterations together */
#define EMPTY	 2000	 /* iterations of the empty program */
#define WARM	 100	 /* iterations before the first that counts */
#define BUDGET	 16384

bool btc_mode_has(const struct btc_run *r, const struct btc_probe *pr)
{
	switch (pr->kind) {
	case BTC_BEGIN:
	case BTC_END: return true;
	case BTC_TEST: return r->mode_test;
	case BTC_BENCH: return r->mode_bench;
	}
	return !r->mode_test && !r->mode_bench;
}

static unsigned count_places(const struct btc_run *r, int kind)
{
	unsigned i, n = 0;

	for (i = 0; i < r->nr_places; i++)
		n += r->places[i].pr->kind == kind && !r->places[i].dropped;
	return n;
}

int btc_mode_check(struct btc_run *r)
{
	bool tests = false, benches = false;
	unsigned i;

	if (r->mode_test && !count_places(r, BTC_TEST))
		return btc_fail(r, BTC_STATUS_FACT, NULL, "--test: the script has no test probes");
	if (r->mode_bench && !count_places(r, BTC_BENCH))
		return btc_fail(r, BTC_STATUS_FACT, NULL,
				"--bench: the script has no bench probes");
	if (r->nr_places)
		return 0;
	for (i = 0; i < r->p->nr_probes; i++) {
		tests |= r->p->probes[i].kind == BTC_TEST;
		benches |= r->p->probes[i].kind == BTC_BENCH;
	}
	if (!tests && !benches)
		return 0;
	return btc_fail(r, BTC_STATUS_FACT, NULL, "the script has %s probes only; %s runs them",
			!benches ? "test"
			: !tests ? "bench"
				 : "test and bench",
			tests ? "--test" : "--bench");
}

/* --- one run --- */

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* What was printed since, as text in r->capture. False: exit(code) or errorf() was called. */
static bool drain(struct btc_run *r)
{
	struct btc_out out = r->out;
	bool ok, json = r->json;

	r->capture.len = 0;
	r->json = false;
	r->out = r->capture;
	r->capturing = true;
	r->errored = r->exiting = false;
	r->status = 0;
	while (btc_drain(r, BUDGET))
		;
	ok = !r->errored && !(r->exiting && r->status);
	r->capturing = false;
	r->capture = r->out;
	r->out = out;
	r->json = json;
	btc_discard(r); /* what exit() overtook */
	r->exiting = false;
	r->status = 0;
	return ok;
}

/* --- tests --- */

static void tag(struct btc_out *o, const char *color, const char *text)
{
	btc_out_printf(o, "%s[%s]%s ", color, text, RESET);
}

static void duration(struct btc_out *o, __u64 ns)
{
	static const char *const units[] = { "ns", "μs", "ms", "s" };
	unsigned i;

	for (i = 0; i < 3 && ns >= 10000; i++)
		ns /= 1000;
	btc_out_printf(o, "%llu %s", (unsigned long long)ns, units[i]);
}

static int run_test(struct btc_run *r, const struct btc_probe *pr, bool *passed)
{
	struct btc_out *o = &r->out;
	__u32 retval = 0;
	__u64 begin;
	int err;

	if (!r->json) {
		tag(o, GREEN, " RUN      ");
		btc_out_printf(o, "%s\n", pr->func);
	}
	begin = now_ns();
	err = btc_run_prog(r, pr, &retval);
	begin = now_ns() - begin;
	if (err)
		return err;
	*passed = drain(r) && !retval;
	if (r->json) {
		btc_json_test(r, pr->func, begin, *passed, r->capture.buf,
			      *passed ? 0 : r->capture.len);
		btc_out_flush(o);
		r->capture.len = 0;
		return 0;
	}
	if (!*passed) {
		btc_out_mem(o, r->capture.buf, r->capture.len);
		if (r->capture.len && r->capture.buf[r->capture.len - 1] != '\n')
			btc_out_char(o, '\n');
	}
	tag(o, *passed ? GREEN : RED, *passed ? "       OK " : "  FAILED  ");
	btc_out_printf(o, "%s (", pr->func);
	duration(o, begin);
	btc_out_str(o, ")\n");
	btc_out_flush(o);
	r->capture.len = 0;
	return 0;
}

static void plural(struct btc_out *o, unsigned n, const char *end)
{
	btc_out_printf(o, "%u test%s%s\n", n, n == 1 ? "" : "s", end);
}

static int run_tests(struct btc_run *r)
{
	unsigned i, nr = count_places(r, BTC_TEST), nr_failed = 0;
	bool *failed = calloc(r->nr_places, sizeof(*failed)), passed = false;
	struct btc_out *o = &r->out;
	int err = failed ? 0 : -ENOMEM;

	if (!r->json) {
		tag(o, GREEN, "==========");
		btc_out_printf(o, "Running %u tests.\n", nr);
	}
	for (i = 0; !err && i < r->nr_places; i++) {
		if (r->places[i].pr->kind != BTC_TEST || r->places[i].dropped)
			continue;
		err = run_test(r, r->places[i].pr, &passed);
		failed[i] = !passed;
		nr_failed += !passed;
	}
	if (!err && !r->json) {
		tag(o, GREEN, "==========");
		plural(o, nr, " ran.");
		tag(o, GREEN, "  PASSED  ");
		plural(o, nr - nr_failed, ".");
	}
	if (!err && nr_failed && !r->json) {
		tag(o, RED, "  FAILED  ");
		plural(o, nr_failed, ", listed below:");
		for (i = 0; i < r->nr_places; i++) {
			if (!failed[i])
				continue;
			tag(o, RED, "  FAILED  ");
			btc_out_printf(o, "%s\n", r->places[i].pr->func);
		}
	}
	free(failed);
	if (!err)
		r->status = nr_failed != 0;
	return err;
}

/* --- benchmarks --- */

struct bench {
	int fd;	    /* of the program */
	bool stats; /* the kernel counts */
	__u64 ns, runs;
	__u32 retval;
};

static __u64 kernel_ns(int fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.run_time_ns;
}

static int run_batch(struct bench *b, __u64 n)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	__u64 begin = b->stats ? kernel_ns(b->fd) : now_ns(), i;
	int err;

	for (i = 0; i < n; i++) {
		err = bpf_prog_test_run_opts(b->fd, &opts);
		if (err)
			return err;
		b->retval |= opts.retval;
	}
	b->ns += (b->stats ? kernel_ns(b->fd) : now_ns()) - begin;
	b->runs += n;
	return 0;
}

/* What a run costs that does nothing, in picoseconds. */
static __u64 empty_ps(bool stats)
{
	const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bench b = { .stats = stats };
	int err;

	b.fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "btc_empty", "GPL", insn, 2, NULL);
	if (b.fd < 0)
		return 0;
	err = run_batch(&b, WARM);
	b.ns = 0;
	if (!err)
		err = run_batch(&b, EMPTY);
	close(b.fd);
	return err ? 0 : b.ns * 1000 / EMPTY;
}

static __u64 average(const struct bench *b, __u64 empty)
{
	__u64 ps = b->ns * 1000 / b->runs;

	return ps > empty ? (ps - empty + 500) / 1000 : 0;
}

static int bench_failed(struct btc_run *r, const struct btc_probe *pr)
{
	if (r->capture.len && r->capture.buf[r->capture.len - 1] == '\n')
		r->capture.len--;
	btc_fail(r, BTC_STATUS_FACT, pr->where, "benchmark %s failed%s%.*s", pr->func,
		 r->capture.len ? ": " : "", (int)r->capture.len,
		 r->capture.len ? r->capture.buf : "");
	r->capture.len = 0;
	return 0;
}

static int run_bench(struct btc_run *r, const struct btc_place *pl, bool stats, __u64 empty,
		     unsigned width, bool *failed)
{
	struct bench b = { .fd = btc_place_prog(r, pl), .stats = stats };
	__u64 n = 1, begin = now_ns();
	int err = 0;

	/* The kernel's figure of a program that does next to nothing hardly grows: a second is enough. */
	while (!err && b.ns < LEAST_NS && now_ns() - begin < 1000 * (__u64)LEAST_NS) {
		err = run_batch(&b, n);
		if (!drain(r)) {
			*failed = true;
			return bench_failed(r, pl->pr);
		}
		if (b.retval)
			return 0;
		if (b.runs < WARM) /* the first ones were slow */
			b.ns = 0, b.runs = 0, n = WARM;
		n = n < 4096 ? 2 * n : n; /* drained before the rings are full */
	}
	if (err)
		return btc_fail(r, BTC_STATUS_LOAD, pl->pr->where, "cannot run %s: %s", pl->name,
				strerror(-err));
	if (r->json)
		btc_json_bench(r, pl->pr->func, average(&b, empty), b.runs);
	else
		btc_out_printf(&r->out, "%-*s%-15llu%llu\n", width, pl->pr->func,
			       (unsigned long long)average(&b, empty), (unsigned long long)b.runs);
	btc_out_flush(&r->out);
	return 0;
}

static int run_benches(struct btc_run *r)
{
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME), err = 0;
	__u64 empty = empty_ps(stats >= 0);
	bool failed = false;
	unsigned i, width = 40, total;

	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].pr->kind == BTC_BENCH && strlen(r->places[i].pr->func) > width)
			width = strlen(r->places[i].pr->func);
	width++;
	total = width + 15 + strlen("Iterations");
	if (!r->json) {
		btc_out_printf(&r->out, "%-*s%-15s%s\n", width, "Benchmark", "Time(ns)",
			       "Iterations");
		btc_out_pad(&r->out, '-', total);
		btc_out_char(&r->out, '\n');
	}
	for (i = 0; !err && i < r->nr_places; i++)
		if (r->places[i].pr->kind == BTC_BENCH && !r->places[i].dropped)
			err = run_bench(r, &r->places[i], stats >= 0, empty, width, &failed);
	if (stats >= 0)
		close(stats);
	r->status = failed ? BTC_STATUS_FACT : err ? r->status : 0;
	return err;
}

int btc_mode_run(struct btc_run *r)
{
	int err = btc_out_init(&r->capture, -1);

	r->config.print_maps_on_exit = false;
	if (!err) {
		drain(r); /* what begin probes print is not shown */
		err = r->mode_test ? run_tests(r) : run_benches(r);
	}
	btc_out_free(&r->capture);
	return err;
}
