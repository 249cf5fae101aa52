// SPDX-License-Identifier: Apache-2.0
/*
 * Files that a compilation leans on, and whether they are what they were. A
 * file's mode and owner count beside its bytes: imports are refused by them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deps.h"
#include "hash.h"
#include "workdir.h"

struct deps *deps__new(struct arena *a)
{
	struct deps *d = NEW(a, struct deps);

	d->a = a;
	d->seen = strmap__new(a);
	return d;
}

static void add(struct deps *d, enum dep_kind kind, const char *path)
{
	struct dep dep = { .kind = kind };
	char cwd[PATH_MAX];
	const char *key;

	if (*path != '/' && getcwd(cwd, sizeof(cwd)))
		path = arena__printf(d->a, "%s/%s", cwd, path);
	key = arena__printf(d->a, "%d%s", kind, path);
	if (strmap__get(d->seen, key))
		return;
	strmap__set(d->seen, key, d);
	dep.path = arena__strdup(d->a, path);
	vec_push(d->a, &d->list, dep);
}

void deps__file(struct deps *d, const char *path)
{
	if (d)
		add(d, DEP_FILE, path);
}

void deps__dir(struct deps *d, const char *path)
{
	if (d)
		add(d, DEP_DIR, path);
}

/* TARGET: FILE FILE\⏎ FILE, where a backslash keeps the blank or # behind it, and $$ is $. */
void deps__rule(struct deps *d, const char *rule, const char *but)
{
	const char *s;
	char *text, *to;
	size_t len;

	if (!d || !(text = read_file(d->a, rule, &len)))
		return;
	s = strstr(text, ": ");
	for (s = s ? s + 2 : ""; *s;) {
		s += strspn(s, " \t\n");
		if (*s == '\\' && s[1] == '\n') {
			s += 2;
			continue;
		}
		to = arena__strdup(d->a, s);
		for (text = to; *s && !strchr(" \t\n", *s);) {
			if (*s == '\\' && s[1] == '\n')
				break;
			if ((*s == '\\' && strchr(" #\\", s[1])) || (*s == '$' && s[1] == '$'))
				s++;
			*to++ = *s++;
		}
		*to = '\0';
		if (*text && strncmp(text, but, strlen(but)))
			add(d, DEP_FILE, text);
	}
}

/* --- a rule for make ----------------------------------------------------------------- */

static void add_name(struct buf *b, const char *name)
{
	for (; *name; name++) {
		if (strchr(" #\\", *name))
			buf__str(b, "\\");
		else if (*name == '$')
			buf__str(b, "$");
		buf__add(b, name, 1);
	}
}

/* What is in /sys and /proc is always new, or never. */
static bool is_built_from(const struct dep *dep)
{
	return dep->kind == DEP_FILE && strncmp(dep->path, "/sys/", 5) &&
	       strncmp(dep->path, "/proc/", 6) && !access(dep->path, F_OK);
}

bool deps__write(const struct deps *d, const char *path, const char *target, const char *script)
{
	struct buf b = { 0 };
	bool ok;

	add_name(&b, target);
	buf__str(&b, ":");
	if (script) {
		buf__str(&b, " \\\n ");
		add_name(&b, script);
	}
	for (size_t i = 0; i < d->list.nr; i++) {
		if (!is_built_from(&d->list.v[i]))
			continue;
		buf__str(&b, " \\\n ");
		add_name(&b, d->list.v[i].path);
	}
	buf__str(&b, "\n");
	ok = !replace_file(d->a, path, b.s, b.len);
	buf__free(&b);
	return ok;
}

/* --- what it is now ---------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void hash_names(struct arena *a, struct hash *h, const char *path)
{
	VEC(const char *) names = { 0 };
	DIR *dir = opendir(path);
	const struct dirent *e;

	while (dir && (e = readdir(dir)))
		vec_push(a, &names, (const char *)arena__strdup(a, e->d_name));
	if (dir)
		closedir(dir);
	if (names.nr)
		qsort(names.v, names.nr, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.nr; i++)
		hash__str(h, names.v[i]);
}

static void hash_file(struct arena *a, struct hash *h, const char *path)
{
	size_t len;
	const char *text = read_file(a, path, &len);

	if (text)
		hash__add(h, text, len);
	else
		hash__str(h, strerror(errno));
}

/* Of the directory that it lies in as well, where others may change it. */
static void hash_writers(struct arena *a, struct hash *h, const char *path, const struct stat *st)
{
	const char *slash = strrchr(path, '/');
	struct stat dir;

	hash__str(h, arena__printf(a, "%o %u", (unsigned)st->st_mode, st->st_uid));
	if (!stat(arena__strndup(a, path, (size_t)(slash - path + 1)), &dir))
		hash__str(h, arena__printf(a, "%o", (unsigned)dir.st_mode));
}

void dep__state(struct arena *a, const struct dep *dep, const char **stamp, const char **content)
{
	struct arena *own = arena__new();
	char hex[HASH_HEX];
	struct hash h;
	struct stat st;

	hash__init(&h);
	*stamp = "";
	if (stat(dep->path, &st)) {
		hash__str(&h, "none");
	} else {
		/* A size of 0 is sysfs's or tracefs's word for unknown. */
		if (dep->kind == DEP_FILE && S_ISREG(st.st_mode) && st.st_size)
			*stamp = arena__printf(a, "%llx.%llx.%lld.%lld.%ld.%lld.%ld",
					       (unsigned long long)st.st_dev,
					       (unsigned long long)st.st_ino, (long long)st.st_size,
					       (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
					       (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
		if (content && dep->kind == DEP_DIR)
			hash_names(own, &h, dep->path);
		else if (content && S_ISREG(st.st_mode))
			hash_file(own, &h, dep->path);
		if (content)
			hash_writers(own, &h, dep->path, &st);
	}
	if (content) {
		hash__hex(&h, hex);
		*content = arena__strdup(a, hex);
	}
	arena__free(own);
}

static bool is_newer(const struct timespec *t, const struct timespec *when)
{
	return t->tv_sec > when->tv_sec ||
	       (t->tv_sec == when->tv_sec && t->tv_nsec >= when->tv_nsec);
}

bool dep__is_newer(const struct dep *dep, const struct timespec *when)
{
	struct stat st;

	return !stat(dep->path, &st) && S_ISREG(st.st_mode) && st.st_size &&
	       (is_newer(&st.st_mtim, when) || is_newer(&st.st_ctim, when));
}
