/* SPDX-License-Identifier: Apache-2.0 */
/* One compilation, from the text of a script to a file. */
#ifndef BTC_DRIVER_H
#define BTC_DRIVER_H

#include "toolchain.h"
#include "util.h"

struct buf;
struct deps;
struct source;
struct workdir;

/* How far to go, in order; all but EMIT_TOOL go to stdout unless `output` is set. */
enum emit {
	EMIT_AST,   /* parsed only */
	EMIT_CHECK, /* the tree with types */
	EMIT_PLAN,
	EMIT_BPF,  /* BPF C */
	EMIT_HOST, /* C tables of the user half */
	EMIT_MAN,  /* the manual page; the next ones are for other programs, too */
	EMIT_BASH,
	EMIT_ZSH,
	EMIT_FISH,
	EMIT_UNIT,
	EMIT_SKEL, /* bpftool's skeleton header */
	EMIT_OBJ,  /* the BPF object */
	EMIT_TOOL,
	EMIT_MEMBER, /* of a bundle: the user half as an object that defines `member`, to `output` */
};

/* What a tool's tables ask of the link; in memory that a process shares with those it starts. */
struct link_needs {
	bool demangles, reads_lines;
	bool refused; /* generated code was: the files are to be kept */
};

struct driver_options {
	const char *script; /* path; "-" is stdin; NULL: `text` is the script */
	const char *text;   /* -e */
	const char *output; /* NULL: the script's name without .bt, or stdout */
	const char *name;   /* of the tool; NULL: the base name of the output */
	enum emit emit;
	unsigned show; /* stages to print on the way, EMIT_AST to EMIT_HOST: 1 << stage */
	struct toolchain_options tools;
	const char *btf, *tracefs; /* of the target; NULL: the host's */
	const char *release;	   /* of its kernel; NULL: unknown */
	const char *sysroot;	   /* where its programs are; NULL: nowhere else than here */
	VEC(const char *) include_dirs, includes;
	const char *keep; /* directory for the files in between; NULL: private, removed */
	bool verbose, no_warnings, tags, unsafe, dynamic;
	/* Positional parameters known when compiling (btc run); NULL: none is. */
	char *const *params;
	unsigned nr_params;
	struct deps *deps; /* gets what is read besides the script; NULL: nobody asks */
	struct buf *said;  /* gets the diagnostics, which are printed as well; NULL: nobody asks */
	struct source *source;	  /* the script, already loaded; NULL: load it */
	bool strip;		  /* no symbols, no text of the script */
	char optimize;		  /* 0, or of clang's -O */
	const char *member;	  /* EMIT_MEMBER: the C name of the tool's table */
	struct link_needs *needs; /* is filled in; NULL: nobody asks */
	const char *depfile;	  /* gets a rule for make; NULL: none */
};

/* "dir/opens.bt" → "opens" */
const char *script_stem(struct arena *a, const char *path);

/* The script; NULL after a message. */
struct source *driver__load(struct arena *a, const struct driver_options *o);

/* Are messages to be coloured, as they go to stderr? */
bool driver__wants_color(void);

/* Told before the work, with a message, as a name given by mistake would be found only after it. */
bool driver__is_writable(const char *path);

/* Links C files and objects (@inputs, NULL-terminated) to the tool @exe, which appears all at once. */
bool driver__link(struct arena *a, const struct driver_options *o, struct workdir *work,
		  const char *const *inputs, const struct link_needs *needs, const char *exe);

/* True: the output is in place. All messages went to stderr. */
bool driver__compile(struct arena *a, const struct driver_options *o);

#endif
