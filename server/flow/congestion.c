/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/congestion.h"

#include "server/flow/congestion_save.h"
#include "server/flow/study_rebound.h"
#include "server/log.h"
#include "server/metrics.h"

#include <stdio.h>

enum { LIST_ARENA_BYTES = 1024 * 1024, HOUR_S = 3600 };

static gw_status load_plan(const gw_flow *flow, gw_arena *arena, gw_congestion_work *work,
                           gw_fault *reterr) {
    gw_injection_meters meters;
    const gw_flow_grid *settings = &flow->settings.grid;
    const gw_injection_question question = {
        .network = &work->network, .now = work->now, .path_count = (size_t)settings->path_count};
    GW_TRY(gw_injection_meters_load(flow->db, arena, &work->network, work->now, &meters, reterr));
    const int64_t steps = (int64_t)settings->horizon_h * HOUR_S * 1000000 / meters.interval.us;
    work->interval = meters.interval;
    work->period.from = gw_injection_interval(&meters, work->now).to;
    work->period.to.us = work->period.from.us + (steps < 1 ? 1 : steps) * meters.interval.us;
    return gw_injection_plan_make(flow->db, arena, &question, work->period, &work->plan, reterr);
}

/* Power that approved groups can give, by point; -1: no group. */
static gw_status load_qualified(const gw_flow *flow, gw_arena *arena,
                                const gw_congestion_work *work, gw_power **ret, gw_fault *reterr) {
    gw_flexibility_list list;
    gw_power *qualified = NULL;
    const gw_injection_meters *meters = &work->plan.meters;
    const gw_flexibility_question question = {
        .meters = meters->meters, .meter_count = meters->count, .at = work->period.from};
    GW_TRY(gw_flexibility_load(flow->db, arena, &question, &list, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_power, work->network.net.point_count, &qualified, reterr));
    for (size_t at = 0; at < work->network.net.point_count; at++) qualified[at].w = -1;
    for (size_t at = 0; at < meters->count; at++)
        for (size_t row = 0; row < list.count; row++)
            if (gw_text_equal(list.items[row].meter, meters->meters[at]))
                qualified[meters->points[at]] = list.items[row].qualified;
    *ret = qualified;
    return gw_ok();
}

static gw_study_device device_of(gw_text kind) {
    if (gw_text_is(kind, "PV")) return GW_STUDY_PV;
    if (gw_text_is(kind, "HEAT_PUMP")) return GW_STUDY_HEAT_PUMP;
    return GW_STUDY_CHARGER;
}

/* What stands behind the points, for what comes back of a shift. */
static gw_status load_devices(const gw_flow *flow, gw_arena *arena, const gw_congestion_work *work,
                              unsigned char **ret, gw_fault *reterr) {
    gw_flexible_device_list list;
    unsigned char *devices = NULL;
    const gw_injection_meters *meters = &work->plan.meters;
    GW_TRY(gw_flexible_devices_load(flow->db, arena, meters->meters, meters->count, &list, reterr));
    GW_TRY(GW_ARENA_NEW(arena, unsigned char, work->network.net.point_count, &devices, reterr));
    for (size_t at = 0; at < meters->count; at++)
        for (size_t row = 0; row < list.count; row++)
            if (gw_text_equal(list.items[row].meter, meters->meters[at]))
                devices[meters->points[at]] = (unsigned char)device_of(list.items[row].kind);
    *ret = devices;
    return gw_ok();
}

static gw_light light_of(gw_text word) {
    for (int light = GW_LIGHT_GREEN; light <= GW_LIGHT_RED; light++)
        if (gw_text_is(word, gw_congestion_word((gw_light)light))) return (gw_light)light;
    return GW_LIGHT_GREEN;
}

/* How the lights stand in the interval before the first. */
static gw_status load_before(const gw_flow *flow, gw_arena *arena, const gw_congestion_work *work,
                             gw_light **ret, gw_fault *reterr) {
    gw_light *before = NULL;
    const size_t segments = work->network.segment_count;
    const gw_period period = {gw_instant_minus(work->period.from, work->interval),
                              work->period.from};
    GW_TRY(GW_ARENA_NEW(arena, gw_light, segments * GW_STUDY_PHASES, &before, reterr));
    for (size_t segment = 0; segment < segments; segment++) {
        gw_light_list rows;
        GW_TRY(gw_light_load(flow->db, arena, work->network.segments[segment].id, period, &rows,
                             reterr));
        for (size_t at = 0; at < rows.count; at++)
            before[segment * GW_STUDY_PHASES + (size_t)rows.items[at].phase] =
                light_of(rows.items[at].light);
    }
    *ret = before;
    return gw_ok();
}

