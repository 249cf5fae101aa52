// SPDX-License-Identifier: Apache-2.0
/*
 * Late binding: facts of the target, put into the object before load. Values
 * go to .rodata, so that the verifier still prunes what they switch off. The
 * places of context fields go into the very instructions that load them. These
 * carry an offset no context has (BTC_LATE_OFF), so that one that was missed is
 * refused by the verifier: a wrong offset never passes silently.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "internal.h"

/* --- values --- */

/*
 * @name is PROGRAM:NAME; names of programs hold no colon. A name that the
 * program does not bear itself comes from a map: then any place will do.
 */
static __u32 place_of_name(const struct btc_run *r, const char *name)
{
	const char *colon = strchr(name, ':');
	size_t len = colon ? colon - name : 0;
	__u32 i, found = ~0u;

	for (i = 0; colon && i < r->nr_places; i++) {
		if (strcmp(r->places[i].name, colon + 1))
			continue;
		found = i;
		if (!strncmp(r->places[i].pr->prog, name, len) && !r->places[i].pr->prog[len])
			break;
	}
	return found;
}

static int late_value(struct btc_run *r, const struct btc_late *l, __u64 *v)
{
	__u64 other;
	int err = 0;

	*v = 0;
	switch ((enum btc_late_kind)l->kind) {
	case BTC_LATE_PID: *v = r->pid; break;
	case BTC_LATE_CPID: *v = r->child.pid; break;
	case BTC_LATE_NCPUS: *v = r->nr_cpus; break;
	case BTC_LATE_NPARAMS: *v = r->nr_param; break;
	case BTC_LATE_KADDR:
		err = btc_ksyms_addr(l->name, v);
		if (err == -EPERM)
			return btc_fail(
				r, BTC_STATUS_FACT, l->where,
				"the address of kernel symbol '%s' is hidden; CAP_SYSLOG shows it",
				l->name);
		if (err)
			return btc_fail(r, BTC_STATUS_FACT, l->where,
					"this kernel has no symbol '%s'", l->name);
		break;
	case BTC_LATE_CGROUPID:
		err = btc_cgroup_id(l->name, v);
		if (err)
			return btc_fail(r, BTC_STATUS_FACT, l->where, "no cgroup at '%s': %s",
					l->name, strerror(-err));
		break;
	case BTC_LATE_KFUNC: *v = btc_kfunc_exist(r, l->name); break;
	case BTC_LATE_KFUNC_ALLOWED: *v = btc_kfunc_allowed(r, l->name); break;
	case BTC_LATE_ASSERT:
		*v = btc_assert(r, l->name);
		if (!*v)
			return btc_fail(r, BTC_STATUS_FACT, l->where, "%s",
					strchr(l->name, '\n') + 1);
		break;
	case BTC_LATE_PLACE: *v = place_of_name(r, l->name); break;
	case BTC_LATE_UADDR: *v = btc_uaddr_first(r, l); break;
	case BTC_LATE_ALL_WARNINGS: *v = r->all_warnings; break;
	case BTC_LATE_MAX_STRLEN: *v = r->config.max_strlen; break;
	case BTC_LATE_TAI: *v = btc_tai_offset(r); break;
	case BTC_LATE_NS_DEV: btc_pid_namespace(v, &other); break;
	case BTC_LATE_NS_INO: btc_pid_namespace(&other, v); break;
	}
	return 0;
}

int btc_late_values(struct btc_run *r)
{
	const struct btc_late *l = r->p->late;
	unsigned i;
	char *at;
	__u64 v;
	int err;

	for (i = 0; i < r->p->nr_late; i++, l++) {
		err = late_value(r, l, &v);
		if (err)
			return err;
		at = btc_rodata(r, l->off, l->size);
		if (!at || l->size > sizeof(v))
			return btc_fail(
				r, BTC_STATUS_LOAD, l->where,
				"late value %u has no place in .rodata; this is a bug of btc", i);
		memcpy(at, &v, l->size); /* little-endian hosts only */
	}
	return 0;
}

/* --- fields --- */

static unsigned slots(const struct btf_type *t)
{
	return t && btf_is_composite(t) ? (t->size + 7) / 8 : 1;
}

