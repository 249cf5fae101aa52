/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tools that btc run has compiled, by what they were compiled from. The cache is
 * a directory under $XDG_CACHE_HOME (~/.cache); several btc may use it at once.
 */
#ifndef BTC_CACHE_H
#define BTC_CACHE_H

#include "deps.h"
#include "driver.h"
#include "hash.h"

struct cache;

/* What a tool is looked up by; words are options that change the compilation, as "name=value". */
struct cache_query {
	const struct driver_options *o; /* its script is loaded */
	const char *name;		/* of the tool */
	const char *const *words;
	size_t nr_words;
	bool color;
};

/* NULL: there is none (no home, not writable, switched off), or it is refused, which is said. */
struct cache *cache__open(struct arena *a);

/*
 * Looks the tool up. If it is there, prints what compiling it said to stderr and
 * becomes it: returns only if not. @argv[0] is for the tool, its file has @q->name.
 */
void cache__exec(struct cache *c, const struct cache_query *q, char **argv);

/* After it: where to write the tool to; NULL: nowhere. */
const char *cache__room(struct cache *c);
/*
 * Then it is stored, with what compiling it said. Gives the tool's path. Where it
 * could not be stored *@room is the directory that it is still in.
 */
const char *cache__store(struct cache *c, const struct deps *deps, const struct buf *said,
			 const char **room);
/* Instead of storing: gives the room back. */
void cache__drop(struct cache *c);

#endif
