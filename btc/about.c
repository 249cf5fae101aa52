// SPDX-License-Identifier: Apache-2.0
/*
 * The comment at the top of a script: its marks are taken off line by line, what
 * is left is cut at empty lines into blocks, and each block is told by its look.
 * A first comment that is all licence is passed over for the next one.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BTC_DEFINE_STD_OPTIONS
#include "about.h"
#include "plan.h"

struct line {
	const char *s; /* NUL-terminated, tabs expanded, marks and blanks at its end removed */
	size_t indent; /* blanks at its beginning; of the comment's first line 0 */
	struct loc loc;
};

struct reader {
	struct arena *a;
	const struct source *src;
	const char *name; /* of the tool */
	VEC(struct line) lines;
	struct about *about;
};

/* --- lines ------------------------------------------------------------------ */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Tabs as the editor shows them, as their columns align tables. */
static const char *expand(struct arena *a, const char *s, size_t len)
{
	struct buf b = { 0 };
	const char *out;

	buf__str(&b, "");
	for (size_t i = 0; i < len; i++) {
		if (s[i] != '\t')
			buf__add(&b, s + i, 1);
		else
			do
				buf__str(&b, " ");
			while (b.len % 8);
	}
	while (b.len && is_blank(b.s[b.len - 1]))
		b.s[--b.len] = '\0';
	out = arena__strdup(a, b.s);
	buf__free(&b);
	return out;
}

static void add_line(struct reader *r, size_t begin, size_t end, bool first, bool block)
{
	const char *s = expand(r->a, r->src->text + begin, end - begin);
	const char *text = s + strspn(s, " ");
	struct line l = { .loc = {
				  .src = r->src, .begin = (uint32_t)begin, .end = (uint32_t)end } };

	if (block && !first && *text == '*') /* the column of stars */
		s = text + 1;
	else if (!block)
		s = text + strspn(text, "/");
	text = s + strspn(s, " ");
	l.s = text;
	l.indent = first ? 0 : (size_t)(text - s);
	vec_push(r->a, &r->lines, l);
}

/* The comment that begins at @at; returns where it ends. */
static size_t read_comment(struct reader *r, size_t at)
{
	const char *t = r->src->text;
	bool block = t[at + 1] == '*', first = true;
	size_t end = r->src->len, eol;

	r->lines.nr = 0;
	if (block) {
		const char *close = strstr(t + at + 2, "*/");

		end = close ? (size_t)(close - t) : end;
		at += 2;
	}
	while (at < end) {
		eol = at + strcspn(t + at, "\n");
		if (!block) {
			size_t text = at + strspn(t + at, " \t");

			if (t[text] != '/' || t[text + 1] != '/')
				return at;
		}
		add_line(r, at, eol < end ? eol : end, block && first, block);
		first = false;
		at = eol + (eol < end);
	}
	return block && end < r->src->len ? end + 2 : end;
}

static bool begins(const char *s, const char *with)
{
	return !strncasecmp(s, with, strlen(with));
}

/* "11-Sep-2018   Jane Doe   Created": a diary of changes. */
static bool is_dated(const char *s)
{
	unsigned day, year;
	char month[4];

	return sscanf(s, "%2u-%3[A-Za-z]-%4u", &day, month, &year) == 3;
}

static bool is_legal(const char *s)
{
	return begins(s, "SPDX-") || begins(s, "copyright") || begins(s, "(c) ") ||
	       begins(s, "licensed under") || is_dated(s);
}

/* --- blocks ------------------------------------------------------------------ */

static bool is_name(const struct reader *r, const char *s, size_t len)
{
	const char *base = strrchr(r->src->name, '/'), *of[2] = { r->name, NULL };

	of[1] = base ? base + 1 : r->src->name;
	if (len > 3 && !memcmp(s + len - 3, ".bt", 3))
		len -= 3;
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(of[i]);

		if (n > 3 && !strcmp(of[i] + n - 3, ".bt"))
			n -= 3;
		if (n == len && !memcmp(of[i], s, n))
			return true;
	}
	return false;
}

