/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Iterators: text for the file that one is. */
#ifndef BTC_ITER_BPF_H
#define BTC_ITER_BPF_H

/*
 * Every iterator's context begins with its meta data, and that with the file.
 * Loaded directly: the verifier follows the types of both. A full file is no
 * loss: the kernel makes it larger and shows the object again.
 */
static __always_inline void btc_seq_printf(void *ctx, const char *fmt, __u32 fmt_size,
					   const __u64 *args, __u32 args_size)
{
	struct seq_file ***meta = ctx;

	bpf_seq_printf(**meta, fmt, fmt_size, args, args_size);
}

#endif
