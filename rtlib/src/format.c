// SPDX-License-Identifier: Apache-2.0
/*
 * printf: a format and the fields of a record in, text out. The grammar is
 *
 *   %[-][+][ ][#][0][width|*][.precision][hh h l ll L j z t](conversion)
 *
 * with the flags in this order only; what does not match is literal text and
 * takes no argument. Numbers without a length are cut to 32 bits. The fill
 * goes before sign and prefix, as C++ streams have it: %05d of -5 is 000-5.
 */
#include <ctype.h>
#include <string.h>

#include "internal.h"

struct spec {
	bool left, plus, alt, zero;
	unsigned width, bytes;
	char conv; /* the letter, or one of CONV_* below */
};

enum { CONV_BUF_X = 1, CONV_BUF_H, CONV_GFP };

#define WIDTH_MAX 65535

static const char *parse_length(const char *s, unsigned *bytes)
{
	*bytes = 4;
	if (*s == 'h') {
		*bytes = s[1] == 'h' ? 1 : 2;
		return s + (s[1] == 'h' ? 2 : 1);
	}
	if (*s == 'l') {
		*bytes = 8;
		return s + (s[1] == 'l' ? 2 : 1);
	}
	if (*s && strchr("Ljzt", *s)) {
		*bytes = 8;
		return s + 1;
	}
	return s;
}

/* Parses what follows a '%'; NULL if it is no conversion. */
static const char *parse_spec(const char *s, struct spec *sp)
{
	memset(sp, 0, sizeof(*sp));
	if (*s == '-')
		sp->left = true, s++;
	if (*s == '+')
		sp->plus = true, s++;
	if (*s == ' ')
		s++;
	if (*s == '#')
		sp->alt = true, s++;
	if (*s == '0')
		sp->zero = true, s++;
	if (*s == '*') /* accepted, takes nothing, no effect */
		s++;
	for (; isdigit((unsigned char)*s); s++)
		if (sp->width <= WIDTH_MAX)
			sp->width = sp->width * 10 + (*s - '0');
	if (sp->width > WIDTH_MAX)
		sp->width = WIDTH_MAX;
	if (*s == '.') /* the same */
		for (s++; *s == '*' || isdigit((unsigned char)*s); s++)
			;
	s = parse_length(s, &sp->bytes);
	sp->conv = *s;
	if (s[0] == 'r' && (s[1] == 'x' || s[1] == 'h')) {
		sp->conv = s[1] == 'x' ? CONV_BUF_X : CONV_BUF_H;
		return s + 2;
	}
	if (s[0] == 'g' && s[1] == 'r') {
		sp->conv = CONV_GFP;
		return s + 2;
	}
	return *s && strchr("diuoxXcpsr%", *s) ? s + 1 : NULL;
}

/* What @len bytes lack, before (left: false) or behind them. */
static void put_fill(struct btc_out *o, const struct spec *sp, size_t len, bool left)
{
	if (sp->width > len && sp->left == left)
		btc_out_pad(o, sp->zero ? '0' : ' ', sp->width - len);
}

static void put_padded(struct btc_out *o, const struct spec *sp, const char *s, size_t len)
{
	put_fill(o, sp, len, false);
	btc_out_mem(o, s, len);
	put_fill(o, sp, len, true);
}

static size_t digits(char *end, __u64 v, unsigned base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char *p = end;

	do {
		*--p = set[v % base];
		v /= base;
	} while (v);
	return end - p;
}

static void put_int(struct btc_out *o, const struct spec *sp, __u64 v)
{
	unsigned shift = 64 - 8 * sp->bytes;
	char text[32], *end = text + sizeof(text);
	__s64 num;
	size_t n;

	switch (sp->conv) {
	case 'd':
	case 'i':
		num = (__s64)(v << shift) >> shift;
		if (!sp->width && !sp->plus) {
			btc_out_s64(o, num);
			return;
		}
		n = digits(end, num < 0 ? -(__u64)num : (__u64)num, 10, false);
		if (num < 0 || sp->plus)
			end[-(ptrdiff_t)++n] = num < 0 ? '-' : '+';
		break;
	case 'c':
		end[-1] = v;
		n = 1;
		break;
	case 'p':
		n = digits(end, v, 16, false);
		if (v) {
			end[-(ptrdiff_t)++n] = 'x';
			end[-(ptrdiff_t)++n] = '0';
		}
		break;
	case 'x':
	case 'X':
		v = v << shift >> shift;
		n = digits(end, v, 16, sp->conv == 'X');
		if (sp->alt && v) {
			end[-(ptrdiff_t)++n] = sp->conv;
			end[-(ptrdiff_t)++n] = '0';
		}
		break;
	case 'o':
		v = v << shift >> shift;
		n = digits(end, v, 8, false);
		if (sp->alt && v)
			end[-(ptrdiff_t)++n] = '0';
		break;
	default:
		v = v << shift >> shift;
		if (!sp->width) {
			btc_out_u64(o, v);
			return;
		}
		n = digits(end, v, 10, false);
	}
	put_padded(o, sp, end - n, n);
}

