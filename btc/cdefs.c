// SPDX-License-Identifier: Apache-2.0
/*
 * The script's own C: definitions, #defines and #includes. clang does the work,
 * and BTF brings its result back. The texts go to one file with #line directives;
 * if there are directives that need it, clang -E -dD expands them and tells the
 * macros. The expanded text is scanned (cscan.c) for the names that it defines, so that
 * a global can be added for each: clang writes BTF only of what a global needs.
 *
 * Kernel types that the script embeds get a stand-in: an opaque struct of the same
 * name, size and alignment. When the BTF is read back, a stand-in is replaced by
 * the kernel's own type; so no kernel definition, and nothing that it depends on,
 * can clash with what the script defines.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "cscan.h"
#include "ctypes.h"
#include "deps.h"
#include "kheaders.h"
#include "spawn.h"

/* Names of files as clang sees them; the digits of the first are an index in srcs. */
#define SRC_MARK  "btc-src-"
#define KEEP_MARK "btc-keep"

struct cdefs {
	struct ctypes *c;
	struct arena *a;
	VEC(const struct source *) srcs;
	word_list argv;
	struct buf text;	   /* to compile */
	const char *kernel_header; /* the first that it includes, in <>; NULL: none */
	struct kheaders tree;	   /* where they are */
	bool have_tree;
	bool no_tree;	     /* do without the kernel's headers, */
	bool quiet;	     /* as is tried next if this fails: then say nothing */
	struct buf borrowed; /* stand-ins for kernel types */
	struct cscan scan;
	bool *dropped; /* by name in scan.keep: clang did not take the global */
};

/* What is nobody's line. */
static void fail(struct cdefs *x, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void fail(struct cdefs *x, const char *fmt, ...)
{
	const struct loc nowhere = { 0 };
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena__vprintf(x->a, fmt, ap);
	va_end(ap);
	if (!x->quiet)
		diag__error(x->c->d, nowhere, "E_C_FRONTEND", "%s", text);
}

/* --- the text -------------------------------------------------------------------------- */

static size_t src_index(struct cdefs *x, const struct source *src)
{
	size_t i = 0;

	while (i < x->srcs.nr && x->srcs.v[i] != src)
		i++;
	if (i == x->srcs.nr)
		vec_push(x->a, &x->srcs, src);
	return i;
}

/* "include" of `# include <x>`, with what follows it in *@rest; NULL: no directive. */
static const char *directive(struct arena *a, const char *s, const char **rest)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	if (*s++ != '#')
		return NULL;
	s += strspn(s, " \t");
	for (len = 0; isalpha((unsigned char)s[len]); len++)
		;
	*rest = s + len + strspn(s + len, " \t");
	return arena__strndup(a, s, len);
}

/* Headers that come from a kernel tree, which few machines have. */
static bool is_kernel_header(const char *s)
{
	static const char *const dirs[] = { "linux/",	    "net/",   "uapi/",	    "asm/",
					    "asm-generic/", "trace/", "generated/", "kernel/" };

	for (size_t i = 0; i < COUNT_OF(dirs); i++) {
		if (*s == '<' && !strncmp(s + 1, dirs[i], strlen(dirs[i])))
			return true;
	}
	return false;
}

/*
 * Padded to the column where it stands in the script, so that columns come out
 * right too. With the kernel's BTF at hand a missing kernel header is no error: its
 * types are there, and whatever else of it is needed will be missed by name.
 */
static void add_def(struct cdefs *x, const struct c_def *def)
{
	const char *rest, *dir = directive(x->a, def->text, &rest);
	bool kernel = dir && !strcmp(dir, "include") && is_kernel_header(rest);
	bool optional = kernel && ctypes__have_kernel(x->c);
	unsigned line = 1, col = 1;

	if (kernel && !x->kernel_header)
		x->kernel_header = arena__strndup(x->a, rest, strcspn(rest, ">") + 1);
	if (def->loc.src)
		source__place(def->loc.src, def->loc.begin, &line, &col);
	if (optional)
		buf__printf(&x->text, "#if __has_include(%.*s)\n", (int)strcspn(rest, ">") + 1,
			    rest);
	buf__printf(&x->text, "#line %u \"" SRC_MARK "%zu\"\n%*s%s\n", line,
		    src_index(x, def->loc.src), (int)col - 1, "", def->text);
	if (optional)
		buf__str(&x->text, "#endif\n");
}

