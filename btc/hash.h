/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) by libmd, for names that stand for contents. */
#ifndef BTC_HASH_H
#define BTC_HASH_H

#include <stddef.h>
#include <sys/types.h>
#include <sha2.h>

#define HASH_HEX SHA256_DIGEST_STRING_LENGTH /* bytes of a digest in hex digits, with its NUL */

struct hash {
	SHA2_CTX sha;
};

void hash__init(struct hash *h);
void hash__add(struct hash *h, const void *data, size_t len);
/* A text with its end, so that "ab" "c" differs from "a" "bc"; NULL is none. */
void hash__str(struct hash *h, const char *s);
void hash__hex(struct hash *h, char hex[HASH_HEX]); /* ends it */

#endif
