// SPDX-License-Identifier: Apache-2.0
/* Lists of names, and the patterns that choose among them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int btc_strs_add(struct btc_strs *l, const char *s)
{
	char **grown;

	if (l->nr == l->room) {
		size_t room = l->room ? 2 * l->room : 32;

		grown = realloc(l->s, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		l->s = grown;
		l->room = room;
	}
	l->s[l->nr] = strdup(s);
	if (!l->s[l->nr])
		return -ENOMEM;
	l->nr++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void btc_strs_sort(struct btc_strs *l)
{
	size_t i, n = 0;

	if (l->nr < 2)
		return;
	qsort(l->s, l->nr, sizeof(*l->s), by_name);
	for (i = 0; i < l->nr; i++) {
		if (n && !strcmp(l->s[n - 1], l->s[i]))
			free(l->s[i]);
		else
			l->s[n++] = l->s[i];
	}
	l->nr = n;
}

void btc_strs_free(struct btc_strs *l)
{
	while (l->nr)
		free(l->s[--l->nr]);
	free(l->s);
	memset(l, 0, sizeof(*l));
}

bool btc_match(const char *pattern, const char *s)
{
	const char *star = NULL, *retry = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = s;
		} else if (*pattern == *s) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
