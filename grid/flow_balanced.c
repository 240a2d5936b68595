/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_balanced.h"

#include "grid/flow_element.h"
#include "grid/flow_tree.h"

#include <string.h>

static const double band_low_pu = 0.7;
static const double band_high_pu = 1.2;
static const double tolerance_usual_pu = 1e-10;
enum { ITERATIONS_USUAL = 200 };

/* One line of cache: what the sweep needs of a place. z, y and power are seen in its frame. */
typedef struct place {
    gw_phasor z;
    gw_phasor power; /* conjugated, times the square of the frame */
    gw_phasor y;
    double frame_square;
    uint32_t parent;
} place;

/* Constant current: rare, so kept apart. */
typedef struct steady {
    uint32_t at;
    gw_phasor power; /* conjugated, at nominal voltage */
} steady;

/* v_to = turn * v_from - z * current, in the frames of its ends. */
typedef struct link {
    uint32_t from;
    uint32_t to;
    gw_phasor turn;
    gw_phasor z;
    gw_phasor current;
} link;

struct gw_flow_balanced {
    const gw_net *net;
    gw_flow_tree tree;
    place *places;
    gw_phasor *frame;
    gw_phasor *voltage;
    gw_phasor *current;
    gw_phasor *kept;  /* with loops: the loads' currents between two sweeps */
    gw_phasor *shunt; /* of branches and transformers, without the points' */
    steady *steadies;
    size_t steady_count;
    link *links;
    gw_phasor *gap;     /* of every link; room for the closing as well */
    gw_phasor *closing; /* inverse of the loops' impedances */
};

static const gw_phasor none = {0, 0};

static void add_to(gw_phasor *sum, gw_phasor term) { *sum = gw_phasor_add(*sum, term); }

static gw_phasor turn_of(const gw_flow_element *element) {
    return gw_phasor_scale(gw_phasor_turn(-30.0 * element->clock), element->ratio);
}

/* Frames and impedances from the roots down. */
static void frame_places(gw_flow_balanced *flow) {
    const gw_flow_tree *tree = &flow->tree;
    const gw_phasor one = {1, 0};
    for (uint32_t at = 0; at < tree->root_count; at++) {
        flow->frame[at] = one;
        flow->places[at] = (place){.frame_square = 1, .parent = at};
    }
    for (uint32_t at = tree->root_count; at < tree->place_count; at++) {
        const gw_flow_element element = gw_flow_element_make(flow->net, tree->above[at]);
        const bool is_reversed = tree->above[at].is_reversed;
        const gw_phasor turn = turn_of(&element);
        const gw_phasor above = flow->frame[tree->parent[at]];
        gw_phasor z = element.z1;
        if (is_reversed) z = gw_phasor_scale(z, 1 / (element.ratio * element.ratio));
        flow->frame[at] =
            is_reversed ? gw_phasor_divide(above, turn) : gw_phasor_multiply(above, turn);
        const double square = gw_phasor_square(flow->frame[at]);
        flow->places[at] = (place){.z = gw_phasor_scale(z, 1 / square),
                                   .frame_square = square,
                                   .parent = tree->parent[at]};
    }
}

static void add_shunt(gw_flow_balanced *flow, uint32_t node, gw_phasor y) {
    const uint32_t at = flow->tree.place_of[node];
    if (at != GW_PLACE_DARK)
        add_to(&flow->shunt[at], gw_phasor_scale(y, flow->places[at].frame_square));
}

static void add_shunts(gw_flow_balanced *flow) {
    const gw_net *net = flow->net;
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        const gw_flow_stub stub = gw_flow_stub_make(net, branch);
        if (stub.is_live) add_shunt(flow, stub.node, stub.y1);
        if (!branch->closed || branch->open_from || branch->open_to) continue;
        const gw_flow_element element =
            gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_BRANCH, false, at});
        add_shunt(flow, branch->from, element.y1_from);
        add_shunt(flow, branch->to, element.y1_to);
    }
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        const gw_net_transformer *it = &net->transformers[at];
        const gw_flow_element element =
            gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, at});
        if (!it->closed) continue;
        add_shunt(flow, it->from, element.y1_from);
        add_shunt(flow, it->to, element.y1_to);
    }
}

/* Load of the points; what is neither power nor impedance goes to the steadies. */
void gw_flow_balanced_load(gw_flow_balanced *flow) {
    const gw_net *net = flow->net;
    for (uint32_t at = 0; at < flow->tree.place_count; at++) {
        flow->places[at].power = none;
        flow->places[at].y = flow->shunt[at];
    }
    flow->steady_count = 0;
    for (size_t number = 0; number < net->point_count; number++) {
        const gw_net_point *point = &net->points[number];
        const uint32_t at = flow->tree.place_of[point->node];
        const gw_phasor power = {point->p_w / GW_FLOW_BASE_VA, -point->q_var / GW_FLOW_BASE_VA};
        if (at == GW_PLACE_DARK) continue;
        place *here = &flow->places[at];
        if (point->load == GW_NET_CURRENT) {
            flow->steadies[flow->steady_count++] = (steady){at, power};
        } else {
            add_to(point->load == GW_NET_POWER ? &here->power : &here->y,
                   gw_phasor_scale(power, here->frame_square));
        }
    }
}

