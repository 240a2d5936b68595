/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/view.h"

static void instant_if(gw_json *json, const char *key, gw_instant at) {
    if (at.us != 0) gw_json_instant(json, key, at);
}

static void hex_if(gw_json *json, const char *key, gw_bytes bytes) {
    if (bytes.length > 0) gw_json_hex(json, key, bytes);
}

static void write_terms(gw_json *json, const gw_request_row *request) {
    gw_json_int64(json, "max_price_micros_per_kwh", request->price_cap.micros_per_kwh);
    gw_json_int64(json, "shortfall_price_micros_per_kwh", request->shortfall_price.micros_per_kwh);
    gw_json_int64(json, "budget_micros", request->budget.micros);
    gw_json_text(json, "method", request->method);
    gw_json_text(json, "adjustment", request->adjustment);
    gw_json_text(json, "own_event_days", request->own_event_days);
    gw_json_text(json, "calendar", request->calendar);
    gw_json_int64(json, "calendar_version", request->calendar_version);
    gw_json_hex(json, "calendar_hash", request->calendar_hash);
}

static void write_need(gw_json *json, const gw_need_list *need) {
    gw_json_array(json, "need_w");
    for (int i = 0; i < need->count; i++) gw_json_int64(json, NULL, need->items[i].need.w);
    gw_json_close(json);
    gw_json_array(json, "forecast_w");
    for (int i = 0; i < need->count; i++)
        if (need->items[i].forecast.w > 0) gw_json_int64(json, NULL, need->items[i].forecast.w);
    gw_json_close(json);
}

void gw_view_request(gw_json *json, const char *key, const gw_request_row *request) {
    gw_json_object(json, key);
    gw_json_uuid(json, "event_id", request->event_id);
    gw_json_text(json, "state", request->state);
    gw_json_text_if(json, "reason", request->reason);
    gw_json_text(json, "transformer", request->transformer);
    gw_json_text(json, "source", request->source);
    gw_json_instant(json, "from", request->window.from);
    gw_json_instant(json, "to", request->window.to);
    gw_json_int64(json, "interval_s", request->interval_s);
    write_need(json, &request->need);
    write_terms(json, request);
    gw_json_instant(json, "gate_at", request->gate_at);
    gw_json_instant(json, "ack_by", request->ack_by);
    gw_json_instant(json, "data_deadline_at", request->data_deadline_at);
    gw_json_instant(json, "created_at", request->created_at);
    instant_if(json, "published_at", request->published_at);
    instant_if(json, "stopped_at", request->stopped_at);
    hex_if(json, "commitment_root", request->commitment_root);
    gw_json_int64(json, "max_liability_micros", request->max_liability.micros);
    gw_json_close(json);
}

gw_status gw_view_request_text(gw_db *db, gw_arena *arena, const gw_request_row *request,
                               gw_text *ret, gw_fault *reterr) {
    gw_request_row whole = *request;
    if (whole.need.count == 0)
        GW_TRY(gw_request_load_need(db, arena, request->event_id, &whole.need, reterr));
    gw_json json;
    gw_json_init(&json, arena);
    gw_view_request(&json, NULL, &whole);
    return gw_json_end(&json, ret, reterr);
}

void gw_view_bid(gw_json *json, const char *key, const gw_bid_row *bid) {
    gw_json_object(json, key);
    gw_json_uuid(json, "bid_id", bid->bid_id);
    gw_json_uuid(json, "event_id", bid->event_id);
    gw_json_text(json, "party", bid->party);
    gw_json_text(json, "group", bid->group);
    gw_json_int64(json, "price_micros_per_kwh", bid->price.micros_per_kwh);
    gw_json_int64(json, "min_activation_pct", bid->min_activation_pct);
    gw_json_array(json, "power_w");
    for (int i = 0; i < bid->interval_count; i++)
        gw_json_int64(json, NULL, bid->intervals[i].offered.w);
    gw_json_close(json);
    gw_json_text(json, "state", bid->state);
    gw_json_text_if(json, "reason", bid->reason);
    gw_json_int64(json, "activation_pct", bid->activation_pct);
    gw_json_instant(json, "received_at", bid->received_at);
    gw_json_hex(json, "body_hash", bid->raw_hash);
    gw_json_close(json);
}

static void write_order_parts(gw_json *json, const gw_order_row *order) {
    gw_json_array(json, "intervals");
    for (int i = 0; i < order->interval_count; i++) {
        gw_json_object(json, NULL);
        gw_json_instant(json, "start", order->intervals[i].start);
        gw_json_int64(json, "power_w", order->intervals[i].power.w);
        gw_json_close(json);
    }
    gw_json_close(json);
    gw_json_array(json, "meters");
    for (int i = 0; i < order->meter_count; i++) {
        gw_json_object(json, NULL);
        gw_json_text(json, "meter", order->meters[i].meter);
        gw_json_int64(json, "qualified_w", order->meters[i].qualified.w);
        gw_json_close(json);
    }
    gw_json_close(json);
}

void gw_view_order(gw_json *json, const char *key, const gw_order_row *order) {
    gw_json_object(json, key);
    gw_json_uuid(json, "order_id", order->order_id);
    gw_json_uuid(json, "event_id", order->event_id);
    gw_json_uuid(json, "bid_id", order->bid_id);
    gw_json_text(json, "party", order->party);
    gw_json_text(json, "payee", order->payee);
    gw_json_text(json, "group", order->group);
    gw_json_int64(json, "price_micros_per_kwh", order->price.micros_per_kwh);
    gw_json_int64(json, "activation_pct", order->activation_pct);
    gw_json_text(json, "state", order->state);
    gw_json_text_if(json, "reason", order->reason);
    gw_json_instant(json, "ordered_at", order->ordered_at);
    instant_if(json, "acked_at", order->acked_at);
    write_order_parts(json, order);
    gw_json_close(json);
}

void gw_view_outbox(gw_json *json, const char *key, const gw_outbox_row *row) {
    gw_json_object(json, key);
    gw_json_int64(json, "id", row->outbox_id);
    gw_json_text(json, "kind", row->kind);
    gw_json_text(json, "purpose", row->purpose);
    if (row->event_id != NULL) gw_json_uuid(json, "event_id", *row->event_id);
    gw_json_c(json, "state", row->done_at.us != 0 ? "CONFIRMED" : "WAITING");
    gw_json_instant(json, "promised_at", row->promised_at);
    instant_if(json, "confirmed_at", row->done_at);
    gw_json_int64(json, "attempts", row->attempts);
    gw_json_text_if(json, "outcome", row->outcome);
    hex_if(json, "tx_hash", row->tx_hash);
    if (row->block_number > 0) gw_json_int64(json, "block_number", row->block_number);
    gw_json_close(json);
}
