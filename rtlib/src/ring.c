// SPDX-License-Identifier: Apache-2.0
/*
 * A reader of BPF ring buffers. libbpf's own has no bounded drain (before 1.5)
 * and hides the consumer position, by which priority records are ordered.
 *
 * Protocol (kernel/bpf/ringbuf.c): the producer page and the data, mapped
 * twice in a row, are read-only; records are 8-byte aligned and start with a
 * word of length and flags; the reader stores the position it has reached.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"

#define BUSY	  (1u << 31)
#define DISCARDED (1u << 30)
#define HEADER	  8

int btc_ring_open(struct btc_ring *r, int fd, size_t bytes)
{
	char *m;

	r->fd = fd;
	r->mask = bytes - 1;
	r->page = sysconf(_SC_PAGESIZE);
	m = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m == MAP_FAILED)
		return -errno;
	r->cons = (unsigned long *)m;
	m = mmap(NULL, r->page + 2 * bytes, PROT_READ, MAP_SHARED, fd, r->page);
	if (m == MAP_FAILED)
		return -errno;
	r->prod = (unsigned long *)m;
	r->data = m + r->page;
	return 0;
}

void btc_ring_close(struct btc_ring *r)
{
	if (r->cons)
		munmap(r->cons, r->page);
	if (r->prod)
		munmap(r->prod, r->page + 2 * (r->mask + 1));
}

unsigned long btc_ring_pos(const struct btc_ring *r)
{
	return *r->cons;
}

static size_t record_bytes(__u32 len)
{
	return (((len & ~(BUSY | DISCARDED)) + HEADER) + 7) & ~(size_t)7;
}

const void *btc_ring_peek(const struct btc_ring *r, __u32 *size)
{
	unsigned long pos = *r->cons;
	__u32 *hdr, len;

	while (pos < __atomic_load_n(r->prod, __ATOMIC_ACQUIRE)) {
		hdr = (__u32 *)(r->data + (pos & r->mask));
		len = __atomic_load_n(hdr, __ATOMIC_ACQUIRE);
		if (len & BUSY)
			return NULL;
		if (!(len & DISCARDED)) {
			*size = len;
			return (char *)hdr + HEADER;
		}
		pos += record_bytes(len);
		__atomic_store_n(r->cons, pos, __ATOMIC_RELEASE);
	}
	return NULL;
}

void btc_ring_next(struct btc_ring *r)
{
	unsigned long pos = *r->cons;
	__u32 len = *(__u32 *)(r->data + (pos & r->mask));

	__atomic_store_n(r->cons, pos + record_bytes(len), __ATOMIC_RELEASE);
}
