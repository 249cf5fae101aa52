/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every stage needs: an arena, a string buffer, vectors, a string map.
 *
 * All memory of a compilation comes from one arena and is freed with it, so no
 * stage frees anything. Out of memory ends the process with a message: it is
 * the one error that is not returned.
 */
#ifndef BTC_UTIL_H
#define BTC_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(a)	  (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* --- arena -------------------------------------------------------------- */

struct arena;

struct arena *arena__new(void);
void arena__free(struct arena *a);
void *arena__alloc(struct arena *a, size_t size); /* zeroed, aligned to 16 */
char *arena__strndup(struct arena *a, const char *s, size_t len);
char *arena__strdup(struct arena *a, const char *s);
char *arena__printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena__vprintf(struct arena *a, const char *fmt, va_list ap);

#define NEW(a, type) ((type *)arena__alloc((a), sizeof(type)))

/* --- vectors: VEC(struct expr *) args; vec_push(a, &args, e); ------------ */

#define VEC(type)                \
	struct {                 \
		type *v;         \
		size_t nr, room; \
	}

#define vec_push(a, vec, item)                                                                \
	do {                                                                                  \
		if ((vec)->nr == (vec)->room)                                                 \
			(vec)->v = vec__grow((a), (vec)->v, &(vec)->room, sizeof(*(vec)->v)); \
		(vec)->v[(vec)->nr++] = (item);                                               \
	} while (0)

/* Doubles *@room; the old elements are copied, the old memory stays in the arena. */
void *vec__grow(struct arena *a, void *old, size_t *room, size_t elem);

/* --- a growing, NUL-terminated text; malloc'ed, so it has a free ---------- */

struct buf {
	char *s; /* never NULL after the first add */
	size_t len, room;
};

void buf__add(struct buf *b, const char *s, size_t len);
void buf__str(struct buf *b, const char *s);
/* A line that is a C comment; paths may hold what would end it. */
void buf__comment(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf__printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf__vprintf(struct buf *b, const char *fmt, va_list ap);
void buf__quote(struct buf *b, const char *s,
		size_t len); /* as a C string literal with its quotes */
void buf__free(struct buf *b);

/* --- map from string to pointer; keys are copied to the arena ------------- */

struct strmap;

struct strmap *strmap__new(struct arena *a);
void *strmap__get(const struct strmap *m, const char *key); /* NULL: absent */
void strmap__set(struct strmap *m, const char *key, void *val);

/* --- files and names -------------------------------------------------------- */

/* The whole file, NUL-terminated; *@len without the NUL. NULL with errno set. */
char *read_file(struct arena *a, const char *path, size_t *len);

/* The nearest of @names to @name by edit distance, or NULL if none is near. */
const char *nearest_name(const char *name, const char *const *names, size_t nr);

#endif
