// SPDX-License-Identifier: Apache-2.0
/*
 * The unit file for systemd: the tool as a service that may do no more than it
 * needs to. Which capabilities those are follows from the plan, as rtlib/src/caps.c
 * has it for the running tool.
 */
#include <string.h>

#include "about.h"
#include "options_of.h"

static bool runs_commands(const struct plan *p)
{
	for (size_t i = 0; i < p->actions.nr; i++)
		if (!strcmp(p->actions.v[i]->verb, "BTC_SYSTEM"))
			return true;
	return false;
}

static bool reads_tracefs(const struct plan *p)
{
	for (size_t i = 0; i < p->probes.nr; i++) {
		switch (p->probes.v[i].at->prov->kind) {
		case PROV_TRACEPOINT:
		case PROV_RAWTRACEPOINT:
		case PROV_KPROBE:
		case PROV_KRETPROBE:
		case PROV_FENTRY:
		case PROV_FEXIT: return true;
		default: break;
		}
	}
	return false;
}

static bool has_late(const struct plan *p, const char *kind)
{
	for (size_t i = 0; i < p->late.nr; i++)
		if (p->late.v[i].kind && !strcmp(p->late.v[i].kind, kind))
			return true;
	return false;
}

static bool needs_ksyms(const struct plan *p)
{
	return p->uses & BTC_USES_KSYMS || has_late(p, "BTC_LATE_KADDR");
}

static void capabilities(const struct plan *p, struct buf *out)
{
	buf__str(out, "CAP_BPF CAP_PERFMON");
	if (reads_tracefs(p) || p->uses & BTC_USES_CGROUPS)
		buf__str(out, " CAP_DAC_READ_SEARCH");
	if (needs_ksyms(p))
		buf__str(out, " CAP_SYSLOG");
	if (p->uses & BTC_USES_USYMS)
		buf__str(out, " CAP_SYS_PTRACE");
	if (p->uses & BTC_USES_WRITE_USER)
		buf__str(out, " CAP_SYS_ADMIN");
}

/* A line of a unit file, where % is the escape, without a full stop. */
static void value(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '.' && !s[1])
			break;
		if (*s == '%')
			buf__str(out, "%");
		buf__add(out, *s == '\n' ? " " : s, 1);
	}
}

static const char hardening[] =
	"# Nothing else: it reads the kernel's files and writes its output.\n"
	"DynamicUser=yes\n"
	"NoNewPrivileges=yes\n"
	"ProtectSystem=strict\n"
	"ProtectHome=read-only\n"
	"ProtectKernelTunables=yes\n"
	"ProtectKernelModules=yes\n"
	"ProtectControlGroups=yes\n"
	"ProtectClock=yes\n"
	"ProtectHostname=yes\n"
	"PrivateDevices=yes\n"
	"RestrictNamespaces=yes\n"
	"RestrictRealtime=yes\n"
	"RestrictSUIDSGID=yes\n"
	"RestrictAddressFamilies=AF_UNIX\n"
	"LockPersonality=yes\n"
	"MemoryDenyWriteExecute=yes\n"
	"SystemCallArchitectures=native\n"
	"SystemCallFilter=@system-service bpf perf_event_open\n"
	"UMask=0077\n";

void emit_unit(const struct plan *p, struct buf *out)
{
	const char *summary = p->about->summary;

	buf__printf(out,
		    "# %s as a service, made by btc from %s. Say with a drop-in (systemctl edit)\n"
		    "# where it is installed, and with which options it is to run.\n"
		    "[Unit]\nDescription=",
		    p->name, p->source);
	value(out, *summary ? summary : p->name);
	buf__printf(out, "\nDocumentation=man:%s(8)\n\n[Service]\nType=notify\n", p->name);
	buf__printf(
		out,
		"ExecStart=/usr/local/sbin/%s --quiet\nKillSignal=SIGINT\nRestart=on-failure\n\n",
		p->name);
	if (runs_commands(p)) {
		buf__str(out,
			 "# Its script runs commands, which need what they need: it is root's.\n");
	} else {
		buf__str(out, "AmbientCapabilities=");
		capabilities(p, out);
		buf__str(out, "\nCapabilityBoundingSet=");
		capabilities(p, out);
		buf__str(
			out,
			"\n# Kernels before 5.11 count the memory of maps.\nLimitMEMLOCK=infinity\n");
		buf__str(out, hardening);
		if (!needs_ksyms(p))
			buf__str(out, "ProtectKernelLogs=yes\n");
	}
	buf__str(out, "\n[Install]\nWantedBy=multi-user.target\n");
}
