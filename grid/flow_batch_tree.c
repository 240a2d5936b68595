/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_batch_tree.h"

#include "grid/flow_element.h"
#include "grid/flow_reduce.h"
#include "grid/flow_three_phase_inside.h"

static const char *find_refusal(const gw_net *net, const gw_flow_tree *tree) {
    if (tree->link_count > 0) return "a loop is closed";
    if (net->shunt_count > 0) return "there are shunts";
    for (uint32_t at = 0; at < net->source_count; at++)
        if (gw_flow_source_first(net, at) != at) return "sources share a node";
    for (size_t at = 0; at < net->transformer_count; at++)
        if (net->transformers[at].open_from || net->transformers[at].open_to)
            return "a transformer is open at one end";
    for (size_t at = 0; at < net->branch_count && net->model == GW_NET_THREE_PHASE; at++)
        if (net->branches[at].matrix != NULL) return "a branch has a matrix of phases";
    return NULL;
}

static gw_status take_room(gw_arena *arena, gw_batch_tree *it, gw_fault *reterr) {
    const size_t count = it->tree->place_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &it->own, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &it->mutual, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &it->frame, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_coupling, count, &it->shunts, reterr));
    GW_TRY(GW_ARENA_NEW(arena, unsigned char, count, &it->marks, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_lane_turn, it->net->transformer_count, &it->turns, reterr));
    return GW_ARENA_NEW(arena, gw_phasor, count * it->phases, &it->flat, reterr);
}

/* Points, sources and shunts keep their places. */
static void mark(gw_batch_tree *it) {
    const gw_flow_tree *tree = it->tree;
    for (uint32_t at = 0; at < tree->place_count; at++) {
        const bool has_shunt =
            gw_phasor_square(it->shunts[at].own) > 0 || gw_phasor_square(it->shunts[at].mutual) > 0;
        const bool is_fed = at >= tree->root_count && tree->above[at].part == GW_FLOW_SOURCE;
        if (has_shunt || is_fed) it->marks[at] |= GW_REDUCE_KEEP;
    }
    for (size_t at = 0; at < it->net->point_count; at++) {
        const uint32_t place = tree->place_of[it->net->points[at].node];
        if (place != GW_PLACE_DARK) it->marks[place] |= GW_REDUCE_KEEP;
    }
}

/* ---- one phase: as in flow_balanced.c ---- */

static void frame_place(gw_batch_tree *it, uint32_t at) {
    const gw_flow_edge edge = it->tree->above[at];
    const gw_flow_element element = gw_flow_element_make(it->net, edge);
    const gw_phasor turn = gw_phasor_scale(gw_phasor_turn(-30.0 * element.clock), element.ratio);
    const gw_phasor above = it->frame[it->tree->parent[at]];
    gw_phasor z = element.z1;
    if (edge.is_reversed) z = gw_phasor_scale(z, 1 / (element.ratio * element.ratio));
    it->frame[at] =
        edge.is_reversed ? gw_phasor_divide(above, turn) : gw_phasor_multiply(above, turn);
    it->own[at] = gw_phasor_scale(z, 1 / gw_phasor_square(it->frame[at]));
    it->flat[at] = it->flat[it->tree->parent[at]];
}

static void add_shunt(gw_batch_tree *it, uint32_t node, gw_phasor y) {
    const uint32_t at = it->tree->place_of[node];
    if (at == GW_PLACE_DARK) return;
    const double square = gw_phasor_square(it->frame[at]);
    it->shunts[at].own = gw_phasor_add(it->shunts[at].own, gw_phasor_scale(y, square));
}

static void add_shunts(gw_batch_tree *it) {
    const gw_net *net = it->net;
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        const gw_flow_stub stub = gw_flow_stub_make(net, branch);
        if (stub.is_live) add_shunt(it, stub.node, stub.y1);
        if (!branch->closed || branch->open_from || branch->open_to) continue;
        const gw_flow_element element =
            gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_BRANCH, false, at});
        add_shunt(it, branch->from, element.y1_from);
        add_shunt(it, branch->to, element.y1_to);
    }
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *transformer = &net->transformers[at];
        const gw_flow_element element =
            gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, at});
        if (!transformer->closed) continue;
        add_shunt(it, transformer->from, element.y1_from);
        add_shunt(it, transformer->to, element.y1_to);
    }
}

