/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a script's first comment says about its tool; for --help, the manual
 * page, completions and the unit file.
 *
 *	// opensnoop - one line for each file that is opened.
 *	//
 *	//	opensnoop [--pid=N] [NAME]
 *	//
 *	// A paragraph. Indented lines are code; "TERM  two blanks and a text" is a
 *	// row of a table; "Examples:" on a line of its own is a heading.
 *	//
 *	// @option pid=N: only this process
 *	// @param 1 [NAME]: only files of this name
 *
 * The line with the tool's own name names the arguments of options (N) and the
 * parameters (NAME), if @option and @param do not. The help of getopt() itself wins
 * over @option. Blocks about the licence are left out.
 */
#ifndef BTC_ABOUT_H
#define BTC_ABOUT_H

#include "btc_options.h"
#include "diag.h"

enum about_kind {
	ABOUT_TEXT, /* a paragraph: lines as they were written */
	ABOUT_CODE, /* lines without their common indentation */
	ABOUT_TABLE,
	ABOUT_HEADING, /* "Examples", without its colon */
};

struct about_row {
	const char *term, *text;
};

struct about_block {
	enum about_kind kind;
	const char *text; /* NULL for a table; without a newline at its end */
	VEC(struct about_row) rows;
};

/* @option and @param, and the words of the line with the tool's name. */
struct about_option {
	const char *name; /* NULL: parameter */
	unsigned position;
	const char *arg;  /* NULL: not said; of parameters "NAME" or "[NAME]" */
	const char *help; /* NULL: not said */
	struct loc loc;
	bool is_tag; /* else it is of the synopsis */
};

struct about {
	const char *summary; /* one line, without the tool's name; "": none */
	VEC(struct about_block) blocks;
	VEC(struct about_option) options;
};

struct plan;

/* @name: of the tool, which the comment may use instead of the script's. */
struct about *about__read(struct arena *a, const struct source *src, const char *name);

/* The description as one text, at most 80 columns wide if the script's lines are. */
const char *about__text(struct arena *a, const struct about *about);

/* Fills in help and arg of @p->options; warns of what is documented but does not exist. */
void about__options(struct diags *d, struct plan *p);

/* Has the tool that one of btc_std_options? */
bool about__has(const struct plan *p, const struct btc_std_option *o);
/* Does the script have an option of that name? Then the standard one is --btc-NAME. */
bool about__is_shadowed(const struct plan *p, const struct btc_std_option *o);
/* What --help calls an option's type: "number"; its argument's name if the script gives none: "NUMBER", NULL: none. */
const char *about__type(const char *type);
const char *about__default_arg(const char *type);

#endif
