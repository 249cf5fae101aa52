// SPDX-License-Identifier: Apache-2.0
/*
 * The provider table, and attach points. An attach point is split at its
 * unquoted colons into parts that remember their places, so that each complaint
 * points at the part it is about; one function per provider then reads the parts.
 * Nothing here looks at the host: targets exist, or do not, where the tool runs.
 */
#include <string.h>
#include <strings.h>

#include "diag.h"
#include "probe.h"

/* --- providers --------------------------------------------------------------- */

static const struct provider providers[PROV_COUNT] = {
	[PROV_BEGIN] = { PROV_BEGIN, "begin", "begin", "special", "raw_tp", AS_NONE },
	[PROV_END] = { PROV_END, "end", "end", "special", "raw_tp", AS_NONE },
	[PROV_SELF] = { PROV_SELF, "self", "self", "special", "raw_tp", AS_NONE },
	[PROV_TEST] = { PROV_TEST, "test", "test", "test", "raw_tp", AS_NONE },
	[PROV_BENCH] = { PROV_BENCH, "bench", "bench", "benchmark", "raw_tp", AS_NONE },
	[PROV_KPROBE] = { PROV_KPROBE, "kprobe", "k kprobe", "kprobe", "kprobe", AS_KERNEL },
	[PROV_KRETPROBE] = { PROV_KRETPROBE, "kretprobe", "kr kretprobe", "kretprobe", "kretprobe",
			     AS_KERNEL },
	[PROV_FENTRY] = { PROV_FENTRY, "fentry", "f fentry kfunc", "fentry", "fentry", AS_KERNEL },
	[PROV_FEXIT] = { PROV_FEXIT, "fexit", "fr fexit kretfunc", "fexit", "fexit", AS_KERNEL },
	[PROV_UPROBE] = { PROV_UPROBE, "uprobe", "u uprobe", "uprobe", "uprobe", AS_USER },
	[PROV_URETPROBE] = { PROV_URETPROBE, "uretprobe", "ur uretprobe", "uretprobe", "uretprobe",
			     AS_USER },
	[PROV_USDT] = { PROV_USDT, "usdt", "U usdt", "usdt", "usdt", AS_USER },
	[PROV_TRACEPOINT] = { PROV_TRACEPOINT, "tracepoint", "t tracepoint", "tracepoint", "tp",
			      AS_KERNEL },
	[PROV_RAWTRACEPOINT] = { PROV_RAWTRACEPOINT, "rawtracepoint", "rt rawtracepoint",
				 "rawtracepoint", "raw_tp", AS_KERNEL },
	[PROV_INTERVAL] = { PROV_INTERVAL, "interval", "i interval", "interval", "perf_event",
			    AS_NONE },
	[PROV_PROFILE] = { PROV_PROFILE, "profile", "p profile", "profile", "perf_event", AS_NONE },
	[PROV_SOFTWARE] = { PROV_SOFTWARE, "software", "s software", "software", "perf_event",
			    AS_NONE },
	[PROV_HARDWARE] = { PROV_HARDWARE, "hardware", "h hardware", "hardware", "perf_event",
			    AS_NONE },
	[PROV_WATCHPOINT] = { PROV_WATCHPOINT, "watchpoint", "w watchpoint", "watchpoint",
			      "perf_event", AS_NONE },
	[PROV_ASYNCWATCHPOINT] = { PROV_ASYNCWATCHPOINT, "asyncwatchpoint", "aw asyncwatchpoint",
				   "asyncwatchpoint", "perf_event", AS_NONE },
	[PROV_ITER] = { PROV_ITER, "iter", "it iter", "iter", "iter", AS_KERNEL },
};

const struct provider *provider__get(enum provider_kind kind)
{
	return &providers[kind];
}

static bool has_alias(const char *aliases, const char *name, size_t len, bool any_case)
{
	while (*aliases) {
		size_t n = strcspn(aliases, " ");

		if (n == len &&
		    !(any_case ? strncasecmp(aliases, name, n) : strncmp(aliases, name, n)))
			return true;
		aliases += n;
		aliases += strspn(aliases, " ");
	}
	return false;
}

