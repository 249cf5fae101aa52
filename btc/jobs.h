/* SPDX-License-Identifier: Apache-2.0 */
/* Many compilations at once, each in a process of its own. */
#ifndef BTC_JOBS_H
#define BTC_JOBS_H

#include "util.h"

/*
 * Calls @work(ctx, i) for each i below @nr in forked processes, as many at once
 * as there are processors. What each writes to stderr is shown in the order of
 * their numbers. True: all returned true. A signal that ends btc is passed on to
 * them, and waits until they have cleaned up.
 */
bool jobs__run(struct arena *a, size_t nr, bool (*work)(void *ctx, size_t i), void *ctx);

#endif
