/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan: all that the kernel half and the user half of a tool must agree
 * on, decided once by lower.c. emit_bpf.c and emit_host.c print it, each its
 * half, and decide nothing.
 *
 * Bodies are C statements already: the typed tree ends in lower.c, where each
 * value gets its place and each helper call a line of its own. Every line knows
 * the script line it came from.
 */
#ifndef BTC_PLAN_H
#define BTC_PLAN_H

#include "about.h"
#include "ast.h"
#include "btf.h"
#include "config.h"
#include "probe.h"

/* --- text of the kernel half -------------------------------------------------- */

struct plan_line {
	unsigned line;	  /* of the script; 0: none */
	const char *file; /* an imported one; NULL: the script itself */
	unsigned indent;
	const char *text;
};

typedef VEC(struct plan_line) line_vec;
typedef VEC(const char *) text_vec;

/* A function: a program if it has a section, else a callback of one. */
struct plan_func {
	const char *sec; /* "tp"; NULL: static */
	const char *name;
	const char *comment; /* what it is attached to */
	const char *
		proto; /* of a callback: "static long for_1(__u32 i, struct frame_1 *f)"; NULL: int name(void *ctx) */
	text_vec decls; /* "__u32 key", "struct ev_1 *ev" */
	line_vec lines;
};

/* A struct of our own: events, keys, tuples, frames, scratch memory. */
struct plan_struct {
	const char *name; /* "ev_1" */
	text_vec members; /* "__u32 pid", "char comm[16]" */
	uint32_t size;
};

/* A kernel type, as far as it is used; printed with the CO-RE attribute. */
struct plan_ktype {
	const char *name; /* "sock" */
	bool is_union;
	bool is_typedef; /* unnamed but for a typedef: atomic_t */
	const struct type *type;
	text_vec members; /* declarations, in order of first use */
	text_vec names;	  /* of the members, to find doubles */
};

/* An enumerator of the kernel, whose value is relocated. */
struct plan_enum {
	const char *type; /* "hrtimer_mode" */
	const char *name; /* "HRTIMER_MODE_REL" */
};

/* --- text of the user half: descriptors of types -------------------------------- */

struct plan_type;

struct plan_member {
	const char *name; /* NULL: none */
	const struct plan_type *type;
	uint32_t off;
	unsigned bit_off, bit_size;
};

struct plan_type {
	unsigned id;
	const char *kind; /* "BTC_INT" */
	bool is_signed;
	unsigned mode, nr;
	uint32_t size;
	const struct plan_type *elem;
	VEC(struct plan_member) members;
	const enum_vec *enums;
	int64_t min, max, step;
};

struct plan_action {
	const char *verb; /* "BTC_PRINTF" */
	const char *name; /* enumerator of its id: "EV_1_printf" */
	const char *fmt;  /* NULL: none */
	size_t fmt_len;
	VEC(struct plan_member) fields;
	uint32_t size; /* of the fixed part */
	const struct map *map;
	int64_t top, div;
	struct loc where;
};

struct plan_map {
	const struct map *map;
	const char *bpf_name;	     /* "map_usecs" */
	const char *bpf_type;	     /* "BPF_MAP_TYPE_HASH" */
	const char *key_c, *value_c; /* C types */
	const struct plan_type *key, *value;
	uint32_t key_size, value_size, set_off;
	uint64_t entries;
	bool percpu, lru, fixed;
};

struct plan_text {
	const char *text;
	struct loc where;
};

struct plan_warn {
	const char *kind; /* "BTC_WARN_MAP_FULL" */
	const char *helper, *map;
	struct loc where;
};

/* A `const volatile` of .rodata, filled before load. */
struct plan_late {
	const char *decl;   /* "__s64 param_1", "char opt_prefix[1024]" */
	const char *symbol; /* "param_1" */
	const char *kind;   /* BTC_LATE_…; NULL: an option or parameter */
	const char *name;
	uint32_t size;
	struct loc where;
};

