// SPDX-License-Identifier: Apache-2.0
/* The command line of a tool. What it says goes to stderr and is not looked at. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "helper.h"

static const struct btc_option options[] = {
	{ "num", BTC_OPT_U64, 0, 0, 8, "5", "a number", NULL, "x.bt:1:1" },
	{ "off", BTC_OPT_S64, 0, 8, 8, "-1", "an offset", NULL, "x.bt:1:1" },
	{ "flag", BTC_OPT_BOOL, 0, 16, 1, "false", "", NULL, "x.bt:1:1" },
	{ "name", BTC_OPT_STR, 0, 17, 8, "", "", NULL, "x.bt:1:1" },
	{ "pid", BTC_OPT_U64, 0, 25, 8, "0", "", NULL, "x.bt:1:1" },
	{ NULL, BTC_OPT_S64, 1, 33, 8, NULL, "", NULL, "x.bt:1:1" },
	{ NULL, BTC_OPT_STR, 2, 41, 8, NULL, "", NULL, "x.bt:1:1" },
};

static const struct btc_program program = {
	.name = "tool",
	.options = options,
	.nr_options = BTC_COUNT(options),
};

#define ARGS(...) ((char *[]){ (char *)"tool", ##__VA_ARGS__, NULL })

static int parse(struct btc_run *r, char **argv)
{
	int argc = 0, err;

	while (argv[argc])
		argc++;
	run_init(r, &program);
	r->out.fd = -1;
	err = btc_options(r, argc, argv);
	return err;
}

static void done(struct btc_run *r)
{
	free(r->param);
	run_done(r);
}

static void test_script_options(void **state)
{
	struct btc_run r;

	(void)state;
	assert_int_equal(parse(&r, ARGS("--num=0x10", "7", "--name", "abc", "--flag", "--",
					"--off=-3", "-5")),
			 0);
	assert_string_equal(r.given[0], "0x10");
	assert_string_equal(r.given[1], "-3");
	assert_string_equal(r.given[2], "true");
	assert_string_equal(r.given[3], "abc");
	assert_null(r.given[4]);
	assert_int_equal(r.nr_param, 2);
	assert_string_equal(r.param[1], "7");
	assert_string_equal(r.param[2], "-5");
	done(&r);
	assert_int_equal(parse(&r, ARGS("--name=", "--flag=off")), 0);
	assert_string_equal(r.given[3], "");
	assert_string_equal(r.given[2], "off");
	done(&r);
	assert_int_equal(parse(&r, ARGS("--name=a=b")), 0);
	assert_string_equal(r.given[3], "a=b");
	done(&r);
}

static void test_bad_values(void **state)
{
	char **const rows[] = {
		ARGS("--num=abc"),
		ARGS("--num=-3"),
		ARGS("--num="),
		ARGS("--num"),
		ARGS("--num=5x"),
		ARGS("--flag=maybe"),
		ARGS("--name=12345678"),
		ARGS("--nope"),
		ARGS("--", "--nope"),
		ARGS("x1"),
		ARGS("1", "12345678"),
		ARGS("-x"),
		ARGS("-kk"),
		ARGS("-k", "-k"),
		ARGS("-p"),
		ARGS("-p", "0"),
		ARGS("-p", "abc"),
		ARGS("-p", "99999999"),
		ARGS("-p1", "-c", "true"),
		ARGS("-k", "--no-warnings"),
		ARGS("-B", "some"),
		ARGS("-f", "xml"),
		ARGS("--quiet=1"),
		ARGS("-o", "/no/such/dir/file"),
		ARGS("--off=9223372036854775808"),
		ARGS("--no-feature=warp"),
		ARGS("--", "--help"),
	};
	struct btc_run r;
	size_t i;

	(void)state;
	for (i = 0; i < BTC_COUNT(rows); i++) {
		assert_int_equal(parse(&r, rows[i]), -ECANCELED);
		assert_int_equal(r.status, 1);
		done(&r);
	}
}

static void test_standard(void **state)
{
	struct btc_run r;

	(void)state;
	assert_int_equal(parse(&r, ARGS("-qvk", "-p12", "-Bfull", "-ftext")), 0);
	assert_true(r.quiet && r.verbose && r.all_warnings);
	assert_int_equal(r.pid, 12);
	assert_int_equal(r.out.mode, BTC_FLUSH_FULL);
	done(&r);
	assert_int_equal(parse(&r, ARGS("-c", "echo a b", "--no-warnings", "--buffer=none")), 0);
	assert_string_equal(r.cmd, "echo a b");
	assert_true(r.no_warnings);
	assert_int_equal(r.out.mode, BTC_FLUSH_NONE);
	done(&r);
	/* The script has an option of this name; ours keeps its letter and --btc-pid. */
	assert_int_equal(parse(&r, ARGS("--pid", "3", "--btc-pid=4")), 0);
	assert_string_equal(r.given[4], "3");
	assert_int_equal(r.pid, 4);
	done(&r);
	assert_int_equal(parse(&r, ARGS("-o", "/dev/null")), 0);
	assert_true(r.out.fd > 2);
	close(r.out.fd);
	r.out.fd = -1;
	done(&r);
}

static void test_help(void **state)
{
	struct btc_run r;
	int out = dup(STDOUT_FILENO), null = open("/dev/null", O_WRONLY);

	(void)state;
	fflush(stdout);
	dup2(null, STDOUT_FILENO);
	assert_int_equal(parse(&r, ARGS("-h")), 1);
	done(&r);
	assert_int_equal(parse(&r, ARGS("--version")), 1);
	done(&r);
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	close(null);
}

static void test_subst(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "a", "a" },	{ "$1", "one" }, { "x:$2:$1", "x:two:one" },
		{ "$3.", "." }, { "$", "$" },	 { "$0", "$0" },
		{ "$12", "" },
	};
	char *text;
	struct btc_run r;
	size_t i;

	(void)state;
	run_init(&r, &program);
	r.param = ARGS("one", "two");
	r.nr_param = 2;
	for (i = 0; i < BTC_COUNT(rows); i++) {
		text = btc_subst(&r, rows[i].in);
		assert_string_equal(text, rows[i].want);
		free(text);
	}
	run_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script_options), cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_standard),       cmocka_unit_test(test_help),
		cmocka_unit_test(test_subst),
	};
	int null = open("/dev/null", O_WRONLY), err = dup(STDERR_FILENO), rc;

	if (!getenv("VERBOSE"))
		dup2(null, STDERR_FILENO); /* dozens of messages, all wanted */
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	dup2(err, STDERR_FILENO);
	close(err);
	close(null);
	return rc;
}
