/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/advance.h"

#include "server/db/event_log.h"
#include "server/db/outbox_store.h"
#include "server/flow/view.h"

#include <stdio.h>

gw_status gw_advance_lock(const gw_flow_unit *unit, gw_uuid event_id, gw_request_row *ret,
                          gw_fault *reterr) {
    return gw_request_lock(unit->tx, unit->arena, event_id, ret, reterr);
}

gw_status gw_advance_state(const gw_request_row *request, gw_event_state *ret, gw_fault *reterr) {
    const gw_status status = gw_event_state_parse(request->state, ret, reterr);
    if (gw_is_ok(status)) return status;
    return gw_fail_with(reterr, GW_CODE_INTERNAL, "request",
                        "the stored state \"%.*s\" has no name", GW_TEXT_ARGS(request->state));
}

bool gw_advance_is(const gw_request_row *request, gw_event_state state) {
    return gw_text_is(request->state, gw_event_state_print(state));
}

gw_status gw_advance_log(const gw_flow_unit *unit, const gw_advance_note *note, gw_fault *reterr) {
    char event_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(note->event_id, event_id);
    const gw_event_entry entry = {
        .at = unit->now,
        .entity = gw_text_from_c(note->entity),
        .type = gw_text_from_c(note->type),
        .subject = note->subject.length > 0 ? note->subject : gw_text_from_c(event_id),
        .party = note->party,
        .body = note->body.length > 0 ? note->body : GW_TEXT("{}"),
    };
    int64_t seq = 0;
    return gw_event_append(unit->tx, unit->arena, &entry, &seq, reterr);
}

/* What integrators hear: drafts are nobody's business. */
static gw_status promise_publish(const gw_flow_unit *unit, const gw_request_row *request,
                                 gw_event_action action, gw_text body, gw_fault *reterr) {
    if (request->published_at.us == 0) return gw_ok();
    char event_id[GW_UUID_TEXT_SIZE];
    gw_uuid_print(request->event_id, event_id);
    const bool is_request = action == GW_EVENT_DO_PUBLISH || action == GW_EVENT_DO_CANCEL ||
                            action == GW_EVENT_DO_CLOSE_GATE;
    gw_writer topic;
    gw_writer_init(&topic, unit->arena);
    gw_write_format(&topic, "gw/v1/%.*s/pub/%s", GW_TEXT_ARGS(unit->flow->settings.realm),
                    is_request ? "request" : "event");
    gw_writer purpose;
    gw_writer_init(&purpose, unit->arena);
    gw_write_format(&purpose, "publish/%s/%s/%lld", event_id, gw_event_action_print(action),
                    (long long)unit->now.us);
    gw_outbox_row row = {.kind = GW_TEXT("MQTT_PUBLISH"),
                         .event_id = &request->event_id,
                         .payload = {(const uint8_t *)body.at, body.length},
                         .promised_at = unit->now};
    GW_TRY(gw_writer_end_text(&topic, &row.topic, reterr));
    GW_TRY(gw_writer_end_text(&purpose, &row.purpose, reterr));
    return gw_outbox_save(unit->tx, unit->arena, &row, reterr);
}

static gw_status tell(const gw_flow_unit *unit, const gw_request_row *request,
                      gw_event_action action, gw_fault *reterr) {
    gw_text body;
    GW_TRY(gw_view_request_text(unit->tx, unit->arena, request, &body, reterr));
    char type[64];
    const int length = snprintf(type, sizeof type, "event.%s", gw_event_action_print(action));
    if (length < 0 || (size_t)length >= sizeof type) return gw_fail(reterr, GW_CODE_INTERNAL);
    const gw_advance_note note = {
        .event_id = request->event_id, .entity = "event", .type = type, .body = body};
    GW_TRY(gw_advance_log(unit, &note, reterr));
    return promise_publish(unit, request, action, body, reterr);
}

gw_status gw_advance(const gw_flow_unit *unit, gw_request_row *request, gw_event_action action,
                     gw_text reason, gw_fault *reterr) {
    gw_event_state from;
    GW_TRY(gw_advance_state(request, &from, reterr));
    gw_event_state to;
    GW_TRY(gw_event_move(from, action, &to, reterr));
    const gw_request_move move = {.event_id = request->event_id,
                                  .from = request->state,
                                  .to = gw_text_from_c(gw_event_state_print(to)),
                                  .reason = reason};
    GW_TRY(gw_request_save_move(unit->tx, unit->arena, &move, reterr));
    request->state = move.to;
    request->reason = reason;
    return tell(unit, request, action, reterr);
}
