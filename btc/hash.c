// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "hash.h"

void hash__init(struct hash *h)
{
	SHA256Init(&h->sha);
}

void hash__add(struct hash *h, const void *data, size_t len)
{
	SHA256Update(&h->sha, data, len);
}

void hash__str(struct hash *h, const char *s)
{
	hash__add(h, s ? "+" : "-", 1);
	if (s)
		hash__add(h, s, strlen(s) + 1);
}

void hash__hex(struct hash *h, char hex[HASH_HEX])
{
	SHA256End(&h->sha, hex);
}
