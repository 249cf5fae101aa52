// SPDX-License-Identifier: Apache-2.0
/*
 * The `args` of tracepoints, from the format files of tracefs. A line reads
 *
 *	field:__data_loc char[] cmd;	offset:60;	size:4;	signed:0;
 *
 * and its offset, size and sign are what counts: declared types are the words of
 * the kernel's source and need not exist elsewhere. Only pointers are looked up,
 * for what they point to. Without format files there is the struct
 * trace_event_raw_EVENT of the kernel's BTF, though most events share that of
 * their class.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctypes.h"
#include "deps.h"

/* --- one line of a format file -------------------------------------------------------- */

struct field_line {
	const char *decl; /* "const char * filename" */
	size_t decl_len;
	unsigned long off, size, is_signed;
};

/* The number behind @key in [s, end). */
static bool find_number(const char *s, const char *end, const char *key, unsigned long *n)
{
	size_t len = strlen(key);

	for (; s + len < end; s++) {
		if (memcmp(s, key, len))
			continue;
		*n = strtoul(s + len, NULL, 10);
		return true;
	}
	return false;
}

static bool parse_line(const char *s, const char *end, struct field_line *f)
{
	static const char key[] = "field:";
	const char *semicolon;

	while (s < end && (*s == '\t' || *s == ' '))
		s++;
	if ((size_t)(end - s) < sizeof(key) || memcmp(s, key, sizeof(key) - 1))
		return false;
	f->decl = s + sizeof(key) - 1;
	semicolon = memchr(f->decl, ';', (size_t)(end - f->decl));
	if (!semicolon)
		return false;
	f->decl_len = (size_t)(semicolon - f->decl);
	return find_number(semicolon, end, "offset:", &f->off) &&
	       find_number(semicolon, end, "size:", &f->size) &&
	       find_number(semicolon, end, "signed:", &f->is_signed);
}

/* --- the declaration --------------------------------------------------------------------- */

struct decl {
	const char *name;
	const char *tag, *base; /* "struct", "sockaddr"; of several words the last */
	bool is_unsigned;
	unsigned stars;
	bool array, data_loc, rel_loc;
	unsigned long nr; /* of [nr]; 0: unknown */
};

