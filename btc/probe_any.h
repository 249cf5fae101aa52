/* SPDX-License-Identifier: Apache-2.0 */
/* Attach points with a pattern in place of the probe type. */
#ifndef BTC_PROBE_ANY_H
#define BTC_PROBE_ANY_H

#include "probe.h"
#include "util.h"

typedef VEC(struct attach *) attach_vec;

/* Adds what @at stands for to @out: mostly @at itself. False: nothing, and reported. */
bool attach__expand(struct arena *a, struct diags *d, const struct attach *at, attach_vec *out);

#endif
