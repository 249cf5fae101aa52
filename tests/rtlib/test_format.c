// SPDX-License-Identifier: Apache-2.0
/* printf: every row is a format, a 64-bit value and its text. */
#include "helper.h"

static const struct btc_type s64 = { .kind = BTC_INT, .size = 8, .is_signed = 1 };
static const struct btc_type str = { .kind = BTC_STR, .size = 16 };
static const struct btc_type tail = { .kind = BTC_TAIL, .size = 8 };
static const struct btc_type buf = { .kind = BTC_BUF, .size = 12 };

static const char *print1(struct btc_run *r, const char *fmt, const struct btc_type *t,
			  const void *bytes, size_t n)
{
	const struct btc_member f = { .type = t, .off = 8 };
	const struct btc_action a = { .fmt = fmt, .fields = &f, .nr_fields = 1 };
	struct btc_rec rec;
	char data[128] = { 0 };

	memcpy(data + 8, bytes, n);
	rec.base = data;
	rec.size = 8 + n;
	btc_format(r, &r->out, &a, &rec);
	return text(r);
}

static void test_integers(void **state)
{
	static const struct {
		const char *fmt;
		long long v;
		const char *want;
	} rows[] = {
		{ "%d", 5, "5" },
		{ "%d", -5, "-5" },
		{ "%d", 5000000000, "705032704" },
		{ "%ld", 5000000000, "5000000000" },
		{ "%lld", -1, "-1" },
		{ "%u", -1, "4294967295" },
		{ "%lu", -1, "18446744073709551615" },
		{ "%x", 0x12345678abcdef, "78abcdef" },
		{ "%lx", 0x12345678abcdef, "12345678abcdef" },
		{ "%hhx", -1, "ff" },
		{ "%hhd", 255, "-1" },
		{ "%hd", 65535, "-1" },
		{ "%hu", -1, "65535" },
		{ "%5d|", 42, "   42|" },
		{ "%-5d|", 42, "42   |" },
		{ "%05d", -5, "000-5" },
		{ "%+05d", 4, "000+4" },
		{ "%-010d", -42, "-420000000" },
		{ "%+d", 7, "+7" },
		{ "%+d", -7, "-7" },
		{ "%+u", 7, "7" },
		{ "%#x", 255, "0xff" },
		{ "%#X", 255, "0XFF" },
		{ "%#x", 0, "0" },
		{ "%#o", 8, "010" },
		{ "%o", 8, "10" },
		{ "%#05x", 255, "00xff" },
		{ "%X", 0xabc, "ABC" },
		{ "%c", 'A', "A" },
		{ "%3c", 'A', "  A" },
		{ "%p", 0, "0" },
		{ "%p", 5, "0x5" },
		{ "%16p", 255, "            0xff" },
		{ "%5.2d", 3, "    3" },
		{ "%.3d", 3, "3" },
		{ "% d", 3, "3" },
		{ "%*d", 3, "3" },
		{ "%jd", -1, "-1" },
		{ "%zu", -1, "18446744073709551615" },
		{ "%td", -2, "-2" },
		{ "%i", 3, "3" },
		{ "%s", -3, "-3" },
		{ "%6s|", 42, "    42|" },
		{ "100%%", 0, "100%" },
		/* flags out of order are text, and take nothing */
		{ "%+-5d", 1, "%+-5d" },
		{ "%0-5d", 1, "%0-5d" },
		{ "%", 1, "%" },
		{ "%q", 1, "%q" },
		{ "a%db", 1, "a1b" },
		{ "%d", -2147483648LL, "-2147483648" },
		{ "%ld", -9223372036854775807LL - 1, "-9223372036854775808" },
		{ "%gr", 0, "0" },
		{ "%gr", 0xcc0, "GFP_KERNEL" },
		{ "%12gr", 0xcc0, "  GFP_KERNEL" },
		{ "%-3gr|", 0, "0  |" },
		{ "%gr", 0xa20, "GFP_ATOMIC" }, /* before 6.2 */
		{ "%gr", 0x820, "GFP_ATOMIC" },
		{ "%gr", 0x80000000001, "GFP_DMA|0x80000000000" },
		{ "%5% %d", 7, "% 7" },
		{ "%gr", 0xdc0, "GFP_KERNEL|__GFP_ZERO" },
	};
	struct btc_run r;
	size_t i;

	(void)state;
	run_init(&r, NULL);
	for (i = 0; i < BTC_COUNT(rows); i++)
		assert_string_equal(print1(&r, rows[i].fmt, &s64, &rows[i].v, 8), rows[i].want);
	run_done(&r);
}

