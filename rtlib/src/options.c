// SPDX-License-Identifier: Apache-2.0
/*
 * The command line of a tool: its standard options, the script's named options
 * and the positional parameters. The latter two become constants of the BPF
 * program, written to .rodata before it is loaded, so that the verifier removes
 * what an option switches off.
 *
 * Parsed by hand: options of the script may come before and after "--", take
 * their value with or without '=', and win over a standard long option of the
 * same name, which then is reached by its letter or as --btc-NAME.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BTC_DEFINE_STD_OPTIONS
#include "internal.h"

const struct btc_option *btc_script_option(const struct btc_program *p, const char *name,
					   size_t len)
{
	unsigned i;

	for (i = 0; i < p->nr_options; i++)
		if (p->options[i].name && strlen(p->options[i].name) == len &&
		    !memcmp(p->options[i].name, name, len))
			return &p->options[i];
	return NULL;
}

/* After a mistake on the command line was told: how it is right, and where help is. */
static int usage_error(struct btc_run *r)
{
	btc_help_usage(stderr, r->p);
	fprintf(stderr, "Try '%s --help'.\n", r->p->name);
	return -ECANCELED;
}

/* --- values --- */

static int bad_value(struct btc_run *r, const struct btc_option *o, const char *text,
		     const char *kind)
{
	if (o->name)
		btc_fail(r, BTC_STATUS_FACT, NULL, "--%s: %s is expected, not '%s'", o->name, kind,
			 text);
	else
		btc_fail(r, BTC_STATUS_FACT, o->where, "parameter $%u: %s is expected, not '%s'",
			 o->position, kind, text);
	return usage_error(r);
}

/* Is @text a value that @o may have? Said before anything is opened. */
static int check_value(struct btc_run *r, const struct btc_option *o, const char *text)
{
	bool negative, truth;
	__u64 num;
	int err;

	switch ((enum btc_opt_type)o->type) {
	case BTC_OPT_BOOL:
		return btc_parse_bool(text, &truth) ? bad_value(r, o, text, "true or false") : 0;
	case BTC_OPT_S64:
	case BTC_OPT_U64:
		err = btc_parse_int(text, &num, &negative);
		if (err == -ERANGE)
			return bad_value(r, o, text, "a 64-bit number");
		if (err)
			return bad_value(r, o, text, "a number");
		if (o->type == BTC_OPT_U64 && negative && num && o->name)
			return bad_value(r, o, text, "a number that is not negative");
		if (o->type == BTC_OPT_S64 && num > (negative ? 1ull << 63 : ~0ull >> 1))
			return bad_value(r, o, text, "a signed 64-bit number");
		return 0;
	case BTC_OPT_STR:
		if (o->off != BTC_NO_RODATA && o->size && strlen(text) >= o->size)
			return bad_value(r, o, text, "a shorter text");
		return 0;
	}
	return 0;
}

char *btc_rodata(struct btc_run *r, __u32 off, __u32 size)
{
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, ".rodata");
	size_t room;
	char *mem = map ? (char *)bpf_map__initial_value(map, &room) : NULL;

	return mem && off <= room && size <= room - off ? mem + off : NULL;
}

static int apply_value(struct btc_run *r, const struct btc_option *o, const char *text)
{
	bool negative, truth;
	__u64 num;
	char *at;

	if (o->off == BTC_NO_RODATA)
		return 0;
	at = btc_rodata(r, o->off, o->size);
	if (!at)
		return btc_fail(r, BTC_STATUS_LOAD, o->where,
				"option %s has no place in .rodata; this is a bug of btc",
				o->name ? o->name : "$");
	memset(at, 0, o->size);
	switch ((enum btc_opt_type)o->type) {
	case BTC_OPT_BOOL:
		if (!btc_parse_bool(text, &truth))
			*at = truth;
		break;
	case BTC_OPT_S64:
	case BTC_OPT_U64:
		if (btc_parse_int(text, &num, &negative))
			num = 0;
		else if (negative)
			num = -num;
		memcpy(at, &num, o->size < sizeof(num) ? o->size : sizeof(num));
		break;
	case BTC_OPT_STR: memcpy(at, text, strnlen(text, o->size)); break;
	}
	return 0;
}

/* --- the words --- */

struct words {
	char **argv;
	int argc, at;
	bool rest;	     /* after "--" */
	const char *cluster; /* rest of -qv */
	const char **given;  /* by script option: its text, NULL: default */
	unsigned nr_param;
};

