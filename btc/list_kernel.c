// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's functions, raw tracepoints and iterators. tracefs knows what can be
 * traced; where it does not tell, the symbols stand in for it. Types are BTF's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "../rtlib/src/internal.h"
#include "ctypes.h"
#include "list.h"

/* --- types as text -------------------------------------------------------------------------- */

static void on_text(void *ctx, const char *fmt, va_list ap)
{
	buf__vprintf(ctx, fmt, ap);
}

/* Writes declarations of one BTF's types. */
struct writer {
	struct buf text;
	struct btf_dump *dump;
	const struct btf *btf;
};

static bool open_writer(struct writer *w, const struct btf *btf)
{
	memset(w, 0, sizeof(*w));
	w->btf = btf;
	w->dump = btf_dump__new(btf, on_text, &w->text, NULL);
	return !libbpf_get_error(w->dump);
}

static void close_writer(struct writer *w)
{
	btf_dump__free(w->dump);
	buf__free(&w->text);
}

/* "    struct file * arg0\n" */
static void write_one(struct writer *w, uint32_t type, const char *name)
{
	LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts, .field_name = "");

	buf__str(&w->text, "    ");
	btf_dump__emit_type_decl(w->dump, type, &opts);
	buf__printf(&w->text, " %s\n", name);
}

static const char *take_text(struct lister *l, struct writer *w)
{
	const char *text = w->text.len ? arena__strdup(l->a, w->text.s) : NULL;

	w->text.len = 0;
	return text;
}

/* By their names, or by their numbers as arg0, arg1, …; from @first on. */
static void write_params(struct lister *l, struct writer *w, const struct btf_type *proto,
			 unsigned first, bool numbered)
{
	const struct btf_param *p = btf_params(proto);
	unsigned nr = btf_vlen(proto);

	for (unsigned i = first; i < nr; i++) {
		const char *name = btf__name_by_offset(w->btf, p[i].name_off);

		if (!p[i].type) { /* … */
			buf__str(&w->text, "    ...\n");
			continue;
		}
		if (numbered || !*name)
			name = arena__printf(l->a, "arg%u", i - first);
		write_one(w, p[i].type, name);
	}
}

static const struct btf_type *proto_of(const struct btf *btf, uint32_t func)
{
	return btf__type_by_id(btf, btf__type_by_id(btf, func)->type);
}

static void write_return(struct writer *w, const struct btf_type *proto)
{
	if (proto->type)
		write_one(w, proto->type, "retval");
}

/* --- what can be traced ------------------------------------------------------------------------- */

static bool is_left_out(const char *name)
{
	return btc_function_is_unsafe(name) || strstr(name, ".part.");
}

/* Where the kernel does not tell which functions can be traced: its symbols. */
static void from_symbols(struct btc_strs *out)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], name[256], module[64], type;
	int n;

	while (f && fgets(line, sizeof(line), f)) {
		n = sscanf(line, "%*s %c %255s [%63[^]]", &type, name, module);
		if (n < 2 || !strchr("tTwW", type) || is_left_out(name))
			continue;
		/* Halves of functions, paddings and traps of compilers. */
		if (strstr(name, ".cold") || !strncmp(name, "__pfx_", 6) ||
		    !strncmp(name, "__cfi_", 6) || (n > 2 && !strcmp(module, "bpf")))
			continue;
		if (n > 2)
			snprintf(line, sizeof(line), "%s:%s", module, name);
		btc_strs_add(out, n > 2 ? line : name);
	}
	if (f)
		fclose(f);
}

/* "function" and "module:function" of all; read once. */
static const struct btc_strs *traceable(struct lister *l)
{
	if (l->traceable)
		return l->traceable;
	l->traceable = NEW(l->a, struct btc_strs);
	if (btc_functions("", "*", l->traceable)) {
		btc_strs_free(l->traceable);
		from_symbols(l->traceable);
	}
	return l->traceable;
}

static struct strmap *traceable_names(struct lister *l)
{
	const struct btc_strs *all = traceable(l);

