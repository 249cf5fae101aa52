// SPDX-License-Identifier: Apache-2.0
/*
 * From the bytes of the object to programs and maps in the kernel.
 *
 * libbpf relocates and loads; between the two it hands each program to
 * prepare() below, with its subprograms in place. There the late instructions
 * are patched. A program that is loaded once for each of its places (per_match,
 * fentry, fexit) is loaded there too, from patched copies, and libbpf gets an
 * empty one in its stead: it knows one attach target for each program only.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "internal.h"

#define PREALLOC_MAX (16ull << 20)
#define PREALLOC_KEY 256
#define LOG_END	     8192 /* of the verifier's words, kept for the message */

/* --- what libbpf says --- */

/* Debian's shared libbpf 1.1 forgot to export it; then libbpf tries to raise the limit, in vain. */
extern int libbpf_set_memlock_rlim(size_t bytes) __attribute__((weak));

static struct btc_run *current; /* libbpf's print function has no argument for it */

static void keep_log(struct btc_run *r, const char *log)
{
	size_t n = strlen(log);

	free(r->load_log);
	r->load_log = strdup(n > LOG_END ? log + n - LOG_END : log);
}

static const struct btc_map *map_called(const struct btc_run *r, const char *bpf_name)
{
	unsigned i;

	for (i = 0; i < r->p->nr_maps; i++)
		if (!strcmp(r->p->maps[i].bpf_name, bpf_name))
			return &r->p->maps[i];
	return NULL;
}

static int on_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	struct btc_run *r = current;

	if (level == LIBBPF_DEBUG)
		return 0;
	if (!strncmp(fmt, "libbpf: map '%s': failed to create:", 35)) {
		va_list copy;

		va_copy(copy, ap);
		r->no_map = map_called(r, va_arg(copy, const char *));
		va_end(copy);
	}
	if (strstr(fmt, "BEGIN PROG LOAD LOG")) {
		va_list copy;
		const char *log;

		va_copy(copy, ap);
		va_arg(copy, const char *); /* the program's name */
		log = va_arg(copy, const char *);
		if (log)
			keep_log(r, log);
		va_end(copy);
	}
	return r->verbose ? vfprintf(stderr, fmt, ap) : 0;
}

/* --- programs --- */

static const struct btc_place *place_of(const struct btc_run *r, const char *prog)
{
	unsigned i;

	for (i = 0; i < r->nr_places; i++)
		if (!r->places[i].dropped && !strcmp(r->places[i].pr->prog, prog))
			return &r->places[i];
	return NULL;
}

static bool is_tracing(const struct btc_probe *pr)
{
	return pr->kind == BTC_FENTRY || pr->kind == BTC_FEXIT || pr->kind == BTC_ITER;
}

/* Raw tracepoints whose programs hand objects of the kernel to helpers. */
static bool is_typed(const struct bpf_program *prog)
{
	return !strcmp(bpf_program__section_name(prog), "tp_btf");
}

/* A match of a pattern that cannot be probed: nothing is said unless asked for. */
static void skip(struct btc_run *r, struct btc_place *pl, const char *why)
{
	btc_verbose(r, "%s: skipped: %s", pl->name, why);
	pl->dropped = true;
	r->nr_skipped++;
}

/* A field that one place lacks: the place goes, or the tool. */
static int drop(struct btc_run *r, struct btc_place *pl, const char *where, const char *why)
{
	pl->dropped = true;
	if (pl->pr->maybe) {
		btc_verbose(r, "%s: %s; the probe is left out", pl->name, why);
		return 0;
	}
	if (r->config.missing_probes == 0) {
		btc_fail(r, BTC_STATUS_FACT, where, "%s: %s", pl->name, why);
		btc_hint("BPFTRACE_MISSING_PROBES=warn leaves such probes out");
		return -ECANCELED;
	}
	if (r->config.missing_probes == 1)
		btc_warning(r, where, "%s: %s; the probe is left out", pl->name, why);
	return 0;
}

static void no_btf_function(const struct btc_place *pl, char *why, size_t room)
{
	char near[160] = "";
	__u64 addr;

	if (!pl->pr->wild && btc_ksyms_addr(pl->func, &addr) == -ENOENT) {
		btc_function_near(pl->func, near, sizeof(near));
		snprintf(why, room, "this kernel has no function '%s'%s%s%s", pl->func,
			 *near ? "; did you mean " : "", near, *near ? "?" : "");
		return;
	}
	snprintf(why, room,
		 "the BTF of %s has no function '%s', which fentry and fexit need; try kprobe",
		 *pl->target ? pl->target : "this kernel", pl->func);
}

