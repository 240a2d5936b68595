/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_limit.h"

#include "grid/flow_round.h"
#include "grid/flow_run.h"

static const double root_3 = 1.7320508075688772935;
static const double low_voltage_most_v = 1000;

typedef struct kind_facts {
    const char *word;
    const char *unit;
    double to_unit; /* from volts, amperes, volt-amperes, ratios */
} kind_facts;

static const kind_facts facts[GW_LIMIT_KINDS] = {
    [GW_LIMIT_VOLTAGE_LOW] = {"voltage_low", "mV", 1e3},
    [GW_LIMIT_VOLTAGE_HIGH] = {"voltage_high", "mV", 1e3},
    [GW_LIMIT_VOLTAGE_RISE] = {"voltage_rise", "mV", 1e3},
    [GW_LIMIT_BRANCH_CURRENT] = {"branch_current", "mA", 1e3},
    [GW_LIMIT_NEUTRAL_CURRENT] = {"neutral_current", "mA", 1e3},
    [GW_LIMIT_TRANSFORMER_POWER] = {"transformer_power", "VA", 1},
    [GW_LIMIT_UNBALANCE] = {"unbalance", "ppm", 1e6},
    [GW_LIMIT_CUSTOMER_UNBALANCE] = {"customer_unbalance", "ppm", 1e6},
};

/* What is in force once the defaults stand where nothing was said. */
static gw_flow_limit_options complete(const gw_flow_limit_options *given) {
    /* who is one customer is not in a network file: that limit is made when it is asked for */
    const unsigned usual = ((1U << GW_LIMIT_KINDS) - 1) & ~(1U << GW_LIMIT_CUSTOMER_UNBALANCE);
    gw_flow_limit_options made = *given;
    if (made.kinds == 0) made.kinds = usual;
    if (made.voltage_low_ppm == 0) made.voltage_low_ppm = 900000;
    if (made.voltage_high_ppm == 0) made.voltage_high_ppm = 1100000;
    if (made.branch_ppm == 0) made.branch_ppm = 1000000;
    if (made.neutral_ppm == 0) made.neutral_ppm = 1000000;
    if (made.transformer_ppm == 0) made.transformer_ppm = 1000000;
    if (made.unbalance_ppm == 0) made.unbalance_ppm = 20000;
    if (made.customer_unbalance_va == 0) made.customer_unbalance_va = 4600;
    return made;
}

/* ---- the list ---- */

typedef struct maker {
    const gw_net *net;
    gw_flow_limit_options options;
    const unsigned char *held; /* by node: phases whose voltage is held */
    gw_flow_limit *at;         /* NULL: only counts */
    size_t count;
} maker;

static bool wants(const maker *it, gw_flow_limit_kind kind) {
    return (it->options.kinds >> kind & 1U) != 0;
}

static void add(maker *it, const gw_flow_limit *made) {
    if (it->at != NULL) it->at[it->count] = *made;
    it->count++;
}

static double ratio_of(int64_t ppm) { return (double)ppm / 1e6; }

static double limit_of_node(const maker *it, const gw_net_node *node, gw_flow_limit_kind kind) {
    const gw_flow_limit_options *options = &it->options;
    if (kind == GW_LIMIT_VOLTAGE_LOW)
        return node->vmin_pu > 0 ? node->vmin_pu : ratio_of(options->voltage_low_ppm);
    if (kind == GW_LIMIT_VOLTAGE_HIGH)
        return node->vmax_pu > 0 ? node->vmax_pu : ratio_of(options->voltage_high_ppm);
    if (options->voltage_rise_ppm > 0) return ratio_of(options->voltage_rise_ppm);
    return node->un_v <= low_voltage_most_v ? 0.03 : 0.02;
}

static double reference_of(const maker *it, size_t at) {
    const gw_flow_state *without = it->options.without_generation;
    return without == NULL ? 0 : gw_phasor_size(without->node_v[at]);
}

