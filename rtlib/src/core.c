// SPDX-License-Identifier: Apache-2.0
/*
 * A small copy of the kernel's BTF with nothing but the structs and members
 * that the program names, for libbpf to relocate against: its own way indexes
 * all of the kernel's types. CO-RE keeps its full meaning.
 *
 * The object's relocations say which types are the roots. What a copy cannot
 * serve (ids of target types, types that only modules have) is refused, and
 * libbpf's own way is taken.
 */
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

/* What libbpf keeps to itself; the format is the kernel's documentation's. */
struct ext_header {
	__u16 magic;
	__u8 version, flags;
	__u32 hdr_len;
	__u32 func_info_off, func_info_len, line_info_off, line_info_len;
	__u32 core_relo_off, core_relo_len;
};

struct ext_section {
	__u32 sec_name_off, num_info;
};

struct name {
	const char *s;
	size_t len; /* without the flavour: sock of sock___old */
	const struct btf_type *type;
	bool root, found; /* a field of it is relocated; the kernel has it */
};

struct copy {
	struct btf *local;  /* of the program */
	struct name *names; /* its structs, unions and enums */
	__u32 nr_names;
	__u64 firsts[4]; /* set of their first characters */
	const struct btc_kbtf *kernel;
	struct btf *out;
	int void_ptr, index_int;
	btc_core_need need; /* wants to know of each relocation */
	void *need_arg;
};

/* --- the object's side --- */

static Elf_Data *section(Elf *elf, const char *want)
{
	Elf_Scn *scn = NULL;
	const char *name;
	GElf_Shdr sh;
	size_t strs;

	if (elf_getshdrstrndx(elf, &strs))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh))
			continue;
		name = elf_strptr(elf, strs, sh.sh_name);
		if (name && !strcmp(name, want))
			return elf_rawdata(scn, NULL);
	}
	return NULL;
}

static int collect_names(struct copy *c)
{
	__u32 i, n = btf__type_cnt(c->local);
	const struct btf_type *t;
	const char *s, *flavour;
	struct name *l;

	c->names = calloc(n, sizeof(*c->names));
	if (!c->names)
		return -ENOMEM;
	for (i = 1; i < n; i++) {
		t = btf__type_by_id(c->local, i);
		s = btf__name_by_offset(c->local, t->name_off);
		if ((!btf_is_composite(t) && !btf_is_any_enum(t)) || !*s)
			continue;
		flavour = strstr(s + 1, "___");
		l = &c->names[c->nr_names++];
		l->s = s;
		l->len = flavour ? (size_t)(flavour - s) : strlen(s);
		l->type = t;
		c->firsts[(unsigned char)*s >> 6] |= 1ull << (*s & 63);
	}
	return 0;
}

/* The members that the access string "0:3:1" names: ".a.b"; what is an element of an array is left out. */
static void access_path(const struct copy *c, const struct btf_type *t, const char *spec, char *buf,
			size_t room)
{
	const struct btf_member *m;
	size_t n = 0;
	char *end;
	__u32 i;

	*buf = '\0';
	for (strtoul(spec, &end, 10); *end == ':' && n < room;) {
		i = strtoul(end + 1, &end, 10);
		while (t && (btf_is_mod(t) || btf_is_typedef(t)))
			t = btf__type_by_id(c->local, t->type);
		if (t && btf_is_array(t)) {
			t = btf__type_by_id(c->local, btf_array(t)->type);
			continue;
		}
		if (!t || !btf_is_composite(t) || i >= btf_vlen(t))
			return;
		m = btf_members(t) + i;
		if (m->name_off)
			n += snprintf(buf + n, room - n, ".%s",
				      btf__name_by_offset(c->local, m->name_off));
		t = btf__type_by_id(c->local, m->type);
	}
}

static void tell_need(const struct copy *c, const struct btf_type *t,
		      const struct bpf_core_relo *relo, bool must)
{
	const char *spec = btf__name_by_offset(c->local, relo->access_str_off);
	const char *name = btf__name_by_offset(c->local, t->name_off), *flavour;
	char type[128], path[256] = "";
	__u32 value;

	flavour = *name ? strstr(name + 1, "___") : NULL;
	snprintf(type, sizeof(type), "%.*s", (int)(flavour ? flavour - name : (long)strlen(name)),
		 name);
	if (relo->kind >= BPF_CORE_ENUMVAL_EXISTS && btf_is_enum(t)) {
		value = strtoul(spec, NULL, 10);
		if (value < btf_vlen(t))
			snprintf(path, sizeof(path), ".%s",
				 btf__name_by_offset(c->local, btf_enum(t)[value].name_off));
	} else if (relo->kind <= BPF_CORE_FIELD_RSHIFT_U64) {
		access_path(c, t, spec, path, sizeof(path));
	}
	c->need(type, *path ? path + 1 : "", must, c->need_arg);
}

