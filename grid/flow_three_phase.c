/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase.h"

#include "grid/flow_element.h"
#include "grid/flow_three_phase_inside.h"

#include <stdio.h>
#include <string.h>

static const double band_low_pu = 0.7;
static const double band_high_pu = 1.2;
static const double tolerance_usual_pu = 1e-10;
enum { ITERATIONS_USUAL = 200 };

static const gw_phasor none = {0, 0};

/* ---- building ---- */

static gw_three_turn make_turn(const gw_flow_element *element, bool is_reversed, uint32_t at) {
    const gw_phasor down = gw_phasor_scale(gw_phasor_turn(-30.0 * element->clock), element->ratio);
    const gw_phasor one = {1, 0};
    const bool is_through = element->zero == GW_FLOW_ZERO_THROUGH;
    const gw_flow_zero grounded = is_reversed ? GW_FLOW_ZERO_FROM_GROUND : GW_FLOW_ZERO_TO_GROUND;
    const double back = 1 / (element->ratio * element->ratio);
    gw_three_turn made = {.at = at, .positive = down, .z1 = element->z1};
    if (is_reversed) {
        made.positive = gw_phasor_divide(one, down);
        made.z1 = gw_phasor_scale(element->z1, back);
    }
    if (is_through) made.zero = is_reversed ? 1 / element->ratio : element->ratio;
    if (is_through || element->zero == grounded)
        made.z0 = is_reversed ? gw_phasor_scale(element->z0, back) : element->z0;
    return made;
}

static void make_places(gw_flow_three_phase *flow) {
    const gw_flow_tree *tree = &flow->tree;
    for (uint32_t at = 0; at < tree->root_count; at++)
        flow->places[at] = (gw_three_place){.parent = at, .has_earth = 1};
    for (uint32_t at = tree->root_count; at < tree->place_count; at++) {
        const gw_flow_element element = gw_flow_element_make(flow->net, tree->above[at]);
        gw_three_place *here = &flow->places[at];
        here->parent = tree->parent[at];
        here->own = element.z1;
        here->mutual = gw_phasor_scale(gw_phasor_subtract(element.z0, element.z1), 1.0 / 3);
        here->has_earth = flow->places[here->parent].has_earth;
        if (tree->above[at].part != GW_FLOW_TRANSFORMER) continue;
        const gw_three_turn made = make_turn(&element, tree->above[at].is_reversed, at);
        if (made.zero == 0) here->has_earth = gw_phasor_square(made.z0) > 0;
        flow->turns[flow->turn_count++] = made;
    }
}

static void add_shunt(gw_flow_three_phase *flow, uint32_t node, gw_phasor y1, gw_phasor y0) {
    const uint32_t at = flow->tree.place_of[node];
    if (at == GW_PLACE_DARK) return;
    if (gw_phasor_square(y1) == 0 && gw_phasor_square(y0) == 0) return;
    flow->places[at].has_shunt = 1;
    flow->shunts[at].own = gw_phasor_add(flow->shunts[at].own, y1);
    flow->shunts[at].mutual = gw_phasor_add(flow->shunts[at].mutual,
                                            gw_phasor_scale(gw_phasor_subtract(y0, y1), 1.0 / 3));
}

/* A grounded winding whose other side is a delta: earth for the zero sequence, at any place that is
 * not below that transformer. */
static void add_ground(gw_flow_three_phase *flow, uint32_t element) {
    const gw_net_transformer *it = &flow->net->transformers[element];
    const gw_flow_edge edge = {GW_FLOW_TRANSFORMER, false, element};
    const gw_flow_element made = gw_flow_element_make(flow->net, edge);
    const uint32_t from = flow->tree.place_of[it->from];
    const uint32_t to = flow->tree.place_of[it->to];
    const gw_phasor one = {1, 0};
    if (from == GW_PLACE_DARK || to == GW_PLACE_DARK) return;
    if (made.zero == GW_FLOW_ZERO_TO_GROUND && flow->places[from].parent == to)
        add_shunt(flow, it->to, none, gw_phasor_divide(one, made.z0));
    if (made.zero == GW_FLOW_ZERO_FROM_GROUND && flow->places[to].parent == from)
        add_shunt(flow, it->from, none,
                  gw_phasor_scale(gw_phasor_divide(one, made.z0), made.ratio * made.ratio));
}

