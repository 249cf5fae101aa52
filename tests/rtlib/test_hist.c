// SPDX-License-Identifier: Apache-2.0
/* Histograms: the labels of all bits, the bars, the steps of lhist. */
#include "helper.h"

/* The slot that the kernel half puts @v into. */
static unsigned slot_of(long long v, unsigned bits)
{
	unsigned log2, l;

	if (v < 0)
		return 0;
	if (v < 1 << bits)
		return v + 1;
	log2 = 63 - __builtin_clzll(v);
	l = log2 - bits;
	return ((l + 1) << bits) + ((v >> l) & ((1 << bits) - 1)) + 1;
}

static const char *label(struct btc_run *r, long long v, unsigned bits)
{
	const struct btc_type t = { .kind = BTC_HIST_T, .nr = bits };
	static char buf[64];
	__u64 *slots = calloc(BTC_HIST_SLOTS(bits), sizeof(*slots));
	const char *s;
	size_t n;

	assert_true(slot_of(v, bits) < (unsigned)BTC_HIST_SLOTS(bits));
	slots[slot_of(v, bits)] = 1;
	btc_hist_print(&r->out, &t, slots, 1);
	free(slots);
	s = text(r);
	n = strcspn(s, ")]") + 1;
	snprintf(buf, sizeof(buf), "%.*s", (int)n, s);
	return buf;
}

static void test_labels(void **state)
{
	static const struct {
		unsigned bits;
		long long v;
		const char *want;
	} rows[] = {
		{ 0, -5, "(..., 0)" },
		{ 0, 0, "[0]" },
		{ 0, 1, "[1]" },
		{ 0, 2, "[2, 4)" },
		{ 0, 3, "[2, 4)" },
		{ 0, 700, "[512, 1K)" },
		{ 0, 1024, "[1K, 2K)" },
		{ 0, 1 << 20, "[1M, 2M)" },
		{ 0, 1ll << 39, "[512G, 1T)" },
		{ 0, 1ll << 62, "[4E, 8E)" },
		{ 1, 2, "[2]" },
		{ 1, 3, "[3]" },
		{ 1, 4, "[4, 6)" },
		{ 1, 1024, "[1024, 1536)" },
		{ 1, 1536, "[1536, 2K)" },
		{ 1, 2048, "[2K, 3K)" },
		{ 2, 1024, "[1024, 1280)" },
		{ 2, 7, "[7]" },
		{ 2, 8, "[8, 10)" },
		{ 3, 15, "[15]" },
		{ 3, 16, "[16, 18)" },
		{ 3, 1920, "[1920, 2048)" },
		{ 4, 31, "[31]" },
		{ 4, 32, "[32, 34)" },
		{ 5, 63, "[63]" },
		{ 5, 999424, "[976K, 992K)" },
		{ 5, -1, "(..., 0)" },
		{ 5, 0x7fffffffffffffff, "[8064P, 8192P)" },
	};
	struct btc_run r;
	size_t i;

	(void)state;
	run_init(&r, NULL);
	for (i = 0; i < BTC_COUNT(rows); i++)
		assert_string_equal(label(&r, rows[i].v, rows[i].bits), rows[i].want);
	run_done(&r);
}

/* A bound as the spec has it: shortened by the powers of 1024 in its bucket's step. */
static void bound(char *s, size_t room, unsigned __int128 v, unsigned log2)
{
	unsigned unit = log2 / 10;

	snprintf(s, room, "%llu%.1s", (unsigned long long)(v >> 10 * unit),
		 unit ? &"KMGTPE"[unit - 1] : "");
}

