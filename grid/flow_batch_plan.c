/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_batch_plan.h"

#include "grid/flow_element.h"
#include "grid/flow_reduce.h"

typedef struct work {
    gw_arena *arena;
    const gw_batch_tree *from;
    gw_reduced reduced;
    uint32_t *edge_of_branch; /* the place below it, or GW_PLACE_DARK */
    uint32_t *edge_of_transformer;
    gw_lane_plan *plan;
    gw_fault *reterr;
} work;

static double base_a(const gw_net *net, uint32_t node) {
    static const double root_3 = 1.7320508075688772935;
    return GW_FLOW_BASE_VA / (root_3 * net->nodes[node].un_v);
}

/* ---- the network ---- */

static gw_status plan_lines(work *it) {
    const gw_reduced *reduced = &it->reduced;
    gw_lane_plan *plan = it->plan;
    const size_t phases = plan->phases;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_line, reduced->kept_count, &plan->lines, it->reterr));
    GW_TRY(
        GW_ARENA_NEW(it->arena, gw_phasor, reduced->kept_count * phases, &plan->flat, it->reterr));
    for (size_t at = 0; at < reduced->kept_count; at++) {
        plan->lines[at] =
            (gw_lane_line){reduced->own[at], reduced->mutual[at], reduced->parent[at]};
        for (size_t phase = 0; phase < phases; phase++)
            plan->flat[at * phases + phase] =
                it->from->flat[(size_t)reduced->place[at] * phases + phase];
    }
    plan->place_count = reduced->kept_count;
    plan->root_count = it->from->tree->root_count;
    return gw_ok();
}

static gw_status plan_turns(work *it) {
    gw_lane_plan *plan = it->plan;
    const size_t count = it->from->turn_count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_turn, count, &plan->turns, it->reterr));
    for (size_t at = 0; at < count; at++) {
        plan->turns[at] = it->from->turns[at];
        plan->turns[at].at = it->reduced.seats[it->from->turns[at].at].at;
    }
    plan->turn_count = count;
    return gw_ok();
}

static bool has_shunt(const gw_coupling *y) {
    return gw_phasor_square(y->own) > 0 || gw_phasor_square(y->mutual) > 0;
}

static gw_status plan_shunts(work *it) {
    gw_lane_plan *plan = it->plan;
    size_t count = 0;
    for (size_t at = 0; at < it->reduced.kept_count; at++)
        count += has_shunt(&it->from->shunts[it->reduced.place[at]]) ? 1 : 0;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_shunt, count, &plan->shunts, it->reterr));
    for (uint32_t at = 0; at < it->reduced.kept_count; at++) {
        const gw_coupling y = it->from->shunts[it->reduced.place[at]];
        if (has_shunt(&y)) plan->shunts[plan->shunt_count++] = (gw_lane_shunt){at, y};
    }
    return gw_ok();
}

/* ---- the points ---- */

static unsigned phases_of(const gw_lane_plan *plan, const gw_net_point *point) {
    static const unsigned all = GW_NET_PHASE_A | GW_NET_PHASE_B | GW_NET_PHASE_C;
    if (plan->phases == 1) return 1;
    return point->phases == 0 ? all : point->phases;
}

static unsigned count_phases(unsigned phases) {
    return (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1);
}

enum { KINDS = GW_NET_IMPEDANCE + 1 };

/* What one watt of a point means to the sweep; a phase has its part of the base. One phase: seen
 * from the frame of its place. */
static double factor_of(const work *it, const gw_net_point *point, unsigned phases,
                        uint32_t place) {
    const double square = gw_phasor_square(it->from->frame[place]);
    const double share = (double)it->plan->phases / (double)count_phases(phases) / GW_FLOW_BASE_VA;
    if (point->load == GW_NET_CURRENT) return share * __builtin_sqrt(square);
    return point->load == GW_NET_IMPEDANCE ? share * square : share;
}

