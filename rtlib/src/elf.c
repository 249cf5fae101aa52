// SPDX-License-Identifier: Apache-2.0
/*
 * Symbols and segments of an ELF file, copied to memory, so that the file may
 * change or go. Functions only: from .symtab, or from .dynsym if the file is
 * stripped and its build id leads to no file of debug information.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static int add_seg(struct btc_elf *e, const GElf_Phdr *ph)
{
	struct btc_elf_seg *grown = realloc(e->seg, (e->nr_segs + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	e->seg = grown;
	e->seg[e->nr_segs++] = (struct btc_elf_seg){ ph->p_offset, ph->p_vaddr, ph->p_filesz };
	return 0;
}

static int read_segs(struct btc_elf *e, Elf *elf)
{
	size_t i, n;
	GElf_Phdr ph;
	int err = 0;

	if (elf_getphdrnum(elf, &n))
		return -EINVAL;
	for (i = 0; !err && i < n; i++)
		if (gelf_getphdr(elf, i, &ph) && ph.p_type == PT_LOAD && ph.p_flags & PF_X)
			err = add_seg(e, &ph);
	return err;
}

static int add_sym(struct btc_elf *e, const GElf_Sym *s, const char *name)
{
	size_t len = strlen(name) + 1, room;
	void *grown;

	if (e->nr == e->room) {
		room = e->room ? 2 * e->room : 256;
		grown = realloc(e->sym, room * sizeof(*e->sym));
		if (!grown)
			return -ENOMEM;
		e->sym = grown;
		e->room = room;
	}
	if (e->names_len + len > e->names_room) {
		room = e->names_room ? 2 * e->names_room : 4096;
		while (room < e->names_len + len)
			room *= 2;
		if (room > 1u << 31)
			return -E2BIG;
		grown = realloc(e->names, room);
		if (!grown)
			return -ENOMEM;
		e->names = grown;
		e->names_room = room;
	}
	e->sym[e->nr++] = (struct btc_elf_sym){
		.addr = s->st_value,
		.size = s->st_size,
		.name = e->names_len,
		/* Of write, __write and __GI___libc_write at one address people know the first. */
		.rank = (GELF_ST_BIND(s->st_info) == STB_LOCAL ? 2 : 0) + (*name == '_'),
	};
	memcpy(e->names + e->names_len, name, len);
	e->names_len += len;
	return 0;
}

static Elf_Scn *find_section(Elf *elf, GElf_Word type, GElf_Shdr *sh)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, sh) && sh->sh_type == type)
			return scn;
	return NULL;
}

static int read_syms(struct btc_elf *e, Elf *elf, GElf_Word type)
{
	GElf_Shdr sh;
	Elf_Scn *scn = find_section(elf, type, &sh);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	const char *name;
	size_t i, n;
	GElf_Sym s;
	int err = 0;

	if (!data || !sh.sh_entsize)
		return -ENOENT;
	n = sh.sh_size / sh.sh_entsize;
	for (i = 0; !err && i < n; i++) {
		if (!gelf_getsym(data, i, &s) || s.st_shndx == SHN_UNDEF || !s.st_value)
			continue;
		if (GELF_ST_TYPE(s.st_info) != STT_FUNC && GELF_ST_TYPE(s.st_info) != STT_GNU_IFUNC)
			continue;
		name = elf_strptr(elf, sh.sh_link, s.st_name);
		if (name && *name)
			err = add_sym(e, &s, name);
	}
	return err;
}

static void read_build_id(struct btc_elf *e, Elf *elf)
{
	size_t off, name_off, desc_off, i;
	Elf_Scn *scn = NULL;
	Elf_Data *data;
	GElf_Nhdr nh;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_NOTE)
			continue;
		data = elf_getdata(scn, NULL);
		off = 0;
		while (data && (off = gelf_getnote(data, off, &nh, &name_off, &desc_off)) > 0) {
			const unsigned char *id = (unsigned char *)data->d_buf + desc_off;

			if (nh.n_type != NT_GNU_BUILD_ID || nh.n_namesz != 4 || nh.n_descsz > 20)
				continue;
			for (i = 0; i < nh.n_descsz; i++)
				snprintf(e->build_id + 2 * i, 3, "%02x", id[i]);
			return;
		}
	}
}

/* A name, padded to four bytes, and the checksum of the file that has it. */
static void read_debug_link(struct btc_elf *e, Elf *elf)
{
	Elf_Scn *scn = NULL;
	const char *name;
	Elf_Data *data;
	GElf_Shdr sh;
	size_t shstr, n;

	if (elf_getshdrstrndx(elf, &shstr))
		return;
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_PROGBITS)
			continue;
		name = elf_strptr(elf, shstr, sh.sh_name);
		data = name && !strcmp(name, ".gnu_debuglink") ? elf_rawdata(scn, NULL) : NULL;
		if (!data)
			continue;
		n = strnlen(data->d_buf, data->d_size);
		if (n && n < sizeof(e->debug_name) && (n + 4) / 4 * 4 + 4 <= data->d_size) {
			memcpy(e->debug_name, data->d_buf, n);
			memcpy(&e->debug_crc, (char *)data->d_buf + (n + 4) / 4 * 4, 4);
		}
		return;
	}
}

