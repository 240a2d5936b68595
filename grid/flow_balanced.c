/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_balanced_inside.h"

#include <assert.h>
#include <string.h>

static const double band_low_pu = 0.7;
static const double band_high_pu = 1.2;
static const double tolerance_usual_pu = 1e-10;
/* An admittance of more than this, times the impedance up to the source, is held in the tree. */
static const double hold_from = 0.02;
enum { ITERATIONS_USUAL = 200 };

static const gw_phasor none = {0, 0};

static void add_to(gw_phasor *sum, gw_phasor term) { *sum = gw_phasor_add(*sum, term); }

gw_phasor gw_balanced_turn(const gw_flow_element *element) {
    return gw_phasor_scale(gw_phasor_turn(-30.0 * element->clock), element->ratio);
}

/* Frames and impedances from the roots down. */
static void frame_places(gw_flow_balanced *flow) {
    const gw_flow_tree *tree = &flow->tree;
    const gw_phasor one = {1, 0};
    for (uint32_t at = 0; at < tree->root_count; at++) {
        flow->frame[at] = one;
        flow->places[at] = (gw_balanced_place){.frame_square = 1, .parent = at};
    }
    for (uint32_t at = tree->root_count; at < tree->place_count; at++) {
        const gw_flow_element element = gw_flow_element_make(flow->net, tree->above[at]);
        const bool is_reversed = tree->above[at].is_reversed;
        const gw_phasor turn = gw_balanced_turn(&element);
        const gw_phasor above = flow->frame[tree->parent[at]];
        gw_phasor z = element.z1;
        if (is_reversed) z = gw_phasor_scale(z, 1 / (element.ratio * element.ratio));
        flow->frame[at] =
            is_reversed ? gw_phasor_divide(above, turn) : gw_phasor_multiply(above, turn);
        const double square = gw_phasor_square(flow->frame[at]);
        flow->places[at] = (gw_balanced_place){.z = gw_phasor_scale(z, 1 / square),
                                               .frame_square = square,
                                               .parent = tree->parent[at]};
    }
}

static void add_shunt(gw_flow_balanced *flow, uint32_t node, gw_phasor y) {
    const uint32_t at = flow->tree.place_of[node];
    if (at != GW_PLACE_DARK)
        add_to(&flow->shunt[at], gw_phasor_scale(y, flow->places[at].frame_square));
}

static void add_ends(gw_flow_balanced *flow, gw_flow_edge edge, uint32_t from, uint32_t to) {
    const gw_flow_element element = gw_flow_element_make(flow->net, edge);
    add_shunt(flow, from, element.y1_from);
    add_shunt(flow, to, element.y1_to);
}

static void add_shunts(gw_flow_balanced *flow) {
    const gw_net *net = flow->net;
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        const gw_flow_stub stub = gw_flow_stub_make(net, branch);
        if (stub.is_live) add_shunt(flow, stub.node, stub.y1);
        if (!branch->closed || branch->open_from || branch->open_to) continue;
        add_ends(flow, (gw_flow_edge){GW_FLOW_BRANCH, false, at}, branch->from, branch->to);
    }
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        const gw_flow_stub stub = gw_flow_stub_transformer(net, it);
        if (stub.is_live) add_shunt(flow, stub.node, stub.y1);
        if (!it->closed || it->open_from || it->open_to) continue;
        add_ends(flow, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, at}, it->from, it->to);
    }
    for (size_t at = 0; at < net->shunt_count; at++)
        if (net->shunts[at].closed)
            add_shunt(flow, net->shunts[at].node, gw_flow_shunt_make(net, &net->shunts[at]).y1);
}

static bool has_large_shunt(const gw_flow_balanced *flow, const double *reach) {
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        if (gw_phasor_size(flow->shunt[at]) * reach[at] > hold_from) return true;
    return false;
}

