/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the parser: parse.c (tokens, errors, blocks, statements),
 * parse_expr.c (expressions, types) and parse_root.c (what a file consists of).
 *
 * After an error the parser is in panic: it sees only T_STOP, which nothing
 * accepts, so that every loop ends and no second error is reported, and all
 * functions return some node. The statement or root item then resynchronises.
 */
#ifndef BTC_PARSE_H
#define BTC_PARSE_H

#include "ast.h"
#include "diag.h"
#include "lex.h"

/* Limits that keep the recursion of this stage and of all later ones shallow. */
#define MAX_NESTING 256	  /* of brackets, blocks, unary operators, … */
#define MAX_CHAIN   1000  /* operators along one path through a statement */
#define MAX_STMTS   65536 /* of a file: far more than a kernel takes */
#define MAX_ERRORS  100

struct parser {
	struct arena *a;
	struct diags *d;
	struct source *src;
	struct lexer lx;
	struct program *prog;

	uint32_t pos; /* where the next token is looked for */
	bool have;    /* @tok is the token there */
	struct token tok;
	uint32_t prev_end; /* end of the token taken last */

	bool panic;
	bool quiet;	/* an error was told in this statement: tell no more */
	bool open_told; /* a missing '}' was told: unwind in silence */
	bool gave_up;	/* too many errors */
	bool in_pred;	/* '/' before '{' ends the expression */
	unsigned depth, chain, stmts, nr_errors;
};

/* --- parse.c ---------------------------------------------------------------- */

enum tok parse__peek(struct parser *p); /* details are in p->tok */
struct token parse__take(struct parser *p);
bool parse__accept(struct parser *p, enum tok kind);
bool parse__expect(struct parser *p, enum tok kind, const char *what);
bool parse__at_word(struct parser *p, const char *word);
void parse__ahead(struct parser *p, struct token *t); /* the token after p->tok, in silence */
void parse__drop(struct parser *p, uint32_t pos);     /* forget the token; go on at @pos */
void parse__skip(struct parser *p); /* past one token, in silence, also in panic */

/* "expected WHAT, found …" and panic. */
struct diag *parse__expected(struct parser *p, const char *what);
/* Another error; NULL if it must not be told. No panic. */
struct diag *parse__error(struct parser *p, struct loc loc, const char *tag, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
bool parse__enter(struct parser *p); /* false: too deep, told; pairs with leave */
void parse__leave(struct parser *p);
bool parse__chain(struct parser *p); /* one more operator; false: too many, told */

struct loc parse__from(const struct parser *p, struct loc begin); /* to the last token */

struct block *parse__block(struct parser *p, const char *what);
/* Inside a broken header: checks the block that begins here and drops it. */
void parse__lost_block(struct parser *p);

/* --- parse_expr.c ------------------------------------------------------------- */

struct expr *parse__new(struct parser *p, enum expr_kind kind, struct loc loc);
struct expr *parse__expression(struct parser *p);
struct expr *parse__expression_from(struct parser *p, struct expr *left);
struct expr *parse__primary(struct parser *p);
struct expr *parse__condition(struct parser *p);
struct expr *parse__block_expr(struct parser *p);
struct expr *parse__if(struct parser *p);
struct type_expr *parse__type(struct parser *p);
bool parse__is_builtin(const struct token *t); /* a name that the grammar reserves */
bool parse__can_start_stmt(enum tok kind);
bool parse__is_binary(enum tok kind);

/* --- parse_root.c --------------------------------------------------------------- */

void parse__program(struct parser *p);

#endif
