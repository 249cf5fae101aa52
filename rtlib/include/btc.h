/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user half of the run-time library, as the emitted tables see it.
 *
 * A tool's x.c holds one constant `struct btc_program` and passes it to
 * btc_main(); everything that changes lives in rtlib's own `struct btc_run`.
 * Members that are zero may be left out of an initializer.
 */
#ifndef BTC_H
#define BTC_H

#include <stdbool.h>
#include <stddef.h>

#include "btc_abi.h"

/* --- types: how bytes become text --------------------------------------------- */

enum btc_kind {
	BTC_NONE, /* prints "null" */
	BTC_INT,  /* .size 1, 2, 4, 8; .is_signed; .enums if it is an enum */
	BTC_BOOL,
	BTC_PTR, /* 8 bytes, hexadecimal */
	BTC_STR, /* in place, at most .size bytes */
	BTC_TAIL, /* string in the tail of a record, found by a BTC_LOC() word; .size is its type's size */
	BTC_BUF,       /* __u32 length, then .size - 4 bytes */
	BTC_TAILBUF,   /* bytes in the tail, found by a BTC_LOC() word */
	BTC_ARRAY,     /* .nr of .elem */
	BTC_TUPLE,     /* .members */
	BTC_STRUCT,    /* structs, unions, records: .members with names */
	BTC_KSTACK,    /* __u64[.nr], zero-filled; .mode is enum btc_stack_mode */
	BTC_USTACK,    /* the same, then struct btc_ustack_owner */
	BTC_KSYM,      /* __u64 */
	BTC_USYM,      /* struct btc_usym */
	BTC_PROBE,     /* __u32 index of an attach point's name */
	BTC_USERNAME,  /* __u64 uid */
	BTC_INET,      /* struct btc_inet */
	BTC_MAC,       /* 6 bytes */
	BTC_TIMESTAMP, /* struct btc_timestamp */
	BTC_CGROUP_PATH,
	/* values of maps only; layouts in btc_abi.h */
	BTC_COUNT_T,
	BTC_SUM_T,
	BTC_MIN_T,
	BTC_MAX_T,
	BTC_AVG_T,
	BTC_STATS_T,
	BTC_HIST_T,    /* .nr is the number of bits */
	BTC_LHIST_T,   /* .min .max .step */
	BTC_TSERIES_T, /* .max intervals of .step ns; .mode is enum btc_tseries_agg */
};

enum btc_tseries_agg {
	BTC_TSERIES_LAST,
	BTC_TSERIES_AVG,
	BTC_TSERIES_MAX,
	BTC_TSERIES_MIN,
	BTC_TSERIES_SUM,
};

enum btc_stack_mode { BTC_STACK_BPFTRACE, BTC_STACK_PERF, BTC_STACK_RAW, BTC_STACK_BUILD_ID };

struct btc_enum {
	const char *name; /* NULL ends the list */
	__s64 num;
};

struct btc_member;

struct btc_type {
	__u8 kind;	/* enum btc_kind */
	__u8 is_signed; /* integers and aggregations */
	__u8 mode;
	__u16 nr;   /* elements, members, frames, bits */
	__u32 size; /* bytes */
	const struct btc_type *elem;
	const struct btc_member *members;
	const struct btc_enum *enums;
	__s64 min, max, step; /* lhist */
};

/* A member of a struct, tuple or record, or a field of a record in the ring. */
struct btc_member {
	const char *name; /* NULL in tuples and events */
	const struct btc_type *type;
	__u32 off;		/* from the start of the object or record */
	__u8 bit_off, bit_size; /* bit-field if bit_size != 0: shift right, mask */
};

/* --- what records ask for ------------------------------------------------------- */

