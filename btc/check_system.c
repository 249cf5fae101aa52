// SPDX-License-Identifier: Apache-2.0
/* Checks of the builtins that change the system, or hand something of it to a helper. */
#include <string.h>
#include <strings.h>

#include "check_args.h"

static bool is_address(const struct type *t)
{
	return t->kind == TY_INT || t->kind == TY_PTR;
}

/* --- signals ------------------------------------------------------------------------ */

static int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int nr;
	} signals[] = {
		{ "HUP", 1 },	 { "INT", 2 },	 { "QUIT", 3 },	 { "ILL", 4 },	 { "TRAP", 5 },
		{ "ABRT", 6 },	 { "BUS", 7 },	 { "FPE", 8 },	 { "KILL", 9 },	 { "USR1", 10 },
		{ "SEGV", 11 },	 { "USR2", 12 }, { "PIPE", 13 }, { "ALRM", 14 }, { "TERM", 15 },
		{ "CHLD", 17 },	 { "CONT", 18 }, { "STOP", 19 }, { "TSTP", 20 }, { "TTIN", 21 },
		{ "TTOU", 22 },	 { "URG", 23 },	 { "XCPU", 24 }, { "XFSZ", 25 }, { "VTALRM", 26 },
		{ "WINCH", 28 }, { "POLL", 29 }, { "SYS", 31 },
	};

	if (!strncasecmp(name, "SIG", 3))
		name += 3;
	for (size_t i = 0; i < COUNT_OF(signals); i++) {
		if (!strcasecmp(signals[i].name, name))
			return signals[i].nr;
	}
	return 0;
}

void check__signal(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0);
	int nr;

	if (arg->type->kind == TY_STRING)
		check__want_text(c, arg);
	if (arg->konst && arg->konst->kind == KONST_STR) {
		nr = signal_number(arg->konst->str);
		if (!nr) {
			arg__bad_value(c, e, 0, "is no name of a signal");
			return;
		}
		fold__int(c, arg, nr);
	} else if (!arg__int(c, e, 0)) {
		return;
	}
	if (konst__is_int(arg) && (konst__value(arg) < 1 || konst__value(arg) > 64))
		arg__bad_value(c, e, 0, "must be a signal from 1 to 64");
	else
		e->type = type__none();
}

/* --- functions and memory ---------------------------------------------------------------- */

void check__override(struct check *c, struct expr *e)
{
	if (arg__int(c, e, 0))
		e->type = type__none();
}

void check__write_user(struct check *c, struct expr *e)
{
	const struct type *dst = check__decay(call__arg(e, 0)->type);
	const struct type *src = check__decay(call__arg(e, 1)->type);

	if (is_err(dst) || is_err(src))
		return;
	if (!is_address(dst))
		arg__reject(c, e, 0, "an address: an integer or a pointer");
	else if (!is_address(src) && src->kind != TY_STRING && src->kind != TY_ARRAY)
		arg__reject(c, e, 1, "a string, an array or an address");
	else if (arg__int(c, e, 2))
		e->type = type__bool();
}

/* --- kernel objects ------------------------------------------------------------------------- */

static bool is_struct(const struct type *t, const char *name)
{
	return t->kind == TY_STRUCT && !strcmp(t->c->name, name);
}

void check__socket_cookie(struct check *c, struct expr *e)
{
	const struct type *t = call__arg(e, 0)->type;

	c->unit->u.uses_objects = true;
	if (t->kind == TY_PTR && is_struct(t->elem, "sock"))
		e->type = type__int(8, false);
	else
		arg__reject(c, e, 0, "a pointer to struct sock");
}

void check__skboutput(struct check *c, struct expr *e)
{
	const struct type *t = call__arg(e, 1)->type;

	c->unit->u.uses_objects = true;
	if (is_err(t) || !arg__string(c, e, 0))
		return;
	if (t->kind != TY_PTR || !is_struct(t->elem, "sk_buff"))
		arg__reject(c, e, 1, "a pointer to struct sk_buff");
	else if (arg__int(c, e, 2) && arg__int(c, e, 3))
		e->type = type__int(4, false);
}

void check__path(struct check *c, struct expr *e)
{
	const struct type *t = call__arg(e, 0)->type;
	__int128 size = (__int128)c->cfg->max_strlen;

	if (is_err(t))
		return;
	if (!is_struct(t, "path") && !(t->kind == TY_PTR && is_struct(t->elem, "path"))) {
		arg__reject(c, e, 0, "a struct path or a pointer to one");
		return;
	}
	c->unit->u.uses_objects = true;
	if (call__nr(e) > 1 && !arg__literal(c, e, 1, &size))
		return;
	if (size < 1 || size > 8192) {
		arg__bad_value(c, e, 1, "must be a size from 1 to 8192");
		return;
	}
	e->type = check__as(c, type__string(c->a, (uint32_t)size), AS_KERNEL);
}

void check__cgroup_path(struct check *c, struct expr *e)
{
	if (!arg__int(c, e, 0) || (call__nr(e) > 1 && !arg__string(c, e, 1)))
		return;
	e->type = check__type(c, TY_CGROUP_PATH, 16);
}

/* --- debugf ------------------------------------------------------------------------------------ */

/* The conversions of the kernel's trace_printk that serve here; else the offending one. */
static char bad_conversion(const char *s)
{
	for (; *s; s++) {
		if (*s != '%')
			continue;
		s += 1 + strspn(s + 1, "-+ #0123456789.hlzjt");
		if (!*s || !strchr("duxps%", *s))
			return *s ? *s : '%';
	}
	return 0;
}

void check__debugf(struct check *c, struct expr *e)
{
	const struct konst *fmt;
	char bad;

	check__format(c, e);
	fmt = call__arg(e, 0)->konst;
	e->type = type__none();
	if (!fmt || fmt->kind != KONST_STR)
		return;
	check__warn(c, e->loc, "W_DEBUGF",
		    "debugf is for debugging: it writes to the kernel's trace_pipe");
	bad = bad_conversion(fmt->str);
	if (bad)
		check__error(c, call__arg(e, 0)->loc, "E_FMT_SPEC",
			     "debugf knows the conversions d, u, x, p and s, not %c", bad);
	if (call__nr(e) > 4)
		check__error(c, e->loc, "E_ARITY",
			     "debugf takes at most 3 arguments after the format");
}