/* drawn[(place * phases + phase) * KINDS + kind]: one more than the draw that stands there, or 0.
 */
static void share_point(work *it, uint32_t number, uint32_t *drawn) {
    gw_lane_plan *plan = it->plan;
    const gw_net_point *point = &it->from->net->points[number];
    const uint32_t place = it->from->tree->place_of[point->node];
    const unsigned phases = phases_of(plan, point);
    if (place == GW_PLACE_DARK) return;
    const uint32_t at = it->reduced.seats[place].at;
    const double factor = factor_of(it, point, phases, place);
    for (uint32_t phase = 0; phase < plan->phases; phase++) {
        uint32_t *draw = &drawn[(at * plan->phases + phase) * KINDS + point->load];
        if ((phases >> phase & 1) == 0) continue;
        if (*draw == 0) {
            plan->draws[plan->draw_count++] = (gw_lane_draw){at, phase, point->load};
            *draw = (uint32_t)plan->draw_count;
        }
        plan->shares[plan->share_count++] = (gw_lane_share){number, *draw - 1, factor};
    }
}

static gw_status plan_points(work *it) {
    gw_lane_plan *plan = it->plan;
    const size_t count = it->from->net->point_count;
    const size_t most = count * plan->phases;
    uint32_t *drawn = NULL;
    plan->point_count = count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_draw, most, &plan->draws, it->reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_share, most, &plan->shares, it->reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, plan->place_count * plan->phases * KINDS, &drawn,
                        it->reterr));
    for (uint32_t at = 0; at < count; at++) share_point(it, at, drawn);
    return gw_ok();
}

/* ---- what is watched ---- */

static gw_status plan_voltages(work *it, const gw_flow_batch_watch *watch) {
    gw_lane_plan *plan = it->plan;
    const size_t count = watch->node_count;
    plan->watched = count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_voltage, count, &plan->voltages, it->reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, count, &plan->dark, it->reterr));
    for (uint32_t slot = 0; slot < count; slot++) {
        const uint32_t place = it->from->tree->place_of[watch->nodes[slot]];
        if (place == GW_PLACE_DARK) {
            plan->dark[plan->dark_count++] = slot;
            continue;
        }
        const gw_reduced_seat seat = it->reduced.seats[place];
        plan->voltages[plan->voltage_count++] = (gw_lane_voltage){
            slot, seat.at, seat.in_between, seat.own, seat.mutual, it->from->frame[place]};
    }
    return gw_ok();
}

/* The current into one end of a branch or transformer. */
typedef struct end {
    gw_flow_edge edge;
    uint32_t node;  /* at this end */
    uint32_t place; /* below the edge */
    bool is_above;  /* this end is that of the parent */
    gw_phasor y1;
    gw_phasor y0;
} end;

/* The shunt at this end, in amperes per voltage of the place. */
static gw_coupling shunt_of(const work *it, const end *here) {
    const double amperes = base_a(it->from->net, here->node);
    const gw_phasor frame = it->from->frame[it->from->tree->place_of[here->node]];
    const gw_phasor y0_less_y1 = gw_phasor_subtract(here->y0, here->y1);
    gw_coupling made = {.own = gw_phasor_scale(gw_phasor_multiply(here->y1, frame), amperes)};
    if (it->plan->phases > 1) made.mutual = gw_phasor_scale(y0_less_y1, amperes / 3);
    return made;
}

static uint32_t turn_at(const work *it, uint32_t kept) {
    for (uint32_t at = 0; at < it->plan->turn_count; at++)
        if (it->plan->turns[at].at == kept) return at;
    return GW_LANE_NOTHING;
}

