/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options that every tool has beside its script's: one table for the tool's
 * own command line and for btc, which makes manual pages and completions of it.
 */
#ifndef BTC_OPTIONS_H
#define BTC_OPTIONS_H

enum btc_std_id {
	BTC_STD_PID,
	BTC_STD_CMD,
	BTC_STD_OUTPUT,
	BTC_STD_FORMAT,
	BTC_STD_BUFFER,
	BTC_STD_QUIET,
	BTC_STD_VERBOSE,
	BTC_STD_WARNINGS,
	BTC_STD_NO_WARNINGS,
	BTC_STD_NO_FEATURE,
	BTC_STD_TEST,
	BTC_STD_BENCH,
	BTC_STD_VERSION,
	BTC_STD_HELP,
	BTC_STD_FILTER,
	BTC_STD_FUNCTIONS,
	BTC_STD_DEBUGINFO,
	BTC_STD_LIST,
	BTC_STD_CHECK,
	BTC_STD_INFO,
	BTC_STD_SOURCE,
	BTC_STD_DRY_RUN,
	BTC_STD_UNSAFE,
	BTC_STD_ACTIVATION,
};

enum btc_std_group {
	BTC_GROUP_TRACING, /* what is traced */
	BTC_GROUP_OUTPUT,
	BTC_GROUP_INSTEAD, /* what is done instead of tracing */
	BTC_NR_GROUPS,
};

/* What a script has: an option that needs what it has not does not exist (struct btc_program.uses). */
#define BTC_USES_TEST	    (1u << 0) /* test probes */
#define BTC_USES_BENCH	    (1u << 1) /* bench probes */
#define BTC_USES_KPROBE	    (1u << 2) /* kprobes and kretprobes */
#define BTC_USES_UPROBE	    (1u << 3) /* uprobes and uretprobes */
#define BTC_USES_USDT	    (1u << 4)
#define BTC_USES_LINES	    (1u << 5) /* uprobes at source lines */
#define BTC_USES_UNSAFE	    (1u << 6) /* compiled with --unsafe */
#define BTC_USES_EVENTS	    (1u << 7) /* any probe but begin, end, self, test, bench */
#define BTC_USES_USYMS	    (1u << 8) /* shows addresses of programs by name */
#define BTC_USES_KSYMS	    (1u << 9) /* shows addresses of the kernel by name */
#define BTC_USES_WRITE_USER (1u << 10)
#define BTC_USES_CGROUPS    (1u << 11) /* shows cgroups by path */
#define BTC_HIDDEN	    (1u << 31) /* known, as bpftrace has it, but changes nothing: not shown */

struct btc_std_option {
	enum btc_std_id id;
	enum btc_std_group group;
	unsigned needs;	  /* BTC_USES_*, any of them; 0: every tool has it; BTC_HIDDEN */
	char letter;	  /* 0: none */
	const char *name; /* long */
	const char *arg;  /* NULL: takes none; "a|b|c": one of these */
	const char *help;
};

extern const char *const btc_std_groups[BTC_NR_GROUPS]; /* titles */
extern const struct btc_std_option btc_std_options[];
extern const unsigned btc_nr_std_options;

#ifdef BTC_DEFINE_STD_OPTIONS /* in one file of the library, and in one of btc */

const char *const btc_std_groups[BTC_NR_GROUPS] = {
	[BTC_GROUP_TRACING] = "What is traced",
	[BTC_GROUP_OUTPUT] = "Output",
	[BTC_GROUP_INSTEAD] = "Instead of tracing",
};

