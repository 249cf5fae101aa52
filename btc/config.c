// SPDX-License-Identifier: Apache-2.0
/*
 * Configuration: one table row per key says its kind, its range and where it
 * goes. A value comes either as a token of the config block or as text of the
 * environment; both are brought to one form, so that one setter per kind serves
 * both. The environment is read last: it wins.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "diag.h"

enum key_kind { KEY_BOOL, KEY_INT, KEY_TEXT, KEY_CHOICE, KEY_CACHE, KEY_LICENSE, KEY_IGNORED };

struct choice {
	const char *name;
	int value;
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t off;		      /* in struct config */
	uint64_t min, max;	      /* KEY_INT */
	const struct choice *choices; /* KEY_CHOICE; ends with a NULL name */
	bool any_case;
	bool bools; /* true means the first choice, false the last */
};

static const struct choice missing_choices[] = {
	{ "error", MISSING_ERROR },
	{ "warn", MISSING_WARN },
	{ "ignore", MISSING_IGNORE },
	{ 0 },
};

static const struct choice stack_choices[] = {
	{ "bpftrace", STACK_BPFTRACE },
	{ "perf", STACK_PERF },
	{ "raw", STACK_RAW },
	{ "build_id", STACK_BUILD_ID },
	{ 0 },
};

static const struct choice unstable_choices[] = {
	{ "enable", UNSTABLE_ENABLE },
	{ "warn", UNSTABLE_WARN },
	{ "error", UNSTABLE_ERROR },
	{ 0 },
};

static const char *const licenses[] = {
	"GPL",		"GPL v2",	"GPL and additional rights",
	"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
};

static const char *const caches[] = { "PER_PID", "PER_PROGRAM", "NONE" };

#define AT(field) offsetof(struct config, field)
#define BOOL(n)                                            \
	{                                                  \
		.name = #n, .kind = KEY_BOOL, .off = AT(n) \
	}
#define INT(n, lo, hi)                                                              \
	{                                                                           \
		.name = #n, .kind = KEY_INT, .off = AT(n), .min = (lo), .max = (hi) \
	}
#define UNSTABLE(n)                                                          \
	{                                                                    \
		.name = "unstable_" #n, .kind = KEY_CHOICE, .off = AT(n),    \
		.choices = unstable_choices, .any_case = true, .bools = true \
	}

static const struct key keys[] = {
	{ .name = "cache_user_symbols", .kind = KEY_CACHE, .off = AT(cache_user_symbols) },
	BOOL(cpp_demangle),
	BOOL(lazy_symbolication),
	{ .name = "license", .kind = KEY_LICENSE, .off = AT(license) },
	INT(log_size, 0, UINT32_MAX),
	INT(max_bpf_progs, 0, UINT32_MAX),
	INT(max_cat_bytes, 0, UINT32_MAX),
	INT(max_map_keys, 1, UINT32_MAX),
	INT(max_probes, 0, UINT32_MAX),
	INT(max_strlen, 1, 8192),
	{ .name = "missing_probes",
	  .kind = KEY_CHOICE,
	  .off = AT(missing_probes),
	  .choices = missing_choices,
	  .any_case = true },
	INT(on_stack_limit, 0, UINT32_MAX),
	INT(perf_rb_pages, 1, 1 << 19),
	BOOL(print_maps_on_exit),
	BOOL(show_debug_info),
	{ .name = "stack_mode",
	  .kind = KEY_CHOICE,
	  .off = AT(stack_mode),
	  .choices = stack_choices },
	{ .name = "str_trunc_trailer", .kind = KEY_TEXT, .off = AT(str_trunc_trailer) },
	UNSTABLE(tseries),
	UNSTABLE(dw_ustack),
	UNSTABLE(typeinfo),
	UNSTABLE(import_statement),
	{ .name = "use_blazesym", .kind = KEY_IGNORED }, /* of a library that btc has no part of */
};

static const struct {
	const char *old, *name;
	bool inverted;
} renamed[] = {
	{ "strlen", "max_strlen", false },
	{ "no_cpp_demangle", "cpp_demangle", true },
	{ "cat_bytes_max", "max_cat_bytes", false },
	{ "map_keys_max", "max_map_keys", false },
};

static const char *const deprecated[] = {
	"unstable_macro", "symbol_source",   "max_type_res_iterations",
	"unstable_addr",  "unstable_import", "unstable_map_decl",
};

static const char *const env_only[] = { "btf", "kernel_build", "kernel_source", "vmlinux" };

