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

#include "internal.h"

enum std {
	O_HELP,
	O_VERSION,
	O_PID,
	O_CMD,
	O_OUTPUT,
	O_QUIET,
	O_VERBOSE,
	O_WARNINGS,
	O_NO_WARNINGS,
	O_BUFFER,
	O_FORMAT,
	O_NO_FEATURE,
	O_TEST,
	O_BENCH
};

static const struct std_option {
	enum std id;
	char letter;	  /* 0: none */
	const char *name; /* NULL: none */
	const char *arg;  /* NULL: takes none */
	const char *help;
} standard[] = {
	{ O_PID, 'p', "pid", "PID", "trace this process only; end when it ends" },
	{ O_CMD, 'c', "cmd", "CMD", "run CMD, trace it, end when it ends" },
	{ O_OUTPUT, 'o', "output", "FILE", "write the output to FILE" },
	{ O_FORMAT, 'f', "format", "text|json", "format of the output" },
	{ O_BUFFER, 'B', "buffer", "line|full|none", "when output is written" },
	{ O_QUIET, 'q', "quiet", NULL, "do not say how many probes are attached" },
	{ O_VERBOSE, 'v', "verbose", NULL, "say what is done, and the verifier's log" },
	{ O_WARNINGS, 'k', "warnings", NULL, "also warn of failed reads and lookups" },
	{ O_NO_WARNINGS, 0, "no-warnings", NULL, "do not warn at all" },
	{ O_NO_FEATURE, 0, "no-feature", "NAME,...", "do without kprobe_multi" },
	{ O_TEST, 0, "test", NULL, "run the script's test probes" },
	{ O_BENCH, 0, "bench", NULL, "run the script's bench probes" },
	{ O_VERSION, 'V', "version", NULL, "say the version" },
	{ O_HELP, 'h', "help", NULL, "show this" },
};

/* --- help --- */

static const char *option_arg(const struct btc_option *o)
{
	switch ((enum btc_opt_type)o->type) {
	case BTC_OPT_BOOL: return NULL;
	case BTC_OPT_S64:
	case BTC_OPT_U64: return "NUMBER";
	case BTC_OPT_STR: return "TEXT";
	}
	return NULL;
}

static const struct btc_option *script_option(const struct btc_program *p, const char *name,
					      size_t len)
{
	unsigned i;

	for (i = 0; i < p->nr_options; i++)
		if (p->options[i].name && strlen(p->options[i].name) == len &&
		    !memcmp(p->options[i].name, name, len))
			return &p->options[i];
	return NULL;
}

static unsigned positions(const struct btc_program *p)
{
	unsigned i, n = 0;

	for (i = 0; i < p->nr_options; i++)
		if (!p->options[i].name && p->options[i].position > n)
			n = p->options[i].position;
	return n;
}

static void print_row(FILE *f, const char *left, const char *help, const char *def)
{
	int n = fprintf(f, "  %s", left);

	if (n < 28)
		fprintf(f, "%*s", 28 - n, "");
	else
		fprintf(f, "\n%28s", "");
	fprintf(f, "%s", help);
	if (def)
		fprintf(f, "%s(default: %s)", *help ? " " : "", def);
	fprintf(f, "\n");
}

static void print_script_options(FILE *f, const struct btc_program *p)
{
	const struct btc_option *o;
	char left[256], help[64];
	const char *arg, *def;
	bool any = false;
	unsigned i, k;

	for (i = 0; i < p->nr_options; i++) {
		o = &p->options[i];
		if (!o->name)
			continue;
		if (!any)
			fprintf(f, "\nOptions of the script:\n");
		any = true;
		arg = option_arg(o);
		snprintf(left, sizeof(left), "    --%s%s%s", o->name, arg ? "=" : "",
			 arg ? arg : "");
		def = o->def && *o->def && o->type != BTC_OPT_BOOL ? o->def : NULL;
		print_row(f, left, o->help ? o->help : "", def);
	}
	for (k = 1, any = false; k <= positions(p); k++) {
		for (i = 0; i < p->nr_options; i++) {
			o = &p->options[i];
			if (o->name || o->position != k)
				continue;
			if (!any)
				fprintf(f, "\nParameters of the script:\n");
			any = true;
			snprintf(left, sizeof(left), "$%u", k);
			snprintf(help, sizeof(help), "%s, used at %s",
				 o->type == BTC_OPT_STR ? "text" : "number",
				 o->where    ? o->where
				 : p->source ? p->source
					     : p->name);
			print_row(f, left, o->help && *o->help ? o->help : help, NULL);
			break;
		}
	}
}

/* What `-- --help` shows. */
static void list_options(const struct btc_program *p)
{
	const struct btc_option *o = p->options;
	unsigned i;

	for (i = 0; i < p->nr_options; i++, o++)
		if (o->name)
			printf("--%s%s%s\n", o->name, o->help && *o->help ? ": " : "",
			       o->help ? o->help : "");
}

static void usage_line(FILE *f, const struct btc_program *p)
{
	unsigned k;

	fprintf(f, "Usage: %s [OPTION...]", p->name);
	for (k = 1; k <= positions(p); k++)
		fprintf(f, " [$%u]", k);
	fprintf(f, "\n");
}

