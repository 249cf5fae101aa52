/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the user half share.
 *
 * Functions return 0 or a negative errno unless they say otherwise. Whoever
 * reports an error to the user does it with btc_fail(), which returns
 * -ECANCELED; a caller that sees this value adds nothing to the message.
 */
#ifndef BTC_INTERNAL_H
#define BTC_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "btc.h"
#include "btc_options.h"

#define BTC_ALIGN8(n)		   (((n) + 7) & ~(size_t)7)
#define BTC_PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

struct btc_run;

/* --- out.c: buffered output --------------------------------------------------- */

#define BTC_OUT_BYTES (64 << 10)

/* When output is written: by itself when the rings run dry, or as -B says. */
enum btc_flush { BTC_FLUSH_DRY, BTC_FLUSH_LINE, BTC_FLUSH_NONE, BTC_FLUSH_FULL };

struct btc_out {
	char *buf;
	size_t len, room;
	int fd;	   /* -1: text stays in memory and the buffer grows */
	int err;   /* the first failed write; output is dropped from then on */
	__u8 mode; /* enum btc_flush */
};

int btc_out_init(struct btc_out *o, int fd);
void btc_out_free(struct btc_out *o);
void btc_out_flush(struct btc_out *o);
/* The end of one piece of output that began at @mark: flushes as -B says. */
void btc_out_piece(struct btc_out *o, size_t mark);
void btc_out_mem_slow(struct btc_out *o, const char *s, size_t len);
void btc_out_str(struct btc_out *o, const char *s);
void btc_out_pad(struct btc_out *o, char c, size_t n);
void btc_out_u64(struct btc_out *o, __u64 v);
void btc_out_s64(struct btc_out *o, __s64 v);
void btc_out_hex(struct btc_out *o, __u64 v); /* with 0x */
void btc_out_hex_bare(struct btc_out *o, __u64 v);
void btc_out_printf(struct btc_out *o, const char *fmt, ...) BTC_PRINTF_LIKE(2, 3);

static inline void btc_out_mem(struct btc_out *o, const char *s, size_t len)
{
	if (len > o->room - o->len) {
		btc_out_mem_slow(o, s, len);
		return;
	}
	__builtin_memcpy(o->buf + o->len, s, len);
	o->len += len;
}

static inline void btc_out_char(struct btc_out *o, char c)
{
	btc_out_mem(o, &c, 1);
}

/* --- msg.c: what is said on stderr ----------------------------------------------- */

enum { BTC_STATUS_FACT = 1, BTC_STATUS_LOAD = 255, BTC_STATUS_PIPE = 141 };

/* Says "WHERE: ERROR: text" and sets the exit status; @where may be NULL. */
int btc_fail(struct btc_run *r, int status, const char *where, const char *fmt, ...)
	BTC_PRINTF_LIKE(4, 5);
void btc_warning(struct btc_run *r, const char *where, const char *fmt, ...) BTC_PRINTF_LIKE(3, 4);
/* What goes wrong with one event: on stderr with the script's line, or a JSON message. */
void btc_trouble(struct btc_run *r, const struct btc_where *w, const char *fmt, ...)
	BTC_PRINTF_LIKE(3, 4);
void btc_hint(const char *fmt, ...) BTC_PRINTF_LIKE(1, 2);
/* From now on errors and warnings go to @listener, not to stderr; NULL: again. */
void btc_listen(void (*listener)(const char *where, const char *text));
void btc_verbose(const struct btc_run *r, const char *fmt, ...) BTC_PRINTF_LIKE(2, 3);
/* "FILE:LINE:C1-C2" */
void btc_where_text(char *buf, size_t room, const struct btc_where *w);
/* The source line and its underline. */
void btc_where_source(struct btc_out *o, const struct btc_where *w);
/* The calls of macros that led there. */
void btc_where_via(struct btc_out *o, const struct btc_where *w, const char *severity);
/* caps.c: a capability that the tool needs, or for want of which it shows less. */
#define BTC_MAX_CAPS 8

struct btc_cap {
	int nr;
	const char *name, *why;
	bool must, have;
};

unsigned btc_caps(struct btc_run *r, struct btc_cap *cap); /* fills BTC_MAX_CAPS of them at most */
/* Says which are missing. */
int btc_check_privilege(struct btc_run *r);
/* Once all is attached: keeps what it still needs. */
void btc_drop_caps(struct btc_run *r);
/* Names the one that some operations need, when @err is EPERM or EACCES. */
void btc_hint_privilege(int err);

