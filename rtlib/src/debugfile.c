// SPDX-License-Identifier: Apache-2.0
/*
 * Debug information that lies apart from its program: by build id, or by the name
 * that the program gives, in the directories of --debuginfo, beside the program, and
 * where distributions install it. "+DIR" wants the checksum that the program gives.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "internal.h"

static const char *given[8]; /* by --debuginfo; the last one counts first */
static unsigned nr_given;

void btc_debug_dirs(const char *dirs)
{
	if (nr_given < BTC_COUNT(given))
		given[nr_given++] = dirs;
}

static bool has_crc(const char *path, __u32 want)
{
	unsigned char part[16384];
	uLong crc = crc32(0, NULL, 0);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, part, sizeof(part))) > 0)
		crc = crc32(crc, part, n);
	if (fd >= 0)
		close(fd);
	return !n && crc == want;
}

static bool is_there(const struct btc_elf *e, const char *path, const char *debug, bool check)
{
	struct stat own, other;

	if (stat(debug, &other) || !S_ISREG(other.st_mode))
		return false;
	if (!stat(path, &own) && own.st_ino == other.st_ino && own.st_dev == other.st_dev)
		return false;
	return !check || has_crc(debug, e->debug_crc);
}

/* An empty @dir is the program's own. */
static bool in_dir(const struct btc_elf *e, const char *path, const char *dir, size_t len,
		   char *out, size_t room)
{
	const char *slash = strrchr(path, '/');
	int own = slash ? (int)(slash - path) : 0;
	bool check = len && *dir == '+', own_dir;

	dir += check;
	len -= check;
	own_dir = !len || *dir != '/'; /* relative to the program */
	if (strlen(e->build_id) > 4 && !check && len) {
		snprintf(out, room, "%.*s/.build-id/%.2s/%s.debug", (int)len, dir, e->build_id,
			 e->build_id + 2);
		if (is_there(e, path, out, false))
			return true;
	}
	if (!*e->debug_name)
		return false;
	if (own_dir) {
		snprintf(out, room, "%.*s%s%.*s/%s", own, path, len ? "/" : "", (int)len, dir,
			 e->debug_name);
		if (is_there(e, path, out, check))
			return true;
	}
	if (!len)
		return false;
	snprintf(out, room, "%.*s%.*s/%s", (int)len, dir, own, path, e->debug_name);
	if (is_there(e, path, out, check))
		return true;
	snprintf(out, room, "%.*s/%s", (int)len, dir, e->debug_name);
	return is_there(e, path, out, check);
}

static bool in_dirs(const struct btc_elf *e, const char *path, const char *dirs, char *out,
		    size_t room)
{
	const char *end;

	for (;; dirs = end + 1) {
		end = dirs + strcspn(dirs, ":");
		if (in_dir(e, path, dirs, end - dirs, out, room))
			return true;
		if (!*end)
			return false;
	}
}

bool btc_debug_file(const struct btc_elf *e, const char *path, char *out, size_t room)
{
	unsigned i;

	for (i = nr_given; i--;)
		if (in_dirs(e, path, given[i], out, room))
			return true;
	return in_dirs(e, path, ":.debug:/usr/lib/debug", out, room);
}
