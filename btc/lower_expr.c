// SPDX-License-Identifier: Apache-2.0
/*
 * Scalars: each expression becomes the text of a C expression of its own type.
 * Calls and reads of memory get a line and a local of their own, so texts are
 * cheap to repeat. Operands are made 64 bits wide as the language asks for;
 * clang narrows them again where that makes no difference.
 */
#include <stdlib.h>
#include <string.h>

#include "cfuncs.h"
#include "lower_priv.h"

const char *number(struct lower *l, uint64_t num, const struct type *t)
{
	if (t && t->is_signed) {
		if (num == (uint64_t)1 << 63)
			return "(-9223372036854775807LL - 1)";
		if ((int64_t)num >= -0x7fffffffLL && (int64_t)num <= 0x7fffffffLL)
			return FMT(l, (int64_t)num < 0 ? "(%lld)" : "%lld", (long long)num);
		return FMT(l, (int64_t)num < 0 ? "(%lldLL)" : "%lldLL", (long long)num);
	}
	if (num <= 0x7fffffff)
		return FMT(l, "%llu", (unsigned long long)num);
	if (num >= 0xffff000000000000)
		return FMT(l, "0x%llxULL", (unsigned long long)num);
	return FMT(l, "%lluULL", (unsigned long long)num);
}

/* One word, a call, an access or a bracketed text needs no more brackets. */
const char *paren(struct lower *l, const char *text)
{
	unsigned depth = 0;
	const char *p;

	for (p = text; *p; p++) {
		if (*p == '(' || *p == '[')
			depth++;
		else if (*p == ')' || *p == ']')
			depth--;
		else if (!depth && (*p == ' ' || *p == '*' || *p == '&' || *p == '!' ||
				    (*p == '-' && p[1] != '>')))
			return FMT(l, "(%s)", text);
	}
	if (*text == '(' && text[strlen(text) - 1] != ')') /* a cast */
		return FMT(l, "(%s)", text);
	if (*text == '(') { /* "(a) b" was found above; "(a)(b)" and "(a)b" are casts */
		for (p = text, depth = 0; *p; p++) {
			depth += *p == '(';
			depth -= *p == ')';
			if (!depth && p[1])
				return FMT(l, "(%s)", text);
		}
	}
	return text;
}

