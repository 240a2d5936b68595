/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm_element.h"

#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const double radian_deg = 57.295779513082320877;
static const double root_3 = 1.7320508075688772935;
static const double angular_frequency = 314.15926535897932385; /* 50 Hz */
static const double x_over_r_most = 1e12;

const char *gw_pgm_field_name(gw_text field) {
    static const char *const names[][2] = {{"r1_ohm", "r1"},
                                           {"x1_ohm", "x1"},
                                           {"r0_ohm", "r0"},
                                           {"x0_ohm", "x0"},
                                           {"b1_s", "c1"},
                                           {"g1_s", "tan1"},
                                           {"b0_s", "c0"},
                                           {"g0_s", "tan0"},
                                           {"imax_a", "i_n"},
                                           {"from", "from_node"},
                                           {"to", "to_node"},
                                           {"un_v", "u_rated"},
                                           {"sn_va", "sn"},
                                           {"u1_v", "u1"},
                                           {"u2_v", "u2"},
                                           {"uk_pct", "uk"},
                                           {"pk_w", "pk"},
                                           {"p0_w", "p0"},
                                           {"i0_pct", "i0"},
                                           {"u_pu", "u_ref"},
                                           {"isc3_a", "sk"},
                                           {"x_over_r", "rx_ratio"},
                                           {"z0_over_z1", "z01_ratio"},
                                           {"p_w", "p_specified"},
                                           {"q_var", "q_specified"},
                                           {"angle_deg", "u_ref_angle"},
                                           {"vector_group", "clock"},
                                           {"z_abc_ohm", "r_aa"},
                                           {"y_abc_s", "c_aa"},
                                           {"node", "node"},
                                           {"id", "id"},
                                           {"tap/pos", "tap_pos"},
                                           {"tap/step_pct", "tap_size"}};
    for (size_t at = 0; at < COUNT_OF(names); at++)
        if (gw_text_is(field, names[at][0])) return names[at][1];
    return "";
}

gw_status gw_pgm_read_node(gw_pgm_reading *in, gw_item *item) {
    gw_net_node *node = &in->net.nodes[in->net.node_count++];
    node->id = gw_item_text(item, "id");
    node->un_v = gw_item_number(item, "u_rated");
    return gw_ok();
}

/* ---- branches ---- */

gw_pgm_ends gw_pgm_read_ends(gw_pgm_reading *in, gw_item *item) {
    const bool is_from = gw_item_flag(item, "from_status", true);
    const bool is_to = gw_item_flag(item, "to_status", true);
    return (gw_pgm_ends){.from = gw_item_node(item, "from_node", &in->nodes),
                         .to = gw_item_node(item, "to_node", &in->nodes),
                         .closed = is_from || is_to,
                         .open_from = is_to && !is_from,
                         .open_to = is_from && !is_to};
}

static gw_net_branch *read_branch(gw_pgm_reading *in, gw_item *item, gw_net_kind kind) {
    gw_net_branch *branch = &in->net.branches[in->net.branch_count++];
    const gw_pgm_ends at = gw_pgm_read_ends(in, item);
    branch->id = gw_item_text(item, "id");
    branch->kind = kind;
    branch->from = at.from;
    branch->to = at.to;
    branch->closed = at.closed;
    branch->open_from = at.open_from;
    branch->open_to = at.open_to;
    branch->imax_a = gw_item_number_or(item, "i_n", 0);
    return branch;
}

gw_status gw_pgm_read_line(gw_pgm_reading *in, gw_item *item) {
    gw_net_branch *branch = read_branch(in, item, GW_NET_LINE);
    branch->r1_ohm = gw_item_number(item, "r1");
    branch->x1_ohm = gw_item_number(item, "x1");
    branch->b1_s = angular_frequency * gw_item_number_or(item, "c1", 0);
    branch->g1_s = branch->b1_s * gw_item_number_or(item, "tan1", 0);
    branch->has_zero_sequence = gw_item_has(item, "r0") && gw_item_has(item, "x0");
    branch->r0_ohm = gw_item_number_or(item, "r0", 0);
    branch->x0_ohm = gw_item_number_or(item, "x0", 0);
    branch->b0_s = angular_frequency * gw_item_number_or(item, "c0", 0);
    branch->g0_s = branch->b0_s * gw_item_number_or(item, "tan0", 0);
    return gw_ok();
}

