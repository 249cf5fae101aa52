// SPDX-License-Identifier: Apache-2.0
/*
 * Calls and names: from a name to its row in the table, what the row demands
 * (count of arguments, probe types, --unsafe), then the row's own check. Names
 * that are no builtin are enumerators; macros are gone by now.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cfuncs.h"
#include "check_priv.h"

unsigned call__nr(const struct expr *e)
{
	return e->kind == EX_CALL ? (unsigned)e->call.args.nr : 0;
}

struct expr *call__arg(const struct expr *e, unsigned i)
{
	return i < call__nr(e) ? e->call.args.v[i] : NULL;
}

/* --- what a row demands -------------------------------------------------------------- */

static const char *probe_names(struct check *c, uint32_t set)
{
	const char *text = NULL;

	for (int i = 0; i < PROV_COUNT; i++) {
		if (!(set & PROV_BIT(i)))
			continue;
		text = text ? arena__printf(c->a, "%s, %s", text, provider__get(i)->name)
			    : provider__get(i)->name;
	}
	return text;
}

static const char *instead(const struct check *c, const char *name)
{
	if (c->prov->kind != PROV_TRACEPOINT)
		return NULL;
	if (!strcmp(name, "retval"))
		return "args.ret";
	return !strcmp(name, "ctx") || !strncmp(name, "arg", 3) ? "args" : NULL;
}

static bool allowed_here(struct check *c, const struct expr *e, const struct builtin *fn,
			 const char *name)
{
	struct diag *d;

	if (fn->probes && c->body) {
		d = check__error(c, e->loc, "E_BUILTIN_PROBE", "%s is not available in a function",
				 name);
		check__hint(c, d, "give it to the function as an argument");
		return false;
	}
	if (!fn->probes || !c->prov || fn->probes & PROV_BIT(c->prov->kind))
		return true;
	if (!strcmp(name, "retval") && c->prov->kind == PROV_FENTRY) {
		check__error(c, e->loc, "E_FIELD_UNKNOWN", "a function has no retval on entry");
		return false;
	}
	d = check__error(c, e->loc, "E_BUILTIN_PROBE", "%s is not available in a probe of type %s",
			 name, c->prov->name);
	if (instead(c, name))
		check__hint(c, d, "use %s", instead(c, name));
	check__hint(c, d, "it is available in %s", probe_names(c, fn->probes));
	return false;
}

static bool safe(struct check *c, const struct expr *e, const struct builtin *fn)
{
	struct diag *d;

	if (!(fn->flags & BI_UNSAFE) || c->o->unsafe)
		return true;
	d = check__error(c, e->loc, "E_UNSAFE", "%s can change the system", fn->name);
	check__hint(c, d, "allow it with --unsafe");
	return false;
}

static void run(struct check *c, struct expr *e, const struct builtin *fn, const char *name)
{
	bool ok = allowed_here(c, e, fn, name) && safe(c, e, fn);

	e->type = type__error();
	if (!ok)
		return;
	fn->check(c, e);
	if (!fn->lower && !fn->c && !e->konst && !(fn->flags & BI_AGG) && !is_err(e->type) &&
	    e->kind != EX_BLOCK && e->kind != EX_RECORD)
		check__unsupported(c, e->loc, name);
}

/* --- calls ------------------------------------------------------------------------------ */

static const char *near_builtin(struct check *c, const char *name, unsigned flag)
{
	VEC(const char *) names = { 0 };
	size_t nr;
	const struct builtin *rows = builtin__table(&nr);

	for (size_t i = 0; i < nr; i++) {
		/* The row of arg0, arg1, … is not a name itself. */
		if (rows[i].flags & flag && builtin__find(rows[i].name))
			vec_push(c->a, &names, rows[i].name);
	}
	macro__load_stdlib(c, NULL);
	for (size_t i = 0; i < c->p->macros.nr; i++)
		vec_push(c->a, &names, c->p->macros.v[i]->name);
	for (size_t i = 0; flag & BI_CALL && i < c->p->subprogs.nr; i++)
		vec_push(c->a, &names, c->p->subprogs.v[i]->name);
	return nearest_name(name, names.v, names.nr);
}