static size_t count_steadies(const gw_net *net) {
    size_t count = 0;
    for (size_t at = 0; at < net->point_count; at++)
        count += net->points[at].load == GW_NET_CURRENT ? 1 : 0;
    return count;
}

static void make_links(gw_flow_balanced *flow) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_flow_link *from = &flow->tree.links[at];
        const gw_flow_element element = gw_flow_element_make(flow->net, from->edge);
        const gw_phasor frame_from = flow->frame[from->from];
        const gw_phasor frame_to = flow->frame[from->to];
        const gw_phasor turn =
            gw_phasor_divide(gw_phasor_multiply(turn_of(&element), frame_from), frame_to);
        flow->links[at] = (link){from->from, from->to, turn,
                                 gw_phasor_scale(element.z1, 1 / gw_phasor_square(frame_to)), none};
    }
}

static void collect(gw_flow_balanced *flow) {
    const place *places = flow->places;
    gw_phasor *current = flow->current;
    const uint32_t root_count = flow->tree.root_count;
    for (uint32_t at = flow->tree.place_count; at-- > root_count;)
        add_to(&current[places[at].parent], current[at]);
}

static void inject_links(gw_flow_balanced *flow) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const link *here = &flow->links[at];
        add_to(&flow->current[here->from],
               gw_phasor_multiply(gw_phasor_conjugate(here->turn), here->current));
        flow->current[here->to] = gw_phasor_subtract(flow->current[here->to], here->current);
    }
}

static gw_phasor gap_of(const gw_flow_balanced *flow, const link *here) {
    const gw_phasor offered = gw_phasor_multiply(here->turn, flow->voltage[here->from]);
    return gw_phasor_subtract(gw_phasor_subtract(offered, flow->voltage[here->to]),
                              gw_phasor_multiply(here->z, here->current));
}

static double larger(double left, double right) { return left > right ? left : right; }

/* Moves every loop current by what closes its gap. Returns the largest gap, squared. */
static double close_loops(gw_flow_balanced *flow) {
    const size_t order = flow->tree.link_count;
    double largest = 0;
    for (size_t at = 0; at < order; at++) {
        flow->gap[at] = gap_of(flow, &flow->links[at]);
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
static inline gw_phasor load_current(const place *here, gw_phasor v, limits band) {
    double square = here->frame_square * gw_phasor_square(v);
    square = square < band.low ? band.low : square;
    square = square > band.high ? band.high : square;
    const double inverse = 1.0 / square;
    const gw_phasor taken = gw_phasor_scale(gw_phasor_multiply(here->power, v), inverse);
    return gw_phasor_add(taken, gw_phasor_multiply(here->y, v));
}

static void add_steadies(gw_flow_balanced *flow) {
    for (size_t number = 0; number < flow->steady_count; number++) {
        const steady *here = &flow->steadies[number];
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
    const place *places = flow->places;
    gw_phasor *voltage = flow->voltage;
    gw_phasor *current = flow->current;
    double largest = 0;
    for (uint32_t at = 0; at < flow->tree.root_count; at++) current[at] = none;
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        const place *here = &places[at];
        const gw_phasor v =
            gw_phasor_subtract(voltage[here->parent], gw_phasor_multiply(here->z, current[at]));
        largest = larger(largest, gw_phasor_square(gw_phasor_subtract(v, voltage[at])));
        voltage[at] = v;
        current[at] = load_current(here, v, band);
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
        const place *here = &flow->places[at];
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
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        flow->current[at] = flow->voltage[at] = none;
    for (size_t at = 0; at < order; at++) flow->links[at].current = none;
    flow->links[column].current.re = 1;
    inject_links(flow);
    collect(flow);
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++)
        flow->voltage[at] =
            gw_phasor_subtract(flow->voltage[flow->places[at].parent],
                               gw_phasor_multiply(flow->places[at].z, flow->current[at]));
    for (size_t row = 0; row < order; row++)
        flow->closing[row * order + column] =
            gw_phasor_subtract(none, gap_of(flow, &flow->links[row]));
}

static gw_status take_room(gw_arena *arena, gw_flow_balanced *flow, gw_fault *reterr) {
    const size_t count = flow->tree.place_count;
    const size_t order = flow->tree.link_count;
    GW_TRY(GW_ARENA_NEW(arena, place, count, &flow->places, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->frame, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->voltage, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->current, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order > 0 ? count : 0, &flow->kept, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, count, &flow->shunt, reterr));
    GW_TRY(GW_ARENA_NEW(arena, steady, count_steadies(flow->net), &flow->steadies, reterr));
    GW_TRY(GW_ARENA_NEW(arena, link, order, &flow->links, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order, &flow->gap, reterr));
    return GW_ARENA_NEW(arena, gw_phasor, order * order, &flow->closing, reterr);
}

gw_status gw_flow_balanced_build(gw_arena *arena, const gw_net *net, gw_flow_balanced **ret,
                                 gw_fault *reterr) {
    gw_flow_balanced *flow = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_balanced, 1, &flow, reterr));
    flow->net = net;
    GW_TRY(gw_flow_tree_build(arena, net, &flow->tree, reterr));
    GW_TRY(take_room(arena, flow, reterr));
    frame_places(flow);
    add_shunts(flow);
    make_links(flow);
    for (size_t at = 0; at < flow->tree.link_count; at++) measure_link(flow, at);
    GW_TRY(gw_flow_invert(arena, flow->closing, flow->tree.link_count, reterr));
    gw_flow_balanced_load(flow);
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
        gw_phasor_add(gw_phasor_multiply(gw_phasor_conjugate(turn_of(&element)), series),
                      gw_phasor_multiply(element.y1_from, v_from));
    const gw_phasor into_to = gw_phasor_subtract(gw_phasor_multiply(element.y1_to, v_to), series);
    const double lost = gw_phasor_multiply(v_from, gw_phasor_conjugate(into_from)).re +
                        gw_phasor_multiply(v_to, gw_phasor_conjugate(into_to)).re;
    ends->from_a[edge.element] = gw_phasor_scale(into_from, base_a(flow, from));
    ends->to_a[edge.element] = gw_phasor_scale(into_to, base_a(flow, to));
    ends->loss_w[edge.element] = lost * GW_FLOW_BASE_VA;
    state->loss_w += ends->loss_w[edge.element];
}

