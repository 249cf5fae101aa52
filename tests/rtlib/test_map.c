// SPDX-License-Identifier: Apache-2.0
/* Maps in memory: merged over CPUs, sorted, printed. */
#include "helper.h"

static const struct btc_type s32 = { .kind = BTC_INT, .size = 4, .is_signed = 1 };
static const struct btc_type u64 = { .kind = BTC_INT, .size = 8 };
static const struct btc_type s64 = { .kind = BTC_INT, .size = 8, .is_signed = 1 };
static const struct btc_type s8 = { .kind = BTC_INT, .size = 1, .is_signed = 1 };
static const struct btc_type str8 = { .kind = BTC_STR, .size = 8 };
static const struct btc_type count = { .kind = BTC_COUNT_T, .size = 8 };
static const struct btc_type min_s = { .kind = BTC_MIN_T, .size = 16, .is_signed = 1 };
static const struct btc_type max_s = { .kind = BTC_MAX_T, .size = 16, .is_signed = 1 };
static const struct btc_type avg_s = { .kind = BTC_AVG_T, .size = 16, .is_signed = 1 };
static const struct btc_type stats_s = { .kind = BTC_STATS_T, .size = 16, .is_signed = 1 };

static void add(struct btc_table *t, const void *key, const void *vals, unsigned n)
{
	assert_int_equal(btc_table_add(t, key, vals, n), 0);
}

/* Keys are 32-bit numbers, values one 8-byte word each. */
static const char *print_words(struct btc_run *r, const struct btc_type *value, const __s32 *keys,
			       const void *words, unsigned n, long long top, long long div)
{
	const struct btc_map m = {
		.name = "@x", .key = &s32, .value = value, .key_size = 4, .value_size = value->size
	};
	struct btc_table t;
	unsigned i;

	btc_table_init(&t, &m);
	for (i = 0; i < n; i++)
		add(&t, &keys[i], (const char *)words + 8 * i, 1);
	btc_table_print(r, &t, top, div);
	btc_table_free(&t);
	return text(r);
}

static void test_order(void **state)
{
	const __s32 keys[] = { 1, -2, 3, 0 };
	const __s64 vals[] = { 5, -1, 2, 5 };
	const __s64 bytes[] = { 5, 0xff, 2, 5 };
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(print_words(&r, &s64, keys, vals, 4, 0, 0),
			    "@x[-2]: -1\n@x[3]: 2\n@x[0]: 5\n@x[1]: 5\n");
	assert_string_equal(print_words(&r, &u64, keys, vals, 4, 0, 0),
			    "@x[3]: 2\n@x[0]: 5\n@x[1]: 5\n@x[-2]: 18446744073709551615\n");
	assert_string_equal(print_words(&r, &s8, keys, bytes, 4, 0, 0),
			    "@x[-2]: -1\n@x[3]: 2\n@x[0]: 5\n@x[1]: 5\n");
	assert_string_equal(print_words(&r, &s64, keys, vals, 4, 2, 0), "@x[0]: 5\n@x[1]: 5\n");
	assert_string_equal(print_words(&r, &s64, keys, vals, 4, -1, 2),
			    "@x[-2]: 0\n@x[3]: 1\n@x[0]: 2\n@x[1]: 2\n");
	assert_string_equal(print_words(&r, &s64, keys, vals, 0, 0, 0), "");
	run_done(&r);
}

