// SPDX-License-Identifier: Apache-2.0
/*
 * Text and JSON say the same: random values of random types, and histograms, are
 * rendered both ways, and the text is made again from the JSON alone.
 */
#include <stdio.h>

#include "helper.h"

static unsigned below(unsigned n)
{
	return random_bits() % n;
}

/* --- types ------------------------------------------------------------------------- */

#define ROOM 4096

static struct btc_type types[64];
static struct btc_member members[256];
static unsigned nr_types, nr_members;

static const struct btc_enum enums[] = { { "ONE", 1 }, { "TWO", 2 }, { NULL, 0 } };

static struct btc_type *new_type(unsigned depth);

static void add_members(struct btc_type *t, bool named, unsigned depth)
{
	static const char *const names[] = { "a", "b_2", "c", "d" };
	struct btc_member *m = &members[nr_members];
	unsigned i;

	t->nr = named ? below(4) : 1 + below(4);
	nr_members += t->nr;
	t->members = m;
	for (i = 0; i < t->nr; i++) {
		m[i] = (struct btc_member){ .name = named ? names[i] : NULL,
					    .type = new_type(depth - 1),
					    .off = t->size };
		if (named && m[i].type->kind == BTC_INT && !m[i].type->enums && below(4) == 0) {
			m[i].bit_size = 1 + below(8 * m[i].type->size - 1);
			m[i].bit_off = below(8 * m[i].type->size - m[i].bit_size + 1);
		}
		t->size += m[i].type->size;
	}
}

static struct btc_type *new_type(unsigned depth)
{
	static const enum btc_kind kinds[] = { BTC_INT,	  BTC_INT,   BTC_BOOL,	BTC_PTR,
					       BTC_STR,	  BTC_BUF,   BTC_NONE,	BTC_MAC,
					       BTC_TUPLE, BTC_ARRAY, BTC_STRUCT };
	struct btc_type *t = &types[nr_types++];

	*t = (struct btc_type){
		.kind = kinds[below(depth ? BTC_COUNT(kinds) : BTC_COUNT(kinds) - 3)]
	};
	switch (t->kind) {
	case BTC_INT:
		t->size = 1 << below(4);
		t->is_signed = below(2);
		if (below(4) == 0)
			t->enums = enums;
		break;
	case BTC_BOOL: t->size = 1; break;
	case BTC_PTR: t->size = 8; break;
	case BTC_STR: t->size = 1 + below(12); break;
	case BTC_BUF: t->size = 4 + below(12); break;
	case BTC_MAC: t->size = 6; break;
	case BTC_ARRAY:
		t->nr = below(4);
		t->elem = new_type(depth - 1);
		t->size = t->nr * t->elem->size;
		break;
	case BTC_TUPLE:
	case BTC_STRUCT: add_members(t, t->kind == BTC_STRUCT, depth); break;
	}
	return t;
}

/* Bytes of a value; a buffer begins with its length. */
static void fill(const struct btc_type *t, char *at)
{
	static const char likely[] = "\"\\\n\x01 azA(){}\xc3\xa9\xe2\x82\xac\xff";
	__u32 len;
	unsigned i;

	for (i = 0; i < t->size; i++)
		at[i] = below(2) ? (char)random_bits() : likely[below(sizeof(likely))];
	switch (t->kind) {
	case BTC_INT:
		if (t->enums && below(2)) {
			memset(at, 0, t->size);
			*at = (char)below(4);
		}
		break;
	case BTC_BOOL: *at = (char)below(2); break;
	case BTC_BUF:
		len = below(t->size - 3);
		memcpy(at, &len, sizeof(len));
		break;
	case BTC_ARRAY:
		for (i = 0; i < t->nr; i++)
			fill(t->elem, at + (size_t)i * t->elem->size);
		break;
	case BTC_TUPLE:
	case BTC_STRUCT:
		for (i = 0; i < t->nr; i++)
			fill(t->members[i].type, at + t->members[i].off);
	}
}

/* --- from JSON to text ----------------------------------------------------------------- */

static const char *json;
static struct btc_out made;

static void take(const char *want)
{
	assert_int_equal(strncmp(json, want, strlen(want)), 0);
	json += strlen(want);
}

static void put(const char *s)
{
	btc_out_str(&made, s);
}

