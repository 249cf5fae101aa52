/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verifier had against a program, in words for the script's author.
 * The log ends with the complaint and some figures; before the instruction in
 * question stands the line of the script that it belongs to, from kernel 6.10
 * on with its number ("; text @ FILE:LINE").
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* Figures and register states, which come after the complaint. */
static bool is_chatter(const char *line)
{
	static const char *const heads[] = { "processed ", "verification time", "stack depth",
					     "cur state:", "old state:",	"max_states" };
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (starts(line, heads[i]))
			return true;
	return false;
}

static const char *line_before(const char *log, const char **end)
{
	const char *s;

	while (*end > log && (*end)[-1] == '\n')
		(*end)--;
	for (s = *end; s > log && s[-1] != '\n'; s--)
		;
	return s;
}

/* The last line of the log that says what is wrong; the number of its script's line into @line, else 0. */
static void last_words(const char *log, char *words, size_t room, unsigned *line)
{
	const char *end = log + strlen(log), *s, *at;
	bool ours;

	*words = '\0';
	*line = 0;
	for (; end > log; end = s) {
		s = line_before(log, &end);
		if (end == s)
			continue;
		if (!*words && !is_chatter(s))
			snprintf(words, room, "%.*s", (int)(end - s), s);
		if (!starts(s, "; "))
			continue;
		for (at = end; at > s && *at != ':'; at--)
			;
		/* Lines of our own files tell the author nothing; */
		if (at == s || !memmem(s, end - s, " @ ", 3) || memmem(s, at - s, "btc.bpf.h", 9))
			continue;
		/* but clang 14 takes ours for the script's file. */
		ours = memmem(s, at - s, ".bpf.c", 6);
		if (!ours || !*line)
			*line = strtoul(at + 1, NULL, 10);
		if (!ours)
			return;
	}
}

/* A loop that the kernel cannot see the end of: the script's doing, not btc's. */
static bool is_endless(const char *words)
{
	return starts(words, "infinite loop detected") || starts(words, "back-edge") ||
	       starts(words, "BPF program is too large") || strstr(words, "is too complex");
}

int btc_refused(struct btc_run *r, const char *prog, const char *where, int err)
{
	char words[512] = "", place[256];
	unsigned line = 0;

	if (r->load_log)
		last_words(r->load_log, words, sizeof(words), &line);
	if (is_endless(words)) {
		if (line && where) {
			snprintf(place, sizeof(place), "%.*s:%u", (int)strcspn(where, ":"), where,
				 line);
			where = place;
		}
		btc_fail(
			r, BTC_STATUS_LOAD, where,
			"the kernel refused program %s: it sees no end of a loop, or too many turns",
			prog);
		btc_hint(
			"a loop needs a bound that does not come from what it reads: for ($i : 0..100) { … }");
		return -ECANCELED;
	}
	btc_fail(r, BTC_STATUS_LOAD, where, "the kernel refused program %s: %s%s%s", prog,
		 strerror(-err), *words ? ": " : "", words);
	btc_hint_privilege(err);
	if (err == -EACCES || err == -EINVAL || err == -E2BIG)
		btc_hint("this is a bug of btc, or this kernel lacks something; %s",
			 r->verbose ? "please report the log above"
				    : "run with -v to see the verifier's log");
	return -ECANCELED;
}
