/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_element.h"

static const double half_root_3 = 0.86602540378443864676;
static const double radians_per_degree = 0.017453292519943295769;

/* Taylor series for |radians| <= pi / 4: the first term left out is below 1e-17. The C library's
 * sine may differ between machines. */
static gw_phasor turn_little(double radians) {
    const double square = radians * radians;
    double sine = 1;
    double cosine = 1;
    for (int at = 18; at >= 2; at -= 2) {
        cosine = 1 - cosine * square / (double)(at * (at - 1));
        sine = 1 - sine * square / (double)(at * (at + 1));
    }
    return (gw_phasor){cosine, sine * radians};
}

gw_phasor gw_phasor_turn(double degrees) {
    static const gw_phasor twelfths[] = {{1, 0},  {half_root_3, 0.5},   {0.5, half_root_3},
                                         {0, 1},  {-0.5, half_root_3},  {-half_root_3, 0.5},
                                         {-1, 0}, {-half_root_3, -0.5}, {-0.5, -half_root_3},
                                         {0, -1}, {0.5, -half_root_3},  {half_root_3, -0.5}};
    const double shifted = degrees + 735; /* above zero, and rounded to the next multiple of 30 */
    const int steps = (int)(shifted / 30);
    const double rest = degrees + 720 - 30.0 * steps;
    const gw_phasor coarse = twelfths[steps % 12];
    return rest == 0 ? coarse : gw_phasor_multiply(coarse, turn_little(rest * radians_per_degree));
}

gw_phasor gw_flow_source_voltage(const gw_net_source *source) {
    return gw_phasor_scale(gw_phasor_turn(source->angle_deg), source->u_pu);
}

static double ohm_to_pu(double un_v) { return GW_FLOW_BASE_VA / (un_v * un_v); }

static gw_phasor scaled(double re, double im, double factor) {
    return (gw_phasor){re * factor, im * factor};
}

static gw_flow_element make_branch(const gw_net *net, const gw_net_branch *branch) {
    const double to_pu = ohm_to_pu(net->nodes[branch->from].un_v);
    gw_flow_element made = {.ratio = 1, .zero_ratio = 1};
    made.z1 = scaled(branch->r1_ohm, branch->x1_ohm, to_pu);
    made.y1_from = made.y1_to = scaled(branch->g1_s, branch->b1_s, 0.5 / to_pu);
    made.z0 = made.z1;
    if (!branch->has_zero_sequence) return made;
    made.z0 = scaled(branch->r0_ohm, branch->x0_ohm, to_pu);
    made.y0_from = made.y0_to = scaled(branch->g0_s, branch->b0_s, 0.5 / to_pu);
    return made;
}

static bool are_alike(const gw_net_source *one, const gw_net_source *other) {
    return one->node == other->node && one->u_pu == other->u_pu &&
           one->angle_deg == other->angle_deg && one->x_over_r == other->x_over_r &&
           one->z0_over_z1 == other->z0_over_z1 && (one->isc3_a == 0) == (other->isc3_a == 0);
}

uint32_t gw_flow_source_first(const gw_net *net, uint32_t source) {
    uint32_t at = 0;
    while (at < source && !are_alike(&net->sources[at], &net->sources[source])) at++;
    return at;
}

typedef struct alike {
    double isc3_a;
    double count;
} alike;

static alike sum_alike(const gw_net *net, const gw_net_source *source) {
    alike sum = {0, 0};
    for (size_t at = 0; at < net->source_count; at++) {
        if (!are_alike(&net->sources[at], source)) continue;
        sum.isc3_a += net->sources[at].isc3_a;
        sum.count += 1;
    }
    return sum;
}

double gw_flow_source_share(const gw_net *net, uint32_t source) {
    const alike sum = sum_alike(net, &net->sources[source]);
    return sum.isc3_a > 0 ? net->sources[source].isc3_a / sum.isc3_a : 1 / sum.count;
}

static gw_flow_element make_source(const gw_net *net, const gw_net_source *source) {
    gw_flow_element made = {.ratio = 1, .zero_ratio = 1};
    if (source->isc3_a == 0) return made;
    const double root_3 = 2 * half_root_3;
    const double un_v = net->nodes[source->node].un_v;
    const double z_ohm = un_v / root_3 / sum_alike(net, source).isc3_a;
    const double r_ohm = z_ohm / __builtin_sqrt(1 + source->x_over_r * source->x_over_r);
    made.z1 = scaled(r_ohm, r_ohm * source->x_over_r, ohm_to_pu(un_v));
    made.z0 = gw_phasor_scale(made.z1, source->z0_over_z1 == 0 ? 1 : source->z0_over_z1);
    return made;
}

