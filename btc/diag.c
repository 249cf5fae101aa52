// SPDX-License-Identifier: Apache-2.0
/*
 * Diagnostics are collected while the stages run and printed once, sorted by
 * severity and place. A report is a head with notes: contexts have a place of
 * their own, hints have none. Columns are counted in bytes; the underline is
 * drawn for what a terminal shows, where a tab is four blanks and a UTF-8
 * sequence one character.
 */
#include <stdlib.h>
#include <string.h>

#include "diag.h"

/* A longer line is shown in part: a generated script may be one line of 1 MB. */
#define LINE_SHOWN  400
#define LINE_BEFORE 80

enum severity { SEV_ERROR, SEV_WARNING };

struct note {
	bool is_hint;
	struct loc loc;
	const char *text;
};

struct diag {
	enum severity sev;
	struct loc loc;
	const char *tag, *text;
	VEC(struct note) notes;
	unsigned seq;	   /* order of reports */
	unsigned src_rank; /* order in which sources first appeared */
};

struct diags {
	struct arena *a;
	VEC(struct diag *) all;
	VEC(const struct source *) sources;
	unsigned nr_errors;
};

struct diags *diags__new(struct arena *a)
{
	struct diags *d = NEW(a, struct diags);

	d->a = a;
	return d;
}

unsigned diags__nr_errors(const struct diags *d)
{
	return d->nr_errors;
}

/* --- reporting -------------------------------------------------------------- */

static unsigned source_rank(struct diags *d, const struct source *s)
{
	size_t i;

	if (!s)
		return ~0u; /* without a place: after all others */
	for (i = 0; i < d->sources.nr; i++)
		if (d->sources.v[i] == s)
			return (unsigned)i;
	vec_push(d->a, &d->sources, s);
	return (unsigned)i;
}

/* A name or literal of the script may be of any length; nobody reads that. */
static const char *message(struct diags *d, const char *fmt, va_list ap)
{
	const size_t most = 2000;
	char *text = arena__vprintf(d->a, fmt, ap);
	size_t len = strlen(text);

	if (len <= most)
		return text;
	for (len = most; ((unsigned char)text[len] & 0xc0) == 0x80;)
		len--; /* not within a character */
	return arena__printf(d->a, "%.*s…", (int)len, text);
}

static struct diag *report(struct diags *d, enum severity sev, struct loc loc, const char *tag,
			   const char *fmt, va_list ap)
{
	struct diag *x = NEW(d->a, struct diag);

	x->sev = sev;
	x->loc = loc;
	x->tag = tag;
	x->text = message(d, fmt, ap);
	x->seq = (unsigned)d->all.nr;
	x->src_rank = source_rank(d, loc.src);
	vec_push(d->a, &d->all, x);
	if (sev == SEV_ERROR)
		d->nr_errors++;
	return x;
}

struct diag *diag__error(struct diags *d, struct loc loc, const char *tag, const char *fmt, ...)
{
	struct diag *x;
	va_list ap;

	va_start(ap, fmt);
	x = report(d, SEV_ERROR, loc, tag, fmt, ap);
	va_end(ap);
	return x;
}

struct diag *diag__warn(struct diags *d, struct loc loc, const char *tag, const char *fmt, ...)
{
	struct diag *x;
	va_list ap;

	va_start(ap, fmt);
	x = report(d, SEV_WARNING, loc, tag, fmt, ap);
	va_end(ap);
	return x;
}

void diag__context(struct diags *d, struct diag *to, struct loc loc, const char *fmt, ...)
{
	struct note n = { .loc = loc };
	va_list ap;

	va_start(ap, fmt);
	n.text = message(d, fmt, ap);
	va_end(ap);
	vec_push(d->a, &to->notes, n);
}

void diag__hint(struct diags *d, struct diag *to, const char *fmt, ...)
{
	struct note n = { .is_hint = true };
	va_list ap;

	va_start(ap, fmt);
	n.text = message(d, fmt, ap);
	va_end(ap);
	vec_push(d->a, &to->notes, n);
}

struct diag *diag__unsupported(struct diags *d, struct loc loc, const char *what)
{
	return diag__error(d, loc, "E_UNSUPPORTED",
			   "%s: valid, but this version of btc cannot compile it", what);
}

/* --- order -------------------------------------------------------------------- */

static int compare(const void *va, const void *vb)
{
	const struct diag *a = *(struct diag *const *)va;
	const struct diag *b = *(struct diag *const *)vb;

	if (a->sev != b->sev)
		return a->sev < b->sev ? -1 : 1;
	if (a->src_rank != b->src_rank)
		return a->src_rank < b->src_rank ? -1 : 1;
	if (a->loc.begin != b->loc.begin)
		return a->loc.begin < b->loc.begin ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static bool same_loc(struct loc a, struct loc b)
{
	return a.src == b.src && a.begin == b.begin && a.end == b.end;
}

static bool same_place(struct loc a, struct loc b)
{
	const struct expansion *x = a.via, *y = b.via;

	for (; x && y; x = x->call.via, y = y->call.via) {
		if (x == y)
			return same_loc(a, b);
		if (!same_loc(x->call, y->call))
			return false;
	}
	return x == y && same_loc(a, b);
}

/* Whether sorted[i] repeats one of its neighbours before it. */
static bool is_repeated(struct diag *const *sorted, size_t i)
{
	const struct diag *x = sorted[i], *y;

	while (i--) {
		y = sorted[i];
		if (y->sev != x->sev || y->src_rank != x->src_rank || y->loc.begin != x->loc.begin)
			return false;
		if (same_place(x->loc, y->loc) && !strcmp(x->text, y->text))
			return true;
	}
	return false;
}

/* --- printing ----------------------------------------------------------------- */

static const char *sev_name(enum severity sev)
{
	return sev == SEV_ERROR ? "ERROR" : "WARNING";
}

/* Control characters would garble the terminal and break the alignment. */
static void print_text(struct buf *b, const char *s, size_t len, bool expand_tabs)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\t' && expand_tabs)
			buf__str(b, "    ");
		else if ((c < 0x20 && c != '\t') || c == 0x7f)
			buf__str(b, "?");
		else
			buf__add(b, s + i, 1);
	}
}

