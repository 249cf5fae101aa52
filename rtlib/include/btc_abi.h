/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the kernel half and the user half of a tool must agree on.
 *
 * Included by emitted BPF C (clang -target bpf) and by the user half, hence
 * only fixed-width kernel types. Every layout is pinned by an assertion: the
 * two halves are compiled by different compilers.
 */
#ifndef BTC_ABI_H
#define BTC_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

/* --- records ---------------------------------------------------------------- */

/* The header is followed by the fields of the event's layout. */
struct btc_ev {
	__u32 id; /* index into the program's action table */
	__u32 pad;
};
_Static_assert(sizeof(struct btc_ev) == 8, "event header");

/*
 * Priority records (exit, map actions) travel in a ring of their own, so that
 * a flood of printf never costs them. `after` is the producer position of the
 * main ring when they were emitted: the reader handles one exactly when its
 * own position reaches it, which restores the order of the script.
 */
struct btc_prio_ev {
	struct btc_ev hdr;
	__u64 after;
	__s64 arg; /* exit: the status */
};
_Static_assert(sizeof(struct btc_prio_ev) == 24, "priority event");

/* No action, but a process whose user addresses are recorded: .arg is its pid. */
#define BTC_SAW_ID  0xffffffffu
#define BTC_SAW_MAX 1024u /* sightings, after which nothing is told of it */

/*
 * A string of real length in the tail of a record: offset from the start of
 * the record in the low half, length (of strings with NUL) in the high half,
 * as __data_loc. Records are at most 32 KiB, so 16 bits suffice.
 */
#define BTC_LOC(off, len) ((__u32)(off) | (__u32)(len) << 16)
#define BTC_LOC_OFF(loc)  ((loc)&0xffff)
#define BTC_LOC_LEN(loc)  ((loc) >> 16)

#define BTC_RECORD_BYTES  (32 << 10)

/* --- the block that both halves map ------------------------------------------- */

enum btc_wait {
	BTC_AWAKE,  /* reader runs: never wake it */
	BTC_NAP,    /* reader was busy a moment ago: wake at a threshold */
	BTC_ASLEEP, /* reader is idle: wake for the first record */
};

/* Object `btc_ctl` in section ".data.btc". The hot word has its own line. */
struct btc_ctl {
	__u32 wait; /* enum btc_wait */
	__u32 pad0[15];
	__u64 start_ns;	 /* CLOCK_BOOTTIME just before the begin probes, for `elapsed` */
	__u64 lost;	 /* records: main ring full, or no scratch slot was free */
	__u64 lost_prio; /* records: priority ring full */
	__u64 pad1[5];
};
_Static_assert(sizeof(struct btc_ctl) == 128, "control block");

/*
 * Run-time warnings: `btc_warns` in section ".data.warn" has one of these for
 * each row of the program's table of places.
 */
struct btc_warn {
	__u64 count;
	__s64 err; /* last return value of the helper; 0: no helper */
};
_Static_assert(sizeof(struct btc_warn) == 16, "warning");

/* --- late binding ---------------------------------------------------------------- */

/*
 * Placeholders in instructions, patched before load. No context is as large as
 * BTC_LATE_OFF, so an unpatched load cannot pass the verifier; the shifts by 0
 * behind it tell it from a load of a large object.
 *
 * load:  r = *(u64 *)(ctx + (BTC_LATE_OFF + 8 * field)); r <<= 0; r s>>= 0
 * addr:  ctx += BTC_LATE_ADDR + field        (the offset of the field)
 *        Text is at addr + (load & 0xffff): of an array the load becomes 0, of a
 *        __data_loc addr is 0, of a __rel_loc it is the end of the field.
 * probe: r = BTC_LATE_PROBE ll               (the index of the attach point's name)
 */
#define BTC_LATE_OFF   0x4000
#define BTC_LATE_ADDR  0x7bfc0000
#define BTC_LATE_PROBE 0x7bfd0000

/* Before the bytes of a packet: what skboutput() sends. */
struct btc_packet {
	struct btc_ev hdr;
	__u64 ns;	/* CLOCK_BOOTTIME */
	__u32 off, end; /* the bytes that are wanted; those before come along */
	__u32 total;	/* bytes of the whole packet */
	__u32 pad;
};
_Static_assert(sizeof(struct btc_packet) == 32, "packet");

/* What a watchpoint on an argument was asked for: key of the map `btc_watched`. */
struct btc_watch_key {
	__u64 addr;
	__u32 id; /* of the action */
	__u32 pad;
};

