// SPDX-License-Identifier: Apache-2.0
/*
 * USDT notes: <sys/sdt.h> leaves one for each probe in section .note.stapsdt,
 * with the address of the nop, that of a counter of listeners, the names and
 * the operands of the arguments as the assembler writes them.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "usdt.h"

#define NOTE_TYPE 3

/* --- operands --- */

#if defined(__x86_64__)

/* struct pt_regs of the kernel: the number of each 8-byte slot. */
static const struct reg {
	const char *names; /* of 8, 4, 2 and 1 byte */
	unsigned slot;
} regs[] = {
	{ "rax eax ax al", 10 },     { "rbx ebx bx bl", 5 },	  { "rcx ecx cx cl", 11 },
	{ "rdx edx dx dl", 12 },     { "rsi esi si sil", 13 },	  { "rdi edi di dil", 14 },
	{ "rbp ebp bp bpl", 4 },     { "rsp esp sp spl", 19 },	  { "r8 r8d r8w r8b", 9 },
	{ "r9 r9d r9w r9b", 8 },     { "r10 r10d r10w r10b", 7 }, { "r11 r11d r11w r11b", 6 },
	{ "r12 r12d r12w r12b", 3 }, { "r13 r13d r13w r13b", 2 }, { "r14 r14d r14w r14b", 1 },
	{ "r15 r15d r15w r15b", 0 }, { "rip eip", 16 },
};

/* Behind the name of a register, from behind its '%'; NULL: it is none that is saved. */
static const char *read_reg(const char *s, __u16 *off)
{
	size_t len = 0, n, i;
	const char *name;

	while (isalnum((unsigned char)s[len]))
		len++;
	for (i = 0; i < BTC_COUNT(regs); i++) {
		for (name = regs[i].names; *name; name += n + (name[n] == ' ')) {
			n = strcspn(name, " ");
			if (n == len && !memcmp(name, s, n)) {
				*off = 8 * regs[i].slot;
				return s + len;
			}
		}
	}
	return NULL;
}

/* [SYMBOL][+-]NUMBER..., up to what follows. */
static const char *read_disp(const char *s, const struct btc_usdt_file *f, __s64 *val)
{
	char name[256], *end;
	size_t n;
	__u64 addr;

	while (*s && *s != '(' && *s != ' ' && *s != '%') {
		if (*s == '+' && !isdigit((unsigned char)s[1]) && s[1] != '-')
			s++;
		if (isdigit((unsigned char)*s) || ((*s == '-' || *s == '+') && s[1])) {
			*val += strtoll(s, &end, 0);
			if (end == s)
				return NULL;
			s = end;
			continue;
		}
		n = strcspn(s, "+-( ");
		snprintf(name, sizeof(name), "%.*s", (int)n, s);
		if (!n || btc_usdt_symbol(f, name, &addr))
			return NULL;
		*val += addr;
		s += n;
	}
	return s;
}

/* disp(base,index,scale), %reg, $number: the assembler's own syntax. */
static const char *read_operand(const char *s, const struct btc_usdt_file *f, __u64 pc,
				struct btc_usdt_arg *a)
{
	char *end;

	a->scale = 1;
	if (*s == '$') {
		a->kind = BTC_USDT_CONST;
		a->val = strtoll(s + 1, &end, 0);
		return end;
	}
	if (*s == '%') {
		a->kind = BTC_USDT_REG;
		a->has_base = 1;
		return read_reg(s + 1, &a->base);
	}
	a->kind = BTC_USDT_MEM;
	s = read_disp(s, f, &a->val);
	if (!s || *s != '(') /* an absolute address */
		return s;
	if (*++s == '%') {
		a->has_base = 1;
		s = read_reg(s + 1, &a->base);
		if (s && a->base == 8 * 16) /* symbols count from where the code is */
			a->val -= pc;
	}
	if (s && *s == ',' && s[1] == '%') {
		a->has_index = 1;
		s = read_reg(s + 2, &a->index);
		if (s && *s == ',') {
			a->scale = strtoul(s + 1, &end, 10);
			s = end;
		}
	}
	return s && *s == ')' ? s + 1 : NULL;
}