static int set_pid(struct btc_run *r, const char *text)
{
	bool negative;
	__u64 num;
	int err;

	err = btc_parse_int(text, &num, &negative);
	if (err == -EINVAL)
		return btc_fail(r, BTC_STATUS_FACT, NULL, "-p: '%s' is no process id", text);
	if (err || negative || !num || num > 0x400000)
		return btc_fail(r, BTC_STATUS_FACT, NULL, "-p: %s is out of range, 1 to %d", text,
				0x400000);
	r->pid = num;
	return 0;
}

static int set_output(struct btc_run *r, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		return btc_fail(r, BTC_STATUS_FACT, NULL, "-o %s: %s", path, strerror(errno));
	if (r->out.fd > STDERR_FILENO)
		close(r->out.fd);
	r->out.fd = fd;
	return 0;
}

static int set_buffer(struct btc_run *r, const char *text)
{
	if (!strcmp(text, "line"))
		r->out.mode = BTC_FLUSH_LINE;
	else if (!strcmp(text, "none"))
		r->out.mode = BTC_FLUSH_NONE;
	else if (!strcmp(text, "full"))
		r->out.mode = BTC_FLUSH_FULL;
	else
		return btc_fail(r, BTC_STATUS_FACT, NULL, "-B: '%s' is none of line, full, none",
				text);
	return 0;
}

static int set_feature(struct btc_run *r, const char *text)
{
	size_t n;

	for (; *text; text += n + (text[n] == ',')) {
		n = strcspn(text, ",");
		if (n == 12 && !memcmp(text, "kprobe_multi", n))
			r->no_kprobe_multi = true;
		else if (n == 12 && !memcmp(text, "uprobe_multi", n))
			r->no_uprobe_multi = true;
		else if (n != 14 || memcmp(text, "kprobe_session", n))
			return btc_fail(
				r, BTC_STATUS_FACT, NULL,
				"--no-feature: '%.*s' is none of kprobe_multi, kprobe_session, uprobe_multi",
				(int)n, text);
	}
	return 0;
}

static int set_filter(struct btc_run *r, const char *re)
{
	r->filter = re;
	return btc_regex_valid(re) ? 0
				   : btc_fail(r, BTC_STATUS_FACT, NULL,
					      "--probe-filter: '%s' is no regular expression", re);
}

static int set_functions(struct btc_run *r, const char *path)
{
	if (access(path, R_OK))
		return btc_fail(r, BTC_STATUS_FACT, NULL, "--traceable-functions %s: %s", path,
				strerror(errno));
	btc_functions_from(path);
	return 0;
}

static int set_ask(struct btc_run *r, enum btc_ask ask)
{
	if (r->ask && r->ask != ask) {
		btc_fail(r, BTC_STATUS_FACT, NULL,
			 "--list, --check, --info, --source and --dry-run exclude each other");
		return usage_error(r);
	}
	r->ask = ask;
	return 0;
}

/* 1: the tool is done. */
static int take_standard(struct btc_run *r, enum btc_std_id id, const char *arg)
{
	const struct btc_program *p = r->p;

	switch (id) {
	case BTC_STD_HELP: btc_help(stdout, p); return 1;
	case BTC_STD_VERSION:
		printf("%s (btc %s)\n", p->name, p->version ? p->version : "?");
		return 1;
	case BTC_STD_PID: return set_pid(r, arg);
	case BTC_STD_CMD: r->cmd = arg; return 0;
	case BTC_STD_OUTPUT: return set_output(r, arg);
	case BTC_STD_QUIET: r->quiet = true; return 0;
	case BTC_STD_VERBOSE: r->verbose = true; return 0;
	case BTC_STD_WARNINGS: r->all_warnings = true; return 0;
	case BTC_STD_NO_WARNINGS: r->no_warnings = true; return 0;
	case BTC_STD_BUFFER: return set_buffer(r, arg);
	case BTC_STD_NO_FEATURE: return set_feature(r, arg);
	case BTC_STD_TEST: r->mode_test = true; return 0;
	case BTC_STD_BENCH: r->mode_bench = true; return 0;
	case BTC_STD_FILTER: return set_filter(r, arg);
	case BTC_STD_FUNCTIONS: return set_functions(r, arg);
	case BTC_STD_DEBUGINFO: btc_debug_dirs(arg); return 0;
	case BTC_STD_LIST: return set_ask(r, BTC_ASK_LIST);
	case BTC_STD_CHECK: return set_ask(r, BTC_ASK_CHECK);
	case BTC_STD_INFO: return set_ask(r, BTC_ASK_INFO);
	case BTC_STD_SOURCE: return set_ask(r, BTC_ASK_SOURCE);
	case BTC_STD_DRY_RUN: return set_ask(r, BTC_ASK_DRY_RUN);
	case BTC_STD_UNSAFE:
	case BTC_STD_ACTIVATION: return 0;
	case BTC_STD_FORMAT:
		r->json = !strcmp(arg, "json");
		if (r->json || !strcmp(arg, "text"))
			return 0;
		return btc_fail(r, BTC_STATUS_FACT, NULL, "-f: '%s' is none of text, json", arg);
	}
	return -EINVAL;
}

