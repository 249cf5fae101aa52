// SPDX-License-Identifier: Apache-2.0
/* Functions and USDT probes of programs and libraries. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../rtlib/src/internal.h"
#include "../rtlib/src/usdt.h"
#include "list.h"

/* --- functions --------------------------------------------------------------------------- */

/* One program or library. */
struct user_file {
	struct lister *l;
	const struct provider *p;
	const char *path;
	struct btc_elf elf;
	struct list_dwarf *types;
};

static void function(struct user_file *f, const struct btc_elf_sym *sym, const char *pattern,
		     bool cpp)
{
	const char *name = btc_elf_name(&f->elf, sym), *args = NULL;
	char *text = NULL;

	if (cpp ? !btc_is_cpp(name, pattern) : !btc_match(pattern, name))
		return;
	if (cpp && !(text = btc_demangle(name)))
		return;
	if (f->types)
		args = list_dwarf__args(f->types, sym->addr, f->p->kind == PROV_URETPROBE);
	if (cpp)
		list__add(f->l, args, "%s:%s:cpp:\"%s\"", f->p->name, f->path, text);
	else
		list__add(f->l, args, "%s:%s:%s", f->p->name, f->path, name);
	free(text);
}

/* TARGET:FUNCTION, TARGET:cpp:FUNCTION; of a process just FUNCTION, or cpp:FUNCTION. */
static void parse_parts(struct lister *l, const char *rest, const char **target, const char **func,
			bool *cpp)
{
	list__split(l, rest, target, func);
	if (!*func) {
		*func = *target;
		*target = "";
	}
	*cpp = !strncmp(*func, "cpp:", 4);
	if (*cpp)
		*func += 4;
	if (**func == '"' && strlen(*func) > 2)
		*func = arena__strndup(l->a, *func + 1, strlen(*func) - 2);
}

void list__user(struct lister *l, const struct provider *p, const char *rest)
{
	const char *target, *func;
	struct btc_strs files = { 0 };
	bool cpp;

	parse_parts(l, rest, &target, &func, &cpp);
	btc_find_files(l->o->pid, target, &files);
	for (size_t i = 0; i < files.nr; i++) {
		struct user_file f = { .l = l, .p = p, .path = files.s[i] };

		if (btc_elf_open(&f.elf, f.path))
			continue;
		if (l->o->verbose)
			f.types = list_dwarf__open(l, f.path);
		for (size_t k = 0; k < f.elf.nr; k++)
			function(&f, &f.elf.sym[k], func, cpp);
		btc_elf_close(&f.elf);
	}
	btc_strs_free(&files);
}

/* --- USDT ----------------------------------------------------------------------------------- */

struct usdt_search {
	struct lister *l;
	const struct provider *p;
	const char *path, *ns, *name;
};

static int found(struct btc_usdt_note *n, void *arg)
{
	struct usdt_search *s = arg;

	if (btc_match(s->ns, n->provider) && btc_match(s->name, n->name))
		list__add(s->l, NULL, "%s:%s:%s:%s", s->p->name, s->path, n->provider, n->name);
	return 0;
}

void list__usdt(struct lister *l, const struct provider *p, const char *rest)
{
	struct usdt_search s = { .l = l, .p = p };
	struct btc_strs files = { 0 };
	const char *target;

	list__split(l, rest, &target, &s.ns);
	if (!s.ns) { /* of a process: all its files */
		s.ns = target;
		target = "*";
	}
	list__split(l, s.ns, &s.ns, &s.name);
	if (!s.name) {
		s.name = s.ns;
		s.ns = "*";
	}
	btc_find_files(l->o->pid, target, &files);
	for (size_t i = 0; i < files.nr; i++) {
		struct btc_usdt_file f;

		s.path = files.s[i];
		btc_usdt_read(&f, files.s[i], found, &s);
	}
	btc_strs_free(&files);
}