/* What the meters say of the last interval; nothing when some are silent. */
static gw_status load_measured(const gw_flow *flow, gw_arena *arena, const gw_congestion_work *work,
                               int64_t **ret, gw_fault *reterr) {
    gw_injections state;
    const gw_injection_question question = {
        .network = &work->network,
        .interval =
            gw_injection_interval(&work->plan.meters, gw_instant_minus(work->now, work->interval)),
        .now = work->now,
        .stale_s = work->interval.us / 1000000};
    *ret = NULL;
    if (work->plan.meters.count == 0) return gw_ok();
    const gw_status status = gw_injection_make(flow->db, arena, &question, &state, reterr);
    if (status.code == GW_CODE_NO_DATA) return gw_ok();
    GW_TRY(status);
    bool is_measured = true; /* what the document says proves nothing about now */
    for (size_t at = 0; at < state.point_count; at++)
        is_measured = is_measured && state.points[at].kind != GW_INJECTION_DOCUMENT;
    if (!is_measured) return gw_ok();
    const gw_status solved =
        gw_study_shares(arena, &work->network.net, &work->limits, &state, ret, reterr);
    return solved.code == GW_CODE_INFEASIBLE ? gw_ok() : solved;
}

static gw_uuid study_id(const gw_flow *flow, const gw_congestion_work *work) {
    char label[128];
    const int length =
        snprintf(label, sizeof label, "study/%.*s/%lld", (int)work->network.id.length,
                 work->network.id.at, (long long)work->now.us);
    return gw_random_uuid(flow->random, (gw_text){label, (size_t)length}, work->now);
}

static gw_status make_study(const gw_flow *flow, gw_arena *arena, gw_congestion_work *work,
                            gw_fault *reterr) {
    gw_light *before = NULL;
    gw_power *qualified = NULL;
    unsigned char *devices = NULL;
    int64_t *measured_ppm = NULL;
    gw_study_question question = {.network = &work->network, .plan = &work->plan};
    GW_TRY(gw_flow_limits_make(arena, &work->network.net, &(gw_flow_limit_options){0},
                               &work->limits, reterr));
    GW_TRY(load_qualified(flow, arena, work, &qualified, reterr));
    GW_TRY(load_devices(flow, arena, work, &devices, reterr));
    GW_TRY(load_before(flow, arena, work, &before, reterr));
    GW_TRY(load_measured(flow, arena, work, &measured_ppm, reterr));
    work->study_id = study_id(flow, work);
    question.limits = work->limits;
    question.levers = (gw_study_levers){qualified, flow->settings.grid.lever_pct};
    question.study_id = work->study_id;
    question.before = before;
    question.devices = devices;
    question.measured_ppm = measured_ppm;
    return gw_study_make(arena, &question, &work->study, reterr);
}

gw_status gw_congestion_study(const gw_flow *flow, gw_arena *arena, gw_text network_id,
                              gw_instant now, gw_congestion *ret, gw_fault *reterr) {
    gw_congestion_work work = {.flow = flow, .arena = arena, .now = now};
    GW_TRY(gw_network_load(flow->db, arena, network_id, &work.network, reterr));
    GW_TRY(load_plan(flow, arena, &work, reterr));
    GW_TRY(make_study(flow, arena, &work, reterr));
    return gw_congestion_save(&work, ret, reterr);
}

/* ---- all that are due ---- */

static void study_one(const gw_flow *flow, gw_text network_id, gw_instant now) {
    gw_fault fault = {0};
    gw_congestion made;
    const gw_tick begun = gw_tick_now();
    GW_AUTO_ARENA arena = gw_arena_open(GW_FLOW_ARENA_BYTES);
    if (arena == NULL) return;
    const gw_status status = gw_congestion_study(flow, arena, network_id, now, &made, &fault);
    gw_metric_observe(GW_METRIC_GRID_STUDY, NULL, gw_tick_since(gw_tick_now(), begun).us);
    gw_metric_add(GW_METRIC_GRID_STUDIES, gw_is_ok(status) ? "good" : gw_code_wire(status.code), 1);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_WARNING, "study.failed", network_id, &fault);
}

gw_status gw_congestion_run(const gw_flow *flow, gw_instant now, gw_fault *reterr) {
    gw_text_list due;
    const int64_t period_s = flow->settings.grid.study_s;
    if (period_s == 0) return gw_ok();
    GW_AUTO_ARENA arena = gw_arena_open(LIST_ARENA_BYTES);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_instant before = gw_instant_minus(now, gw_span_seconds(period_s));
    GW_TRY(gw_study_load_due(flow->db, arena, before, &due, reterr));
    for (size_t at = 0; at < due.count; at++) study_one(flow, due.items[at], now);
    return gw_ok();
}
