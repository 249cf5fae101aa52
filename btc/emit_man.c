// SPDX-License-Identifier: Apache-2.0
/*
 * The manual page, in man(7)'s macros: what --help says, and what all tools
 * have in common.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "about.h"
#include "options_of.h"

#ifndef BTC_VERSION /* set by the build */
#define BTC_VERSION "unknown"
#endif

enum how { PROSE, LITERAL }; /* LITERAL: a hyphen is a minus, as it is typed */

static void text(struct buf *out, const char *s, size_t len, enum how how)
{
	bool start = true; /* of a line, where . and ' have a meaning */

	for (size_t i = 0; i < len; i++) {
		if (start && (s[i] == '.' || s[i] == '\''))
			buf__str(out, "\\&");
		switch (s[i]) {
		case '\\': buf__str(out, "\\e"); break;
		case '-': buf__str(out, how == LITERAL ? "\\-" : "-"); break;
		case '\'': buf__str(out, how == LITERAL ? "\\(aq" : "'"); break;
		case '"': buf__str(out, "\\(dq"); break;
		case '`': buf__str(out, "\\(ga"); break;
		case '^': buf__str(out, "\\(ha"); break;
		case '~': buf__str(out, "\\(ti"); break;
		default: buf__add(out, s + i, 1);
		}
		start = s[i] == '\n';
	}
}

static void words(struct buf *out, const char *s, enum how how)
{
	text(out, s, strlen(s), how);
}

/* Each line without the blanks around it: a blank at the start would break the paragraph. */
static void prose(struct buf *out, const char *s)
{
	while (*s) {
		size_t n, end;

		s += strspn(s, " \t");
		n = end = strcspn(s, "\n");
		while (end && isspace((unsigned char)s[end - 1]))
			end--;
		if (end) {
			text(out, s, end, PROSE);
			buf__str(out, "\n");
		}
		s += n + (s[n] == '\n');
	}
}

static void upper(struct buf *out, const char *macro, const char *s)
{
	buf__printf(out, ".%s ", macro);
	for (; *s; s++)
		buf__printf(out, "%c", *s == '"' || *s == '\\' ? ' ' : toupper((unsigned char)*s));
	buf__str(out, "\n");
}

static void bold(struct buf *out, const char *s)
{
	buf__str(out, "\\fB");
	words(out, s, LITERAL);
	buf__str(out, "\\fR");
}

static void italic(struct buf *out, const char *s)
{
	buf__str(out, "\\fI");
	words(out, s, LITERAL);
	buf__str(out, "\\fR");
}

static void blocks(const struct plan *p, struct buf *out)
{
	bool fresh = true; /* just behind a heading, where a paragraph needs no mark */

	for (size_t i = 0; i < p->about->blocks.nr; i++) {
		const struct about_block *b = &p->about->blocks.v[i];

		switch (b->kind) {
		case ABOUT_HEADING: upper(out, "SH", b->text); break;
		case ABOUT_TEXT:
			if (!fresh)
				buf__str(out, ".PP\n");
			prose(out, b->text);
			break;
		case ABOUT_CODE:
			if (!fresh)
				buf__str(out, ".PP\n");
			buf__str(out, ".RS 4\n.nf\n");
			words(out, b->text, LITERAL);
			buf__str(out, "\n.fi\n.RE\n");
			break;
		case ABOUT_TABLE:
			for (size_t k = 0; k < b->rows.nr; k++) {
				buf__str(out, ".TP\n");
				bold(out, b->rows.v[k].term);
				buf__str(out, "\n");
				prose(out, b->rows.v[k].text);
			}
			break;
		}
		fresh = b->kind == ABOUT_HEADING;
	}
}

static void option(const struct tool_option *o, struct buf *out)
{
	buf__str(out, ".TP\n");
	if (o->letter)
		buf__printf(out, "\\fB\\-%c\\fR, ", o->letter);
	buf__str(out, "\\fB\\-\\-");
	words(out, o->name, LITERAL);
	buf__str(out, "\\fR");
	if (o->arg) {
		buf__str(out, o->arg_is_optional ? "[=" : "=");
		italic(out, o->arg);
		buf__str(out, o->arg_is_optional ? "]" : "");
	}
	buf__str(out, "\n");
	if (*o->help)
		prose(out, o->help);
	if (!o->type)
		return;
	if (!strcmp(o->type, "yes or no")) {
		buf__str(out, *o->help ? "" : "Yes or no.\n");
		return;
	}
	buf__printf(out, "(%s", o->type);
	if (o->def && *o->def) {
		buf__str(out, ", default: ");
		words(out, o->def, LITERAL);
	}
	buf__str(out, ")\n");
}

