// SPDX-License-Identifier: Apache-2.0
/*
 * Clocks and the text of times. A time stamp is nanoseconds of the clock it
 * was taken from; it becomes calendar time through the distance of that clock
 * from CLOCK_REALTIME now, so that steps of the clock are followed.
 */
#include <string.h>
#include <time.h>

#include "internal.h"

static __u64 now_ns(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return (__u64)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

__u64 btc_now_ms(void)
{
	return now_ns(CLOCK_MONOTONIC_COARSE) / 1000000;
}

__u64 btc_realtime_ns(__u32 mode, __u64 ns)
{
	static const clockid_t clocks[] = { CLOCK_BOOTTIME, CLOCK_MONOTONIC };

	if (mode >= 2) /* TAI counts from the epoch; leap seconds are not corrected */
		return ns;
	return ns + now_ns(CLOCK_REALTIME) - now_ns(clocks[mode]);
}

size_t btc_strftime(char *buf, size_t room, const char *fmt, __u64 realtime_ns)
{
	unsigned long frac = realtime_ns % 1000000000;
	time_t sec = realtime_ns / 1000000000;
	char own[512];
	struct tm tm;
	size_t n = 0;

	if (!localtime_r(&sec, &tm))
		return 0;
	for (; *fmt; fmt++) { /* the C library has no fractions of a second */
		if (n + 16 > sizeof(own))
			return 0;
		if (*fmt != '%' || !fmt[1]) {
			own[n++] = *fmt;
			continue;
		}
		fmt++;
		if (*fmt == 'f')
			n += snprintf(own + n, sizeof(own) - n, "%06lu", frac / 1000);
		else if (*fmt == 'k')
			n += snprintf(own + n, sizeof(own) - n, "%09lu", frac);
		else if (*fmt == 'l')
			n += snprintf(own + n, sizeof(own) - n, "%03lu", frac / 1000000);
		else {
			own[n++] = '%';
			own[n++] = *fmt;
		}
	}
	own[n] = '\0';
	return strftime(buf, room, own, &tm);
}

void btc_timestamp(struct btc_run *r, struct btc_out *o, const struct btc_timestamp *ts)
{
	static const struct btc_text none = { .text = "" };
	const struct btc_text *fmt = ts->format < r->p->nr_formats ? &r->p->formats[ts->format]
								   : &none;
	char text[256];
	size_t n;

	n = btc_strftime(text, sizeof(text), fmt->text, btc_realtime_ns(ts->mode, ts->ns));
	if (n) {
		btc_out_mem(o, text, n);
		return;
	}
	btc_out_str(o, "(?)");
	btc_trouble(r, &fmt->where, "strftime: the format '%s' gives no text, or too much",
		    fmt->text);
}