/* Size and sign of a parameter; what is no number travels as it is. */
static void slot_type(const struct btc_kbtf *b, __u32 id, struct btc_bound *f)
{
	const struct btf_type *t = btc_kbtf_plain(b, id);

	f->is_slot = true;
	f->size = 8;
	f->is_signed = false;
	if (!t)
		return;
	if (btf_is_int(t)) {
		f->size = t->size;
		f->is_signed = btf_int_encoding(t) & BTF_INT_SIGNED;
	} else if (btf_is_any_enum(t)) {
		f->size = t->size;
		f->is_signed = btf_kflag(t);
	}
}

/* The tracing context of a function is its arguments, 8 bytes each, then its result. */
static int find_slot(struct btc_run *r, const struct btc_late_field *l, const char *module,
		     const char *func, struct btc_bound *f, char *why, size_t room)
{
	bool raw_tp = l->kind == BTC_FIELD_RAWTP_ARG;
	struct btc_kbtf *b = btc_module(r, module);
	const struct btf_type *proto;
	const struct btf_param *p;
	unsigned i, n, at = 0;

	proto = b ? btc_kbtf_proto(b, func, raw_tp) : NULL;
	if (!proto && b && b->base) {
		b = btc_kernel(r);
		proto = btc_kbtf_proto(b, func, raw_tp);
	}
	if (!proto) {
		snprintf(why, room, "the kernel's BTF has no %s '%s'",
			 raw_tp ? "raw tracepoint" : "function", func);
		return -ENOENT;
	}
	p = btf_params(proto);
	n = btf_vlen(proto);
	i = raw_tp ? 1 : 0; /* the first is the tracepoint's private data */
	for (; i < n; i++) {
		if (l->kind != BTC_FIELD_FUNC_RET &&
		    !strcmp(btc_kbtf_str(b, p[i].name_off), l->name)) {
			f->off = 8 * at;
			slot_type(b, p[i].type, f);
			return 0;
		}
		at += slots(btc_kbtf_plain(b, p[i].type));
	}
	if (l->kind == BTC_FIELD_FUNC_RET && proto->type) {
		f->off = 8 * at;
		slot_type(b, proto->type, f);
		return 0;
	}
	if (l->kind == BTC_FIELD_FUNC_RET)
		snprintf(why, room, "function %s returns nothing on this kernel", func);
	else
		snprintf(why, room, "%s %s has no parameter '%s' on this kernel",
			 raw_tp ? "raw tracepoint" : "function", func, l->name);
	return -ENOENT;
}

static int find_tp_field(const struct btc_late_field *l, const char *event, struct btc_bound *f,
			 char *why, size_t room)
{
	struct btc_strs names = { 0 };
	char near[160];
	int err;

	err = btc_tracefs_field(event, l->name, f);
	if (err == -ENOMSG) {
		btc_tracefs_fields(event, &names);
		btc_near(&names, l->name, near, sizeof(near));
		btc_strs_free(&names);
		snprintf(why, room, "tracepoint %s has no field '%s' on this kernel%s%s%s", event,
			 l->name, *near ? " (near: " : "", near, *near ? ")" : "");
		return -ENOENT;
	}
	if (err) {
		snprintf(why, room, "the fields of tracepoint %s cannot be read: %s%s", event,
			 strerror(-err),
			 btc_tracefs() ? "" : " (tracefs is not mounted, see /sys/kernel/tracing)");
		return -ENOENT;
	}
	if (l->is_text != (f->is_data_loc || f->is_rel_loc) && !(l->is_text && f->is_array)) {
		snprintf(why, room, "field '%s' of tracepoint %s is %s on this kernel", l->name,
			 event, l->is_text ? "no text" : "text of variable length");
		return -ENOENT;
	}
	if (f->is_array && !l->is_text && !l->is_array) {
		snprintf(why, room, "field '%s' of tracepoint %s is an array on this kernel",
			 l->name, event);
		return -ENOENT;
	}
	if (l->is_array && f->size < l->size) {
		snprintf(why, room,
			 "field '%s' of tracepoint %s has %u bytes on this kernel, %u are needed",
			 l->name, event, f->size, l->size);
		return -ENOENT;
	}
	if (f->off < 8) {
		snprintf(why, room,
			 "field '%s' of tracepoint %s is hidden from programs by the kernel",
			 l->name, event);
		return -ENOENT;
	}
	return 0;
}

static int find_field(struct btc_run *r, const struct btc_late_field *l, const struct btc_place *pl,
		      struct btc_bound *f, char *why, size_t room)
{
	const char *module = pl && pl->target ? pl->target : "";
	char event[256];

