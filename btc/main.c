// SPDX-License-Identifier: Apache-2.0
/*
 * The command line. One table holds every option with the commands it belongs
 * to; getopt's arrays and the help text are made from it.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "deps.h"
#include "many.h"

enum {
	FOR_COMPILE = 1 << 0,
	FOR_RUN = 1 << 1,
	FOR_BOTH = FOR_COMPILE | FOR_RUN,
	FOR_TOOL = 1 << 2, /* btc run: given to the tool as it is */
};

/* The bpftrace whose language this is, for those who ask for it by that name. */
#define LANGUAGE_VERSION "0.26.1"

enum option_id {
	OPT_TEXT,
	OPT_OUTPUT,
	OPT_EMIT,
	OPT_BTF,
	OPT_TRACEFS,
	OPT_TARGET,
	OPT_SYSROOT,
	OPT_SAVE_TARGET,
	OPT_INCLUDE_DIR,
	OPT_INCLUDE,
	OPT_CLANG,
	OPT_BPFTOOL,
	OPT_CC,
	OPT_KEEP,
	OPT_BUNDLE,
	OPT_DEPFILE,
	OPT_OPTIMIZE,
	OPT_STRIP,
	OPT_UNSAFE,
	OPT_DYNAMIC,
	OPT_STATIC,
	OPT_NO_WARNINGS,
	OPT_TAGS,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION,
	OPT_TO_TOOL,
	OPT_LIST,
	OPT_DEBUG,
	OPT_INFO,
	OPT_NO_CACHE,
	OPT_MODE,
	OPT_NOTHING,
};

struct row {
	enum option_id id;
	char letter;	  /* 0: none */
	const char *name; /* NULL: none */
	const char *arg;  /* NULL: takes none */
	unsigned scope;
	const char *help; /* NULL: bpftrace has it and here it does nothing, so it is not shown */
};