const struct provider *provider__find(const char *name, size_t len)
{
	/* As written first: `u` and `U` are two providers, every other alias takes any case. */
	for (int any_case = 0; any_case < 2; any_case++) {
		for (size_t i = 0; i < PROV_COUNT; i++) {
			if (has_alias(providers[i].aliases, name, len, any_case))
				return &providers[i];
		}
	}
	return NULL;
}

/* --- splitting an attach point ------------------------------------------------- */

struct part {
	const char *text;    /* without quotes */
	uint32_t begin, end; /* in the text as written */
	char sep;	     /* the separator before it: ':', '@', 0 for the first */
	bool has_param;	     /* an unquoted $N */
};

struct ap {
	struct arena *a;
	struct diags *d;
	struct attach *at;
	VEC(struct part) parts; /* the first is the provider */
	bool failed;
};

/* The bytes [begin, end) of the text as written, in the source if they can be found there. */
static struct loc place(const struct ap *ap, uint32_t begin, uint32_t end)
{
	struct loc loc = ap->at->loc;
	size_t len = strlen(ap->at->text);

	/* A label may stand before the text, so it is counted from the end if it is there. */
	if (!loc.src || loc.end > loc.src->len || loc.end < loc.begin || loc.end - loc.begin < len)
		return loc;
	if (!memcmp(loc.src->text + loc.begin, ap->at->text, len))
		loc.end = loc.begin + (uint32_t)len;
	else if (memcmp(loc.src->text + loc.end - len, ap->at->text, len))
		return loc;
	loc.begin = loc.end - (uint32_t)len;
	loc.end = loc.begin + end;
	loc.begin += begin;
	return loc;
}

static struct loc part_loc(const struct ap *ap, const struct part *p)
{
	return p->end > p->begin ? place(ap, p->begin, p->end) : ap->at->loc;
}