static bool is_ident(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static void take_word(struct decl *d, const char *word)
{
	if (!strcmp(word, "__data_loc"))
		d->data_loc = true;
	else if (!strcmp(word, "__rel_loc"))
		d->rel_loc = true;
	else if (!strcmp(word, "struct") || !strcmp(word, "union") || !strcmp(word, "enum"))
		d->tag = word;
	else if (!strcmp(word, "unsigned"))
		d->is_unsigned = true;
	else if (strcmp(word, "const") && strcmp(word, "volatile") && strcmp(word, "__user"))
		d->base = word;
}

/* Words, stars and [N] in any order; the last word is the name. */
static void parse_decl(struct arena *a, const char *s, size_t len, struct decl *d)
{
	const char *end = s + len, *word = NULL;

	memset(d, 0, sizeof(*d));
	while (s < end) {
		const char *start = s;

		if (is_ident(*s)) {
			while (s < end && is_ident(*s))
				s++;
			if (word)
				take_word(d, word);
			word = arena__strndup(a, start, (size_t)(s - start));
			continue;
		}
		if (*s == '*')
			d->stars++;
		if (*s == '[') {
			d->array = true;
			d->nr = strtoul(s + 1, NULL, 0);
			while (s < end && *s != ']')
				s++;
		}
		s++;
	}
	d->name = word ? word : "";
	if (!d->base)
		d->base = "int";
}

/* --- its type --------------------------------------------------------------------------- */

static const struct type *pointee(struct ctypes *c, const struct decl *d)
{
	const struct type *t = d->tag ? NULL : type__common_scalar(d->base);

	if (!t && (d->tag || strcmp(d->base, "void")))
		t = ctypes__find(c, d->tag, d->base);
	if (t && t->kind == TY_INT && d->is_unsigned)
		t = type__int(t->size, false);
	return t && t->kind != TY_NONE ? t : type__void();
}

static const struct type *ptr_type(struct ctypes *c, const struct decl *d, enum addr_space as)
{
	const struct type *t = pointee(c, d);

	for (unsigned i = 0; i < d->stars; i++)
		t = type__ptr(c->a, t, as);
	return t;
}

static const struct type *array_type(struct ctypes *c, const struct decl *d,
				     const struct field_line *f, enum addr_space as)
{
	const struct type *base = type__common_scalar(d->base);
	/* Old kernels print the name of the constant, so the number may be unknown. */
	unsigned long nr = d->nr ? d->nr : f->size / (d->stars ? 8 : base ? base->size : 1);
	unsigned long elem = nr ? f->size / nr : 0;

	if (d->stars && elem == 8)
		return type__array(c->a, ptr_type(c, d, as), (uint32_t)nr);
	if (elem != 1 && elem != 2 && elem != 4 && elem != 8) {
		elem = 1;
		nr = f->size;
	}
	if (elem == 1 && !strcmp(d->base, "char") && !d->is_unsigned)
		return type__string(c->a, (uint32_t)f->size);
	return type__array(c->a, type__with_as(c->a, type__int((unsigned)elem, f->is_signed), as),
			   (uint32_t)nr);
}

/* What lies elsewhere in the record is an address to the script, for str(). */
static const struct type *loc_type(struct ctypes *c)
{
	return type__with_as(c->a, type__int(8, true), AS_KERNEL);
}

static const struct type *field_type(struct ctypes *c, const struct decl *d,
				     const struct field_line *f, enum addr_space as)
{
	const struct type *t;

	if (d->data_loc || d->rel_loc)
		return loc_type(c);
	if (d->array)
		return array_type(c, d, f, as);
	if (d->stars && f->size == 8)
		return ptr_type(c, d, as);
	if (f->size == 1 && !strcmp(d->base, "bool"))
		return type__bool();
	if (f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8)
		return type__with_as(c->a, type__int((unsigned)f->size, f->is_signed), as);
	t = ctypes__find(c, d->tag, d->base);
	if (t && t->size == f->size)
		return t;
	return type__array(c->a, type__int(1, false), (uint32_t)f->size);
}

static void add_field(struct ctypes *c, struct type *args, const struct field_line *f)
{
	struct member m = { 0 };
	struct decl d;

	parse_decl(c->a, f->decl, f->decl_len, &d);
	m.name = d.name;
	m.off = (uint32_t)f->off;
	m.size = (uint32_t)f->size;
	m.data_loc = d.data_loc || d.rel_loc;
	m.rel_loc = d.rel_loc;
	m.user = args->as == AS_USER && d.stars && !m.data_loc;
	m.index = (unsigned)args->members.nr;
	m.type = field_type(c, &d, f, args->as);
	vec_push(c->a, &args->members, m);
	if (m.off + m.size > args->size)
		args->size = m.off + m.size;
}

static struct type *read_format(struct ctypes *c, const char *path, const char *category)
{
	size_t len;
	char *text = read_file(c->a, path, &len);
	struct type *args;

	deps__file(c->o.deps, path);
	if (!text)
		return NULL;
	args = NEW(c->a, struct type);
	args->kind = TY_ARGS;
	args->as = strcmp(category, "syscalls") ? AS_KERNEL : AS_USER;
	for (const char *s = text, *end; *s; s = *end ? end + 1 : end) {
		struct field_line f;

		end = strchrnul(s, '\n');
		if (parse_line(s, end, &f))
			add_field(c, args, &f);
	}
	return args;
}

/* --- several events, by a pattern -------------------------------------------------------- */

static bool is_number(const struct type *t)
{
	return t->kind == TY_INT || t->kind == TY_BOOL;
}

/* Holds every value of both; of the widest ones bits, as the language has no wider type. */
static const struct type *wider(struct ctypes *c, const struct type *a, const struct type *b)
{
	bool a_signed = a->kind == TY_INT && a->is_signed;
	bool b_signed = b->kind == TY_INT && b->is_signed;
	uint32_t size = a->size > b->size ? a->size : b->size;

	if (a_signed != b_signed && (a_signed ? b : a)->size == size && size < 8)
		size *= 2;
	return type__with_as(c->a, type__int(size, a_signed || b_signed), a->as);
}

/* NULL: none. A target's field is loaded as it is there, then has this type. */
static const struct type *common_type(struct ctypes *c, const struct member *a,
				      const struct member *b)
{
	const struct type *s = a->type, *t = b->type;

	if (type__equal(s, t))
		return a->data_loc == b->data_loc ? s : NULL;
	if (a->data_loc || b->data_loc)
		return NULL;
	if (is_number(s) && is_number(t))
		return wider(c, s, t);
	if (s->kind == TY_PTR && t->kind == TY_PTR)
		return type__ptr(c->a, type__void(), s->as);
	if ((s->kind == TY_PTR && is_number(t)) || (t->kind == TY_PTR && is_number(s)))
		return type__with_as(c->a, type__int(8, false), s->as);
	if (s->kind == TY_STRING && t->kind == TY_STRING)
		return s->size > t->size ? s : t;
	if (s->kind == TY_ARRAY && t->kind == TY_ARRAY && type__equal(s->elem, t->elem))
		return s->nr < t->nr ? s : t;
	return NULL;
}

static const char *what_is(struct ctypes *c, const struct member *m)
{
	return m->data_loc ? "text of variable length" : type__name(c->a, m->type);
}

static void merge_field(struct ctypes *c, struct type *all, const struct member *m,
			const char *event)
{
	for (size_t i = 0; i < all->members.nr; i++) {
		struct member *old = &all->members.v[i];
		const struct type *t;

		if (strcmp(old->name, m->name))
			continue;
		t = common_type(c, old, m);
		if (!t && !old->mixed)
			old->mixed = arena__printf(c->a, "%s, but %s in %s", what_is(c, old),
						   what_is(c, m), event);
		if (t && t->kind != TY_PTR && !old->data_loc)
			old->size = t->size;
		old->type = t ? t : old->type;
		old->user &= m->user;
		return;
	}
	vec_push(c->a, &all->members, *m);
	all->members.v[all->members.nr - 1].index = (unsigned)all->members.nr - 1;
}

/* All fields of all matches: one that a match lacks on the target is for missing_probes to judge. */
static void merge(struct ctypes *c, struct type *all, const struct type *t, const char *event)
{
	for (size_t i = 0; i < t->members.nr; i++)
		merge_field(c, all, &t->members.v[i], event);
	if (t->as != all->as)
		all->as = AS_KERNEL;
	if (t->size > all->size)
		all->size = t->size;
}

/* --- finding the file ---------------------------------------------------------------------- */

static const char *events_dir(struct ctypes *c)
{
	static const char *const hosts[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	if (c->o.tracefs) {
		const char *dir = arena__printf(c->a, "%s/events", c->o.tracefs);

		return access(dir, R_OK | X_OK) ? NULL : dir;
	}
	for (size_t i = 0; i < COUNT_OF(hosts); i++) {
		const char *dir = arena__printf(c->a, "%s/events", hosts[i]);

		if (!access(dir, R_OK | X_OK))
			return dir;
	}
	return NULL;
}

bool ctypes__have_events(struct ctypes *c)
{
	return events_dir(c) != NULL;
}

/* The directory named like @pattern that comes first by name; NULL: none. */
static const char *match_dir(struct ctypes *c, const char *dir, const char *pattern,
			     const char *after)
{
	const char *best = NULL;
	struct dirent *e;
	DIR *d;

	if (!strchr(pattern, '*'))
		return after ? NULL : pattern;
	deps__dir(c->o.deps, dir);
	d = opendir(dir);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' || !strcmp(e->d_name, "ftrace") ||
		    (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN))
			continue;
		if (!wildcard_match(pattern, e->d_name) || (after && strcmp(e->d_name, after) <= 0))
			continue;
		if (!best || strcmp(e->d_name, best) < 0)
			best = arena__strdup(c->a, e->d_name);
	}
	if (d)
		closedir(d);
	return best;
}