/* Where the text of "TERM  text" begins; NULL: it is none. */
static const char *row_text(const char *s)
{
	const char *gap = strstr(s, "  ");

	if (!gap || gap == s || strchr(".!?", gap[-1]))
		return NULL;
	return gap + strspn(gap, " ");
}

static const char *join(struct arena *a, const char *s, const char *more)
{
	return *s ? arena__printf(a, "%s %s", s, more) : more;
}

/* "name - text", "name.bt   text": the line that programs like apropos show. */
static bool read_summary(struct reader *r, const struct line *l, size_t nr)
{
	size_t name = strcspn(l->s, " ");
	const char *s = l->s + name;

	if (*r->about->summary || !*s || !is_name(r, l->s, name))
		return false;
	s += strspn(s, " ");
	if (!strncmp(s, "- ", 2) || !strncmp(s, "-- ", 3))
		s += strcspn(s, " ") + 1;
	else if (s - l->s < (ptrdiff_t)name + 2)
		return false; /* a sentence that begins with its name */
	for (size_t i = 0; i < nr; i++)
		r->about->summary = join(r->a, r->about->summary, i ? l[i].s : s);
	return true;
}

static struct about_option *find(struct about *about, const char *name, unsigned position)
{
	for (size_t i = 0; i < about->options.nr; i++) {
		struct about_option *o = &about->options.v[i];

		if (name ? o->name && !strcmp(o->name, name) : !o->name && o->position == position)
			return o;
	}
	return NULL;
}

static struct about_option *note(struct reader *r, const char *name, unsigned position,
				 struct loc loc)
{
	struct about_option *o = find(r->about, name, position), fresh = { 0 };

	if (o)
		return o;
	fresh.name = name;
	fresh.position = position;
	fresh.loc = loc;
	vec_push(r->a, &r->about->options, fresh);
	return &r->about->options.v[r->about->options.nr - 1];
}

static size_t option_name(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_' || (n && s[n] == '-'))
		n++;
	return n;
}

/* "tool [--pid=N] [--failed] [NAME]": names of arguments and parameters. */
static bool read_synopsis(struct reader *r, const struct line *l, size_t nr)
{
	unsigned position = 0;
	const struct about *about = r->about;

	if (about->blocks.nr && about->blocks.v[about->blocks.nr - 1].kind == ABOUT_HEADING)
		return false; /* an example */
	for (size_t i = 0; i < nr; i++)
		if (!l[i].indent || !is_name(r, l[i].s, strcspn(l[i].s, " ")))
			return false;
	for (const char *s = l->s + strcspn(l->s, " "); *s;) {
		struct about_option *o;
		const char *word, *arg;
		size_t len, n;

		s += strspn(s, " ");
		len = strcspn(s, " ");
		word = arena__strndup(r->a, s, len);
		s += len;
		arg = word + strspn(word, "[");
		if (strncmp(arg, "--", 2) == 0) {
			n = option_name(arg + 2);
			if (arg[2 + n] != '=')
				continue;
			o = note(r, arena__strndup(r->a, arg + 2, n), 0, l->loc);
			arg += 3 + n;
			if (!o->arg)
				o->arg = arena__strndup(r->a, arg, strcspn(arg, "]"));
		} else if (len && *arg != '-' && !strchr(word, '.')) {
			o = note(r, NULL, ++position, l->loc);
			if (!o->arg)
				o->arg = word;
		}
	}
	return true;
}

