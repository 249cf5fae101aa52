// SPDX-License-Identifier: Apache-2.0
/* Time series: merged over CPUs, drawn, as JSON. */
#include <time.h>

#include "helper.h"

#define SEC 1000000000ll

static const struct btc_type s32 = { .kind = BTC_INT, .size = 4, .is_signed = 1 };

static struct btc_type series(unsigned agg, __s64 interval, __s64 nr)
{
	return (struct btc_type){ .kind = BTC_TSERIES_T,
				  .size = 24,
				  .is_signed = 1,
				  .mode = agg,
				  .max = nr,
				  .step = interval };
}

/* Where NTP has set it, the kernel's TAI is ahead by the leap seconds. */
static __s64 leap_seconds(void)
{
	struct timespec tai, utc;

	clock_gettime(CLOCK_REALTIME, &utc);
	clock_gettime(CLOCK_TAI, &tai);
	return ((tai.tv_sec - utc.tv_sec) * SEC + tai.tv_nsec - utc.tv_nsec) / SEC;
}

struct row {
	__s32 key;
	struct btc_tseries p;
};

/* The slot is the number of the row: the host does not look at it. */
static const char *print(struct btc_run *r, const struct btc_type *t, const struct row *row,
			 unsigned nr, bool keyed)
{
	const struct btc_map m = { .name = "@t",
				   .key = keyed ? &s32 : NULL,
				   .value = t,
				   .key_size = keyed ? 16 : 8,
				   .value_size = 24 };
	struct btc_tseries p;
	struct btc_table table;
	char key[16] = { 0 };
	unsigned i;
	__u64 slot;

	btc_table_init(&table, &m);
	table.tseries = &btc_tseries_ops;
	for (i = 0; i < nr; i++) {
		slot = i;
		memcpy(key, &row[i].key, 4);
		memcpy(key + (keyed ? 8 : 0), &slot, 8);
		p = row[i].p;
		p.epoch += p.mark ? leap_seconds() * SEC / t->step : 0;
		assert_int_equal(btc_table_add(&table, key, (const char *)&p, 1), 0);
	}
	btc_table_print(r, &table, 1, 5); /* neither counts */
	btc_table_free(&table);
	return text(r);
}

#define BLANKS "             "
#define RULE   "___________________________________________________"

static void test_chart(void **state)
{
	const struct btc_type t = series(BTC_TSERIES_LAST, SEC / 10, 4);
	const struct row rows[] = { { 0, { 6, 1, 9 } },
				    { 0, { 3, 1, -9 } },
				    { 0, { 4, 1, 0 } },
				    { 0, { 2, 1, 77 } } /* too old */ };
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(
		print(&r, &t, rows, 4, false),
		"@t:\n" BLANKS "-9                                                  9\n"
		"hh:mm:ss.ms  |" RULE "|\n"
		"00:00:00.300 *                         .                         | -9\n"
		"00:00:00.400 |                         *                         | 0\n"
		"00:00:00.500 |                         .                         | -\n"
		"00:00:00.600 |                         .                         * 9\n" BLANKS
		"v" RULE "v\n" BLANKS "-9                                                  9\n\n");
	run_done(&r);
}

static void test_scales(void **state)
{
	static const struct {
		__s64 interval;
		const char *want;
	} rows[] = {
		{ SEC, "hh:mm:ss |" },	       { 3600 * SEC, "hh:mm:ss |" },
		{ SEC - 1, "hh:mm:ss.ms  |" }, { 1000000, "hh:mm:ss.ms  |" },
		{ 1000, "hh:mm:ss.μs     |" }, { 999, "hh:mm:ss.ns        |" },
	};
	const struct row two[] = { { 0, { 1, 1, 5 } }, { 0, { 2, 1, 6 } } };
	struct btc_type t;
	struct btc_run r;
	size_t i;

	(void)state;
	run_init(&r, NULL);
	for (i = 0; i < BTC_COUNT(rows); i++) {
		t = series(BTC_TSERIES_LAST, rows[i].interval, 4);
		assert_non_null(strstr(print(&r, &t, two, 2, false), rows[i].want));
	}
	/* One interval alone: nanoseconds; a range of no width gets one. */
	t = series(BTC_TSERIES_LAST, SEC, 4);
	assert_string_equal(
		print(&r, &t, two, 1, false),
		"@t:\n                   4                                                   6\n"
		"hh:mm:ss.ns        |" RULE "|\n"
		"00:00:01.000000000 |                         *                         | 5\n"
		"                   v" RULE "v\n"
		"                   4                                                   6\n\n");
	run_done(&r);
}

