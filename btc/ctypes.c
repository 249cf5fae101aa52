// SPDX-License-Identifier: Apache-2.0
/*
 * From BTF to struct type, and looking types up. Structs, unions and enums are made
 * once per BTF and id, and structs without their members, which are read when first
 * asked for: so cyclic types need no care, and a script that looks at three fields
 * does not build the kernel. Everything else is made anew at each use. A name is
 * looked for in the language, the script's own C, the kernel and system headers, in
 * this order.
 */
#include <stdlib.h>
#include <string.h>

#include "builtin.h"
#include "dwarf.h"

/* --- enums ------------------------------------------------------------------------ */

int64_t btf_enum_value(const struct btf_type *t, uint32_t i, bool kernel)
{
	int32_t val;

	if (btf_is_enum64(t)) {
		const struct btf_enum64 *e = btf_enum64(t);

		return (int64_t)btf_enum64_value(&e[i]);
	}
	/*
	 * Clang before 16 does not tell signed enums from others. There -1 is far more
	 * likely than 4294967295; in the kernel's BTF the flag can be trusted.
	 */
	val = btf_enum(t)[i].val;
	if (btf_kflag(t) || (!kernel && val < 0 && val > -4096))
		return val;
	return (uint32_t)val;
}

const char *btf_enum_name(const struct btf *btf, const struct btf_type *t, uint32_t i)
{
	uint32_t off = btf_is_enum64(t) ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off;
	const char *name = btf__name_by_offset(btf, off);

	return name ? name : "";
}

/* The front end names unnamed enums of the script to keep them; nobody else needs to know. */
static const char *shown_name(const struct btf_src *s, const struct btf_type *t)
{
	const char *name = btf__name_by_offset(s->btf, t->name_off);

	return name && strncmp(name, "btc_enum_", 9) ? name : "";
}

static void fill_c(struct ctypes *c, struct c_type *ct, const struct btf_src *s, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);

	ct->name = arena__strdup(c->a, shown_name(s, t));
	ct->is_union = btf_is_union(t) || (btf_is_fwd(t) && btf_kflag(t));
	ct->is_enum = btf_is_enum(t) || btf_is_enum64(t);
	ct->kernel = s->kernel;
	ct->btf = s->btf;
	ct->id = id;
}

static struct type *make_enum(struct ctypes *c, struct btf_src *s, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);
	struct type *type = NEW(c->a, struct type);
	struct c_type *ct = NEW(c->a, struct c_type);
	enum_vec *names = NEW(c->a, enum_vec);

	fill_c(c, ct, s, id);
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		struct enum_name n = { arena__strdup(c->a, btf_enum_name(s->btf, t, i)),
				       btf_enum_value(t, i, s->kernel) };

		vec_push(c->a, names, n);
	}
	type->kind = TY_INT;
	type->size = t->size;
	type->c = ct;
	type->enum_ = names;
	return type;
}

/* --- structs ---------------------------------------------------------------------- */

static struct type *make_struct(struct ctypes *c, struct btf_src *s, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);
	struct c_struct *st = NEW(c->a, struct c_struct);

	fill_c(c, &st->c, s, id);
	st->type.kind = TY_STRUCT;
	st->type.size = btf_is_fwd(t) ? 0 : t->size;
	st->type.c = &st->c;
	st->loaded = btf_is_fwd(t);
	return &st->type;
}

/*
 * A struct that the script only names, or for which its BTF holds a stand-in,
 * is the kernel's.
 */
static const struct type *borrowed_type(struct ctypes *c, struct btf_src *s,
					const struct btf_type *t, const char *name)
{
	uint32_t kinds = KIND_BIT(btf_kind(t));

	if ((s->kernel && !btf_is_fwd(t)) || s->program)
		return NULL;
	if (!*name || (!btf_is_fwd(t) && !s->prefer_kernel && !strmap__get(c->borrowed, name)))
		return NULL;
	if (btf_is_fwd(t))
		kinds = KIND_BIT(btf_kflag(t) ? BTF_KIND_UNION : BTF_KIND_STRUCT);
	for (int i = 0; i < 2; i++) {
		struct btf_src *from = i ? s : ctypes__kernel(c);
		uint32_t id = from ? btf_src__find(from, name, kinds) : 0;

		if (id && btf__type_by_id(from->btf, id) != t)
			return btf_src__type(c, from, id, NULL);
	}
	return NULL;
}