static struct diag *fail(struct ap *ap, const struct part *p, const char *tag, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

static struct diag *fail(struct ap *ap, const struct part *p, const char *tag, const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = arena__vprintf(ap->a, fmt, args);
	va_end(args);
	ap->failed = true;
	return diag__error(ap->d, p ? part_loc(ap, p) : ap->at->loc, tag, "%s", text);
}

static void check_param(struct ap *ap, struct part *p, const char *s, uint32_t i)
{
	struct diag *e;

	p->has_param = true;
	if (s[i + 1] >= '1' && s[i + 1] <= '9')
		return;
	ap->failed = true;
	e = diag__error(ap->d, place(ap, i, i + 1), "E_AP_PARAM",
			"'$' in an attach point must be followed by the number of a parameter, "
			"not by '%s'",
			s + i + 1);
	diag__hint(ap->d, e, "put the part in double quotes if the '$' belongs to its name");
}

/* Only a probe on user code knows `binary@file:line`, and only right after the binary. */
static bool is_separator(const struct ap *ap, char c)
{
	const struct provider *prov = ap->at->prov;

	if (c == ':')
		return true;
	return c == '@' && ap->parts.nr == 1 && prov &&
	       (prov->kind == PROV_UPROBE || prov->kind == PROV_URETPROBE);
}

static uint32_t read_part(struct ap *ap, uint32_t i, struct part *p)
{
	const char *s = ap->at->text;
	struct buf text = { 0 };
	bool quoted = false;

	for (p->begin = i; s[i] && (quoted || !is_separator(ap, s[i])); i++) {
		if (s[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && s[i] == '\\' && s[i + 1])
			i++;
		else if (!quoted && s[i] == '$')
			check_param(ap, p, s, i);
		buf__add(&text, s + i, 1);
	}
	p->end = i;
	p->text = arena__strndup(ap->a, text.s ? text.s : "", text.len);
	buf__free(&text);
	return i;
}

static void split(struct ap *ap)
{
	const char *s = ap->at->text;
	uint32_t i = 0;
	char sep = 0;

	for (;;) {
		struct part p = { .sep = sep };

		i = read_part(ap, i, &p);
		vec_push(ap->a, &ap->parts, p);
		if (ap->parts.nr == 1)
			ap->at->prov = provider__find(p.text, strlen(p.text));
		sep = s[i];
		if (!sep)
			return;
		i++;
	}
}

/* --- numbers and durations ------------------------------------------------------ */

static bool mul_add(uint64_t *n, uint64_t by, uint64_t add)
{
	return !__builtin_mul_overflow(*n, by, n) && !__builtin_add_overflow(*n, add, n);
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* Digits of @base with single or repeated '_' between them; NULL if there is none. */
static const char *read_digits(const char *s, unsigned base, uint64_t *num)
{
	const char *start = s;

	for (*num = 0; *s; s++) {
		if (*s == '_' && s > start)
			continue;
		if ((unsigned)digit_value(*s) >= base)
			break;
		if (!mul_add(num, base, (unsigned)digit_value(*s)))
			return NULL;
	}
	return s > start && s[-1] != '_' ? s : NULL;
}

static const char *read_exponent(const char *s, uint64_t *num)
{
	uint64_t exp;

	if ((*s != 'e' && *s != 'E') || *num > 9)
		return s;
	s = read_digits(s + 1, 10, &exp);
	if (!s || exp > 19)
		return NULL;
	while (exp--) {
		if (!mul_add(num, 10, 0))
			return NULL;
	}
	return s;
}

/* An integer as the language writes it; gives what follows it, NULL if it is none. */
static const char *read_number(const char *s, uint64_t *num)
{
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return read_digits(s + 2, 16, num);
	if (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
		return read_digits(s + 1, 8, num);
	s = read_digits(s, 10, num);
	return s ? read_exponent(s, num) : NULL;
}

static bool whole_number(const char *s, uint64_t *num)
{
	s = read_number(s, num);
	return s && !*s;
}

static bool whole_duration(const char *s, uint64_t *ns)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "", 1 },
		{ "ns", 1 },
		{ "us", 1000 },
		{ "ms", 1000000 },
		{ "s", 1000000000 },
		{ "m", 60000000000 },
		{ "h", 3600000000000 },
		{ "d", 86400000000000 },
	};

	s = read_number(s, ns);
	for (size_t i = 0; s && i < COUNT_OF(units); i++) {
		if (!strcmp(s, units[i].suffix))
			return mul_add(ns, units[i].ns, 0);
	}
	return false;
}

/* The part is `$N` and nothing else: its value is known when the tool starts. */
static unsigned lone_param(const struct part *p)
{
	uint64_t n;

	if (!p->has_param || p->text[0] != '$' || p->text[1] < '1' || p->text[1] > '9')
		return 0;
	return whole_number(p->text + 1, &n) && n <= UINT32_MAX ? (unsigned)n : 0;
}

/* --- what several providers share -------------------------------------------------- */

static bool is_wild(const char *s)
{
	return s && strchr(s, '*');
}

static struct diag *wrong_parts(struct ap *ap, const char *allowed)
{
	size_t nr = ap->parts.nr - 1;

	return fail(ap, NULL, "E_PROBE_PARTS", "%s takes %s after its name, found %zu",
		    ap->at->prov->name, allowed, nr);
}

/* Between @min and @max parts, none of them empty but the last if @empty_last. */
static bool check_parts(struct ap *ap, size_t min, size_t max, const char *allowed, bool empty_last)
{
	size_t nr = ap->parts.nr - 1;

	if (nr < min || nr > max) {
		wrong_parts(ap, allowed);
		return false;
	}
	for (size_t i = 1; i <= nr; i++) {
		if (*ap->parts.v[i].text || (empty_last && i == nr))
			continue;
		fail(ap, NULL, "E_PROBE_PARTS",
		     "part %zu of the %s attach point is empty; %s takes %s after its name", i,
		     ap->at->prov->name, ap->at->prov->name, allowed);
		return false;
	}
	return true;
}

/* `function+OFFSET`; the function stays, the offset goes to at->offset. */
static void split_offset(struct ap *ap, const struct part *p, bool allowed)
{
	struct attach *at = ap->at;
	const char *plus = strrchr(at->func, '+');

	/* C++ names hold a '+' of their own: operator+. */
	if (!plus || plus == at->func || (*at->ns && !strcmp(at->ns, "cpp")))
		return;
	if (!allowed) {
		fail(ap, p, "E_PROBE_OFFSET", "%s takes a whole function, no offset in it: '%s'",
		     at->prov->name, at->func);
		return;
	}
	if (!whole_number(plus + 1, &at->offset)) {
		fail(ap, p, "E_PROBE_OFFSET", "the offset '%s' is not a number", plus + 1);
		return;
	}
	at->has_offset = true;
	at->func = arena__strndup(ap->a, at->func, (size_t)(plus - at->func));
}

static void set_location(struct ap *ap, const struct part *p, bool offset_allowed)
{
	struct attach *at = ap->at;

	if (whole_number(p->text, &at->address)) {
		at->has_address = true;
		return;
	}
	at->func = p->text;
	split_offset(ap, p, offset_allowed);
}

/* --- one reader per provider ------------------------------------------------------- */

static void read_special(struct ap *ap)
{
	/* `begin:*` is how a listing pattern writes it. */
	if (ap->parts.nr == 2 && !strcmp(ap->parts.v[1].text, "*"))
		return;
	if (ap->parts.nr != 1)
		wrong_parts(ap, "no parts");
}

static void read_self(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;

	if (!check_parts(ap, 2, 2, "2 parts (signal:SIGUSR1)", false))
		return;
	at->target = p[1].text;
	at->func = p[2].text;
	if (strcmp(at->target, "signal"))
		fail(ap, &p[1], "E_SELF", "the tool itself has no trigger '%s', only 'signal'",
		     at->target);
	else if (strcmp(at->func, "SIGUSR1"))
		fail(ap, &p[2], "E_SELF", "the tool can only be probed on SIGUSR1, not on '%s'",
		     at->func);
}

static void read_named(struct ap *ap)
{
	if (check_parts(ap, 1, 1, "1 part (a name)", false))
		ap->at->func = ap->parts.v[1].text;
}

static void read_kprobe(struct ap *ap)
{
	const struct part *p = ap->parts.v;
	size_t nr = ap->parts.nr - 1;

	if (!check_parts(ap, 1, 2, "1 or 2 parts ([module:]function)", false))
		return;
	if (nr == 2)
		ap->at->target = p[1].text;
	set_location(ap, &p[nr], ap->at->prov->kind == PROV_KPROBE);
}

static void read_fentry(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;
	size_t nr = ap->parts.nr - 1;
	const char *allowed = "1 or 2 parts ([module:]function) or 3 (bpf:id:name)";
	uint64_t id;

	if (!check_parts(ap, 1, 3, allowed, false))
		return;
	if (nr > 1)
		at->target = p[1].text;
	at->func = p[nr].text;
	if (nr == 3) {
		at->ns = p[2].text;
		if (strcmp(at->target, "bpf") ||
		    (!is_wild(at->ns) && !p[2].has_param && !whole_number(at->ns, &id))) {
			wrong_parts(ap, allowed);
			return;
		}
	}
	split_offset(ap, &p[nr], false);
}

static bool read_count(const struct part *p, unsigned *out)
{
	uint64_t n;

	if (!whole_number(p->text, &n) || !n || n > UINT32_MAX)
		return false;
	*out = (unsigned)n;
	return true;
}

/* binary@FILE:LINE[:COL] */
static void read_source_form(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;
	size_t nr = ap->parts.nr - 1;

	if (at->prov->kind == PROV_URETPROBE) {
		fail(ap, &p[2], "E_PROBE_OFFSET", "uretprobe takes a function, no source line");
		return;
	}
	if (!check_parts(ap, 3, 4, "binary@file:line[:column]", false))
		return;
	at->target = p[1].text;
	at->file = p[2].text;
	if (!read_count(&p[3], &at->line))
		fail(ap, &p[3], "E_PROBE_PARTS", "'%s' is no line number", p[3].text);
	else if (nr == 4 && !read_count(&p[4], &at->col))
		fail(ap, &p[4], "E_PROBE_PARTS", "'%s' is no column number", p[4].text);
}

/* Everything from part @first on: a C++ name has colons of its own. */
static const char *rest_from(struct ap *ap, size_t first)
{
	const char *s = ap->parts.v[first].text;

	for (size_t i = first + 1; i < ap->parts.nr; i++)
		s = arena__printf(ap->a, "%s:%s", s, ap->parts.v[i].text);
	return s;
}

/* With -p the binary may be left out; what looks like a path is no function, though. */
static bool only_name(struct ap *ap, const char *allowed)
{
	const struct part *p = &ap->parts.v[1];

	if (strchr(p->text, '/')) {
		wrong_parts(ap, allowed);
		return false;
	}
	return true;
}

static void read_uprobe(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;
	size_t nr = ap->parts.nr - 1;
	bool entry = at->prov->kind == PROV_UPROBE;
	const char *allowed = "2 or 3 parts (binary:function, binary:cpp:function)";

	if (nr >= 2 && p[2].sep == '@') {
		read_source_form(ap);
		return;
	}
	if (nr >= 3 && !strcmp(p[2].text, "cpp")) {
		at->target = p[1].text;
		at->ns = p[2].text;
		at->func = rest_from(ap, 3);
		if (!*at->target || !*at->func)
			wrong_parts(ap, allowed);
		return;
	}
	if (!check_parts(ap, 1, 2, allowed, false))
		return;
	if (nr == 2)
		at->target = p[1].text;
	else if (!only_name(ap, allowed))
		return;
	set_location(ap, &p[nr], entry);
}

static void read_usdt(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;
	size_t nr = ap->parts.nr - 1;
	const char *allowed = "2 or 3 parts (binary:name, binary:namespace:name)";

	if (!check_parts(ap, 1, 3, allowed, false))
		return;
	if (nr == 1 && !only_name(ap, allowed))
		return;
	at->func = p[nr].text;
	if (nr > 1)
		at->target = p[1].text;
	if (nr > 2)
		at->ns = p[2].text;
}

static void read_tracepoint(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;
	const char *allowed = "2 parts (category:event)";

	/* One part with a wildcard stands for the event of any category. */
	if (ap->parts.nr == 2 && is_wild(p[1].text)) {
		at->target = "*";
		at->func = p[1].text;
		return;
	}
	if (!check_parts(ap, 2, 2, allowed, false))
		return;
	at->target = p[1].text;
	at->func = p[2].text;
}

static void read_rawtracepoint(struct ap *ap)
{
	const struct part *p = ap->parts.v;
	size_t nr = ap->parts.nr - 1;

	if (!check_parts(ap, 1, 2, "1 or 2 parts ([module:]event)", false))
		return;
	if (nr == 2)
		ap->at->target = p[1].text;
	ap->at->func = p[nr].text;
}

/* `interval:250ms`: kept in microseconds, as it is rendered. */
static void read_duration(struct ap *ap, const struct part *p)
{
	struct attach *at = ap->at;
	uint64_t ns;

	at->rate_param = lone_param(p);
	if (at->rate_param)
		return;
	if (!whole_duration(p->text, &ns)) {
		struct diag *e = fail(ap, p, "E_PROBE_RATE", "'%s' is no duration", p->text);

		diag__hint(ap->d, e,
			   "write %s:250ms, or a unit (s, ms, us, hz) and a number: %s:hz:99",
			   at->prov->name, at->prov->name);
		return;
	}
	if (ns < 1000) {
		fail(ap, p, "E_PROBE_RATE", "'%s' is too short: the least is 1us (1000 ns)",
		     p->text);
		return;
	}
	at->target = "us";
	at->rate = ns / 1000;
}

static bool is_unit(const char *s)
{
	return !strcmp(s, "s") || !strcmp(s, "ms") || !strcmp(s, "us") || !strcmp(s, "hz");
}

static void read_timer(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;

	if (!check_parts(ap, 1, 2, "a duration or 2 parts (unit:number)", true))
		return;
	if (ap->parts.nr == 2) {
		read_duration(ap, &p[1]);
		return;
	}
	at->target = p[1].text;
	if (!is_unit(at->target)) {
		struct diag *e = fail(ap, &p[1], "E_PROBE_UNIT", "'%s' is no unit of %s",
				      at->target, at->prov->name);

		diag__hint(ap->d, e, "units are s, ms, us and hz");
		return;
	}
	at->rate_param = lone_param(&p[2]);
	if (!at->rate_param && (!whole_number(p[2].text, &at->rate) || !at->rate))
		fail(ap, &p[2], "E_PROBE_RATE", "the rate must be a positive integer, not '%s'",
		     p[2].text);
}

struct perf_name {
	const char *name, *alias;
	uint64_t count; /* events per sample if the script does not say */
};

static const struct perf_name software_names[] = {
	{ "alignment-faults", NULL, 1 },    { "bpf-output", NULL, 1 },
	{ "context-switches", "cs", 1000 }, { "cpu-clock", "cpu", 1000000 },
	{ "cpu-migrations", NULL, 1 },	    { "dummy", NULL, 1 },
	{ "emulation-faults", NULL, 1 },    { "major-faults", NULL, 1 },
	{ "minor-faults", NULL, 100 },	    { "page-faults", "faults", 100 },
	{ "task-clock", NULL, 1 },
};

static const struct perf_name hardware_names[] = {
	{ "backend-stalls", NULL, 1000000 }, { "branch-instructions", "branches", 100000 },
	{ "branch-misses", NULL, 100000 },   { "bus-cycles", NULL, 100000 },
	{ "cache-misses", NULL, 1000000 },   { "cache-references", NULL, 1000000 },
	{ "cpu-cycles", "cycles", 1000000 }, { "frontend-stalls", NULL, 1000000 },
	{ "instructions", NULL, 1000000 },   { "ref-cycles", NULL, 1000000 },
};

const char *provider__event(enum provider_kind kind, size_t i)
{
	if (kind == PROV_SOFTWARE)
		return i < COUNT_OF(software_names) ? software_names[i].name : NULL;
	return i < COUNT_OF(hardware_names) ? hardware_names[i].name : NULL;
}

const char *provider__event_alias(enum provider_kind kind, size_t i)
{
	return kind == PROV_SOFTWARE ? software_names[i].alias : hardware_names[i].alias;
}

static const struct perf_name *find_perf_name(const struct perf_name *names, size_t nr,
					      const char *name)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strcmp(names[i].name, name) ||
		    (names[i].alias && !strcmp(names[i].alias, name)))
			return &names[i];
	}
	return NULL;
}

