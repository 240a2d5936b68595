/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of parties. Rows live in the arena. Immutable once saved, see register_store.h.
 */
#pragma once

#include "server/db/register_store.h"

typedef struct gw_party_row {
    gw_text id;
    gw_text kind;  /* DSO, AGGREGATOR, RETAILER */
    gw_text payee; /* EIP-55; empty: none yet */
    gw_instant recorded_at;
} gw_party_row;

typedef struct gw_party_list {
    gw_party_row *items;
    int count;
} gw_party_list;

/* body: the row as JSON, for the event log. */
GW_MUST_CHECK gw_status gw_party_save(gw_db *db, gw_arena *arena, const gw_party_row *row,
                                      gw_text body, gw_saved *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_party_load(gw_db *db, gw_arena *arena, gw_text id, gw_party_row *ret,
                                      gw_fault *reterr);
GW_MUST_CHECK gw_status gw_party_load_list(gw_db *db, gw_arena *arena, const gw_register_page *page,
                                           gw_party_list *ret, gw_fault *reterr);
