// SPDX-License-Identifier: Apache-2.0
/*
 * From the typed tree to the plan: units become functions, statements become
 * lines of C. Values are lowered by lower_expr.c and its neighbours, which
 * emit a line for each helper call and return the text of the result.
 *
 * A value that holds for the whole event (pid, a tracepoint field, an element's
 * address) is kept while its block lasts, so that it is fetched once. Large
 * objects live in scratch memory, which is asked for after the predicate.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cfuncs.h"
#include "lower_priv.h"

#define SCRATCH_LIMIT (256u << 10) /* of a program; a CPU has several */

/* --- units ------------------------------------------------------------------------------- */

/* Programs of these never nest on one CPU: the kernel's bpf_prog_active excludes them. */
bool l__is_exclusive(enum provider_kind k)
{
	switch (k) {
	case PROV_KPROBE:
	case PROV_KRETPROBE:
	case PROV_TRACEPOINT:
	case PROV_INTERVAL:
	case PROV_PROFILE:
	case PROV_SOFTWARE:
	case PROV_HARDWARE:
	case PROV_WATCHPOINT:
	case PROV_ASYNCWATCHPOINT: return true;
	default: return false;
	}
}

static bool is_filtered_by_pid(enum provider_kind k)
{
	switch (k) {
	case PROV_KPROBE:
	case PROV_KRETPROBE:
	case PROV_FENTRY:
	case PROV_FEXIT:
	case PROV_TRACEPOINT:
	case PROV_RAWTRACEPOINT: return true;
	default: return false;
	}
}

/* Ids are those of the tool's PID namespace: btc_pid_tgid() uses these. */
static void use_namespace(struct lower *l)
{
	const struct loc nowhere = { 0 };

	late_fact(l, "__u64", "btc_ns_dev", "BTC_LATE_NS_DEV", NULL, 8, nowhere);
	late_fact(l, "__u64", "btc_ns_ino", "BTC_LATE_NS_INO", NULL, 8, nowhere);
}

const char *pid_tgid(struct lower *l)
{
	struct cached *c = l__cached(l, CACHE_TEXT, "pid_tgid");
	struct cached fresh = { .kind = CACHE_TEXT, .name = "pid_tgid" };

	if (c)
		return c->text;
	use_namespace(l);
	fresh.text = l__local(l, "__u64", "pid_tgid");
	l__emit(l, "%s = btc_pid_tgid();", fresh.text);
	l__cache(l, fresh);
	return fresh.text;
}

static void late_value(struct lower *l, const char *decl, const char *symbol, const char *kind,
		       uint32_t size)
{
	struct plan_late late = { .decl = decl, .symbol = symbol, .kind = kind, .size = size };
	size_t i;

	for (i = 0; i < l->plan->late.nr; i++)
		if (!strcmp(l->plan->late.v[i].symbol, symbol))
			return;
	vec_push(l->a, &l->plan->late, late);
}

/* `if (a && b)` of a predicate becomes two early returns. */
static void predicate(struct lower *l, const struct expr *e)
{
	const char *text;

	if (!e->konst && e->kind == EX_BINARY && e->bin.op == OP_LAND) {
		predicate(l, e->bin.l);
		predicate(l, e->bin.r);
		return;
	}
	l->line = l__line_of(e->loc);
	text = condition(l, e);
	l__emit(l, "if (!%s)", paren(l, text));
	l->fn->indent++;
	l__return(l, NULL);
	l->fn->indent--;
	l__free_temps(l, NULL, 0);
}

/*
 * Scratch memory is asked for where the first use can be: after the predicate,
 * unless that needs it. Returns behind that place give a claimed slot back.
 */
