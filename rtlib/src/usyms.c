// SPDX-License-Identifier: Apache-2.0
/*
 * User addresses to names, by /proc/PID/maps and the symbols of the files that
 * are mapped. Both are remembered: a process that has exited when its stack is
 * printed still has its names if it was seen once. Maps are read again when an
 * address lies in none of them, or when they are old.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define STALE_MS 1000
#define PROCS	 1024 /* remembered; then the oldest are forgotten */
#define FILES	 512  /* then all are */

struct region {
	__u64 start, end, off;
	unsigned file; /* index */
};

struct proc {
	__u32 pid;
	__u64 read_ms;
	struct region *region; /* ascending */
	size_t nr;
};

struct file {
	char *path;
	__u64 dev, inode;
	__u32 pid; /* through whose root it is reached */
	struct btc_elf elf;
	bool tried;
};

struct btc_usyms {
	struct proc *proc;
	struct file *file;
	size_t nr_procs, nr_files, oldest;
	char *demangled; /* the last one */
};

static void forget_procs(struct btc_usyms *u)
{
	while (u->nr_procs)
		free(u->proc[--u->nr_procs].region);
	u->oldest = 0;
}

static void forget_files(struct btc_usyms *u)
{
	while (u->nr_files) {
		struct file *f = &u->file[--u->nr_files];

		free(f->path);
		btc_elf_close(&f->elf);
	}
}

static struct btc_usyms *usyms(struct btc_run *r)
{
	struct btc_usyms *u = r->usyms;

	if (u)
		return u;
	u = calloc(1, sizeof(*u));
	if (!u)
		return NULL;
	u->proc = calloc(PROCS, sizeof(*u->proc));
	u->file = calloc(FILES, sizeof(*u->file));
	r->usyms = u;
	if (u->proc && u->file)
		return u;
	btc_usyms_free(r);
	return NULL;
}

void btc_usyms_free(struct btc_run *r)
{
	struct btc_usyms *u = r->usyms;

	if (!u)
		return;
	forget_procs(u);
	forget_files(u);
	free(u->proc);
	free(u->file);
	free(u->demangled);
	free(u);
	r->usyms = NULL;
}

static int add_file(struct btc_usyms *u, const char *path, __u64 dev, __u64 inode, __u32 pid)
{
	struct file *f;
	size_t i;

	for (i = 0; i < u->nr_files; i++)
		if (u->file[i].inode == inode && u->file[i].dev == dev)
			return i;
	if (u->nr_files == FILES)
		return -ENOSPC;
	f = &u->file[u->nr_files];
	memset(f, 0, sizeof(*f));
	f->path = strdup(path);
	if (!f->path)
		return -ENOMEM;
	f->dev = dev;
	f->inode = inode;
	f->pid = pid;
	return u->nr_files++;
}