bool is_word(const char *text)
{
	return text[strspn(text,
			   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] ==
	       '\0';
}

const char *to_temp(struct lower *l, const char *text, const struct type *t, const char *hint)
{
	const char *tmp = l__temp(l, t, hint);

	l__emit(l, "%s = %s;", tmp, text);
	return tmp;
}

/* One half of what a helper returns, in a local of its own. */
static const char *half(struct lower *l, const char *name, const char *of, const char *local,
			const char *type, const char *op)
{
	struct cached fresh = { .kind = CACHE_TEXT, .name = name },
		      *c = l__cached(l, CACHE_TEXT, name);
	const char *whole;

	if (c)
		return c->text;
	whole = !strcmp(of, "bpf_get_current_pid_tgid()") ? pid_tgid(l)
							  : builtin_c(l, of, "uid_gid");
	fresh.text = l__local(l, type, local);
	l__emit(l, "%s = %s%s;", fresh.text, whole, op);
	l__cache(l, fresh);
	return fresh.text;
}

/* A builtin's C text; one that holds for the whole event is fetched once. */
const char *builtin_c(struct lower *l, const char *text, const char *hint)
{
	static const char *const fixed[] = {
		"bpf_get_smp_processor_id()",
		"bpf_get_current_cgroup_id()",
		"bpf_get_current_task()",
		"bpf_get_current_uid_gid()",
	};
	static const struct {
		const char *name, *of, *local, *type, *op;
	} halves[] = {
		{ "btc_pid()", "bpf_get_current_pid_tgid()", "pid", "__u32", " >> 32" },
		{ "btc_tid()", "bpf_get_current_pid_tgid()", "tid", "__u32", "" },
		{ "btc_uid()", "bpf_get_current_uid_gid()", "uid", "__u32", "" },
		{ "btc_gid()", "bpf_get_current_uid_gid()", "gid", "__u32", " >> 32" },
	};
	struct cached fresh = { .kind = CACHE_TEXT, .name = text }, *c;
	size_t i;

	for (i = 0; i < COUNT_OF(halves); i++)
		if (!strcmp(text, halves[i].name))
			return half(l, halves[i].name, halves[i].of, halves[i].local,
				    halves[i].type, halves[i].op);
	for (i = 0; i < COUNT_OF(fixed); i++)
		if (!strcmp(text, fixed[i]))
			break;
	if (i == COUNT_OF(fixed)) { /* each call has its own value */
		fresh.text = l__local(l, "__u64", hint);
		l__emit(l, "%s = %s;", fresh.text, text);
		return fresh.text;
	}
	c = l__cached(l, CACHE_TEXT, text);
	if (c)
		return c->text;
	fresh.text = l__local(l, "__u64", hint);
	l__emit(l, "%s = %s;", fresh.text, text);
	l__cache(l, fresh);
	return fresh.text;
}

/* --- equal expressions ------------------------------------------------------------ */

/* The value of a builtin that does not change while a probe runs. */
static bool is_fixed_builtin(const char *name)
{
	static const char *const names[] = { "pid",    "tid",	  "uid",  "gid",   "cpu",
					     "cgroup", "curtask", "comm", "probe", "retval" };
	size_t i;

	for (i = 0; i < COUNT_OF(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return !strncmp(name, "arg", 3);
}

static bool same_konst(const struct konst *a, const struct konst *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == KONST_STR)
		return a->len == b->len && !memcmp(a->str, b->str, a->len);
	return a->num == b->num;
}

bool same_expr(const struct expr *a, const struct expr *b)
{
	size_t i;

	if (!a || !b)
		return a == b;
	if (a->konst || b->konst)
		return a->konst && b->konst && same_konst(a->konst, b->konst);
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case EX_IDENT:
		return !strcmp(a->ident.name, b->ident.name) && is_fixed_builtin(a->ident.name);
	case EX_CALL:
		return !strcmp(a->call.name, b->call.name) && !a->call.args.nr &&
		       !b->call.args.nr && is_fixed_builtin(a->call.name);
	case EX_VAR: return a->var.var == b->var.var;
	case EX_PARAM: return a->param == b->param;
	case EX_FIELD:
		return a->field.e->type->kind == TY_ARGS && b->field.e->type->kind == TY_ARGS &&
		       !strcmp(a->field.name, b->field.name);
	case EX_ELEM: return a->elem.n == b->elem.n && same_expr(a->elem.e, b->elem.e);
	case EX_CAST: return type__equal(a->type, b->type) && same_expr(a->cast.e, b->cast.e);
	case EX_BINARY:
		return a->bin.op == b->bin.op && same_expr(a->bin.l, b->bin.l) &&
		       same_expr(a->bin.r, b->bin.r);
	case EX_TUPLE:
		if (a->tuple.nr != b->tuple.nr)
			return false;
		for (i = 0; i < a->tuple.nr; i++)
			if (!same_expr(a->tuple.v[i], b->tuple.v[i]))
				return false;
		return true;
	default: return false;
	}
}

/* --- operators ----------------------------------------------------------------------- */

static bool is_64(const struct type *t)
{
	return t->kind == TY_INT && t->size == 8;
}

/* @e as a 64-bit operand of the given sign. */
static const char *wide(struct lower *l, const struct expr *e, bool is_signed)
{
	const char *text = value(l, e);

	if (e->konst && e->konst->kind == KONST_INT)
		return number(l, e->konst->num, type__int(8, is_signed));
	if (is_64(e->type) && e->type->is_signed == is_signed)
		return paren(l, text);
	return FMT(l, "(%s)%s", is_signed ? "__s64" : "__u64", paren(l, text));
}

static bool is_nonzero(const struct expr *e)
{
	return e->konst && e->konst->kind != KONST_STR && e->konst->num;
}

static const char *divide(struct lower *l, const struct expr *e, const char *a, const char *b)
{
	const char *fn = e->bin.op == OP_DIV ? "btc_div" : "btc_mod";

	if (is_nonzero(e->bin.r))
		return FMT(l, "%s %s %s", a, e->bin.op == OP_DIV ? "/" : "%", b);
	return to_temp(
		l,
		FMT(l, "%s(%s, %s, %s)", fn, a, b, l__warn(l, "BTC_WARN_DIV0", NULL, NULL, e->loc)),
		type__int(8, false), "quotient");
}

static const char *pointer_step(struct lower *l, const struct expr *e)
{
	const struct expr *p = e->bin.l->type->kind == TY_PTR ? e->bin.l : e->bin.r;
	const struct expr *n = p == e->bin.l ? e->bin.r : e->bin.l;
	uint32_t size = p->type->elem->kind == TY_VOID ? 1 : p->type->elem->size;
	const char *a = value(l, p), *b = wide(l, n, true);

	if (is_kernel_struct(p->type->elem)) /* as large as the target's is */
		return FMT(l, "%s %s %s * %s", paren(l, a), e->bin.op == OP_SUB ? "-" : "+", b,
			   core_size(l, p->type->elem));
	if (size == 1)
		return FMT(l, "%s %s %s", paren(l, a), e->bin.op == OP_SUB ? "-" : "+", b);
	return FMT(l, "%s %s %s * %u", paren(l, a), e->bin.op == OP_SUB ? "-" : "+", b, size);
}

static const char *arithmetic(struct lower *l, const struct expr *e)
{
	static const char *const ops[] = {
		[OP_ADD] = "+", [OP_SUB] = "-", [OP_MUL] = "*",	 [OP_AND] = "&",
		[OP_OR] = "|",	[OP_XOR] = "^", [OP_SHL] = "<<", [OP_SHR] = ">>",
	};
	bool is_signed = e->type->is_signed, is_div = e->bin.op == OP_DIV || e->bin.op == OP_MOD;
	bool is_shift = e->bin.op == OP_SHL || e->bin.op == OP_SHR;
	const char *a, *b, *text;

	if (e->type->kind == TY_PTR)
		return pointer_step(l, e);
	/* Division and right shift are unsigned, whatever the operands are. */
	if (is_div || e->bin.op == OP_SHR)
		is_signed = false;
	a = wide(l, e->bin.l, is_signed);
	b = wide(l, e->bin.r, is_signed);
	if (e->bin.l->konst && (e->bin.r->konst || is_shift)) /* not C's int */
		a = FMT(l, "(%s)%s", is_signed ? "__s64" : "__u64", a);
	if (is_shift && e->bin.r->konst) /* C leaves longer ones undefined */
		b = FMT(l, "%llu", (unsigned long long)e->bin.r->konst->num & 63);
	if (is_div)
		text = divide(l, e, a, b);
	else if (is_shift && !e->bin.r->konst)
		text = FMT(l, "%s %s (%s & 63)", a, ops[e->bin.op], b);
	else
		text = FMT(l, "%s %s %s", a, ops[e->bin.op], b);
	if (e->type->kind == TY_BOOL)
		return FMT(l, "%s != 0", paren(l, text));
	if (e->type->is_signed != is_signed)
		return FMT(l, "(%s)(%s)", e->type->is_signed ? "__s64" : "__u64", text);
	return text;
}

/* A name as a number: that of the place of this program which bears it. */
static const char *place_number(struct lower *l, const struct expr *e)
{
	const struct fn *fn = l->fn;

	if (!e->konst)
		return value(l, e);
	while (fn->outer)
		fn = fn->outer;
	return late_fact(l, "__u32", "place", "BTC_LATE_PLACE",
			 FMT(l, "%s:%s", fn->f->name, e->konst->str), 4, e->loc);
}

static const char *compare(struct lower *l, const struct expr *e)
{
	static const char *const ops[] = {
		[OP_EQ] = "==", [OP_NE] = "!=", [OP_LT] = "<",
		[OP_LE] = "<=", [OP_GT] = ">",	[OP_GE] = ">=",
	};
	const struct expr *x = e->bin.l, *y = e->bin.r;
	const struct type *t;
	const char *a, *b;

	if (x->type->kind == TY_PROBE || y->type->kind == TY_PROBE) {
		a = place_number(l, x);
		b = place_number(l, y);
		return FMT(l, "%s %s %s", a, ops[e->bin.op], b);
	}
	if (is_object(x->type) && is_object(y->type)) {
		a = equal(l, x, y);
		return e->bin.op == OP_EQ ? a : FMT(l, "!%s", paren(l, a));
	}
	if (x->type->kind != TY_INT || y->type->kind != TY_INT) {
		bool truth = x->type->kind == TY_BOOL || y->type->kind == TY_BOOL; /* an int64 */

		a = wide(l, x, truth);
		b = wide(l, y, truth);
		return FMT(l, "%s %s %s", a, ops[e->bin.op], b);
	}
	t = type__promote(l->a, x->type, y->type);
	if (!t || t->kind != TY_INT)
		t = type__int(8, true);
	/* C compares equal types as they are, and a constant in the other's type. */
	if (x->type->size == y->type->size && x->type->is_signed == y->type->is_signed &&
	    x->type->size >= 4) {
		a = paren(l, value(l, x));
		b = paren(l, value(l, y));
	} else if (y->konst && x->type->is_signed == t->is_signed && !x->konst) {
		a = paren(l, value(l, x));
		b = number(l, y->konst->num, t);
	} else {
		a = wide(l, x, t->is_signed);
		b = wide(l, y, t->is_signed);
	}
	return FMT(l, "%s %s %s", a, ops[e->bin.op], b);
}

/* Lowers @e aside; true if that needed lines, which then are in @lines. */
static const char *aside(struct lower *l, const struct expr *e, line_vec *lines)
{
	line_vec saved = l->fn->f->lines;
	const char *text;

	memset(&l->fn->f->lines, 0, sizeof(l->fn->f->lines));
	l->fn->indent++;
	text = condition(l, e);
	l->fn->indent--;
	*lines = l->fn->f->lines;
	l->fn->f->lines = saved;
	return text;
}

static void append(struct lower *l, const line_vec *lines)
{
	size_t i;

	for (i = 0; i < lines->nr; i++)
		vec_push(l->a, &l->fn->f->lines, lines->v[i]);
}

static const char *truth(struct lower *l, const struct expr *e, const char *text)
{
	return e->type->kind == TY_BOOL ? text : FMT(l, "%s != 0", paren(l, text));
}

/* The right side is evaluated only if the left one leaves it open. */
static const char *logic(struct lower *l, const struct expr *e)
{
	bool is_and = e->bin.op == OP_LAND;
	const char *a = condition(l, e->bin.l), *b, *tmp;
	size_t cached = l->fn->cache.nr;
	line_vec lines;

	b = aside(l, e->bin.r, &lines);
	if (!lines.nr)
		return FMT(l, "%s %s %s", paren(l, a), is_and ? "&&" : "||", paren(l, b));
	tmp = to_temp(l, truth(l, e->bin.l, a), type__bool(), is_and ? "both" : "either");
	l__emit(l, is_and ? "if (%s) {" : "if (!%s) {", tmp);
	append(l, &lines);
	l->fn->indent++;
	l__emit(l, "%s = %s;", tmp, truth(l, e->bin.r, b));
	l->fn->indent--;
	l__emit(l, "}");
	l->fn->cache.nr = cached; /* computed in one of two ways only */
	return tmp;
}

const char *condition(struct lower *l, const struct expr *e)
{
	const char *text;

	if (e->konst)
		return e->konst->kind == KONST_STR ? "1" : e->konst->num ? "1" : "0";
	if (e->type->kind == TY_STRING) {
		text = object(l, e);
		return FMT(l, "*%s != 0", text);
	}
	text = value(l, e);
	return text;
}

static const char *unary(struct lower *l, const struct expr *e)
{
	const char *text;
	struct mem m;

	switch (e->unary.op) {
	case OP_NOT: return FMT(l, "!%s", paren(l, condition(l, e->unary.e)));
	case OP_NEG:
	case OP_INV:
		text = wide(l, e->unary.e, e->type->is_signed);
		if (e->unary.e->konst) /* not C's int */
			text = FMT(l, "(%s)%s", e->type->is_signed ? "__s64" : "__u64", text);
		return FMT(l, "%c%s", e->unary.op == OP_NEG ? '-' : '~', text);
	case OP_DEREF:
		m = mem_of(l, e);
		if (e->type->kind == TY_STRUCT || e->type->kind == TY_ARRAY)
			return mem_addr(l, &m);
		if (e->unary.e->type->kind == TY_INT) { /* *arg0: the integer's own width */
			text = mem_load(l, &m, e->unary.e->type, NULL, "deref");
			return text;
		}
		return mem_load(l, &m, e->type, NULL, "deref");
	case OP_ADDR:
		if (e->unary.e->kind == EX_MAP)
			return FMT(l, "(__u64)&%s", map_plan(l, e->unary.e->map.map)->bpf_name);
		return FMT(l, "(__u64)%s",
			   addr_of(l, e->unary.e->type, l__var(l, e->unary.e->var.var)));
	default: return "0";
	}
}

void incdec(struct lower *l, const struct expr *e, const char **result)
{
	const struct expr *to = e->incdec.e;
	const char *lv, *old = NULL, *sign = e->incdec.dec ? "-" : "+";
	uint32_t step = 1;

	if (to->kind == EX_MAP) {
		map_incdec(l, e, result);
		return;
	}
	lv = l__var(l, to->var.var);
	if (to->type->kind == TY_PTR && to->type->elem->size > 1)
		step = to->type->elem->size;
	if (result && e->incdec.post)
		old = to_temp(l, lv, to->var.var->type, "old");
	l__emit(l, "%s %s= %u;", lv, sign, step);
	l__kill_var(l, to->var.var);
	if (result)
		*result = old ? old : to_temp(l, lv, to->var.var->type, "new");
}

static const char *choose(struct lower *l, const struct expr *e)
{
	const char *c, *a, *b, *word;

	if (e->cond.c->konst) { /* only the chosen arm was checked */
		return value_as(l,
				e->cond.c->konst->num || e->cond.c->konst->kind == KONST_STR
					? e->cond.a
					: e->cond.b,
				e->type);
	}
	c = condition(l, e->cond.c);
	if (e->cond.a->konst && e->cond.b->konst) {
		a = value_as(l, e->cond.a, e->type);
		b = value_as(l, e->cond.b, e->type);
		return FMT(l, "%s ? %s : %s", paren(l, c), a, b);
	}
	word = l__temp(l, e->type, "chosen");
	l__open(l, "if (%s) {", c);
	l__emit(l, "%s = %s;", word, value_as(l, e->cond.a, e->type));
	l__else(l);
	l__emit(l, "%s = %s;", word, value_as(l, e->cond.b, e->type));
	l__close(l);
	return word;
}

static const char *cast(struct lower *l, const struct expr *e)
{
	const struct type *to = e->type, *from = e->cast.e->type;
	const char *text;

	if (from->kind == TY_STRING && to->kind == TY_BOOL)
		return FMT(l, "*%s != 0", object(l, e->cast.e));
	if (from->kind == TY_ARRAY && to->kind == TY_INT) {
		struct mem m = mem_of(l, e->cast.e);

		return mem_load(l, &m, to, NULL, "bytes");
	}
	text = value(l, e->cast.e);
	if (to->kind == TY_BOOL)
		return FMT(l, "%s != 0", paren(l, text));
	if (type__equal(to, from) || to->kind != TY_INT)
		return text;
	return FMT(l, "(%s)%s", ctype(l, to), paren(l, text));
}

static const char *size_of(struct lower *l, const struct expr *e)
{
	const struct type *t = e->of.t ? e->of.t->type : e->of.e->type;

	if (t->kind != TY_STRUCT || !t->c->kernel)
		return FMT(l, "%u", t->size);
	return to_temp(l, core_size(l, t), type__int(8, false), "size");
}

static const char *offset_of(struct lower *l, const struct expr *e)
{
	const struct type *t = e->of.t ? e->of.t->type : e->of.e->type;
	const struct type *outer = t;
	const struct member *m;
	const char *path = "";
	size_t i;

	for (i = 0; i < e->of.path.nr; i++) {
		m = ctypes__member(l->types, t, e->of.path.v[i]);
		if (!m)
			return "0";
		path = FMT(l, "%s%s%s", path, i ? "." : "", use_member(l, t, m));
		t = m->type;
	}
	return to_temp(l, FMT(l, "bpf_core_field_offset(%s, %s)", kernel_struct(l, outer), path),
		       type__int(8, false), "offset");
}

static const char *field(struct lower *l, const struct expr *e)
{
	const struct type *base = e->field.e->type;
	struct mem m;

	if (base->kind == TY_ARGS && (e->type->kind != TY_STRUCT && e->type->kind != TY_ARRAY))
		return arg_field(l, e);
	if (base->kind == TY_RECORD)
		return FMT(l, "((%s *)%s)->f%u", ctype(l, base), object(l, e->field.e),
			   e->field.m->index);
	m = mem_of(l, e);
	if (e->type->kind == TY_STRUCT || e->type->kind == TY_ARRAY)
		return mem_addr(l, &m);
	return mem_load(l, &m, e->type, e->field.m, e->field.name);
}

static const char *index_of(struct lower *l, const struct expr *e)
{
	const struct type *base = e->index.e->type;
	const char *obj, *i;
	struct mem m;

	if (base->kind == TY_TUPLE)
		return FMT(l, "((%s *)%s)->f%llu", ctype(l, base), object(l, e->index.e),
			   (unsigned long long)e->index.i->konst->num);
	if (base->kind == TY_STRING) {
		obj = object(l, e->index.e);
		i = to_temp(l, wide(l, e->index.i, false), type__int(8, false), "index");
		if (e->index.i->konst)
			l__emit(l, "%s = btc_clamp(%s, %u);", i, i, base->size - 1);
		else
			l__emit(l, "%s = btc_index(%s, %u, %s);", i, i, base->size - 1,
				l__warn(l, "BTC_WARN_BOUNDS", NULL, NULL, e->loc));
		return FMT(l, "(__s8)((char *)%s)[%s]", obj, i);
	}
	m = mem_of(l, e);
	if (e->type->kind == TY_STRUCT || e->type->kind == TY_ARRAY)
		return mem_addr(l, &m);
	return mem_load(l, &m, e->type, NULL, "elem");
}

/* What is defined elsewhere is declared once, before all programs. */
void declare(struct lower *l, const char *text)
{
	size_t i;

	for (i = 0; i < l->plan->externs.nr; i++)
		if (!strcmp(l->plan->externs.v[i], text))
			return;
	vec_push(l->a, &l->plan->externs, text);
}

static const char *c_call(struct lower *l, const struct expr *e)
{
	const struct cfunc *f = e->call.data;
	const char *args = "", *text;
	size_t i;

	for (i = 0; i < f->tags.nr; i++)
		declare(l, FMT(l, "%s;", f->tags.v[i]));
	declare(l, FMT(l, "%s;", f->proto));
	for (i = 0; i < f->params.nr; i++) {
		const struct expr *arg = e->call.args.v[i];

		if (f->params.v[i]->kind != TY_PTR)
			text = value_as(l, arg, f->params.v[i]);
		else
			text = FMT(l, "(void *)%s",
				   paren(l, is_object(arg->type) ? object(l, arg) : value(l, arg)));
		args = FMT(l, "%s%s%s", args, i ? ", " : "", text);
	}
	text = FMT(l, "%s(%s)", f->name, args);
	if (e->type->kind == TY_NONE) {
		l__emit(l, "%s;", text);
		return NULL;
	}
	return to_temp(l, e->type->kind == TY_PTR ? FMT(l, "(__u64)%s", text) : text, e->type,
		       f->name);
}

static const char *call(struct lower *l, const struct builtin *fn, const char *name,
			const struct expr *e)
{
	const char *text;

	if (!fn && e->kind == EX_CALL && e->call.data) {
		text = c_call(l, e);
		return text ? text : "0";
	}
	if (!fn) {
		l__unsupported(l, e->loc, FMT(l, "'%s'", name));
		return "0";
	}
	if (fn->lower) {
		text = fn->lower(l, e, NULL);
		return text ? text : "0";
	}
	if (fn->c)
		return builtin_c(l, fn->c, name);
	l__unsupported(l, e->loc, FMT(l, "'%s'", name));
	return "0";
}

const char *value(struct lower *l, const struct expr *e)
{
	const char *text = "0";
	size_t i;

	if (e->konst && e->konst->kind != KONST_STR)
		return e->type->kind == TY_BOOL ? e->konst->num ? "1" : "0"
						: number(l, e->konst->num, e->type);
	for (i = l->fn->cache.nr; i-- > 0;)
		if (l->fn->cache.v[i].kind == CACHE_MEMO && l->fn->cache.v[i].expr == e)
			return l->fn->cache.v[i].text;
	if (is_own(e)) { /* a reference to a copy */
		struct place to = { .type = e->type, .lv = l__lasting(l, e->type, "copy") };

		into(l, e, &to);
		return FMT(l, "btc_addr(%s)", addr_of(l, e->type, to.lv));
	}
	switch (e->kind) {
	case EX_INT: return number(l, e->i.num, e->type);
	case EX_BOOL: return e->b ? "1" : "0";
	case EX_VAR: return l__var(l, e->var.var);
	case EX_MAP: return map_value(l, e);
	case EX_PARAM: return FMT(l, "param_%u", e->param);
	case EX_NPARAM: return lower__numparams(l, e, NULL);
	case EX_IDENT:
		if (!e->ident.fn && e->type->c && e->type->c->is_enum)
			return enumerator(l, e);
		return call(l, e->ident.fn, e->ident.name, e);
	case EX_CALL: return call(l, e->call.fn, e->call.name, e);
	case EX_UNARY: return unary(l, e);
	case EX_INCDEC: incdec(l, e, &text); return text;
	case EX_BINARY:
		if (e->bin.op == OP_LAND || e->bin.op == OP_LOR)
			return logic(l, e);
		return e->bin.op >= OP_EQ ? compare(l, e) : arithmetic(l, e);
	case EX_COND: return choose(l, e);
	case EX_CAST: return cast(l, e);
	case EX_FIELD: return field(l, e);
	case EX_ELEM:
		return FMT(l, "((%s *)%s)->f%u", ctype(l, e->elem.e->type), object(l, e->elem.e),
			   e->elem.n);
	case EX_INDEX: return index_of(l, e);
	case EX_BLOCK: return l__block_value(l, e->block);
	case EX_SIZEOF: return size_of(l, e);
	case EX_OFFSETOF: return offset_of(l, e);
	case EX_COMPTIME: return value(l, e->comptime);
	default: l__unsupported(l, e->loc, "this expression"); return "0";
	}
}

/* The value as it is stored in a place of type @t. */
const char *value_as(struct lower *l, const struct expr *e, const struct type *t)
{
	const char *text;

	if (e->konst && e->konst->kind != KONST_STR && t->kind == TY_INT)
		return number(l, e->konst->num, t);
	text = value(l, e);
	if (t->kind == TY_BOOL && e->type->kind != TY_BOOL)
		return FMT(l, "%s != 0", paren(l, text));
	if (t->kind == TY_INT && e->type->kind == TY_INT && t->size > e->type->size &&
	    !is_word(text))
		return FMT(l, "(%s)%s", ctype(l, t), paren(l, text));
	return text;
}

/* --- evaluation ahead -------------------------------------------------------------------- */

static void memo(struct lower *l, const struct expr *e)
{
	struct cached c = { .kind = CACHE_MEMO, .expr = e };
	const char *text = value(l, e);

	c.text = is_word(text) && e->kind != EX_VAR ? text
						    : to_temp(l, text, value_type(e->type), "val");
	l__cache(l, c);
}

/* Keeps the object @e as it is now, for what comes after it may change it. */
static void hold(struct lower *l, const struct expr *e)
{
	struct place to = { .type = e->type, .zeroed = true };
	struct cached c = { .kind = CACHE_MEMO, .expr = e };

	to.lv = l__object(l, e->type, "held");
	into(l, e, &to);
	c.text = addr_of(l, e->type, to.lv);
	l__cache(l, c);
}

/* Operands from left to right; only a block among them can change an object. */
void prepare_all(struct lower *l, struct expr *const *v, size_t nr)
{
	static const struct var nobody;
	size_t i, k;

	for (i = 0; i < nr; i++) {
		prepare(l, v[i]);
		if (!is_object(v[i]->type) || v[i]->konst || v[i]->kind == EX_BLOCK)
			continue;
		for (k = i + 1; k < nr; k++)
			if (expr_uses(v[k], &nobody, NULL))
				break;
		if (k < nr && v[i]->type->kind != TY_STRUCT && v[i]->type->kind != TY_ARRAY)
			hold(l, v[i]);
	}
}

/*
 * Evaluates what an object needs before the place that it goes to exists: a
 * record of the ring must not be held while calls with effects are made.
 */
void prepare(struct lower *l, const struct expr *e)
{
	struct place to = { .type = e->type, .zeroed = true };
	struct cached c = { .kind = CACHE_MEMO, .expr = e };
	size_t i;

	if (e->konst)
		return;
	if (type__is_scalar(e->type) || type__is_castable_agg(e->type) ||
	    e->type->kind == TY_STATS) {
		memo(l, e);
		return;
	}
	switch (e->kind) {
	case EX_CALL:
		for (i = 0; i < e->call.args.nr; i++)
			if (e->call.args.v[i]->type && type__is_scalar(e->call.args.v[i]->type))
				prepare(l, e->call.args.v[i]);
		break;
	case EX_TUPLE: prepare_all(l, e->tuple.v, e->tuple.nr); break;
	case EX_RECORD:
		for (i = 0; i < e->record.nr; i++)
			prepare(l, e->record.v[i].value);
		break;
	case EX_CAST: prepare(l, e->cast.e); break;
	case EX_MAP:
		c.text = object(l, e);
		l__cache(l, c);
		break;
	case EX_FIELD:
		if (e->field.e->type->kind == TY_PTR)
			prepare(l, e->field.e);
		break;
	case EX_COND:
	case EX_BLOCK:
		if (!is_object(e->type))
			break;
		to.lv = l__object(l, e->type, "obj");
		into(l, e, &to);
		c.text = addr_of(l, e->type, to.lv);
		l__cache(l, c);
		break;
	default: break;
	}
}
