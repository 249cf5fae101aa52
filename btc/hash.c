// SPDX-License-Identifier: Apache-2.0
/*
 * SHA-256, for names that stand for contents. The constants are the fractional
 * parts of the square and cube roots of the first primes (FIPS 180-4, 4.2.2 and
 * 5.3.3).
 */
#include <stdio.h>
#include <string.h>

#include "hash.h"

static const uint32_t first[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static uint32_t ror(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void take_block(struct hash *h, const unsigned char *p)
{
	uint32_t w[64], s[8];

	for (int i = 0; i < 16; i++, p += 4)
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (ror(a, 7) ^ ror(a, 18) ^ a >> 3) + w[i - 7] +
		       (ror(b, 17) ^ ror(b, 19) ^ b >> 10);
	}
	memcpy(s, h->state, sizeof(s));
	for (int i = 0; i < 64; i++) {
		uint32_t a = s[0], e = s[4];
		uint32_t t1 = s[7] + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) +
			      ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
		uint32_t t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) +
			      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h->state[i] += s[i];
}

void hash__init(struct hash *h)
{
	memcpy(h->state, first, sizeof(h->state));
	h->len = 0;
}

void hash__add(struct hash *h, const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t have = h->len % sizeof(h->block);

	h->len += len;
	if (have) {
		size_t n = sizeof(h->block) - have;

		n = n < len ? n : len;
		memcpy(h->block + have, p, n);
		p += n;
		len -= n;
		if (have + n < sizeof(h->block))
			return;
		take_block(h, h->block);
	}
	for (; len >= sizeof(h->block); p += sizeof(h->block), len -= sizeof(h->block))
		take_block(h, p);
	if (len)
		memcpy(h->block, p, len);
}

void hash__str(struct hash *h, const char *s)
{
	hash__add(h, s ? "+" : "-", 1);
	if (s)
		hash__add(h, s, strlen(s) + 1);
}

void hash__hex(struct hash *h, char hex[HASH_HEX])
{
	static const unsigned char pad[64] = { 0x80 };
	uint64_t bits = h->len * 8;
	unsigned char end[8];

	hash__add(h, pad, 1 + (119 - h->len % 64) % 64);
	for (int i = 0; i < 8; i++)
		end[i] = (unsigned char)(bits >> (56 - 8 * i));
	hash__add(h, end, sizeof(end));
	for (int i = 0; i < 8; i++)
		snprintf(hex + 8 * i, 9, "%08x", h->state[i]);
}
