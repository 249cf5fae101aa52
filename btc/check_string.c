// SPDX-License-Identifier: Apache-2.0
/* Checks of the builtins on memory, strings and symbols, and of those that only ask about types. */
#include <arpa/inet.h>
#include <string.h>

#include "check_args.h"

static bool is_bytes(const struct type *t)
{
	return t->kind == TY_ARRAY && t->elem->kind == TY_INT && t->elem->size == 1;
}

static bool is_address(const struct type *t)
{
	return t->kind == TY_INT || t->kind == TY_PTR;
}

static bool is_text(const struct type *t)
{
	return t->kind == TY_STRING || is_bytes(t) ||
	       (t->kind == TY_PTR && (t->elem->kind == TY_STRING || is_bytes(t->elem) ||
				      (t->elem->kind == TY_INT && t->elem->size == 1)));
}

static const struct type *string_type(struct check *c, uint64_t size)
{
	return check__as(c, type__string(c->a, (uint32_t)size), AS_KERNEL);
}

/* --- str, buf ------------------------------------------------------------------------- */

/* str(p, n) with a literal n: the size of the string; 0: reported. */
static uint64_t literal_length(struct check *c, struct expr *e)
{
	const struct expr *arg = call__arg(e, 1);
	uint64_t max = c->cfg->max_strlen;
	__int128 n = konst__value(arg);

	if (n < 0) {
		arg__bad_value(c, e, 1, "is a length, it cannot be negative");
		return 0;
	}
	if (n + 1 <= (__int128)max)
		return (uint64_t)n + 1;
	check__warn(c, arg->loc, "W_LENGTH_CUT",
		    "the length %llu is cut to what max_strlen (%llu) "
		    "allows",
		    (unsigned long long)n, (unsigned long long)max);
	return max;
}

static void fold_str(struct check *c, struct expr *e, const struct konst *k)
{
	const struct expr *n = call__arg(e, 1);
	size_t len = k->len;

	if (n && n->konst && konst__value(n) < (__int128)len)
		len = (size_t)konst__value(n);
	fold__str(c, e, arena__strndup(c->a, k->str, len), len);
}

void check__str(struct check *c, struct expr *e)
{
	struct expr *arg = call__arg(e, 0), *n = call__arg(e, 1);
	const struct type *t = check__text(c, arg);
	uint64_t size = c->cfg->max_strlen;

	if (n)
		check__expr(c, n);
	if (is_err(t))
		return;
	if (!is_address(t) && t->kind != TY_STRING) {
		arg__reject(c, e, 0, "a string, an integer or a pointer");
		return;
	}
	if (n && !arg__int(c, e, 1))
		return;
	if (n && n->konst) {
		size = literal_length(c, e);
		if (!size)
			return;
	}
	if (arg->konst && arg->konst->kind == KONST_STR && (!n || n->konst))
		fold_str(c, e, arg->konst);
	else
		e->type = string_type(c, size);
	if (is_address(t) && !arg->konst)
		check__as_unset(c, t);
}

static uint64_t buffer_room(struct check *c, struct expr *e, const struct type *t)
{
	const struct expr *n = call__arg(e, 1);
	uint64_t max = c->cfg->max_strlen - 4, size;

	if (t->kind == TY_STRING && t->size < max) /* behind it is what belongs to others */
		max = t->size;
	size = max;
	if (!n) {
		size = t->size;
	} else if (n->konst) {
		if (konst__value(n) < 0) {
			arg__bad_value(c, e, 1, "is a length, it cannot be negative");
			return 0;
		}
		size = n->konst->num;
	}
	return (size < max ? size : max) + 4;
}

void check__buf(struct check *c, struct expr *e)
{
	const struct type *t = check__decay(call__arg(e, 0)->type);
	bool array = t->kind == TY_ARRAY || t->kind == TY_STRING;
	uint64_t size;

	if (is_err(t))
		return;
	if (!is_address(t) && !array) {
		arg__reject(c, e, 0, "an integer, a pointer, a string or an array");
		return;
	}
	if (call__nr(e) == 1 && !array) {
		arg__bad_value(c, e, 0, "is no array, so a length must follow");
		return;
	}
	if (call__nr(e) == 2 && !arg__int(c, e, 1))
		return;
	size = buffer_room(c, e, t);
	if (size)
		e->type = check__as(c, check__type(c, TY_BUFFER, (uint32_t)size), AS_KERNEL);
}

