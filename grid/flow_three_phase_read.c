/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase_inside.h"

static gw_triple voltage_at(const gw_flow_three_phase *flow, uint32_t node) {
    const gw_phasor *v = gw_flow_three_phase_voltage(flow, node);
    return (gw_triple){{v[0], v[1], v[2]}};
}

static gw_phasor power_va(const gw_triple *v, const gw_triple *current) {
    gw_phasor sum = {0, 0};
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        sum = gw_phasor_add(
            sum, gw_phasor_multiply(v->at[phase], gw_phasor_conjugate(current->at[phase])));
    return gw_phasor_scale(sum, GW_FLOW_BASE_VA / 3);
}

static gw_triple negate(const gw_triple *it) {
    gw_triple turned;
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        turned.at[phase] = gw_phasor_scale(it->at[phase], -1);
    return turned;
}

static gw_tensor spread(gw_phasor y1, gw_phasor y0) {
    const gw_coupling coupling = {y1, gw_phasor_scale(gw_phasor_subtract(y0, y1), 1.0 / 3)};
    return gw_tensor_of_coupling(&coupling);
}

/* One end of a branch or transformer: the series current into it and its shunt. */
typedef struct end {
    uint32_t node;
    gw_triple series;
    gw_tensor y;
} end;

/* Writes the end's current and returns the active power that goes in. */
static double read_end(const gw_flow_three_phase *flow, const end *here, gw_phasor *ret_a) {
    const gw_triple v = voltage_at(flow, here->node);
    const gw_triple drawn = gw_tensor_apply(&here->y, &v);
    const gw_triple current = gw_triple_add(&here->series, &drawn);
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        ret_a[phase] = gw_phasor_scale(current.at[phase], gw_three_base_a(flow->net, here->node));
    return power_va(&v, &current).re;
}

static void read_ends(const gw_flow_three_phase *flow, const end ends[2], size_t element,
                      gw_flow_ends *into, gw_flow_state *state) {
    const size_t at = element * GW_NET_PHASES;
    into->loss_w[element] =
        read_end(flow, &ends[0], &into->from_a[at]) + read_end(flow, &ends[1], &into->to_a[at]);
    state->loss_w += into->loss_w[element];
}

/* `into`: series currents into the `from` and the `to` end. */
static void read_branch(const gw_flow_three_phase *flow, uint32_t number, const gw_triple into[2],
                        gw_flow_state *state) {
    const gw_net_branch *branch = &flow->net->branches[number];
    const gw_tensor y = gw_three_branch_y(flow->net, number);
    const end ends[2] = {{branch->from, into[0], y}, {branch->to, into[1], y}};
    read_ends(flow, ends, number, &state->branches, state);
}

/* The zero sequence that a winding sends to earth at its node, unless the place below is earthed by
 * the edge itself: then it is in the series current. */
static gw_phasor ground_at(const gw_flow_three_phase *flow, uint32_t number, uint32_t node,
                           gw_phasor y0) {
    const uint32_t at = flow->tree.place_of[node];
    const gw_phasor none = {0, 0};
    if (at == GW_PLACE_DARK || at < flow->tree.root_count) return none;
    const gw_flow_edge above = flow->tree.above[at];
    return above.part == GW_FLOW_TRANSFORMER && above.element == number ? none : y0;
}

static void read_transformer(const gw_flow_three_phase *flow, uint32_t number,
                             const gw_triple into[2], gw_flow_state *state) {
    const gw_net_transformer *it = &flow->net->transformers[number];
    const gw_flow_element made =
        gw_flow_element_make(flow->net, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, number});
    const gw_phasor from_y0 =
        gw_phasor_add(made.y0_from, ground_at(flow, number, it->from, made.ground_from));
    const gw_phasor to_y0 =
        gw_phasor_add(made.y0_to, ground_at(flow, number, it->to, made.ground_to));
    const end ends[2] = {{it->from, into[0], spread(made.y1_from, from_y0)},
                         {it->to, into[1], spread(made.y1_to, to_y0)}};
    read_ends(flow, ends, number, &state->transformers, state);
}

