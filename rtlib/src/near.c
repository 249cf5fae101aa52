// SPDX-License-Identifier: Apache-2.0
/* Names that are nearly the one that was written, for hints. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* One row of the table of edit distances is enough; long names are not near. */
unsigned btc_distance(const char *a, const char *b, unsigned max)
{
	unsigned row[65], i, k, diag, best, prev;
	size_t la = strlen(a), lb = strlen(b);

	if (la > 64 || lb > 64 || (la > lb ? la - lb : lb - la) > max)
		return max + 1;
	for (k = 0; k <= lb; k++)
		row[k] = k;
	for (i = 1; i <= la; i++) {
		diag = row[0];
		row[0] = best = i;
		for (k = 1; k <= lb; k++) {
			prev = row[k];
			row[k] = diag + (a[i - 1] != b[k - 1]);
			if (prev + 1 < row[k])
				row[k] = prev + 1;
			if (row[k - 1] + 1 < row[k])
				row[k] = row[k - 1] + 1;
			diag = prev;
			if (row[k] < best)
				best = row[k];
		}
		if (best > max)
			return max + 1;
	}
	return row[lb];
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
