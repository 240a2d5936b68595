/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys, passwords, token secrets. A secret has no print function on purpose; do not add one. It
 * comes from a file that only its owner may read, and is wiped with gw_secret_wipe.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdint.h>

enum { GW_SECRET_MAX = 4096 };

typedef struct gw_secret {
    size_t length;
    uint8_t bytes[GW_SECRET_MAX + 1]; /* NUL after the last byte, for library borders */
} gw_secret;

/* Reads a whole file without its trailing line end. Refuses a file that group or others can read
 * (GW_CODE_FORBIDDEN), an empty one and one over GW_SECRET_MAX. */
GW_MUST_CHECK gw_status gw_secret_read(const char *path, gw_secret *ret, gw_fault *reterr);
void gw_secret_wipe(gw_secret *secret);

#define GW_AUTO_SECRET __attribute__((cleanup(gw_secret_wipe))) gw_secret
