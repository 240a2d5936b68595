/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/check_store.h"

#include "server/db/optional.h"

/* NULL gives the zero word. */
static gw_status read_word(gw_row *row, const char *column, gw_word *ret, gw_fault *reterr) {
    gw_bytes bytes = {NULL, 0};
    gw_row_bytes_or_empty(row, column, &bytes);
    if (bytes.length == 0) {
        *ret = (gw_word){{0}};
        return gw_ok();
    }
    return gw_word_from_bytes(bytes, ret, reterr);
}

/* ---- checks ---- */

gw_status gw_check_insert(gw_db *tx, gw_arena *arena, const gw_check_row *row, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, row->check_id);
    gw_bind_text(&args, row->network_id);
    gw_bind_int64(&args, row->version);
    gw_bind_bytes(&args, gw_word_slice(&row->network_hash));
    gw_bind_instant(&args, row->interval.from);
    gw_bind_instant(&args, row->interval.to);
    gw_bind_text(&args, row->mode);
    gw_bind_text(&args, row->policy);
    gw_bind_text_or_null(&args, row->party);
    gw_bind_text(&args, row->token_id);
    gw_bind_bytes(&args, gw_word_slice(&row->request_hash));
    gw_bind_text(&args, row->quantiles);
    gw_bind_int64(&args, row->margin_ppm);
    gw_bind_text(&args, row->verdict);
    gw_bind_instant(&args, row->hold_until);
    gw_bind_text(&args, row->forecast_id);
    gw_bind_instant_or_null(&args, row->newest_at);
    gw_bind_int64(&args, row->missing_count);
    gw_bind_int64(&args, row->rounds);
    gw_bind_int64(&args, row->iterations);
    gw_bind_int64(&args, row->residual_ppb);
    gw_bind_int64(&args, row->loss_before_w);
    gw_bind_int64(&args, row->loss_after_w);
    gw_bind_text(&args, row->limits);
    gw_bind_instant(&args, row->created_at);
    return gw_db_exec(tx, GW_QUERY_CHECK_INSERT, &args, NULL, reterr);
}

static gw_status read_words(gw_row *row, gw_check_row *ret, gw_fault *reterr) {
    GW_TRY(read_word(row, "network_hash", &ret->network_hash, reterr));
    GW_TRY(read_word(row, "request_hash", &ret->request_hash, reterr));
    return read_word(row, "digest", &ret->digest, reterr);
}

static void read_answer(gw_row *row, gw_check_row *ret) {
    gw_row_text(row, "verdict", &ret->verdict);
    gw_row_instant(row, "hold_until", &ret->hold_until);
    gw_row_instant_or_zero(row, "released_at", &ret->released_at);
    gw_row_instant_or_zero(row, "cleared_at", &ret->cleared_at);
    gw_row_text(row, "forecast_id", &ret->forecast_id);
    gw_row_instant_or_zero(row, "newest_at", &ret->newest_at);
    gw_row_int64(row, "missing_count", &ret->missing_count);
    gw_row_int64(row, "rounds", &ret->rounds);
    gw_row_int64(row, "iterations", &ret->iterations);
    gw_row_int64(row, "residual_ppb", &ret->residual_ppb);
    gw_row_int64(row, "loss_before_w", &ret->loss_before_w);
    gw_row_int64(row, "loss_after_w", &ret->loss_after_w);
    gw_row_text(row, "limits", &ret->limits);
    gw_row_instant(row, "created_at", &ret->created_at);
}

static gw_status read_check(gw_row row, gw_check_row *ret, gw_fault *reterr) {
    gw_check_row read = {.mode = GW_TEXT("")};
    gw_row_uuid(&row, "check_id", &read.check_id);
    gw_row_text(&row, "network_id", &read.network_id);
    gw_row_int64(&row, "version", &read.version);
    gw_row_instant(&row, "starts_at", &read.interval.from);
    gw_row_instant(&row, "ends_at", &read.interval.to);
    gw_row_text(&row, "mode", &read.mode);
    gw_row_text(&row, "policy", &read.policy);
    gw_row_text_or_empty(&row, "party", &read.party);
    gw_row_text(&row, "token_id", &read.token_id);
    gw_row_text(&row, "quantiles", &read.quantiles);
    gw_row_int64(&row, "margin_ppm", &read.margin_ppm);
    read_answer(&row, &read);
    GW_TRY(read_words(&row, &read, reterr));
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

gw_status gw_check_load(gw_db *db, gw_arena *arena, gw_uuid check_id, gw_check_row *ret,
                        gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, check_id);
    GW_TRY(gw_db_query_one(db, GW_QUERY_CHECK_FIND, &args, &row, reterr));
    return read_check(row, ret, reterr);
}

