// SPDX-License-Identifier: Apache-2.0
/*
 * A bundle: the user half of each tool is compiled to an object whose table has
 * a name of its own, and all are linked with one run-time library and a main()
 * that knows the names.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "bundle.h"
#include "deps.h"
#include "jobs.h"
#include "many.h"
#include "workdir.h"

struct bundle {
	struct arena *a;
	const struct driver_options *o;
	struct workdir *work;
	struct driver_options *v; /* of each member */
	size_t nr;
	struct link_needs *needs; /* of each; in memory that all processes share */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Each has a directory of its own in the bundle's. */
static void plan_member(struct bundle *b, size_t i, const char *script)
{
	struct driver_options *one = &b->v[i];

	*one = *b->o;
	one->script = script;
	one->name = script_stem(b->a, script);
	one->emit = EMIT_MEMBER;
	one->keep = workdir__file(b->a, b->work, arena__printf(b->a, "%zu.%s", i, one->name));
	one->output = arena__printf(b->a, "%s.o", one->keep);
	one->member = arena__printf(b->a, "btc_tool_%zu", i);
	one->needs = &b->needs[i];
	if (b->o->depfile)
		one->depfile = arena__printf(b->a, "%s.d", one->keep);
}

/* By its own name a bundle would always be that one tool. */
static bool are_distinct(const struct bundle *b)
{
	const char *own = base_name(b->o->output);

	for (size_t i = 0; i < b->nr; i++) {
		if (!strcmp(b->v[i].name, own)) {
			fprintf(stderr,
				"btc: error: the bundle %s cannot have the name of one of its tools\n",
				b->o->output);
			return false;
		}
		for (size_t k = 0; k < i; k++) {
			if (strcmp(b->v[i].name, b->v[k].name))
				continue;
			fprintf(stderr, "btc: error: %s and %s would both be the tool %s\n",
				b->v[k].script, b->v[i].script, b->v[i].name);
			return false;
		}
	}
	return true;
}

static bool compile_one(void *ctx, size_t i)
{
	const struct bundle *b = ctx;

	return driver__compile(b->a, &b->v[i]);
}

static const char *write_main(struct bundle *b)
{
	const char *path = workdir__file(b->a, b->work, "bundle.c");
	struct buf text = { 0 };
	bool ok;

	buf__printf(&text, "/* The tools of %s, made by btc. */\n#include \"btc.h\"\n\n",
		    base_name(b->o->output));
	for (size_t i = 0; i < b->nr; i++)
		buf__printf(&text, "extern const struct btc_program %s; /* %s */\n", b->v[i].member,
			    b->v[i].name);
	buf__str(&text, "\nstatic const struct btc_program *const tools[] = {\n");
	for (size_t i = 0; i < b->nr; i++)
		buf__printf(&text, "\t&%s,\n", b->v[i].member);
	buf__str(&text, "};\n\nint main(int argc, char **argv)\n{\n"
			"\treturn btc_bundle(tools, BTC_COUNT(tools), argc, argv);\n}\n");
	ok = !write_file(path, text.s, text.len);
	buf__free(&text);
	return ok ? path : NULL;
}

static bool link_all(struct bundle *b)
{
	const char **inputs = arena__alloc(b->a, (b->nr + 2) * sizeof(*inputs));
	struct driver_options o = *b->o;
	struct link_needs needs = { 0 };
	bool ok;

	inputs[0] = write_main(b);
	for (size_t i = 0; i < b->nr; i++) {
		inputs[i + 1] = b->v[i].output;
		needs.demangles |= b->needs[i].demangles;
		needs.reads_lines |= b->needs[i].reads_lines;
	}
	o.needs = b->needs; /* for what the link says */
	ok = inputs[0] && driver__link(b->a, &o, b->work, inputs, &needs, o.output);
	return ok;
}

/* The members' rules become one. */
static bool write_depfile(struct bundle *b)
{
	struct deps *all = deps__new(b->a);

	for (size_t i = 0; i < b->nr; i++) {
		deps__file(all, b->v[i].script);
		deps__rule(all, b->v[i].depfile, "\n");
	}
	return deps__write(all, b->o->depfile, b->o->output, NULL);
}

static bool compile(struct bundle *b)
{
	bool ok = jobs__run(b->a, b->nr, compile_one, b) && link_all(b) &&
		  (!b->o->depfile || write_depfile(b));

	for (size_t i = 0; i < b->nr; i++) {
		if (b->needs[i].refused)
			workdir__keep(b->work);
	}
	workdir__free(b->work);
	return ok;
}

bool bundle__compile(struct arena *a, const struct driver_options *o, const word_vec *scripts)
{
	size_t nr = scripts->nr, size = nr * sizeof(struct link_needs);
	struct bundle b = { .a = a, .o = o, .nr = nr };
	bool ok;

	if (!driver__is_writable(o->output))
		return false;
	b.work = workdir__new(a, o->keep);
	if (!b.work)
		return false;
	b.needs = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b.needs == MAP_FAILED) {
		perror("btc: error: mmap");
		return false;
	}
	b.v = arena__alloc(a, nr * sizeof(*b.v));
	for (size_t i = 0; i < nr; i++)
		plan_member(&b, i, scripts->v[i]);
	ok = are_distinct(&b);
	if (ok)
		ok = compile(&b);
	else
		workdir__free(b.work);
	munmap(b.needs, size);
	return ok;
}
