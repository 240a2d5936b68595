/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase_inside.h"

#include "grid/flow_element.h"

static gw_triple voltage_at(const gw_flow_three_phase *flow, uint32_t node) {
    const gw_phasor *v = gw_flow_three_phase_voltage(flow, node);
    return (gw_triple){{v[0], v[1], v[2]}};
}

static double base_a(const gw_flow_three_phase *flow, uint32_t node) {
    static const double root_3 = 1.7320508075688772935;
    return GW_FLOW_BASE_VA / (root_3 * flow->net->nodes[node].un_v);
}

static gw_phasor power_va(const gw_triple *v, const gw_triple *current) {
    gw_phasor sum = {0, 0};
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        sum = gw_phasor_add(
            sum, gw_phasor_multiply(v->at[phase], gw_phasor_conjugate(current->at[phase])));
    return gw_phasor_scale(sum, GW_FLOW_BASE_VA / 3);
}

static gw_triple add(const gw_triple *left, const gw_triple *right) {
    gw_triple sum;
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        sum.at[phase] = gw_phasor_add(left->at[phase], right->at[phase]);
    return sum;
}

static gw_triple negate(const gw_triple *it) {
    gw_triple turned;
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        turned.at[phase] = gw_phasor_scale(it->at[phase], -1);
    return turned;
}

static gw_triple shunt_current(gw_phasor y1, gw_phasor y0, const gw_triple *v) {
    const gw_coupling coupling = {y1, gw_phasor_scale(gw_phasor_subtract(y0, y1), 1.0 / 3)};
    return gw_coupling_apply(&coupling, v);
}

/* One end of a branch or transformer: the series current into it and its shunt. */
typedef struct end {
    uint32_t node;
    gw_triple series;
    gw_phasor y1;
    gw_phasor y0;
} end;

/* Writes the end's current and returns the active power that goes in. */
static double read_end(const gw_flow_three_phase *flow, const end *here, gw_phasor *ret_a) {
    const gw_triple v = voltage_at(flow, here->node);
    const gw_triple drawn = shunt_current(here->y1, here->y0, &v);
    const gw_triple current = add(&here->series, &drawn);
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        ret_a[phase] = gw_phasor_scale(current.at[phase], base_a(flow, here->node));
    return power_va(&v, &current).re;
}

/* `into_from` and `into_to`: series currents into the two ends. */
static void read_edge(const gw_flow_three_phase *flow, gw_flow_edge edge, const gw_triple into[2],
                      gw_flow_state *state) {
    const gw_flow_element made = gw_flow_element_make(flow->net, edge);
    const bool is_branch = edge.part == GW_FLOW_BRANCH;
    const gw_net *net = flow->net;
    const gw_net_branch *branch = is_branch ? &net->branches[edge.element] : NULL;
    const gw_net_transformer *it = is_branch ? NULL : &net->transformers[edge.element];
    gw_flow_ends *ends = is_branch ? &state->branches : &state->transformers;
    const end from = {is_branch ? branch->from : it->from, into[0], made.y1_from, made.y0_from};
    const end to = {is_branch ? branch->to : it->to, into[1], made.y1_to, made.y0_to};
    const size_t at = (size_t)edge.element * GW_NET_PHASES;
    ends->loss_w[edge.element] =
        read_end(flow, &from, &ends->from_a[at]) + read_end(flow, &to, &ends->to_a[at]);
    state->loss_w += ends->loss_w[edge.element];
}

static bool is_plain(const gw_net_branch *branch) {
    return branch->b1_s == 0 && branch->g1_s == 0 && branch->b0_s == 0 && branch->g0_s == 0;
}

/* Most branches charge nothing: what goes in at one end comes out at the other. */
static void read_plain(const gw_flow_three_phase *flow, uint32_t number, const gw_triple *into_from,
                       gw_flow_state *state) {
    const gw_net_branch *branch = &flow->net->branches[number];
    const gw_phasor *v_from = gw_flow_three_phase_voltage(flow, branch->from);
    const gw_phasor *v_to = gw_flow_three_phase_voltage(flow, branch->to);
    const double amperes = base_a(flow, branch->from);
    const size_t at = (size_t)number * GW_NET_PHASES;
    double lost = 0;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
        const gw_phasor current = into_from->at[phase];
        const gw_phasor drop = gw_phasor_subtract(v_from[phase], v_to[phase]);
        lost += drop.re * current.re + drop.im * current.im;
        state->branches.from_a[at + phase] = gw_phasor_scale(current, amperes);
        state->branches.to_a[at + phase] = gw_phasor_scale(current, -amperes);
    }
    state->branches.loss_w[number] = lost * (GW_FLOW_BASE_VA / 3);
    state->loss_w += state->branches.loss_w[number];
}