/* refused.c: of the kernel, to load @prog; says why and returns -ECANCELED. @where: NULL: unknown. */
int btc_refused(struct btc_run *r, const char *prog, const char *where, int err);

/* notify.c: to NOTIFY_SOCKET, if there is one */
void btc_notify_ready(struct btc_run *r);
void btc_notify_stopping(struct btc_run *r);

/* --- number.c -------------------------------------------------------------------------- */

/*
 * The language's integer literals, as on a command line: 10, 0x1f, 0b101, 017,
 * 1_000, 1e6, 5ms, 10ull, with a sign. -EINVAL: no number, -ERANGE: too large.
 */
int btc_parse_int(const char *s, __u64 *magnitude, bool *negative);
int btc_parse_bool(const char *s, bool *value);

/* --- ring.c: one BPF ring buffer ----------------------------------------------------------- */

struct btc_ring {
	int fd;
	size_t mask, page;
	unsigned long *cons, *prod;
	char *data;
};

int btc_ring_open(struct btc_ring *r, int fd, size_t bytes);
void btc_ring_close(struct btc_ring *r);
/* The next record or NULL; a record is valid until btc_ring_next. */
const void *btc_ring_peek(const struct btc_ring *r, __u32 *size);
void btc_ring_next(struct btc_ring *r);
unsigned long btc_ring_pos(const struct btc_ring *r);

/* --- kbtf.c: the kernel's type information, read as raw bytes --------------------------------- */

struct btc_kbtf {
	const struct btc_kbtf *base; /* of a module's: vmlinux */
	const char *raw;
	size_t raw_size;
	const char *str;
	__u32 str_len;
	__u32 *off; /* of type first + i from raw */
	__u32 first, nr;
	__u32 *funcs; /* hash of the ids of functions, made on demand */
	__u32 funcs_mask;
};

int btc_kbtf_open(struct btc_kbtf *b, const char *path, const struct btc_kbtf *base);
void btc_kbtf_close(struct btc_kbtf *b);
const struct btf_type *btc_kbtf_type(const struct btc_kbtf *b, __u32 id);
const char *btc_kbtf_str(const struct btc_kbtf *b, __u32 off);
/* The id of function @name; 0: there is none. */
__u32 btc_kbtf_func(struct btc_kbtf *b, const char *name);
/* The id of raw tracepoint @name; 0: there is none. */
__u32 btc_kbtf_raw_tp(const struct btc_kbtf *b, const char *name);
/* The function prototype of function, or of raw tracepoint, @name; NULL. */
const struct btf_type *btc_kbtf_proto(struct btc_kbtf *b, const char *name, bool raw_tp);
/* Without typedefs and qualifiers. */
const struct btf_type *btc_kbtf_plain(const struct btc_kbtf *b, __u32 id);

/* --- core.c ---------------------------------------------------------------------------------------- */

/*
 * A memory file with the types that the object's CO-RE relocations name, for
 * btf_custom_path. -ENOTSUP: libbpf's own way must be taken.
 */
int btc_core_btf(const void *elf, size_t size, struct btc_kbtf *kernel);
/* Calls @need for each relocation: a struct or enum, and "a.b" in it or "". */
typedef void (*btc_core_need)(const char *type, const char *path, bool must, void *arg);
int btc_core_needs(const void *elf, size_t size, btc_core_need need, void *arg);

/* --- facts.c: for late values ------------------------------------------------------------------------ */

__s64 btc_tai_offset(struct btc_run *r);	/* CLOCK_TAI - CLOCK_BOOTTIME, in ns */
void btc_pid_namespace(__u64 *dev, __u64 *ino); /* 0 for the initial one */
bool btc_kfunc_exist(struct btc_run *r, const char *name);
bool btc_kfunc_allowed(struct btc_run *r, const char *name); /* "SECTION:FUNCTION" */
/*
 * A line in postfix, words separated by blanks: 0, 1, eFUNCTION (exists),
 * aSECTION:FUNCTION (allowed), !, & and |. What follows the line is not looked at.
 */
bool btc_assert(struct btc_run *r, const char *text);

/* --- tracefs.c --------------------------------------------------------------------------------------- */

struct btc_strs {
	char **s;
	size_t nr, room;
};