/* --- arguments of USDT probes ------------------------------------------------------- */

#define BTC_USDT_ARGS 12

enum btc_usdt_kind {
	BTC_USDT_CONST, /* val */
	BTC_USDT_REG,	/* base */
	BTC_USDT_MEM,	/* *(val + base + index * scale) */
};

struct btc_usdt_arg {
	__s64 val;
	__u16 base, index; /* registers: offsets in the context */
	__u8 kind;	   /* enum btc_usdt_kind */
	__u8 size;	   /* bytes */
	__u8 shift;	   /* 64 - 8 * size */
	__u8 is_signed;
	__u8 has_base, has_index;
	__u8 scale;
	__u8 pad[5];
};
_Static_assert(sizeof(struct btc_usdt_arg) == 24, "argument");

/* An element of the map `btc_usdt_specs`; its index is the high half of the BPF cookie. */
struct btc_usdt_spec {
	struct btc_usdt_arg arg[BTC_USDT_ARGS];
	__u64 addr; /* of the instruction in its file, for uaddr(); else 0 */
};

/* An element of the map `btc_uaddrs`: a symbol in the file of an attach point. */
struct btc_uaddr {
	__u64 addr, place; /* of the symbol and of the probe in the file */
	__u64 is_rel;	   /* the file may be mapped anywhere */
};

/* --- values of maps ------------------------------------------------------------------ */

/*
 * The value of a scalar map that is no aggregation is followed, at the
 * descriptor's set_off, by a __u32 that is 1 once it was assigned. Values of
 * aggregations are per CPU and merged by the user half:
 *
 *   count  __u64                    sum        struct btc_sum
 *   min, max  struct btc_minmax     avg, stats struct btc_stats
 *   hist   __u64[BTC_HIST_SLOTS(bits)]
 *   lhist  __u64[2 + (max - min) / step]: below, the full steps, above
 *   tseries  struct btc_tseries; the key is followed, 8-byte aligned, by a
 *	__u64 slot: the number of the interval modulo how many are shown
 */
struct btc_sum {
	__u64 sum;
	__u64 set; /* 1 once it was assigned */
};

struct btc_minmax {
	__u64 val;
	__u64 set;
};

struct btc_stats {
	__u64 count;
	__s64 total;
};

/* One interval, the newest that used the slot. */
struct btc_tseries {
	__u64 epoch; /* intervals since 1970, TAI */
	__u64 mark;  /* last: when it was written; else values counted; 0: none */
	__s64 val;   /* avg: the sum */
};
_Static_assert(sizeof(struct btc_tseries) == 24, "time series");

/* (..., 0), then per value below 2^bits, then 2^bits slots per power of two below 2^63. */
#define BTC_HIST_SLOTS(bits) (((64 - (bits)) << (bits)) + 1)

/* Objects of the language that travel as memory. */
struct btc_usym {
	__u64 addr;
	__u32 pid;
	__u32 place; /* of `func`: the attach point's index + 1, which names it; 0: addr does */
};

struct btc_inet {
	__u64 family; /* AF_INET, AF_INET6; else prints empty */
	__u8 addr[16];
};
_Static_assert(sizeof(struct btc_inet) == 24, "inet");

struct btc_timestamp {
	__u64 ns;
	__u32 format; /* index into the program's formats */
	__u32 mode;   /* clock: 0 boot, 1 monotonic, 2 tai, 3 sw_tai */
};
_Static_assert(sizeof(struct btc_timestamp) == 16, "timestamp");

struct btc_cgroup {
	__u64 id;
	__u32 filter; /* index + 1 into the program's formats; 0: none */
	__u32 pad;
};
_Static_assert(sizeof(struct btc_cgroup) == 16, "cgroup");

/* ustack: __u64 ip[depth] (zero-filled), then this. */
struct btc_ustack_owner {
	__u32 pid;
	__u32 pad;
};

#define BTC_STACK_DEPTH 127 /* frames; the language's default limit */
#define BTC_JOIN_MAX	16  /* elements of join() */
#define BTC_PROBE_NAME	128 /* bytes of an attach point's name where a program reads it */

/* --- sizes ------------------------------------------------------------------------------ */

#define BTC_RING_BYTES (2 << 20)
#define BTC_PRIO_BYTES (64 << 10)
#define BTC_WAKE_BYTES (64 << 10)

#endif
