// SPDX-License-Identifier: Apache-2.0
/*
 * The table of builtins. A row without text and without a lower function is of
 * the language, but not of this version: its use ends with E_UNSUPPORTED.
 */
#include <ctype.h>
#include <string.h>

#include "check_args.h"
#include "lower.h"

#define VAL	BI_VALUE
#define CALL	BI_CALL
#define BOTH	(BI_VALUE | BI_CALL)

#define KPROBES (PROV_BIT(PROV_KPROBE) | PROV_BIT(PROV_KRETPROBE))
#define UPROBES (PROV_BIT(PROV_UPROBE) | PROV_BIT(PROV_URETPROBE))
#define FUNCS	(PROV_BIT(PROV_FENTRY) | PROV_BIT(PROV_FEXIT))
#define PERF                                                                          \
	(PROV_BIT(PROV_PROFILE) | PROV_BIT(PROV_INTERVAL) | PROV_BIT(PROV_SOFTWARE) | \
	 PROV_BIT(PROV_HARDWARE) | PROV_BIT(PROV_WATCHPOINT) | PROV_BIT(PROV_ASYNCWATCHPOINT))
#define USDT   PROV_BIT(PROV_USDT)
#define TP     PROV_BIT(PROV_TRACEPOINT)
#define RAWTP  PROV_BIT(PROV_RAWTRACEPOINT)
#define ITER   PROV_BIT(PROV_ITER)

#define ARGN   (PROV_BIT(PROV_KPROBE) | PROV_BIT(PROV_UPROBE) | USDT | RAWTP)
#define ARGS   (TP | RAWTP | FUNCS | PROV_BIT(PROV_UPROBE))
#define RETVAL (PROV_BIT(PROV_KRETPROBE) | PROV_BIT(PROV_URETPROBE) | PROV_BIT(PROV_FEXIT))
#define REGS   (KPROBES | UPROBES | USDT | PERF)
/* A format and what it prints. */
#define FORMAT_ARGS 128
#define SIGNAL	    (KPROBES | UPROBES | USDT | TP | PROV_BIT(PROV_PROFILE) | FUNCS | RAWTP)