/* What has no date keeps changing: that of the script, unless the build says one. */
static void date(const struct plan *p, struct buf *out)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t t = epoch ? (time_t)strtoll(epoch, NULL, 10) : 0;
	struct stat st;
	struct tm tm;
	char day[16];

	if (!t && p->script->path && !stat(p->script->path, &st))
		t = st.st_mtime;
	if (!t)
		t = time(NULL);
	if (gmtime_r(&t, &tm) && strftime(day, sizeof(day), "%Y-%m-%d", &tm))
		buf__str(out, day);
}

static void synopsis(const struct plan *p, const struct tool_cli *cli, struct buf *out)
{
	bold(out, p->name);
	buf__str(out, " [\\fIOPTION\\fR]...");
	for (size_t i = 0; i < cli->params.nr; i++) {
		buf__str(out, " ");
		italic(out, cli->params.v[i].name);
	}
	buf__str(out, "\n");
}

static void parameters(const struct tool_cli *cli, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < cli->params.nr; i++) {
		const struct tool_param *t = &cli->params.v[i];

		if (!*t->help)
			continue;
		if (!any)
			buf__str(out, ".SS Parameters\n");
		any = true;
		buf__str(out, ".TP\n");
		italic(out, t->name);
		buf__str(out, "\n");
		prose(out, t->help);
	}
}

static void options(const struct tool_cli *cli, struct buf *out)
{
	const char *group = NULL;

	buf__str(out, ".SH OPTIONS\n");
	parameters(cli, out);
	for (size_t i = 0; i < cli->options.nr; i++) {
		const struct tool_option *o = &cli->options.v[i];

		if (o->group != group)
			buf__printf(out, ".SS %s\n", o->type ? "Of this tool" : o->group);
		group = o->group;
		option(o, out);
	}
}

static const char tail[] =
	".PP\n"
	"Numbers may be written 0x1f, 017, 0b101, 1_000, 1e6 and as durations, 5ms or 2s.\n"
	"Options of the script may also come after\n"
	".BR \\-\\- .\n"
	".SH SIGNALS\n"
	".B SIGINT\n"
	"and\n"
	".B SIGTERM\n"
	"end the trace: what was collected is printed, and the exit status is 0.\n"
	".SH \"EXIT STATUS\"\n"
	".TP\n"
	".B 0\n"
	"The trace was ended, by a signal or with the traced process.\n"
	".TP\n"
	".B 1\n"
	"The command line is wrong, or this machine lacks something that was said on standard error.\n"
	".TP\n"
	".B 255\n"
	"A program could not be loaded or attached.\n"
	".PP\n"
	"The script can choose others.\n"
	".SH NOTES\n"
	"It needs a Linux kernel with BTF and the capabilities CAP_BPF and CAP_PERFMON, and others that\n"
	".B \\-\\-check\n"
	"names; root has all of them.\n";

void emit_man(const struct plan *p, struct buf *out)
{
	const char *summary = *p->about->summary ? p->about->summary : "a tracing tool";
	struct arena *a = arena__new();
	struct tool_cli cli;
	size_t len;

	options_of(a, p, &cli);
	buf__str(out, ".\\\" Made by btc from ");
	words(out, p->source, PROSE);
	buf__str(out, "\n");
	buf__str(out, ".TH ");
	for (const char *s = p->name; *s; s++)
		buf__printf(out, "%s%c", *s == '-' ? "\\" : "", toupper((unsigned char)*s));
	buf__str(out, " 8 ");
	date(p, out);
	buf__str(out, " \"btc " BTC_VERSION "\" \"System Administration\"\n.SH NAME\n");
	words(out, p->name, LITERAL);
	buf__str(out, " \\- ");
	/* no full stop: the line is one of a list */
	len = strlen(summary);
	text(out, summary, len - (len && summary[len - 1] == '.'), PROSE);
	buf__str(out, "\n.SH SYNOPSIS\n");
	synopsis(p, &cli, out);
	if (p->about->blocks.nr) {
		if (p->about->blocks.v[0].kind != ABOUT_HEADING)
			buf__str(out, ".SH DESCRIPTION\n");
		blocks(p, out);
	}
	options(&cli, out);
	buf__str(out, tail);
	arena__free(a);
}
