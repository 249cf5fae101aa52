// SPDX-License-Identifier: Apache-2.0
/*
 * The configuration at run time: what the script set, which the compiler put
 * into the program's table, and what the environment says, which wins. Names
 * that are unknown are ignored: others may be meant by them.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "internal.h"

static int bad(struct btc_run *r, const char *name, const char *text, const char *valid)
{
	return btc_fail(r, BTC_STATUS_FACT, NULL, "%s=%s is not valid: %s", name, text, valid);
}

static int env_number(struct btc_run *r, const char *name, __u32 *v, __u32 max)
{
	const char *text = getenv(name);
	bool negative;
	char valid[64];
	__u64 num;

	if (!text)
		return 0;
	if (btc_parse_int(text, &num, &negative) || negative || !num || num > max) {
		snprintf(valid, sizeof(valid), "a number from 1 to %u", max);
		return bad(r, name, text, valid);
	}
	*v = num;
	return 0;
}

static int env_bool(struct btc_run *r, const char *name, bool *v)
{
	const char *text = getenv(name);

	if (!text || !btc_parse_bool(text, v))
		return 0;
	return bad(r, name, text, "true or false");
}

/* What str() reads can be less than what there is room for. */
static int env_max_strlen(struct btc_run *r)
{
	__u32 n = r->config.max_strlen;
	int err;

	err = env_number(r, "BPFTRACE_MAX_STRLEN", &n, 8192);
	if (!err && r->config.max_strlen && n > r->config.max_strlen) {
		btc_fail(r, BTC_STATUS_FACT, NULL,
			 "BPFTRACE_MAX_STRLEN=%u: the tool was compiled for %u at most", n,
			 r->config.max_strlen);
		btc_hint("set max_strlen in the script's config block and compile it again");
		return -1;
	}
	r->config.max_strlen = n;
	return err;
}

static int env_cache(struct btc_run *r)
{
	static const char *const caches[] = { "NONE", "0", "PER_PID", "PER_PROGRAM", "1" };
	const char *text = getenv("BPFTRACE_CACHE_USER_SYMBOLS");
	size_t i;

	if (!text)
		return 0;
	for (i = 0; i < BTC_COUNT(caches) && strcasecmp(text, caches[i]); i++)
		;
	if (i == BTC_COUNT(caches))
		return bad(r, "BPFTRACE_CACHE_USER_SYMBOLS", text, "PER_PID, PER_PROGRAM or NONE");
	r->config.forget_users = i < 2;
	return 0;
}

int btc_env(struct btc_run *r)
{
	static const char *const modes[] = { "error", "warn", "ignore" };
	struct btc_config *c = &r->config;
	const char *text;
	size_t i;
	int err;

	if (!c->max_probes)
		c->max_probes = 1024;
	if (!c->max_bpf_progs)
		c->max_bpf_progs = 1024;
	if (!c->max_cat_bytes)
		c->max_cat_bytes = 10240;
	text = getenv("BPFTRACE_STR_TRUNC_TRAILER");
	if (text)
		c->str_trunc_trailer = text;
	text = getenv("BPFTRACE_MISSING_PROBES");
	if (text) {
		for (i = 0; i < BTC_COUNT(modes) && strcasecmp(text, modes[i]); i++)
			;
		if (i == BTC_COUNT(modes))
			return bad(r, "BPFTRACE_MISSING_PROBES", text, "error, warn or ignore");
		c->missing_probes = i;
	}
	err = env_cache(r);
	if (!err)
		err = env_max_strlen(r);
	if (!err)
		err = env_bool(r, "BPFTRACE_PRINT_MAPS_ON_EXIT", &c->print_maps_on_exit);
	if (!err)
		err = env_bool(r, "BPFTRACE_CPP_DEMANGLE", &c->cpp_demangle);
	if (!err)
		err = env_number(r, "BPFTRACE_MAX_CAT_BYTES", &c->max_cat_bytes, 1u << 30);
	if (!err)
		err = env_number(r, "BPFTRACE_MAX_PROBES", &c->max_probes, 1u << 20);
	if (!err)
		err = env_number(r, "BPFTRACE_MAX_BPF_PROGS", &c->max_bpf_progs, 1u << 20);
	if (!err)
		err = env_number(r, "BPFTRACE_MAX_MAP_KEYS", &c->max_map_keys, ~0u);
	if (!err)
		err = env_number(r, "BPFTRACE_LOG_SIZE", &c->log_size, 1u << 30);
	if (r->ask == BTC_ASK_LIST && !c->missing_probes)
		c->missing_probes = 1; /* the others are listed all the same */
	return err;
}
