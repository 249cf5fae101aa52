// SPDX-License-Identifier: Apache-2.0
/*
 * Imports. A .bt file is parsed and its items go before those of the file that
 * names it; a .h file becomes an #include; a .bpf.c file is compiled to an
 * object whose functions the script may call (cfuncs.c). A directory stands for
 * the files directly in it. Whoever can write a file or the directory that it
 * lies in decides what the tool does as root, so those that all can write are
 * refused.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deps.h"
#include "diag.h"
#include "import.h"
#include "spawn.h"

struct importer {
	struct arena *a;
	struct diags *d;
	const struct import_options *o;
	struct program *out; /* what is collected */
	struct strmap *seen; /* real paths */
};

static bool resolve(struct importer *x, struct program *p);

/* --- names ------------------------------------------------------------------------- */

enum kind { KIND_NONE, KIND_BT, KIND_H, KIND_C, KIND_OBJ };

static bool ends_with(const char *s, const char *tail)
{
	size_t len = strlen(s), n = strlen(tail);

	return len > n && !strcmp(s + len - n, tail);
}

static enum kind kind_of(const char *name)
{
	if (ends_with(name, ".bt"))
		return KIND_BT;
	if (ends_with(name, ".h"))
		return KIND_H;
	if (ends_with(name, ".bpf.c"))
		return KIND_C;
	return ends_with(name, ".bpf.o") ? KIND_OBJ : KIND_NONE;
}

/* The directory of a script with its final slash; "" is the current one. */
static const char *dir_of(struct arena *a, const struct source *src)
{
	const char *slash = src->path ? strrchr(src->path, '/') : NULL;

	return slash ? arena__strndup(a, src->path, (size_t)(slash + 1 - src->path)) : "";
}

static const char *parent_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena__strndup(a, path, (size_t)(slash - path));
}

static const char *real_path(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? arena__strdup(a, real) : path;

	free(real);
	return copy;
}

/* --- who may write it ---------------------------------------------------------------- */

/* In a sticky directory others cannot replace a file, but may have put it there first. */
static bool is_open_dir(const struct stat *dir, const struct stat *file)
{
	if (!(dir->st_mode & S_IWOTH))
		return false;
	return !(dir->st_mode & S_ISVTX) || (file->st_uid && file->st_uid != geteuid());
}

/* What is wrong with @path; NULL: nothing. */
static const char *unsafe(struct importer *x, const char *path, const struct stat *st)
{
	const char *dir = parent_of(x->a, path);
	struct stat ds;

	if (st->st_mode & S_IWOTH && !(S_ISDIR(st->st_mode) && st->st_mode & S_ISVTX))
		return arena__printf(x->a, "anybody can write to %s", path);
	if (!stat(dir, &ds) && is_open_dir(&ds, st))
		return arena__printf(x->a, "anybody can write to its directory %s", dir);
	return NULL;
}

/* --- scripts --------------------------------------------------------------------------- */

/* Quoted names of an imported file are meant from its own directory. */
static struct c_def from_here(struct importer *x, const char *dir, struct c_def def)
{
	const char *s = def.text + strspn(def.text, " \t"), *name, *end, *path;

	if (*s != '#')
		return def;
	s += 1 + strspn(s + 1, " \t");
	if (strncmp(s, "include", 7))
		return def;
	name = s + 7 + strspn(s + 7, " \t");
	end = *name == '"' ? strchr(name + 1, '"') : NULL;
	if (!end || name[1] == '/')
		return def;
	path = arena__printf(x->a, "%s%.*s", dir, (int)(end - name - 1), name + 1);
	if (!access(path, R_OK))
		def.text = arena__printf(x->a, "#include \"%s\"", real_path(x->a, path));
	return def;
}

#define APPEND(x, member, p)                                                    \
	do {                                                                    \
		for (size_t i_ = 0; i_ < (p)->member.nr; i_++)                  \
			vec_push((x)->a, &(x)->out->member, (p)->member.v[i_]); \
	} while (0)

static void append(struct importer *x, const struct program *p)
{
	const char *dir = dir_of(x->a, p->src);

	for (size_t i = 0; i < p->c_defs.nr; i++)
		vec_push(x->a, &x->out->c_defs, from_here(x, dir, p->c_defs.v[i]));
	APPEND(x, map_decls, p);
	APPEND(x, macros, p);
	APPEND(x, subprogs, p);
	APPEND(x, probes, p);
}

