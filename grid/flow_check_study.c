/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check_study.h"

#include <stdio.h>
#include <string.h>

/* What a base breaks by itself may get worse by so much of the reference. */
static const double broken_allowance = 1e-6;

/* ---- the question ---- */

static gw_status fail_item(gw_fault *reterr, gw_code code, size_t at, const char *field,
                           const char *what) {
    char pointer[64];
    (void)snprintf(pointer, sizeof pointer, "/items/%zu/%s", at, field);
    return gw_fail_with(reterr, code, pointer, "%s", what);
}

static gw_status check_side(const gw_check_study *it, size_t at, uint32_t point, const char *field,
                            gw_fault *reterr) {
    const gw_net *net = it->question->net;
    if (point == GW_FLOW_OUTSIDE) return gw_ok();
    if (point >= net->point_count)
        return fail_item(reterr, GW_CODE_INVALID, at, field, "there is no such point");
    if (!gw_flow_map_is_live(&it->map, net->points[point].node))
        return fail_item(reterr, GW_CODE_WRONG_STATE, at, field, "the point is not energised");
    return gw_ok();
}

static gw_status check_item(const gw_check_study *it, size_t at, gw_fault *reterr) {
    const gw_flow_item *item = &it->question->items[at];
    const bool is_trade = item->kind == GW_FLOW_ITEM_TRADE;
    const bool has_seller = item->seller != GW_FLOW_OUTSIDE;
    const bool has_buyer = item->buyer != GW_FLOW_OUTSIDE;
    if (item->requested.w < 1 || item->requested.w > GW_FLOW_CHECK_POWER_MOST_W)
        return fail_item(reterr, GW_CODE_INVALID, at, "power_w", "the power is out of range");
    if (item->weight_ppm < 0)
        return fail_item(reterr, GW_CODE_INVALID, at, "weight_ppm", "a weight is above zero");
    if (!has_seller && !has_buyer)
        return fail_item(reterr, GW_CODE_INVALID, at, "seller_point",
                         "neither side is in this network");
    if (!is_trade && has_seller && has_buyer)
        return fail_item(reterr, GW_CODE_INVALID, at, "buyer_point",
                         "a bid or a schedule has one point");
    GW_TRY(check_side(it, at, item->seller, "seller_point", reterr));
    return check_side(it, at, item->buyer, "buyer_point", reterr);
}

static gw_status check(gw_arena *arena, const gw_check_study *it, gw_fault *reterr) {
    const gw_flow_check_question *question = it->question;
    gw_net_name *names = NULL;
    gw_net_index index;
    if (question->item_count > GW_FLOW_CHECK_ITEMS_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "/items", "more than %d items",
                            GW_FLOW_CHECK_ITEMS_MOST);
    if (question->base_count < 1 || question->base_count > GW_FLOW_CHECK_BASES_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/bases", "there must be 1 to %d bases",
                            GW_FLOW_CHECK_BASES_MOST);
    GW_TRY(GW_ARENA_NEW(arena, gw_net_name, question->item_count, &names, reterr));
    for (size_t at = 0; at < question->item_count; at++) {
        names[at] = (gw_net_name){question->items[at].id, (uint32_t)at};
        GW_TRY(check_item(it, at, reterr));
    }
    return gw_net_index_build(names, question->item_count, "items", &index, reterr);
}

/* ---- slots ---- */

bool gw_check_study_is_idle(const gw_check_study *study, size_t item) {
    const gw_flow_item *it = &study->question->items[item];
    const gw_net *net = study->question->net;
    if (it->effect == GW_FLOW_ITEM_WITHIN_SCHEDULE || it->seller == it->buyer) return true;
    if (it->seller == GW_FLOW_OUTSIDE || it->buyer == GW_FLOW_OUTSIDE) return false;
    const gw_net_point *left = &net->points[it->seller];
    const gw_net_point *right = &net->points[it->buyer];
    const bool is_alike =
        left->phases == right->phases && !left->is_phase_unknown && !right->is_phase_unknown;
    const bool is_one_phase = net->model == GW_NET_BALANCED;
    return left->node == right->node && (is_one_phase || is_alike);
}

static bool is_spread(const gw_net *net, uint32_t point) {
    return net->model == GW_NET_THREE_PHASE && net->points[point].is_phase_unknown;
}

