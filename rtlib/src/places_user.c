// SPDX-License-Identifier: Apache-2.0
/*
 * Places of user probes: which file is meant, and where in it. Libraries are
 * found through the target's ld.so.cache, programs through PATH, patterns by
 * walking directories. With -p, the process's own files come first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lines.h"

/* --- files --- */

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

/* Adds @path unless the same file is there under another name. */
static int add_file(struct btc_strs *out, const char *path)
{
	struct stat st, other;
	size_t i;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return 0;
	for (i = 0; i < out->nr; i++)
		if (!stat(out->s[i], &other) && other.st_ino == st.st_ino &&
		    other.st_dev == st.st_dev)
			return 0;
	return btc_strs_add(out, path);
}

/* /etc/ld.so.cache: header, entries, strings; offsets count from the header. */
static int search_cache(const char *want, struct btc_strs *out)
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
	int fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	char *text, *end;
	ssize_t n = -1;
	__u32 i;

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
			err = add_file(out, (char *)h + e->value);
	}
	free(text);
	return err;
}

static int search_lib_dirs(const char *want, struct btc_strs *out)
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
		d = opendir(dirs[i]);
		while (d && !err && (e = readdir(d))) {
			if (!is_library(want, e->d_name))
				continue;
			snprintf(path, sizeof(path), "%s/%s", dirs[i], e->d_name);
			err = add_file(out, path);
		}
		if (d)
			closedir(d);
	}
	return err;
}

/* The files that process @pid has mapped for execution. */
static int search_maps(pid_t pid, const char *want, struct btc_strs *out)
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
			err = btc_strs_add(out, s);
	}
	fclose(f);
	btc_strs_sort(out);
	return err;
}