int btc_strs_add(struct btc_strs *l, const char *s);
void btc_strs_sort(struct btc_strs *l); /* and removes doubles */
void btc_strs_free(struct btc_strs *l);

/* The directory of tracefs, or NULL. */
const char *btc_tracefs(void);
/* "cat:event" of all that match. */
int btc_tracefs_events(const char *cat, const char *event, struct btc_strs *out);
bool btc_match(const char *pattern, const char *s);
/* Up to three names near @name, as "a, b or c"; empty if none is near. */
void btc_near(const struct btc_strs *l, const char *name, char *buf, size_t room);
/*
 * Edits to make @b from @a, or @max + 1 if it takes more. Swapped neighbours, the commonest typing
 * error, are one edit; case does not count.
 */
unsigned btc_distance(const char *a, const char *b, unsigned max);

/* Where a context field lies on the target. */
struct btc_bound {
	__u16 off;
	__u16 size;
	bool is_signed;
	bool is_slot; /* in 8 bytes at off, whatever its size */
	bool is_array, is_data_loc, is_rel_loc;
};

int btc_tracefs_field(const char *event, const char *name, struct btc_bound *f);
int btc_tracefs_id(const char *cat, const char *event);
/* The names of all fields of @event. */
int btc_tracefs_fields(const char *event, struct btc_strs *out);

/* --- functions.c: what can be traced in the kernel -------------------------------------------------------- */

/* "function" or "module:function" of all that match and may be probed. */
int btc_functions(const char *module, const char *pattern, struct btc_strs *out);
/* Is @name a function that can be traced? Also tells its module, if it has one. */
int btc_function_find(const char *module, const char *name);
/* --traceable-functions: read the list from @path from now on. */
void btc_functions_from(const char *path);
/* Would a probe there hang or flood the machine? Patterns leave it out. */
bool btc_function_is_unsafe(const char *name);
/* Names near @name, as btc_near() tells them. */
void btc_function_near(const char *name, char *buf, size_t room);

/* --- modules.c ----------------------------------------------------------------------------------------- */

/* Also true for "", "vmlinux" and patterns. */
bool btc_module_is_loaded(const char *module);
/* All that have BTF, by name. */
int btc_modules(struct btc_strs *out);
/* The descriptor of a module's BTF, for functions that it defines; 0: the kernel's own. */
int btc_module_btf_fd(const char *module, int *fd);
/* In which module @func is, if fentry or fexit @pr does not say it; several: told. */
int btc_function_home(struct btc_run *r, const struct btc_probe *pr, const char *func,
		      const char **module);
void btc_homes_free(struct btc_run *r);
struct btc_kbtf *btc_kernel(struct btc_run *r);
/* The BTF of @module ("" and "vmlinux": the kernel's own); NULL. */
struct btc_kbtf *btc_module(struct btc_run *r, const char *module);
void btc_modules_close(struct btc_run *r);

/* --- places.c: attach points as they are on the target -------------------------------------------------------- */

struct btc_place {
	const struct btc_probe *pr;
	char *name; /* as `probe` prints it */
	/* Index of the first place of this name: the BPF cookie, and what `probe` is in records. */
	unsigned number;
	char *target,
		*func; /* resolved: category and event, module and function, file and symbol */
	__u64 offset;  /* in the function; of user probes in the file */
	__u64 rate, address;
	__u32 bpf_id, bpf_type; /* fentry:bpf: the program, and its function's type */
	int prog_fd;		/* of a clone; -1: the program's own */
	bool dropped;		/* by missing_probes, as a double, by --probe-filter */
	bool filtered;		/* the latter */
	bool multi;		/* attached by a kprobe_multi link */
	bool typed;		/* a raw tracepoint whose program sees typed pointers */
	bool attached;
};

/* A pattern that nothing matches. */
struct btc_none {
	const struct btc_probe *pr;
	char *text;
};

int btc_places(struct btc_run *r);
void btc_places_free(struct btc_run *r);
struct btc_place *btc_place_add(struct btc_run *r, const struct btc_probe *pr, const char *name,
				const char *target, const char *func);
/* An attach point that cannot be had: error, warning or silence (missing_probes). */
int btc_place_missing(struct btc_run *r, const struct btc_probe *pr, int status, const char *fmt,
		      ...) BTC_PRINTF_LIKE(4, 5);
/* The same for a pattern, told if no other member of its list matches anything either. */
int btc_place_none(struct btc_run *r, const struct btc_probe *pr, const char *fmt, ...)
	BTC_PRINTF_LIKE(3, 4);