static const struct type *unknown_call(struct check *c, struct expr *e)
{
	const char *near = near_builtin(c, e->call.name, BI_CALL);
	struct diag *d;

	for (size_t i = 0; i < e->call.args.nr; i++)
		check__expr(c, e->call.args.v[i]);
	d = check__error(c, e->loc, "E_UNDEF_FUNC", "there is no function %s", e->call.name);
	if (near)
		check__hint(c, d, "did you mean %s?", near);
	return type__error();
}

static const char *arity_text(struct check *c, const struct builtin *fn)
{
	unsigned min = fn->min_args, max = fn->max_args;

	if (min == max && !max)
		return "no arguments";
	if (min == max)
		return arena__printf(c->a, "%u argument%s", max, max == 1 ? "" : "s");
	if (max == BI_MANY)
		return arena__printf(c->a, "at least %u argument%s", min, min == 1 ? "" : "s");
	return arena__printf(c->a, "%u to %u arguments", min, max);
}

static bool arity(struct check *c, const struct expr *e, const struct builtin *fn)
{
	unsigned nr = call__nr(e);

	if (nr >= fn->min_args && (nr <= fn->max_args || fn->max_args == BI_MANY))
		return true;
	check__error(c, e->loc, "E_ARITY", "%s takes %s, not %u", fn->name, arity_text(c, fn), nr);
	return false;
}

/* Words such as `perf` are no values; the row's check reads them. */
static bool is_mode(struct check *c, const struct builtin *fn, const struct expr *arg)
{
	int64_t num;

	return fn->flags & BI_MODE && arg->kind == EX_IDENT && !builtin__find(arg->ident.name) &&
	       !ctypes__enumerator(c->types, arg->ident.name, &num);
}

static void check_args(struct check *c, struct expr *e, const struct builtin *fn)
{
	for (unsigned i = 0; i < call__nr(e); i++) {
		struct expr *arg = call__arg(e, i);

		if (fn->flags & BI_RAW || is_mode(c, fn, arg))
			continue;
		if (!i && fn->flags & BI_MAP_ARG && arg->kind == EX_MAP)
			continue;
		if (fn->flags & BI_TEXT && i < 2)
			check__string(c, arg);
		else
			check__expr(c, arg);
	}
}

/* --- imported C functions ------------------------------------------------------------------ */

static bool same_pointee(const struct type *x, const struct type *y)
{
	if (x->kind == TY_VOID)
		return true;
	if (x->kind == TY_STRUCT && y->kind == TY_STRUCT)
		return x->c->is_union == y->c->is_union && !strcmp(x->c->name, y->c->name);
	return type__equal(x, y);
}

static bool fits_param(const struct type *param, const struct type *t)
{
	bool bytes = param->kind == TY_PTR &&
		     (param->elem->kind == TY_VOID ||
		      (param->elem->kind == TY_INT && param->elem->size == 1));

	switch (param->kind) {
	case TY_INT:
	case TY_BOOL: return t->kind == TY_INT || t->kind == TY_BOOL;
	case TY_PTR:
		return (t->kind == TY_PTR && same_pointee(param->elem, t->elem)) ||
		       (t->kind == TY_STRING && bytes);
	default: return false;
	}
}

static bool c_prototype(struct check *c, const struct expr *e, const struct cfunc *f)
{
	const struct type *ret = f->ret;
	bool ok = ret->kind == TY_INT || ret->kind == TY_BOOL || ret->kind == TY_PTR ||
		  ret->kind == TY_VOID || ret->kind == TY_NONE;

	for (size_t i = 0; i < f->params.nr; i++)
		ok &= f->params.v[i]->kind == TY_INT || f->params.v[i]->kind == TY_BOOL ||
		      f->params.v[i]->kind == TY_PTR;
	if (!ok)
		check__error(
			c, e->loc, "E_ARG_KIND",
			"%s cannot be called: it takes and returns integers and pointers only if "
			"a script is to call it",
			f->name);
	return ok;
}