static void add_node(maker *it, uint32_t at, gw_flow_limit_kind kind) {
    const gw_net_node *node = &it->net->nodes[at];
    const bool is_balanced = it->net->model == GW_NET_BALANCED;
    gw_flow_limit made = {.kind = kind,
                          .element = at,
                          .phase = GW_FLOW_PHASE_ALL,
                          .limit = limit_of_node(it, node, kind),
                          .id = node->id};
    if (is_balanced && it->held[at] != 0) {
        made.reference = reference_of(it, at);
        add(it, &made);
    }
    for (uint32_t phase = 0; phase < GW_NET_PHASES && !is_balanced; phase++) {
        if ((it->held[at] >> phase & 1) == 0) continue;
        made.phase = phase;
        made.reference = reference_of(it, (size_t)at * GW_NET_PHASES + phase);
        add(it, &made);
    }
}

static void add_voltages(maker *it) {
    for (gw_flow_limit_kind kind = GW_LIMIT_VOLTAGE_LOW; kind <= GW_LIMIT_VOLTAGE_RISE; kind++) {
        if (!wants(it, kind)) continue;
        if (kind == GW_LIMIT_VOLTAGE_RISE && it->options.without_generation == NULL) continue;
        for (uint32_t at = 0; at < it->net->node_count; at++) add_node(it, at, kind);
    }
}

/* One limit for each phase, or a single one in a balanced model. */
static void add_phases(maker *it, gw_flow_limit made) {
    made.phase = GW_FLOW_PHASE_ALL;
    if (it->net->model == GW_NET_BALANCED) {
        add(it, &made);
        return;
    }
    for (made.phase = 0; made.phase < GW_NET_PHASES; made.phase++) add(it, &made);
}

static void add_branches(maker *it) {
    for (uint32_t at = 0; at < it->net->branch_count && wants(it, GW_LIMIT_BRANCH_CURRENT); at++)
        if (it->net->branches[at].imax_a > 0)
            add_phases(it, (gw_flow_limit){.kind = GW_LIMIT_BRANCH_CURRENT,
                                           .element = at,
                                           .limit = ratio_of(it->options.branch_ppm),
                                           .id = it->net->branches[at].id});
    if (it->net->model == GW_NET_BALANCED || !wants(it, GW_LIMIT_NEUTRAL_CURRENT)) return;
    for (uint32_t at = 0; at < it->net->branch_count; at++)
        if (it->net->branches[at].imax_a > 0)
            add(it, &(gw_flow_limit){.kind = GW_LIMIT_NEUTRAL_CURRENT,
                                     .element = at,
                                     .phase = GW_FLOW_PHASE_ALL,
                                     .limit = ratio_of(it->options.neutral_ppm),
                                     .id = it->net->branches[at].id});
}

static void add_transformers(maker *it) {
    if (!wants(it, GW_LIMIT_TRANSFORMER_POWER)) return;
    for (uint32_t at = 0; at < it->net->transformer_count; at++)
        add_phases(it, (gw_flow_limit){.kind = GW_LIMIT_TRANSFORMER_POWER,
                                       .element = at,
                                       .limit = ratio_of(it->options.transformer_ppm),
                                       .id = it->net->transformers[at].id});
}

static void add_unbalances(maker *it) {
    const double limits[] = {ratio_of(it->options.unbalance_ppm),
                             (double)it->options.customer_unbalance_va};
    if (it->net->model == GW_NET_BALANCED) return;
    for (gw_flow_limit_kind kind = GW_LIMIT_UNBALANCE; kind < GW_LIMIT_KINDS; kind++)
        for (uint32_t at = 0; at < it->net->node_count && wants(it, kind); at++)
            if (it->held[at] != 0)
                add(it, &(gw_flow_limit){.kind = kind,
                                         .element = at,
                                         .phase = GW_FLOW_PHASE_ALL,
                                         .limit = kind == GW_LIMIT_UNBALANCE ? limits[0] : 1,
                                         .reference = limits[kind - GW_LIMIT_UNBALANCE],
                                         .id = it->net->nodes[at].id});
}

static void add_all(maker *it) {
    it->count = 0;
    add_voltages(it);
    add_branches(it);
    add_transformers(it);
    add_unbalances(it);
}