/* Every slot of every number of bits: label, bounds, and that they touch. */
static void test_all_labels(void **state)
{
	char want[96], low[32], high[32];
	struct btc_type t = { .kind = BTC_HIST_T };
	unsigned bits, i, log2;
	__u64 from, next = 0;
	struct btc_bucket b;
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	for (bits = 0; bits <= 5; bits++) {
		t.nr = bits;
		for (i = 1; i < (unsigned)BTC_HIST_SLOTS(bits); i++) {
			/* Slot i begins at: */
			log2 = (i - 1) >> bits ? ((i - 1) >> bits) - 1 : 0;
			from = (i - 1) >> bits
				       ? ((1ull << bits) + ((i - 1) & ((1 << bits) - 1))) << log2
				       : i - 1;
			assert_int_equal(slot_of(from, bits), i);
			if (i > 1)
				assert_true(from == next);
			next = from + (1ull << log2);
			if (next >> 63 == 0)
				assert_int_equal(slot_of(next - 1, bits), i);
			btc_hist_bucket(&t, i, &b);
			assert_true(b.has_min && b.has_max);
			assert_true((__u64)b.min == from && (__u64)b.max == next - 1);
			if (log2) {
				bound(low, sizeof(low), from, log2);
				bound(high, sizeof(high), next, (i >> bits) - 1);
				snprintf(want, sizeof(want), "[%s, %s)", low, high);
			} else {
				snprintf(want, sizeof(want), "[%llu]", (unsigned long long)from);
			}
			assert_string_equal(label(&r, from, bits), want);
		}
		assert_true(next == 1ull << 63);
		assert_string_equal(label(&r, INT64_MIN, bits), "(..., 0)");
		assert_int_equal(slot_of(INT64_MAX, bits), BTC_HIST_SLOTS(bits) - 1);
	}
	run_done(&r);
}

static void test_block(void **state)
{
	const struct btc_type t = { .kind = BTC_HIST_T };
	__u64 slots[BTC_HIST_SLOTS(0)] = { 0 };
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	slots[slot_of(-5, 0)]++;
	slots[slot_of(0, 0)]++;
	slots[slot_of(3, 0)] += 2;
	slots[slot_of(4, 0)]++;
	btc_hist_print(&r.out, &t, slots, 1);
	assert_string_equal(
		text(&r),
		"(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
		"[0]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
		"[1]                    0 |                                                    |\n"
		"[2, 4)                 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
		"[4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n\n");
	memset(slots, 0, sizeof(slots));
	btc_hist_print(&r.out, &t, slots, 1);
	assert_string_equal(text(&r), "\n");
	slots[2] = 3;
	slots[3] = 9;
	btc_hist_print(&r.out, &t, slots, 3);
	assert_string_equal(
		text(&r),
		"[1]                    1 |@@@@@@@@@@@@@@@@@                                   |\n"
		"[2, 4)                 3 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n\n");
	run_done(&r);
}

static void one_lhist(struct btc_run *r, long long min, long long max, long long step,
		      unsigned slot, const char *want)
{
	const struct btc_type t = { .kind = BTC_LHIST_T, .min = min, .max = max, .step = step };
	__u64 slots[1002] = { 0 };
	const char *s;

	assert_true(slot < btc_hist_slots(&t));
	slots[slot] = 1;
	btc_hist_print(&r->out, &t, slots, 1);
	s = text(r);
	assert_memory_equal(s, want, strlen(want));
	assert_int_equal(s[strlen(want)], ' ');
}

static void test_lhist(void **state)
{
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	one_lhist(&r, 0, 100, 10, 0, "(..., 0)");
	one_lhist(&r, 0, 100, 10, 1, "[0, 10)");
	one_lhist(&r, 0, 100, 10, 10, "[90, 100)");
	one_lhist(&r, 0, 100, 10, 11, "[100, ...)");
	one_lhist(&r, 5, 10, 1, 1, "[5]");
	one_lhist(&r, 5, 10, 1, 6, "[10, ...)");
	one_lhist(&r, 0, 25, 10, 2, "[10, 20)");
	one_lhist(&r, 0, 25, 10, 3, "[20, ...)"); /* not a multiple of the step */
	one_lhist(&r, 0, 4096, 1024, 1, "[0, 1K)");
	one_lhist(&r, 0, 4 << 20, 1 << 20, 2, "[1M, 2M)");
	one_lhist(&r, 100, 10340, 1024, 1, "[100, 1124)");
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_all_labels),
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_lhist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
