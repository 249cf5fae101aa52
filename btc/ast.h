/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax tree: what the parser makes and the checker annotates.
 *
 * Nodes are unions by kind. Fields under "check:" are filled by check.c and
 * are meaningless before. Predicates, legacy spellings and `->` are already
 * normalised by the parser; implicit conversions are not in the tree: lower.c
 * converts each value to the type of the place it goes to.
 */
#ifndef BTC_AST_H
#define BTC_AST_H

#include "source.h"

struct type;
struct builtin;
struct member;
struct expr;
struct stmt;
struct attach; /* probe.h */

typedef VEC(struct expr *) expr_vec;
typedef VEC(struct stmt *) stmt_vec;

/* { statements; value } – value is NULL when the last statement ends in ';'. */
struct block {
	struct loc loc;
	stmt_vec stmts;
	struct expr *value;
};

/* A type as written: `struct foo *[4]`, `typeof(x)`, `string[16]`. */
struct type_expr {
	struct loc loc;
	const char *tag;	   /* "struct", "union", "enum" or NULL */
	const char *name;	   /* NULL for typeof */
	struct expr *of;	   /* typeof(expr) */
	struct type_expr *of_type; /* typeof(type) */
	/* Suffixes in order: -1 is '*', -2 is '[]', else the N of '[N]'. */
	VEC(int64_t) suffix;
	const struct type *type; /* check: */
};

enum expr_kind {
	EX_INT, /* 5, 0x1f, 3us */
	EX_STR,
	EX_BOOL,
	EX_IDENT,  /* builtin, macro, enum constant, C macro, stack mode */
	EX_VAR,	   /* $x */
	EX_MAP,	   /* @m, @m[k] */
	EX_PARAM,  /* $1 */
	EX_NPARAM, /* $# */
	EX_CALL,   /* f(a, b) */
	EX_UNARY,
	EX_INCDEC, /* ++x x++ --x x-- */
	EX_BINARY,
	EX_COND, /* c ? a : b, c ?: b, and if-expressions with a value */
	EX_CAST,
	EX_FIELD, /* e.name, e->name */
	EX_ELEM,  /* e.0 on a tuple */
	EX_INDEX, /* e[i] */
	EX_TUPLE,
	EX_RECORD,
	EX_BLOCK, /* { …; value } */
	EX_SIZEOF,
	EX_OFFSETOF,
	EX_TYPEINFO,
	EX_TYPEARG, /* typeof(…) as an argument of a macro */
	EX_COMPTIME,
};

enum op {
	OP_NEG,
	OP_NOT,
	OP_INV,
	OP_DEREF,
	OP_ADDR, /* unary */
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_MOD,
	OP_SHL,
	OP_SHR, /* binary */
	OP_AND,
	OP_OR,
	OP_XOR,
	OP_LAND,
	OP_LOR,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
};

/* The value of an expression that folds at compile time. */
struct konst {
	enum { KONST_INT, KONST_BOOL, KONST_STR } kind;
	uint64_t num; /* two's complement; sign as in expr.type */
	const char *str;
	size_t len; /* of str, without NUL */
};

/* check: a scratch variable, one per declaration. */
struct var {
	const char *name;	    /* without '$' */
	struct loc loc;		    /* of the declaration or first assignment */
	const struct type *type;    /* final */
	unsigned id;		    /* unique within its unit */
	unsigned depth;		    /* how many `for` bodies enclose its declaration */
	bool captured;		    /* used in a `for` body deeper than its declaration */
	struct type_expr *declared; /* let $x : T */
	bool assigned, used;
};

/* check: a map; one per name in the whole program. */
struct map {
	const char *name;	  /* with '@' */
	struct loc loc;		  /* of its first use */
	const struct type *key;	  /* NULL: scalar. `@m[a,b]` has a tuple */
	const struct type *value; /* TY_COUNT, TY_HIST, … for aggregations */
	unsigned id;		  /* index in program.maps */
	bool deleted_from;	  /* some probe deletes from it */
	bool iterated;		  /* some probe loops over it */
	struct map_decl *decl;
	/*
	 * For hist and lhist: from the first call, equal in all. For tseries:
	 * bits is the aggregation, max the number of intervals, step the interval.
	 */
	int64_t bits, min, max, step;
};