static const struct type *named_type(struct ctypes *c, struct btf_src *s, uint32_t id,
				     const struct type_notes *notes)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);
	struct type *type = s->made[id - s->first];
	const struct type *from_kernel;

	if (!type) {
		from_kernel = borrowed_type(c, s, t, btf__name_by_offset(s->btf, t->name_off));
		if (from_kernel)
			return from_kernel;
		type = KINDS_ENUM & KIND_BIT(btf_kind(t)) ? make_enum(c, s, id)
							  : make_struct(c, s, id);
		s->made[id - s->first] = type;
	}
	if (!*type->c->name && !type->c->typedef_name && notes->typedef_name)
		((struct c_type *)type->c)->typedef_name = arena__strdup(c->a, notes->typedef_name);
	return type;
}

/* --- the other kinds ---------------------------------------------------------------- */

static const struct type *int_type(const struct btf_type *t)
{
	if (btf_int_encoding(t) & BTF_INT_BOOL)
		return type__bool();
	if (t->size > 8)
		return type__none();
	return type__int(t->size, btf_int_encoding(t) & BTF_INT_SIGNED);
}

static const struct btf_type *skip_mods(const struct btf_src *s, uint32_t id)
{
	const struct btf_type *t = btf__type_by_id(s->btf, id);

	while (btf_is_mod(t) || btf_is_typedef(t))
		t = btf__type_by_id(s->btf, t->type);
	return t;
}

/*
 * Byte arrays hold text in the kernel, whatever their sign. A script's author
 * chose: only plain `char` is text.
 */
static bool is_text(const struct btf_src *s, const struct btf_type *elem)
{
	if (!btf_is_int(elem) || elem->size != 1 || (btf_int_encoding(elem) & BTF_INT_BOOL))
		return false;
	return s->kernel || s->program ||
	       !strcmp(btf__name_by_offset(s->btf, elem->name_off), "char");
}

static const struct type *array_type(struct ctypes *c, struct btf_src *s, const struct btf_type *t)
{
	const struct btf_array *arr = btf_array(t);
	struct type_notes ignored = { 0 };

	/* Of no known length: something to point at, not a string. */
	if (arr->nelems && is_text(s, skip_mods(s, arr->type)))
		return type__string(c->a, arr->nelems);
	return type__array(c->a, btf_src__type(c, s, arr->type, &ignored), arr->nelems);
}

static const struct type *ptr_type(struct ctypes *c, struct btf_src *s, const struct btf_type *t,
				   struct type_notes *notes)
{
	struct type_notes inner = { 0 };
	const struct type *to = btf_src__type(c, s, t->type, &inner);
	enum addr_space as = !s->kernel ? AS_NONE : inner.user ? AS_USER : AS_KERNEL;

	/* Tags stand behind the star: they speak of this pointer. */
	notes->user = inner.user;
	notes->bad_tag = inner.bad_tag;
	if (to->kind == TY_NONE) /* a function */
		to = type__void();
	return type__ptr(c->a, to, as);
}

static void note_tag(struct ctypes *c, const char *tag, struct type_notes *notes)
{
	if (!strcmp(tag, "user"))
		notes->user = true;
	else if (strcmp(tag, "rcu") && !notes->bad_tag)
		notes->bad_tag = arena__strdup(c->a, tag);
}

static const struct type *borrowed_typedef(struct ctypes *c, const struct btf_src *s,
					   const struct btf_type *t, const char *name)
{
	uint32_t id;

	if (s->kernel || s->program || !btf_is_typedef(t) || !strmap__get(c->borrowed, name) ||
	    !ctypes__kernel(c))
		return NULL;
	id = btf_src__find(c->kernel, name, KIND_BIT(BTF_KIND_TYPEDEF));
	return id ? btf_src__type(c, c->kernel, id, NULL) : NULL;
}

const struct type *btf_src__type(struct ctypes *c, struct btf_src *s, uint32_t id,
				 struct type_notes *notes)
{
	struct type_notes own = { 0 };
	const struct btf_type *t;

