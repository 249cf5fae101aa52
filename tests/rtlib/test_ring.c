// SPDX-License-Identifier: Apache-2.0
/* Records of two rings in memory: their order, damage, exit. */
#include <unistd.h>

#include "helper.h"

struct fake {
	struct btc_ring ring;
	unsigned long cons, prod;
	char data[2 * 1024];
};

static void fake_init(struct fake *f)
{
	memset(f, 0, sizeof(*f));
	f->ring.mask = sizeof(f->data) / 2 - 1;
	f->ring.cons = &f->cons;
	f->ring.prod = &f->prod;
	f->ring.data = f->data;
}

static void put(struct fake *f, const void *rec, __u32 size, __u32 flags)
{
	__u32 word = size | flags;

	memcpy(f->data + f->prod, &word, sizeof(word));
	memcpy(f->data + f->prod + 8, rec, size);
	f->prod += (8 + size + 7) & ~7ul;
}

static const struct btc_type u64 = { .kind = BTC_INT, .size = 8 };
static const struct btc_member field[] = { { NULL, &u64, 8, 0, 0 } };
static const struct btc_action actions[] = {
	{ .verb = BTC_PRINTF, .nr_fields = 1, .size = 16, .fmt = "%ld\n", .fields = field },
	{ .verb = BTC_EXIT, .size = sizeof(struct btc_prio_ev) },
	{ .verb = BTC_PRINT_VALUE, .nr_fields = 1, .size = 16, .fields = field },
};
static const struct btc_program program = { .actions = actions, .nr_actions = 3 };

struct line {
	struct btc_ev h;
	__u64 v;
};

static void test_order(void **state)
{
	struct fake main_ring, prio;
	struct line line = { .v = 1 };
	struct btc_prio_ev ex = { .hdr.id = 1, .arg = 0x103 };
	struct btc_run r;

	(void)state;
	run_init(&r, &program);
	fake_init(&main_ring);
	fake_init(&prio);
	put(&main_ring, &line, sizeof(line), 0);
	line.v = 2;
	line.h.id = 2;
	put(&main_ring, &line, sizeof(line), 0);
	ex.after = main_ring.prod;
	put(&prio, &ex, sizeof(ex), 0);
	line.v = 3;
	put(&main_ring, &line, sizeof(line), 0);
	r.events = main_ring.ring;
	r.prio = prio.ring;
	assert_int_equal(btc_drain(&r, 1), 1); /* no more than was asked for */
	assert_int_equal(btc_drain(&r, 100), 2);
	assert_string_equal(text(&r), "1\n2\n"); /* exit() cut the third */
	assert_true(r.exiting);
	assert_int_equal(r.status, 3);
	run_done(&r);
}

static void test_damage(void **state)
{
	struct fake main_ring, prio;
	struct line line = { .v = 7 };
	struct btc_run r;

	(void)state;
	run_init(&r, &program);
	fake_init(&main_ring);
	fake_init(&prio);
	put(&main_ring, &line, sizeof(line), 1u << 30); /* discarded */
	put(&main_ring, &line, 4, 0);			/* shorter than a header */
	put(&main_ring, &line, 12, 0);			/* shorter than its action */
	line.h.id = 99;
	put(&main_ring, &line, sizeof(line), 0); /* unknown */
	line.h.id = 0;
	put(&main_ring, &line, sizeof(line), 0);
	put(&main_ring, &line, sizeof(line), 1u << 31); /* not committed yet */
	r.events = main_ring.ring;
	r.prio = prio.ring;
	assert_int_equal(btc_drain(&r, 100), 4);
	assert_string_equal(text(&r), "7\n");
	run_done(&r);
}

static void test_output(void **state)
{
	struct btc_out o;
	int fds[2];
	char buf[16];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(btc_out_init(&o, fds[1]), 0);
	o.mode = BTC_FLUSH_LINE;
	btc_out_str(&o, "ab");
	btc_out_piece(&o, 0);
	assert_int_equal(o.len, 2);
	btc_out_str(&o, "c\n");
	btc_out_piece(&o, 2);
	assert_int_equal(o.len, 0);
	assert_int_equal(read(fds[0], buf, sizeof(buf)), 4);
	o.mode = BTC_FLUSH_NONE;
	btc_out_str(&o, "d");
	btc_out_piece(&o, 0);
	assert_int_equal(read(fds[0], buf, sizeof(buf)), 1);
	close(fds[0]);
	close(fds[1]);
	btc_out_str(&o, "e");
	btc_out_flush(&o);
	assert_int_equal(o.err, -9); /* EBADF, remembered */
	btc_out_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
