// SPDX-License-Identifier: Apache-2.0
/*
 * Maps. Key and value types are collected from every use in the program; the
 * first use also says whether the map has keys at all. What a map holds when
 * the types have settled goes to program.maps, in the order of the names.
 */
#include <stdlib.h>
#include <string.h>

#include "check_priv.h"

struct cmap *check__map(struct check *c, const char *name, struct loc loc)
{
	struct cmap *m = strmap__get(c->maps, name);

	if (m)
		return m;
	m = NEW(c->a, struct cmap);
	m->m.name = name;
	m->m.loc = loc;
	for (size_t i = 0; i < c->p->map_decls.nr; i++) {
		if (!strcmp(c->p->map_decls.v[i]->map, name))
			m->m.decl = c->p->map_decls.v[i];
	}
	strmap__set(c->maps, name, m);
	vec_push(c->a, &c->p->maps, &m->m);
	return m;
}

/* --- with or without a key -------------------------------------------------------- */

static void note_use(struct check *c, struct cmap *m, bool keyed, struct loc loc)
{
	struct diag *d;

	if (!m->has_first) {
		m->has_first = true;
		m->first_is_keyed = keyed;
		m->first = loc;
	}
	if (m->first_is_keyed == keyed)
		return;
	d = check__error(c, loc, "E_MAP_SCALAR_MIX", "%s is used %s a key here", m->m.name,
			 keyed ? "with" : "without");
	check__context(c, d, m->first, "the first use is %s a key", keyed ? "without" : "with");
}

/* --- keys --------------------------------------------------------------------------- */

static bool want_text(const struct cmap *m, const struct expr *key)
{
	return (key->kind == EX_PARAM || check__skips_param(key)) && m->m.key &&
	       m->m.key->kind == TY_STRING;
}

void check__map_key(struct check *c, struct cmap *m, struct expr *key, struct loc loc)
{
	const struct type *t, *stored, *merged;

	note_use(c, m, true, loc);
	c->taken = key;
	t = want_text(m, key) ? check__text(c, key) : check__expr(c, key);
	c->taken = NULL;
	if (is_err(t))
		return;
	stored = check__stored(c, t);
	if (!stored) {
		check__error(c, key->loc, "E_KEY_TYPE", "a value of type %s cannot be a map key",
			     check__tn(c, t));
		return;
	}
	if (c->unevaluated)
		return;
	merged = check__merge(c, m->key_now, stored);
	if (merged)
		m->key_now = merged;
	else
		check__error(c, key->loc, "E_KEY_MISMATCH",
			     "%s has keys of type %s, this one is of type %s", m->m.name,
			     check__tn(c, m->key_now), check__tn(c, stored));
}

/* --- reading --------------------------------------------------------------------------- */

static void undefined(struct check *c, struct cmap *m, struct loc loc)
{
	/* If it is assigned, what is wrong was reported there. */
	if (m->assigned || !c->final)
		return;
	m->reported = true;
	check__error(c, loc, "E_MAP_UNDEFINED", "%s is never assigned", m->m.name);
}

static const struct type *value_of(const struct cmap *m)
{
	if (m->m.value)
		return m->m.value;
	return m->value_now ? m->value_now : type__error();
}

struct cmap *check__map_arg(struct check *c, struct expr *e)
{
	struct cmap *m = check__map(c, e->map.name, e->loc);

	e->map.map = &m->m;
	e->konst = NULL;
	e->type = check__rigid(c, value_of(m));
	if (is_err(e->type))
		undefined(c, m, e->loc);
	return m;
}

struct cmap *check__map_place(struct check *c, struct expr *e)
{
	struct cmap *m = check__map(c, e->map.name, e->loc);

	e->map.map = &m->m;
	if (e->map.key)
		check__map_key(c, m, e->map.key, e->loc);
	else
		note_use(c, m, false, e->loc);
	return m;
}

const struct type *check__map_read(struct check *c, struct expr *e)
{
	bool taken = e == c->taken;
	struct cmap *m = check__map_place(c, e);
	const struct type *t = check__rigid(c, value_of(m));
	struct diag *d;

	if (is_err(t))
		undefined(c, m, e->loc);
	if (!type__is_agg(t) || type__is_castable_agg(t) || c->unevaluated)
		return t;
	if (taken && (!e->map.key || t->kind == TY_STATS))
		return t; /* refused for what it was to be */
	d = check__error(c, e->loc, "E_MAP_ELEMENT", "a value of type %s cannot be read by itself",
			 check__tn(c, t));
	check__hint(c, d, "print the map: print(%s)", m->m.name);
	return type__error();
}

const struct type *check__map_counter(struct check *c, struct expr *e)
{
	struct cmap *m = check__map(c, e->map.name, e->loc);
	const struct type *t;

	m->assigned = true;
	t = check__map_read(c, e);
	e->type = t;
	e->konst = NULL;
	return t;
}

/* --- writing ------------------------------------------------------------------------------ */

/* What @t becomes in the map; NULL: reported. */
static const struct type *value_type(struct check *c, struct cmap *m, const struct expr *value,
				     const struct type *t, struct loc at)
{
	const struct type *old = value_of(m), *stored;
	struct diag *d;

	if (type__is_agg(t) && c->agg)
		return t;
	if (type__is_agg(t) && old->kind != TY_INT) {
		if (is_err(old) && !c->final)
			return NULL;
		d = check__error(c, at, "E_AGG_COPY", "%s cannot take over a value of type %s",
				 m->m.name, check__tn(c, t));
		if (type__is_castable_agg(t))
			check__hint(c, d, "copy the number it holds: (int64)…");
		return NULL;
	}
	stored = check__stored(c, t);
	if (!stored)
		check__error(c, value->loc, "E_NOT_ASSIGNABLE",
			     "a value of type %s cannot be stored in a map", check__tn(c, t));
	return stored;
}

