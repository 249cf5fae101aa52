// SPDX-License-Identifier: Apache-2.0
/*
 * Buffered output. Not stdio: half of the reader's time went into its locks
 * and its format parser. Numbers are formatted straight into the buffer. The
 * first write that fails is remembered and ends all output; the loop looks at
 * it after each drain. A buffer without a file grows and keeps its text: that
 * is how keys, padded values and paths are put together.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

int btc_out_init(struct btc_out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	o->room = fd < 0 ? 256 : BTC_OUT_BYTES;
	o->buf = malloc(o->room);
	if (!o->buf) {
		o->room = 0;
		return -ENOMEM;
	}
	return 0;
}

void btc_out_free(struct btc_out *o)
{
	free(o->buf);
	memset(o, 0, sizeof(*o));
	o->fd = -1;
}

void btc_out_flush(struct btc_out *o)
{
	size_t done = 0;
	ssize_t n;

	if (o->fd < 0)
		return;
	while (!o->err && done < o->len) {
		n = write(o->fd, o->buf + done, o->len - done);
		if (n >= 0)
			done += n;
		else if (errno != EINTR)
			o->err = -errno;
	}
	o->len = 0;
}

void btc_out_piece(struct btc_out *o, size_t mark)
{
	if (o->mode == BTC_FLUSH_NONE)
		btc_out_flush(o);
	/* Less than at the mark: the buffer was full and flushed on the way. */
	else if (o->mode == BTC_FLUSH_LINE &&
		 (o->len < mark || memchr(o->buf + mark, '\n', o->len - mark)))
		btc_out_flush(o);
}

static bool grow(struct btc_out *o, size_t len)
{
	size_t room = o->room ? o->room : 256;
	char *grown;

	while (room - o->len < len)
		room *= 2;
	grown = realloc(o->buf, room);
	if (!grown) {
		o->err = -ENOMEM;
		return false;
	}
	o->buf = grown;
	o->room = room;
	return true;
}

void btc_out_mem_slow(struct btc_out *o, const char *s, size_t len)
{
	size_t n;

	if (o->fd < 0) {
		if (grow(o, len)) {
			memcpy(o->buf + o->len, s, len);
			o->len += len;
		}
		return;
	}
	while (len && o->room) {
		if (o->len == o->room)
			btc_out_flush(o);
		n = o->room - o->len;
		if (n > len)
			n = len;
		memcpy(o->buf + o->len, s, n);
		o->len += n;
		s += n;
		len -= n;
	}
}

void btc_out_str(struct btc_out *o, const char *s)
{
	btc_out_mem(o, s, strlen(s));
}

void btc_out_pad(struct btc_out *o, char c, size_t n)
{
	char run[64];
	size_t k;

	if (!n)
		return;
	memset(run, c, sizeof(run));
	for (; n; n -= k) {
		k = n < sizeof(run) ? n : sizeof(run);
		btc_out_mem(o, run, k);
	}
}

void btc_out_u64(struct btc_out *o, __u64 v)
{
	static const char pairs[] =
		"00010203040506070809101112131415161718192021222324252627282930313233343536373839"
		"40414243444546474849505152535455565758596061626364656667686970717273747576777879"
		"8081828384858687888990919293949596979899";
	char tmp[24], *p = tmp + sizeof(tmp);
	unsigned two;

	while (v >= 100) {
		two = v % 100 * 2;
		v /= 100;
		*--p = pairs[two + 1];
		*--p = pairs[two];
	}
	if (v >= 10) {
		*--p = pairs[v * 2 + 1];
		*--p = pairs[v * 2];
	} else {
		*--p = '0' + v;
	}
	btc_out_mem(o, p, tmp + sizeof(tmp) - p);
}

void btc_out_s64(struct btc_out *o, __s64 v)
{
	if (v < 0)
		btc_out_char(o, '-');
	btc_out_u64(o, v < 0 ? -(__u64)v : (__u64)v);
}

void btc_out_hex_bare(struct btc_out *o, __u64 v)
{
	char tmp[16], *p = tmp + sizeof(tmp);

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	btc_out_mem(o, p, tmp + sizeof(tmp) - p);
}

void btc_out_hex(struct btc_out *o, __u64 v)
{
	btc_out_mem(o, "0x", 2);
	btc_out_hex_bare(o, v);
}

void btc_out_printf(struct btc_out *o, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		btc_out_mem(o, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}
