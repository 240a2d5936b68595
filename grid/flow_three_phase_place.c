/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase_inside.h"

/* An admittance of more than this, times the impedance up to the source, is held in the tree: the
 * sweep would settle slowly or not at all with it. */
static const double hold_from = 0.02;
static const double reach_endless = 1e300;

/* Marks of a place. */
enum { IS_PORT = 1, HOLDS = 2 };

typedef struct making {
    gw_flow_three_phase *flow;
    unsigned char *marks; /* by place */
    double *reach;        /* by place: impedance up to the source */
    uint32_t *seat;       /* by place: where its shunt is */
    gw_tensor *y;         /* by seat; NULL while they are counted */
    uint32_t seat_count;
    gw_arena *arena;
    gw_fault *reterr;
} making;

/* ---- edges ---- */

static double larger(double left, double right) { return left > right ? left : right; }

static void make_plain(making *made, uint32_t at, const gw_flow_element *element) {
    gw_three_place *here = &made->flow->places[at];
    here->own = element->z1;
    here->mutual = gw_phasor_scale(gw_phasor_subtract(element->z0, element->z1), 1.0 / 3);
    made->reach[at] = made->reach[here->parent] +
                      larger(gw_phasor_size(element->z1), gw_phasor_size(element->z0));
}

static void make_turned(making *made, uint32_t at, const gw_flow_element *element) {
    const gw_flow_edge edge = made->flow->tree.above[at];
    const gw_sequences z = gw_three_impedance(element, edge);
    const uint32_t parent = made->flow->places[at].parent;
    made->marks[at] |= IS_PORT;
    made->reach[at] =
        made->reach[parent] + larger(gw_phasor_size(z.positive), gw_phasor_size(z.zero));
    if (gw_three_zero_of(element, edge) == GW_THREE_FLOATING) made->reach[at] = reach_endless;
}

static bool is_plain(const gw_net *net, uint32_t branch) {
    const gw_net_branch *it = &net->branches[branch];
    return it->matrix == NULL && it->b1_s == 0 && it->g1_s == 0 && it->b0_s == 0 && it->g0_s == 0;
}

static void make_place(making *made, uint32_t at) {
    gw_flow_three_phase *flow = made->flow;
    const gw_flow_edge edge = flow->tree.above[at];
    const gw_flow_element element = gw_flow_element_make(flow->net, edge);
    flow->places[at].parent = flow->tree.parent[at];
    flow->places[at].base_a = gw_three_base_a(flow->net, flow->tree.node_of[at]);
    if (edge.part == GW_FLOW_TRANSFORMER) {
        make_turned(made, at, &element);
        return;
    }
    make_plain(made, at, &element);
    flow->places[at].is_plain = edge.part == GW_FLOW_BRANCH && is_plain(flow->net, edge.element);
    if (edge.part == GW_FLOW_BRANCH && flow->net->branches[edge.element].matrix != NULL)
        made->marks[at] |= IS_PORT;
}

/* ---- admittances ---- */

static void take_shunt(making *made, uint32_t node, const gw_tensor *y) {
    const uint32_t at = made->flow->tree.place_of[node];
    if (at == GW_PLACE_DARK || !(gw_tensor_size(y) > 0)) return;
    if (made->seat[at] == GW_THREE_NO_PORT) made->seat[at] = made->seat_count++;
    gw_tensor *sum = made->y == NULL ? NULL : &made->y[made->seat[at]];
    if (sum != NULL) *sum = gw_tensor_add(sum, y);
}

static void take_sequences(making *made, uint32_t node, gw_phasor y1, gw_phasor y0) {
    const gw_coupling coupling = {y1, gw_phasor_scale(gw_phasor_subtract(y0, y1), 1.0 / 3)};
    const gw_tensor y = gw_tensor_of_coupling(&coupling);
    take_shunt(made, node, &y);
}

static void take_branch(making *made, uint32_t at) {
    const gw_net *net = made->flow->net;
    const gw_net_branch *branch = &net->branches[at];
    if (!branch->closed || (branch->open_from && branch->open_to)) return;
    if (branch->open_from || branch->open_to) {
        const gw_tensor stub = gw_three_stub_y(net, at);
        take_shunt(made, branch->open_from ? branch->to : branch->from, &stub);
        return;
    }
    const gw_tensor y = gw_three_branch_y(net, at);
    take_shunt(made, branch->from, &y);
    take_shunt(made, branch->to, &y);
}

/* What a winding earths stands at its node; but below its own transformer it is the impedance of
 * the edge. */
static void take_ground(making *made, uint32_t transformer, uint32_t node, gw_phasor y0) {
    const gw_flow_tree *tree = &made->flow->tree;
    const gw_phasor none = {0, 0};
    const uint32_t at = tree->place_of[node];
    if (at == GW_PLACE_DARK) return;
    const gw_flow_edge above = tree->above[at];
    const bool is_own =
        at >= tree->root_count && above.part == GW_FLOW_TRANSFORMER && above.element == transformer;
    if (!is_own) take_sequences(made, node, none, y0);
}

static void take_transformer(making *made, uint32_t at) {
    const gw_net *net = made->flow->net;
    const gw_net_transformer *it = &net->transformers[at];
    const gw_flow_stub stub = gw_flow_stub_transformer(net, it);
    if (stub.is_live) take_sequences(made, stub.node, stub.y1, stub.y0);
    if (!it->closed || it->open_from || it->open_to) return;
    const gw_flow_element element =
        gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, at});
    take_sequences(made, it->from, element.y1_from, element.y0_from);
    take_sequences(made, it->to, element.y1_to, element.y0_to);
    take_ground(made, at, it->from, element.ground_from);
    take_ground(made, at, it->to, element.ground_to);
}