static int search_path(const char *name, struct btc_strs *out)
{
	const char *dirs = getenv("PATH"), *end;
	char path[4096];

	for (; dirs; dirs = *end ? end + 1 : NULL) {
		end = strchrnul(dirs, ':');
		snprintf(path, sizeof(path), "%.*s/%s", (int)(end - dirs), dirs, name);
		if (end != dirs && is_file(path))
			return btc_strs_add(out, path);
	}
	return 0;
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

/* "/proc/PID/root" if the process of -p sees other files than we do. */
static void foreign_root(pid_t pid, char *buf, size_t room)
{
	char path[64], theirs[64] = "", ours[64] = "";
	ssize_t a, b;

	*buf = '\0';
	if (!pid)
		return;
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	a = readlink(path, theirs, sizeof(theirs) - 1);
	b = readlink("/proc/self/ns/mnt", ours, sizeof(ours) - 1);
	if (a > 0 && b > 0 && strcmp(theirs, ours))
		snprintf(buf, room, "/proc/%d/root", pid);
}

static int find_files(struct btc_run *r, const char *target, struct btc_strs *out)
{
	char root[64], path[4096];
	ssize_t n;
	int err = 0;

	foreign_root(r->pid, root, sizeof(root));
	if (!*target && r->pid) {
		snprintf(root, sizeof(root), "/proc/%d/exe", r->pid);
		n = readlink(root, path, sizeof(path) - 1);
		if (n < 0)
			return -errno;
		path[n] = '\0';
		return btc_strs_add(out, path);
	}
	if (!strcmp(target, "*"))
		return r->pid ? search_maps(r->pid, NULL, out) : -EINVAL;
	if (strchr(target, '/') && strchr(target, '*')) {
		snprintf(path, sizeof(path), "%s%s", root, *target == '/' ? "" : "/");
		if (!strncmp(target, "./", 2))
			target += 2;
		return search_pattern(*target == '/' ? root : ".", target + (*target == '/'), out);
	}
	if (strchr(target, '/')) {
		snprintf(path, sizeof(path), "%s%s", *target == '/' ? root : "", target);
		return is_file(path) ? btc_strs_add(out, path) : 0;
	}
	if (!strncmp(target, "lib", 3)) {
		if (r->pid)
			err = search_maps(r->pid, target, out);
		if (!out->nr && err != -ENOMEM)
			err = search_cache(target, out);
		if (!out->nr && err != -ENOMEM)
			err = search_lib_dirs(target, out);
	}
	if (!out->nr && err != -ENOMEM)
		err = search_path(target, out);
	if (!out->nr && is_file(target))
		err = btc_strs_add(out, target);
	return err;
}

/* --- places in a file --- */

extern char *__cxa_demangle(const char *name, char *buf, size_t *len, int *status)
	__attribute__((weak));

static bool wants_cpp(const struct btc_probe *pr)
{
	return pr->ns && !strcmp(pr->ns, "cpp");
}

/* As the source has it, malloc()ed; NULL: it is no C++ name. */
static char *demangle(const char *name)
{
	int status = -1;
	char *text;

	if (strncmp(name, "_Z", 2) || !__cxa_demangle)
		return NULL;
	text = __cxa_demangle(name, NULL, NULL, &status);
	return status ? NULL : text;
}

/* Where the parameters of a C++ name begin; NULL: nowhere. */
static char *parameters(const char *name)
{
	char *call = strstr(name, "operator()");

	return strchr(call ? call + strlen("operator()") : name, '(');
}

/* A C++ name matches with and without its parameters. */
static bool is_cpp(const char *mangled, const char *want)
{
	char *text = demangle(mangled), *params;
	bool match = text && btc_match(want, text);

	if (text && !match && !parameters(want)) {
		params = parameters(text);
		if (params)
			*params = '\0';
		match = btc_match(want, text);
	}
	free(text);
	return match;
}

static int add_place(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const char *func, __u64 file_off)
{
	const char *kind = pr->kind == BTC_URETPROBE ? "uretprobe" : "uprobe";
	char name[4600], *cpp = wants_cpp(pr) ? demangle(func) : NULL;
	struct btc_place *pl;

	if (pr->has_address)
		snprintf(name, sizeof(name), "%s:%s:%llu", kind, path,
			 (unsigned long long)pr->address);
	else if (cpp)
		snprintf(name, sizeof(name), "%s:%s:cpp:%s", kind, path, cpp);
	else if (pr->offset)
		snprintf(name, sizeof(name), "%s:%s:%s+%llu", kind, path, func,
			 (unsigned long long)pr->offset);
	else
		snprintf(name, sizeof(name), "%s:%s:%s", kind, path, func);
	free(cpp);
	pl = btc_place_add(r, pr, name, path, func);
	if (!pl)
		return -ENOMEM;
	pl->offset = file_off;
	return 0;
}

static int at_symbol(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const struct btc_elf *e, const struct btc_elf_sym *s)
{
	const char *name = btc_elf_name(e, s);
	__u64 off;

	if (pr->offset && pr->offset >= s->size)
		return btc_fail(r, BTC_STATUS_LOAD, pr->where,
				"%s:%s+%llu: the function has %llu bytes", path, name,
				(unsigned long long)pr->offset, (unsigned long long)s->size);
	if (btc_elf_to_offset(e, s->addr + pr->offset, &off))
		return pr->wild
			       ? 0
			       : btc_fail(r, BTC_STATUS_LOAD, pr->where,
					  "%s:%s: its address is in no executable part of the file",
					  path, name);
	return add_place(r, pr, path, name, off);
}

static int no_symbol(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const struct btc_elf *e, const char *func)
{
	struct btc_strs names = { 0 };
	char near[256];
	size_t i;

	for (i = 0; i < e->nr; i++)
		if (btc_elf_name(e, &e->sym[i])[0] == func[0])
			btc_strs_add(&names, btc_elf_name(e, &e->sym[i]));
	btc_strs_sort(&names);
	btc_near(&names, func, near, sizeof(near));
	btc_strs_free(&names);
	if (!e->nr)
		return btc_place_missing(
			r, pr, BTC_STATUS_FACT,
			"%s has no symbols (stripped); name an address, or install its debug symbols",
			path);
	return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s has no function '%s'%s%s%s", path,
				 func, *near ? "; did you mean " : "", near, *near ? "?" : "");
}

struct line_search {
	struct btc_run *r;
	const struct btc_probe *pr;
	const char *path;
	const struct btc_elf *e;
	unsigned nr;
};

/* It is rendered as the address that it is. */
static int at_line(__u64 addr, void *arg)
{
	struct line_search *s = arg;
	struct btc_place *pl;
	char name[4600];
	__u64 off;

	if (btc_elf_to_offset(s->e, addr, &off))
		return 0;
	s->nr++;
	snprintf(name, sizeof(name), "uprobe:%s:%llu", s->path, (unsigned long long)addr);
	pl = btc_place_add(s->r, s->pr, name, s->path, "");
	if (!pl)
		return -ENOMEM;
	pl->offset = off;
	return 0;
}

