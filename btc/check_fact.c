// SPDX-License-Identifier: Apache-2.0
/* Facts about the compilation and the target: config, typeinfo, kernel functions, variables of CPUs. */
#include <string.h>

#include "check_args.h"

/* --- config as a whole ------------------------------------------------------------- */

static const char *const config_names[] = {
	"cpp_demangle",	    "lazy_symbolication", "print_maps_on_exit",
	"use_blazesym",	    "show_debug_info",	  "log_size",
	"max_bpf_progs",    "max_cat_bytes",	  "max_map_keys",
	"max_probes",	    "max_strlen",	  "on_stack_limit",
	"perf_rb_pages",    "str_trunc_trailer",  "unstable_import_statement",
	"unstable_tseries", "unstable_typeinfo",  "unstable_dw_ustack",
	"missing_probes",   "stack_mode",	  "license",
};

const char *check__near_config(const char *name)
{
	return nearest_name(name, config_names, COUNT_OF(config_names));
}

/* `config` becomes the record of its members, each of which folds. */
void check__config(struct check *c, struct expr *e)
{
	struct expr *whole = NEW(c->a, struct expr)
	, *rec = NEW(c->a, struct expr);

	*whole = *e;
	rec->kind = EX_RECORD;
	rec->loc = e->loc;
	for (size_t i = 0; i < COUNT_OF(config_names); i++) {
		struct field_init f = {.name = config_names[i], .value = NEW(c->a, struct expr) };

		f.value->kind = EX_FIELD;
		f.value->loc = e->loc;
		f.value->field.e = whole;
		f.value->field.name = config_names[i];
		vec_push(c->a, &rec->record, f);
	}
	*e = *rec;
	check__expr(c, e);
}

/* --- typeinfo ---------------------------------------------------------------------------- */

static const char *base_name(const struct type *t)
{
	switch (t->kind) {
	case TY_INT: return "int";
	case TY_BOOL: return "bool";
	case TY_PTR: return "pointer";
	case TY_STRING: return "string";
	case TY_ARRAY: return "array";
	case TY_STRUCT:
	case TY_ARGS: return "c_type";
	case TY_TUPLE: return "tuple";
	case TY_RECORD: return "record";
	case TY_KSTACK: return "kstack";
	case TY_USTACK: return "ustack";
	case TY_INET: return "inet";
	case TY_BUFFER: return "buffer";
	/* The sign is part of the full name only. */
	case TY_SUM: return "sum_t";
	case TY_MIN: return "min_t";
	case TY_MAX: return "max_t";
	case TY_AVG: return "avg_t";
	case TY_STATS: return "stats_t";
	default: return NULL;
	}
}

static struct expr *text(struct check *c, struct loc loc, const char *s)
{
	struct expr *e = NEW(c->a, struct expr);

	e->kind = EX_STR;
	e->loc = loc;
	e->str.s = s;
	e->str.len = strlen(s);
	return e;
}

static struct expr *number(struct check *c, struct loc loc, uint32_t n)
{
	struct expr *e = NEW(c->a, struct expr)
	, *lit = NEW(c->a, struct expr);

	lit->kind = EX_INT;
	lit->loc = loc;
	lit->i.num = n;
	e->kind = EX_CAST;
	e->loc = loc;
	e->cast.e = lit;
	e->cast.to = NEW(c->a, struct type_expr);
	e->cast.to->loc = loc;
	e->cast.to->name = "uint64";
	return e;
}

static void add(struct check *c, struct expr *rec, const char *name, struct expr *value)
{
	struct field_init f = { .name = name, .value = value };

	vec_push(c->a, &rec->record, f);
}

/* The record that a typeinfo stands for. */
static struct expr *type_record(struct check *c, struct loc loc, const struct type *t)
{
	struct expr *rec = NEW(c->a, struct expr);
	const char *full = check__tn(c, t), *base = base_name(t);

	rec->kind = EX_RECORD;
	rec->loc = loc;
	add(c, rec, "btf_id", number(c, loc, t->kind == TY_STRUCT ? t->c->id : 0));
	add(c, rec, "base_type", text(c, loc, base ? base : full));
	add(c, rec, "full_type", text(c, loc, full));
	check__expr(c, rec);
	return rec;
}

static const struct type *subject(struct check *c, const struct expr *e)
{
	return e->of.t ? check__resolve(c, e->of.t) : check__type_of(c, e->of.e);
}

static bool typeinfo_allowed(struct check *c, const struct expr *e)
{
	const struct loc nowhere = { 0 };
	struct diag *d;

	if (c->cfg->typeinfo == UNSTABLE_WARN)
		check__warn(c, nowhere, "W_UNSTABLE", "typeinfo is unstable (unstable_typeinfo)");
	if (c->cfg->typeinfo != UNSTABLE_ERROR)
		return true;
	d = check__error(c, e->loc, "E_UNSTABLE", "typeinfo is unstable");
	check__hint(c, d, "enable it: config = { unstable_typeinfo = enable }");
	return false;
}

const struct type *check__typeinfo(struct check *c, struct expr *e)
{
	const struct type *t;
	struct expr *rec;

	if (!typeinfo_allowed(c, e))
		return type__error();
	t = subject(c, e);
	if (is_err(t))
		return t;
	rec = type_record(c, e->loc, t);
	/* Before the last pass the type may still change, so the question stays. */
	if (c->final)
		*e = *rec;
	return rec->type;
}

/* The initializer of a member in a record of constants, which folds; NULL: it is none. */
const struct expr *check__const_member(struct check *c, const struct expr *e, const char *name)
{
	const struct expr *rec = e, *found = NULL;
	const struct type *t;

	if (e->kind == EX_TYPEINFO) {
		t = subject(c, e);
		if (is_err(t))
			return NULL;
		rec = type_record(c, e->loc, t);
	}
	if (rec->kind != EX_RECORD)
		return NULL;
	for (size_t i = 0; i < rec->record.nr; i++) {
		if (!rec->record.v[i].value->konst)
			return NULL;
		if (!strcmp(rec->record.v[i].name, name))
			found = rec->record.v[i].value;
	}
	return found;
}

/* --- the target ---------------------------------------------------------------------------- */

void check__kfunc(struct check *c, struct expr *e)
{
	if (arg__string(c, e, 0))
		e->type = type__bool();
}

void check__percpu_kaddr(struct check *c, struct expr *e)
{
	const struct konst *name = arg__string(c, e, 0);
	struct diag *d;

	if (!name || (call__nr(e) > 1 && !arg__int(c, e, 1)))
		return;
	e->call.data = (void *)ctypes__percpu(c->types, name->str);
	if (e->call.data) {
		e->type = check__as(c, type__int(8, false), AS_KERNEL);
		return;
	}
	d = check__error(c, e->loc, "E_BTF_VAR", "the kernel's BTF has no variable %s for each CPU",
			 name->str);
	check__hint(c, d, "--btf FILE names the BTF of the target's kernel");
}