static void plan_current(work *it, gw_lane_currents *list, uint32_t slot, const end *here) {
    const uint32_t seat = it->from->tree->place_of[here->node];
    if (seat == GW_PLACE_DARK) {
        list->still[list->still_count++] = slot;
        return;
    }
    const double amperes = base_a(it->from->net, here->node) * (here->is_above ? 1 : -1);
    const gw_coupling y = shunt_of(it, here);
    const uint32_t at =
        here->place == GW_PLACE_DARK ? GW_REDUCED_STILL : it->reduced.stream[here->place];
    const bool is_turned = it->plan->phases > 1 && here->edge.part == GW_FLOW_TRANSFORMER;
    const gw_phasor frame = gw_phasor_conjugate(it->from->frame[seat]);
    gw_lane_rich rich = {.slot = slot,
                         .at = at,
                         .turn = is_turned && here->is_above ? turn_at(it, at) : GW_LANE_NOTHING,
                         .end = has_shunt(&y) ? it->reduced.seats[seat].at : GW_LANE_NOTHING,
                         .scale = gw_phasor_divide((gw_phasor){amperes, 0}, frame),
                         .y = y};
    const bool is_plain = rich.turn == GW_LANE_NOTHING && rich.end == GW_LANE_NOTHING;
    if (is_plain && at == GW_REDUCED_STILL)
        list->still[list->still_count++] = slot;
    else if (is_plain && rich.scale.im == 0)
        list->plain[list->plain_count++] = (gw_lane_current){slot, at, rich.scale.re};
    else
        list->rich[list->rich_count++] = rich;
}

static gw_status take_list(work *it, gw_lane_currents *list, size_t count) {
    list->watched = count;
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_current, count, &list->plain, it->reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, gw_lane_rich, count, &list->rich, it->reterr));
    return GW_ARENA_NEW(it->arena, uint32_t, count, &list->still, it->reterr);
}

static void plan_branch(work *it, uint32_t slot, uint32_t number) {
    const gw_net_branch *branch = &it->from->net->branches[number];
    const uint32_t place = it->edge_of_branch[number];
    gw_lane_currents *from = &it->plan->currents[GW_LANE_BRANCH_FROM];
    gw_lane_currents *to = &it->plan->currents[GW_LANE_BRANCH_TO];
    const gw_flow_stub stub = gw_flow_stub_make(it->from->net, branch);
    end into_from = {.edge = {GW_FLOW_BRANCH, false, number}, .node = branch->from, .place = place};
    end into_to = {.edge = {GW_FLOW_BRANCH, false, number}, .node = branch->to, .place = place};
    if (place != GW_PLACE_DARK) {
        const gw_flow_element made = gw_flow_element_make(it->from->net, into_from.edge);
        into_from.y1 = made.y1_from;
        into_from.y0 = made.y0_from;
        into_to.y1 = made.y1_to;
        into_to.y0 = made.y0_to;
        into_from.is_above = !it->from->tree->above[place].is_reversed;
        into_to.is_above = !into_from.is_above;
    }
    end *live = branch->open_from ? &into_to : &into_from;
    if (stub.is_live) {
        live->y1 = stub.y1;
        live->y0 = stub.y0;
    }
    plan_current(it, from, slot, &into_from);
    plan_current(it, to, slot, &into_to);
}

/* The zero sequence that a winding sends to earth at its node, unless the place is below this very
 * transformer: then it is in the current of the place. */
static gw_phasor earthed(const work *it, const end *here, gw_phasor y0, gw_phasor ground) {
    const gw_flow_tree *tree = it->from->tree;
    const uint32_t at = tree->place_of[here->node];
    if (at == GW_PLACE_DARK || at < tree->root_count) return y0;
    const gw_flow_edge above = tree->above[at];
    const bool is_own = above.part == here->edge.part && above.element == here->edge.element;
    return is_own ? y0 : gw_phasor_add(y0, ground);
}

