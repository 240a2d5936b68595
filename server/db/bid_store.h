/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of bids. The raw bytes are kept as received; the same bytes of the same party for the same
 * event are the same bid. Rows live in the arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_bid_interval {
    gw_instant start;
    gw_power offered;
} gw_bid_interval;

typedef struct gw_bid_row {
    gw_uuid bid_id;
    gw_uuid event_id;
    gw_text party;
    gw_text group;
    gw_price price;
    int64_t min_activation_pct;
    int64_t activation_pct; /* taken by the selection */
    gw_text state;          /* VALID, WITHDRAWN, AWARDED, STANDBY, NOT_SELECTED */
    gw_text reason;
    gw_instant received_at;
    gw_bytes raw;
    gw_bytes raw_hash;
    gw_bid_interval *intervals;
    int interval_count;
} gw_bid_row;

typedef struct gw_bid_list {
    gw_bid_row *items;
    int count;
} gw_bid_list;

typedef struct gw_bid_filter {
    gw_uuid event_id;
    gw_text party; /* empty: all */
    gw_text state; /* empty: any */
} gw_bid_filter;

/* Inserts it or finds the same; ret is what the database holds. */
GW_MUST_CHECK gw_status gw_bid_save(gw_db *tx, gw_arena *arena, const gw_bid_row *bid,
                                    gw_bid_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_bid_load(gw_db *db, gw_arena *arena, gw_uuid bid_id, gw_bid_row *ret,
                                    gw_fault *reterr);
/* Ascending by (received_at, bid_id), with intervals. */
GW_MUST_CHECK gw_status gw_bid_load_list(gw_db *db, gw_arena *arena, const gw_bid_filter *filter,
                                         gw_bid_list *ret, gw_fault *reterr);

typedef struct gw_bid_move {
    gw_uuid bid_id;
    gw_text from;
    gw_text to;
    gw_text reason;
    int64_t activation_pct;
} gw_bid_move;
/* GW_CODE_WRONG_STATE when the bid is not in `from`. */
GW_MUST_CHECK gw_status gw_bid_save_move(gw_db *tx, gw_arena *arena, const gw_bid_move *move,
                                         gw_fault *reterr);
/* Living bids of the group for the event: one group stands in one bid only. */
GW_MUST_CHECK gw_status gw_bid_count_of_group(gw_db *tx, gw_arena *arena, const gw_bid_row *bid,
                                              int64_t *ret, gw_fault *reterr);
