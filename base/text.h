/* SPDX-License-Identifier: Apache-2.0
 *
 * Counted slices. gw_text is characters, gw_bytes is octets; neither owns what it points at, and
 * neither is NUL-terminated: strings with a NUL exist only at library borders (gw_text_to_c).
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct gw_text {
    const char *at;
    size_t length;
} gw_text;

typedef struct gw_bytes {
    const uint8_t *at;
    size_t length;
} gw_bytes;

#define GW_TEXT(literal) ((gw_text){"" literal, sizeof(literal) - 1})
/* For printf("%.*s", GW_TEXT_ARGS(text)). */
#define GW_TEXT_ARGS(text) ((int)((text).length > 4096 ? 4096 : (text).length)), (text).at

gw_text gw_text_from_c(const char *text); /* NULL gives the empty text */
bool gw_text_equal(gw_text left, gw_text right);
bool gw_text_is(gw_text text, const char *literal);
bool gw_text_starts(gw_text text, const char *prefix);
int gw_text_compare(gw_text left, gw_text right); /* bytewise, shorter first; locale-free */
bool gw_bytes_equal(gw_bytes left, gw_bytes right);

/* Position of the first `wanted` or text.length. */
size_t gw_text_find(gw_text text, char wanted);
gw_text gw_text_part(gw_text text, size_t from, size_t to); /* clamped to the text */
gw_text gw_text_trim(gw_text text);                         /* blanks, tabs, CR, LF */
/* Takes the piece before `separator` off the front of rest; the last piece empties rest. */
gw_text gw_text_split(gw_text *rest, char separator);

/* Copies that live as long as the arena. */
GW_MUST_CHECK gw_status gw_text_copy(gw_arena *arena, gw_text text, gw_text *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_text_to_c(gw_arena *arena, gw_text text, const char **ret,
                                     gw_fault *reterr);

/* Lower-case hex without prefix; out has room for 2 * count + 1 and is NUL-terminated. */
void gw_hex_print(const uint8_t *bytes, size_t count, char *out);
/* Exactly count bytes, with or without 0x, any case. */
GW_MUST_CHECK gw_status gw_hex_parse(gw_text text, uint8_t *ret, size_t count, gw_fault *reterr);

/* True for the characters allowed in identifiers of devices, meters, parties: A-Z a-z 0-9 . _ : -
 * and 1 to 64 of them. */
bool gw_text_is_name(gw_text text);
