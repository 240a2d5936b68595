/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/curtailment_store.h"

gw_status gw_curtailment_insert(gw_db *tx, gw_arena *arena, const gw_curtailment_row *row,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->network_id);
    gw_bind_text(&args, row->point);
    gw_bind_text_or_null(&args, row->party);
    gw_bind_uuid(&args, row->check_id);
    gw_bind_text(&args, row->item_id);
    gw_bind_text(&args, row->policy);
    gw_bind_instant(&args, row->interval.from);
    gw_bind_instant(&args, row->interval.to);
    gw_bind_power(&args, row->requested);
    gw_bind_power(&args, row->cut);
    gw_bind_energy(&args, row->cut_energy);
    gw_bind_instant(&args, row->recorded_at);
    return gw_db_exec(tx, GW_QUERY_CURTAILMENT_INSERT, &args, NULL, reterr);
}

static void bind_filter(gw_args *args, gw_arena *arena, const gw_curtailment_filter *filter) {
    gw_args_init(args, arena);
    gw_bind_text_or_null(args, filter->network_id);
    gw_bind_text_or_null(args, filter->point);
    gw_bind_text_or_null(args, filter->party);
    gw_bind_instant(args, filter->period.from);
    gw_bind_instant(args, filter->period.to);
}

static gw_status read_row(gw_row row, gw_curtailment_row *ret, gw_fault *reterr) {
    gw_curtailment_row read = {.curtailment_id = 0};
    gw_row_int64(&row, "curtailment_id", &read.curtailment_id);
    gw_row_text(&row, "network_id", &read.network_id);
    gw_row_text(&row, "point", &read.point);
    gw_row_text_or_empty(&row, "party", &read.party);
    gw_row_uuid(&row, "check_id", &read.check_id);
    gw_row_text(&row, "item_id", &read.item_id);
    gw_row_text(&row, "policy", &read.policy);
    gw_row_instant(&row, "starts_at", &read.interval.from);
    gw_row_instant(&row, "ends_at", &read.interval.to);
    gw_row_power(&row, "requested_w", &read.requested);
    gw_row_power(&row, "cut_w", &read.cut);
    gw_row_energy(&row, "cut_wh", &read.cut_energy);
    gw_row_instant(&row, "recorded_at", &read.recorded_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

gw_status gw_curtailment_load_list(gw_db *db, gw_arena *arena, const gw_curtailment_filter *filter,
                                   gw_curtailment_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_curtailment_list list = {.count = 0};
    bind_filter(&args, arena, filter);
    gw_bind_int64(&args, filter->after);
    gw_bind_int64(&args, filter->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_CURTAILMENT_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_curtailment_row, (size_t)rows.count, &list.items, reterr));
    for (list.count = 0; list.count < rows.count; list.count++)
        GW_TRY(read_row(gw_rows_at(&rows, list.count), &list.items[list.count], reterr));
    *ret = list;
    return gw_ok();
}

gw_status gw_curtailment_load_totals(gw_db *db, gw_arena *arena,
                                     const gw_curtailment_filter *filter,
                                     gw_curtailment_totals *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_curtailment_totals list = {.count = 0};
    bind_filter(&args, arena, filter);
    GW_TRY(gw_db_query(db, GW_QUERY_CURTAILMENT_TOTAL, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_curtailment_total, (size_t)rows.count, &list.items, reterr));
    for (list.count = 0; list.count < rows.count; list.count++) {
        gw_row row = gw_rows_at(&rows, list.count);
        gw_curtailment_total *total = &list.items[list.count];
        gw_row_text(&row, "policy", &total->policy);
        gw_row_int64(&row, "cuts", &total->cuts);
        gw_row_energy(&row, "cut_wh", &total->cut_energy);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_curtailment_load_points(gw_db *db, gw_arena *arena,
                                     const gw_curtailment_points *question, gw_energy *ret,
                                     gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_args_init(&args, arena);
    gw_bind_text(&args, question->network_id);
    gw_bind_texts(&args, question->points, question->count);
    gw_bind_instant(&args, question->period.from);
    gw_bind_instant(&args, question->period.to);
    GW_TRY(gw_db_query(db, GW_QUERY_CURTAILMENT_BY_POINTS, &args, &rows, reterr));
    for (size_t at = 0; at < question->count; at++) ret[at] = (gw_energy){0};
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_text point = {NULL, 0};
        gw_energy energy = {0};
        gw_row_text(&row, "point", &point);
        gw_row_energy(&row, "cut_wh", &energy);
        GW_TRY(gw_row_end(&row, reterr));
        for (size_t at = 0; at < question->count; at++)
            if (gw_text_equal(question->points[at], point)) ret[at] = energy;
    }
    return gw_ok();
}
