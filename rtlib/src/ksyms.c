// SPDX-License-Identifier: Apache-2.0
/*
 * Kernel symbols without a symbol table in memory. The addresses wanted are
 * collected, then /proc/kallsyms is read once as a stream: a symbol is kept at
 * the first wanted address not below it, if it is the nearest so far. A sweep
 * then carries the nearest symbol forward. Memory is bounded by the addresses
 * asked for (122,000 symbols would be 5 MB). A tool that keeps asking for new
 * addresses gets the text in memory after a while: reading it from the kernel
 * is what takes long.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define PASSES 8 /* over the file, before it is kept */
#define CHUNK  (64 << 10)
#define ADDRS  65536 /* remembered; then all are forgotten */

static int by_addr(const void *a, const void *b)
{
	const struct btc_ksym *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* The first wanted address at or above @addr, among the sorted. */
static size_t lower_bound(const struct btc_ksyms *k, __u64 addr)
{
	size_t lo = 0, hi = k->nr, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (k->sym[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void btc_ksyms_want(struct btc_ksyms *k, __u64 addr)
{
	struct btc_ksym *grown;

	if (!addr || (!k->dirty && btc_ksyms_find(k, addr)))
		return;
	if (!k->dirty && k->nr > ADDRS)
		k->nr = 0;
	if (k->nr == k->room) {
		size_t room = k->room ? 2 * k->room : 64;

		grown = realloc(k->sym, room * sizeof(*grown));
		if (!grown)
			return; /* stays unresolved: printed as a number */
		k->sym = grown;
		k->room = room;
	}
	memset(&k->sym[k->nr], 0, sizeof(k->sym[0]));
	k->sym[k->nr++].addr = addr;
	k->dirty = true;
}

/* "ffffffff81000000 T name [module]" */
static void take_line(struct btc_ksyms *k, const char *s, const char *end)
{
	struct btc_ksym *sym;
	__u64 addr = 0;
	size_t i, n;
	char type;

	for (; s < end && *s != ' '; s++) {
		unsigned d = *s <= '9' ? *s - '0' : (*s | 32) - 'a' + 10;

		if (d > 15)
			return;
		addr = addr << 4 | d;
	}
	if (end - s < 4 || !addr) /* 0: hidden by kptr_restrict */
		return;
	type = s[1] | 32;
	if (type != 't' && type != 'w')
		return;
	i = lower_bound(k, addr);
	if (i == k->nr || k->sym[i].start >= addr)
		return;
	s += 3;
	for (n = 0; s + n < end && s[n] != '\t' && s[n] != ' '; n++)
		;
	sym = &k->sym[i];
	if (n >= sizeof(sym->name))
		n = sizeof(sym->name) - 1;
	memcpy(sym->name, s, n);
	sym->name[n] = '\0';
	sym->start = addr;
}

/* Takes the whole lines of a piece of the file; returns what is left over. */
static size_t take_lines(struct btc_ksyms *k, char *text, size_t len)
{
	char *s = text, *nl;

	while ((nl = memchr(s, '\n', text + len - s))) {
		take_line(k, s, nl);
		s = nl + 1;
	}
	len -= s - text;
	memmove(text, s, len);
	return len;
}

static int stream(struct btc_ksyms *k)
{
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;
	char *text;

	if (fd < 0)
		return -errno;
	text = malloc(CHUNK);
	while (text && (n = read(fd, text + len, CHUNK - len)) > 0)
		len = take_lines(k, text, len + n);
	free(text);
	close(fd);
	return text ? 0 : -ENOMEM;
}

/* The lines of functions only, so that later passes need no system call. */
static void keep(struct btc_ksyms *k)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], *sp, *grown;
	size_t room = 0, n;

	while (f && fgets(line, sizeof(line), f)) {
		sp = strchr(line, ' ');
		if (!sp || !strchr("tTwW", sp[1]))
			continue;
		n = strlen(line);
		if (k->table_len + n > room) {
			room = room ? 2 * room : 1 << 20;
			grown = realloc(k->table, room);
			if (!grown)
				break;
			k->table = grown;
		}
		memcpy(k->table + k->table_len, line, n);
		k->table_len += n;
	}
	if (f)
		fclose(f);
}

int btc_ksyms_resolve(struct btc_ksyms *k)
{
	size_t i, n = 0;
	char *s, *nl;
	int err = 0;

	if (!k->dirty)
		return 0;
	k->dirty = false;
	qsort(k->sym, k->nr, sizeof(k->sym[0]), by_addr);
	for (i = 0; i < k->nr; i++)
		if (!n || k->sym[n - 1].addr != k->sym[i].addr)
			k->sym[n++] = k->sym[i];
	k->nr = n;
	if (++k->passes > PASSES && !k->table)
		keep(k);
	if (k->table) {
		for (s = k->table; (nl = memchr(s, '\n', k->table + k->table_len - s)); s = nl + 1)
			take_line(k, s, nl);
	} else {
		err = stream(k);
	}
	for (i = 1; i < k->nr; i++) {
		if (k->sym[i].start >= k->sym[i - 1].start)
			continue;
		k->sym[i].start = k->sym[i - 1].start;
		memcpy(k->sym[i].name, k->sym[i - 1].name, sizeof(k->sym[i].name));
	}
	return err;
}

const struct btc_ksym *btc_ksyms_find(const struct btc_ksyms *k, __u64 addr)
{
	size_t i = lower_bound(k, addr);

	return i < k->nr && k->sym[i].addr == addr ? &k->sym[i] : NULL;
}

void btc_ksyms_free(struct btc_ksyms *k)
{
	free(k->sym);
	free(k->table);
	memset(k, 0, sizeof(*k));
}

int btc_ksyms_addr(const char *name, __u64 *addr)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	size_t n, want = strlen(name);
	char line[512], *s;
	int err = -ENOENT;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		s = strchr(line, ' ');
		if (!s || strlen(s) < 4)
			continue;
		s += 3;
		n = strcspn(s, " \t\n");
		if (n != want || memcmp(s, name, n))
			continue;
		*addr = strtoull(line, NULL, 16);
		err = *addr ? 0 : -EPERM;
		break;
	}
	fclose(f);
	return err;
}
