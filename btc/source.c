// SPDX-License-Identifier: Apache-2.0
/*
 * Script texts. Places are kept as byte offsets everywhere; a table of line
 * starts, made once, turns them into lines and columns when they are printed.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

struct source *source__new(struct arena *a, const char *name, const char *path, const char *text,
			   size_t len)
{
	struct source *s = NEW(a, struct source);
	const char *p, *end;
	size_t nr = 1;

	s->name = name;
	s->path = path;
	s->text = text;
	s->len = len;
	end = text + len;
	for (p = text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		nr++;
	s->line = arena__alloc(a, nr * sizeof(*s->line));
	s->nr_lines = nr;
	nr = 1;
	for (p = text; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		s->line[nr++] = (uint32_t)(p + 1 - text);
	return s;
}

const char *source__public_name(const struct source *s)
{
	return *s->name == '/' ? strrchr(s->name, '/') + 1 : s->name;
}

const char *source__path_from(struct arena *a, const struct source *s, const struct source *from)
{
	const char *slash = from->path ? strrchr(from->path, '/') : NULL, *dir, *up = "";
	char to[PATH_MAX], real[PATH_MAX];
	size_t same = 0;

	if (!s->path || !realpath(s->path, to))
		return NULL;
	dir = slash ? arena__strndup(a, from->path, (size_t)(slash + 1 - from->path)) : ".";
	if (!from->path || !realpath(dir, real))
		return arena__strdup(a, to);
	dir = arena__printf(a, "%s/", real);
	for (size_t i = 0; to[i] && to[i] == dir[i]; i++) {
		if (to[i] == '/')
			same = i + 1;
	}
	for (const char *c = dir + same; (c = strchr(c, '/')); c++)
		up = arena__printf(a, "../%s", up);
	return arena__printf(a, "%s%s", up, to + same);
}

void source__place(const struct source *s, uint32_t off, unsigned *line, unsigned *col)
{
	size_t lo = 0, hi = s->nr_lines;

	/* The last line that starts at or before @off. */
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->line[mid] <= off)
			lo = mid;
		else
			hi = mid;
	}
	*line = (unsigned)lo + 1;
	*col = off - s->line[lo] + 1;
}

const char *source__line(const struct source *s, unsigned line, size_t *len)
{
	size_t begin, end;

	if (!line || line > s->nr_lines) {
		*len = 0;
		return "";
	}
	begin = s->line[line - 1];
	end = line < s->nr_lines ? s->line[line] - 1 : s->len;
	if (end > begin && s->text[end - 1] == '\r')
		end--;
	*len = end - begin;
	return s->text + begin;
}

struct loc loc__span(struct loc a, struct loc b)
{
	if (!a.src)
		return b;
	if (b.src == a.src && b.end > a.end)
		a.end = b.end;
	return a;
}
