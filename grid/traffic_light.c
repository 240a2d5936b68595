/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/traffic_light.h"

#include "base/wide.h"

static const struct {
    gw_light light;
    const char *word;
} reasons[GW_LIGHT_REASONS] = {
    [GW_LIGHT_CALM] = {GW_LIGHT_GREEN, "calm"},
    [GW_LIGHT_POSSIBLE] = {GW_LIGHT_YELLOW, "possible"},
    [GW_LIGHT_COVERED] = {GW_LIGHT_YELLOW, "covered"},
    [GW_LIGHT_HELD] = {GW_LIGHT_YELLOW, "held"},
    [GW_LIGHT_UNCOVERED] = {GW_LIGHT_RED, "uncovered"},
    [GW_LIGHT_MEASURED] = {GW_LIGHT_RED, "measured"},
    [GW_LIGHT_INFEASIBLE] = {GW_LIGHT_RED, "infeasible"},
};

const char *gw_light_word(gw_light light) {
    static const char *const words[] = {"green", "yellow", "red"};
    return words[light];
}

const char *gw_light_reason_word(gw_light_reason reason) { return reasons[reason].word; }

static gw_light_policy complete(const gw_light_policy *given) {
    gw_light_policy made = *given;
    if (made.beyond_ppm == 0) made.beyond_ppm = 1000000;
    if (made.leave_ppm == 0) made.leave_ppm = 950000;
    if (made.calm_intervals == 0) made.calm_intervals = 2;
    if (made.device_floor.w == 0) made.device_floor.w = 4200;
    return made;
}

/* The largest of each over all limits. */
static gw_light_reading worst_of(const gw_light_interval *interval) {
    gw_light_reading worst = {0, INT64_MIN, INT64_MIN, INT64_MIN};
    for (size_t at = 0; at < interval->count; at++) {
        const gw_light_reading *here = &interval->readings[at];
        if (here->middle_ppm > worst.middle_ppm) worst.middle_ppm = here->middle_ppm;
        if (here->upper_ppm > worst.upper_ppm) worst.upper_ppm = here->upper_ppm;
        if (here->measured_ppm > worst.measured_ppm) worst.measured_ppm = here->measured_ppm;
    }
    return worst;
}

/* What the interval says by itself. */
static gw_light_reason reason_of(const gw_light_policy *policy, const gw_light_interval *interval,
                                 const gw_light_reading *worst) {
    if (interval->is_infeasible) return GW_LIGHT_INFEASIBLE;
    if (worst->measured_ppm >= policy->beyond_ppm) return GW_LIGHT_MEASURED;
    if (worst->middle_ppm >= policy->beyond_ppm)
        return interval->offered.w >= interval->needed.w ? GW_LIGHT_COVERED : GW_LIGHT_UNCOVERED;
    return worst->upper_ppm >= policy->beyond_ppm ? GW_LIGHT_POSSIBLE : GW_LIGHT_CALM;
}

static bool is_calm(const gw_light_policy *policy, const gw_light_reading *worst) {
    return worst->upper_ppm < policy->leave_ppm && worst->middle_ppm < policy->leave_ppm &&
           worst->measured_ppm < policy->leave_ppm;
}

/* The share by which a limit brought about the reason. */
static int64_t share_of(const gw_light_reading *reading, gw_light_reason reason) {
    if (reason == GW_LIGHT_MEASURED) return reading->measured_ppm;
    if (reason == GW_LIGHT_COVERED || reason == GW_LIGHT_UNCOVERED) return reading->middle_ppm;
    return reading->upper_ppm;
}

/* Held limits are those that are not calm; a calm light and a flow without solution name none. */
static gw_status list_constraints(gw_arena *arena, const gw_light_interval *interval,
                                  int64_t from_ppm, gw_light_transition *made, gw_fault *reterr) {
    const bool names_none = made->reason == GW_LIGHT_CALM || made->reason == GW_LIGHT_INFEASIBLE;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, interval->count, &made->constraints, reterr));
    for (size_t at = 0; at < interval->count && !names_none; at++)
        if (share_of(&interval->readings[at], made->reason) >= from_ppm)
            made->constraints[made->count++] = interval->readings[at].constraint;
    return gw_ok();
}

gw_status gw_light_step(gw_arena *arena, const gw_light_policy *policy,
                        const gw_light_interval *interval, gw_light_state *state,
                        gw_light_transition *ret, gw_fault *reterr) {
    const gw_light_policy rule = complete(policy);
    const gw_light_reading worst = worst_of(interval);
    gw_light_state next = {.reason = reason_of(&rule, interval, &worst)};
    if (next.reason == GW_LIGHT_CALM && is_calm(&rule, &worst))
        next.calm = state->calm < rule.calm_intervals ? state->calm + 1 : state->calm;
    if (next.reason == GW_LIGHT_CALM && state->light != GW_LIGHT_GREEN &&
        next.calm < rule.calm_intervals)
        next.reason = GW_LIGHT_HELD;
    next.light = reasons[next.reason].light;
    gw_light_transition made = {.is_change =
                                    next.light != state->light || next.reason != state->reason,
                                .from = state->light,
                                .to = next.light,
                                .reason = next.reason,
                                .period = interval->period,
                                .forecast_id = interval->forecast_id};
    if (made.is_change) {
        const int64_t from_ppm = next.reason == GW_LIGHT_HELD ? rule.leave_ppm : rule.beyond_ppm;
        GW_TRY(list_constraints(arena, interval, from_ppm, &made, reterr));
    }
    *ret = made;
    *state = next;
    return gw_ok();
}

gw_power gw_light_dim(const gw_light_policy *policy, gw_power wanted, const gw_power *taken,
                      size_t count, gw_power *limits) {
    const int64_t floor_w = complete(policy).device_floor.w;
    gw_wide room = 0;
    int64_t left = wanted.w > 0 ? wanted.w : 0;
    for (size_t at = 0; at < count; at++)
        if (taken[at].w > floor_w) room += (gw_wide)taken[at].w - floor_w;
    const gw_wide share = left < room ? (gw_wide)left : room;
    for (size_t at = 0; at < count; at++) {
        limits[at] = taken[at];
        if (taken[at].w <= floor_w || room == 0) continue;
        const gw_wide own = (gw_wide)taken[at].w - floor_w;
        const int64_t cut = (int64_t)((share * own + room - 1) / room);
        limits[at].w -= cut;
        left = left > cut ? left - cut : 0;
    }
    return (gw_power){left};
}
