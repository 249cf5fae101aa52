// SPDX-License-Identifier: Apache-2.0
/*
 * From DWARF to BTF. A type gets its number when something first refers to it,
 * and is written when its turn comes: so types may refer to each other in
 * circles, and members stand together as BTF wants them. A struct that many
 * files of a program define at one line of one header is one type.
 */
#include <dwarf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "deps.h"
#include "dwarf.h"
#include "probe.h"

#define FIRST_ID 2 /* 1 is the index type of arrays */

/* --- DWARF -------------------------------------------------------------------- */

bool dwarf__type(Dwarf_Die *die, Dwarf_Die *type)
{
	Dwarf_Attribute attr;

	return dwarf_attr_integrate(die, DW_AT_type, &attr) && dwarf_formref_die(&attr, type);
}

bool dwarf__number(Dwarf_Die *die, unsigned attr, Dwarf_Word *num)
{
	Dwarf_Attribute at;

	return dwarf_attr_integrate(die, attr, &at) && !dwarf_formudata(&at, num);
}

static bool is_qualifier(int tag)
{
	return tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
	       tag == DW_TAG_restrict_type || tag == DW_TAG_atomic_type;
}

bool dwarf__plain(Dwarf_Die *die)
{
	Dwarf_Die next;

	while (is_qualifier(dwarf_tag(die)) || dwarf_tag(die) == DW_TAG_typedef) {
		if (!dwarf__type(die, &next))
			return false;
		*die = next;
	}
	return true;
}

bool dwarf__extent(Dwarf_Die *array, unsigned dim, Dwarf_Word *nr)
{
	Dwarf_Die sub;

	*nr = 0;
	if (dwarf_child(array, &sub))
		return false;
	do {
		if (dwarf_tag(&sub) != DW_TAG_subrange_type || dim--)
			continue;
		if (!dwarf__number(&sub, DW_AT_count, nr) &&
		    dwarf__number(&sub, DW_AT_upper_bound, nr))
			++*nr;
		return true;
	} while (!dwarf_siblingof(&sub, &sub));
	return false;
}

static bool is_aggregate(int tag)
{
	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_enumeration_type;
}

static bool is_declaration(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	bool flag = false;

	return dwarf_attr(die, DW_AT_declaration, &attr) && !dwarf_formflag(&attr, &flag) && flag;
}

/* --- definitions by name -------------------------------------------------------------- */

/* "struct" also of a class. */
static const char *tag_name(int tag)
{
	return tag == DW_TAG_union_type		? "union"
	       : tag == DW_TAG_enumeration_type ? "enum"
	       : tag == DW_TAG_typedef		? "typedef"
						: "struct";
}

static void collect(struct binary *b, Dwarf_Die *parent)
{
	Dwarf_Die die, *copy;
	const char *key, *name;
	int tag;

	if (dwarf_child(parent, &die))
		return;
	do {
		tag = dwarf_tag(&die);
		if (tag == DW_TAG_namespace)
			collect(b, &die);
		name = dwarf_diename(&die);
		if ((!is_aggregate(tag) && tag != DW_TAG_typedef) || !name || is_declaration(&die))
			continue;
		key = arena__printf(b->a, "%s %s", tag_name(tag), name);
		if (strmap__get(b->complete, key))
			continue;
		copy = NEW(b->a, Dwarf_Die);
		*copy = die;
		strmap__set(b->complete, key, copy);
	} while (!dwarf_siblingof(&die, &die));
}

static Dwarf_Die *definition(struct binary *b, const char *tag, const char *name)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	if (!b->complete) {
		b->complete = strmap__new(b->a);
		while (!dwarf_get_units(b->dw, cu, &cu, NULL, NULL, &unit, NULL))
			collect(b, &unit);
	}
	return strmap__get(b->complete, arena__printf(b->a, "%s %s", tag, name));
}

/* --- numbers ----------------------------------------------------------------------------- */

/* What is the same in two files has the same key. */
static const char *key_of(struct binary *b, Dwarf_Die *die, unsigned dim)
{
	const char *name = dwarf_diename(die), *file = dwarf_decl_file(die);
	int tag = dwarf_tag(die), line = 0;

	if (tag == DW_TAG_base_type)
		return arena__printf(b->a, "base %s %d", name ? name : "", dwarf_bytesize(die));
	if (!is_aggregate(tag) || !name || !file || dwarf_decl_line(die, &line))
		return arena__printf(b->a, "%p %u", die->addr, dim);
	return arena__printf(b->a, "%s %s %d %s:%d", tag_name(tag), name, dwarf_bytesize(die), file,
			     line);
}