static const struct type *from_tracefs(struct ctypes *c, const char *dir, const char *category,
				       const char *event)
{
	struct type *all = NULL, *t;
	const char *cat = NULL, *ev;

	while ((cat = match_dir(c, dir, category, cat))) {
		const char *sub = arena__printf(c->a, "%s/%s", dir, cat);

		for (ev = NULL; (ev = match_dir(c, sub, event, ev));) {
			t = read_format(c, arena__printf(c->a, "%s/%s/format", sub, ev), cat);
			if (all && t)
				merge(c, all, t, arena__printf(c->a, "%s:%s", cat, ev));
			else if (t)
				all = t;
		}
	}
	return all;
}

/* --- without tracefs ------------------------------------------------------------------------ */

/* The kernel's own struct of the event, but for its header and the tail that is no field. */
static const struct type *from_btf(struct ctypes *c, const char *category, const char *event)
{
	const struct type *st;
	const struct member *list;
	struct type *args;
	size_t nr;

	if (strchr(event, '*') || !ctypes__kernel(c))
		return NULL;
	st = ctypes__find(c, "struct", arena__printf(c->a, "trace_event_raw_%s", event));
	if (!st)
		return NULL;
	args = NEW(c->a, struct type);
	args->kind = TY_ARGS;
	args->as = strcmp(category, "syscalls") ? AS_KERNEL : AS_USER;
	args->size = st->size;
	args->c = st->c;
	nr = ctypes__members(c, st, &list);
	for (size_t i = 0; i < nr; i++) {
		struct member m = list[i];

		if (!strcmp(m.name, "ent") || !strcmp(m.name, "__data"))
			continue;
		m.data_loc = !strncmp(m.name, "__data_loc_", 11) ||
			     !strncmp(m.name, "__rel_loc_", 10);
		m.rel_loc = m.data_loc && m.name[2] == 'r';
		if (m.data_loc) {
			m.name += m.rel_loc ? 10 : 11;
			m.type = loc_type(c);
		}
		vec_push(c->a, &args->members, m);
	}
	return args;
}

static const char *no_tracefs(struct ctypes *c)
{
	if (c->o.tracefs)
		return arena__printf(c->a, "%s/events cannot be read", c->o.tracefs);
	return arena__printf(c->a, "there is no tracefs at /sys/kernel/tracing (%s)",
			     strerror(errno));
}

const struct type *ctypes__tracepoint(struct ctypes *c, const char *category, const char *event,
				      const char **why)
{
	const char *key = arena__printf(c->a, "%s:%s", category, event);
	struct type *known = strmap__get(c->events, key);
	const char *dir;
	const struct type *t;

	*why = NULL;
	if (known)
		return known;
	dir = events_dir(c);
	if (!dir)
		*why = no_tracefs(c);
	t = dir ? from_tracefs(c, dir, category, event) : from_btf(c, category, event);
	if (t) {
		*why = NULL;
		strmap__set(c->events, key, (void *)t);
	} else if (dir) {
		*why = arena__printf(c->a, "%s has no event %s", dir, key);
	}
	return t;
}