	if (l->kind != BTC_FIELD_TRACEPOINT)
		return find_slot(r, l, module,
				 l->event ? l->event
				 : pl	  ? pl->func
					  : "",
				 f, why, room);
	if (l->event)
		return find_tp_field(l, l->event, f, why, room);
	snprintf(event, sizeof(event), "%s/%s", module, pl ? pl->func : "");
	return find_tp_field(l, event, f, why, room);
}

/* --- instructions --- */

static int size_code(unsigned size)
{
	switch (size) {
	case 1: return BPF_B;
	case 2: return BPF_H;
	case 4: return BPF_W;
	case 8: return BPF_DW;
	}
	return -1;
}

/*
 * load; shift left; shift right. Eight bytes need no shifts, and a slot may
 * hold a pointer, which the verifier lets nobody shift: they become jumps to
 * the next instruction.
 */
static bool patch_load(struct bpf_insn *insn, const struct btc_late_field *l,
		       const struct btc_bound *f)
{
	static const struct bpf_insn nop = { .code = BPF_JMP | BPF_JA };
	int code = size_code(f->size);

	if (l->is_text && f->is_array) { /* it is where its address is, + 0 */
		insn[0] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_K | BPF_MOV,
					     .dst_reg = insn[0].dst_reg };
		insn[1] = insn[2] = nop;
		return true;
	}
	if (code < 0 || (!f->is_slot && f->off % f->size))
		return false;
	insn[0].code = BPF_LDX | BPF_MEM | (f->is_slot ? BPF_DW : code);
	insn[0].off = f->off;
	if (f->size == 8) {
		insn[1] = insn[2] = nop;
		return true;
	}
	insn[1].imm = insn[2].imm = 64 - 8 * f->size;
	insn[2].code = BPF_ALU64 | BPF_K | (f->is_signed ? BPF_ARSH : BPF_RSH);
	return true;
}

/* The index of the field that an instruction waits for; -1: none. */
static int late_index(const struct bpf_insn *insn, size_t n)
{
	/* Large objects have such offsets too, but nobody shifts by 0. */
	if (insn->code == (BPF_LDX | BPF_MEM | BPF_DW) && insn->off >= BTC_LATE_OFF && n > 2 &&
	    insn[1].code == (BPF_ALU64 | BPF_K | BPF_LSH) && !insn[1].imm &&
	    insn[2].code == (BPF_ALU64 | BPF_K | BPF_ARSH) && !insn[2].imm)
		return (insn->off - BTC_LATE_OFF) / 8;
	if (insn->code == (BPF_ALU64 | BPF_K | BPF_ADD) && insn->imm >= BTC_LATE_ADDR &&
	    insn->imm < BTC_LATE_PROBE)
		return insn->imm - BTC_LATE_ADDR;
	return -1;
}

static bool is_probe(const struct bpf_insn *insn)
{
	if (insn->imm != BTC_LATE_PROBE)
		return false;
	if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
		return !insn->src_reg;
	return insn->code == (BPF_ALU64 | BPF_K | BPF_MOV) ||
	       insn->code == (BPF_ALU | BPF_K | BPF_MOV);
}

int btc_late_patch(struct btc_run *r, struct bpf_insn *insn, size_t n,
		   const struct btc_place *place, char *why, size_t room, const char **where)
{
	const struct btc_late_field *l;
	struct btc_bound f;
	size_t i;
	int idx, err;

	*where = place ? place->pr->where : NULL;
	for (i = 0; i < n; i++) {
		if (is_probe(&insn[i]))
			insn[i].imm = place ? place->number : 0;
		idx = late_index(&insn[i], n - i);
		if (insn[i].code == (BPF_LD | BPF_IMM | BPF_DW))
			i++; /* takes two */
		if (idx < 0)
			continue;
		snprintf(why, room, "a late load is malformed; this is a bug of btc");
		if ((unsigned)idx >= r->p->nr_late_fields)
			return -EINVAL;
		l = &r->p->late_fields[idx];
		*where = l->where;
		memset(&f, 0, sizeof(f));
		err = find_field(r, l, place, &f, why, room);
		if (err)
			return err;
		if (BPF_CLASS(insn[i].code) != BPF_LDX) {
			insn[i].imm = f.is_data_loc ? 0 : f.off + (f.is_rel_loc ? f.size : 0);
			continue;
		}
		if (!patch_load(&insn[i], l, &f)) {
			snprintf(
				why, room,
				"'%s' is %u bytes at offset %u on this kernel and cannot be loaded from the context",
				l->name, f.size, f.off);
			return -ENOENT;
		}
	}
	return 0;
}