static uint32_t id_of(struct binary *b, const Dwarf_Die *of, unsigned dim)
{
	struct dwarf_item item = { *of, dim };
	Dwarf_Die next, *whole;
	const char *key;
	uintptr_t id;

	while (is_qualifier(dwarf_tag(&item.die))) {
		if (!dwarf__type(&item.die, &next))
			return 0;
		item.die = next;
	}
	switch (dwarf_tag(&item.die)) {
	case DW_TAG_subroutine_type:
	case DW_TAG_unspecified_type: return 0;
	}
	if (is_aggregate(dwarf_tag(&item.die)) && is_declaration(&item.die) &&
	    dwarf_diename(&item.die)) {
		whole = definition(b, tag_name(dwarf_tag(&item.die)), dwarf_diename(&item.die));
		if (whole)
			item.die = *whole;
	}
	key = key_of(b, &item.die, dim);
	id = (uintptr_t)strmap__get(b->ids, key);
	if (id)
		return (uint32_t)id;
	id = FIRST_ID + b->items.nr;
	strmap__set(b->ids, key, (void *)id);
	vec_push(b->a, &b->items, item);
	return (uint32_t)id;
}

uint32_t binary__ref(struct binary *b, Dwarf_Die *die)
{
	Dwarf_Die type;

	return dwarf__type(die, &type) ? id_of(b, &type, 0) : 0;
}

/* --- writing ------------------------------------------------------------------------------ */

static int add_base(struct btf *btf, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	int size = dwarf_bytesize(die);
	Dwarf_Word encoding = 0;

	if (!name || !*name)
		name = "unnamed";
	dwarf__number(die, DW_AT_encoding, &encoding);
	switch (encoding) {
	case DW_ATE_boolean: return btf__add_int(btf, name, (size_t)size, BTF_INT_BOOL);
	case DW_ATE_signed:
	case DW_ATE_signed_char: return btf__add_int(btf, name, (size_t)size, BTF_INT_SIGNED);
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF:
	case DW_ATE_address: return btf__add_int(btf, name, (size_t)size, 0);
	default: return btf__add_float(btf, name, (size_t)size);
	}
}

static bool is_static(Dwarf_Die *member)
{
	Dwarf_Attribute attr;

	return is_declaration(member) || dwarf_attr(member, DW_AT_external, &attr);
}

/* In bits; false: it is computed, as of a virtual base. */
static bool offset_of(Dwarf_Die *member, uint32_t bits, uint32_t *off)
{
	Dwarf_Word at = 0, old, storage;
	Dwarf_Attribute attr;
	Dwarf_Die type;

	if (dwarf__number(member, DW_AT_data_bit_offset, &at)) {
		*off = (uint32_t)at;
		return true;
	}
	if (dwarf_attr(member, DW_AT_data_member_location, &attr) && dwarf_formudata(&attr, &at))
		return false;
	*off = (uint32_t)at * 8;
	/* Before DWARF 4 bits were counted from the other end of the storage unit. */
	if (bits && dwarf__number(member, DW_AT_bit_offset, &old)) {
		if (!dwarf__number(member, DW_AT_byte_size, &storage)) {
			if (!dwarf__type(member, &type) || !dwarf__plain(&type))
				return false;
			storage = (Dwarf_Word)dwarf_bytesize(&type);
		}
		*off += (uint32_t)(storage * 8 - old - bits);
	}
	return true;
}

/* A class that is inherited from is an unnamed member. */
static int add_fields(struct binary *b, struct btf *btf, Dwarf_Die *st)
{
	Dwarf_Die m;
	int err = 0;

	if (dwarf_child(st, &m))
		return 0;
	do {
		int tag = dwarf_tag(&m);
		Dwarf_Word bits = 0;
		uint32_t off;

		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || is_static(&m))
			continue;
		dwarf__number(&m, DW_AT_bit_size, &bits);
		if (offset_of(&m, (uint32_t)bits, &off))
			err = btf__add_field(btf, tag == DW_TAG_member ? dwarf_diename(&m) : NULL,
					     (int)binary__ref(b, &m), off, (uint32_t)bits);
	} while (!err && !dwarf_siblingof(&m, &m));
	return err;
}

