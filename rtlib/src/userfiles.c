// SPDX-License-Identifier: Apache-2.0
/*
 * Files of user probes. Libraries are found through ld.so.cache, programs
 * through PATH, patterns by walking directories; the process that is traced
 * comes first, and its root if that is not ours. The compiler links this too.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* "libc" means libc.so.6, "libssl.so.3" itself. */
static bool is_library(const char *want, const char *soname)
{
	size_t n = strlen(want);

	if (strncmp(want, soname, n))
		return false;
	return !soname[n] || !strncmp(soname + n, ".so", 3) ||
	       (strstr(want, ".so") && soname[n] == '.');
}

/* Adds @name below @root unless the same file is there under another name. */
static int add_file(struct btc_strs *out, const char *root, const char *name)
{
	char path[4200];
	struct stat st, other;
	size_t i;

	snprintf(path, sizeof(path), "%s%s", root, name);

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return 0;
	for (i = 0; i < out->nr; i++)
		if (!stat(out->s[i], &other) && other.st_ino == st.st_ino &&
		    other.st_dev == st.st_dev)
			return 0;
	return btc_strs_add(out, path);
}

/* /etc/ld.so.cache: header, entries, strings; offsets count from the header. */
static int search_cache(const char *root, const char *want, struct btc_strs *out)
{
	struct header {
		char magic[20];
		__u32 nr, strings;
		__u32 unused[5];
	} * h;
	struct entry {
		__s32 flags;
		__u32 key, value, osversion;
		__u64 hwcap;
	} * e;
	char path[128], *text, *end;
	struct stat st;
	ssize_t n = -1;
	int fd, err = 0;
	__u32 i;

	snprintf(path, sizeof(path), "%s/etc/ld.so.cache", root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	text = fstat(fd, &st) ? NULL : calloc(1, st.st_size + 1);
	if (text)
		n = read(fd, text, st.st_size);
	close(fd);
	end = text + (n > 0 ? n : 0);
	h = n > 0 ? memmem(text, n, "glibc-ld.so.cache1.1", 20) : NULL;
	if (!h || (char *)(h + 1) > end) {
		free(text);
		return -ENOENT;
	}
	e = (struct entry *)(h + 1);
	for (i = 0; !err && i < h->nr && (char *)(e + 1) <= end; i++, e++) {
		if ((e->flags & 0xff) != 3 || (char *)h + e->key >= end ||
		    (char *)h + e->value >= end)
			continue;
#if defined(__x86_64__)
		if ((e->flags & 0xff00) != 0x0300)
			continue;
#elif defined(__aarch64__)
		if ((e->flags & 0xff00) != 0x0a00)
			continue;
#endif
		if (is_library(want, (char *)h + e->key))
			err = add_file(out, root, (char *)h + e->value);
	}
	free(text);
	return err;
}

static int search_lib_dirs(const char *root, const char *want, struct btc_strs *out)
{
	static const char *const dirs[] = {
		"/lib",
		"/usr/lib",
		"/lib64",
		"/usr/lib64",
		"/usr/local/lib",
		"/lib/x86_64-linux-gnu",
		"/usr/lib/x86_64-linux-gnu",
		"/lib/aarch64-linux-gnu",
		"/usr/lib/aarch64-linux-gnu",
	};
	char path[512];
	struct dirent *e;
	int err = 0;
	size_t i;
	DIR *d;

	for (i = 0; !err && !out->nr && i < BTC_COUNT(dirs); i++) {
		snprintf(path, sizeof(path), "%s%s", root, dirs[i]);
		d = opendir(path);
		while (d && !err && (e = readdir(d))) {
			if (!is_library(want, e->d_name))
				continue;
			snprintf(path, sizeof(path), "%s/%s", dirs[i], e->d_name);
			err = add_file(out, root, path);
		}
		if (d)
			closedir(d);
	}
	return err;
}

/* The files that process @pid has mapped for execution. */
static int search_maps(pid_t pid, const char *root, const char *want, struct btc_strs *out)
{
	char path[64], line[4096 + 128], *s;
	int err = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (!err && fgets(line, sizeof(line), f)) {
		s = strchr(line, '/');
		if (!s || !strstr(line, "x"))
			continue;
		s[strcspn(s, "\n")] = '\0';
		if (line[strcspn(line, " ") + 3] != 'x')
			continue;
		if (!want || is_library(want, strrchr(s, '/') + 1))
			err = add_file(out, root, s);
	}
	fclose(f);
	btc_strs_sort(out);
	return err;
}

static int search_dirs(const char *root, const char *dirs, const char *name, struct btc_strs *out)
{
	const char *end;
	char path[4200];

	for (; dirs; dirs = *end ? end + 1 : NULL) {
		end = strchrnul(dirs, ':');
		snprintf(path, sizeof(path), "%s%.*s/%s", root, (int)(end - dirs), dirs, name);
		if (end != dirs && is_file(path))
			return btc_strs_add(out, path);
	}
	return 0;
}

/* The tool's PATH; that of the process if it has another root. */
static int search_path(pid_t pid, const char *root, const char *name, struct btc_strs *out)
{
	size_t room = 0;
	char path[64], *text = NULL;
	const char *dirs = NULL;
	int err;
	FILE *f;

	if (!*root)
		return search_dirs(root, getenv("PATH"), name, out);
	snprintf(path, sizeof(path), "/proc/%d/environ", pid);
	f = fopen(path, "re");
	while (f && !dirs && getdelim(&text, &room, 0, f) > 0)
		if (!strncmp(text, "PATH=", 5))
			dirs = text + 5;
	if (f)
		fclose(f);
	err = search_dirs(root, dirs ? dirs : "/usr/local/bin:/usr/bin:/bin", name, out);
	free(text);
	return err;
}

/* Expands '*' in the part of @pattern that follows @dir, one directory at a time. */
static int search_pattern(const char *dir, const char *pattern, struct btc_strs *out)
{
	size_t n = strcspn(pattern, "/");
	char part[256], path[4096];
	struct dirent *e;
	int err = 0;
	DIR *d;

	snprintf(part, sizeof(part), "%.*s", (int)n, pattern);
	if (!strchr(part, '*') && pattern[n] == '/') { /* also "." and ".." */
		snprintf(path, sizeof(path), "%s/%s", dir, part);
		return search_pattern(path, pattern + n + 1, out);
	}
	d = opendir(*dir ? dir : "/");
	while (d && !err && (e = readdir(d))) {
		if (e->d_name[0] == '.' || !btc_match(part, e->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (pattern[n] == '/')
			err = search_pattern(path, pattern + n + 1, out);
		else if (is_file(path))
			err = btc_strs_add(out, path);
	}
	if (d)
		closedir(d);
	btc_strs_sort(out);
	return err;
}

/* "/proc/PID/root" if process @pid sees other files than we do: a container, a chroot. */
static void foreign_root(pid_t pid, char *buf, size_t room)
{
	struct stat theirs, ours, ns, own;
	char root[64], mnt[64];

	*buf = '\0';
	if (!pid)
		return;
	snprintf(root, sizeof(root), "/proc/%d/root", pid);
	snprintf(mnt, sizeof(mnt), "/proc/%d/ns/mnt", pid);
	if (stat(root, &theirs) || stat("/", &ours) || stat(mnt, &ns) ||
	    stat("/proc/self/ns/mnt", &own))
		return;
	if (ns.st_ino != own.st_ino || theirs.st_ino != ours.st_ino || theirs.st_dev != ours.st_dev)
		snprintf(buf, room, "%s", root);
}

/* The program that @pid runs. */
static int add_exe(pid_t pid, const char *root, struct btc_strs *out)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	return add_file(out, root, path);
}

int btc_find_files(pid_t pid, const char *target, struct btc_strs *out)
{
	char root[64], path[4200];
	int err = 0;

	foreign_root(pid, root, sizeof(root));
	if (!*target && pid)
		return add_exe(pid, root, out);
	if (!strcmp(target, "*"))
		return pid ? search_maps(pid, root, NULL, out) : -EINVAL;
	if (strchr(target, '/') && strchr(target, '*')) {
		if (!strncmp(target, "./", 2))
			target += 2;
		return search_pattern(*target == '/' ? root : ".", target + (*target == '/'), out);
	}
	if (strchr(target, '/')) {
		snprintf(path, sizeof(path), "%s%s", *target == '/' ? root : "", target);
		return is_file(path) ? btc_strs_add(out, path) : 0;
	}
	if (!strncmp(target, "lib", 3)) {
		if (pid)
			err = search_maps(pid, root, target, out);
		if (!out->nr && err != -ENOMEM)
			err = search_cache(root, target, out);
		if (!out->nr && err != -ENOMEM)
			err = search_lib_dirs(root, target, out);
	}
	if (!out->nr && err != -ENOMEM)
		err = search_path(pid, root, target, out);
	if (!out->nr && is_file(target))
		err = btc_strs_add(out, target);
	return err;
}