	if (l->traceable_names)
		return l->traceable_names;
	l->traceable_names = strmap__new(l->a);
	for (size_t i = 0; i < all->nr; i++)
		strmap__set(l->traceable_names, all->s[i], l);
	return l->traceable_names;
}

/* --- kprobe, kretprobe ----------------------------------------------------------------------------- */

struct named_types {
	struct strmap *ids; /* of functions, by name */
	struct writer w;
};

static bool open_types(struct lister *l, struct named_types *t)
{
	struct btf_src *s = l->o->verbose ? ctypes__kernel(l->types) : NULL;

	return s && open_writer(&t->w, s->btf);
}

static const char *function_args(struct lister *l, struct named_types *t, const char *name,
				 bool returns)
{
	struct btf_src *s;
	uint32_t id = ctypes__find_func(l->types, "vmlinux", name, &s);
	const struct btf_type *proto;

	if (!id)
		return NULL;
	proto = proto_of(s->btf, id);
	if (returns)
		write_return(&t->w, proto);
	else
		write_params(l, &t->w, proto, 0, true);
	return take_text(l, &t->w);
}

void list__functions(struct lister *l, const struct provider *p, const char *rest)
{
	const char *module, *func, *name, *colon, *args;
	struct named_types types = { 0 };
	const struct btc_strs *all = traceable(l);
	bool typed, with_module;

	list__split(l, rest, &module, &func);
	with_module = func;
	if (!func) {
		func = module;
		module = "*";
	}
	typed = open_types(l, &types);
	for (size_t i = 0; i < all->nr; i++) {
		colon = strchr(all->s[i], ':');
		name = colon ? colon + 1 : all->s[i];
		if (!btc_match(func, name) || is_left_out(name))
			continue;
		args = typed && !colon ? function_args(l, &types, name, p->kind == PROV_KRETPROBE)
				       : NULL;
		if (!with_module)
			list__add(l, args, "%s:%s", p->name, name);
		else if (btc_match(module, colon ? arena__strndup(l->a, all->s[i],
								  (size_t)(colon - all->s[i]))
						 : "vmlinux"))
			list__add(l, args, "%s:%s%s", p->name, colon ? "" : "vmlinux:", all->s[i]);
	}
	if (typed)
		close_writer(&types.w);
}

/* --- fentry, fexit -------------------------------------------------------------------------------------- */

static void bpf_programs(struct lister *l, const struct provider *p, const char *rest)
{
	const char *bpf, *id_text, *name;
	uint32_t id = 0;

	list__split(l, rest, &bpf, &name);
	list__split(l, name ? name : "*", &id_text, &name);
	if (!name) {
		name = id_text;
		id_text = "*";
	}
	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);
		int err = fd < 0 ? -1 : bpf_obj_get_info_by_fd(fd, &info, &len);

		if (fd >= 0)
			close(fd);
		if (!err && btc_match(name, info.name) &&
		    btc_match(id_text, arena__printf(l->a, "%u", id)))
			list__add(l, NULL, "%s:bpf:%u:%s", p->name, id, info.name);
	}
}

static void traced_in(struct lister *l, const struct provider *p, struct btf_src *s,
		      const char *module, const char *pattern)
{
	struct writer w;
	bool typed = l->o->verbose && open_writer(&w, s->btf);

	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);
		const char *name, *key;

		if (!btf_is_func(t))
			continue;
		name = btf__name_by_offset(s->btf, t->name_off);
		if (!btc_match(pattern, name) || is_left_out(name))
			continue;
		key = *s->module ? arena__printf(l->a, "%s:%s", module, name) : name;
		if (!strmap__get(traceable_names(l), key))
			continue;
		if (typed) {
			write_params(l, &w, proto_of(s->btf, id), 0, false);
			if (p->kind == PROV_FEXIT)
				write_return(&w, proto_of(s->btf, id));
		}
		list__add(l, typed ? take_text(l, &w) : NULL, "%s:%s:%s", p->name, module, name);
	}
	if (typed)
		close_writer(&w);
}

