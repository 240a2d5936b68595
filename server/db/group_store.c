/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/group_store.h"

static gw_status read_row(gw_row row, gw_group_row *ret, gw_fault *reterr) {
    gw_group_row made = {0};
    gw_row_text(&row, "id", &made.id);
    gw_row_text(&row, "party", &made.party);
    gw_row_instant(&row, "valid_from", &made.valid_from);
    if (!gw_row_is_null(&row, "valid_to")) gw_row_instant(&row, "valid_to", &made.valid_to);
    gw_row_text(&row, "status", &made.qualification);
    gw_row_text(&row, "reason", &made.reason);
    gw_row_power(&row, "qualified_w", &made.qualified);
    gw_row_instant(&row, "recorded_at", &made.recorded_at);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = made;
    return gw_ok();
}

static void bind_instant_or_null(gw_args *args, gw_instant at) {
    if (at.us == 0)
        gw_bind_null(args);
    else
        gw_bind_instant(args, at);
}

static gw_status bind_members(gw_args *args, const gw_group_row *row, gw_fault *reterr) {
    gw_text *meters = NULL;
    int64_t *powers = NULL;
    const size_t count = (size_t)row->member_count;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_text, count, &meters, reterr));
    GW_TRY(GW_ARENA_NEW(args->arena, int64_t, count, &powers, reterr));
    for (size_t at = 0; at < count; at++) {
        meters[at] = row->members[at].meter;
        powers[at] = row->members[at].qualified.w;
    }
    gw_bind_texts(args, meters, count);
    gw_bind_int64s(args, powers, count);
    return gw_ok();
}

gw_status gw_group_save(gw_db *db, gw_arena *arena, const gw_group_row *row, gw_text body,
                        gw_saved *ret, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, row->id);
    gw_bind_text(&args, row->party);
    bind_instant_or_null(&args, row->valid_from);
    bind_instant_or_null(&args, row->valid_to);
    gw_bind_instant(&args, row->recorded_at);
    GW_TRY(bind_members(&args, row, reterr));
    const gw_register_write write = {.insert = GW_QUERY_GROUP_INSERT,
                                     .is_same = GW_QUERY_GROUP_IS_SAME,
                                     .args = &args,
                                     .entity = GW_TEXT("group"),
                                     .subject = row->id,
                                     .party = row->party,
                                     .body = body,
                                     .now = row->recorded_at};
    return gw_register_save(db, &write, ret, reterr);
}

/* Both lists ascend by group, so one pass hands the members out. */
static gw_status load_members(gw_db *db, gw_arena *arena, const gw_group_list *list,
                              gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_text *ids = NULL;
    gw_group_member *members = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, (size_t)list->count, &ids, reterr));
    for (int at = 0; at < list->count; at++) ids[at] = list->items[at].id;
    gw_args_init(&args, arena);
    gw_bind_texts(&args, ids, (size_t)list->count);
    GW_TRY(gw_db_query(db, GW_QUERY_GROUP_MEMBERS, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_group_member, (size_t)rows.count, &members, reterr));
    for (int at = 0, group = 0; at < rows.count; at++) {
        gw_text id = {"", 0};
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "group_id", &id);
        gw_row_text(&row, "meter", &members[at].meter);
        gw_row_power(&row, "qualified_w", &members[at].qualified);
        GW_TRY(gw_row_end(&row, reterr));
        while (group < list->count && !gw_text_equal(list->items[group].id, id)) group++;
        if (group == list->count) return gw_fail(reterr, GW_CODE_INTERNAL);
        gw_group_row *owner = &list->items[group];
        if (owner->member_count++ == 0) owner->members = &members[at];
    }
    return gw_ok();
}

gw_status gw_group_load(gw_db *db, gw_arena *arena, const gw_group_view *view, gw_group_row *ret,
                        gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_group_row made;
    gw_args_init(&args, arena);
    gw_bind_text(&args, view->id);
    gw_bind_text(&args, view->party);
    GW_TRY(gw_register_missing(gw_db_query_one(db, GW_QUERY_GROUP_FIND, &args, &row, reterr),
                               "group", view->id, reterr));
    GW_TRY(read_row(row, &made, reterr));
    const gw_group_list one = {&made, 1};
    GW_TRY(load_members(db, arena, &one, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_group_load_list(gw_db *db, gw_arena *arena, const gw_register_page *page,
                             gw_group_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_group_row *items = NULL;
    gw_args_init(&args, arena);
    gw_bind_text(&args, page->after);
    gw_bind_int64(&args, page->limit);
    gw_bind_text(&args, page->party);
    GW_TRY(gw_db_query(db, GW_QUERY_GROUP_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_group_row, (size_t)rows.count, &items, reterr));
    for (int at = 0; at < rows.count; at++)
        GW_TRY(read_row(gw_rows_at(&rows, at), &items[at], reterr));
    const gw_group_list list = {items, rows.count};
    GW_TRY(load_members(db, arena, &list, reterr));
    *ret = list;
    return gw_ok();
}

gw_status gw_group_decide(gw_db *db, gw_arena *arena, const gw_group_decision *decision,
                          gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_text(&args, decision->group);
    gw_bind_text(&args, decision->status);
    gw_bind_text(&args, decision->reason);
    gw_bind_text(&args, decision->token_id);
    gw_bind_instant(&args, decision->now);
    return gw_db_exec(db, GW_QUERY_GROUP_QUALIFY, &args, NULL, reterr);
}
