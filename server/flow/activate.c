/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/activate.h"

#include "server/db/market_source.h"
#include "server/db/outbox_store.h"
#include "server/db/proposal_store.h"
#include "server/flow/advance.h"
#include "server/flow/order.h"
#include "server/flow/steps.h"
#include "server/http/json.h"

static gw_status close_proposal(const gw_flow_unit *unit, gw_uuid event_id, gw_fault *reterr) {
    const gw_proposal_key key = {event_id, GW_TEXT("COMMITMENT")};
    gw_proposal_row proposal;
    const gw_status found = gw_proposal_load_last(unit->tx, unit->arena, &key, &proposal, reterr);
    if (found.code == GW_CODE_NOT_FOUND) return gw_ok();
    GW_TRY(found);
    if (!gw_text_is(proposal.state, "OPEN")) return gw_ok();
    proposal.state = GW_TEXT("FAILED");
    proposal.reason = GW_TEXT("delivery started before a quorum had signed");
    proposal.decided_at = unit->now;
    return gw_proposal_save_decision(unit->tx, unit->arena, &proposal, reterr);
}

static gw_status fail_start(const gw_flow_unit *unit, gw_request_row *request, gw_fault *reterr) {
    const gw_timer_row dropped = {
        .event_id = request->event_id, .fired_at = unit->now, .outcome = GW_TEXT("FAILED")};
    GW_TRY(close_proposal(unit, request->event_id, reterr));
    GW_TRY(gw_advance(unit, request, GW_EVENT_DO_FAIL,
                      GW_TEXT("there was no certificate of the commitment when delivery was to "
                              "start"),
                      reterr));
    return gw_timer_drop(unit->tx, unit->arena, &dropped, reterr);
}

gw_status gw_step_start(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    gw_event_state state;
    GW_TRY(gw_advance_state(&request, &state, reterr));
    if (state >= GW_EVENT_ACTIVE || state == GW_EVENT_NO_OFFERS) return gw_ok();
    GW_TRY(gw_order_advance(unit, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_COMMITTED)) return fail_start(unit, &request, reterr);
    return gw_advance(unit, &request, GW_EVENT_DO_START, request.reason, reterr);
}

gw_status gw_step_end(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_ACTIVE)) return gw_ok();
    return gw_advance(unit, &request, GW_EVENT_DO_END, request.reason, reterr);
}

/* Ref: the device's topic down/<device>/event; counter rises with time, so that a device can tell
 * an old message from a new one. */
static gw_status stop_device(const gw_flow_unit *unit, const gw_request_row *request,
                             gw_stop_action action, gw_text device, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, unit->arena);
    gw_json_object(&json, NULL);
    gw_json_uuid(&json, "event_id", request->event_id);
    gw_json_c(&json, "action", action == GW_STOP_EMERGENCY ? "STOP" : "RECALL");
    gw_json_instant(&json, "at", unit->now);
    gw_json_int64(&json, "counter", unit->now.us / 1000000);
    gw_json_instant(&json, "expires_at", request->window.to);
    gw_json_close(&json);
    gw_text body;
    GW_TRY(gw_json_end(&json, &body, reterr));
    char event_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(request->event_id, event_id);
    gw_writer topic;
    gw_writer_init(&topic, unit->arena);
    gw_write_format(&topic, "gw/v1/%.*s/down/%.*s/event", GW_TEXT_ARGS(unit->flow->settings.realm),
                    GW_TEXT_ARGS(device));
    gw_writer purpose;
    gw_writer_init(&purpose, unit->arena);
    gw_write_format(&purpose, "stop/%s/%.*s/%lld", event_id, GW_TEXT_ARGS(device),
                    (long long)unit->now.us);
    gw_outbox_row row = {.kind = GW_TEXT("MQTT_PUBLISH"),
                         .event_id = &request->event_id,
                         .retained = true,
                         .payload = {(const uint8_t *)body.at, body.length},
                         .promised_at = unit->now};
    GW_TRY(gw_writer_end_text(&topic, &row.topic, reterr));
    GW_TRY(gw_writer_end_text(&purpose, &row.purpose, reterr));
    return gw_outbox_save(unit->tx, unit->arena, &row, reterr);
}

static gw_status stop_devices(const gw_flow_unit *unit, const gw_request_row *request,
                              gw_stop_action action, gw_fault *reterr) {
    gw_text_list devices;
    GW_TRY(gw_market_load_devices(unit->tx, unit->arena, request->event_id, &devices, reterr));
    for (int i = 0; i < devices.count; i++)
        GW_TRY(stop_device(unit, request, action, devices.items[i], reterr));
    return gw_ok();
}

static gw_text reason_of(const gw_stop_call *call) {
    if (call->reason.length > 0) return call->reason;
    return call->action == GW_STOP_EMERGENCY ? GW_TEXT("emergency stop by the operator")
                                             : GW_TEXT("recalled by the operator");
}

typedef struct stop_context {
    const gw_stop_call *call;
    gw_request_row *ret;
} stop_context;

static gw_status stop_event(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const stop_context *stop = (const stop_context *)context;
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, stop->call->event_id, &request, reterr));
    if (request.stopped_at.us == 0) {
        const gw_timer_row end = {.event_id = request.event_id,
                                  .kind = GW_TEXT("END"),
                                  .fired_at = unit->now,
                                  .outcome = GW_TEXT("STOPPED")};
        GW_TRY(gw_request_save_stopped(unit->tx, unit->arena, request.event_id, unit->now, reterr));
        request.stopped_at = unit->now;
        GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_RECALL, reason_of(stop->call), reterr));
        GW_TRY(gw_timer_fire(unit->tx, unit->arena, &end, reterr));
        GW_TRY(stop_devices(unit, &request, stop->call->action, reterr));
    }
    *stop->ret = request;
    return gw_ok();
}

gw_status gw_activate_stop(const gw_flow *flow, gw_arena *arena, const gw_stop_call *call,
                           gw_request_row *ret, gw_fault *reterr) {
    gw_request_row row = {0};
    stop_context context = {call, &row};
    const gw_flow_job job = {stop_event, &context, call->now, GW_CRASH_STOP_BEFORE_COMMIT,
                             GW_CRASH_STOP_AFTER_COMMIT};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}