static const struct row rows[] = {
	{ OPT_TEXT, 'e', NULL, "PROG", FOR_BOTH, "compile this text instead of a file" },
	{ OPT_OUTPUT, 'o', "output", "FILE", FOR_COMPILE,
	  "write here (default: the script's name without .bt); DIR/ for several scripts" },
	{ OPT_EMIT, 0, "emit", "STAGE", FOR_COMPILE,
	  "stop early and print: ast, check, plan, bpf, host, skel, obj; or make what goes with the "
	  "tool: man, completion-bash, completion-zsh, completion-fish, unit" },
	{ OPT_UNSAFE, 0, "unsafe", NULL, FOR_BOTH, "allow actions that change the system" },
	{ OPT_INCLUDE_DIR, 'I', NULL, "DIR", FOR_BOTH, "search C headers here too" },
	{ OPT_INCLUDE, 0, "include", "FILE", FOR_BOTH, "include this C header first" },
	{ OPT_BTF, 0, "btf", "FILE", FOR_BOTH,
	  "types of the target's kernel (default: this one's)" },
	{ OPT_TRACEFS, 0, "tracefs", "DIR", FOR_BOTH, "tracepoint formats of the target" },
	{ OPT_TARGET, 0, "target", "DIR", FOR_BOTH, "both, from a directory of --save-target" },
	{ OPT_SYSROOT, 0, "sysroot", "DIR", FOR_BOTH,
	  "look there first for programs whose types a script uses" },
	{ OPT_SAVE_TARGET, 0, "save-target", "DIR", FOR_COMPILE,
	  "collect there what compiling for this machine needs" },
	{ OPT_CLANG, 0, "clang", "PATH", FOR_BOTH,
	  "clang to use (default: $BTC_CLANG, the newest)" },
	{ OPT_BPFTOOL, 0, "bpftool", "PATH", FOR_BOTH, "bpftool to use (default: $BTC_BPFTOOL)" },
	{ OPT_CC, 0, "cc", "PATH", FOR_BOTH, "C compiler to use (default: $BTC_CC, cc, gcc)" },
	{ OPT_DYNAMIC, 0, "dynamic", NULL, FOR_BOTH, "link the tool dynamically" },
	{ OPT_STATIC, 0, "static", NULL, FOR_BOTH, "link it statically (the default)" },
	{ OPT_STRIP, 0, "strip", NULL, FOR_BOTH, "leave out symbols and the script's text" },
	{ OPT_OPTIMIZE, 'O', NULL, "LEVEL", FOR_BOTH,
	  "how clang optimizes the kernel half: 2 (the default), 3, s" },
	{ OPT_BUNDLE, 0, "bundle", NULL, FOR_COMPILE,
	  "all scripts in one executable, which is each of them by its name" },
	{ OPT_DEPFILE, 'M', NULL, "FILE", FOR_COMPILE,
	  "write there, for make, which files the output depends on" },
	{ OPT_KEEP, 0, "keep", "DIR", FOR_BOTH, "keep the generated files there" },
	{ OPT_NO_WARNINGS, 0, "no-warnings", NULL, FOR_BOTH, "no warnings about the script" },
	{ OPT_TAGS, 0, "tags", NULL, FOR_BOTH, "show the tag of each diagnostic" },
	{ OPT_VERBOSE, 'v', "verbose", NULL, FOR_COMPILE, "print commands and times" },
	{ OPT_LIST, 'l', "list", NULL, FOR_RUN,
	  "list probes: all, those of a pattern or of a script; -v: their arguments" },
	{ OPT_DEBUG, 'd', "debug", "[=STAGES]", FOR_TOOL,
	  "show ast, check, plan, bpf, host; without names: ast, plan, bpf; -dd: all" },
	{ OPT_INFO, 0, "info", NULL, FOR_RUN, "what this system and this btc can do" },
	{ OPT_TO_TOOL, 'c', "cmd", "CMD", FOR_TOOL, "run CMD and trace until it ends" },
	{ OPT_TO_TOOL, 'p', "pid", "PID", FOR_TOOL, "trace this process only" },
	{ OPT_TO_TOOL, 'o', "output", "FILE", FOR_TOOL, "write results to FILE" },
	{ OPT_TO_TOOL, 'B', NULL, "MODE", FOR_TOOL, "buffer the output: line, full, none" },
	{ OPT_TO_TOOL, 'f', "format", "FORMAT", FOR_TOOL, "format of the output: text, json" },
	{ OPT_TO_TOOL, 'q', "quiet", NULL, FOR_TOOL, "do not say when probes are attached" },
	{ OPT_TO_TOOL, 'v', "verbose", NULL, FOR_TOOL, "say more" },
	{ OPT_TO_TOOL, 'k', "warnings", NULL, FOR_TOOL, "warn about failing helpers too" },
	{ OPT_TO_TOOL, 0, "test", NULL, FOR_TOOL, "run the script's test probes" },
	{ OPT_TO_TOOL, 0, "bench", NULL, FOR_TOOL, "run the script's bench probes" },
	{ OPT_MODE, 0, "mode", "MODE", FOR_TOOL, "test, bench: the same; codegen: only compile" },
	{ OPT_TO_TOOL, 0, "dry-run", NULL, FOR_TOOL, "attach all probes and end at once" },
	{ OPT_TO_TOOL, 0, "probe-filter", "REGEX", FOR_TOOL, "only probes whose name matches" },
	{ OPT_TO_TOOL, 0, "traceable-functions", "FILE", FOR_TOOL,
	  "list of the kernel's functions that can be traced" },
	{ OPT_TO_TOOL, 0, "debuginfo", "DIR", FOR_TOOL, "look for debug information there first" },
	{ OPT_TO_TOOL, 0, "no-feature", "NAMES", FOR_TOOL,
	  "do without kprobe_multi, uprobe_multi" },
	{ OPT_TO_TOOL, 0, "usdt-file-activation", NULL, FOR_TOOL, NULL },
	{ OPT_NOTHING, 0, "dwarf-pid", "PID", FOR_TOOL, NULL },
	{ OPT_NOTHING, 0, "emit-llvm", "FILE", FOR_TOOL, NULL },
	{ OPT_NOTHING, 0, "verify-llvm-ir", NULL, FOR_TOOL, NULL },
	{ OPT_NOTHING, 'b', NULL, NULL, FOR_TOOL, NULL },
	{ OPT_NO_CACHE, 0, "no-cache", NULL, FOR_RUN, "compile, even if it was compiled before" },
	{ OPT_HELP, 'h', "help", NULL, FOR_BOTH, "this text" },
	{ OPT_VERSION, 'V', "version", NULL, FOR_BOTH, "version of btc" },
};

