// SPDX-License-Identifier: Apache-2.0
/*
 * The text of histograms: label in 16 columns, count in 8, bar in 52; from the
 * first slot that is not zero to the last.
 *
 * Slots of hist with k bits, N = 2^k: 0 negative; v + 1 for v < N; then N slots
 * for each power of two. Slots of lhist: below, the steps, from the last full
 * boundary up.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define LABEL 16
#define BAR   52

/* The lower bound of slot @i > 0 and log2 of its width. */
static __u64 lower(unsigned i, unsigned bits, unsigned *log2)
{
	unsigned j = i - 1, n = 1u << bits;

	*log2 = 0;
	if (j < n)
		return j;
	*log2 = (j >> bits) - 1;
	return (__u64)(n | (j & (n - 1))) << *log2;
}

/* A bound, shortened by powers of 1024 as its own slot's width suggests. */
static int bound(char *s, size_t room, unsigned i, unsigned bits)
{
	unsigned log2, unit;
	__u64 v = lower(i, bits, &log2);

	unit = log2 / 10;
	return snprintf(s, room, "%llu%.1s", (unsigned long long)(v >> 10 * unit),
			unit ? &"KMGTPE"[unit - 1] : "");
}

static void hist_label(char *s, size_t room, unsigned i, unsigned bits)
{
	unsigned log2;
	__u64 v;
	int n;

	if (!i) {
		snprintf(s, room, "(..., 0)");
		return;
	}
	v = lower(i, bits, &log2);
	if (!log2) {
		snprintf(s, room, "[%llu]", (unsigned long long)v);
		return;
	}
	n = snprintf(s, room, "[");
	n += bound(s + n, room - n, i, bits);
	n += snprintf(s + n, room - n, ", ");
	n += bound(s + n, room - n, i + 1, bits);
	snprintf(s + n, room - n, ")");
}

/* With a step of whole kilobytes, boundaries are written in K and M. */
static int boundary(char *s, size_t room, __s64 v, __s64 step)
{
	if (step % 1024 || !v)
		return snprintf(s, room, "%lld", (long long)v);
	if (v % (1024 * 1024) == 0)
		return snprintf(s, room, "%lldM", (long long)v / (1024 * 1024));
	if (v % 1024 == 0)
		return snprintf(s, room, "%lldK", (long long)v / 1024);
	return snprintf(s, room, "%lld", (long long)v);
}

static void lhist_label(char *s, size_t room, unsigned i, const struct btc_type *t)
{
	unsigned steps = (t->max - t->min) / t->step;
	__s64 from = t->min + ((__s64)i - 1) * t->step;
	int n;

	if (!i) {
		n = snprintf(s, room, "(..., ");
		n += boundary(s + n, room - n, t->min, t->step);
		snprintf(s + n, room - n, ")");
	} else if (i > steps) {
		n = snprintf(s, room, "[");
		n += boundary(s + n, room - n, from, t->step);
		snprintf(s + n, room - n, ", ...)");
	} else if (t->step == 1) {
		snprintf(s, room, "[%lld]", (long long)from);
	} else {
		n = snprintf(s, room, "[");
		n += boundary(s + n, room - n, from, t->step);
		n += snprintf(s + n, room - n, ", ");
		n += boundary(s + n, room - n, from + t->step, t->step);
		snprintf(s + n, room - n, ")");
	}
}

unsigned btc_hist_slots(const struct btc_type *t)
{
	if (t->kind == BTC_HIST_T)
		return BTC_HIST_SLOTS(t->nr);
	return 2 + (t->max - t->min) / t->step;
}

void btc_hist_bucket(const struct btc_type *t, unsigned i, struct btc_bucket *b)
{
	unsigned log2;

	b->has_min = i;
	b->has_max = true;
	if (t->kind == BTC_HIST_T) {
		b->min = i ? lower(i, t->nr, &log2) : 0;
		b->max = i ? (__s64)(lower(i + 1, t->nr, &log2) - 1) : -1;
		return;
	}
	b->min = t->min + ((__s64)i - 1) * t->step;
	b->max = i ? b->min + t->step - 1 : t->min - 1;
	b->has_max = i + 1 < btc_hist_slots(t);
}

/* The divisor applies to hist only; what is not above 0 is none. */
__u64 btc_hist_range(const struct btc_type *t, const __u64 *slot, __s64 div, unsigned *first,
		     unsigned *last)
{
	unsigned i, n = btc_hist_slots(t);

	*first = *last = 0;
	for (i = 0; i < n; i++) {
		if (!slot[i])
			continue;
		if (!*last)
			*first = i;
		*last = i + 1;
	}
	return div < 1 || t->kind != BTC_HIST_T ? 1 : div;
}

void btc_hist_print(struct btc_out *o, const struct btc_type *t, const __u64 *slot, __s64 divisor)
{
	unsigned i, first, last;
	char text[64], count[32];
	__u64 max = 0, c, div;
	size_t bar;
	int len;

	div = btc_hist_range(t, slot, divisor, &first, &last);
	for (i = first; i < last; i++)
		if (slot[i] / div > max)
			max = slot[i] / div;
	for (i = first; i < last; i++) {
		c = slot[i] / div;
		if (t->kind == BTC_HIST_T)
			hist_label(text, sizeof(text), i, t->nr);
		else
			lhist_label(text, sizeof(text), i, t);
		btc_out_str(o, text);
		if (strlen(text) < LABEL)
			btc_out_pad(o, ' ', LABEL - strlen(text));
		len = snprintf(count, sizeof(count), "%8llu |", (unsigned long long)c);
		btc_out_mem(o, count, len);
		bar = max ? (size_t)((float)c / (float)max * BAR) : 0;
		btc_out_pad(o, '@', bar);
		btc_out_pad(o, ' ', BAR - bar);
		btc_out_str(o, "|\n");
	}
	btc_out_char(o, '\n');
}