/* Moves the large admittances from the sweep to the tree. */
static gw_status hold_shunts(gw_arena *arena, gw_flow_balanced *flow, gw_fault *reterr) {
    const size_t count = flow->tree.place_count;
    gw_balanced_hold *hold = &flow->hold;
    double *reach = NULL;
    GW_TRY(GW_ARENA_NEW(arena, double, count, &reach, reterr));
    for (uint32_t at = flow->tree.root_count; at < count; at++)
        reach[at] = reach[flow->places[at].parent] + gw_phasor_size(flow->places[at].z);
    if (!flow->has_impedances && !has_large_shunt(flow, reach)) return gw_ok();
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &hold->network, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &hold->all, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &hold->seen, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &hold->pass, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &hold->stop, reterr));
    for (uint32_t at = flow->tree.root_count; at < count; at++) {
        if (!(gw_phasor_size(flow->shunt[at]) * reach[at] > hold_from)) continue;
        hold->network[at] = flow->shunt[at];
        flow->shunt[at] = none;
    }
    return gw_ok();
}

/* From the leaves up: what every place draws per volt, and so what a current below it becomes. */
static void factor(gw_flow_balanced *flow) {
    const gw_phasor one = {1, 0};
    const gw_balanced_hold *hold = &flow->hold;
    const size_t size = flow->tree.place_count * sizeof *hold->seen;
    memcpy(hold->seen, hold->all, size);
    for (uint32_t at = flow->tree.place_count; at-- > flow->tree.root_count;) {
        const gw_balanced_place *here = &flow->places[at];
        const gw_phasor k =
            gw_phasor_divide(one, gw_phasor_add(one, gw_phasor_multiply(here->z, hold->seen[at])));
        hold->pass[at] = k;
        hold->stop[at] = gw_phasor_multiply(k, here->z);
        add_to(&hold->seen[here->parent], gw_phasor_multiply(hold->seen[at], k));
    }
}

static void add_point(gw_flow_balanced *flow, const gw_net_point *point) {
    const uint32_t at = flow->tree.place_of[point->node];
    const gw_phasor power = {point->p_w / GW_FLOW_BASE_VA, -point->q_var / GW_FLOW_BASE_VA};
    if (at == GW_PLACE_DARK) return;
    gw_balanced_place *here = &flow->places[at];
    const gw_phasor framed = gw_phasor_scale(power, here->frame_square);
    if (point->load == GW_NET_POWER) add_to(&here->power, framed);
    if (point->load == GW_NET_IMPEDANCE) {
        assert(flow->hold.all != NULL); /* the kinds are as they were when the flow was built */
        add_to(&flow->hold.all[at], framed);
    }
    if (point->load == GW_NET_CURRENT)
        flow->steadies[flow->steady_count++] = (gw_balanced_steady){at, power};
}

static void take_points(gw_flow_balanced *flow) {
    const size_t size = flow->tree.place_count * sizeof *flow->hold.all;
    for (uint32_t at = 0; at < flow->tree.place_count; at++) {
        flow->places[at].power = none;
        flow->places[at].y = flow->shunt[at];
    }
    if (flow->hold.all != NULL) memcpy(flow->hold.all, flow->hold.network, size);
    flow->steady_count = 0;
    for (size_t number = 0; number < flow->net->point_count; number++)
        add_point(flow, &flow->net->points[number]);
    if (flow->hold.all != NULL) factor(flow);
}

static size_t count_loads(const gw_net *net, gw_net_load kind) {
    size_t count = 0;
    for (size_t at = 0; at < net->point_count; at++) count += net->points[at].load == kind ? 1 : 0;
    return count;
}

static void make_links(gw_flow_balanced *flow) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_flow_link *from = &flow->tree.links[at];
        const gw_flow_element element = gw_flow_element_make(flow->net, from->edge);
        const gw_phasor frame_from = flow->frame[from->from];
        const gw_phasor frame_to = flow->frame[from->to];
        const gw_phasor turn =
            gw_phasor_divide(gw_phasor_multiply(gw_balanced_turn(&element), frame_from), frame_to);
        flow->links[at] =
            (gw_balanced_link){from->from, from->to, turn,
                               gw_phasor_scale(element.z1, 1 / gw_phasor_square(frame_to)), none};
    }
}