static double leg(double hypotenuse, double other) {
    const double square = hypotenuse * hypotenuse - other * other;
    return square > 0 ? __builtin_sqrt(square) : 0;
}

static bool is_grounded(gw_net_winding winding) {
    return winding == GW_NET_WYE_GROUNDED || winding == GW_NET_ZIGZAG_GROUNDED;
}

static bool is_none(gw_phasor y) { return y.re == 0 && y.im == 0; }

/* A magnetising branch in the middle (T) as the equal one at both ends: wye to delta. */
static void spread_middle(gw_phasor y, gw_phasor *z, gw_phasor *y_end) {
    const gw_phasor one = {1, 0};
    const gw_phasor half = gw_phasor_scale(*z, 0.5);
    const gw_phasor square = gw_phasor_multiply(half, half);
    *y_end = gw_phasor_divide(one, gw_phasor_add(half, gw_phasor_divide((gw_phasor){2, 0}, y)));
    *z = gw_phasor_add(*z, gw_phasor_multiply(square, y));
}

/* The zero sequence of a transformer, in the base of the `to` end: series impedance, magnetising
 * admittance and three times the earthing impedance of either star point. */
typedef struct zero_parts {
    gw_phasor series;
    gw_phasor y;
    gw_phasor earth_from;
    gw_phasor earth_to;
} zero_parts;

/* What a winding gives its own node. A delta on the other side lets the zero sequence current flow,
 * a zigzag lets it flow by itself through about a tenth of the short-circuit impedance, and
 * otherwise only the magnetising branch does. */
static gw_phasor ground_of(const zero_parts *parts, gw_net_winding own, gw_net_winding other,
                           gw_phasor earth) {
    static const double zigzag_share = 0.1;
    const gw_phasor one = {1, 0};
    gw_phasor y = parts->y;
    if (!is_grounded(own)) return (gw_phasor){0, 0};
    if (own == GW_NET_ZIGZAG_GROUNDED)
        return gw_phasor_divide(one,
                                gw_phasor_add(gw_phasor_scale(parts->series, zigzag_share), earth));
    if (other == GW_NET_DELTA) y = gw_phasor_add(y, gw_phasor_divide(one, parts->series));
    if (is_none(y)) return y;
    return gw_phasor_divide(one, gw_phasor_add(gw_phasor_divide(one, y), earth));
}

static gw_flow_zero zero_of(const gw_flow_element *made) {
    const bool has_from = !is_none(made->ground_from);
    const bool has_to = !is_none(made->ground_to);
    if (has_from && has_to) return GW_FLOW_ZERO_BOTH_GROUND;
    if (has_to) return GW_FLOW_ZERO_TO_GROUND;
    return has_from ? GW_FLOW_ZERO_FROM_GROUND : GW_FLOW_ZERO_BLOCKED;
}

static void spread_zero(const zero_parts *parts, bool is_pi, gw_flow_element *made) {
    made->zero = GW_FLOW_ZERO_THROUGH;
    made->z0 = gw_phasor_add(parts->series, gw_phasor_add(parts->earth_from, parts->earth_to));
    if (is_none(parts->y)) return;
    made->y0_to = gw_phasor_scale(parts->y, 0.5);
    if (!is_pi) spread_middle(parts->y, &made->z0, &made->y0_to);
    made->y0_from = gw_phasor_scale(made->y0_to, made->ratio * made->ratio);
}

/* Ref: power-grid-model, "Components", transformer: zero sequence by winding. */
static void make_zero(const gw_net_transformer *it, const zero_parts *parts,
                      gw_flow_element *made) {
    const gw_phasor one = {1, 0};
    const bool is_turned = it->clock % 4 == 2; /* 2, 6 and 10: the windings are reversed */
    made->zero_ratio = is_turned ? -made->ratio : made->ratio;
    if (it->from_winding == GW_NET_WYE_GROUNDED && it->to_winding == GW_NET_WYE_GROUNDED) {
        spread_zero(parts, it->is_pi, made);
        return;
    }
    made->ground_to = ground_of(parts, it->to_winding, it->from_winding, parts->earth_to);
    const gw_phasor from = ground_of(parts, it->from_winding, it->to_winding, parts->earth_from);
    made->ground_from = gw_phasor_scale(from, made->ratio * made->ratio);
    made->zero = zero_of(made);
    if (made->zero == GW_FLOW_ZERO_BLOCKED) made->z0 = made->z1;
    if (!is_none(from)) made->z0 = gw_phasor_divide(one, from);
    if (!is_none(made->ground_to)) made->z0 = gw_phasor_divide(one, made->ground_to);
}

