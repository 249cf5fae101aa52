/* SPDX-License-Identifier: Apache-2.0 */
/* Script texts and places in them. */
#ifndef BTC_SOURCE_H
#define BTC_SOURCE_H

#include "util.h"

/* A call of a macro or function that text was expanded from, or an import; innermost first. */
struct expansion;

struct source {
	const char *name; /* as diagnostics show it: the path as given, or "stdin" */
	const char *path; /* where the file lies; NULL for -e and stdin */
	const char *text; /* NUL-terminated; may contain other NULs */
	size_t len;
	uint32_t *line; /* offset of the start of each line */
	size_t nr_lines;
	const struct expansion *import; /* what names this file; NULL: the script itself */
};

/* A range of bytes of one source. src == NULL: no place. */
struct loc {
	const struct source *src;
	uint32_t begin, end;	     /* end is exclusive */
	const struct expansion *via; /* NULL outside macros and functions */
};

struct expansion {
	struct loc call;
	bool is_fn; /* the call of a function: its text returns from itself */
};

/* @text is not copied. */
struct source *source__new(struct arena *a, const char *name, const char *path, const char *text,
			   size_t len);

/* As a tool shows it: where it was built is nobody's business there, nor the same everywhere. */
const char *source__public_name(const struct source *s);

/* The path of @s from the directory that @from lies in; absolute if that has none. NULL: @s has none. */
const char *source__path_from(struct arena *a, const struct source *s, const struct source *from);

/* 1-based line and column of @off; a tab is one column. */
void source__place(const struct source *s, uint32_t off, unsigned *line, unsigned *col);

/* The text of a line (1-based) without its newline. */
const char *source__line(const struct source *s, unsigned line, size_t *len);

/* From the start of @a to the end of @b. */
struct loc loc__span(struct loc a, struct loc b);

#endif