static unsigned shown_width(const char *s, size_t len)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] == '\t')
			n += 4;
		else if (((unsigned char)s[i] & 0xc0) != 0x80)
			n++;
	return n;
}

/* One source line with @len bytes from @col (0-based) underlined. */
static void print_underlined(struct buf *b, const struct source *src, unsigned line, size_t col,
			     size_t len)
{
	size_t size, skip = 0;
	const char *s = source__line(src, line, &size);
	unsigned n;

	if (col > size)
		col = size;
	if (size > LINE_SHOWN) {
		skip = col > LINE_BEFORE ? col - LINE_BEFORE : 0;
		while (skip && ((unsigned char)s[skip] & 0xc0) == 0x80)
			skip--;
		s += skip;
		size -= skip;
		col -= skip;
		if (size > LINE_SHOWN)
			size = LINE_SHOWN;
	}
	if (len > size - col)
		len = size - col;
	print_text(b, s, size, true);
	buf__printf(b, "\n%*s", (int)shown_width(s, col), "");
	n = shown_width(s + col, len);
	do {
		buf__str(b, "~");
	} while (n-- > 1);
	buf__str(b, "\n");
}

static void print_lines(struct buf *b, const struct source *src, unsigned from, unsigned to)
{
	for (; from <= to; from++) {
		size_t size;
		const char *s = source__line(src, from, &size);

		print_text(b, s, size < LINE_SHOWN ? size : LINE_SHOWN, false);
		buf__str(b, "\n");
	}
}

struct printer {
	struct buf b;
	const struct diag_options *o;
	enum severity sev;
};

/* `LOC: SEVERITY: text`, the only line that has a colour, and the lines it is about. */
static void print_block(struct printer *p, struct loc loc, const char *tag, const char *text)
{
	unsigned line = 0, col = 0, last = 0, unused;
	struct buf *b = &p->b;

	if (p->o->color)
		buf__str(b, p->sev == SEV_ERROR ? "\033[31m" : "\033[33m");
	if (loc.src) {
		source__place(loc.src, loc.begin, &line, &col);
		last = line;
		if (loc.end > loc.begin)
			source__place(loc.src, loc.end - 1, &last, &unused);
		else
			loc.end = loc.begin + 1; /* a gap between two tokens */
		if (last > line)
			buf__printf(b, "%s:%u-%u: ", loc.src->name, line, last);
		else
			buf__printf(b, "%s:%u:%u-%u: ", loc.src->name, line, col,
				    col + (loc.end - loc.begin));
	}
	buf__str(b, sev_name(p->sev));
	if (tag)
		buf__printf(b, "[%s]", tag);
	buf__printf(b, ": %s%s\n", text, p->o->color ? "\033[0m" : "");
	if (last > line)
		print_lines(b, loc.src, line, last);
	else if (loc.src)
		print_underlined(b, loc.src, line, col - 1, loc.end - loc.begin);
}

static void print_diag(struct printer *p, const struct diag *x)
{
	const struct expansion *via;
	struct loc at = x->loc;
	size_t i;

	p->sev = x->sev;
	print_block(p, x->loc, p->o->tags ? x->tag : NULL, x->text);
	for (i = 0; i < x->notes.nr; i++)
		if (!x->notes.v[i].is_hint)
			print_block(p, x->notes.v[i].loc, NULL, x->notes.v[i].text);
	for (i = 0; i < x->notes.nr; i++)
		if (x->notes.v[i].is_hint)
			buf__printf(&p->b, "HINT: %s\n", x->notes.v[i].text);
	/* A function is wrong by itself, wherever it is called. */
	for (via = x->loc.via; via && !via->is_fn; via = via->call.via) {
		if (via->call.src == at.src && via->call.begin == at.begin &&
		    via->call.end == at.end)
			continue; /* the library shows the call as its own */
		at = via->call;
		print_block(p, at, NULL, "expanded from");
	}
	for (via = at.src ? at.src->import : NULL; via; via = via->call.src->import)
		print_block(p, via->call, NULL, "expanded from");
}

void diags__print(const struct diags *d, const struct diag_options *o, FILE *f)
{
	struct printer p = { .o = o };
	struct diag **sorted;
	size_t i;

	if (!d->all.nr)
		return;
	sorted = arena__alloc(d->a, d->all.nr * sizeof(*sorted));
	memcpy(sorted, d->all.v, d->all.nr * sizeof(*sorted));
	qsort(sorted, d->all.nr, sizeof(*sorted), compare);
	for (i = 0; i < d->all.nr; i++) {
		if (sorted[i]->sev == SEV_WARNING && o->no_warnings)
			continue;
		if (!is_repeated(sorted, i))
			print_diag(&p, sorted[i]);
	}
	if (p.b.len)
		fwrite(p.b.s, 1, p.b.len, f);
	buf__free(&p.b);
}
