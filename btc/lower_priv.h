/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of lower share. Texts are C of the kernel half, in the arena. */
#ifndef BTC_LOWER_PRIV_H
#define BTC_LOWER_PRIV_H

#include "diag.h"
#include "lower.h"
#include "plan.h"

/* Where an object is to be written: `ev->comm`, `key.f1`, `s->path`. */
struct place {
	const char *lv;		 /* lvalue */
	const struct type *type; /* what it holds; the value is converted to it */
	bool zeroed;		 /* to be defined to the last byte: keys */
	bool clean;		 /* zero already; then nothing may be left behind a NUL either */
};

/*
 * A value that was computed before and still holds. Entries live until the
 * block that made them ends; writes kill those that depend on what they write.
 */
struct cached {
	enum { CACHE_TEXT, CACHE_LOOKUP, CACHE_KEY, CACHE_MEMO } kind;
	const char *name;	 /* CACHE_TEXT: "pid_tgid", "FIELD_…" */
	const struct expr *expr; /* CACHE_KEY, CACHE_LOOKUP: the key; CACHE_MEMO: the node itself */
	const struct map *map;
	const struct type *type; /* of the key object */
	const char *text;
	bool dead;
};

/* A local object that is free again when its statement ends. */
struct temp {
	const struct type *type;
	const char *lv;
	bool busy;
};

/* The function that is being written: a program, or a callback of a `for`. */
struct fn {
	struct fn *outer;
	struct plan_func *f;
	unsigned indent;
	unsigned depth; /* of `for` bodies */
	struct strmap *names;
	VEC(struct cached) cache;
	VEC(struct temp) temps;
	unsigned stack; /* bytes of locals that are objects */
	bool need_ctx, need_scratch;
	text_vec written;	/* variables of the frame that a callback assigns */
	const char *ret;	/* what a plain return says */
	const char *search;	/* the state of strstr(), one for all; NULL: none yet */
	const char *brk, *cont; /* statements for break and continue; NULL: not in a loop */
};

struct copied {
	const struct c_type *c;
	const struct type *record;
};

/* The body of a function in place of its call. */
struct body {
	const struct stmt *s;
	const struct stmt *tail; /* a `return` that ends it: nothing is left to leave */
	struct fn *home;	 /* where it begins; its `for` bodies are other functions */
	const char *end;	 /* the label behind it */
	unsigned depth;		 /* of functions around it */
	const char *left;	 /* set by a `for` body that returned; NULL: none can */
	bool jumped;		 /* the label is used */
};

struct lower {
	struct arena *a;
	struct diags *d;
	struct plan *plan;
	struct program *prog;
	struct ctypes *types;
	const struct config *cfg;

	/* of the program (unit) being lowered */
	struct unit *unit;
	const struct attach *at; /* the first of the unit */
	bool per_match;
	struct fn *fn;
	struct plan_struct *scratch; /* its scratch memory; NULL: none yet */
	const char *records;	     /* members of its union of records */
	uint32_t record_size;
	struct plan_struct *frame; /* what `for` bodies share; NULL: no `for` */
	bool claims;		   /* scratch must be claimed and released */
	bool returns;		   /* some `for` body returns from the probe */
	struct body *body;	   /* the innermost one of a function; NULL: the probe's */
	VEC(const char *) var_lv;  /* by var.id */
	unsigned nr_loops;
	unsigned nr_captured; /* variables that `for` bodies share with what is around */
	unsigned nr_args;     /* of a usdt probe: the highest argN, plus one */
	unsigned line;	      /* of the statement */
	const char *file;     /* of the probe, if it is imported */

	/* of the whole tool */
	VEC(const struct type *) tuple_types; /* parallel to tuples */
	VEC(struct plan_struct *) tuples;
	VEC(const struct type *) ptype_keys;
	VEC(struct copied) copied; /* kernel structs that are copied as records */
	uint32_t zero_room;	   /* size of btc_zero */
};

#define FMT(l, ...) arena__printf((l)->a, __VA_ARGS__)

/* --- lower_fn.c: lines, locals, what is known already ------------------------- */

