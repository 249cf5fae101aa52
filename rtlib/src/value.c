// SPDX-License-Identifier: Apache-2.0
/*
 * Values: bytes and their type in, text out. One function per kind of type,
 * recursive for arrays, tuples and structs. Bytes come from a record of the
 * ring, which is checked against its real size, or from a map, whose sizes
 * the kernel guarantees.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "internal.h"

__u64 btc_load_int(const struct btc_type *t, const char *at)
{
	__s8 v8;
	__s16 v16;
	__s32 v32;
	__u64 v64;

	switch (t->size) {
	case 1: memcpy(&v8, at, sizeof(v8)); return t->is_signed ? (__u64)(__s64)v8 : (__u8)v8;
	case 2: memcpy(&v16, at, sizeof(v16)); return t->is_signed ? (__u64)(__s64)v16 : (__u16)v16;
	case 4: memcpy(&v32, at, sizeof(v32)); return t->is_signed ? (__u64)(__s64)v32 : (__u32)v32;
	case 8: memcpy(&v64, at, sizeof(v64)); return v64;
	}
	return 0;
}

/* Bit-fields are not sign-extended: so the language has it. */
__u64 btc_member_int(const struct btc_member *m, const char *base)
{
	__u64 v = 0;

	if (!m->bit_size)
		return btc_load_int(m->type, base + m->off);
	memcpy(&v, base + m->off, m->type->size < sizeof(v) ? m->type->size : sizeof(v));
	v >>= m->bit_off;
	return m->bit_size < 64 ? v & ((1ull << m->bit_size) - 1) : v;
}

/* What a field takes in the fixed part of a record. */
static __u32 room_of(const struct btc_type *t)
{
	return t->kind == BTC_TAIL || t->kind == BTC_TAILBUF ? sizeof(__u32) : t->size;
}

bool btc_member_fits(const struct btc_member *m, const struct btc_rec *rec)
{
	__u32 room = room_of(m->type);

	return m->off <= rec->size && room <= rec->size - m->off;
}

/* @cut: no NUL ended it, so there may have been more. */
const char *btc_load_bytes(const struct btc_type *t, const char *at, const struct btc_rec *rec,
			   size_t *len, bool *cut)
{
	__u32 loc, off, n;

	*cut = false;
	switch (t->kind) {
	case BTC_STR:
		*len = strnlen(at, t->size);
		*cut = t->size && *len == t->size;
		return at;
	case BTC_TAIL:
	case BTC_TAILBUF:
		memcpy(&loc, at, sizeof(loc));
		off = BTC_LOC_OFF(loc);
		n = BTC_LOC_LEN(loc);
		if (off > rec->size || n > rec->size - off)
			n = off = 0; /* no record of ours */
		*len = n;
		if (t->kind == BTC_TAIL) {
			*len = strnlen(rec->base + off, n);
			*cut = n && *len == n;
		}
		return rec->base + off;
	case BTC_BUF:
		memcpy(&n, at, sizeof(n));
		*len = n <= t->size - sizeof(n) ? n : t->size - sizeof(n);
		return at + sizeof(n);
	}
	*len = 0;
	return at;
}

static void put_str(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at,
		    const struct btc_rec *rec)
{
	const char *s;
	size_t len;
	bool cut;

	s = btc_load_bytes(t, at, rec, &len, &cut);
	btc_out_mem(o, s, len);
	if (cut && r->config.str_trunc_trailer)
		btc_out_str(o, r->config.str_trunc_trailer);
}

static void put_buf(struct btc_out *o, const struct btc_type *t, const char *at,
		    const struct btc_rec *rec)
{
	const char *s;
	size_t len, i;
	bool cut;

	s = btc_load_bytes(t, at, rec, &len, &cut);
	for (i = 0; i < len; i++) {
		unsigned char c = s[i];

		if (c >= 32 && c <= 126) {
			btc_out_char(o, c);
		} else {
			btc_out_mem(o, "\\x", 2);
			btc_out_char(o, "0123456789abcdef"[c >> 4]);
			btc_out_char(o, "0123456789abcdef"[c & 15]);
		}
	}
}

static void put_int(struct btc_out *o, const struct btc_type *t, __u64 v)
{
	const struct btc_enum *e;

	for (e = t->enums; e && e->name; e++) {
		if ((__u64)e->num == v) {
			btc_out_str(o, e->name);
			return;
		}
	}
	if (t->is_signed)
		btc_out_s64(o, v);
	else
		btc_out_u64(o, v);
}

