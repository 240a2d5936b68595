/* SPDX-License-Identifier: Apache-2.0
 *
 * Public identifiers: UUID version 7, made from a time and random bytes that the shell hands in.
 * Pure.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

typedef struct gw_uuid {
    uint8_t bytes[16];
} gw_uuid;

enum { GW_UUID_TEXT_SIZE = 37, GW_UUID_RANDOM_BYTES = 10 };

gw_uuid gw_uuid_make(gw_instant now, const uint8_t random[GW_UUID_RANDOM_BYTES]);
/* The 36-character form, any case; any version is read, because foreign ids come in too. */
GW_MUST_CHECK gw_status gw_uuid_parse(gw_text text, gw_uuid *ret, gw_fault *reterr);
void gw_uuid_print(gw_uuid uuid, char out[GW_UUID_TEXT_SIZE]); /* lower case */
bool gw_uuid_equal(gw_uuid left, gw_uuid right);
