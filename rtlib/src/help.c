// SPDX-License-Identifier: Apache-2.0
/*
 * --help, and the lines that follow a mistake. Fits 80 columns: texts are broken
 * between words, and an option that is too long for its column has a line of
 * its own.
 */
#include <string.h>

#include "internal.h"

#define WIDTH  80
#define COLUMN 28 /* where the texts about options begin */

static const char *type_name(const struct btc_option *o)
{
	switch ((enum btc_opt_type)o->type) {
	case BTC_OPT_BOOL: return "yes or no";
	case BTC_OPT_S64:
	case BTC_OPT_U64: return "number";
	case BTC_OPT_STR: break;
	}
	return "text";
}

static const char *option_arg(const struct btc_option *o)
{
	if (o->type == BTC_OPT_BOOL)
		return o->def && !strcmp(o->def, "true") ? "yes|no" : NULL;
	if (o->arg)
		return o->arg;
	return o->type == BTC_OPT_STR ? "TEXT" : "NUMBER";
}

#define GLUE '\1' /* a blank that keeps its words together */

/* @s from column @col on, broken before WIDTH and continued at column @indent. */
static void wrap(FILE *f, const char *s, size_t col, size_t indent)
{
	bool first = true;
	size_t n, i;

	for (s += strspn(s, " "); *s; s += strspn(s, " ")) {
		n = strcspn(s, " ");
		if (first) {
			first = false;
		} else if (col + 1 + n <= WIDTH) {
			fputc(' ', f);
			col++;
		} else {
			fprintf(f, "\n%*s", (int)indent, "");
			col = indent;
		}
		for (i = 0; i < n; i++)
			fputc(s[i] == GLUE ? ' ' : s[i], f);
		col += n;
		s += n;
	}
	fputc('\n', f);
}

static void print_row(FILE *f, const char *left, const char *help)
{
	size_t n = strlen(left);

	fputs(left, f);
	if (!*help) {
		fputc('\n', f);
		return;
	}
	if (n + 2 > COLUMN)
		fprintf(f, "\n%*s", COLUMN, "");
	else
		fprintf(f, "%*s", (int)(COLUMN - n), "");
	wrap(f, help, COLUMN, COLUMN);
}

/* "text (number, default: 5)" */
static void describe(const struct btc_option *o, char *buf, size_t room)
{
	const char *quote = o->type == BTC_OPT_STR ? "\"" : "";
	bool flag = o->type == BTC_OPT_BOOL && o->def && !strcmp(o->def, "false");
	char *at;
	int n;

	n = snprintf(buf, room, "%s%s", o->help, *o->help ? " " : "");
	if (n < 0 || (size_t)n >= room || flag)
		return;
	at = buf + n;
	if (o->def && *o->def)
		snprintf(at, room - n, "(%s, default: %s%s%s)", type_name(o), quote,
			 o->type != BTC_OPT_BOOL ? o->def : "yes", quote);
	else
		snprintf(at, room - n, "(%s)", type_name(o));
	while ((at = strchr(at, ' ')))
		*at = GLUE;
}

static const struct btc_option *parameter(const struct btc_program *p, unsigned position)
{
	unsigned i;

	for (i = 0; i < p->nr_options; i++)
		if (!p->options[i].name && p->options[i].position == position)
			return &p->options[i];
	return NULL;
}

static unsigned positions(const struct btc_program *p)
{
	unsigned i, n = 0;

	for (i = 0; i < p->nr_options; i++)
		if (!p->options[i].name && p->options[i].position > n)
			n = p->options[i].position;
	return n;
}

void btc_help_script(FILE *f, const struct btc_program *p)
{
	char left[256], text[1024];
	const struct btc_option *o;
	const char *arg, *title;
	unsigned i, k;

	title = "\nParameters:\n";
	for (k = 1; k <= positions(p); k++) {
		o = parameter(p, k);
		if (!o)
			continue;
		fputs(title, f);
		title = "";
		if (o->arg)
			snprintf(left, sizeof(left), "  %s", o->arg);
		else
			snprintf(left, sizeof(left), "  $%u", k);
		if (*o->help)
			describe(o, text, sizeof(text));
		else
			snprintf(text, sizeof(text), "(%s, used at %s)", type_name(o),
				 o->where ? o->where : "no place");
		print_row(f, left, text);
	}
	title = "\nOptions:\n";
	for (i = 0; i < p->nr_options; i++) {
		o = &p->options[i];
		if (!o->name)
			continue;
		fputs(title, f);
		title = "";
		arg = option_arg(o);
		snprintf(left, sizeof(left), "      --%s%s%s", o->name, arg ? "=" : "",
			 arg ? arg : "");
		describe(o, text, sizeof(text));
		print_row(f, left, text);
	}
}

void btc_help_list(const struct btc_program *p)
{
	const struct btc_option *o = p->options;
	unsigned i;

	for (i = 0; i < p->nr_options; i++, o++)
		if (o->name)
			printf("--%s%s%s\n", o->name, *o->help ? ": " : "", o->help);
}

void btc_help_usage(FILE *f, const struct btc_program *p)
{
	const struct btc_option *o;
	unsigned k;

	fprintf(f, "Usage: %s [OPTION]...", p->name);
	for (k = 1; k <= positions(p); k++) {
		o = parameter(p, k);
		if (o && o->arg)
			fprintf(f, " %s", o->arg);
		else
			fprintf(f, " [$%u]", k);
	}
	fputc('\n', f);
}

static void print_standard(FILE *f, const struct btc_program *p, enum btc_std_group group)
{
	const struct btc_std_option *s = btc_std_options;
	const char *title = btc_std_groups[group];
	char left[128];
	unsigned i;

	for (i = 0; i < btc_nr_std_options; i++, s++) {
		if (s->group != group || (s->needs && !(s->needs & p->uses)))
			continue;
		if (title)
			fprintf(f, "\n%s:\n", title);
		title = NULL;
		snprintf(left, sizeof(left), "  %c%c%s--%s%s%s%s", s->letter ? '-' : ' ',
			 s->letter ? s->letter : ' ', s->letter ? ", " : "  ",
			 btc_script_option(p, s->name, strlen(s->name)) ? "btc-" : "", s->name,
			 s->arg ? "=" : "", s->arg ? s->arg : "");
		print_row(f, left, s->help);
	}
}

void btc_help(FILE *f, const struct btc_program *p)
{
	size_t name = strlen(p->name);
	unsigned group;

	btc_help_usage(f, p);
	if (p->summary && *p->summary) {
		fprintf(f, "\n%s - ", p->name);
		wrap(f, p->summary, name + 3, 0);
	}
	if (p->description && *p->description)
		fprintf(f, "\n%s\n", p->description);
	btc_help_script(f, p);
	for (group = 0; group < BTC_NR_GROUPS; group++)
		print_standard(f, p, group);
	fputc('\n', f);
	wrap(f,
	     "Numbers may be written 0x1f, 017, 0b101, 1_000, 1e6 and as durations, 5ms or 2s. "
	     "Options of the script may also come after \"--\".",
	     0, 0);
}
