// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's type information as raw bytes. libbpf's reader indexes and
 * checks all 126,000 types and copies the file: 12 ms and 7 MB of each start.
 * Here the file is mapped, and one linear pass notes where each type begins.
 * Function names get a hash table the first time one is looked up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static size_t type_size(const struct btf_type *t)
{
	__u32 n = btf_vlen(t);
	size_t extra = 0;

	switch (btf_kind(t)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG: extra = 4; break;
	case BTF_KIND_ARRAY: extra = sizeof(struct btf_array); break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: extra = n * sizeof(struct btf_member); break;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO: extra = n * 8; break;
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64: extra = n * 12; break;
	}
	return sizeof(*t) + extra;
}

static int read_file(struct btc_kbtf *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t got = 0;
	ssize_t n = 1;
	int err;
	char *m;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		err = -errno;
		close(fd);
		return err;
	}
	b->raw_size = st.st_size;
	m = mmap(NULL, b->raw_size, PROT_READ, MAP_PRIVATE, fd, 0); /* since 6.16 */
	if (m == MAP_FAILED) {
		m = mmap(NULL, b->raw_size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (m == MAP_FAILED) {
			close(fd);
			return -ENOMEM;
		}
		while (got < b->raw_size && n > 0) {
			n = read(fd, m + got, b->raw_size - got);
			if (n > 0)
				got += n;
		}
		if (got < b->raw_size) {
			munmap(m, b->raw_size);
			close(fd);
			return -EIO;
		}
	}
	close(fd);
	b->raw = m;
	return 0;
}

static int index_types(struct btc_kbtf *b)
{
	const struct btf_header *h = (const void *)b->raw;
	__u32 room = b->base ? 1 << 10 : 1 << 17;
	size_t pos, end;

	if (b->raw_size < sizeof(*h) || h->magic != BTF_MAGIC ||
	    (size_t)h->hdr_len + h->type_off + h->type_len > b->raw_size ||
	    (size_t)h->hdr_len + h->str_off + h->str_len > b->raw_size)
		return -EINVAL;
	b->str = b->raw + h->hdr_len + h->str_off;
	b->str_len = h->str_len;
	b->first = b->base ? b->base->first + b->base->nr : 1;
	pos = h->hdr_len + h->type_off;
	end = pos + h->type_len;
	b->off = malloc(room * sizeof(*b->off));
	for (b->nr = 0; b->off && pos + sizeof(struct btf_type) <= end; b->nr++) {
		if (b->nr == room) {
			__u32 *grown = realloc(b->off, 2 * room * sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			b->off = grown;
			room *= 2;
		}
		b->off[b->nr] = pos;
		pos += type_size((const void *)(b->raw + pos));
	}
	return !b->off ? -ENOMEM : pos == end ? 0 : -EINVAL;
}

int btc_kbtf_open(struct btc_kbtf *b, const char *path, const struct btc_kbtf *base)
{
	int err;

	memset(b, 0, sizeof(*b));
	b->base = base;
	err = read_file(b, path);
	if (!err)
		err = index_types(b);
	if (err)
		btc_kbtf_close(b);
	return err;
}

void btc_kbtf_close(struct btc_kbtf *b)
{
	if (b->raw)
		munmap((void *)b->raw, b->raw_size);
	free(b->off);
	free(b->funcs);
	memset(b, 0, sizeof(*b));
}

const struct btf_type *btc_kbtf_type(const struct btc_kbtf *b, __u32 id)
{
	for (; b; b = b->base)
		if (id >= b->first && id - b->first < b->nr)
			return (const void *)(b->raw + b->off[id - b->first]);
	return NULL;
}

const char *btc_kbtf_str(const struct btc_kbtf *b, __u32 off)
{
	__u32 before = b->base ? b->base->str_len : 0;

	if (off < before)
		return btc_kbtf_str(b->base, off);
	return off - before < b->str_len ? b->str + (off - before) : "";
}

const struct btf_type *btc_kbtf_plain(const struct btc_kbtf *b, __u32 id)
{
	const struct btf_type *t = btc_kbtf_type(b, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t) || btf_kind(t) == BTF_KIND_TYPE_TAG))
		t = btc_kbtf_type(b, t->type);
	return t;
}

/* --- functions by name --- */

static __u32 hash(const char *s)
{
	__u32 h = 2166136261u;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h ^ h >> 15;
}

static int hash_funcs(struct btc_kbtf *b)
{
	__u32 size = 256, i, at;

	while (size < b->nr) /* about half of all types are functions */
		size *= 2;
	b->funcs = calloc(size, sizeof(*b->funcs));
	if (!b->funcs)
		return -ENOMEM;
	b->funcs_mask = size - 1;
	for (i = 0; i < b->nr; i++) {
		const struct btf_type *t = (const void *)(b->raw + b->off[i]);

		if (!btf_is_func(t))
			continue;
		at = hash(btc_kbtf_str(b, t->name_off)) & b->funcs_mask;
		while (b->funcs[at])
			at = (at + 1) & b->funcs_mask;
		b->funcs[at] = b->first + i;
	}
	return 0;
}

__u32 btc_kbtf_func(struct btc_kbtf *b, const char *name)
{
	const struct btf_type *t;
	__u32 at;

	if (!b->raw || (!b->funcs && hash_funcs(b)))
		return 0;
	for (at = hash(name) & b->funcs_mask; b->funcs[at]; at = (at + 1) & b->funcs_mask) {
		t = btc_kbtf_type(b, b->funcs[at]);
		if (!strcmp(btc_kbtf_str(b, t->name_off), name))
			return b->funcs[at];
	}
	return 0;
}

__u32 btc_kbtf_raw_tp(const struct btc_kbtf *b, const char *name)
{
	const struct btf_type *t;
	char text[160];
	__u32 i;

	snprintf(text, sizeof(text), "btf_trace_%s", name);
	for (i = 0; i < b->nr; i++) {
		t = (const void *)(b->raw + b->off[i]);
		if (btf_is_typedef(t) && !strcmp(btc_kbtf_str(b, t->name_off), text))
			return b->first + i;
	}
	return 0;
}

/*
 * The typedef btf_trace_NAME of a raw tracepoint has the types of its
 * parameters, but only the functions that serve it have their names.
 */
const struct btf_type *btc_kbtf_proto(struct btc_kbtf *b, const char *name, bool raw_tp)
{
	static const char *const prefixes[] = { "__traceiter_", "__bpf_trace_", "__probestub_" };
	const struct btf_type *t;
	char text[160];
	__u32 id = 0;
	size_t i;

	if (!raw_tp)
		id = btc_kbtf_func(b, name);
	for (i = 0; raw_tp && !id && i < BTC_COUNT(prefixes); i++) {
		snprintf(text, sizeof(text), "%s%s", prefixes[i], name);
		id = btc_kbtf_func(b, text);
	}
	t = btc_kbtf_type(b, id);
	t = t ? btc_kbtf_type(b, t->type) : NULL;
	return t && btf_is_func_proto(t) ? t : NULL;
}
