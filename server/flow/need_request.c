/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/need_request.h"

#include "dr/event.h"
#include "server/flow/advance.h"

static gw_status check_state(const gw_grid_need_row *need, gw_fault *reterr) {
    if (gw_text_is(need->state, "SUPERSEDED"))
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_WRONG_STATE, "/need_id",
                                    "a later study has superseded this need"),
                       "Read the open needs of the segment.");
    if (need->reference_point.length == 0)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/need_id",
                            "no point of the network relieves this need");
    if (need->is_reference_more)
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/need_id",
                            "this need is relieved by consuming more; a request buys less");
    return gw_ok();
}

/* The intervals of the method that hold the need. */
static gw_period window_of(const gw_grid_need_row *need, gw_span interval) {
    const int64_t from = need->period.from.us / interval.us * interval.us;
    const int64_t to = (need->period.to.us + interval.us - 1) / interval.us * interval.us;
    return (gw_period){{from}, {to}};
}

static gw_status fill_power(gw_arena *arena, const gw_grid_need_row *need, gw_request_wish *wish,
                            gw_fault *reterr) {
    gw_power *power = NULL;
    const gw_span interval = gw_span_seconds(wish->interval_s);
    wish->window = window_of(need, interval);
    GW_TRY(gw_period_count(wish->window, interval, &wish->need_count, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_power, wish->need_count, &power, reterr));
    for (size_t at = 0; at < need->interval_count; at++) {
        const gw_grid_need_interval *one = &need->intervals[at];
        const size_t place = (size_t)((one->start.us - wish->window.from.us) / interval.us);
        if (one->need.w > power[place].w) power[place] = one->need;
    }
    wish->need = power;
    return gw_ok();
}

static gw_status check_interval(const gw_grid_need_row *need, const gw_request_wish *wish,
                                gw_fault *reterr) {
    if (wish->interval_s > 0 && wish->interval_s % need->interval_s == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "/method",
                        "the method's interval of %lld s is no multiple of the need's %lld s",
                        (long long)wish->interval_s, (long long)need->interval_s);
}

gw_status gw_need_from_study(gw_db *db, gw_arena *arena, gw_uuid need_id, gw_request_wish *wish,
                             gw_grid_need_row *ret, gw_fault *reterr) {
    gw_grid_need_row need;
    GW_TRY(gw_grid_need_load(db, arena, need_id, &need, reterr));
    GW_TRY(gw_grid_need_load_intervals(db, arena, &need, reterr));
    GW_TRY(check_state(&need, reterr));
    GW_TRY(check_interval(&need, wish, reterr));
    if (wish->transformer.length == 0) wish->transformer = need.transformer;
    if (wish->transformer.length == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/transformer",
                            "the segment \"%.*s\" has no transformer of the register",
                            GW_TEXT_ARGS(need.segment_id));
    GW_TRY(fill_power(arena, &need, wish, reterr));
    *ret = need;
    return gw_ok();
}

gw_status gw_need_link(const gw_flow_unit *unit, gw_uuid need_id, gw_uuid event_id,
                       gw_fault *reterr) {
    gw_uuid_list events;
    GW_TRY(gw_grid_need_load_requests(unit->tx, unit->arena, need_id, &events, reterr));
    for (size_t at = 0; at < events.count; at++) {
        gw_request_row other;
        if (gw_uuid_equal(events.items[at], event_id)) continue;
        GW_TRY(gw_request_load(unit->tx, unit->arena, events.items[at], &other, reterr));
        if (!gw_advance_is(&other, GW_EVENT_CANCELLED))
            return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "/need_id",
                                "another request was made of this need");
    }
    return gw_grid_need_link(unit->tx, unit->arena, need_id, event_id, reterr);
}
