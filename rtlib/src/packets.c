// SPDX-License-Identifier: Apache-2.0
/*
 * skboutput(): packets to files. The format is that of libpcap with times in
 * nanoseconds (magic a1b23c4d): a header, then for each packet its time, how
 * many bytes of it follow and how many it had. They begin with the IP header
 * (LINKTYPE_RAW), which is the script's business.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define PAGES	     64 /* of each CPU's buffer */
#define SNAP_LEN     (256 << 10)
#define LINKTYPE_RAW 101

struct btc_packets {
	struct perf_buffer *buffer;
	FILE **file; /* by action; several may have the same */
	__u64 boot;  /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	bool failed;
};

struct pcap_file {
	__u32 magic;
	__u16 major, minor;
	__u32 zone, accuracy, snap_len, link_type;
};

struct pcap_packet {
	__u32 sec, nsec, len, orig_len;
};

static void on_packet(void *ctx, int cpu, void *data, __u32 size)
{
	const struct btc_packet *p = data;
	struct pcap_packet h = { 0 };
	struct btc_run *r = ctx;
	struct btc_packets *b = r->packets;
	__u64 when;
	FILE *f;

	(void)cpu;
	if (size < sizeof(*p) || p->hdr.id >= r->p->nr_actions || !b->file[p->hdr.id])
		return;
	f = b->file[p->hdr.id];
	if (p->end > size - sizeof(*p) || p->off >= p->end)
		return;
	when = p->ns + b->boot;
	h.sec = when / 1000000000;
	h.nsec = when % 1000000000;
	h.orig_len = p->total - p->off;
	h.len = p->end - p->off;
	if (fwrite(&h, sizeof(h), 1, f) == 1 &&
	    fwrite((const char *)(p + 1) + p->off, 1, h.len, f) == h.len)
		return;
	if (!b->failed)
		btc_warning(r, NULL, "skboutput: %s: %s", r->p->actions[p->hdr.id].fmt,
			    strerror(errno));
	b->failed = true;
}

static void on_lost(void *ctx, int cpu, __u64 n)
{
	(void)cpu;
	((struct btc_run *)ctx)->lost_packets += n;
}

static FILE *create(struct btc_run *r, const struct btc_action *a)
{
	struct pcap_file h = { .magic = 0xa1b23c4d,
			       .major = 2,
			       .minor = 4,
			       .snap_len = SNAP_LEN,
			       .link_type = LINKTYPE_RAW };
	FILE *f = fopen(a->fmt, "we");
	char where[512];

	if (f && fwrite(&h, sizeof(h), 1, f) == 1)
		return f;
	btc_where_text(where, sizeof(where), &a->where);
	btc_fail(r, BTC_STATUS_FACT, where, "cannot create %s: %s", a->fmt, strerror(errno));
	if (f)
		fclose(f);
	return NULL;
}

static int open_files(struct btc_run *r)
{
	const struct btc_action *a = r->p->actions;
	struct btc_packets *b = r->packets;
	unsigned i, k;

	for (i = 0; i < r->p->nr_actions; i++) {
		if (a[i].verb != BTC_PACKET)
			continue;
		for (k = 0; k < i; k++)
			if (b->file[k] && !strcmp(a[k].fmt, a[i].fmt))
				break;
		b->file[i] = k < i ? b->file[k] : create(r, &a[i]);
		if (!b->file[i])
			return -ECANCELED;
	}
	return 0;
}

static int packets_open(struct btc_run *r)
{
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, "btc_packets");
	const char *env = getenv("BPFTRACE_PERF_RB_PAGES");
	size_t pages = PAGES, want = env ? strtoul(env, NULL, 0) : 0;
	struct btc_packets *b;
	int err;

	b = r->packets = calloc(1, sizeof(*b));
	if (!b || !map)
		return -ENOMEM;
	b->boot = btc_realtime_ns(0, 0);
	b->file = calloc(r->p->nr_actions, sizeof(*b->file));
	err = b->file ? open_files(r) : -ENOMEM;
	if (err)
		return err;
	while (pages < want)
		pages *= 2;
	b->buffer = perf_buffer__new(bpf_map__fd(map), pages, on_packet, on_lost, r, NULL);
	return b->buffer ? 0
			 : btc_fail(r, BTC_STATUS_LOAD, NULL,
				    "skboutput: no buffer of %zu pages for each CPU: %s", pages,
				    strerror(errno));
}

static int packets_fd(const struct btc_run *r)
{
	return perf_buffer__epoll_fd(r->packets->buffer);
}

static void packets_drain(struct btc_run *r)
{
	perf_buffer__consume(r->packets->buffer);
}

static void packets_close(struct btc_run *r)
{
	struct btc_packets *b = r->packets;
	unsigned i, k;

	if (!b)
		return;
	perf_buffer__free(b->buffer);
	for (i = 0; b->file && i < r->p->nr_actions; i++) {
		if (!b->file[i])
			continue;
		if (fclose(b->file[i]) && !b->failed)
			btc_warning(r, NULL, "skboutput: %s: %s", r->p->actions[i].fmt,
				    strerror(errno));
		for (k = i + 1; k < r->p->nr_actions; k++)
			if (b->file[k] == b->file[i])
				b->file[k] = NULL;
	}
	free(b->file);
	free(b);
	r->packets = NULL;
}

const struct btc_packet_ops btc_packet_ops = {
	.open = packets_open,
	.fd = packets_fd,
	.drain = packets_drain,
	.close = packets_close,
};