static void place_scratch(struct lower *l, struct plan_func *f, size_t at)
{
	line_vec old = f->lines;
	struct plan_line line = { .line = at < old.nr ? old.v[at].line : 0,
				  .file = l->file,
				  .indent = 1 };
	bool put = false;
	size_t i;

	vec_push(l->a, &f->decls, FMT(l, "struct %s *s", l->scratch->name));
	if (l->claims)
		vec_push(l->a, &f->decls, FMT(l, "int ret = %s", l->fn->ret));
	memset(&f->lines, 0, sizeof(f->lines));
	for (i = 0; i < at; i++)
		vec_push(l->a, &f->lines, old.v[i]);
	line.text = l->claims ? "s = btc_scratch_claim(&btc_scratch);"
			      : "s = btc_scratch_own(&btc_scratch);";
	vec_push(l->a, &f->lines, line);
	line.text = "if (!s)";
	vec_push(l->a, &f->lines, line);
	line.indent = 2;
	line.text = FMT(l, "return %s;", l->fn->ret);
	vec_push(l->a, &f->lines, line);
	line.indent = 1;
	if (l->frame) {
		line.text = "f->s = s;";
		vec_push(l->a, &f->lines, line);
	}
	for (; i < old.nr; i++) {
		line = old.v[i];
		if (l->claims && !strncmp(line.text, "return ", 7)) {
			put = true;
			if (i + 1 == old.nr)
				break;
			if (strcmp(line.text + 7, FMT(l, "%s;", l->fn->ret))) {
				line.text = FMT(l, "{ ret = %.*s; goto out; }",
						(int)strlen(line.text + 7) - 1, line.text + 7);
			} else {
				line.text = "goto out;";
			}
		}
		vec_push(l->a, &f->lines, line);
	}
	if (!put)
		return;
	line = old.v[old.nr - 1];
	if (strcmp(line.text + 7, FMT(l, "%s;", l->fn->ret))) {
		line.text = FMT(l, "ret = %s", line.text + 7);
		vec_push(l->a, &f->lines, line);
	}
	line.indent = 0;
	line.text = "out:";
	vec_push(l->a, &f->lines, line);
	line.indent = 1;
	line.text = "btc_scratch_put(s);";
	vec_push(l->a, &f->lines, line);
	line.text = "return ret;";
	vec_push(l->a, &f->lines, line);
}

static bool has_goto(const struct plan_func *f)
{
	size_t i;

	for (i = 0; i < f->lines.nr; i++)
		if (strstr(f->lines.v[i].text, "goto out;"))
			return true;
	return false;
}

/* A label that nothing jumps to is a warning. */
static void drop_label(struct lower *l, struct plan_func *f)
{
	line_vec old = f->lines;
	size_t i;

	if (has_goto(f))
		return;
	memset(&f->lines, 0, sizeof(f->lines));
	for (i = 0; i < old.nr; i++)
		if (strcmp(old.v[i].text, "out:"))
			vec_push(l->a, &f->lines, old.v[i]);
}

static void too_large(struct lower *l)
{
	struct diag *d = diag__error(l->d, l->unit->probe->loc, "E_STACK_SIZE",
				     "the strings and other objects of this probe take %u bytes, "
				     "the limit is %u",
				     l->scratch->size, SCRATCH_LIMIT);

	diag__hint(l->d, d,
		   "a lower max_strlen (now %u), a length for str() and several probes take less",
		   (unsigned)l->cfg->max_strlen);
}

static void finish_program(struct lower *l, struct fn *fn, size_t scratch_at)
{
	struct plan_line line = { .file = l->file, .indent = 1 };
	line_vec old;
	size_t i;

	if (fn->need_scratch)
		place_scratch(l, fn->f, scratch_at);
	drop_label(l, fn->f);
	if (l->scratch) {
		if (l->records)
			vec_push(l->a, &l->scratch->members, FMT(l, "union {%s }", l->records));
		l->scratch->size += l->record_size;
		vec_push(l->a, &l->plan->structs, l->scratch);
		if (l->scratch->size > SCRATCH_LIMIT)
			too_large(l);
		if (l->scratch->size > l->plan->scratch_size)
			l->plan->scratch_size = l->scratch->size;
	}
	if (!l->frame)
		return;
	vec_push(l->a, &l->frame->members, "void *ctx");
	vec_push(l->a, &l->frame->members, "__u64 returned");
	if (l->scratch)
		vec_push(l->a, &l->frame->members, FMT(l, "struct %s *s", l->scratch->name));
	vec_push(l->a, &l->plan->structs, l->frame);
	vec_push(l->a, &fn->f->decls, FMT(l, "struct %s frame = {}, *f = &frame", l->frame->name));
	old = fn->f->lines;
	memset(&fn->f->lines, 0, sizeof(fn->f->lines));
	line.text = "f->ctx = ctx;";
	line.line = old.nr ? old.v[0].line : 0;
	vec_push(l->a, &fn->f->lines, line);
	for (i = 0; i < old.nr; i++)
		vec_push(l->a, &fn->f->lines, old.v[i]);
}

