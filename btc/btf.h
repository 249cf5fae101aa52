/* SPDX-License-Identifier: Apache-2.0 */
/*
 * C types: the kernel's BTF, the BTF that clang makes of the script's own
 * definitions, and the tracepoint formats of tracefs. All become struct type.
 */
#ifndef BTC_BTF_H
#define BTC_BTF_H

#include "ast.h"
#include "type.h"

struct attach;
struct deps;
struct diags;

struct ctypes_options {
	const char *btf;     /* --btf FILE; NULL: $BPFTRACE_BTF, then /sys/kernel/btf/vmlinux */
	const char *tracefs; /* --tracefs DIR (holds events/CAT/NAME/format); NULL: the host's */
	const char *release; /* of the target's kernel; NULL: the running one */
	const char *clang;   /* path of the clang to run */
	const char *const *include_dirs; /* -I, NULL-terminated, or NULL */
	const char *const *includes;	 /* --include */
	const char *script_dir;		 /* for #include "x.h" */
	const char *tmp_dir;		 /* private directory of this compilation */
	const char *sysroot; /* where traced programs are looked for first; NULL: nowhere */
	struct deps *deps;   /* gets what is read; NULL: nobody asks */
};

struct ctypes;

/* Opens lazily: a script without C types never reads BTF. */
struct ctypes *ctypes__new(struct arena *a, struct diags *d, const struct ctypes_options *o);
void ctypes__free(
	struct ctypes *c); /* the BTF objects; types stay valid in the arena but not their btf */

/*
 * Compiles the script's C definitions with clang -g to BTF and collects its
 * object-like macros (clang -E -dM). Reports E_C_FRONTEND at the script's own
 * line. Does nothing without definitions.
 */
bool ctypes__define(struct ctypes *c, const struct program *p);

/*
 * Looks a type name up: the language's own names (int32, string, bool …), the
 * script's definitions, the kernel's BTF, the types of #included headers.
 * @tag "struct", "union", "enum" or NULL (typedefs, base types; then also a
 * bare struct name). NULL: not found.
 */
const struct type *ctypes__find(struct ctypes *c, const char *tag, const char *name);
/* Does the script define a struct of the kernel's again, all or some of its members? */
bool ctypes__is_copy(struct ctypes *c, const char *tag, const char *name);

/* A written type with its suffixes; reports E_UNKNOWN_TYPE and gives the poison type. */
const struct type *ctypes__resolve(struct ctypes *c, struct type_expr *t);

/* A member of a struct or union, also through anonymous members (off is then from @st). NULL: none. */
const struct member *ctypes__member(struct ctypes *c, const struct type *st, const char *name);
/* All members in order, for whole-struct prints and "did you mean". */
size_t ctypes__members(struct ctypes *c, const struct type *st, const struct member **out);

/* The value of an enumerator, with its enum type (64 bit). NULL: unknown. */
const struct type *ctypes__enumerator(struct ctypes *c, const char *name, int64_t *num);

/* The replacement text of an object-like #define of the script or its includes. NULL: none. */
const char *ctypes__macro(struct ctypes *c, const char *name);

/* Why a name may be unknown that kernel headers define: the script includes some, there are none. NULL: no such reason. */
const char *ctypes__no_headers(const struct ctypes *c);

/* Near names for a hint, or NULL. */
const char *ctypes__near_type(struct ctypes *c, const char *name);

/*
 * The `args` of a tracepoint: a TY_ARGS whose members have type, off, size as in
 * the format file. NULL: no such tracepoint there, or no tracefs (see *why).
 * With a wildcard the first match in the order of names is taken.
 */
const struct type *ctypes__tracepoint(struct ctypes *c, const char *category, const char *event,
				      const char **why);

/*
 * The `args` of a kernel function (fentry, fexit): members by parameter, index
 * is the argument number; *ret is the type of the return value (TY_VOID: none).
 * NULL: not in BTF. With a wildcard: the first match.
 */
const struct type *ctypes__function(struct ctypes *c, const char *module, const char *func,
				    const struct type **ret);

/* The `args` of a raw tracepoint, from btf_trace_NAME (without __data); without a module of the kernel proper. */
const struct type *ctypes__raw_tracepoint(struct ctypes *c, const char *module, const char *event);

/* An attach point names a module ('*' matches any run): its types are known from now on. */
void ctypes__use_module(struct ctypes *c, const char *module);

/*
 * The `args` of a user function, by the debug information of the program: members
 * have a place. NULL: not known here (see *why). With a wildcard: what all matches
 * have in common. *@build_id is the program's, or NULL.
 */
const struct type *ctypes__user_function(struct ctypes *c, const struct attach *at,
					 const char **build_id, const char **why);
/* The width of an integer called @name in the program of an attach point: 1, 2, 4; 8 also if it is not known here. */
unsigned ctypes__user_symbol(struct ctypes *c, const struct attach *at, const char *name);
/* Names that nothing else knows are from now on those of this attach point's program; NULL: of none. */
void ctypes__trace(struct ctypes *c, const struct attach *at);

/*
 * A variable of the kernel's that each CPU has, declared in C ("struct btc_like
 * runqueues") as far as libbpf compares it. NULL: there is none.
 */
const char *ctypes__percpu(struct ctypes *c, const char *name);

/* Is there BTF of the kernel, are there formats of tracepoints? */
bool ctypes__have_kernel(const struct ctypes *c);
bool ctypes__have_events(struct ctypes *c);

/* Has the kernel's BTF been needed? The tool then says so when the target lacks it. */
bool ctypes__used_kernel(const struct ctypes *c);

#endif
