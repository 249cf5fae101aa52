// SPDX-License-Identifier: Apache-2.0
/* btc run -l: whether there is something to list here, or a script to ask. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../rtlib/src/internal.h"
#include "list.h"
#include "run_cmd.h"

/* False: a message said what is wrong. */
static bool read_pid(const char *text, pid_t *pid)
{
	bool negative;
	__u64 n = 0;

	*pid = 0;
	if (!text)
		return true;
	if (btc_parse_int(text, &n, &negative) || negative || !n || n > 0x400000)
		fprintf(stderr, "btc: error: -p: '%s' is no process id\n", text);
	else if (kill((pid_t)n, 0) && errno == ESRCH)
		fprintf(stderr, "btc: error: -p %s: %s\n", text, strerror(errno));
	else
		*pid = (pid_t)n;
	return *pid;
}

static bool is_elf(const char *path)
{
	FILE *f = fopen(path, "re");
	char magic[4] = { 0 };
	bool elf = f && fread(magic, 1, 4, f) == 4 && !memcmp(magic, "\177ELF", 4);

	if (f)
		fclose(f);
	return elf;
}

bool list_cmd(struct arena *a, const struct list_request *r, bool has_text, const word_vec *words,
	      int *status)
{
	const char *word = words->nr ? words->v[0] : NULL;
	struct list_options o = {
		.search = word,
		.verbose = r->verbose,
		.types = { .btf = r->btf, .tracefs = r->tracefs },
	};
	struct stat st;
	bool is_file = word && !stat(word, &st) && S_ISREG(st.st_mode);
	bool is_program = is_file && is_elf(word);

	if (has_text || (word && !strcmp(word, "-")) || (is_file && !is_program))
		return false;
	*status = 1;
	if (words->nr > 1) {
		fprintf(stderr, "btc: error: -l takes one pattern or file; what is `%s`?\n",
			words->v[1]);
		return true;
	}
	if (is_program)
		o.search = arena__printf(a, "uprobe:%s:*,usdt:%s:*", word, word);
	btc_functions_from(r->functions);
	if (read_pid(r->pid, &o.pid))
		*status = list__run(a, &o);
	return true;
}