struct plan_option {
	const char *name; /* NULL: positional */
	unsigned position;
	const char *type;   /* "BTC_OPT_S64" */
	const char *symbol; /* in .rodata; NULL: used by attach points only */
	uint32_t size;
	const char *def, *help;
	const char *arg; /* "PID", "[NAME]": the argument's or parameter's name; NULL: none said */
	struct loc where;
};

struct plan_field {
	const char *kind;   /* "BTC_FIELD_TRACEPOINT" */
	const char *symbol; /* "FIELD_sched_switch_next_pid" */
	const char *event;  /* NULL: of the match */
	const char *name;
	uint32_t size;
	bool is_signed, is_array, is_text;
	struct loc where;
};

struct plan_probe {
	const struct attach *at;
	const char *prog;
	bool per_match;
	unsigned list;	      /* which of the script's probes: attach points of a list share it */
	unsigned nr_args;     /* usdt: that the program reads */
	const char *build_id; /* uprobe: of the program compiled for; NULL: any will do */
	const char
		*setup; /* watchpoint:func+argN: the program at the function's entry; NULL: none */
};

#define PERCPU_LIMIT (32u << 10) /* the kernel's, of a per-CPU value */

struct plan {
	const char *name;	   /* of the tool */
	const char *ident;	   /* the same as a C identifier, at most 15 characters */
	const char *source;	   /* name of the script in diagnostics */
	const struct about *about; /* the comment at its top */
	const struct source *script;
	bool no_text;		 /* it stays out of the tool */
	const char *made_for;	 /* whose kernel's types it has; NULL: unknown */
	const char *object_hash; /* of the linked object, once there is one */
	const struct config *cfg;
	uint32_t uses; /* BTC_USES_* */
	bool uses_core;
	bool guarded;	  /* programs must not interrupt one another on a CPU */
	bool demangles;	  /* shows or looks for C++ names */
	bool reads_lines; /* has an attach point at a source line: needs libdw */
	uint32_t ring_bytes;
	VEC(struct plan_ktype *) ktypes;
	VEC(struct plan_enum) enums;
	VEC(struct plan_struct *) structs;
	VEC(struct plan_late) late;
	VEC(struct plan_option) options;
	VEC(struct plan_field) fields;
	VEC(struct plan_action *) actions;
	VEC(struct plan_map *) maps;
	VEC(struct plan_warn) warns;
	VEC(struct plan_type *) types;
	VEC(struct plan_probe) probes;
	VEC(struct plan_func *) funcs; /* callbacks before their program */
	text_vec includes;	       /* "btc_errno.bpf.h" */
	text_vec externs;	       /* "extern int add(int);": what is defined elsewhere */
	text_vec objects;	       /* paths of the objects with those */
	text_vec strings;	       /* "static const char str_1[5] = \"bash\"" */
	VEC(struct plan_text) formats; /* of strftime, and filters of cgroup_path */
	uint32_t scratch_size;	       /* 0: none */
	text_vec scratch;	       /* names of the structs that share it */
};

struct lower_options {
	const char *name; /* of the tool: basename of -o */
	bool unsafe;
	bool no_text;
	const char *made_for; /* the kernel's release, or a file of types */
};

/* NULL: errors were reported. @p must have been checked without errors. */
struct plan *lower(struct arena *a, struct diags *d, struct program *p, struct ctypes *types,
		   const struct config *cfg, const struct lower_options *o);

void plan__dump(const struct plan *p, struct buf *out); /* --emit=plan */
void emit_bpf(const struct plan *p, struct buf *out);	/* the kernel half, BPF C */
void emit_host(const struct plan *p, struct buf *out);	/* the user half, C tables */

/* embed.c: the script as an array of the host half; returns its packed size, 0: it is plain. */
uint32_t embed__text(const struct plan *p, struct buf *out);
void embed__members(const struct plan *p, struct buf *out, uint32_t packed_len);

#endif
