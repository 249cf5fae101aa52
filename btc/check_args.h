/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of the table's rows, and what they share. */
#ifndef BTC_CHECK_ARGS_H
#define BTC_CHECK_ARGS_H

#include "check_priv.h"

typedef void builtin_check(struct check *c, struct expr *e);

/* check_value.c: what a probe knows about itself and the task */
builtin_check check__u8, check__u32, check__u64, check__none, check__later;
builtin_check check__unwatch, check__has_cpid;
builtin_check check__pid, check__comm, check__nsecs, check__curtask, check__username, check__ppid,
	check__pcomm, check__func, check__probe, check__probetype, check__args, check__arg,
	check__retval, check__reg, check__ctx, check__usermode, check__stack, check__getopt,
	check__config;

/* check_string.c: memory, strings, symbols, compile-time questions */
builtin_check check__str, check__buf, check__strlen, check__strstr, check__strncmp, check__bswap,
	check__retag, check__is_err, check__ntop, check__macaddr, check__strftime, check__ksym,
	check__usym, check__kaddr, check__uaddr, check__usdt_arg, check__cgroupid, check__is_kind,
	check__strcap, check__default_strlen, check__memcmp, check__str_concat, check__name_text,
	check__pton;

/* check_action.c: output, maps, aggregations, control */
builtin_check check__printf, check__print, check__time, check__join, check__exit, check__signal,
	check__delete, check__has_key, check__len, check__clear, check__is_scalar, check__agg,
	check__hist, check__lhist, check__tseries, check__fail, check__static_assert;

/* check_fact.c: the compilation and the target */
builtin_check check__kfunc, check__percpu_kaddr;

/* check_system.c: what changes the system, or needs its objects */
builtin_check check__override, check__write_user, check__socket_cookie, check__path,
	check__cgroup_path, check__debugf, check__skboutput;

/* E_ARG_KIND: argument @i is not @what. The poison type for the call. */
void arg__reject(struct check *c, struct expr *e, unsigned i, const char *what);
/* E_ARG_VALUE at argument @i. */
void arg__bad_value(struct check *c, struct expr *e, unsigned i, const char *rule);
/* Argument @i must be an integer known when compiling. False: reported, or poison. */
bool arg__literal(struct check *c, struct expr *e, unsigned i, __int128 *v);
/* Argument @i must be a literal string; NULL: reported. */
const struct konst *arg__string(struct check *c, struct expr *e, unsigned i);
/* Argument @i must be an integer (or a castable aggregation). */
bool arg__int(struct check *c, struct expr *e, unsigned i);

#endif
