/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/request.h"

#include "dr/selection.h"
#include "server/db/event_store.h"
#include "server/db/market_source.h"
#include "server/evidence/core.h"
#include "server/flow/advance.h"
#include "server/flow/need_request.h"

#include <stdio.h>

enum { DATA_DEADLINE_S = 3600, LOCK_FUNDS = 2 };

static gw_status check_need(const gw_request_wish *wish, gw_fault *reterr) {
    size_t count = 0;
    gw_fault fault = {0};
    const gw_span interval = gw_span_seconds(wish->interval_s);
    const gw_status counted = gw_period_count(wish->window, interval, &count, &fault);
    if (!gw_is_ok(counted)) return gw_fail_with(reterr, counted.code, "/to", "%s", fault.message);
    if (count > GW_SELECTION_MAX_INTERVALS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/to", "%zu intervals are more than %d",
                            count, GW_SELECTION_MAX_INTERVALS);
    if (wish->need_count != count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/need_w",
                            "%zu values for a window of %zu intervals", wish->need_count, count);
    int64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        if (wish->need[i].w < 0)
            return gw_fail_with(reterr, GW_CODE_INVALID, "/need_w", "the need %lld W is negative",
                                (long long)wish->need[i].w);
        if (wish->need[i].w > most) most = wish->need[i].w;
    }
    if (most == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/need_w", "no interval needs anything");
    return gw_ok();
}

static gw_status check_times(const gw_request_wish *wish, gw_fault *reterr) {
    if (!gw_instant_before(wish->gate_at, wish->window.from))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/gate_at",
                            "the gate is not before the start of delivery");
    if (gw_instant_before(wish->ack_by, wish->gate_at) ||
        gw_instant_before(wish->window.from, wish->ack_by))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/ack_by",
                            "the acknowledgement is not due between gate and start");
    if (gw_instant_before(wish->data_deadline_at, wish->window.to))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/data_deadline_at",
                            "the data deadline is before the end of delivery");
    return gw_ok();
}

static gw_status check_prices(const gw_request_wish *wish, gw_fault *reterr) {
    if (wish->max_price.micros_per_kwh <= 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/max_price_micros_per_kwh",
                            "the price cap is not above 0");
    if (wish->shortfall_price.micros_per_kwh < 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/shortfall_price_micros_per_kwh",
                            "the shortfall price is negative");
    if (wish->budget.micros <= 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/budget_micros", "the budget is not above 0");
    return gw_ok();
}

static gw_status check_method(const gw_request_wish *wish, gw_fault *reterr) {
    gw_method method;
    GW_TRY(gw_method_find(wish->method, wish->adjustment, &method, reterr));
    if (method.interval_s != wish->interval_s)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/interval_s",
                            "%lld s is not the method's interval of %lld s",
                            (long long)wish->interval_s, (long long)method.interval_s);
    return gw_ok();
}

gw_status gw_request_check(gw_request_wish *wish, gw_fault *reterr) {
    if (!gw_period_is_valid(wish->window))
        return gw_fail_with(reterr, GW_CODE_INVALID, "/to",
                            "the window is empty: it does not end after its start");
    if (wish->interval_s <= 0 || wish->interval_s > 86400)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "/interval_s",
                            "%lld s is no interval of 1 to 86400 s", (long long)wish->interval_s);
    GW_TRY(check_need(wish, reterr));
    if (wish->ack_by.us == 0) {
        const gw_span rest = gw_instant_since(wish->window.from, wish->gate_at);
        wish->ack_by = gw_instant_plus(wish->gate_at, gw_span_seconds(rest.us / 2 / 1000000));
    }
    if (wish->data_deadline_at.us == 0)
        wish->data_deadline_at = gw_instant_plus(wish->window.to, gw_span_seconds(DATA_DEADLINE_S));
    GW_TRY(check_times(wish, reterr));
    GW_TRY(check_prices(wish, reterr));
    return check_method(wish, reterr);
}

typedef struct create_call {
    const gw_request_wish *wish;
    gw_request_row *ret;
} create_call;

static gw_status make_need(const gw_flow_unit *unit, const gw_request_wish *wish, gw_need_list *ret,
                           gw_fault *reterr) {
    gw_need_row *rows = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_need_row, wish->need_count, &rows, reterr));
    for (size_t i = 0; i < wish->need_count; i++) {
        const gw_period interval =
            gw_period_interval(wish->window, gw_span_seconds(wish->interval_s), (int64_t)i);
        rows[i].start = interval.from;
        rows[i].need = wish->need[i];
        rows[i].forecast = wish->forecast == NULL ? (gw_power){0} : wish->forecast[i];
    }
    *ret = (gw_need_list){rows, (int)wish->need_count};
    return gw_ok();
}