int btc_places_user(struct btc_run *r, const struct btc_probe *pr, const char *target,
		    const char *func); /* places_user.c */
/*
 * userfiles.c: the files that @target names, seen from @pid (0: nobody); of
 * pattern none, one or many. -ENOENT and an empty list: there is none.
 */
int btc_find_files(pid_t pid, const char *target, struct btc_strs *out);
/* The files that @target names; without '*' only the first counts. None: told, as missing_probes says. */
int btc_user_files(struct btc_run *r, const struct btc_probe *pr, const char *target,
		   struct btc_strs *files);
/* places_bpf.c; @id: a number or a pattern, "" for any */
int btc_places_bpf(struct btc_run *r, const struct btc_probe *pr, const char *id, const char *func,
		   const char *name);
int btc_places_watch(struct btc_run *r, const struct btc_probe *pr, const char *func);
int btc_places_usdt(struct btc_run *r, const struct btc_probe *pr, const char *target,
		    const char *ns, const char *name); /* attach_usdt.c */

/* --- elf.c: symbols of files --------------------------------------------------------------------------------------- */

struct btc_elf_sym {
	__u64 addr, size; /* virtual */
	__u32 name;	  /* offset in names */
	__u32 rank;	  /* of several at one address the lowest wins */
};

struct btc_elf {
	struct btc_elf_seg {
		__u64 off, addr, size;
	} * seg; /* executable PT_LOAD */
	size_t nr_segs;
	struct btc_elf_sym *sym; /* ascending by addr */
	size_t nr, room;
	char *names;
	size_t names_len, names_room;
	char build_id[41];
	char debug_name[64]; /* of its debug information (.gnu_debuglink), "" if it says none */
	__u32 debug_crc;
	bool is_dyn;
	__u16 machine; /* EM_X86_64, … */
};

int btc_elf_open(struct btc_elf *e, const char *path);
/* A symbol of any kind, by name. -ENOENT. */
int btc_elf_symbol(const struct btc_elf *e, const char *path, const char *name, __u64 *addr,
		   __u64 *size);
/* cpp.c: @name as the source has it, malloc()ed; NULL: it is no C++ name. */
char *btc_demangle(const char *name);
/* Does a C++ name match, with or without its parameters? */
bool btc_is_cpp(const char *mangled, const char *want);
/* debugfile.c: the path of the debug information of @e, which is @path. */
bool btc_debug_file(const struct btc_elf *e, const char *path, char *out, size_t room);
/* --debuginfo: "DIR:DIR", kept; before those of earlier calls' and the system's own. */
void btc_debug_dirs(const char *dirs);
void btc_elf_close(struct btc_elf *e);
bool btc_elf_is_ours(__u16 machine); /* can programs for it run here? */
const char *btc_elf_error(int err);  /* why a file cannot be probed; -ELIBBAD: it is not ours */
int btc_elf_to_offset(const struct btc_elf *e, __u64 addr, __u64 *off);
int btc_elf_to_addr(const struct btc_elf *e, __u64 off, __u64 *addr);
const struct btc_elf_sym *btc_elf_find(const struct btc_elf *e, __u64 addr);
const char *btc_elf_name(const struct btc_elf *e, const struct btc_elf_sym *s);

/* --- symbols ----------------------------------------------------------------------------------------------------------- */

struct btc_ksym {
	__u64 addr;  /* asked for */
	__u64 start; /* of the symbol; 0: unknown */
	char name[64];
};

struct btc_ksyms {
	struct btc_ksym *sym; /* ascending by addr once resolved */
	size_t nr, room;
	bool dirty;
	unsigned passes; /* over the whole of kallsyms */
	char *table;	 /* kept once there were many passes */
	size_t table_len;
};

void btc_ksyms_want(struct btc_ksyms *k, __u64 addr);
int btc_ksyms_resolve(struct btc_ksyms *k);
const struct btc_ksym *btc_ksyms_find(const struct btc_ksyms *k, __u64 addr);
void btc_ksyms_free(struct btc_ksyms *k);
/* The address of @name; -ENOENT. */
int btc_ksyms_addr(const char *name, __u64 *addr);

struct btc_usyms;

struct btc_usym_hit {
	const char *name;     /* NULL: unknown; valid until the next lookup */
	__u64 off;	      /* in the symbol */
	const char *path;     /* of the file, NULL: none */
	const char *build_id; /* NULL: none */
	__u64 file_off;
};

