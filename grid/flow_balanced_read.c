/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_balanced_inside.h"

static const gw_phasor none = {0, 0};

static void add_to(gw_phasor *sum, gw_phasor term) { *sum = gw_phasor_add(*sum, term); }

static double base_a(const gw_flow_balanced *flow, uint32_t node) {
    static const double root_3 = 1.7320508075688772935;
    return GW_FLOW_BASE_VA / (root_3 * flow->net->nodes[node].un_v);
}

/* series: current through the impedance towards `to`, in the base and frame of the network. */
static void read_edge(const gw_flow_balanced *flow, gw_flow_edge edge, gw_phasor series,
                      gw_flow_state *state) {
    const gw_flow_element element = gw_flow_element_make(flow->net, edge);
    const bool is_branch = edge.part == GW_FLOW_BRANCH;
    const gw_net *net = flow->net;
    const uint32_t from =
        is_branch ? net->branches[edge.element].from : net->transformers[edge.element].from;
    const uint32_t to =
        is_branch ? net->branches[edge.element].to : net->transformers[edge.element].to;
    gw_flow_ends *ends = is_branch ? &state->branches : &state->transformers;
    const gw_phasor v_from = gw_flow_balanced_voltage(flow, from);
    const gw_phasor v_to = gw_flow_balanced_voltage(flow, to);
    const gw_phasor into_from =
        gw_phasor_add(gw_phasor_multiply(gw_phasor_conjugate(gw_balanced_turn(&element)), series),
                      gw_phasor_multiply(element.y1_from, v_from));
    const gw_phasor into_to = gw_phasor_subtract(gw_phasor_multiply(element.y1_to, v_to), series);
    const double lost = gw_phasor_multiply(v_from, gw_phasor_conjugate(into_from)).re +
                        gw_phasor_multiply(v_to, gw_phasor_conjugate(into_to)).re;
    ends->from_a[edge.element] = gw_phasor_scale(into_from, base_a(flow, from));
    ends->to_a[edge.element] = gw_phasor_scale(into_to, base_a(flow, to));
    ends->loss_w[edge.element] = lost * GW_FLOW_BASE_VA;
    state->loss_w += ends->loss_w[edge.element];
}

/* The current of a source and of all that are alike. */
static void read_source(const gw_flow_balanced *flow, uint32_t source, gw_phasor current,
                        gw_flow_state *state) {
    const gw_net *net = flow->net;
    const uint32_t node = net->sources[source].node;
    const gw_phasor v = gw_flow_balanced_voltage(flow, node);
    for (uint32_t at = source; at < net->source_count; at++) {
        if (gw_flow_source_first(net, at) != source) continue;
        const gw_phasor own = gw_phasor_scale(current, gw_flow_source_share(net, at));
        state->source_va[at] =
            gw_phasor_scale(gw_phasor_multiply(v, gw_phasor_conjugate(own)), GW_FLOW_BASE_VA);
        state->source_a[at] = gw_phasor_scale(own, base_a(flow, node));
    }
}

static void read_tree(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        const gw_flow_edge edge = flow->tree.above[at];
        const gw_phasor down =
            gw_phasor_divide(flow->current[at], gw_phasor_conjugate(flow->frame[at]));
        if (edge.part == GW_FLOW_SOURCE) {
            read_source(flow, edge.element, down, state);
            continue;
        }
        if (!edge.is_reversed) {
            read_edge(flow, edge, down, state);
            continue;
        }
        /* the parent is at the `to` end, where the series current is counted */
        const gw_flow_element element = gw_flow_element_make(flow->net, edge);
        const gw_phasor up =
            gw_phasor_divide(down, gw_phasor_conjugate(gw_balanced_turn(&element)));
        read_edge(flow, edge, gw_phasor_subtract(none, up), state);
    }
}