static void put_members(struct btc_run *r, struct btc_out *o, const struct btc_type *t,
			const char *at, const struct btc_rec *rec)
{
	bool named = t->kind == BTC_STRUCT;
	unsigned i;

	if (named && !t->nr) {
		btc_out_str(o, "{}");
		return;
	}
	btc_out_str(o, named ? "{ " : "(");
	for (i = 0; i < t->nr; i++) {
		if (i)
			btc_out_mem(o, ", ", 2);
		if (named) {
			btc_out_char(o, '.');
			btc_out_str(o, t->members[i].name ? t->members[i].name : "");
			btc_out_mem(o, " = ", 3);
		}
		btc_value_member(r, o, &t->members[i], at, rec);
	}
	btc_out_str(o, named ? " }" : ")");
}

static void put_inet(struct btc_out *o, const char *at)
{
	char text[INET6_ADDRSTRLEN];
	struct btc_inet in;

	memcpy(&in, at, sizeof(in));
	if ((in.family == AF_INET || in.family == AF_INET6) &&
	    inet_ntop(in.family, in.addr, text, sizeof(text)))
		btc_out_str(o, text);
}

static void put_mac(struct btc_out *o, const char *at)
{
	unsigned i;

	for (i = 0; i < 6; i++) {
		unsigned char c = at[i];

		if (i)
			btc_out_char(o, ':');
		btc_out_char(o, "0123456789ABCDEF"[c >> 4]);
		btc_out_char(o, "0123456789ABCDEF"[c & 15]);
	}
}

static void put_probe(struct btc_run *r, struct btc_out *o, const char *at)
{
	__u32 index;

	memcpy(&index, at, sizeof(index));
	if (index < r->nr_places)
		btc_out_str(o, r->places[index].name);
	else
		btc_out_u64(o, index);
}

void btc_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at,
	       const struct btc_rec *rec)
{
	struct btc_timestamp ts;
	struct btc_cgroup cgroup;
	struct btc_usym usym;
	__u64 v;
	unsigned i;

	switch ((enum btc_kind)t->kind) {
	case BTC_NONE: btc_out_str(o, "null"); return;
	case BTC_INT: put_int(o, t, btc_load_int(t, at)); return;
	case BTC_BOOL: btc_out_str(o, btc_load_int(t, at) ? "true" : "false"); return;
	case BTC_PTR:
		memcpy(&v, at, sizeof(v));
		btc_out_hex(o, v);
		return;
	case BTC_STR:
	case BTC_TAIL: put_str(r, o, t, at, rec); return;
	case BTC_BUF:
	case BTC_TAILBUF: put_buf(o, t, at, rec); return;
	case BTC_ARRAY:
		btc_out_char(o, '[');
		for (i = 0; i < t->nr; i++) {
			if (i)
				btc_out_char(o, ',');
			btc_value(r, o, t->elem, at + (size_t)i * t->elem->size, rec);
		}
		btc_out_char(o, ']');
		return;
	case BTC_TUPLE:
	case BTC_STRUCT: put_members(r, o, t, at, rec); return;
	case BTC_KSTACK:
	case BTC_USTACK: btc_stack(r, o, t, at); return;
	case BTC_KSYM:
		memcpy(&v, at, sizeof(v));
		btc_ksym_print(r, o, v);
		return;
	case BTC_USYM:
		memcpy(&usym, at, sizeof(usym));
		btc_usym_print(r, o, &usym);
		return;
	case BTC_PROBE: put_probe(r, o, at); return;
	case BTC_USERNAME:
		memcpy(&v, at, sizeof(v));
		btc_username(o, v);
		return;
	case BTC_INET: put_inet(o, at); return;
	case BTC_MAC: put_mac(o, at); return;
	case BTC_TIMESTAMP:
		memcpy(&ts, at, sizeof(ts));
		btc_timestamp(r, o, &ts);
		return;
	case BTC_CGROUP_PATH:
		memcpy(&cgroup, at, sizeof(cgroup));
		btc_cgroup_path(r, o, &cgroup);
		return;
	case BTC_COUNT_T:
	case BTC_SUM_T:
	case BTC_MIN_T:
	case BTC_MAX_T:
	case BTC_AVG_T:
	case BTC_STATS_T:
	case BTC_HIST_T:
	case BTC_LHIST_T:
	case BTC_TSERIES_T: btc_map_value(r, o, t, at, 1); return;
	}
}

void btc_value_member(struct btc_run *r, struct btc_out *o, const struct btc_member *m,
		      const char *base, const struct btc_rec *rec)
{
	if (!m->bit_size)
		btc_value(r, o, m->type, base + m->off, rec);
	else if (m->type->kind == BTC_BOOL)
		btc_out_str(o, btc_member_int(m, base) ? "true" : "false");
	else if (m->type->enums)
		put_int(o, m->type, btc_member_int(m, base));
	else
		btc_out_u64(o, btc_member_int(m, base));
}