	if (!notes)
		notes = &own;
	if (s->base && id < s->first)
		s = s->base;
	c->used_kernel |= s->kernel;
	t = btf__type_by_id(s->btf, id);
	while (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t)) {
		const char *name = btf__name_by_offset(s->btf, t->name_off);
		const struct type *from_kernel = borrowed_typedef(c, s, t, name);

		if (from_kernel)
			return from_kernel;
		if (btf_is_typedef(t))
			notes->typedef_name = name;
		else if (btf_is_type_tag(t))
			note_tag(c, name, notes);
		id = t->type;
		if (s->base && id < s->first)
			s = s->base;
		t = btf__type_by_id(s->btf, id);
	}
	switch (btf_kind(t)) {
	case BTF_KIND_UNKN: return type__void();
	case BTF_KIND_INT: return int_type(t);
	case BTF_KIND_PTR: return ptr_type(c, s, t, notes);
	case BTF_KIND_ARRAY: return array_type(c, s, t);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_FWD:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return named_type(c, s, id, notes);
	default: return type__none();
	}
}

/* --- members ------------------------------------------------------------------------ */

static struct btf_src *src_of(struct ctypes *c, const struct btf *btf)
{
	if (c->kernel && c->kernel->btf == btf)
		return c->kernel;
	if (c->script && c->script->btf == btf)
		return c->script;
	if (c->system && c->system->btf == btf)
		return c->system;
	for (size_t i = 0; i < c->binaries.nr; i++) {
		if (c->binaries.v[i]->src->btf == btf)
			return c->binaries.v[i]->src;
	}
	for (size_t i = 0; i < c->modules.nr; i++) {
		if (c->modules.v[i]->btf == btf)
			return c->modules.v[i];
	}
	return NULL;
}

/* Old BTF says of the integer, not of the member, which of its bits are meant. */
static void read_bits(const struct btf_src *s, const struct btf_type *st, uint32_t i,
		      struct member *m)
{
	uint32_t bit = btf_member_bit_offset(st, i);
	uint32_t nr = btf_member_bitfield_size(st, i);
	const struct btf_type *t = skip_mods(s, btf_members(st)[i].type);

	if (!nr && btf_is_int(t) && btf_int_bits(t) != t->size * 8) {
		nr = btf_int_bits(t);
		bit += btf_int_offset(t);
	}
	m->off = bit / 8;
	m->bit_off = bit % 8;
	m->bit_size = (uint8_t)nr;
}

static void read_member(struct ctypes *c, struct btf_src *s, const struct btf_type *st, uint32_t i,
			struct member *m)
{
	const struct btf_member *bm = &btf_members(st)[i];
	int64_t size = btf__resolve_size(s->btf, bm->type);
	struct type_notes notes = { 0 };
	const char *name = btf__name_by_offset(s->btf, bm->name_off);

	m->name = arena__strdup(c->a, name ? name : "");
	m->type = btf_src__type(c, s, bm->type, &notes);
	m->size = size > 0 ? (uint32_t)size : m->type->size;
	m->index = i;
	if (m->type->kind == TY_PTR) {
		m->user = notes.user;
		m->bad_tag = notes.bad_tag;
	}
	read_bits(s, st, i, m);
}

/* The one object of this struct: @st may be a copy with another address space. */
static struct c_struct *canonical(struct ctypes *c, const struct type *st)
{
	struct btf_src *s = src_of(c, st->c->btf);
	struct type *t = s ? s->made[st->c->id - s->first] : NULL;

	return (struct c_struct *)t;
}

size_t ctypes__members(struct ctypes *c, const struct type *st, const struct member **out)
{
	const struct btf_type *t;
	struct member *members;
	struct c_struct *cs;

	*out = st->members.v;
	if (st->kind != TY_STRUCT)
		return st->members.nr;
	cs = canonical(c, st);
	if (cs && !cs->loaded) {
		struct btf_src *s = src_of(c, cs->c.btf);

		t = btf__type_by_id(s->btf, cs->c.id);
		cs->loaded = true;
		cs->nr_members = btf_vlen(t);
		members = arena__alloc(c->a, cs->nr_members * sizeof(*members) + 1);
		for (uint32_t i = 0; i < cs->nr_members; i++)
			read_member(c, s, t, i, &members[i]);
		cs->members = members;
	}
	*out = cs ? cs->members : NULL;
	return cs ? cs->nr_members : 0;
}

static const struct member *inner_member(struct ctypes *c, const struct member *outer,
					 const char *name)
{
	const struct member *m = ctypes__member(c, outer->type, name);
	struct member *moved;

	if (!m || !outer->off)
		return m;
	moved = NEW(c->a, struct member);
	*moved = *m;
	moved->off += outer->off;
	return moved;
}