void btc_usyms_lookup(struct btc_run *r, __u32 pid, __u64 addr, struct btc_usym_hit *hit);
/* Addresses of this process are recorded, right now: its mappings are kept. */
void btc_usyms_saw(struct btc_run *r, __u32 pid);
void btc_usyms_snapshot(struct btc_run *r, __u32 pid); /* for when it has exited */
void btc_usyms_follow(struct btc_run *r, __u32 pid);   /* while it starts */
void btc_usyms_free(struct btc_run *r);

/* --- warn.c ------------------------------------------------------------------------------------------------------------------- */

struct btc_warn_told {
	__u64 count, ms;
};

void btc_warn_check(struct btc_run *r, bool last);

/* --- child.c --------------------------------------------------------------------------------------------------------------------- */

struct btc_child {
	pid_t pid;
	char *path; /* of its program */
	int go;	    /* write end of the pipe that holds it back */
	int pidfd;
};

int btc_child_new(struct btc_run *r, const char *cmd);
int btc_child_start(struct btc_run *r);
void btc_child_free(struct btc_run *r);

/* What is wanted instead of tracing. */
enum btc_ask {
	BTC_ASK_NOTHING,
	BTC_ASK_LIST,
	BTC_ASK_CHECK,
	BTC_ASK_INFO,
	BTC_ASK_SOURCE,
	BTC_ASK_DRY_RUN
};

/* --- the run ------------------------------------------------------------------------------------------------------------------------ */

struct btc_link {
	int fd;	     /* -1: none, an old perf event holds the program */
	int perf_fd; /* -1: none */
};

struct btc_run {
	const struct btc_program *p;
	struct btc_config config; /* p->config and the environment */
	struct bpf_object *obj;
	struct btc_kbtf kernel; /* opened on demand */
	struct btc_kbtf *modules;
	struct btc_ctl *ctl;
	struct btc_ring events, prio;
	struct btc_link *links;
	unsigned nr_links, nr_attached, nr_skipped; /* matches of patterns that cannot be traced */
	struct btc_watch *watches;		    /* what is watched now */
	unsigned nr_watches;
	struct btc_usdt *usdt;	      /* NULL: no such probes */
	const struct btc_place *iter; /* NULL: none */
	int iter_fd;
	struct btc_place *places;
	unsigned nr_places, nr_live; /* attached ones that keep the tool alive */
	struct btc_strs *homes; /* by probe: modules that have the function; NULL: not looked for */
	struct btc_none *none;
	unsigned nr_none;
	bool expanding; /* patterns; what does not match waits for the rest of its list */
	bool telling;	/* of them */
	struct bpf_map **maps;
	bool *zeroed; /* by map: an empty scalar was zero()ed */
	const struct btc_warn *warns;
	size_t warns_bytes;
	struct btc_warn_told *warn_told;
	__u64 warn_ms; /* of the last look */

	/* command line */
	char **param;	    /* positional, [1..nr_param] */
	const char **given; /* by option: its text, NULL: default; within param */
	unsigned nr_param;
	pid_t pid; /* -p */
	int pidfd;
	const char *cmd; /* -c */
	struct btc_child child;
	struct btc_packets *packets; /* NULL: no skboutput() */
	__u64 lost_packets;
	bool quiet, verbose, all_warnings, no_warnings;
	bool json;
	bool no_kprobe_multi, no_uprobe_multi;
	bool mode_test, mode_bench; /* run these probes, and nothing else */
	int notify_fd;		    /* -1: nobody wants to know */
	enum btc_ask ask;
	const char *filter; /* --probe-filter */

	unsigned nr_cpus;
	struct btc_ksyms ksyms;
	struct btc_usyms *usyms;
	struct btc_out out, tmp, key;
	struct btc_out later; /* JSON messages that wait for the end of one */
	bool json_open;
	char *load_log;		     /* end of the verifier's words */
	struct bpf_line_info *lines; /* of that program, if CO-RE left holes in it */
	__u32 nr_lines;
	const char *loading;	      /* name of the program being loaded */
	const struct btc_map *no_map; /* that the kernel did not create */
	__u64 lost_told;
	bool exiting, told;
	struct btc_out capture;	 /* of a test */
	bool capturing, errored; /* a test runs: errorf goes to r->out, and fails it */
	int status;
};