static int add_struct(struct binary *b, struct btf *btf, Dwarf_Die *die)
{
	bool is_union = dwarf_tag(die) == DW_TAG_union_type;
	const char *name = dwarf_diename(die);
	int size = dwarf_bytesize(die), id;

	if (is_declaration(die) || size < 0)
		return btf__add_fwd(btf, name ? name : "unnamed",
				    is_union ? BTF_FWD_UNION : BTF_FWD_STRUCT);
	id = is_union ? btf__add_union(btf, name, (uint32_t)size)
		      : btf__add_struct(btf, name, (uint32_t)size);
	return id < 0 || !add_fields(b, btf, die) ? id : -EINVAL;
}

static int add_enum(struct btf *btf, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	int size = dwarf_bytesize(die), id;
	Dwarf_Attribute attr;
	Dwarf_Sword val;
	Dwarf_Die v;

	if (size != 1 && size != 2 && size != 8)
		size = 4;
	id = size == 8 ? btf__add_enum64(btf, name, (uint32_t)size, false)
		       : btf__add_enum(btf, name, (uint32_t)size);
	if (id < 0 || dwarf_child(die, &v))
		return id;
	do {
		const char *text = dwarf_diename(&v);
		Dwarf_Word word;

		if (dwarf_tag(&v) != DW_TAG_enumerator || !text ||
		    !dwarf_attr(&v, DW_AT_const_value, &attr))
			continue;
		if (dwarf_formsdata(&attr, &val)) {
			if (dwarf_formudata(&attr, &word))
				continue;
			val = (Dwarf_Sword)word;
		}
		if (size == 8)
			btf__add_enum64_value(btf, text, (uint64_t)val);
		else
			btf__add_enum_value(btf, text, val);
	} while (!dwarf_siblingof(&v, &v));
	return id;
}

static int add_array(struct binary *b, struct btf *btf, struct dwarf_item *item)
{
	Dwarf_Word nr, unused;
	uint32_t elem;

	dwarf__extent(&item->die, item->dim, &nr);
	elem = dwarf__extent(&item->die, item->dim + 1, &unused)
		       ? id_of(b, &item->die, item->dim + 1)
		       : binary__ref(b, &item->die);
	return btf__add_array(btf, 1, (int)elem, (uint32_t)nr);
}

static int add_item(struct binary *b, struct btf *btf, struct dwarf_item item)
{
	const char *name = dwarf_diename(&item.die);

	switch (dwarf_tag(&item.die)) {
	case DW_TAG_base_type: return add_base(btf, &item.die);
	case DW_TAG_pointer_type:
	case DW_TAG_reference_type:
	case DW_TAG_rvalue_reference_type: return btf__add_ptr(btf, (int)binary__ref(b, &item.die));
	case DW_TAG_typedef:
		return btf__add_typedef(btf, name ? name : "unnamed",
					(int)binary__ref(b, &item.die));
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type: return add_struct(b, btf, &item.die);
	case DW_TAG_enumeration_type: return add_enum(btf, &item.die);
	case DW_TAG_array_type: return add_array(b, btf, &item);
	default: return -ENOTSUP;
	}
}

/* What was referred to, and what that refers to. */
static void translate(struct binary *b)
{
	struct btf *btf = b->src->btf;
	struct type **made;
	uint32_t end;
	int id;

	for (; b->done < b->items.nr; b->done++) {
		id = add_item(b, btf, b->items.v[b->done]);
		/* Nothing can be read from what cannot be told; a half-written struct is one, too. */
		if (id < 0 && btf__type_cnt(btf) == FIRST_ID + b->done)
			btf__add_float(btf, "unknown", 8);
	}
	end = btf__type_cnt(btf);
	if (end == b->src->end)
		return;
	made = arena__alloc(b->a, end * sizeof(*made));
	memcpy(made, b->src->made, (b->src->end - b->src->first) * sizeof(*made));
	b->src->made = made;
	b->src->end = end;
	memset(&b->src->types, 0, sizeof(b->src->types));
	memset(&b->src->enumerators, 0, sizeof(b->src->enumerators));
}