#elif defined(__aarch64__)

/* struct user_pt_regs: x0 to x30, sp, pc. */
static const char *read_reg(const char *s, __u16 *off)
{
	unsigned long n;
	char *end;

	if (!strncmp(s, "sp", 2)) {
		*off = 8 * 31;
		return s + 2;
	}
	if ((*s != 'x' && *s != 'w') || !isdigit((unsigned char)s[1]))
		return NULL;
	n = strtoul(s + 1, &end, 10);
	*off = 8 * n;
	return n <= 30 ? end : NULL;
}

/* [reg, number], reg, number */
static const char *read_operand(const char *s, const struct btc_usdt_file *f, __u64 pc,
				struct btc_usdt_arg *a)
{
	char *end;

	(void)f;
	(void)pc;
	a->scale = 1;
	if (isdigit((unsigned char)*s) || *s == '-') {
		a->kind = BTC_USDT_CONST;
		a->val = strtoll(s, &end, 0);
		return end;
	}
	a->has_base = 1;
	if (*s != '[') {
		a->kind = BTC_USDT_REG;
		return read_reg(s, &a->base);
	}
	a->kind = BTC_USDT_MEM;
	s = read_reg(s + 1, &a->base);
	if (s && *s == ',') {
		s += 1 + strspn(s + 1, " ");
		if (isdigit((unsigned char)*s) || *s == '-') {
			a->val = strtoll(s, &end, 0);
			s = end;
		} else {
			a->has_index = 1;
			s = read_reg(s, &a->index);
		}
	}
	return s && *s == ']' ? s + 1 : NULL;
}

#else

static const char *read_operand(const char *s, const struct btc_usdt_file *f, __u64 pc,
				struct btc_usdt_arg *a)
{
	(void)s;
	(void)f;
	(void)pc;
	(void)a;
	return NULL;
}

#endif

/* [-]SIZE@OPERAND, separated by blanks; what cannot be read (a float) counts as 0. */
static unsigned read_args(const char *s, const struct btc_usdt_file *f, __u64 pc,
			  struct btc_usdt_spec *spec)
{
	struct btc_usdt_arg *a;
	const char *next;
	unsigned n = 0;
	char *end;
	long size;

	for (s += strspn(s, " "); *s && n < BTC_USDT_ARGS; s += strspn(s, " "), n++) {
		a = &spec->arg[n];
		size = strtol(s, &end, 10);
		a->is_signed = size < 0;
		a->size = size < 0 ? -size : size;
		next = NULL;
		if (*end == '@' && (a->size == 1 || a->size == 2 || a->size == 4 || a->size == 8)) {
			a->shift = 64 - 8 * a->size;
			next = read_operand(end + 1, f, pc, a);
		}
		if (!next || (*next && *next != ' ')) {
			memset(a, 0, sizeof(*a));
			next = s + strcspn(s, " ");
		}
		s = next;
	}
	return n;
}

/* --- the file --- */

static Elf_Scn *section(Elf *elf, const char *name, GElf_Shdr *sh)
{
	Elf_Scn *scn = NULL;
	const char *s;
	size_t strs;

	if (elf_getshdrstrndx(elf, &strs))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, sh))
			continue;
		s = elf_strptr(elf, strs, sh->sh_name);
		if (s && !strcmp(s, name))
			return scn;
	}
	return NULL;
}