/* enum bpf_core_relo_kind of the kernel's <linux/bpf.h> */
static int take_relo(struct copy *c, const struct bpf_core_relo *relo)
{
	const struct btf_type *t = btf__type_by_id(c->local, relo->type_id);
	bool must;
	__u32 i;

	if (relo->kind == BPF_CORE_TYPE_ID_LOCAL)
		return 0;
	if (relo->kind == BPF_CORE_TYPE_ID_TARGET || relo->kind > BPF_CORE_ENUMVAL_VALUE)
		return -ENOTSUP;
	while (t && btf_is_mod(t))
		t = btf__type_by_id(c->local, t->type);
	if (!t || (!btf_is_composite(t) && !btf_is_any_enum(t)))
		return -ENOTSUP; /* a typedef: libbpf matches it by its name */
	must = relo->kind != BPF_CORE_FIELD_EXISTS && relo->kind != BPF_CORE_TYPE_EXISTS &&
	       relo->kind != BPF_CORE_ENUMVAL_EXISTS;
	if (c->need)
		tell_need(c, t, relo, must);
	for (i = 0; i < c->nr_names; i++)
		if (c->names[i].type == t)
			c->names[i].root |= must;
	return 0;
}

static int take_relos(struct copy *c, const Elf_Data *ext)
{
	const struct ext_header *h = ext->d_buf;
	const struct ext_section *sec;
	const char *pos, *end;
	__u32 rec, i;
	int err;

	if (ext->d_size < sizeof(*h) || h->hdr_len < sizeof(*h) ||
	    (size_t)h->hdr_len + h->core_relo_off + h->core_relo_len > ext->d_size)
		return -ENOTSUP;
	pos = (const char *)ext->d_buf + h->hdr_len + h->core_relo_off;
	end = pos + h->core_relo_len;
	if (end - pos < (ptrdiff_t)sizeof(rec))
		return 0;
	memcpy(&rec, pos, sizeof(rec));
	if (rec < sizeof(struct bpf_core_relo))
		return -ENOTSUP;
	for (pos += sizeof(rec); end - pos >= (ptrdiff_t)sizeof(*sec);) {
		sec = (const void *)pos;
		pos += sizeof(*sec);
		if ((size_t)(end - pos) / rec < sec->num_info)
			return -ENOTSUP;
		for (i = 0; i < sec->num_info; i++, pos += rec) {
			err = take_relo(c, (const void *)pos);
			if (err)
				return err;
		}
	}
	return 0;
}

static int read_object(struct copy *c, const void *bytes, size_t size)
{
	Elf_Data *btf, *ext;
	int err = -ENOTSUP;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, size);
	if (!elf)
		return -EINVAL;
	btf = section(elf, ".BTF");
	ext = section(elf, ".BTF.ext");
	if (btf && ext) {
		c->local = btf__new(btf->d_buf, btf->d_size);
		err = c->local ? collect_names(c) : -errno;
		if (!err)
			err = take_relos(c, ext);
	}
	elf_end(elf);
	return err;
}

/* --- the kernel's side --- */

/* Does the program have @name (and in it @member)? */
static bool wanted(struct copy *c, const char *name, const char *member)
{
	const struct btf_member *m;
	bool any = false;
	struct name *l;
	__u32 i, k;

	if (!(c->firsts[(unsigned char)*name >> 6] >> (*name & 63) & 1))
		return false;
	for (i = 0; i < c->nr_names; i++) {
		l = &c->names[i];
		if (*l->s != *name || strncmp(l->s, name, l->len) || name[l->len])
			continue;
		if (!member) {
			l->found = any = true;
			continue;
		}
		if (!btf_is_composite(l->type))
			continue;
		m = btf_members(l->type);
		for (k = 0; k < btf_vlen(l->type); k++)
			if (!strcmp(btf__name_by_offset(c->local, m[k].name_off), member))
				return true;
	}
	return any;
}

static int copy_type(struct copy *c, __u32 id);

