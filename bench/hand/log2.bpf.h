/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef HAND_LOG2_BPF_H
#define HAND_LOG2_BPF_H

/* Number of the highest bit that is set. */
static __always_inline __u64 log2_u64(__u64 v)
{
	__u64 shift, r;

	r = (v > 0xffffffff) << 5;
	v >>= r;
	shift = (v > 0xffff) << 4;
	v >>= shift;
	r |= shift;
	shift = (v > 0xff) << 3;
	v >>= shift;
	r |= shift;
	shift = (v > 0xf) << 2;
	v >>= shift;
	r |= shift;
	shift = (v > 0x3) << 1;
	v >>= shift;
	r |= shift;
	return r | (v >> 1);
}

#endif
