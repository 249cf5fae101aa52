// SPDX-License-Identifier: Apache-2.0
/*
 * Types and fields that this kernel does not have. libbpf leaves a call of no
 * function where it cannot relocate one; the verifier refuses it if the program
 * can get there. Here its words, and the program's line information, become
 * what is missing and the place in the script.
 */
#include <ctype.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#define POISON 195896080 /* libbpf's; 0xbad2310 */

/* The lines of a program that has such calls: libbpf frees its own when the load fails. */
void btc_gone_note(struct btc_run *r, const struct bpf_insn *insn, size_t n,
		   const struct bpf_prog_load_opts *opts)
{
	size_t i;

	free(r->lines);
	r->lines = NULL;
	r->nr_lines = 0;
	for (i = 0; i < n; i++)
		if (insn[i].code == (BPF_JMP | BPF_CALL) && !insn[i].src_reg &&
		    insn[i].imm == POISON)
			break;
	if (i == n || !opts->line_info || opts->line_info_rec_size < sizeof(*r->lines))
		return;
	r->lines = calloc(opts->line_info_cnt, sizeof(*r->lines));
	if (!r->lines)
		return;
	for (; r->nr_lines < opts->line_info_cnt; r->nr_lines++)
		memcpy(&r->lines[r->nr_lines],
		       (const char *)opts->line_info + r->nr_lines * opts->line_info_rec_size,
		       sizeof(*r->lines));
}

/* The number of the instruction in the last line that begins "N: " before @end. */
static long insn_before(const char *log, const char *end)
{
	const char *s = end;
	char *rest;
	long n;

	while (s > log) {
		for (s--; s > log && s[-1] != '\n'; s--)
			;
		n = strtol(s, &rest, 10);
		if (rest > s && *rest == ':')
			return n;
	}
	return -1;
}

static const struct bpf_line_info *line_of(const struct btc_run *r, long insn)
{
	const struct bpf_line_info *best = NULL;
	__u32 i;

	for (i = 0; i < r->nr_lines; i++)
		if (insn >= 0 && r->lines[i].insn_off <= insn)
			best = &r->lines[i];
	return best;
}

/* Does the kernel have the "struct x"? */
static bool has_type(const char *s, int len)
{
	struct btf *btf = btf__load_vmlinux_btf();
	char name[128];
	__s32 id = 1;

	if (btf && !strncmp(s, "struct ", 7)) {
		snprintf(name, sizeof(name), "%.*s", len - 7, s + 7);
		id = btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
	}
	btf__free(btf);
	return id > 0;
}

/* "<byte_off> [17] struct inode___k.i_atime.tv_sec (0:1:0 @ offset 8)" */
static bool describe(const char *s, char *why, size_t room)
{
	const char *end, *dot, *flavour, *name;
	int type_len;

	s = strstr(s, "] ");
	end = s ? strstr(s, " (") : NULL;
	name = s ? strchr(s + 2, ' ') : NULL;
	if (!end || !name || name > end)
		return false;
	s += 2;
	dot = memchr(s, '.', end - s);
	flavour = strstr(name, "___");
	type_len = (flavour && flavour < end ? flavour : dot ? dot : end) - s;
	if (dot && has_type(s, type_len))
		snprintf(why, room, "%.*s has no field '%.*s' on this kernel", type_len, s,
			 (int)(end - dot - 1), dot + 1);
	else
		snprintf(why, room, "this kernel has no %.*s", type_len, s);
	return true;
}

bool btc_gone_explain(struct btc_run *r, char *why, size_t room, char *where, size_t where_room)
{
	static const char core[] = "failed to resolve CO-RE relocation ";
	const char *log = r->load_log ? r->load_log : "", *at = strstr(log, core), *text;
	const struct btf *btf = bpf_object__btf(r->obj);
	const struct bpf_line_info *line;
	bool told = at && describe(at + sizeof(core) - 1, why, room);

	if (!at)
		at = strstr(log, "invalid func unknown#195896080");
	if (!at)
		return false;
	line = btf ? line_of(r, insn_before(log, at)) : NULL;
	if (!told) { /* a clone: the line will tell */
		text = line ? btf__name_by_offset(btf, line->line_off) : NULL;
		while (text && isspace((unsigned char)*text))
			text++;
		snprintf(why, room, "a field or type that is used here is not on this kernel%s%s",
			 text && *text ? ": " : "", text ? text : "");
	}
	if (line) {
		text = btf__name_by_offset(btf, line->file_name_off);
		if (!text || (strlen(text) > 6 && !strcmp(text + strlen(text) - 6, ".bpf.c")))
			text = r->p->source; /* clang 14 takes the line's number only from #line */
		if (strrchr(text, '/'))	     /* a path of the machine that compiled it */
			text = strrchr(text, '/') + 1;
		snprintf(where, where_room, "%s:%u", text, BPF_LINE_INFO_LINE_NUM(line->line_col));
	}
	return true;
}