static gw_uuid request_id(const gw_flow_unit *unit, gw_text key) {
    char label[320];
    const int length = snprintf(label, sizeof label, "event/%.*s", GW_TEXT_ARGS(key));
    const size_t used = length < 0 ? 0 : (size_t)length;
    const gw_text text = {label, used < sizeof label ? used : sizeof label - 1};
    return gw_random_uuid(unit->flow->random, text, unit->now);
}

static gw_status freeze_calendar(const gw_flow_unit *unit, const gw_request_wish *wish,
                                 gw_request_row *row, gw_fault *reterr) {
    gw_market_calendar calendar = {.name = wish->calendar, .window = wish->window};
    GW_TRY(gw_market_load_calendar(unit->tx, unit->arena, &calendar, reterr));
    gw_word *hash = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_word, 1, &hash, reterr));
    GW_TRY(gw_core_calendar_hash(unit->arena, &calendar.calendar, hash, reterr));
    row->calendar = calendar.name;
    row->calendar_version = calendar.version;
    row->calendar_hash = (gw_bytes){hash->bytes, sizeof hash->bytes};
    return gw_ok();
}

static gw_request_row row_of(const gw_flow_unit *unit, const gw_request_wish *wish) {
    return (gw_request_row){
        .event_id = request_id(unit, wish->key),
        .state = gw_text_from_c(gw_event_state_print(GW_EVENT_DRAFT)),
        .transformer = wish->transformer,
        .source = gw_text_from_c(wish->source),
        .window = wish->window,
        .interval_s = wish->interval_s,
        .price_cap = wish->max_price,
        .shortfall_price = wish->shortfall_price,
        .budget = wish->budget,
        .method = wish->method,
        .adjustment = gw_text_from_c(gw_adjustment_print(wish->adjustment)),
        .own_event_days = gw_text_from_c(gw_own_event_days_print(wish->own_event_days)),
        .gate_at = wish->gate_at,
        .ack_by = wish->ack_by,
        .data_deadline_at = wish->data_deadline_at,
        .created_at = unit->now,
    };
}

static gw_status create_request(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const create_call *call = (const create_call *)context;
    gw_power rating;
    GW_TRY(gw_market_load_rating(unit->tx, unit->arena, call->wish->transformer, &rating, reterr));
    gw_request_row row = row_of(unit, call->wish);
    GW_TRY(freeze_calendar(unit, call->wish, &row, reterr));
    GW_TRY(make_need(unit, call->wish, &row.need, reterr));
    bool is_new = false;
    GW_TRY(gw_request_save(unit->tx, unit->arena, &row, &is_new, reterr));
    const gw_need_list need = row.need;
    GW_TRY(gw_request_load(unit->tx, unit->arena, row.event_id, &row, reterr));
    row.need = need;
    if (call->wish->need_id != NULL)
        GW_TRY(gw_need_link(unit, *call->wish->need_id, row.event_id, reterr));
    if (is_new) {
        const gw_advance_note note = {
            .event_id = row.event_id, .entity = "event", .type = "event.draft"};
        GW_TRY(gw_advance_log(unit, &note, reterr));
    }
    *call->ret = row;
    return gw_ok();
}

gw_status gw_request_create(const gw_flow *flow, gw_arena *arena, gw_request_wish *wish,
                            gw_instant now, gw_request_row *ret, gw_fault *reterr) {
    GW_TRY(gw_request_check(wish, reterr));
    create_call call = {wish, ret};
    const gw_flow_job job = {create_request, &call, now, GW_CRASH_REQUEST_BEFORE_CREATE,
                             GW_CRASH_REQUEST_AFTER_CREATE};
    return gw_flow_transact(flow, arena, &job, reterr);
}

typedef struct publish_call {
    gw_uuid event_id;
    gw_text reason;
    gw_money free;
    gw_request_row *ret;
} publish_call;

