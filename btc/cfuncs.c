// SPDX-License-Identifier: Apache-2.0
/*
 * The prototypes of imported C functions, from the BTF of their objects. The
 * emitted C declares them again, in the words that the static linker of libbpf
 * compares: names of base types, tags of structs, no typedefs.
 */
#include <string.h>
#include <bpf/libbpf.h>

#include "cfuncs.h"
#include "ctypes.h"

static struct btf_src *open_object(struct ctypes *c, const struct c_object *o)
{
	struct btf *btf;
	struct btf_src *s;

	libbpf_set_print(NULL);
	btf = btf__parse_elf(o->path, NULL);
	if (libbpf_get_error(btf)) {
		diag__error(c->d, o->loc, "E_C_FRONTEND",
			    "%s has no type information: compile it with clang -target bpf -g",
			    o->name);
		btf = btf__new_empty();
	}
	s = btf_src__new(c, btf, false, NULL);
	s->prefer_kernel = true;
	return s;
}

/* --- declarations ---------------------------------------------------------------------- */

static const char *named(struct ctypes *c, struct cfunc *f, const char *tag, const char *name)
{
	const char *text = arena__printf(c->a, "%s %s", tag, name);

	vec_push(c->a, &f->tags, text);
	return text;
}

/* The type in C; NULL: it has no name. */
static const char *c_text(struct ctypes *c, const struct btf *btf, uint32_t id, struct cfunc *f)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	const char *name, *inner;

	while (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t))
		t = btf__type_by_id(btf, t->type);
	name = btf__name_by_offset(btf, t->name_off);
	switch (btf_kind(t)) {
	case BTF_KIND_UNKN: return "void";
	case BTF_KIND_INT: return arena__strdup(c->a, name);
	case BTF_KIND_PTR:
		inner = c_text(c, btf, t->type, f);
		return inner ? arena__printf(c->a, "%s *", inner) : NULL;
	case BTF_KIND_STRUCT: return *name ? named(c, f, "struct", name) : NULL;
	case BTF_KIND_UNION: return *name ? named(c, f, "union", name) : NULL;
	case BTF_KIND_FWD: return named(c, f, btf_kflag(t) ? "union" : "struct", name);
	default: return NULL;
	}
}

static struct cfunc *read_func(struct ctypes *c, struct btf_src *s, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id),
			      *proto = btf__type_by_id(s->btf, t->type);
	const struct btf_param *param = btf_params(proto);
	struct cfunc *f = NEW(c->a, struct cfunc);
	const char *ret = c_text(c, s->btf, proto->type, f), *text = "", *type;

	f->name = arena__strdup(c->a, btf__name_by_offset(s->btf, t->name_off));
	f->ret = ret ? btf_src__type(c, s, proto->type, NULL) : type__error();
	for (unsigned i = 0; i < btf_vlen(proto); i++) {
		type = c_text(c, s->btf, param[i].type, f);
		vec_push(c->a, &f->params,
			 type ? btf_src__type(c, s, param[i].type, NULL) : type__error());
		text = arena__printf(c->a, "%s%s%s", text, i ? ", " : "", type ? type : "void *");
	}
	f->proto = arena__printf(c->a, "extern %s%s%s(%s)%s", ret ? ret : "void",
				 ret && ret[strlen(ret) - 1] == '*' ? "" : " ", f->name,
				 *text ? text : "void",
				 btf_vlen(t) == BTF_FUNC_EXTERN ? " __ksym" : "");
	return f;
}

/* --- variables of CPUs -------------------------------------------------------------------- */

/* libbpf compares the kinds of types, not what is in structs (btc.bpf.h has the likes). */
static const char *like(struct ctypes *c, const struct btf *btf, uint32_t id, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t))
		t = btf__type_by_id(btf, t->type);
	switch (btf_kind(t)) {
	case BTF_KIND_INT: return arena__printf(c->a, "long %s", name);
	case BTF_KIND_STRUCT: return arena__printf(c->a, "struct btc_like %s", name);
	case BTF_KIND_UNION: return arena__printf(c->a, "union btc_like_union %s", name);
	case BTF_KIND_ENUM: return arena__printf(c->a, "enum btc_like_enum %s", name);
	case BTF_KIND_UNKN: return arena__printf(c->a, "void %s", name);
	case BTF_KIND_PTR: return like(c, btf, t->type, arena__printf(c->a, "*%s", name));
	case BTF_KIND_ARRAY:
		return like(c, btf, btf_array(t)->type, arena__printf(c->a, "(%s)[1]", name));
	default: return NULL;
	}
}

static bool is_percpu(const struct btf *btf, uint32_t var)
{
	int32_t id = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;

	for (unsigned i = 0; t && i < btf_vlen(t); i++) {
		if (btf_var_secinfos(t)[i].type == var)
			return true;
	}
	return false;
}

const char *ctypes__percpu(struct ctypes *c, const char *name)
{
	struct btf_src *s = ctypes__kernel(c);
	int32_t id = s ? btf__find_by_name_kind(s->btf, name, BTF_KIND_VAR) : 0;

	if (id <= 0 || !is_percpu(s->btf, (uint32_t)id))
		return NULL;
	return like(c, s->btf, btf__type_by_id(s->btf, (uint32_t)id)->type, name);
}

/* --- the interface ------------------------------------------------------------------------ */

const struct cfunc *ctypes__cfunc(struct ctypes *c, const struct program *p, const char *name)
{
	struct cfunc *f;
	uint32_t id;

	if (!p->objects.nr)
		return NULL;
	if (!c->cfuncs) {
		c->cfuncs = strmap__new(c->a);
		for (size_t i = 0; i < p->objects.nr; i++)
			vec_push(c->a, &c->objects, open_object(c, &p->objects.v[i]));
	}
	f = strmap__get(c->cfuncs, name);
	for (size_t i = 0; !f && i < c->objects.nr; i++) {
		id = btf_src__find(c->objects.v[i], name, KINDS_FUNC);
		if (!id || btf_vlen(btf__type_by_id(c->objects.v[i]->btf, id)) == BTF_FUNC_STATIC)
			continue;
		f = read_func(c, c->objects.v[i], id);
		strmap__set(c->cfuncs, name, f);
	}
	return f;
}