/* --- questions about strings --------------------------------------------------------------- */

static bool text_arg(struct check *c, struct expr *e, unsigned i)
{
	if (is_text(call__arg(e, i)->type))
		return true;
	arg__reject(c, e, i, "a string");
	return false;
}

void check__strlen(struct check *c, struct expr *e)
{
	const struct konst *k = call__arg(e, 0)->konst;

	if (!text_arg(c, e, 0))
		return;
	if (k && k->kind == KONST_STR)
		fold__int(c, e, strlen(k->str));
	else
		e->type = type__int(8, false);
}

void check__strcap(struct check *c, struct expr *e)
{
	const struct type *t = call__arg(e, 0)->type;

	if (!text_arg(c, e, 0))
		return;
	if (t->kind == TY_PTR)
		e->type = type__int(8, false);
	else
		fold__int(c, e, t->kind == TY_ARRAY ? t->nr : t->size);
}

void check__strstr(struct check *c, struct expr *e)
{
	if (text_arg(c, e, 0) && text_arg(c, e, 1))
		e->type = !strcmp(e->call.name, "strcontains") ? type__bool() : type__int(8, true);
}

void check__strncmp(struct check *c, struct expr *e)
{
	__int128 n;

	if (!text_arg(c, e, 0) || !text_arg(c, e, 1) || !arg__literal(c, e, 2, &n))
		return;
	if (n < 0)
		arg__bad_value(c, e, 2, "is a length, it cannot be negative");
	else
		e->type = type__int(8, false);
}

/* Capacity of str_concat(). */
#define CONCAT_SIZE 1024

void check__str_concat(struct check *c, struct expr *e)
{
	if (text_arg(c, e, 0) && text_arg(c, e, 1))
		e->type = string_type(c, CONCAT_SIZE);
}

void check__memcmp(struct check *c, struct expr *e)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct type *t = call__arg(e, i)->type;

		if (is_err(t))
			return;
		if (!check__stored(c, t)) {
			arg__reject(c, e, i, "a value with bytes to compare");
			return;
		}
	}
	if (!arg__int(c, e, 2))
		return;
	if (konst__is_int(call__arg(e, 2)) && konst__value(call__arg(e, 2)) < 0)
		arg__bad_value(c, e, 2, "is a length, it cannot be negative");
	else
		e->type = type__int(4, true);
}

/* strerror(), signal_name(), syscall_name(): texts by number. */
void check__name_text(struct check *c, struct expr *e)
{
	if (arg__int(c, e, 0))
		e->type = string_type(c, 64);
}

void check__pton(struct check *c, struct expr *e)
{
	const struct konst *k = arg__string(c, e, 0);
	unsigned char *bytes = arena__alloc(c->a, 16);
	uint32_t nr = 4;

	if (!k)
		return;
	if (inet_pton(AF_INET, k->str, bytes) != 1) {
		nr = 16;
		if (inet_pton(AF_INET6, k->str, bytes) != 1) {
			arg__bad_value(c, e, 0, "is no IPv4 or IPv6 address");
			return;
		}
	}
	e->call.data = bytes;
	e->type = check__as(c, type__array(c->a, type__int(1, false), nr), AS_KERNEL);
}

void check__default_strlen(struct check *c, struct expr *e)
{
	fold__int(c, e, c->cfg->max_strlen);
}

/* --- numbers and addresses -------------------------------------------------------------------- */

void check__bswap(struct check *c, struct expr *e)
{
	if (arg__int(c, e, 0))
		e->type = type__int(check__decay(call__arg(e, 0)->type)->size, false);
}

void check__retag(struct check *c, struct expr *e)
{
	const struct type *t = check__rigid(c, check__decay(call__arg(e, 0)->type));

	if (is_address(t))
		e->type = check__as(c, t, *e->call.name == 'k' ? AS_KERNEL : AS_USER);
	else
		arg__reject(c, e, 0, "an integer or a pointer");
}

void check__is_err(struct check *c, struct expr *e)
{
	if (is_address(check__decay(call__arg(e, 0)->type)))
		e->type = type__bool();
	else
		arg__reject(c, e, 0, "an integer or a pointer");
}

static bool is_ip(const struct type *t)
{
	if (t->kind == TY_INT)
		return true;
	return (t->kind == TY_STRING || t->kind == TY_ARRAY) && (t->size == 4 || t->size == 16);
}