/* All keys end with the newest interval of any. */
static void test_keys(void **state)
{
	const struct btc_type t = series(BTC_TSERIES_SUM, SEC, 3);
	const struct row rows[] = {
		{ 2, { 5, 1, 1 } }, { 1, { 7, 1, 4 } }, { 1, { 6, 1, 3 } }, { 3, { 0, 0, 0 } }
	};
	struct btc_run r;
	const char *s;

	(void)state;
	run_init(&r, NULL);
	s = print(&r, &t, rows, 4, true);
	assert_non_null(strstr(s, "@t[1]:\n"));
	assert_non_null(strstr(s, "00:00:06 *"));
	assert_non_null(strstr(s, "@t[2]:\n"));
	assert_non_null(
		strstr(s, "00:00:07 |                                                   | -\n"));
	assert_non_null(strstr(s, "@t[3]:\n<no data>\n"));
	assert_string_equal(print(&r, &t, rows, 0, true), "");
	r.json = true;
	assert_string_equal(
		print(&r, &t, rows, 4, true),
		"{\"type\": \"tseries\", \"data\": {\"@t\": {\"1\": "
		"[{\"interval_start\":\"1970-01-01T00:00:06.000000000\",\"value\":3},"
		"{\"interval_start\":\"1970-01-01T00:00:07.000000000\",\"value\":4}], \"2\": "
		"[{\"interval_start\":\"1970-01-01T00:00:05.000000000\",\"value\":1}], "
		"\"3\": []}}}\n");
	assert_string_equal(print(&r, &t, rows, 0, true), "");
	assert_string_equal(print(&r, &t, rows, 0, false),
			    "{\"type\": \"tseries\", \"data\": {\"@t\": []}}\n");
	run_done(&r);
}

static void test_merge(void **state)
{
	static const struct {
		unsigned agg;
		struct btc_tseries a, b, want;
	} rows[] = {
		{ BTC_TSERIES_LAST, { 5, 10, 1 }, { 5, 9, 2 }, { 5, 10, 1 } },
		{ BTC_TSERIES_LAST, { 5, 10, 1 }, { 5, 11, 2 }, { 5, 11, 2 } },
		{ BTC_TSERIES_LAST, { 5, 10, 1 }, { 4, 11, 2 }, { 5, 10, 1 } },
		{ BTC_TSERIES_AVG, { 5, 2, 8 }, { 5, 3, -2 }, { 5, 5, 6 } },
		{ BTC_TSERIES_SUM, { 5, 2, 8 }, { 6, 3, 4 }, { 6, 3, 4 } },
		{ BTC_TSERIES_MIN, { 5, 1, 8 }, { 5, 1, -4 }, { 5, 1, -4 } },
		{ BTC_TSERIES_MIN, { 5, 1, -4 }, { 5, 1, 8 }, { 5, 1, -4 } },
		{ BTC_TSERIES_MAX, { 5, 1, -4 }, { 5, 1, 8 }, { 5, 1, 8 } },
		{ BTC_TSERIES_MAX, { 5, 1, 8 }, { 5, 1, -4 }, { 5, 1, 8 } },
		{ BTC_TSERIES_MAX, { 0, 0, 0 }, { 5, 1, -4 }, { 5, 1, -4 } },
		{ BTC_TSERIES_MAX, { 5, 1, -4 }, { 9, 0, 0 }, { 5, 1, -4 } },
	};
	struct btc_tseries d;
	struct btc_type t;
	size_t i;

	(void)state;
	for (i = 0; i < BTC_COUNT(rows); i++) {
		t = series(rows[i].agg, SEC, 3);
		d = rows[i].a;
		btc_tseries_ops.merge(&t, &d, &rows[i].b);
		assert_memory_equal(&d, &rows[i].want, sizeof(d));
	}
	t.is_signed = 0; /* -4 is large */
	d = rows[7].a;
	btc_tseries_ops.merge(&t, &d, &rows[7].b);
	assert_int_equal(d.val, -4);
}

static void test_extremes(void **state)
{
	struct btc_type t = series(BTC_TSERIES_LAST, SEC, 3);
	const struct row far[] = { { 0, { 1, 1, INT64_MIN } }, { 0, { 2, 1, INT64_MAX } } };
	struct btc_run r;
	const char *s;

	(void)state;
	run_init(&r, NULL);
	s = print(&r, &t, far, 2, false);
	assert_non_null(strstr(s, "-9223372036854775808              9223372036854775807\n"));
	assert_non_null(
		strstr(s, "00:00:01 *                         .                         |"));
	assert_non_null(strstr(s, "* 9223372036854775807\n"));
	t.is_signed = 0;
	s = print(&r, &t, far, 2, false);
	assert_non_null(strstr(s, "9223372036854775807               9223372036854775808\n"));
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chart),	 cmocka_unit_test(test_scales),
		cmocka_unit_test(test_keys),	 cmocka_unit_test(test_merge),
		cmocka_unit_test(test_extremes),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