static void plan_transformer(work *it, uint32_t slot, uint32_t number) {
    const gw_net_transformer *transformer = &it->from->net->transformers[number];
    const uint32_t place = it->edge_of_transformer[number];
    const gw_flow_edge edge = {GW_FLOW_TRANSFORMER, false, number};
    const gw_flow_element made = gw_flow_element_make(it->from->net, edge);
    end into_from = {.edge = edge, .node = transformer->from, .place = place};
    end into_to = {.edge = edge, .node = transformer->to, .place = place};
    if (place != GW_PLACE_DARK) {
        into_from.y1 = made.y1_from;
        into_from.y0 = earthed(it, &into_from, made.y0_from, made.ground_from);
        into_to.y1 = made.y1_to;
        into_to.y0 = earthed(it, &into_to, made.y0_to, made.ground_to);
        into_from.is_above = !it->from->tree->above[place].is_reversed;
        into_to.is_above = !into_from.is_above;
    }
    plan_current(it, &it->plan->currents[GW_LANE_TURN_FROM], slot, &into_from);
    plan_current(it, &it->plan->currents[GW_LANE_TURN_TO], slot, &into_to);
}

static gw_status find_edges(work *it) {
    const gw_net *net = it->from->net;
    const gw_flow_tree *tree = it->from->tree;
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, net->branch_count, &it->edge_of_branch, it->reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, net->transformer_count, &it->edge_of_transformer,
                        it->reterr));
    GW_TRY(GW_ARENA_NEW(it->arena, uint32_t, net->source_count, &it->plan->feeds, it->reterr));
    it->plan->source_count = net->source_count;
    for (size_t at = 0; at < net->branch_count; at++) it->edge_of_branch[at] = GW_PLACE_DARK;
    for (size_t at = 0; at < net->transformer_count; at++)
        it->edge_of_transformer[at] = GW_PLACE_DARK;
    for (uint32_t at = tree->root_count; at < tree->place_count; at++) {
        const gw_flow_edge edge = tree->above[at];
        if (edge.part == GW_FLOW_BRANCH) it->edge_of_branch[edge.element] = at;
        if (edge.part == GW_FLOW_TRANSFORMER) it->edge_of_transformer[edge.element] = at;
        if (edge.part == GW_FLOW_SOURCE) it->plan->feeds[edge.element] = it->reduced.seats[at].at;
    }
    return gw_ok();
}

static gw_status plan_currents(work *it, const gw_flow_batch_watch *watch) {
    for (int list = 0; list < GW_LANE_LISTS; list++) {
        const bool is_branch = list == GW_LANE_BRANCH_FROM || list == GW_LANE_BRANCH_TO;
        const size_t count = is_branch ? watch->branch_count : watch->transformer_count;
        GW_TRY(take_list(it, &it->plan->currents[list], count));
    }
    for (uint32_t slot = 0; slot < watch->branch_count; slot++)
        plan_branch(it, slot, watch->branches[slot]);
    for (uint32_t slot = 0; slot < watch->transformer_count; slot++)
        plan_transformer(it, slot, watch->transformers[slot]);
    return gw_ok();
}

gw_status gw_flow_batch_plan(gw_arena *arena, const gw_batch_tree *from,
                             const gw_flow_batch_watch *watch, gw_lane_plan *ret,
                             gw_fault *reterr) {
    gw_lane_plan plan = {.phases = from->phases};
    work it = {.arena = arena, .from = from, .plan = &plan, .reterr = reterr};
    const gw_reduce_tree tree = {.root_count = from->tree->root_count,
                                 .place_count = from->tree->place_count,
                                 .parent = from->tree->parent,
                                 .own = from->own,
                                 .mutual = from->mutual,
                                 .marks = from->marks};
    GW_TRY(gw_flow_reduce(arena, &tree, &it.reduced, reterr));
    GW_TRY(plan_lines(&it));
    GW_TRY(plan_turns(&it));
    GW_TRY(plan_shunts(&it));
    GW_TRY(plan_points(&it));
    GW_TRY(find_edges(&it));
    GW_TRY(plan_voltages(&it, watch));
    GW_TRY(plan_currents(&it, watch));
    *ret = plan;
    return gw_ok();
}