struct command_line {
	struct arena *a;
	unsigned scope; /* FOR_COMPILE, or FOR_RUN | FOR_TOOL */
	struct driver_options o;
	bool bundle;
	const char *save_target;
	struct run_request run;
	word_vec words; /* what is no option */
	struct list_request list;
	const char *mode;
	bool has_text, wants_list, wants_info;
};

/* What it was called as, with which its version and usage are said. */
static bool is_bpftrace;

static bool is_run(const struct command_line *c)
{
	return c->scope & FOR_RUN;
}

/* Words from column @col on, in 80 columns. */
static void print_wrapped(FILE *f, const char *s, size_t col)
{
	while (*s) {
		size_t n = strcspn(s, " ");

		if (col + 1 + n > 80)
			col = (size_t)fprintf(f, "\n%26s", "") - 1;
		col += (size_t)fprintf(f, " %.*s", (int)n, s);
		s += n + strspn(s + n, " ");
	}
	fputc('\n', f);
}

static void usage(const struct command_line *c, FILE *f)
{
	if (is_run(c))
		fprintf(f,
			"Usage: %s [options] script.bt|-|-e PROG [parameters] [-- --name=value ...]\n"
			"Compiles a script and runs it at once.\n\n",
			is_bpftrace ? "bpftrace" : "btc run");
	else
		fputs("Usage: btc [options] script.bt|-|-e PROG [-o TOOL]\n"
		      "       btc [options] script.bt... -o DIR/\n"
		      "       btc [options] --bundle script.bt... -o BUNDLE\n"
		      "       btc run [options] script.bt|-|-e PROG [parameters]\n"
		      "Compiles a script in the bpftrace language to a static executable.\n\n",
		      f);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct row *r = &rows[i];
		char left[64];

		if (!(r->scope & c->scope) || !r->help)
			continue;
		snprintf(left, sizeof(left), "  %c%c%s%s%s%s%s", r->letter ? '-' : ' ',
			 r->letter ? r->letter : ' ',
			 !r->name    ? ""
			 : r->letter ? ", "
				     : "  ",
			 r->name ? "--" : "", r->name ? r->name : "",
			 r->arg && *r->arg != '[' ? " " : "", r->arg ? r->arg : "");
		fprintf(f, "%-26s", left);
		print_wrapped(f, r->help, strlen(left) < 26 ? 26 : strlen(left));
	}
}

/* What --emit takes, and how files of it end in a directory. */
static const struct {
	const char *name, *suffix;
} stages[] = {
	[EMIT_AST] = { "ast", ".ast" },
	[EMIT_CHECK] = { "check", ".check" },
	[EMIT_PLAN] = { "plan", ".plan" },
	[EMIT_BPF] = { "bpf", ".bpf.c" },
	[EMIT_HOST] = { "host", ".c" },
	[EMIT_SKEL] = { "skel", ".skel.h" },
	[EMIT_OBJ] = { "obj", ".bpf.o" },
	[EMIT_TOOL] = { NULL, "" },
	[EMIT_MAN] = { "man", ".8" },
	[EMIT_BASH] = { "completion-bash", ".bash" },
	[EMIT_UNIT] = { "unit", ".service" },
	[EMIT_ZSH] = { "completion-zsh", ".zsh" },
	[EMIT_FISH] = { "completion-fish", ".fish" },
};

static bool set_emit(struct command_line *c, const char *stage)
{
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		if (stages[i].name && !strcmp(stages[i].name, stage)) {
			c->o.emit = (enum emit)i;
			return true;
		}
	}
	fprintf(stderr, "btc: error: --emit=%s: no such stage; there are", stage);
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		if (stages[i].name)
			fprintf(stderr, "%s %s", i ? "," : "", stages[i].name);
	}
	fputc('\n', stderr);
	return false;
}