static void test_strings(void **state)
{
	struct btc_run r;
	char loc[16];
	__u32 word;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(print1(&r, "[%s]", &str, "abc\0xyz\0\0\0\0\0\0\0\0", 16), "[abc]");
	assert_string_equal(print1(&r, "[%6s]", &str, "abc\0\0\0\0\0\0\0\0\0\0\0\0", 16),
			    "[   abc]");
	assert_string_equal(print1(&r, "[%-6s]", &str, "abc\0\0\0\0\0\0\0\0\0\0\0\0", 16),
			    "[abc   ]");
	assert_string_equal(print1(&r, "[%06s]", &str, "abc\0\0\0\0\0\0\0\0\0\0\0\0", 16),
			    "[000abc]");
	assert_string_equal(print1(&r, "[%.1s]", &str, "abc\0\0\0\0\0\0\0\0\0\0\0\0", 16), "[abc]");
	assert_string_equal(print1(&r, "[%s]", &str, "0123456789abcdef", 16),
			    "[0123456789abcdef..]");
	assert_string_equal(print1(&r, "[%20s]", &str, "0123456789abcdef", 16),
			    "[  0123456789abcdef..]");
	r.config.str_trunc_trailer = "";
	assert_string_equal(print1(&r, "[%s]", &str, "0123456789abcdef", 16), "[0123456789abcdef]");
	r.config.str_trunc_trailer = "..";

	word = BTC_LOC(12, 4);
	memcpy(loc, &word, 4);
	memcpy(loc + 4, "tip\0", 4);
	assert_string_equal(print1(&r, "[%s]", &tail, loc, 8), "[tip]");
	word = BTC_LOC(12, 8);
	memcpy(loc, &word, 4);
	memcpy(loc + 4, "12345678", 8);
	assert_string_equal(print1(&r, "[%s]", &tail, loc, 12), "[12345678..]");
	word = BTC_LOC(12, 9); /* beyond the record: nothing is read */
	memcpy(loc, &word, 4);
	assert_string_equal(print1(&r, "[%s]", &tail, loc, 12), "[]");
	word = BTC_LOC(60000, 4);
	memcpy(loc, &word, 4);
	assert_string_equal(print1(&r, "[%s]", &tail, loc, 12), "[]");
	word = 0;
	memcpy(loc, &word, 4);
	assert_string_equal(print1(&r, "[%s]", &tail, loc, 12), "[]");
	run_done(&r);
}

static void test_buffers(void **state)
{
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(print1(&r, "%r", &buf, "\4\0\0\0a\\\"\1zzzz", 12), "a\\\"\\x01");
	assert_string_equal(print1(&r, "%s", &buf, "\2\0\0\0\x7f\xffzzzzzz", 12), "\\x7f\\xff");
	assert_string_equal(print1(&r, "%rx", &buf, "\2\0\0\0a\xfezzzzzz", 12), "\\x61\\xfe");
	assert_string_equal(print1(&r, "%rh", &buf, "\3\0\0\0a\xfe\0zzzzz", 12), "61 fe 00");
	assert_string_equal(print1(&r, "%rh", &buf,
				   "\xff\xff\0\0"
				   "12345678",
				   12),
			    "31 32 33 34 35 36 37 38");
	assert_string_equal(print1(&r, "%6rh|", &buf, "\2\0\0\0a\xfezzzzzz", 12), " 61 fe|");
	assert_string_equal(print1(&r, "%-9rx|", &buf, "\2\0\0\0a\xfezzzzzz", 12), "\\x61\\xfe |");
	assert_string_equal(print1(&r, "%3rh|", &buf, "\0\0\0\0zzzzzzzz", 12), "   |");
	run_done(&r);
}

static void test_composites(void **state)
{
	static const struct btc_member two[] = { { NULL, &s64, 0, 0, 0 }, { NULL, &s64, 8, 0, 0 } };
	static const struct btc_type tuple = {
		.kind = BTC_TUPLE, .nr = 2, .size = 16, .members = two
	};
	static const struct btc_type array = {
		.kind = BTC_ARRAY, .nr = 2, .size = 16, .elem = &s64
	};
	const long long v[2] = { 1, -2 };
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(print1(&r, "%s", &tuple, v, 16), "(1, -2)");
	assert_string_equal(print1(&r, "%5s", &tuple, v, 16), "    (1, -2)");
	assert_string_equal(print1(&r, "%-5s", &tuple, v, 16), "(    1, -2)");
	assert_string_equal(print1(&r, "%3s", &array, v, 16), "  [1,-2]");
	run_done(&r);
}

/* A record that ends early is no reason to read beyond it. */
static void test_short_record(void **state)
{
	const struct btc_member f[] = { { NULL, &s64, 8, 0, 0 }, { NULL, &s64, 16, 0, 0 } };
	const struct btc_action a = { .fmt = "%d %d", .fields = f, .nr_fields = 2 };
	const long long v[2] = { 0, 7 };
	struct btc_rec rec = { .base = (const char *)v, .size = 16 };
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	btc_format(&r, &r.out, &a, &rec);
	assert_string_equal(text(&r), "7 !{record too short}");
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers),     cmocka_unit_test(test_strings),
		cmocka_unit_test(test_buffers),	     cmocka_unit_test(test_composites),
		cmocka_unit_test(test_short_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