static void print_help(FILE *f, const struct btc_program *p)
{
	const struct std_option *s;
	char left[128];
	size_t i;

	usage_line(f, p);
	if (p->description && *p->description)
		fprintf(f, "\n%s\n", p->description);
	print_script_options(f, p);
	fprintf(f, "\nOptions of every tool:\n");
	for (i = 0; i < BTC_COUNT(standard); i++) {
		s = &standard[i];
		snprintf(left, sizeof(left), "%c%c%s--%s%s%s%s", s->letter ? '-' : ' ',
			 s->letter ? s->letter : ' ', s->letter ? ", " : "  ",
			 script_option(p, s->name, strlen(s->name)) ? "btc-" : "", s->name,
			 s->arg ? "=" : "", s->arg ? s->arg : "");
		print_row(f, left, s->help, NULL);
	}
	fprintf(f,
		"\nNumbers may be written 0x1f, 017, 0b101, 1_000, 1e6, and durations 5ms, 2s.\n");
}

/* A mistake on the command line; says it, and where help is. */
static int usage_error(struct btc_run *r)
{
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
		else if ((n != 14 || memcmp(text, "kprobe_session", n)) &&
			 (n != 12 || memcmp(text, "uprobe_multi", n)))
			return btc_fail(
				r, BTC_STATUS_FACT, NULL,
				"--no-feature: '%.*s' is none of kprobe_multi, kprobe_session, uprobe_multi",
				(int)n, text);
	}
	return 0;
}

/* 1: the tool is done. */
static int take_standard(struct btc_run *r, enum std id, const char *arg)
{
	const struct btc_program *p = r->p;

	switch (id) {
	case O_HELP: print_help(stdout, p); return 1;
	case O_VERSION: printf("%s (btc %s)\n", p->name, p->version ? p->version : "?"); return 1;
	case O_PID: return set_pid(r, arg);
	case O_CMD: r->cmd = arg; return 0;
	case O_OUTPUT: return set_output(r, arg);
	case O_QUIET: r->quiet = true; return 0;
	case O_VERBOSE: r->verbose = true; return 0;
	case O_WARNINGS: r->all_warnings = true; return 0;
	case O_NO_WARNINGS: r->no_warnings = true; return 0;
	case O_BUFFER: return set_buffer(r, arg);
	case O_NO_FEATURE: return set_feature(r, arg);
	case O_TEST: r->mode_test = true; return 0;
	case O_BENCH: r->mode_bench = true; return 0;
	case O_FORMAT:
		r->json = !strcmp(arg, "json");
		if (r->json || !strcmp(arg, "text"))
			return 0;
		return btc_fail(r, BTC_STATUS_FACT, NULL, "-f: '%s' is none of text, json", arg);
	}
	return -EINVAL;
}

static int unknown(struct btc_run *r, const char *given)
{
	const char *word = given;
	struct btc_strs names = { 0 };
	char near[256], name[64];
	unsigned i;

	for (i = 0; i < r->p->nr_options; i++)
		if (r->p->options[i].name)
			btc_strs_add(&names, r->p->options[i].name);
	for (i = 0; i < BTC_COUNT(standard); i++)
		btc_strs_add(&names, standard[i].name);
	word += strspn(word, "-");
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	btc_strs_sort(&names);
	btc_near(&names, name, near, sizeof(near));
	btc_strs_free(&names);
	btc_fail(r, BTC_STATUS_FACT, NULL, "unknown option '%s'%s%s%s", given,
		 *near ? "; did you mean --" : "", near, *near ? "?" : "");
	usage_line(stderr, r->p);
	print_script_options(stderr, r->p);
	return usage_error(r);
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
static const struct std_option *find_standard(const char *name, size_t len)
{
	const struct std_option *found = NULL;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < BTC_COUNT(standard); i++) {
		if (strncmp(standard[i].name, name, len))
			continue;
		if (!standard[i].name[len])
			return &standard[i];
		found = &standard[i];
		n++;
	}
	return n == 1 ? found : NULL;
}

static int take_long(struct btc_run *r, struct words *w, const char *word)
{
	const char *name = word + 2, *eq = strchr(name, '='), *arg = NULL;
	size_t len = eq ? (size_t)(eq - name) : strlen(name);
	const struct std_option *s;
	const struct btc_option *o;

	o = script_option(r->p, name, len);
	if (o)
		return take_script(r, w, o, word, eq);
	if (w->rest && len == 4 && !memcmp(name, "help", 4)) { /* of the script alone */
		list_options(r->p);
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
	const struct std_option *s;
	const char *c, *arg;
	size_t i;
	int err;

	for (c = word + 1; *c; c++) {
		for (s = NULL, i = 0; i < BTC_COUNT(standard); i++)
			if (standard[i].letter == *c)
				s = &standard[i];
		if (!s)
			return unknown(r, word);
		arg = NULL;
		if (s->arg) {
			arg = c[1] ? c + 1 : value_of(w, NULL);
			if (!arg)
				return missing_value(r, word);
		}
		if (s->id == O_WARNINGS && r->all_warnings) {
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