static void unknown_event(struct ap *ap, const struct part *p, const struct perf_name *names,
			  size_t nr)
{
	struct buf list = { 0 };
	struct diag *e = fail(ap, p, "E_PROBE_EVENT", "there is no %s event '%s'",
			      ap->at->prov->name, p->text);

	for (size_t i = 0; i < nr; i++)
		buf__printf(&list, "%s%s", i ? ", " : "", names[i].name);
	diag__hint(ap->d, e, "%s events are %s", ap->at->prov->name, list.s);
	buf__free(&list);
}

static void read_perf(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;
	bool software = at->prov->kind == PROV_SOFTWARE;
	const struct perf_name *names = software ? software_names : hardware_names;
	size_t nr = software ? COUNT_OF(software_names) : COUNT_OF(hardware_names);
	const struct perf_name *event;

	if (!check_parts(ap, 1, 2, "1 or 2 parts (event[:count])", true))
		return;
	event = find_perf_name(names, nr, p[1].text);
	if (!event) {
		unknown_event(ap, &p[1], names, nr);
		return;
	}
	at->target = at->func = p[1].text;
	at->rate = event->count;
	/* Listings print `software:cpu:`, so an empty count means the default. */
	if (ap->parts.nr < 3 || !*p[2].text)
		return;
	at->has_rate = true;
	at->rate_param = lone_param(&p[2]);
	if (!at->rate_param && (!whole_number(p[2].text, &at->rate) || !at->rate))
		fail(ap, &p[2], "E_PROBE_COUNT",
		     "the count of %s must be a positive integer, not '%s'", p[1].text, p[2].text);
}

