// SPDX-License-Identifier: Apache-2.0
/*
 * Processes rather than threads: a compilation keeps no state in globals, but the
 * libraries that it calls do, and the handling of signals is the process's. Texts
 * go to memory files, as in spawn.c, so that nobody has to read while they run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"
#include "progress.h"

struct job {
	pid_t pid; /* 0: not started, or over */
	int diag;  /* memory file */
	bool over, ok;
};

struct jobs {
	struct job *v;
	size_t nr, started, running, shown;
	sigset_t orig; /* mask of signals */
};

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

static volatile sig_atomic_t stopped_by;

static void on_signal(int sig)
{
	stopped_by = sig;
}

static size_t nr_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (size_t)CPU_COUNT(&set);
}

static void child(struct jobs *js, struct job *j, bool (*work)(void *ctx, size_t i), void *ctx)
{
	bool ok;

	for (size_t i = 0; i < COUNT_OF(stop_signals); i++)
		signal(stop_signals[i], SIG_DFL);
	progress__stop();
	sigprocmask(SIG_SETMASK, &js->orig, NULL);
	/* Its stderr is no terminal, but ends up on one. */
	if (isatty(STDERR_FILENO) && !getenv("NO_COLOR"))
		setenv("BPFTRACE_COLOR", "always", 0);
	dup2(j->diag, STDERR_FILENO);
	ok = work(ctx, (size_t)(j - js->v));
	fflush(NULL);
	_exit(ok ? 0 : 1);
}

/* One that cannot be started has failed. */
static void start(struct jobs *js, bool (*work)(void *ctx, size_t i), void *ctx)
{
	struct job *j = &js->v[js->started++];

	j->diag = memfd_create("stderr", MFD_CLOEXEC);
	fflush(NULL);
	j->pid = j->diag < 0 ? -1 : fork();
	if (!j->pid)
		child(js, j, work, ctx);
	if (j->pid < 0) {
		fprintf(stderr, "btc: error: cannot start a process: %s\n", strerror(errno));
		j->pid = 0;
		j->over = true;
		return;
	}
	js->running++;
}

static void show(struct job *j)
{
	char part[8192];
	off_t at = 0;
	ssize_t n;

	progress__clear();
	while (j->diag >= 0 && (n = pread(j->diag, part, sizeof(part), at)) > 0) {
		fwrite(part, 1, (size_t)n, stderr);
		at += n;
	}
	if (j->diag >= 0)
		close(j->diag);
}

static void pass_on(struct jobs *js, int sig)
{
	for (size_t i = 0; i < js->started; i++) {
		if (js->v[i].pid)
			kill(js->v[i].pid, sig);
	}
}

static void show_progress(const struct jobs *js)
{
	char text[64];

	snprintf(text, sizeof(text), "%zu of %zu scripts are done", js->started - js->running,
		 js->nr);
	progress__step(text);
}

static void wait_one(struct jobs *js)
{
	int st;
	pid_t pid = waitpid(-1, &st, 0);

	for (size_t i = 0; pid > 0 && i < js->started; i++) {
		struct job *j = &js->v[i];

		if (j->pid != pid)
			continue;
		j->pid = 0;
		j->over = true;
		j->ok = WIFEXITED(st) && !WEXITSTATUS(st);
		js->running--;
		show_progress(js);
		if (WIFSIGNALED(st) && !stopped_by)
			dprintf(j->diag, "btc: error: the compiler was killed by signal %d\n",
				WTERMSIG(st));
	}
	while (js->shown < js->started && js->v[js->shown].over)
		show(&js->v[js->shown++]);
}

bool jobs__run(struct arena *a, size_t nr, bool (*work)(void *ctx, size_t i), void *ctx)
{
	struct jobs js = { .v = arena__alloc(a, nr * sizeof(struct job)), .nr = nr };
	struct sigaction catch = { .sa_handler = on_signal }, old[COUNT_OF(stop_signals)];
	size_t max = nr_cpus();
	bool passed = false, ok = true;

	sigprocmask(SIG_SETMASK, NULL, &js.orig);
	for (size_t i = 0; i < COUNT_OF(stop_signals); i++)
		sigaction(stop_signals[i], &catch, &old[i]);
	progress__start("several scripts");
	while (js.running || (js.started < nr && !stopped_by)) {
		if (js.started < nr && js.running < max && !stopped_by) {
			start(&js, work, ctx);
			continue;
		}
		wait_one(&js);
		if (stopped_by && !passed) {
			passed = true;
			pass_on(&js, stopped_by);
		}
	}
	progress__stop();
	while (js.shown < js.started)
		show(&js.v[js.shown++]);
	for (size_t i = 0; i < COUNT_OF(stop_signals); i++)
		sigaction(stop_signals[i], &old[i], NULL);
	if (stopped_by)
		raise(stopped_by);
	for (size_t i = 0; i < nr; i++)
		ok = ok && js.v[i].ok;
	return ok;
}