static bool import_script(struct importer *x, const struct import *im, const char *path)
{
	unsigned before = diags__nr_errors(x->d);
	struct expansion *by = NEW(x->a, struct expansion);
	struct source *src;
	struct program *p;
	struct diag *d;
	size_t len;
	char *text = read_file(x->a, path, &len);

	if (!text)
		return false;
	by->call = im->loc;
	src = source__new(x->a, path, path, text, len);
	src->import = by;
	p = parse(x->a, x->d, src);
	if (p->config.nr) {
		d = diag__error(x->d, p->config.v[0].loc, "E_IMPORT_CONFIG",
				"an imported file cannot have a config block");
		diag__hint(x->d, d, "put it into the script");
	}
	resolve(x, p);
	append(x, p);
	return diags__nr_errors(x->d) == before;
}

/* --- C ----------------------------------------------------------------------------------- */

static void include(struct importer *x, const struct import *im, const char *path)
{
	struct c_def def = { .loc = im->loc };

	def.text = arena__printf(x->a, "#include \"%s\"", real_path(x->a, path));
	vec_push(x->a, &x->out->c_defs, def);
}

static void add_object(struct importer *x, const struct import *im, const char *path,
		       const char *object)
{
	struct c_object o = { .loc = im->loc, .name = path, .path = object };

	vec_push(x->a, &x->out->objects, o);
}

/* The first error of clang's, without its notes and the lines around it. */
static const char *first_error(struct arena *a, const char *text)
{
	const char *s = strstr(text, "error: "), *line = text;

	if (!s)
		return arena__strndup(a, text, strcspn(text, "\n"));
	for (const char *p = text; p < s; p++) {
		if (*p == '\n')
			line = p + 1;
	}
	return arena__strndup(a, line, strcspn(line, "\n"));
}

/*
 * Hidden functions are static to the verifier: it follows the arguments of each
 * call instead of guessing from their types. Names are kept relative, as in
 * compile_bpf() of driver.c.
 */
static void compile(struct importer *x, const struct import *im, const char *path)
{
	static const char *const flags[] = {
		"-target",
		"bpf",
		"-mcpu=v3",
		"-O2",
		"-g",
		"-std=gnu11",
		"-w",
		"-fvisibility=hidden",
		"-fno-color-diagnostics",
		"-fno-caret-diagnostics",
		"-fno-crash-diagnostics",
#ifdef __aarch64__
		"-D__TARGET_ARCH_arm64",
		"-idirafter",
		"/usr/include/aarch64-linux-gnu",
#else
		"-D__TARGET_ARCH_x86",
		"-idirafter",
		"/usr/include/x86_64-linux-gnu",
#endif
	};
	VEC(const char *) argv = { 0 };
	struct spawn_result r;
	struct diag *d;
	const char *dir = *path == '/' ? parent_of(x->a, path) : NULL;
	const char *object =
		arena__printf(x->a, "%s/import_%zu.bpf.o", x->o->work_dir, x->out->objects.nr + 1);
	const char *rule = arena__printf(x->a, "%s.d", object);

	vec_push(x->a, &argv, x->o->clang);
	for (size_t i = 0; i < COUNT_OF(flags); i++)
		vec_push(x->a, &argv, flags[i]);
	for (size_t i = 0; x->o->include_dirs && x->o->include_dirs[i]; i++) {
		vec_push(x->a, &argv, "-I");
		vec_push(x->a, &argv, x->o->include_dirs[i]);
	}
	vec_push(x->a, &argv, "-fdebug-compilation-dir=.");
	if (dir)
		vec_push(x->a, &argv, arena__printf(x->a, "-fdebug-prefix-map=%s/=", dir));
	vec_push(x->a, &argv, "-c");
	vec_push(x->a, &argv, path);
	vec_push(x->a, &argv, "-o");
	vec_push(x->a, &argv, object);
	vec_push(x->a, &argv, "-MD");
	vec_push(x->a, &argv, "-MF");
	vec_push(x->a, &argv, rule);
	vec_push(x->a, &argv, NULL);
	if (!spawn__run(x->a, argv.v, NULL, &r)) {
		deps__rule(x->o->deps, rule, x->o->work_dir);
		add_object(x, im, path, object);
		return;
	}
	d = diag__error(x->d, im->loc, "E_C_FRONTEND", "%s does not compile: %s", path,
			r.err ? strerror(r.err) : first_error(x->a, r.diag));
	if (strstr(r.diag, "file not found"))
		diag__hint(x->d, d, "-I DIR adds a directory to search");
}