gw_status gw_check_load_same(gw_db *db, gw_arena *arena, const gw_word *request_hash,
                             gw_check_row *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_args_init(&args, arena);
    gw_bind_bytes(&args, gw_word_slice(request_hash));
    GW_TRY(gw_db_query_one(db, GW_QUERY_CHECK_FIND_SAME, &args, &row, reterr));
    return read_check(row, ret, reterr);
}

gw_status gw_check_load_list(gw_db *db, gw_arena *arena, const gw_check_filter *filter,
                             gw_check_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_check_list list = {.count = 0};
    gw_args_init(&args, arena);
    gw_bind_uuid_or_null(&args, filter->after);
    gw_bind_text_or_null(&args, filter->party);
    gw_bind_text_or_null(&args, filter->network_id);
    gw_bind_int64(&args, filter->limit);
    GW_TRY(gw_db_query(db, GW_QUERY_CHECK_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_check_row, (size_t)rows.count, &list.items, reterr));
    for (list.count = 0; list.count < rows.count; list.count++)
        GW_TRY(read_check(gw_rows_at(&rows, list.count), &list.items[list.count], reterr));
    *ret = list;
    return gw_ok();
}

/* ---- items ---- */

static void bind_place(gw_args *args, const gw_check_place *place) {
    gw_bind_uuid_or_null(args, place->item_id.length > 0 ? &place->check_id : NULL);
    gw_bind_text_or_null(args, place->item_id);
}

gw_status gw_check_item_insert(gw_db *tx, gw_arena *arena, gw_uuid check_id,
                               const gw_check_item_row *row, gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, check_id);
    gw_bind_text(&args, row->item_id);
    gw_bind_int64(&args, row->seq);
    gw_bind_text(&args, row->kind);
    gw_bind_text(&args, row->effect);
    gw_bind_text(&args, row->claimed);
    gw_bind_text(&args, row->note);
    gw_bind_text_or_null(&args, row->seller_point);
    gw_bind_text_or_null(&args, row->buyer_point);
    gw_bind_text_or_null(&args, row->seller_party);
    gw_bind_text_or_null(&args, row->buyer_party);
    bind_place(&args, &row->seller_schedule);
    bind_place(&args, &row->buyer_schedule);
    gw_bind_power(&args, row->requested);
    gw_bind_power(&args, row->accepted);
    gw_bind_price(&args, row->price);
    gw_bind_instant(&args, row->accepted_at);
    gw_bind_int64(&args, row->loss_factor_ppm);
    gw_bind_int64(&args, row->loss_share_ppm);
    gw_bind_text(&args, row->distance);
    gw_bind_money(&args, row->fee_loss);
    gw_bind_money(&args, row->fee_shadow);
    gw_bind_money(&args, row->fee_distance);
    gw_bind_money(&args, row->network_fee);
    gw_bind_text(&args, row->reasons);
    return gw_db_exec(tx, GW_QUERY_CHECK_ITEM_INSERT, &args, NULL, reterr);
}

static void read_fees(gw_row *row, gw_check_item_row *ret) {
    gw_row_int64(row, "loss_factor_ppm", &ret->loss_factor_ppm);
    gw_row_int64(row, "loss_share_ppm", &ret->loss_share_ppm);
    gw_row_text(row, "distance", &ret->distance);
    gw_row_money(row, "fee_loss_micros", &ret->fee_loss);
    gw_row_money(row, "fee_shadow_micros", &ret->fee_shadow);
    gw_row_money(row, "fee_distance_micros", &ret->fee_distance);
    gw_row_money(row, "network_fee_micros", &ret->network_fee);
    gw_row_text(row, "reasons", &ret->reasons);
}

static void read_place(gw_row *row, const char *check, const char *item, gw_check_place *ret) {
    if (!gw_row_is_null(row, check)) gw_row_uuid(row, check, &ret->check_id);
    gw_row_text_or_empty(row, item, &ret->item_id);
}

static gw_status read_item(gw_row row, gw_check_item_row *ret, gw_fault *reterr) {
    gw_check_item_row read = {.seq = 0};
    gw_row_text(&row, "item_id", &read.item_id);
    gw_row_int64(&row, "seq", &read.seq);
    gw_row_text(&row, "kind", &read.kind);
    gw_row_text(&row, "effect", &read.effect);
    gw_row_text(&row, "claimed", &read.claimed);
    gw_row_text(&row, "note", &read.note);
    gw_row_text_or_empty(&row, "seller_point", &read.seller_point);
    gw_row_text_or_empty(&row, "buyer_point", &read.buyer_point);
    gw_row_text_or_empty(&row, "seller_party", &read.seller_party);
    gw_row_text_or_empty(&row, "buyer_party", &read.buyer_party);
    read_place(&row, "seller_schedule", "seller_schedule_item", &read.seller_schedule);
    read_place(&row, "buyer_schedule", "buyer_schedule_item", &read.buyer_schedule);
    gw_row_power(&row, "requested_w", &read.requested);
    gw_row_power(&row, "accepted_w", &read.accepted);
    gw_row_price(&row, "price_micros_per_kwh", &read.price);
    gw_row_instant(&row, "accepted_at", &read.accepted_at);
    read_fees(&row, &read);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}