/* Which function fentry and fexit go to. */
static int set_target(struct btc_run *r, struct btc_place *pl, struct bpf_prog_load_opts *o,
		      char *why, size_t room)
{
	bool iter = pl->pr->kind == BTC_ITER;
	struct btc_kbtf *b = iter ? btc_kernel(r) : btc_module(r, pl->target);
	char name[128];
	int fd = 0;

	if (pl->bpf_id) {
		fd = bpf_prog_get_fd_by_id(pl->bpf_id);
		snprintf(why, room, "the BPF program has gone");
		o->attach_prog_fd = fd < 0 ? 0 : fd;
		o->attach_btf_id = pl->bpf_type;
		o->expected_attach_type = pl->pr->kind == BTC_FEXIT ? BPF_TRACE_FEXIT
								    : BPF_TRACE_FENTRY;
		return fd < 0 ? -ENOENT : 0;
	}
	if (b && iter) {
		snprintf(name, sizeof(name), "bpf_iter_%s", pl->func);
		o->attach_btf_id = btc_kbtf_func(b, name);
		o->expected_attach_type = BPF_TRACE_ITER;
		snprintf(why, room, "this kernel has no iterator '%s'", pl->func);
		return o->attach_btf_id ? 0 : -ENOENT;
	}
	if (b && pl->typed) {
		o->attach_btf_id = btc_kbtf_raw_tp(b, pl->func);
		o->expected_attach_type = BPF_TRACE_RAW_TP;
		snprintf(why, room, "the kernel's BTF has no raw tracepoint '%s'", pl->func);
		if (!o->attach_btf_id || btc_module_btf_fd(pl->target, &fd))
			return -ENOENT;
		o->attach_btf_obj_fd = fd;
		return 0;
	}
	if (!b) {
		if (btc_kernel(r))
			snprintf(why, room, "module %s is not loaded or has no BTF", pl->target);
		else
			snprintf(why, room,
				 "fentry and fexit need a kernel with BTF (CONFIG_DEBUG_INFO_BTF)");
		return -ENOENT;
	}
	o->attach_btf_id = btc_kbtf_func(b, pl->func);
	if (!o->attach_btf_id || btc_module_btf_fd(pl->target, &fd)) {
		no_btf_function(pl, why, room);
		return -ENOENT;
	}
	o->attach_btf_obj_fd = fd;
	o->expected_attach_type = pl->pr->kind == BTC_FEXIT ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
	return 0;
}

/* libbpf's own loading tells its log through on_libbpf(); this does the same for clones. */
static int load_copy(struct btc_run *r, const struct bpf_program *prog, enum bpf_prog_type type,
		     const struct bpf_insn *insn, size_t n, struct bpf_prog_load_opts *o)
{
	const char *name = bpf_program__name(prog);
	size_t room = r->config.log_size > 65536 ? r->config.log_size : 65536;
	int fd;

	o->log_level = 0;
	o->log_buf = NULL;
	o->log_size = 0;
	fd = bpf_prog_load(type, name, "GPL", insn, n, o);
	if (fd >= 0)
		return fd;
	o->log_buf = calloc(1, room);
	if (!o->log_buf)
		return -ENOMEM;
	o->log_level = 1;
	o->log_size = room;
	fd = bpf_prog_load(type, name, "GPL", insn, n, o);
	if (fd < 0) {
		keep_log(r, o->log_buf);
		if (r->verbose)
			fprintf(stderr, "%s", o->log_buf);
	}
	free(o->log_buf);
	return fd;
}

static const char *kind_name(const struct btc_probe *pr)
{
	return pr->kind == BTC_ITER ? "iterator" : pr->kind == BTC_FEXIT ? "fexit" : "fentry";
}