/* "@option name=ARG: text", "@param 1 [NAME]: text"; 0: neither, else the lines it took. */
static size_t read_tag(struct reader *r, const struct line *l, size_t nr)
{
	bool param = !strncmp(l->s, "@param ", 7);
	const char *s = l->s + (param ? 7 : 8), *text, *name = NULL, *arg = NULL;
	struct about_option *o;
	unsigned position = 0;
	size_t n, i;

	if (!param && strncmp(l->s, "@option ", 8))
		return 0;
	s += strspn(s, " ");
	if (param) {
		for (s += *s == '$'; isdigit((unsigned char)*s) && position < 1000; s++)
			position = position * 10 + (unsigned)(*s - '0');
		s += strspn(s, " ");
		n = strcspn(s, ":");
	} else {
		s += strspn(s, "-");
		n = option_name(s);
		name = arena__strndup(r->a, s, n);
		s += n + (s[n] == '=');
		n = strcspn(s, ":");
	}
	if (n)
		arg = arena__strndup(r->a, s, n);
	s += n;
	if (*s != ':' || (param ? !position : !*name))
		return 0;
	text = s + 1 + strspn(s + 1, " ");
	for (i = 1; i < nr && *l[i].s != '@'; i++)
		text = join(r->a, text, l[i].s);
	o = note(r, name, position, l->loc);
	o->is_tag = true;
	o->loc = l->loc;
	if (arg)
		o->arg = arg;
	o->help = text;
	return i;
}

static bool is_table(const struct line *l, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (l[i].indent < 2 + l->indent && (l[i].indent != l->indent || !row_text(l[i].s)))
			return false;
	return row_text(l->s);
}

static void add_table(struct reader *r, struct about_block *b, const struct line *l, size_t nr)
{
	struct about_row row;

	b->kind = ABOUT_TABLE;
	for (size_t i = 0; i < nr; i++) {
		if (l[i].indent > l->indent) {
			struct about_row *last = &b->rows.v[b->rows.nr - 1];

			last->text = join(r->a, last->text, l[i].s);
			continue;
		}
		row.text = row_text(l[i].s);
		row.term = arena__strndup(r->a, l[i].s, (size_t)(strstr(l[i].s, "  ") - l[i].s));
		vec_push(r->a, &b->rows, row);
	}
}

/* "Examples:", alone or above lines that are indented. */
static bool is_heading(const struct line *l, size_t nr)
{
	size_t len = strlen(l->s);
	const char *blank = strchr(l->s, ' ');

	for (size_t i = 1; i < nr; i++)
		if (l[i].indent <= l->indent)
			return false;
	return len > 1 && len < 40 && l->s[len - 1] == ':' && isupper((unsigned char)*l->s) &&
	       (!blank || !strchr(blank + 1, ' '));
}

static void add_block(struct reader *r, const struct line *l, size_t nr)
{
	struct about_block b = { 0 };
	size_t least = l->indent;
	struct buf text = { 0 };

	if (is_legal(l->s) || read_summary(r, l, nr) || read_synopsis(r, l, nr))
		return;
	if (is_heading(l, nr)) {
		b.kind = ABOUT_HEADING;
		b.text = arena__strndup(r->a, l->s, strlen(l->s) - 1);
		vec_push(r->a, &r->about->blocks, b);
		if (nr > 1)
			add_block(r, l + 1, nr - 1);
		return;
	}
	for (size_t i = 0; i < nr; i++)
		if (l[i].indent < least)
			least = l[i].indent;
	if (is_table(l, nr)) {
		add_table(r, &b, l, nr);
	} else {
		b.kind = least ? ABOUT_CODE : ABOUT_TEXT;
		for (size_t i = 0; i < nr; i++)
			buf__printf(&text, "%s%*s%s", i ? "\n" : "", (int)(l[i].indent - least), "",
				    l[i].s);
		b.text = arena__strdup(r->a, text.s);
		buf__free(&text);
	}
	vec_push(r->a, &r->about->blocks, b);
}

static void read_blocks(struct reader *r)
{
	const struct line *l = r->lines.v;
	size_t least = ~(size_t)0, nr = r->lines.nr, end, n;

	for (size_t i = 0; i < nr; i++)
		if (*l[i].s && l[i].indent < least && (i || l[i].indent))
			least = l[i].indent;
	for (size_t i = 0; i < nr; i++)
		r->lines.v[i].indent -= l[i].indent < least ? l[i].indent : least;
	for (size_t i = 0; i < nr; i = end) {
		for (end = i; end < nr && *l[end].s; end++)
			;
		while (i < end && is_legal(l[i].s)) /* a line of its own above the text */
			i++;
		n = i < end ? read_tag(r, l + i, end - i) : 0;
		if (n)
			end = i + n;
		else if (i < end) {
			size_t tag = i + 1; /* right under a paragraph */

			while (tag < end && *l[tag].s != '@')
				tag++;
			if (tag < end &&
			    (!strncmp(l[tag].s, "@option ", 8) || !strncmp(l[tag].s, "@param ", 7)))
				end = tag;
			add_block(r, l + i, end - i);
		} else if (end == i || end < nr) {
			end++;
		}
	}
}