struct field_init {
	const char *name;
	struct expr *value;
};

struct expr {
	enum expr_kind kind;
	struct loc loc;

	/* check: */
	const struct type *type;
	const struct konst *konst; /* not NULL: it folded; the operands need no code */

	union {
		struct {
			uint64_t num;
			bool is_hex;
		} i;
		struct {
			const char *s; /* unescaped, NUL-terminated */
			size_t len;    /* may contain NULs */
		} str;
		bool b;
		unsigned param; /* EX_PARAM */
		struct {
			const char *name;
			const struct builtin *fn; /* check: NULL if it folded to a constant */
		} ident;
		struct {
			const char *name; /* without '$' */
			struct var *var;  /* check: */
		} var;
		struct {
			const char *name; /* with '@' */
			struct expr *key; /* NULL: none; several parts are an EX_TUPLE */
			struct map *map;  /* check: */
		} map;
		struct {
			const char *name;
			expr_vec args;
			const struct builtin *fn; /* check: */
			void *data; /* check: for the builtin's lower, see builtin.h */
		} call;
		struct {
			enum op op;
			struct expr *e;
		} unary;
		struct {
			struct expr *e;
			bool dec, post;
		} incdec;
		struct {
			enum op op;
			struct expr *l, *r;
		} bin;
		struct {
			struct expr *c, *a, *b; /* a == NULL: `c ?: b` */
			bool is_if; /* if (c) { } else { }; a, b are EX_BLOCK, b may be NULL */
		} cond;
		struct {
			struct type_expr *to;
			struct expr *e;
		} cast;
		struct {
			struct expr *e;
			const char *name;
			const struct member *m; /* check: */
		} field;
		struct {
			struct expr *e;
			unsigned n;
		} elem;
		struct {
			struct expr *e, *i;
		} index;
		expr_vec tuple;
		VEC(struct field_init) record;
		struct block *block;
		struct {
			struct type_expr *t; /* one of the two */
			struct expr *e;
			VEC(const char *) path; /* offsetof */
		} of;
		struct expr *comptime;
	};
};

enum stmt_kind {
	ST_EXPR,   /* calls, ++, if-expressions, blocks */
	ST_ASSIGN, /* lvalue op= value */
	ST_LET,
	ST_WHILE,
	ST_UNROLL,
	ST_FOR_RANGE,
	ST_FOR_MAP,
	ST_BREAK,
	ST_CONTINUE,
	ST_RETURN,
	ST_DISCARD, /* _ = e */
	ST_IMPORT,  /* only a diagnostic of check.c */
	ST_BODY,    /* of a function, in place of its call: `return` leaves it */
};

struct stmt {
	enum stmt_kind kind;
	struct loc loc;
	union {
		struct expr *e; /* ST_EXPR, ST_DISCARD, ST_RETURN (may be NULL) */
		struct {
			struct expr *to; /* EX_VAR or EX_MAP */
			struct expr *value;
			bool compound; /* op= */
			enum op op;
		} assign;
		struct {
			const char *name;
			struct loc name_loc;
			struct type_expr *t;
			struct expr *value; /* NULL: none */
			bool param;	    /* of a function */
			struct var *var;    /* check: */
		} let;
		struct {
			struct expr *cond; /* ST_UNROLL: the count */
			struct block *body;
		} loop;
		struct {
			const char *name; /* the variable */
			struct loc name_loc;
			struct var *var;	/* check: */
			struct expr *from, *to; /* ST_FOR_RANGE */
			struct expr *map;	/* ST_FOR_MAP: an EX_MAP without key */
			struct block *body;
		} each;
		const char *import;
		struct {
			const struct subprog *fn;
			const char *name; /* of the result */
			struct loc name_loc;
			struct type_expr *t; /* of the result */
			struct block *block;
			struct var *var; /* check: the result; NULL: void */
			bool returns;	 /* check: some statement gives the result */
			bool leaves;	 /* check: some `for` in it returns */
		} body;
	};
};