/* Does the kernel refuse even a program there that does nothing? */
static bool refuses_any(const struct bpf_prog_load_opts *opts)
{
	LIBBPF_OPTS(bpf_prog_load_opts, o, .expected_attach_type = opts->expected_attach_type,
		    .attach_btf_id = opts->attach_btf_id, .attach_prog_fd = opts->attach_prog_fd);
	const struct bpf_insn insn[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd;

	if (!o.attach_prog_fd) /* the two share their place */
		o.attach_btf_obj_fd = opts->attach_btf_obj_fd;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "btc_probe", "GPL", insn, 2, &o);
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static int load_place(struct btc_run *r, struct bpf_program *prog, struct btc_place *pl,
		      const struct bpf_prog_load_opts *opts, struct bpf_insn *copy)
{
	struct bpf_prog_load_opts o = *opts;
	enum bpf_prog_type type = bpf_program__type(prog);
	size_t n = bpf_program__insn_cnt(prog);
	const char *where = pl->pr->where;
	char why[512], place[256];
	bool never;
	int err = 0;

	memcpy(copy, bpf_program__insns(prog), n * sizeof(*copy));
	pl->typed = is_typed(prog);
	if (is_tracing(pl->pr) || pl->typed) {
		type = BPF_PROG_TYPE_TRACING;
		err = set_target(r, pl, &o, why, sizeof(why));
		if (err && pl->pr->wild) {
			skip(r, pl, why);
			return 0;
		}
	}
	if (!err)
		err = btc_late_patch(r, copy, n, pl, why, sizeof(why), &where);
	if (err == -ENOENT)
		return drop(r, pl, where, why);
	if (err)
		return btc_fail(r, BTC_STATUS_LOAD, where, "%s", why);
	pl->prog_fd = load_copy(r, prog, type, copy, n, &o);
	err = pl->prog_fd;
	never = err < 0 && is_tracing(pl->pr) && refuses_any(&o);
	if (o.attach_btf_obj_fd)
		close(o.attach_btf_obj_fd);
	if (o.attach_prog_fd)
		close(o.attach_prog_fd);
	if (err >= 0)
		return 0;
	pl->prog_fd = -1;
	snprintf(place, sizeof(place), "%s", pl->pr->where);
	if (btc_gone_explain(r, why, sizeof(why), place, sizeof(place)))
		return drop(r, pl, place, why);
	if (pl->pr->wild && is_tracing(pl->pr)) { /* not all functions can be traced so */
		skip(r, pl, strerror(-err));
		return 0;
	}
	if (never) {
		err = btc_place_missing(
			r, pl->pr, BTC_STATUS_LOAD,
			"cannot attach to %s: this kernel takes no %s programs%s: %s", pl->name,
			kind_name(pl->pr), pl->pr->kind == BTC_ITER ? "" : " there",
			strerror(-err));
		pl->dropped = true;
		return err;
	}
	return btc_refused(r, pl->name, pl->pr->where, err);
}

static int load_clones(struct btc_run *r, struct bpf_program *prog,
		       const struct bpf_prog_load_opts *opts)
{
	const char *name = bpf_program__name(prog);
	struct bpf_insn *copy;
	unsigned i;
	int err = 0;

	copy = malloc(bpf_program__insn_cnt(prog) * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	for (i = 0; !err && i < r->nr_places; i++)
		if (!r->places[i].dropped && !strcmp(r->places[i].pr->prog, name))
			err = load_place(r, prog, &r->places[i], opts, copy);
	free(copy);
	return err;
}

/* Nothing but `return 0`, without the debug information of what was there. */
static int make_empty(struct bpf_program *prog, struct bpf_prog_load_opts *opts)
{
	struct bpf_insn empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	opts->func_info_cnt = 0;
	opts->line_info_cnt = 0;
	return bpf_program__set_insns(prog, empty, 2);
}

/* Called by libbpf for each program when it is relocated, before it is loaded. */
static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct btc_run *r = (struct btc_run *)cookie;
	const char *name = bpf_program__name(prog), *where = NULL;
	struct btc_place *pl = (struct btc_place *)place_of(r, name);
	char why[512];
	int err;

	r->loading = name;
	free(r->load_log);
	r->load_log = NULL;
	if (r->ask == BTC_ASK_CHECK)
		btc_check_note(bpf_program__insns(prog), bpf_program__insn_cnt(prog));
	btc_gone_note(r, bpf_program__insns(prog), bpf_program__insn_cnt(prog), opts);
	if (pl && (pl->pr->per_match || is_tracing(pl->pr))) {
		err = load_clones(r, prog, opts);
		return err ? err : make_empty(prog, opts);
	}
	err = btc_late_patch(r, (struct bpf_insn *)bpf_program__insns(prog),
			     bpf_program__insn_cnt(prog), pl, why, sizeof(why), &where);
	if (err == -ENOENT && pl) {
		do {
			err = drop(r, pl, where, why);
			pl = (struct btc_place *)place_of(r, name);
		} while (!err && pl);
		return err ? err : make_empty(prog, opts);
	}
	return err ? btc_fail(r, BTC_STATUS_LOAD, where, "%s", why) : 0;
}

static int register_handlers(struct btc_run *r)
{
	static const struct {
		const char *sec;
		enum bpf_prog_type type;
	} table[] = {
		{ "tp+", BPF_PROG_TYPE_TRACEPOINT },
		{ "kprobe+", BPF_PROG_TYPE_KPROBE },
		{ "kretprobe+", BPF_PROG_TYPE_KPROBE },
		{ "uprobe+", BPF_PROG_TYPE_KPROBE },
		{ "uretprobe+", BPF_PROG_TYPE_KPROBE },
		{ "usdt+", BPF_PROG_TYPE_KPROBE },
		{ "raw_tp+", BPF_PROG_TYPE_RAW_TRACEPOINT },
		{ "perf_event+", BPF_PROG_TYPE_PERF_EVENT },
		/* For libbpf only, which gets an empty one: it would read all of the kernel's BTF. */
		{ "fentry+", BPF_PROG_TYPE_RAW_TRACEPOINT },
		{ "fexit+", BPF_PROG_TYPE_RAW_TRACEPOINT },
		{ "tp_btf+", BPF_PROG_TYPE_RAW_TRACEPOINT },
		{ "iter+", BPF_PROG_TYPE_RAW_TRACEPOINT },
	};
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = (long)r,
		    .prog_prepare_load_fn = prepare);
	size_t i;
	int err;

	for (i = 0; i < BTC_COUNT(table); i++) {
		err = libbpf_register_prog_handler(table[i].sec, table[i].type, 0, &opts);
		if (err < 0)
			return err;
	}
	return 0;
}