/* Any value as a number: symbols and objects that begin with one count as it. */
static __u64 number(const struct btc_member *f, const char *base)
{
	__u64 v = 0;

	switch (f->type->kind) {
	case BTC_INT:
	case BTC_BOOL: return btc_member_int(f, base);
	case BTC_PROBE: memcpy(&v, base + f->off, sizeof(__u32)); return v;
	}
	memcpy(&v, base + f->off, f->type->size < sizeof(v) ? f->type->size : sizeof(v));
	return v;
}

/* Width goes to the first fragment of a composite value: its bracket. */
static size_t first_fragment(const struct btc_type *t, size_t len)
{
	switch (t->kind) {
	case BTC_TUPLE:
	case BTC_ARRAY: return 1;
	case BTC_STRUCT: return t->nr ? 2 : len;
	}
	return len;
}

static void put_text(struct btc_run *r, struct btc_out *o, const struct spec *sp,
		     const struct btc_member *f, const struct btc_rec *rec)
{
	struct btc_out *tmp = &r->tmp;
	size_t mark, n;

	if (!sp->width) {
		btc_value_member(r, o, f, rec->base, rec);
		return;
	}
	if (f->type->kind == BTC_STR || f->type->kind == BTC_TAIL) {
		const char *s;
		size_t len;
		bool cut;

		s = btc_load_bytes(f->type, rec->base + f->off, rec, &len, &cut);
		if (!cut || !r->config.str_trunc_trailer || !*r->config.str_trunc_trailer) {
			put_padded(o, sp, s, len);
			return;
		}
	}
	mark = tmp->len; /* @o is never tmp */
	btc_value_member(r, tmp, f, rec->base, rec);
	n = first_fragment(f->type, tmp->len - mark);
	put_padded(o, sp, tmp->buf + mark, n);
	btc_out_mem(o, tmp->buf + mark + n, tmp->len - mark - n);
	tmp->len = mark;
}

static void put_bytes(struct btc_out *o, const struct spec *sp, const struct btc_member *f,
		      const struct btc_rec *rec)
{
	const char *s;
	size_t len, i, width;
	bool cut;

	s = btc_load_bytes(f->type, rec->base + f->off, rec, &len, &cut);
	width = sp->conv == CONV_BUF_X ? 4 * len : 3 * len - !!len;
	put_fill(o, sp, width, false);
	for (i = 0; i < len; i++) {
		if (sp->conv == CONV_BUF_X)
			btc_out_mem(o, "\\x", 2);
		else if (i)
			btc_out_char(o, ' ');
		btc_out_char(o, "0123456789abcdef"[(unsigned char)s[i] >> 4]);
		btc_out_char(o, "0123456789abcdef"[s[i] & 15]);
	}
	put_fill(o, sp, width, true);
}

/*
 * Allocation flags by name, compounds first. Bits moved among kernels; these
 * are those of <linux/gfp_types.h> since 5.17 or so, as far as they agree.
 */