static void test_keys(void **state)
{
	static const struct btc_member parts[] = { { NULL, &str8, 0, 0, 0 },
						   { NULL, &s32, 8, 0, 0 } };
	static const struct btc_type pair = {
		.kind = BTC_TUPLE, .nr = 2, .size = 16, .members = parts
	};
	const struct btc_map by_pair = {
		.name = "@q", .key = &pair, .value = &str8, .key_size = 16, .value_size = 8
	};
	const struct btc_map by_str = {
		.name = "@s", .key = &str8, .value = &count, .key_size = 8, .value_size = 8
	};
	const __u64 one = 1;
	struct btc_table t;
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	btc_table_init(&t, &by_pair);
	add(&t, "wget\0\0\0\0\1\0\0\0\0\0\0\0", "b\0\0\0\0\0\0", 1);
	add(&t, "curl\0\0\0\0\3\0\0\0\0\0\0\0", "a\0\0\0\0\0\0", 1);
	add(&t, "curl\0\0\0\0\xff\xff\xff\xff\0\0\0\0", "c\0\0\0\0\0\0", 1);
	btc_table_print(&r, &t, 0, 0);
	assert_string_equal(text(&r), "@q[curl, -1]: c\n@q[curl, 3]: a\n@q[wget, 1]: b\n");
	btc_table_free(&t);
	btc_table_init(&t, &by_str);
	add(&t, "(x)\0\0\0\0", &one, 1);
	btc_table_print(&r, &t, 0, 0);
	assert_string_equal(text(&r), "@s[x]: 1\n");
	btc_table_free(&t);
	run_done(&r);
}

/* Values of two CPUs become one. */
static void test_merge(void **state)
{
	const struct btc_minmax mm[2] = { { .val = (__u64)-3, .set = 1 }, { .val = 0, .set = 0 } };
	const struct btc_minmax both[2] = { { .val = (__u64)-3, .set = 1 },
					    { .val = 9, .set = 1 } };
	const struct btc_stats st[2] = { { 2, -7 }, { 1, -3 } };
	const __u64 counts[2] = { 4, 5 };
	const __u32 zero = 0;
	const struct {
		const struct btc_type *type;
		const void *vals;
		unsigned size;
		const char *want;
	} rows[] = {
		{ &count, counts, 8, "@: 9\n" },
		{ &min_s, mm, 16, "@: -3\n" },
		{ &max_s, mm, 16, "@: -3\n" },
		{ &min_s, both, 16, "@: -3\n" },
		{ &max_s, both, 16, "@: 9\n" },
		{ &avg_s, st, 16, "@: -3\n" },
		{ &stats_s, st, 16, "@: { .count = 3, .average = -3, .total = -10 }\n" },
	};
	struct btc_table t;
	struct btc_run r;
	size_t i;

	(void)state;
	run_init(&r, NULL);
	for (i = 0; i < BTC_COUNT(rows); i++) {
		const struct btc_map m = { .name = "@",
					   .value = rows[i].type,
					   .is_percpu = true,
					   .value_size = rows[i].size };

		btc_table_init(&t, &m);
		add(&t, &zero, rows[i].vals, 2);
		btc_table_print(&r, &t, 0, 0);
		assert_string_equal(text(&r), rows[i].want);
		btc_table_free(&t);
	}
	run_done(&r);
}

/* min and max sort unsigned, averages by the average, histograms by their total. */
static void test_order_of_aggregations(void **state)
{
	static const struct btc_type hist = { .kind = BTC_HIST_T, .size = 8 * BTC_HIST_SLOTS(0) };
	const struct btc_map mins = {
		.name = "@m", .key = &s32, .value = &min_s, .key_size = 4, .value_size = 16
	};
	const struct btc_map avgs = {
		.name = "@a", .key = &s32, .value = &stats_s, .key_size = 4, .value_size = 16
	};
	const struct btc_map hists = { .name = "@h",
				       .key = &s32,
				       .value = &hist,
				       .key_size = 4,
				       .value_size = 8 * BTC_HIST_SLOTS(0) };
	const struct btc_minmax a = { .val = (__u64)-1, .set = 1 }, b = { .val = 1, .set = 1 };
	const struct btc_stats many = { 10, 10 }, few = { 1, 5 };
	__u64 slots[BTC_HIST_SLOTS(0)] = { 0 };
	const __s32 one = 1, two = 2;
	struct btc_table t;
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	btc_table_init(&t, &mins);
	add(&t, &one, &a, 1);
	add(&t, &two, &b, 1);
	btc_table_print(&r, &t, 0, 0);
	assert_string_equal(text(&r), "@m[2]: 1\n@m[1]: -1\n");
	btc_table_free(&t);
	btc_table_init(&t, &avgs);
	add(&t, &one, &few, 1);
	add(&t, &two, &many, 1);
	btc_table_print(&r, &t, 1, 5);
	assert_string_equal(text(&r), "@a[1]: { .count = 1, .average = 1, .total = 5 }\n");
	btc_table_free(&t);
	btc_table_init(&t, &hists);
	slots[1] = 2;
	add(&t, &one, slots, 1);
	slots[1] = 1;
	add(&t, &two, slots, 1);
	btc_table_print(&r, &t, 0, 0);
	assert_string_equal(
		text(&r),
		"@h[2]:\n[0]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n\n"
		"@h[1]:\n[0]                    2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n\n");
	btc_table_free(&t);
	run_done(&r);
}