static void take_shunts(making *made) {
    const gw_net *net = made->flow->net;
    for (uint32_t at = 0; at < net->branch_count; at++) take_branch(made, at);
    for (uint32_t at = 0; at < net->transformer_count; at++) take_transformer(made, at);
    for (size_t at = 0; at < net->shunt_count; at++) {
        const gw_flow_stub shunt = gw_flow_shunt_make(net, &net->shunts[at]);
        if (shunt.is_live) take_sequences(made, shunt.node, shunt.y1, shunt.y0);
    }
}

/* Counted first, then summed. */
static gw_status sum_shunts(making *made) {
    const size_t count = made->flow->tree.place_count;
    GW_TRY(GW_ARENA_NEW(made->arena, uint32_t, count, &made->seat, made->reterr));
    for (size_t at = 0; at < count; at++) made->seat[at] = GW_THREE_NO_PORT;
    take_shunts(made);
    GW_TRY(GW_ARENA_NEW(made->arena, gw_tensor, made->seat_count, &made->y, made->reterr));
    take_shunts(made);
    return gw_ok();
}

/* ---- ports ---- */

static void mark_holds(making *made) {
    const gw_flow_three_phase *flow = made->flow;
    const uint32_t root_count = flow->tree.root_count;
    for (uint32_t at = root_count; at < flow->tree.place_count; at++)
        if (made->seat[at] != GW_THREE_NO_PORT &&
            gw_tensor_size(&made->y[made->seat[at]]) * made->reach[at] > hold_from)
            made->marks[at] |= HOLDS;
    for (size_t at = 0; at < flow->net->point_count; at++) {
        const gw_net_point *point = &flow->net->points[at];
        const uint32_t place = flow->tree.place_of[point->node];
        if (point->load == GW_NET_IMPEDANCE && place != GW_PLACE_DARK) made->marks[place] |= HOLDS;
    }
}

/* What is held below changes every port on the way to the source. */
static size_t count_ports(making *made) {
    const gw_flow_tree *tree = &made->flow->tree;
    unsigned char *rises = made->marks;
    size_t count = 0;
    for (uint32_t at = tree->place_count; at-- > tree->root_count;) {
        enum { RISES = 4 };
        if ((rises[at] & HOLDS) != 0) rises[at] |= IS_PORT | RISES;
        if ((rises[at] & RISES) != 0) rises[tree->parent[at]] |= IS_PORT | RISES;
        count += (rises[at] & IS_PORT) != 0 ? 1 : 0;
    }
    return count;
}

static void fill_part(making *made, uint32_t at, gw_three_part *part) {
    const gw_flow_three_phase *flow = made->flow;
    const gw_flow_edge edge = flow->tree.above[at];
    const gw_flow_element element = gw_flow_element_make(flow->net, edge);
    if (edge.part == GW_FLOW_TRANSFORMER) {
        const gw_sequences turn = gw_three_turn(&element, edge);
        const gw_sequences z = gw_three_impedance(&element, edge);
        part->turn = gw_tensor_of_sequences(&turn);
        part->z = gw_tensor_of_sequences(&z);
        part->zero = gw_three_zero_of(&element, edge);
        return;
    }
    const gw_coupling unit = {{1, 0}, {0, 0}};
    const gw_coupling plain = {flow->places[at].own, flow->places[at].mutual};
    part->turn = gw_tensor_of_coupling(&unit);
    part->z = edge.part == GW_FLOW_BRANCH ? gw_three_branch_z(flow->net, edge.element)
                                          : gw_tensor_of_coupling(&plain);
}

/* Ports in the order of their places; what a place does not hold is left to the sweep. */
static void list_ports(making *made) {
    gw_flow_three_phase *flow = made->flow;
    for (uint32_t at = 0; at < flow->tree.place_count; at++) {
        const uint32_t seat = made->seat[at];
        const bool is_root = at < flow->tree.root_count;
        const bool is_held = (made->marks[at] & HOLDS) != 0;
        flow->port_of[at] = GW_THREE_NO_PORT;
        if (seat != GW_THREE_NO_PORT && !is_held)
            flow->shunts[flow->shunt_count++] = (gw_three_shunt){at, made->y[seat]};
        if (is_root || (made->marks[at] & IS_PORT) == 0) continue;
        flow->port_of[at] = (uint32_t)flow->port_count;
        gw_three_part *part = &flow->parts[flow->port_count];
        flow->ports[flow->port_count++].at = at;
        fill_part(made, at, part);
        if (is_held && seat != GW_THREE_NO_PORT) part->network = made->y[seat];
    }
}

gw_status gw_three_place_make(gw_arena *arena, gw_flow_three_phase *flow, gw_fault *reterr) {
    making made = {.flow = flow, .arena = arena, .reterr = reterr};
    const size_t count = flow->tree.place_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_three_place, count, &flow->places, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &flow->port_of, reterr));
    GW_TRY(GW_ARENA_NEW(arena, unsigned char, count, &made.marks, reterr));
    GW_TRY(GW_ARENA_NEW(arena, double, count, &made.reach, reterr));
    for (uint32_t at = 0; at < flow->tree.root_count; at++) flow->places[at].parent = at;
    for (uint32_t at = flow->tree.root_count; at < count; at++) make_place(&made, at);
    GW_TRY(sum_shunts(&made));
    mark_holds(&made);
    const size_t ports = count_ports(&made);
    GW_TRY(GW_ARENA_NEW(arena, gw_three_port, ports, &flow->ports, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_part, ports, &flow->parts, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_shunt, made.seat_count, &flow->shunts, reterr));
    list_ports(&made);
    return gw_ok();
}
