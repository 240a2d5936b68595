/* SPDX-License-Identifier: Apache-2.0
 *
 * The answers kept for Idempotency-Keys, in the database; server/http/idempotency.h has the rules.
 */
#pragma once

#include "server/db/pool.h"
#include "server/http/idempotency.h"

/* The store over this pool, which must outlive it. */
gw_idempotency_store gw_idempotency_store_of(gw_db *db);
/* Drops the answers that are over their time. */
GW_MUST_CHECK gw_status gw_idempotency_forget(gw_db *db, gw_arena *arena, int64_t *ret_count,
                                              gw_fault *reterr);
