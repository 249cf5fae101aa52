// SPDX-License-Identifier: Apache-2.0
/*
 * The stages in order: parse, check, lower, emit in this process; then clang,
 * bpftool and cc as programs, in a private directory. A failure of one of those
 * programs is a bug of ours whatever the script says: their messages speak of
 * generated text, so the files stay and the command is printed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "deps.h"
#include "diag.h"
#include "driver.h"
#include "hash.h"
#include "import.h"
#include "options_of.h"
#include "plan.h"
#include "progress.h"
#include "spawn.h"
#include "workdir.h"

/* Set by a build with sanitizers: they are in librtlib.a too, and exclude a static link. */
#ifndef BTC_TOOL_FLAGS
#define BTC_TOOL_FLAGS NULL
#endif

struct driver {
	struct arena *a;
	const struct driver_options *o;
	struct toolchain t;
	struct workdir *work;
	struct diags *diags;
	const char *dir;	/* where compilers run, so that #line names lead to the script */
	const char *script_dir; /* for #include "x.h" */
	const char *name;	/* of the tool */
	struct program *program;
	struct ctypes *types;
	struct plan *plan;
	bool links; /* what runs now is the link, which may lack a library */
};

/* A signal may come while a child runs; the private directory goes first. */
static volatile sig_atomic_t stopped_by;

static void on_signal(int sig)
{
	stopped_by = sig;
}

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void say_time(const struct driver *d, double since, const char *what)
{
	if (d->o->verbose)
		fprintf(stderr, "%7.1f ms  %s\n", now_ms() - since, what);
}

/* --- names and places ------------------------------------------------------ */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool from_file(const struct driver_options *o)
{
	return o->script && strcmp(o->script, "-");
}

const char *script_stem(struct arena *a, const char *path)
{
	const char *base = base_name(path);
	size_t len = strlen(base);

	if (len > 3 && !strcmp(base + len - 3, ".bt"))
		len -= 3;
	return arena__strndup(a, base, len);
}

static const char *tool_name(struct arena *a, const struct driver_options *o)
{
	if (o->name)
		return o->name;
	if (o->output && o->emit == EMIT_TOOL)
		return base_name(o->output);
	return from_file(o) ? script_stem(a, o->script) : "stdin";
}

static const char *absolute(struct arena *a, const char *path)
{
	char full[PATH_MAX];

	return realpath(path, full) ? arena__strdup(a, full) : path;
}

static const char *dir_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return absolute(a, ".");
	return absolute(a, slash == path ? "/" : arena__strndup(a, path, (size_t)(slash - path)));
}

/* --- the script ------------------------------------------------------------ */

static const char *read_stdin(struct arena *a, size_t *len)
{
	struct buf b = { 0 };
	char part[8192];
	const char *text;
	size_t n;

	while ((n = fread(part, 1, sizeof(part), stdin)) > 0)
		buf__add(&b, part, n);
	*len = b.len;
	text = arena__strndup(a, b.s ? b.s : "", b.len);
	buf__free(&b);
	return text;
}

struct source *driver__load(struct arena *a, const struct driver_options *o)
{
	const char *text, *path = o->script;
	size_t len;

	if (from_file(o)) {
		text = read_file(a, path, &len);
		if (!text) {
			fprintf(stderr, "btc: error: cannot read %s: %s\n", path, strerror(errno));
			return NULL;
		}
		return source__new(a, path, path, text, len);
	}
	if (o->text) {
		text = o->text;
		len = strlen(text);
	} else {
		text = read_stdin(a, &len);
	}
	return source__new(a, "stdin", NULL, text, len);
}

/*
 * clang copies source lines into the object's debug information from the file
 * that #line names, so that a verifier log shows the script. Hence it runs where
 * that file lies; a script without a file gets one.
 */
static bool place(struct driver *d, const struct source *src)
{
	const char *file;

	if (src->path) {
		d->script_dir = d->dir = dir_of(d->a, src->path);
		return true;
	}
	d->script_dir = absolute(d->a, ".");
	d->dir = workdir__path(d->work);
	file = workdir__file(d->a, d->work, src->name);
	return !write_file(file, src->text, src->len);
}