/* The bytes that stood in the value: what belongs to no character is \u00hh. */
static void take_string(void)
{
	static const char letters[] = "n\nr\rt\t\"\"\\\\";
	unsigned byte;

	for (take("\""); *json != '"'; json++) {
		if (*json != '\\') {
			btc_out_char(&made, *json);
		} else if (*++json == 'u') {
			assert_int_equal(sscanf(json, "u00%2x", &byte), 1);
			btc_out_char(&made, (char)byte);
			json += 4;
		} else {
			assert_non_null(strchr(letters, *json));
			btc_out_char(&made, strchr(letters, *json)[1]);
		}
	}
	json++;
}

/* A number, or a string where a double would not hold it. */
static long long take_number(char *digits)
{
	bool quoted = *json == '"';
	size_t n;

	json += quoted;
	n = strspn(json, "-0123456789");
	assert_true(n && n < 32);
	memcpy(digits, json, n);
	digits[n] = '\0';
	json += n;
	if (quoted)
		take("\"");
	else
		assert_true((__int128)strtod(digits, NULL) ==
			    (*digits == '-' ? (__int128)strtoll(digits, NULL, 10)
					    : (__int128)strtoull(digits, NULL, 10)));
	return (long long)strtoull(digits, NULL, 10);
}

static void remake(const struct btc_type *t, bool is_bits);

static void remake_members(const struct btc_type *t)
{
	bool named = t->kind == BTC_STRUCT;
	unsigned i;

	take(named ? "{" : "[");
	put(!named ? "(" : t->nr ? "{ " : "{");
	for (i = 0; i < t->nr; i++) {
		if (i)
			take(named ? ", " : ",");
		put(i ? ", " : "");
		if (named) {
			put(".");
			take_string();
			take(": ");
			put(" = ");
		}
		remake(t->members[i].type, t->members[i].bit_size);
	}
	take(named ? "}" : "]");
	put(!named ? ")" : t->nr ? " }" : "}");
}

static void remake(const struct btc_type *t, bool is_bits)
{
	char digits[32];
	long long n;
	unsigned i;

	switch (t->kind) {
	case BTC_NONE:
		take("null");
		put("null");
		return;
	case BTC_BOOL:
		put(*json == 't' ? "true" : "false");
		take(*json == 't' ? "true" : "false");
		return;
	case BTC_INT:
		n = take_number(digits);
		put(t->enums && !is_bits && n == 1 ? "ONE" : t->enums && n == 2 ? "TWO" : digits);
		return;
	case BTC_PTR:
		n = take_number(digits);
		btc_out_printf(&made, "0x%llx", n);
		return;
	case BTC_BUF:
		for (take("["); *json != ']';) {
			n = take_number(digits);
			assert_true(n >= -128 && n < 128);
			if (n >= ' ' && n < 127)
				btc_out_char(&made, (char)n);
			else
				btc_out_printf(&made, "\\x%02x", (unsigned)n & 0xff);
			if (*json != ']')
				take(",");
		}
		take("]");
		return;
	case BTC_ARRAY:
		take("[");
		put("[");
		for (i = 0; i < t->nr; i++) {
			if (i) {
				take(",");
				put(",");
			}
			remake(t->elem, false);
		}
		take("]");
		put("]");
		return;
	case BTC_TUPLE:
	case BTC_STRUCT: remake_members(t); return;
	}
	take_string();
}

static void test_values(void **state)
{
	static char bytes[ROOM], as_text[8 * ROOM];
	struct btc_rec rec = { .base = bytes };
	struct btc_type *t;
	struct btc_run r;
	unsigned i;

	(void)state;
	run_init(&r, NULL);
	assert_int_equal(btc_out_init(&made, -1), 0);
	for (i = 0; i < 20000; i++) {
		nr_types = nr_members = 0;
		t = new_type(2);
		assert_true(t->size <= ROOM);
		fill(t, bytes);
		btc_value(&r, &r.out, t, bytes, &rec);
		snprintf(as_text, sizeof(as_text), "%s", text(&r));
		btc_json_value(&r, &r.out, t, bytes, &rec);
		json = text(&r);
		made.len = 0;
		remake(t, false);
		assert_string_equal(json, "");
		btc_out_char(&made, '\0');
		assert_string_equal(made.buf, as_text);
	}
	btc_out_free(&made);
	run_done(&r);
}

/* --- histograms ---------------------------------------------------------------------------- */

