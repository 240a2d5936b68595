/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/injection_head.h"

#include "base/wide.h"
#include "grid/flow_allocation.h"

enum { SECOND_US = 1000000, HOUR_S = 3600 };

/* ---- measurements ---- */

static size_t place_of(const gw_reading_window *window, gw_text id) {
    size_t at = 0;
    while (at < window->meter_count && !gw_text_equal(window->meters[at], id)) at++;
    return at;
}

static gw_status add_channel(gw_db *db, gw_arena *arena, const gw_reading_window *window,
                             gw_injection_measured *ret, gw_fault *reterr) {
    gw_reading_list list;
    size_t meter = 0;
    const bool is_import = window->channel == GW_CHANNEL_IMPORT;
    GW_TRY(gw_readings_load(db, arena, window, &list, reterr));
    for (size_t at = 0; at < list.count; at++) {
        const gw_reading *reading = &list.items[at];
        if (at == 0 || !gw_text_equal(reading->meter, list.items[at - 1].meter))
            meter = place_of(window, reading->meter);
        if (meter == window->meter_count || reading->quality != GW_QUALITY_ACTUAL) continue;
        ret[meter].wh += is_import ? reading->energy.wh : -reading->energy.wh;
        ret[meter].has = ret[meter].has || is_import;
    }
    return gw_ok();
}

gw_status gw_injection_measure(gw_db *db, gw_arena *arena, const gw_reading_window *window,
                               gw_injection_measured **ret, gw_fault *reterr) {
    gw_injection_measured *made = NULL;
    gw_reading_window asked = *window;
    GW_TRY(GW_ARENA_NEW(arena, gw_injection_measured, window->meter_count, &made, reterr));
    asked.channel = GW_CHANNEL_IMPORT;
    GW_TRY(add_channel(db, arena, &asked, made, reterr));
    asked.channel = GW_CHANNEL_EXPORT;
    GW_TRY(add_channel(db, arena, &asked, made, reterr));
    *ret = made;
    return gw_ok();
}

int64_t gw_injection_watts(const gw_injection_measured *measured, gw_period interval) {
    const int64_t length_s = gw_instant_since(interval.to, interval.from).us / SECOND_US;
    return (int64_t)gw_wide_floor(gw_wide_multiply(measured->wh, HOUR_S), length_s);
}

/* ---- where the head stands ---- */

static bool find_named(const gw_net *net, gw_text id, gw_flow_head *ret) {
    for (uint32_t at = 0; at < net->transformer_count; at++)
        if (gw_text_equal(net->transformers[at].id, id)) {
            *ret = (gw_flow_head){.kind = GW_HEAD_TRANSFORMER, .element = at};
            return true;
        }
    for (uint32_t at = 0; at < net->branch_count; at++)
        if (gw_text_equal(net->branches[at].id, id)) {
            *ret = (gw_flow_head){.kind = GW_HEAD_BRANCH, .element = at};
            return true;
        }
    return false;
}

/* The only element that leaves the only source. */
static bool find_first(const gw_net *net, gw_flow_head *ret) {
    size_t count = 0;
    if (net->source_count != 1) return false;
    const uint32_t node = net->sources[0].node;
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *made = &net->transformers[at];
        if (!made->closed || (made->from != node && made->to != node)) continue;
        *ret = (gw_flow_head){.kind = GW_HEAD_TRANSFORMER, .element = at};
        count += made->from == node ? 1 : 2;
    }
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        if (!branch->closed || (branch->from != node && branch->to != node)) continue;
        *ret = (gw_flow_head){.kind = GW_HEAD_BRANCH, .element = at};
        count += branch->from == node ? 1 : 2;
    }
    return count == 1;
}

static bool find_head(const gw_network *network, gw_text *ret_meter, gw_flow_head *ret) {
    for (size_t at = 0; at < network->segment_count; at++) {
        const gw_network_segment *segment = &network->segments[at];
        if (segment->head_meter.length == 0) continue;
        *ret_meter = segment->head_meter;
        return segment->element.length == 0 ? find_first(&network->net, ret)
                                            : find_named(&network->net, segment->element, ret);
    }
    return false;
}

/* ---- the head's phases ---- */