/* --- running programs ------------------------------------------------------ */

typedef VEC(const char *) argv_vec;

static void add(struct driver *d, argv_vec *v, const char *word)
{
	vec_push(d->a, v, word);
}

/* Words separated by blanks; NULL: none. */
static void add_words(struct driver *d, argv_vec *v, const char *words)
{
	while (words && *words) {
		size_t len = strcspn(words, " ");

		if (len)
			add(d, v, arena__strndup(d->a, words, len));
		words += len + (words[len] == ' ');
	}
}

/* The first lines say it; what follows a crash of clang's is its stack. */
static void print_head(const char *text)
{
	for (int line = 0; *text && line < 12; line++) {
		size_t len = strcspn(text, "\n");

		fprintf(stderr, "%.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void report_bug(struct driver *d, const char *command, const char *said)
{
	progress__stop();
	workdir__keep(d->work);
	if (d->o->needs)
		d->o->needs->refused = true;
	fprintf(stderr, "btc: error: generated code was refused: this is a bug in btc, not in %s\n",
		from_file(d->o) ? d->o->script : "the script");
	fprintf(stderr, "the files are in %s; the command was\n    cd %s && %s\nand said\n",
		workdir__path(d->work), d->dir, command);
	print_head(said);
}

static bool run(struct driver *d, argv_vec *v, const char *stdout_path)
{
	struct spawn_result r;
	const char *command;
	double t0 = now_ms();
	int err;

	add(d, v, NULL);
	progress__step(base_name(v->v[0]));
	command = spawn__command_line(d->a, v->v);
	if (stdout_path)
		err = spawn__run_to(d->a, v->v, d->dir, stdout_path, &r);
	else
		err = spawn__run(d->a, v->v, d->dir, &r);
	say_time(d, t0, command);
	if (stopped_by)
		return false;
	if (err < 0)
		fprintf(stderr, "btc: error: cannot run %s: %s\n", v->v[0], strerror(-err));
	else if (err && !(d->links && toolchain__lacks_lib(d->a, &d->t, d->o->dynamic)))
		report_bug(d, command, r.diag);
	else if (!err && d->o->verbose && r.diag_len)
		fputs(r.diag, stderr);
	return !err;
}

static const char *work_file(struct driver *d, const char *suffix)
{
	return workdir__file(d->a, d->work, arena__printf(d->a, "%s%s", d->plan->ident, suffix));
}

static const char *lib_dir(struct driver *d, const char *name)
{
	return arena__printf(d->a, "-I%s/%s", d->t.lib, name);
}

/*
 * No name in the object may tell where it was made: two makings are the same, bit
 * for bit. Names stay relative to the script's directory, where clang looks for the
 * lines to copy. Those of our headers it does not find, which keeps them out.
 */
static void add_names(struct driver *d, argv_vec *v)
{
	add(d, v, "-fdebug-compilation-dir=.");
	add(d, v, arena__printf(d->a, "-fdebug-prefix-map=%s/=", d->t.lib));
	add(d, v, arena__printf(d->a, "-fdebug-prefix-map=%s/=", workdir__path(d->work)));
	if (!from_file(d->o)) /* its imports have absolute names */
		add(d, v, arena__printf(d->a, "-fdebug-prefix-map=%s/=", d->script_dir));
}

static bool compile_bpf(struct driver *d, const char *obj)
{
	argv_vec v = { 0 };
	const char *dir = d->dir;
	bool ok;

	add(d, &v, d->t.clang);
	add_words(d, &v, "-target bpf -mcpu=v3 -g -fwrapv");
	add(d, &v, arena__printf(d->a, "-O%c", d->o->optimize ? d->o->optimize : '2'));
	/* Integers wrap (-fwrapv). A crash is reported with our files; its own would litter /tmp. */
	add(d, &v, "-fno-crash-diagnostics");
	add_names(d, &v);
	add(d, &v, lib_dir(d, "bpf"));
	add(d, &v, lib_dir(d, "include"));
	add(d, &v, "-c");
	add(d, &v, work_file(d, ".bpf.c"));
	add(d, &v, "-o");
	add(d, &v, obj);
	if (d->o->strip)
		d->dir = "/proc"; /* a script's line is found where the script is, only */
	ok = run(d, &v, NULL);
	d->dir = dir;
	return ok;
}

static bool write_half(struct driver *d, const char *suffix,
		       void (*emit)(const struct plan *p, struct buf *out))
{
	struct buf b = { 0 };
	bool ok;

	emit(d->plan, &b);
	ok = !write_file(work_file(d, suffix), b.s ? b.s : "", b.len);
	buf__free(&b);
	return ok;
}

/* Told by libbpf's linker, which prints nothing else. */
static int on_linker(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_WARN ? vfprintf(stderr, fmt, ap) : 0;
}

/* The program's object and those of imported C functions become one. */
static bool link_objects(struct driver *d, const char *main_obj, const char *obj)
{
	struct bpf_linker *l = bpf_linker__new(obj, NULL);
	bool ok;

	libbpf_set_print(on_linker);
	ok = l && !bpf_linker__add_file(l, main_obj, NULL);
	for (size_t i = 0; ok && i < d->plan->objects.nr; i++)
		ok = !bpf_linker__add_file(l, d->plan->objects.v[i], NULL);
	ok = ok && !bpf_linker__finalize(l);
	bpf_linker__free(l);
	libbpf_set_print(NULL);
	if (!ok && d->plan->objects.nr)
		fprintf(stderr, "btc: error: cannot link the imported C functions\n");
	else if (!ok)
		report_bug(d, arena__printf(d->a, "bpftool gen object %s %s", obj, main_obj),
			   "(libbpf's linker refused it)");
	return ok;
}

/*
 * To @obj, from the text and the imports. Linking also drops the DWARF that
 * clang writes beside BTF, half of the object, so a single one is linked too.
 */
static bool make_object(struct driver *d, const char *obj)
{
	const char *main_obj = work_file(d, ".main.bpf.o");

	return write_half(d, ".bpf.c", emit_bpf) && compile_bpf(d, main_obj) &&
	       link_objects(d, main_obj, obj);
}

static bool make_skeleton(struct driver *d, const char *obj, const char *skel)
{
	argv_vec v = { 0 };

	add(d, &v, d->t.bpftool);
	add_words(d, &v, "gen skeleton");
	add(d, &v, obj);
	add(d, &v, "name");
	add(d, &v, d->plan->ident);
	return run(d, &v, skel);
}

/*
 * Tables need no optimizer, but -O1 lets cc drop the skeleton's unused inline
 * functions without a word.
 */
static void add_cc(struct driver *d, argv_vec *v)
{
	add(d, v, d->t.cc);
	add_words(d, v, "-std=gnu11 -O1 -w -fno-asynchronous-unwind-tables");
	add(d, v, lib_dir(d, "include"));
	add(d, v, arena__printf(d->a, "-I%s", workdir__path(d->work)));
	add(d, v, arena__printf(d->a, "-ffile-prefix-map=%s/=", workdir__path(d->work)));
}

static bool compile_member(struct driver *d)
{
	argv_vec v = { 0 };

	add_cc(d, &v);
	add_words(d, &v, BTC_TOOL_FLAGS);
	add(d, &v, arena__printf(d->a, "-DBTC_MEMBER=%s", d->o->member));
	add(d, &v, "-c");
	add(d, &v, work_file(d, ".c"));
	add(d, &v, "-o");
	add(d, &v, d->o->output);
	return run(d, &v, NULL);
}

/* gold halves the time of a static link; where it is not installed the default linker does. */
static bool link_tool(struct driver *d, const char *exe, const char *const *inputs,
		      const struct link_needs *needs)
{
	argv_vec v = { 0 };

	add_cc(d, &v);
	if (!d->o->dynamic && !BTC_TOOL_FLAGS) {
		add_words(d, &v, "-static -s -Wl,-u,deflate");
		if (d->t.gold)
			add(d, &v, "-fuse-ld=gold");
		/* There is nothing for link-time optimization; asking about each object takes time. */
		add(d, &v, "-fno-use-linker-plugin");
	}
	if (d->o->strip)
		add(d, &v, "-s");
	add_words(d, &v, BTC_TOOL_FLAGS);
	add(d, &v, "-Wl,--gc-sections");
	add(d, &v, "-o");
	add(d, &v, exe);
	while (*inputs)
		add(d, &v, *inputs++);
	add(d, &v, arena__printf(d->a, "%s/librtlib.a", d->t.lib));
	/* Nothing but this option asks for it: librtlib.a does without where it is not linked. */
	if (needs->demangles && toolchain__has_lib(d->a, &d->t, "libsupc++.a"))
		add_words(d, &v, "-Wl,-u,__cxa_demangle -lsupc++");
	if (needs->reads_lines && !toolchain__has_lib(d->a, &d->t, "libdw.a")) {
		fprintf(stderr,
			"btc: error: probes at source lines need libdw.a (Debian: libdw-dev)\n");
		return false;
	}
	if (needs->reads_lines)
		add_words(d, &v, "-Wl,-u,btc_lines -l:libdw.a");
	/* libbpf's shared library lacks a function that its header has (1.1: libbpf_set_memlock_rlim). */
	add_words(d, &v, "-l:libbpf.a -lelf -lz");
	d->links = true;
	return run(d, &v, NULL);
}

/* --- the stages ------------------------------------------------------------ */

/* For --info: the release of the kernel whose types the tool has. */
static const char *made_for(struct driver *d)
{
	struct utsname u;

	if (d->o->release)
		return d->o->release;
	if (d->o->btf)
		return base_name(d->o->btf);
	return uname(&u) ? NULL : arena__strdup(d->a, u.release);
}

static const char *hash_file(struct driver *d, const char *path)
{
	char hex[HASH_HEX];
	const char *data;
	struct hash h;
	size_t len;

	data = read_file(d->a, path, &len);
	if (!data)
		return NULL;
	hash__init(&h);
	hash__add(&h, data, len);
	hash__hex(&h, hex);
	return arena__strdup(d->a, hex);
}

static bool front(struct driver *d)
{
	const struct driver_options *o = d->o;
	struct check_options check_options = {
		.unsafe = o->unsafe,
		.params = o->params,
		.nr_params = o->nr_params,
	};
	struct lower_options lower_options = {
		.name = d->name,
		.unsafe = o->unsafe,
		.no_text = o->strip,
		.made_for = made_for(d),
	};
	struct ctypes_options type_options = {
		.btf = o->btf,
		.tracefs = o->tracefs,
		.release = o->release,
		.sysroot = o->sysroot,
		.clang = d->t.clang,
		.include_dirs = o->include_dirs.v,
		.includes = o->includes.v,
		.script_dir = d->script_dir,
		.tmp_dir = workdir__path(d->work),
		.deps = o->deps,
	};
	struct import_options import_options = {
		.clang = d->t.clang,
		.include_dirs = o->include_dirs.v,
		.work_dir = workdir__path(d->work),
		.deps = o->deps,
	};
	struct config *cfg = NEW(d->a, struct config);
	double t0 = now_ms();
	bool ok;

	if (!import__resolve(d->a, d->diags, d->program, &import_options))
		return false;
	config__load(d->a, d->diags, d->program, cfg);
	d->types = ctypes__new(d->a, d->diags, &type_options);
	ok = check(d->a, d->diags, d->program, d->types, cfg, &check_options);
	ok = ok && !diags__nr_errors(d->diags);
	for (size_t i = 0; o->deps && i < d->program->literals.nr; i++)
		vec_push(d->a, &o->deps->params, d->program->literals.v[i]);
	say_time(d, t0, "check");
	if (ok && o->emit > EMIT_CHECK) {
		t0 = now_ms();
		d->plan = lower(d->a, d->diags, d->program, d->types, cfg, &lower_options);
		ok = d->plan && !diags__nr_errors(d->diags);
		say_time(d, t0, "lower");
	}
	return ok;
}

/* Text of a stage to the output or stdout. */
static bool deliver(struct driver *d, const char *text, size_t len)
{
	if (d->o->output)
		return !replace_file(d->a, d->o->output, text, len);
	if (fwrite(text, 1, len, stdout) == len && !fflush(stdout))
		return true;
	fprintf(stderr, "btc: error: cannot write to stdout: %s\n", strerror(errno));
	return false;
}

static bool deliver_file(struct driver *d, const char *path)
{
	size_t len;
	const char *text = read_file(d->a, path, &len);

	if (!text) {
		fprintf(stderr, "btc: error: cannot read %s: %s\n", path, strerror(errno));
		return false;
	}
	return deliver(d, text, len);
}

static bool deliver_text(struct driver *d, void (*print)(const struct driver *d, struct buf *out))
{
	struct buf b = { 0 };
	bool ok;

	print(d, &b);
	ok = deliver(d, b.s ? b.s : "", b.len);
	buf__free(&b);
	return ok;
}

static void print_tree(const struct driver *d, struct buf *out)
{
	ast__dump(d->program, out);
}

static void print_plan(const struct driver *d, struct buf *out)
{
	plan__dump(d->plan, out);
}

static void print_bpf(const struct driver *d, struct buf *out)
{
	emit_bpf(d->plan, out);
}

static void print_host(const struct driver *d, struct buf *out)
{
	emit_host(d->plan, out);
}

/* -d: on the way, before the tool runs. */
static void show_stage(struct driver *d, enum emit stage, const char *name,
		       void (*print)(const struct driver *d, struct buf *out))
{
	struct buf b = { 0 };

	if (!(d->o->show & 1u << stage))
		return;
	print(d, &b);
	printf("--- %s ---\n%s\n", name, b.s ? b.s : "");
	buf__free(&b);
}

static void show_stages(struct driver *d)
{
	show_stage(d, EMIT_CHECK, "check", print_tree);
	show_stage(d, EMIT_PLAN, "plan", print_plan);
	show_stage(d, EMIT_BPF, "bpf", print_bpf);
	show_stage(d, EMIT_HOST, "host", print_host);
	fflush(stdout);
}

static void print_for_others(const struct driver *d, struct buf *out)
{
	static void (*const emit[])(const struct plan *p, struct buf *out) = {
		[EMIT_MAN] = emit_man,	 [EMIT_BASH] = emit_bash, [EMIT_ZSH] = emit_zsh,
		[EMIT_FISH] = emit_fish, [EMIT_UNIT] = emit_unit,
	};

	emit[d->o->emit](d->plan, out);
}

static const char *tool_path(struct driver *d)
{
	return d->o->output ? d->o->output : d->name;
}

bool driver__is_writable(const char *path)
{
	struct stat st;

	if (stat(path, &st) || S_ISREG(st.st_mode))
		return true;
	fprintf(stderr, "btc: error: cannot write %s: %s\n", path,
		S_ISDIR(st.st_mode) ? "it is a directory" : "it is no regular file");
	return false;
}

static bool make_tool(struct driver *d, const char *path, const char *const *inputs,
		      const struct link_needs *needs)
{
	const char *exe = temp_beside(d->a, path);

	if (!exe)
		return false;
	if (!link_tool(d, absolute(d->a, exe), inputs, needs)) {
		unlink(exe);
		return false;
	}
	/* Linkers keep the mode of a file that is there, and that one was made private. */
	return !set_mode(exe, 0777) && !rename_over(exe, path);
}

static bool back(struct driver *d)
{
	enum emit emit = d->o->emit;
	struct link_needs own = { 0 }, *needs = d->o->needs ? d->o->needs : &own;
	const char *obj, *skel, *inputs[] = { NULL, NULL };

	if (emit == EMIT_PLAN)
		return deliver_text(d, print_plan);
	if (emit == EMIT_BPF)
		return deliver_text(d, print_bpf);
	if (emit == EMIT_HOST)
		return deliver_text(d, print_host);
	if (emit >= EMIT_MAN && emit <= EMIT_UNIT)
		return deliver_text(d, print_for_others);

	obj = work_file(d, ".bpf.o");
	skel = work_file(d, ".skel.h");
	if (!make_object(d, obj))
		return false;
	if (emit == EMIT_OBJ)
		return deliver_file(d, obj);
	if (!toolchain__find_bpftool(d->a, &d->t, &d->o->tools) || !make_skeleton(d, obj, skel))
		return false;
	if (emit == EMIT_SKEL)
		return deliver_file(d, skel);

	d->plan->object_hash = hash_file(d, obj);
	if (!write_half(d, ".c", emit_host) || !toolchain__find_cc(d->a, &d->t, &d->o->tools))
		return false;
	needs->demangles = d->plan->demangles;
	needs->reads_lines = d->plan->reads_lines;
	inputs[0] = work_file(d, ".c");
	return emit == EMIT_MEMBER ? compile_member(d) : make_tool(d, tool_path(d), inputs, needs);
}

/* After all is well: what failed is to be made again, whatever it depends on. */
static bool write_depfile(struct driver *d)
{
	const struct driver_options *o = d->o;
	const char *target = o->emit == EMIT_TOOL ? tool_path(d) : o->output;

	if (!o->depfile)
		return true;
	if (o->btf)
		deps__file(o->deps, o->btf);
	return deps__write(o->deps, o->depfile, target ? target : d->name,
			   from_file(o) ? o->script : NULL);
}

static bool stages(struct driver *d)
{
	struct source *src = d->o->source ? d->o->source : driver__load(d->a, d->o);
	double t0 = now_ms();

	if (!src || stopped_by)
		return false;
	d->program = parse(d->a, d->diags, src);
	say_time(d, t0, "parse");
	if (diags__nr_errors(d->diags))
		return false;
	if (d->o->emit == EMIT_AST)
		return deliver_text(d, print_tree);
	show_stage(d, EMIT_AST, "ast", print_tree);

	d->work = workdir__new(d->a, d->o->keep);
	if (!d->work || !place(d, src) || !front(d))
		return false;
	show_stages(d);
	return d->o->emit == EMIT_CHECK ? deliver_text(d, print_tree) : back(d);
}

bool driver__wants_color(void)
{
	const char *color = getenv("BPFTRACE_COLOR");

	if (color && !strcmp(color, "always"))
		return true;
	if ((color && !strcmp(color, "never")) || getenv("NO_COLOR"))
		return false;
	return isatty(STDERR_FILENO);
}

static void print_diags(struct driver *d, const struct diag_options *how)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = d->o->said ? open_memstream(&text, &len) : NULL;

	diags__print(d->diags, how, f ? f : stderr);
	if (!f)
		return;
	fclose(f);
	buf__add(d->o->said, text, len);
	fputs(text, stderr);
	free(text);
}

static bool compile(struct driver *d)
{
	struct diag_options how = {
		.no_warnings = d->o->no_warnings,
		.tags = d->o->tags,
		.color = driver__wants_color(),
	};
	struct sigaction catch = { .sa_handler = on_signal }, old[COUNT_OF(stop_signals)];
	bool ok;

	for (size_t i = 0; i < COUNT_OF(stop_signals); i++)
		sigaction(stop_signals[i], &catch, &old[i]);
	if (!d->o->verbose)
		progress__start(from_file(d->o) ? base_name(d->o->script) : "the script");
	ok = stages(d) && !stopped_by && write_depfile(d);
	progress__stop();
	print_diags(d, &how);
	if (d->types)
		ctypes__free(d->types);
	workdir__free(d->work);
	for (size_t i = 0; i < COUNT_OF(stop_signals); i++)
		sigaction(stop_signals[i], &old[i], NULL);
	if (stopped_by)
		raise(stopped_by);
	return ok;
}

bool driver__compile(struct arena *a, const struct driver_options *o)
{
	struct driver d = {
		.a = a,
		.o = o,
		.diags = diags__new(a),
		.name = tool_name(a, o),
	};

	if (o->emit == EMIT_TOOL && !driver__is_writable(tool_path(&d)))
		return false;
	if (o->emit != EMIT_AST &&
	    (!toolchain__find_lib(a, &d.t) || !toolchain__find_clang(a, &d.t, &o->tools)))
		return false;
	return compile(&d);
}

bool driver__link(struct arena *a, const struct driver_options *o, struct workdir *work,
		  const char *const *inputs, const struct link_needs *needs, const char *exe)
{
	struct driver d = { .a = a, .o = o, .work = work, .dir = workdir__path(work) };

	return toolchain__find_lib(a, &d.t) && toolchain__find_cc(a, &d.t, &o->tools) &&
	       make_tool(&d, exe, inputs, needs);
}
