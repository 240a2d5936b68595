/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/check.h"

const char *gw_check_state(const gw_check_row *row, gw_instant now) {
    if (!gw_text_is(row->mode, "reserve")) return "dry_run";
    if (row->released_at.us != 0) return "released";
    if (row->cleared_at.us != 0) return "cleared";
    return gw_instant_before(now, row->hold_until) ? "held" : "expired";
}

void gw_check_view(gw_json *json, const char *key, const gw_check_row *row, gw_instant now) {
    if (key != NULL) gw_json_object(json, key);
    gw_json_uuid(json, "check_id", row->check_id);
    gw_json_text(json, "network_id", row->network_id);
    gw_json_int64(json, "version", row->version);
    gw_json_hex(json, "network_hash", gw_word_slice(&row->network_hash));
    gw_json_instant(json, "starts_at", row->interval.from);
    gw_json_instant(json, "ends_at", row->interval.to);
    gw_json_text(json, "mode", row->mode);
    gw_json_text(json, "policy", row->policy);
    gw_json_text_if(json, "party", row->party);
    gw_json_text(json, "quantiles", row->quantiles);
    gw_json_int64(json, "margin_ppm", row->margin_ppm);
    gw_json_text(json, "verdict", row->verdict);
    gw_json_c(json, "state", gw_check_state(row, now));
    if (gw_text_is(row->mode, "reserve")) gw_json_instant(json, "expires_at", row->hold_until);
    if (row->released_at.us != 0) gw_json_instant(json, "released_at", row->released_at);
    if (row->cleared_at.us != 0) gw_json_instant(json, "cleared_at", row->cleared_at);
    gw_json_text_if(json, "forecast_id", row->forecast_id);
    if (row->newest_at.us != 0) gw_json_instant(json, "newest_reading_at", row->newest_at);
    gw_json_int64(json, "missing_points", row->missing_count);
    gw_json_int64(json, "rounds", row->rounds);
    gw_json_int64(json, "iterations", row->iterations);
    gw_json_int64(json, "residual_ppb", row->residual_ppb);
    gw_json_int64(json, "loss_before_w", row->loss_before_w);
    gw_json_int64(json, "loss_after_w", row->loss_after_w);
    if (!gw_word_is_zero(row->digest)) gw_json_hex(json, "digest", gw_word_slice(&row->digest));
    gw_json_instant(json, "created_at", row->created_at);
    gw_json_raw(json, "limits", row->limits);
    if (key != NULL) gw_json_close(json);
}

static void write_schedule(gw_json *json, const char *key, const gw_check_place *place) {
    if (place->item_id.length == 0) return;
    gw_json_object(json, key);
    gw_json_uuid(json, "check_id", place->check_id);
    gw_json_text(json, "item_id", place->item_id);
    gw_json_close(json);
}

void gw_check_item_view(gw_json *json, const char *key, const gw_check_item_row *item) {
    gw_json_object(json, key);
    gw_json_text(json, "id", item->item_id);
    gw_json_text(json, "kind", item->kind);
    gw_json_text(json, "effect", item->effect);
    gw_json_text(json, "claimed_effect", item->claimed);
    gw_json_text_if(json, "note", item->note);
    gw_json_text_if(json, "seller_point", item->seller_point);
    gw_json_text_if(json, "buyer_point", item->buyer_point);
    gw_json_text_if(json, "seller_party", item->seller_party);
    gw_json_text_if(json, "buyer_party", item->buyer_party);
    write_schedule(json, "seller_schedule", &item->seller_schedule);
    write_schedule(json, "buyer_schedule", &item->buyer_schedule);
    gw_json_int64(json, "requested_w", item->requested.w);
    gw_json_int64(json, "accepted_w", item->accepted.w);
    gw_json_int64(json, "curtailed_w", item->requested.w - item->accepted.w);
    gw_json_int64(json, "price_micros_per_kwh", item->price.micros_per_kwh);
    gw_json_instant(json, "accepted_at", item->accepted_at);
    gw_json_raw(json, "reasons", item->reasons);
    gw_json_int64(json, "loss_factor_ppm", item->loss_factor_ppm);
    gw_json_int64(json, "loss_share_ppm", item->loss_share_ppm);
    gw_json_text(json, "distance", item->distance);
    gw_json_int64(json, "fee_loss_micros", item->fee_loss.micros);
    gw_json_int64(json, "fee_shadow_micros", item->fee_shadow.micros);
    gw_json_int64(json, "fee_distance_micros", item->fee_distance.micros);
    gw_json_int64(json, "network_fee_micros", item->network_fee.micros);
    gw_json_close(json);
}

void gw_curtailment_view(gw_json *json, const char *key, const gw_curtailment_row *row) {
    gw_json_object(json, key);
    gw_json_text(json, "network_id", row->network_id);
    gw_json_text(json, "point", row->point);
    gw_json_text_if(json, "party", row->party);
    gw_json_uuid(json, "check_id", row->check_id);
    gw_json_text(json, "item_id", row->item_id);
    gw_json_text(json, "policy", row->policy);
    gw_json_instant(json, "starts_at", row->interval.from);
    gw_json_instant(json, "ends_at", row->interval.to);
    gw_json_int64(json, "requested_w", row->requested.w);
    gw_json_int64(json, "curtailed_w", row->cut.w);
    gw_json_int64(json, "curtailed_wh", row->cut_energy.wh);
    gw_json_instant(json, "recorded_at", row->recorded_at);
    gw_json_close(json);
}