/* Compilers run in another directory. A header that is found nowhere here is left to the search path. */
static const char *absolute(struct arena *a, const char *path)
{
	char full[PATH_MAX];

	return realpath(path, full) ? arena__strdup(a, full) : path;
}

static bool set_optimize(struct command_line *c, const char *level)
{
	if (strlen(level) != 1 || !strchr("23s", *level)) {
		fprintf(stderr,
			"btc: error: -O %s: there are 2, 3 and s; the verifier refuses what is not optimized\n",
			level);
		return false;
	}
	c->o.optimize = *level;
	return true;
}

static void to_tool(struct command_line *c, const struct row *r, char *arg)
{
	char *option;

	/* A listing needs some of it. */
	c->list.verbose |= r->letter == 'v';
	if (r->letter == 'p')
		c->list.pid = arg;
	if (r->name && !strcmp(r->name, "traceable-functions"))
		c->list.functions = arg;
	/* The script may have a long option of that name. */
	if (r->letter)
		option = arena__printf(c->a, "-%c", r->letter);
	else
		option = arena__printf(c->a, "--btc-%s", r->name);
	vec_push(c->a, &c->run.pass, option);
	if (r->arg)
		vec_push(c->a, &c->run.pass, arg);
}

/* -d, -dd, -d=ast,plan, --debug=ast,plan */
static bool set_debug(struct command_line *c, const char *arg)
{
	char *list = arg ? arena__strdup(c->a, arg + (*arg == '=')) : NULL, *name;

	c->run.no_cache = true;
	if (!arg) {
		c->o.show |= 1u << EMIT_AST | 1u << EMIT_PLAN | 1u << EMIT_BPF;
		return true;
	}
	while ((name = strsep(&list, ","))) {
		unsigned all = (1u << (EMIT_HOST + 1)) - 1, found = 0;

		if (!strcmp(name, "d") || !strcmp(name, "all"))
			found = all;
		for (size_t i = 0; i <= EMIT_HOST; i++) {
			if (!strcmp(name, stages[i].name))
				found = 1u << i;
		}
		if (!found) {
			fprintf(stderr,
				"btc: error: -d: there is no stage '%s'; there are ast, check, plan, bpf, host, all\n",
				name);
			return false;
		}
		c->o.show |= found;
	}
	return true;
}

static bool set_mode_option(struct command_line *c, const char *mode)
{
	static const char *const modes[] = { "test", "bench", "codegen" };

	if (c->mode && strcmp(c->mode, mode)) {
		fprintf(stderr, "btc: error: --mode %s and --mode %s exclude each other\n", c->mode,
			mode);
		return false;
	}
	c->mode = mode;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		char *option;

		if (strcmp(modes[i], mode))
			continue;
		if (!strcmp(mode, "codegen")) {
			c->run.only_compile = true;
			return true;
		}
		option = arena__printf(c->a, "--btc-%s", mode);
		vec_push(c->a, &c->run.pass, option);
		return true;
	}
	fprintf(stderr, "btc: error: --mode %s: there are test, bench and codegen\n", mode);
	return false;
}

/* What was compiled with other options is another tool. */
static void note_key(struct command_line *c, const struct row *r, const char *arg)
{
	const char *word;

	if (!(r->scope & FOR_COMPILE) || r->id == OPT_TEXT)
		return;
	if (r->name)
		word = arena__printf(c->a, "%s=%s", r->name, arg ? arg : "");
	else
		word = arena__printf(c->a, "%c=%s", r->letter, arg ? arg : "");
	vec_push(c->a, &c->run.key, word);
}