/* --- one file, a directory ------------------------------------------------------------------ */

static bool import_file(struct importer *x, const struct import *im, const char *path)
{
	const char *real = real_path(x->a, path);

	if (strmap__get(x->seen, real))
		return true;
	strmap__set(x->seen, real, x);
	deps__file(x->o->deps, path);
	if (access(path, R_OK)) {
		diag__error(x->d, im->loc, "E_IMPORT_NOT_FOUND", "cannot read %s: %s", path,
			    strerror(errno));
		return false;
	}
	switch (kind_of(path)) {
	case KIND_BT: return import_script(x, im, path);
	case KIND_H: include(x, im, path); return true;
	case KIND_C: compile(x, im, path); return true;
	case KIND_OBJ: add_object(x, im, path, real); return true;
	default: return false;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool import_dir(struct importer *x, const struct import *im, const char *path)
{
	VEC(const char *) names = { 0 };
	DIR *dir = opendir(path);
	const struct dirent *e;
	const char *file, *why;
	struct stat st;

	if (!dir) {
		diag__error(x->d, im->loc, "E_IMPORT_NOT_FOUND", "cannot read %s: %s", path,
			    strerror(errno));
		return false;
	}
	while ((e = readdir(dir))) {
		if (e->d_name[0] != '.' && kind_of(e->d_name) != KIND_NONE)
			vec_push(x->a, &names, (const char *)arena__strdup(x->a, e->d_name));
	}
	closedir(dir);
	deps__dir(x->o->deps, path);
	if (names.nr)
		qsort(names.v, names.nr, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.nr; i++) {
		file = arena__printf(x->a, "%s/%s", path, names.v[i]);
		if (stat(file, &st) || !S_ISREG(st.st_mode))
			continue;
		why = unsafe(x, file, &st);
		deps__file(x->o->deps, file);
		if (why)
			diag__warn(x->d, im->loc, "W_IMPORT_SKIPPED", "%s is left out: %s", file,
				   why);
		else
			import_file(x, im, file);
	}
	return true;
}

static void import(struct importer *x, const struct program *p, const struct import *im)
{
	const char *path = *im->name == '/'
				   ? im->name
				   : arena__printf(x->a, "%s%s", dir_of(x->a, p->src), im->name);
	const char *why;
	struct diag *d;
	struct stat st;

	if (!*im->name || stat(path, &st)) {
		d = diag__error(x->d, im->loc, "E_IMPORT_NOT_FOUND",
				"there is no file or directory \"%s\" to import", im->name);
		diag__hint(x->d, d, "tried %s", *path ? path : ".");
		return;
	}
	why = unsafe(x, path, &st);
	if (why) {
		diag__error(x->d, im->loc, "E_IMPORT_UNSAFE", "%s is not imported: %s", path, why);
	} else if (S_ISDIR(st.st_mode)) {
		import_dir(x, im, path);
	} else if (!S_ISREG(st.st_mode) || kind_of(path) == KIND_NONE) {
		d = diag__error(x->d, im->loc, "E_IMPORT_NOT_FOUND", "%s cannot be imported", path);
		diag__hint(x->d, d,
			   "an import names a .bt, .h, .bpf.c or .bpf.o file or a directory");
	} else {
		import_file(x, im, path);
	}
}

/* The imports of @p, those of its imports first. */
static bool resolve(struct importer *x, struct program *p)
{
	unsigned before = diags__nr_errors(x->d);

	for (size_t i = 0; i < p->imports.nr; i++)
		import(x, p, &p->imports.v[i]);
	return diags__nr_errors(x->d) == before;
}

bool import__resolve(struct arena *a, struct diags *d, struct program *p,
		     const struct import_options *o)
{
	struct importer x = {.a = a, .d = d, .o = o, .out = NEW(a, struct program) };
	bool ok;

	if (!p->imports.nr)
		return true;
	x.seen = strmap__new(a);
	if (p->src->path)
		strmap__set(x.seen, real_path(a, p->src->path), &x);
	ok = resolve(&x, p);
	append(&x, p);
	/* The rest is the script's own. */
	x.out->src = p->src;
	x.out->config.v = p->config.v;
	x.out->config.nr = p->config.nr;
	x.out->config.room = p->config.room;
	*p = *x.out;
	return ok;
}
