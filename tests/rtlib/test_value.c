// SPDX-License-Identifier: Apache-2.0
/* Values of all kinds as text. */
#include <arpa/inet.h>

#include "helper.h"

static const char *show(struct btc_run *r, const struct btc_type *t, const void *at)
{
	struct btc_rec rec = { .base = at };

	btc_value(r, &r->out, t, at, &rec);
	return text(r);
}

static void test_numbers(void **state)
{
	static const struct btc_enum names[] = { { "ONE", 1 }, { "MINUS", -1 }, { NULL, 0 } };
	const struct btc_type e = { .kind = BTC_INT, .size = 4, .is_signed = 1, .enums = names };
	const struct btc_type b = { .kind = BTC_BOOL, .size = 1 },
			      p = { .kind = BTC_PTR, .size = 8 };
	const struct btc_type u8 = T_INT(1), s8 = T_SINT(1), u16 = T_INT(2), s16 = T_SINT(2);
	const struct btc_type u32 = T_INT(4), s32 = T_SINT(4), u64 = T_INT(8), s64 = T_SINT(8);
	const struct btc_type none = { .kind = BTC_NONE };
	const __u64 ones = ~0ull, addr = 0xffff888000000010;
	const __s32 one = 1, nine = 9;
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(show(&r, &u8, &ones), "255");
	assert_string_equal(show(&r, &s8, &ones), "-1");
	assert_string_equal(show(&r, &u16, &ones), "65535");
	assert_string_equal(show(&r, &s16, &ones), "-1");
	assert_string_equal(show(&r, &u32, &ones), "4294967295");
	assert_string_equal(show(&r, &s32, &ones), "-1");
	assert_string_equal(show(&r, &u64, &ones), "18446744073709551615");
	assert_string_equal(show(&r, &s64, &ones), "-1");
	assert_string_equal(show(&r, &b, "\1"), "true");
	assert_string_equal(show(&r, &b, "\0"), "false");
	assert_string_equal(show(&r, &p, &addr), "0xffff888000000010");
	assert_string_equal(show(&r, &p, "\0\0\0\0\0\0\0\0"), "0x0");
	assert_string_equal(show(&r, &e, &one), "ONE");
	assert_string_equal(show(&r, &e, &ones), "MINUS");
	assert_string_equal(show(&r, &e, &nine), "9");
	assert_string_equal(show(&r, &none, ""), "null");
	run_done(&r);
}

static void test_structs(void **state)
{
	static const struct btc_type s32 = { .kind = BTC_INT, .size = 4, .is_signed = 1 };
	static const struct btc_type u8 = { .kind = BTC_INT, .size = 1 };
	static const struct btc_type str4 = { .kind = BTC_STR, .size = 4 };
	static const struct btc_type arr = { .kind = BTC_ARRAY, .nr = 3, .size = 3, .elem = &u8 };
	static const struct btc_type arr2 = { .kind = BTC_ARRAY, .nr = 2, .size = 6, .elem = &arr };
	static const struct btc_member inner_m[] = { { "x", &str4, 0, 0, 0 } };
	static const struct btc_type inner = {
		.kind = BTC_STRUCT, .nr = 1, .size = 4, .members = inner_m
	};
	static const struct btc_member outer_m[] = { { "a", &s32, 0, 0, 0 },
						     { "b", &inner, 4, 0, 0 } };
	static const struct btc_type outer = {
		.kind = BTC_STRUCT, .nr = 2, .size = 8, .members = outer_m
	};
	static const struct btc_member bits_m[] = { { "lo", &s32, 0, 0, 3 },
						    { "hi", &s32, 0, 3, 5 } };
	static const struct btc_type bits = {
		.kind = BTC_STRUCT, .nr = 2, .size = 4, .members = bits_m
	};
	static const struct btc_type nothing = { .kind = BTC_STRUCT };
	static const struct btc_member t1_m[] = { { NULL, &s32, 0, 0, 0 } };
	static const struct btc_type t1 = {
		.kind = BTC_TUPLE, .nr = 1, .size = 4, .members = t1_m
	};
	static const struct btc_member t2_m[] = { { NULL, &t1, 0, 0, 0 },
						  { NULL, &str4, 4, 0, 0 } };
	static const struct btc_type t2 = {
		.kind = BTC_TUPLE, .nr = 2, .size = 8, .members = t2_m
	};
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(show(&r, &arr, "\1\2\3"), "[1,2,3]");
	assert_string_equal(show(&r, &arr2, "\1\2\3\4\5\6"), "[[1,2,3],[4,5,6]]");
	assert_string_equal(show(&r, &outer, "\1\0\0\0c\0\0\0"), "{ .a = 1, .b = { .x = c } }");
	assert_string_equal(show(&r, &outer, "\0\0\0\0\0\0\0\0"), "{ .a = 0, .b = { .x =  } }");
	assert_string_equal(show(&r, &bits, "\xfe\0\0\0"), "{ .lo = 6, .hi = 31 }");
	assert_string_equal(show(&r, &nothing, ""), "{}");
	assert_string_equal(show(&r, &t1, "\1\0\0\0"), "(1)");
	assert_string_equal(show(&r, &t2, "\1\0\0\0abc\0"), "((1), abc)");
	run_done(&r);
}

