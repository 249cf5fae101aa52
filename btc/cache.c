// SPDX-License-Identifier: Apache-2.0
/*
 * Looked up in two steps. The first key is made of all that is known before
 * anything is parsed: the script, options, environment, kernel, btc and its
 * programs. Under it lies a list of what else the last such compilation read
 * (imports, headers, formats of tracepoints, parameters that became literals).
 * What these are now makes the second key, the name of the tool's directory.
 *
 * Nothing is locked. Lists and directories are made under another name and
 * renamed; a directory that is removed is renamed first. Who looks something up
 * holds directories open, so that the tool it starts is the one it looked at.
 *
 * Whoever can write a tool decides what its user does as root: what others own or
 * may write is refused, all the way from the cache's directory.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache.h"
#include "check.h"
#include "identity.h"
#include "source.h"
#include "workdir.h"

#define FORMAT	     "btc-cache-1"
#define SAID	     ".said" /* beside the tool: what compiling it said */
#define DEFAULT_SIZE (256ull << 20)
#define TRASH_AGE    3600 /* seconds after which what an interrupted btc left is removed */

struct cache {
	struct arena *a;
	const char *path;
	int fd;
	const struct cache_query *q;
	struct timespec start;
	char key[HASH_HEX]; /* the first one */
	const char *room;   /* directory that the tool is written to; NULL: none */
};

/* --- the directory ------------------------------------------------------------------- */

static const char *home_of(struct arena *a)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return arena__strdup(a, xdg);
	return home && *home == '/' ? arena__printf(a, "%s/.cache", home) : NULL;
}

/* Bytes, with K, M or G behind. */
static unsigned long long size_limit(void)
{
	const char *s = getenv("BTC_CACHE_SIZE");
	unsigned long long n;
	char *end;

	if (!s || !*s)
		return DEFAULT_SIZE;
	n = strtoull(s, &end, 10);
	switch (*end) {
	case 'K': return n << 10;
	case 'M': return n << 20;
	case 'G': return n << 30;
	default: return n;
	}
}

/* Is @st mine alone to write? If not, says so. */
static bool is_private(const char *path, const struct stat *st)
{
	const char *why = NULL;

	if (st->st_uid != geteuid())
		why = "it belongs to another user";
	else if (st->st_mode & (S_IWGRP | S_IWOTH))
		why = "others can write to it";
	if (why)
		fprintf(stderr,
			"btc: warning: %s is not used: %s (--no-cache does without the cache)\n",
			path, why);
	return !why;
}

/* A directory that is no link and private; -1: not there, or refused. */
static int open_private(int at, const char *name, const char *path)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && is_private(path, &st))
		return fd;
	close(fd);
	return -1;
}

struct cache *cache__open(struct arena *a)
{
	struct cache *c = NEW(a, struct cache);
	const char *home = home_of(a);

	if (!home || !size_limit())
		return NULL;
	c->a = a;
	c->path = arena__printf(a, "%s/btc", home);
	/* The clock of the file system, which is as coarse. */
	clock_gettime(CLOCK_REALTIME_COARSE, &c->start);
	if (mkdir(c->path, 0700) && errno == ENOENT) {
		mkdir(home, 0700);
		mkdir(c->path, 0700);
	}
	c->fd = open_private(AT_FDCWD, c->path, c->path);
	return c->fd < 0 ? NULL : c;
}

/* --- the keys --------------------------------------------------------------------------- */

static void first_key(struct cache *c, const struct cache_query *q)
{
	const struct driver_options *o = q->o;
	const struct source *src = o->source;
	char *cwd = src->path && *src->path == '/' ? NULL : get_current_dir_name();
	struct hash h;
	size_t nr = o->nr_params;

	hash__init(&h);
	hash__str(&h, FORMAT);
	hash__str(&h, q->name);
	hash__str(&h, src->path);
	hash__str(&h, cwd); /* imports are looked for from there */
	hash__add(&h, src->text, src->len);
	hash__str(&h, "");
	for (size_t i = 0; i < q->nr_words; i++)
		hash__str(&h, q->words[i]);
	hash__str(&h, q->color ? "color" : "plain");
	/* Of parameters the types; those that are not given are numbers. */
	while (nr && check__is_number(c->a, o->params[nr - 1]))
		nr--;
	for (size_t i = 0; i < nr; i++)
		hash__str(&h, check__is_number(c->a, o->params[i]) ? "n" : "t");
	identity__environment(c->a, &h);
	identity__kernel(&h);
	identity__btc(c->a, &h, &o->tools);
	hash__hex(&h, c->key);
	free(cwd);
}

static const char *param_text(const struct driver_options *o, unsigned n, struct arena *a)
{
	if (!n)
		return arena__printf(a, "%u", o->nr_params);
	return n <= o->nr_params ? o->params[n - 1] : NULL;
}