static void add_shunts(gw_flow_three_phase *flow) {
    const gw_net *net = flow->net;
    for (uint32_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *branch = &net->branches[at];
        const gw_flow_stub stub = gw_flow_stub_make(net, branch);
        if (stub.is_live) add_shunt(flow, stub.node, stub.y1, stub.y0);
        if (!branch->closed || branch->open_from || branch->open_to) continue;
        const gw_flow_element made =
            gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_BRANCH, false, at});
        add_shunt(flow, branch->from, made.y1_from, made.y0_from);
        add_shunt(flow, branch->to, made.y1_to, made.y0_to);
    }
    for (uint32_t at = 0; at < net->transformer_count; at++) {
        if (!net->transformers[at].closed) continue;
        const gw_flow_element made =
            gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_TRANSFORMER, false, at});
        add_shunt(flow, net->transformers[at].from, made.y1_from, made.y0_from);
        add_shunt(flow, net->transformers[at].to, made.y1_to, made.y0_to);
        add_ground(flow, at);
    }
}

static unsigned phases_of(const gw_net_point *point) {
    return point->phases == 0 ? GW_NET_PHASE_A | GW_NET_PHASE_B | GW_NET_PHASE_C : point->phases;
}

static unsigned count_phases(unsigned phases) {
    return (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1);
}

void gw_flow_three_phase_load(gw_flow_three_phase *flow) {
    flow->load_count = 0;
    for (size_t number = 0; number < flow->net->point_count; number++) {
        const gw_net_point *point = &flow->net->points[number];
        const uint32_t at = flow->tree.place_of[point->node];
        const unsigned phases = phases_of(point);
        /* a third of the base belongs to each phase */
        const double share = 3.0 / GW_FLOW_BASE_VA / (double)count_phases(phases);
        if (at == GW_PLACE_DARK) continue;
        for (uint32_t phase = 0; phase < GW_NET_PHASES; phase++)
            if ((phases >> phase & 1) != 0)
                flow->loads[flow->load_count++] = (gw_three_load){
                    at, phase, point->load, {point->p_w * share, -point->q_var * share}};
    }
}

/* Current of a single phase needs a way back through the earth of a winding. */
static gw_status check_earth(const gw_flow_three_phase *flow, gw_fault *reterr) {
    char pointer[64];
    for (size_t at = 0; at < flow->net->point_count; at++) {
        const gw_net_point *point = &flow->net->points[at];
        const uint32_t place = flow->tree.place_of[point->node];
        if (point->phases == 0 || place == GW_PLACE_DARK || flow->places[place].has_earth != 0)
            continue;
        (void)snprintf(pointer, sizeof pointer, "/points/%zu/phases", at);
        return gw_fail_with(reterr, GW_CODE_INVALID, pointer,
                            "no grounded winding carries current of single phases here");
    }
    return gw_ok();
}

static gw_status make_links(gw_flow_three_phase *flow, gw_fault *reterr) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_flow_link *from = &flow->tree.links[at];
        const gw_flow_element made = gw_flow_element_make(flow->net, from->edge);
        if (from->edge.part == GW_FLOW_TRANSFORMER)
            return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/transformers",
                                "a transformer closes a loop in a three-phase model");
        flow->links[at] = (gw_three_link){
            .from = from->from,
            .to = from->to,
            .own = made.z1,
            .mutual = gw_phasor_scale(gw_phasor_subtract(made.z0, made.z1), 1.0 / 3)};
    }
    return gw_ok();
}

/* ---- sweeping ---- */

gw_triple gw_three_drawn(const gw_flow_three_phase *flow, const gw_three_turn *here) {
    const gw_sequences below = gw_sequences_of(&flow->current[here->at]);
    const gw_sequences raised = {
        .zero = gw_phasor_scale(below.zero, here->zero),
        .positive = gw_phasor_multiply(gw_phasor_conjugate(here->positive), below.positive),
        .negative = gw_phasor_multiply(here->positive, below.negative)};
    return gw_triple_of(&raised);
}

static void turn_up(const gw_flow_three_phase *flow, const gw_three_turn *here) {
    gw_triple *above = &flow->current[flow->places[here->at].parent];
    const gw_triple added = gw_three_drawn(flow, here);
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        above->at[phase] = gw_phasor_add(above->at[phase], added.at[phase]);
}