/* Symbols of a stripped file. */
static int read_debug_file(struct btc_elf *e, const char *path)
{
	char debug[4096];
	int fd, err;
	Elf *elf;

	if (!btc_debug_file(e, path, debug, sizeof(debug)))
		return -ENOENT;
	fd = open(debug, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -ENOENT;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	err = elf ? read_syms(e, elf, SHT_SYMTAB) : -ENOENT;
	elf_end(elf);
	close(fd);
	return err;
}

static int find_symbol(Elf *elf, GElf_Word type, const char *want, __u64 *addr, __u64 *size)
{
	GElf_Shdr sh;
	Elf_Scn *scn = find_section(elf, type, &sh);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	const char *name;
	GElf_Sym s;
	size_t i;

	for (i = 0; data && sh.sh_entsize && i < sh.sh_size / sh.sh_entsize; i++) {
		if (!gelf_getsym(data, i, &s) || s.st_shndx == SHN_UNDEF || !s.st_value ||
		    GELF_ST_TYPE(s.st_info) == STT_TLS)
			continue;
		name = elf_strptr(elf, sh.sh_link, s.st_name);
		if (!name || strcmp(name, want))
			continue;
		*addr = s.st_value;
		*size = s.st_size;
		return 0;
	}
	return -ENOENT;
}

int btc_elf_symbol(const struct btc_elf *e, const char *path, const char *name, __u64 *addr,
		   __u64 *size)
{
	char debug[4200];
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = -ENOENT;
	Elf *elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);

	if (elf) {
		err = find_symbol(elf, SHT_SYMTAB, name, addr, size);
		if (err)
			err = find_symbol(elf, SHT_DYNSYM, name, addr, size);
	}
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	if (!err || !btc_debug_file(e, path, debug, sizeof(debug)))
		return err;
	fd = open(debug, O_RDONLY | O_CLOEXEC);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ, NULL);
	if (elf)
		err = find_symbol(elf, SHT_SYMTAB, name, addr, size);
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return err;
}

static int by_addr(const void *a, const void *b)
{
	const struct btc_elf_sym *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* A processor also runs the programs of its 32-bit ancestor. */
bool btc_elf_is_ours(__u16 machine)
{
#ifdef __aarch64__
	return machine == EM_AARCH64 || machine == EM_ARM;
#else
	return machine == EM_X86_64 || machine == EM_386;
#endif
}

const char *btc_elf_error(int err)
{
	return err == -ENOEXEC	 ? "it is no program or library (ELF) that can be read"
	       : err == -ELIBBAD ? "it is for another kind of processor than this machine's"
				 : strerror(-err);
}

int btc_elf_open(struct btc_elf *e, const char *path)
{
	GElf_Ehdr eh;
	int fd, err;
	Elf *elf;

	memset(e, 0, sizeof(*e));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || !gelf_getehdr(elf, &eh)) {
		elf_end(elf);
		close(fd);
		return -ENOEXEC;
	}
	e->is_dyn = eh.e_type == ET_DYN;
	e->machine = eh.e_machine;
	err = read_segs(e, elf);
	if (!err) {
		read_build_id(e, elf);
		read_debug_link(e, elf);
		err = read_syms(e, elf, SHT_SYMTAB);
		if (err == -ENOENT)
			err = read_debug_file(e, path);
		if (err == -ENOENT)
			err = read_syms(e, elf, SHT_DYNSYM);
		if (err == -ENOENT)
			err = 0; /* no symbols at all: addresses only */
	}
	elf_end(elf);
	close(fd);
	if (err) {
		btc_elf_close(e);
		return err;
	}
	if (e->nr > 1)
		qsort(e->sym, e->nr, sizeof(*e->sym), by_addr);
	return 0;
}

void btc_elf_close(struct btc_elf *e)
{
	free(e->seg);
	free(e->sym);
	free(e->names);
	memset(e, 0, sizeof(*e));
}

int btc_elf_to_offset(const struct btc_elf *e, __u64 addr, __u64 *off)
{
	size_t i;

	for (i = 0; i < e->nr_segs; i++) {
		if (addr < e->seg[i].addr || addr - e->seg[i].addr >= e->seg[i].size)
			continue;
		*off = addr - e->seg[i].addr + e->seg[i].off;
		return 0;
	}
	return -ERANGE;
}

int btc_elf_to_addr(const struct btc_elf *e, __u64 off, __u64 *addr)
{
	size_t i;

	for (i = 0; i < e->nr_segs; i++) {
		if (off < e->seg[i].off || off - e->seg[i].off >= e->seg[i].size)
			continue;
		*addr = off - e->seg[i].off + e->seg[i].addr;
		return 0;
	}
	return -ERANGE;
}

/* Symbols may nest, so the nearest below may end before @addr: look at a few. */
const struct btc_elf_sym *btc_elf_find(const struct btc_elf *e, __u64 addr)
{
	size_t lo = 0, hi = e->nr, mid, k;
	const struct btc_elf_sym *s;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (e->sym[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (k = 0; lo && k < 16; k++) {
		lo--;
		while (lo && e->sym[lo - 1].addr == e->sym[lo].addr)
			lo--;
		s = &e->sym[lo];
		if (addr - s->addr < s->size || (!s->size && !k))
			return s;
	}
	return NULL;
}

const char *btc_elf_name(const struct btc_elf *e, const struct btc_elf_sym *s)
{
	return e->names + s->name;
}