/* --- macros ------------------------------------------------------------------------------ */

/* NAME and its replacement, if @s (behind "define") is an object-like macro. */
static bool split_define(struct arena *a, const char *s, size_t len, const char **name,
			 const char **body)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)s[n]) || s[n] == '_'))
		n++;
	if (!n || (n < len && s[n] == '('))
		return false;
	*name = arena__strndup(a, s, n);
	while (n < len && isspace((unsigned char)s[n]))
		n++;
	while (len > n && isspace((unsigned char)s[len - 1]))
		len--;
	*body = arena__strndup(a, s + n, len - n);
	return true;
}

/* A text that means itself without clang's help: one literal, or numbers and operators. */
static bool is_plain_macro(const char *body)
{
	const char *close = *body == '"' ? strchr(body + 1, '"') : NULL;

	if (close)
		return !close[1] && !strchr(body, '\\');
	if (strstr(body, "//") || strstr(body, "/*") || strpbrk(body, "\\{}#\"'"))
		return false;
	while (*body) {
		if (isalpha((unsigned char)*body) || *body == '_')
			return false;
		/* the letters of a number: 0x1f, 10UL */
		body += isdigit((unsigned char)*body)
				? strspn(body, "0123456789abcdefABCDEFxXulUL_")
				: 1;
	}
	return true;
}

/* Macros of a script that needs no preprocessor run. False: it does need one. */
static bool read_simple_macros(struct cdefs *x, const struct program *p, bool *any_text)
{
	const char *rest, *dir, *name, *body;

	for (size_t i = 0; i < p->c_defs.nr; i++) {
		dir = directive(x->a, p->c_defs.v[i].text, &rest);
		if (!dir) {
			*any_text = true;
			continue;
		}
		if (strcmp(dir, "define") ||
		    !split_define(x->a, rest, strlen(rest), &name, &body) || !is_plain_macro(body))
			return false;
		strmap__set(x->c->macros, name, (void *)body);
	}
	return true;
}

static void on_directive(void *ctx, const char *s, size_t len)
{
	struct cdefs *x = ctx;
	const char *name, *body;

	if (len > 7 && !strncmp(s, "define ", 7)) {
		if (split_define(x->a, s + 7, len - 7, &name, &body))
			strmap__set(x->c->macros, name, (void *)body);
	} else if (len > 6 && !strncmp(s, "undef ", 6)) {
		if (split_define(x->a, s + 6, len - 6, &name, &body))
			strmap__set(x->c->macros, name, NULL);
	}
}

const char *ctypes__no_headers(const struct ctypes *c)
{
	return c->no_headers;
}

const char *ctypes__macro(struct ctypes *c, const char *name)
{
	return c->macros ? strmap__get(c->macros, name) : NULL;
}

/* --- clang -------------------------------------------------------------------------------- */

static void arg(struct cdefs *x, const char *s)
{
	vec_push(x->a, &x->argv, s);
}

static void args(struct cdefs *x, const char *const *list)
{
	while (*list)
		arg(x, *list++);
}

static void arg2(struct cdefs *x, const char *a, const char *b)
{
	arg(x, a);
	arg(x, b);
}

static void begin_argv(struct cdefs *x)
{
	static const char *const common[] = {
		"-x",
		"c",
		"-std=gnu11",
		"-w",
		"-fno-color-diagnostics",
		"-fno-caret-diagnostics",
		"-fno-diagnostics-fixit-info",
		"-ferror-limit=0",
		NULL,
	};

	x->argv.nr = 0;
	arg(x, x->c->o.clang ? x->c->o.clang : "clang");
	args(x, common);
}