static gw_status check_funds(const gw_flow_unit *unit, const gw_request_row *request, gw_money free,
                             gw_fault *reterr) {
    GW_TRY(gw_db_lock(unit->tx, GW_LOCK_FLOW, LOCK_FUNDS, reterr));
    gw_money reserved;
    GW_TRY(gw_request_load_reserved(unit->tx, unit->arena, request->event_id, &reserved, reterr));
    const int64_t left = free.micros - reserved.micros;
    if (request->budget.micros <= left) return gw_ok();
    return gw_hint(reterr,
                   gw_fail_with(reterr, GW_CODE_NO_FUNDS, "/budget_micros",
                                "the budget of %lld micros is more than the %lld micros of escrow "
                                "that are free",
                                (long long)request->budget.micros,
                                (long long)(left < 0 ? 0 : left)),
                   "Fund the ledger contract or lower the budget.");
}

static gw_status set_timers(const gw_flow_unit *unit, const gw_request_row *request,
                            gw_fault *reterr) {
    const gw_timer_row timers[] = {
        {.kind = GW_TEXT("GATE"), .due_at = request->gate_at},
        {.kind = GW_TEXT("ACK"), .due_at = request->ack_by},
        {.kind = GW_TEXT("START"), .due_at = request->window.from},
        {.kind = GW_TEXT("END"), .due_at = request->window.to},
        {.kind = GW_TEXT("DATA"), .due_at = request->data_deadline_at},
    };
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        gw_timer_row timer = timers[i];
        timer.event_id = request->event_id;
        GW_TRY(gw_timer_save(unit->tx, unit->arena, &timer, reterr));
    }
    return gw_ok();
}

static gw_status publish_request(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const publish_call *call = (const publish_call *)context;
    gw_request_row row;
    GW_TRY(gw_advance_lock(unit, call->event_id, &row, reterr));
    *call->ret = row;
    if (gw_advance_is(&row, GW_EVENT_PUBLISHED)) return gw_ok();
    if (!gw_instant_before(unit->now, row.gate_at))
        return gw_fail_with(reterr, GW_CODE_GATE_CLOSED, "/gate_at",
                            "the gate of this request is over already");
    GW_TRY(check_funds(unit, &row, call->free, reterr));
    GW_TRY(gw_request_save_published(unit->tx, unit->arena, row.event_id, unit->now, reterr));
    row.published_at = unit->now;
    GW_TRY(set_timers(unit, &row, reterr));
    GW_TRY(gw_advance(unit, &row, GW_EVENT_DO_PUBLISH, GW_TEXT(""), reterr));
    *call->ret = row;
    return gw_ok();
}

gw_status gw_request_publish(const gw_flow *flow, gw_arena *arena, const gw_event_call *event,
                             gw_request_row *ret, gw_fault *reterr) {
    gw_money free;
    GW_TRY(flow->ports.free_escrow(flow->ports.context, &free, reterr));
    gw_request_row row = {0};
    publish_call call = {event->event_id, event->reason, free, &row};
    const gw_flow_job job = {publish_request, &call, event->now, GW_CRASH_REQUEST_BEFORE_PUBLISH,
                             GW_CRASH_REQUEST_AFTER_PUBLISH};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}

static gw_status cancel_request(const gw_flow_unit *unit, void *context, gw_fault *reterr) {
    const publish_call *call = (const publish_call *)context;
    gw_request_row row;
    GW_TRY(gw_advance_lock(unit, call->event_id, &row, reterr));
    if (row.commitment_root.length > 0)
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_WRONG_STATE, "request",
                                    "the commitment is signed and cannot be taken back"),
                       "Recall the event instead.");
    if (!gw_advance_is(&row, GW_EVENT_CANCELLED)) {
        const gw_timer_row dropped = {
            .event_id = row.event_id, .fired_at = unit->now, .outcome = GW_TEXT("CANCELLED")};
        GW_TRY(gw_advance(
            unit, &row, GW_EVENT_DO_CANCEL,
            call->reason.length > 0 ? call->reason : GW_TEXT("cancelled by the operator"), reterr));
        GW_TRY(gw_timer_drop(unit->tx, unit->arena, &dropped, reterr));
    }
    *call->ret = row;
    return gw_ok();
}

gw_status gw_request_cancel(const gw_flow *flow, gw_arena *arena, const gw_event_call *event,
                            gw_request_row *ret, gw_fault *reterr) {
    gw_request_row row = {0};
    publish_call call = {event->event_id, event->reason, {0}, &row};
    const gw_flow_job job = {cancel_request, &call, event->now, GW_CRASH_REQUEST_BEFORE_CANCEL,
                             GW_CRASH_REQUEST_AFTER_CANCEL};
    GW_TRY(gw_flow_transact(flow, arena, &job, reterr));
    *ret = row;
    return gw_ok();
}