static void read_edge(const gw_flow_three_phase *flow, gw_flow_edge edge, const gw_triple into[2],
                      gw_flow_state *state) {
    if (edge.part == GW_FLOW_BRANCH)
        read_branch(flow, edge.element, into, state);
    else
        read_transformer(flow, edge.element, into, state);
}

/* Most branches charge nothing: what goes in at one end comes out at the other. */
static void read_plain(const gw_flow_three_phase *flow, uint32_t place, gw_flow_state *state) {
    const gw_three_place *here = &flow->places[place];
    const gw_flow_edge edge = flow->tree.above[place];
    const gw_phasor *above = flow->voltage[here->parent].at;
    const gw_phasor *below = flow->voltage[place].at;
    const double ampere = edge.is_reversed ? -here->base_a : here->base_a;
    const size_t at = (size_t)edge.element * GW_NET_PHASES;
    double lost = 0;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++) {
        const gw_phasor current = flow->current[place].at[phase];
        const gw_phasor drop = gw_phasor_subtract(above[phase], below[phase]);
        lost += drop.re * current.re + drop.im * current.im;
        state->branches.from_a[at + phase] = gw_phasor_scale(current, ampere);
        state->branches.to_a[at + phase] = gw_phasor_scale(current, -ampere);
    }
    state->branches.loss_w[edge.element] = lost * (GW_FLOW_BASE_VA / 3);
    state->loss_w += state->branches.loss_w[edge.element];
}

/* The current of a source and of all that are alike. */
static void read_source(const gw_flow_three_phase *flow, uint32_t source, const gw_triple *current,
                        gw_flow_state *state) {
    const gw_net *net = flow->net;
    const uint32_t node = net->sources[source].node;
    const gw_triple v = voltage_at(flow, node);
    for (uint32_t at = source; at < net->source_count; at++) {
        if (gw_flow_source_first(net, at) != source) continue;
        const double share = gw_flow_source_share(net, at);
        state->source_va[at] = gw_phasor_scale(power_va(&v, current), share);
        for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
            state->source_a[at * GW_NET_PHASES + phase] =
                gw_phasor_scale(current->at[phase], share * gw_three_base_a(flow->net, node));
    }
}

static void read_tree(const gw_flow_three_phase *flow, gw_flow_state *state) {
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        if (flow->places[at].is_plain != 0) {
            read_plain(flow, at, state);
            continue;
        }
        const gw_flow_edge edge = flow->tree.above[at];
        const gw_triple down = flow->current[at];
        const gw_triple up = negate(&down);
        if (edge.part == GW_FLOW_SOURCE) {
            read_source(flow, edge.element, &down, state);
            continue;
        }
        const gw_triple drawn =
            edge.part == GW_FLOW_TRANSFORMER ? gw_three_drawn(flow, flow->port_of[at]) : down;
        const gw_triple into[2] = {edge.is_reversed ? up : drawn, edge.is_reversed ? drawn : up};
        read_edge(flow, edge, into, state);
    }
}

static void read_links(const gw_flow_three_phase *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_flow_edge edge = flow->tree.links[at].edge;
        const gw_triple current = flow->links[at].current;
        const gw_triple into[2] = {gw_tensor_apply(&flow->links[at].back, &current),
                                   negate(&current)};
        if (edge.part == GW_FLOW_SOURCE) {
            read_source(flow, edge.element, &current, state);
        } else {
            read_edge(flow, edge, into, state);
        }
    }
}

