/* SPDX-License-Identifier: Apache-2.0 */
/* The checker: from the parsed tree to a typed one. */
#ifndef BTC_CHECK_H
#define BTC_CHECK_H

#include "ast.h"
#include "btf.h"
#include "config.h"

struct check_options {
	bool unsafe;
	/* Parameters that are known when compiling (btc run); NULL: none is. */
	char *const *params;
	unsigned nr_params;
};

/* Does $N have a number's type if this is its text? Else it is a string. */
bool check__is_number(struct arena *a, const char *text);

/*
 * Fills what ast.h marks with "check:", program.units, program.maps,
 * program.params, program.literals and program.options. False: errors were reported.
 */
bool check(struct arena *a, struct diags *d, struct program *p, struct ctypes *types,
	   const struct config *cfg, const struct check_options *o);

#endif
