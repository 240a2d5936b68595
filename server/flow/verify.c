/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/verify.h"

#include "server/db/market_source.h"
#include "server/flow/advance.h"
#include "server/flow/order.h"
#include "server/flow/propose.h"
#include "server/flow/steps.h"

#include <string.h>

enum { DAY_S = 86400, EDGE_DAYS = 2 };

/* Local days start up to 14 hours from UTC's, and a window may cross midnight: two days of edge. */
gw_period gw_verify_period(const gw_request_row *request, const gw_method *method) {
    const gw_span back = gw_span_seconds((method->lookback_days + EDGE_DAYS) * DAY_S);
    return (gw_period){gw_instant_minus(request->window.from, back), request->window.to};
}

static gw_status fill_order(const gw_flow_unit *unit, const gw_order_row *row, gw_order *ret,
                            gw_word *ret_salt, gw_fault *reterr) {
    gw_power *power = NULL;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_power, (size_t)row->interval_count, &power, reterr));
    for (int i = 0; i < row->interval_count; i++) power[i] = row->intervals[i].power;
    *ret = (gw_order){
        .event_id = row->event_id,
        .order_id = row->order_id,
        .bid_id = row->bid_id,
        .party = row->party,
        .payee = row->payee,
        .group = row->group,
        .price = row->price,
        .power = power,
        .power_count = (size_t)row->interval_count,
        .meters = row->meters,
        .meter_count = (size_t)row->meter_count,
    };
    return gw_word_from_bytes(row->salt, ret_salt, reterr);
}

static gw_status fill_orders(const gw_flow_unit *unit, gw_core_settlement *core, gw_fault *reterr) {
    gw_order_list rows;
    GW_TRY(gw_order_of_event(unit->tx, unit->arena, core->event.event_id, &rows, reterr));
    core->order_count = (size_t)rows.count;
    core->order_salt_count = core->order_count;
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_order, core->order_count, &core->orders, reterr));
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_word, core->order_count, &core->order_salts, reterr));
    for (int i = 0; i < rows.count; i++)
        GW_TRY(fill_order(unit, &rows.items[i], &core->orders[i], &core->order_salts[i], reterr));
    return gw_ok();
}

static size_t count_meters(const gw_core_settlement *core) {
    size_t count = 0;
    for (size_t i = 0; i < core->order_count; i++) count += core->orders[i].meter_count;
    return count;
}

/* Keeps core->meters ascending by name; orders are few and their meters ascend already. */
static void insert_meter(gw_core_settlement *core, gw_text meter) {
    size_t at = core->meter_count;
    while (at > 0 && gw_text_compare(core->meters[at - 1].meter, meter) > 0) {
        core->meters[at] = core->meters[at - 1];
        at--;
    }
    core->meters[at] = (gw_core_meter){.meter = meter};
    core->meter_count++;
}

static gw_status list_meters(const gw_flow_unit *unit, gw_core_settlement *core, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(unit->arena, gw_core_meter, count_meters(core), &core->meters, reterr));
    core->meter_count = 0;
    for (size_t i = 0; i < core->order_count; i++)
        for (size_t m = 0; m < core->orders[i].meter_count; m++)
            insert_meter(core, core->orders[i].meters[m].meter);
    return gw_ok();
}

static gw_status fill_series(const gw_flow_unit *unit, gw_core_settlement *core, gw_period period,
                             gw_fault *reterr) {
    const gw_market_span span = {core->event.event_id, period, core->run.as_of};
    gw_reading_list readings;
    GW_TRY(gw_market_load_readings(unit->tx, unit->arena, &span, &readings, reterr));
    int at = 0;
    for (size_t m = 0; m < core->meter_count; m++) {
        gw_core_meter *meter = &core->meters[m];
        while (at < readings.count && gw_text_compare(readings.items[at].meter, meter->meter) < 0)
            at++;
        const int first = at;
        while (at < readings.count && gw_text_equal(readings.items[at].meter, meter->meter)) at++;
        GW_TRY(gw_series_make(unit->arena, gw_span_seconds(core->event.interval_s),
                              &readings.items[first], (size_t)(at - first), &meter->series,
                              reterr));
    }
    return gw_ok();
}

static gw_core_meter *find_meter(gw_core_settlement *core, gw_text name) {
    for (size_t m = 0; m < core->meter_count; m++)
        if (gw_text_equal(core->meters[m].meter, name)) return &core->meters[m];
    return NULL;
}

static void add_day(gw_core_meter *meter, gw_date day) {
    size_t at = meter->event_day_count;
    while (at > 0 && meter->event_days[at - 1].days > day.days) at--;
    if (at > 0 && meter->event_days[at - 1].days == day.days) return;
    memmove(&meter->event_days[at + 1], &meter->event_days[at],
            (meter->event_day_count - at) * sizeof *meter->event_days);
    meter->event_days[at] = day;
    meter->event_day_count++;
}