/* --- root items ----------------------------------------------------------- */

struct c_def {
	struct loc loc;
	const char *text; /* a preprocessor line or a whole definition with ';' */
};

struct config_entry {
	struct loc loc, value_loc;
	const char *key; /* lower case, without BPFTRACE_ */
	enum { CFG_INT, CFG_STR, CFG_BOOL } kind;
	const char *str;
	uint64_t num;
};

struct import {
	struct loc loc;
	const char *name;
};

/* import: functions in C, compiled. */
struct c_object {
	struct loc loc;	  /* of the import */
	const char *name; /* as the user knows it */
	const char *path; /* of the object */
};

struct map_decl {
	struct loc loc, kind_loc, entries_loc;
	const char *map;  /* with '@' */
	const char *kind; /* hash, lruhash, … */
	uint64_t entries;
};

struct macro_param {
	struct loc loc;
	enum { PARAM_EXPR, PARAM_VAR, PARAM_MAP } kind;
	const char *name; /* without '$', with '@' */
};

struct macro {
	struct loc loc;
	const char *name;
	VEC(struct macro_param) params;
	struct block *body;
	bool is_stdlib;
	bool used; /* check: something calls it */
};

struct subprog {
	struct loc loc;
	const char *name;
	VEC(struct macro_param) params;
	VEC(struct type_expr *) types;
	struct type_expr *ret;
	struct block *body;
	bool used; /* check: something calls it */
};

struct probe {
	struct loc loc;
	VEC(struct attach *) attach;
	struct expr *pred; /* NULL: none */
	struct block *body;
};

/*
 * check: a body checked for the attach points it was checked for. One becomes
 * one BPF program. A probe whose attach points differ in what the body means
 * (address spaces, `args`) has several, each with its own copy of the body.
 */
struct unit {
	const struct probe *probe;
	VEC(struct attach *) attach; /* all of one provider */
	struct expr *pred;
	struct block *body;
	unsigned nr_vars;
	bool uses_probe; /* the index of the attach point is needed */
	bool uses_args;
	bool uses_objects;    /* hands objects of the kernel to helpers, which check their type */
	bool has_for;	      /* a `for` body becomes a function of its own */
	const char *build_id; /* of the program whose types a uprobe's args have; NULL: none */
};

/* check: how $N is used; the tool parses it accordingly. */
struct param {
	unsigned n;
	struct loc loc; /* of its first use */
	bool as_int, as_str;
};

/* check: one getopt() name. */
struct option {
	const char *name, *help; /* help: "" if none */
	struct loc loc;
	const struct type *type; /* bool, int64, uint64 or string */
	struct konst def;
};

struct program {
	struct source *src;
	VEC(struct c_def) c_defs;
	VEC(struct config_entry) config;
	VEC(struct import) imports;
	VEC(struct map_decl *) map_decls;
	VEC(struct macro *) macros;
	VEC(struct subprog *) subprogs;
	VEC(struct probe *) probes;

	/* import: */
	VEC(struct c_object) objects;

	/* check: */
	VEC(struct unit *) units;
	VEC(struct map *) maps;
	VEC(struct param) params;
	VEC(unsigned) literals; /* parameters whose text the program was made for; 0: $# */
	VEC(struct option *) options;
	bool guarded; /* programs must not interrupt one another on a CPU */
};

struct diags;

/* Parses @src. Never NULL; errors are in @d, and the tree is then partial. */
struct program *parse(struct arena *a, struct diags *d, struct source *src);

/* Parses one expression that must fill @src (C macros, attach points). NULL on error. */
struct expr *parse_expr(struct arena *a, struct diags *d, struct source *src);

/* --emit=ast: an indented tree; after check with types. */
void ast__dump(const struct program *p, struct buf *out);

#endif