static const char *program_name(struct lower *l, const struct unit *u, unsigned nr)
{
	const struct attach *at = u->attach.v[0];
	const char *what = at->func && *at->func ? at->func : at->prov->name;
	char *name = FMT(l, "probe_%u_%s", nr, what), *p;

	for (p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

void l__include(struct lower *l, const char *header)
{
	size_t i;

	for (i = 0; i < l->plan->includes.nr; i++)
		if (!strcmp(l->plan->includes.v[i], header))
			return;
	vec_push(l->a, &l->plan->includes, header);
}

/* Is there anything in the kernel that tells a program which of its places it runs at? */
bool l__has_cookie(enum provider_kind k)
{
	switch (k) {
	case PROV_BEGIN:
	case PROV_END:
	case PROV_SELF:
	case PROV_TEST:
	case PROV_BENCH:
	case PROV_ITER:
	case PROV_FENTRY:
	case PROV_FEXIT:
	case PROV_RAWTRACEPOINT: return false;
	default: return true;
	}
}

/* fentry, fexit and raw tracepoints have one target a program; `args` binds to one event. */
static bool is_per_match(const struct unit *u)
{
	switch (u->attach.v[0]->prov->kind) {
	case PROV_FENTRY:
	case PROV_FEXIT:
	case PROV_RAWTRACEPOINT: return true;
	case PROV_TRACEPOINT: return u->uses_args;
	default: return false;
	}
}

/* watchpoint:FUNCTION+argN: a second program sees the function's entry, and asks for its memory. */
static const char *watch_setup(struct lower *l, const struct attach *at)
{
	bool sync = at->prov->kind == PROV_WATCHPOINT;
	unsigned row = l->plan->probes.nr;
	struct plan_func *f;
	struct plan_line line = { .line = l__line_of(at->loc), .file = l->file, .indent = 1 };

	if ((at->prov->kind != PROV_WATCHPOINT && at->prov->kind != PROV_ASYNCWATCHPOINT) ||
	    !*at->func)
		return NULL;
	l__include(l, "watch.bpf.h");
	f = NEW(l->a, struct plan_func);
	f->sec = "uprobe";
	f->name = FMT(l, "watch_%u", row + 1);
	f->comment = at->text;
	line.text = FMT(l, "btc_watch(%s, btc_arg(ctx, %llu), %d);", watch_action(l, row),
			(unsigned long long)at->offset, sync);
	vec_push(l->a, &f->lines, line);
	line.text = "return 0;";
	vec_push(l->a, &f->lines, line);
	vec_push(l->a, &l->plan->funcs, f);
	return f->name;
}

static bool ends_in_return(const struct plan_func *f)
{
	const struct plan_line *last = f->lines.nr ? &f->lines.v[f->lines.nr - 1] : NULL;

	return last && last->indent == 1 && !strncmp(last->text, "return ", 7);
}

/* Compilers run beside the script; NULL: it is the script. */
static const char *imported_file(struct lower *l, const struct source *src)
{
	return src && src != l->prog->src ? source__path_from(l->a, src, l->prog->src) : NULL;
}

/* Which of the script's probes it is. */
static unsigned probe_index(const struct lower *l, const struct probe *p)
{
	size_t i;

	for (i = 0; i < l->prog->probes.nr && l->prog->probes.v[i] != p; i++)
		;
	return (unsigned)i;
}

static void lower_program(struct lower *l, struct unit *u, const struct attach *only)
{
	const struct attach *at = only ? only : u->attach.v[0];
	struct fn fn = { 0 };
	size_t i, scratch_at;

	l->unit = u;
	l->at = at;
	l->file = imported_file(l, u->probe->loc.src);
	l->per_match = is_per_match(u);
	l->scratch = NULL;
	l->records = NULL;
	l->record_size = 0;
	l->frame = NULL;
	l->claims = !l__is_exclusive(at->prov->kind);
	l->returns = false;
	l->nr_loops = 0;
	l->nr_captured = 0;
	l->nr_args = 0;
	l->fn = NULL;
	memset(&l->var_lv, 0, sizeof(l->var_lv));
	for (i = 0; i <= u->nr_vars; i++)
		vec_push(l->a, &l->var_lv, (const char *)NULL);
	if (u->has_for) {
		l->frame = NEW(l->a, struct plan_struct);
		l->frame->name = FMT(l, "frame_%zu", l->plan->probes.nr + 1);
	}
	l__begin_fn(l, &fn, program_name(l, u, l->plan->probes.nr + 1));
	fn.f->sec = at->prov->kind == PROV_RAWTRACEPOINT && u->uses_objects ? "tp_btf"
									    : at->prov->sec;
	fn.f->comment = at->text;
	fn.ret = at->prov->kind == PROV_TRACEPOINT ? "1" : "0";
	l->line = l__line_of(u->probe->loc);
	if (is_filtered_by_pid(at->prov->kind)) {
		late_value(l, "__u32 btc_pid", "btc_pid", "BTC_LATE_PID", 4);
		use_namespace(l);
		l__emit(l, "if (btc_pid && btc_pid_tgid() >> 32 != btc_pid)");
		fn.indent++;
		l__return(l, NULL);
		fn.indent--;
	}
	if (at->prov->kind == PROV_ITER)
		iter_begin(l);
	if (u->pred)
		predicate(l, u->pred);
	scratch_at = fn.need_scratch ? 0 : fn.f->lines.nr;
	l__block(l, u->body, NULL);
	l->line = l__line_of((struct loc){ u->body->loc.src, u->body->loc.end - 1, u->body->loc.end,
					   u->body->loc.via });
	if (!ends_in_return(fn.f))
		l__return(l, NULL);
	finish_program(l, &fn, scratch_at);
	vec_push(l->a, &l->plan->funcs, fn.f);
	for (i = 0; i < u->attach.nr; i++) {
		struct plan_probe p = { .at = u->attach.v[i],
					.prog = fn.f->name,
					.per_match = l->per_match,
					.list = probe_index(l, u->probe),
					.nr_args = l->nr_args,
					.build_id = u->build_id };

		if (only && only != u->attach.v[i])
			continue;
		p.setup = watch_setup(l, p.at);
		vec_push(l->a, &l->plan->probes, p);
	}
}

static void lower_unit(struct lower *l, struct unit *u)
{
	size_t i;

	if (!u->attach.nr)
		return;
	if (!is_per_match(u) && (!u->uses_probe || l__has_cookie(u->attach.v[0]->prov->kind))) {
		lower_program(l, u, NULL);
		return;
	}
	for (i = 0; i < u->attach.nr; i++)
		lower_program(l, u, u->attach.v[i]);
}

static bool reads_lines(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->probes.nr; i++)
		if (p->probes.v[i].at->file)
			return true;
	return false;
}

static bool demangles(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->probes.nr; i++)
		if (p->probes.v[i].at->ns && !strcmp(p->probes.v[i].at->ns, "cpp"))
			return true;
	for (i = 0; i < p->types.nr && p->cfg->cpp_demangle; i++)
		if (!strcmp(p->types.v[i]->kind, "BTC_USYM") ||
		    !strcmp(p->types.v[i]->kind, "BTC_USTACK"))
			return true;
	return false;
}

