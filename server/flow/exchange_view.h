/* SPDX-License-Identifier: Apache-2.0
 *
 * How an exchange looks in JSON. Operators and readers see all of it; a member sees itself: its
 * round, its exports, its price. Field names are those of openapi/openapi.yaml.
 */
#pragma once

#include "server/db/exchange_log_store.h"
#include "server/db/exchange_store.h"
#include "server/http/json.h"

typedef struct gw_exchange_view {
    const gw_exchange_row *row;
    gw_text party; /* empty: sees all; else what this member sees */
    gw_exchange_share_list shares;
    gw_exchange_round_list rounds;
    gw_exchange_check_list checks;
    gw_exchange_message_counts counts;
    const gw_exchange_message *call;  /* the open round; NULL: none */
    gw_exchange_message_list answers; /* to it */
} gw_exchange_view;

/* Loads all of it for the row. */
GW_MUST_CHECK gw_status gw_exchange_view_load(gw_db *db, gw_arena *arena,
                                              const gw_exchange_row *row, gw_text party,
                                              gw_exchange_view *ret, gw_fault *reterr);
void gw_exchange_view_write(gw_json *json, const char *key, const gw_exchange_view *view);
