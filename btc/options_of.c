// SPDX-License-Identifier: Apache-2.0
/* The script's options and those of every tool in one list, as --help has them. */
#include <string.h>

#include "about.h"
#include "options_of.h"

static void add_script(struct arena *a, const struct plan_option *o, struct tool_cli *cli)
{
	bool is_bool = !strcmp(o->type, "BTC_OPT_BOOL"), on = o->def && !strcmp(o->def, "true");
	struct tool_option t = {
		.name = o->name,
		.arg = is_bool	? (on ? "yes|no" : NULL)
		       : o->arg ? o->arg
				: about__default_arg(o->type),
		.arg_is_optional = is_bool,
		.help = o->help ? o->help : "",
		.type = about__type(o->type),
		.def = is_bool ? NULL : o->def,
		.group = "Options",
	};

	vec_push(a, &cli->options, t);
}

static void add_standard(struct arena *a, const struct plan *p, enum btc_std_group group,
			 struct tool_cli *cli)
{
	for (unsigned i = 0; i < btc_nr_std_options; i++) {
		const struct btc_std_option *s = &btc_std_options[i];
		struct tool_option t = {
			.letter = s->letter,
			.name = s->name,
			.arg = s->arg,
			.help = s->help,
			.group = btc_std_groups[group],
		};

		if (s->group != group || !about__has(p, s))
			continue;
		if (about__is_shadowed(p, s))
			t.name = arena__printf(a, "btc-%s", s->name);
		vec_push(a, &cli->options, t);
	}
}

/* A parameter that is used as number and as text has two rows. */
static void add_param(struct arena *a, const struct plan *p, unsigned k, struct tool_cli *cli)
{
	struct tool_param t = { .position = k, .help = "" };

	for (size_t i = p->options.nr; i-- > 0;) {
		const struct plan_option *o = &p->options.v[i];

		if (o->name || o->position != k)
			continue;
		if (o->arg)
			t.name = o->arg;
		if (o->help && *o->help)
			t.help = o->help;
	}
	if (!t.name)
		t.name = arena__printf(a, "[$%u]", k);
	vec_push(a, &cli->params, t);
}

void options_of(struct arena *a, const struct plan *p, struct tool_cli *cli)
{
	unsigned last = 0;

	memset(cli, 0, sizeof(*cli));
	for (size_t i = 0; i < p->options.nr; i++) {
		if (p->options.v[i].name)
			add_script(a, &p->options.v[i], cli);
		else if (p->options.v[i].position > last)
			last = p->options.v[i].position;
	}
	for (int group = 0; group < BTC_NR_GROUPS; group++)
		add_standard(a, p, (enum btc_std_group)group, cli);
	for (unsigned k = 1; k <= last; k++)
		add_param(a, p, k, cli);
}

enum arg_kind arg_kind(const char *arg)
{
	static const struct {
		const char *word;
		enum arg_kind kind;
	} words[] = {
		{ "FILE", ARG_FILE }, { "PATH", ARG_FILE }, { "DIR", ARG_DIR },
		{ "PID", ARG_PID },   { "CMD", ARG_CMD },   { "COMMAND", ARG_CMD },
	};

	if (!arg)
		return ARG_OTHER;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size_t n = strlen(words[i].word);
		const char *s = arg + (*arg == '[');

		/* DIR[:DIR], [FILE], but not DIRECTION */
		if (!strncmp(s, words[i].word, n) && !(s[n] >= 'A' && s[n] <= 'Z'))
			return words[i].kind;
	}
	return strchr(arg, '|') ? ARG_WORDS : ARG_OTHER;
}

const char *arg_words(struct arena *a, const char *arg)
{
	char *s = arena__strdup(a, arg), *c;

	for (c = s; (c = strchr(c, '|'));)
		*c = ' ';
	return s;
}