enum btc_verb {
	BTC_PRINTF,
	BTC_PRINT_VALUE, /* one field, then a newline */
	BTC_PRINT_MAP,	 /* priority record */
	BTC_CLEAR_MAP,	 /* priority record */
	BTC_ZERO_MAP,	 /* priority record */
	BTC_EXIT,	 /* priority record */
	BTC_TIME,	 /* fmt is strftime's */
	BTC_JOIN,	 /* BTC_JOIN_MAX fields of kind BTC_TAIL; fmt is the separator */
	BTC_CAT,	 /* fmt and fields give the path */
	BTC_SYSTEM,	 /* fmt and fields give the command */
	BTC_ERRORF,
	BTC_WARNF,
	BTC_PACKET,  /* in the perf buffer; fmt is the file's path */
	BTC_WATCH,   /* priority record: .arg is an address, .top the probe that watches it */
	BTC_UNWATCH, /* priority record: .arg is an address */
};

/* Where in the script; for run-time messages with the source line. */
struct btc_where {
	const char *file;
	unsigned line, col, col_end; /* 1-based, col_end exclusive */
	const char *text;	     /* the source line */
	const struct btc_where *via; /* the call of the macro that it stands in; NULL: none */
};

/* Text that values refer to by number. */
struct btc_text {
	const char *text;
	struct btc_where where;
};

/* A record's id is the index of one of these. */
struct btc_action {
	__u8 verb; /* enum btc_verb */
	__u8 nr_fields;
	__u16 map;  /* index, for map verbs */
	__u16 size; /* fixed part of the record, checked on arrival */
	const char *fmt;
	const struct btc_member *fields;
	__s64 top, div; /* print(@m, top, div); 0: not given */
	struct btc_where where;
};

enum btc_warn_kind {
	BTC_WARN_HELPER,   /* .helper failed; always shown */
	BTC_WARN_HELPER_K, /* the same, shown with -k only (probe_read, lookup) */
	BTC_WARN_MAP_FULL,
	BTC_WARN_DIV0,
	BTC_WARN_BOUNDS,
	BTC_WARN_STACK,
	/* what went wrong is a number, in place of a helper's error */
	BTC_WARN_NO_TASK,  /* no task has this PID */
	BTC_WARN_NO_KFUNC, /* the kernel lacks function .map, or keeps it from this probe */
	BTC_WARN_NO_CHILD, /* cpid without -c */
	BTC_WARN_SIGNAL,   /* no signal has this number; an error, as errorf() */
};

/* A row for each element of btc_warns. */
struct btc_warn_place {
	__u8 kind;	    /* enum btc_warn_kind */
	const char *helper; /* "map_update_elem"; NULL: none */
	const char *map;    /* or what else it is about, see the kinds */
	struct btc_where where;
};

/* --- maps ------------------------------------------------------------------------- */

struct btc_map {
	const char *name;	    /* as printed: "@usecs" */
	const char *bpf_name;	    /* in the object: "map_usecs" */
	const struct btc_type *key; /* NULL: scalar, an array of one element */
	const struct btc_type *value;
	bool is_percpu;
	bool is_lru;
	bool fixed_entries;	    /* declared with `let`: max_map_keys does not apply */
	__u32 key_size, value_size; /* in the kernel, before per-CPU rounding */
	__u32 set_off; /* of a scalar's "assigned" word in the value; 0: aggregation or keyed */
};

/* --- late values -------------------------------------------------------------------- */

/* Command line of the tool, written to .rodata before load. */
enum btc_opt_type { BTC_OPT_BOOL, BTC_OPT_S64, BTC_OPT_U64, BTC_OPT_STR };

#define BTC_NO_RODATA 0xffffffffu

struct btc_option {
	const char *name;  /* NULL: positional parameter */
	__u8 type;	   /* enum btc_opt_type */
	__u16 position;	   /* 1 for $1 */
	__u32 off;	   /* in .rodata, bytes; BTC_NO_RODATA: used by an attach point only */
	__u32 size;	   /* bytes there: bool 1, integers 8, strings their room */
	const char *def;   /* default as text: "0", "", "false"; NULL for parameters */
	const char *help;  /* "" if the script gives none */
	const char *arg;   /* "PID", of a parameter "[NAME]"; NULL: none said */
	const char *where; /* "x.bt:3:7" of its first use */
};

