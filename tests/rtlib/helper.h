/* SPDX-License-Identifier: Apache-2.0 */
/* A run without a kernel: output goes to memory. */
#ifndef BTC_TEST_HELPER_H
#define BTC_TEST_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "internal.h"

static inline void run_init(struct btc_run *r, const struct btc_program *p)
{
	memset(r, 0, sizeof(*r));
	r->p = p;
	r->config.str_trunc_trailer = "..";
	r->nr_cpus = 2;
	assert_int_equal(btc_out_init(&r->out, -1), 0);
	assert_int_equal(btc_out_init(&r->tmp, -1), 0);
	assert_int_equal(btc_out_init(&r->key, -1), 0);
}

static inline void run_done(struct btc_run *r)
{
	btc_out_free(&r->out);
	btc_out_free(&r->tmp);
	btc_out_free(&r->key);
	btc_ksyms_free(&r->ksyms);
	btc_usyms_free(r);
}

/* The same ones in each run. */
static inline __u64 random_bits(void)
{
	static __u64 seed = 0x9e3779b97f4a7c15;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* What was written since the last call. */
static inline const char *text(struct btc_run *r)
{
	btc_out_char(&r->out, '\0');
	r->out.len = 0;
	return r->out.buf;
}

#define T_INT(n)  ((struct btc_type){ .kind = BTC_INT, .size = (n) })
#define T_SINT(n) ((struct btc_type){ .kind = BTC_INT, .size = (n), .is_signed = 1 })
#define T_STR(n)  ((struct btc_type){ .kind = BTC_STR, .size = (n) })

#endif