static bool is_empty(const struct about *about)
{
	return !*about->summary && !about->blocks.nr && !about->options.nr;
}

struct about *about__read(struct arena *a, const struct source *src, const char *name)
{
	struct reader r = { .a = a, .src = src, .name = name };
	size_t at = 0;

	r.about = NEW(a, struct about);
	r.about->summary = "";
	if (src->len > 1 && !memcmp(src->text, "#!", 2))
		at = strcspn(src->text, "\n");
	while (is_empty(r.about)) {
		at += strspn(src->text + at, " \t\r\n");
		if (src->text[at] != '/' || (src->text[at + 1] != '/' && src->text[at + 1] != '*'))
			break;
		at = read_comment(&r, at);
		read_blocks(&r);
	}
	return r.about;
}

/* --- as one text ---------------------------------------------------------------- */

static void print_rows(struct buf *out, const struct about_block *b)
{
	size_t width = 0, n;

	for (size_t i = 0; i < b->rows.nr; i++) {
		n = strlen(b->rows.v[i].term);
		if (n > width)
			width = n;
	}
	if (width > 26)
		width = 26;
	for (size_t i = 0; i < b->rows.nr; i++) {
		const char *s = b->rows.v[i].text;
		size_t col = strlen(b->rows.v[i].term);

		buf__printf(out, "%s  %s", i ? "\n" : "", b->rows.v[i].term);
		if (col > width) {
			buf__str(out, "\n  ");
			col = 0;
		}
		buf__printf(out, "%*s", (int)(width - col + 1), "");
		for (col = width + 3; *s; s += n) {
			s += strspn(s, " ");
			n = strcspn(s, " ");
			if (col + 1 + n > 79 && col > width + 3) {
				buf__printf(out, "\n%*s", (int)width + 3, "");
				col = width + 3;
			}
			buf__printf(out, " %.*s", (int)n, s);
			col += n + 1;
		}
	}
}

const char *about__text(struct arena *a, const struct about *about)
{
	struct buf b = { 0 };
	const char *out;

	buf__str(&b, "");
	for (size_t i = 0; i < about->blocks.nr; i++) {
		const struct about_block *bl = &about->blocks.v[i];

		if (i)
			buf__str(&b, about->blocks.v[i - 1].kind == ABOUT_HEADING ? "\n" : "\n\n");
		switch (bl->kind) {
		case ABOUT_TEXT: buf__str(&b, bl->text); break;
		case ABOUT_HEADING: buf__printf(&b, "%s:", bl->text); break;
		case ABOUT_TABLE: print_rows(&b, bl); break;
		case ABOUT_CODE:
			for (const char *s = bl->text; *s;) {
				size_t n = strcspn(s, "\n");

				buf__printf(&b, "  %.*s", (int)n, s);
				s += n;
				if (*s)
					buf__str(&b, "\n");
				s += *s == '\n';
			}
			break;
		}
	}
	out = arena__strdup(a, b.s);
	buf__free(&b);
	return out;
}

/* --- options --------------------------------------------------------------------- */

bool about__has(const struct plan *p, const struct btc_std_option *o)
{
	return !o->needs || (o->needs & p->uses);
}

bool about__is_shadowed(const struct plan *p, const struct btc_std_option *o)
{
	for (size_t i = 0; i < p->options.nr; i++)
		if (p->options.v[i].name && !strcmp(p->options.v[i].name, o->name))
			return true;
	return false;
}

const char *about__type(const char *type)
{
	if (!strcmp(type, "BTC_OPT_BOOL"))
		return "yes or no";
	return strcmp(type, "BTC_OPT_STR") ? "number" : "text";
}

