// SPDX-License-Identifier: Apache-2.0
/*
 * C++ names as the source has them. The demangler is there only if the tool, or
 * the compiler, is linked with a C++ runtime.
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

extern char *__cxa_demangle(const char *name, char *buf, size_t *len, int *status)
	__attribute__((weak));

char *btc_demangle(const char *name)
{
	int status = -1;
	char *text;

	if (strncmp(name, "_Z", 2) || !__cxa_demangle)
		return NULL;
	text = __cxa_demangle(name, NULL, NULL, &status);
	return status ? NULL : text;
}

/* Where the parameters of a C++ name begin; NULL: nowhere. */
static char *parameters(const char *name)
{
	char *call = strstr(name, "operator()");

	return strchr(call ? call + strlen("operator()") : name, '(');
}

bool btc_is_cpp(const char *mangled, const char *want)
{
	char *text = btc_demangle(mangled), *params;
	bool match = text && btc_match(want, text);

	if (text && !match && !parameters(want)) {
		params = parameters(text);
		if (params)
			*params = '\0';
		match = btc_match(want, text);
	}
	free(text);
	return match;
}
