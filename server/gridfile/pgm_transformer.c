/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/pgm_element.h"

#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static double larger(double left, double right) { return left > right ? left : right; }
static double smaller(double left, double right) { return left < right ? left : right; }

typedef struct tapping {
    double pos;
    double least;
    double most;
    double nominal;
    double direction;
} tapping;

static tapping read_tap(gw_item *item) {
    tapping made = {.least = gw_item_number_or(item, "tap_min", 0),
                    .most = gw_item_number_or(item, "tap_max", 0),
                    .nominal = gw_item_number_or(item, "tap_nom", 0)};
    made.pos = gw_item_number_or(item, "tap_pos", made.nominal);
    made.pos = smaller(made.pos, larger(made.most, made.least));
    made.pos = larger(made.pos, smaller(made.most, made.least));
    made.direction = made.most > made.least ? 1 : -1;
    return made;
}

/* A value that is known at the nominal position and at both ends, in between by straight lines. */
static double at_tap(gw_item *item, const tapping *tap, const char *key,
                     const char *const end_keys[2]) {
    const double nominal = gw_item_number(item, key);
    const bool is_above =
        tap->pos >= smaller(tap->nominal, tap->most) && tap->pos <= larger(tap->nominal, tap->most);
    const double end = gw_item_number_or(item, end_keys[is_above ? 1 : 0], nominal);
    const double steps = (is_above ? tap->most : tap->least) - tap->nominal;
    return steps == 0 ? nominal : nominal + (tap->pos - tap->nominal) * (end - nominal) / steps;
}

static gw_net_winding read_winding(gw_item *item, const char *key) {
    static const gw_net_winding windings[] = {GW_NET_WYE, GW_NET_WYE_GROUNDED, GW_NET_DELTA,
                                              GW_NET_ZIGZAG, GW_NET_ZIGZAG_GROUNDED};
    const double number = gw_item_number(item, key);
    for (size_t at = 0; at < COUNT_OF(windings); at++)
        if (number == (double)at) return windings[at];
    gw_item_blame(item, key, "a winding of 0 to 4 is wanted");
    return GW_NET_WYE;
}

static bool is_wye(gw_net_winding winding) {
    return winding == GW_NET_WYE || winding == GW_NET_WYE_GROUNDED;
}

static int read_clock(gw_item *item, const char *key) {
    enum { CLOCKS = 12, CLOCK_MOST = 120 };
    const double clock = gw_item_number(item, key);
    if (clock >= -CLOCK_MOST && clock <= CLOCK_MOST && clock == (double)(int)clock)
        return ((int)clock + CLOCK_MOST) % CLOCKS;
    gw_item_blame(item, key, "a clock number is wanted");
    return 0;
}

static void check_group(gw_item *item, const char *key, const gw_net_transformer *it) {
    if ((it->clock % 2 == 0) != (is_wye(it->from_winding) == is_wye(it->to_winding)))
        gw_item_blame(item, key, "these windings do not turn by so much");
}

static void read_group(gw_item *item, gw_net_transformer *it) {
    it->from_winding = read_winding(item, "winding_from");
    it->to_winding = read_winding(item, "winding_to");
    it->clock = read_clock(item, "clock");
    check_group(item, "clock", it);
}

static void read_earthing(gw_item *item, gw_net_transformer *it) {
    it->r_ground_from_ohm = gw_item_number_or(item, "r_grounding_from", 0);
    it->x_ground_from_ohm = gw_item_number_or(item, "x_grounding_from", 0);
    it->r_ground_to_ohm = gw_item_number_or(item, "r_grounding_to", 0);
    it->x_ground_to_ohm = gw_item_number_or(item, "x_grounding_to", 0);
}

static void read_magnetising(gw_item *item, gw_net_transformer *it) {
    const double i0 = gw_item_number_or(item, "i0", 0);
    const double i0_zero = gw_item_number_or(item, "i0_zero_sequence", i0);
    it->is_pi = true;
    it->i0_pct = 100 * i0;
    it->p0_w = gw_item_number_or(item, "p0", 0);
    it->i0_zero_pct = 100 * i0_zero;
    it->p0_zero_w = gw_item_number_or(item, "p0_zero_sequence",
                                      it->p0_w + it->pk_w * (i0_zero * i0_zero - i0 * i0));
}