static void add_param(struct cache *c, struct hash *h, unsigned n)
{
	hash__str(h, arena__printf(c->a, "$%u", n));
	hash__str(h, param_text(c->q->o, n, c->a));
}

static void add_dep(struct hash *h, const struct dep *dep, const char *content)
{
	hash__str(h, dep->kind == DEP_DIR ? "dir" : "file");
	hash__str(h, dep->path);
	hash__str(h, content);
}

/* --- looking up --------------------------------------------------------------------------- */

static char *read_fd(struct arena *a, int fd)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) || st.st_size < 0)
		return NULL;
	text = arena__alloc(a, (size_t)st.st_size + 1);
	n = pread(fd, text, (size_t)st.st_size, 0);
	return n == st.st_size ? text : NULL;
}

/* The text of a private file; NULL: there is none, or it is refused. */
static char *read_private(struct cache *c, int at, const char *name, const char *path)
{
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	char *text = NULL;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && is_private(path, &st))
		text = read_fd(c->a, fd);
	close(fd);
	return text;
}

static const char *list_name(struct cache *c)
{
	return arena__printf(c->a, "%s.deps", c->key);
}

/*
 * The second key by the list's lines: "$ N", "F STAMP CONTENT PATH" and
 * "D - CONTENT PATH". What has its stamp still has its content.
 */
