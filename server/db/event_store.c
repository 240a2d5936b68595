/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/event_store.h"

#include "server/db/optional.h"

enum { TIMERS_AT_ONCE = 256 };

static gw_status put_timer(gw_db *tx, gw_query query, gw_arena *arena, const gw_timer_row *timer,
                           gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, timer->event_id);
    gw_bind_text(&args, timer->kind);
    gw_bind_instant(&args, timer->due_at);
    return gw_db_exec(tx, query, &args, NULL, reterr);
}

gw_status gw_timer_save(gw_db *tx, gw_arena *arena, const gw_timer_row *timer, gw_fault *reterr) {
    return put_timer(tx, GW_QUERY_TIMER_INSERT, arena, timer, reterr);
}

gw_status gw_timer_arm(gw_db *tx, gw_arena *arena, const gw_timer_row *timer, gw_fault *reterr) {
    return put_timer(tx, GW_QUERY_TIMER_ARM, arena, timer, reterr);
}

gw_status gw_timer_load_due(gw_db *db, gw_arena *arena, gw_instant now, gw_timer_list *ret,
                            gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_instant(&args, now);
    gw_bind_int64(&args, TIMERS_AT_ONCE);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_TIMER_DUE, &args, &rows, reterr));
    gw_timer_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_timer_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        gw_row_uuid(&row, "event_id", &items[i].event_id);
        gw_row_text(&row, "kind", &items[i].kind);
        gw_row_instant(&row, "due_at", &items[i].due_at);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_timer_list){items, rows.count};
    return gw_ok();
}

gw_status gw_timer_load_next(gw_db *db, gw_arena *arena, gw_instant *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_TIMER_NEXT, &args, &rows, reterr));
    gw_instant due = {0};
    if (rows.count > 0) {
        gw_row row = gw_rows_at(&rows, 0);
        gw_row_instant(&row, "due_at", &due);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = due;
    return gw_ok();
}

gw_status gw_timer_fire(gw_db *tx, gw_arena *arena, const gw_timer_row *timer, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, timer->event_id);
    gw_bind_text(&args, timer->kind);
    gw_bind_instant(&args, timer->fired_at);
    gw_bind_text(&args, timer->outcome);
    return gw_db_exec(tx, GW_QUERY_TIMER_FIRE, &args, NULL, reterr);
}

gw_status gw_timer_drop(gw_db *tx, gw_arena *arena, const gw_timer_row *timer, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, timer->event_id);
    gw_bind_instant(&args, timer->fired_at);
    gw_bind_text(&args, timer->outcome);
    return gw_db_exec(tx, GW_QUERY_TIMER_DROP, &args, NULL, reterr);
}

gw_status gw_timer_load_list(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_timer_list *ret,
                             gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_TIMER_LIST, &args, &rows, reterr));
    gw_timer_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_timer_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        items[i].event_id = event_id;
        gw_row_text(&row, "kind", &items[i].kind);
        gw_row_instant(&row, "due_at", &items[i].due_at);
        gw_row_instant_or_zero(&row, "fired_at", &items[i].fired_at);
        gw_row_text(&row, "outcome", &items[i].outcome);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_timer_list){items, rows.count};
    return gw_ok();
}

gw_status gw_opt_load_list(gw_db *db, gw_arena *arena, gw_uuid event_id, gw_opt_list *ret,
                           gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, event_id);
    gw_rows rows;
    GW_TRY(gw_db_query(db, GW_QUERY_OPT_LIST, &args, &rows, reterr));
    gw_opt_row *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_opt_row, (size_t)rows.count, &items, reterr));
    for (int i = 0; i < rows.count; i++) {
        gw_row row = gw_rows_at(&rows, i);
        items[i].event_id = event_id;
        gw_row_text(&row, "device", &items[i].device);
        gw_row_text(&row, "opt", &items[i].opt);
        gw_row_instant(&row, "from_at", &items[i].from);
        gw_row_instant(&row, "to_at", &items[i].to);
        gw_row_instant(&row, "received_at", &items[i].received_at);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = (gw_opt_list){items, rows.count};
    return gw_ok();
}
