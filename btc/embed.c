// SPDX-License-Identifier: Apache-2.0
/* The script's own text in its tool, for --source: packed if that is worth a look. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "hash.h"
#include "plan.h"

#define PACK_FROM 1024 /* bytes */

static void bytes(struct buf *out, const unsigned char *s, size_t len)
{
	buf__str(out, "\nstatic const char script_text[] = {");
	for (size_t i = 0; i < len; i++)
		buf__printf(out, "%s%d,", i % 20 ? " " : "\n\t", (signed char)s[i]);
	buf__str(out, "\n};\n");
}

uint32_t embed__text(const struct plan *p, struct buf *out)
{
	const struct source *src = p->script;
	uLongf room = compressBound(src->len);
	Bytef *packed = src->len < PACK_FROM ? NULL : malloc(room);
	bool ok = packed && compress2(packed, &room, (const Bytef *)src->text, src->len, 9) == Z_OK;

	if (p->no_text) {
		ok = false;
	} else if (ok) {
		bytes(out, packed, room);
	} else {
		buf__str(out, "\nstatic const char script_text[] = ");
		buf__quote(out, src->text, src->len);
		buf__str(out, ";\n");
	}
	free(packed);
	return ok ? (uint32_t)room : 0;
}

void embed__members(const struct plan *p, struct buf *out, uint32_t packed_len)
{
	char hex[HASH_HEX];
	struct hash h;

	hash__init(&h);
	hash__add(&h, p->script->text, p->script->len);
	hash__hex(&h, hex);
	if (!p->no_text)
		buf__printf(out, "\t.text = script_text,\n\t.text_len = %zu,\n", p->script->len);
	if (packed_len)
		buf__printf(out, "\t.packed_len = %" PRIu32 ",\n", packed_len);
	buf__printf(out, "\t.text_hash = \"%s\",\n", hex);
	if (p->object_hash)
		buf__printf(out, "\t.object_hash = \"%s\",\n", p->object_hash);
	if (p->made_for) {
		buf__str(out, "\t.made_for = ");
		buf__quote(out, p->made_for, strlen(p->made_for));
		buf__str(out, ",\n");
	}
}
