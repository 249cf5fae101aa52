// SPDX-License-Identifier: Apache-2.0
/*
 * btc run --info. What the kernel can do is read from its own types: helpers are
 * enumerators, features have structs that exist only where they are compiled in.
 * So it needs no privileges, but for the number of instructions.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/filter.h>

#include "btf.h"
#include "ctypes.h"
#include "run_cmd.h"

#define COLUMN	  35
#define OLD_LIMIT 4096 /* instructions, for who is not privileged */
#define LIMIT	  1000000

struct info {
	struct arena *a;
	struct ctypes *types;
	unsigned column;
};

static void end_group(struct info *i)
{
	puts(i->column % 2 ? "\n" : "");
	i->column = 0;
}

/* Two to a line. */
static void fact(struct info *i, const char *name, const char *value)
{
	bool second = i->column++ % 2;
	int n = printf("%s%s: %s", second ? "" : "  ", name, value);

	if (second)
		putchar('\n');
	else
		printf("%*s", n < COLUMN ? COLUMN - n : 1, "");
}

static void yes_no(struct info *i, const char *name, bool yes)
{
	fact(i, name, yes ? "yes" : "no");
}

/* --- the kernel ---------------------------------------------------------------------- */

static bool has_enumerator(struct info *i, const char *name)
{
	int64_t num;
	struct btf_src *s = ctypes__kernel(i->types);

	return s && btf_src__find_enumerator(s, name, &num);
}

static bool has_struct(struct info *i, const char *name)
{
	struct btf_src *s = ctypes__kernel(i->types);

	return s && btf_src__find(s, name, KIND_BIT(BTF_KIND_STRUCT));
}

static void helper(struct info *i, const char *name)
{
	yes_no(i, name, has_enumerator(i, arena__printf(i->a, "BPF_FUNC_%s", name)));
}

/* As many as it takes without a jump; the verifier has the same limit for what it follows. */
static bool loads(struct info *i, size_t nr)
{
	struct bpf_insn *insns = arena__alloc(i->a, nr * sizeof(*insns));
	int fd;

	for (size_t k = 0; k + 1 < nr; k++)
		insns[k] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K };
	insns[nr - 1] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "btc_limit", "GPL", insns, nr, NULL);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_source(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", name);
	return !access(path, F_OK);
}

static void kernel(struct info *i)
{
	puts("Kernel helpers");
	yes_no(i, "dpath", has_enumerator(i, "BPF_FUNC_d_path"));
	yes_no(i, "get_tai_ns", has_enumerator(i, "BPF_FUNC_ktime_get_tai_ns"));
	helper(i, "get_func_ip");
	yes_no(i, "lookup_percpu_elem", has_enumerator(i, "BPF_FUNC_map_lookup_percpu_elem"));
	helper(i, "loop");

	end_group(i);
	puts("Kernel features");
	fact(i, "Instruction limit",
	     arena__printf(i->a, "%d", loads(i, OLD_LIMIT + 1) ? LIMIT : OLD_LIMIT));
	yes_no(i, "btf", ctypes__kernel(i->types));
	yes_no(i, "module btf", has_struct(i, "btf_module"));

	end_group(i);
	puts("Probe types");
	yes_no(i, "kprobe_multi", has_struct(i, "bpf_kprobe_multi_link"));
	yes_no(i, "uprobe_multi", has_struct(i, "bpf_uprobe_multi_link"));
	yes_no(i, "kprobe_session",
	       has_struct(i, "bpf_kprobe_multi_link") &&
		       has_enumerator(i, "BPF_TRACE_KPROBE_SESSION"));
	yes_no(i, "iter", has_struct(i, "bpf_iter__task"));
	yes_no(i, "kprobe", is_source("kprobe"));
	yes_no(i, "uprobe", is_source("uprobe"));
	yes_no(i, "tracepoint",
	       !access("/sys/kernel/tracing/events", R_OK | X_OK) ||
		       !access("/sys/kernel/debug/tracing/events", R_OK | X_OK));
	end_group(i);
}

/* --- btc ------------------------------------------------------------------------------- */

int info_cmd(struct arena *a, const struct driver_options *o)
{
	struct ctypes_options types = { .btf = o->btf };
	struct toolchain t = { 0 };
	struct info i = { .a = a };
	const char *clang, *cc;
	struct utsname u;

	libbpf_set_print(NULL);
	uname(&u);
	puts("System");
	printf("  OS: %s %s %s\n  Arch: %s\n", u.sysname, u.release, u.version, u.machine);
	i.types = ctypes__new(a, diags__new(a), &types);
	puts("\nBuild");
	clang = toolchain__clang_path(a, &o->tools);
	cc = t.cc = toolchain__path(a, o->tools.cc, "BTC_CC", "cc");
	printf("  version: btc %s\n  clang: %s\n", BTC_VERSION, clang ? clang : "no");
	printf("  C compiler: %s\n", cc ? cc : "no");
	printf("  libdw (DWARF support): %s\n",
	       cc && toolchain__has_lib(a, &t, "libdw.a") ? "yes" : "no");
	printf("  libsupc++ (C++ names): %s\n",
	       cc && toolchain__has_lib(a, &t, "libsupc++.a") ? "yes" : "no");
	end_group(&i);
	kernel(&i);
	ctypes__free(i.types);
	return fflush(stdout) ? 1 : 0;
}