static void test_objects(void **state)
{
	static const struct btc_text formats[] = { { .text = "%Y-%m-%d %H:%M:%S.%f" },
						   { .text = "" } };
	static const struct btc_program p = { .formats = formats, .nr_formats = 2 };
	const struct btc_type inet = { .kind = BTC_INET, .size = 24 },
			      mac = { .kind = BTC_MAC, .size = 6 };
	const struct btc_type probe = { .kind = BTC_PROBE, .size = 4 };
	const struct btc_type ksym = { .kind = BTC_KSYM, .size = 8 },
			      usym = { .kind = BTC_USYM, .size = 16 };
	struct btc_place places[1] = { { .name = (char *)"kprobe:f" } };
	struct btc_inet in = { .family = 2, .addr = { 127, 0, 0, 1 } };
	char buf[64];
	struct btc_run r;

	(void)state;
	run_init(&r, &p);
	assert_string_equal(show(&r, &inet, &in), "127.0.0.1");
	in.family = 10;
	memset(in.addr, 0, 16);
	in.addr[15] = 1;
	assert_string_equal(show(&r, &inet, &in), "::1");
	in.family = 3;
	assert_string_equal(show(&r, &inet, &in), "");
	assert_string_equal(show(&r, &mac, "\xde\xad\xbe\xef\0\1"), "DE:AD:BE:EF:00:01");
	r.places = places;
	r.nr_places = 1;
	assert_string_equal(show(&r, &probe, "\0\0\0\0"), "kprobe:f");
	assert_string_equal(show(&r, &probe, "\1\0\0\0"), "1");
	assert_string_equal(show(&r, &ksym, "\0\0\0\0\0\0\0\0"), "0");
	assert_string_equal(show(&r, &usym, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "0");
	setenv("TZ", "UTC", 1);
	assert_true(btc_strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M:%S.%f %k %l%%",
				 1000000001002003004ull));
	assert_string_equal(buf, "2001-09-09 01:46:41.002003 002003004 002%");
	assert_int_equal(btc_strftime(buf, 4, "%Y-%m", 0), 0);
	run_done(&r);
}

static void test_stacks(void **state)
{
	const struct btc_type k = { .kind = BTC_KSTACK, .nr = 4, .size = 32 };
	const struct btc_type raw = {
		.kind = BTC_KSTACK, .nr = 4, .size = 32, .mode = BTC_STACK_RAW
	};
	const struct btc_type perf = {
		.kind = BTC_KSTACK, .nr = 4, .size = 32, .mode = BTC_STACK_PERF
	};
	const __u64 ip[4] = { 0x10, 0x2a, 0, 0 }, none[4] = { 0 };
	struct btc_run r;

	(void)state;
	run_init(&r, NULL);
	assert_string_equal(show(&r, &k, ip), "\n        0x10\n        0x2a\n");
	assert_string_equal(show(&r, &raw, ip), "\n10\n2a\n");
	assert_string_equal(show(&r, &perf, ip),
			    "\n\t10 0x10 ([unknown])\n\t2a 0x2a ([unknown])\n");
	assert_string_equal(show(&r, &k, none), "\n");
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_structs),
		cmocka_unit_test(test_objects),
		cmocka_unit_test(test_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