gw_status gw_batch_tree_balanced(gw_arena *arena, const gw_net *net, const gw_flow_tree *tree,
                                 gw_batch_tree *ret, gw_fault *reterr) {
    gw_batch_tree made = {
        .net = net, .phases = 1, .tree = tree, .refusal = find_refusal(net, tree)};
    GW_TRY(take_room(arena, &made, reterr));
    for (uint32_t at = 0; at < tree->root_count; at++) {
        made.frame[at] = (gw_phasor){1, 0};
        made.flat[at] = gw_flow_source_voltage(&net->sources[at]);
    }
    for (uint32_t at = tree->root_count; at < tree->place_count; at++) frame_place(&made, at);
    add_shunts(&made);
    mark(&made);
    *ret = made;
    return gw_ok();
}

/* ---- three phases ---- */

static void flatten_turn(gw_batch_tree *it, const gw_lane_turn *turn) {
    gw_triple above;
    const size_t parent = (size_t)it->tree->parent[turn->at] * GW_NET_PHASES;
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        above.at[phase] = it->flat[parent + phase];
    gw_sequences v = gw_sequences_of(&above);
    v.zero = gw_phasor_scale(v.zero, turn->zero);
    v.positive = gw_phasor_multiply(turn->positive, v.positive);
    v.negative = gw_phasor_multiply(gw_phasor_conjugate(turn->positive), v.negative);
    const gw_triple below = gw_triple_of(&v);
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        it->flat[(size_t)turn->at * GW_NET_PHASES + phase] = below.at[phase];
}

/* Voltages without load. */
static void flatten(gw_batch_tree *it) {
    const gw_flow_tree *tree = it->tree;
    size_t next = 0;
    for (uint32_t at = 0; at < tree->place_count; at++) {
        const size_t first = (size_t)at * GW_NET_PHASES;
        const gw_phasor v =
            gw_flow_source_voltage(&it->net->sources[at < tree->root_count ? at : 0]);
        for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
            it->flat[first + phase] =
                at < tree->root_count
                    ? gw_phasor_multiply(v, gw_phasor_turn(-120.0 * (double)phase))
                    : it->flat[(size_t)tree->parent[at] * GW_NET_PHASES + phase];
        if (next < it->turn_count && it->turns[next].at == at) flatten_turn(it, &it->turns[next++]);
    }
}

static void take_turn(gw_batch_tree *it, uint32_t at) {
    const gw_flow_edge edge = it->tree->above[at];
    const gw_flow_element element = gw_flow_element_make(it->net, edge);
    const gw_sequences turn = gw_three_turn(&element, edge);
    const gw_sequences z = gw_three_impedance(&element, edge);
    it->turns[it->turn_count++] =
        (gw_lane_turn){at, turn.positive, turn.zero.re, z.positive, z.zero};
    it->marks[at] |= GW_REDUCE_TURN;
}

/* Without matrices of phases every admittance is a coupling. */
static void take_shunt(gw_batch_tree *it, uint32_t at, const gw_tensor *y) {
    gw_coupling *sum = &it->shunts[at];
    sum->own = gw_phasor_add(sum->own, gw_phasor_subtract(y->at[0][0], y->at[0][1]));
    sum->mutual = gw_phasor_add(sum->mutual, y->at[0][1]);
}

gw_status gw_batch_tree_three_phase(gw_arena *arena, const gw_net *net,
                                    const gw_flow_three_phase *flow, gw_batch_tree *ret,
                                    gw_fault *reterr) {
    gw_batch_tree made = {.net = net,
                          .phases = GW_NET_PHASES,
                          .tree = &flow->tree,
                          .refusal = find_refusal(net, &flow->tree)};
    GW_TRY(take_room(arena, &made, reterr));
    for (uint32_t at = 0; at < flow->tree.place_count; at++) {
        made.own[at] = flow->places[at].own;
        made.mutual[at] = flow->places[at].mutual;
        made.frame[at] = (gw_phasor){1, 0};
    }
    for (size_t at = 0; at < flow->shunt_count; at++)
        take_shunt(&made, flow->shunts[at].at, &flow->shunts[at].y);
    for (size_t at = 0; at < flow->port_count; at++) {
        const uint32_t place = flow->ports[at].at;
        take_shunt(&made, place, &flow->parts[at].network);
        if (flow->tree.above[place].part == GW_FLOW_TRANSFORMER) take_turn(&made, place);
        /* what stands below holds the voltage then, and that changes with the loads */
        if (flow->parts[at].zero == GW_THREE_FLOATING)
            made.refusal = "a transformer lets the zero sequence float";
    }
    flatten(&made);
    mark(&made);
    *ret = made;
    return gw_ok();
}