static int copy_struct(struct copy *c, const struct btf_type *t)
{
	const char *name = btc_kbtf_str(c->kernel, t->name_off), *s;
	const struct btf_member *m = btf_members(t);
	__u32 i, n = btf_vlen(t);
	bool all = !*name; /* anonymous: its members count as the outer's */
	int *ids, out;

	ids = calloc(n + 1, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		s = btc_kbtf_str(c->kernel, m[i].name_off);
		ids[i] = all || !*s || wanted(c, name, s) ? copy_type(c, m[i].type) : -1;
	}
	out = btf_kind(t) == BTF_KIND_STRUCT ? btf__add_struct(c->out, name, t->size)
					     : btf__add_union(c->out, name, t->size);
	for (i = 0; out > 0 && i < n; i++)
		if (ids[i] >= 0)
			btf__add_field(c->out, btc_kbtf_str(c->kernel, m[i].name_off), ids[i],
				       btf_member_bit_offset(t, i), btf_member_bitfield_size(t, i));
	free(ids);
	return out;
}

static int copy_enum(struct copy *c, const struct btf_type *t)
{
	const char *name = btc_kbtf_str(c->kernel, t->name_off);
	const struct btf_enum64 *e64 = (const void *)(t + 1);
	const struct btf_enum *e = (const void *)(t + 1);
	bool values = *name && wanted(c, name, NULL);
	__u32 i, n = values ? btf_vlen(t) : 0;
	int id;

	if (btf_kind(t) == BTF_KIND_ENUM) {
		id = btf__add_enum(c->out, name, t->size);
		for (i = 0; id > 0 && i < n; i++)
			btf__add_enum_value(c->out, btc_kbtf_str(c->kernel, e[i].name_off),
					    e[i].val);
		return id;
	}
	id = btf__add_enum64(c->out, name, t->size, btf_kflag(t));
	for (i = 0; id > 0 && i < n; i++)
		btf__add_enum64_value(c->out, btc_kbtf_str(c->kernel, e64[i].name_off),
				      (__u64)e64[i].val_hi32 << 32 | e64[i].val_lo32);
	return id;
}

static int copy_type(struct copy *c, __u32 id)
{
	const struct btf_type *t = btc_kbtf_type(c->kernel, id);
	const struct btf_array *a;
	__u32 enc;
	int elem;

	if (!t)
		return 0;
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		enc = *(const __u32 *)(t + 1);
		return btf__add_int(c->out, btc_kbtf_str(c->kernel, t->name_off), t->size,
				    BTF_INT_ENCODING(enc));
	case BTF_KIND_PTR: return c->void_ptr;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64: return copy_enum(c, t);
	case BTF_KIND_ARRAY:
		a = (const void *)(t + 1);
		elem = copy_type(c, a->type);
		return btf__add_array(c->out, c->index_int, elem, a->nelems);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return copy_struct(c, t);
	case BTF_KIND_FLOAT:
		return btf__add_float(c->out, btc_kbtf_str(c->kernel, t->name_off), t->size);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG: return copy_type(c, t->type);
	}
	return 0;
}

static int copy_wanted(struct copy *c)
{
	const struct btf_type *t;
	__u32 i;
	int id;

	c->out = btf__new_empty();
	if (!c->out)
		return -ENOMEM;
	c->index_int = btf__add_int(c->out, "unsigned int", 4, 0);
	c->void_ptr = btf__add_ptr(c->out, 0);
	for (i = 0; i < c->kernel->nr; i++) {
		t = (const void *)(c->kernel->raw + c->kernel->off[i]);
		if (!t->name_off || (!btf_is_composite(t) && !btf_is_any_enum(t)) ||
		    !wanted(c, c->kernel->str + t->name_off, NULL))
			continue;
		id = btf_is_composite(t) ? copy_struct(c, t) : copy_enum(c, t);
		if (id < 0)
			return id;
	}
	for (i = 0; i < c->nr_names; i++)
		if (c->names[i].root && !c->names[i].found)
			return -ENOTSUP; /* a module may have it */
	return 0;
}

int btc_core_needs(const void *elf, size_t size, btc_core_need need, void *arg)
{
	struct copy c = { .need = need, .need_arg = arg };
	int err = read_object(&c, elf, size);

	btf__free(c.local);
	free(c.names);
	return err;
}

int btc_core_btf(const void *elf, size_t size, struct btc_kbtf *kernel)
{
	struct copy c = { .kernel = kernel };
	const void *data = NULL;
	__u32 len = 0;
	int fd = -1, err;

	err = read_object(&c, elf, size);
	if (!err)
		err = copy_wanted(&c);
	if (!err)
		data = btf__raw_data(c.out, &len);
	if (data)
		fd = memfd_create("btf", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, data, len) != (ssize_t)len) {
		close(fd);
		fd = -1;
	}
	btf__free(c.out);
	btf__free(c.local);
	free(c.names);
	return fd >= 0 ? fd : err ? err : -EIO;
}
