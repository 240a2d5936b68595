/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/award_store.h"

#include "server/db/bind.h"
#include "server/db/row.h"

static gw_status save_demand(gw_db *tx, gw_arena *arena, gw_uuid event_id,
                             const gw_award_demand_list *list, size_t at, gw_fault *reterr) {
    const gw_award_demand_row *demand = &list->items[at];
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    gw_bind_int64(&args, (int64_t)at);
    gw_bind_text(&args, demand->limit_id);
    gw_bind_int64(&args, demand->interval_index);
    gw_bind_power(&args, demand->required);
    gw_bind_int64s(&args, demand->effect_ppm, demand->effect_count);
    return gw_db_exec(tx, GW_QUERY_AWARD_DEMAND_INSERT, &args, NULL, reterr);
}

static void bind_network(gw_args *args, const gw_award_check_row *check) {
    if (check->network_id.length == 0) {
        gw_bind_null(args);
        gw_bind_null(args);
        gw_bind_null(args);
        return;
    }
    gw_bind_text(args, check->network_id);
    gw_bind_int64(args, check->network_version);
    gw_bind_bytes(args, check->network_hash);
}

gw_status gw_award_save(gw_db *tx, gw_arena *arena, const gw_award_check_row *check,
                        const gw_award_demand_list *demands, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, check->event_id);
    bind_network(&args, check);
    gw_bind_text(&args, check->forecast_id);
    gw_bind_text(&args, check->verdict);
    gw_bind_text(&args, check->reason);
    gw_bind_int64(&args, check->rounds);
    gw_bind_int64(&args, check->quantile_ppm);
    gw_bind_text(&args, check->worst_limit_id);
    gw_bind_int64(&args, check->worst_before_ppm);
    gw_bind_int64(&args, check->worst_after_ppm);
    gw_bind_instant(&args, check->checked_at);
    GW_TRY(gw_db_exec(tx, GW_QUERY_AWARD_CHECK_INSERT, &args, NULL, reterr));
    for (size_t at = 0; at < demands->count; at++)
        GW_TRY(save_demand(tx, arena, check->event_id, demands, at, reterr));
    return gw_ok();
}

static gw_status read_demand(gw_arena *arena, gw_row *row, gw_award_demand_row *ret,
                             gw_fault *reterr) {
    gw_row_array effects;
    gw_row_text(row, "limit_id", &ret->limit_id);
    gw_row_int64(row, "interval_index", &ret->interval_index);
    gw_row_power(row, "required_w", &ret->required);
    GW_TRY(gw_row_int64s(row, "effect_ppm", arena, &effects, reterr));
    ret->effect_ppm = effects.items;
    ret->effect_count = effects.count;
    return gw_row_end(row, reterr);
}

gw_status gw_award_load_demands(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                gw_award_demand_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_award_demand_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    GW_TRY(gw_db_query(db, GW_QUERY_AWARD_DEMAND_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_award_demand_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        GW_TRY(read_demand(arena, &row, &items[i], reterr));
    }
    *ret = (gw_award_demand_list){items, (size_t)rows.count};
    return gw_ok();
}

gw_status gw_award_load_check(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_award_check_row *ret,
                              gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_award_check_row found = {.event_id = event_id};
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    GW_TRY(gw_db_query_one(db, GW_QUERY_AWARD_CHECK_FIND, &args, &row, reterr));
    gw_row_text_or_empty(&row, "network_id", &found.network_id);
    gw_row_int64_or(&row, "network_version", 0, &found.network_version);
    if (!gw_row_is_null(&row, "network_hash"))
        gw_row_bytes(&row, "network_hash", &found.network_hash);
    gw_row_text(&row, "forecast_id", &found.forecast_id);
    gw_row_text(&row, "verdict", &found.verdict);
    gw_row_text(&row, "reason", &found.reason);
    gw_row_int64(&row, "rounds", &found.rounds);
    gw_row_int64(&row, "quantile_ppm", &found.quantile_ppm);
    gw_row_text(&row, "worst_limit_id", &found.worst_limit_id);
    gw_row_int64(&row, "worst_before_ppm", &found.worst_before_ppm);
    gw_row_int64(&row, "worst_after_ppm", &found.worst_after_ppm);
    gw_row_instant(&row, "checked_at", &found.checked_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = found;
    return gw_ok();
}

gw_status gw_award_load_network(gw_db *db, gw_arena *arena, gw_text transformer, gw_text *ret,
                                gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_args_init(&args, arena);
    gw_bind_text(&args, transformer);
    GW_TRY(gw_db_query(db, GW_QUERY_AWARD_NETWORK, &args, &rows, reterr));
    *ret = (gw_text){"", 0};
    if (rows.count == 0) return gw_ok();
    gw_row row = gw_rows_at(&rows, 0);
    gw_row_text(&row, "network_id", ret);
    return gw_row_end(&row, reterr);
}