/* Calls @each for the kernel and its modules whose name @pattern matches. */
static void each_btf(struct lister *l, const struct provider *p, const char *pattern,
		     const char *rest,
		     void (*each)(struct lister *l, const struct provider *p, struct btf_src *s,
				  const char *module, const char *rest))
{
	struct btf_src *s = ctypes__kernel(l->types);

	if (!s)
		return;
	if (btc_match(pattern, "vmlinux"))
		each(l, p, s, "vmlinux", rest);
	if (!strcmp(pattern, "vmlinux"))
		return;
	ctypes__open_modules(l->types);
	for (size_t i = 0; i < l->types->modules.nr; i++) {
		s = l->types->modules.v[i];
		if (btc_match(pattern, s->module))
			each(l, p, s, s->module, rest);
	}
}

void list__tracing(struct lister *l, const struct provider *p, const char *rest)
{
	const char *module, *func;

	list__split(l, rest, &module, &func);
	if (func && !strcmp(module, "bpf")) {
		bpf_programs(l, p, rest);
		return;
	}
	if (func)
		each_btf(l, p, module, func, traced_in);
	else
		each_btf(l, p, "*", module, traced_in);
}

/* --- rawtracepoint ------------------------------------------------------------------------------------------- */

static void raw_in(struct lister *l, const struct provider *p, struct btf_src *s,
		   const char *module, const char *pattern)
{
	static const char prefix[] = "btf_trace_";
	struct writer w;
	bool typed = l->o->verbose && open_writer(&w, s->btf);

	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);
		const char *name;
		uint32_t func;
		struct btf_src *in;

		if (!btf_is_typedef(t))
			continue;
		name = btf__name_by_offset(s->btf, t->name_off);
		if (strncmp(name, prefix, strlen(prefix)))
			continue;
		name += strlen(prefix);
		if (!btc_match(pattern, name))
			continue;
		if (typed) {
			const struct btf_type *ptr = btf__type_by_id(s->btf, t->type);
			const struct btf_type *proto = btf__type_by_id(s->btf, ptr->type);

			/* Only the functions that print the event know the names. */
			func = ctypes__find_func(l->types, module,
						 arena__printf(l->a, "__bpf_trace_%s", name), &in);
			write_params(l, &w, func && in == s ? proto_of(s->btf, func) : proto, 1,
				     false);
		}
		list__add(l, typed ? take_text(l, &w) : NULL, "%s:%s:%s", p->name, module, name);
	}
	if (typed)
		close_writer(&w);
}

void list__raw(struct lister *l, const struct provider *p, const char *rest)
{
	const char *module, *event;

	list__split(l, rest, &module, &event);
	if (event)
		each_btf(l, p, module, event, raw_in);
	else
		each_btf(l, p, "*", module, raw_in);
}

/* --- iter ----------------------------------------------------------------------------------------------------- */

/* Members of the context; pointers are in unions of their own, to be 8 bytes everywhere. */
static void write_context(struct writer *w, const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);

	for (unsigned i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(w->btf, m[i].name_off);
		const struct btf_type *inner = btf__type_by_id(w->btf, m[i].type);

		if (*name && strcmp(name, "meta"))
			write_one(w, m[i].type, name);
		else if (!*name && btf_is_composite(inner))
			write_context(w, inner);
	}
}

static void iters_in(struct lister *l, const struct provider *p, struct btf_src *s,
		     const char *module, const char *pattern)
{
	static const char prefix[] = "bpf_iter__";
	struct writer w;
	bool typed = l->o->verbose && open_writer(&w, s->btf);

	(void)module;
	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);
		const char *name;

		if (!btf_is_struct(t))
			continue;
		name = btf__name_by_offset(s->btf, t->name_off);
		/* NAME__safe_trusted and the like are notes for the verifier. */
		if (strncmp(name, prefix, strlen(prefix)) || strstr(name + strlen(prefix), "__") ||
		    !btc_match(pattern, name + strlen(prefix)))
			continue;
		if (typed)
			write_context(&w, t);
		list__add(l, typed ? take_text(l, &w) : NULL, "%s:%s", p->name,
			  name + strlen(prefix));
	}
	if (typed)
		close_writer(&w);
}

void list__iter(struct lister *l, const struct provider *p, const char *rest)
{
	each_btf(l, p, "*", rest, iters_in);
}