static const struct builtin table[] = {
	/* the task */
	{ "pid", BOTH | BI_MODE, 0, 1, 0, check__pid, NULL, lower__pid },
	{ "tid", BOTH | BI_MODE, 0, 1, 0, check__pid, NULL, lower__pid },
	{ "uid", BOTH, 0, 0, 0, check__u64, "btc_uid()", NULL },
	{ "gid", BOTH, 0, 0, 0, check__u64, "btc_gid()", NULL },
	{ "cgroup", BOTH, 0, 0, 0, check__u64, "bpf_get_current_cgroup_id()", NULL },
	{ "curtask", BOTH, 0, 0, 0, check__curtask, "bpf_get_current_task()", NULL },
	{ "comm", BOTH, 0, 1, 0, check__comm, NULL, lower__comm },
	{ "username", BOTH, 0, 0, 0, check__username, NULL, lower__username },
	{ "ppid", BOTH, 0, 1, 0, check__ppid, NULL, lower__ppid },
	{ "pcomm", BOTH, 0, 1, 0, check__pcomm, NULL, lower__pcomm },
	{ "cpid", BOTH, 0, 0, 0, check__u64, NULL, lower__cpid },
	{ "has_cpid", BOTH, 0, 0, 0, check__has_cpid, NULL, lower__has_cpid },

	/* the machine and the clocks */
	{ "cpu", BOTH, 0, 0, 0, check__u64, "bpf_get_smp_processor_id()", NULL },
	{ "rand", BOTH, 0, 0, 0, check__u64, "bpf_get_prandom_u32()", NULL },
	{ "jiffies", BOTH, 0, 0, 0, check__u64, "bpf_jiffies64()", NULL },
	{ "numaid", BOTH, 0, 0, 0, check__u64, "bpf_get_numa_node_id()", NULL },
	{ "ncpus", BOTH, 0, 0, 0, check__u64, NULL, lower__ncpus },
	{ "nsecs", BOTH | BI_MODE, 0, 1, 0, check__nsecs, NULL, lower__nsecs },
	{ "elapsed", BOTH, 0, 0, 0, check__u64, NULL, lower__elapsed },

	/* the probe */
	{ "func", BOTH, 0, 0, KPROBES | UPROBES | FUNCS, check__func, NULL, lower__func },
	{ "probe", BOTH, 0, 0, 0, check__probe, NULL, lower__probe },
	{ "probetype", BOTH, 0, 0, 0, check__probetype, NULL, lower__probetype },
	{ "args", BOTH, 0, 0, ARGS, check__args, NULL, lower__args },
	{ "arg", VAL, 0, 0, ARGN, check__arg, NULL, lower__arg },
	{ "retval", BOTH, 0, 0, RETVAL, check__retval, NULL, lower__retval },
	{ "reg", CALL, 1, 1, REGS, check__reg, NULL, lower__reg },
	{ "ctx", BOTH, 0, 0, KPROBES | UPROBES | PERF | ITER, check__ctx, NULL, lower__ctx },
	{ "usermode", BOTH, 0, 0, 0, check__usermode, NULL, lower__usermode },
	{ "kstack", BOTH | BI_MODE, 0, 2, 0, check__stack, NULL, lower__kstack },
	{ "ustack", BOTH | BI_MODE, 0, 2, 0, check__stack, NULL, lower__ustack },
	{ "dw_ustack", BOTH | BI_MODE, 0, 2, 0, check__later, NULL, NULL },
	{ "usdt_arg", CALL, 1, 1, USDT, check__usdt_arg, NULL, lower__usdt_arg },

	/* memory and strings */
	{ "str", CALL | BI_RAW, 1, 2, 0, check__str, NULL, lower__str },
	{ "buf", CALL, 1, 2, 0, check__buf, NULL, lower__buf },
	{ "strlen", CALL | BI_TEXT, 1, 1, 0, check__strlen, NULL, lower__strlen },
	{ "strcap", CALL | BI_TEXT, 1, 1, 0, check__strcap, NULL, lower__strlen },
	{ "strstr", CALL | BI_TEXT, 2, 2, 0, check__strstr, NULL, lower__strstr },
	{ "strcontains", CALL | BI_TEXT, 2, 2, 0, check__strstr, NULL, lower__strcontains },
	{ "strncmp", CALL | BI_TEXT, 3, 3, 0, check__strncmp, NULL, lower__strncmp },
	{ "str_concat", CALL | BI_TEXT, 2, 2, 0, check__str_concat, NULL, lower__str_concat },
	{ "memcmp", CALL, 3, 3, 0, check__memcmp, NULL, lower__memcmp },
	{ "strerror", CALL, 1, 1, 0, check__name_text, NULL, lower__strerror },
	{ "signal_name", CALL, 1, 1, 0, check__name_text, NULL, lower__signal_name },
	{ "syscall_name", CALL, 1, 1, 0, check__name_text, NULL, lower__syscall_name },
	{ "default_str_length", BOTH, 0, 0, 0, check__default_strlen, NULL, NULL },
	{ "bswap", CALL, 1, 1, 0, check__bswap, NULL, lower__bswap },
	{ "kptr", CALL, 1, 1, 0, check__retag, NULL, lower__same },
	{ "uptr", CALL, 1, 1, 0, check__retag, NULL, lower__same },
	{ "is_err", CALL, 1, 1, 0, check__is_err, NULL, lower__is_err },
	{ "path", CALL, 1, 2, FUNCS | ITER, check__path, NULL, lower__path },

	/* addresses and names, rendered or resolved on the target */
	{ "ntop", CALL, 1, 2, 0, check__ntop, NULL, lower__ntop },
	{ "pton", CALL, 1, 1, 0, check__pton, NULL, lower__pton },
	{ "macaddr", CALL, 1, 1, 0, check__macaddr, NULL, lower__macaddr },
	{ "strftime", CALL, 2, 2, 0, check__strftime, NULL, lower__strftime },
	{ "ksym", CALL, 1, 1, 0, check__ksym, NULL, lower__ksym },
	{ "usym", CALL, 1, 1, 0, check__usym, NULL, lower__usym },
	{ "kaddr", CALL, 1, 1, 0, check__kaddr, NULL, lower__kaddr },
	{ "percpu_kaddr", CALL, 1, 2, 0, check__percpu_kaddr, NULL, lower__percpu_kaddr },
	{ "uaddr", CALL, 1, 1, UPROBES | USDT, check__uaddr, NULL, lower__uaddr },
	{ "cgroupid", CALL, 1, 1, 0, check__cgroupid, NULL, lower__cgroupid },
	{ "cgroup_path", CALL, 1, 2, 0, check__cgroup_path, NULL, lower__cgroup_path },
	{ "socket_cookie", CALL, 1, 1, FUNCS | ITER | RAWTP, check__socket_cookie, NULL,
	  lower__socket_cookie },
	{ "skboutput", CALL, 4, 4, FUNCS | ITER | RAWTP, check__skboutput, NULL, lower__skboutput },
	{ "kfunc_exist", CALL, 1, 1, 0, check__kfunc, NULL, lower__kfunc_exist },
	{ "kfunc_allowed", CALL, 1, 1, 0, check__kfunc, NULL, lower__kfunc_allowed },

	/* maps */
	{ "delete", CALL | BI_MAP_ARG | BI_RAW, 1, 2, 0, check__delete, NULL, lower__delete },
	{ "has_key", CALL | BI_MAP_ARG | BI_RAW, 2, 2, 0, check__has_key, NULL, lower__has_key },
	{ "len", CALL | BI_MAP_ARG, 1, 1, 0, check__len, NULL, lower__len },
	{ "clear", CALL | BI_MAP_ARG, 1, 1, 0, check__clear, NULL, lower__clear },
	{ "zero", CALL | BI_MAP_ARG, 1, 1, 0, check__clear, NULL, lower__zero },
	{ "is_scalar", CALL | BI_MAP_ARG, 1, 1, 0, check__is_scalar, NULL, NULL },
	{ "count", CALL | BI_AGG, 0, 0, 0, check__agg, NULL, NULL },
	{ "sum", CALL | BI_AGG, 1, 1, 0, check__agg, NULL, NULL },
	{ "min", CALL | BI_AGG, 1, 1, 0, check__agg, NULL, NULL },
	{ "max", CALL | BI_AGG, 1, 1, 0, check__agg, NULL, NULL },
	{ "avg", CALL | BI_AGG, 1, 1, 0, check__agg, NULL, NULL },
	{ "stats", CALL | BI_AGG, 1, 1, 0, check__agg, NULL, NULL },
	{ "hist", CALL | BI_AGG, 1, 2, 0, check__hist, NULL, NULL },
	{ "lhist", CALL | BI_AGG, 4, 4, 0, check__lhist, NULL, NULL },
	{ "tseries", CALL | BI_AGG, 3, 4, 0, check__tseries, NULL, NULL },

	/* output */
	{ "printf", CALL | BI_RAW, 1, FORMAT_ARGS, 0, check__printf, NULL, lower__printf },
	{ "print", CALL | BI_MAP_ARG | BI_RAW, 1, 3, 0, check__print, NULL, lower__print },
	{ "errorf", CALL | BI_RAW, 1, FORMAT_ARGS, 0, check__printf, NULL, lower__errorf },
	{ "warnf", CALL | BI_RAW, 1, FORMAT_ARGS, 0, check__printf, NULL, lower__warnf },
	{ "debugf", CALL | BI_RAW, 1, FORMAT_ARGS, 0, check__debugf, NULL, lower__debugf },
	{ "cat", CALL | BI_RAW, 1, FORMAT_ARGS, 0, check__printf, NULL, lower__cat },
	{ "time", CALL, 0, 1, 0, check__time, NULL, lower__time },
	{ "join", CALL, 1, 2, 0, check__join, NULL, lower__join },

	/* actions */
	{ "exit", CALL, 0, 1, 0, check__exit, NULL, lower__exit },
	{ "system", CALL | BI_RAW | BI_UNSAFE, 1, FORMAT_ARGS, 0, check__printf, NULL,
	  lower__system },
	{ "signal", CALL | BI_UNSAFE, 1, 1, SIGNAL, check__signal, NULL, lower__signal },
	{ "signal_thread", CALL | BI_UNSAFE, 1, 1, SIGNAL, check__signal, NULL, lower__signal },
	{ "override", CALL | BI_UNSAFE, 1, 1, PROV_BIT(PROV_KPROBE), check__override, NULL,
	  lower__override },
	{ "write_user", CALL | BI_UNSAFE, 3, 3, 0, check__write_user, NULL, lower__write_user },
	{ "unwatch", CALL, 1, 1, 0, check__unwatch, NULL, lower__unwatch },

	/* the tool and the compilation */
	{ "getopt", CALL | BI_RAW, 1, 3, 0, check__getopt, NULL, lower__getopt },
	{ "config", BOTH, 0, 0, 0, check__config, NULL, NULL },
	{ "fail", CALL | BI_RAW, 1, BI_MANY, 0, check__fail, NULL, NULL },
	{ "static_assert", CALL, 2, 2, 0, check__static_assert, NULL, lower__static_assert },
	{ "is_str", CALL, 1, 1, 0, check__is_kind, NULL, NULL },
	{ "is_ptr", CALL, 1, 1, 0, check__is_kind, NULL, NULL },
	{ "is_array", CALL, 1, 1, 0, check__is_kind, NULL, NULL },
	{ "is_integer", CALL, 1, 1, 0, check__is_kind, NULL, NULL },
	{ "is_unsigned_integer", CALL, 1, 1, 0, check__is_kind, NULL, NULL },
	{ "is_literal", CALL, 1, 1, 0, check__is_kind, NULL, NULL },
};

/* arg0, arg1, … share the row "arg", which has no use under its own name. */
static bool is_argn(const char *name)
{
	size_t len = strlen(name);

	if (strncmp(name, "arg", 3) || len < 4 || len > 5)
		return false;
	return strspn(name + 3, "0123456789") == len - 3;
}

const struct builtin *builtin__find(const char *name)
{
	const char *row = is_argn(name) ? "arg" : name;

	if (row == name && !strcmp(name, "arg"))
		return NULL;
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		if (!strcmp(table[i].name, row))
			return &table[i];
	}
	return NULL;
}

const struct builtin *builtin__table(size_t *nr)
{
	*nr = COUNT_OF(table);
	return table;
}