gw_status gw_check_load_items(gw_db *db, gw_arena *arena, gw_uuid check_id, gw_text party,
                              gw_check_items *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_check_items list = {.count = 0};
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, check_id);
    gw_bind_text_or_null(&args, party);
    GW_TRY(gw_db_query(db, GW_QUERY_CHECK_ITEM_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_check_item_row, (size_t)rows.count, &list.items, reterr));
    for (list.count = 0; list.count < rows.count; list.count++)
        GW_TRY(read_item(gw_rows_at(&rows, list.count), &list.items[list.count], reterr));
    *ret = list;
    return gw_ok();
}

/* ---- what is held ---- */

static void bind_when(gw_args *args, gw_arena *arena, const gw_check_when *when) {
    gw_args_init(args, arena);
    gw_bind_text(args, when->network_id);
    gw_bind_instant(args, when->starts_at);
    gw_bind_instant(args, when->now);
}

gw_status gw_check_load_held(gw_db *tx, gw_arena *arena, const gw_check_when *when,
                             gw_check_held_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_check_held_list list = {.count = 0};
    bind_when(&args, arena, when);
    GW_TRY(gw_db_query(tx, GW_QUERY_CHECK_RESERVED, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_check_held, (size_t)rows.count, &list.items, reterr));
    for (list.count = 0; list.count < rows.count; list.count++) {
        gw_row row = gw_rows_at(&rows, list.count);
        gw_check_held *held = &list.items[list.count];
        gw_row_text_or_empty(&row, "seller_point", &held->seller_point);
        gw_row_text_or_empty(&row, "buyer_point", &held->buyer_point);
        gw_row_power(&row, "accepted_w", &held->accepted);
        GW_TRY(gw_row_end(&row, reterr));
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_check_load_total(gw_db *tx, gw_arena *arena, const gw_check_when *when,
                              gw_check_total *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_check_total total = {0};
    bind_when(&args, arena, when);
    gw_bind_text(&args, when->party);
    GW_TRY(gw_db_query_one(tx, GW_QUERY_CHECK_OPEN_TOTAL, &args, &row, reterr));
    gw_row_int64(&row, "checks", &total.checks);
    gw_row_power(&row, "accepted_w", &total.accepted);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = total;
    return gw_ok();
}

/* ---- what becomes of a check ---- */

gw_status gw_check_save_release(gw_db *tx, gw_arena *arena, gw_uuid check_id, gw_instant now,
                                gw_fault *reterr) {
    gw_args args;
    int64_t affected = 0;
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, check_id);
    gw_bind_instant(&args, now);
    GW_TRY(gw_db_exec(tx, GW_QUERY_CHECK_RELEASE, &args, &affected, reterr));
    if (affected > 0) return gw_ok();
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_WRONG_STATE, "check",
                                "the check holds nothing that could be given back"),
                   "Only a reserving check can be released, once, before its interval begins and "
                   "before the nodes have signed it.");
}

/* ---- schedules ---- */

gw_status gw_check_load_schedule(gw_db *tx, gw_arena *arena, const gw_check_place *place,
                                 gw_instant now, gw_check_schedule *ret, gw_fault *reterr) {
    gw_args args;
    gw_row row;
    gw_check_schedule read = {.kind = GW_TEXT("")};
    gw_args_init(&args, arena);
    gw_bind_uuid(&args, place->check_id);
    gw_bind_text(&args, place->item_id);
    gw_bind_instant(&args, now);
    GW_TRY(gw_db_query_one(tx, GW_QUERY_CHECK_SCHEDULE_FIND, &args, &row, reterr));
    gw_row_text(&row, "network_id", &read.network_id);
    gw_row_instant(&row, "starts_at", &read.interval.from);
    gw_row_instant(&row, "ends_at", &read.interval.to);
    gw_row_instant_or_zero(&row, "cleared_at", &read.cleared_at);
    GW_TRY(read_word(&row, "digest", &read.digest, reterr));
    gw_row_text(&row, "kind", &read.kind);
    gw_row_text_or_empty(&row, "seller_point", &read.seller_point);
    gw_row_text_or_empty(&row, "buyer_point", &read.buyer_point);
    gw_row_text_or_empty(&row, "seller_party", &read.seller_party);
    gw_row_text_or_empty(&row, "buyer_party", &read.buyer_party);
    gw_row_power(&row, "accepted_w", &read.accepted);
    gw_row_power(&row, "used_w", &read.used);
    GW_TRY(gw_row_end(&row, reterr));
    *ret = read;
    return gw_ok();
}