void check__ntop(struct check *c, struct expr *e)
{
	unsigned last = call__nr(e) - 1;
	const struct type *t = check__decay(call__arg(e, last)->type);

	if (is_err(t) || (last && !arg__int(c, e, 0)))
		return;
	if (t->kind != TY_INT && t->kind != TY_ARRAY && t->kind != TY_STRING)
		arg__reject(c, e, last, "an integer or an array of 4 or 16 bytes");
	else if (!is_ip(t))
		arg__bad_value(c, e, last, "must have 4 or 16 bytes");
	else
		e->type = check__type(c, TY_INET, 24);
}

void check__macaddr(struct check *c, struct expr *e)
{
	const struct expr *arg = call__arg(e, 0);
	const struct type *t = arg->type;

	if (is_err(t))
		return;
	if (arg->konst && arg->konst->kind == KONST_STR)
		arg__bad_value(c, e, 0, "must be an address in memory, not a literal");
	else if (!is_address(t) && t->kind != TY_ARRAY && t->kind != TY_STRING &&
		 t->kind != TY_BUFFER)
		arg__reject(c, e, 0, "an array, a pointer or an integer");
	else if (!is_address(t) && t->size < (t->kind == TY_BUFFER ? 10u : 6u))
		arg__bad_value(c, e, 0, "must have at least 6 bytes");
	else
		e->type = check__type(c, TY_MACADDR, 6);
}

void check__strftime(struct check *c, struct expr *e)
{
	const struct expr *ns = call__arg(e, 1);
	struct type *t;
	int mode;

	if (!arg__string(c, e, 0) || !arg__int(c, e, 1))
		return;
	mode = ns->type->mode ? ns->type->mode - 1 : CLOCK_BOOT;
	if (mode == CLOCK_MONO) {
		arg__bad_value(c, e, 1, "is of the monotonic clock, which has no date");
		return;
	}
	if (ns->konst && konst__value(ns) < 0) {
		arg__bad_value(c, e, 1, "is a time, it cannot be negative");
		return;
	}
	t = check__type(c, TY_TIMESTAMP, 16);
	t->mode = mode;
	e->type = t;
}

static bool address_arg(struct check *c, struct expr *e)
{
	if (is_address(check__decay(call__arg(e, 0)->type)))
		return true;
	arg__reject(c, e, 0, "an integer or a pointer");
	return false;
}

void check__ksym(struct check *c, struct expr *e)
{
	if (address_arg(c, e))
		e->type = check__type(c, TY_KSYM, 8);
}

void check__usym(struct check *c, struct expr *e)
{
	if (address_arg(c, e))
		e->type = check__type(c, TY_USYM, 16);
}

void check__kaddr(struct check *c, struct expr *e)
{
	if (arg__string(c, e, 0))
		e->type = check__as(c, type__int(8, false), AS_KERNEL);
}

void check__uaddr(struct check *c, struct expr *e)
{
	const struct konst *name = arg__string(c, e, 0);
	unsigned size;

	if (!name)
		return;
	/* The symbol's own width, where the program is at hand. */
	size = c->prov ? ctypes__user_symbol(c->types, c->unit->u.attach.v[0], name->str) : 8;
	e->type = type__ptr(c->a, type__int(size, false), AS_USER);
}

void check__cgroupid(struct check *c, struct expr *e)
{
	if (arg__string(c, e, 0))
		e->type = type__int(8, false);
}

/* --- questions about types --------------------------------------------------------------------- */

void check__is_kind(struct check *c, struct expr *e)
{
	const char *name = e->call.name;
	const struct expr *arg = call__arg(e, 0);
	const struct type *t = arg->type;
	bool yes;

	if (is_err(t))
		return;
	if (!strcmp(name, "is_str"))
		yes = t->kind == TY_STRING;
	else if (!strcmp(name, "is_ptr"))
		yes = t->kind == TY_PTR;
	else if (!strcmp(name, "is_array"))
		yes = t->kind == TY_ARRAY;
	else if (!strcmp(name, "is_integer"))
		yes = t->kind == TY_INT;
	else if (!strcmp(name, "is_unsigned_integer"))
		yes = t->kind == TY_INT && !t->is_signed;
	else
		yes = is_literal(arg);
	fold__bool(c, e, yes);
}
