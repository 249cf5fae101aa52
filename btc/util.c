// SPDX-License-Identifier: Apache-2.0
/*
 * Memory and texts for all stages. The arena hands out slices of big zeroed
 * chunks and frees them all at once; a request that does not fit well gets a
 * chunk of its own. The string map is an open hash table that is never shrunk:
 * names are only ever added during a compilation.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../rtlib/src/internal.h"
#include "util.h"

#define CHUNK_SIZE (64 * 1024)
#define ALIGN_TO   16

static void out_of_memory(void)
{
	fputs("btc: out of memory\n", stderr);
	exit(1);
}

/* --- arena -------------------------------------------------------------- */

struct chunk {
	struct chunk *next;
	size_t used, room;
	_Alignas(ALIGN_TO) char mem[];
};

struct arena {
	struct chunk *chunks; /* the first one is being filled */
};

static struct chunk *chunk_new(size_t room)
{
	struct chunk *c;

	if (room > SIZE_MAX - sizeof(*c))
		out_of_memory();
	c = calloc(1, sizeof(*c) + room);
	if (!c)
		out_of_memory();
	c->room = room;
	return c;
}

struct arena *arena__new(void)
{
	struct arena *a = malloc(sizeof(*a));

	if (!a)
		out_of_memory();
	a->chunks = chunk_new(CHUNK_SIZE);
	return a;
}

void arena__free(struct arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->chunks; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

void *arena__alloc(struct arena *a, size_t size)
{
	struct chunk *c = a->chunks;
	void *p;

	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + ALIGN_TO - 1) & ~(size_t)(ALIGN_TO - 1);
	if (size > CHUNK_SIZE / 4) {
		/* Behind the current chunk, so that its rest stays in use. */
		c = chunk_new(size);
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else if (size > c->room - c->used) {
		c = chunk_new(CHUNK_SIZE);
		c->next = a->chunks;
		a->chunks = c;
	}
	p = c->mem + c->used;
	c->used += size;
	return p;
}

char *arena__strndup(struct arena *a, const char *s, size_t len)
{
	char *t = arena__alloc(a, len + 1);

	if (len)
		memcpy(t, s, len);
	return t;
}

char *arena__strdup(struct arena *a, const char *s)
{
	return arena__strndup(a, s, strlen(s));
}

char *arena__vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		n = 0;
	s = arena__alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

char *arena__printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = arena__vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}

void *vec__grow(struct arena *a, void *old, size_t *room, size_t elem)
{
	size_t nr = *room;
	void *v;

	*room = nr ? nr * 2 : 4;
	v = arena__alloc(a, *room * elem);
	if (nr)
		memcpy(v, old, nr * elem);
	return v;
}

/* --- buf ------------------------------------------------------------------ */

static void buf_reserve(struct buf *b, size_t more)
{
	size_t room = b->room ? b->room : 64;

	if (more >= SIZE_MAX / 2 - b->len)
		out_of_memory();
	while (room < b->len + more + 1)
		room *= 2;
	if (room == b->room)
		return;
	b->s = realloc(b->s, room);
	if (!b->s)
		out_of_memory();
	b->room = room;
}

void buf__add(struct buf *b, const char *s, size_t len)
{
	buf_reserve(b, len);
	if (len)
		memcpy(b->s + b->len, s, len);
	b->len += len;
	b->s[b->len] = '\0';
}

void buf__str(struct buf *b, const char *s)
{
	buf__add(b, s, strlen(s));
}

void buf__vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		n = 0;
	buf_reserve(b, (size_t)n);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buf__printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf__vprintf(b, fmt, ap);
	va_end(ap);
}

void buf__comment(struct buf *b, const char *fmt, ...)
{
	size_t from = b->len + 2;
	va_list ap;

	buf__str(b, "/* ");
	va_start(ap, fmt);
	buf__vprintf(b, fmt, ap);
	va_end(ap);
	for (; from + 1 < b->len; from++)
		if (b->s[from] == '*' && b->s[from + 1] == '/')
			b->s[from + 1] = '|';
	buf__str(b, " */\n");
}