const struct type *binary__type_of(struct binary *b, Dwarf_Die *die, struct type_notes *notes)
{
	uint32_t id = binary__ref(b, die);

	translate(b);
	return id ? btf_src__type(b->c, b->src, id, notes) : type__void();
}

static const struct type *find(struct binary *b, const char *tag, const char *name)
{
	static const char *const tags[] = { "typedef", "struct", "union", "enum" };
	Dwarf_Die *die = NULL;
	uint32_t id;

	if (!b->dw)
		return NULL;
	for (size_t i = 0; i < COUNT_OF(tags) && !die; i++)
		if (!tag || !strcmp(tag, tags[i]))
			die = definition(b, tags[i], name);
	id = die ? id_of(b, die, 0) : 0;
	translate(b);
	return id ? btf_src__type(b->c, b->src, id, NULL) : NULL;
}

const struct type *ctypes__traced_type(struct ctypes *c, const char *tag, const char *name)
{
	const char *why;
	struct binary *b = c->traced ? binary__open(c, c->traced, &why) : NULL;

	return b ? find(b, tag, name) : NULL;
}

void ctypes__trace(struct ctypes *c, const struct attach *at)
{
	enum provider_kind kind = at ? at->prov->kind : PROV_BEGIN;

	c->traced = kind == PROV_UPROBE || kind == PROV_URETPROBE || kind == PROV_USDT ? at->target
										       : NULL;
}

/* --- files ---------------------------------------------------------------------------------- */

/* Debug information may lie in a file of its own. */
static void open_dwarf(struct binary *b)
{
	char path[4200];
	Dwarf_Die unit;

	for (unsigned round = 0; !b->dw && round < 2; round++) {
		if (!round)
			snprintf(path, sizeof(path), "%s", b->path);
		else if (!btc_debug_file(&b->elf, b->path, path, sizeof(path)))
			return;
		b->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (b->fd < 0)
			continue;
		deps__file(b->c->o.deps, path);
		b->dw = dwarf_begin(b->fd, DWARF_C_READ);
		if (b->dw &&
		    !dwarf_get_units(b->dw, NULL, &(Dwarf_CU *){ NULL }, NULL, NULL, &unit, NULL))
			return;
		dwarf_end(b->dw);
		close(b->fd);
		b->dw = NULL;
		b->fd = -1;
	}
}

static bool find_file(struct ctypes *c, const char *target, char *path, size_t room)
{
	struct btc_strs files = { 0 };

	*path = '\0';
	if (c->o.sysroot && strchr(target, '/')) {
		snprintf(path, room, "%s/%s", c->o.sysroot, target);
		if (!access(path, R_OK))
			return true;
	}
	if (*target && strcmp(target, "*") && !btc_find_files(0, target, &files) && files.nr)
		snprintf(path, room, "%s", files.s[0]);
	btc_strs_free(&files);
	return *path;
}

static struct binary *new_binary(struct ctypes *c, const char *path, const char **why)
{
	struct binary *b = NEW(c->a, struct binary);
	int err;

	b->c = c;
	b->a = c->a;
	b->fd = -1;
	b->path = arena__strdup(c->a, path);
	b->ids = strmap__new(c->a);
	err = btc_elf_open(&b->elf, path);
	if (err) {
		*why = arena__printf(c->a, "%s cannot be read: %s", path, strerror(-err));
		return NULL;
	}
	open_dwarf(b);
	b->src = btf_src__new(c, btf__new_empty(), false, NULL);
	b->src->program = true;
	btf__add_int(b->src->btf, "index", 8, 0);
	vec_push(c->a, &c->binaries, b);
	return b;
}

struct binary *binary__open(struct ctypes *c, const char *target, const char **why)
{
	char path[4200];

	if (!find_file(c, target, path, sizeof(path))) {
		*why = arena__printf(c->a, "there is no file '%s' here", target);
		return NULL;
	}
	for (size_t i = 0; i < c->binaries.nr; i++)
		if (!strcmp(c->binaries.v[i]->path, path))
			return c->binaries.v[i];
	return new_binary(c, path, why);
}

void binary__free(struct binary *b)
{
	btf__free(b->src->btf);
	dwarf_end(b->dw);
	if (b->fd >= 0)
		close(b->fd);
	btc_elf_close(&b->elf);
}