/* --- the object --- */

static int open_object(struct btc_run *r, int *core_fd)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = r->p->name);
	const void *elf;
	char path[32];
	size_t size;

	elf = r->p->elf_bytes(&size);
	if (r->p->uses_core) {
		if (!btc_kernel(r))
			return btc_fail(
				r, BTC_STATUS_FACT, NULL,
				"this kernel has no type information (/sys/kernel/btf/vmlinux, CONFIG_DEBUG_INFO_BTF); the script reads kernel types");
		*core_fd = btc_core_btf(elf, size, &r->kernel);
		if (*core_fd >= 0) {
			snprintf(path, sizeof(path), "/proc/self/fd/%d", *core_fd);
			opts.btf_custom_path = path;
		} else {
			btc_verbose(r, "CO-RE takes libbpf's way: %s", strerror(-*core_fd));
		}
	}
	r->obj = bpf_object__open_mem(elf, size, &opts);
	return r->obj ? 0
		      : btc_fail(r, BTC_STATUS_LOAD, NULL,
				 "the BPF object cannot be read: %s; this is a bug of btc",
				 strerror(errno));
}

/*
 * Preallocated maps are faster and never fail to insert, but large ones waste
 * memory; a stack-sized key is large in itself.
 */
static void size_maps(struct btc_run *r)
{
	const struct btc_map *m = r->p->maps;
	const char *env = getenv("BPFTRACE_MAX_MAP_KEYS");
	unsigned long long bytes;
	struct bpf_map *map;
	unsigned i;

	map = bpf_object__find_map_by_name(r->obj, "btc_scratch");
	if (map && bpf_map__type(map) == BPF_MAP_TYPE_ARRAY) /* each CPU has its slots */
		bpf_map__set_max_entries(map, bpf_map__max_entries(map) * r->nr_cpus);
	for (i = 0; i < r->p->nr_maps; i++, m++) {
		map = bpf_object__find_map_by_name(r->obj, m->bpf_name);
		if (!map || !m->key)
			continue;
		if (env && !m->fixed_entries)
			bpf_map__set_max_entries(map, r->config.max_map_keys);
		if (m->is_lru)
			continue;
		bytes = (unsigned long long)BTC_ALIGN8(m->value_size) * bpf_map__max_entries(map) *
			(m->is_percpu ? r->nr_cpus : 1);
		if (bytes > PREALLOC_MAX || m->key_size > PREALLOC_KEY)
			bpf_map__set_map_flags(map, bpf_map__map_flags(map) | BPF_F_NO_PREALLOC);
		else
			bpf_map__set_map_flags(map, bpf_map__map_flags(map) & ~BPF_F_NO_PREALLOC);
	}
}

