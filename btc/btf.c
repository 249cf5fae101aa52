// SPDX-License-Identifier: Apache-2.0
/*
 * The sources of types and the names in them. A BTF is opened when a script
 * first needs it, and its names are hashed when the first is looked up: libbpf's
 * own search is linear, and the kernel has 120,000 types.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "ctypes.h"

struct ctypes *ctypes__new(struct arena *a, struct diags *d, const struct ctypes_options *o)
{
	struct ctypes *c = NEW(a, struct ctypes);

	c->a = a;
	c->d = d;
	c->o = *o;
	c->own_names = strmap__new(a);
	c->borrowed = strmap__new(a);
	c->events = strmap__new(a);
	c->kernel_path = o->btf ? o->btf : getenv("BPFTRACE_BTF");
	if (!c->kernel_path || !*c->kernel_path)
		c->kernel_path = "/sys/kernel/btf/vmlinux";
	return c;
}

void ctypes__free(struct ctypes *c)
{
	if (!c)
		return;
	cdefs__free(c->headers);
	/* Modules first: their BTF leans on the kernel's. */
	for (size_t i = 0; i < c->modules.nr; i++)
		btf__free(c->modules.v[i]->btf);
	for (size_t i = 0; i < c->objects.nr; i++)
		btf__free(c->objects.v[i]->btf);
	for (size_t i = 0; i < c->binaries.nr; i++)
		binary__free(c->binaries.v[i]);
	if (c->script)
		btf__free(c->script->btf);
	if (c->system)
		btf__free(c->system->btf);
	if (c->kernel)
		btf__free(c->kernel->btf);
}

/* --- opening -------------------------------------------------------------------- */

struct btf_src *btf_src__new(struct ctypes *c, struct btf *btf, bool kernel, struct btf_src *base)
{
	struct btf_src *s = NEW(c->a, struct btf_src);

	s->arena = c->a;
	s->btf = btf;
	s->kernel = kernel;
	s->base = base;
	s->module = "";
	s->first = base ? base->end : 1;
	s->end = btf__type_cnt(btf);
	s->made = arena__alloc(c->a, (s->end - s->first + 1) * sizeof(*s->made));
	return s;
}

static bool has_btf_magic(const void *data, size_t size)
{
	uint16_t magic;

	if (size < sizeof(magic))
		return false;
	memcpy(&magic, data, sizeof(magic));
	return magic == BTF_MAGIC;
}

/* Raw BTF that can be mapped is taken whole: reading sysfs a page at a time takes longer than parsing. */
static struct btf *map_raw(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct btf *btf = NULL;
	struct stat st;
	void *p;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && st.st_size > 0 && st.st_size <= UINT32_MAX) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (p != MAP_FAILED) {
			if (has_btf_magic(p, (size_t)st.st_size))
				btf = btf__new(p, (uint32_t)st.st_size);
			munmap(p, (size_t)st.st_size);
		}
	}
	close(fd);
	return libbpf_get_error(btf) ? NULL : btf;
}

static struct btf *open_btf(const char *path, int *err)
{
	struct btf *btf = map_raw(path);

	*err = 0;
	if (btf)
		return btf;
	btf = btf__parse(path, NULL);
	*err = (int)libbpf_get_error(btf);
	return *err ? NULL : btf;
}

static bool given_by_user(const struct ctypes *c)
{
	const char *env = getenv("BPFTRACE_BTF");

	return c->o.btf || (env && *env);
}

struct btf_src *ctypes__kernel(struct ctypes *c)
{
	struct loc nowhere = { 0 };
	struct btf *btf;

	if (c->kernel_tried)
		return c->kernel;
	c->kernel_tried = true;
	libbpf_set_print(NULL); /* what goes wrong is said here, in our words */
	btf = open_btf(c->kernel_path, &c->kernel_err);
	if (btf)
		c->kernel = btf_src__new(c, btf, true, NULL);
	else if (given_by_user(c))
		diag__error(c->d, nowhere, "U_FILE", "cannot read BTF from %s: %s", c->kernel_path,
			    strerror(-c->kernel_err));
	return c->kernel;
}

bool ctypes__have_kernel(const struct ctypes *c)
{
	return c->kernel_tried ? c->kernel != NULL : access(c->kernel_path, R_OK) == 0;
}

bool ctypes__used_kernel(const struct ctypes *c)
{
	return c->used_kernel;
}

static void open_module(struct ctypes *c, const char *dir, const char *name)
{
	const char *path = arena__printf(c->a, "%s/%s", dir, name);
	struct btf *btf = btf__parse_split(path, c->kernel->btf);
	struct btf_src *s;

	if (libbpf_get_error(btf))
		return;
	s = btf_src__new(c, btf, true, c->kernel);
	s->module = arena__strdup(c->a, name);
	vec_push(c->a, &c->modules, s);
}

static void open_modules_in(struct ctypes *c, const char *dir)
{
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.' && strcmp(e->d_name, "vmlinux"))
			open_module(c, dir, e->d_name);
	}
	if (d)
		closedir(d);
}

/* The BTF of modules lies beside vmlinux, one file each, or, as --save-target leaves it, below modules/. */
void ctypes__open_modules(struct ctypes *c)
{
	const char *slash = strrchr(c->kernel_path, '/'), *dir, *below;

	if (c->modules_tried || !ctypes__kernel(c))
		return;
	c->modules_tried = true;
	/* A file given by hand lies among strangers. */
	if (!slash || strcmp(slash, "/vmlinux"))
		return;
	dir = arena__strndup(c->a, c->kernel_path, (size_t)(slash - c->kernel_path));
	below = arena__printf(c->a, "%s/modules", dir);
	open_modules_in(c, access(below, F_OK) ? dir : below);
}