/* Facts of the target, written to .rodata before load. */
enum btc_late_kind {
	BTC_LATE_PID,		/* __u32: -p PID, 0 without */
	BTC_LATE_CPID,		/* __u64: -c child, 0 without */
	BTC_LATE_NCPUS,		/* __u64: possible CPUs */
	BTC_LATE_NPARAMS,	/* __u64: $# */
	BTC_LATE_KADDR,		/* __u64: address of kernel symbol .name */
	BTC_LATE_CGROUPID,	/* __u64: id of the cgroup at path .name */
	BTC_LATE_KFUNC,		/* __u8: is there a kernel function .name for programs? */
	BTC_LATE_KFUNC_ALLOWED, /* __u8: .name is "SECTION:FUNCTION": may such a program call it? */
	BTC_LATE_ASSERT,	/* __u8: must be true: see btc_assert() */
	BTC_LATE_PLACE, /* __u32: .name is "PROGRAM:NAME": index of its attach point; ~0: it has none such */
	BTC_LATE_UADDR, /* __u32: .name is "PROGRAM:SYMBOL": where it begins in the map btc_uaddrs */
	BTC_LATE_ALL_WARNINGS, /* __u8: -k */
	BTC_LATE_MAX_STRLEN,   /* __u32: max_strlen, which the environment may lower */
	BTC_LATE_TAI,	       /* __s64: CLOCK_TAI - CLOCK_BOOTTIME, in ns */
	BTC_LATE_NS_DEV,       /* __u64: device of the tool's PID namespace */
	BTC_LATE_NS_INO,       /* __u64: its inode; 0: the initial one */
};

struct btc_late {
	__u8 kind; /* enum btc_late_kind */
	const char *name;
	__u32 off, size; /* in .rodata */
	const char *where;
};

/* A field of the context whose place the target decides; patched (btc_abi.h). */
enum btc_field_kind {
	BTC_FIELD_TRACEPOINT, /* tracefs events/EVENT/format */
	BTC_FIELD_FUNC_ARG,   /* fentry, fexit: parameter .name of the BTF prototype of .event */
	BTC_FIELD_FUNC_RET,   /* fexit: the return value of .event */
	BTC_FIELD_RAWTP_ARG,  /* parameter .name of btf_trace_EVENT */
};

struct btc_late_field {
	__u8 kind; /* enum btc_field_kind */
	const char *
		event; /* "sched/sched_switch", function, raw tracepoint; NULL: of the program's own attach point (wildcards) */
	const char *name;
	__u16 size; /* bytes that the script's type has; the target's may be converted only between integers */
	bool is_signed;
	bool is_array;	   /* its address is taken, .size is the least it must have */
	bool is_text;	   /* likewise, of an array or of what a __data_loc or __rel_loc leads to */
	const char *where; /* "runq.bt:12:8", for the diagnostic */
};

/* --- probes ---------------------------------------------------------------------------- */

enum btc_probe_kind {
	BTC_BEGIN,
	BTC_END,
	BTC_SELF,
	BTC_TEST,
	BTC_BENCH,
	BTC_KPROBE,
	BTC_KRETPROBE,
	BTC_FENTRY,
	BTC_FEXIT,
	BTC_UPROBE,
	BTC_URETPROBE,
	BTC_USDT,
	BTC_TRACEPOINT,
	BTC_RAWTRACEPOINT,
	BTC_INTERVAL,
	BTC_PROFILE,
	BTC_SOFTWARE,
	BTC_HARDWARE,
	BTC_WATCHPOINT,
	BTC_ITER,
};

/*
 * One attach point as written. Several rows may name one program: it is then
 * attached to each with the row's (or match's) index into the table of names
 * as BPF cookie. With .per_match a program is loaded for each match instead
 * (fentry, fexit, raw tracepoints, tracepoints whose body reads `args`), and
 * the index is patched in (BTC_LATE_PROBE).
 */