#if defined(__aarch64__)
#define WATCH_ARCH  "arm64"
#define WATCH_MODES "r, w, x, rw"
#elif defined(__x86_64__)
#define WATCH_ARCH  "x86_64"
#define WATCH_MODES "w, x, rw"
#else
#define WATCH_ARCH  "this architecture"
#define WATCH_MODES ""
#endif

static bool in_list(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *s = list; (s = strstr(s, word)); s++) {
		if ((s == list || s[-1] == ' ') && (s[n] == ',' || !s[n]))
			return true;
	}
	return false;
}

/* The letters in order and once each, if they make a mode of this architecture. */
static void read_watch_mode(struct ap *ap, const struct part *p)
{
	struct attach *at = ap->at;
	char sorted[4] = { 0 };
	size_t nr = 0;
	struct diag *e;

	for (const char *c = "rwx"; *c; c++) {
		if (strchr(p->text, *c))
			sorted[nr++] = *c;
	}
	if (strlen(p->text) == nr && in_list(WATCH_MODES, sorted)) {
		at->mode = arena__strdup(ap->a, sorted);
		if (!strcmp(sorted, "x") && at->len != 8)
			fail(ap, p, "E_WATCHPOINT",
			     "a watchpoint on execution has length 8, not %u", at->len);
		return;
	}
	e = fail(ap, p, "E_WATCHPOINT", "%s cannot watch memory in the mode '%s'", WATCH_ARCH,
		 p->text);
	diag__hint(ap->d, e, "modes are %s", *WATCH_MODES ? WATCH_MODES : "not available here");
}

