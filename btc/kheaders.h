/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the kernel's headers are, and how clang is told: Debian's linux-headers
 * packages, other distributions' like them, or a tree that the environment names.
 */
#ifndef BTC_KHEADERS_H
#define BTC_KHEADERS_H

#include "util.h"

/* Two directories where what was generated is kept apart, else twice the same. */
struct kheaders {
	const char *source, *build;
};

typedef VEC(const char *) word_list;

/*
 * $BPFTRACE_KERNEL_SOURCE and $BPFTRACE_KERNEL_BUILD; else those installed for the
 * kernel @release (NULL: the running one); else the newest installed ones: types
 * come from BTF, what headers have besides is macros, and they change slowly.
 */
bool kheaders__find(struct arena *a, const char *release, struct kheaders *k);

/* A hint for when there are none, and the script includes @header. */
const char *kheaders__none(struct arena *a, const char *header);

/* Adds the options with which clang takes them, the system's own headers coming last. */
void kheaders__add_args(struct arena *a, const struct kheaders *k, word_list *argv);

#endif
