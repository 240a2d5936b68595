/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/event_log.h"
#include "server/flow/check_case.h"

static const char *const phases[] = {"A", "B", "C", "ALL"};

/* ---- texts ---- */

static void write_limit(gw_json *json, const gw_check_case *it, const gw_flow_check_limit *limit) {
    gw_json_object(json, NULL);
    gw_json_text(json, "kind", limit->kind);
    gw_json_text(json, "element", limit->id);
    gw_json_c(json, "phase", phases[limit->phase]);
    gw_json_text(json, "unit", limit->unit);
    gw_json_int64(json, "limit", limit->limit);
    gw_json_int64(json, "before", limit->before);
    gw_json_int64(json, "requested", limit->requested);
    gw_json_int64(json, "after", limit->after);
    gw_json_text(json, "quantile", it->bases[limit->base].id);
    gw_json_close(json);
}

static gw_status write_limits(gw_check_case *it, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, it->unit->arena);
    gw_json_array(&json, NULL);
    for (size_t at = 0; at < it->result.limit_count; at++)
        write_limit(&json, it, &it->result.limits[at]);
    gw_json_close(&json);
    return gw_json_end(&json, &it->row.limits, reterr);
}

static gw_status write_reasons(const gw_check_case *it, const gw_flow_check_item *item,
                               gw_text *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, it->unit->arena);
    gw_json_array(&json, NULL);
    for (size_t at = 0; at < item->reason_count; at++) {
        const gw_flow_check_reason *reason = &item->reasons[at];
        const gw_flow_check_limit *limit = &it->result.limits[reason->limit];
        gw_json_object(&json, NULL);
        gw_json_int64(&json, "limit", reason->limit);
        gw_json_text(&json, "kind", limit->kind);
        gw_json_text(&json, "element", limit->id);
        gw_json_c(&json, "phase", phases[limit->phase]);
        gw_json_int64(&json, "effect_ppb_per_w", reason->effect_ppb_per_w);
        gw_json_int64(&json, "share_ppm", reason->share_ppm);
        gw_json_close(&json);
    }
    gw_json_close(&json);
    return gw_json_end(&json, ret, reterr);
}

/* ---- rows ---- */

static gw_status fill_row(gw_check_case *it, gw_fault *reterr) {
    gw_check_row *row = &it->row;
    row->version = it->network.version;
    row->network_hash = it->network.hash;
    row->verdict = gw_text_from_c(gw_flow_check_verdict_name(it->result.verdict));
    row->forecast_id = it->injections.forecast_id;
    row->newest_at = it->injections.newest_at;
    row->missing_count = (int64_t)it->injections.missing_count;
    row->rounds = it->result.rounds;
    row->iterations = it->result.iterations;
    row->residual_ppb = it->result.residual_ppb;
    row->loss_before_w = it->result.loss_before_w;
    row->loss_after_w = it->result.loss_after_w;
    return write_limits(it, reterr);
}

static gw_status fill_item(const gw_check_case *it, size_t at, gw_fault *reterr) {
    const gw_flow_check_item *item = &it->result.items[at];
    gw_check_item_row *row = &it->item_rows[at];
    row->accepted = item->accepted;
    row->loss_factor_ppm = item->loss_factor_ppm;
    row->loss_share_ppm = item->loss_share_ppm;
    row->distance = gw_text_from_c(gw_flow_distance_name(item->distance));
    row->fee_loss = item->fee_loss;
    row->fee_shadow = item->fee_shadow;
    row->fee_distance = item->fee_distance;
    row->network_fee = item->network_fee;
    return write_reasons(it, item, &row->reasons, reterr);
}

/* ---- the log of cuts ---- */

static gw_status log_cut(const gw_check_case *it, const gw_check_item_row *item, gw_text point,
                         gw_text party, gw_fault *reterr) {
    gw_curtailment_row row = {.network_id = it->row.network_id,
                              .point = point,
                              .party = party,
                              .check_id = it->row.check_id,
                              .item_id = item->item_id,
                              .policy = it->row.policy,
                              .interval = it->row.interval,
                              .requested = item->requested,
                              .cut = {item->requested.w - item->accepted.w},
                              .recorded_at = it->unit->now};
    if (point.length == 0 || row.cut.w <= 0) return gw_ok();
    const gw_span duration = {row.interval.to.us - row.interval.from.us};
    GW_TRY(gw_energy_from_power(row.cut, duration, &row.cut_energy, reterr));
    return gw_curtailment_insert(it->unit->tx, it->unit->arena, &row, reterr);
}

static gw_status save_item(const gw_check_case *it, size_t at, gw_fault *reterr) {
    const gw_check_item_row *row = &it->item_rows[at];
    GW_TRY(gw_check_item_insert(it->unit->tx, it->unit->arena, it->row.check_id, row, reterr));
    if (it->wish->mode != GW_CHECK_RESERVE) return gw_ok();
    GW_TRY(log_cut(it, row, row->seller_point, row->seller_party, reterr));
    if (gw_text_equal(row->seller_point, row->buyer_point)) return gw_ok();
    return log_cut(it, row, row->buyer_point, row->buyer_party, reterr);
}

static gw_status log_event(const gw_check_case *it, gw_fault *reterr) {
    gw_json json;
    char id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(it->row.check_id, id);
    gw_event_entry entry = {.at = it->unit->now,
                            .entity = GW_TEXT("check"),
                            .type = GW_TEXT("check.held"),
                            .subject = gw_text_from_c(id),
                            .party = it->row.party};
    if (it->wish->mode != GW_CHECK_RESERVE) return gw_ok();
    gw_json_init(&json, it->unit->arena);
    gw_json_object(&json, NULL);
    gw_json_text(&json, "network_id", it->row.network_id);
    gw_json_instant(&json, "starts_at", it->row.interval.from);
    gw_json_text(&json, "verdict", it->row.verdict);
    gw_json_close(&json);
    GW_TRY(gw_json_end(&json, &entry.body, reterr));
    return gw_event_append(it->unit->tx, it->unit->arena, &entry, NULL, reterr);
}

gw_status gw_check_answer_save(gw_check_case *it, gw_fault *reterr) {
    GW_TRY(fill_row(it, reterr));
    GW_TRY(gw_check_insert(it->unit->tx, it->unit->arena, &it->row, reterr));
    for (size_t at = 0; at < it->wish->item_count; at++) {
        GW_TRY(fill_item(it, at, reterr));
        GW_TRY(save_item(it, at, reterr));
    }
    return log_event(it, reterr);
}