static void add_name(struct btc_strs *names, const char *prefix, const char *name)
{
	char buf[128];

	snprintf(buf, sizeof(buf), "--%s%s", prefix, name);
	btc_strs_add(names, buf);
}

static bool is_shown(const struct btc_program *p, const struct btc_std_option *s)
{
	return !s->needs || (s->needs & p->uses);
}

static int unknown(struct btc_run *r, const char *given)
{
	struct btc_strs names = { 0 };
	char near[256] = "", name[64];
	unsigned i;

	for (i = 0; i < r->p->nr_options; i++)
		if (r->p->options[i].name)
			add_name(&names, "", r->p->options[i].name);
	for (i = 0; i < btc_nr_std_options; i++)
		if (is_shown(r->p, &btc_std_options[i]))
			add_name(&names, "", btc_std_options[i].name);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(given, "="), given);
	btc_strs_sort(&names);
	if (name[1] == '-')
		btc_near(&names, name, near, sizeof(near));
	btc_strs_free(&names);
	btc_fail(r, BTC_STATUS_FACT, NULL, "unknown option '%s'%s%s%s", given,
		 *near ? "; did you mean " : "", near, *near ? "?" : "");
	btc_help_usage(stderr, r->p);
	btc_help_script(stderr, r->p);
	fprintf(stderr, "Try '%s --help'.\n", r->p->name);
	return -ECANCELED;
}

/* The value of an option: after '=', or the next word. */
static const char *value_of(struct words *w, const char *eq)
{
	if (eq)
		return eq + 1;
	return w->at + 1 < w->argc ? w->argv[++w->at] : NULL;
}

static int missing_value(struct btc_run *r, const char *word)
{
	btc_fail(r, BTC_STATUS_FACT, NULL, "option '%s' needs a value", word);
	return usage_error(r);
}

static int take_script(struct btc_run *r, struct words *w, const struct btc_option *o,
		       const char *word, const char *eq)
{
	const char *text;

	if (o->type == BTC_OPT_BOOL)
		text = eq ? eq + 1 : "true";
	else
		text = value_of(w, eq);
	if (!text)
		return missing_value(r, word);
	w->given[o - r->p->options] = text;
	return check_value(r, o, text);
}

/* By its name, or by a beginning of it that no other option has. */
static const struct btc_std_option *find_standard(const char *name, size_t len)
{
	const struct btc_std_option *found = NULL;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < btc_nr_std_options; i++) {
		if (strncmp(btc_std_options[i].name, name, len))
			continue;
		if (!btc_std_options[i].name[len])
			return &btc_std_options[i];
		found = &btc_std_options[i];
		n++;
	}
	return n == 1 ? found : NULL;
}

static int take_long(struct btc_run *r, struct words *w, const char *word)
{
	const char *name = word + 2, *eq = strchr(name, '='), *arg = NULL;
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct btc_std_option *s;
	const struct btc_option *o;

	o = btc_script_option(r->p, name, len);
	if (o)
		return take_script(r, w, o, word, eq);
	if (w->rest && len == 4 && !memcmp(name, "help", 4)) { /* of the script alone */
		btc_help_list(r->p);
		r->status = 1;
		r->told = true;
		return -ECANCELED;
	}
	if (len > 4 && !memcmp(name, "btc-", 4)) {
		name += 4;
		len -= 4;
	}
	s = w->rest ? NULL : find_standard(name, len);
	if (!s)
		return unknown(r, word);
	if (s->arg) {
		arg = value_of(w, eq);
		if (!arg)
			return missing_value(r, word);
	} else if (eq) {
		btc_fail(r, BTC_STATUS_FACT, NULL, "option '--%s' takes no value", s->name);
		return usage_error(r);
	}
	return take_standard(r, s->id, arg);
}