static void mark_held(const gw_net *net, gw_flow_scope scope, unsigned char *held) {
    const unsigned char all = GW_NET_PHASE_A | GW_NET_PHASE_B | GW_NET_PHASE_C;
    for (size_t at = 0; at < net->node_count && scope == GW_FLOW_SCOPE_NODES; at++) held[at] = all;
    for (size_t at = 0; at < net->point_count; at++) {
        const gw_net_point *point = &net->points[at];
        held[point->node] |= point->phases == 0 ? all : (unsigned char)point->phases;
    }
}

gw_status gw_flow_limits_make(gw_arena *arena, const gw_net *net,
                              const gw_flow_limit_options *options, gw_flow_limits *ret,
                              gw_fault *reterr) {
    unsigned char *held = NULL;
    maker it = {.net = net, .options = complete(options)};
    GW_TRY(GW_ARENA_NEW(arena, unsigned char, net->node_count, &held, reterr));
    mark_held(net, options->scope, held);
    it.held = held;
    add_all(&it);
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_limit, it.count, &it.at, reterr));
    add_all(&it);
    *ret = (gw_flow_limits){it.at, it.count};
    return gw_ok();
}

gw_status gw_flow_without_generation(gw_arena *arena, const gw_net *net, gw_flow_state *ret,
                                     gw_fault *reterr) {
    gw_flow_run *run = NULL;
    gw_flow_state made;
    GW_TRY(gw_flow_run_open(arena, net, 0, &run, reterr));
    GW_TRY(gw_flow_run_build(arena, run, reterr));
    GW_TRY(gw_flow_state_make(arena, net, run->phases, &made, reterr));
    for (size_t at = 0; at < run->net.point_count; at++)
        if (run->net.points[at].p_w < 0) run->net.points[at].p_w = run->net.points[at].q_var = 0;
    GW_TRY(gw_flow_run_settle(run, GW_FLOW_FLAT, reterr));
    gw_flow_run_read(run, &made);
    *ret = made;
    return gw_ok();
}

/* ---- values ---- */

static size_t place_of(const gw_flow_limit *limit, const gw_flow_state *state) {
    return limit->element * state->phases + (state->phases == 1 ? 0 : limit->phase);
}

static double larger(double left, double right) { return left > right ? left : right; }

/* Larger of both ends. */
static double current_of(const gw_flow_ends *ends, size_t at) {
    return __builtin_sqrt(
        larger(gw_phasor_square(ends->from_a[at]), gw_phasor_square(ends->to_a[at])));
}

static double sum_of(const gw_phasor abc[3]) {
    return gw_phasor_size(gw_phasor_add(gw_phasor_add(abc[0], abc[1]), abc[2]));
}

static double value_of_neutral(const gw_flow_limit *limit, const gw_net *net,
                               const gw_flow_state *state) {
    const size_t at = (size_t)limit->element * GW_NET_PHASES;
    const double from = sum_of(&state->branches.from_a[at]);
    return larger(from, sum_of(&state->branches.to_a[at])) / net->branches[limit->element].imax_a;
}

static double value_of_transformer(const gw_flow_limit *limit, const gw_net *net,
                                   const gw_flow_state *state) {
    const gw_net_transformer *it = &net->transformers[limit->element];
    const size_t at = place_of(limit, state);
    const double from_va = gw_phasor_size(state->transformers.from_a[at]) * it->u1_v;
    const double to_va = gw_phasor_size(state->transformers.to_a[at]) * it->u2_v;
    return larger(from_va, to_va) * root_3 / it->sn_va;
}

static unsigned count_phases(unsigned phases) {
    return phases == 0 ? GW_NET_PHASES : (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1);
}

/* Ref: VDE-AR-N 4100, 4.6 kVA between the phases of one connection. */
static double value_of_customer(const gw_flow_limit *limit, const gw_net *net) {
    double square[GW_NET_PHASES];
    gw_phasor taken[GW_NET_PHASES] = {{0, 0}};
    for (size_t at = 0; at < net->point_count; at++) {
        const gw_net_point *point = &net->points[at];
        const double share = 1.0 / (double)count_phases(point->phases);
        const gw_phasor power = {point->p_w * share, point->q_var * share};
        for (int phase = 0; phase < GW_NET_PHASES && point->node == limit->element; phase++)
            if (point->phases == 0 || (point->phases >> phase & 1) != 0)
                taken[phase] = gw_phasor_add(taken[phase], power);
    }
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        square[phase] =
            gw_phasor_square(gw_phasor_subtract(taken[phase], taken[(phase + 1) % GW_NET_PHASES]));
    return __builtin_sqrt(larger(square[0], larger(square[1], square[2]))) / limit->reference;
}

