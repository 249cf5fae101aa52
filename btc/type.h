/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of the language. C types, the kernel's and the script's own, come from
 * BTF (btf.h); a type is immutable once the checker is done.
 */
#ifndef BTC_TYPE_H
#define BTC_TYPE_H

#include "util.h"

struct btf;

enum addr_space { AS_NONE, AS_KERNEL, AS_USER };

enum type_kind {
	TY_ERROR, /* poison: reported already, compatible with everything */
	TY_NONE,  /* no value */
	TY_VOID,
	TY_INT, /* also enums: .enum_ is not NULL */
	TY_BOOL,
	TY_STRING,   /* char[size], size with NUL room */
	TY_BUFFER,   /* u32 length, then size - 4 bytes */
	TY_PTR,	     /* to .elem */
	TY_ARRAY,    /* .nr of .elem */
	TY_STRUCT,   /* C struct or union: .c */
	TY_TUPLE,    /* .members, unnamed */
	TY_RECORD,   /* .members, named */
	TY_ARGS,     /* the `args` builtin: .members; tracepoint, fentry, rawtracepoint */
	TY_KSTACK,   /* .nr frames at most, .mode; u64[nr], zero-filled */
	TY_USTACK,   /* u64[nr], then u32 pid, u32 0 */
	TY_KSYM,     /* u64 */
	TY_USYM,     /* u64 address, u32 pid, u32 0 */
	TY_PROBE,    /* u32 index of an attach point, prints its name */
	TY_USERNAME, /* u64 uid */
	TY_INET,     /* u64 family, then 16 bytes */
	TY_MACADDR,  /* 6 bytes */
	TY_TIMESTAMP, /* u64 nsecs, .mode is the clock; the format is a format id: u32 after it, u32 0 */
	TY_CGROUP_PATH,
	TY_STACK_MODE, /* perf, raw, bpftrace, build_id as an argument */
	TY_CLOCK_MODE, /* boot, monotonic, tai, sw_tai as an argument */
	TY_COUNT,
	TY_SUM,
	TY_MIN,
	TY_MAX,
	TY_AVG,
	TY_STATS,
	TY_HIST,
	TY_LHIST,
	TY_TSERIES,
};

enum stack_mode { STACK_BPFTRACE, STACK_PERF, STACK_RAW, STACK_BUILD_ID };
enum clock_mode { CLOCK_BOOT, CLOCK_MONO, CLOCK_TAI_, CLOCK_SW_TAI };

struct type;

/* Where an argument of a user function is when that is entered. */
enum arg_place {
	ARG_NOWHERE,	/* where probes cannot see it */
	ARG_REG,	/* in register off / 8 of those for arguments */
	ARG_STACK,	/* off bytes above the stack pointer */
	ARG_BEHIND_REG, /* that register holds its address */
};

/* A member of a struct, tuple, record or of `args`. */
struct member {
	const char *name; /* NULL in tuples; "" for an unnamed aggregate in a printed struct */
	const struct type *type;
	uint32_t off;		   /* bytes; on the build host where the type is the kernel's */
	uint8_t bit_off, bit_size; /* bit-field: bit_size != 0; bit_off counts from `off` */
	uint32_t size;	/* bytes in memory there: of type->size, but pointers 8, __data_loc 4 */
	unsigned index; /* position among the members; of fentry args: argument number */
	bool data_loc;	/* tracepoint __data_loc / __rel_loc: value is (len << 16 | off) */
	bool rel_loc;
	bool user;	      /* carries the __user tag */
	const char *bad_tag;  /* pointer with an unsupported BTF tag, or NULL */
	enum arg_place place; /* `args` of user functions */
	const char *mixed; /* of a pattern of tracepoints: why no type fits all of them, or NULL */
};

/* A C struct, union or enum. */
struct c_type {
	const char *name;	  /* without tag; "" for unnamed */
	const char *typedef_name; /* of an unnamed one: the typedef it was reached by, or NULL */
	bool is_union, is_enum;
	bool kernel; /* from the kernel's BTF: relocated by CO-RE */
	const struct btf *btf;
	uint32_t id;
};

struct enum_name {
	const char *name;
	int64_t num;
};

typedef VEC(struct enum_name) enum_vec;

struct type {
	enum type_kind kind;
	bool is_signed;
	bool flexible; /* of a non-negative literal: takes the other operand's sign */
	enum addr_space as;
	uint32_t size;		 /* bytes */
	const struct type *elem; /* pointee (TY_VOID: void *), array element */
	uint32_t nr;		 /* array elements, stack frames */
	int mode; /* enum stack_mode, enum clock_mode of ints that are nsecs + 1 (0: none) */
	VEC(struct member) members; /* tuple, record, args */
	const struct c_type *c;	    /* struct, union; enums too */
	const enum_vec *enum_;	    /* TY_INT: names of the enumerators */
	bool is_ctx;		    /* pointer to the program's context */
};

static inline bool type__is_agg(const struct type *t) /* any aggregation */
{
	return t->kind >= TY_COUNT && t->kind <= TY_TSERIES;
}

static inline bool type__is_castable_agg(const struct type *t)
{
	return t->kind >= TY_COUNT && t->kind <= TY_AVG;
}

/* Fits a 64-bit register: integers, bools, pointers, ksym, probe, username. */
static inline bool type__is_scalar(const struct type *t)
{
	return t->kind == TY_INT || t->kind == TY_BOOL || t->kind == TY_PTR || t->kind == TY_KSYM ||
	       t->kind == TY_PROBE || t->kind == TY_USERNAME;
}

const struct type *type__int(unsigned size, bool is_signed); /* static, shared */
const struct type *type__bool(void);
const struct type *type__none(void);
const struct type *type__void(void);
const struct type *type__error(void);
const struct type *type__string(struct arena *a, uint32_t size);
const struct type *type__ptr(struct arena *a, const struct type *to, enum addr_space as);
const struct type *type__array(struct arena *a, const struct type *elem, uint32_t nr);
/* Copies of @t with another tag. */
const struct type *type__with_as(struct arena *a, const struct type *t, enum addr_space as);

bool type__equal(const struct type *a, const struct type *b); /* address spaces do not count */

/* The type of one of the language's own names (int32, string, count_t); NULL: it is none. */
const struct type *type__own(struct arena *a, const char *name);
/* Scalars that C and every kernel spell alike (u32, size_t, char): no BTF is read for them. */
const struct type *type__common_scalar(const char *name);

/* As diagnostics name it: "uint64", "string[16]", "struct foo *", "(int8,string[3])". */
const char *type__name(struct arena *a, const struct type *t);

/* Alignment inside tuples, records, keys and events. */
uint32_t type__align(const struct type *t);

/* Lays out a tuple or record: sets each member's off and the total size (padded). */
void type__layout(struct type *t);

/* The common type that values of both convert to, NULL if there is none (types.md 4). */
const struct type *type__promote(struct arena *a, const struct type *x, const struct type *y);

#endif
