// SPDX-License-Identifier: Apache-2.0
/* JSON: text of any bytes, values, maps, messages; that it agrees with the text. */
#include <string.h>

#include "helper.h"

static const struct btc_type s64 = { .kind = BTC_INT, .size = 8, .is_signed = 1 };
static const struct btc_type u64 = { .kind = BTC_INT, .size = 8 };
static const struct btc_type s8 = { .kind = BTC_INT, .size = 1, .is_signed = 1 };
static const struct btc_type boolean = { .kind = BTC_BOOL, .size = 1 };
static const struct btc_type ptr = { .kind = BTC_PTR, .size = 8 };
static const struct btc_type str8 = { .kind = BTC_STR, .size = 8 };
static const struct btc_type buf8 = { .kind = BTC_BUF, .size = 12 };
static const struct btc_type none = { .kind = BTC_NONE, .size = 1 };

static void json_init(struct btc_run *r, const struct btc_program *p)
{
	run_init(r, p);
	r->json = true;
	assert_int_equal(btc_out_init(&r->later, -1), 0);
}

static void json_done(struct btc_run *r)
{
	btc_out_free(&r->later);
	run_done(r);
}

/* --- text ---------------------------------------------------------------------- */

static const char *escaped(struct btc_run *r, const char *s, size_t len)
{
	assert_int_equal(btc_json_part(&r->out, s, len, true), len);
	return text(r);
}

static void test_escapes(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "plain", "plain" },
		{ "a\"b\\c\n\r\t", "a\\\"b\\\\c\\n\\r\\t" },
		{ "\x01\x1f\x7f", "\\u0001\\u001f\x7f" },
		{ "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d",
		  "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9d" },
		{ "\xff", "\\u00ff" },
		{ "\xc3", "\\u00c3" },			     /* cut */
		{ "\xc3(", "\\u00c3(" },		     /* no second byte */
		{ "\xe2\x82x", "\\u00e2\\u0082x" },	     /* no third */
		{ "\xc0\x80", "\\u00c0\\u0080" },	     /* overlong */
		{ "\xe0\x80\x80", "\\u00e0\\u0080\\u0080" }, /* overlong */
		{ "\xf0\x80\x80\x80", "\\u00f0\\u0080\\u0080\\u0080" },
		{ "\xed\xa0\x80", "\\u00ed\\u00a0\\u0080" },		/* a surrogate */
		{ "\xf4\x90\x80\x80", "\\u00f4\\u0090\\u0080\\u0080" }, /* above 10ffff */
		{ "\xed\x9f\xbf\xee\x80\x80", "\xed\x9f\xbf\xee\x80\x80" },
		{ "\x80\xc3\xa9", "\\u0080\xc3\xa9" },
	};
	struct btc_run r;
	size_t i;

	(void)state;
	json_init(&r, NULL);
	for (i = 0; i < BTC_COUNT(rows); i++)
		assert_string_equal(escaped(&r, rows[i].in, strlen(rows[i].in)), rows[i].want);
	assert_string_equal(escaped(&r, "a\0b", 3), "a\\u0000b");
	json_done(&r);
}

/* A character that two pieces share comes out whole. */
static void test_pieces(void **state)
{
	static const char s[] = "x\xe2\x82\xacy\xc3";
	char kept[16];
	size_t cut, taken, len = sizeof(s) - 1;
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	for (cut = 0; cut <= len; cut++) {
		taken = btc_json_part(&r.out, s, cut, false);
		assert_true(cut - taken < 4);
		memcpy(kept, s + taken, len - taken);
		btc_json_part(&r.out, kept, len - taken, true);
		assert_string_equal(text(&r), "x\xe2\x82\xacy\\u00c3");
	}
	json_done(&r);
}

