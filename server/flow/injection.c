/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/injection.h"

#include "base/wide.h"
#include "server/db/network_store.h"
#include "server/flow/injection_head.h"

enum { LOOK_BACK_DAYS = 14, DAY_S = 86400 };

/* ---- meters ---- */

static const gw_network_meter_row *find_meter(const gw_network_meter_list *list, gw_text id) {
    for (int at = 0; at < list->count; at++)
        if (gw_text_equal(list->items[at].meter, id)) return &list->items[at];
    return NULL;
}

static gw_status take_meter(const gw_network_meter_row *row, gw_injection_meters *meters,
                            gw_fault *reterr) {
    const gw_span interval = gw_span_seconds(row->interval_s);
    if (meters->interval.us != 0 && meters->interval.us != interval.us)
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "meter",
                            "the network's meters have intervals of %lld and %lld s",
                            (long long)(meters->interval.us / 1000000), (long long)row->interval_s);
    meters->interval = interval;
    if (row->newest.us == 0) return gw_ok();
    const gw_instant end = gw_instant_plus(row->newest, interval);
    if (gw_instant_before(meters->newest_at, end)) meters->newest_at = end;
    return gw_ok();
}

static gw_status list_meters(gw_arena *arena, const gw_network *network, gw_injection_meters *ret,
                             gw_fault *reterr) {
    const size_t most = network->net.point_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, most, &ret->meters, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, most, &ret->points, reterr));
    for (size_t at = 0; at < most; at++) {
        if (network->links[at].meter.length == 0) continue;
        ret->meters[ret->count] = network->links[at].meter;
        ret->points[ret->count++] = (uint32_t)at;
    }
    return gw_ok();
}

gw_status gw_injection_meters_load(gw_db *db, gw_arena *arena, const gw_network *network,
                                   gw_instant now, gw_injection_meters *ret, gw_fault *reterr) {
    gw_injection_meters made = {.count = 0};
    gw_network_meter_list rows;
    GW_TRY(list_meters(arena, network, &made, reterr));
    const gw_span back = gw_span_seconds((int64_t)LOOK_BACK_DAYS * DAY_S);
    const gw_network_meter_question question = {.meters = made.meters,
                                                .meter_count = made.count,
                                                .begun = {gw_instant_minus(now, back), now}};
    GW_TRY(gw_network_load_meters(db, arena, &question, &rows, reterr));
    for (size_t at = 0; at < made.count; at++) {
        const gw_network_meter_row *row = find_meter(&rows, made.meters[at]);
        if (row != NULL) GW_TRY(take_meter(row, &made, reterr));
    }
    if (made.interval.us == 0) made.interval = gw_span_seconds(GW_INJECTION_USUAL_S);
    *ret = made;
    return gw_ok();
}

gw_period gw_injection_interval(const gw_injection_meters *meters, gw_instant at) {
    const int64_t step = meters->interval.us;
    const int64_t rest = at.us % step;
    const gw_instant from = {at.us - (rest < 0 ? rest + step : rest)};
    return (gw_period){from, gw_instant_plus(from, meters->interval)};
}

/* ---- what nobody measured or forecast ---- */

int64_t gw_injection_reactive(gw_flow_power said, int64_t p_w) {
    int64_t q_var = 0;
    if (said.p_w <= 0 || p_w <= 0) return 0;
    const gw_wide scaled = gw_wide_half_even(gw_wide_multiply(p_w, said.q_var), said.p_w);
    return gw_is_ok(gw_wide_to_int64(scaled, &q_var, NULL)) ? q_var : 0;
}

static gw_injection from_document(gw_flow_power said) {
    return (gw_injection){.kind = GW_INJECTION_DOCUMENT,
                          .p_w = said.p_w,
                          .q_var = said.q_var,
                          .low_w = said.p_w < 0 ? said.p_w : 0,
                          .high_w = said.p_w > 0 ? said.p_w : 0};
}

static gw_status open_injections(gw_arena *arena, const gw_net *net, gw_period interval,
                                 gw_injections *ret, gw_fault *reterr) {
    gw_injections made = {.interval = interval, .point_count = net->point_count};
    GW_TRY(GW_ARENA_NEW(arena, gw_injection, net->point_count, &made.points, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, net->point_count, &made.missing, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_power, net->point_count, &made.said, reterr));
    for (size_t at = 0; at < net->point_count; at++) {
        made.said[at] = gw_flow_power_get(net, at);
        made.points[at] = from_document(made.said[at]);
    }
    *ret = made;
    return gw_ok();
}