static void point_slots(gw_check_study *it, size_t at, const uint32_t *slot_of) {
    const gw_flow_item *item = &it->question->items[at];
    const bool is_idle = gw_check_study_is_idle(it, at);
    const bool has_seller = !is_idle && item->seller != GW_FLOW_OUTSIDE;
    const bool has_buyer = !is_idle && item->buyer != GW_FLOW_OUTSIDE;
    it->seller[at] = has_seller ? slot_of[item->seller] : GW_FLOW_OUTSIDE;
    it->buyer[at] = has_buyer ? slot_of[item->buyer] : GW_FLOW_OUTSIDE;
}

/* One slot per named point, in the order of the points. */
static gw_status make_slots(gw_arena *arena, gw_check_study *it, gw_fault *reterr) {
    const gw_flow_check_question *question = it->question;
    uint32_t *slot_of = NULL;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, question->net->point_count, &slot_of, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_check_slot, 2 * question->item_count, &it->slots, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, question->item_count, &it->seller, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, question->item_count, &it->buyer, reterr));
    for (size_t at = 0; at < question->item_count; at++) {
        const gw_flow_item *item = &question->items[at];
        if (gw_check_study_is_idle(it, at)) continue;
        if (item->seller != GW_FLOW_OUTSIDE) slot_of[item->seller] = 1;
        if (item->buyer != GW_FLOW_OUTSIDE) slot_of[item->buyer] = 1;
    }
    for (uint32_t point = 0; point < question->net->point_count; point++) {
        if (slot_of[point] == 0) continue;
        slot_of[point] = (uint32_t)it->slot_count;
        it->slots[it->slot_count++] = (gw_check_slot){point, is_spread(question->net, point), 0};
    }
    for (size_t at = 0; at < question->item_count; at++) point_slots(it, at, slot_of);
    return GW_ARENA_NEW(arena, double, it->slot_count, &it->change_w, reterr);
}

static gw_status build_run(gw_arena *arena, gw_check_study *it, gw_fault *reterr) {
    const gw_net *net = it->question->net;
    uint32_t next = (uint32_t)net->point_count;
    for (size_t at = 0; at < it->slot_count; at++) {
        it->slots[at].first = next;
        it->has_unknown = it->has_unknown || it->slots[at].is_unknown;
        next += it->slots[at].is_unknown ? GW_NET_PHASES : 1;
    }
    GW_TRY(gw_flow_run_open(arena, net, next - net->point_count, &it->run, reterr));
    for (size_t at = 0; at < it->slot_count; at++) {
        const gw_check_slot *slot = &it->slots[at];
        const gw_net_point *like = &net->points[slot->point];
        const unsigned count = slot->is_unknown ? GW_NET_PHASES : 1;
        for (unsigned phase = 0; phase < count; phase++)
            it->run->net.points[slot->first + phase] =
                (gw_net_point){.id = like->id,
                               .node = like->node,
                               .phases = slot->is_unknown ? 1U << phase : like->phases};
    }
    GW_TRY(gw_flow_state_make(arena, net, it->run->phases, &it->state, reterr));
    return gw_flow_run_build(arena, it->run, reterr);
}

/* ---- the bases ---- */

static gw_status make_limits(gw_arena *arena, gw_check_study *it, size_t base, gw_fault *reterr) {
    const unsigned kinds = it->question->limit_kinds;
    const bool has_rise = (kinds >> GW_LIMIT_VOLTAGE_RISE & 1U) != 0;
    gw_flow_limit_options options = {.kinds = kinds};
    gw_flow_state without;
    if (base > 0 && !has_rise) {
        it->limits[base] = it->limits[0];
        return gw_ok();
    }
    if (has_rise) {
        GW_TRY(gw_flow_without_generation(arena, &it->run->net, &without, reterr));
        options.without_generation = &without;
    }
    return gw_flow_limits_make(arena, it->question->net, &options, &it->limits[base], reterr);
}

static gw_status solve_base(gw_arena *arena, gw_check_study *it, size_t base, const double *nothing,
                            gw_fault *reterr) {
    char pointer[64];
    gw_check_study_put(it, base, nothing, NULL);
    GW_TRY(make_limits(arena, it, base, reterr));
    it->limit_count = it->limits[base].count;
    (void)snprintf(pointer, sizeof pointer, "/bases/%zu", base);
    if (!gw_check_study_solve(it, GW_FLOW_FLAT))
        return gw_fail_with(reterr, GW_CODE_INFEASIBLE, pointer,
                            "the network cannot carry this base");
    GW_TRY(GW_ARENA_NEW(arena, double, it->limit_count, &it->before[base], reterr));
    it->loss_before_w[base] = it->state.loss_w;
    for (size_t at = 0; at < it->limit_count; at++)
        it->before[base][at] =
            gw_flow_limit_value(&it->limits[base].at[at], &it->run->net, &it->state);
    return gw_ok();
}