gw_status gw_pgm_read_link(gw_pgm_reading *in, gw_item *item) {
    (void)read_branch(in, item, GW_NET_SWITCH);
    return gw_ok();
}

/* A complex entry of a matrix whose keys end in aa, ba, ... */
typedef struct entry {
    double re;
    double im;
} entry;

static entry read_entry(gw_item *item, const char *place) {
    char key[8];
    entry made;
    (void)snprintf(key, sizeof key, "r_%s", place);
    made.re = gw_item_number(item, key);
    (void)snprintf(key, sizeof key, "x_%s", place);
    made.im = gw_item_number(item, key);
    return made;
}

/* Takes the neutral out of the phases: z - zn * zn' / znn. Ref: Kersting, section 4.1.3 (Kron). */
static void reduce_neutral(gw_item *item, gw_net_matrix *matrix) {
    static const char *const to_neutral[GW_NET_PHASES] = {"na", "nb", "nc"};
    entry n[GW_NET_PHASES];
    size_t at = 0;
    const entry own = read_entry(item, "nn");
    const double square = own.re * own.re + own.im * own.im;
    if (!(square > 0)) gw_item_blame(item, "r_nn", "the neutral has no impedance");
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        n[phase] = read_entry(item, to_neutral[phase]);
    for (size_t row = 0; row < GW_NET_PHASES; row++)
        for (size_t column = 0; column <= row; column++, at++) {
            const double re = n[row].re * n[column].re - n[row].im * n[column].im;
            const double im = n[row].re * n[column].im + n[row].im * n[column].re;
            matrix->r_ohm[at] -= (re * own.re + im * own.im) / square;
            matrix->x_ohm[at] -= (im * own.re - re * own.im) / square;
        }
}

static void read_capacitance(gw_item *item, gw_net_matrix *matrix) {
    static const char *const keys[GW_NET_TRIANGLE] = {"c_aa", "c_ba", "c_bb",
                                                      "c_ca", "c_cb", "c_cc"};
    const bool is_by_sequence = gw_item_has(item, "c0") && gw_item_has(item, "c1");
    const double c1 = gw_item_number_or(item, "c1", 0);
    const double c0 = gw_item_number_or(item, "c0", 0);
    for (size_t at = 0; at < GW_NET_TRIANGLE; at++) {
        const bool is_own = at == 0 || at == 2 || at == 5;
        const double by_sequence = ((is_own ? 2 : -1) * c1 + c0) / 3;
        matrix->b_s[at] =
            angular_frequency * (is_by_sequence ? by_sequence : gw_item_number(item, keys[at]));
    }
}

gw_status gw_pgm_read_asym_line(gw_pgm_reading *in, gw_item *item) {
    static const char *const places[GW_NET_TRIANGLE] = {"aa", "ba", "bb", "ca", "cb", "cc"};
    gw_net_branch *branch = read_branch(in, item, GW_NET_LINE);
    gw_net_matrix *matrix = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_net_matrix, 1, &matrix, in->reterr));
    for (size_t at = 0; at < GW_NET_TRIANGLE; at++) {
        const entry found = read_entry(item, places[at]);
        matrix->r_ohm[at] = found.re;
        matrix->x_ohm[at] = found.im;
    }
    if (gw_item_has(item, "r_na") || gw_item_has(item, "x_na")) reduce_neutral(item, matrix);
    read_capacitance(item, matrix);
    branch->matrix = matrix;
    gw_net_branch_average(branch);
    in->is_asymmetric = true;
    return gw_ok();
}

static double smaller(double left, double right) { return left < right ? left : right; }

/* ---- what stands at a node ---- */

gw_status gw_pgm_read_shunt(gw_pgm_reading *in, gw_item *item) {
    gw_net_shunt *shunt = &in->net.shunts[in->net.shunt_count++];
    shunt->id = gw_item_text(item, "id");
    shunt->node = gw_item_node(item, "node", &in->nodes);
    shunt->closed = gw_item_flag(item, "status", true);
    shunt->g1_s = gw_item_number(item, "g1");
    shunt->b1_s = gw_item_number(item, "b1");
    shunt->g0_s = gw_item_number_or(item, "g0", 0);
    shunt->b0_s = gw_item_number_or(item, "b0", 0);
    return gw_ok();
}

