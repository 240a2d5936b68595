/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of orders, with their intervals and the group's members as they were when the order was
 * given. One order per accepted bid. Rows live in the arena.
 */
#pragma once

#include "dr/commitment.h"
#include "server/db/pool.h"

typedef struct gw_order_interval {
    gw_instant start;
    gw_power power;
} gw_order_interval;

typedef struct gw_order_row {
    gw_uuid order_id;
    gw_uuid event_id;
    gw_uuid bid_id;
    gw_text party;
    gw_text payee; /* 0x and 40 lower-case hex digits */
    gw_text group;
    gw_price price;
    int64_t activation_pct;
    gw_bytes salt; /* 32 bytes */
    gw_text state; /* ORDERED, ACKED, NO_ACK */
    gw_instant ordered_at;
    gw_instant acked_at; /* us 0: never */
    gw_text reason;
    gw_order_interval *intervals; /* ascending */
    int interval_count;
    gw_order_meter *meters; /* ascending by name */
    int meter_count;
} gw_order_row;

typedef struct gw_order_list {
    gw_order_row *items;
    int count;
} gw_order_list;

typedef struct gw_order_filter {
    const gw_uuid *event_id; /* NULL: all */
    gw_text party;           /* empty: all */
    gw_text state;           /* empty: any */
    const gw_uuid *after;    /* NULL: from the start */
    int64_t limit;
} gw_order_filter;

/* Inserts it with intervals and meters; nothing happens when the bid has its order already. */
GW_MUST_CHECK gw_status gw_order_save(gw_db *tx, gw_arena *arena, const gw_order_row *order,
                                      gw_fault *reterr);
GW_MUST_CHECK gw_status gw_order_load(gw_db *db, gw_arena *arena, gw_uuid order_id,
                                      gw_order_row *ret, gw_fault *reterr);
/* Ascending by id. */
GW_MUST_CHECK gw_status gw_order_load_list(gw_db *db, gw_arena *arena,
                                           const gw_order_filter *filter, gw_order_list *ret,
                                           gw_fault *reterr);

typedef struct gw_order_move {
    gw_uuid order_id;
    gw_text from;
    gw_text to;
    gw_instant acked_at; /* us 0: none */
    gw_text reason;
} gw_order_move;
/* GW_CODE_WRONG_STATE when the order is not in `from`. */
GW_MUST_CHECK gw_status gw_order_save_move(gw_db *tx, gw_arena *arena, const gw_order_move *move,
                                           gw_fault *reterr);