/* --- the tool ----------------------------------------------------------------------------- */

/* A parameter; one that is used as a number and as a text has two rows. */
static void add_param(struct lower *l, const struct param *p, bool text, const char *symbol)
{
	struct plan_option o = { .position = p->n, .help = "", .where = p->loc, .symbol = symbol };
	struct plan_late late = { .where = p->loc, .symbol = symbol };

	o.type = text ? "BTC_OPT_STR" : "BTC_OPT_S64";
	if (symbol) {
		o.size = late.size = text ? l->cfg->max_strlen : 8;
		late.decl = text ? FMT(l, "char %s[%u]", symbol, o.size)
				 : FMT(l, "__s64 %s", symbol);
		vec_push(l->a, &l->plan->late, late);
	}
	vec_push(l->a, &l->plan->options, o);
}

static void add_options(struct lower *l)
{
	struct plan_option o;
	struct plan_late late;
	const struct option *opt;
	const struct param *p;
	size_t i;

	for (i = 0; i < l->prog->options.nr; i++) {
		opt = l->prog->options.v[i];
		memset(&o, 0, sizeof(o));
		memset(&late, 0, sizeof(late));
		o.name = opt->name;
		o.help = opt->help ? opt->help : "";
		o.where = late.where = opt->loc;
		o.symbol = late.symbol = FMT(l, "opt_%zu", i + 1);
		late.name = opt->name;
		if (opt->type->kind == TY_STRING) {
			o.type = "BTC_OPT_STR";
			o.size = l->cfg->max_strlen;
			o.def = opt->def.str;
			late.decl = FMT(l, "char %s[%u]", o.symbol, o.size);
		} else if (opt->type->kind == TY_BOOL) {
			o.type = "BTC_OPT_BOOL";
			o.size = 1;
			o.def = opt->def.num ? "true" : "false";
			late.decl = FMT(l, "__u8 %s", o.symbol);
		} else {
			o.type = opt->type->is_signed ? "BTC_OPT_S64" : "BTC_OPT_U64";
			o.size = 8;
			o.def = opt->type->is_signed
					? FMT(l, "%lld", (long long)opt->def.num)
					: FMT(l, "%llu", (unsigned long long)opt->def.num);
			late.decl =
				FMT(l, "%s %s", opt->type->is_signed ? "__s64" : "__u64", o.symbol);
		}
		late.size = o.size;
		vec_push(l->a, &l->plan->options, o);
		vec_push(l->a, &l->plan->late, late);
	}
	for (i = 0; i < l->prog->params.nr; i++) {
		p = &l->prog->params.v[i];
		if (p->as_int)
			add_param(l, p, false, FMT(l, "param_%u", p->n));
		if (p->as_str)
			add_param(l, p, true, FMT(l, "text_%u", p->n));
		if (!p->as_int && !p->as_str)
			add_param(l, p, false, NULL);
	}
}