/* -qv, -p12, -p 12 */
static int take_short(struct btc_run *r, struct words *w, const char *word)
{
	const struct btc_std_option *s;
	const char *c, *arg;
	size_t i;
	int err;

	for (c = word + 1; *c; c++) {
		for (s = NULL, i = 0; i < btc_nr_std_options; i++)
			if (btc_std_options[i].letter == *c)
				s = &btc_std_options[i];
		if (!s)
			return unknown(r, word);
		arg = NULL;
		if (s->arg) {
			arg = c[1] ? c + 1 : value_of(w, NULL);
			if (!arg)
				return missing_value(r, word);
		}
		if (s->id == BTC_STD_WARNINGS && r->all_warnings) {
			btc_fail(r, BTC_STATUS_FACT, NULL, "-k is given twice; there is no -kk");
			return usage_error(r);
		}
		err = take_standard(r, s->id, arg);
		if (err || arg)
			return err;
	}
	return 0;
}

static int take_word(struct btc_run *r, struct words *w)
{
	char *word = w->argv[w->at];

	if (!w->rest && !strcmp(word, "--")) {
		w->rest = true;
		return 0;
	}
	if (word[0] == '-' && word[1] == '-' && word[2])
		return take_long(r, w, word);
	if (!w->rest && word[0] == '-' && word[1])
		return take_short(r, w, word);
	r->param[++r->nr_param] = word;
	return 0;
}

static int check_params(struct btc_run *r)
{
	const struct btc_option *o = r->p->options;
	unsigned i;
	int err;

	for (i = 0; i < r->p->nr_options; i++, o++) {
		if (o->name || !o->position)
			continue;
		if (o->off == BTC_NO_RODATA && o->position > r->nr_param)
			continue; /* of an attach point, which will complain itself */
		if (o->position > r->nr_param || !*r->param[o->position]) {
			if (i && !o[-1].name && o[-1].position == o->position)
				continue; /* the same as a number, which was said */
			btc_warning(r, o->where, "parameter $%u is not given; it counts as %s",
				    o->position, o->type == BTC_OPT_STR ? "the empty text" : "0");
			continue;
		}
		err = check_value(r, o, r->param[o->position]);
		if (err)
			return err;
	}
	return 0;
}

static int conflicts(struct btc_run *r)
{
	const char *what = NULL;

	if (r->pid && r->cmd)
		what = "-p and -c";
	if (r->all_warnings && r->no_warnings)
		what = "-k and --no-warnings";
	if (r->mode_test && r->mode_bench)
		what = "--test and --bench";
	if (!what)
		return 0;
	btc_fail(r, BTC_STATUS_FACT, NULL, "%s exclude each other", what);
	return usage_error(r);
}

int btc_options(struct btc_run *r, int argc, char **argv)
{
	struct words w = { .argv = argv, .argc = argc, .at = 1 };
	int err = 0;

	/* Parameters, then the texts of the script's options, in one piece. */
	r->param = calloc((size_t)argc + 2 + r->p->nr_options, sizeof(*r->param));
	if (!r->param)
		return -ENOMEM;
	r->given = (const char **)r->param + argc + 2;
	w.given = r->given;
	for (; !err && w.at < argc; w.at++)
		err = take_word(r, &w);
	if (!err)
		err = conflicts(r);
	if (!err)
		err = check_params(r);
	return err;
}

int btc_options_apply(struct btc_run *r)
{
	const struct btc_option *o = r->p->options;
	const char *text;
	unsigned i;
	int err;

	for (i = 0; i < r->p->nr_options; i++, o++) {
		if (o->name)
			text = r->given[i] ? r->given[i] : o->def;
		else
			text = o->position <= r->nr_param ? r->param[o->position] : NULL;
		if (!text)
			continue; /* .rodata is zero */
		err = apply_value(r, o, text);
		if (err)
			return err;
	}
	return 0;
}

char *btc_subst(const struct btc_run *r, const char *s)
{
	char *out, *grown, *end;
	unsigned long n;
	const char *by;
	size_t len;

	out = strdup(s);
	while (out && (s = strchr(out, '$')) && s[1] >= '1' && s[1] <= '9') {
		n = strtoul(s + 1, &end, 10);
		by = n <= r->nr_param ? r->param[n] : "";
		if (strchr(by, '$'))
			break; /* a text that holds its own name has no end */
		len = strlen(out) + strlen(by) + 1;
		grown = malloc(len);
		if (grown)
			snprintf(grown, len, "%.*s%s%s", (int)(s - out), out, by, end);
		free(out);
		out = grown;
	}
	return out;
}
