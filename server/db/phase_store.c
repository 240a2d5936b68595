/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/phase_store.h"

#include "server/db/register_store.h"

/* The rows of a run as columns. */
typedef struct columns {
    gw_text *points;
    gw_text *phases;
    gw_text *bests;
    gw_text *doubts;
    int64_t *confidences_ppm;
    int64_t *correlations_ppm[3];
    int64_t *steps;
} columns;

static gw_status take_columns(gw_arena *arena, size_t count, columns *ret, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &ret->points, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &ret->phases, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &ret->bests, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &ret->doubts, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->confidences_ppm, reterr));
    for (int phase = 0; phase < 3; phase++)
        GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &ret->correlations_ppm[phase], reterr));
    return GW_ARENA_NEW(arena, int64_t, count, &ret->steps, reterr);
}

static void fill_columns(const gw_phase_list *rows, columns *into) {
    for (int at = 0; at < rows->count; at++) {
        const gw_phase_row *row = &rows->items[at];
        into->points[at] = row->point;
        into->phases[at] = row->phase;
        into->bests[at] = row->best;
        into->doubts[at] = row->doubt;
        into->confidences_ppm[at] = row->confidence_ppm;
        for (int phase = 0; phase < 3; phase++)
            into->correlations_ppm[phase][at] = row->correlation_ppm[phase];
        into->steps[at] = row->steps;
    }
}

static gw_status insert_proposals(gw_db *tx, gw_arena *arena, gw_text network_id, int64_t run,
                                  const gw_phase_list *rows, gw_fault *reterr) {
    gw_args args;
    columns made;
    const size_t count = (size_t)rows->count;
    GW_TRY(take_columns(arena, count, &made, reterr));
    fill_columns(rows, &made);
    gw_args_init(&args, arena);
    gw_bind_text(&args, network_id);
    gw_bind_int64(&args, run);
    gw_bind_texts(&args, made.points, count);
    gw_bind_texts(&args, made.phases, count);
    gw_bind_texts(&args, made.bests, count);
    gw_bind_texts(&args, made.doubts, count);
    gw_bind_int64s(&args, made.confidences_ppm, count);
    for (int phase = 0; phase < 3; phase++)
        gw_bind_int64s(&args, made.correlations_ppm[phase], count);
    gw_bind_int64s(&args, made.steps, count);
    return gw_db_exec(tx, GW_QUERY_PHASE_PROPOSAL_INSERT, &args, NULL, reterr);
}

gw_status gw_phase_run_insert(gw_db *tx, gw_arena *arena, const gw_phase_run_row *row,
                              const gw_phase_list *proposals, int64_t *ret_run, gw_fault *reterr) {
    gw_args args;
    gw_row made;
    int64_t run = 0;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->network_id);
    gw_bind_int64(&args, row->version);
    gw_bind_instant(&args, row->from_at);
    gw_bind_int64(&args, row->interval_s);
    gw_bind_int64(&args, row->intervals);
    gw_bind_int64(&args, row->points);
    gw_bind_int64(&args, row->certain_ppm);
    gw_bind_text(&args, row->token_id);
    gw_bind_instant(&args, row->recorded_at);
    GW_TRY(gw_db_query_one(tx, GW_QUERY_PHASE_RUN_INSERT, &args, &made, reterr));
    gw_row_int64(&made, "run", &run);
    GW_TRY(gw_row_end(&made, reterr));
    GW_TRY(insert_proposals(tx, arena, row->network_id, run, proposals, reterr));
    *ret_run = run;
    return gw_ok();
}

static gw_status read_row(gw_row row, gw_phase_row *ret, gw_fault *reterr) {
    gw_phase_row made = {0};
    gw_row_int64(&row, "run", &made.run);
    gw_row_text(&row, "point", &made.point);
    gw_row_text(&row, "phase", &made.phase);
    gw_row_text(&row, "best", &made.best);
    gw_row_text(&row, "doubt", &made.doubt);
    gw_row_int64(&row, "confidence_ppm", &made.confidence_ppm);
    gw_row_int64(&row, "correlation_a_ppm", &made.correlation_ppm[0]);
    gw_row_int64(&row, "correlation_b_ppm", &made.correlation_ppm[1]);
    gw_row_int64(&row, "correlation_c_ppm", &made.correlation_ppm[2]);
    gw_row_int64(&row, "steps", &made.steps);
    gw_row_instant(&row, "recorded_at", &made.recorded_at);
    gw_row_text_or_empty(&row, "accepted_phase", &made.accepted_phase);
    gw_row_int64_or(&row, "accepted_version", 0, &made.accepted_version);
    if (!gw_row_is_null(&row, "accepted_at"))
        gw_row_instant(&row, "accepted_at", &made.accepted_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_phase_find(gw_db *db, gw_arena *arena, gw_text network_id, gw_text point,
                        gw_phase_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_text(&args, network_id);
    gw_bind_text(&args, point);
    GW_TRY(
        gw_register_missing(gw_db_query_one(db, GW_QUERY_PHASE_PROPOSAL_FIND, &args, &row, reterr),
                            "phase proposal", point, reterr));
    return read_row(row, ret, reterr);
}

gw_status gw_phase_load_list(gw_db *db, gw_arena *arena, const gw_phase_page *page,
                             gw_phase_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_phase_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->network_id);
    gw_bind_text(&args, page->after);
    gw_bind_int64(&args, page->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_PHASE_PROPOSAL_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phase_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    *ret = (gw_phase_list){items, rows.count};
    return gw_ok();
}

gw_status gw_phase_accept(gw_db *tx, gw_arena *arena, const gw_phase_acceptance *acceptance,
                          gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, acceptance->network_id);
    gw_bind_int64(&args, acceptance->run);
    gw_bind_text(&args, acceptance->point);
    gw_bind_text(&args, acceptance->phase);
    gw_bind_int64(&args, acceptance->version);
    gw_bind_text(&args, acceptance->token_id);
    gw_bind_instant(&args, acceptance->at);
    return gw_db_exec(tx, GW_QUERY_PHASE_ACCEPTANCE_INSERT, &args, NULL, reterr);
}
