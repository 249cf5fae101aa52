/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of the checker; nobody else includes it.
 *
 * Types are found by passes over all units. In a pass, reads see the types of
 * the pass before, and writes collect the types of the next one; when nothing
 * changes any more, one last pass (check.final) reports. Before it, reports
 * are swallowed, and what has no type yet is poison.
 */
#ifndef BTC_CHECK_PRIV_H
#define BTC_CHECK_PRIV_H

#include "builtin.h"
#include "check.h"
#include "diag.h"
#include "probe.h"

/* A scratch variable with what only the checker needs. */
struct cvar {
	struct var v;
	const struct type *now;	     /* of this pass; NULL: nothing assigned yet */
	const struct type *fixed;    /* declared type; NULL: inferred */
	const struct expansion *via; /* the macro expansion that it belongs to: hygiene */
	bool flexible;		     /* only non-negative literals were assigned */
	bool poisoned;		     /* something of a wrong type was assigned: reported there */
	bool loop;		     /* of a `for` */
	bool late;		     /* declared without a value */
	bool as_open;		     /* declared, but for the address space */
	bool as_mixed;		     /* then: several were assigned in this pass */
	enum addr_space as_now;	     /* else the one, or AS_NONE so far */
	bool implicit;		     /* declared by its first assignment */
};

struct cmap {
	struct map m;
	const struct type *key_now, *value_now;
	bool assigned; /* some statement gives it a value */
	bool first_is_keyed;
	bool has_first; /* the first use that tells keyed from scalar was seen */
	struct loc first;
	const char *params_of; /* hist, lhist or tseries: whose bits, min, max and step are known */
	bool reported;	       /* as undefined */
};

struct cunit {
	struct unit u;
	bool resolved; /* args and ret were looked for */
	const struct type *args, *ret;
	const char *why; /* args == NULL: the reason */
	VEC(struct cvar *) vars;
};

/* How far macros have been expanded. */
struct growth {
	unsigned open; /* expansions at hand, one in another */
	unsigned nodes, depth;
	bool stopped, reported;
};

struct check {
	struct arena *a;
	struct diags *d;
	struct program *p;
	struct ctypes *types;
	const struct config *cfg;
	const struct check_options *o;

	bool final;			   /* the pass that reports */
	VEC(const struct expansion *) lib; /* expansions of the standard library's macros */
	bool *lib_loaded;		   /* by text of the standard library */
	unsigned pass;
	struct strmap *maps;	   /* name -> struct cmap */
	struct strmap *reported;   /* place and text of each report: units repeat them */
	const struct type *lit[4]; /* flexible int8 … int64 */

	VEC(struct cunit *) all; /* units, and the bodies of functions that nothing calls */

	/* of the unit at hand */
	struct cunit *unit;
	const struct provider *prov; /* NULL: no attach point is valid, everything is allowed */
	unsigned loops;		     /* open ones, of any kind */
	unsigned unevaluated;	     /* inside sizeof, typeof */
	const struct stmt *body;     /* of the function at hand; NULL: the probe's own */
	bool literal_params;	     /* $N is a literal */

	struct growth growth;

	/* The call that may be an aggregation, and the map it goes to. */
	const struct expr *agg;
	struct cmap *agg_map;
	const struct expr
		*taken; /* a map here is not read in an expression but assigned, or a key */
};

/* --- reports (check.c): silent before the final pass; NULL may be passed on --- */

