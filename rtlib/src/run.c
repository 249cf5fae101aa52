// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a tool: bind, load, begin, attach, read, detach, end, print.
 *
 * The reader's state is published in the control block. Busy, it naps between
 * drains and is woken only by a full threshold; idle, it sleeps and is woken
 * by the first record. Who wakes it sets it awake, so one wake-up is enough.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define BUDGET	 16384 /* records between looks at signals and lost counts */
#define NAP_MS	 10
#define SLEEP_MS 1000
#define NAPS	 3 /* empty naps before sleep; more than one: see nap() */

enum { WAKE_RING, WAKE_PROCESS };

static volatile sig_atomic_t stopped, asked;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		asked = 1; /* for self:signal:SIGUSR1; swallowed without */
	else
		stopped = 1;
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	sa.sa_handler = SIG_IGN; /* a write says EPIPE instead */
	sigaction(SIGPIPE, &sa, NULL);
}

static void tell_lost(struct btc_run *r)
{
	__u64 lost = __atomic_load_n(&r->ctl->lost, __ATOMIC_RELAXED) +
		     __atomic_load_n(&r->ctl->lost_prio, __ATOMIC_RELAXED) + r->lost_packets;

	if (lost == r->lost_told)
		return;
	if (r->json) {
		btc_json_count(r, "lost_events", "events", lost - r->lost_told);
	} else {
		btc_out_flush(&r->out);
		fprintf(stderr, "Lost %llu events\n", (unsigned long long)(lost - r->lost_told));
	}
	r->lost_told = lost;
}

/*
 * Edge-triggered, so that records which arrive during a nap do not end it.
 * A writer may read the old state, then commit without a wake-up just after
 * we fell asleep: the naps spent in state ASLEEP pick that record up.
 */
static void nap(struct btc_run *r, int epfd, unsigned idle, const sigset_t *mask)
{
	__u32 state = idle ? BTC_ASLEEP : BTC_NAP;
	struct epoll_event ev;
	__u32 size;
	int ms;

	__atomic_store_n(&r->ctl->wait, state, __ATOMIC_SEQ_CST);
	if (idle && btc_ring_peek(&r->events, &size))
		return;
	ms = idle < NAPS ? NAP_MS : SLEEP_MS;
	if (epoll_pwait(epfd, &ev, 1, ms, mask) == 1 && ev.data.u32 == WAKE_PROCESS) {
		btc_verbose(r, "the traced process has ended");
		stopped = 1;
	}
}

static int watch(int epfd, int fd, __u32 what)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u32 = what };

	return fd < 0 || !epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ev) ? 0 : -errno;
}

static void run_self_probes(struct btc_run *r)
{
	unsigned i;

	asked = 0;
	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].pr->kind == BTC_SELF && !r->places[i].dropped)
			btc_run_once(r, r->places[i].pr);
}

/*
 * Nobody but begin probes and an iterator wrote: when their records are read, it is over. But for
 * a process that nothing was iterated of: its end is that of the run.
 */
static bool is_over(const struct btc_run *r, size_t n)
{
	return !r->nr_live && !n && (r->iter || (r->pidfd < 0 && r->child.pidfd < 0));
}

static int loop(struct btc_run *r)
{
	sigset_t block, orig;
	unsigned idle = 0;
	int epfd, err = 0;
	size_t n;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &orig);
	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0)
		err = -errno;
	if (!err)
		err = watch(epfd, r->events.fd, WAKE_RING);
	if (!err)
		err = watch(epfd, r->prio.fd, WAKE_RING);
	if (!err)
		err = watch(epfd, r->pidfd, WAKE_PROCESS);
	if (!err)
		err = watch(epfd, r->child.pidfd, WAKE_PROCESS);
	if (!err && r->p->packets)
		err = watch(epfd, r->p->packets->fd(r), WAKE_RING);
	while (!err && !stopped && !r->exiting && !r->out.err) {
		__atomic_store_n(&r->ctl->wait, BTC_AWAKE, __ATOMIC_RELAXED);
		if (asked)
			run_self_probes(r);
		n = btc_drain(r, BUDGET);
		if (r->p->packets)
			r->p->packets->drain(r);
		tell_lost(r);
		btc_warn_check(r, false);
		idle = n ? 0 : idle < NAPS ? idle + 1 : idle;
		if (is_over(r, n))
			break;
		if (n < BUDGET && !r->exiting) {
			if (r->out.mode != BTC_FLUSH_FULL)
				btc_out_flush(&r->out);
			if (idle == 1 || idle == NAPS)
				btc_usyms_snapshot(r, r->pid ? (__u32)r->pid : (__u32)r->child.pid);
			nap(r, epfd, idle, &orig);
		} else { /* take signals between drains, too */
			sigprocmask(SIG_SETMASK, &orig, NULL);
			sigprocmask(SIG_BLOCK, &block, NULL);
		}
	}
	if (epfd >= 0)
		close(epfd);
	sigprocmask(SIG_SETMASK, &orig, NULL);
	return err;
}

