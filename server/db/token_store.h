/* SPDX-License-Identifier: Apache-2.0
 *
 * Bearer tokens in the database. Only the SHA-256 of a secret is ever stored. All times are real
 * time, not market time.
 */
#pragma once

#include "server/db/pool.h"
#include "server/http/auth.h"

typedef struct gw_token_row {
    gw_token_facts facts;
    gw_text name;
    gw_instant created_at;
} gw_token_row;

typedef struct gw_token_list {
    gw_token_row *items;
    int count;
} gw_token_list;

/* GW_CODE_CONFLICT: the id is taken. */
GW_MUST_CHECK gw_status gw_token_save(gw_db *db, gw_arena *arena, const gw_token_row *token,
                                      gw_fault *reterr);
/* A gw_token_finder; context is the gw_db. */
GW_MUST_CHECK gw_status gw_token_find(void *context, gw_arena *arena, gw_text id,
                                      gw_token_facts *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_token_load_all(gw_db *db, gw_arena *arena, gw_token_list *ret,
                                          gw_fault *reterr);
/* GW_CODE_NOT_FOUND: no such token, or it is revoked already. */
GW_MUST_CHECK gw_status gw_token_revoke(gw_db *db, gw_arena *arena, gw_text id, gw_fault *reterr);