static int size_ring(struct btc_run *r)
{
	const char *env = getenv("BPFTRACE_PERF_RB_PAGES");
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, "btc_events");
	__u64 pages, bytes = sysconf(_SC_PAGESIZE);
	bool negative;

	if (!env || !map)
		return 0;
	if (btc_parse_int(env, &pages, &negative) || negative || !pages || pages > 1 << 18)
		return btc_fail(r, BTC_STATUS_FACT, NULL,
				"BPFTRACE_PERF_RB_PAGES=%s is no number of pages (1 to 262144)",
				env);
	while (bytes < pages * sysconf(_SC_PAGESIZE))
		bytes *= 2;
	return bpf_map__set_max_entries(map, bytes);
}

/* Programs whose attach points are all gone are not loaded. */
static void choose_programs(struct btc_run *r)
{
	struct bpf_program *prog;
	unsigned i;

	bpf_object__for_each_program(prog, r->obj)
		bpf_program__set_autoload(prog, place_of(r, bpf_program__name(prog)));
	for (i = 0; i < r->nr_places; i++)
		if (r->places[i].pr->setup && !r->places[i].dropped) {
			prog = bpf_object__find_program_by_name(r->obj, r->places[i].pr->setup);
			bpf_program__set_autoload(prog, true);
		}
	btc_choose_multi(r);
	btc_choose_umulti(r);
}

static int map_block(struct btc_run *r, const char *name, size_t size, int prot, void **mem)
{
	struct bpf_map *map = bpf_object__find_map_by_name(r->obj, name);

	/*
	 * Mapped here, because only libbpf's skeleton loader replaces the
	 * initial image of a data section by the live one.
	 */
	if (!map || bpf_map__value_size(map) < size)
		return -ENOENT;
	*mem = mmap(NULL, size, prot, MAP_SHARED, bpf_map__fd(map), 0);
	if (*mem == MAP_FAILED) {
		*mem = NULL;
		return -errno;
	}
	return 0;
}

static int find_maps(struct btc_run *r)
{
	struct bpf_map *ev = bpf_object__find_map_by_name(r->obj, "btc_events");
	struct bpf_map *prio = bpf_object__find_map_by_name(r->obj, "btc_prio");
	unsigned i;
	int err;

	if (!ev || !prio)
		return -ENOENT;
	err = map_block(r, ".data.btc", sizeof(*r->ctl), PROT_READ | PROT_WRITE, (void **)&r->ctl);
	if (!err && r->p->nr_warns) {
		r->warns_bytes = r->p->nr_warns * sizeof(*r->warns);
		r->warn_told = calloc(r->p->nr_warns, sizeof(*r->warn_told));
		err = r->warn_told ? map_block(r, ".data.warn", r->warns_bytes, PROT_READ,
					       (void **)&r->warns)
				   : -ENOMEM;
	}
	r->maps = calloc(r->p->nr_maps + 1, sizeof(*r->maps));
	r->zeroed = calloc(r->p->nr_maps + 1, sizeof(*r->zeroed));
	if (!r->maps || !r->zeroed)
		err = -ENOMEM;
	for (i = 0; !err && i < r->p->nr_maps; i++) {
		r->maps[i] = bpf_object__find_map_by_name(r->obj, r->p->maps[i].bpf_name);
		if (!r->maps[i])
			err = -ENOENT;
	}
	if (!err)
		err = btc_ring_open(&r->events, bpf_map__fd(ev), bpf_map__max_entries(ev));
	if (!err)
		err = btc_ring_open(&r->prio, bpf_map__fd(prio), bpf_map__max_entries(prio));
	return err;
}

/* Each attachment takes up to three descriptors. Best effort: more may not be allowed. */
static void raise_files(struct btc_run *r)
{
	rlim_t want = 3 * r->nr_places + r->p->nr_maps + 50;
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur >= want)
		return;
	lim.rlim_cur = want;
	if (lim.rlim_max < want)
		lim.rlim_max = want;
	if (!setrlimit(RLIMIT_NOFILE, &lim) || getrlimit(RLIMIT_NOFILE, &lim))
		return;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
}

