/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load CALL [BURST PAUSE]: makes system calls that nobody else here makes, so
 * that a tracer sees these and no others.
 *
 * CALL is "priority" (sched_get_priority_max) or "path" (removexattr of a file
 * that does not exist). Prints its process id, then reads numbers from stdin,
 * one a line; makes so many calls for each and answers with the nanoseconds
 * that they took. It stays on the first CPU: the tracer has the others.
 *
 * With BURST and PAUSE it runs at real-time priority and sleeps for PAUSE
 * microseconds after every BURST calls. So nothing disturbs a burst, and a
 * tracer on the same CPU reads what one has left behind while the load sleeps.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATH "/nonexistent/of/usual/length"

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static long long make_calls(int by_path, long calls)
{
	long long start = now_ns();
	long i;

	if (by_path)
		for (i = 0; i < calls; i++)
			syscall(SYS_removexattr, PATH, "user.none");
	else
		for (i = 0; i < calls; i++)
			syscall(SYS_sched_get_priority_max, SCHED_OTHER);
	return now_ns() - start;
}

int main(int argc, char **argv)
{
	long calls, part, burst, pause;
	long long ns;
	cpu_set_t cpus;
	char line[32];
	int by_path;

	if (argc != 2 && argc != 4) {
		fprintf(stderr, "usage: load priority|path [BURST PAUSE]\n");
		return 2;
	}
	by_path = !strcmp(argv[1], "path");
	burst = argc == 4 ? atol(argv[2]) : 0;
	pause = argc == 4 ? atol(argv[3]) : 0;

	if (burst &&
	    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 1 })) {
		perror("load: real-time priority");
		return 1;
	}
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);

	printf("%d\n", getpid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		ns = 0;
		for (calls = atol(line); calls > 0; calls -= part) {
			part = burst && burst < calls ? burst : calls;
			ns += make_calls(by_path, part);
			if (pause)
				usleep(pause);
		}
		printf("%lld\n", ns);
		fflush(stdout);
	}
	return 0;
}
