// SPDX-License-Identifier: Apache-2.0
/* Names that are nearly the one that was written, for hints. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define NAME_ROOM 64

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Three rows of the usual table suffice; long names are not near. */
unsigned btc_distance(const char *a, const char *b, unsigned max)
{
	unsigned rows[3][NAME_ROOM + 1];
	unsigned *before = rows[0], *prev = rows[1], *row = rows[2], *t, best, best_before = 0;
	size_t la = strlen(a), lb = strlen(b), i, k;

	if (la > NAME_ROOM || lb > NAME_ROOM || (la > lb ? la - lb : lb - la) > max)
		return max + 1;
	for (k = 0; k <= lb; k++)
		prev[k] = (unsigned)k;
	for (i = 1; i <= la; i++) {
		row[0] = best = (unsigned)i;
		for (k = 1; k <= lb; k++) {
			char x = lower(a[i - 1]), y = lower(b[k - 1]);

			row[k] = least(least(prev[k], row[k - 1]) + 1, prev[k - 1] + (x != y));
			if (i > 1 && k > 1 && x == lower(b[k - 2]) && y == lower(a[i - 2]))
				row[k] = least(row[k], before[k - 2] + 1);
			best = least(best, row[k]);
		}
		if (best > max && best_before > max)
			return max + 1;
		best_before = best;
		t = before;
		before = prev;
		prev = row;
		row = t;
	}
	return least(prev[lb], max + 1);
}

void btc_near(const struct btc_strs *l, const char *name, char *buf, size_t room)
{
	const char *best[3] = { NULL };
	unsigned dist[3], d, max = strlen(name) / 3 + 1;
	size_t i, k, n = 0;
	int len = 0;

	*buf = '\0';
	for (i = 0; i < l->nr; i++) {
		d = btc_distance(name, l->s[i], max);
		if (d > max)
			continue;
		for (k = n < 3 ? n : 3; k && d < dist[k - 1]; k--) {
			if (k < 3) {
				best[k] = best[k - 1];
				dist[k] = dist[k - 1];
			}
		}
		if (k < 3) {
			best[k] = l->s[i];
			dist[k] = d;
			if (n < 3)
				n++;
		}
	}
	for (k = 0; k < n && (size_t)len < room; k++)
		len += snprintf(buf + len, room - len, "%s%s",
				!k	     ? ""
				: k + 1 == n ? " or "
					     : ", ",
				best[k]);
}