static const char *tmp_path(struct cdefs *x, const char *name)
{
	return arena__printf(x->a, "%s/%s", x->c->o.tmp_dir ? x->c->o.tmp_dir : "/tmp", name);
}

/* --- its messages ---------------------------------------------------------------------------- */

struct message {
	const char *file, *text;
	unsigned line, col;
	bool in_script; /* file is one of srcs, number src */
	size_t src;
};

static bool script_place(const char *file, size_t *src)
{
	char *end;

	if (strncmp(file, SRC_MARK, strlen(SRC_MARK)))
		return false;
	*src = strtoul(file + strlen(SRC_MARK), &end, 10);
	return !*end;
}

/* FILE:LINE:COL: [fatal ]error: TEXT */
static bool parse_message(struct arena *a, const char *line, size_t len, struct message *m)
{
	const char *s = arena__strndup(a, line, len), *at = strstr(s, ": error: ");
	size_t skip = 9;
	char *colon;

	if (!at) {
		at = strstr(s, ": fatal error: ");
		skip = 15;
	}
	if (!at)
		return false;
	m->text = at + skip;
	m->file = arena__strndup(a, s, (size_t)(at - s));
	m->line = m->col = 0;
	/* The last number is the column, the one before it the line. */
	for (int i = 0; i < 2; i++) {
		colon = strrchr(m->file, ':');
		if (!colon || !isdigit((unsigned char)colon[1]))
			break;
		m->col = m->line;
		m->line = (unsigned)strtoul(colon + 1, NULL, 10);
		*colon = '\0';
	}
	m->in_script = script_place(m->file, &m->src);
	return true;
}

/* In file included from FILE:LINE: */
static void parse_included(struct arena *a, const char *line, size_t len, struct message *m)
{
	static const char key[] = "In file included from ";
	char *colon, *s;

	if (len < sizeof(key) || strncmp(line, key, sizeof(key) - 1))
		return;
	s = arena__strndup(a, line + sizeof(key) - 1, len - sizeof(key) + 1);
	colon = strrchr(s, ':');
	if (colon && !colon[1]) {
		*colon = '\0';
		colon = strrchr(s, ':');
	}
	if (!colon)
		return;
	*colon = '\0';
	if (!script_place(s, &m->src))
		return;
	m->in_script = true;
	m->line = (unsigned)strtoul(colon + 1, NULL, 10);
	m->col = 0;
}

/* The word at that place, the line's text if there is no column, or nowhere. */
static struct loc message_loc(const struct cdefs *x, const struct message *m)
{
	struct loc loc = { 0 };
	const struct source *s;
	size_t len;

	if (!m->in_script || m->src >= x->srcs.nr || !x->srcs.v[m->src])
		return loc;
	s = x->srcs.v[m->src];
	if (!m->line || m->line > s->nr_lines)
		return loc;
	source__line(s, m->line, &len);
	loc.src = s;
	loc.begin = s->line[m->line - 1] + (m->col && m->col <= len ? m->col - 1 : 0);
	loc.end = s->line[m->line - 1] + (uint32_t)len;
	if (m->col && loc.begin < loc.end) {
		uint32_t end = loc.begin;

		while (end < loc.end &&
		       (isalnum((unsigned char)s->text[end]) || s->text[end] == '_'))
			end++;
		loc.end = end > loc.begin ? end : loc.begin + 1;
	}
	return loc;
}

