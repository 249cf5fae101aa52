/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration variables: defaults, the config block, the environment. */
#ifndef BTC_CONFIG_H
#define BTC_CONFIG_H

#include "ast.h"
#include "type.h"

struct diags;

enum missing_probes { MISSING_ERROR, MISSING_WARN, MISSING_IGNORE };
enum unstable { UNSTABLE_ENABLE, UNSTABLE_WARN, UNSTABLE_ERROR };

struct config {
	bool cpp_demangle, lazy_symbolication, print_maps_on_exit, show_debug_info;
	uint64_t log_size, max_bpf_progs, max_cat_bytes, max_map_keys, max_probes;
	uint64_t max_strlen, on_stack_limit, perf_rb_pages;
	const char *str_trunc_trailer, *license;
	const char *
		cache_user_symbols; /* "PER_PID", "PER_PROGRAM", "NONE"; NULL: the tool chooses at start */
	enum missing_probes missing_probes;
	enum stack_mode stack_mode;
	enum unstable tseries, dw_ustack, typeinfo, import_statement;
};

/* Defaults, then the script's block, then BPFTRACE_* of the environment. */
void config__load(struct arena *a, struct diags *d, const struct program *p, struct config *cfg);

#endif