typedef struct sums {
    int64_t active_w[GW_NET_PHASES];
    int64_t reactive_var[GW_NET_PHASES];
    int64_t all_w;
} sums;

static void add_point(const gw_net *net, size_t at, const gw_injection *point, sums *ret) {
    const unsigned phases = net->points[at].phases == 0 ? 7U : net->points[at].phases;
    int64_t count = 0;
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) count += (phases >> phase) & 1U;
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
        if (((phases >> phase) & 1U) == 0) continue;
        ret->active_w[phase] += point->p_w / count;
        ret->reactive_var[phase] += point->q_var / count;
    }
    ret->all_w += point->p_w;
}

static int64_t scaled(int64_t part, int64_t whole, int64_t measured) {
    return (int64_t)gw_wide_floor(gw_wide_multiply(part, measured), whole);
}

static bool fill_head(const gw_net *net, const gw_injections *injections, int64_t watts,
                      gw_flow_head *ret) {
    sums below = {.all_w = 0};
    for (size_t at = 0; at < injections->point_count; at++)
        add_point(net, at, &injections->points[at], &below);
    if (net->model != GW_NET_THREE_PHASE) {
        ret->active_w[0] = watts;
        for (size_t at = 0; at < injections->point_count; at++)
            ret->reactive_var[0] += injections->points[at].q_var;
        return true;
    }
    if (below.all_w <= 0) return false; /* nobody whose phases could be a pattern */
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
        ret->active_w[phase] = scaled(below.active_w[phase], below.all_w, watts);
        ret->reactive_var[phase] = scaled(below.reactive_var[phase], below.all_w, watts);
    }
    return true;
}

/* ---- allocation ---- */

static gw_status fill_data(gw_arena *arena, const gw_injections *injections,
                           gw_flow_point_data **ret, gw_fault *reterr) {
    gw_flow_point_data *data = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_point_data, injections->point_count, &data, reterr));
    for (size_t at = 0; at < injections->point_count; at++) {
        const gw_injection *point = &injections->points[at];
        const bool is_metered = point->kind == GW_INJECTION_MEASURED;
        data[at] = (gw_flow_point_data){.is_metered = is_metered,
                                        .metered_w = is_metered ? point->p_w : 0,
                                        .metered_var = is_metered ? point->q_var : 0,
                                        .profile_w = point->p_w,
                                        .profile_var = point->q_var,
                                        .low_w = point->low_w,
                                        .high_w = point->high_w};
    }
    *ret = data;
    return gw_ok();
}

static void take(const gw_flow_allocation *found, gw_injections *ret) {
    ret->head = gw_flow_head_word(found->verdict);
    if (found->verdict != GW_HEAD_MATCHED && found->verdict != GW_HEAD_UNLIKELY) return;
    for (size_t at = 0; at < ret->point_count; at++) {
        const gw_flow_point_state *state = &found->points[at];
        if (state->origin != GW_ORIGIN_ALLOCATED) continue;
        ret->points[at] = (gw_injection){.kind = GW_INJECTION_ALLOCATED,
                                         .p_w = state->active_w,
                                         .q_var = state->reactive_var,
                                         .low_w = state->low_w,
                                         .high_w = state->high_w};
    }
}

gw_status gw_injection_allocate(gw_db *db, gw_arena *arena, const gw_network *network,
                                gw_injections *ret, gw_fault *reterr) {
    gw_text meter;
    gw_injection_measured *measured = NULL;
    gw_flow_point_data *data = NULL;
    gw_flow_allocation found;
    gw_flow_head head = {.kind = GW_HEAD_NONE};
    if (!find_head(network, &meter, &head)) return gw_ok();
    const gw_reading_window window = {.meters = &meter, .meter_count = 1, .period = ret->interval};
    GW_TRY(gw_injection_measure(db, arena, &window, &measured, reterr));
    if (!measured->has) return gw_ok();
    const int64_t watts = gw_injection_watts(measured, ret->interval);
    if (!fill_head(&network->net, ret, watts, &head)) return gw_ok();
    GW_TRY(fill_data(arena, ret, &data, reterr));
    const gw_flow_allocation_question asked = {.net = &network->net, .points = data, .head = head};
    GW_TRY(gw_flow_allocate(arena, &asked, &found, reterr));
    take(&found, ret);
    return gw_ok();
}