static void report(struct cdefs *x, const struct message *m, const struct message *via)
{
	const struct message *at = m->in_script ? m : via;
	struct loc loc = message_loc(x, at);
	struct diag *e;

	if (x->quiet) {
		x->c->no_headers = arena__printf(
			x->a, "the kernel's headers in %s cannot be used: %s, line %u: %s",
			x->tree.source, m->file, m->line, m->text);
		return;
	}
	if (m->in_script)
		e = diag__error(x->c->d, loc, "E_C_FRONTEND", "in this C code: %s", m->text);
	else
		e = diag__error(x->c->d, loc, "E_C_FRONTEND", "in %s, line %u: %s", m->file,
				m->line, m->text);
	if (strstr(m->text, "file not found") && x->c->no_headers)
		diag__hint(x->c->d, e, "%s", x->c->no_headers);
	else if (strstr(m->text, "file not found"))
		diag__hint(x->c->d, e, "-I DIR adds a directory to search; %s",
			   ctypes__have_kernel(x->c)
				   ? "the kernel's own types need no header, they come from BTF"
				   : "the kernel's types need its headers or a BTF file (--btf)");
	else if (!ctypes__have_kernel(x->c) && strstr(m->text, "type"))
		diag__hint(x->c->d, e, "the kernel's types are not known: there is no BTF at %s",
			   x->c->kernel_path);
}

/* --- stand-ins for kernel types ------------------------------------------------------------------ */

static const char *int_word(int64_t size, bool is_unsigned)
{
	static const char *const words[2][4] = {
		{ "signed char", "short", "int", "long long" },
		{ "unsigned char", "unsigned short", "unsigned int", "unsigned long long" },
	};

	return words[is_unsigned][size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3];
}

static void stand_in(struct cdefs *x, const char *tag, const char *name, int64_t size, int align)
{
	const char *open = tag ? arena__printf(x->a, "%s %s", tag, name) : "typedef struct";

	buf__printf(&x->borrowed,
		    "%s { char btc_bytes[%lld]; } __attribute__((aligned(%d)))%s%s;\n", open,
		    (long long)(size > 0 ? size : 0), align > 0 ? align : 1, tag ? "" : " ",
		    tag ? "" : name);
	strmap__set(x->c->borrowed, name, (void *)"");
}

static void borrow_typedef(struct cdefs *x, const struct btf *btf, uint32_t id, const char *name)
{
	int64_t size = btf__resolve_size(btf, id);
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (btf_is_mod(t) || btf_is_typedef(t) || btf_is_type_tag(t))
		t = btf__type_by_id(btf, t->type);
	if (btf_is_int(t) && (btf_int_encoding(t) & BTF_INT_BOOL))
		buf__printf(&x->borrowed, "typedef _Bool %s;\n", name);
	else if (btf_is_int(t) && size <= 8)
		buf__printf(&x->borrowed, "typedef %s %s;\n",
			    int_word(size, !(btf_int_encoding(t) & BTF_INT_SIGNED)), name);
	else if (btf_is_ptr(t))
		buf__printf(&x->borrowed, "typedef void *%s;\n", name);
	else
		stand_in(x, NULL, name, size, btf__align_of(btf, id));
	if (btf_is_ptr(t))
		strmap__set(x->c->borrowed, name, (void *)"");
}

static bool borrow_tag(struct cdefs *x, const char *tag, const char *name)
{
	struct btf_src *k = ctypes__kernel(x->c);
	uint32_t kinds = !strcmp(tag, "struct")	 ? KIND_BIT(BTF_KIND_STRUCT)
			 : !strcmp(tag, "union") ? KIND_BIT(BTF_KIND_UNION)
						 : KINDS_ENUM;
	uint32_t id = k ? btf_src__find(k, name, kinds) : 0;

	if (!id || strmap__get(x->c->borrowed, name))
		return false;
	if (kinds == KINDS_ENUM) {
		buf__printf(&x->borrowed, "enum %s { btc_any_%s };\n", name, name);
		strmap__set(x->c->borrowed, name, (void *)"");
	} else {
		stand_in(x, tag, name, btf__resolve_size(k->btf, id), btf__align_of(k->btf, id));
	}
	return true;
}

