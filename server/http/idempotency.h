/* SPDX-License-Identifier: Apache-2.0
 *
 * Idempotency-Key: a POST that moves money or demand response carries a key of 1 to 255 printable
 * ASCII characters, chosen by the caller, unique per party and operation. A successful answer is
 * kept for 7 days with the SHA-256 of the body; the same key with the same body gets that answer
 * again with "Idempotency-Replayed: true", with another body 422. Failed attempts are not kept:
 * they had no effect. Two at once with one key: the second gets 409 and Retry-After. A crash
 * between effect and keeping is covered by the flow, which inserts or finds the same.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "base/status.h"
#include "base/text.h"

enum { GW_IDEMPOTENCY_KEY_MAX = 255, GW_IDEMPOTENCY_DAYS = 7, GW_IDEMPOTENCY_HASH = 32 };

typedef struct gw_idempotency_slot {
    gw_text owner; /* party or token id */
    gw_text operation;
    gw_text key;
    uint8_t body_hash[GW_IDEMPOTENCY_HASH];
} gw_idempotency_slot;

typedef struct gw_idempotency_answer {
    uint8_t body_hash[GW_IDEMPOTENCY_HASH];
    int http_status;
    gw_text content_type;
    gw_text body;
} gw_idempotency_answer;

typedef struct gw_idempotency_store {
    /* GW_CODE_NOT_FOUND when the slot is free. */
    gw_status (*find)(void *context, gw_arena *arena, const gw_idempotency_slot *slot,
                      gw_idempotency_answer *ret, gw_fault *reterr);
    gw_status (*save)(void *context, gw_arena *arena, const gw_idempotency_slot *slot,
                      const gw_idempotency_answer *answer, gw_fault *reterr);
    void *context;
} gw_idempotency_store;

GW_MUST_CHECK gw_status gw_idempotency_key_check(gw_text key, gw_fault *reterr);