static void put_gfp(struct btc_out *out, struct btc_out *o, const struct spec *sp, __u64 v)
{
	enum {
		DMA = 0x01,
		HIGHMEM = 0x02,
		DMA32 = 0x04,
		MOVABLE = 0x08,
		RECLAIMABLE = 0x10,
		HIGH = 0x20,
		IO = 0x40,
		FS = 0x80,
		ZERO = 0x100,
		ATOMIC = 0x200, /* until 6.2, free since */
		DIRECT = 0x400,
		KSWAPD = 0x800,
		WRITE = 0x1000,
		NOWARN = 0x2000,
		RETRY = 0x4000,
		NOFAIL = 0x8000,
		NORETRY = 0x10000,
		MEMALLOC = 0x20000,
		COMP = 0x40000,
		NOMEMALLOC = 0x80000,
		HARDWALL = 0x100000,
		THISNODE = 0x200000,
		ACCOUNT = 0x400000,
		RECLAIM = DIRECT | KSWAPD,
		KERNEL = RECLAIM | IO | FS,
		USER = KERNEL | HARDWALL,
		HIGHUSER = USER | HIGHMEM,
		HIGHUSER_MOVABLE = HIGHUSER | MOVABLE,
		THP_LIGHT = (HIGHUSER_MOVABLE | COMP | NOMEMALLOC | NOWARN) & ~RECLAIM,
	};
	static const struct {
		unsigned bits;
		const char *name;
	} table[] = {
		{ THP_LIGHT | DIRECT, "GFP_TRANSHUGE" },
		{ THP_LIGHT, "GFP_TRANSHUGE_LIGHT" },
		{ HIGHUSER_MOVABLE, "GFP_HIGHUSER_MOVABLE" },
		{ HIGHUSER, "GFP_HIGHUSER" },
		{ USER, "GFP_USER" },
		{ KERNEL | ACCOUNT, "GFP_KERNEL_ACCOUNT" },
		{ KERNEL, "GFP_KERNEL" },
		{ RECLAIM | IO, "GFP_NOFS" },
		{ HIGH | ATOMIC | KSWAPD, "GFP_ATOMIC" },
		{ HIGH | KSWAPD, "GFP_ATOMIC" },
		{ RECLAIM, "GFP_NOIO" },
		{ KSWAPD, "GFP_NOWAIT" },
		{ DMA, "GFP_DMA" },
		{ HIGHMEM, "__GFP_HIGHMEM" },
		{ DMA32, "GFP_DMA32" },
		{ MOVABLE, "__GFP_MOVABLE" },
		{ RECLAIMABLE, "__GFP_RECLAIMABLE" },
		{ HIGH, "__GFP_HIGH" },
		{ IO, "__GFP_IO" },
		{ FS, "__GFP_FS" },
		{ ZERO, "__GFP_ZERO" },
		{ ATOMIC, "__GFP_ATOMIC" },
		{ DIRECT, "__GFP_DIRECT_RECLAIM" },
		{ WRITE, "__GFP_WRITE" },
		{ NOWARN, "__GFP_NOWARN" },
		{ RETRY, "__GFP_RETRY_MAYFAIL" },
		{ NOFAIL, "__GFP_NOFAIL" },
		{ NORETRY, "__GFP_NORETRY" },
		{ MEMALLOC, "__GFP_MEMALLOC" },
		{ COMP, "__GFP_COMP" },
		{ NOMEMALLOC, "__GFP_NOMEMALLOC" },
		{ HARDWALL, "__GFP_HARDWALL" },
		{ THISNODE, "__GFP_THISNODE" },
		{ ACCOUNT, "__GFP_ACCOUNT" },
	};
	const char *sep = "";
	size_t i, mark = o->len;

	if (!v)
		btc_out_char(o, '0');
	for (i = 0; i < BTC_COUNT(table); i++) {
		if ((v & table[i].bits) != table[i].bits)
			continue;
		v &= ~(__u64)table[i].bits;
		btc_out_str(o, sep);
		btc_out_str(o, table[i].name);
		sep = "|";
	}
	if (v && *sep)
		btc_out_char(o, '|');
	if (v)
		btc_out_hex(o, v);
	put_padded(out, sp, o->buf + mark, o->len - mark);
	o->len = mark;
}

void btc_format(struct btc_run *r, struct btc_out *o, const struct btc_action *a,
		const struct btc_rec *rec)
{
	const struct btc_member *f = a->fields, *end = f + a->nr_fields;
	const char *s = a->fmt, *next;
	struct spec sp;

	while (*s) {
		next = strchrnul(s, '%');
		btc_out_mem(o, s, next - s);
		if (!*next)
			break;
		s = next + 1;
		next = parse_spec(s, &sp);
		if (next && sp.conv == '%') {
			btc_out_char(o, '%');
			s = next;
			continue;
		}
		if (!next || f == end) {
			btc_out_char(o, '%');
			continue;
		}
		s = next;
		if (!btc_member_fits(f, rec))
			btc_out_str(o, "!{record too short}");
		else if (sp.conv == 's' || sp.conv == 'r')
			put_text(r, o, &sp, f, rec);
		else if (sp.conv == CONV_BUF_X || sp.conv == CONV_BUF_H)
			put_bytes(o, &sp, f, rec);
		else if (sp.conv == CONV_GFP)
			put_gfp(o, &r->tmp, &sp, number(f, rec->base));
		else
			put_int(o, &sp, number(f, rec->base));
		f++;
	}
}
