// SPDX-License-Identifier: Apache-2.0
/* Facts of the target that programs ask for: its clocks, PID namespace and kernel functions. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

/* --- clocks --- */

static __s64 now(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return (__s64)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Of several readings of both clocks the one that took least time is the best. */
__s64 btc_tai_offset(struct btc_run *r)
{
	__s64 before, tai, after, spread, best = -1, offset = 0;
	int i;

	for (i = 0; i < 16; i++) {
		before = now(CLOCK_BOOTTIME);
		tai = now(CLOCK_TAI);
		after = now(CLOCK_BOOTTIME);
		spread = after - before;
		if (best >= 0 && spread >= best)
			continue;
		best = spread;
		offset = tai - before - spread / 2;
	}
	if (best >= 100000)
		btc_warning(r, NULL, "sw_tai: the clocks can only be compared to within %lld us",
			    (long long)(best / 1000));
	return offset;
}

/* --- the PID namespace --- */

#define INIT_NS_INO 0xeffffffcu

void btc_pid_namespace(__u64 *dev, __u64 *ino)
{
	struct stat st;

	*dev = *ino = 0;
	if (stat("/proc/self/ns/pid", &st) || st.st_ino == INIT_NS_INO)
		return;
	*dev = (__u64)major(st.st_dev) << 20 | minor(st.st_dev); /* as the kernel has it */
	*ino = st.st_ino;
}

/* --- kernel functions --- */

/* The id of @name in vmlinux, or in the BTF of any module. */
static __u32 find_kfunc(struct btc_run *r, const char *name, bool *in_module)
{
	struct btc_kbtf *b = btc_kernel(r);
	__u32 id = b ? btc_kbtf_func(b, name) : 0;
	struct btc_strs mods = { 0 };
	size_t i;

	*in_module = false;
	if (!b || id || btc_modules(&mods))
		return id;
	for (i = 0; !id && i < mods.nr; i++) {
		b = btc_module(r, mods.s[i]);
		id = b ? btc_kbtf_func(b, name) : 0;
	}
	btc_strs_free(&mods);
	*in_module = id != 0;
	return id;
}

bool btc_kfunc_exist(struct btc_run *r, const char *name)
{
	bool in_module;

	return find_kfunc(r, name, &in_module) != 0;
}

/*
 * Asks the verifier: a program of the type, which does nothing but call it. It
 * looks whether the call is allowed before it looks at the arguments.
 */
bool btc_kfunc_allowed(struct btc_run *r, const char *name)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	static char log[4096];
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = log, .log_size = sizeof(log),
		    .log_level = 1);
	const char *func = strrchr(name, ':');
	enum bpf_attach_type attach = 0;
	enum bpf_prog_type type = 0;
	bool in_module;
	char sec[64];
	int fd;

	if (!func || (size_t)(func - name) >= sizeof(sec))
		return false;
	snprintf(sec, sizeof(sec), "%.*s", (int)(func - name), name);
	/* libbpf was told another type of these (load.c). */
	if (!strcmp(sec, "fentry") || !strcmp(sec, "fexit") || !strcmp(sec, "iter")) {
		type = BPF_PROG_TYPE_TRACING;
		attach = BPF_TRACE_FENTRY;
	} else if (libbpf_prog_type_by_name(sec, &type, &attach)) {
		return false;
	}
	insns[0].imm = find_kfunc(r, func + 1, &in_module);
	if (!insns[0].imm || in_module)
		return insns[0].imm != 0; /* a module's cannot be tried out without its BTF's fd */
	opts.expected_attach_type = attach;
	if (type == BPF_PROG_TYPE_TRACING)
		opts.attach_btf_id = btc_kbtf_func(btc_kernel(r), "vfs_read");
	log[0] = '\0';
	fd = bpf_prog_load(type, NULL, "GPL", insns, sizeof(insns) / sizeof(*insns), &opts);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || !(strstr(log, "is not allowed") || strstr(log, "not supported"));
}

#define ASSERT_DEPTH 32

bool btc_assert(struct btc_run *r, const char *text)
{
	bool v[ASSERT_DEPTH] = { false };
	unsigned n = 0;
	char word[160];

	for (; *text && *text != '\n'; text += strspn(text, " ")) {
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, " \n"), text);
		text += strcspn(text, " \n");
		if (*word == '!' && n) {
			v[n - 1] = !v[n - 1];
		} else if ((*word == '&' || *word == '|') && n > 1) {
			n--;
			v[n - 1] = *word == '&' ? v[n - 1] && v[n] : v[n - 1] || v[n];
		} else if (n < ASSERT_DEPTH) {
			v[n++] = *word == 'e'	? btc_kfunc_exist(r, word + 1)
				 : *word == 'a' ? btc_kfunc_allowed(r, word + 1)
						: *word == '1';
		}
	}
	return n == 1 && v[0];
}
