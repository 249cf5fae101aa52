/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What btf.c, ctypes.c, tracefs.c and cdefs.c share; the rest of the compiler sees btf.h.
 */
#ifndef BTC_CTYPES_H
#define BTC_CTYPES_H

#include <bpf/btf.h>

#include "btf.h"
#include "diag.h"

/* Sets of BTF kinds. */
#define KIND_BIT(k) (1u << (k))
#define KINDS_ENUM  (KIND_BIT(BTF_KIND_ENUM) | KIND_BIT(BTF_KIND_ENUM64))
#define KINDS_TYPE                                                                       \
	(KIND_BIT(BTF_KIND_INT) | KIND_BIT(BTF_KIND_STRUCT) | KIND_BIT(BTF_KIND_UNION) | \
	 KINDS_ENUM | KIND_BIT(BTF_KIND_TYPEDEF) | KIND_BIT(BTF_KIND_FLOAT))
#define KINDS_FUNC KIND_BIT(BTF_KIND_FUNC)

/* Hash of names to ids; built by the first look-up. */
struct name_index {
	uint32_t *ids; /* 0: free */
	uint32_t *sub; /* of enumerators: which value of the enum; else NULL */
	uint32_t mask;
};

/* A struct or union, one per BTF and id; its members are read when first asked for. */
struct c_struct {
	struct type type;
	struct c_type c;
	const struct member *members;
	size_t nr_members;
	bool loaded;
};

/* One BTF: the kernel's, a module's, or that of the script's definitions. */
struct btf_src {
	struct arena *arena;
	struct btf *btf;
	bool kernel;
	bool program;	      /* of a traced program: dwarf.c's */
	bool prefer_kernel;   /* its structs are the kernel's, where that has them too */
	const char *module;   /* "" for vmlinux */
	struct btf_src *base; /* of a module: vmlinux */
	uint32_t first, end;  /* its own ids */
	struct name_index types, funcs, enumerators;
	struct type **made; /* by id - first: structs, unions and enums */
};

struct cdefs;
struct binary;

struct ctypes {
	struct arena *a;
	struct diags *d;
	struct ctypes_options o;

	bool kernel_tried, modules_tried, used_kernel;
	bool broken; /* the script's C has errors: unknown types are no news */
	const char *
		no_headers; /* why there are none of the kernel's headers; NULL: there are, or none is asked for */
	const char *kernel_path; /* that was tried */
	int kernel_err;		 /* negative errno */
	struct btf_src *kernel;	 /* NULL: none */
	struct btf_src *script;	 /* NULL: no definitions */
	struct btf_src *system;	 /* of #included system headers; NULL: none, or not asked for */
	VEC(struct btf_src *) modules;
	VEC(const char *) named_modules; /* attach points name them, '*' matches any run */
	VEC(struct btf_src *) objects;	 /* imported ones */
	VEC(struct binary *) binaries;	 /* traced programs, dwarf.c */
	const char *traced;    /* the one of the attach point at hand, as written; NULL: none */
	struct strmap *cfuncs; /* by name: struct cfunc; NULL: the objects are not opened yet */

	struct strmap *macros;	  /* NULL: none; values are texts */
	struct strmap *own_names; /* type names that the script and its own headers define */
	struct strmap *borrowed;  /* stand-ins in the script's BTF for the kernel's types */
	struct cdefs *headers;	  /* #included types that nobody has asked for yet */
	struct strmap *events;	  /* "category:event" to the type made of its format */
};

/* --- btf.c: opening, names ------------------------------------------------------ */

struct btf_src *ctypes__kernel(struct ctypes *c); /* opens it; NULL: there is none */
void ctypes__open_modules(struct ctypes *c);	  /* all of them, if the kernel's can be had */
/* The next one, from number *@i on, whose name @pattern matches; NULL: none. */
struct btf_src *ctypes__next_module(struct ctypes *c, const char *pattern, size_t *i);
struct btf_src *btf_src__new(struct ctypes *c, struct btf *btf, bool kernel, struct btf_src *base);
/* The first type of one of @kinds with this name; 0: none. */
uint32_t btf_src__find(struct btf_src *s, const char *name, uint32_t kinds);
uint32_t btf_src__find_enumerator(struct btf_src *s, const char *name, int64_t *num);
/* The FUNC with this name ('*' matches any run), and where it is; 0: none. */
uint32_t ctypes__find_func(struct ctypes *c, const char *module, const char *name,
			   struct btf_src **src);
bool wildcard_match(const char *pattern, const char *name);

/* --- cdefs.c: the script's C -------------------------------------------------------- */

/* Compiles what ctypes__define put off: headers, whose types few scripts ask for. */
void ctypes__compile_headers(struct ctypes *c);
void cdefs__free(struct cdefs *x);

/* --- dwarf.c: types of traced programs ----------------------------------------------- */

void binary__free(struct binary *b);
/* The type called @name in the program at hand. NULL: there is none. */
const struct type *ctypes__traced_type(struct ctypes *c, const char *tag, const char *name);

/* --- ctypes.c: BTF to struct type ---------------------------------------------- */

/* What qualifiers and tags were passed on the way to a type. */
struct type_notes {
	const char *typedef_name; /* the last one */
	bool user;
	const char *bad_tag;
};

const struct type *btf_src__type(struct ctypes *c, struct btf_src *s, uint32_t id,
				 struct type_notes *notes);
/* A value of an enum, numbered: sign-extended where the enum is signed. */
int64_t btf_enum_value(const struct btf_type *t, uint32_t i, bool kernel);
const char *btf_enum_name(const struct btf *btf, const struct btf_type *t, uint32_t i);

#endif
