// SPDX-License-Identifier: Apache-2.0
/*
 * A timer, as btc itself sits in wait(2) while others work. The handler may but
 * write(2), so the line is made beforehand; there are two, as it may come in between.
 * The cursor stays at the line's start, so that whatever is written next covers it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "progress.h"

#define CLEAR "\r\033[K"

static char what[64], lines[2][128];
static const char *volatile line;
static volatile sig_atomic_t shown;
static unsigned turn;

static void on_alarm(int sig)
{
	int err = errno;

	(void)sig;
	if (line && write(STDERR_FILENO, line, strlen(line)) > 0)
		shown = 1;
	errno = err;
}

static void set_timer(int seconds)
{
	struct itimerval t = { .it_value.tv_sec = seconds, .it_interval.tv_sec = seconds };

	setitimer(ITIMER_REAL, &t, NULL);
}

void progress__start(const char *name)
{
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };

	if (!isatty(STDERR_FILENO))
		return;
	snprintf(what, sizeof(what), "%s", name);
	progress__step(NULL);
	sigaction(SIGALRM, &sa, NULL);
	set_timer(1);
}

void progress__step(const char *step)
{
	char *next = lines[turn++ % 2];

	if (!*what)
		return;
	/* As wide as any terminal: a line that wraps could not be cleared. */
	snprintf(next, sizeof(lines[0]), CLEAR "compiling %.40s%s%.40s ...\r", what,
		 step ? ": " : "", step ? step : "");
	line = next;
	if (shown)
		on_alarm(SIGALRM);
}

void progress__clear(void)
{
	if (shown && write(STDERR_FILENO, CLEAR, strlen(CLEAR)) > 0)
		shown = 0;
}

void progress__stop(void)
{
	if (!line)
		return;
	set_timer(0);
	signal(SIGALRM, SIG_DFL);
	line = NULL;
	*what = '\0';
	progress__clear();
}