static void list_missing(gw_injections *injections) {
    injections->missing_count = 0;
    for (size_t at = 0; at < injections->point_count; at++) {
        const gw_injection_kind kind = injections->points[at].kind;
        if (kind == GW_INJECTION_DOCUMENT || kind == GW_INJECTION_ALLOCATED)
            injections->missing[injections->missing_count++] = (uint32_t)at;
    }
}

/* ---- the forecast ---- */

gw_status gw_injection_plan_make(gw_db *db, gw_arena *arena, const gw_injection_question *question,
                                 gw_period period, gw_injection_plan *ret, gw_fault *reterr) {
    gw_injection_plan made = {.network = question->network, .period = period};
    GW_TRY(gw_injection_meters_load(db, arena, question->network, question->now, &made.meters,
                                    reterr));
    GW_TRY(gw_period_count(period, made.meters.interval, &made.step_count, reterr));
    if (made.meters.count > 0) {
        const gw_forecast_paths_question asked = {.meters = made.meters.meters,
                                                  .meter_count = made.meters.count,
                                                  .period = period,
                                                  .now = question->now,
                                                  .path_count = question->path_count,
                                                  .seed = (uint64_t)period.from.us};
        GW_TRY(gw_forecast_paths_load(db, arena, &asked, &made.forecast, reterr));
        if (made.forecast.missing_count == made.meters.count)
            return gw_fail_with(reterr, GW_CODE_NO_DATA, "forecast",
                                "none of the %zu meters has enough readings for a forecast",
                                made.meters.count);
    }
    *ret = made;
    return gw_ok();
}

static void take_forecast(const gw_injection_plan *plan, size_t meter, size_t step,
                          gw_injections *ret) {
    const gw_forecast_meter *said = &plan->forecast.meters[meter];
    const size_t point = plan->meters.points[meter];
    if (said->is_missing) return;
    gw_injection *made = &ret->points[point];
    *made = (gw_injection){.kind = GW_INJECTION_FORECAST,
                           .p_w = said->p50_w[step],
                           .low_w = said->bands[step].w[0],
                           .high_w = said->bands[step].w[GW_BAND_LEVELS - 1]};
    made->q_var = gw_injection_reactive(ret->said[point], made->p_w);
}

static gw_status take_paths(const gw_injection_plan *plan, gw_arena *arena, size_t step,
                            gw_injections *ret, gw_fault *reterr) {
    const gw_paths *paths = &plan->forecast.paths;
    ret->path_count = paths->path_count;
    GW_TRY(
        GW_ARENA_NEW(arena, int64_t, paths->path_count * ret->point_count, &ret->path_w, reterr));
    for (size_t path = 0; path < paths->path_count; path++) {
        int64_t *made = &ret->path_w[path * ret->point_count];
        for (size_t at = 0; at < ret->point_count; at++) made[at] = ret->points[at].p_w;
        for (size_t meter = 0; meter < plan->meters.count; meter++)
            if (!plan->forecast.meters[meter].is_missing)
                made[plan->meters.points[meter]] = gw_paths_at(paths, path, meter)[step];
    }
    return gw_ok();
}

gw_status gw_injection_plan_step(const gw_injection_plan *plan, gw_arena *arena, size_t step,
                                 gw_injections *ret, gw_fault *reterr) {
    gw_injections made;
    const gw_period interval =
        gw_period_interval(plan->period, plan->meters.interval, (int64_t)step);
    GW_TRY(open_injections(arena, &plan->network->net, interval, &made, reterr));
    for (size_t meter = 0; meter < plan->meters.count; meter++)
        take_forecast(plan, meter, step, &made);
    if (plan->meters.count > 0) GW_TRY(take_paths(plan, arena, step, &made, reterr));
    made.forecast_id = plan->forecast.forecast_id;
    made.newest_at = plan->meters.newest_at;
    list_missing(&made);
    *ret = made;
    return gw_ok();
}

/* ---- measurements ---- */

typedef struct gathered {
    gw_db *db;
    gw_arena *arena;
    const gw_injection_question *question;
    const gw_injection_meters *meters;
    gw_injection_measured *at; /* one per meter */
} gathered;