/* ADDRESS, or FUNCTION+argN: the memory that an argument points to. */
static void read_watch_address(struct ap *ap, const struct part *p)
{
	struct attach *at = ap->at;
	const char *plus = strstr(p->text, "+arg");

	at->address_param = lone_param(p);
	if (at->address_param)
		return;
	if (plus && plus > p->text && whole_number(plus + 4, &at->offset)) {
		at->has_offset = true;
		at->func = arena__strndup(ap->a, p->text, (size_t)(plus - p->text));
		return;
	}
	if (!whole_number(p->text, &at->address))
		fail(ap, p, "E_WATCHPOINT", "'%s' is neither an address nor function+argN",
		     p->text);
	else if (!at->address)
		fail(ap, p, "E_WATCHPOINT", "address 0 cannot be watched");
	at->has_address = true;
}

static void read_watchpoint(struct ap *ap)
{
	const struct part *p = ap->parts.v;
	uint64_t len;

	if (!check_parts(ap, 3, 3, "3 parts (address:length:mode)", false))
		return;
	read_watch_address(ap, &p[1]);
	if (!whole_number(p[2].text, &len) || (len != 1 && len != 2 && len != 4 && len != 8)) {
		fail(ap, &p[2], "E_WATCHPOINT",
		     "the length of a watchpoint is 1, 2, 4 or 8, not '%s'", p[2].text);
		return;
	}
	ap->at->len = (unsigned)len;
	read_watch_mode(ap, &p[3]);
}

