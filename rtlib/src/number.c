// SPDX-License-Identifier: Apache-2.0
/*
 * Numbers and truth values as text: the language's integer literals, which a
 * command line may use for options and positional parameters. A sign and 0b
 * are accepted here only, not in a script.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static int scale(__u64 *v, __u64 by)
{
	return __builtin_mul_overflow(*v, by, v) ? -ERANGE : 0;
}

/* Digits and single or repeated underscores between them. */
static int digits(const char **sp, unsigned base, __u64 *v)
{
	const char *s = *sp;
	int err = 0;

	if (digit_of(*s) >= (int)base)
		return -EINVAL;
	*v = 0;
	for (; digit_of(*s) < (int)base || *s == '_'; s++) {
		if (*s == '_')
			continue;
		if (scale(v, base) || __builtin_add_overflow(*v, (__u64)digit_of(*s), v))
			err = -ERANGE;
	}
	if (s[-1] == '_')
		return -EINVAL;
	*sp = s;
	return err;
}

static int suffix(const char *s, __u64 *v)
{
	static const struct {
		const char *text;
		__u64 by, max;
	} table[] = {
		{ "", 1, ~0ull },
		{ "ns", 1, ~0ull },
		{ "us", 1000, ~0ull },
		{ "ms", 1000000, ~0ull },
		{ "s", 1000000000, ~0ull },
		{ "m", 60000000000, ~0ull },
		{ "h", 3600000000000, ~0ull },
		{ "d", 86400000000000, ~0ull },
		{ "u", 1, 0xffffffff },
		{ "ul", 1, ~0ull },
		{ "ull", 1, ~0ull },
		{ "l", 1, ~0ull >> 1 },
		{ "ll", 1, ~0ull >> 1 },
	};
	size_t i;

	for (i = 0; i < BTC_COUNT(table); i++) {
		if (strcasecmp(s, table[i].text))
			continue;
		if (scale(v, table[i].by) || *v > table[i].max)
			return -ERANGE;
		return 0;
	}
	return -EINVAL;
}

int btc_parse_int(const char *s, __u64 *magnitude, bool *negative)
{
	__u64 exponent;
	const char *start;
	int err;

	*negative = *s == '-';
	if (*s == '-')
		s++;
	if (s[0] == '0' && (s[1] | 32) == 'x')
		s += 2, err = digits(&s, 16, magnitude);
	else if (s[0] == '0' && (s[1] | 32) == 'b')
		s += 2, err = digits(&s, 2, magnitude);
	else if (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
		s++, err = digits(&s, 8, magnitude);
	else {
		start = s;
		err = digits(&s, 10, magnitude);
		if (!err && (*s | 32) == 'e') { /* 3e6: one digit, no zero */
			if (s != start + 1 || *start == '0' || s[1] == '0')
				return -EINVAL;
			s++;
			err = digits(&s, 10, &exponent);
			for (; !err && exponent; exponent--)
				err = scale(magnitude, 10);
		}
	}
	if (err == -EINVAL)
		return err;
	if (err)
		return err;
	return suffix(s, magnitude);
}

int btc_parse_bool(const char *s, bool *value)
{
	static const char *const names[] = { "0", "1", "false", "true", "off", "on", "no", "yes" };
	size_t i;

	for (i = 0; i < BTC_COUNT(names); i++) {
		if (!strcasecmp(s, names[i])) {
			*value = i & 1;
			return 0;
		}
	}
	return -EINVAL;
}