int btc_options(struct btc_run *r, int argc, char **argv); /* options.c; 1: done, leave */
const struct btc_option *btc_script_option(const struct btc_program *p, const char *name,
					   size_t len);
int btc_options_apply(struct btc_run *r); /* to .rodata */
/* @s with $N replaced; malloc()ed. */
char *btc_subst(const struct btc_run *r, const char *s);
char *btc_rodata(struct btc_run *r, __u32 off, __u32 size);

/* asked.c: --list, --info, --source; the places are there. */
int btc_asked(struct btc_run *r);
/* need.c: --check */
int btc_check(struct btc_run *r);
/* Notes which helpers a program calls. */
void btc_check_note(const struct bpf_insn *insn, size_t n);
/* Drops the places whose names --probe-filter does not match. */
void btc_filter_places(struct btc_run *r);

/* regex.c; --probe-filter */
bool btc_regex_valid(const char *re);
bool btc_regex_search(const char *re, const char *text);

/* help.c */
void btc_help(FILE *f, const struct btc_program *p);
void btc_help_usage(FILE *f, const struct btc_program *p);  /* one line */
void btc_help_script(FILE *f, const struct btc_program *p); /* its options and parameters */
void btc_help_list(const struct btc_program *p);	    /* what `-- --help` shows */

int btc_env(struct btc_run *r); /* env.c */

int btc_load(struct btc_run *r); /* load.c */
/* For --info: opens the object and sizes its maps, loads nothing. */
int btc_load_sizes(struct btc_run *r);
void btc_unload(struct btc_run *r);
/* With -v: what was loaded (programs.c). */
void btc_tell_programs(struct btc_run *r);

/* gone.c: what CO-RE did not find */
void btc_gone_note(struct btc_run *r, const struct bpf_insn *insn, size_t n,
		   const struct bpf_prog_load_opts *opts);
/* Did the last load fail for that? Then @why says what is missing, @where the place of its use. */
bool btc_gone_explain(struct btc_run *r, char *why, size_t room, char *where, size_t where_room);

int btc_late_values(struct btc_run *r); /* late.c */
/* Binds a program's instructions to @place; -ENOENT: a field is missing, @why says which. */
int btc_late_patch(struct btc_run *r, struct bpf_insn *insn, size_t n,
		   const struct btc_place *place, char *why, size_t room, const char **where);

int btc_attach(struct btc_run *r); /* attach.c */
void btc_detach(struct btc_run *r);
int btc_run_once(struct btc_run *r, const struct btc_probe *pr);
int btc_run_prog(struct btc_run *r, const struct btc_probe *pr, __u32 *retval);
int btc_link_add(struct btc_run *r, int fd, int perf_fd);
int btc_place_prog(struct btc_run *r, const struct btc_place *pl); /* its program's fd */
/* The cookie is the place's number and above it @spec. */
int btc_attach_perf_fd(struct btc_run *r, int prog_fd, int perf_fd, unsigned index, __u32 spec);
int btc_attach_kernel(struct btc_run *r, unsigned index); /* attach_kernel.c */
/* One link for all matches of the attach point that @first is one of. */
int btc_attach_multi(struct btc_run *r, const struct btc_place *first);
/* attach_umulti.c: the same for uprobes, a link for each file. */
int btc_attach_umulti(struct btc_run *r, const struct btc_place *first);
void btc_choose_umulti(struct btc_run *r);
bool btc_is_uprobe(const struct btc_probe *pr);
/* Says that @pl cannot be attached; 0: a pattern or missing_probes lets that pass. */
int btc_attach_failed(struct btc_run *r, const struct btc_place *pl, int err);
/* Which programs go by kprobe_multi links; before they are loaded. */
void btc_choose_multi(struct btc_run *r);
bool btc_has_kprobes(void);
#define BTC_NO_KPROBES \
	"cannot attach to %s: this kernel has no kprobes (CONFIG_KPROBES, CONFIG_KPROBE_EVENTS)"