int btc_usdt_symbol(const struct btc_usdt_file *f, const char *name, __u64 *addr)
{
	Elf_Scn *scn = NULL;
	Elf_Data *data;
	const char *s;
	GElf_Shdr sh;
	GElf_Sym sym;
	int i;

	while ((scn = elf_nextscn(f->elf, scn))) {
		if (!gelf_getshdr(scn, &sh) || !sh.sh_entsize ||
		    (sh.sh_type != SHT_SYMTAB && sh.sh_type != SHT_DYNSYM))
			continue;
		data = elf_getdata(scn, NULL);
		for (i = 0; data && gelf_getsym(data, i, &sym); i++) {
			s = elf_strptr(f->elf, sh.sh_link, sym.st_name);
			if (s && sym.st_shndx && !strcmp(s, name)) {
				*addr = sym.st_value;
				return 0;
			}
		}
	}
	return -ENOENT;
}

/* An address to the place in the file that holds it. */
static int to_offset(Elf *elf, __u64 addr, __u64 *off)
{
	GElf_Phdr ph;
	size_t i, n;

	if (elf_getphdrnum(elf, &n))
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (!gelf_getphdr(elf, i, &ph) || ph.p_type != PT_LOAD || addr < ph.p_vaddr ||
		    addr - ph.p_vaddr >= ph.p_memsz)
			continue;
		*off = addr - ph.p_vaddr + ph.p_offset;
		return 0;
	}
	return -ENOENT;
}

static int read_note(struct btc_usdt_file *f, const char *desc, size_t size, __s64 base,
		     int (*found)(struct btc_usdt_note *n, void *arg), void *arg)
{
	struct btc_usdt_note n = { 0 };
	const char *end = desc + size, *args;
	__u64 word[3];

	if (size < sizeof(word) + 3 || end[-1])
		return 0;
	memcpy(word, desc, sizeof(word));
	/* Prelinked files were moved: by how much tells section .stapsdt.base. */
	if (base && word[1]) {
		word[0] += base - word[1];
		if (word[2])
			word[2] += base - word[1];
	}
	n.provider = desc + sizeof(word);
	n.name = n.provider + strlen(n.provider) + 1;
	args = n.name < end ? n.name + strlen(n.name) + 1 : end;
	if (args >= end || to_offset(f->elf, word[0], &n.off))
		return 0;
	if (word[2] && to_offset(f->elf, word[2], &n.ref_off))
		return 0;
	f->args = args;
	f->pc = word[0];
	return found(&n, arg);
}

unsigned btc_usdt_args(const struct btc_usdt_file *f, struct btc_usdt_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	return read_args(f->args, f, f->pc, spec);
}

static int read_notes(struct btc_usdt_file *f, int (*found)(struct btc_usdt_note *n, void *arg),
		      void *arg)
{
	size_t off = 0, name, desc;
	Elf_Data *data;
	GElf_Shdr sh;
	GElf_Nhdr nh;
	Elf_Scn *scn;
	__s64 base;
	int err = 0;

	base = section(f->elf, ".stapsdt.base", &sh) ? (__s64)sh.sh_addr : 0;
	scn = section(f->elf, ".note.stapsdt", &sh);
	data = scn ? elf_getdata(scn, NULL) : NULL;
	while (!err && data && (off = gelf_getnote(data, off, &nh, &name, &desc)))
		if (nh.n_type == NOTE_TYPE && nh.n_namesz == 8 &&
		    !memcmp((char *)data->d_buf + name, "stapsdt", 8))
			err = read_note(f, (char *)data->d_buf + desc, nh.n_descsz, base, found,
					arg);
	return err;
}

int btc_usdt_read(struct btc_usdt_file *f, const char *path,
		  int (*found)(struct btc_usdt_note *n, void *arg), void *arg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	GElf_Ehdr eh;

	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	f->elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!f->elf || !gelf_getehdr(f->elf, &eh) || eh.e_ident[EI_CLASS] != ELFCLASS64)
		err = -ENOEXEC;
	else if (!btc_elf_is_ours(eh.e_machine))
		err = -ELIBBAD;
	else
		err = read_notes(f, found, arg);
	elf_end(f->elf);
	close(fd);
	return err;
}
