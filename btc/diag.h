/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics. Stages report; the driver prints all of them at the end, errors
 * before warnings, in the order of their places. A tag (E_MAP_KEY) names the
 * rule and its test; it is printed only with --tags (the test runner's way).
 *
 *     script.bt:3:5-9: ERROR: text
 *     the source line
 *         ~~~~
 *     script.bt:1:1-4: ERROR: context text     (diag__context)
 *     HINT: text                               (diag__hint)
 */
#ifndef BTC_DIAG_H
#define BTC_DIAG_H

#include <stdio.h>
#include "source.h"

struct diags;

struct diags *diags__new(struct arena *a);

/* A report returns a handle to which context and hints may be added. */
struct diag;

struct diag *diag__error(struct diags *d, struct loc loc, const char *tag, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
struct diag *diag__warn(struct diags *d, struct loc loc, const char *tag, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
void diag__context(struct diags *d, struct diag *to, struct loc loc, const char *fmt, ...)
	PRINTF_LIKE(4, 5);
void diag__hint(struct diags *d, struct diag *to, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* A valid script that this version cannot compile: E_UNSUPPORTED. */
struct diag *diag__unsupported(struct diags *d, struct loc loc, const char *what);

unsigned diags__nr_errors(const struct diags *d);

struct diag_options {
	bool no_warnings, tags, color;
};

void diags__print(const struct diags *d, const struct diag_options *o, FILE *f);

#endif
