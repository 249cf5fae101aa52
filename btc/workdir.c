// SPDX-License-Identifier: Apache-2.0
/* Private directories and atomic replacement of files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workdir.h"

struct workdir {
	const char *path;
	bool keep;
};

static int complain(const char *what, const char *path)
{
	int err = errno;

	fprintf(stderr, "btc: error: cannot %s %s: %s\n", what, path, strerror(err));
	return -err;
}

struct workdir *workdir__new(struct arena *a, const char *keep)
{
	struct workdir *w = NEW(a, struct workdir);
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX], *template;

	if (keep) {
		if ((mkdir(keep, 0777) && errno != EEXIST) || !realpath(keep, path)) {
			complain("make the directory", keep);
			return NULL;
		}
		w->path = arena__strdup(a, path);
		w->keep = true;
		return w;
	}
	/* The path goes to programs that run elsewhere, so it must be absolute. */
	if (!tmp || *tmp != '/')
		tmp = "/tmp";
	template = arena__printf(a, "%s/btc-XXXXXX", tmp);
	w->path = mkdtemp(template);
	if (!w->path) {
		complain("make a directory in", tmp);
		return NULL;
	}
	return w;
}

const char *workdir__path(const struct workdir *w)
{
	return w->path;
}

const char *workdir__file(struct arena *a, const struct workdir *w, const char *name)
{
	return arena__printf(a, "%s/%s", w->path, name);
}

void workdir__keep(struct workdir *w)
{
	w->keep = true;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void workdir__free(struct workdir *w)
{
	if (w && !w->keep)
		remove_tree(w->path);
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

int write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int err;

	if (fd < 0)
		return complain("write", path);
	err = write_all(fd, text, len);
	if (close(fd) && !err)
		err = -errno;
	if (err) {
		errno = -err;
		complain("write", path);
	}
	return err;
}

const char *temp_beside(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash + 1 - path) : 0;
	char *temp = arena__printf(a, "%.*s.%s.XXXXXX", dir, path, path + dir);
	int fd = mkostemp(temp, O_CLOEXEC);

	if (fd < 0) {
		complain("write", path);
		return NULL;
	}
	close(fd);
	return temp;
}

int rename_over(const char *temp, const char *path)
{
	int err;

	if (!rename(temp, path))
		return 0;
	err = complain("write", path);
	unlink(temp);
	return err;
}

int set_mode(const char *path, unsigned mode)
{
	mode_t mask = umask(0);

	umask(mask);
	return chmod(path, mode & ~mask) ? complain("write", path) : 0;
}

int replace_file(struct arena *a, const char *path, const char *text, size_t len)
{
	struct stat st;
	const char *temp;
	int err;

	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return write_file(path, text, len);
	temp = temp_beside(a, path);
	if (!temp)
		return -EIO;
	err = write_file(temp, text, len);
	if (!err)
		err = set_mode(temp, 0666);
	if (err) {
		unlink(temp);
		return err;
	}
	return rename_over(temp, path);
}