gw_status gw_check_study_open(gw_arena *arena, const gw_flow_check_question *question,
                              gw_check_study *ret, gw_fault *reterr) {
    gw_check_study made = {.question = question, .margin = (double)question->margin_ppm / 1e6};
    double *nothing = NULL;
    GW_TRY(gw_flow_map_build(arena, question->net, &made.map, reterr));
    GW_TRY(check(arena, &made, reterr));
    GW_TRY(make_slots(arena, &made, reterr));
    GW_TRY(build_run(arena, &made, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_limits, question->base_count, &made.limits, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double *, question->base_count, &made.before, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, question->base_count, &made.loss_before_w, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, question->item_count, &nothing, reterr));
    for (size_t base = 0; base < question->base_count; base++)
        GW_TRY(solve_base(arena, &made, base, nothing, reterr));
    *ret = made;
    return gw_ok();
}

/* ---- flows ---- */

static void put_base(gw_check_study *study, const gw_flow_base *base) {
    gw_net *net = &study->run->net;
    for (size_t at = 0; at < study->question->net->point_count; at++) {
        net->points[at].p_w = (double)base->points[at].p_w;
        net->points[at].q_var = (double)base->points[at].q_var;
    }
}

static void put_slot(gw_check_study *study, size_t at, uint8_t phase) {
    const gw_check_slot *slot = &study->slots[at];
    gw_net_point *points = &study->run->net.points[slot->first];
    if (!slot->is_unknown) {
        points[0].p_w = study->change_w[at];
        return;
    }
    for (unsigned other = 0; other < GW_NET_PHASES; other++)
        points[other].p_w = other == phase             ? study->change_w[at]
                            : phase == GW_CHECK_SPREAD ? study->change_w[at] / GW_NET_PHASES
                                                       : 0;
}

void gw_check_study_put(gw_check_study *study, size_t base, const double *accepted_w,
                        const uint8_t *phases) {
    put_base(study, &study->question->bases[base]);
    memset(study->change_w, 0, study->slot_count * sizeof *study->change_w);
    for (size_t at = 0; at < study->question->item_count; at++) {
        if (study->seller[at] != GW_FLOW_OUTSIDE)
            study->change_w[study->seller[at]] -= accepted_w[at];
        if (study->buyer[at] != GW_FLOW_OUTSIDE)
            study->change_w[study->buyer[at]] += accepted_w[at];
    }
    for (size_t at = 0; at < study->slot_count; at++)
        put_slot(study, at, phases == NULL ? GW_CHECK_SPREAD : phases[at]);
}

bool gw_check_study_solve(gw_check_study *study, gw_flow_start start) {
    /* what a flow without a solution leaves behind is no place to start from */
    const gw_flow_options options = {.start = study->is_settled ? start : GW_FLOW_FLAT};
    const gw_flow_outcome outcome = gw_flow_run_solve(study->run, &options);
    study->iterations = outcome.iterations;
    study->is_settled = outcome.verdict == GW_FLOW_SOLVED;
    if (!study->is_settled) return false;
    gw_flow_run_read(study->run, &study->state);
    return true;
}

static double beyond(const gw_check_study *study, size_t base, size_t limit, double value) {
    return gw_flow_limit_excess(&study->limits[base].at[limit], value) + study->margin;
}

bool gw_check_study_is_broken(const gw_check_study *study, size_t base, size_t limit) {
    return beyond(study, base, limit, study->before[base][limit]) > 0;
}

double gw_check_study_excess_of(const gw_check_study *study, size_t base, size_t limit,
                                double value) {
    const double own = beyond(study, base, limit, study->before[base][limit]);
    const double now = beyond(study, base, limit, value);
    return own > 0 ? now - own - broken_allowance : now;
}

double gw_check_study_excess(const gw_check_study *study, size_t base, size_t limit) {
    const gw_flow_limit *it = &study->limits[base].at[limit];
    return gw_check_study_excess_of(study, base, limit,
                                    gw_flow_limit_value(it, &study->run->net, &study->state));
}
