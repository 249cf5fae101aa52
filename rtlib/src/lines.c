// SPDX-License-Identifier: Apache-2.0
/*
 * Source lines to addresses, through DWARF. Only tools with an attach point
 * `binary@file:line` pull this object out of the library, and libdw with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lines.h"

#if __has_include(<elfutils/libdw.h>)
#include <elfutils/libdw.h>

/* "a.c" and "src/a.c" are both /home/me/src/a.c. */
static bool is_file(const char *have, const char *want)
{
	size_t n = strlen(have), m = strlen(want);

	return m <= n && !strcmp(have + n - m, want) && (m == n || have[n - m - 1] == '/');
}

/* The first address of the line in this unit; several at one line are parts of one statement. */
static bool in_unit(Dwarf_Die *unit, const struct btc_line *want, __u64 *addr, unsigned *next)
{
	bool found = false, stmt, end;
	const char *file, *last = NULL;
	bool match = false;
	Dwarf_Lines *lines;
	Dwarf_Line *l;
	Dwarf_Addr at;
	int no, col;
	size_t i, n;

	if (dwarf_getsrclines(unit, &lines, &n))
		return false;
	for (i = 0; i < n; i++) {
		l = dwarf_onesrcline(lines, i);
		file = dwarf_linesrc(l, NULL, NULL);
		if (!file || dwarf_lineno(l, &no) || dwarf_linecol(l, &col) ||
		    dwarf_lineaddr(l, &at) || dwarf_linebeginstatement(l, &stmt) ||
		    dwarf_lineendsequence(l, &end) || end || !stmt || !at)
			continue;
		if (file != last) /* names are shared, so most comparisons are of pointers */
			match = is_file(file, want->file);
		last = file;
		if (!match)
			continue;
		if ((unsigned)no > want->line && (!*next || (unsigned)no < *next))
			*next = no;
		if ((unsigned)no != want->line || (want->col && (unsigned)col != want->col))
			continue;
		if (!found || at < *addr)
			*addr = at;
		found = true;
	}
	return found;
}

int btc_lines(const char *path, const struct btc_line *want, int (*found)(__u64 addr, void *arg),
	      void *arg, unsigned *next)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	Dwarf_Off off = 0, following;
	bool any = false;
	size_t header;
	Dwarf_Die unit;
	__u64 addr = 0;
	Dwarf *d;

	if (fd < 0)
		return -errno;
	*next = 0;
	d = dwarf_begin(fd, DWARF_C_READ);
	while (!err && d && !dwarf_nextcu(d, off, &following, &header, NULL, NULL, NULL)) {
		if (dwarf_offdie(d, off + header, &unit)) {
			any = true;
			if (in_unit(&unit, want, &addr, next))
				err = found(addr, arg);
		}
		off = following;
	}
	dwarf_end(d);
	close(fd);
	return err ? err : any ? 0 : -ENODATA;
}

#endif