static void read_iter(struct ap *ap)
{
	struct attach *at = ap->at;
	const struct part *p = ap->parts.v;

	if (!check_parts(ap, 1, 2, "1 or 2 parts (name[:pin])", false))
		return;
	at->func = p[1].text;
	if (ap->parts.nr == 3)
		at->target = p[2].text;
	if (is_wild(at->func))
		fail(ap, &p[1], "E_PROBE_NO_MATCH", "iter takes the name of one iterator, not '%s'",
		     at->func);
}

static void (*const readers[PROV_COUNT])(struct ap *ap) = {
	[PROV_BEGIN] = read_special,
	[PROV_END] = read_special,
	[PROV_SELF] = read_self,
	[PROV_TEST] = read_named,
	[PROV_BENCH] = read_named,
	[PROV_KPROBE] = read_kprobe,
	[PROV_KRETPROBE] = read_kprobe,
	[PROV_FENTRY] = read_fentry,
	[PROV_FEXIT] = read_fentry,
	[PROV_UPROBE] = read_uprobe,
	[PROV_URETPROBE] = read_uprobe,
	[PROV_USDT] = read_usdt,
	[PROV_TRACEPOINT] = read_tracepoint,
	[PROV_RAWTRACEPOINT] = read_rawtracepoint,
	[PROV_INTERVAL] = read_timer,
	[PROV_PROFILE] = read_timer,
	[PROV_SOFTWARE] = read_perf,
	[PROV_HARDWARE] = read_perf,
	[PROV_WATCHPOINT] = read_watchpoint,
	[PROV_ASYNCWATCHPOINT] = read_watchpoint,
	[PROV_ITER] = read_iter,
};

