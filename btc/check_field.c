// SPDX-License-Identifier: Apache-2.0
/*
 * Members: of C structs through any number of pointers, of records, and of
 * `args`. What is read through a pointer inherits its address space.
 */
#include <string.h>

#include "check_priv.h"

static size_t members_of(struct check *c, const struct type *t, const struct member **m)
{
	if (t->kind == TY_STRUCT)
		return ctypes__members(c->types, t, m);
	*m = t->members.v;
	return t->members.nr;
}

const char *check__near_member(struct check *c, const struct type *t, const char *name)
{
	const struct member *m = NULL;
	size_t nr = members_of(c, t, &m);
	VEC(const char *) names = { 0 };

	for (size_t i = 0; i < nr; i++) {
		if (m[i].name && *m[i].name)
			vec_push(c->a, &names, m[i].name);
	}
	return nearest_name(name, names.v, names.nr);
}

static const struct member *find(struct check *c, const struct type *t, const char *name)
{
	if (t->kind == TY_STRUCT)
		return ctypes__member(c->types, t, name);
	for (size_t i = 0; i < t->members.nr; i++) {
		if (t->members.v[i].name && !strcmp(t->members.v[i].name, name))
			return &t->members.v[i];
	}
	return NULL;
}

static const struct type *unknown(struct check *c, const struct expr *e, const struct type *t,
				  const char *name)
{
	struct diag *d = check__error(c, e->loc, "E_FIELD_UNKNOWN", "%s has no member %s",
				      check__tn(c, t), name);
	const char *near = check__near_member(c, t, name);

	if (near)
		check__hint(c, d, "did you mean %s?", near);
	return type__error();
}

/* --- config.max_strlen ------------------------------------------------------------- */

static const char *unstable_text(enum unstable u)
{
	return u == UNSTABLE_ENABLE ? "enable" : u == UNSTABLE_WARN ? "warn" : "error";
}

static bool config_bool(const struct config *cfg, const char *name, bool *v)
{
	const struct {
		const char *name;
		bool v;
	} bools[] = {
		{ "cpp_demangle", cfg->cpp_demangle },
		{ "lazy_symbolication", cfg->lazy_symbolication },
		{ "print_maps_on_exit", cfg->print_maps_on_exit },
		{ "show_debug_info", cfg->show_debug_info },
		{ "use_blazesym", false },
	};

	for (size_t i = 0; i < COUNT_OF(bools); i++) {
		*v = bools[i].v;
		if (!strcmp(bools[i].name, name))
			return true;
	}
	return false;
}

static bool config_int(const struct config *cfg, const char *name, uint64_t *v)
{
	const struct {
		const char *name;
		uint64_t v;
	} ints[] = {
		{ "log_size", cfg->log_size },
		{ "max_bpf_progs", cfg->max_bpf_progs },
		{ "max_cat_bytes", cfg->max_cat_bytes },
		{ "max_map_keys", cfg->max_map_keys },
		{ "max_probes", cfg->max_probes },
		{ "max_strlen", cfg->max_strlen },
		{ "on_stack_limit", cfg->on_stack_limit },
		{ "perf_rb_pages", cfg->perf_rb_pages },
	};

	for (size_t i = 0; i < COUNT_OF(ints); i++) {
		*v = ints[i].v;
		if (!strcmp(ints[i].name, name))
			return true;
	}
	return false;
}

static const char *config_str(const struct config *cfg, const char *name)
{
	static const char *const modes[] = { "bpftrace", "perf", "raw", "build_id" };
	static const char *const missing[] = { "error", "warn", "ignore" };
	const struct {
		const char *name, *v;
	} strs[] = {
		{ "str_trunc_trailer", cfg->str_trunc_trailer },
		{ "license", cfg->license },
		{ "missing_probes", missing[cfg->missing_probes] },
		{ "stack_mode", modes[cfg->stack_mode] },
		{ "unstable_tseries", unstable_text(cfg->tseries) },
		{ "unstable_dw_ustack", unstable_text(cfg->dw_ustack) },
		{ "unstable_typeinfo", unstable_text(cfg->typeinfo) },
		{ "unstable_import_statement", unstable_text(cfg->import_statement) },
	};

	for (size_t i = 0; i < COUNT_OF(strs); i++) {
		if (!strcmp(strs[i].name, name))
			return strs[i].v;
	}
	return NULL;
}

static bool is_config(const struct expr *e)
{
	return (e->kind == EX_IDENT && !strcmp(e->ident.name, "config")) ||
	       (e->kind == EX_CALL && !strcmp(e->call.name, "config") && !e->call.args.nr);
}