/* A value on its way to its place: what a token or a text can be read as. */
struct value {
	const char *text; /* as written */
	bool is_text, is_num, is_bool;
	uint64_t num;
	bool truth;
};

/* --- reading values ------------------------------------------------------------------- */

static bool word_in(const char *text, const char *const *words, size_t nr, bool any_case)
{
	for (size_t i = 0; i < nr; i++) {
		if (!(any_case ? strcasecmp(text, words[i]) : strcmp(text, words[i])))
			return true;
	}
	return false;
}

static void read_truth(struct value *v)
{
	static const char *const yes[] = { "1", "true", "on", "yes" };
	static const char *const no[] = { "0", "false", "off", "no" };

	v->truth = word_in(v->text, yes, COUNT_OF(yes), true);
	v->is_bool = v->truth || word_in(v->text, no, COUNT_OF(no), true);
}

static struct value value_of_entry(struct arena *a, const struct config_entry *e)
{
	struct value v = { 0 };

	switch (e->kind) {
	case CFG_INT:
		v.text = arena__printf(a, "%llu", (unsigned long long)e->num);
		v.is_num = true;
		v.num = e->num;
		v.truth = e->num == 1;
		v.is_bool = e->num <= 1;
		break;
	case CFG_BOOL:
		v.text = e->num ? "true" : "false";
		v.is_bool = true;
		v.truth = e->num != 0;
		break;
	case CFG_STR:
		v.text = e->str;
		v.is_text = true;
		read_truth(&v);
		break;
	}
	return v;
}

static struct value value_of_env(const char *text)
{
	struct value v = { .text = text, .is_text = true };
	char *end;

	read_truth(&v);
	errno = 0;
	v.num = strtoull(text, &end, 0);
	v.is_num = !errno && end != text && !*end && *text != '-';
	return v;
}

/* --- one setter per kind; NULL: done, else what values are valid ------------------------- */

static const char *list(struct arena *a, const char *const *words, size_t nr)
{
	const char *s = words[0];

	for (size_t i = 1; i < nr; i++)
		s = arena__printf(a, "%s, %s", s, words[i]);
	return s;
}

static const char *list_choices(struct arena *a, const struct choice *ch)
{
	const char *s = ch->name;

	while ((++ch)->name)
		s = arena__printf(a, "%s, %s", s, ch->name);
	return s;
}

static const char *set_int(struct arena *a, const struct key *k, const struct value *v,
			   uint64_t *to)
{
	if (!v->is_num || v->num < k->min || v->num > k->max)
		return arena__printf(a, "an integer from %llu to %llu", (unsigned long long)k->min,
				     (unsigned long long)k->max);
	*to = v->num;
	return NULL;
}

static const char *set_choice(struct arena *a, const struct key *k, const struct value *v, int *to)
{
	const struct choice *ch = k->choices, *last = ch;

	for (; ch->name; last = ch++) {
		if (!(k->any_case ? strcasecmp(v->text, ch->name) : strcmp(v->text, ch->name))) {
			*to = ch->value;
			return NULL;
		}
	}
	if (!k->bools || (!v->is_bool && !v->is_num))
		return list_choices(a, k->choices);
	*to = (v->is_num ? v->num != 0 : v->truth) ? k->choices->value : last->value;
	return NULL;
}

/* NULL stays for "the tool chooses when it starts". */
static const char *set_cache(struct arena *a, const struct value *v, const char **to)
{
	for (size_t i = 0; i < COUNT_OF(caches); i++) {
		if (!strcasecmp(v->text, caches[i])) {
			*to = caches[i];
			return NULL;
		}
	}
	if (!v->is_bool)
		return list(a, caches, COUNT_OF(caches));
	*to = v->truth ? NULL : "NONE";
	return NULL;
}

static const char *set(struct arena *a, const struct key *k, const struct value *v,
		       struct config *cfg)
{
	void *to = (char *)cfg + k->off;

	switch (k->kind) {
	case KEY_BOOL:
		if (!v->is_bool)
			return "true, false";
		*(bool *)to = v->truth;
		return NULL;
	case KEY_INT: return set_int(a, k, v, to);
	case KEY_CHOICE: return set_choice(a, k, v, to);
	case KEY_CACHE: return set_cache(a, v, to);
	case KEY_LICENSE:
		if (!word_in(v->text, licenses, COUNT_OF(licenses), false))
			return list(a, licenses, COUNT_OF(licenses));
		*(const char **)to = arena__strdup(a, v->text);
		return NULL;
	case KEY_TEXT:
		if (!v->is_text)
			return "any string";
		*(const char **)to = arena__strdup(a, v->text);
		return NULL;
	default: return v->is_bool ? NULL : "true, false";
	}
}

