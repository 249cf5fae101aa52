/* SPDX-License-Identifier: Apache-2.0 */
/* Probe providers and attach points. */
#ifndef BTC_PROBE_H
#define BTC_PROBE_H

#include "source.h"
#include "type.h"

struct diags;

enum provider_kind {
	PROV_BEGIN,
	PROV_END,
	PROV_SELF,
	PROV_TEST,
	PROV_BENCH,
	PROV_KPROBE,
	PROV_KRETPROBE,
	PROV_FENTRY,
	PROV_FEXIT,
	PROV_UPROBE,
	PROV_URETPROBE,
	PROV_USDT,
	PROV_TRACEPOINT,
	PROV_RAWTRACEPOINT,
	PROV_INTERVAL,
	PROV_PROFILE,
	PROV_SOFTWARE,
	PROV_HARDWARE,
	PROV_WATCHPOINT,
	PROV_ASYNCWATCHPOINT,
	PROV_ITER,
	PROV_COUNT,
};

/* A set of providers, for tables: PROV_BIT(PROV_KPROBE) | … */
#define PROV_BIT(p) (1u << (p))

struct provider {
	enum provider_kind kind;
	const char *name;      /* canonical: "kprobe" */
	const char *aliases;   /* separated by blanks: "k kprobe" */
	const char *probetype; /* "special" for begin, end, self */
	const char *sec;       /* ELF section of its programs: "kprobe", "tp", "raw_tp", … */
	enum addr_space as;    /* of argN, retval, reg(), default of casts */
};

const struct provider *provider__get(enum provider_kind kind);
const struct provider *provider__find(const char *name,
				      size_t len); /* name or alias, any case; NULL */

/* The names of software and hardware events, in turn; NULL after the last. */
const char *provider__event(enum provider_kind kind, size_t i);
/* The short name of one of them; NULL: it has none. */
const char *provider__event_alias(enum provider_kind kind, size_t i);

/*
 * One attach point. The parser fills the first part from the raw text; the
 * checker (attach__resolve) the second. Whether the target exists is decided
 * on the host that runs the tool, never here.
 */
struct attach {
	struct loc loc;
	const char *text;  /* as written, quotes included, without `name=` */
	const char *label; /* of `name=probe`, or NULL */

	/* check: */
	const struct provider *prov;
	const char *target; /* module, path, category, unit, "signal"; "" if none; quotes removed */
	const char *func;   /* function, event, usdt name; may hold '*'; "" if none */
	/* software, hardware: the event, in target as well; iter: its name (target: pin) */
	const char *
		ns; /* usdt namespace; "cpp" language of a uprobe; id of fentry:bpf:id:name; "" if none */
	const char *file; /* uprobe:bin@FILE:LINE:COL; NULL if none */
	unsigned line, col;
	uint64_t offset;  /* func+OFFSET; of watchpoint:func+argN: the N */
	uint64_t address; /* uprobe:bin:ADDR, watchpoint */
	bool has_address, has_offset;
	bool any_address;	/* a parameter may give one (--unsafe) */
	unsigned address_param; /* watchpoint:$N:…; 0: none */
	uint64_t rate; /* interval, profile: in `target` units; software, hardware: period */
	bool has_rate; /* software, hardware: the script gives the period, it is no default */
	unsigned
		rate_param; /* $N that gives the rate at start (target "": a duration with its unit); 0: none */
	unsigned len; /* watchpoint */
	const char *mode;
	bool wild;  /* target, func or ns holds a '*' */
	bool maybe; /* of a pattern in place of the probe type: it may be missing on the target */
	/* Positional parameters inside target or func stay as "$N" and are replaced at start. */
	bool has_param;
	const char *name; /* rendered as `probe` prints it, as far as it is known */
};

/* Parses and validates the parts of @at. False: reported. */
bool attach__resolve(struct arena *a, struct diags *d, struct attach *at);

#endif
