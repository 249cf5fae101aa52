// SPDX-License-Identifier: Apache-2.0
/* Completion of a tool's command line, for bash, zsh and fish. */
#include <ctype.h>
#include <string.h>

#include "options_of.h"

/* --- bash --------------------------------------------------------------------------- */

/* The name of the function: what bash takes everywhere. */
static void function_name(struct buf *out, const char *name)
{
	buf__str(out, "_btc_");
	for (; *name; name++)
		buf__printf(out, "%c", isalnum((unsigned char)*name) ? *name : '_');
}

static void bash_option_names(struct buf *out, const struct tool_option *o)
{
	buf__printf(out, "\t--%s", o->name);
	if (o->letter)
		buf__printf(out, " | -%c", o->letter);
	buf__str(out, ")\n");
}

static void bash_argument(struct arena *a, struct buf *out, const char *arg)
{
	switch (arg_kind(arg)) {
	case ARG_WORDS:
		buf__printf(out, "\t\tmapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n",
			    arg_words(a, arg));
		break;
	case ARG_FILE:
		buf__str(out, "\t\tcompopt -o filenames 2>/dev/null\n"
			      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
		break;
	case ARG_DIR:
		buf__str(out, "\t\tcompopt -o filenames 2>/dev/null\n"
			      "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n");
		break;
	case ARG_PID:
		buf__str(out, "\t\tmapfile -t COMPREPLY < <(cd /proc && compgen -G \"$cur*\" |\n"
			      "\t\t\tgrep -x '[0-9]*')\n");
		break;
	case ARG_CMD:
		buf__str(out, "\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n");
		break;
	case ARG_OTHER: break;
	}
}

static const char bash_head[] =
	"()\n{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\t# bash takes --name=value for three words\n"
	"\tif [ \"$cur\" = = ]; then\n"
	"\t\tcur=\n"
	"\telif [ \"$prev\" = = ] && [ \"$COMP_CWORD\" -gt 1 ]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\tcase $prev in\n";

void emit_bash(const struct plan *p, struct buf *out)
{
	struct arena *a = arena__new();
	struct tool_cli cli;

	options_of(a, p, &cli);
	buf__printf(out, "# Completion of %s for bash, made by btc from %s.\n", p->name, p->source);
	function_name(out, p->name);
	buf__str(out, bash_head);
	for (size_t i = 0; i < cli.options.nr; i++) {
		const struct tool_option *o = &cli.options.v[i];

		if (!o->arg || o->arg_is_optional)
			continue;
		bash_option_names(out, o);
		bash_argument(a, out, o->arg);
		buf__str(out, "\t\treturn\n\t\t;;\n");
	}
	buf__str(out, "\tesac\n"
		      "\tif [[ $cur = -* ]]; then\n"
		      "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < cli.options.nr; i++) {
		const struct tool_option *o = &cli.options.v[i];

		buf__printf(out, "%s--%s%s", i ? "\n\t\t\t" : "", o->name,
			    o->arg && !o->arg_is_optional ? "=" : "");
	}
	buf__str(out, "' -- \"$cur\")\n"
		      "\t\t[[ ${COMPREPLY[0]-} = *= ]] && compopt -o nospace 2>/dev/null\n"
		      "\t\treturn\n"
		      "\tfi\n");
	if (cli.params.nr)
		bash_argument(a, out, cli.params.v[0].name);
	buf__str(out, "}\ncomplete -F ");
	function_name(out, p->name);
	buf__printf(out, " %s\n", p->name);
	arena__free(a);
}

/* --- zsh ---------------------------------------------------------------------------- */

/* In '…', as a description in […] or behind a colon. */
static void zsh_text(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			buf__str(out, "'\\''");
		else if (strchr("[]:\\", *s))
			buf__printf(out, "\\%c", *s);
		else
			buf__add(out, *s == '\n' ? " " : s, 1);
	}
}