static int at_source(struct btc_run *r, const struct btc_probe *pr, const char *path,
		     const struct btc_elf *e)
{
	struct btc_line want = { pr->file, pr->line, pr->col };
	struct line_search s = { .r = r, .pr = pr, .path = path, .e = e };
	char debug[128];
	unsigned next;
	int err;

	err = btc_lines ? btc_lines(path, &want, at_line, &s, &next) : -ENOTSUP;
	if (err == -ENODATA && strlen(e->build_id) > 2) { /* installed apart from the program */
		snprintf(debug, sizeof(debug), "/usr/lib/debug/.build-id/%.2s/%s.debug",
			 e->build_id, e->build_id + 2);
		err = btc_lines(debug, &want, at_line, &s, &next);
		if (err == -ENOENT)
			err = -ENODATA;
	}
	if (err == -ENODATA)
		return btc_place_missing(
			r, pr, BTC_STATUS_FACT,
			"%s has no debug information, which tells where %s:%u is; compile it with -g, or install its debug symbols",
			path, pr->file, pr->line);
	if (err || s.nr)
		return err;
	if (next)
		return btc_place_missing(r, pr, BTC_STATUS_FACT,
					 "%s has no code at %s:%u; the next line with code is %u",
					 path, pr->file, pr->line, next);
	return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s has no code of %s at line %u or below",
				 path, pr->file, pr->line);
}

static int in_file(struct btc_run *r, const struct btc_probe *pr, const char *path,
		   const char *func)
{
	bool cpp = wants_cpp(pr), found = false;
	__u64 last = ~0ull;
	struct btc_elf e;
	const char *name;
	__u64 off;
	size_t i;
	int err;

	err = btc_elf_open(&e, path);
	if (err)
		return btc_place_missing(r, pr, BTC_STATUS_FACT, "%s cannot be probed: %s", path,
					 strerror(-err));
	if (pr->file) {
		err = at_source(r, pr, path, &e);
		btc_elf_close(&e);
		return err;
	}
	if (pr->has_address) {
		err = btc_elf_to_offset(&e, pr->address, &off);
		err = err ? btc_fail(r, BTC_STATUS_LOAD, pr->where,
				     "%s: address 0x%llx is in no executable part of the file",
				     path, (unsigned long long)pr->address)
			  : add_place(r, pr, path, func, off);
		btc_elf_close(&e);
		return err;
	}
	for (i = 0; !err && i < e.nr; i++) {
		if (i && e.sym[i].addr == e.sym[i - 1].addr && strchr(func, '*'))
			continue; /* an alias: once is enough */
		name = btc_elf_name(&e, &e.sym[i]);
		if (!btc_match(func, name) && !(cpp && is_cpp(name, func)))
			continue;
		if (found && !strchr(func, '*') && !cpp)
			continue; /* a second local function of that name */
		/* The constructor of an object and that of a base are often one function. */
		if (cpp && found && e.sym[i].addr == last)
			continue;
		last = e.sym[i].addr;
		found = true;
		err = at_symbol(r, pr, path, &e, &e.sym[i]);
	}
	if (!err && !found && (!pr->wild || !strchr(pr->target, '*')))
		err = no_symbol(r, pr, path, &e, func);
	btc_elf_close(&e);
	return err;
}

int btc_user_files(struct btc_run *r, const struct btc_probe *pr, const char *target,
		   struct btc_strs *files)
{
	int err;

	if (!*target && !r->pid)
		return btc_fail(r, BTC_STATUS_FACT, pr->where,
				"%s names no file; with -p PID the process's program is meant",
				pr->name);
	err = find_files(r, target, files);
	if (err && err != -ENOENT && !files->nr)
		err = btc_place_missing(r, pr, BTC_STATUS_FACT, "%s: %s", target, strerror(-err));
	else if (!files->nr)
		err = btc_place_missing(r, pr, BTC_STATUS_FACT, "there is no file '%s' here%s",
					target,
					strchr(target, '/') ? "" : ", in ld.so.cache or in PATH");
	else
		err = 0;
	if (!strchr(target, '*') && files->nr > 1)
		btc_warning(r, pr->where, "'%s' is found %zu times; the first is taken: %s", target,
			    files->nr, files->s[0]);
	return err;
}

int btc_places_user(struct btc_run *r, const struct btc_probe *pr, const char *target,
		    const char *func)
{
	struct btc_strs files = { 0 };
	bool all = strchr(target, '*');
	size_t i;
	int err;

	err = btc_user_files(r, pr, target, &files);
	for (i = 0; !err && i < files.nr && (all || !i); i++)
		err = in_file(r, pr, files.s[i], func);
	btc_strs_free(&files);
	return err;
}
