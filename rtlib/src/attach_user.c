// SPDX-License-Identifier: Apache-2.0
#include <errno.h>

#include "internal.h"

int btc_places_user(struct btc_run *r, const struct btc_probe *pr, const char *target,
		    const char *func)
{
	(void)target, (void)func;
	return btc_fail(r, BTC_STATUS_LOAD, pr->where, "%s: probes of this kind are not supported yet", pr->name);
}

int btc_attach_user(struct btc_run *r, unsigned index)
{
	(void)r, (void)index;
	return -ENOTSUP;
}