struct diag *check__error(struct check *c, struct loc loc, const char *tag, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
/* May @at, whose types are asked for, be left out, and is it unknown here? Then that is told. @listed: it has company. */
bool check__is_left_out(struct check *c, const struct attach *at, bool listed);
void check__nothing_left(struct check *c, struct loc loc);
struct diag *check__warn(struct check *c, struct loc loc, const char *tag, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
void check__hint(struct check *c, struct diag *to, const char *fmt, ...) PRINTF_LIKE(3, 4);
void check__context(struct check *c, struct diag *to, struct loc loc, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
void check__unsupported(struct check *c, struct loc loc, const char *what);
/* The name of a type, for reports. */
const char *check__tn(struct check *c, const struct type *t);

/* --- types (check_type.c) --- */

static inline bool is_err(const struct type *t)
{
	return t->kind == TY_ERROR;
}

/* What a value becomes in an expression: castable aggregations are integers there. */
const struct type *check__decay(const struct type *t);
/* Without literal flexibility. */
const struct type *check__rigid(struct check *c, const struct type *t);
/* The common type, also of address space and clock; either may be NULL. NULL: there is none. */
const struct type *check__merge(struct check *c, const struct type *x, const struct type *y);
bool check__same(const struct type *x, const struct type *y);
const struct type *check__as(struct check *c, const struct type *t, enum addr_space as);
/* A new type of a kind without further parts. */
struct type *check__type(struct check *c, enum type_kind kind, uint32_t size);
const struct type *check__literal(struct check *c, __int128 v);
const struct type *check__resolve(struct check *c, struct type_expr *t);
/* The type that typeof(e) is: the key's of a map as a whole. */
const struct type *check__type_of(struct check *c, struct expr *e);
/* W_BTF_CONFLICT: structs that are called like the kernel's. */
void check__c_defs(struct check *c);
bool check__is_condition(const struct type *t);
bool check__is_printable(const struct type *t);
/* The type with which @t is stored in a map, tuple or key; NULL: it cannot be. */
const struct type *check__stored(struct check *c, const struct type *t);
enum addr_space check__default_as(const struct check *c);
/* W_ADDRSPACE_UNSET before a read through @t. */
void check__as_unset(struct check *c, const struct type *t);

/* --- folding (fold.c) --- */

struct konst *konst__int(struct check *c, uint64_t num);
struct konst *konst__bool(struct check *c, bool b);
struct konst *konst__str(struct check *c, const char *s, size_t len);
/* Gives @e the value and the literal's type. */
void fold__int(struct check *c, struct expr *e, __int128 v);
void fold__bool(struct check *c, struct expr *e, bool b);
void fold__str(struct check *c, struct expr *e, const char *s, size_t len);
__int128 konst__value(const struct expr *e); /* of an integer or bool constant */
bool konst__truth(const struct konst *k);
bool konst__is_int(const struct expr *e);
/* Is it a constant that was written as such, not by a cast? */
bool is_literal(const struct expr *e);
bool fold__binary(struct check *c, struct expr *e); /* true: folded or reported */
bool fold__unary(struct check *c, struct expr *e);

/* --- expressions (check_expr.c, check_cast.c, check_op.c) --- */

const struct type *check__expr(struct check *c, struct expr *e);
/* The same where text is wanted: a $N is then text. */
/* Bytes of an attach point's name as text; as BTC_PROBE_NAME of btc_abi.h. */
#define PROBE_NAME 128

const struct type *check__string(struct check *c, struct expr *e);
const struct type *check__probe_text(struct check *c, struct expr *e);
const struct type *check__text(struct check *c, struct expr *e);
/* The same for an `if` whose value nobody wants. */
void check__if_stmt(struct check *c, struct expr *e);
void check__block(struct check *c, struct block *b, bool value_wanted);
bool check__cond(struct check *c, struct expr *e, const char *what);
const struct type *check__cast(struct check *c, struct expr *e);
const struct type *check__binary(struct check *c, struct expr *e);
const struct type *check__unary(struct check *c, struct expr *e);
/* The type of `l op r` for checked operands. */
const struct type *check__op(struct check *c, struct loc loc, enum op op, struct expr *l,
			     struct expr *r);
/* W_SIGN if the value of @e changes when it becomes a @to. */
void check__sign(struct check *c, const struct expr *e, const struct type *to);
/* Does the constant @e lie within the integer type? */
bool check__fits(const struct expr *e, const struct type *to);
const char *op__text(enum op op);
/* A member of a struct, record or args, by name; reports. */
const struct type *check__field(struct check *c, struct expr *e);
const struct type *check__offsetof(struct check *c, struct expr *e);
const struct type *check__typeinfo(struct check *c, struct expr *e);
const char *check__near_config(const char *name);
/* The initializer of a member in a record of constants, which folds; NULL: it is none. */
const struct expr *check__const_member(struct check *c, const struct expr *e, const char *name);
/* The name of the nearest member, or NULL. */
const char *check__near_member(struct check *c, const struct type *t, const char *name);

/* --- maps (check_map.c) --- */

struct cmap *check__map(struct check *c, const char *name, struct loc loc);
/* Marks a bare mention: print(@m), clear(@m). Sets the annotations of @e. */
struct cmap *check__map_arg(struct check *c, struct expr *e);
/* The place of an assignment: checks its key, reads nothing. */
struct cmap *check__map_place(struct check *c, struct expr *e);
const struct type *check__map_read(struct check *c, struct expr *e);
/* A read whose result is written back: a map that only counts starts as an integer. */
const struct type *check__map_counter(struct check *c, struct expr *e);
/* Merges a value into the map's type; @at is the whole assignment. */
void check__map_write(struct check *c, struct expr *to, const struct expr *value,
		      const struct type *t, struct loc at);
/* Checks @key and merges it into the map's key type. */
void check__map_key(struct check *c, struct cmap *m, struct expr *key, struct loc loc);
bool check__maps_settle(struct check *c); /* true: some type changed */
void check__maps_finish(struct check *c);
/* E_TYPE_LOCKED for what the last pass would still change. */
void check__maps_locked(struct check *c);
void check__locked(struct check *c, const char *name, struct loc loc, const struct type *old,
		   const struct type *now);

/* --- variables (scope.c) --- */

/* Binds every EX_VAR of the unit to its variable, and checks what needs no types. */
void scope__resolve(struct check *c, struct cunit *u);
void check__var_write(struct check *c, struct cvar *v, const struct expr *value,
		      const struct type *t, struct loc at);
const struct type *check__var_read(struct check *c, struct cvar *v, struct loc at);

/* The type of `let`: of address space @as, or AS_NONE: of that of its values. */
void check__declared_type(struct check *c, struct cvar *v, struct type_expr *t, enum addr_space as);
/* May a variable of the declared type v->fixed take the value? */
bool check__declared_fits(struct check *c, const struct cvar *v, const struct expr *value,
			  const struct type *t);

/* --- functions (fn.c) --- */

void fn__check(struct check *c); /* the definitions */
bool fn__is_void(const struct subprog *f);
/* The body of a function that nothing calls. */
struct expr *fn__unused(struct check *c, struct subprog *f);
void check__fn_param(struct check *c, const struct stmt *let);
void check__body(struct check *c, struct stmt *s);
void check__fn_return(struct check *c, struct stmt *s);

/* --- calls (check_call.c, check_fmt.c) --- */

const struct type *check__call(struct check *c, struct expr *e);
const struct type *check__ident(struct check *c, struct expr *e);
unsigned call__nr(const struct expr *e);
struct expr *call__arg(const struct expr *e, unsigned i); /* NULL: not given */
/* Checks a format and its arguments, which follow args[0]. */
void check__format(struct check *c, struct expr *e);

/* --- parameters of the command line (check_param.c) --- */

const struct type *check__param(struct check *c, struct expr *e, bool as_text);
const struct type *check__nparam(struct check *c, struct expr *e);
/* Is it $1 + n, and its type where it is text? */
bool check__skips_param(const struct expr *e);
const struct type *check__rest_of_param(struct check *c, struct expr *e);
bool check__param_is_number(const struct check *c, const struct expr *e);
/* @e was checked and is no constant, but must be: in btc run its parameters become literals. */
void check__want_constant(struct check *c, struct expr *e);
void check__want_text(struct check *c, struct expr *e); /* the same, as strings */
/* Notes the parameters in an attach point. */
void check__attach_params(struct check *c, const struct attach *at);
/* In btc run: resolves it again with the parameters' texts. False: reported. */
bool check__attach_literal(struct check *c, struct attach *at);

/* --- copies and macros (macro.c) --- */

/* Copies of a probe's parts with all macros expanded. */
struct block *macro__expand_block(struct check *c, const struct block *b);
struct expr *macro__expand_expr(struct check *c, const struct expr *e);
/* Plain copies. */
struct block *clone_block(struct check *c, const struct block *b);
struct expr *clone_expr(struct check *c, const struct expr *e);
/* Adds the standard macros to the program: those of the text that defines @name, or all (NULL). */
void macro__load_stdlib(struct check *c, const char *name);
/* Checks the definitions. */
void macro__check(struct check *c);
/* Checks what needs no types in those that nothing calls. */
void macro__check_unused(struct check *c);

/* --- walking (ast_walk.c) --- */

typedef void expr_fn(void *data, struct expr *e);

/* The expressions directly below @e, but for those in the block of an EX_BLOCK. */
void expr__children(struct expr *e, expr_fn *fn, void *data);
/* All expressions of @e or a block, parents first. */
void expr__each(struct expr *e, expr_fn *fn, void *data);
void block__each(const struct block *b, expr_fn *fn, void *data);

#endif