static bool apply(struct command_line *c, const struct row *r, char *arg)
{
	struct driver_options *o = &c->o;

	switch (r->id) {
	case OPT_TEXT:
		c->has_text = true;
		o->text = arg;
		break;
	case OPT_OUTPUT: o->output = arg; break;
	case OPT_EMIT: return set_emit(c, arg);
	case OPT_BTF: o->btf = arg; break;
	case OPT_TRACEFS: o->tracefs = arg; break;
	case OPT_TARGET:
		o->btf = arena__printf(c->a, "%s/vmlinux", arg);
		o->tracefs = arena__printf(c->a, "%s/tracefs", arg);
		o->release = target_release(c->a, arg);
		break;
	case OPT_SYSROOT: o->sysroot = absolute(c->a, arg); break;
	case OPT_SAVE_TARGET: c->save_target = arg; break;
	case OPT_INCLUDE_DIR: vec_push(c->a, &o->include_dirs, absolute(c->a, arg)); break;
	case OPT_INCLUDE: vec_push(c->a, &o->includes, absolute(c->a, arg)); break;
	case OPT_CLANG: o->tools.clang = arg; break;
	case OPT_BPFTOOL: o->tools.bpftool = arg; break;
	case OPT_CC: o->tools.cc = arg; break;
	case OPT_KEEP: o->keep = arg; break;
	case OPT_BUNDLE: c->bundle = true; break;
	case OPT_DEPFILE: o->depfile = arg; break;
	case OPT_OPTIMIZE: return set_optimize(c, arg);
	case OPT_STRIP: o->strip = true; break;
	case OPT_UNSAFE: o->unsafe = true; break;
	case OPT_DYNAMIC:
	case OPT_STATIC: o->dynamic = r->id == OPT_DYNAMIC; break;
	case OPT_NO_WARNINGS:
		o->no_warnings = true;
		if (is_run(c))
			vec_push(c->a, &c->run.pass, (char *)"--btc-no-warnings");
		break;
	case OPT_TAGS: o->tags = true; break;
	case OPT_VERBOSE: o->verbose = true; break;
	case OPT_TO_TOOL: to_tool(c, r, arg); break;
	case OPT_LIST: c->wants_list = true; break;
	case OPT_DEBUG: return set_debug(c, arg);
	case OPT_INFO: c->wants_info = true; break;
	case OPT_NO_CACHE: c->run.no_cache = true; break;
	case OPT_MODE: return set_mode_option(c, arg);
	case OPT_NOTHING:
	case OPT_HELP:
	case OPT_VERSION: break;
	}
	return true;
}

/* getopt_long() gives 256 + the row of a long option, or a letter. */
static const struct row *row_of(const struct command_line *c, int opt)
{
	if (opt >= 256)
		return &rows[opt - 256];
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if ((rows[i].scope & c->scope) && rows[i].letter == opt)
			return &rows[i];
	}
	return NULL;
}

/* 0: go on; 1: done, *@status is the exit status. */
static int read_options(struct command_line *c, int argc, char **argv, int *status)
{
	struct option longs[COUNT_OF(rows) + 1] = { 0 };
	char shorts[3 * COUNT_OF(rows) + 1], *s = shorts;
	size_t nr = 0;
	int opt, takes;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (!(rows[i].scope & c->scope))
			continue;
		/* "[…]" may be left out, and is not looked for in the next word. */
		takes = !rows[i].arg	      ? no_argument
			: *rows[i].arg == '[' ? optional_argument
					      : required_argument;
		if (rows[i].letter) {
			*s++ = rows[i].letter;
			for (int k = 0; k < takes; k++)
				*s++ = ':';
		}
		if (rows[i].name)
			longs[nr++] = (struct option){ rows[i].name, takes, NULL, 256 + (int)i };
	}
	*s = '\0';

	while ((opt = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct row *r = opt == '?' ? NULL : row_of(c, opt);

		*status = r ? 0 : 1;
		if (!r) {
			usage(c, stderr);
			return 1;
		}
		if (r->id == OPT_HELP) {
			usage(c, stdout);
			return 1;
		}
		if (r->id == OPT_VERSION) {
			puts(is_bpftrace ? "bpftrace v" LANGUAGE_VERSION " (btc " BTC_VERSION ")"
					 : "btc " BTC_VERSION);
			return 1;
		}
		*status = 1;
		note_key(c, r, optarg);
		if (!apply(c, r, optarg))
			return 1;
	}
	for (int i = optind; i < argc; i++)
		vec_push(c->a, &c->words, argv[i]);
	return 0;
}

