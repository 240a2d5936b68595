/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase.h"

#include "grid/flow_three_phase_inside.h"

#include <stdio.h>
#include <string.h>

static const double band_low_pu = 0.7;
static const double band_high_pu = 1.2;
static const double tolerance_usual_pu = 1e-10;
enum { ITERATIONS_USUAL = 200 };

static const gw_phasor none = {0, 0};

/* ---- building ---- */

static unsigned phases_of(const gw_net_point *point) {
    return point->phases == 0 ? GW_NET_PHASE_A | GW_NET_PHASE_B | GW_NET_PHASE_C : point->phases;
}

static unsigned count_phases(unsigned phases) {
    return (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1);
}

static void take_load(gw_flow_three_phase *flow, const gw_three_load *load) {
    if (load->kind != GW_NET_IMPEDANCE) {
        flow->loads[flow->load_count++] = *load;
        return;
    }
    flow->impedances[flow->impedance_count++] = *load;
    gw_phasor *y = &flow->parts[flow->port_of[load->at]].all.at[load->phase][load->phase];
    *y = gw_phasor_add(*y, load->power);
}

static void take_points(gw_flow_three_phase *flow) {
    flow->load_count = flow->impedance_count = 0;
    for (size_t at = 0; at < flow->port_count; at++) flow->parts[at].all = flow->parts[at].network;
    for (size_t number = 0; number < flow->net->point_count; number++) {
        const gw_net_point *point = &flow->net->points[number];
        const uint32_t at = flow->tree.place_of[point->node];
        const unsigned phases = phases_of(point);
        /* a third of the base belongs to each phase */
        const double share = 3.0 / GW_FLOW_BASE_VA / (double)count_phases(phases);
        if (at == GW_PLACE_DARK) continue;
        for (uint32_t phase = 0; phase < GW_NET_PHASES; phase++)
            if ((phases >> phase & 1) != 0)
                take_load(flow,
                          &(gw_three_load){
                              at, phase, point->load, {point->p_w * share, -point->q_var * share}});
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

/* Which places have earth, from the roots down. */
static void find_earth(gw_flow_three_phase *flow) {
    for (uint32_t at = 0; at < flow->tree.place_count; at++) {
        gw_three_place *here = &flow->places[at];
        const uint32_t port = flow->port_of[at];
        const bool is_root = at < flow->tree.root_count;
        here->has_earth = is_root ? 1 : flow->places[here->parent].has_earth;
        if (port == GW_THREE_NO_PORT || flow->parts[port].zero == GW_THREE_THROUGH) continue;
        here->has_earth = gw_three_port_is_earthed(&flow->parts[port]) ? 1 : 0;
    }
}

static void make_link(const gw_flow_three_phase *flow, const gw_flow_link *from,
                      gw_three_link *ret) {
    const gw_flow_element made = gw_flow_element_make(flow->net, from->edge);
    const bool is_blocked = from->edge.part == GW_FLOW_TRANSFORMER &&
                            gw_three_zero_of(&made, from->edge) != GW_THREE_THROUGH;
    const gw_phasor one = {1, 0};
    gw_sequences turn = {one, one, one};
    gw_sequences z = {.zero = made.z0, .positive = made.z1, .negative = made.z1};
    if (from->edge.part == GW_FLOW_TRANSFORMER) turn = gw_three_turn(&made, from->edge);
    if (is_blocked) z.zero = one; /* no current is wanted there: a gap of its own size */
    *ret = (gw_three_link){.from = from->from,
                           .to = from->to,
                           .is_blocked = is_blocked,
                           .turn = gw_tensor_of_sequences(&turn),
                           .z = gw_tensor_of_sequences(&z)};
    if (from->edge.part == GW_FLOW_BRANCH)
        ret->z = gw_three_branch_z(flow->net, from->edge.element);
    ret->back = gw_tensor_adjoint(&ret->turn);
}

static gw_status make_links(gw_flow_three_phase *flow, gw_fault *reterr) {
    for (size_t at = 0; at < flow->tree.link_count; at++) {
        gw_three_link *link = &flow->links[at];
        make_link(flow, &flow->tree.links[at], link);
        if (!link->is_blocked &&
            flow->places[link->from].has_earth != flow->places[link->to].has_earth)
            return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "/branches",
                                "a loop joins a part that has no earthed winding to one that has");
    }
    return gw_ok();
}

/* ---- sweeping ---- */

/* The plain stretch above `until`, upwards; gives `until`. */
static inline uint32_t collect_plain(gw_flow_three_phase *flow, uint32_t at, uint32_t until) {
    const gw_three_place *places = flow->places;
    gw_triple *current = flow->current;
    for (at--; at > until; at--)
        for (int phase = 0; phase < GW_NET_PHASES; phase++)
            current[places[at].parent].at[phase] =
                gw_phasor_add(current[places[at].parent].at[phase], current[at].at[phase]);
    return at;
}

/* Leaves to roots, from port to port. */
static void collect(gw_flow_three_phase *flow) {
    gw_triple *current = flow->current;
    uint32_t at = flow->tree.place_count;
    size_t next = flow->port_count;
    while (at > flow->tree.root_count) {
        const uint32_t until = next > 0 ? flow->ports[next - 1].at : flow->tree.root_count - 1;
        at = collect_plain(flow, at, until);
        if (next == 0) return;
        gw_triple *above = &current[flow->places[at].parent];
        const gw_triple raised = gw_tensor_apply(&flow->ports[--next].rise, &current[at]);
        *above = gw_triple_add(above, &raised);
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

static gw_triple drop_port(const gw_flow_three_phase *flow, const gw_three_port *port) {
    const gw_triple fallen =
        gw_tensor_apply(&port->fall, &flow->voltage[flow->places[port->at].parent]);
    const gw_triple dropped = gw_tensor_apply(&port->drop, &flow->current[port->at]);
    return gw_triple_subtract(&fallen, &dropped);
}

static double larger(double left, double right) { return left > right ? left : right; }

/* Takes a new voltage; the largest change so far, squared. Leaves room for the next currents. */
static inline double settle(gw_flow_three_phase *flow, uint32_t at, gw_triple v, double largest) {
    for (int phase = 0; phase < GW_NET_PHASES; phase++)
        largest =
            larger(largest,
                   gw_phasor_square(gw_phasor_subtract(v.at[phase], flow->voltage[at].at[phase])));
    flow->voltage[at] = v;
    flow->current[at] = (gw_triple){0};
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
            next < flow->port_count ? flow->ports[next].at : flow->tree.place_count;
        for (; at < until; at++)
            largest = settle(
                flow, at,
                drop_line(&flow->voltage[places[at].parent], &places[at], &flow->current[at]),
                largest);
        if (next == flow->port_count) break;
        largest = settle(flow, at, drop_port(flow, &flow->ports[next]), largest);
        next++;
        at++;
    }
    return largest;
}

static void add_shunts(gw_flow_three_phase *flow) {
    for (size_t number = 0; number < flow->shunt_count; number++) {
        const gw_three_shunt *here = &flow->shunts[number];
        gw_triple *current = &flow->current[here->at];
        const gw_triple drawn = gw_tensor_apply(&here->y, &flow->voltage[here->at]);
        *current = gw_triple_add(current, &drawn);
    }
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

static void inject(gw_flow_three_phase *flow, const gw_three_link *here, const gw_triple *current) {
    gw_triple *from = &flow->current[here->from];
    gw_triple *to = &flow->current[here->to];
    const gw_triple drawn = gw_tensor_apply(&here->back, current);
    *from = gw_triple_add(from, &drawn);
    *to = gw_triple_subtract(to, current);
}

static void inject_links(gw_flow_three_phase *flow) {
    for (size_t at = 0; at < flow->tree.link_count; at++)
        inject(flow, &flow->links[at], &flow->links[at].current);
}

static gw_triple without_zero(const gw_triple *it) {
    const gw_phasor third =
        gw_phasor_scale(gw_phasor_add(gw_phasor_add(it->at[0], it->at[1]), it->at[2]), 1.0 / 3);
    const gw_triple zero = {{third, third, third}};
    return gw_triple_subtract(it, &zero);
}

static gw_triple gap_of(const gw_flow_three_phase *flow, const gw_three_link *here,
                        const gw_triple *current) {
    const gw_triple *to = &flow->voltage[here->to];
    const gw_triple turned = gw_tensor_apply(&here->turn, &flow->voltage[here->from]);
    const gw_triple dropped = gw_tensor_apply(&here->z, current);
    const gw_triple offered = gw_triple_subtract(&turned, &dropped);
    const gw_triple met = here->is_blocked ? without_zero(to) : *to;
    return gw_triple_subtract(&offered, &met);
}

/* As when collecting, but with what a port holds, and through its transformer alone. */
void gw_three_gather(gw_flow_three_phase *flow) {
    gw_triple *current = flow->current;
    uint32_t at = flow->tree.place_count;
    size_t next = flow->port_count;
    if (flow->tree.link_count > 0) inject_links(flow);
    while (at > flow->tree.root_count) {
        const uint32_t until = next > 0 ? flow->ports[next - 1].at : flow->tree.root_count - 1;
        at = collect_plain(flow, at, until);
        if (next == 0) return;
        const gw_triple held = gw_tensor_apply(&flow->parts[--next].all, &flow->voltage[at]);
        current[at] = gw_triple_add(&current[at], &held);
        gw_triple *above = &current[flow->places[at].parent];
        const gw_triple drawn = gw_three_drawn(flow, (uint32_t)next);
        *above = gw_triple_add(above, &drawn);
    }
}

static double close_loops(gw_flow_three_phase *flow) {
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    double largest = 0;
    for (size_t at = 0; at < order; at++) {
        const gw_three_link *here = &flow->links[at / GW_NET_PHASES];
        flow->gap[at] = gap_of(flow, here, &here->current).at[at % GW_NET_PHASES];
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
    const gw_triple nothing = {0};
    gw_triple unit = {0};
    unit.at[column % GW_NET_PHASES].re = 1;
    for (uint32_t at = 0; at < flow->tree.place_count; at++)
        flow->current[at] = flow->voltage[at] = nothing;
    inject(flow, &flow->links[column / GW_NET_PHASES], &unit);
    collect(flow);
    (void)spread(flow);
    for (size_t row = 0; row < order; row++) {
        const size_t link = row / GW_NET_PHASES;
        const bool is_own = link == column / GW_NET_PHASES;
        const gw_triple gap = gap_of(flow, &flow->links[link], is_own ? &unit : &nothing);
        flow->closing[row * order + column] = gw_phasor_subtract(none, gap.at[row % GW_NET_PHASES]);
    }
}

/* Leaves currents and voltages as they are: it works in the room beside them. */
static gw_status measure_links(gw_flow_three_phase *flow, gw_fault *reterr) {
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    gw_triple *const voltage = flow->voltage;
    gw_triple *const current = flow->current;
    flow->voltage = flow->spare;
    flow->current = flow->kept;
    for (size_t at = 0; at < order; at++) measure_link(flow, at);
    flow->voltage = voltage;
    flow->current = current;
    return gw_flow_invert(flow->closing, flow->room, order, reterr);
}

void gw_flow_three_phase_load(gw_flow_three_phase *flow) {
    gw_fault fault;
    take_points(flow);
    if (flow->impedance_count == 0) return;
    gw_three_port_factor(flow);
    /* passive loads leave a loop its impedance; if that should ever fail the flow does not settle
     */
    if (flow->tree.link_count > 0) gw_ignore(measure_links(flow, &fault));
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
    add_shunts(flow);
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
        add_shunts(flow);
        add_loads(flow, band);
        if (outcome.change_pu < tolerance * tolerance) break;
    }
    if (outcome.change_pu < tolerance * tolerance && is_finite(flow))
        outcome.verdict = GW_FLOW_SOLVED;
    outcome.change_pu = __builtin_sqrt(outcome.change_pu);
    outcome.switched = count_switched(flow);
    return outcome;
}

static size_t count_impedances(const gw_net *net) {
    size_t count = 0;
    for (size_t at = 0; at < net->point_count; at++)
        count += net->points[at].load == GW_NET_IMPEDANCE ? 1 : 0;
    return count;
}

static gw_status take_room(gw_arena *arena, gw_flow_three_phase *flow, gw_fault *reterr) {
    const size_t count = flow->tree.place_count;
    const size_t order = flow->tree.link_count * GW_NET_PHASES;
    const size_t beside = order > 0 ? count : 0;
    const size_t held = count_impedances(flow->net);
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, count, &flow->voltage, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, count, &flow->current, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, beside, &flow->kept, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_triple, beside, &flow->spare, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_load, (flow->net->point_count - held) * GW_NET_PHASES,
                        &flow->loads, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_load, held * GW_NET_PHASES, &flow->impedances, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_three_link, flow->tree.link_count, &flow->links, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order, &flow->gap, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_phasor, order * order, &flow->room, reterr));
    return GW_ARENA_NEW(arena, gw_phasor, order * order, &flow->closing, reterr);
}

/* Open at one end, or from a node to itself. */
static bool is_loose(const gw_net_branch *branch) {
    if (!branch->closed || (branch->open_from && branch->open_to)) return false;
    return branch->open_from || branch->open_to || branch->from == branch->to;
}

static gw_status list_loose(gw_arena *arena, gw_flow_three_phase *flow, gw_fault *reterr) {
    const gw_net *net = flow->net;
    size_t count = 0;
    for (size_t at = 0; at < net->branch_count; at++) count += is_loose(&net->branches[at]) ? 1 : 0;
    GW_TRY(GW_ARENA_NEW(arena, uint32_t, count, &flow->loose, reterr));
    for (uint32_t at = 0; at < net->branch_count; at++)
        if (is_loose(&net->branches[at])) flow->loose[flow->loose_count++] = at;
    return gw_ok();
}

gw_status gw_flow_three_phase_build(gw_arena *arena, const gw_net *net, gw_flow_three_phase **ret,
                                    gw_fault *reterr) {
    gw_flow_three_phase *flow = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_flow_three_phase, 1, &flow, reterr));
    flow->net = net;
    GW_TRY(gw_flow_tree_build(arena, net, &flow->tree, reterr));
    GW_TRY(gw_three_place_make(arena, flow, reterr));
    GW_TRY(take_room(arena, flow, reterr));
    GW_TRY(list_loose(arena, flow, reterr));
    take_points(flow);
    gw_three_port_factor(flow);
    find_earth(flow);
    GW_TRY(check_earth(flow, reterr));
    GW_TRY(make_links(flow, reterr));
    GW_TRY(measure_links(flow, reterr));
    *ret = flow;
    return gw_ok();
}

const gw_phasor *gw_flow_three_phase_voltage(const gw_flow_three_phase *flow, uint32_t node) {
    static const gw_phasor dark[GW_NET_PHASES];
    const uint32_t at = flow->tree.place_of[node];
    return at == GW_PLACE_DARK ? dark : flow->voltage[at].at;
}
