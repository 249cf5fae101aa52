/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The few kernel types and UAPI constants that emitted programs use.
 *
 * Instead of <linux/bpf.h>: no multiarch include directory is needed, no type
 * can clash with the script's own, and clang reads 10,000 lines less. Numbers
 * are those of include/uapi/linux/bpf.h.
 */
#ifndef BTC_TYPES_BPF_H
#define BTC_TYPES_BPF_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_LRU_PERCPU_HASH = 10,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum { BPF_ANY = 0, BPF_NOEXIST = 1 };
enum { BPF_F_NO_PREALLOC = 1 };
enum { BPF_F_USER_STACK = 256 };
#define BPF_F_CURRENT_CPU 0xffffffffull
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0, BPF_RB_PROD_POS = 3 };

struct bpf_pidns_info {
	__u32 pid;
	__u32 tgid;
};

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define BTC_KERNEL_TYPE __attribute__((preserve_access_index))

/*
 * Registers as the kernel hands them to kprobes and uprobes: struct pt_regs of
 * x86-64, struct user_pt_regs of arm64. The names are those of reg().
 */
#if defined(__TARGET_ARCH_arm64)
struct btc_regs {
	union {
		__u64 r[31];
		struct {
			__u64 r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12, r13, r14, r15;
			__u64 r16, r17, r18, r19, r20, r21, r22, r23, r24, r25, r26, r27, r28, r29;
			__u64 r30;
		};
	};
	__u64 sp;
	union {
		__u64 pc, ip;
	};
	__u64 pstate;
};
#define btc_arg(ctx, n)	  (((struct btc_regs *)(ctx))->r[n])
#define btc_retval(ctx)	  (((struct btc_regs *)(ctx))->r[0])
#define btc_ip(ctx)	  (((struct btc_regs *)(ctx))->pc)
#define btc_usermode(ctx) ((((struct btc_regs *)(ctx))->pstate & 15) == 0)
#else
struct btc_regs {
	__u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	__u64 orig_rax, ip, cs, flags, sp, ss;
};
#define btc_arg_0(regs)	  ((regs)->di)
#define btc_arg_1(regs)	  ((regs)->si)
#define btc_arg_2(regs)	  ((regs)->dx)
#define btc_arg_3(regs)	  ((regs)->cx)
#define btc_arg_4(regs)	  ((regs)->r8)
#define btc_arg_5(regs)	  ((regs)->r9)
#define btc_arg(ctx, n)	  btc_arg_##n((struct btc_regs *)(ctx))
#define btc_retval(ctx)	  (((struct btc_regs *)(ctx))->ax)
#define btc_ip(ctx)	  (((struct btc_regs *)(ctx))->ip)
#define btc_usermode(ctx) ((((struct btc_regs *)(ctx))->cs & 3) == 3)
#endif

#endif