void buf__quote(struct buf *b, const char *s, size_t len)
{
	size_t i;

	buf__add(b, "\"", 1);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			buf__printf(b, "\\%c", c);
		else if (c == '\n')
			buf__str(b, "\\n");
		else if (c == '\t')
			buf__str(b, "\\t");
		else if (c < 0x20 || c >= 0x7f)
			/* Always three digits: a digit may follow in the text. */
			buf__printf(b, "\\%03o", c);
		else
			buf__add(b, s + i, 1);
	}
	buf__add(b, "\"", 1);
}

void buf__free(struct buf *b)
{
	free(b->s);
	memset(b, 0, sizeof(*b));
}

/* --- strmap ----------------------------------------------------------------- */

struct entry {
	const char *key;
	uint64_t hash;
	void *val;
};

struct strmap {
	struct arena *a;
	struct entry *entries; /* nr_slots of them, a power of two */
	size_t nr, nr_slots;
};

static uint64_t hash_str(const char *s)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h;
}

/* The slot that holds @key, or the empty one where it belongs. */
static struct entry *strmap_slot(const struct strmap *m, const char *key, uint64_t hash)
{
	size_t i = hash & (m->nr_slots - 1);

	while (m->entries[i].key && (m->entries[i].hash != hash || strcmp(m->entries[i].key, key)))
		i = (i + 1) & (m->nr_slots - 1);
	return &m->entries[i];
}

static void strmap_resize(struct strmap *m, size_t nr_slots)
{
	struct entry *old = m->entries;
	size_t i, nr_old = m->nr_slots;

	m->entries = arena__alloc(m->a, nr_slots * sizeof(*old));
	m->nr_slots = nr_slots;
	for (i = 0; i < nr_old; i++)
		if (old[i].key)
			*strmap_slot(m, old[i].key, old[i].hash) = old[i];
}

struct strmap *strmap__new(struct arena *a)
{
	struct strmap *m = NEW(a, struct strmap);

	m->a = a;
	strmap_resize(m, 16);
	return m;
}

void *strmap__get(const struct strmap *m, const char *key)
{
	return strmap_slot(m, key, hash_str(key))->val;
}

void strmap__set(struct strmap *m, const char *key, void *val)
{
	uint64_t hash = hash_str(key);
	struct entry *e = strmap_slot(m, key, hash);

	if (!e->key) {
		if ((m->nr + 1) * 4 > m->nr_slots * 3) {
			strmap_resize(m, m->nr_slots * 2);
			e = strmap_slot(m, key, hash);
		}
		e->key = arena__strdup(m->a, key);
		e->hash = hash;
		m->nr++;
	}
	e->val = val;
}

/* --- files and names ---------------------------------------------------------- */

/* Reads to the end, also from pipes; @b is freed by the caller. */
static int read_all(int fd, struct buf *b)
{
	ssize_t n;

	do {
		buf_reserve(b, 64 * 1024);
		n = read(fd, b->s + b->len, 64 * 1024);
		if (n > 0)
			b->len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 ? -errno : 0;
}

char *read_file(struct arena *a, const char *path, size_t *len)
{
	struct buf b = { 0 };
	char *text = NULL;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	err = read_all(fd, &b);
	close(fd);
	if (!err) {
		text = arena__strndup(a, b.s, b.len);
		*len = b.len;
	}
	buf__free(&b);
	errno = -err;
	return text;
}

const char *nearest_name(const char *name, const char *const *names, size_t nr)
{
	size_t i, len = strlen(name);
	unsigned dist, best_dist = len < 4 ? 1 : len < 6 ? 2 : 3;
	const char *best = NULL;

	for (i = 0; i < nr; i++) {
		dist = btc_distance(name, names[i], best_dist);
		/* Nothing in common is no likeness, however short the names. */
		if (dist >= len || dist >= strlen(names[i]))
			continue;
		if (dist < best_dist || (dist == best_dist && !best)) {
			best = names[i];
			best_dist = dist;
		}
	}
	return best;
}