static void read_links(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_balanced_link *here = &flow->links[at];
        const gw_flow_edge edge = flow->tree.links[at].edge;
        const gw_phasor series =
            gw_phasor_divide(here->current, gw_phasor_conjugate(flow->frame[here->to]));
        if (edge.part == GW_FLOW_SOURCE) {
            read_source(flow, edge.element, series, state);
        } else {
            read_edge(flow, edge, series, state);
        }
    }
}

static void read_stub(const gw_flow_balanced *flow, const gw_flow_stub *stub, gw_phasor *ret_a,
                      double *ret_loss_w) {
    const gw_phasor v = gw_flow_balanced_voltage(flow, stub->node);
    *ret_a = gw_phasor_scale(gw_phasor_multiply(stub->y1, v), base_a(flow, stub->node));
    *ret_loss_w = stub->y1.re * gw_phasor_square(v) * GW_FLOW_BASE_VA;
}

static bool is_into_itself(const gw_net_branch *branch) {
    return branch->from == branch->to && branch->closed && !branch->open_from && !branch->open_to;
}

static void read_stubs(const gw_flow_balanced *flow, gw_flow_state *state) {
    const gw_net *net = flow->net;
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        if (is_into_itself(branch))
            read_edge(flow, (gw_flow_edge){GW_FLOW_BRANCH, false, at}, none, state);
        const gw_flow_stub stub = gw_flow_stub_make(net, branch);
        if (!stub.is_live) continue;
        read_stub(flow, &stub,
                  branch->open_from ? &state->branches.to_a[at] : &state->branches.from_a[at],
                  &state->branches.loss_w[at]);
        state->loss_w += state->branches.loss_w[at];
    }
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        const gw_flow_stub stub = gw_flow_stub_transformer(net, it);
        if (!stub.is_live) continue;
        read_stub(flow, &stub,
                  it->open_from ? &state->transformers.to_a[at] : &state->transformers.from_a[at],
                  &state->transformers.loss_w[at]);
        state->loss_w += state->transformers.loss_w[at];
    }
}

static void read_shunts(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->net->shunt_count; at++) {
        const gw_flow_stub shunt = gw_flow_shunt_make(flow->net, &flow->net->shunts[at]);
        const gw_phasor v = gw_flow_balanced_voltage(flow, shunt.node);
        if (shunt.is_live)
            add_to(&state->shunt_va, gw_phasor_scale(gw_phasor_conjugate(shunt.y1),
                                                     gw_phasor_square(v) * GW_FLOW_BASE_VA));
    }
}

static void read_points(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->net->point_count; at++) {
        const gw_net_point *point = &flow->net->points[at];
        if (!gw_flow_balanced_is_live(flow, point->node)) continue;
        const double square = gw_phasor_square(gw_flow_balanced_voltage(flow, point->node));
        const double factor = point->load == GW_NET_POWER     ? 1
                              : point->load == GW_NET_CURRENT ? __builtin_sqrt(square)
                                                              : square;
        add_to(&state->load_va, (gw_phasor){point->p_w * factor, point->q_var * factor});
    }
}

static void clear_ends(gw_flow_ends *ends, size_t count) {
    for (size_t at = 0; at < count; at++) {
        ends->from_a[at] = ends->to_a[at] = none;
        ends->loss_w[at] = 0;
    }
}

void gw_flow_balanced_read(gw_flow_balanced *flow, gw_flow_state *state) {
    const gw_net *net = flow->net;
    state->load_va = none;
    state->shunt_va = none;
    state->loss_w = 0;
    clear_ends(&state->branches, net->branch_count);
    clear_ends(&state->transformers, net->transformer_count);
    for (size_t at = 0; at < net->source_count; at++)
        state->source_va[at] = state->source_a[at] = none;
    for (uint32_t at = 0; at < net->node_count; at++)
        state->node_v[at] = gw_flow_balanced_voltage(flow, at);
    gw_balanced_gather(flow);
    read_tree(flow, state);
    read_links(flow, state);
    read_stubs(flow, state);
    read_shunts(flow, state);
    read_points(flow, state);
}