static void collect(gw_flow_balanced *flow) {
    const gw_balanced_place *places = flow->places;
    const gw_phasor *pass = flow->hold.pass;
    gw_phasor *current = flow->current;
    const uint32_t root_count = flow->tree.root_count;
    for (uint32_t at = flow->tree.place_count; at-- > root_count && pass == NULL;)
        add_to(&current[places[at].parent], current[at]);
    for (uint32_t at = flow->tree.place_count; at-- > root_count && pass != NULL;)
        add_to(&current[places[at].parent], gw_phasor_multiply(pass[at], current[at]));
}

/* The voltage of a place when its parent's and the currents are known. */
static inline gw_phasor fall(const gw_flow_balanced *flow, uint32_t at) {
    const gw_balanced_place *here = &flow->places[at];
    const gw_balanced_hold *hold = &flow->hold;
    const gw_phasor above = flow->voltage[here->parent];
    const gw_phasor current = flow->current[at];
    if (hold->pass == NULL) return gw_phasor_subtract(above, gw_phasor_multiply(here->z, current));
    return gw_phasor_subtract(gw_phasor_multiply(hold->pass[at], above),
                              gw_phasor_multiply(hold->stop[at], current));
}

static void inject(gw_flow_balanced *flow, const gw_balanced_link *here, gw_phasor current) {
    add_to(&flow->current[here->from],
           gw_phasor_multiply(gw_phasor_conjugate(here->turn), current));
    flow->current[here->to] = gw_phasor_subtract(flow->current[here->to], current);
}

static void inject_links(gw_flow_balanced *flow) {
    for (size_t at = 0; at < flow->tree.link_count; at++)
        inject(flow, &flow->links[at], flow->links[at].current);
}

static gw_phasor gap_of(const gw_flow_balanced *flow, const gw_balanced_link *here,
                        gw_phasor current) {
    const gw_phasor offered = gw_phasor_multiply(here->turn, flow->voltage[here->from]);
    return gw_phasor_subtract(gw_phasor_subtract(offered, flow->voltage[here->to]),
                              gw_phasor_multiply(here->z, current));
}

static double larger(double left, double right) { return left > right ? left : right; }

/* Moves every loop current by what closes its gap. Returns the largest gap, squared. */
static double close_loops(gw_flow_balanced *flow) {
    const size_t order = flow->tree.link_count;
    double largest = 0;
    for (size_t at = 0; at < order; at++) {
        flow->gap[at] = gap_of(flow, &flow->links[at], flow->links[at].current);
        largest = larger(largest, gw_phasor_square(flow->gap[at]));
    }
    for (size_t row = 0; row < order; row++)
        for (size_t column = 0; column < order; column++)
            add_to(&flow->links[row].current,
                   gw_phasor_multiply(flow->closing[row * order + column], flow->gap[column]));
    return largest;
}

typedef struct limits {
    double low;
    double high;
} limits;

/* The current that the loads take at a voltage: constant power, or constant impedance outside. */
static inline gw_phasor load_current(const gw_balanced_place *here, gw_phasor v, limits band) {
    double square = here->frame_square * gw_phasor_square(v);
    square = square < band.low ? band.low : square;
    square = square > band.high ? band.high : square;
    const double inverse = 1.0 / square;
    const gw_phasor taken = gw_phasor_scale(gw_phasor_multiply(here->power, v), inverse);
    return gw_phasor_add(taken, gw_phasor_multiply(here->y, v));
}

static void add_steadies(gw_flow_balanced *flow) {
    for (size_t number = 0; number < flow->steady_count; number++) {
        const gw_balanced_steady *here = &flow->steadies[number];
        const gw_phasor v = flow->voltage[here->at];
        const double size = gw_phasor_size(v) / __builtin_sqrt(flow->places[here->at].frame_square);
        add_to(&flow->current[here->at],
               gw_phasor_scale(gw_phasor_multiply(here->power, v),
                               size / gw_phasor_square(v) * flow->places[here->at].frame_square));
    }
}