const struct member *ctypes__member(struct ctypes *c, const struct type *st, const char *name)
{
	const struct member *list, *m = NULL;
	size_t nr = ctypes__members(c, st, &list);

	for (size_t i = 0; i < nr; i++) {
		if (list[i].name && !strcmp(list[i].name, name))
			return &list[i];
	}
	for (size_t i = 0; !m && i < nr; i++) {
		if (list[i].name && !*list[i].name && list[i].type->kind == TY_STRUCT)
			m = inner_member(c, &list[i], name);
	}
	return m;
}

/* --- `args` of functions and raw tracepoints ---------------------------------------- */

static void add_param(struct ctypes *c, struct btf_src *s, struct type *args,
		      const struct btf_param *p, const char *name)
{
	struct type_notes notes = { 0 };
	struct member m = { 0 };

	m.name = name;
	m.type = btf_src__type(c, s, p->type, &notes);
	m.index = (unsigned)args->members.nr;
	m.off = m.index * 8;
	m.size = m.type->size;
	if (m.type->kind == TY_PTR) {
		m.user = notes.user;
		m.bad_tag = notes.bad_tag;
	}
	vec_push(c->a, &args->members, m);
}

/* The parameters of a FUNC_PROTO from number @skip on; a last one without a type is `...`. */
static const struct type *proto_args(struct ctypes *c, struct btf_src *s, uint32_t proto,
				     unsigned skip)
{
	const struct btf_type *t = btf__type_by_id(s->btf, proto);
	const struct btf_param *p = btf_params(t);
	struct type *args = NEW(c->a, struct type);

	args->kind = TY_ARGS;
	args->as = AS_KERNEL;
	for (unsigned i = skip; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(s->btf, p[i].name_off);

		if (!p[i].type)
			continue;
		if (!name || !*name)
			name = arena__printf(c->a, "arg%u", i - skip);
		add_param(c, s, args, &p[i], arena__strdup(c->a, name));
	}
	args->size = (uint32_t)args->members.nr * 8;
	return args;
}

const struct type *ctypes__function(struct ctypes *c, const char *module, const char *func,
				    const struct type **ret)
{
	struct btf_src *s;
	uint32_t id = ctypes__find_func(c, module, func, &s);
	uint32_t proto;

	*ret = type__void();
	if (!id)
		return NULL;
	proto = btf__type_by_id(s->btf, id)->type;
	*ret = btf_src__type(c, s, btf__type_by_id(s->btf, proto)->type, NULL);
	return proto_args(c, s, proto, 0);
}

/* The typedef btf_trace_NAME tells the types, but only the functions know names. */
static uint32_t trace_proto(struct ctypes *c, struct btf_src *s, const char *event)
{
	static const char *const prefixes[] = { "__traceiter_", "__bpf_trace_" };
	uint32_t id;

	for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
		id = btf_src__find(s, arena__printf(c->a, "%s%s", prefixes[i], event), KINDS_FUNC);
		if (id)
			return btf__type_by_id(s->btf, id)->type;
	}
	id = btf_src__find(s, arena__printf(c->a, "btf_trace_%s", event),
			   KIND_BIT(BTF_KIND_TYPEDEF));
	if (!id)
		return 0;
	id = btf__type_by_id(s->btf, id)->type; /* the pointer */
	return btf__type_by_id(s->btf, id)->type;
}

/* The first event, in the order of BTF, that @pattern matches. */
static const char *match_event(struct btf_src *s, const char *pattern)
{
	static const char prefix[] = "btf_trace_";
	size_t len = sizeof(prefix) - 1;

	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);
		const char *name;

		if (!btf_is_typedef(t))
			continue;
		name = btf__name_by_offset(s->btf, t->name_off);
		if (!strncmp(name, prefix, len) && wildcard_match(pattern, name + len))
			return name + len;
	}
	return NULL;
}

static const struct type *event_args(struct ctypes *c, struct btf_src *s, const char *event)
{
	uint32_t proto;

	if (strchr(event, '*'))
		event = match_event(s, event);
	proto = event ? trace_proto(c, s, event) : 0;
	if (!proto || btf_kind(btf__type_by_id(s->btf, proto)) != BTF_KIND_FUNC_PROTO)
		return NULL;
	return proto_args(c, s, proto, 1);
}