static void put_unit(char *s, __u64 v, unsigned unit)
{
	sprintf(s, "%llu%.1s", (unsigned long long)v >> 10 * unit, unit ? &"KMGTPE"[unit - 1] : "");
}

/* A bound as text: log2 histograms shorten by the step from there, linear ones by what it is. */
static void put_bound(char *s, const struct btc_type *t, __u64 v)
{
	unsigned log2 = v ? 63 - __builtin_clzll(v) : 0;

	if (t->kind == BTC_HIST_T)
		put_unit(s, v, log2 > t->nr ? (log2 - t->nr) / 10 : 0);
	else
		put_unit(s, v, t->step % 1024 || !v ? 0 : v % (1 << 20) == 0 ? 2 : v % 1024 == 0);
}

/* Takes {"min": …, "max": …, "count": N}; gives the label. */
static __u64 take_bucket(const struct btc_type *t, char *label)
{
	char low[32] = "...", high[32] = "...", digits[32];
	bool has_min, has_max = false;
	__u64 min = 0, max = 0, n;

	take("{");
	has_min = !strncmp(json, "\"min\": ", 7);
	if (has_min) {
		take("\"min\": ");
		json += n = strspn(json, "-0123456789");
		min = strtoull(json - n, NULL, 10);
		take(", ");
	}
	if (!strncmp(json, "\"max\": ", 7)) {
		has_max = true;
		take("\"max\": ");
		json += n = strspn(json, "-0123456789");
		max = strtoull(json - n, NULL, 10);
		take(", ");
	}
	take("\"count\": ");
	n = take_number(digits);
	take("}");
	if (has_min)
		put_bound(low, t, min);
	if (has_max)
		put_bound(high, t, max + 1);
	if (has_min && has_max && min == max)
		sprintf(label, "[%s]", low);
	else
		sprintf(label, "%c%s, %s)", has_min ? '[' : '(', low, high);
	return n;
}

static void compare_hist(struct btc_run *r, const struct btc_type *t, const __u64 *slots, __s64 div)
{
	static char as_text[200000];
	const char *line = as_text, *first;
	char label[80], want[160];
	__u64 max = 0, n;
	int bar, pass;

	btc_hist_print(&r->out, t, slots, div);
	snprintf(as_text, sizeof(as_text), "%s", text(r));
	btc_json_map_value(r, &r->out, t, (const char *)slots, div);
	first = json = text(r);
	for (pass = 0; pass < 2; pass++) { /* the greatest count comes first */
		json = first;
		for (take("["); *json != ']';) {
			n = take_bucket(t, label);
			if (n > max)
				max = n;
			if (*json != ']')
				take(",");
			if (!pass)
				continue;
			bar = max ? (int)((float)n / (float)max * 52) : 0;
			snprintf(want, sizeof(want), "%-16s%8llu |%.*s%*s|\n", label,
				 (unsigned long long)n, bar,
				 "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", 52 - bar,
				 "");
			assert_memory_equal(line, want, strlen(want));
			line += strlen(want);
		}
		take("]");
	}
	assert_string_equal(json, "");
	assert_string_equal(line, "\n");
}

static void test_histograms(void **state)
{
	static __u64 slots[BTC_HIST_SLOTS(5) > 1002 ? BTC_HIST_SLOTS(5) : 1002];
	static const __u32 steps[] = { 1, 3, 10, 1000, 1024, 4096, 1 << 20, 3 << 20, 1u << 31 };
	struct btc_type t;
	struct btc_run r;
	unsigned i, k;

	(void)state;
	run_init(&r, NULL);
	for (i = 0; i < 3000; i++) {
		if (i & 1) {
			t = (struct btc_type){ .kind = BTC_HIST_T, .nr = below(6) };
		} else {
			t = (struct btc_type){ .kind = BTC_LHIST_T,
					       .step = steps[below(BTC_COUNT(steps))] };
			t.min = below(2) ? 0 : (long long)t.step * below(5) + below(3);
			t.max = t.min + (long long)t.step * (1 + below(100)) +
				below(2) * below(t.step);
		}
		memset(slots, 0, sizeof(slots));
		for (k = 0; k < 1 + below(20); k++)
			slots[below(btc_hist_slots(&t))] = random_bits() >> (44 + below(20));
		compare_hist(&r, &t, slots, below(3) ? 1 : 1 + below(9));
	}
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_histograms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
