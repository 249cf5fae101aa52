/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure start RUNS COMMAND...
 *	Starts the command RUNS times and interrupts it each time. Prints for each
 *	run the microseconds from fork until all its probes were attached, and its
 *	peak of memory at that time, in KiB.
 *
 * measure stats
 *	Turns on the kernel's accounting of BPF programs. For each line on stdin
 *	prints "ID RUNS NANOSECONDS NAME" of every program, and a line with a dot.
 *	The accounting belongs to a file descriptor of this process, so it ends
 *	with it, however that comes about; kernel.bpf_stats_enabled stays as it is.
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ATTACHED "__BPFTRACE_NOTIFY_PROBES_ATTACHED"

static long long now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

static int peak_kib(pid_t pid)
{
	char path[64], line[256];
	int kib = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (kib < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %d", &kib) != 1)
			kib = -1;
	fclose(file);
	return kib;
}

/* Both of the command's outputs: bpftrace 0.17 tells it on stderr. */
static pid_t spawn(char **argv, int *out)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	close(fds[1]);
	*out = fds[0];
	return pid;
}

/* Interrupt it until it ends: bpftrace forgets a signal that comes early. */
static void end(pid_t pid, int out)
{
	struct pollfd fd = { .fd = out, .events = POLLIN };
	char text[4096];
	int n;

	do {
		kill(pid, SIGINT);
		do {
			n = poll(&fd, 1, 500);
		} while (n > 0 && read(out, text, sizeof(text)) > 0);
	} while (!n);
	waitpid(pid, NULL, 0);
	close(out);
}

static int start_once(char **argv)
{
	char text[4096];
	size_t len = 0;
	int out, attached = 0, kib = -1;
	long long us = now_us();
	pid_t pid;
	ssize_t n;

	pid = spawn(argv, &out);
	if (pid < 0)
		return -1;
	while (!attached && len < sizeof(text) - 1) {
		n = read(out, text + len, sizeof(text) - 1 - len);
		if (n <= 0)
			break;
		len += n;
		text[len] = '\0';
		attached = !!strstr(text, ATTACHED);
	}
	us = now_us() - us;
	if (attached)
		kib = peak_kib(pid);
	end(pid, out);
	if (!attached) {
		fprintf(stderr, "measure: %s was never attached: %.*s\n", argv[0], (int)len, text);
		return -1;
	}
	printf("%lld %d\n", us, kib);
	fflush(stdout);
	return 0;
}

static int print_programs(void)
{
	__u32 id = 0;

	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info info = {};
		__u32 len = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			continue;
		if (!bpf_obj_get_info_by_fd(fd, &info, &len))
			printf("%u %llu %llu %s\n", id, info.run_cnt, info.run_time_ns, info.name);
		close(fd);
	}
	printf(".\n");
	return fflush(stdout);
}

static int serve_stats(void)
{
	char line[32];

	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0) {
		fprintf(stderr, "measure: accounting of BPF programs: %s\n", strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), stdin))
		if (print_programs())
			return 1;
	return 0;
}

int main(int argc, char **argv)
{
	int i;

	setenv(ATTACHED, "1", 1);
	if (argc == 2 && !strcmp(argv[1], "stats"))
		return serve_stats();
	if (argc < 4 || strcmp(argv[1], "start")) {
		fprintf(stderr, "usage: measure start RUNS COMMAND... | measure stats\n");
		return 2;
	}
	for (i = 0; i < atoi(argv[2]); i++)
		if (start_once(argv + 3))
			return 1;
	return 0;
}
