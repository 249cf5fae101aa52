// SPDX-License-Identifier: Apache-2.0
/*
 * What tracefs tells about tracepoints: which there are, their numbers and the
 * places of their fields; and which names of a list are near another.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

const char *btc_tracefs(void)
{
	static const char *const dirs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	static const char *found;
	struct statfs fs;
	size_t i;

	/* Mounted is what counts: whether it may be read is seen, and said, when it is read. */
	for (i = 0; !found && i < BTC_COUNT(dirs); i++)
		if (!statfs(dirs[i], &fs) && fs.f_type == TRACEFS_MAGIC)
			found = dirs[i];
	return found;
}

/* One level of a directory tree: the directories that match. */
static int list_dirs(const char *path, const char *pattern, struct btc_strs *out)
{
	struct dirent *e;
	int err = 0;
	DIR *d;

	d = opendir(path);
	if (!d)
		return -errno;
	while (!err && (e = readdir(d)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.' && btc_match(pattern, e->d_name))
			err = btc_strs_add(out, e->d_name);
	closedir(d);
	btc_strs_sort(out);
	return err;
}

int btc_tracefs_events(const char *cat, const char *event, struct btc_strs *out)
{
	struct btc_strs cats = { 0 }, events;
	char path[512], text[512];
	size_t i, k;
	int err;

	if (!btc_tracefs())
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/events", btc_tracefs());
	err = list_dirs(path, cat, &cats);
	for (i = 0; !err && i < cats.nr; i++) {
		if (!strcmp(cats.s[i],
			    "ftrace")) /* what tracers write themselves: no probe takes it */
			continue;
		memset(&events, 0, sizeof(events));
		snprintf(path, sizeof(path), "%s/events/%s", btc_tracefs(), cats.s[i]);
		err = list_dirs(path, event, &events);
		for (k = 0; !err && k < events.nr; k++) {
			snprintf(text, sizeof(text), "%s:%s", cats.s[i], events.s[k]);
			err = btc_strs_add(out, text);
		}
		btc_strs_free(&events);
	}
	btc_strs_free(&cats);
	return err;
}

static ssize_t read_text(const char *path, char *buf, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (got < room - 1 && (n = read(fd, buf + got, room - 1 - got)) > 0)
		got += n;
	close(fd);
	buf[got] = '\0';
	return got;
}

int btc_tracefs_id(const char *cat, const char *event)
{
	char path[512], text[32];
	ssize_t n;

	if (!btc_tracefs())
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/events/%s/%s/id", btc_tracefs(), cat, event);
	n = read_text(path, text, sizeof(text));
	return n < 0 ? (int)n : atoi(text);
}

/* The text of a format file; the last one is remembered, as fields are asked for in a row. */
static int read_format(const char *event, const char **text)
{
	static char last[128], format[16384];
	char path[512];
	ssize_t n;

	if (strcmp(last, event)) {
		if (!btc_tracefs())
			return -ENOENT;
		last[0] = '\0';
		snprintf(path, sizeof(path), "%s/events/%s/format", btc_tracefs(), event);
		n = read_text(path, format, sizeof(format));
		if (n < 0)
			return n;
		snprintf(last, sizeof(last), "%s", event);
	}
	*text = format;
	return 0;
}

/*
 * "field:char comm[16];	offset:8;	size:16;	signed:0;"
 * Tells the name as a part of @line, and where the next line begins.
 */
static const char *parse_line(const char *line, const char **name, size_t *len, struct btc_bound *f)
{
	const char *next = strchr(line, '\n'), *decl = strstr(line, "field:"), *end, *s;
	int off, size, sign;

	*name = NULL;
	next = next ? next + 1 : line + strlen(line);
	if (!decl || decl >= next)
		return next;
	decl += 6;
	end = strchr(decl, ';');
	if (!end || sscanf(end, "; offset:%d; size:%d; signed:%d;", &off, &size, &sign) != 3)
		return next;
	*f = (struct btc_bound){ .off = off, .size = size, .is_signed = sign };
	f->is_data_loc = !strncmp(decl, "__data_loc", 10);
	f->is_rel_loc = !strncmp(decl, "__rel_loc", 9);
	f->is_array = end[-1] == ']' && !f->is_data_loc && !f->is_rel_loc;
	if (end[-1] == ']')
		while (end > decl && *end != '[')
			end--;
	for (s = end; s > decl && s[-1] != ' ' && s[-1] != '*'; s--)
		;
	*name = s;
	*len = end - s;
	return next;
}

int btc_tracefs_field(const char *event, const char *want, struct btc_bound *f)
{
	const char *line, *name;
	size_t len;
	int err;

	err = read_format(event, &line);
	if (err)
		return err;
	while (*line) {
		line = parse_line(line, &name, &len, f);
		if (name && strlen(want) == len && !memcmp(name, want, len))
			return 0;
	}
	return -ENOMSG; /* the event is there, the field is not */
}

int btc_tracefs_fields(const char *event, struct btc_strs *out)
{
	const char *line, *name;
	struct btc_bound f;
	char text[128];
	size_t len;
	int err;

	err = read_format(event, &line);
	while (!err && *line) {
		line = parse_line(line, &name, &len, &f);
		if (!name || f.off < 8)
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)len, name);
		err = btc_strs_add(out, text);
	}
	return err;
}