static void discard(struct btc_ring *ring)
{
	__u32 size;

	while (btc_ring_peek(ring, &size))
		btc_ring_next(ring);
}

void btc_discard(struct btc_run *r)
{
	discard(&r->events);
	discard(&r->prio);
}

/* Each end probe's exit() cuts what it wrote after it, and not the next probe. */
static void run_end_probes(struct btc_run *r)
{
	unsigned i;

	for (i = 0; i < r->nr_places; i++) {
		if (r->places[i].pr->kind != BTC_END || r->places[i].dropped)
			continue;
		r->exiting = false;
		btc_run_once(r, r->places[i].pr);
		while (btc_drain(r, BUDGET))
			;
		if (r->exiting)
			btc_discard(r);
	}
}

static void finish(struct btc_run *r)
{
	unsigned i;

	btc_notify_stopping(r);
	btc_detach(r);
	btc_watch_end(r);
	btc_child_free(r);
	while (!r->exiting && btc_drain(r, BUDGET))
		;
	if (r->exiting) /* what exit() overtook stays unprinted */
		btc_discard(r);
	run_end_probes(r);
	if (r->p->packets)
		r->p->packets->drain(r);
	tell_lost(r);
	btc_warn_check(r, true);
	if (r->lost_told && !r->no_warnings) {
		btc_out_flush(&r->out);
		fprintf(stderr, "WARNING: Total lost event count: %llu\n",
			(unsigned long long)r->lost_told);
	}
	if (r->out.err)
		return;
	signal(SIGINT, SIG_DFL); /* from here on it kills */
	if (!r->json)
		btc_out_str(&r->out, "\n\n");
	for (i = 0; i < r->p->nr_maps && r->config.print_maps_on_exit; i++)
		btc_map_print(r, i, 0, 0, true);
	btc_out_flush(&r->out);
}

static int run_begin_probes(struct btc_run *r)
{
	struct timespec ts;
	unsigned i;
	int err = 0;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	r->ctl->start_ns = (__u64)ts.tv_sec * 1000000000 + ts.tv_nsec;
	for (i = 0; !err && i < r->nr_places; i++) {
		if (r->places[i].pr->kind != BTC_BEGIN || r->places[i].dropped)
			continue;
		err = btc_run_once(r, r->places[i].pr);
	}
	return err;
}

static int start(struct btc_run *r)
{
	int err;

	if (r->ask == BTC_ASK_INFO || r->ask == BTC_ASK_SOURCE)
		return btc_asked(r);
	if (r->ask == BTC_ASK_CHECK)
		return btc_check(r);
	err = r->ask == BTC_ASK_LIST ? 0 : btc_check_privilege(r);
	if (err)
		return err;
	if (r->pid) {
		r->pidfd = syscall(SYS_pidfd_open, r->pid, 0);
		if (r->pidfd < 0)
			return btc_fail(r, BTC_STATUS_FACT, NULL, "-p %d: %s", r->pid,
					strerror(errno));
	}
	err = btc_places(r);
	if (!err)
		err = btc_mode_check(r);
	if (!err && r->ask == BTC_ASK_LIST)
		return btc_asked(r);
	if (err)
		return err;
	if (!r->nr_places) {
		if (!r->quiet)
			fprintf(r->json ? stderr : stdout, "No probes to attach\n");
		r->status = 1;
		r->told = true;
		return -ECANCELED;
	}
	err = btc_load(r);
	if (!err && r->p->packets)
		err = r->p->packets->open(r);
	if (!err)
		err = run_begin_probes(r);
	if (!err)
		err = btc_attach(r);
	if (!err && stopped)
		return btc_fail(r, BTC_STATUS_LOAD, NULL,
				"interrupted before all probes were attached");
	if (!err && r->ask != BTC_ASK_DRY_RUN)
		err = btc_child_start(r);
	if (!err && !r->nr_attached) {
		if (!r->quiet)
			fprintf(r->json ? stderr : stdout, "No probes to attach\n");
		r->status = 1;
		r->told = true;
		return -ECANCELED;
	}
	return err;
}