static bool can_bundle(const struct command_line *c)
{
	const char *why = NULL;

	if (c->has_text)
		why = "takes scripts, not -e";
	else if (c->o.emit != EMIT_TOOL)
		why = "and --emit exclude each other";
	else if (!c->o.output)
		why = "needs -o BUNDLE";
	if (why)
		fprintf(stderr, "btc: error: --bundle %s\n", why);
	return !why;
}

/* The script is the first word, unless -e gives its text. */
static bool find_script(struct command_line *c)
{
	word_vec *w = &c->words;

	if (c->has_text ? !*c->o.text : !w->nr) {
		fputs("btc: error: no script: give a file, - or -e PROG\n", stderr);
		usage(c, stderr);
		return false;
	}
	if (!c->has_text) {
		c->o.script = w->v[0];
		w->v++;
		w->nr--;
		w->room--;
	}
	if (c->bundle)
		return can_bundle(c);
	if (is_run(c) || !w->nr || (!c->has_text && many__is_dir(c->o.output)))
		return true;
	if (!c->has_text && !access(w->v[0], F_OK))
		fputs("btc: error: several scripts need a directory: -o DIR/\n", stderr);
	else
		fprintf(stderr,
			"btc: error: what is `%s`? parameters are given to the tool, or to btc run\n",
			w->v[0]);
	return false;
}

/* -o DIR/, or more than one script. */
static bool is_many(const struct command_line *c)
{
	const char *out = c->o.output;

	return !is_run(c) && !c->has_text && out && *out &&
	       (c->words.nr || out[strlen(out) - 1] == '/');
}

static bool compile_many(struct command_line *c)
{
	word_vec scripts = { 0 };

	vec_push(c->a, &scripts, (char *)c->o.script);
	for (size_t i = 0; i < c->words.nr; i++)
		vec_push(c->a, &scripts, c->words.v[i]);
	if (c->bundle)
		return bundle__compile(c->a, &c->o, &scripts);
	return many__compile(c->a, &c->o, &scripts, stages[c->o.emit].suffix);
}

static bool find_output(struct command_line *c)
{
	struct driver_options *o = &c->o;
	bool has_name = o->script && strcmp(o->script, "-");

	if (is_run(c) || o->output || o->emit != EMIT_TOOL || has_name)
		return true;
	fputs("btc: error: a script without a file name needs -o TOOL\n", stderr);
	return false;
}

static int command(struct command_line *c, int argc, char **argv)
{
	int status;

	if (argc < 2) {
		usage(c, stderr);
		return 1;
	}
	if (read_options(c, argc, argv, &status))
		return status;
	if (c->save_target)
		return save_target(c->a, c->save_target);
	if (c->wants_info)
		return info_cmd(c->a, &c->o);
	c->list.btf = c->o.btf;
	c->list.tracefs = c->o.tracefs;
	if (c->wants_list && list_cmd(c->a, &c->list, c->has_text, &c->words, &status))
		return status;
	if (c->wants_list)
		vec_push(c->a, &c->run.pass, (char *)"-l");
	if (!find_script(c) || !find_output(c))
		return 1;
	/* Lists are NULL-terminated for those who read them. */
	vec_push(c->a, &c->o.include_dirs, NULL);
	vec_push(c->a, &c->o.includes, NULL);
	if (is_run(c)) {
		c->run.words = c->words;
		return run_cmd(c->a, &c->o, &c->run);
	}
	if (c->o.depfile)
		c->o.deps = deps__new(c->a);
	if (c->bundle || is_many(c))
		return compile_many(c) ? 0 : 1;
	return driver__compile(c->a, &c->o) ? 0 : 1;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	struct command_line c = {
		.a = arena__new(),
		.scope = FOR_COMPILE,
		.o.emit = EMIT_TOOL,
	};
	int status;

	is_bpftrace = argc > 0 && !strcmp(base_name(argv[0]), "bpftrace");
	if (is_bpftrace) {
		c.scope = FOR_RUN | FOR_TOOL;
	} else if (argc > 1 && !strcmp(argv[1], "run")) {
		c.scope = FOR_RUN | FOR_TOOL;
		argv[1] = argv[0];
		argc--;
		argv++;
	}
	status = command(&c, argc, argv);
	arena__free(c.a);
	return status;
}