static void read_tree(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++) {
        const gw_flow_edge edge = flow->tree.above[at];
        const gw_phasor down =
            gw_phasor_divide(flow->current[at], gw_phasor_conjugate(flow->frame[at]));
        if (edge.part == GW_FLOW_SOURCE) {
            const gw_phasor v = gw_flow_balanced_voltage(flow, flow->tree.node_of[at]);
            add_to(
                &state->source_va[edge.element],
                gw_phasor_scale(gw_phasor_multiply(v, gw_phasor_conjugate(down)), GW_FLOW_BASE_VA));
            continue;
        }
        if (!edge.is_reversed) {
            read_edge(flow, edge, down, state);
            continue;
        }
        /* the parent is at the `to` end, where the series current is counted */
        const gw_flow_element element = gw_flow_element_make(flow->net, edge);
        const gw_phasor up = gw_phasor_divide(down, gw_phasor_conjugate(turn_of(&element)));
        read_edge(flow, edge, gw_phasor_subtract(none, up), state);
    }
}

static void read_links(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const link *here = &flow->links[at];
        const gw_flow_edge edge = flow->tree.links[at].edge;
        const gw_phasor series =
            gw_phasor_divide(here->current, gw_phasor_conjugate(flow->frame[here->to]));
        if (edge.part != GW_FLOW_SOURCE) {
            read_edge(flow, edge, series, state);
            continue;
        }
        const uint32_t node = flow->net->sources[edge.element].node;
        const gw_phasor v = gw_flow_balanced_voltage(flow, node);
        state->source_va[edge.element] =
            gw_phasor_scale(gw_phasor_multiply(v, gw_phasor_conjugate(series)), GW_FLOW_BASE_VA);
    }
}

static void read_stubs(const gw_flow_balanced *flow, gw_flow_state *state) {
    for (uint32_t at = 0; at < flow->net->branch_count; at++) {
        const gw_net_branch *branch = &flow->net->branches[at];
        const gw_flow_stub stub = gw_flow_stub_make(flow->net, branch);
        if (!stub.is_live) continue;
        const gw_phasor v = gw_flow_balanced_voltage(flow, stub.node);
        const gw_phasor drawn =
            gw_phasor_scale(gw_phasor_multiply(stub.y1, v), base_a(flow, stub.node));
        *(branch->open_from ? &state->branches.to_a[at] : &state->branches.from_a[at]) = drawn;
        state->branches.loss_w[at] = stub.y1.re * gw_phasor_square(v) * GW_FLOW_BASE_VA;
        state->loss_w += state->branches.loss_w[at];
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
    state->loss_w = 0;
    clear_ends(&state->branches, net->branch_count);
    clear_ends(&state->transformers, net->transformer_count);
    for (size_t at = 0; at < net->source_count; at++) state->source_va[at] = none;
    for (uint32_t at = 0; at < net->node_count; at++)
        state->node_v[at] = gw_flow_balanced_voltage(flow, at);
    /* the sweep left the loads' own currents behind: gather them once more */
    if (flow->tree.link_count > 0) inject_links(flow);
    collect(flow);
    read_tree(flow, state);
    read_links(flow, state);
    read_stubs(flow, state);
    read_points(flow, state);
}
