/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a tool, and the files for others that are made from it. */
#ifndef BTC_OPTIONS_OF_H
#define BTC_OPTIONS_OF_H

#include "plan.h"

struct tool_option {
	char letter;	  /* 0: none */
	const char *name; /* without --; "btc-pid" where the script has a --pid */
	const char *arg;  /* NULL: takes none; "a|b": one of these */
	bool arg_is_optional;
	const char *help;  /* "": none */
	const char *type;  /* of the script's: "number"; NULL: of every tool */
	const char *def;   /* of the script's; NULL: none */
	const char *group; /* title; "Options": the script's */
};

struct tool_param {
	unsigned position;
	const char *name; /* as the synopsis shows it: "[NAME]", "[$1]" */
	const char *help; /* "": none */
};

struct tool_cli {
	VEC(struct tool_option) options; /* group by group */
	VEC(struct tool_param) params;	 /* up to the last that is used */
};

void options_of(struct arena *a, const struct plan *p, struct tool_cli *cli);

/* What is to be completed in place of an argument of this name. */
enum arg_kind { ARG_OTHER, ARG_WORDS, ARG_FILE, ARG_DIR, ARG_PID, ARG_CMD };
enum arg_kind arg_kind(const char *arg);
/* "a|b" as "a b" */
const char *arg_words(struct arena *a, const char *arg);

void emit_man(const struct plan *p, struct buf *out);
void emit_bash(const struct plan *p, struct buf *out);
void emit_zsh(const struct plan *p, struct buf *out);
void emit_fish(const struct plan *p, struct buf *out);
void emit_unit(const struct plan *p, struct buf *out);

#endif