/* A bare name: a typedef of the kernel, or one of its enumerators. */
static bool borrow_name(struct cdefs *x, const char *name)
{
	const struct type *t = type__common_scalar(name);
	struct btf_src *k;
	uint32_t id;
	int64_t num;

	if (strmap__get(x->scan.lent, name))
		return false;
	strmap__set(x->scan.lent, name, (void *)"");
	if (t) {
		buf__printf(&x->borrowed, "typedef %s %s;\n", int_word(t->size, !t->is_signed),
			    name);
		return true;
	}
	if (!strcmp(name, "bool")) {
		buf__str(&x->borrowed, "typedef _Bool bool;\n");
		return true;
	}
	k = ctypes__kernel(x->c);
	id = k ? btf_src__find(k, name, KIND_BIT(BTF_KIND_TYPEDEF)) : 0;
	if (id) {
		borrow_typedef(x, k->btf, id, name);
		return true;
	}
	if (!k || !btf_src__find_enumerator(k, name, &num))
		return false;
	buf__printf(&x->borrowed, "enum { %s = %lldLL };\n", name, (long long)num);
	return true;
}

/* What stands between the quotes of "…'struct foo'…", if @text says that it is @what. */
static const char *quoted(struct arena *a, const char *text, const char *what)
{
	const char *s = strstr(text, what), *end;

	s = s ? strchr(s, '\'') : NULL;
	end = s ? strchr(s + 1, '\'') : NULL;
	return end ? arena__strndup(a, s + 1, (size_t)(end - s - 1)) : NULL;
}

/* Does the kernel know what clang misses? Then the next round has it. */
static bool lend(struct cdefs *x, const struct message *m)
{
	static const char *const tags[] = { "struct", "union", "enum" };
	const char *name = quoted(x->a, m->text, "unknown type name");

	if (!name)
		name = quoted(x->a, m->text, "undeclared identifier");
	if (name)
		return borrow_name(x, name);
	name = quoted(x->a, m->text, "incomplete type");
	for (size_t i = 0; name && i < COUNT_OF(tags); i++) {
		size_t len = strlen(tags[i]);

		/* `struct foo[4]` is incomplete because of struct foo. */
		if (!strncmp(name, tags[i], len) && name[len] == ' ')
			return borrow_tag(x, tags[i],
					  arena__strndup(x->a, name + len + 1,
							 strcspn(name + len + 1, " [")));
	}
	return false;
}

/* A global that clang does not take is left out; its type is then not known. */
static bool drop_keeper(struct cdefs *x, const struct message *m)
{
	if (strcmp(m->file, KEEP_MARK) || !m->line || m->line > x->scan.keep.nr)
		return false;
	x->dropped[m->line - 1] = true;
	return true;
}

/* Goes through what clang said. True: something was mended, another round is worth it. */
static bool digest(struct cdefs *x, const char *text, bool may_mend)
{
	struct message first = { 0 }, first_via = { 0 }, via = { 0 };
	bool any = false, mended = false;

	for (const char *s = text, *end; *s; s = *end ? end + 1 : end) {
		struct message m = { 0 };

		for (end = s; *end && *end != '\n'; end++)
			;
		parse_included(x->a, s, (size_t)(end - s), &via);
		if (!parse_message(x->a, s, (size_t)(end - s), &m))
			continue;
		if (may_mend && (lend(x, &m) || drop_keeper(x, &m))) {
			mended = true;
		} else if (!any) {
			any = true;
			first = m;
			first_via = via;
		}
		memset(&via, 0, sizeof(via));
	}
	if (mended)
		return true;
	if (any)
		report(x, &first, &first_via);
	else
		fail(x, "clang failed on the script's C code: %.200s", text);
	return false;
}

/* --- the two runs ---------------------------------------------------------------------------------- */

static bool write_file(struct cdefs *x, const char *path, const char *s, size_t len)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fwrite(s, 1, len, f) == len;

	if (f)
		ok = !fclose(f) && ok;
	if (!ok)
		fail(x, "cannot write %s: %s", path, strerror(errno));
	return ok;
}

static bool run_clang(struct cdefs *x, struct spawn_result *r)
{
	arg(x, NULL);
	spawn__run(x->a, x->argv.v, NULL, r);
	if (r->err)
		fail(x, "cannot run %s on the script's C code: %s", x->argv.v[0], strerror(r->err));
	return !r->err;
}

