// SPDX-License-Identifier: Apache-2.0
/* Checks of the builtins that say something about the event, the task, the tool. */
#include <stdlib.h>
#include <string.h>

#include "check_args.h"

/* --- arguments ------------------------------------------------------------------------ */

static const char *call_name(const struct expr *e)
{
	return e->kind == EX_CALL ? e->call.name : e->ident.name;
}

void arg__reject(struct check *c, struct expr *e, unsigned i, const char *what)
{
	const struct expr *arg = call__arg(e, i);
	struct diag *d;

	e->type = type__error();
	if (arg->type && is_err(arg->type))
		return;
	if (!arg->type) {
		check__error(c, arg->loc, "E_ARG_KIND", "%s: argument %u must be %s", call_name(e),
			     i + 1, what);
		return;
	}
	d = check__error(c, arg->loc, "E_ARG_KIND", "%s: argument %u must be %s, not of type %s",
			 call_name(e), i + 1, what, check__tn(c, arg->type));
	if (arg->konst)
		return;
	if (arg->kind == EX_PARAM && strstr(what, "string"))
		check__hint(c, d, "str($%u) takes the parameter as text", arg->param);
	else if (arg->kind == EX_PARAM)
		check__hint(c, d,
			    "parameters are given when the tool starts; "
			    "this needs a constant when it is compiled");
}

void arg__bad_value(struct check *c, struct expr *e, unsigned i, const char *rule)
{
	check__error(c, call__arg(e, i)->loc, "E_ARG_VALUE", "%s: argument %u %s", call_name(e),
		     i + 1, rule);
	e->type = type__error();
}

bool arg__literal(struct check *c, struct expr *e, unsigned i, __int128 *v)
{
	struct expr *arg = call__arg(e, i);

	check__want_constant(c, arg);
	if (!konst__is_int(arg)) {
		arg__reject(c, e, i, "an integer literal");
		return false;
	}
	*v = konst__value(arg);
	return true;
}

const struct konst *arg__string(struct check *c, struct expr *e, unsigned i)
{
	struct expr *arg = call__arg(e, i);

	check__want_text(c, arg);
	if (arg->konst && arg->konst->kind == KONST_STR)
		return arg->konst;
	arg__reject(c, e, i, "a literal string");
	return NULL;
}

bool arg__int(struct check *c, struct expr *e, unsigned i)
{
	const struct type *t = check__decay(call__arg(e, i)->type);

	if (t->kind == TY_INT)
		return true;
	arg__reject(c, e, i, "an integer");
	return false;
}

/* --- plain ones -------------------------------------------------------------------------- */

void check__u8(struct check *c, struct expr *e)
{
	(void)c;
	e->type = type__int(1, false);
}

void check__u32(struct check *c, struct expr *e)
{
	(void)c;
	e->type = type__int(4, false);
}

void check__has_cpid(struct check *c, struct expr *e)
{
	(void)c;
	e->type = type__bool();
}

void check__u64(struct check *c, struct expr *e)
{
	(void)c;
	e->type = type__int(8, false);
}

void check__none(struct check *c, struct expr *e)
{
	(void)c;
	e->type = type__none();
}

/* Of the language, but no later stage knows it. */
void check__later(struct check *c, struct expr *e)
{
	check__unsupported(c, e->loc, call_name(e));
}

/* The bare word given as a mode, or NULL. */
static const char *mode_word(const struct expr *e, unsigned i)
{
	const struct expr *arg = call__arg(e, i);

	/* Words that mean something else were checked as expressions. */
	return arg && arg->kind == EX_IDENT && !arg->type ? arg->ident.name : NULL;
}

void check__pid(struct check *c, struct expr *e)
{
	const char *mode = mode_word(e, 0);

	if (call__nr(e) && (!mode || (strcmp(mode, "curr_ns") && strcmp(mode, "init")))) {
		arg__reject(c, e, 0, "curr_ns or init");
		return;
	}
	e->type = type__int(4, false);
}