gw_status gw_pgm_read_transformer(gw_pgm_reading *in, gw_item *item) {
    static const char *const uk_ends[2] = {"uk_min", "uk_max"};
    static const char *const pk_ends[2] = {"pk_min", "pk_max"};
    gw_net_transformer *it = &in->net.transformers[in->net.transformer_count++];
    const gw_pgm_ends at = gw_pgm_read_ends(in, item);
    const tapping tap = read_tap(item);
    it->id = gw_item_text(item, "id");
    it->from = at.from;
    it->to = at.to;
    it->closed = at.closed;
    it->open_from = at.open_from;
    it->open_to = at.open_to;
    it->u1_v = gw_item_number(item, "u1");
    it->u2_v = gw_item_number(item, "u2");
    it->sn_va = gw_item_number(item, "sn");
    it->uk_pct = 100 * at_tap(item, &tap, "uk", uk_ends);
    it->pk_w = at_tap(item, &tap, "pk", pk_ends);
    it->tap_at_to = gw_item_number(item, "tap_side") == 1;
    it->tap_steps = tap.direction * (tap.pos - tap.nominal);
    it->tap_step_pct =
        100 * gw_item_number_or(item, "tap_size", 0) / (it->tap_at_to ? it->u2_v : it->u1_v);
    read_group(item, it);
    read_magnetising(item, it);
    read_earthing(item, it);
    return gw_ok();
}

/* ---- three windings ---- */

enum { WINDINGS = 3 };

/* A three-winding transformer: three of two windings that meet in a node of their own at the
 * voltage of the first. Ref: power-grid-model, "Components", three-winding transformer. */
typedef struct star {
    double u_v[WINDINGS];
    double sn_va[WINDINGS];
    double uk[WINDINGS]; /* of the legs, each of its own rating */
    double pk_w[WINDINGS];
    uint32_t node[WINDINGS];
    bool closed[WINDINGS];
} star;

static void read_windings(gw_pgm_reading *in, gw_item *item, star *it) {
    static const char *const u[] = {"u1", "u2", "u3"};
    static const char *const sn[] = {"sn_1", "sn_2", "sn_3"};
    static const char *const node[] = {"node_1", "node_2", "node_3"};
    static const char *const status[] = {"status_1", "status_2", "status_3"};
    for (size_t at = 0; at < WINDINGS; at++) {
        it->u_v[at] = gw_item_number(item, u[at]);
        it->sn_va[at] = gw_item_number(item, sn[at]);
        it->node[at] = gw_item_node(item, node[at], &in->nodes);
        it->closed[at] = gw_item_flag(item, status[at], true);
        if (!(it->sn_va[at] > 0)) gw_item_blame(item, sn[at], "the rating is not above zero");
    }
}

/* Measured between two windings each, in the rating of the smaller; solved for the legs. */
static void solve_legs(gw_item *item, const tapping *tap, star *it) {
    static const char *const uk[] = {"uk_12", "uk_13", "uk_23"};
    static const char *const pk[] = {"pk_12", "pk_13", "pk_23"};
    static const char *const uk_ends[][2] = {
        {"uk_12_min", "uk_12_max"}, {"uk_13_min", "uk_13_max"}, {"uk_23_min", "uk_23_max"}};
    static const char *const pk_ends[][2] = {
        {"pk_12_min", "pk_12_max"}, {"pk_13_min", "pk_13_max"}, {"pk_23_min", "pk_23_max"}};
    static const size_t pairs[][2] = {{0, 1}, {0, 2}, {1, 2}};
    double between_uk[WINDINGS];
    double between_pk[WINDINGS];
    for (size_t at = 0; at < WINDINGS; at++) {
        const double to_first =
            it->sn_va[0] / smaller(it->sn_va[pairs[at][0]], it->sn_va[pairs[at][1]]);
        between_uk[at] = at_tap(item, tap, uk[at], uk_ends[at]) * to_first;
        between_pk[at] = at_tap(item, tap, pk[at], pk_ends[at]) * to_first * to_first;
    }
    for (size_t at = 0; at < WINDINGS; at++) {
        /* the two pairs with this winding, less the one without */
        const double own = it->sn_va[at] / it->sn_va[0];
        const size_t without = WINDINGS - 1 - at;
        double sum_uk = 0;
        double sum_pk = 0;
        for (size_t pair = 0; pair < WINDINGS; pair++) {
            sum_uk += (pair == without ? -0.5 : 0.5) * between_uk[pair];
            sum_pk += (pair == without ? -0.5 : 0.5) * between_pk[pair];
        }
        it->uk[at] = sum_uk * own;
        it->pk_w[at] = sum_pk * own * own;
    }
}

