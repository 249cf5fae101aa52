// SPDX-License-Identifier: Apache-2.0
/*
 * --save-target: what compiling for this machine elsewhere needs. Files of
 * sysfs and tracefs have no size, so they are copied by reading to the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "run_cmd.h"
#include "workdir.h"

#define BTF_DIR "/sys/kernel/btf"

static const char *const tracefs_dirs[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static int fail(const char *what, const char *path)
{
	fprintf(stderr, "btc: error: cannot %s %s: %s\n", what, path, strerror(errno));
	return -1;
}

/* mkdir -p of all that stands before the last slash of @path. */
static int make_dirs(struct arena *a, const char *path)
{
	char *p = arena__strdup(a, path);

	for (char *s = strchr(p + 1, '/'); s; s = strchr(s + 1, '/')) {
		*s = '\0';
		if (mkdir(p, 0777) && errno != EEXIST)
			return fail("make the directory", p);
		*s = '/';
	}
	return 0;
}

static int copy(struct arena *a, const char *from, const char *to)
{
	size_t len;
	const char *text = read_file(a, from, &len);

	if (!text)
		return fail("read", from);
	return make_dirs(a, to) || write_file(to, text, len) ? -1 : 0;
}

/* Copies what @pattern matches, to the same place below @to as below @from. */
static int copy_matching(struct arena *a, const char *from, const char *pattern, const char *to,
			 size_t *nr)
{
	glob_t g;
	int err = 0;

	if (glob(arena__printf(a, "%s/%s", from, pattern), 0, NULL, &g))
		return 0;
	for (size_t i = 0; i < g.gl_pathc && !err; i++) {
		/* Each file's memory goes at once: there are thousands. */
		struct arena *each = arena__new();
		const char *path = arena__printf(each, "%s%s", to, g.gl_pathv[i] + strlen(from));

		err = copy(each, g.gl_pathv[i], path);
		arena__free(each);
	}
	*nr += g.gl_pathc;
	globfree(&g);
	return err;
}

static const char *find_tracefs(struct arena *a)
{
	for (size_t i = 0; i < COUNT_OF(tracefs_dirs); i++) {
		if (!access(arena__printf(a, "%s/events", tracefs_dirs[i]), R_OK | X_OK))
			return tracefs_dirs[i];
	}
	return NULL;
}

static int save_uname(struct arena *a, const char *dir)
{
	struct utsname u;
	const char *text;

	uname(&u);
	text = arena__printf(a, "%s %s %s %s\n", u.sysname, u.release, u.version, u.machine);
	return write_file(arena__printf(a, "%s/uname", dir), text, strlen(text));
}

/* The second word of uname. */
const char *target_release(struct arena *a, const char *dir)
{
	size_t len;
	const char *s = read_file(a, arena__printf(a, "%s/uname", dir), &len);

	s = s ? strchr(s, ' ') : NULL;
	return s ? arena__strndup(a, s + 1, strcspn(s + 1, " \n")) : NULL;
}

/* Only hints are made from it, so a kernel that has none or hides it is no failure. */
static int save_functions(struct arena *a, const char *tracefs, const char *to)
{
	size_t len;
	const char *from = arena__printf(a, "%s/available_filter_functions", tracefs);
	const char *text = read_file(a, from, &len);

	if (!text)
		return 0;
	return write_file(arena__printf(a, "%s/available_filter_functions", to), text, len);
}

int save_target(struct arena *a, const char *dir)
{
	const char *tracefs = find_tracefs(a);
	const char *to = arena__printf(a, "%s/tracefs", dir);
	size_t nr_btf = 0, nr_events = 0;

	if (make_dirs(a, arena__printf(a, "%s/", dir)) || save_uname(a, dir))
		return 1;
	if (copy_matching(a, BTF_DIR, "*", arena__printf(a, "%s/modules", dir), &nr_btf))
		return 1;
	if (nr_btf && rename_over(arena__printf(a, "%s/modules/vmlinux", dir),
				  arena__printf(a, "%s/vmlinux", dir)))
		return 1;
	if (tracefs && (copy_matching(a, tracefs, "events/*/*/format", to, &nr_events) ||
			save_functions(a, tracefs, to)))
		return 1;
	if (!nr_btf)
		fputs("btc: warning: this kernel has no BTF (" BTF_DIR ")\n", stderr);
	if (!nr_events)
		fputs("btc: warning: no tracepoint formats: tracefs is not mounted or not readable\n",
		      stderr);
	printf("%s: %zu BTF files, %zu tracepoint formats; compile with --target %s\n", dir, nr_btf,
	       nr_events, dir);
	return 0;
}
