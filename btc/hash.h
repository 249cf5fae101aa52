/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4). */
#ifndef BTC_HASH_H
#define BTC_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_HEX 65 /* bytes of a digest in hex digits, with its NUL */

struct hash {
	uint32_t state[8];
	uint64_t len;
	unsigned char block[64];
};

void hash__init(struct hash *h);
void hash__add(struct hash *h, const void *data, size_t len);
/* A text with its end, so that "ab" "c" differs from "a" "bc"; NULL is none. */
void hash__str(struct hash *h, const char *s);
void hash__hex(struct hash *h, char hex[HASH_HEX]); /* ends it */

#endif