/* Is it UTF-8, and without a raw quote or control character? */
static bool is_inside(const unsigned char *s)
{
	for (; *s; s++) {
		if (*s < ' ' || *s == '"')
			return false;
		if (*s == '\\') {
			s++;
			if (*s == 'u')
				s += 4;
			else if (!strchr("\"\\nrt", *s))
				return false;
		} else if (*s >= 0xf0) {
			if ((s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80 || (s[3] & 0xc0) != 0x80)
				return false;
			s += 3;
		} else if (*s >= 0xe0) {
			if ((s[1] & 0xc0) != 0x80 || (s[2] & 0xc0) != 0x80)
				return false;
			s += 2;
		} else if (*s >= 0x80) {
			if (*s < 0xc2 || (s[1] & 0xc0) != 0x80)
				return false;
			s++;
		}
	}
	return true;
}

static void test_any_bytes(void **state)
{
	static const char likely[] = "\"\\\n\x80\xbf\xc2\xc3\xe0\xed\xf0\xf4\xff"
				     "aZ ";
	char in[32];
	struct btc_run r;
	unsigned i, k;

	(void)state;
	json_init(&r, NULL);
	for (i = 0; i < 100000; i++) {
		for (k = 0; k < sizeof(in); k++)
			in[k] = random_bits() & 1 ? likely[random_bits() % (sizeof(likely) - 1)]
						  : (char)random_bits();
		assert_true(is_inside((const unsigned char *)escaped(&r, in, sizeof(in))));
	}
	json_done(&r);
}

/* --- values ------------------------------------------------------------------------ */

static const char *value(struct btc_run *r, const struct btc_type *t, const void *at)
{
	struct btc_rec rec = { .base = at };

	btc_json_value(r, &r->out, t, at, &rec);
	return text(r);
}

static const char *number(struct btc_run *r, const struct btc_type *t, __u64 v)
{
	return value(r, t, &v);
}

static void test_numbers(void **state)
{
	static const struct btc_enum names[] = { { "ONE", 1 }, { NULL, 0 } };
	static const struct btc_type e = { .kind = BTC_INT, .size = 4, .enums = names };
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	assert_string_equal(number(&r, &s64, 0), "0");
	assert_string_equal(number(&r, &s64, (__u64)-7), "-7");
	assert_string_equal(number(&r, &s8, 0xff), "-1");
	assert_string_equal(number(&r, &u64, 9007199254740992), "9007199254740992");
	assert_string_equal(number(&r, &u64, 9007199254740993), "\"9007199254740993\"");
	assert_string_equal(number(&r, &u64, 9007199254740994), "9007199254740994");
	assert_string_equal(number(&r, &s64, (__u64)-9007199254740993), "\"-9007199254740993\"");
	assert_string_equal(number(&r, &s64, 1ull << 63), "-9223372036854775808");
	assert_string_equal(number(&r, &u64, 1ull << 63), "9223372036854775808");
	assert_string_equal(number(&r, &s64, ~0ull >> 1), "\"9223372036854775807\"");
	assert_string_equal(number(&r, &u64, ~0ull), "\"18446744073709551615\"");
	assert_string_equal(number(&r, &e, 1), "1"); /* not by name */
	assert_string_equal(number(&r, &boolean, 1), "true");
	assert_string_equal(number(&r, &boolean, 0), "false");
	assert_string_equal(number(&r, &ptr, 0), "0");
	assert_string_equal(number(&r, &ptr, 0x10), "16");
	assert_string_equal(number(&r, &none, 0), "null");
	json_done(&r);
}

static void test_objects(void **state)
{
	static const struct btc_type array = { .kind = BTC_ARRAY, .nr = 3, .size = 3, .elem = &s8 };
	static const struct btc_type empty = { .kind = BTC_STRUCT };
	static const struct btc_member pair_m[] = { { NULL, &s8, 0, 0, 0 },
						    { NULL, &str8, 8, 0, 0 } };
	static const struct btc_type pair = {
		.kind = BTC_TUPLE, .nr = 2, .size = 16, .members = pair_m
	};
	static const struct btc_member all_m[] = { { "a", &s64, 0, 0, 0 },
						   { "b", &pair, 8, 0, 0 },
						   { "c", &array, 24, 0, 0 },
						   { "bits", &s8, 27, 2, 3 },
						   { "no\"", &empty, 0, 0, 0 } };
	static const struct btc_type all = {
		.kind = BTC_STRUCT, .nr = 5, .size = 32, .members = all_m
	};
	char obj[32] = { 5 };
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	obj[8] = -2;
	memcpy(obj + 16, "12345678", 8);
	memcpy(obj + 24, "\1\2\xfd\x1c", 4);
	assert_string_equal(value(&r, &all, obj), "{\"a\": 5, \"b\": [-2,\"12345678..\"], "
						  "\"c\": [1,2,-3], \"bits\": 7, \"no\\\"\": {}}");
	assert_string_equal(value(&r, &buf8, "\3\0\0\0ab\xff"), "[97,98,-1]");
	assert_string_equal(value(&r, &str8, "q\"\xc3\xa9\0\0\0"), "\"q\\\"\xc3\xa9\"");
	assert_string_equal(value(&r, &str8, "1234567\xc3"), "\"1234567\\u00c3..\"");
	json_done(&r);
}

/* What is a number in both is the same number. */
static void test_agrees_with_text(void **state)
{
	static const __u8 sizes[] = { 1, 2, 4, 8 };
	char as_text[64], *as_json;
	struct btc_type t = { .kind = BTC_INT };
	struct btc_rec rec = { 0 };
	struct btc_run r;
	unsigned i;
	__u64 v;

	(void)state;
	json_init(&r, NULL);
	for (i = 0; i < 20000; i++) {
		v = random_bits() >> (random_bits() & 63);
		if (i < 256)
			v = i - 128;
		t.size = sizes[i & 3];
		t.is_signed = i >> 2 & 1;
		rec.base = (char *)&v;
		btc_value(&r, &r.out, &t, (char *)&v, &rec);
		snprintf(as_text, sizeof(as_text), "%s", text(&r));
		as_json = (char *)value(&r, &t, &v);
		if (*as_json == '"') { /* only where a double is not exact */
			as_json++;
			as_json[strlen(as_json) - 1] = '\0';
			assert_true((__u64)(double)btc_load_int(&t, (char *)&v) !=
					    btc_load_int(&t, (char *)&v) ||
				    t.is_signed);
		} else if (!t.is_signed) {
			assert_true(strtod(as_json, NULL) == (double)btc_load_int(&t, (char *)&v));
		}
		assert_string_equal(as_json, as_text);
	}
	json_done(&r);
}

/* --- maps ---------------------------------------------------------------------------- */

static void add(struct btc_table *t, const void *key, const void *val)
{
	assert_int_equal(btc_table_add(t, key, val, 1), 0);
}

static const char *print(struct btc_run *r, struct btc_table *t, long long top, long long div)
{
	btc_table_print(r, t, top, div);
	btc_table_free(t);
	return text(r);
}

static void test_maps(void **state)
{
	static const struct btc_member parts[] = { { NULL, &str8, 0, 0, 0 },
						   { NULL, &s64, 8, 0, 0 } };
	static const struct btc_type pair = {
		.kind = BTC_TUPLE, .nr = 2, .size = 16, .members = parts
	};
	static const struct btc_type stats = { .kind = BTC_STATS_T, .size = 16, .is_signed = 1 };
	static const struct btc_type avg = { .kind = BTC_AVG_T, .size = 16, .is_signed = 1 };
	static const struct btc_type count = { .kind = BTC_COUNT_T, .size = 8 };
	const struct btc_map keyed = {
		.name = "@x", .key = &pair, .value = &count, .key_size = 16, .value_size = 8
	};
	const struct btc_map scalar = { .name = "@", .value = &s64, .value_size = 8 };
	const struct btc_map averages = { .name = "@a", .value = &avg, .value_size = 16 };
	const struct btc_map all = { .name = "@s", .value = &stats, .value_size = 16 };
	const struct btc_stats st = { 2, -13 };
	const __u64 one = 1, two = 2, big = ~0ull;
	const __u32 zero = 0;
	struct btc_table t;
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	btc_table_init(&t, &keyed);
	add(&t, "a b\0\0\0\0\0\3\0\0\0\0\0\0", &two);
	add(&t, "q\"\xff\0\0\0\0\0\0\0\0\0\0\0\0", &one);
	add(&t, "c\0\0\0\0\0\0\0\0\0\0\0\0\0\0", &big);
	assert_string_equal(print(&r, &t, 0, 0),
			    "{\"type\": \"map\", \"data\": {\"@x\": {\"q\\\"\\u00ff,0\": 1, "
			    "\"ab,3\": 2, \"c,0\": \"18446744073709551615\"}}}\n");
	btc_table_init(&t, &keyed);
	assert_string_equal(print(&r, &t, 0, 0), "");
	btc_table_init(&t, &scalar);
	add(&t, &zero, &two);
	assert_string_equal(print(&r, &t, 0, 2), "{\"type\": \"map\", \"data\": {\"@\": 1}}\n");
	btc_table_init(&t, &averages);
	add(&t, &zero, &st);
	assert_string_equal(print(&r, &t, 0, 0), "{\"type\": \"stats\", \"data\": {\"@a\": -6}}\n");
	btc_table_init(&t, &all);
	add(&t, &zero, &st);
	assert_string_equal(print(&r, &t, 0, 2),
			    "{\"type\": \"stats\", \"data\": {\"@s\": "
			    "{\"count\": 2, \"average\": -3, \"total\": -13}}}\n");
	json_done(&r);
}

static void test_histograms(void **state)
{
	static const struct btc_type hist = { .kind = BTC_HIST_T, .size = 8 * BTC_HIST_SLOTS(0) };
	static const struct btc_type lhist = {
		.kind = BTC_LHIST_T, .min = 10, .max = 35, .step = 10, .size = 32
	};
	const struct btc_map h = { .name = "@h",
				   .key = &s64,
				   .value = &hist,
				   .key_size = 8,
				   .value_size = 8 * BTC_HIST_SLOTS(0) };
	const struct btc_map l = { .name = "@l", .value = &lhist, .value_size = 32 };
	__u64 slots[BTC_HIST_SLOTS(0)] = { 2, 0, 4 }, steps[4] = { 1, 0, 2, 3 }, none_of[4] = { 0 };
	const __u32 zero = 0;
	const __s64 key = -1;
	struct btc_table t;
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	btc_table_init(&t, &h);
	add(&t, &key, slots);
	assert_string_equal(
		print(&r, &t, 0, 2),
		"{\"type\": \"hist\", \"data\": {\"@h\": {\"-1\": [{\"max\": -1, \"count\": 1},"
		"{\"min\": 0, \"max\": 0, \"count\": 0},{\"min\": 1, \"max\": 1, \"count\": 2}]}}}\n");
	memset(slots, 0, sizeof(slots));
	slots[BTC_HIST_SLOTS(0) - 1] = 1;
	btc_table_init(&t, &h);
	add(&t, &key, slots);
	assert_string_equal(
		print(&r, &t, 0, 0),
		"{\"type\": \"hist\", \"data\": {\"@h\": {\"-1\": [{\"min\": "
		"4611686018427387904, \"max\": 9223372036854775807, \"count\": 1}]}}}\n");
	btc_table_init(&t, &l);
	add(&t, &zero, steps);
	assert_string_equal(
		print(&r, &t, 0, 7),
		"{\"type\": \"hist\", \"data\": {\"@l\": [{\"max\": 9, \"count\": 1},"
		"{\"min\": 10, \"max\": 19, \"count\": 0},{\"min\": 20, \"max\": 29, \"count\": 2},"
		"{\"min\": 30, \"count\": 3}]}}\n");
	btc_table_init(&t, &l);
	add(&t, &zero, none_of);
	assert_string_equal(print(&r, &t, 0, 0), "{\"type\": \"hist\", \"data\": {\"@l\": []}}\n");
	json_done(&r);
}

/* --- messages -------------------------------------------------------------------------- */

static void test_messages(void **state)
{
	const struct btc_where where = { "a \"b\".bt", 3, 9, 12, NULL, NULL };
	struct btc_json_msg msg = { .type = "errorf", .text = "x\n", .len = 2, .where = &where };
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	btc_json_text(&r, "printf", "a\n", 2);
	assert_string_equal(text(&r), "{\"type\": \"printf\", \"data\": \"a\\n\"}\n");
	btc_json_count(&r, "lost_events", "events", 7);
	assert_string_equal(
		text(&r), "{\"type\": \"lost_events\", \"count\": 7, \"data\": {\"events\": 7}}\n");
	btc_json_message(&r, &msg);
	assert_string_equal(text(&r), "{\"type\": \"errorf\", \"msg\": \"x\\n\", \"filename\": "
				      "\"a \\\"b\\\".bt\", \"line\": 3, \"col\": 9}\n");
	msg = (struct btc_json_msg){ .type = "helper_error",
				     .text = "Bad address",
				     .len = 11,
				     .helper = "probe_read_user_str",
				     .retcode = -14,
				     .where = &where,
				     .count = 2 };
	btc_json_message(&r, &msg);
	assert_string_equal(text(&r),
			    "{\"type\": \"helper_error\", \"msg\": \"Bad address\", \"helper\": "
			    "\"probe_read_user_str\", \"retcode\": -14, \"filename\": "
			    "\"a \\\"b\\\".bt\", \"line\": 3, \"col\": 9, \"count\": 2}\n");
	btc_json_test(&r, "one", 812, true, "", 0);
	assert_string_equal(text(&r),
			    "{\"type\": \"test_result\", \"data\": {\"one\": {\"duration\": "
			    "812, \"passed\": true, \"output\": \"\"}}}\n");
	btc_json_bench(&r, "two", 41, 32000);
	assert_string_equal(text(&r), "{\"type\": \"benchmark_result\", \"data\": {\"two\": "
				      "{\"average\": 41, \"iters\": 32000}}}\n");
	json_done(&r);
}

/* What goes wrong inside a message comes behind it. */
static void test_trouble(void **state)
{
	struct btc_run r;

	(void)state;
	json_init(&r, NULL);
	btc_json_begin(&r, "value");
	btc_out_str(&r.out, "\"data\": ");
	btc_trouble(&r, NULL, "no %s", "time");
	btc_out_str(&r.out, "1");
	btc_json_end(&r);
	assert_string_equal(text(&r), "{\"type\": \"value\", \"data\": 1}\n"
				      "{\"type\": \"runtime_error\", \"msg\": \"no time\"}\n");
	btc_trouble(&r, NULL, "again");
	assert_string_equal(text(&r), "{\"type\": \"runtime_error\", \"msg\": \"again\"}\n");
	r.no_warnings = true;
	btc_trouble(&r, NULL, "again");
	assert_string_equal(text(&r), "");
	json_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes),	  cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_any_bytes), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_objects),	  cmocka_unit_test(test_agrees_with_text),
		cmocka_unit_test(test_maps),	  cmocka_unit_test(test_histograms),
		cmocka_unit_test(test_messages),  cmocka_unit_test(test_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