static gw_triple turn_down(const gw_flow_three_phase *flow, const gw_three_turn *here) {
    const gw_sequences above = gw_sequences_of(&flow->voltage[flow->places[here->at].parent]);
    const gw_sequences current = gw_sequences_of(&flow->current[here->at]);
    const gw_phasor back = gw_phasor_conjugate(here->positive);
    const gw_sequences below = {
        .zero = gw_phasor_subtract(gw_phasor_scale(above.zero, here->zero),
                                   gw_phasor_multiply(here->z0, current.zero)),
        .positive = gw_phasor_subtract(gw_phasor_multiply(here->positive, above.positive),
                                       gw_phasor_multiply(here->z1, current.positive)),
        .negative = gw_phasor_subtract(gw_phasor_multiply(back, above.negative),
                                       gw_phasor_multiply(here->z1, current.negative))};
    return gw_triple_of(&below);
}

/* Leaves to roots. The stretch between two transformers is a plain loop. */
static void collect(gw_flow_three_phase *flow) {
    const gw_three_place *places = flow->places;
    gw_triple *current = flow->current;
    uint32_t at = flow->tree.place_count;
    size_t next = flow->turn_count;
    while (at > flow->tree.root_count) {
        const uint32_t until = next > 0 ? flow->turns[next - 1].at : flow->tree.root_count - 1;
        for (at--; at > until; at--)
            for (int phase = 0; phase < GW_NET_PHASES; phase++)
                current[places[at].parent].at[phase] =
                    gw_phasor_add(current[places[at].parent].at[phase], current[at].at[phase]);
        if (next == 0) return;
        turn_up(flow, &flow->turns[--next]);
    }
}

/* Below a line. */
static inline gw_triple drop_line(const gw_triple *above, const gw_three_place *here,
                                  const gw_triple *i) {
    gw_triple below;
    const gw_phasor sum = gw_phasor_add(gw_phasor_add(i->at[0], i->at[1]), i->at[2]);
    const gw_phasor common = gw_phasor_multiply(here->mutual, sum);
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        below.at[phase] = gw_phasor_subtract(
            above->at[phase], gw_phasor_add(gw_phasor_multiply(here->own, i->at[phase]), common));
    return below;
}

static double larger(double left, double right) { return left > right ? left : right; }

/* Takes a new voltage; the largest change so far, squared. Leaves room for the next currents. */
static inline double settle(gw_flow_three_phase *flow, uint32_t at, gw_triple v, double largest) {
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        largest =
            larger(largest,
                   gw_phasor_square(gw_phasor_subtract(v.at[phase], flow->voltage[at].at[phase])));
    flow->voltage[at] = v;
    flow->current[at] =
        flow->places[at].has_shunt != 0 ? gw_coupling_apply(&flow->shunts[at], &v) : (gw_triple){0};
    return largest;
}

/* Roots to leaves. */
static double spread(gw_flow_three_phase *flow) {
    const gw_three_place *places = flow->places;
    double largest = 0;
    size_t next = 0;
    uint32_t at = flow->tree.root_count;
    for (uint32_t root = 0; root < at; root++) flow->current[root] = (gw_triple){0};
    while (at < flow->tree.place_count) {
        const uint32_t until =
            next < flow->turn_count ? flow->turns[next].at : flow->tree.place_count;
        for (; at < until; at++)
            largest = settle(
                flow, at,
                drop_line(&flow->voltage[places[at].parent], &places[at], &flow->current[at]),
                largest);
        if (next == flow->turn_count) break;
        largest = settle(flow, at, turn_down(flow, &flow->turns[next]), largest);
        next++;
        at++;
    }
    return largest;
}

typedef struct limits {
    double low;
    double high;
} limits;

static limits limits_of(const gw_flow_options *options) {
    if (options->band == GW_FLOW_CONSTANT) return (limits){0, 1e300};
    return (limits){band_low_pu * band_low_pu, band_high_pu * band_high_pu};
}

static double divisor_of(gw_net_load kind, double square, limits band) {
    if (kind == GW_NET_CURRENT) return __builtin_sqrt(square);
    if (kind == GW_NET_IMPEDANCE) return 1;
    if (square < band.low) return band.low;
    return square > band.high ? band.high : square;
}