/* "start-end r-xp offset major:minor inode   path" */
static int add_region(struct btc_usyms *u, struct proc *p, char *line)
{
	unsigned long long start, end, off, inode;
	unsigned major, minor;
	struct region *grown;
	int file, at = 0;
	char perm[8];

	if (sscanf(line, "%llx-%llx %7s %llx %x:%x %llu %n", &start, &end, perm, &off, &major,
		   &minor, &inode, &at) < 7 ||
	    !at || perm[2] != 'x' || line[at] != '/')
		return 0;
	line[at + strcspn(line + at, "\n")] = '\0';
	file = add_file(u, line + at, (__u64)major << 32 | minor, inode, p->pid);
	if (file < 0)
		return file;
	grown = realloc(p->region, (p->nr + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	p->region = grown;
	p->region[p->nr++] = (struct region){ start, end, off, file };
	return 0;
}

/* Does the child of -c still run our own image? Its names would be ours. */
static bool is_before_exec(__u32 pid)
{
	struct stat self, child;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/exe", pid);
	return pid != (__u32)getpid() && !stat(path, &child) && !stat("/proc/self/exe", &self) &&
	       child.st_ino == self.st_ino && child.st_dev == self.st_dev;
}

/* The process may be gone: what is known of it stays then. */
static void read_maps(struct btc_usyms *u, struct proc *p)
{
	struct proc fresh = { .pid = p->pid };
	char path[64], line[4096 + 128];
	int err = 0;
	FILE *f;

	if (is_before_exec(p->pid))
		return;
	p->read_ms = btc_now_ms();
	snprintf(path, sizeof(path), "/proc/%u/maps", p->pid);
	f = fopen(path, "re");
	if (!f)
		return;
	while (!err && fgets(line, sizeof(line), f))
		err = add_region(u, &fresh, line);
	fclose(f);
	if (!fresh.nr)
		return;
	free(p->region);
	p->region = fresh.region;
	p->nr = fresh.nr;
}

/* The command of -c was over before its maps were read: its program, if that has fixed addresses. */
static void use_fixed(struct btc_run *r, struct btc_usyms *u, struct proc *p)
{
	char path[PATH_MAX];
	struct btc_elf e;
	struct stat st;
	size_t i;
	int file;

	if (p->nr || p->pid != (__u32)r->child.pid || !r->child.path || stat(r->child.path, &st) ||
	    !realpath(r->child.path, path) || btc_elf_open(&e, path))
		return;
	/* Device numbers are written otherwise in maps; the file is then there twice. */
	file = e.is_dyn ? -1 : add_file(u, path, ~0ull, st.st_ino, p->pid);
	p->region = file < 0 ? NULL : calloc(e.nr_segs, sizeof(*p->region));
	for (i = 0; p->region && i < e.nr_segs; i++)
		p->region[p->nr++] = (struct region){ e.seg[i].addr, e.seg[i].addr + e.seg[i].size,
						      e.seg[i].off, file };
	btc_elf_close(&e);
}

static struct proc *get_proc(struct btc_usyms *u, __u32 pid)
{
	struct proc *p;
	size_t i;

	for (i = 0; i < u->nr_procs; i++)
		if (u->proc[i].pid == pid)
			return &u->proc[i];
	if (u->nr_files > FILES - 32) {
		forget_procs(u);
		forget_files(u);
	}
	if (u->nr_procs < PROCS) {
		p = &u->proc[u->nr_procs++];
	} else {
		p = &u->proc[u->oldest];
		u->oldest = (u->oldest + 1) % PROCS;
		free(p->region);
	}
	memset(p, 0, sizeof(*p));
	p->pid = pid;
	read_maps(u, p);
	return p;
}

static const struct region *find_region(const struct proc *p, __u64 addr)
{
	size_t i;

	for (i = 0; i < p->nr; i++)
		if (addr >= p->region[i].start && addr < p->region[i].end)
			return &p->region[i];
	return NULL;
}

static void open_file(struct file *f)
{
	char path[4200];

	f->tried = true;
	snprintf(path, sizeof(path), "/proc/%u/root%s", f->pid, f->path);
	if (btc_elf_open(&f->elf, path))
		btc_elf_open(&f->elf, f->path);
}

static const char *demangle(struct btc_run *r, struct btc_usyms *u, const char *name)
{
	char *text = r->config.cpp_demangle ? btc_demangle(name) : NULL;

	if (!text)
		return name;
	free(u->demangled);
	u->demangled = text;
	return text;
}

void btc_usyms_lookup(struct btc_run *r, __u32 pid, __u64 addr, struct btc_usym_hit *hit)
{
	struct btc_usyms *u = usyms(r);
	const struct btc_elf_sym *s;
	const struct region *reg;
	struct proc *p;
	struct file *f;
	__u64 vaddr;

	memset(hit, 0, sizeof(*hit));
	if (!u)
		return;
	p = get_proc(u, pid);
	reg = find_region(p, addr);
	if ((!reg && btc_now_ms() - p->read_ms > 10) || btc_now_ms() - p->read_ms > STALE_MS ||
	    r->config.forget_users) {
		read_maps(u, p);
		reg = find_region(p, addr);
	}
	if (!reg && !p->nr) {
		use_fixed(r, u, p);
		reg = find_region(p, addr);
	}
	if (!reg)
		return;
	f = &u->file[reg->file];
	if (!f->tried)
		open_file(f);
	hit->path = f->path;
	hit->build_id = *f->elf.build_id ? f->elf.build_id : NULL;
	hit->file_off = addr - reg->start + reg->off;
	if (btc_elf_to_addr(&f->elf, hit->file_off, &vaddr))
		return;
	s = btc_elf_find(&f->elf, vaddr);
	if (!s)
		return;
	hit->name = demangle(r, u, btc_elf_name(&f->elf, s));
	hit->off = vaddr - s->addr;
}

static bool has_user_symbols(const struct btc_type *t)
{
	unsigned i;

	if (!t)
		return false;
	switch (t->kind) {
	case BTC_USTACK:
	case BTC_USYM: return true;
	case BTC_TUPLE:
	case BTC_STRUCT:
		for (i = 0; i < t->nr; i++)
			if (has_user_symbols(t->members[i].type))
				return true;
		return false;
	case BTC_ARRAY: return has_user_symbols(t->elem);
	}
	return false;
}

static bool needs_user_symbols(const struct btc_program *p)
{
	unsigned i, k;

	for (i = 0; i < p->nr_maps; i++)
		if (has_user_symbols(p->maps[i].key) || has_user_symbols(p->maps[i].value))
			return true;
	for (i = 0; i < p->nr_actions; i++)
		for (k = 0; k < p->actions[i].nr_fields; k++)
			if (has_user_symbols(p->actions[i].fields[k].type))
				return true;
	return false;
}

/*
 * A command of -c may be over in a millisecond, and its maps with it: they are
 * read again and again while it starts, until its libraries are in place.
 */
void btc_usyms_follow(struct btc_run *r, __u32 pid)
{
	unsigned i, same = 0;
	struct btc_usyms *u;
	size_t before;
	struct proc *p;

	if (!pid || !needs_user_symbols(r->p))
		return;
	u = usyms(r);
	if (!u)
		return;
	p = get_proc(u, pid);
	for (i = 0; i < 64 && same < 4; i++) {
		before = p->nr;
		usleep(100);
		read_maps(u, p);
		same = i >= 8 && p->nr > 1 && p->nr == before ? same + 1 : 0;
	}
}

void btc_usyms_saw(struct btc_run *r, __u32 pid)
{
	struct btc_usyms *u = r->config.forget_users ? NULL : usyms(r);
	struct proc *p;

	if (!u)
		return;
	p = get_proc(u, pid);
	if (btc_now_ms() - p->read_ms > 1)
		read_maps(u, p);
}

void btc_usyms_snapshot(struct btc_run *r, __u32 pid)
{
	struct btc_usyms *u;
	struct proc *p;

	if (!pid || !needs_user_symbols(r->p))
		return;
	u = usyms(r);
	if (!u)
		return;
	p = get_proc(u, pid);
	if (btc_now_ms() - p->read_ms > STALE_MS / 2)
		read_maps(u, p);
}
