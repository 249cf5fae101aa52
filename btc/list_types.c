// SPDX-License-Identifier: Apache-2.0
/*
 * Structs, unions and enums of the kernel, with their members: as C has them, but
 * each alone, without those that it needs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../rtlib/src/internal.h"
#include "ctypes.h"
#include "list.h"

static const char *const tags[] = { "struct ", "union ", "enum " };

bool list__is_type(const char *pattern)
{
	for (size_t i = 0; i < COUNT_OF(tags); i++) {
		if (!strncmp(pattern, tags[i], strlen(tags[i])))
			return true;
	}
	return false;
}

static void on_text(void *ctx, const char *fmt, va_list ap)
{
	buf__vprintf(ctx, fmt, ap);
}

static const char *tag_of(const struct btf_type *t)
{
	if (btf_is_struct(t))
		return "struct";
	if (btf_is_union(t))
		return "union";
	return btf_is_any_enum(t) ? "enum" : NULL;
}

static void write_members(struct btf_dump *dump, struct buf *out, const struct btf *btf,
			  const struct btf_type *t)
{
	const struct btf_member *m = btf_members(t);

	for (unsigned i = 0; i < btf_vlen(t); i++) {
		LIBBPF_OPTS(btf_dump_emit_type_decl_opts, opts,
			    .field_name = btf__name_by_offset(btf, m[i].name_off),
			    .indent_level = 1);
		unsigned bits = btf_member_bitfield_size(t, i);

		buf__str(out, "\t");
		btf_dump__emit_type_decl(dump, m[i].type, &opts);
		if (bits)
			buf__printf(out, ": %u", bits);
		buf__str(out, ";\n");
	}
}

static void write_values(struct buf *out, const struct btf *btf, const struct btf_type *t)
{
	for (unsigned i = 0; i < btf_vlen(t); i++)
		buf__printf(out, "\t%s = %lld,\n", btf_enum_name(btf, t, i),
			    (long long)btf_enum_value(t, i, true));
}

static const char *definition(struct lister *l, struct btf_src *s, const struct btf_type *t)
{
	struct buf out = { 0 };
	struct btf_dump *dump = btf_dump__new(s->btf, on_text, &out, NULL);
	const char *text;

	if (libbpf_get_error(dump))
		return NULL;
	if (btf_is_any_enum(t))
		write_values(&out, s->btf, t);
	else
		write_members(dump, &out, s->btf, t);
	buf__str(&out, "};\n\n");
	text = arena__strdup(l->a, out.s);
	btf_dump__free(dump);
	buf__free(&out);
	return text;
}

static void types_in(struct lister *l, struct btf_src *s, const char *module, const char *tag,
		     const char *pattern)
{
	for (uint32_t id = s->first; id < s->end; id++) {
		const struct btf_type *t = btf__type_by_id(s->btf, id);
		const char *name, *of = tag_of(t);

		if (!of || strcmp(of, tag))
			continue;
		name = btf__name_by_offset(s->btf, t->name_off);
		if (!*name || !btc_match(pattern, name))
			continue;
		if (l->o->verbose)
			list__add(l, definition(l, s, t), "%s: %s %s {", module, tag, name);
		else
			list__add(l, NULL, "%s %s", tag, name);
	}
}

void list__types(struct lister *l, const char *pattern)
{
	size_t len = strcspn(pattern, " ");
	const char *tag = arena__strndup(l->a, pattern, len);
	struct btf_src *s = ctypes__kernel(l->types);

	pattern += len + strspn(pattern + len, " ");
	if (!s)
		return;
	types_in(l, s, "vmlinux", tag, pattern);
	ctypes__open_modules(l->types);
	for (size_t i = 0; i < l->types->modules.nr; i++)
		types_in(l, l->types->modules.v[i], l->types->modules.v[i]->module, tag, pattern);
}