static void add_loads(gw_flow_three_phase *flow, limits band) {
    for (size_t number = 0; number < flow->load_count; number++) {
        const gw_three_load *here = &flow->loads[number];
        const gw_phasor v = flow->voltage[here->at].at[here->phase];
        gw_phasor *current = &flow->current[here->at].at[here->phase];
        const double divisor = divisor_of(here->kind, gw_phasor_square(v), band);
        *current = gw_phasor_add(
            *current, gw_phasor_scale(gw_phasor_multiply(here->power, v), 1.0 / divisor));
    }
}

/* ---- loops ---- */

static void inject_links(gw_flow_three_phase *flow) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        const gw_three_link *here = &flow->links[at];
        for (int phase = 0; phase < GW_NET_PHASES; phase++) {
            gw_phasor *from = &flow->current[here->from].at[phase];
            gw_phasor *to = &flow->current[here->to].at[phase];
            *from = gw_phasor_add(*from, here->current.at[phase]);
            *to = gw_phasor_subtract(*to, here->current.at[phase]);
        }
    }
}

static gw_triple gap_of(const gw_flow_three_phase *flow, const gw_three_link *here) {
    const gw_three_place line = {.own = here->own, .mutual = here->mutual};
    gw_triple gap = drop_line(&flow->voltage[here->from], &line, &here->current);
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        gap.at[phase] = gw_phasor_subtract(gap.at[phase], flow->voltage[here->to].at[phase]);
    return gap;
}

void gw_three_gather(gw_flow_three_phase *flow) {
    if (flow->tree.link_count > 0) inject_links(flow);
    collect(flow);
}

static double close_loops(gw_flow_three_phase *flow) {
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    double largest = 0;
    for (size_t at = 0; at < order; at++) {
        flow->gap[at] = gap_of(flow, &flow->links[at / GW_NET_PHASES]).at[at % GW_NET_PHASES];
        largest = larger(largest, gw_phasor_square(flow->gap[at]));
    }
    for (size_t row = 0; row < order; row++) {
        gw_phasor *moved = &flow->links[row / GW_NET_PHASES].current.at[row % GW_NET_PHASES];
        for (size_t column = 0; column < order; column++)
            *moved = gw_phasor_add(
                *moved, gw_phasor_multiply(flow->closing[row * order + column], flow->gap[column]));
    }
    return largest;
}

/* What one unit of current in one phase of a link does to all gaps. */
static void measure_link(gw_flow_three_phase *flow, size_t column) {
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        flow->current[at] = flow->voltage[at] = (gw_triple){0};
    for (size_t at = 0; at < flow->tree.link_count; at++) flow->links[at].current = (gw_triple){0};
    flow->links[column / GW_NET_PHASES].current.at[column % GW_NET_PHASES].re = 1;
    inject_links(flow);
    collect(flow);
    (void)spread(flow);
    for (size_t row = 0; row < order; row++)
        flow->closing[row * order + column] = gw_phasor_subtract(
            none, gap_of(flow, &flow->links[row / GW_NET_PHASES]).at[row % GW_NET_PHASES]);
}

/* ---- solving ---- */

static gw_triple source_voltage(const gw_net_source *source) {
    const gw_phasor v = gw_flow_source_voltage(source);
    return (gw_triple){{v, gw_phasor_multiply(v, gw_phasor_turn(-120)),
                        gw_phasor_multiply(v, gw_phasor_turn(120))}};
}

static void set_out(gw_flow_three_phase *flow, const gw_flow_options *options) {
    for (uint32_t at = 0; at < flow->tree.place_count; at++) flow->current[at] = (gw_triple){0};
    for (uint32_t at = 0; at < flow->tree.root_count; at++)
        flow->voltage[at] = source_voltage(&flow->net->sources[at]);
    if (options->start == GW_FLOW_FLAT) {
        for (size_t at = 0; at < flow->tree.link_count; at++)
            flow->links[at].current = (gw_triple){0};
        (void)spread(flow);
    }
    for (uint32_t at = flow->tree.root_count; at < flow->tree.place_count; at++)
        if (flow->places[at].has_shunt != 0)
            flow->current[at] = gw_coupling_apply(&flow->shunts[at], &flow->voltage[at]);
    add_loads(flow, limits_of(options));
}