static const struct type *c_call(struct check *c, struct expr *e, const struct cfunc *f)
{
	bool ok = c_prototype(c, e, f);

	for (unsigned i = 0; i < call__nr(e); i++)
		ok &= !is_err(check__expr(c, call__arg(e, i)));
	if (ok && call__nr(e) != f->params.nr) {
		check__error(c, e->loc, "E_ARITY", "%s takes %zu argument%s, not %u", f->name,
			     f->params.nr, f->params.nr == 1 ? "" : "s", call__nr(e));
		ok = false;
	}
	for (unsigned i = 0; ok && i < f->params.nr; i++) {
		const struct expr *arg = call__arg(e, i);

		if (fits_param(f->params.v[i], check__decay(arg->type)))
			continue;
		check__error(c, arg->loc, "E_ARG_KIND",
			     "%s: argument %u must be of type %s, not %s", f->name, i + 1,
			     check__tn(c, f->params.v[i]), check__tn(c, arg->type));
		ok = false;
	}
	if (!ok)
		return type__error();
	return f->ret->kind == TY_VOID ? type__none() : f->ret;
}

const struct type *check__call(struct check *c, struct expr *e)
{
	const struct builtin *fn = builtin__find(e->call.name);

	if (!fn)
		e->call.data = (void *)ctypes__cfunc(c->types, c->p, e->call.name);
	if (!fn && e->call.data)
		return c_call(c, e, e->call.data);
	if (!fn || !(fn->flags & BI_CALL))
		return unknown_call(c, e);
	e->call.fn = fn;
	check_args(c, e, fn);
	if (!arity(c, e, fn))
		return type__error();
	run(c, e, fn, e->call.name);
	return e->type;
}

/* --- names ------------------------------------------------------------------------------- */

static bool is_sarg(const char *name)
{
	return !strncmp(name, "sarg", 4) && isdigit((unsigned char)name[4]);
}

static const struct type *unknown_name(struct check *c, struct expr *e)
{
	const char *name = e->ident.name, *near;
	struct diag *d;

	if (is_sarg(name)) {
		d = check__error(c, e->loc, "E_REMOVED", "%s is no longer part of the language",
				 name);
		check__hint(c, d, "read the stack: *(reg(\"sp\") + offset)");
		return type__error();
	}
	if (!strcmp(name, "stack")) {
		d = check__error(c, e->loc, "E_REMOVED", "stack is no longer part of the language");
		check__hint(c, d, "use kstack or ustack");
		return type__error();
	}
	d = check__error(c, e->loc, "E_UNDEF_IDENT", "%s is not known", name);
	near = near_builtin(c, name, BI_VALUE);
	if (builtin__find(name))
		check__hint(c, d, "call it: %s()", name);
	else if (near)
		check__hint(c, d, "did you mean %s?", near);
	else if (ctypes__no_headers(c->types))
		check__hint(c, d, "%s", ctypes__no_headers(c->types));
	return type__error();
}

const struct type *check__ident(struct check *c, struct expr *e)
{
	const char *name = e->ident.name;
	const struct builtin *fn = builtin__find(name);
	const struct type *t;
	int64_t num;

	if (fn && fn->flags & BI_VALUE) {
		e->ident.fn = fn;
		run(c, e, fn, name);
		return e->type;
	}
	e->ident.fn = NULL;
	t = fn ? NULL : ctypes__enumerator(c->types, name, &num);
	if (!t)
		return unknown_name(c, e);
	/* The kernel's enumerators have the target's values, so they do not fold. */
	if (!t->c || !t->c->kernel || !*t->c->name)
		e->konst = konst__int(c, (uint64_t)num);
	return t;
}