static bool second_key(struct cache *c, char *list, char key[HASH_HEX])
{
	struct hash h;
	char *line, *save = NULL;

	hash__init(&h);
	hash__str(&h, c->key);
	for (line = strtok_r(list, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *stamp = line + 2, *content, *path;
		const char *now, *text;
		struct dep dep;

		if (*line == '$') {
			add_param(c, &h, (unsigned)strtoul(stamp, NULL, 10));
			continue;
		}
		content = strchr(stamp, ' ');
		path = content ? strchr(content + 1, ' ') : NULL;
		if (!path)
			return false;
		*content++ = '\0';
		*path++ = '\0';
		dep.kind = *line == 'D' ? DEP_DIR : DEP_FILE;
		dep.path = path;
		dep__state(c->a, &dep, &now, NULL);
		text = content;
		if (!*now || strcmp(now, stamp))
			dep__state(c->a, &dep, &now, &text);
		add_dep(&h, &dep, text);
	}
	hash__hex(&h, key);
	return true;
}

/* Recently used things stay. */
static void touch(int at, const char *name)
{
	utimensat(at, name, NULL, AT_SYMLINK_NOFOLLOW);
}

static void become(struct cache *c, const char *key, char **argv)
{
	const char *path = arena__printf(c->a, "%s/%s", c->path, key);
	int dir = open_private(c->fd, key, path);
	const char *said;
	struct stat st;

	if (dir < 0)
		return;
	path = arena__printf(c->a, "%s/%s", path, c->q->name);
	if (!fstatat(dir, c->q->name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
	    is_private(path, &st)) {
		said = read_private(c, dir, SAID, path);
		if (said)
			fputs(said, stderr);
		touch(c->fd, key);
		execveat(dir, c->q->name, argv, environ, AT_SYMLINK_NOFOLLOW);
	}
	close(dir);
}

void cache__exec(struct cache *c, const struct cache_query *q, char **argv)
{
	char key[HASH_HEX], *list;
	const char *name;

	c->q = q;
	first_key(c, q);
	name = list_name(c);
	list = read_private(c, c->fd, name, arena__printf(c->a, "%s/%s", c->path, name));
	if (!list || !second_key(c, list, key))
		return;
	touch(c->fd, name);
	become(c, key, argv);
}

/* --- its size ------------------------------------------------------------------------------- */

struct item {
	const char *name;
	time_t used;
	long used_ns;
	unsigned long long bytes;
	bool is_dir;
};

typedef VEC(struct item) item_vec;

static unsigned long long bytes_in(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned long long sum = 0;
	const struct dirent *e;
	struct stat st;

	while (dir && (e = readdir(dir))) {
		if (!fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
			sum += (unsigned long long)st.st_blocks * 512;
	}
	if (dir)
		closedir(dir);
	return sum;
}

/* Renamed before it is removed: who is about to start the tool finds all of it, or nothing. */
static void remove_item(struct cache *c, const char *name, bool is_dir)
{
	const char *trash;

	if (!is_dir) {
		unlinkat(c->fd, name, 0);
		return;
	}
	trash = arena__printf(c->a, ".old-%d-%s", (int)getpid(), name);
	if (*name == '.')
		trash = name;
	else if (renameat(c->fd, name, c->fd, trash))
		return;
	remove_tree(arena__printf(c->a, "%s/%s", c->path, trash));
}

static int by_use(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->used != y->used)
		return x->used < y->used ? -1 : 1;
	return x->used_ns < y->used_ns ? -1 : x->used_ns > y->used_ns;
}

/* Removes what an interrupted btc left; the rest goes to @items. */
static unsigned long long take_stock(struct cache *c, item_vec *items)
{
	DIR *dir = opendir(c->path);
	unsigned long long sum = 0;
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		struct item i = { .name = arena__strdup(c->a, e->d_name) };
		struct stat st;

		if (!strcmp(i.name, ".") || !strcmp(i.name, "..") ||
		    fstatat(c->fd, i.name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		i.is_dir = S_ISDIR(st.st_mode);
		i.used = st.st_mtim.tv_sec;
		i.used_ns = st.st_mtim.tv_nsec;
		if (*i.name == '.') {
			if (i.used + TRASH_AGE < c->start.tv_sec)
				remove_item(c, i.name, i.is_dir);
			continue;
		}
		i.bytes = i.is_dir ? bytes_in(c->fd, i.name)
				   : (unsigned long long)st.st_blocks * 512;
		sum += i.bytes;
		vec_push(c->a, items, i);
	}
	if (dir)
		closedir(dir);
	return sum;
}

/*
 * What was used longest ago goes, down to three quarters, so that this is not done
 * each time; but not the tool @key, which is about to run.
 */
static void shrink(struct cache *c, const char *key)
{
	unsigned long long limit = size_limit(), sum;
	item_vec items = { 0 };

	sum = take_stock(c, &items);
	if (sum <= limit)
		return;
	qsort(items.v, items.nr, sizeof(*items.v), by_use);
	for (size_t i = 0; i < items.nr && sum > limit - limit / 4; i++) {
		if (!strcmp(items.v[i].name, key))
			continue;
		remove_item(c, items.v[i].name, items.v[i].is_dir);
		sum -= items.v[i].bytes;
	}
}

/* --- storing ----------------------------------------------------------------------------------- */

const char *cache__room(struct cache *c)
{
	char *path = arena__printf(c->a, "%s/.new-XXXXXX", c->path);

	c->room = mkdtemp(path);
	return c->room ? arena__printf(c->a, "%s/%s", c->room, c->q->name) : NULL;
}

void cache__drop(struct cache *c)
{
	if (c->room)
		remove_tree(c->room);
	c->room = NULL;
}

/* The list, and the second key by it. False: something was changed while it was read. */
static bool make_list(struct cache *c, const struct deps *deps, struct buf *list,
		      char key[HASH_HEX])
{
	const char *stamp, *content;
	struct hash h;

	hash__init(&h);
	hash__str(&h, c->key);
	for (size_t i = 0; i < deps->params.nr; i++) {
		buf__printf(list, "$ %u\n", deps->params.v[i]);
		add_param(c, &h, deps->params.v[i]);
	}
	for (size_t i = 0; i < deps->list.nr; i++) {
		const struct dep *dep = &deps->list.v[i];

		if (dep__is_newer(dep, &c->start) || strchr(dep->path, '\n'))
			return false;
		dep__state(c->a, dep, &stamp, &content);
		buf__printf(list, "%c %s %s %s\n", dep->kind == DEP_DIR ? 'D' : 'F',
			    *stamp ? stamp : "-", content, dep->path);
		add_dep(&h, dep, content);
	}
	hash__hex(&h, key);
	return true;
}

static bool write_list(struct cache *c, const struct buf *list)
{
	char *temp = arena__printf(c->a, "%s/.list-XXXXXX", c->path);
	int fd = mkostemp(temp, O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	if (!write_file(temp, list->s ? list->s : "", list->len) &&
	    !rename(temp, arena__printf(c->a, "%s/%s", c->path, list_name(c))))
		return true;
	unlink(temp);
	return false;
}

static bool write_said(struct cache *c, const struct buf *said)
{
	const char *path = arena__printf(c->a, "%s/" SAID, c->room);

	return !said->len || (!write_file(path, said->s, said->len) && !chmod(path, 0600));
}

const char *cache__store(struct cache *c, const struct deps *deps, const struct buf *said,
			 const char **room)
{
	const char *tool = arena__printf(c->a, "%s/%s", c->room, c->q->name), *dir;
	struct buf list = { 0 };
	char key[HASH_HEX];

	*room = c->room;
	if (!chmod(tool, 0700) && make_list(c, deps, &list, key) && write_said(c, said)) {
		dir = arena__printf(c->a, "%s/%s", c->path, key);
		/* Where another btc was faster, or what is there is refused, this one stays where it is. */
		if (!rename(c->room, dir)) {
			tool = arena__printf(c->a, "%s/%s", dir, c->q->name);
			*room = NULL;
		}
		if (write_list(c, &list))
			shrink(c, key);
	}
	buf__free(&list);
	return tool;
}