static void announce(struct btc_run *r)
{
	static const char word[] = "__BPFTRACE_NOTIFY_PROBES_ATTACHED\n";
	ssize_t n;

	if (!r->quiet && r->json)
		btc_json_count(r, "attached_probes", "probes", r->nr_attached);
	else if (!r->quiet)
		fprintf(stderr, "Attached %u probe%s\n", r->nr_attached,
			r->nr_attached == 1 ? "" : "s");
	if (!r->quiet && r->nr_skipped)
		fprintf(stderr, "Skipped %u function%s that match but cannot be traced%s\n",
			r->nr_skipped, r->nr_skipped == 1 ? "" : "s",
			r->verbose ? "" : " (-v names them)");
	btc_notify_ready(r);
	if (!getenv("__BPFTRACE_NOTIFY_PROBES_ATTACHED"))
		return;
	n = write(STDOUT_FILENO, word, sizeof(word) - 1); /* even with -o */
	if (n < 0 && r->out.fd == STDOUT_FILENO)
		r->out.err = -errno;
}

static void output_failed(struct btc_run *r)
{
	if (r->out.err == -EPIPE) { /* as if SIGPIPE had killed it */
		r->status = BTC_STATUS_PIPE;
		return;
	}
	btc_fail(r, BTC_STATUS_FACT, NULL, "cannot write the output: %s", strerror(-r->out.err));
}

static void run_free(struct btc_run *r)
{
	btc_detach(r);
	btc_child_free(r);
	if (r->p->packets)
		r->p->packets->close(r);
	btc_unload(r);
	btc_places_free(r);
	btc_usdt_free(r);
	btc_ksyms_free(&r->ksyms);
	btc_usyms_free(r);
	if (r->pidfd >= 0)
		close(r->pidfd);
	if (r->out.fd > STDERR_FILENO)
		close(r->out.fd);
	btc_out_free(&r->out);
	btc_out_free(&r->tmp);
	btc_out_free(&r->key);
	btc_out_free(&r->later);
	free(r->param);
}

/* Where stdout is closed a map must not become it: a write to this one says EBADF. */
static void guard_stdio(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int btc_main(const struct btc_program *program, int argc, char **argv)
{
	struct btc_run run = {
		.p = program,
		.config = program->config,
		.pidfd = -1,
		.notify_fd = -1,
		.child = { .go = -1, .pidfd = -1 },
		.later = { .fd = -1 },
	};
	struct btc_run *r = &run;
	int err;

	guard_stdio();
	r->nr_cpus = libbpf_num_possible_cpus();
	err = btc_out_init(&r->out, STDOUT_FILENO);
	if (!err)
		err = btc_out_init(&r->tmp, -1);
	if (!err)
		err = btc_out_init(&r->key, -1);
	if (!err)
		err = btc_options(r, argc, argv);
	if (err > 0) { /* --help and the like */
		run_free(r);
		return 0;
	}
	if (!err)
		err = btc_env(r);
	if (!err && r->cmd) /* before the handlers of signals: it inherits them */
		err = btc_child_new(r, r->cmd);
	if (!err) {
		catch_signals();
		err = start(r);
	}
	if (!err && !r->ask) {
		if (r->mode_test || r->mode_bench) {
			err = btc_mode_run(r);
		} else {
			announce(r);
			btc_usyms_follow(r, r->child.pid);
			err = btc_run_iter(r);
			btc_drop_caps(r);
			if (!err)
				err = loop(r);
		}
		finish(r);
		if (r->out.err)
			output_failed(r);
	}
	if (err && !r->told)
		btc_fail(r, BTC_STATUS_LOAD, NULL, "%s: %s", program->name, strerror(-err));
	err = r->status;
	run_free(r);
	return err;
}