/* --- the config block ----------------------------------------------------------------------- */

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	}
	return NULL;
}

static void unknown_key(struct diags *d, const struct config_entry *e)
{
	const char *names[COUNT_OF(keys)], *near;
	struct diag *err = diag__error(d, e->loc, "E_CONFIG_UNKNOWN",
				       "there is no configuration variable '%s'", e->key);

	for (size_t i = 0; i < COUNT_OF(keys); i++)
		names[i] = keys[i].name;
	near = nearest_name(e->key, names, COUNT_OF(names));
	if (near)
		diag__hint(d, err, "did you mean '%s'?", near);
}

/* The key that an old name stands for, or @name itself. */
static const char *new_name(struct diags *d, const struct config_entry *e, bool *inverted)
{
	*inverted = false;
	for (size_t i = 0; i < COUNT_OF(renamed); i++) {
		if (strcmp(renamed[i].old, e->key))
			continue;
		diag__warn(d, e->loc, "W_CONFIG_RENAMED", "'%s' is now called '%s'%s", e->key,
			   renamed[i].name,
			   renamed[i].inverted ? " and has the opposite sense" : "");
		*inverted = renamed[i].inverted;
		return renamed[i].name;
	}
	return e->key;
}

static const char *env_name(struct arena *a, const char *key)
{
	char *name = arena__printf(a, "BPFTRACE_%s", key);

	for (char *c = name; *c; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	return name;
}

static void set_entry(struct arena *a, struct diags *d, const struct config_entry *e,
		      struct config *cfg)
{
	struct value v = value_of_entry(a, e);
	const char *valid;
	const struct key *k;
	bool inverted;

	if (word_in(e->key, env_only, COUNT_OF(env_only), false)) {
		diag__error(d, e->loc, "E_CONFIG_ENV_ONLY",
			    "'%s' can only be set in the environment, as %s", e->key,
			    env_name(a, e->key));
		return;
	}
	if (word_in(e->key, deprecated, COUNT_OF(deprecated), false)) {
		diag__warn(d, e->loc, "W_CONFIG_DEPRECATED", "'%s' has no effect any more", e->key);
		return;
	}
	k = find_key(new_name(d, e, &inverted));
	if (!k) {
		unknown_key(d, e);
		return;
	}
	v.truth ^= inverted;
	valid = set(a, k, &v, cfg);
	if (valid)
		diag__error(d, e->value_loc.src ? e->value_loc : e->loc, "E_CONFIG_VALUE",
			    "'%s' is no value for %s; valid: %s", v.text, e->key, valid);
}

/* --- the environment -------------------------------------------------------------------------- */

static void set_from_env(struct arena *a, struct diags *d, const struct key *k, struct config *cfg)
{
	const char *name = env_name(a, k->name);
	const char *text = getenv(name), *valid;
	struct loc nowhere = { 0 };
	struct value v;

	if (!text)
		return;
	v = value_of_env(text);
	valid = set(a, k, &v, cfg);
	if (valid)
		diag__error(d, nowhere, "E_CONFIG_VALUE", "%s: '%s' is no valid value; valid: %s",
			    name, text, valid);
}

static uint64_t next_power_of_two(uint64_t n)
{
	uint64_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

void config__load(struct arena *a, struct diags *d, const struct program *p, struct config *cfg)
{
	*cfg = (struct config){
		.cpp_demangle = true,
		.lazy_symbolication = true,
		.print_maps_on_exit = true,
		.log_size = 1000000,
		.max_bpf_progs = 1024,
		.max_cat_bytes = 10240,
		.max_map_keys = 4096,
		.max_probes = 1024,
		.max_strlen = 1024,
		.on_stack_limit = 32,
		.perf_rb_pages = 512,
		.str_trunc_trailer = "..",
		.license = "GPL",
		.missing_probes = MISSING_ERROR,
		.stack_mode = STACK_BPFTRACE,
		.tseries = UNSTABLE_WARN,
		.dw_ustack = UNSTABLE_WARN,
		.typeinfo = UNSTABLE_ERROR,
		.import_statement = UNSTABLE_ERROR,
	};
	for (size_t i = 0; i < p->config.nr; i++)
		set_entry(a, d, &p->config.v[i], cfg);
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		set_from_env(a, d, &keys[i], cfg);
	cfg->perf_rb_pages = next_power_of_two(cfg->perf_rb_pages);
}
