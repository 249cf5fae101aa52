// SPDX-License-Identifier: Apache-2.0
/*
 * Choosing programs: an option wins over the environment, which wins over a
 * search of PATH. bpftool and gold live in sbin on Debian, which is not in the
 * PATH of every user, so that is searched too.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spawn.h"
#include "toolchain.h"

#define CLANG_NEWEST 99 /* highest N that is looked for as clang-N */

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

/* The path of @name, which may hold slashes already; NULL: not found. */
static const char *search(struct arena *a, const char *name)
{
	const char *dirs = getenv("PATH");

	if (strchr(name, '/'))
		return is_program(name) ? name : NULL;
	dirs = arena__printf(a, "%s:/usr/sbin:/sbin", dirs ? dirs : "/usr/bin:/bin");
	while (*dirs) {
		int len = (int)strcspn(dirs, ":");
		char path[PATH_MAX];

		if (len && snprintf(path, sizeof(path), "%.*s/%s", len, dirs, name) < PATH_MAX &&
		    is_program(path))
			return arena__strdup(a, path);
		dirs += len + (dirs[len] == ':');
	}
	return NULL;
}

/* What was asked for by @option or the variable @env; NULL: nothing. */
static const char *asked(const char *option, const char *env)
{
	const char *s = option ? option : getenv(env);

	return s && *s ? s : NULL;
}

static bool missing(const char *program, const char *package)
{
	fprintf(stderr, "btc: error: %s was not found (Debian package: %s)\n", program, package);
	return false;
}

/* 14 of "…/clang-14", 0 if the name does not tell. */
static int version_in_name(const char *path)
{
	const char *base = strrchr(path, '/');
	char *end;
	long n;

	base = base ? base + 1 : path;
	if (strncmp(base, "clang-", 6) || !isdigit((unsigned char)base[6]))
		return 0;
	n = strtol(base + 6, &end, 10);
	return *end || n > CLANG_NEWEST ? 0 : (int)n;
}

/* The major version that @clang prints, 0 if it is no clang. */
static int ask_version(struct arena *a, const char *clang)
{
	const char *argv[] = { clang, "--version", NULL };
	struct spawn_result r;
	const char *s;

	if (spawn__run(a, argv, NULL, &r))
		return 0;
	s = strstr(r.out, "clang version ");
	return s ? atoi(s + strlen("clang version ")) : 0;
}

const char *toolchain__path(struct arena *a, const char *option, const char *env, const char *name)
{
	const char *want = env ? asked(option, env) : NULL;

	return search(a, want ? want : name);
}

const char *toolchain__clang_path(struct arena *a, const struct toolchain_options *o)
{
	const char *want = asked(o->clang, "BTC_CLANG"), *path = NULL;

	if (want)
		return search(a, want);
	for (int n = CLANG_NEWEST; !path && n >= CLANG_OLDEST; n--) {
		char name[16];

		snprintf(name, sizeof(name), "clang-%d", n);
		path = search(a, name);
	}
	return path ? path : search(a, "clang");
}

bool toolchain__find_clang(struct arena *a, struct toolchain *t, const struct toolchain_options *o)
{
	const char *want = asked(o->clang, "BTC_CLANG");
	int version;

	t->clang = toolchain__clang_path(a, o);
	if (!t->clang)
		return missing(want ? want : "clang", "clang");

	version = version_in_name(t->clang);
	if (!version)
		version = ask_version(a, t->clang);
	if (!version) {
		fprintf(stderr, "btc: error: %s does not look like clang\n", t->clang);
		return false;
	}
	if (version < CLANG_OLDEST) {
		fprintf(stderr, "btc: error: %s is clang %d, btc needs %d or newer\n", t->clang,
			version, CLANG_OLDEST);
		return false;
	}
	return true;
}

bool toolchain__find_bpftool(struct arena *a, struct toolchain *t,
			     const struct toolchain_options *o)
{
	const char *want = asked(o->bpftool, "BTC_BPFTOOL");

	t->bpftool = search(a, want ? want : "bpftool");
	return t->bpftool || missing(want ? want : "bpftool", "bpftool");
}

bool toolchain__find_cc(struct arena *a, struct toolchain *t, const struct toolchain_options *o)
{
	const char *want = asked(o->cc, "BTC_CC");

	t->cc = search(a, want ? want : "cc");
	if (!t->cc && !want)
		t->cc = search(a, "gcc");
	t->gold = search(a, "ld.gold") != NULL;
	return t->cc || missing(want ? want : "a C compiler (cc, gcc)", "gcc");
}

bool toolchain__has_lib(struct arena *a, const struct toolchain *t, const char *file)
{
	const char *argv[] = { t->cc, arena__printf(a, "-print-file-name=%s", file), NULL };
	struct spawn_result r;

	/* A file that is not there is printed without a directory. */
	return !spawn__run(a, argv, NULL, &r) && r.out[0] == '/';
}

bool toolchain__lacks_lib(struct arena *a, const struct toolchain *t, bool dynamic)
{
	static const struct {
		const char *fixed, *shared, *package;
	} libs[] = {
		{ "libbpf.a", "libbpf.a", "libbpf-dev" },
		{ "libelf.a", "libelf.so", "libelf-dev" },
		{ "libz.a", "libz.so", "zlib1g-dev" },
		{ "libc.a", "libc.so", "libc6-dev" },
	};
	bool lacks = false;

	for (size_t i = 0; i < COUNT_OF(libs); i++) {
		const char *file = dynamic ? libs[i].shared : libs[i].fixed;

		if (!toolchain__has_lib(a, t, file))
			lacks = !missing(file, libs[i].package);
	}
	return lacks;
}

bool toolchain__find_lib(struct arena *a, struct toolchain *t)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *probe;

	if (len < 0) {
		fprintf(stderr, "btc: error: cannot read /proc/self/exe: %s\n", strerror(errno));
		return false;
	}
	/* PREFIX/bin/btc; the build tree has the same shape. */
	exe[len] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(exe, '/');

		if (slash)
			*slash = '\0';
	}
	t->lib = arena__printf(a, "%s/lib/btc", exe);
	probe = arena__printf(a, "%s/include/btc_abi.h", t->lib);
	if (access(probe, R_OK)) {
		fprintf(stderr, "btc: error: the installation is incomplete: no %s\n", probe);
		return false;
	}
	return true;
}