void check__map_write(struct check *c, struct expr *to, const struct expr *value,
		      const struct type *t, struct loc at)
{
	struct cmap *m = check__map(c, to->map.name, to->loc);
	const struct type *merged;

	if (c->unevaluated)
		check__error(c, at, "E_NOT_ASSIGNABLE", "no assignment inside sizeof or typeof");
	m->assigned = true;
	t = is_err(t) ? NULL : value_type(c, m, value, t, at);
	if (!t)
		return;
	merged = m->value_now && type__is_agg(m->value_now) != type__is_agg(t)
			 ? NULL
			 : check__merge(c, m->value_now, t);
	if (!merged) {
		check__error(c, at, "E_TYPE_MISMATCH",
			     "%s holds values of type %s, this one is of type %s", m->m.name,
			     check__tn(c, check__rigid(c, m->value_now)), check__tn(c, t));
		return;
	}
	m->value_now = merged;
	if (m->m.value)
		check__sign(c, value, m->m.value);
}

/* --- the end of a pass, the end of all ------------------------------------------------------ */

static bool settle(struct check *c, const struct type **type, const struct type *now)
{
	now = now ? check__rigid(c, now) : NULL;
	if (check__same(*type, now))
		return false;
	*type = now;
	return true;
}

bool check__maps_settle(struct check *c)
{
	bool changed = false;

	for (size_t i = 0; i < c->p->maps.nr; i++) {
		struct cmap *m = (struct cmap *)c->p->maps.v[i];

		changed |= settle(c, &m->m.key, m->key_now);
		changed |= settle(c, &m->m.value, m->value_now);
		m->key_now = m->value_now = NULL;
	}
	return changed;
}

void check__maps_locked(struct check *c)
{
	for (size_t i = 0; i < c->p->maps.nr; i++) {
		const struct cmap *m = (const struct cmap *)c->p->maps.v[i];

		if (m->m.key)
			check__locked(c, arena__printf(c->a, "a key of %s", m->m.name), m->m.loc,
				      m->m.key, m->key_now);
		if (m->m.value)
			check__locked(c, m->m.name, m->m.loc, m->m.value, m->value_now);
	}
}

static int by_name(const void *x, const void *y)
{
	const struct map *const *a = x, *const *b = y;

	return strcmp((*a)->name, (*b)->name);
}

static void check_kind(struct check *c, const struct map *m)
{
	bool percpu = !strncmp(m->decl->kind, "percpu", 6);
	bool agg = m->value && type__is_agg(m->value);

	if (m->value && percpu != agg)
		check__error(c, m->decl->kind_loc, "E_MAP_KIND_MISMATCH",
			     "%s is declared as %s, but its values (%s) need %s or %s", m->name,
			     m->decl->kind, check__tn(c, m->value), agg ? "percpuhash" : "hash",
			     agg ? "percpulruhash" : "lruhash");
}

/* @nr of them stand before. */
static void check_repeated(struct check *c, const struct map_decl *decl, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct map_decl *first = c->p->map_decls.v[i];

		if (strcmp(first->map, decl->map))
			continue;
		check__context(
			c,
			check__error(c, decl->loc, "E_SHADOW", "%s is already declared", decl->map),
			first->loc, "the first declaration");
		return;
	}
}

static void check_decl(struct check *c, const struct map_decl *decl)
{
	static const char *const kinds[] = { "hash", "lruhash", "percpuhash", "percpulruhash" };
	const struct cmap *m = strmap__get(c->maps, decl->map);
	struct diag *d;

	if (!decl->entries || decl->entries > UINT32_MAX)
		check__error(c, decl->entries_loc, "E_ARG_VALUE",
			     "a map has 1 to %u entries, not %llu", UINT32_MAX,
			     (unsigned long long)decl->entries);
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		if (strcmp(decl->kind, kinds[i]))
			continue;
		if (m)
			check_kind(c, &m->m);
		else
			check__warn(c, decl->loc, "W_MAP_UNUSED", "%s is declared but never used",
				    decl->map);
		return;
	}
	d = check__error(c, decl->kind_loc, "E_MAP_KIND", "%s is no kind of map", decl->kind);
	check__hint(c, d, "the kinds are hash, lruhash, percpuhash and percpulruhash");
}

void check__maps_finish(struct check *c)
{
	bool clean = !diags__nr_errors(c->d);

	if (c->p->maps.nr)
		qsort(c->p->maps.v, c->p->maps.nr, sizeof(c->p->maps.v[0]), by_name);
	for (size_t i = 0; i < c->p->maps.nr; i++) {
		struct cmap *m = (struct cmap *)c->p->maps.v[i];

		m->m.id = (unsigned)i;
		if (m->m.value || m->reported || !clean)
			continue;
		if (m->assigned)
			check__error(c, m->m.loc, "E_MAP_UNDEFINED",
				     "%s never gets a type: what it is given depends on it",
				     m->m.name);
		else
			undefined(c, m, m->m.loc);
	}
	for (size_t i = 0; i < c->p->map_decls.nr; i++)
		check_decl(c, c->p->map_decls.v[i]);
	for (size_t i = 0; i < c->p->map_decls.nr; i++)
		check_repeated(c, c->p->map_decls.v[i], i);
}