int btc_attach_watch(struct btc_run *r, unsigned index); /* attach_watch.c */
void btc_watch(struct btc_run *r, __u32 id, unsigned probe, __u64 addr);
void btc_unwatch(struct btc_run *r, __u64 addr);
void btc_watch_end(struct btc_run *r);
int btc_attach_usdt(struct btc_run *r, unsigned index); /* attach_usdt.c */
/* A uprobe's perf event in the file of @pl, for the process of -p or -c if there is one. */
int btc_open_uprobe(struct btc_run *r, const struct btc_place *pl, __u64 off, __u64 ref_off);
/* uaddr.c: the map of what uaddr() asks for. */
__u64 btc_uaddr_first(const struct btc_run *r, const struct btc_late *late);
bool btc_wants_uaddr(const struct btc_run *r);
int btc_uaddr_size(struct btc_run *r);
int btc_uaddr_fill(struct btc_run *r);
int btc_usdt_size(struct btc_run *r); /* before load */
int btc_usdt_fill(struct btc_run *r); /* after it */
int btc_names_size(struct btc_run *r);
int btc_names_fill(struct btc_run *r);
void btc_usdt_free(struct btc_run *r);
int btc_attach_iter(struct btc_run *r, unsigned index);	 /* attach_iter.c */
int btc_run_iter(struct btc_run *r);			 /* reads or pins it, if there is one */
int btc_attach_user(struct btc_run *r, unsigned index);	 /* attach_user.c */
int btc_attach_clock(struct btc_run *r, unsigned index); /* attach_perf.c */
int btc_attach_event(struct btc_run *r, unsigned index);

/* testmode.c */
bool btc_mode_has(const struct btc_run *r, const struct btc_probe *pr); /* does it run at all? */
int btc_mode_check(struct btc_run *r); /* is there anything to run? */
int btc_mode_run(struct btc_run *r);   /* the tests, or the benchmarks */
void btc_discard(struct btc_run *r);   /* run.c: all records that wait */

/* event.c */
void btc_handle(struct btc_run *r, const void *rec, __u32 size);
size_t btc_drain(struct btc_run *r, size_t budget);

/* A record or, with size 0, an object without tail. */
struct btc_rec {
	const char *base;
	__u32 size;
};

/* value.c */
void btc_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at,
	       const struct btc_rec *rec);
void btc_value_member(struct btc_run *r, struct btc_out *o, const struct btc_member *m,
		      const char *base, const struct btc_rec *rec);
__u64 btc_load_int(const struct btc_type *t, const char *at); /* sign-extended */
__u64 btc_member_int(const struct btc_member *m, const char *base);
const char *btc_load_bytes(const struct btc_type *t, const char *at, const struct btc_rec *rec,
			   size_t *len, bool *cut);
bool btc_member_fits(const struct btc_member *m, const struct btc_rec *rec);

/* stack.c */
void btc_stack(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at);
void btc_usym_print(struct btc_run *r, struct btc_out *o, const struct btc_usym *u);
void btc_ksym_print(struct btc_run *r, struct btc_out *o, __u64 addr);
/* Collects the kernel addresses in an object, to be resolved in one pass. */
void btc_want_ksyms(struct btc_run *r, const struct btc_type *t, const char *at);

/* format.c */
void btc_format(struct btc_run *r, struct btc_out *o, const struct btc_action *a,
		const struct btc_rec *rec);

/* hist.c */
struct btc_bucket {
	__s64 min, max; /* both inclusive */
	bool has_min, has_max;
};
void btc_hist_print(struct btc_out *o, const struct btc_type *t, const __u64 *slot, __s64 div);
/* From the first slot that is not zero to behind the last; the divisor that counts. */
__u64 btc_hist_range(const struct btc_type *t, const __u64 *slot, __s64 div, unsigned *first,
		     unsigned *last);
void btc_hist_bucket(const struct btc_type *t, unsigned slot, struct btc_bucket *b);
unsigned btc_hist_slots(const struct btc_type *t);

/* clock.c */
__u64 btc_now_ms(void);
/* Formats with %f %k %l; returns the length, 0: failed or empty. */
size_t btc_strftime(char *buf, size_t room, const char *fmt, __u64 realtime_ns);
void btc_timestamp(struct btc_run *r, struct btc_out *o, const struct btc_timestamp *ts);
__u64 btc_realtime_ns(__u32 mode, __u64 ns);

/* proc.c */
void btc_username(struct btc_out *o, __u64 uid);
/* "unified:/a/b"; only if the program's filter matches the type of the hierarchy. */
void btc_cgroup_path(struct btc_run *r, struct btc_out *o, const struct btc_cgroup *cg);
int btc_cgroup_id(const char *path, __u64 *id);
int btc_cat(struct btc_run *r, const char *path, const struct btc_where *w);
int btc_system(struct btc_run *r, const char *cmd);

