/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Life of a program written by hand: attached, told, interrupted. Included
 * once by each of them, in place of a library.
 */
#ifndef HAND_RUN_H
#define HAND_RUN_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>
#include "hand.h"

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* Everything is attached: say so as bpftrace does. */
static inline void attached(void)
{
	struct sigaction act = { .sa_handler = stop };

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	printf("__BPFTRACE_NOTIFY_PROBES_ATTACHED\n");
	fflush(stdout);
}

static inline void wait_for_signal(void)
{
	while (!stopped)
		pause();
}

static inline int print_events(int map_fd, ring_buffer_sample_fn print)
{
	struct ring_buffer *ring;
	int err = 0;

	ring = ring_buffer__new(map_fd, print, NULL, NULL);
	if (!ring)
		return -errno;
	while (!stopped && (err >= 0 || err == -EINTR))
		err = ring_buffer__poll(ring, 100);
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
	return 0;
}

/* Sum over the CPUs of one entry of a per-CPU map of counts. */
static inline __u64 percpu_sum(int map_fd, const void *key)
{
	int i, nr_cpus = libbpf_num_possible_cpus();
	__u64 sum = 0, *values;

	values = calloc(nr_cpus, sizeof(*values));
	if (values && !bpf_map_lookup_elem(map_fd, key, values))
		for (i = 0; i < nr_cpus; i++)
			sum += values[i];
	free(values);
	return sum;
}

static inline void print_hist(int map_fd)
{
	int i, j, nr_cpus = libbpf_num_possible_cpus();
	struct hist *values, sum = {};
	__u32 zero = 0;

	values = calloc(nr_cpus, sizeof(*values));
	if (values && !bpf_map_lookup_elem(map_fd, &zero, values))
		for (i = 0; i < nr_cpus; i++)
			for (j = 0; j < HIST_SLOTS; j++)
				sum.slot[j] += values[i].slot[j];
	for (j = 0; j < HIST_SLOTS; j++)
		if (sum.slot[j])
			printf("[2^%d, 2^%d) %llu\n", j, j + 1, sum.slot[j]);
	free(values);
}

#endif
