// SPDX-License-Identifier: Apache-2.0
/*
 * Privileges: capabilities, not root. What a tool needs follows from what its
 * script does. Once all is attached it keeps only what it still needs, and can
 * gain none; programs that system() starts keep theirs, and so does the tool then.
 */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

static __u64 get(__u64 *permitted)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &head, data))
		return 0;
	if (permitted)
		*permitted = (__u64)data[1].permitted << 32 | data[0].permitted;
	return (__u64)data[1].effective << 32 | data[0].effective;
}

static bool has_verb(const struct btc_program *p, int verb)
{
	unsigned i;

	for (i = 0; i < p->nr_actions; i++)
		if (p->actions[i].verb == verb)
			return true;
	return false;
}

static bool has_kind(const struct btc_program *p, int kind)
{
	unsigned i;

	for (i = 0; i < p->nr_probes; i++)
		if (p->probes[i].kind == kind)
			return true;
	return false;
}

static bool has_late(const struct btc_program *p, int kind)
{
	unsigned i;

	for (i = 0; i < p->nr_late; i++)
		if (p->late[i].kind == kind)
			return true;
	return false;
}

static bool wants_tracefs(const struct btc_program *p)
{
	return has_kind(p, BTC_TRACEPOINT) || has_kind(p, BTC_KPROBE) ||
	       has_kind(p, BTC_KRETPROBE) || has_kind(p, BTC_RAWTRACEPOINT) ||
	       has_kind(p, BTC_FENTRY) || has_kind(p, BTC_FEXIT);
}

static struct btc_cap *add(struct btc_cap *c, int nr, const char *name, const char *why)
{
	*c = (struct btc_cap){ .nr = nr, .name = name, .why = why };
	return c + 1;
}

unsigned btc_caps(struct btc_run *r, struct btc_cap *cap)
{
	const struct btc_program *p = r->p;
	struct btc_cap *c = cap, *end;
	__u64 have = get(NULL);

	c = add(c, CAP_BPF, "CAP_BPF", "to load programs");
	c = add(c, CAP_PERFMON, "CAP_PERFMON", "to trace with them");
	if (p->uses & BTC_USES_WRITE_USER)
		c = add(c, CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "to write to other programs' memory");
	for (end = c; c > cap; c--)
		c[-1].must = true;
	c = end;
	if (wants_tracefs(p))
		c = add(c, CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "to read tracefs");
	else if (p->uses & BTC_USES_CGROUPS)
		c = add(c, CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "to name cgroups");
	if (p->uses & BTC_USES_KSYMS || has_late(p, BTC_LATE_KADDR))
		c = add(c, CAP_SYSLOG, "CAP_SYSLOG", "to see addresses of the kernel");
	if (p->uses & BTC_USES_USYMS)
		c = add(c, CAP_SYS_PTRACE, "CAP_SYS_PTRACE",
			"to name addresses of other users' programs");
	for (end = c, c = cap; c < end; c++)
		c->have = have >> c->nr & 1 ||
			  (have >> CAP_SYS_ADMIN & 1 &&
			   (c->nr == CAP_BPF || c->nr == CAP_PERFMON || c->nr == CAP_SYSLOG));
	return end - cap;
}

int btc_check_privilege(struct btc_run *r)
{
	struct btc_cap cap[BTC_MAX_CAPS];
	unsigned i, nr = btc_caps(r, cap);
	bool enough = true;
	char text[512];
	size_t n = 0;

	for (i = 0; i < nr; i++) {
		enough &= cap[i].have || !cap[i].must;
		if (!cap[i].have && n < sizeof(text))
			n += snprintf(text + n, sizeof(text) - n, "%s%s, %s", n ? "; " : "",
				      cap[i].name, cap[i].why);
	}
	if (enough)
		return 0;
	btc_fail(r, BTC_STATUS_FACT, NULL, "missing %s", text);
	for (i = 0, n = 0; i < nr && n < sizeof(text); i++)
		n += snprintf(text + n, sizeof(text) - n, "%s%s", n ? "," : "", cap[i].name);
	for (n = 0; text[n]; n++)
		text[n] |= text[n] >= 'A' && text[n] <= 'Z' ? 0x20 : 0;
	btc_hint("run it as root, or give it the capabilities: setcap %s+ep FILE", text);
	return -ECANCELED;
}

/* What is used while it traces, and when it ends. */
static __u64 needed_late(const struct btc_run *r, __u64 have)
{
	const struct btc_program *p = r->p;
	__u64 keep = 1ull << (have >> CAP_BPF & 1 ? CAP_BPF : CAP_SYS_ADMIN);

	if (p->uses & BTC_USES_KSYMS)
		keep |= 1ull << CAP_SYSLOG;
	if (p->uses & BTC_USES_USYMS || has_verb(p, BTC_CAT))
		keep |= 1ull << CAP_SYS_PTRACE | 1ull << CAP_DAC_READ_SEARCH;
	if (p->uses & BTC_USES_CGROUPS) /* they are opened by their ids */
		keep |= 1ull << CAP_DAC_READ_SEARCH;
	if (has_verb(p, BTC_WATCH)) /* events are opened, processes stopped and let go */
		keep |= 1ull << CAP_PERFMON | 1ull << CAP_SYS_ADMIN | 1ull << CAP_KILL |
			1ull << CAP_SYS_PTRACE;
	if (r->cmd) /* it is ended with us, whoever it has become */
		keep |= 1ull << CAP_KILL;
	return keep & have;
}

void btc_drop_caps(struct btc_run *r)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };
	__u64 have, keep;
	int i;

	if (has_verb(r->p, BTC_SYSTEM))
		return;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	get(&have);
	keep = needed_late(r, have);
	for (i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = (__u32)(keep >> 32 * i);
	if (syscall(SYS_capset, &head, data))
		btc_verbose(r, "cannot drop capabilities: %s", strerror(errno));
	else
		btc_verbose(r, "capabilities that are kept: %#llx", (unsigned long long)keep);
}

void btc_hint_privilege(int err)
{
	FILE *f;
	int paranoid = 0;

	if ((err != -EPERM && err != -EACCES) || get(NULL) >> CAP_SYS_ADMIN & 1)
		return;
	f = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	if (f) {
		if (fscanf(f, "%d", &paranoid) != 1)
			paranoid = 0;
		fclose(f);
	}
	if (paranoid > 2) /* Debian's own level */
		btc_hint(
			"kernel.perf_event_paranoid is %d, which may ask for CAP_SYS_ADMIN; with 2 CAP_PERFMON is enough",
			paranoid);
	else
		btc_hint("CAP_SYS_ADMIN is missing; the kernel may want it for this");
}