const struct btc_std_option btc_std_options[] = {
	{ BTC_STD_PID, BTC_GROUP_TRACING, 0, 'p', "pid", "PID",
	  "trace this process only; end when it ends" },
	{ BTC_STD_CMD, BTC_GROUP_TRACING, 0, 'c', "cmd", "CMD",
	  "run CMD, trace it, end when it ends" },
	{ BTC_STD_FILTER, BTC_GROUP_TRACING, BTC_USES_EVENTS, 0, "probe-filter", "REGEX",
	  "only probes whose name matches; --list shows names" },
	{ BTC_STD_DEBUGINFO, BTC_GROUP_TRACING, BTC_USES_UPROBE | BTC_USES_USYMS, 0, "debuginfo",
	  "DIR[:DIR]", "look for debug information there first" },
	{ BTC_STD_FUNCTIONS, BTC_GROUP_TRACING, BTC_USES_KPROBE, 0, "traceable-functions", "FILE",
	  "list of the functions that can be traced, instead of the kernel's" },
	{ BTC_STD_UNSAFE, BTC_GROUP_TRACING, BTC_HIDDEN, 0, "unsafe", NULL,
	  "nothing: it was settled when the tool was compiled" },
	{ BTC_STD_ACTIVATION, BTC_GROUP_TRACING, BTC_HIDDEN, 0, "usdt-file-activation", NULL,
	  "nothing: the kernel counts who listens" },
	{ BTC_STD_NO_FEATURE, BTC_GROUP_TRACING, BTC_USES_KPROBE | BTC_USES_UPROBE, 0, "no-feature",
	  "NAME,...", "do without kprobe_multi" },
	{ BTC_STD_OUTPUT, BTC_GROUP_OUTPUT, 0, 'o', "output", "FILE", "write the output to FILE" },
	{ BTC_STD_FORMAT, BTC_GROUP_OUTPUT, 0, 'f', "format", "text|json", "format of the output" },
	{ BTC_STD_BUFFER, BTC_GROUP_OUTPUT, 0, 'B', "buffer", "line|full|none",
	  "when output is written (default: when nothing waits)" },
	{ BTC_STD_QUIET, BTC_GROUP_OUTPUT, 0, 'q', "quiet", NULL,
	  "do not say how many probes are attached" },
	{ BTC_STD_VERBOSE, BTC_GROUP_OUTPUT, 0, 'v', "verbose", NULL,
	  "say what is done, and the verifier's log" },
	{ BTC_STD_WARNINGS, BTC_GROUP_OUTPUT, 0, 'k', "warnings", NULL,
	  "also warn of failed reads and lookups" },
	{ BTC_STD_NO_WARNINGS, BTC_GROUP_OUTPUT, 0, 0, "no-warnings", NULL, "do not warn at all" },
	{ BTC_STD_LIST, BTC_GROUP_INSTEAD, 0, 'l', "list", NULL,
	  "list the probes as they are on this machine; -v: from which lines" },
	{ BTC_STD_CHECK, BTC_GROUP_INSTEAD, 0, 0, "check", NULL,
	  "say what is needed, and whether it is here" },
	{ BTC_STD_DRY_RUN, BTC_GROUP_INSTEAD, 0, 0, "dry-run", NULL,
	  "attach all probes and end at once" },
	{ BTC_STD_INFO, BTC_GROUP_INSTEAD, 0, 0, "info", NULL,
	  "say of what the tool was made, and its memory" },
	{ BTC_STD_SOURCE, BTC_GROUP_INSTEAD, 0, 0, "source", NULL,
	  "print the script that it was made from" },
	{ BTC_STD_TEST, BTC_GROUP_INSTEAD, BTC_USES_TEST, 0, "test", NULL,
	  "run the script's test probes" },
	{ BTC_STD_BENCH, BTC_GROUP_INSTEAD, BTC_USES_BENCH, 0, "bench", NULL,
	  "run the script's bench probes" },
	{ BTC_STD_VERSION, BTC_GROUP_INSTEAD, 0, 'V', "version", NULL, "say the version" },
	{ BTC_STD_HELP, BTC_GROUP_INSTEAD, 0, 'h', "help", NULL, "show this" },
};

const unsigned btc_nr_std_options = sizeof(btc_std_options) / sizeof(btc_std_options[0]);

#endif
#endif
