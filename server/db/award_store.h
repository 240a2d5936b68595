/* SPDX-License-Identifier: Apache-2.0
 *
 * What the selection of an event had to keep besides the need, and what the power flow said of its
 * awards. Written once, when the event is cleared. Rows live in the arena.
 */
#pragma once

#include "grid/quantity.h"
#include "server/db/pool.h"

typedef struct gw_award_demand_row {
    gw_text limit_id;
    int64_t interval_index;
    gw_power required;
    int64_t *effect_ppm; /* per bid of the sealed set, ascending by receipt and id */
    size_t effect_count;
} gw_award_demand_row;

typedef struct gw_award_demand_list {
    gw_award_demand_row *items;
    size_t count;
} gw_award_demand_list;

typedef struct gw_award_check_row {
    gw_uuid event_id;
    gw_text network_id; /* empty: none is known */
    int64_t network_version;
    gw_bytes network_hash;
    gw_text forecast_id;
    gw_text verdict; /* CONFIRMED, SHORT, UNCONFIRMED, COLLAPSED, RATING_ONLY */
    gw_text reason;
    int64_t rounds;
    int64_t quantile_ppm;
    gw_text worst_limit_id;
    int64_t worst_before_ppm;
    int64_t worst_after_ppm;
    gw_instant checked_at;
} gw_award_check_row;

GW_MUST_CHECK gw_status gw_award_save(gw_db *tx, gw_arena *arena, const gw_award_check_row *check,
                                      const gw_award_demand_list *demands, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_award_load_demands(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                              gw_award_demand_list *ret, gw_fault *reterr);
/* GW_CODE_NOT_FOUND: the event has not been cleared. */
GW_MUST_CHECK gw_status gw_award_load_check(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                            gw_award_check_row *ret, gw_fault *reterr);
/* The network that feeds the transformer; the empty text when none does. */
GW_MUST_CHECK gw_status gw_award_load_network(gw_db *db, gw_arena *arena, gw_text transformer,
                                              gw_text *ret, gw_fault *reterr);