/* From the roots down: new voltages, and the loads' currents at them. The largest change, squared.
 */
static double spread(gw_flow_balanced *flow, limits band) {
    gw_phasor *voltage = flow->voltage;
    gw_phasor *current = flow->current;
    double largest = 0;
    for (uint32_t at = 0; at < flow->tree.root_count; at++) current[at] = none;
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        const gw_phasor v = fall(flow, at);
        largest = larger(largest, gw_phasor_square(gw_phasor_subtract(v, voltage[at])));
        voltage[at] = v;
        current[at] = load_current(&flow->places[at], v, band);
    }
    add_steadies(flow);
    return largest;
}

static limits limits_of(const gw_flow_options *options) {
    if (options->band == GW_FLOW_CONSTANT) return (limits){0, 1e300};
    return (limits){band_low_pu * band_low_pu, band_high_pu * band_high_pu};
}

static void set_out(gw_flow_balanced *flow, const gw_flow_options *options) {
    const uint32_t root_count = flow->tree.root_count;
    for (uint32_t at = 0; at < root_count; at++)
        flow->voltage[at] = gw_flow_source_voltage(&flow->net->sources[at]);
    for (uint32_t at = root_count; at < flow->tree.place_count; at++) {
        if (options->start == GW_FLOW_FLAT)
            flow->voltage[at] = flow->voltage[flow->places[at].parent];
        flow->current[at] = load_current(&flow->places[at], flow->voltage[at], limits_of(options));
    }
    for (uint32_t at = 0; at < root_count; at++) flow->current[at] = none;
    add_steadies(flow);
    if (options->start == GW_FLOW_WARM) return;
    for (size_t at = 0; at < flow->tree.link_count; at++) flow->links[at].current = none;
}

static bool is_finite(const gw_flow_balanced *flow) {
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        if (!gw_phasor_is_finite(flow->voltage[at])) return false;
    return true;
}

static size_t count_switched(const gw_flow_balanced *flow) {
    size_t count = 0;
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        const gw_balanced_place *here = &flow->places[at];
        const double square = here->frame_square * gw_phasor_square(flow->voltage[at]);
        if (gw_phasor_square(here->power) == 0) continue;
        if (square < band_low_pu * band_low_pu || square > band_high_pu * band_high_pu) count++;
    }
    return count;
}

/* With loops the sweep is done twice for the same loads: the first finds the loops' currents. One
 * that corrected them a sweep late would not settle near the limit of what can be carried. */
static double sweep(gw_flow_balanced *flow, limits band) {
    const size_t size = flow->tree.place_count * sizeof *flow->current;
    double change = 0;
    if (flow->tree.link_count > 0) {
        memcpy(flow->kept, flow->current, size);
        inject_links(flow);
        collect(flow);
        change = spread(flow, band);
        change = larger(change, close_loops(flow));
        memcpy(flow->current, flow->kept, size);
        inject_links(flow);
    }
    collect(flow);
    return larger(change, spread(flow, band));
}

gw_flow_outcome gw_flow_balanced_solve(gw_flow_balanced *flow, const gw_flow_options *options) {
    const double tolerance = options->tolerance_pu > 0 ? options->tolerance_pu : tolerance_usual_pu;
    const int most = options->iterations_most > 0 ? options->iterations_most : ITERATIONS_USUAL;
    const limits band = limits_of(options);
    gw_flow_outcome outcome = {.verdict = GW_FLOW_INFEASIBLE};
    set_out(flow, options);
    while (outcome.iterations < most) {
        outcome.iterations++;
        outcome.change_pu = sweep(flow, band);
        if (outcome.change_pu < tolerance * tolerance) break;
    }
    if (outcome.change_pu < tolerance * tolerance && is_finite(flow))
        outcome.verdict = GW_FLOW_SOLVED;
    outcome.change_pu = __builtin_sqrt(outcome.change_pu);
    outcome.switched = count_switched(flow);
    return outcome;
}

