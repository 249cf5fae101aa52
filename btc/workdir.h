/* SPDX-License-Identifier: Apache-2.0 */
/* A private directory for the files of one compilation, and outputs that appear all at once. */
#ifndef BTC_WORKDIR_H
#define BTC_WORKDIR_H

#include "util.h"

struct workdir;

/* @keep: use (and make) this directory and never remove it; NULL: a private one under $TMPDIR. */
struct workdir *workdir__new(struct arena *a, const char *keep);
const char *workdir__path(const struct workdir *w); /* absolute */
const char *workdir__file(struct arena *a, const struct workdir *w, const char *name);
void workdir__keep(struct workdir *w); /* stays after workdir__free() */
void workdir__free(struct workdir *w); /* NULL is fine */

/* Removes @path with all that it holds. */
void remove_tree(const char *path);

/* 0, or negative errno after a message that names the file. */
int write_file(const char *path, const char *text, size_t len);

/*
 * The same, but readers see the old file or the whole new one: a temporary name
 * beside it is written and renamed. What is no regular file (/dev/stdout) is
 * written in place.
 */
int replace_file(struct arena *a, const char *path, const char *text, size_t len);

/* A private empty file beside @path for such a replacement; NULL after a message. */
const char *temp_beside(struct arena *a, const char *path);
/* Gives it the mode that a new file has: @mode as far as the umask allows. */
int set_mode(const char *path, unsigned mode);
/* Moves @temp to @path, or removes it. */
int rename_over(const char *temp, const char *path);

#endif