const struct type *ctypes__raw_tracepoint(struct ctypes *c, const char *module, const char *event)
{
	struct btf_src *s = ctypes__kernel(c);
	const struct type *args = NULL;
	size_t i = 0;

	if (!s)
		return NULL;
	if (!*module || wildcard_match(module, "vmlinux"))
		args = event_args(c, s, event);
	if (!*module || !strcmp(module, "vmlinux"))
		return args;
	while (!args && (s = ctypes__next_module(c, module, &i)))
		args = event_args(c, s, event);
	return args;
}

/* --- looking types up -------------------------------------------------------------- */

static uint32_t tag_kinds(const char *tag)
{
	if (!tag)
		return KINDS_TYPE;
	if (!strcmp(tag, "struct"))
		return KIND_BIT(BTF_KIND_STRUCT);
	return strcmp(tag, "union") ? KINDS_ENUM : KIND_BIT(BTF_KIND_UNION);
}

static const struct type *find_in(struct ctypes *c, struct btf_src *s, const char *tag,
				  const char *name)
{
	uint32_t id = 0;

	if (!s)
		return NULL;
	/* A bare name is a typedef before it is the struct of that name. */
	if (!tag)
		id = btf_src__find(s, name, KIND_BIT(BTF_KIND_TYPEDEF) | KIND_BIT(BTF_KIND_INT));
	if (!id)
		id = btf_src__find(s, name, tag_kinds(tag));
	return id ? btf_src__type(c, s, id, NULL) : NULL;
}

void ctypes__use_module(struct ctypes *c, const char *module)
{
	if (*module && strcmp(module, "vmlinux"))
		vec_push(c->a, &c->named_modules, module);
}

static const struct type *find_in_modules(struct ctypes *c, const char *tag, const char *name)
{
	const struct type *t = NULL;
	struct btf_src *s;

	for (size_t k = 0; !t && k < c->named_modules.nr; k++) {
		size_t i = 0;

		while (!t && (s = ctypes__next_module(c, c->named_modules.v[k], &i)))
			t = find_in(c, s, tag, name);
	}
	return t;
}

/* Did the script or a header of its own define it? A tag and a typedef have names of their own. */
static bool is_own(const struct ctypes *c, const char *tag, const char *name)
{
	return c->script && strmap__get(c->own_names, name) &&
	       (!tag || strmap__get(c->own_names, arena__printf(c->a, "%s %s", tag, name)));
}

bool ctypes__is_copy(struct ctypes *c, const char *tag, const char *name)
{
	const struct type *own = is_own(c, tag, name) ? find_in(c, c->script, tag, name) : NULL;
	const struct type *kernel = own ? find_in(c, ctypes__kernel(c), tag, name) : NULL;
	const struct member *m;
	size_t nr;

	if (!kernel || kernel->kind != TY_STRUCT || own->kind != TY_STRUCT)
		return false;
	nr = ctypes__members(c, own, &m);
	for (size_t i = 0; i < nr; i++) {
		if (m[i].name && *m[i].name && !ctypes__member(c, kernel, m[i].name))
			return false;
	}
	return nr > 0;
}

const struct type *ctypes__find(struct ctypes *c, const char *tag, const char *name)
{
	const struct type *t = NULL;

	if (!tag)
		t = type__own(c->a, name);
	if (!t && is_own(c, tag, name))
		t = find_in(c, c->script, tag, name);
	if (!t && !tag)
		t = type__common_scalar(name);
	if (!t)
		t = find_in(c, ctypes__kernel(c), tag, name);
	if (!t)
		t = find_in_modules(c, tag, name);
	if (!t) {
		ctypes__compile_headers(c);
		t = find_in(c, c->system, tag, name);
	}
	return t || !c->broken ? t : type__error();
}

static void collect_names(struct btf_src *s, const char **names, size_t *nr)
{
	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);

		if (t->name_off && (KINDS_TYPE & KIND_BIT(btf_kind(t))))
			names[(*nr)++] = btf__name_by_offset(s->btf, t->name_off);
	}
}

const char *ctypes__near_type(struct ctypes *c, const char *name)
{
	size_t nr = 0, room = 0;
	const char **names, *near;

	if (ctypes__kernel(c))
		room += c->kernel->end;
	if (c->script)
		room += c->script->end;
	if (!room)
		return NULL;
	names = arena__alloc(c->a, room * sizeof(*names));
	if (c->kernel)
		collect_names(c->kernel, names, &nr);
	if (c->script)
		collect_names(c->script, names, &nr);
	near = nearest_name(name, names, nr);
	return near ? arena__strdup(c->a, near) : NULL;
}

