// SPDX-License-Identifier: Apache-2.0
/*
 * A pattern is TYPE:REST; without a colon it is the last part of each type. Types
 * are listed in the order of their names, the lines of each in that of bytes.
 * What a type's probes are is asked where the tools ask for it, too.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../rtlib/src/internal.h"
#include "ctypes.h"
#include "list.h"

void list__add(struct lister *l, const char *args, const char *fmt, ...)
{
	struct list_line line = { .args = args };
	va_list ap;

	va_start(ap, fmt);
	line.text = arena__vprintf(l->a, fmt, ap);
	va_end(ap);
	vec_push(l->a, &l->lines, line);
}

void list__split(struct lister *l, const char *s, const char **first, const char **second)
{
	bool quoted = false;
	const char *c;

	for (c = s; *c && (*c != ':' || quoted); c++)
		quoted ^= *c == '"';
	*second = *c ? c + 1 : NULL;
	if (*s == '"' && c > s + 1 && c[-1] == '"')
		*first = arena__strndup(l->a, s + 1, (size_t)(c - s - 2));
	else
		*first = arena__strndup(l->a, s, (size_t)(c - s));
}

/* --- tracepoints ------------------------------------------------------------------------- */

/* The declarations in a format file, but for those that all events have. */
static const char *fields(struct lister *l, const char *event)
{
	struct buf b = { 0 };
	const char *path, *text, *s, *end;
	size_t len;

	path = arena__printf(l->a, "%s/events/%s/format", btc_tracefs(), event);
	for (s = read_file(l->a, path, &len); s && (s = strstr(s, "field:")); s = end) {
		s += strlen("field:");
		end = strchrnul(s, ';');
		text = arena__strndup(l->a, s, (size_t)(end - s));
		if (!strstr(text, " common_"))
			buf__printf(&b, "    %s\n", text);
	}
	text = b.s ? arena__strdup(l->a, b.s) : NULL;
	buf__free(&b);
	return text;
}

static void tracepoints(struct lister *l, const struct provider *p, const char *rest)
{
	struct btc_strs all = { 0 };
	const char *cat, *event, *args;

	list__split(l, rest, &cat, &event);
	if (!event) { /* one part is the event */
		event = cat;
		cat = "*";
	}
	btc_tracefs_events(cat, event, &all);
	for (size_t i = 0; i < all.nr; i++) {
		char *path = arena__strdup(l->a, all.s[i]);

		/* Formats of ftrace's own records: no tracepoints. */
		if (!strncmp(path, "ftrace:", 7))
			continue;
		*strchr(path, ':') = '/';
		args = l->o->verbose ? fields(l, path) : NULL;
		list__add(l, args, "%s:%s", p->name, all.s[i]);
	}
	btc_strs_free(&all);
}

/* --- names that never change ---------------------------------------------------------------- */

/* `software:cpu:` is how they are listed, so it is a pattern, too. */
static const char *without_colon(struct lister *l, const char *s)
{
	size_t len = strlen(s);

	return len && s[len - 1] == ':' ? arena__strndup(l->a, s, len - 1) : s;
}

static void perf_events(struct lister *l, const struct provider *p, const char *rest)
{
	const char *pattern = without_colon(l, rest), *name, *alias;

	for (size_t i = 0; (name = provider__event(p->kind, i)); i++) {
		alias = provider__event_alias(p->kind, i);
		if (btc_match(pattern, name))
			list__add(l, NULL, "%s:%s:", p->name, name);
		if (alias && btc_match(pattern, alias))
			list__add(l, NULL, "%s:%s:", p->name, alias);
	}
}

static void timers(struct lister *l, const struct provider *p, const char *rest)
{
	static const char *const units[] = { "hz", "ms", "s", "us" };
	const char *pattern = without_colon(l, rest);

	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (btc_match(pattern, units[i]))
			list__add(l, NULL, "%s:%s:", p->name, units[i]);
	}
}

static void self(struct lister *l, const struct provider *p, const char *rest)
{
	if (btc_match(rest, "signal:SIGUSR1"))
		list__add(l, NULL, "%s:signal:SIGUSR1", p->name);
}

/* --- all types --------------------------------------------------------------------------------- */

static const struct {
	enum provider_kind kind;
	list_fn *list;
	bool wild; /* it belongs to what a pattern for types matches */
	bool user; /* it does if there is a file to look into */
} kinds[] = {
	{ PROV_FENTRY, list__tracing, true, false },
	{ PROV_FEXIT, list__tracing, false, false },
	{ PROV_HARDWARE, perf_events, true, false },
	{ PROV_INTERVAL, timers, false, false },
	{ PROV_ITER, list__iter, true, false },
	{ PROV_KPROBE, list__functions, true, false },
	{ PROV_KRETPROBE, list__functions, false, false },
	{ PROV_PROFILE, timers, false, false },
	{ PROV_RAWTRACEPOINT, list__raw, true, false },
	{ PROV_SELF, self, false, false },
	{ PROV_SOFTWARE, perf_events, true, false },
	{ PROV_TRACEPOINT, tracepoints, true, false },
	{ PROV_UPROBE, list__user, true, true },
	{ PROV_URETPROBE, list__user, false, true },
	{ PROV_USDT, list__usdt, true, true },
};

static int by_text(const void *a, const void *b)
{
	const struct list_line *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static void print_lines(struct lister *l)
{
	if (l->lines.nr)
		qsort(l->lines.v, l->lines.nr, sizeof(*l->lines.v), by_text);
	for (size_t i = 0; i < l->lines.nr; i++) {
		if (i && !strcmp(l->lines.v[i - 1].text, l->lines.v[i].text))
			continue;
		puts(l->lines.v[i].text);
		if (l->lines.v[i].args)
			fputs(l->lines.v[i].args, stdout);
	}
	l->lines.nr = 0;
}

static void search(struct lister *l, const char *pattern)
{
	const struct provider *exact;
	const char *type, *rest;

	if (list__is_type(pattern)) {
		list__types(l, pattern);
		print_lines(l);
		return;
	}
	list__split(l, pattern, &type, &rest);
	if (!rest) {
		rest = type;
		type = "*";
	}
	exact = provider__find(type, strlen(type));
	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const struct provider *p = provider__get(kinds[i].kind);
		const char *target, *more;

		list__split(l, rest, &target, &more);
		if (exact ? exact != p : !kinds[i].wild || !btc_match(type, p->name))
			continue;
		if (!exact && kinds[i].user && !l->o->pid && (!more || strchr(target, '*')))
			continue;
		kinds[i].list(l, p, rest);
		print_lines(l);
	}
}

/* Looks like the name of a script that is not there. */
static void hint_file(const char *pattern)
{
	if (strchr(pattern, '.') && !strpbrk(pattern, ":* ") && access(pattern, F_OK))
		fprintf(stderr,
			"btc: warning: there is no file %s; it is taken for a pattern of probes\n",
			pattern);
}

int list__run(struct arena *a, const struct list_options *o)
{
	struct lister l = { .a = a, .o = o };
	char *patterns = arena__strdup(a, o->search && *o->search ? o->search : "*:*"), *s;
	static char room[1 << 16];

	setvbuf(stdout, room, _IOFBF, sizeof(room));
	l.types = ctypes__new(a, diags__new(a), &o->types);
	while ((s = strsep(&patterns, ","))) {
		s += strspn(s, " ");
		hint_file(s);
		search(&l, s);
	}
	ctypes__free(l.types);
	if (l.traceable)
		btc_strs_free(l.traceable);
	if (!fflush(stdout))
		return 0;
	perror("btc: error: cannot write to stdout");
	return 1;
}