/* --- the name that `probe` prints ---------------------------------------------------- */

static void add_part(struct buf *b, const char *s)
{
	if (*s)
		buf__printf(b, ":%s", s);
}

static void add_number(struct buf *b, uint64_t n, unsigned param)
{
	if (param)
		buf__printf(b, ":$%u", param);
	else
		buf__printf(b, ":%llu", (unsigned long long)n);
}

static void add_watchpoint(struct buf *b, const struct attach *at)
{
	if (*at->func)
		buf__printf(b, ":%s+arg%llu", at->func, (unsigned long long)at->offset);
	else
		add_number(b, at->address, at->address_param);
	buf__printf(b, ":%u:%s", at->len, at->mode);
}

static void add_function(struct buf *b, const struct attach *at)
{
	bool core = at->prov->kind == PROV_FENTRY || at->prov->kind == PROV_FEXIT ||
		    at->prov->kind == PROV_RAWTRACEPOINT;

	/* The host puts a module's name in place of the kernel's where it finds it there. */
	add_part(b, core && !*at->target ? "vmlinux" : at->target);
	add_part(b, at->ns);
	add_part(b, at->func);
	if (at->has_offset)
		buf__printf(b, "+%llu", (unsigned long long)at->offset);
	if (at->has_address)
		add_number(b, at->address, 0);
	if (at->file) {
		buf__printf(b, "@%s:%u", at->file, at->line);
		if (at->col)
			buf__printf(b, ":%u", at->col);
	}
}

static const char *render(struct arena *a, const struct attach *at)
{
	struct buf b = { 0 };
	const char *name;

	buf__str(&b, at->prov->name);
	switch (at->prov->kind) {
	case PROV_INTERVAL:
	case PROV_PROFILE:
		add_part(&b, at->target);
		add_number(&b, at->rate, at->rate_param);
		break;
	case PROV_SOFTWARE:
	case PROV_HARDWARE:
		add_part(&b, at->func);
		if (at->has_rate)
			add_number(&b, at->rate, at->rate_param);
		break;
	case PROV_WATCHPOINT:
	case PROV_ASYNCWATCHPOINT: add_watchpoint(&b, at); break;
	case PROV_ITER:
		add_part(&b, at->func);
		add_part(&b, at->target);
		break;
	default: add_function(&b, at); break;
	}
	name = arena__strndup(a, b.s, b.len);
	buf__free(&b);
	return name;
}

/* --- attach__resolve ------------------------------------------------------------------ */

static void unknown_provider(struct ap *ap)
{
	const char *names[PROV_COUNT], *near;
	const struct part *p = &ap->parts.v[0];
	struct diag *e;

	for (size_t i = 0; i < PROV_COUNT; i++)
		names[i] = providers[i].name;
	e = fail(ap, p, "E_PROBE_UNKNOWN", "there is no probe type '%s'", p->text);
	near = nearest_name(p->text, names, COUNT_OF(names));
	if (near)
		diag__hint(ap->d, e, "did you mean '%s'?", near);
}

bool attach__resolve(struct arena *a, struct diags *d, struct attach *at)
{
	struct ap ap = { .a = a, .d = d, .at = at };

	at->target = at->func = at->ns = at->mode = "";
	split(&ap);
	if (ap.failed)
		return false;
	if (!at->prov) {
		unknown_provider(&ap);
		return false;
	}
	for (size_t i = 1; i < ap.parts.nr; i++)
		at->has_param |= ap.parts.v[i].has_param;
	readers[at->prov->kind](&ap);
	if (ap.failed)
		return false;
	at->wild = is_wild(at->target) || is_wild(at->func) || is_wild(at->ns);
	at->name = render(a, at);
	return true;
}