/* A request under KEPT hands in none: its core says so by empty lists. */
static gw_status fill_event_days(const gw_flow_unit *unit, const gw_request_row *request,
                                 gw_core_settlement *core, gw_fault *reterr) {
    gw_own_event_days term = GW_OWN_EVENT_DAYS_EXCLUDED;
    GW_TRY(gw_own_event_days_parse(request->own_event_days, &term, reterr));
    if (term == GW_OWN_EVENT_DAYS_KEPT) return gw_ok();
    const gw_period period = gw_verify_period(request, &core->rules.method);
    const gw_look_back look_back = {core->event.event_id, period};
    gw_event_day_list days;
    GW_TRY(gw_request_load_event_days(unit->tx, unit->arena, &look_back, &days, reterr));
    for (size_t m = 0; m < core->meter_count; m++)
        GW_TRY(GW_ARENA_NEW(unit->arena, gw_date, (size_t)days.count * 2 + 1,
                            &core->meters[m].event_days, reterr));
    for (int i = 0; i < days.count; i++) {
        gw_core_meter *meter = find_meter(core, days.items[i].meter);
        if (meter == NULL) continue;
        const gw_instant last = {days.items[i].window.to.us - 1};
        add_day(meter, gw_calendar_day(&core->rules.calendar, days.items[i].window.from));
        add_day(meter, gw_calendar_day(&core->rules.calendar, last));
    }
    return gw_ok();
}

/* Whether the outage took a reading that the event needs of this meter. */
static bool is_hit(const gw_core_settlement *core, const gw_core_meter *meter, gw_period outage) {
    const gw_period window = {core->event.from, core->event.to};
    const gw_span step = gw_span_seconds(core->event.interval_s);
    for (size_t t = 0; t < core->event.need_count; t++) {
        const gw_period interval = gw_period_interval(window, step, (int64_t)t);
        if (gw_period_overlaps(interval, outage) &&
            gw_series_measured(&meter->series, interval.from) == NULL)
            return true;
    }
    return false;
}

/* Only outages that hid something go in, so that one without effect changes no hash. */
static gw_status fill_outages(const gw_flow_unit *unit, gw_core_settlement *core,
                              gw_fault *reterr) {
    const gw_market_span span = {
        core->event.event_id, {core->event.from, core->event.to}, core->run.as_of};
    gw_period_list outages;
    GW_TRY(gw_market_load_outages(unit->tx, unit->arena, &span, &outages, reterr));
    for (size_t m = 0; outages.count > 0 && m < core->meter_count; m++) {
        gw_core_meter *meter = &core->meters[m];
        GW_TRY(
            GW_ARENA_NEW(unit->arena, gw_period, (size_t)outages.count, &meter->outages, reterr));
        for (int i = 0; i < outages.count; i++)
            if (is_hit(core, meter, outages.items[i]))
                meter->outages[meter->outage_count++] = outages.items[i];
    }
    return gw_ok();
}

static gw_instant end_of(const gw_request_row *request) {
    if (request->stopped_at.us == 0) return request->window.to;
    if (gw_instant_before(request->stopped_at, request->window.from)) return request->window.from;
    return gw_instant_before(request->stopped_at, request->window.to) ? request->stopped_at
                                                                      : request->window.to;
}

gw_status gw_verify_gather(const gw_flow_unit *unit, const gw_request_row *request,
                           gw_core_settlement *core, gw_fault *reterr) {
    core->realm = unit->flow->settings.realm;
    core->run.ended_at = end_of(request);
    GW_TRY(gw_propose_chain(unit, &core->chain, reterr));
    GW_TRY(gw_propose_event(unit, request, &core->event, reterr));
    GW_TRY(gw_propose_rules(unit, request, &core->rules, reterr));
    GW_TRY(fill_orders(unit, core, reterr));
    GW_TRY(list_meters(unit, core, reterr));
    const gw_period period = gw_verify_period(request, &core->rules.method);
    GW_TRY(fill_series(unit, core, period, reterr));
    GW_TRY(fill_outages(unit, core, reterr));
    return fill_event_days(unit, request, core, reterr);
}

gw_status gw_step_meter(const gw_flow_unit *unit, const gw_timer_row *timer, gw_fault *reterr) {
    gw_request_row request;
    GW_TRY(gw_advance_lock(unit, timer->event_id, &request, reterr));
    if (!gw_advance_is(&request, GW_EVENT_ENDED)) return gw_ok();
    GW_TRY(gw_advance(unit, &request, GW_EVENT_DO_METER, request.reason, reterr));
    return gw_step_arm(unit, timer->event_id, "SETTLE", request.data_deadline_at, reterr);
}