static void zsh_argument(struct arena *a, struct buf *out, const char *arg)
{
	buf__str(out, ":");
	zsh_text(out, arg);
	switch (arg_kind(arg)) {
	case ARG_WORDS: buf__printf(out, ":(%s)", arg_words(a, arg)); break;
	case ARG_FILE: buf__str(out, ":_files"); break;
	case ARG_DIR: buf__str(out, ":_files -/"); break;
	case ARG_PID: buf__str(out, ":_pids"); break;
	case ARG_CMD: buf__str(out, ":_command_names -e"); break;
	case ARG_OTHER: buf__str(out, ": "); break;
	}
}

void emit_zsh(const struct plan *p, struct buf *out)
{
	struct arena *a = arena__new();
	struct tool_cli cli;

	options_of(a, p, &cli);
	buf__printf(out,
		    "#compdef %s\n# Completion of %s for zsh, made by btc from %s.\n_arguments -s",
		    p->name, p->name, p->source);
	for (size_t i = 0; i < cli.options.nr; i++) {
		const struct tool_option *o = &cli.options.v[i];
		bool has_arg = o->arg && !o->arg_is_optional;

		buf__str(out, " \\\n\t");
		if (o->letter)
			buf__printf(out, "'(-%c --%s)'{-%c%s,--%s%s}", o->letter, o->name,
				    o->letter, has_arg ? "+" : "", o->name, has_arg ? "=" : "");
		else
			buf__printf(out, "--%s%s", o->name, has_arg ? "=" : "");
		buf__str(out, "'[");
		zsh_text(out, o->help);
		buf__str(out, "]");
		if (has_arg)
			zsh_argument(a, out, o->arg);
		buf__str(out, "'");
	}
	for (size_t i = 0; i < cli.params.nr; i++) {
		buf__printf(out, " \\\n\t'%u:", cli.params.v[i].position);
		zsh_argument(a, out, cli.params.v[i].name);
		buf__str(out, "'");
	}
	buf__str(out, "\n");
	arena__free(a);
}

/* --- fish --------------------------------------------------------------------------- */

static void fish_text(struct buf *out, const char *s)
{
	buf__str(out, "'");
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			buf__str(out, "\\");
		buf__add(out, *s == '\n' ? " " : s, 1);
	}
	buf__str(out, "'");
}

static void fish_argument(struct arena *a, struct buf *out, const char *arg)
{
	switch (arg_kind(arg)) {
	case ARG_WORDS:
		buf__str(out, " -x -a ");
		fish_text(out, arg_words(a, arg));
		break;
	case ARG_FILE: buf__str(out, " -r -F"); break;
	case ARG_DIR: buf__str(out, " -x -a '(__fish_complete_directories)'"); break;
	case ARG_PID: buf__str(out, " -x -a '(__fish_complete_pids)'"); break;
	case ARG_CMD: buf__str(out, " -x -a '(__fish_complete_command)'"); break;
	case ARG_OTHER: buf__str(out, " -x"); break;
	}
}

void emit_fish(const struct plan *p, struct buf *out)
{
	struct arena *a = arena__new();
	struct tool_cli cli;
	bool takes_files;

	options_of(a, p, &cli);
	takes_files = cli.params.nr && arg_kind(cli.params.v[0].name) == ARG_FILE;
	buf__printf(out, "# Completion of %s for fish, made by btc from %s.\n", p->name, p->source);
	if (!takes_files)
		buf__printf(out, "complete -c %s -f\n", p->name);
	for (size_t i = 0; i < cli.options.nr; i++) {
		const struct tool_option *o = &cli.options.v[i];

		buf__printf(out, "complete -c %s -l %s", p->name, o->name);
		if (o->letter)
			buf__printf(out, " -s %c", o->letter);
		if (o->arg && !o->arg_is_optional)
			fish_argument(a, out, o->arg);
		if (*o->help) {
			buf__str(out, " -d ");
			fish_text(out, o->help);
		}
		buf__str(out, "\n");
	}
	arena__free(a);
}