static const struct type *config_field(struct check *c, struct expr *e)
{
	const char *name = e->field.name, *s = config_str(c->cfg, name);
	struct diag *d;
	uint64_t num;
	bool b;

	if (config_bool(c->cfg, name, &b))
		fold__bool(c, e, b);
	else if (config_int(c->cfg, name, &num))
		fold__int(c, e, num);
	else if (s)
		fold__str(c, e, s, strlen(s));
	else {
		d = check__error(c, e->loc, "E_FIELD_UNKNOWN", "config has no member %s", name);
		if (check__near_config(name))
			check__hint(c, d, "did you mean %s?", check__near_config(name));
		return type__error();
	}
	return e->type;
}

/* --- args ----------------------------------------------------------------------------- */

/* All of the events are system calls. */
static bool of_syscalls(const struct check *c)
{
	return c->prov && c->prov->kind == PROV_TRACEPOINT && c->unit->args &&
	       c->unit->args->as == AS_USER;
}

static enum addr_space args_as(const struct check *c, const struct member *m)
{
	return m->user || of_syscalls(c) ? AS_USER : check__default_as(c);
}

static bool is_common(struct check *c, const struct expr *e)
{
	if (!c->prov || c->prov->kind != PROV_TRACEPOINT || strncmp(e->field.name, "common_", 7))
		return false;
	check__error(c, e->loc, "E_FIELD_COMMON", "the common field %s cannot be read",
		     e->field.name);
	return true;
}

/* --- members ------------------------------------------------------------------------------ */

static const struct type *usable(struct check *c, struct expr *e, const struct member *m,
				 enum addr_space as)
{
	if (m->bad_tag) {
		check__error(c, e->loc, "E_FIELD_TAG",
			     "%s is tagged %s, it cannot be read directly", e->field.name,
			     m->bad_tag);
		return type__error();
	}
	if (m->mixed) {
		check__error(c, e->loc, "E_TYPE_MISMATCH",
			     "no type fits args.%s of all events that match: it is %s",
			     e->field.name, m->mixed);
		return type__error();
	}
	if (m->type->kind == TY_NONE && e->field.e->type->kind == TY_ARGS && c->prov &&
	    c->prov->kind == PROV_UPROBE) {
		check__error(
			c, e->loc, "E_UNPRINTABLE",
			"%s is passed in vector or in several registers, where it cannot be read",
			e->field.name);
		return type__error();
	}
	if (m->type->kind == TY_NONE || m->type->kind == TY_VOID) {
		check__error(c, e->loc, "E_UNPRINTABLE", "%s is of a type that cannot be read",
			     e->field.name);
		return type__error();
	}
	e->field.m = m;
	return check__as(c, m->type, m->user ? AS_USER : as);
}

static const struct type *no_struct(struct check *c, const struct expr *e, const struct type *t)
{
	check__error(c, e->loc, "E_FIELD_UNKNOWN", "a value of type %s has no members",
		     check__tn(c, t));
	return type__error();
}

const struct type *check__field(struct check *c, struct expr *e)
{
	const struct type *t, *base;
	const struct member *m;
	const struct expr *value;
	enum addr_space as;

	if (is_config(e->field.e))
		return config_field(c, e);
	t = base = check__expr(c, e->field.e);
	if (is_err(t))
		return t;
	if (t->kind == TY_ARGS && is_common(c, e))
		return type__error();
	while (base->kind == TY_PTR)
		base = base->elem;
	if (base->kind != TY_STRUCT && base->kind != TY_RECORD && base->kind != TY_ARGS)
		return no_struct(c, e, t);
	if (t->kind == TY_PTR)
		check__as_unset(c, t);
	m = find(c, base, e->field.name);
	if (!m)
		return unknown(c, e, base, e->field.name);
	if (base->kind == TY_RECORD) {
		e->field.m = m;
		value = check__const_member(c, e->field.e, e->field.name);
		e->konst = value ? value->konst : NULL;
		return value ? value->type : m->type;
	}
	as = base->kind == TY_ARGS ? args_as(c, m) : t->as;
	return usable(c, e, m, as);
}

const struct type *check__offsetof(struct check *c, struct expr *e)
{
	const struct type *t;
	bool kernel = false;
	uint64_t off = 0;

	c->unevaluated++;
	t = e->of.t ? check__resolve(c, e->of.t) : check__expr(c, e->of.e);
	c->unevaluated--;
	for (size_t i = 0; i < e->of.path.nr && !is_err(t); i++) {
		const struct member *m;

		while (t->kind == TY_PTR)
			t = t->elem;
		if (t->kind != TY_STRUCT && t->kind != TY_RECORD)
			return no_struct(c, e, t);
		kernel |= t->kind == TY_STRUCT && t->c->kernel;
		m = find(c, t, e->of.path.v[i]);
		if (!m)
			return unknown(c, e, t, e->of.path.v[i]);
		off += m->off;
		t = m->type;
	}
	if (is_err(t))
		return t;
	if (kernel)
		return type__int(8, false);
	fold__int(c, e, off);
	return e->type;
}
