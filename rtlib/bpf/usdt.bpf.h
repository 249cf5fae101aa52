/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arguments of USDT probes: where they are is said by the probe's note. */
#ifndef BTC_USDT_BPF_H
#define BTC_USDT_BPF_H

/* The user half makes it as large as it must be and fills it before attaching. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct btc_usdt_spec);
} btc_usdt_specs SEC(".maps");

/* The places of one probe differ, so each has the index of its spec in the cookie. */
static __noinline __u64 btc_usdt_arg(void *ctx, __u32 n)
{
	__u32 id = bpf_get_attach_cookie(ctx) >> 32;
	struct btc_usdt_spec *spec = bpf_map_lookup_elem(&btc_usdt_specs, &id);
	struct btc_usdt_arg *arg;
	__u64 val, addr = 0, idx = 0, size;

	if (!spec || n >= BTC_USDT_ARGS)
		return 0;
	arg = &spec->arg[n];
	val = arg->val;
	if (arg->kind != BTC_USDT_CONST) {
		/* By the helper, as the verifier allows constant offsets in the context only. */
		if (arg->has_base)
			bpf_probe_read_kernel(&addr, sizeof(addr), ctx + arg->base);
		if (arg->has_index)
			bpf_probe_read_kernel(&idx, sizeof(idx), ctx + arg->index);
		val += addr + idx * arg->scale;
	}
	if (arg->kind == BTC_USDT_MEM) {
		addr = val;
		val = 0;
		size = arg->size;
		btc_opaque(size);
		if (size > sizeof(val))
			return 0;
		bpf_probe_read_user(&val, size, (void *)addr);
	}
	val <<= arg->shift & 63;
	return arg->is_signed ? (__u64)((__s64)val >> (arg->shift & 63)) : val >> (arg->shift & 63);
}

/* Where the instruction of this probe would be if its file were mapped at 0. */
static __always_inline __u64 btc_usdt_site(void *ctx)
{
	__u32 id = bpf_get_attach_cookie(ctx) >> 32;
	struct btc_usdt_spec *spec = bpf_map_lookup_elem(&btc_usdt_specs, &id);

	return spec ? spec->addr : 0;
}

#endif