/* What one unit of current in one link does to the gaps of all: a column of the loops' impedance.
 */
static void measure_link(gw_flow_balanced *flow, size_t column) {
    const size_t order = flow->tree.link_count;
    const gw_phasor one = {1, 0};
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        flow->current[at] = flow->voltage[at] = none;
    inject(flow, &flow->links[column], one);
    collect(flow);
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++)
        flow->voltage[at] = fall(flow, at);
    for (size_t row = 0; row < order; row++)
        flow->closing[row * order + column] =
            gw_phasor_subtract(none, gap_of(flow, &flow->links[row], row == column ? one : none));
}

/* Leaves currents and voltages as they are: it works in the room beside them. */
static gw_status measure_links(gw_flow_balanced *flow, gw_fault *reterr) {
    gw_phasor *const voltage = flow->voltage;
    gw_phasor *const current = flow->current;
    flow->voltage = flow->spare;
    flow->current = flow->kept;
    for (size_t at = 0; at < flow->tree.link_count; at++) measure_link(flow, at);
    flow->voltage = voltage;
    flow->current = current;
    return gw_flow_invert(flow->closing, flow->room, flow->tree.link_count, reterr);
}

void gw_flow_balanced_load(gw_flow_balanced *flow) {
    gw_fault fault;
    take_points(flow);
    /* passive loads leave a loop its impedance; if that should ever fail the flow does not settle
     */
    if (flow->has_impedances && flow->tree.link_count > 0) gw_ignore(measure_links(flow, &fault));
}

void gw_balanced_gather(gw_flow_balanced *flow) {
    const gw_phasor *held = flow->hold.all;
    if (flow->tree.link_count > 0) inject_links(flow);
    for (uint32_t at = flow->tree.place_count; at-- > flow->tree.root_count;) {
        if (held != NULL)
            add_to(&flow->current[at], gw_phasor_multiply(held[at], flow->voltage[at]));
        add_to(&flow->current[flow->places[at].parent], flow->current[at]);
    }
}

static gw_status take_room(gw_arena *arena, gw_flow_balanced *flow, gw_fault *reterr) {
    const size_t count = flow->tree.place_count;
    const size_t order = flow->tree.link_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_balanced_place, count, &flow->places, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->frame, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->voltage, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->current, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order > 0 ? count : 0, &flow->kept, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order > 0 ? count : 0, &flow->spare, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->shunt, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_balanced_steady, count_loads(flow->net, GW_NET_CURRENT),
                        &flow->steadies, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_balanced_link, order, &flow->links, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order, &flow->gap, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order * order, &flow->room, reterr));
    return GW_ARENA_NEW(arena, gw_phasor, order * order, &flow->closing, reterr);
}

gw_status gw_flow_balanced_build(gw_arena *arena, const gw_net *net, gw_flow_balanced **ret,
                                 gw_fault *reterr) {
    gw_flow_balanced *flow = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_balanced, 1, &flow, reterr));
    flow->net = net;
    flow->has_impedances = count_loads(net, GW_NET_IMPEDANCE) > 0;
    GW_TRY(gw_flow_tree_build(arena, net, &flow->tree, reterr));
    GW_TRY(take_room(arena, flow, reterr));
    frame_places(flow);
    add_shunts(flow);
    GW_TRY(hold_shunts(arena, flow, reterr));
    make_links(flow);
    take_points(flow);
    GW_TRY(measure_links(flow, reterr));
    *ret = flow;
    return gw_ok();
}

bool gw_flow_balanced_is_live(const gw_flow_balanced *flow, uint32_t node) {
    return flow->tree.place_of[node] != GW_PLACE_DARK;
}

gw_phasor gw_flow_balanced_voltage(const gw_flow_balanced *flow, uint32_t node) {
    const uint32_t at = flow->tree.place_of[node];
    if (at == GW_PLACE_DARK) return none;
    return gw_phasor_multiply(flow->frame[at], flow->voltage[at]);
}