static gw_status make_leg(gw_pgm_reading *in, const gw_item *item, const star *from, size_t at,
                          gw_net_transformer **ret) {
    char name[40];
    const json_t *id = json_object_get(item->object, "id");
    gw_net_transformer *leg = &in->net.transformers[in->net.transformer_count++];
    (void)snprintf(name, sizeof name, "%lld/%zu", (long long)json_integer_value(id), at + 1);
    GW_TRY(gw_text_copy(in->arena, gw_text_from_c(name), &leg->id, in->reterr));
    leg->from = from->node[at];
    leg->to = (uint32_t)in->net.node_count - 1;
    leg->closed = true;
    leg->open_from = !from->closed[at];
    leg->is_pi = true;
    leg->is_leg = true;
    leg->u1_v = from->u_v[at];
    leg->u2_v = from->u_v[0];
    leg->sn_va = from->sn_va[at];
    leg->uk_pct = 100 * from->uk[at];
    leg->pk_w = from->pk_w[at];
    *ret = leg;
    return gw_ok();
}

static gw_status make_star_node(gw_pgm_reading *in, const gw_item *item, uint32_t beside) {
    char name[40];
    const json_t *id = json_object_get(item->object, "id");
    gw_net_node *node = &in->net.nodes[in->net.node_count++];
    (void)snprintf(name, sizeof name, "%lld/star", (long long)json_integer_value(id));
    node->un_v = in->net.nodes[beside].un_v;
    return gw_text_copy(in->arena, gw_text_from_c(name), &node->id, in->reterr);
}

static void read_first_leg(gw_item *item, gw_net_transformer *leg) {
    leg->from_winding = leg->to_winding = GW_NET_WYE_GROUNDED;
    leg->i0_pct = leg->i0_zero_pct = 100 * gw_item_number_or(item, "i0", 0);
    leg->p0_w = leg->p0_zero_w = gw_item_number_or(item, "p0", 0);
    leg->r_ground_from_ohm = gw_item_number_or(item, "r_grounding_1", 0);
    leg->x_ground_from_ohm = gw_item_number_or(item, "x_grounding_1", 0);
}

static void read_other_leg(gw_item *item, size_t at, gw_net_transformer *leg) {
    enum { CLOCKS = 12 };
    static const char *const clocks[] = {NULL, "clock_12", "clock_13"};
    static const char *const windings[] = {NULL, "winding_2", "winding_3"};
    static const char *const r[] = {NULL, "r_grounding_2", "r_grounding_3"};
    static const char *const x[] = {NULL, "x_grounding_2", "x_grounding_3"};
    leg->from_winding = read_winding(item, windings[at]);
    leg->to_winding = read_winding(item, "winding_1");
    leg->clock = (CLOCKS - read_clock(item, clocks[at])) % CLOCKS;
    check_group(item, clocks[at], leg);
    leg->r_ground_from_ohm = gw_item_number_or(item, r[at], 0);
    leg->x_ground_from_ohm = gw_item_number_or(item, x[at], 0);
}

gw_status gw_pgm_read_three_winding(gw_pgm_reading *in, gw_item *item) {
    star it = {0};
    const tapping tap = read_tap(item);
    const double side = gw_item_number(item, "tap_side");
    read_windings(in, item, &it);
    solve_legs(item, &tap, &it);
    if (!gw_is_ok(item->status)) return gw_ok();
    for (size_t at = 0; at < WINDINGS; at++)
        if (side == (double)at)
            it.u_v[at] +=
                tap.direction * (tap.pos - tap.nominal) * gw_item_number_or(item, "tap_size", 0);
    GW_TRY(make_star_node(in, item, it.node[0]));
    for (size_t at = 0; at < WINDINGS; at++) {
        gw_net_transformer *leg = NULL;
        GW_TRY(make_leg(in, item, &it, at, &leg));
        if (at == 0)
            read_first_leg(item, leg);
        else
            read_other_leg(item, at, leg);
    }
    return gw_ok();
}
