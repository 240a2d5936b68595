/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_three_phase_inside.h"

static const gw_phasor one = {1, 0};

gw_three_zero gw_three_zero_of(const gw_flow_element *element, gw_flow_edge edge) {
    const gw_phasor ground = edge.is_reversed ? element->ground_from : element->ground_to;
    if (element->zero == GW_FLOW_ZERO_THROUGH) return GW_THREE_THROUGH;
    return gw_phasor_square(ground) > 0 ? GW_THREE_EARTHED : GW_THREE_FLOATING;
}

gw_sequences gw_three_turn(const gw_flow_element *element, gw_flow_edge edge) {
    const gw_phasor down = gw_phasor_scale(gw_phasor_turn(-30.0 * element->clock), element->ratio);
    const bool is_through = element->zero == GW_FLOW_ZERO_THROUGH;
    gw_sequences turn = {.positive = edge.is_reversed ? gw_phasor_divide(one, down) : down};
    turn.negative = gw_phasor_conjugate(turn.positive);
    if (is_through) turn.zero.re = edge.is_reversed ? 1 / element->zero_ratio : element->zero_ratio;
    return turn;
}

gw_sequences gw_three_impedance(const gw_flow_element *element, gw_flow_edge edge) {
    const double back = edge.is_reversed ? 1 / (element->ratio * element->ratio) : 1;
    const gw_phasor ground = edge.is_reversed ? element->ground_from : element->ground_to;
    gw_sequences z = {.positive = gw_phasor_scale(element->z1, back)};
    z.negative = z.positive;
    if (element->zero == GW_FLOW_ZERO_THROUGH)
        z.zero = gw_phasor_scale(element->z0, back);
    else if (gw_phasor_square(ground) > 0)
        z.zero = gw_phasor_divide(one, ground);
    return z;
}

double gw_three_base_a(const gw_net *net, uint32_t node) {
    static const double root_3 = 1.7320508075688772935;
    return GW_FLOW_BASE_VA / (root_3 * net->nodes[node].un_v);
}

static gw_tensor spread(gw_phasor positive, gw_phasor zero) {
    const gw_coupling coupling = {positive,
                                  gw_phasor_scale(gw_phasor_subtract(zero, positive), 1.0 / 3)};
    return gw_tensor_of_coupling(&coupling);
}

static double base_ohm(const gw_net *net, const gw_net_branch *branch) {
    const double un_v = net->nodes[branch->from].un_v;
    return un_v * un_v / GW_FLOW_BASE_VA;
}

gw_tensor gw_three_branch_z(const gw_net *net, uint32_t branch) {
    const gw_net_branch *it = &net->branches[branch];
    if (it->matrix != NULL)
        return gw_tensor_of_triangle(it->matrix->r_ohm, it->matrix->x_ohm, 1 / base_ohm(net, it));
    const gw_flow_element made =
        gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_BRANCH, false, branch});
    return spread(made.z1, made.z0);
}

gw_tensor gw_three_branch_y(const gw_net *net, uint32_t branch) {
    const gw_net_branch *it = &net->branches[branch];
    if (it->matrix != NULL)
        return gw_tensor_of_triangle(it->matrix->g_s, it->matrix->b_s, 0.5 * base_ohm(net, it));
    const gw_flow_element made =
        gw_flow_element_make(net, (gw_flow_edge){GW_FLOW_BRANCH, false, branch});
    return spread(made.y1_from, made.y0_from);
}

/* Half the charging here, and the other half behind the whole impedance: y + y / (1 + z y). */
gw_tensor gw_three_stub_y(const gw_net *net, uint32_t branch) {
    const gw_net_branch *it = &net->branches[branch];
    if (it->matrix == NULL) {
        const gw_flow_stub stub = gw_flow_stub_make(net, it);
        return spread(stub.y1, stub.y0);
    }
    const gw_tensor y = gw_three_branch_y(net, branch);
    const gw_tensor z = gw_three_branch_z(net, branch);
    const gw_tensor unit = spread(one, one);
    const gw_tensor product = gw_tensor_multiply(&z, &y);
    const gw_tensor sum = gw_tensor_add(&unit, &product);
    const gw_tensor inverse = gw_tensor_invert(&sum);
    const gw_tensor behind = gw_tensor_multiply(&y, &inverse);
    return gw_tensor_add(&y, &behind);
}

/* ---- ports ---- */

/* A third of the sum of all: what a zero sequence voltage draws as zero sequence current. Nothing
 * when it is no more than what rounding leaves. */
static double zero_size(const gw_tensor *y) {
    static const double rounding = 1e-12;
    gw_phasor sum = {0, 0};
    for (int row = 0; row < 3; row++)
        for (int column = 0; column < 3; column++) sum = gw_phasor_add(sum, y->at[row][column]);
    const double size = gw_phasor_size(sum) / 3;
    return size > rounding * gw_tensor_size(y) ? size : 0;
}

/* fall, drop and rise of a port whose part has seen all that is below it:
 *   unit * v = turn * v_parent - z * (seen * v + current)
 * Where nothing earths the place, the zero sequence current of the edge is nil instead: unit loses
 * its zero sequence and z gets any impedance there, of a size that fits. */
static void factor_port(const gw_three_part *part, gw_three_port *port) {
    const double zero = zero_size(&part->seen);
    const gw_phasor none = {0, 0};
    gw_tensor unit = spread(one, one);
    gw_tensor z = part->z;
    if (part->zero == GW_THREE_FLOATING && zero > 0) {
        const gw_phasor fitting = {1 / zero, 0};
        const gw_tensor more = spread(none, fitting);
        unit = spread(one, none);
        z = gw_tensor_add(&z, &more);
    }
    const gw_tensor product = gw_tensor_multiply(&z, &part->seen);
    const gw_tensor sum = gw_tensor_add(&unit, &product);
    const gw_tensor k = gw_tensor_invert(&sum);
    const gw_tensor back = gw_tensor_adjoint(&part->turn);
    port->fall = gw_tensor_multiply(&k, &part->turn);
    port->drop = gw_tensor_multiply(&k, &z);
    const gw_tensor taken = gw_tensor_multiply(&part->seen, &port->drop);
    const gw_tensor whole = spread(one, one);
    const gw_tensor left = gw_tensor_subtract(&whole, &taken);
    port->rise = gw_tensor_multiply(&back, &left);
}

bool gw_three_port_is_earthed(const gw_three_part *part) {
    return part->zero != GW_THREE_FLOATING || zero_size(&part->seen) > 0;
}

void gw_three_port_factor(gw_flow_three_phase *flow) {
    for (size_t at = 0; at < flow->port_count; at++) flow->parts[at].seen = flow->parts[at].all;
    for (size_t at = flow->port_count; at-- > 0;) {
        const gw_three_part *part = &flow->parts[at];
        gw_three_port *port = &flow->ports[at];
        factor_port(part, port);
        const uint32_t above = flow->port_of[flow->places[port->at].parent];
        if (above == GW_THREE_NO_PORT) continue;
        const gw_tensor back = gw_tensor_adjoint(&part->turn);
        const gw_tensor drawn = gw_tensor_multiply(&part->seen, &port->fall);
        const gw_tensor raised = gw_tensor_multiply(&back, &drawn);
        flow->parts[above].seen = gw_tensor_add(&flow->parts[above].seen, &raised);
    }
}

gw_triple gw_three_drawn(const gw_flow_three_phase *flow, uint32_t port) {
    const gw_tensor back = gw_tensor_adjoint(&flow->parts[port].turn);
    return gw_tensor_apply(&back, &flow->current[flow->ports[port].at]);
}
