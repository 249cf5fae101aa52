/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the typed tree to the plan. lower.c walks statements, lower_expr.c
 * expressions, lower_map.c maps and aggregations, lower_call.c the builtins.
 */
#ifndef BTC_LOWER_H
#define BTC_LOWER_H

#include "builtin.h"

/* Rows of the table in builtin.c refer to these; the contract is in builtin.h. */
typedef const char *builtin_lower(struct lower *l, const struct expr *e, const struct place *to);

/* values */
builtin_lower lower__comm, lower__comm_of, lower__nsecs, lower__elapsed, lower__func, lower__probe,
	lower__probetype;
builtin_lower lower__arg, lower__args, lower__retval, lower__reg, lower__ctx, lower__usermode;
builtin_lower lower__kstack, lower__ustack, lower__cpid, lower__has_cpid, lower__ncpus,
	lower__numparams;
builtin_lower lower__str, lower__buf, lower__ksym, lower__usym, lower__kaddr, lower__ntop,
	lower__strftime;
builtin_lower lower__strncmp, lower__strlen, lower__strcontains, lower__strstr, lower__macaddr,
	lower__bswap;
builtin_lower lower__getopt, lower__has_key, lower__len, lower__delete, lower__is_err, lower__same;
builtin_lower lower__ppid, lower__pcomm, lower__username, lower__signal, lower__cgroupid,
	lower__uaddr, lower__usdt_arg;

builtin_lower lower__str_concat, lower__memcmp, lower__strerror, lower__signal_name,
	lower__syscall_name;
builtin_lower lower__pid, lower__pton, lower__path, lower__percpu_kaddr, lower__cgroup_path,
	lower__socket_cookie;
builtin_lower lower__kfunc_exist, lower__kfunc_allowed, lower__static_assert, lower__debugf,
	lower__override, lower__write_user, lower__skboutput;

/* actions */
builtin_lower lower__printf, lower__print, lower__time, lower__join, lower__exit, lower__clear,
	lower__zero;
builtin_lower lower__unwatch;
builtin_lower lower__cat, lower__system, lower__errorf, lower__warnf;

#endif
