// SPDX-License-Identifier: Apache-2.0
/* Several scripts: a compilation each, as many at once as there are processors. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "jobs.h"
#include "many.h"

struct many {
	struct arena *a;
	struct driver_options *v; /* of each script */
};

static bool make_dir(const char *path)
{
	if (!mkdir(path, 0777) || errno == EEXIST)
		return true;
	fprintf(stderr, "btc: error: cannot make the directory %s: %s\n", path, strerror(errno));
	return false;
}

bool many__is_dir(const char *path)
{
	size_t len = path ? strlen(path) : 0;
	struct stat st;

	return len && (path[len - 1] == '/' || (!stat(path, &st) && S_ISDIR(st.st_mode)));
}

/* Two of a name would overwrite each other. */
static bool are_distinct(struct arena *a, const struct driver_options *v, size_t nr)
{
	struct strmap *names = strmap__new(a);

	for (size_t i = 0; i < nr; i++) {
		const char *other = strmap__get(names, v[i].name);

		if (other) {
			fprintf(stderr, "btc: error: %s and %s would both be written to %s\n",
				other, v[i].script, v[i].output);
			return false;
		}
		strmap__set(names, v[i].name, (void *)v[i].script);
	}
	return true;
}

static bool compile_one(void *ctx, size_t i)
{
	const struct many *m = ctx;

	return driver__compile(m->a, &m->v[i]);
}

bool many__compile(struct arena *a, const struct driver_options *o, const word_vec *scripts,
		   const char *suffix)
{
	struct many m = { .a = a,
			  .v = arena__alloc(a, scripts->nr * sizeof(struct driver_options)) };
	size_t len = strlen(o->output);

	for (size_t i = 0; i < scripts->nr; i++) {
		struct driver_options *one = &m.v[i];

		*one = *o;
		one->script = scripts->v[i];
		one->name = script_stem(a, one->script);
		one->output = arena__printf(a, "%s%s%s%s", o->output,
					    o->output[len - 1] == '/' ? "" : "/", one->name,
					    suffix);
		if (o->depfile)
			one->depfile = arena__printf(a, "%s/%s.d", o->depfile, one->name);
		if (o->keep)
			one->keep = arena__printf(a, "%s/%s", o->keep, one->name);
	}
	return are_distinct(a, m.v, scripts->nr) && make_dir(o->output) &&
	       (!o->depfile || make_dir(o->depfile)) && (!o->keep || make_dir(o->keep)) &&
	       jobs__run(a, scripts->nr, compile_one, &m);
}
