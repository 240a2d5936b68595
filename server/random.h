/* SPDX-License-Identifier: Apache-2.0
 *
 * The one source of random bytes for ids and salts. System mode is getrandom. Seeded mode (only
 * with a conducted clock) derives the bytes from seed and label alone, so a killed and restarted
 * gateway makes the same ids again; the label therefore names the use completely:
 * "event/<idempotency key>", "salt/<settlement id>/<leaf>". Any thread.
 * Keys and token secrets are never drawn here in seeded mode: gw_random_key.
 */
#pragma once

#include "base/ident.h"
#include "base/status.h"
#include "base/text.h"

typedef struct gw_random gw_random;

/* seed_path "" or NULL: system mode. The seed file holds 16 bytes or more. */
GW_MUST_CHECK gw_status gw_random_open(const char *seed_path, gw_random **ret, gw_fault *reterr);
void gw_random_close(gw_random *random); /* NULL is fine */

void gw_random_bytes(const gw_random *random, gw_text label, uint8_t *out, size_t count);
/* A UUIDv7 of that time; random NULL: system mode. */
gw_uuid gw_random_uuid(const gw_random *random, gw_text label, gw_instant now);
/* Always from the system. */
void gw_random_key(uint8_t *out, size_t count);