/* The program that was refused needs what this kernel lacks: it goes, or the tool. 1: try again. */
static int drop_gone(struct btc_run *r)
{
	char why[512], place[256] = "";
	struct btc_place *pl;
	unsigned i;
	int err;

	pl = (struct btc_place *)place_of(r, r->loading);
	if (!pl || !btc_gone_explain(r, why, sizeof(why), place, sizeof(place)))
		return 0;
	do {
		err = drop(r, pl, *place ? place : pl->pr->where, why);
		pl = (struct btc_place *)place_of(r, r->loading);
	} while (!err && pl);
	for (i = 0; i < r->nr_places; i++) {
		if (r->places[i].prog_fd >= 0)
			close(r->places[i].prog_fd);
		r->places[i].prog_fd = -1;
	}
	return err ? err : 1;
}

/* 1: what could not be loaded may be left out. */
static int load_object(struct btc_run *r)
{
	int core_fd = -1, err;

	err = open_object(r, &core_fd);
	if (!err)
		err = btc_options_apply(r);
	if (!err)
		err = btc_late_values(r);
	if (!err)
		err = size_ring(r);
	if (!err)
		err = btc_usdt_size(r);
	if (!err)
		err = btc_uaddr_size(r);
	if (!err)
		err = btc_names_size(r);
	if (!err) {
		raise_files(r);
		size_maps(r);
		choose_programs(r);
		err = bpf_object__load(r->obj);
		if (err && !r->told && r->loading) {
			int gone = drop_gone(r);

			err = gone ? gone : err;
		}
		if (err < 0 && !r->told && r->loading) {
			const struct btc_place *pl = place_of(r, r->loading);

			err = btc_refused(r, r->loading, pl ? pl->pr->where : NULL, err);
		}
		if (err < 0 && !r->told) {
			if (r->no_map)
				btc_fail(r, BTC_STATUS_LOAD, NULL,
					 "the kernel refuses the map %s: %s", r->no_map->name,
					 strerror(-err));
			else
				btc_fail(r, BTC_STATUS_LOAD, NULL, "cannot load the BPF object: %s",
					 strerror(-err));
			btc_hint_privilege(err);
		}
	}
	if (core_fd >= 0)
		close(core_fd); /* libbpf reads it at load, not at open */
	return err;
}

int btc_load_sizes(struct btc_run *r)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = r->p->name);
	const void *elf;
	size_t size;

	current = r;
	libbpf_set_print(on_libbpf);
	elf = r->p->elf_bytes(&size);
	r->obj = bpf_object__open_mem(elf, size, &opts);
	if (!r->obj)
		return btc_fail(r, BTC_STATUS_LOAD, NULL, "the BPF object cannot be read: %s",
				strerror(errno));
	size_maps(r);
	return size_ring(r);
}

int btc_load(struct btc_run *r)
{
	int err;

	current = r;
	libbpf_set_print(on_libbpf);
	if (libbpf_set_memlock_rlim)
		libbpf_set_memlock_rlim(0); /* kernels from 5.11 do not need it */
	err = register_handlers(r);
	while (!err && (err = load_object(r)) > 0) {
		bpf_object__close(r->obj);
		r->obj = NULL;
		r->loading = NULL;
		err = 0;
	}
	if (!err) {
		err = find_maps(r);
		if (!err)
			err = btc_usdt_fill(r);
		if (!err)
			err = btc_uaddr_fill(r);
		if (!err)
			err = btc_names_fill(r);
		if (err && !r->told)
			btc_fail(
				r, BTC_STATUS_LOAD, NULL,
				"the BPF object lacks a map of the tables: %s; this is a bug of btc",
				strerror(-err));
	}
	btc_modules_close(r);
	if (!err)
		btc_tell_programs(r);
	return err;
}

void btc_unload(struct btc_run *r)
{
	btc_ring_close(&r->events);
	btc_ring_close(&r->prio);
	if (r->ctl)
		munmap(r->ctl, sizeof(*r->ctl));
	if (r->warns)
		munmap((void *)r->warns, r->warns_bytes);
	free(r->warn_told);
	free(r->maps);
	free(r->zeroed);
	free(r->load_log);
	free(r->lines);
	bpf_object__close(r->obj);
}