struct btf_src *ctypes__next_module(struct ctypes *c, const char *pattern, size_t *i)
{
	ctypes__open_modules(c);
	while (*i < c->modules.nr) {
		struct btf_src *s = c->modules.v[(*i)++];

		if (wildcard_match(pattern, s->module))
			return s;
	}
	return NULL;
}

/* --- names ---------------------------------------------------------------------- */

static uint32_t hash_name(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h ^ (h >> 15);
}

static const char *type_name(const struct btf_src *s, uint32_t id)
{
	const char *name = btf__name_by_offset(s->btf, btf__type_by_id(s->btf, id)->name_off);

	return name ? name : "";
}

static const char *value_name(const struct btf_src *s, uint32_t id, uint32_t sub)
{
	return btf_enum_name(s->btf, btf__type_by_id(s->btf, id), sub);
}

static void index__make(struct arena *a, struct name_index *x, uint32_t nr, bool with_sub)
{
	uint32_t room = 16;

	while (room < nr * 2)
		room *= 2;
	x->mask = room - 1;
	x->ids = arena__alloc(a, room * sizeof(*x->ids));
	x->sub = with_sub ? arena__alloc(a, room * sizeof(*x->sub)) : NULL;
}

/* Of equal names the first to come is the first to be found. */
static void index__add(struct name_index *x, const char *name, uint32_t id, uint32_t sub)
{
	uint32_t at = hash_name(name) & x->mask;

	while (x->ids[at])
		at = (at + 1) & x->mask;
	x->ids[at] = id;
	if (x->sub)
		x->sub[at] = sub;
}

static bool is_kind(const struct btf_type *t, uint32_t kinds)
{
	return t->name_off && (kinds & KIND_BIT(btf_kind(t)));
}

static void index_types(struct btf_src *s, struct name_index *x, uint32_t kinds)
{
	uint32_t nr = 0;

	for (uint32_t id = s->first; id < s->end; id++)
		nr += is_kind(btf__type_by_id(s->btf, id), kinds);
	index__make(s->arena, x, nr, false);
	for (uint32_t id = s->first; id < s->end; id++) {
		if (is_kind(btf__type_by_id(s->btf, id), kinds))
			index__add(x, type_name(s, id), id, 0);
	}
}

uint32_t btf_src__find(struct btf_src *s, const char *name, uint32_t kinds)
{
	bool func = kinds & KINDS_FUNC;
	struct name_index *x = func ? &s->funcs : &s->types;
	uint32_t at;

	if (!x->ids)
		index_types(s, x, func ? KINDS_FUNC : KINDS_TYPE);
	for (at = hash_name(name) & x->mask; x->ids[at]; at = (at + 1) & x->mask) {
		const struct btf_type *t = btf__type_by_id(s->btf, x->ids[at]);

		if (is_kind(t, kinds) && !strcmp(type_name(s, x->ids[at]), name))
			return x->ids[at];
	}
	return 0;
}

static void index_enumerators(struct btf_src *s)
{
	uint32_t nr = 0;

	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);

		if (KINDS_ENUM & KIND_BIT(btf_kind(t)))
			nr += btf_vlen(t);
	}
	index__make(s->arena, &s->enumerators, nr, true);
	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);

		for (uint32_t i = 0; (KINDS_ENUM & KIND_BIT(btf_kind(t))) && i < btf_vlen(t); i++)
			index__add(&s->enumerators, value_name(s, id, i), id, i);
	}
}

uint32_t btf_src__find_enumerator(struct btf_src *s, const char *name, int64_t *num)
{
	struct name_index *x = &s->enumerators;
	uint32_t at;

	if (!x->ids)
		index_enumerators(s);
	for (at = hash_name(name) & x->mask; x->ids[at]; at = (at + 1) & x->mask) {
		if (strcmp(value_name(s, x->ids[at], x->sub[at]), name))
			continue;
		*num = btf_enum_value(btf__type_by_id(s->btf, x->ids[at]), x->sub[at], s->kernel);
		return x->ids[at];
	}
	return 0;
}

bool wildcard_match(const char *pattern, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			resume = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static uint32_t match_func(struct btf_src *s, const char *name)
{
	if (!strchr(name, '*'))
		return btf_src__find(s, name, KINDS_FUNC);
	for (uint32_t id = s->first; id < s->end; id++) {
		if (is_kind(btf__type_by_id(s->btf, id), KINDS_FUNC) &&
		    wildcard_match(name, type_name(s, id)))
			return id;
	}
	return 0;
}

uint32_t ctypes__find_func(struct ctypes *c, const char *module, const char *name,
			   struct btf_src **src)
{
	uint32_t id = 0;
	size_t i = 0;

	*src = ctypes__kernel(c);
	if (!*src)
		return 0;
	if (!*module || wildcard_match(module, "vmlinux"))
		id = match_func(*src, name);
	if (id || !strcmp(module, "vmlinux"))
		return id;
	while (!id && (*src = ctypes__next_module(c, *module ? module : "*", &i)))
		id = match_func(*src, name);
	return id;
}