const char *about__default_arg(const char *type)
{
	if (!strcmp(type, "BTC_OPT_BOOL"))
		return NULL;
	return strcmp(type, "BTC_OPT_STR") ? "NUMBER" : "TEXT";
}

static uint32_t uses_of(const struct attach *at)
{
	switch (at->prov->kind) {
	case PROV_BEGIN:
	case PROV_END:
	case PROV_SELF: return 0;
	case PROV_TEST: return BTC_USES_TEST;
	case PROV_BENCH: return BTC_USES_BENCH;
	case PROV_KPROBE:
	case PROV_KRETPROBE: return BTC_USES_KPROBE | BTC_USES_EVENTS;
	case PROV_UPROBE:
	case PROV_URETPROBE:
		return BTC_USES_UPROBE | BTC_USES_EVENTS | (at->file ? BTC_USES_LINES : 0);
	case PROV_USDT: return BTC_USES_USDT | BTC_USES_EVENTS;
	default: return BTC_USES_EVENTS;
	}
}

static void fill_in(struct plan_option *to, const struct about *about)
{
	const struct about_option *o = find((struct about *)about, to->name, to->position);

	if (!o)
		return;
	if (o->help && !*to->help)
		to->help = o->help;
	if (!to->name || strcmp(to->type, "BTC_OPT_BOOL"))
		to->arg = o->arg;
}

static bool exists(const struct plan *p, const struct about_option *o)
{
	for (size_t i = 0; i < p->options.nr; i++) {
		const struct plan_option *have = &p->options.v[i];

		if (o->name ? have->name && !strcmp(have->name, o->name)
			    : !have->name && have->position == o->position)
			return true;
	}
	return false;
}

/* The options of the script that hide a standard one. */
static void warn_hidden(struct diags *d, const struct plan *p)
{
	for (size_t i = 0; i < btc_nr_std_options; i++) {
		const struct btc_std_option *s = &btc_std_options[i];
		struct diag *w;
		size_t k;

		for (k = 0; k < p->options.nr; k++)
			if (p->options.v[k].name && !strcmp(p->options.v[k].name, s->name))
				break;
		if (k == p->options.nr || !about__has(p, s))
			continue;
		w = diag__warn(d, p->options.v[k].where, "W_OPTION_HIDES",
			       "the option --%s hides the one of every tool", s->name);
		if (s->letter)
			diag__hint(d, w, "that one is still there as -%c and --btc-%s", s->letter,
				   s->name);
		else
			diag__hint(d, w, "that one is still there as --btc-%s", s->name);
	}
}

void about__options(struct diags *d, struct plan *p)
{
	for (size_t i = 0; i < p->probes.nr; i++)
		p->uses |= uses_of(p->probes.v[i].at);
	for (size_t i = 0; i < p->types.nr; i++)
		if (!strcmp(p->types.v[i]->kind, "BTC_USYM") ||
		    !strcmp(p->types.v[i]->kind, "BTC_USTACK"))
			p->uses |= BTC_USES_USYMS;
		else if (!strcmp(p->types.v[i]->kind, "BTC_KSYM") ||
			 !strcmp(p->types.v[i]->kind, "BTC_KSTACK"))
			p->uses |= BTC_USES_KSYMS;
		else if (!strcmp(p->types.v[i]->kind, "BTC_CGROUP_PATH"))
			p->uses |= BTC_USES_CGROUPS;
	for (size_t i = 0; i < p->options.nr; i++)
		fill_in(&p->options.v[i], p->about);
	for (size_t i = 0; i < p->about->options.nr; i++) {
		const struct about_option *o = &p->about->options.v[i];

		if (!o->is_tag || exists(p, o))
			continue;
		if (o->name)
			diag__warn(d, o->loc, "W_OPTION_ABSENT", "the script has no option --%s",
				   o->name);
		else
			diag__warn(d, o->loc, "W_OPTION_ABSENT",
				   "the script does not use the parameter $%u", o->position);
	}
	warn_hidden(d, p);
}
