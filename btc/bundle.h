/* SPDX-License-Identifier: Apache-2.0 */
/* Many scripts in one executable. */
#ifndef BTC_BUNDLE_H
#define BTC_BUNDLE_H

#include "run_cmd.h"

/*
 * Compiles @scripts to o->output: one executable that is each of them, by the name it is called. False
 * after messages; then the file is what it was.
 */
bool bundle__compile(struct arena *a, const struct driver_options *o, const word_vec *scripts);

#endif