struct btc_probe {
	__u8 kind;  /* enum btc_probe_kind */
	bool wild;  /* target or func holds a '*' */
	bool maybe; /* of a pattern in place of the probe's type: may be missing */
	bool per_match;
	__u16 list;	    /* attach points that one probe of the script lists share it */
	__u8 rate_param;    /* rate comes from this positional parameter */
	__u8 nr_args;	    /* usdt: the program reads that many */
	__u8 address_param; /* watchpoint: the address comes from this positional parameter */
	__u8 len;	    /* watchpoint: bytes */
	bool is_async;	    /* watchpoint on an argument: the process does not wait for it */
	const char *prog;   /* program in the object */
	const char *name;   /* as `probe` prints it, as far as known: "kprobe:vfs_read" */
	const char *label;  /* of `label=probe`; NULL: none */
	const char *
		target; /* module, path, category, unit ("hz" "s" "ms" "us"), event name; "" if none */
	const char *func; /* function, event; "" if none */
	const char *ns;
	__u64 offset, address, rate; /* offset: of watchpoint:func+argN the N */
	bool has_address;
	bool any_address;     /* kprobe: a parameter may give one */
	const char *mode;     /* watchpoint: of the letters r, w, x */
	const char *file;     /* uprobe:bin@FILE:LINE:COL; NULL: none */
	unsigned line, col;   /* col 0: any */
	const char *build_id; /* uprobe: of the program whose types its args have; NULL: none */
	const char *setup; /* watchpoint:func+argN: program that asks for the memory (BTC_WATCH) */
	const char *where; /* "x.bt:3:1" */
};

/* --- the program -------------------------------------------------------------------------- */

struct btc_config {
	__u32 max_strlen, max_cat_bytes, max_map_keys, max_probes, max_bpf_progs, log_size;
	bool print_maps_on_exit, cpp_demangle;
	bool forget_users; /* cache_user_symbols = NONE: names are looked up when they are printed only */
	__u8 missing_probes; /* 0 error, 1 warn, 2 ignore */
	const char *str_trunc_trailer;
};

/* Of what is linked into the tools that use it only. */
struct btc_tseries_ops;
extern const struct btc_tseries_ops btc_tseries_ops;
struct btc_packet_ops;
extern const struct btc_packet_ops btc_packet_ops;

struct btc_program {
	const char *name;	 /* of the tool */
	const char *source;	 /* file name of the script */
	const char *version;	 /* of btc */
	const char *summary;	 /* from the comment at the top of the script, or "" */
	const char *description; /* the rest of it, or "" */
	unsigned uses;		 /* BTC_USES_*, for the standard options (btc_options.h) */
	const char *text;	 /* the script, packed by zlib if packed_len is not 0; NULL: none */
	unsigned text_len, packed_len;
	const char *text_hash, *object_hash; /* SHA-256 in hex digits, NULL: unknown */
	const char *made_for; /* release of the kernel whose types were used; NULL: unknown */
	const void *(*elf_bytes)(size_t *size); /* the BPF object, from the skeleton */
	bool uses_core;				/* reads kernel types: BTF is needed */
	struct btc_config config;
	const struct btc_option *options;
	const struct btc_late *late;
	const struct btc_late_field *late_fields;
	const struct btc_probe *probes;
	const struct btc_map *maps; /* in the order of names */
	const struct btc_action *actions;
	const struct btc_warn_place *warns;
	const struct btc_text *formats;	       /* of strftime, and filters of cgroup_path */
	const struct btc_tseries_ops *tseries; /* NULL: no map is a time series */
	const struct btc_packet_ops *packets;  /* NULL: no skboutput() */
	unsigned nr_options, nr_late, nr_late_fields, nr_probes, nr_maps, nr_actions, nr_warns,
		nr_formats;
};

#define BTC_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The life of a tool. Returns its exit status. */
int btc_main(const struct btc_program *program, int argc, char **argv);

/*
 * Several tools in one executable: argv[0], if it is called by the name of one,
 * or else the first word says which one is meant.
 */
int btc_bundle(const struct btc_program *const *tools, unsigned nr, int argc, char **argv);

/* The last line of x.c: a main(), or in a bundle the name by which that one's finds the table. */
#ifdef BTC_MEMBER
#define BTC_TOOL(program) \
	extern const struct btc_program BTC_MEMBER __attribute__((alias(#program)));
#else
#define BTC_TOOL(program)                              \
	int main(int argc, char **argv)                \
	{                                              \
		return btc_main(&program, argc, argv); \
	}
#endif

#endif
