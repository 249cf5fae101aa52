/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a compilation read beside its script: imports, headers, formats of
 * tracepoints, type information. The compile cache looks whether they are what
 * they were.
 */
#ifndef BTC_DEPS_H
#define BTC_DEPS_H

#include <time.h>

#include "util.h"

enum dep_kind {
	DEP_FILE, /* its bytes and who may write it, or that there is none */
	DEP_DIR,  /* the names in it */
};

struct dep {
	enum dep_kind kind;
	const char *path; /* absolute */
};

struct deps {
	struct arena *a;
	VEC(struct dep) list; /* each once, in the order they were read */
	VEC(unsigned) params; /* positional parameters that became literals; 0: their number */
	struct strmap *seen;
};

struct deps *deps__new(struct arena *a);

/* All take a NULL @d, for callers whom nobody asks. A path need not exist. */
void deps__file(struct deps *d, const char *path);
void deps__dir(struct deps *d, const char *path);
/* The files in a rule for make that clang wrote (-MD), but for those of btc's in @but. */
void deps__rule(struct deps *d, const char *rule, const char *but);

/* Writes a rule for make: @target needs @script and what is in @d, as far as it is a file to build from. */
bool deps__write(const struct deps *d, const char *path, const char *target, const char *script);

/*
 * What @dep is now, as text: equal texts, equal meaning. @stamp is what stat(2)
 * tells of it, "" where that tells nothing (files of /sys); as long as it stays
 * the same the text need not be made again. With @content NULL only that.
 */
void dep__state(struct arena *a, const struct dep *dep, const char **stamp, const char **content);

/* Was it changed at @when or later? It may then have been read half. */
bool dep__is_newer(const struct dep *dep, const struct timespec *when);

#endif