static void read_loose(const gw_flow_three_phase *flow, uint32_t at, gw_flow_state *state) {
    const gw_net_branch *branch = &flow->net->branches[at];
    const gw_triple nothing[2] = {0};
    if (!branch->open_from && !branch->open_to) {
        read_branch(flow, at, nothing, state);
        return;
    }
    const end live = {.node = branch->open_from ? branch->to : branch->from,
                      .y = gw_three_stub_y(flow->net, at)};
    gw_phasor *into = branch->open_from ? state->branches.to_a : state->branches.from_a;
    state->branches.loss_w[at] = read_end(flow, &live, &into[(size_t)at * GW_NET_PHASES]);
    state->loss_w += state->branches.loss_w[at];
}

static void read_stubs(const gw_flow_three_phase *flow, gw_flow_state *state) {
    const gw_net *net = flow->net;
    for (size_t at = 0; at < flow->loose_count; at++) read_loose(flow, flow->loose[at], state);
    for (size_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        const gw_flow_stub stub = gw_flow_stub_transformer(net, it);
        if (!stub.is_live) continue;
        const end live = {.node = stub.node, .y = spread(stub.y1, stub.y0)};
        gw_phasor *into = it->open_from ? state->transformers.to_a : state->transformers.from_a;
        state->transformers.loss_w[at] = read_end(flow, &live, &into[at * GW_NET_PHASES]);
        state->loss_w += state->transformers.loss_w[at];
    }
}

static void read_shunts(const gw_flow_three_phase *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->net->shunt_count; at++) {
        const gw_flow_stub shunt = gw_flow_shunt_make(flow->net, &flow->net->shunts[at]);
        if (!shunt.is_live) continue;
        const gw_tensor y = spread(shunt.y1, shunt.y0);
        const gw_triple v = voltage_at(flow, shunt.node);
        const gw_triple drawn = gw_tensor_apply(&y, &v);
        state->shunt_va = gw_phasor_add(state->shunt_va, power_va(&v, &drawn));
    }
}

static void read_load(const gw_flow_three_phase *flow, const gw_three_load *here,
                      gw_flow_state *state) {
    const double square = gw_phasor_square(flow->voltage[here->at].at[here->phase]);
    double factor = GW_FLOW_BASE_VA / 3;
    if (here->kind == GW_NET_CURRENT) factor *= __builtin_sqrt(square);
    if (here->kind == GW_NET_IMPEDANCE) factor *= square;
    state->load_va =
        gw_phasor_add(state->load_va, gw_phasor_scale(gw_phasor_conjugate(here->power), factor));
}

static void clear_ends(gw_flow_ends *ends, size_t count) {
    for (size_t at = 0; at < count * GW_NET_PHASES; at++)
        ends->from_a[at] = ends->to_a[at] = (gw_phasor){0, 0};
    for (size_t at = 0; at < count; at++) ends->loss_w[at] = 0;
}

void gw_flow_three_phase_read(gw_flow_three_phase *flow, gw_flow_state *state) {
    const gw_net *net = flow->net;
    const gw_phasor none = {0, 0};
    state->load_va = state->shunt_va = none;
    state->loss_w = 0;
    clear_ends(&state->branches, net->branch_count);
    clear_ends(&state->transformers, net->transformer_count);
    for (size_t at = 0; at < net->source_count; at++) state->source_va[at] = none;
    for (size_t at = 0; at < net->source_count * GW_NET_PHASES; at++) state->source_a[at] = none;
    for (uint32_t node = 0; node < net->node_count; node++) {
        const gw_phasor *v = gw_flow_three_phase_voltage(flow, node);
        gw_phasor *to = &state->node_v[(size_t)node * GW_NET_PHASES];
        for (size_t phase = 0; phase < GW_NET_PHASES; phase++) to[phase] = v[phase];
    }
    gw_three_gather(flow);
    read_tree(flow, state);
    read_links(flow, state);
    read_stubs(flow, state);
    read_shunts(flow, state);
    for (size_t at = 0; at < flow->load_count; at++) read_load(flow, &flow->loads[at], state);
    for (size_t at = 0; at < flow->impedance_count; at++)
        read_load(flow, &flow->impedances[at], state);
}
