/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of USDT probes in ELF files. */
#ifndef BTC_USDT_H
#define BTC_USDT_H

#include <libelf.h>

#include "internal.h"

struct btc_usdt_note {
	const char *provider, *name;
	__u64 off;     /* of the instruction, in the file */
	__u64 ref_off; /* of the counter of listeners; 0: none */
};

/* While it is read. */
struct btc_usdt_file {
	Elf *elf;
	const char *args; /* of the note that found() is called with */
	__u64 pc;
};

/*
 * Calls @found for each note, until it returns something else than 0, which is
 * returned. -ENOEXEC: no ELF file of this machine.
 */
int btc_usdt_read(struct btc_usdt_file *f, const char *path,
		  int (*found)(struct btc_usdt_note *n, void *arg), void *arg);
/* Inside of found(): how many arguments there are, and where. */
unsigned btc_usdt_args(const struct btc_usdt_file *f, struct btc_usdt_spec *spec);
int btc_usdt_symbol(const struct btc_usdt_file *f, const char *name, __u64 *addr);

#endif