static bool preprocess(struct cdefs *x)
{
	const char *path = tmp_path(x, "definitions.c"), *rule = tmp_path(x, "definitions.d");
	struct spawn_result r;

	if (!write_file(x, path, x->text.s, x->text.len))
		return false;
	begin_argv(x);
	arg2(x, "-E", "-dD");
	if (x->c->o.deps) {
		arg(x, "-MD");
		arg2(x, "-MF", rule);
	}
	arg2(x, "-Ulinux", "-Uunix"); /* names that a script may want */
	if (ctypes__have_kernel(x->c))
		arg(x, "-DBPFTRACE_HAVE_BTF");
	if (x->have_tree)
		kheaders__add_args(x->a, &x->tree, &x->argv);
	if (x->c->o.script_dir)
		arg2(x, "-iquote", x->c->o.script_dir);
	for (size_t i = 0; x->c->o.include_dirs && x->c->o.include_dirs[i]; i++)
		arg2(x, "-I", x->c->o.include_dirs[i]);
	for (size_t i = 0; x->c->o.includes && x->c->o.includes[i]; i++)
		arg2(x, "-include", x->c->o.includes[i]);
	arg(x, path);
	if (!run_clang(x, &r))
		return false;
	if (r.status)
		return digest(x, r.diag, false);
	deps__rule(x->c->o.deps, rule, path);
	x->text.len = 0;
	buf__add(&x->text, r.out, r.out_len);
	return true;
}

/*
 * Tagged types as values: clang writes no more than a forward declaration of what only
 * pointers lead to. A typedef may be of an incomplete type, so a pointer must do.
 */
static void add_keepers(struct cdefs *x, struct buf *out, bool system)
{
	for (size_t i = 0; i < x->scan.keep.nr; i++) {
		const char *name = x->scan.keep.v[i].name;

		if (!x->dropped[i] && x->scan.keep.v[i].system == system)
			buf__printf(out, "#line %zu \"" KEEP_MARK "\"\n%s %sbtc_keep_%zu;\n", i + 1,
				    name, strchr(name, ' ') ? "" : "*", i);
	}
}

static bool compile_once(struct cdefs *x, const char *object, bool system, struct spawn_result *r)
{
	const char *path = tmp_path(x, "definitions.i.c");
	struct buf out = { 0 };
	bool ok;

	buf__add(&out, x->borrowed.s ? x->borrowed.s : "", x->borrowed.len);
	buf__add(&out, x->scan.text.s ? x->scan.text.s : "", x->scan.text.len);
	buf__str(&out, "\n");
	add_keepers(x, &out, system);
	ok = write_file(x, path, out.s, out.len);
	buf__free(&out);
	if (!ok)
		return false;
	begin_argv(x);
	arg2(x, "-target", "bpf");
	arg2(x, "-g", "-O0");
	if (CHAR_MIN == 0) /* as the host's ABI has it */
		arg(x, "-funsigned-char");
	arg2(x, "-c", path);
	arg2(x, "-o", object);
	return run_clang(x, r);
}

/* To the BTF of the script's own types, or of those of system headers. */
static bool compile(struct cdefs *x, bool system, struct btf_src **src)
{
	const char *object = tmp_path(x, "definitions.o");
	struct spawn_result r = { 0 };
	struct btf *btf;

	if (!x->dropped)
		x->dropped = arena__alloc(x->a, x->scan.keep.nr + 1);
	for (int round = 0;; round++) {
		if (!compile_once(x, object, system, &r))
			return false;
		if (!r.status)
			break;
		if (!digest(x, r.diag, round < 7))
			return false;
	}
	libbpf_set_print(NULL);
	btf = btf__parse_elf(object, NULL);
	if (!libbpf_get_error(btf))
		*src = btf_src__new(x->c, btf, false, NULL);
	return true;
}

/* --- the interface ------------------------------------------------------------------------------------ */