void l__emit(struct lower *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
void l__open(struct lower *l, const char *fmt, ...) PRINTF_LIKE(2, 3); /* "if (x) {" */
void l__else(struct lower *l);
void l__close(struct lower *l);
void l__end(struct lower *l); /* of a block of one statement, without braces */
void l__return(struct lower *l, const char *value);	/* NULL: the default */
const char *l__name(struct lower *l, const char *hint); /* unused so far in this function */
const char *l__local(struct lower *l, const char *ctype, const char *hint);
const char *l__temp(struct lower *l, const struct type *t, const char *hint); /* of a scalar */
const char *l__object(struct lower *l, const struct type *t,
		      const char *hint); /* lvalue of a temporary */
const char *l__lasting(struct lower *l, const struct type *t,
		       const char *hint); /* as long as the function */
const char *l__scratch(struct lower *l, const char *decl, const char *name,
		       uint32_t size); /* "s->name" */
/* A text that the user half has, by number. */
size_t l__format(struct lower *l, const char *text, struct loc where);
const char *l__scratch_record(struct lower *l, const char *name, uint32_t size);
const char *l__frame(struct lower *l, const char *decl, const char *name); /* "f->name" */
const char *l__ctx(struct lower *l);
const char *l__var(struct lower *l, const struct var *v);
const char *l__warn(struct lower *l, const char *kind, const char *helper, const char *map,
		    struct loc where);
void l__unsupported(struct lower *l, struct loc loc, const char *what);
void l__include(struct lower *l, const char *header); /* of rtlib/bpf */
struct cached *l__cached(struct lower *l, int kind, const char *name);
void l__cache(struct lower *l, struct cached c);
void l__kill_map(struct lower *l, const struct map *m);
void l__kill_lookups(struct lower *l);
void l__kill_var(struct lower *l, const struct var *v);
bool expr_uses(const struct expr *e, const struct var *var, const struct map *map);

/* --- lower_stmt.c: statements, blocks ------------------------------------------- */

unsigned l__line_of(struct loc loc); /* of the script; an expansion belongs to its call */
void l__free_temps(struct lower *l, const bool *before, size_t nr);
void l__begin_fn(struct lower *l, struct fn *fn, const char *name);
void l__block(struct lower *l, const struct block *b, const struct place *to);
const char *l__block_value(struct lower *l, const struct block *b);

/* --- lower.c: units ----------------------------------------------------------------- */

bool l__is_exclusive(enum provider_kind k);
bool l__has_cookie(enum provider_kind k);

/* --- lower_type.c: C types and descriptors ------------------------------------ */

bool is_object(const struct type *t);		     /* lives in memory; else a scalar text */
const struct type *value_type(const struct type *t); /* what an aggregation reads as: an integer */
bool is_array(const struct type *t); /* its C type is an array: decays to its address */
typedef VEC(struct member) member_vec;

void flat_members(struct lower *l, const struct type *t, uint32_t off, member_vec *out);
bool is_kernel_struct(const struct type *t);
const struct type *stored(struct lower *l,
			  const struct type *t); /* the record of a kernel struct */
uint32_t csize(struct lower *l, const struct type *t);
uint32_t calign(struct lower *l, const struct type *t);
const char *ctype(struct lower *l, const struct type *t); /* of scalars and struct-like objects */
const char *cdecl(struct lower *l, const struct type *t, const char *name);
struct plan_struct *tuple_struct(struct lower *l, const struct type *t);
uint32_t member_off(struct lower *l, const struct type *t, unsigned i);
const struct plan_type *ptype(struct lower *l, const struct type *t);
const struct plan_type *ptype_kind(struct lower *l, const char *kind, uint32_t size);
const char *use_member(struct lower *l, const struct type *st, const struct member *m);
const char *kernel_struct(struct lower *l, const struct type *st); /* "struct sock" */
const char *core_size(struct lower *l, const struct type *st);

/* --- lower_expr.c: scalars -------------------------------------------------------- */

const char *value(struct lower *l, const struct expr *e);
const char *value_as(struct lower *l, const struct expr *e, const struct type *t); /* converted */
const char *condition(struct lower *l, const struct expr *e);
const char *paren(struct lower *l, const char *text);
bool is_word(const char *text); /* a C identifier or a number */
const char *number(struct lower *l, uint64_t num, const struct type *t);
void prepare_all(struct lower *l, struct expr *const *v, size_t nr);
void prepare(struct lower *l,
	     const struct expr *e); /* evaluates the scalars inside; into() then has no effects */
const struct builtin *builtin_of(const struct expr *e); /* NULL: none */
const char *to_temp(struct lower *l, const char *text, const struct type *t, const char *hint);
bool same_expr(const struct expr *a, const struct expr *b); /* equal and without effects */
const char *pid_tgid(struct lower *l);
const char *builtin_c(struct lower *l, const char *text, const char *hint);
void declare(struct lower *l, const char *text); /* at file scope, once */
void incdec(struct lower *l, const struct expr *e, const char **result);

/* --- lower_mem.c: memory of the kernel, of processes, of the program ---------------- */

struct mem {
	const char *base;      /* u64 text, or a pointer if local */
	const struct type *st; /* kernel struct that base points to; NULL: plain address */
	const char *path;      /* ".a.b", "" */
	uint32_t off;	       /* added to base, if st is NULL */
	enum addr_space as;
	bool local;	/* the program's own memory: direct loads */
	struct loc loc; /* of the access, for what is said if it fails */
};

struct mem mem_of(struct lower *l, const struct expr *e);
bool is_own(const struct expr *e);
const char *mem_addr(struct lower *l, const struct mem *m); /* as u64, or pointer if local */
const char *mem_load(struct lower *l, const struct mem *m, const struct type *t,
		     const struct member *bits, const char *hint);
const char *read_fn(enum addr_space as);    /* "kernel", "user", "any" */
const char *probe_read(enum addr_space as); /* "bpf_probe_read_user" */
/* Where a failed read is counted; "" or "_str" says which helper. */
const char *warn_k(struct lower *l, const char *helper, const char *map, struct loc where);
const char *read_warn(struct lower *l, enum addr_space as, const char *suffix, struct loc where);
/* Reads @size bytes (a string's: at most) at @addr; a failure is counted. */
void read_into(struct lower *l, enum addr_space as, const char *suffix, const char *to,
	       const char *size, const char *addr, struct loc where);
const char *enumerator(struct lower *l, const struct expr *e);
const char *arg_field(struct lower *l, const struct expr *e); /* FIELD_x of args.name */

/* --- lower_obj.c: objects --------------------------------------------------------- */

void into(struct lower *l, const struct expr *e, const struct place *to);
const char *object(struct lower *l,
		   const struct expr *e); /* address of it, in the program's memory */
const char *addr_of(struct lower *l, const struct type *t, const char *lv);
void copy(struct lower *l, const struct place *to, const char *from, const struct type *t);
void make_zero(struct lower *l, const struct place *to); /* if it is not clean */
bool is_kept_clean(const struct type *t);
const char *zero_object(struct lower *l, const struct type *t);
const char *string_literal(struct lower *l, const char *s, size_t len);
const char *equal(struct lower *l, const struct expr *a, const struct expr *b);

/* --- lower_map.c ---------------------------------------------------------------------- */

struct plan_map *map_plan(struct lower *l, const struct map *m);
const char *map_lookup(struct lower *l,
		       const struct expr *map); /* pointer to the value, may be NULL */
const char *map_value(struct lower *l, const struct expr *map);		  /* scalar */
void lookup_warn(struct lower *l, const struct expr *map, const char *p); /* of a plain read */
void map_assign(struct lower *l, const struct expr *map, const struct expr *value);
void map_incdec(struct lower *l, const struct expr *e, const char **result);
const char *map_delete(struct lower *l, const struct expr *map, const struct expr *key, bool want);
const char *map_key(struct lower *l, const struct map *m, const struct expr *key); /* "&key" */
const char *read_aggregation(struct lower *l, const struct map *m, const char *key,
			     struct loc where);

/* --- lower_event.c ---------------------------------------------------------------------- */

const char *watch_action(struct lower *l, unsigned probe);
const char *packet_action(struct lower *l, const char *file, struct loc where);

/* --- lower_tseries.c: time series --------------------------------------------------------- */

void tseries_plan(struct lower *l, struct plan_map *pm);
void tseries_add(struct lower *l, const struct expr *to, const struct expr *call);
/* Is there anything of the key, or with NULL at all? With @drop it goes. */
const char *tseries_find(struct lower *l, const struct map *m, const struct expr *key, bool drop);

/* --- lower_iter.c: iterators ----------------------------------------------------------- */

void iter_begin(struct lower *l); /* no event without an object */
void iter_printf(struct lower *l, const struct expr *e);

/* --- lower_call.c ---------------------------------------------------------------------- */

const char *str_limit(struct lower *l, const struct expr *e, uint32_t room);
uint32_t buf_limit(const struct expr *e);
const char *ncpus(struct lower *l, struct loc where); /* symbol of the late value */
/* Another late value; one of a kind and name has one symbol. @name may be NULL. */
const char *late_fact(struct lower *l, const char *type, const char *prefix, const char *kind,
		      const char *name, uint32_t size, struct loc where);

/* --- lower_text.c ---------------------------------------------------------------------- */

/* Text as memory of the program's own: also what a pointer leads to. *@size are its bytes. */
const char *text_object(struct lower *l, const struct expr *e, uint32_t *size);

#endif
