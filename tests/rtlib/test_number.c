// SPDX-License-Identifier: Apache-2.0
/* Numbers and truth values of the command line. */
#include <errno.h>

#include "helper.h"

static void test_good(void **state)
{
	static const struct {
		const char *text;
		long long want;
	} rows[] = {
		{ "0", 0 },
		{ "10", 10 },
		{ "-3", -3 },
		{ "0x1F", 31 },
		{ "0b101", 5 },
		{ "017", 15 },
		{ "1_000", 1000 },
		{ "1__0", 10 },
		{ "1e6", 1000000 },
		{ "3E2", 300 },
		{ "5ms", 5000000 },
		{ "1s", 1000000000 },
		{ "2m", 120000000000 },
		{ "1h", 3600000000000 },
		{ "7ns", 7 },
		{ "3us", 3000 },
		{ "10ull", 10 },
		{ "10UL", 10 },
		{ "0x10u", 16 },
		{ "00", 0 },
		{ "9223372036854775807", 0x7fffffffffffffff },
		{ "1d", 86400000000000 },
	};
	bool neg;
	__u64 v;
	size_t i;

	(void)state;
	for (i = 0; i < BTC_COUNT(rows); i++) {
		assert_int_equal(btc_parse_int(rows[i].text, &v, &neg), 0);
		assert_true((neg ? -v : v) == (__u64)rows[i].want);
	}
	assert_int_equal(btc_parse_int("18446744073709551615", &v, &neg), 0);
	assert_true(v == ~0ull);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"",   "-",   "x",  "5x", "5min", "08",	"12e3", "1e0",
		"0x", "0b2", "1_", "_1", "1 ",	 "--1", "+1",
	};
	static const char *const large[] = { "18446744073709551616", "1e20",
					     "600000000h",	     "0x10000000000000000",
					     "5000000000u",	     "9223372036854775808l" };
	bool neg;
	__u64 v;
	size_t i;

	(void)state;
	for (i = 0; i < BTC_COUNT(bad); i++)
		assert_int_equal(btc_parse_int(bad[i], &v, &neg), -EINVAL);
	for (i = 0; i < BTC_COUNT(large); i++)
		assert_int_equal(btc_parse_int(large[i], &v, &neg), -ERANGE);
}

static void test_bool(void **state)
{
	bool b;

	(void)state;
	assert_int_equal(btc_parse_bool("TRUE", &b), 0);
	assert_true(b);
	assert_int_equal(btc_parse_bool("off", &b), 0);
	assert_false(b);
	assert_int_equal(btc_parse_bool("yes", &b), 0);
	assert_true(b);
	assert_int_equal(btc_parse_bool("2", &b), -EINVAL);
	assert_int_equal(btc_parse_bool("", &b), -EINVAL);
}

static void test_names(void **state)
{
	struct btc_strs l = { 0 };
	char near[64];

	(void)state;
	assert_true(btc_match("*", ""));
	assert_true(btc_match("sys_*_open*", "sys_enter_openat"));
	assert_false(btc_match("sys_*_open", "sys_enter_openat"));
	assert_true(btc_match("*at", "sys_enter_openat"));
	assert_true(btc_match("a*b*c", "aXbYbZc"));
	assert_false(btc_match("", "a"));
	assert_int_equal(btc_distance("vfs_raed", "vfs_read", 3), 1);
	assert_int_equal(btc_distance("VFS_reid", "vfs_read", 3), 1);
	assert_true(btc_distance("abc", "abcdefgh", 2) > 2);
	btc_strs_add(&l, "vfs_write");
	btc_strs_add(&l, "vfs_read");
	btc_strs_add(&l, "vfs_readv");
	btc_strs_add(&l, "schedule");
	btc_strs_add(&l, "vfs_read");
	btc_strs_sort(&l);
	assert_int_equal(l.nr, 4);
	btc_near(&l, "vfs_raed", near, sizeof(near));
	assert_string_equal(near, "vfs_read or vfs_readv");
	btc_near(&l, "zzzzzz", near, sizeof(near));
	assert_string_equal(near, "");
	btc_strs_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
