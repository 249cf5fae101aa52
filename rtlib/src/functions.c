// SPDX-License-Identifier: Apache-2.0
/*
 * The functions of the kernel that can be probed: tracefs has the list. It is
 * read as a stream, for it has 60,000 lines. What is known to hang or to flood
 * a machine is left out of patterns.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

bool btc_function_is_unsafe(const char *name)
{
	static const char *const names[] = {
		"arch_cpu_idle",
		"default_idle",
		"bpf_dispatcher_xdp_func",
	};
	size_t i;

	if (!strncmp(name, "rcu_", 4) || !strncmp(name, "__ftrace_invalid_address__", 26))
		return true;
	for (i = 0; i < BTC_COUNT(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* "function" or "function [module]", newline included. */
static void split(char *line, char **module)
{
	char *s = line + strcspn(line, " \t\n"), *end;

	*module = strchr(s, '[');
	if (*module) {
		++*module;
		end = strchr(*module, ']');
		if (end)
			*end = '\0';
	}
	*s = '\0';
}

static const char *given; /* --traceable-functions */

void btc_functions_from(const char *path)
{
	given = path;
}

static FILE *open_list(void)
{
	char path[64];

	if (given)
		return fopen(given, "re");
	if (!btc_tracefs())
		return NULL;
	snprintf(path, sizeof(path), "%s/available_filter_functions", btc_tracefs());
	return fopen(path, "re");
}

/* Names that kprobes refuse, in the order of their addresses. */
static int blacklist(struct btc_strs *out)
{
	FILE *f = fopen("/sys/kernel/debug/kprobes/blacklist", "re");
	char line[512], name[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %255s", name) == 1)
			btc_strs_add(out, name);
	if (f)
		fclose(f);
	btc_strs_sort(out);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, *(char *const *)b);
}

int btc_functions(const char *module, const char *pattern, struct btc_strs *out)
{
	struct btc_strs black = { 0 };
	char line[512], text[1024], *mod;
	bool core = !strcmp(module, "vmlinux");
	int err = 0;
	FILE *f;

	f = open_list();
	if (!f)
		return errno ? -errno : -ENOENT;
	blacklist(&black);
	while (!err && fgets(line, sizeof(line), f)) {
		split(line, &mod);
		if (!btc_match(pattern, line) || btc_function_is_unsafe(line))
			continue;
		if (core ? mod != NULL : *module && (!mod || !btc_match(module, mod)))
			continue;
		if (black.nr && bsearch(line, black.s, black.nr, sizeof(*black.s), by_name))
			continue;
		snprintf(text, sizeof(text), "%s%s%s", mod ? mod : "", mod ? ":" : "", line);
		err = btc_strs_add(out, text);
	}
	fclose(f);
	btc_strs_free(&black);
	btc_strs_sort(out);
	return err;
}

void btc_function_near(const char *name, char *buf, size_t room)
{
	struct btc_strs all = { 0 };
	char prefix[16];

	*buf = '\0';
	snprintf(prefix, sizeof(prefix), "%.3s*", name);
	if (!btc_functions("", prefix, &all))
		btc_near(&all, name, buf, room);
	btc_strs_free(&all);
}

int btc_function_find(const char *module, const char *name)
{
	char line[512], *mod;
	int err = -ENOENT;
	FILE *f;

	f = open_list();
	if (!f)
		return errno ? -errno : -ENOENT;
	while (err && fgets(line, sizeof(line), f)) {
		split(line, &mod);
		if (!strcmp(line, name) && (!*module || !strcmp(module, mod ? mod : "vmlinux")))
			err = 0;
	}
	fclose(f);
	return err;
}
