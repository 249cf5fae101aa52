// SPDX-License-Identifier: Apache-2.0
/*
 * What a compilation depends on besides files that it names, told apart in well
 * under a millisecond. A kernel and its modules have build ids, which stand for
 * their types; programs and headers are known by size and time.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "identity.h"

extern char **environ;

typedef VEC(const char *) names_vec;

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The entries of a directory in order: that of readdir() may change. */
static names_vec names_in(struct arena *a, const char *path)
{
	names_vec names = { 0 };
	DIR *dir = opendir(path);
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] != '.')
			vec_push(a, &names, (const char *)arena__strdup(a, e->d_name));
	}
	if (dir)
		closedir(dir);
	if (names.nr)
		qsort(names.v, names.nr, sizeof(*names.v), by_name);
	return names;
}

/* --- the kernel ------------------------------------------------------------------------ */

/* Files of sysfs of a few hundred bytes. */
static void hash_small(struct hash *h, const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	hash__str(h, n < 0 ? NULL : "notes");
	if (n > 0)
		hash__add(h, text, (size_t)n);
	if (fd >= 0)
		close(fd);
}

void identity__kernel(struct hash *h)
{
	static const char dir[] = "/sys/kernel/btf";
	struct arena *a = arena__new();
	names_vec names = names_in(a, dir);
	struct utsname u;

	if (!uname(&u)) {
		hash__str(h, u.release);
		hash__str(h, u.version);
		hash__str(h, u.machine);
	}
	hash_small(h, "/sys/kernel/notes");
	for (size_t i = 0; i < names.nr; i++) {
		hash__str(h, names.v[i]);
		if (strcmp(names.v[i], "vmlinux"))
			hash_small(h, arena__printf(a, "/sys/module/%s/notes/.note.gnu.build-id",
						    names.v[i]));
	}
	arena__free(a);
}

/* --- btc and its programs ------------------------------------------------------------------- */

static void hash_stat(struct arena *a, struct hash *h, const char *path)
{
	struct stat st;

	hash__str(h, path);
	if (path && !stat(path, &st))
		hash__str(h, arena__printf(a, "%lld %lld.%ld", (long long)st.st_size,
					   (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec));
}

static void hash_tree(struct arena *a, struct hash *h, const char *dir)
{
	names_vec names = names_in(a, dir);

	for (size_t i = 0; i < names.nr; i++) {
		const char *path = arena__printf(a, "%s/%s", dir, names.v[i]);
		struct stat st;

		if (!stat(path, &st) && S_ISDIR(st.st_mode))
			hash_tree(a, h, path);
		else
			hash_stat(a, h, path);
	}
}

void identity__btc(struct arena *a, struct hash *h, const struct toolchain_options *o)
{
	struct toolchain t = { 0 };
	const char *cc = toolchain__path(a, o->cc, "BTC_CC", "cc");

	hash__str(h, BTC_VERSION);
	hash_stat(a, h, "/proc/self/exe");
	if (toolchain__find_lib(a, &t))
		hash_tree(a, h, t.lib);
	hash_stat(a, h, toolchain__clang_path(a, o));
	/* Who finds none says so when it is needed. */
	hash_stat(a, h, toolchain__path(a, o->bpftool, "BTC_BPFTOOL", "bpftool"));
	hash_stat(a, h, cc ? cc : toolchain__path(a, NULL, NULL, "gcc"));
	hash_stat(a, h, toolchain__path(a, NULL, NULL, "ld.gold"));
}

/* --- the environment --------------------------------------------------------------------------- */

static bool matters(const char *var)
{
	static const char *const prefixes[] = { "BPFTRACE_", "BTC_C", "BTC_B" };
	static const char *const names[] = {
		"CPATH=",	  "C_INCLUDE_PATH=", "GCC_EXEC_PREFIX=",
		"COMPILER_PATH=", "LIBRARY_PATH=",   "ARCH=",
	};

	/* Colour is the messages' affair, and its result is hashed. */
	if (!strncmp(var, "BPFTRACE_COLOR=", 15) || !strncmp(var, "BTC_CACHE", 9))
		return false;
	for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
		if (!strncmp(var, prefixes[i], strlen(prefixes[i])))
			return true;
	}
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (!strncmp(var, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

void identity__environment(struct arena *a, struct hash *h)
{
	names_vec vars = { 0 };

	for (char **e = environ; *e; e++) {
		if (matters(*e))
			vec_push(a, &vars, (const char *)*e);
	}
	if (vars.nr)
		qsort(vars.v, vars.nr, sizeof(*vars.v), by_name);
	for (size_t i = 0; i < vars.nr; i++)
		hash__str(h, vars.v[i]);
}