static size_t put_measured(const gathered *from, gw_injections *ret) {
    size_t put = 0;
    for (size_t meter = 0; meter < from->meters->count; meter++) {
        if (!from->at[meter].has) continue;
        const int64_t watts = gw_injection_watts(&from->at[meter], from->question->interval);
        gw_injection *made = &ret->points[from->meters->points[meter]];
        *made = (gw_injection){
            .kind = GW_INJECTION_MEASURED, .p_w = watts, .low_w = watts, .high_w = watts};
        made->q_var = gw_injection_reactive(ret->said[from->meters->points[meter]], watts);
        put++;
    }
    return put;
}

static gw_status check_age(const gw_injection_question *question, const gw_injection_meters *meters,
                           gw_fault *reterr) {
    const gw_span age = gw_instant_since(question->now, meters->newest_at);
    if (question->stale_s == 0 || age.us <= gw_span_seconds(question->stale_s).us) return gw_ok();
    if (meters->newest_at.us == 0)
        return gw_fail_with(reterr, GW_CODE_NO_DATA, "measurement",
                            "no meter of the network was read in the last %d days", LOOK_BACK_DAYS);
    return gw_fail_with(reterr, GW_CODE_NO_DATA, "measurement",
                        "the newest reading is %lld minutes old, the limit is %lld",
                        (long long)(age.us / 60000000), (long long)(question->stale_s / 60));
}

/* What a meter without a reading would have drawn, as the forecast knew it before. */
static gw_status fill_gaps(gathered *from, gw_injections *ret, gw_fault *reterr) {
    gw_injection_plan plan;
    gw_injections said;
    gw_fault fault = {0};
    gw_injection_question question = *from->question;
    question.path_count = 0;
    const gw_status status =
        gw_injection_plan_make(from->db, from->arena, &question, question.interval, &plan, &fault);
    if (status.code == GW_CODE_NO_DATA) return gw_ok(); /* the document stands in */
    if (!gw_is_ok(status)) {
        if (reterr != NULL) *reterr = fault;
        return status;
    }
    GW_TRY(gw_injection_plan_step(&plan, from->arena, 0, &said, reterr));
    ret->forecast_id = said.forecast_id;
    for (size_t at = 0; at < ret->point_count; at++)
        if (ret->points[at].kind == GW_INJECTION_DOCUMENT) ret->points[at] = said.points[at];
    return gw_ok();
}

static gw_status make_measured(gathered *from, gw_injections *ret, gw_fault *reterr) {
    gw_injections made;
    GW_TRY(open_injections(from->arena, &from->question->network->net, from->question->interval,
                           &made, reterr));
    made.newest_at = from->meters->newest_at;
    if (from->meters->count > 0) {
        const gw_reading_window window = {.meters = from->meters->meters,
                                          .meter_count = from->meters->count,
                                          .period = from->question->interval};
        GW_TRY(gw_injection_measure(from->db, from->arena, &window, &from->at, reterr));
        const size_t put = put_measured(from, &made);
        if (put == 0) GW_TRY(check_age(from->question, from->meters, reterr));
        if (put < from->meters->count) GW_TRY(fill_gaps(from, &made, reterr));
    }
    GW_TRY(gw_injection_allocate(from->db, from->arena, from->question->network, &made, reterr));
    list_missing(&made);
    *ret = made;
    return gw_ok();
}

/* ---- both ---- */

gw_status gw_injection_make(gw_db *db, gw_arena *arena, const gw_injection_question *question,
                            gw_injections *ret, gw_fault *reterr) {
    gw_injection_meters meters;
    gw_injection_plan plan;
    if (gw_instant_before(question->now, question->interval.to)) {
        GW_TRY(gw_injection_plan_make(db, arena, question, question->interval, &plan, reterr));
        return gw_injection_plan_step(&plan, arena, 0, ret, reterr);
    }
    GW_TRY(gw_injection_meters_load(db, arena, question->network, question->now, &meters, reterr));
    gathered from = {.db = db, .arena = arena, .question = question, .meters = &meters};
    return make_measured(&from, ret, reterr);
}

gw_status gw_injection_apply(gw_arena *arena, const gw_injections *injections, int path,
                             gw_net *net, gw_fault *reterr) {
    gw_flow_power *powers = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_power, injections->point_count, &powers, reterr));
    for (size_t at = 0; at < injections->point_count; at++) {
        const gw_injection *point = &injections->points[at];
        powers[at] = (gw_flow_power){point->p_w, point->q_var};
        if (path == GW_INJECTION_MIDDLE) continue;
        powers[at].p_w = injections->path_w[(size_t)path * injections->point_count + at];
        powers[at].q_var = gw_injection_reactive(injections->said[at], powers[at].p_w);
    }
    return gw_flow_power_put(net, powers, injections->point_count, reterr);
}
