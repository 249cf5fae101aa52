// SPDX-License-Identifier: Apache-2.0
/* Several tools in one executable. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct btc_program *find(const struct btc_program *const *tools, unsigned nr,
				      const char *name)
{
	unsigned i;

	for (i = 0; i < nr; i++)
		if (!strcmp(tools[i]->name, name))
			return tools[i];
	return NULL;
}

static void list(FILE *f, const struct btc_program *const *tools, unsigned nr)
{
	unsigned i;

	for (i = 0; i < nr; i++)
		if (tools[i]->summary && *tools[i]->summary)
			fprintf(f, "%-20s %s\n", tools[i]->name, tools[i]->summary);
		else
			fprintf(f, "%s\n", tools[i]->name);
}

static void usage(FILE *f, const char *name)
{
	fprintf(f,
		"Usage: %s TOOL [OPTION]...\n"
		"       %s --list\n"
		"\n"
		"Several tools in one. Called by the name of one of them, as by a symbolic link,\n"
		"it is that tool. '%s TOOL --help' tells what the tool takes.\n"
		"\n"
		"      --list     the tools, and what they are for\n"
		"  -h, --help     this text and the list\n"
		"  -V, --version  the version of btc that it was made with\n",
		name, name, name);
}

/* A list that nobody could read is no success. */
static int written(void)
{
	return fflush(stdout) || ferror(stdout) ? BTC_STATUS_FACT : 0;
}

int btc_bundle(const struct btc_program *const *tools, unsigned nr, int argc, char **argv)
{
	const char *name = base_name(argc ? argv[0] : "bundle"), *word = argc > 1 ? argv[1] : NULL;
	const struct btc_program *p = find(tools, nr, name);

	if (p)
		return btc_main(p, argc, argv);
	p = word ? find(tools, nr, word) : NULL;
	if (p)
		return btc_main(p, argc - 1, argv + 1);
	if (word && !strcmp(word, "--list")) {
		list(stdout, tools, nr);
		return written();
	}
	if (word && (!strcmp(word, "--help") || !strcmp(word, "-h"))) {
		usage(stdout, name);
		printf("\nTools:\n");
		list(stdout, tools, nr);
		return written();
	}
	if (word && (!strcmp(word, "--version") || !strcmp(word, "-V"))) {
		printf("%s (btc %s)\n", name, tools[0]->version);
		return written();
	}
	if (!word)
		fprintf(stderr, "ERROR: which tool?\n");
	else
		fprintf(stderr, "ERROR: there is no tool '%s' in %s\n", word, name);
	fprintf(stderr, "Usage: %s TOOL [OPTION]...\nTry '%s --list'.\n", name, name);
	return BTC_STATUS_FACT;
}