/* mapread.c: maps to memory */
struct btc_table {
	const struct btc_map *map;
	const struct btc_tseries_ops *tseries;
	const struct btc_run *r; /* for names of probes; NULL: sorted by number */
	char *entry;		 /* key, padded to 8; one merged value, padded to 8 */
	size_t stride, key, nr, room;
};

/* Else an array of one element. */
static inline bool btc_map_is_hash(const struct btc_map *m)
{
	return m->key || m->value->kind == BTC_TSERIES_T;
}

int btc_table_read(struct btc_run *r, unsigned map, struct btc_table *t);
void btc_table_free(struct btc_table *t);
/* Appends an entry; @vals are @nr_vals values of BTC_ALIGN8(value_size) bytes, merged. */
int btc_table_add(struct btc_table *t, const void *key, const char *vals, unsigned nr_vals);
void btc_table_init(struct btc_table *t, const struct btc_map *m);
void btc_table_sort(struct btc_table *t);
int btc_map_clear(struct btc_run *r, unsigned map);
int btc_map_zero(struct btc_run *r, unsigned map);

/* tseries.c; reached through the program, which has it only if it needs it. */
struct btc_tseries_ops {
	void (*merge)(const struct btc_type *t, struct btc_tseries *dst,
		      const struct btc_tseries *src);
	void (*print)(struct btc_run *r, struct btc_table *t);
};

/* packets.c; reached through the program, as above */
struct btc_packet_ops {
	int (*open)(struct btc_run *r);
	int (*fd)(const struct btc_run *r); /* for epoll */
	void (*drain)(struct btc_run *r);
	void (*close)(struct btc_run *r);
};

/* mapprint.c */
int btc_map_print(struct btc_run *r, unsigned map, __s64 top, __s64 div, bool at_exit);
void btc_table_print(struct btc_run *r, struct btc_table *t, __s64 top, __s64 div);
void btc_map_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *val,
		   __s64 div);
/* Of an integer or an aggregation: the number; of stats: the average. */
__u64 btc_map_number(const struct btc_type *t, const char *val, __s64 div);
/* "[a, b]", in JSON "a,b" and a colon; nothing if there are no keys. */
void btc_key_print(struct btc_run *r, const struct btc_map *m, const char *key);

/* --- json.c: -f json ------------------------------------------------------------------------------------------------------------------ */

/*
 * Appends text as the inside of a string and returns how many bytes it took:
 * all but the beginning of a character, which may go on, unless it is @last.
 */
size_t btc_json_part(struct btc_out *o, const char *s, size_t len, bool last);
void btc_json_number(struct btc_out *o, bool is_signed, __u64 v);
void btc_json_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t, const char *at,
		    const struct btc_rec *rec);
void btc_json_member(struct btc_run *r, struct btc_out *o, const struct btc_member *m,
		     const char *base, const struct btc_rec *rec);
void btc_json_map_value(struct btc_run *r, struct btc_out *o, const struct btc_type *t,
			const char *val, __s64 div);
void btc_json_key(struct btc_run *r, const char *s, size_t len); /* @s lies in r->key */
/* {"type": "map", "data": {"@x": …}}; what stands between is the caller's. */
void btc_json_map_begin(struct btc_run *r, const struct btc_map *m);
void btc_json_map_end(struct btc_run *r, const struct btc_map *m);
/* {"type": "TYPE", …}; the members between are the caller's. */
void btc_json_begin(struct btc_run *r, const char *type);
void btc_json_end(struct btc_run *r);

/* Whole messages. */
void btc_json_text(struct btc_run *r, const char *type, const char *s, size_t len);
void btc_json_count(struct btc_run *r, const char *type, const char *what, __u64 n);
void btc_json_print(struct btc_run *r, const struct btc_member *f, const struct btc_rec *rec);
void btc_json_test(struct btc_run *r, const char *name, __u64 ns, bool passed, const char *s,
		   size_t len);
void btc_json_bench(struct btc_run *r, const char *name, __u64 average, __u64 iters);

struct btc_json_msg {
	const char *type, *text;
	size_t len;
	const char *helper; /* NULL: none */
	__s64 retcode;
	const struct btc_where *where; /* NULL: not known */
	__u64 count;		       /* shown if more than 1 */
};

void btc_json_message(struct btc_run *r, const struct btc_json_msg *m);

#endif
