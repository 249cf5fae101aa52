// SPDX-License-Identifier: Apache-2.0
/*
 * The text of stacks and of symbols. A stack begins with a newline and each of
 * its frames ends with one. Kernel addresses are first collected from all that
 * is about to be printed, then resolved in one pass over kallsyms.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static __u64 frame(const char *at, unsigned i)
{
	__u64 ip;

	memcpy(&ip, at + i * sizeof(ip), sizeof(ip));
	return ip;
}

void btc_want_ksyms(struct btc_run *r, const struct btc_type *t, const char *at)
{
	unsigned i;
	__u64 ip;

	switch (t->kind) {
	case BTC_KSTACK:
		for (i = 0; i < t->nr && (ip = frame(at, i)); i++)
			btc_ksyms_want(&r->ksyms, ip);
		break;
	case BTC_KSYM: btc_ksyms_want(&r->ksyms, frame(at, 0)); break;
	case BTC_TUPLE:
	case BTC_STRUCT:
		for (i = 0; i < t->nr; i++)
			btc_want_ksyms(r, t->members[i].type, at + t->members[i].off);
		break;
	case BTC_ARRAY:
		for (i = 0; i < t->nr; i++)
			btc_want_ksyms(r, t->elem, at + (size_t)i * t->elem->size);
		break;
	}
}

struct named {
	const char *name, *path, *build_id;
	__u64 off, file_off;
};

static void look_up(struct btc_run *r, bool user, __u32 pid, __u64 ip, struct named *n)
{
	const struct btc_ksym *k;
	struct btc_usym_hit hit;

	memset(n, 0, sizeof(*n));
	if (user) {
		btc_usyms_lookup(r, pid, ip, &hit);
		n->name = hit.name;
		n->off = hit.off;
		n->path = hit.path;
		n->build_id = hit.build_id;
		n->file_off = hit.file_off;
		return;
	}
	k = btc_ksyms_find(&r->ksyms, ip);
	if (k && k->start) {
		n->name = k->name;
		n->off = ip - k->start;
	}
}

static void put_symbol(struct btc_out *o, const struct named *n, __u64 ip)
{
	if (!n->name) {
		btc_out_hex(o, ip);
		return;
	}
	btc_out_str(o, n->name);
	btc_out_char(o, '+');
	btc_out_u64(o, n->off);
}

void btc_stack(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at)
{
	struct btc_ustack_owner owner = { 0 };
	bool user = t->kind == BTC_USTACK;
	struct named n;
	unsigned i;
	__u64 ip;

	if (user)
		memcpy(&owner, at + t->nr * sizeof(ip), sizeof(owner));
	else if (t->mode != BTC_STACK_RAW)
		btc_want_ksyms(r, t, at);
	btc_ksyms_resolve(&r->ksyms);
	btc_out_char(o, '\n');
	for (i = 0; i < t->nr && (ip = frame(at, i)); i++) {
		if (t->mode != BTC_STACK_RAW)
			look_up(r, user, owner.pid, ip, &n);
		switch ((enum btc_stack_mode)t->mode) {
		case BTC_STACK_RAW: btc_out_hex_bare(o, ip); break;
		case BTC_STACK_PERF:
			btc_out_char(o, '\t');
			btc_out_hex_bare(o, ip);
			btc_out_char(o, ' ');
			put_symbol(o, &n, ip);
			if (n.path)
				btc_out_printf(o, " (%s)", n.path);
			else if (!n.name)
				btc_out_str(o, " ([unknown])");
			break;
		case BTC_STACK_BUILD_ID:
			if (n.build_id) {
				btc_out_str(o, n.build_id);
				btc_out_char(o, ' ');
				btc_out_hex(o, n.file_off);
			} else {
				btc_out_hex_bare(o, ip);
			}
			break;
		case BTC_STACK_BPFTRACE:
			btc_out_pad(o, ' ', 8);
			put_symbol(o, &n, ip);
			break;
		}
		btc_out_char(o, '\n');
	}
}

void btc_ksym_print(struct btc_run *r, struct btc_out *o, __u64 addr)
{
	const struct btc_ksym *k;

	if (!addr) {
		btc_out_char(o, '0');
		return;
	}
	btc_ksyms_want(&r->ksyms, addr);
	btc_ksyms_resolve(&r->ksyms);
	k = btc_ksyms_find(&r->ksyms, addr);
	if (k && k->start)
		btc_out_str(o, k->name);
	else
		btc_out_hex(o, addr);
}

void btc_usym_print(struct btc_run *r, struct btc_out *o, const struct btc_usym *u)
{
	struct btc_usym_hit hit;
	char *text;

	hit.name = u->place && u->place <= r->nr_places ? r->places[u->place - 1].func : "";
	if (*hit.name) {
		text = r->config.cpp_demangle ? btc_demangle(hit.name) : NULL;
		btc_out_str(o, text ? text : hit.name);
		free(text);
		return;
	}
	if (!u->addr) {
		btc_out_char(o, '0');
		return;
	}
	btc_usyms_lookup(r, u->pid, u->addr, &hit);
	if (hit.name)
		btc_out_str(o, hit.name);
	else
		btc_out_hex(o, u->addr);
}
