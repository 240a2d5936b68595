/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_quantise.h"

#include <stdio.h>
#include <stdlib.h>

#define SQRT_3 1.7320508075688772

static const double MILLI = 1e3;
static const double MILLION = 1e6;
static const double BILLION = 1e9;

/* To the nearest, half away from zero; beyond int64 its end. */
static int64_t nearest(double value) {
    const double most = 9.2e18;
    if (!(value > -most)) return -(int64_t)most;
    if (value > most) return (int64_t)most;
    return (int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}

/* ---- in ---- */

static bool is_within(int64_t power) {
    return power <= GW_FLOW_POWER_MOST_W && power >= -GW_FLOW_POWER_MOST_W;
}

gw_status gw_flow_power_put(gw_net *net, const gw_flow_power *powers, size_t count,
                            gw_fault *reterr) {
    char pointer[32];
    if (count != net->point_count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/points", "%zu powers for %zu points", count,
                            net->point_count);
    for (size_t at = 0; at < count; at++) {
        if (is_within(powers[at].p_w) && is_within(powers[at].q_var)) continue;
        (void)snprintf(pointer, sizeof pointer, "/points/%zu", at);
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, pointer,
                            "the power is beyond a terawatt");
    }
    for (size_t at = 0; at < count; at++) {
        net->points[at].p_w = (double)powers[at].p_w;
        net->points[at].q_var = (double)powers[at].q_var;
    }
    return gw_ok();
}

gw_flow_power gw_flow_power_get(const gw_net *net, size_t at) {
    return (gw_flow_power){nearest(net->points[at].p_w), nearest(net->points[at].q_var)};
}

/* ---- out ---- */

static void read_node(const gw_net *net, const gw_flow_state *state, size_t at,
                      gw_flow_node_value *ret) {
    const gw_phasor *v = &state->node_v[at * state->phases];
    const bool is_three = state->phases == GW_NET_PHASES;
    const double base_v = is_three ? net->nodes[at].un_v / SQRT_3 : net->nodes[at].un_v;
    for (size_t phase = 0; phase < state->phases; phase++) {
        const double size = gw_phasor_size(v[phase]);
        ret->voltage_mv[phase] = nearest(size * base_v * MILLI);
        ret->voltage_ppm[phase] = nearest(size * MILLION);
    }
    if (is_three) ret->unbalance_ppm = nearest(gw_flow_unbalance(v) * MILLION);
}

static double largest(const gw_phasor *amperes, size_t phases) {
    double most = 0;
    for (size_t phase = 0; phase < phases; phase++) {
        const double size = gw_phasor_size(amperes[phase]);
        if (size > most) most = size;
    }
    return most;
}

/* Apparent power of all phases into an end: U I* with the voltages of its node. */
static gw_phasor power_at(const gw_net *net, const gw_flow_state *state, uint32_t node,
                          const gw_phasor *amperes) {
    gw_phasor sum = {0, 0};
    const bool is_three = state->phases == GW_NET_PHASES;
    const double factor =
        is_three ? net->nodes[node].un_v / SQRT_3 : net->nodes[node].un_v * SQRT_3;
    for (size_t phase = 0; phase < state->phases; phase++)
        sum = gw_phasor_add(sum, gw_phasor_multiply(state->node_v[node * state->phases + phase],
                                                    gw_phasor_conjugate(amperes[phase])));
    return gw_phasor_scale(sum, factor);
}

typedef struct element {
    const gw_flow_ends *ends;
    size_t at;
    uint32_t from;
    uint32_t to;
} element;

/* Fills currents, power and loss; returns the larger of the ends' largest phase currents. */
static double read_element(const gw_net *net, const gw_flow_state *state, const element *it,
                           gw_flow_element_value *ret) {
    const gw_phasor *from_a = &it->ends->from_a[it->at * state->phases];
    const gw_phasor *to_a = &it->ends->to_a[it->at * state->phases];
    const bool is_from = largest(from_a, state->phases) >= largest(to_a, state->phases);
    const gw_phasor *amperes = is_from ? from_a : to_a;
    gw_phasor neutral = {0, 0};
    for (size_t phase = 0; phase < state->phases; phase++) {
        ret->current_ma[phase] = nearest(gw_phasor_size(amperes[phase]) * MILLI);
        neutral = gw_phasor_add(neutral, amperes[phase]);
    }
    if (state->phases == GW_NET_PHASES)
        ret->current_ma[GW_NET_PHASES] = nearest(gw_phasor_size(neutral) * MILLI);
    const gw_phasor power_va = power_at(net, state, it->from, from_a);
    ret->from_w = nearest(power_va.re);
    ret->from_var = nearest(power_va.im);
    ret->loss_w = nearest(it->ends->loss_w[it->at]);
    return largest(amperes, state->phases);
}