/* The ends of the range, with divisors that overflow. */
static void test_extremes(void **state)
{
	const __s32 keys[] = { 1, 2 };
	const __u64 vals[] = { 1ull << 63, ~0ull >> 1 }, sums[] = { ~0ull, 0 };
	const struct btc_stats low = { 1, INT64_MIN }, high = { 1, INT64_MAX };
	const struct btc_map avgs = { .name = "@a", .value = &stats_s, .value_size = 16 };
	const __u32 zero = 0;
	struct btc_table t;
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(print_words(&r, &s64, keys, vals, 2, 0, -1),
			    "@x[1]: -9223372036854775808\n@x[2]: -9223372036854775807\n");
	assert_string_equal(print_words(&r, &u64, keys, vals, 2, 0, 0),
			    "@x[2]: 9223372036854775807\n@x[1]: 9223372036854775808\n");
	assert_string_equal(print_words(&r, &count, keys, sums, 2, 0, 0),
			    "@x[2]: 0\n@x[1]: 18446744073709551615\n");
	btc_table_init(&t, &avgs);
	add(&t, &zero, &low, 1);
	btc_table_print(&r, &t, 0, -1);
	assert_string_equal(text(&r), "@a: { .count = 1, .average = -9223372036854775808, "
				      ".total = -9223372036854775808 }\n");
	btc_table_free(&t);
	btc_table_init(&t, &avgs);
	add(&t, &zero, &high, 1);
	btc_table_print(&r, &t, 0, 2);
	assert_string_equal(text(&r), "@a: { .count = 1, .average = 4611686018427387903, "
				      ".total = 9223372036854775807 }\n");
	btc_table_free(&t);
	run_done(&r);
}

static void test_stack_key(void **state)
{
	static const struct btc_type stack = { .kind = BTC_KSTACK, .nr = 2, .size = 16 };
	const struct btc_map by_stack = {
		.name = "@", .key = &stack, .value = &count, .key_size = 16, .value_size = 8
	};
	const struct btc_map of_stack = {
		.name = "@", .key = &s32, .value = &stack, .key_size = 4, .value_size = 16
	};
	const __u64 ip[2] = { 0x10, 0x20 }, seven = 7;
	const __s32 one = 1;
	struct btc_table t;
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	btc_table_init(&t, &by_stack);
	add(&t, ip, &seven, 1);
	btc_table_print(&r, &t, 0, 0);
	assert_string_equal(text(&r), "@[\n        0x10\n        0x20\n]: 7\n");
	btc_table_free(&t);
	btc_table_init(&t, &of_stack);
	add(&t, &one, ip, 1);
	btc_table_print(&r, &t, 0, 0);
	assert_string_equal(text(&r), "@[1]: \n        0x10\n        0x20\n\n");
	btc_table_free(&t);
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	  cmocka_unit_test(test_keys),
		cmocka_unit_test(test_merge),	  cmocka_unit_test(test_order_of_aggregations),
		cmocka_unit_test(test_stack_key), cmocka_unit_test(test_extremes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
