// SPDX-License-Identifier: Apache-2.0
/*
 * What a tool says on stderr: errors with the script's place, warnings, hints.
 * Each message is one write, so that those of several tools do not mix, and
 * output that came before it is flushed first.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define TEXT 2048

static void (*heard)(const char *where, const char *text);

void btc_listen(void (*listener)(const char *where, const char *text))
{
	heard = listener;
}

static void say(struct btc_run *r, const char *where, const char *severity, const char *fmt,
		va_list ap)
{
	char text[TEXT];
	int n = 0;

	if (heard) {
		vsnprintf(text, sizeof(text), fmt, ap);
		if (*severity == 'E' || *severity == 'W')
			heard(where ? where : "", text);
		return;
	}
	if (r)
		btc_out_flush(&r->out);
	if (where && *where)
		n = snprintf(text, sizeof(text), "%s: ", where);
	if ((size_t)n < sizeof(text))
		n += snprintf(text + n, sizeof(text) - n, "%s", severity);
	if ((size_t)n < sizeof(text))
		n += vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	if ((size_t)n > sizeof(text) - 2)
		n = sizeof(text) - 2;
	text[n++] = '\n';
	n = write(STDERR_FILENO, text, n); /* nobody to tell if that fails */
	(void)n;
}

int btc_fail(struct btc_run *r, int status, const char *where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(r, where, "ERROR: ", fmt, ap);
	va_end(ap);
	r->told = true;
	r->status = status;
	return -ECANCELED;
}

void btc_warning(struct btc_run *r, const char *where, const char *fmt, ...)
{
	va_list ap;

	if (r->no_warnings)
		return;
	va_start(ap, fmt);
	say(r, where, "WARNING: ", fmt, ap);
	va_end(ap);
}

void btc_trouble(struct btc_run *r, const struct btc_where *w, const char *fmt, ...)
{
	struct btc_json_msg msg = { .type = "runtime_error", .where = w };
	char text[TEXT], where[512];
	struct btc_out o;
	va_list ap;
	ssize_t n;

	if (r->no_warnings)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->json) {
		msg.text = text;
		msg.len = strlen(text);
		btc_json_message(r, &msg);
		return;
	}
	btc_out_flush(&r->out);
	if (btc_out_init(&o, -1))
		return;
	if (w && w->file) {
		btc_where_text(where, sizeof(where), w);
		btc_out_str(&o, where);
		btc_out_str(&o, ": ");
	}
	btc_out_str(&o, "WARNING: ");
	btc_out_str(&o, text);
	btc_out_char(&o, '\n');
	if (w && w->file) {
		btc_where_source(&o, w);
		btc_where_via(&o, w, "WARNING");
	}
	n = write(STDERR_FILENO, o.buf, o.len);
	(void)n;
	btc_out_free(&o);
}

void btc_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, NULL, "HINT: ", fmt, ap);
	va_end(ap);
}

void btc_verbose(const struct btc_run *r, const char *fmt, ...)
{
	va_list ap;

	if (!r->verbose)
		return;
	va_start(ap, fmt);
	say(NULL, NULL, "", fmt, ap);
	va_end(ap);
}

void btc_where_text(char *buf, size_t room, const struct btc_where *w)
{
	snprintf(buf, room, "%s:%u:%u-%u", w->file ? w->file : "?", w->line, w->col, w->col_end);
}

/* Tabs count as four blanks, in the line and in what is under it. */
void btc_where_source(struct btc_out *o, const struct btc_where *w)
{
	const char *s;
	unsigned col;

	if (!w->text)
		return;
	for (s = w->text; *s && *s != '\n'; s++)
		btc_out_mem(o, *s == '\t' ? "    " : s, *s == '\t' ? 4 : 1);
	btc_out_char(o, '\n');
	for (s = w->text, col = 1; col < w->col_end; col++) {
		btc_out_pad(o, col < w->col ? ' ' : '~', *s == '\t' ? 4 : 1);
		if (*s)
			s++;
	}
	btc_out_char(o, '\n');
}

void btc_where_via(struct btc_out *o, const struct btc_where *w, const char *severity)
{
	char where[512];

	for (w = w->via; w; w = w->via) {
		btc_where_text(where, sizeof(where), w);
		btc_out_printf(o, "%s: %s: expanded from\n", where, severity);
		btc_where_source(o, w);
	}
}