static void unknown_type(struct ctypes *c, const struct type_expr *t)
{
	const char *near = ctypes__near_type(c, t->name);
	struct diag *e = diag__error(c->d, t->loc, "E_UNKNOWN_TYPE", "unknown type '%s%s%s'",
				     t->tag ? t->tag : "", t->tag ? " " : "", t->name);

	if (!t->tag && builtin__find(t->name))
		diag__hint(c->d, e, "a bare name is a type here; the builtin is written %s()",
			   t->name);
	else if (near && strcmp(near, t->name))
		diag__hint(c->d, e, "did you mean '%s'?", near);
	else if (c->no_headers)
		diag__hint(c->d, e, "%s", c->no_headers);
	else if (!ctypes__kernel(c))
		diag__hint(c->d, e,
			   "the kernel's types are not known, because %s cannot be read; "
			   "give a BTF file with --btf, or define or #include the type",
			   c->kernel_path);
	else
		diag__hint(c->d, e,
			   "the kernel's BTF has no such type; define it or #include its header");
}

/* string[N], buffer[N] and inet[N] carry their size in the first suffix. */
static const struct type *sized(struct ctypes *c, const struct type *t, int64_t n, bool *used)
{
	struct type *copy;

	*used = n >= 0 && (t->kind == TY_STRING || t->kind == TY_BUFFER || t->kind == TY_INET);
	if (!*used || t->kind == TY_INET)
		return t;
	copy = NEW(c->a, struct type);
	*copy = *t;
	copy->size = (uint32_t)n + (t->kind == TY_BUFFER ? 4 : 0);
	return copy;
}

static const struct type *add_suffix(struct ctypes *c, const struct type_expr *e,
				     const struct type *t, int64_t n)
{
	if (n == -1)
		return type__ptr(c->a, t, AS_NONE);
	if (n == -2)
		return type__array(c->a, t, 0);
	if (t->size && n > INT32_MAX / t->size) {
		diag__error(c->d, e->loc, "E_DECL_TYPE", "an array of %lld elements is too large",
			    (long long)n);
		return type__error();
	}
	return type__array(c->a, t, (uint32_t)n);
}

/* A name that the script writes: in a probe of a program that one's own types come before the kernel's. */
static const struct type *named(struct ctypes *c, const char *tag, const char *name)
{
	const struct type *t = NULL;

	if (c->traced && !is_own(c, tag, name) &&
	    (tag || (!type__own(c->a, name) && !type__common_scalar(name))))
		t = ctypes__traced_type(c, tag, name);
	return t ? t : ctypes__find(c, tag, name);
}

const struct type *ctypes__resolve(struct ctypes *c, struct type_expr *e)
{
	const struct type *t;
	bool used = false;

	if (e->of_type)
		t = ctypes__resolve(c, e->of_type);
	else if (e->of)
		t = e->of->type ? e->of->type : type__error();
	else
		t = named(c, e->tag, e->name);
	if (!t) {
		unknown_type(c, e);
		return type__error();
	}
	if (e->suffix.nr && t->kind != TY_ERROR)
		t = sized(c, t, e->suffix.v[0], &used);
	for (size_t i = used; i < e->suffix.nr && t->kind != TY_ERROR; i++)
		t = add_suffix(c, e, t, e->suffix.v[i]);
	return t;
}

/* The constants of an enum take 64 bits, whatever the enum does. */
static const struct type *wide_enum(struct ctypes *c, struct btf_src *s, uint32_t id)
{
	const struct type *t = btf_src__type(c, s, id, NULL);
	struct type *wide = NEW(c->a, struct type);

	*wide = *t;
	wide->size = 8;
	return wide;
}

const struct type *ctypes__enumerator(struct ctypes *c, const char *name, int64_t *num)
{
	uint32_t id = c->script ? btf_src__find_enumerator(c->script, name, num) : 0;

	if (id)
		return wide_enum(c, c->script, id);
	id = ctypes__kernel(c) ? btf_src__find_enumerator(c->kernel, name, num) : 0;
	if (id)
		return wide_enum(c, c->kernel, id);
	ctypes__compile_headers(c);
	id = c->system ? btf_src__find_enumerator(c->system, name, num) : 0;
	return id ? wide_enum(c, c->system, id) : NULL;
}