static bool is_finite(const gw_flow_three_phase *flow) {
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        for (int phase = 0; phase < GW_NET_PHASES; phase++)
            if (!gw_phasor_is_finite(flow->voltage[at].at[phase])) return false;
    return true;
}

static size_t count_switched(const gw_flow_three_phase *flow) {
    size_t count = 0;
    for (size_t at = 0; at < flow->load_count; at++) {
        const gw_three_load *here = &flow->loads[at];
        const double square = gw_phasor_square(flow->voltage[here->at].at[here->phase]);
        if (here->kind != GW_NET_POWER || gw_phasor_square(here->power) == 0) continue;
        if (square < band_low_pu * band_low_pu || square > band_high_pu * band_high_pu) count++;
    }
    return count;
}

/* With loops the sweep is done twice for the same loads: the first finds the loops' currents. One
 * that corrected them a sweep late would not settle near the limit of what can be carried. */
static double sweep(gw_flow_three_phase *flow) {
    const size_t size = flow->tree.place_count * sizeof *flow->current;
    double change = 0;
    if (flow->tree.link_count > 0) {
        memcpy(flow->kept, flow->current, size);
        inject_links(flow);
        collect(flow);
        change = spread(flow);
        change = larger(change, close_loops(flow));
        memcpy(flow->current, flow->kept, size);
        inject_links(flow);
    }
    collect(flow);
    return larger(change, spread(flow));
}

gw_flow_outcome gw_flow_three_phase_solve(gw_flow_three_phase *flow,
                                          const gw_flow_options *options) {
    const double tolerance = options->tolerance_pu > 0 ? options->tolerance_pu : tolerance_usual_pu;
    const int most = options->iterations_most > 0 ? options->iterations_most : ITERATIONS_USUAL;
    const limits band = limits_of(options);
    gw_flow_outcome outcome = {.verdict = GW_FLOW_INFEASIBLE};
    set_out(flow, options);
    while (outcome.iterations < most) {
        outcome.iterations++;
        outcome.change_pu = sweep(flow);
        add_loads(flow, band);
        if (outcome.change_pu < tolerance * tolerance) break;
    }
    if (outcome.change_pu < tolerance * tolerance && is_finite(flow))
        outcome.verdict = GW_FLOW_SOLVED;
    outcome.change_pu = __builtin_sqrt(outcome.change_pu);
    outcome.switched = count_switched(flow);
    return outcome;
}

static gw_status take_room(gw_arena *arena, gw_flow_three_phase *flow, gw_fault *reterr) {
    const size_t count = flow->tree.place_count;
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    GW_TRY(GW_ARENA_NEW(arena, gw_three_place, count, &flow->places, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_turn, flow->net->transformer_count, &flow->turns, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, count, &flow->voltage, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, count, &flow->current, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, order > 0 ? count : 0, &flow->kept, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_coupling, count, &flow->shunts, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_load, flow->net->point_count * GW_NET_PHASES, &flow->loads,
                        reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_link, flow->tree.link_count, &flow->links, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order, &flow->gap, reterr));
    return GW_ARENA_NEW(arena, gw_phasor, order * order, &flow->closing, reterr);
}

gw_status gw_flow_three_phase_build(gw_arena *arena, const gw_net *net, gw_flow_three_phase **ret,
                                    gw_fault *reterr) {
    gw_flow_three_phase *flow = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_three_phase, 1, &flow, reterr));
    flow->net = net;
    GW_TRY(gw_flow_tree_build(arena, net, &flow->tree, reterr));
    GW_TRY(take_room(arena, flow, reterr));
    make_places(flow);
    GW_TRY(check_earth(flow, reterr));
    GW_TRY(make_links(flow, reterr));
    /* the loops' impedance is measured without shunts */
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    for (size_t at = 0; at < order; at++) measure_link(flow, at);
    GW_TRY(gw_flow_invert(arena, flow->closing, order, reterr));
    add_shunts(flow);
    gw_flow_three_phase_load(flow);
    *ret = flow;
    return gw_ok();
}

const gw_phasor *gw_flow_three_phase_voltage(const gw_flow_three_phase *flow, uint32_t node) {
    static const gw_phasor dark[GW_NET_PHASES];
    const uint32_t at = flow->tree.place_of[node];
    return at == GW_PLACE_DARK ? dark : flow->voltage[at].at;
}