static gw_net_load read_kind(gw_item *item) {
    static const gw_net_load kinds[] = {GW_NET_POWER, GW_NET_IMPEDANCE, GW_NET_CURRENT};
    const double number = gw_item_number(item, "type");
    for (size_t at = 0; at < COUNT_OF(kinds); at++)
        if (number == (double)at) return kinds[at];
    gw_item_blame(item, "type", "a type of 0, 1 or 2 is wanted");
    return GW_NET_POWER;
}

/* What is switched off takes nothing. */
static double sign_of(gw_item *item, double sign) {
    return gw_item_flag(item, "status", true) ? sign : 0;
}

static gw_status read_symmetric(gw_pgm_reading *in, gw_item *item, double direction) {
    gw_net_point *point = &in->net.points[in->net.point_count++];
    const double sign = sign_of(item, direction);
    point->id = gw_item_text(item, "id");
    point->node = gw_item_node(item, "node", &in->nodes);
    point->load = read_kind(item);
    point->p_w = sign * gw_item_number(item, "p_specified");
    point->q_var = sign * gw_item_number(item, "q_specified");
    return gw_ok();
}

gw_status gw_pgm_read_sym_load(gw_pgm_reading *in, gw_item *item) {
    return read_symmetric(in, item, 1);
}

gw_status gw_pgm_read_sym_gen(gw_pgm_reading *in, gw_item *item) {
    return read_symmetric(in, item, -1);
}

static void read_three(gw_item *item, const char *key, double ret[GW_NET_PHASES]) {
    const json_t *list = json_object_get(item->object, key);
    for (size_t at = 0; at < GW_NET_PHASES; at++) {
        const json_t *number = json_array_get(list, at);
        ret[at] = json_number_value(number);
        if (!json_is_number(number)) gw_item_blame(item, key, "three numbers are wanted");
    }
}

static gw_status read_asymmetric(gw_pgm_reading *in, gw_item *item, double direction) {
    double p_w[GW_NET_PHASES];
    double q_var[GW_NET_PHASES];
    const double sign = sign_of(item, direction);
    const gw_text id = gw_item_text(item, "id");
    read_three(item, "p_specified", p_w);
    read_three(item, "q_specified", q_var);
    in->is_asymmetric = true;
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
        char name[32];
        gw_net_point *point = &in->net.points[in->net.point_count++];
        (void)snprintf(name, sizeof name, "%.*s/%c", (int)id.length, id.at, (char)('a' + phase));
        GW_TRY(gw_text_copy(in->arena, gw_text_from_c(name), &point->id, in->reterr));
        point->node = gw_item_node(item, "node", &in->nodes);
        point->phases = 1u << phase;
        point->load = read_kind(item);
        point->p_w = sign * p_w[phase];
        point->q_var = sign * q_var[phase];
    }
    return gw_ok();
}

gw_status gw_pgm_read_asym_load(gw_pgm_reading *in, gw_item *item) {
    return read_asymmetric(in, item, 1);
}

gw_status gw_pgm_read_asym_gen(gw_pgm_reading *in, gw_item *item) {
    return read_asymmetric(in, item, -1);
}

gw_status gw_pgm_read_source(gw_pgm_reading *in, gw_item *item) {
    static const double sk_usual_va = 1e10;
    static const double rx_usual = 0.1;
    gw_net_source made = {.id = gw_item_text(item, "id"),
                          .node = gw_item_node(item, "node", &in->nodes)};
    const double rx = gw_item_number_or(item, "rx_ratio", rx_usual);
    const double sk_va = gw_item_number_or(item, "sk", sk_usual_va);
    made.u_pu = gw_item_number(item, "u_ref");
    made.angle_deg = radian_deg * gw_item_number_or(item, "u_ref_angle", 0);
    made.z0_over_z1 = gw_item_number_or(item, "z01_ratio", 1);
    made.x_over_r = smaller(1 / rx, x_over_r_most);
    if (!(sk_va > 0)) gw_item_blame(item, "sk", "the short-circuit power is not above zero");
    if (!(rx >= 0)) gw_item_blame(item, "rx_ratio", "the ratio is negative");
    if (!gw_is_ok(item->status)) return gw_ok();
    made.isc3_a = sk_va / root_3 / in->net.nodes[made.node].un_v;
    if (gw_item_flag(item, "status", true)) in->net.sources[in->net.source_count++] = made;
    return gw_ok();
}