static void read_branches(const gw_net *net, const gw_flow_state *state, gw_flow_values *ret) {
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        const element it = {&state->branches, at, branch->from, branch->to};
        const double most_a = read_element(net, state, &it, &ret->branches[at]);
        if (branch->imax_a > 0)
            ret->branches[at].loading_ppm = nearest(most_a / branch->imax_a * MILLION);
    }
}

static void read_transformers(const gw_net *net, const gw_flow_state *state, gw_flow_values *ret) {
    for (size_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *made = &net->transformers[at];
        const element it = {&state->transformers, at, made->from, made->to};
        (void)read_element(net, state, &it, &ret->transformers[at]);
        const double from_va = gw_phasor_size(
            power_at(net, state, made->from, &state->transformers.from_a[at * state->phases]));
        const double to_va = gw_phasor_size(
            power_at(net, state, made->to, &state->transformers.to_a[at * state->phases]));
        const double most_va = from_va > to_va ? from_va : to_va;
        ret->transformers[at].loading_ppm = nearest(most_va / made->sn_va * MILLION);
    }
}

static void read_totals(const gw_net *net, const gw_flow_state *state, gw_flow_values *ret) {
    gw_phasor source_va = {0, 0};
    for (size_t at = 0; at < net->source_count; at++)
        source_va = gw_phasor_add(source_va, state->source_va[at]);
    ret->source = (gw_flow_power){nearest(source_va.re), nearest(source_va.im)};
    ret->load = (gw_flow_power){nearest(state->load_va.re), nearest(state->load_va.im)};
    ret->loss_w = nearest(state->loss_w);
}

gw_status gw_flow_quantise(gw_arena *arena, const gw_net *net, const gw_flow_outcome *outcome,
                           const gw_flow_state *state, gw_flow_values *ret, gw_fault *reterr) {
    gw_flow_values made = {.phases = net->model == GW_NET_THREE_PHASE ? GW_NET_PHASES : 1,
                           .verdict = outcome->verdict,
                           .iterations = outcome->iterations,
                           .residual_ppb = nearest(outcome->change_pu * BILLION)};
    if (outcome->verdict == GW_FLOW_SOLVED) {
        GW_TRY(GW_ARENA_NEW(arena, gw_flow_node_value, net->node_count, &made.nodes, reterr));
        GW_TRY(
            GW_ARENA_NEW(arena, gw_flow_element_value, net->branch_count, &made.branches, reterr));
        GW_TRY(GW_ARENA_NEW(arena, gw_flow_element_value, net->transformer_count,
                            &made.transformers, reterr));
        for (size_t at = 0; at < net->node_count; at++) read_node(net, state, at, &made.nodes[at]);
        read_branches(net, state, &made);
        read_transformers(net, state, &made);
        read_totals(net, state, &made);
    }
    *ret = made;
    return gw_ok();
}

/* ---- limits ---- */

static int compare_rows(const void *left, const void *right) {
    const gw_flow_limit_row *one = left;
    const gw_flow_limit_row *other = right;
    if (one->share_ppm != other->share_ppm) return one->share_ppm > other->share_ppm ? -1 : 1;
    return one->at < other->at ? -1 : one->at > other->at;
}

gw_status gw_flow_limits_rank(gw_arena *arena, const gw_net *net, const gw_flow_limits *limits,
                              const gw_flow_state *state, gw_flow_limit_rows *ret,
                              gw_fault *reterr) {
    gw_flow_limit_row *rows = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_limit_row, limits->count, &rows, reterr));
    for (size_t at = 0; at < limits->count; at++) {
        const gw_flow_limit *limit = &limits->at[at];
        const double value = gw_flow_limit_value(limit, net, state);
        rows[at] = (gw_flow_limit_row){
            .at = at,
            .kind = limit->kind,
            .id = limit->id,
            .phase = limit->phase,
            .limit = gw_flow_limit_quantity(limit, net, limit->limit),
            .value = gw_flow_limit_quantity(limit, net, value),
            .share_ppm = gw_flow_limit_share_ppm(gw_flow_limit_share(limit, value))};
    }
    if (limits->count > 0) qsort(rows, limits->count, sizeof *rows, compare_rows);
    *ret = (gw_flow_limit_rows){rows, limits->count};
    return gw_ok();
}