/* The skeleton has a struct of that name. */
static bool is_keyword(const char *s)
{
	static const char words[] =
		" asm auto break case char const continue default do double else enum extern float "
		"for goto if inline int long register restrict return short signed sizeof static "
		"struct switch typedef typeof union unsigned void volatile while ";
	const char *at = strstr(words, s);

	return at && at > words && at[-1] == ' ' && at[strlen(s)] == ' ';
}

static const char *identifier(struct lower *l, const char *name)
{
	char *s = arena__strndup(l->a, name, strnlen(name, 15)), *p;

	for (p = s; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	if (is_keyword(s))
		return FMT(l, "%s_", s);
	return isdigit((unsigned char)*s) || !*s ? FMT(l, "t%.14s", s) : s;
}

static uint32_t ring_size(const struct config *cfg)
{
	uint32_t size = 4096;

	while (size < cfg->perf_rb_pages * 4096 && size < 1u << 30)
		size *= 2;
	return size;
}

struct plan *lower(struct arena *a, struct diags *d, struct program *p, struct ctypes *types,
		   const struct config *cfg, const struct lower_options *o)
{
	struct lower l = { .a = a, .d = d, .prog = p, .types = types, .cfg = cfg };
	unsigned errors = diags__nr_errors(d);
	size_t i;

	l.plan = NEW(a, struct plan);
	l.plan->name = o->name;
	l.plan->ident = identifier(&l, o->name);
	l.plan->source = source__public_name(p->src);
	l.plan->script = p->src;
	l.plan->no_text = o->no_text;
	l.plan->made_for = o->made_for;
	l.plan->about = about__read(a, p->src, o->name);
	l.plan->uses = o->unsafe ? BTC_USES_UNSAFE : 0;
	l.plan->cfg = cfg;
	l.plan->guarded = p->guarded;
	l.plan->ring_bytes = ring_size(cfg);
	add_options(&l);
	for (i = 0; i < p->objects.nr; i++)
		vec_push(a, &l.plan->objects, p->objects.v[i].path);
	for (i = 0; i < p->maps.nr; i++)
		map_plan(&l, p->maps.v[i]);
	for (i = 0; i < p->units.nr; i++)
		lower_unit(&l, p->units.v[i]);
	about__options(d, l.plan);
	l.plan->demangles = demangles(l.plan);
	l.plan->reads_lines = reads_lines(l.plan);
	if (l.zero_room)
		vec_push(a, &l.plan->strings,
			 arena__printf(a, "const char btc_zero[%u] __attribute__((aligned(8)))",
				       l.zero_room));
	return diags__nr_errors(d) == errors ? l.plan : NULL;
}