static void read_source(const gw_flow_three_phase *flow, uint32_t source, const gw_triple *current,
                        gw_flow_state *state) {
    const gw_triple v = voltage_at(flow, flow->net->sources[source].node);
    state->source_va[source] = power_va(&v, current);
}

static void read_tree(const gw_flow_three_phase *flow, gw_flow_state *state) {
    size_t next = 0;
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        const gw_flow_edge edge = flow->tree.above[at];
        const gw_triple down = flow->current[at];
        const gw_triple up = negate(&down);
        if (edge.part == GW_FLOW_SOURCE) {
            read_source(flow, edge.element, &down, state);
            continue;
        }
        const gw_triple drawn =
            edge.part == GW_FLOW_TRANSFORMER ? gw_three_drawn(flow, &flow->turns[next]) : down;
        next += edge.part == GW_FLOW_TRANSFORMER ? 1 : 0;
        const gw_triple into[2] = {edge.is_reversed ? up : drawn, edge.is_reversed ? drawn : up};
        if (edge.part == GW_FLOW_BRANCH && is_plain(&flow->net->branches[edge.element])) {
            read_plain(flow, edge.element, &into[0], state);
        } else {
            read_edge(flow, edge, into, state);
        }
    }
}

static void read_links(const gw_flow_three_phase *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_flow_edge edge = flow->tree.links[at].edge;
        const gw_triple current = flow->links[at].current;
        const gw_triple into[2] = {current, negate(&current)};
        if (edge.part == GW_FLOW_SOURCE) {
            read_source(flow, edge.element, &current, state);
        } else {
            read_edge(flow, edge, into, state);
        }
    }
}

static void read_stubs(const gw_flow_three_phase *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->net->branch_count; at++) {
        const gw_net_branch *branch = &flow->net->branches[at];
        if (!branch->open_from && !branch->open_to) continue;
        const gw_flow_stub stub = gw_flow_stub_make(flow->net, branch);
        if (!stub.is_live) continue;
        const end live = {.node = stub.node, .y1 = stub.y1, .y0 = stub.y0};
        gw_phasor *into = branch->open_from ? state->branches.to_a : state->branches.from_a;
        state->branches.loss_w[at] = read_end(flow, &live, &into[at * GW_NET_PHASES]);
        state->loss_w += state->branches.loss_w[at];
    }
}

static void read_loads(const gw_flow_three_phase *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->load_count; at++) {
        const gw_three_load *here = &flow->loads[at];
        const gw_phasor v = flow->voltage[here->at].at[here->phase];
        const double square = gw_phasor_square(v);
        double factor = 1;
        if (here->kind == GW_NET_CURRENT) factor = __builtin_sqrt(square);
        if (here->kind == GW_NET_IMPEDANCE) factor = square;
        state->load_va =
            gw_phasor_add(state->load_va, gw_phasor_scale(gw_phasor_conjugate(here->power),
                                                          factor * GW_FLOW_BASE_VA / 3));
    }
}

static void clear_ends(gw_flow_ends *ends, size_t count) {
    for (size_t at = 0; at < count * GW_NET_PHASES; at++)
        ends->from_a[at] = ends->to_a[at] = (gw_phasor){0, 0};
    for (size_t at = 0; at < count; at++) ends->loss_w[at] = 0;
}

void gw_flow_three_phase_read(gw_flow_three_phase *flow, gw_flow_state *state) {
    const gw_net *net = flow->net;
    state->load_va = (gw_phasor){0, 0};
    state->loss_w = 0;
    clear_ends(&state->branches, net->branch_count);
    clear_ends(&state->transformers, net->transformer_count);
    for (size_t at = 0; at < net->source_count; at++) state->source_va[at] = (gw_phasor){0, 0};
    for (uint32_t node = 0; node < net->node_count; node++)
        for (int phase = 0; phase < GW_NET_PHASES; phase++)
            state->node_v[(size_t)node * GW_NET_PHASES + (size_t)phase] =
                gw_flow_three_phase_voltage(flow, node)[phase];
    gw_three_gather(flow);
    read_tree(flow, state);
    read_links(flow, state);
    read_stubs(flow, state);
    read_loads(flow, state);
}