/* Of the base of the transformer's `to` end. */
static gw_phasor magnetise(double conductance, double absolute, double own_to_pu) {
    return scaled(conductance, -leg(absolute, conductance), 1.0 / own_to_pu);
}

static gw_flow_element make_transformer(const gw_net *net, const gw_net_transformer *it) {
    const double tap = 1 + it->tap_steps * it->tap_step_pct / 100;
    const double u1_v = it->tap_at_to ? it->u1_v : it->u1_v * tap;
    const double u2_v = it->tap_at_to ? it->u2_v * tap : it->u2_v;
    const double un_from_v = net->nodes[it->from].un_v;
    const double un_to_v = net->nodes[it->to].un_v;
    const double resistance = it->pk_w / it->sn_va;
    const double own_to_pu = u2_v * u2_v / it->sn_va * ohm_to_pu(un_to_v);
    const gw_phasor y = magnetise(it->p0_w / it->sn_va, it->i0_pct / 100, own_to_pu);
    gw_flow_element made = {.clock = it->clock};
    made.ratio = un_from_v / u1_v * (u2_v / un_to_v);
    const double reactance = leg(it->uk_pct / 100, resistance);
    made.z1 = scaled(resistance, it->uk_pct < 0 ? -reactance : reactance, own_to_pu);
    const double from_to_pu = 3 * ohm_to_pu(un_from_v) * made.ratio * made.ratio;
    const double to_to_pu = 3 * ohm_to_pu(un_to_v);
    const zero_parts zero = {
        .series = made.z1,
        .y = magnetise(it->p0_zero_w / it->sn_va, it->i0_zero_pct / 100, own_to_pu),
        .earth_from = scaled(it->r_ground_from_ohm, it->x_ground_from_ohm, from_to_pu),
        .earth_to = scaled(it->r_ground_to_ohm, it->x_ground_to_ohm, to_to_pu)};
    make_zero(it, &zero, &made);
    if (is_none(y)) return made;
    made.y1_to = gw_phasor_scale(y, 0.5);
    if (!it->is_pi) spread_middle(y, &made.z1, &made.y1_to);
    made.y1_from = gw_phasor_scale(made.y1_to, made.ratio * made.ratio);
    return made;
}

gw_flow_element gw_flow_element_make(const gw_net *net, gw_flow_edge edge) {
    if (edge.part == GW_FLOW_SOURCE) return make_source(net, &net->sources[edge.element]);
    if (edge.part == GW_FLOW_BRANCH) return make_branch(net, &net->branches[edge.element]);
    return make_transformer(net, &net->transformers[edge.element]);
}

/* Half the charging here, and the other half behind the whole impedance. */
static gw_phasor open_end(gw_phasor y_end, gw_phasor z) {
    const gw_phasor one = {1, 0};
    if (is_none(y_end)) return y_end;
    const gw_phasor behind = gw_phasor_add(z, gw_phasor_divide(one, y_end));
    return gw_phasor_add(y_end, gw_phasor_divide(one, behind));
}

gw_flow_stub gw_flow_stub_make(const gw_net *net, const gw_net_branch *branch) {
    gw_flow_stub stub = {.is_live = branch->closed && branch->open_from != branch->open_to};
    if (!stub.is_live) return stub;
    const gw_flow_element element = make_branch(net, branch);
    stub.node = branch->open_from ? branch->to : branch->from;
    stub.y1 = open_end(element.y1_from, element.z1);
    stub.y0 = open_end(element.y0_from, element.z0);
    return stub;
}

gw_flow_stub gw_flow_stub_transformer(const gw_net *net, const gw_net_transformer *it) {
    gw_flow_stub stub = {.is_live = it->closed && it->open_from != it->open_to};
    if (!stub.is_live) return stub;
    const gw_flow_element made = make_transformer(net, it);
    const double back = it->open_from ? 1 : made.ratio * made.ratio;
    const bool is_through = made.zero == GW_FLOW_ZERO_THROUGH;
    stub.node = it->open_from ? it->to : it->from;
    stub.y1 = gw_phasor_scale(open_end(made.y1_to, made.z1), back);
    stub.y0 = gw_phasor_scale(open_end(made.y0_to, made.z0), back);
    if (!is_through) stub.y0 = it->open_from ? made.ground_to : made.ground_from;
    return stub;
}

gw_flow_stub gw_flow_shunt_make(const gw_net *net, const gw_net_shunt *shunt) {
    const double to_pu = 1 / ohm_to_pu(net->nodes[shunt->node].un_v);
    return (gw_flow_stub){.is_live = shunt->closed,
                          .node = shunt->node,
                          .y1 = scaled(shunt->g1_s, shunt->b1_s, to_pu),
                          .y0 = scaled(shunt->g0_s, shunt->b0_s, to_pu)};
}