void check__comm(struct check *c, struct expr *e)
{
	/* The programs that run them may look for no task, whatever the kernel. */
	bool never = c->prov && (c->prov->kind == PROV_BEGIN || c->prov->kind == PROV_END);

	if (!call__nr(e)) {
		e->type = check__as(c, type__string(c->a, 16), AS_KERNEL);
		return;
	}
	if (!arg__int(c, e, 0))
		return;
	if (never)
		check__error(c, e->loc, "E_BUILTIN_PROBE",
			     "comm of another process is not available in a probe of type %s",
			     c->prov->name);
	else
		e->type = check__as(c, type__string(c->a, 64), AS_KERNEL);
}

static bool clock_mode(const char *name, int *mode)
{
	static const char *const names[] = {
		[CLOCK_BOOT] = "boot",
		[CLOCK_MONO] = "monotonic",
		[CLOCK_TAI_] = "tai",
		[CLOCK_SW_TAI] = "sw_tai",
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		*mode = (int)i;
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

void check__nsecs(struct check *c, struct expr *e)
{
	const char *word = mode_word(e, 0);
	int mode = CLOCK_BOOT;
	struct type *t;

	if (call__nr(e) && (!word || !clock_mode(word, &mode))) {
		arg__reject(c, e, 0, "one of boot, monotonic, tai and sw_tai");
		return;
	}
	t = check__type(c, TY_INT, 8);
	t->mode = mode + 1;
	e->type = t;
}

static const struct type *pointer_to(struct check *c, const char *tag, const char *name)
{
	const struct type *st = ctypes__find(c->types, tag, name);

	return type__ptr(c->a, st && !is_err(st) ? st : type__void(), AS_KERNEL);
}

void check__curtask(struct check *c, struct expr *e)
{
	e->type = pointer_to(c, "struct", "task_struct");
}

void check__username(struct check *c, struct expr *e)
{
	e->type = check__type(c, TY_USERNAME, 8);
}

static bool task_arg(struct check *c, struct expr *e)
{
	const struct expr *arg = call__arg(e, 0);

	if (!arg || (arg->type->kind == TY_PTR && arg->type->elem->kind == TY_STRUCT))
		return true;
	arg__reject(c, e, 0, "a pointer to struct task_struct");
	return false;
}

void check__ppid(struct check *c, struct expr *e)
{
	if (task_arg(c, e))
		e->type = type__int(4, true);
}

void check__pcomm(struct check *c, struct expr *e)
{
	if (task_arg(c, e))
		e->type = check__as(c, type__string(c->a, 16), AS_KERNEL);
}

/* --- the probe ------------------------------------------------------------------------------ */

void check__func(struct check *c, struct expr *e)
{
	bool user = check__default_as(c) == AS_USER;

	e->type = check__type(c, user ? TY_USYM : TY_KSYM, user ? 16 : 8);
}

void check__probe(struct check *c, struct expr *e)
{
	c->unit->u.uses_probe = true;
	e->type = check__type(c, TY_PROBE, 4);
}

void check__probetype(struct check *c, struct expr *e)
{
	if (c->prov)
		fold__str(c, e, c->prov->probetype, strlen(c->prov->probetype));
}

/* Looks the types of the attach point up, once a unit. */
static void resolve_args(struct check *c)
{
	struct cunit *u = c->unit;
	const struct attach *at = u->u.attach.v[0];

	if (u->resolved)
		return;
	u->resolved = true;
	switch (at->prov->kind) {
	case PROV_TRACEPOINT:
		u->args = ctypes__tracepoint(c->types, at->target, at->func, &u->why);
		break;
	case PROV_RAWTRACEPOINT:
		u->args = ctypes__raw_tracepoint(c->types, at->target, at->func);
		break;
	case PROV_FENTRY:
	case PROV_FEXIT: u->args = ctypes__function(c->types, at->target, at->func, &u->ret); break;
	case PROV_UPROBE:
		u->args = ctypes__user_function(c->types, at, &u->u.build_id, &u->why);
		break;
	default: break;
	}
}

static bool find_args(struct check *c, struct expr *e)
{
	const struct attach *at;
	struct diag *d;

	if (!c->prov)
		return false;
	resolve_args(c);
	if (c->unit->args)
		return true;
	at = c->unit->u.attach.v[0];
	d = check__error(c, e->loc, c->prov->kind == PROV_UPROBE ? "E_NO_DWARF" : "E_UNKNOWN_TYPE",
			 "the types of %s are not known here%s%s", at->text,
			 c->unit->why ? ": " : "", c->unit->why ? c->unit->why : "");
	check__context(c, d, at->loc, "the attach point");
	if (c->prov->kind == PROV_UPROBE)
		check__hint(
			c, d,
			"types of arguments come from the program's debug information, where it is "
			"compiled for; arg0, arg1 and so on do without");
	else if (c->prov->kind == PROV_TRACEPOINT)
		check__hint(c, d,
			    "--tracefs DIR names a directory with the format files "
			    "of the target");
	else if (*at->target && strcmp(at->target, "vmlinux"))
		check__hint(c, d,
			    "module %s must be loaded where this is compiled, or --target DIR "
			    "name what --save-target DIR collected where it is",
			    at->target);
	else
		check__hint(c, d, "--btf FILE names the BTF of the target's kernel");
	return false;
}

void check__args(struct check *c, struct expr *e)
{
	c->unit->u.uses_args = true;
	if (find_args(c, e))
		e->type = c->unit->args;
}

#ifdef __aarch64__
#define NR_REG_ARGS 8
#define ARCH_NAME   "arm64"
static const char *const registers[] = {
	"r0",  "r1",  "r2",  "r3",  "r4",  "r5",  "r6",	 "r7",	"r8",  "r9",	 "r10", "r11",
	"r12", "r13", "r14", "r15", "r16", "r17", "r18", "r19", "r20", "r21",	 "r22", "r23",
	"r24", "r25", "r26", "r27", "r28", "r29", "r30", "sp",	"pc",  "pstate",
};
#else
#define NR_REG_ARGS 6
#define ARCH_NAME   "x86-64"
static const char *const registers[] = {
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",	"ax", "bx", "cx",
	"dx", "si", "di",  "bp",  "sp",	 "ss",	"cs",  "flags", "ip", "pc", "orig_rax",
};
#endif

void check__arg(struct check *c, struct expr *e)
{
	unsigned long n = strtoul(call_name(e) + 3, NULL, 10);
	bool usdt = c->prov && c->prov->kind == PROV_USDT;
	unsigned limit = usdt ? 12 : NR_REG_ARGS;

	if (n >= limit) {
		check__error(c, e->loc, "E_ARG_NUMBER", "there is no arg%lu: %s has arg0 to arg%u",
			     n, usdt ? "a usdt probe" : "a function on " ARCH_NAME, limit - 1);
		return;
	}
	e->type = check__as(c, type__int(8, false), check__default_as(c));
}

void check__usdt_arg(struct check *c, struct expr *e)
{
	const struct expr *n = call__arg(e, 0);

	if (!arg__int(c, e, 0))
		return;
	if (konst__is_int(n) && (konst__value(n) < 0 || konst__value(n) >= 12)) {
		check__error(c, n->loc, "E_ARG_NUMBER",
			     "usdt_arg: a usdt probe has arguments 0 to 11");
		return;
	}
	e->type = check__as(c, type__int(8, true), AS_USER);
}

void check__retval(struct check *c, struct expr *e)
{
	if (!c->prov)
		return;
	if (c->prov->kind != PROV_FEXIT) {
		e->type = check__as(c, type__int(8, false), c->prov->as);
		return;
	}
	c->unit->u.uses_args = true;
	if (!find_args(c, e))
		return;
	if (!c->unit->ret || c->unit->ret->kind == TY_VOID || c->unit->ret->kind == TY_NONE) {
		check__error(c, e->loc, "E_FIELD_UNKNOWN", "the function returns nothing");
		return;
	}
	e->type = check__as(c, c->unit->ret, AS_KERNEL);
}

void check__reg(struct check *c, struct expr *e)
{
	const struct konst *name = arg__string(c, e, 0);

	if (!name)
		return;
	for (size_t i = 0; i < COUNT_OF(registers); i++) {
		if (!strcmp(registers[i], name->str))
			e->type = check__as(c, type__int(8, false), check__default_as(c));
	}
	if (is_err(e->type))
		check__error(c, e->loc, "E_REGISTER", "%s has no register called %s", ARCH_NAME,
			     name->str);
}

void check__ctx(struct check *c, struct expr *e)
{
	bool perf = PROV_BIT(c->prov ? c->prov->kind : PROV_BEGIN) &
		    (PROV_BIT(PROV_PROFILE) | PROV_BIT(PROV_INTERVAL) | PROV_BIT(PROV_SOFTWARE) |
		     PROV_BIT(PROV_HARDWARE) | PROV_BIT(PROV_WATCHPOINT) |
		     PROV_BIT(PROV_ASYNCWATCHPOINT));
	struct type *t = NEW(c->a, struct type);
	const char *name = perf ? "bpf_perf_event_data" : "pt_regs";

	if (c->prov && c->prov->kind == PROV_ITER)
		name = arena__printf(c->a, "bpf_iter__%s", c->unit->u.attach.v[0]->func);
	*t = *pointer_to(c, "struct", name);
	t->is_ctx = true;
	e->type = t;
}

void check__usermode(struct check *c, struct expr *e)
{
	const uint32_t own = PROV_BIT(PROV_BEGIN) | PROV_BIT(PROV_END) | PROV_BIT(PROV_SELF);
	const uint32_t regs =
		PROV_BIT(PROV_KPROBE) | PROV_BIT(PROV_KRETPROBE) | PROV_BIT(PROV_UPROBE) |
		PROV_BIT(PROV_URETPROBE) | PROV_BIT(PROV_USDT) | PROV_BIT(PROV_PROFILE) |
		PROV_BIT(PROV_INTERVAL) | PROV_BIT(PROV_SOFTWARE) | PROV_BIT(PROV_HARDWARE) |
		PROV_BIT(PROV_WATCHPOINT) | PROV_BIT(PROV_ASYNCWATCHPOINT);

	if (c->prov && !(PROV_BIT(c->prov->kind) & regs))
		e->konst = konst__int(c, (PROV_BIT(c->prov->kind) & own) != 0);
	e->type = type__int(1, false);
}

/* --- stacks ----------------------------------------------------------------------------------- */

#define MAX_FRAMES     1024
#define DEFAULT_FRAMES 127

struct stack {
	bool user;
	int mode;
	__int128 limit;
};

static void bad_stack(struct check *c, struct expr *e, unsigned i, const char *what)
{
	const struct expr *arg = call__arg(e, i);
	struct diag *d = check__error(c, arg ? arg->loc : e->loc, "E_STACK_ARGS", "%s: %s",
				      call_name(e), what);

	if (arg && arg->kind == EX_PARAM && !arg->konst)
		check__hint(c, d,
			    "parameters are given when the tool starts; "
			    "this needs a constant when it is compiled");
}

static bool stack_word(struct check *c, struct expr *e, unsigned i, struct stack *s)
{
	static const char *const names[] = {
		[STACK_BPFTRACE] = "bpftrace",
		[STACK_PERF] = "perf",
		[STACK_RAW] = "raw",
		[STACK_BUILD_ID] = "build_id",
	};
	const char *word = mode_word(e, i);

	for (size_t k = 0; k < COUNT_OF(names); k++) {
		if (strcmp(names[k], word))
			continue;
		s->mode = (int)k;
		return true;
	}
	bad_stack(c, e, i,
		  s->user ? "the mode must be bpftrace, perf, raw or build_id"
			  : "the mode must be bpftrace, perf or raw");
	return false;
}

static bool stack_limit(struct check *c, struct expr *e, unsigned i, struct stack *s)
{
	struct expr *arg = call__arg(e, i);

	if (arg->type)
		check__want_constant(c, arg);
	if (arg->type && is_err(arg->type))
		return false;
	if (!konst__is_int(arg)) {
		bad_stack(c, e, i, "the number of frames must be an integer literal");
		return false;
	}
	s->limit = konst__value(arg);
	if (s->limit >= 0 && s->limit <= MAX_FRAMES)
		return true;
	bad_stack(c, e, i, "the number of frames must be 0 to 1024");
	return false;
}

static bool stack_args(struct check *c, struct expr *e, struct stack *s)
{
	unsigned nr = call__nr(e), i = 0;

	if (nr && mode_word(e, 0)) {
		if (!stack_word(c, e, 0, s))
			return false;
		i++;
	} else if (nr == 2) {
		bad_stack(c, e, 0, "the mode comes first, then the number of frames");
		return false;
	}
	return i >= nr || stack_limit(c, e, i, s);
}

static bool kernel_mode(struct check *c, struct expr *e, struct stack *s)
{
	if (s->user || s->mode != STACK_BUILD_ID)
		return true;
	if (call__nr(e)) {
		bad_stack(c, e, 0, "kernel stacks have no build ids");
		return false;
	}
	check__warn(c, e->loc, "W_STACK_MODE",
		    "kernel stacks have no build ids: the raw mode is used");
	s->mode = STACK_RAW;
	return true;
}

void check__stack(struct check *c, struct expr *e)
{
	struct stack s = { .user = *call_name(e) == 'u',
			   .mode = (int)c->cfg->stack_mode,
			   .limit = DEFAULT_FRAMES };
	struct type *t;

	if (!stack_args(c, e, &s) || !kernel_mode(c, e, &s))
		return;
	t = check__type(c, s.user ? TY_USTACK : TY_KSTACK,
			s.user	  ? (uint32_t)s.limit * 8 + 8
			: s.limit ? (uint32_t)s.limit * 8
				  : 8);
	t->nr = (uint32_t)s.limit;
	t->mode = s.mode;
	e->type = t;
}

/* --- options of the tool ------------------------------------------------------------------------ */

static const struct type *option_type(struct check *c, const struct expr *def)
{
	if (!def || def->konst->kind == KONST_BOOL)
		return type__bool();
	if (def->konst->kind == KONST_STR)
		return check__as(c, type__string(c->a, (uint32_t)c->cfg->max_strlen), AS_KERNEL);
	return type__int(8, konst__value(def) < 0);
}

static bool same_default(const struct konst *a, const struct konst *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind != KONST_STR)
		return a->num == b->num;
	return a->len == b->len && !memcmp(a->str, b->str, a->len);
}

static void add_option(struct check *c, struct expr *e, const struct option *o)
{
	struct option *copy;
	struct diag *d;

	for (size_t i = 0; i < c->p->options.nr; i++) {
		struct option *old = c->p->options.v[i];

		if (strcmp(old->name, o->name))
			continue;
		if (!*old->help)
			old->help = o->help;
		if (same_default(&old->def, &o->def))
			return;
		d = check__error(c, e->loc, "E_OPT_DEFAULT",
				 "the option %s has another default before", o->name);
		check__context(c, d, old->loc, "the first use");
		return;
	}
	copy = NEW(c->a, struct option);
	*copy = *o;
	vec_push(c->a, &c->p->options, copy);
}

/* The name and the help never reach the kernel: max_strlen is none of their business. */
void check__getopt(struct check *c, struct expr *e)
{
	const struct konst *name, *help = NULL;
	struct expr *def = call__arg(e, 1);
	struct option o = { .loc = e->loc, .help = "" };

	for (unsigned i = 0; i < call__nr(e); i++) {
		struct expr *arg = call__arg(e, i);

		if (i != 1 && arg->kind == EX_STR)
			fold__str(c, arg, arg->str.s, arg->str.len);
		else
			check__expr(c, arg);
	}
	name = arg__string(c, e, 0);
	if (!name)
		return;
	if (def)
		check__want_constant(c, def);
	if (def && !def->konst) {
		arg__reject(c, e, 1, "a literal");
		return;
	}
	if (call__arg(e, 2)) {
		help = arg__string(c, e, 2);
		if (!help)
			return;
		o.help = help->str;
	}
	o.name = name->str;
	o.type = option_type(c, def);
	o.def = def ? *def->konst : *konst__bool(c, false);
	add_option(c, e, &o);
	e->type = o.type;
}
