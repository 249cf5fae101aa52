// SPDX-License-Identifier: Apache-2.0
/*
 * Debian has two packages a kernel: linux-headers-RELEASE-FLAVOUR with what the
 * build made, linux-headers-RELEASE-common with the rest. /lib/modules/RELEASE has
 * a link to each; who names one of the two directories is given the other.
 */
#define _GNU_SOURCE
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kheaders.h"
#include "workdir.h"

#if defined(__x86_64__)
#define KERNEL_ARCH   "x86"
#define SYSTEM_TRIPLE "x86_64-linux-gnu"
#define PACKAGE	      "linux-headers-amd64"
#elif defined(__aarch64__)
#define KERNEL_ARCH   "arm64"
#define SYSTEM_TRIPLE "aarch64-linux-gnu"
#define PACKAGE	      "linux-headers-arm64"
#else
#define KERNEL_ARCH   "generic"
#define SYSTEM_TRIPLE "linux-gnu"
#define PACKAGE	      "linux-headers"
#endif

/* --- finding ----------------------------------------------------------------------- */

static bool has(struct arena *a, const char *dir, const char *file)
{
	return dir && !access(arena__printf(a, "%s/%s", dir, file), F_OK);
}

static bool is_source(struct arena *a, const char *dir)
{
	return has(a, dir, "include/linux/kconfig.h");
}

static bool is_build(struct arena *a, const char *dir)
{
	return has(a, dir, "include/generated/autoconf.h");
}

/* The directory of the Makefile that the one of @build includes: the source it was made of. */
static const char *source_of(struct arena *a, const char *build)
{
	static const char key[] = "include /", file[] = "/Makefile";
	size_t len, path_len;
	const char *text = read_file(a, arena__printf(a, "%s/Makefile", build), &len);
	const char *at = text ? strstr(text, key) : NULL;

	if (!at)
		return NULL;
	at += sizeof(key) - 2;
	path_len = strcspn(at, "\n");
	if (path_len < sizeof(file) || strncmp(at + path_len - strlen(file), file, strlen(file)))
		return NULL;
	return arena__strndup(a, at, path_len - strlen(file));
}

/* The newest path that matches @pattern; NULL: none. */
static const char *newest(struct arena *a, const char *pattern)
{
	const char *best = NULL;
	glob_t g;

	if (!glob(pattern, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			if (is_build(a, g.gl_pathv[i]) &&
			    (!best || strverscmp(g.gl_pathv[i], best) > 0))
				best = g.gl_pathv[i];
		}
		best = best ? arena__strdup(a, best) : NULL;
		globfree(&g);
	}
	return best;
}

/* What was built of @source: it lies beside it under the same name, but for its end. */
static const char *build_of(struct arena *a, const char *source)
{
	static const char common[] = "-common";
	size_t len = strlen(source);

	while (len > 1 && source[len - 1] == '/')
		len--;
	if (len < sizeof(common) || strncmp(source + len - strlen(common), common, strlen(common)))
		return NULL;
	return newest(a, arena__printf(a, "%.*s-*", (int)(len - strlen(common)), source));
}

/* Takes @source and @build, one of which may be NULL, or be the other. */
static bool take(struct arena *a, const char *source, const char *build, struct kheaders *k)
{
	const char *either = source ? source : build;

	if (!either)
		return false;
	if (!is_source(a, source))
		source = is_source(a, build) ? build : source_of(a, either);
	if (!is_build(a, build))
		build = is_build(a, either) ? either : source ? build_of(a, source) : NULL;
	if (!is_source(a, source))
		return false;
	k->source = source;
	k->build = build ? build : source;
	return true;
}

static bool take_release(struct arena *a, const char *release, struct kheaders *k)
{
	const char *modules = arena__printf(a, "/lib/modules/%s", release);

	if (take(a, arena__printf(a, "%s/source", modules), arena__printf(a, "%s/build", modules),
		 k))
		return true;
	return take(a, NULL, arena__printf(a, "/usr/src/linux-headers-%s", release), k);
}

static const char *env(const char *name)
{
	const char *s = getenv(name);

	return s && *s ? s : NULL;
}

bool kheaders__find(struct arena *a, const char *release, struct kheaders *k)
{
	static const char *const anywhere[] = { "/lib/modules/*/build",
						"/usr/src/linux-headers-*" };
	const char *source = env("BPFTRACE_KERNEL_SOURCE"), *build = env("BPFTRACE_KERNEL_BUILD");
	struct utsname u;

	/* Who names a tree means that one, or none at all. */
	if (source || build)
		return take(a, source, build, k);
	if (!release)
		release = uname(&u) ? NULL : u.release;
	if (release && take_release(a, release, k))
		return true;
	for (size_t i = 0; i < COUNT_OF(anywhere); i++) {
		if (take(a, NULL, newest(a, anywhere[i]), k))
			return true;
	}
	return false;
}

const char *kheaders__none(struct arena *a, const char *header)
{
	static const char *const names[] = { "BPFTRACE_KERNEL_SOURCE", "BPFTRACE_KERNEL_BUILD" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (env(names[i]))
			return arena__printf(a, "there are no kernel headers in %s (%s), for %s",
					     env(names[i]), names[i], header);
	}
	return arena__printf(
		a,
		"%s is one of the kernel's headers, which are not installed here: Debian has "
		"them in the package " PACKAGE ", BPFTRACE_KERNEL_SOURCE names another tree",
		header);
}

/* --- telling clang ------------------------------------------------------------------- */

static void arg(struct arena *a, word_list *argv, const char *s)
{
	vec_push(a, argv, s);
}

static void add_dirs(struct arena *a, const char *tree, word_list *argv)
{
	static const char *const dirs[] = {
		"arch/" KERNEL_ARCH "/include",
		"arch/" KERNEL_ARCH "/include/generated",
		"include",
		"arch/" KERNEL_ARCH "/include/uapi",
		"arch/" KERNEL_ARCH "/include/generated/uapi",
		"include/uapi",
		"include/generated/uapi",
	};

	for (size_t i = 0; i < COUNT_OF(dirs); i++) {
		if (has(a, tree, dirs[i])) {
			arg(a, argv, "-isystem");
			arg(a, argv, arena__printf(a, "%s/%s", tree, dirs[i]));
		}
	}
}

void kheaders__add_args(struct arena *a, const struct kheaders *k, word_list *argv)
{
	static const char *const flags[] = {
		"-include",
		"linux/kconfig.h",
		"-D__KERNEL__",
		"-D__BPF_TRACING__",
		"-D__HAVE_BUILTIN_BSWAP16__",
		"-D__HAVE_BUILTIN_BSWAP32__",
		"-D__HAVE_BUILTIN_BSWAP64__",
		"-DKBUILD_MODNAME=\"bpftrace\"",
		/* A script may want the system's too. */
		"-idirafter",
		"/usr/local/include",
		"-idirafter",
		"/usr/include/" SYSTEM_TRIPLE,
		"-idirafter",
		"/usr/include",
	};

	arg(a, argv, "-nostdlibinc");
	add_dirs(a, k->source, argv);
	if (strcmp(k->build, k->source))
		add_dirs(a, k->build, argv);
	for (size_t i = 0; i < COUNT_OF(flags); i++)
		arg(a, argv, flags[i]);
}