static bool has_text(const struct ctypes *c, const struct program *p)
{
	return p->c_defs.nr || (c->o.includes && c->o.includes[0]);
}

/* Types that the scan already saw to be missing save a round of clang each. */
static void lend_wanted(struct cdefs *x)
{
	for (size_t i = 0; i < x->scan.wanted_names.nr; i++)
		borrow_name(x, x->scan.wanted_names.v[i]);
	for (size_t i = 0; i < x->scan.wanted_tags.nr; i++)
		borrow_tag(x, x->scan.wanted_tags.v[i].tag, x->scan.wanted_tags.v[i].name);
}

static void scan_text(struct cdefs *x, bool preprocessed)
{
	cscan__run(x->a, x->text.s, x->text.len, preprocessed, on_directive, x, &x->scan);
	for (size_t i = 0; i < x->scan.own.nr; i++)
		strmap__set(x->c->own_names, x->scan.own.v[i], (void *)"");
}

void cdefs__free(struct cdefs *x)
{
	if (!x)
		return;
	buf__free(&x->text);
	buf__free(&x->borrowed);
	buf__free(&x->scan.text);
}

static bool has_system_types(const struct cdefs *x)
{
	for (size_t i = 0; i < x->scan.keep.nr; i++) {
		if (x->scan.keep.v[i].system)
			return true;
	}
	return false;
}

/* What the kernel's headers are asked for; why there are none is said when something is missed. */
static void find_tree(struct cdefs *x)
{
	if (!x->kernel_header || x->no_tree)
		return;
	x->have_tree = kheaders__find(x->a, x->c->o.release, &x->tree);
	deps__dir(x->c->o.deps, "/lib/modules");
	deps__dir(x->c->o.deps, "/usr/src");
	if (!x->have_tree)
		x->c->no_headers = kheaders__none(x->a, x->kernel_header);
}

static bool attempt(struct cdefs *x, const struct program *p, bool simple)
{
	struct ctypes *c = x->c;
	bool ok = true;

	c->own_names = strmap__new(c->a);
	c->borrowed = strmap__new(c->a);
	buf__str(&x->text, "");
	for (size_t i = 0; i < p->c_defs.nr; i++)
		add_def(x, &p->c_defs.v[i]);
	find_tree(x);
	x->quiet = x->have_tree && ctypes__have_kernel(c);
	if (!simple) {
		c->macros = strmap__new(c->a);
		ok = preprocess(x);
	}
	if (ok)
		scan_text(x, !simple);
	if (ok && x->scan.own.nr) {
		lend_wanted(x);
		ok = compile(x, false, &c->script);
	}
	return ok;
}

static struct cdefs *cdefs__new(struct ctypes *c)
{
	struct cdefs *x = NEW(c->a, struct cdefs);

	x->c = c;
	x->a = c->a;
	return x;
}

bool ctypes__define(struct ctypes *c, const struct program *p)
{
	struct cdefs *x = cdefs__new(c);
	bool any_text = false, simple, ok;

	if (!has_text(c, p))
		return true;
	c->macros = strmap__new(c->a);
	simple = read_simple_macros(x, p, &any_text) && !(c->o.includes && c->o.includes[0]);
	if (simple && !any_text)
		return true;
	ok = attempt(x, p, simple);
	/* Kernel headers are no friends of others; with BTF they can be left out. */
	if (!ok && x->quiet) {
		cdefs__free(x);
		x = cdefs__new(c);
		x->no_tree = true;
		ok = attempt(x, p, simple);
	}
	c->broken = !ok;
	/* Of system headers scripts mostly want macros: their types wait until they are asked for. */
	if (ok && has_system_types(x))
		c->headers = x;
	else
		cdefs__free(x);
	return ok;
}

void ctypes__compile_headers(struct ctypes *c)
{
	struct cdefs *x = c->headers;

	c->headers = NULL;
	if (!x)
		return;
	c->broken = !compile(x, true, &c->system);
	cdefs__free(x);
}