double gw_flow_limit_value(const gw_flow_limit *limit, const gw_net *net,
                           const gw_flow_state *state) {
    if (limit->kind == GW_LIMIT_BRANCH_CURRENT)
        return current_of(&state->branches, place_of(limit, state)) /
               net->branches[limit->element].imax_a;
    if (limit->kind == GW_LIMIT_NEUTRAL_CURRENT) return value_of_neutral(limit, net, state);
    if (limit->kind == GW_LIMIT_TRANSFORMER_POWER) return value_of_transformer(limit, net, state);
    if (limit->kind == GW_LIMIT_UNBALANCE)
        return gw_flow_unbalance(&state->node_v[(size_t)limit->element * GW_NET_PHASES]);
    if (limit->kind == GW_LIMIT_CUSTOMER_UNBALANCE) return value_of_customer(limit, net);
    const double size = gw_phasor_size(state->node_v[place_of(limit, state)]);
    if (limit->kind != GW_LIMIT_VOLTAGE_RISE) return size > 0 ? size : 1;
    return size > 0 && limit->reference > 0 ? size - limit->reference : 0;
}

double gw_flow_limit_excess(const gw_flow_limit *limit, double value) {
    return limit->kind == GW_LIMIT_VOLTAGE_LOW ? limit->limit - value : value - limit->limit;
}

double gw_flow_limit_share(const gw_flow_limit *limit, double value) {
    const bool is_voltage =
        limit->kind == GW_LIMIT_VOLTAGE_LOW || limit->kind == GW_LIMIT_VOLTAGE_HIGH;
    const double from = is_voltage ? 1 : 0;
    const double room =
        limit->kind == GW_LIMIT_VOLTAGE_LOW ? from - limit->limit : limit->limit - from;
    /* a limit on the wrong side of nominal leaves no room to share */
    return room > 0 ? 1 + gw_flow_limit_excess(limit, value) / room
                    : 1 + gw_flow_limit_excess(limit, value);
}

bool gw_flow_limits_worst(const gw_flow_limits *limits, const gw_net *net,
                          const gw_flow_state *state, gw_flow_worst *ret) {
    gw_flow_worst worst = {.at = SIZE_MAX};
    for (size_t at = 0; at < limits->count; at++) {
        const double value = gw_flow_limit_value(&limits->at[at], net, state);
        const double share = gw_flow_limit_share(&limits->at[at], value);
        if (worst.at != SIZE_MAX && share <= worst.share) continue;
        worst = (gw_flow_worst){at, value, share};
    }
    if (worst.at == SIZE_MAX) return false;
    *ret = worst;
    return true;
}

/* ---- the border ---- */

const char *gw_flow_limit_word(gw_flow_limit_kind kind) { return facts[kind].word; }
const char *gw_flow_limit_unit(gw_flow_limit_kind kind) { return facts[kind].unit; }

int64_t gw_flow_limit_quantity(const gw_flow_limit *limit, const gw_net *net, double value) {
    const bool is_phase = limit->phase != GW_FLOW_PHASE_ALL;
    double base = 1;
    if (limit->kind <= GW_LIMIT_VOLTAGE_RISE)
        base = net->nodes[limit->element].un_v / (is_phase ? root_3 : 1);
    if (limit->kind == GW_LIMIT_BRANCH_CURRENT || limit->kind == GW_LIMIT_NEUTRAL_CURRENT)
        base = net->branches[limit->element].imax_a;
    if (limit->kind == GW_LIMIT_TRANSFORMER_POWER)
        base = net->transformers[limit->element].sn_va / (is_phase ? 3 : 1);
    return gw_flow_round(value * base * facts[limit->kind].to_unit);
}

int64_t gw_flow_limit_share_ppm(double share) { return gw_flow_round_up(share * 1e6); }
