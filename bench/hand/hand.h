/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What both halves of the programs written by hand agree on. */
#ifndef HAND_H
#define HAND_H

#define HIST_SLOTS 64
#define PATH_SIZE  1024
#define RING_SIZE  (2 << 20)

struct hist {
	__u64 slot[HIST_SLOTS];
};

struct comm_key {
	char comm[16];
};

struct print_event {
	__u32 pid;
	__u32 policy;
	char comm[16];
};

struct path_event {
	char path[PATH_SIZE];
};

#endif
