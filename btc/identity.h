/* SPDX-License-Identifier: Apache-2.0 */
/* Fast answers to: is this the machine, the kernel and the btc of that time? */
#ifndef BTC_IDENTITY_H
#define BTC_IDENTITY_H

#include "hash.h"
#include "toolchain.h"

/* The running kernel and its modules, by their build ids. Their BTF itself is not read. */
void identity__kernel(struct hash *h);

/* btc, what is installed with it, and the programs that it starts: by path, size and time. */
void identity__btc(struct arena *a, struct hash *h, const struct toolchain_options *o);

/* Variables that change what compilers and btc do. */
void identity__environment(struct arena *a, struct hash *h);

#endif
