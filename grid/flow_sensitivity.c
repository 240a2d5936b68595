/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_sensitivity.h"

#include "grid/flow_balanced.h"
#include "grid/flow_three_phase.h"

#include <string.h>

static const double step_usual_w = 100;

/* One of the two models, over a copy of the points that may be changed. */
typedef struct probe {
    gw_net net;
    gw_flow_balanced *balanced;
    gw_flow_three_phase *three_phase;
} probe;

static gw_status open_probe(gw_arena *arena, const gw_net *net, probe *it, gw_fault *reterr) {
    it->net = *net;
    GW_TRY(GW_ARENA_NEW(arena, gw_net_point, net->point_count, &it->net.points, reterr));
    if (net->point_count > 0)
        memcpy(it->net.points, net->points, net->point_count * sizeof *net->points);
    if (net->model == GW_NET_THREE_PHASE)
        return gw_flow_three_phase_build(arena, &it->net, &it->three_phase, reterr);
    return gw_flow_balanced_build(arena, &it->net, &it->balanced, reterr);
}

static gw_status solve(probe *it, gw_flow_start start, gw_fault *reterr) {
    const gw_flow_options options = {.start = start};
    gw_flow_outcome outcome;
    if (it->three_phase != NULL) {
        gw_flow_three_phase_load(it->three_phase);
        outcome = gw_flow_three_phase_solve(it->three_phase, &options);
    } else {
        gw_flow_balanced_load(it->balanced);
        outcome = gw_flow_balanced_solve(it->balanced, &options);
    }
    if (outcome.verdict == GW_FLOW_SOLVED) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "/points",
                        "the network cannot carry its load: no solution in %d sweeps",
                        outcome.iterations);
}

static double voltage_at(const probe *it, gw_flow_watch watch) {
    if (it->three_phase != NULL)
        return gw_phasor_size(
            gw_flow_three_phase_voltage(it->three_phase, watch.node)[watch.phase]);
    return gw_phasor_size(gw_flow_balanced_voltage(it->balanced, watch.node));
}

static gw_status check_watches(const gw_flow_question *question, gw_fault *reterr) {
    const uint32_t phases = question->net->model == GW_NET_THREE_PHASE ? GW_NET_PHASES : 1;
    for (size_t at = 0; at < question->watch_count; at++) {
        const gw_flow_watch watch = question->watches[at];
        if (watch.node >= question->net->node_count || watch.phase >= phases)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "watch %zu names no node and phase of the network", at);
    }
    return gw_ok();
}

/* One half of the difference: the watched voltages with `change_w` more at the point. */
static gw_status add_voltages(probe *it, const gw_flow_question *question, size_t point,
                              double change_w, double *sums) {
    const gw_net_point before = it->net.points[point];
    gw_net_point *here = &it->net.points[point];
    here->p_w += change_w;
    if (question->cut == GW_FLOW_CUT_WHOLE && before.p_w != 0)
        here->q_var += change_w * before.q_var / before.p_w;
    const gw_status status = solve(it, GW_FLOW_WARM, NULL);
    *here = before;
    GW_TRY(status);
    for (size_t at = 0; at < question->watch_count; at++)
        sums[at] -= voltage_at(it, question->watches[at]) / change_w / 2;
    return gw_ok();
}

gw_status gw_flow_sensitivity(gw_arena *arena, const gw_flow_question *question, double **ret,
                              gw_fault *reterr) {
    const size_t watch_count = question->watch_count;
    const double step_w = question->step.w > 0 ? (double)question->step.w : step_usual_w;
    probe it = {.balanced = NULL};
    double *found = NULL;
    GW_TRY(check_watches(question, reterr));
    GW_TRY(open_probe(arena, question->net, &it, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, question->net->point_count *watch_count, &found, reterr));
    GW_TRY(solve(&it, GW_FLOW_FLAT, reterr));
    for (size_t point = 0; point < question->net->point_count; point++) {
        double *sums = &found[point * watch_count];
        gw_status status = add_voltages(&it, question, point, -step_w, sums);
        if (gw_is_ok(status)) status = add_voltages(&it, question, point, step_w, sums);
        if (!gw_is_ok(status))
            return gw_fail_with(reterr, status.code, "/points",
                                "no solution with %.0f W more or less at point %zu", step_w, point);
    }
    *ret = found;
    return gw_ok();
}
