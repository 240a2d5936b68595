/* SPDX-License-Identifier: Apache-2.0
 *
 * What every solution has to satisfy, on random networks: meshed, with shunts, uneven lines and
 * transformers side by side. Ohm's and Kirchhoff's laws are checked from the state alone.
 */
#include "grid/flow_element.h"
#include "grid/flow_tensor.h"
#include "tests/support/flow_case.h"
#include "tests/support/random_net.h"

enum { ROUNDS = 40, EXTRA = 8 };

static const size_t arena_cap = 64UL * 1024 * 1024;
static const double root_3 = 1.7320508075688772935;

/* A random network and what makes it harder. */
typedef struct rich_net {
    random_net base;
    gw_net net;
    gw_net_branch branches[RANDOM_NODES + EXTRA];
    gw_net_matrix matrices[RANDOM_NODES + EXTRA];
    gw_net_transformer transformers[2];
    gw_net_shunt shunts[EXTRA];
    gw_net_source sources[2];
} rich_net;

static void make_uneven(rich_net *it, seeded *random, size_t at) {
    gw_net_branch *branch = &it->branches[at];
    gw_net_matrix *matrix = &it->matrices[at];
    const double own_r = (branch->r0_ohm + 2 * branch->r1_ohm) / 3;
    const double own_x = (branch->x0_ohm + 2 * branch->x1_ohm) / 3;
    for (int entry = 0; entry < GW_NET_TRIANGLE; entry++) {
        const bool is_own = entry == 0 || entry == 2 || entry == 5;
        const double size = is_own ? 1 : 0.4;
        matrix->r_ohm[entry] = size * own_r * (0.9 + 0.2 * random_part(random));
        matrix->x_ohm[entry] = size * own_x * (0.9 + 0.2 * random_part(random));
        matrix->b_s[entry] = (is_own ? 1e-4 : -2e-5) * random_part(random);
    }
    branch->matrix = matrix;
    gw_net_branch_average(branch);
}

static void add_links(rich_net *it, seeded *random) {
    const int count = (int)seeded_between(random, 0, 4);
    for (int at = 0; at < count; at++) {
        const uint32_t from = (uint32_t)seeded_between(random, 1, RANDOM_NODES - 4);
        const uint32_t to = 1 + (from + (uint32_t)seeded_between(random, 0, 20)) % 50;
        if (from != to) it->branches[it->net.branch_count++] = random_branch(random, from, to);
    }
}

static void add_shunts(rich_net *it, seeded *random) {
    it->net.shunt_count = (size_t)seeded_between(random, 0, 3);
    for (size_t at = 0; at < it->net.shunt_count; at++)
        it->shunts[at] =
            (gw_net_shunt){.id = GW_TEXT("shunt"),
                           .node = (uint32_t)seeded_between(random, 1, RANDOM_NODES - 1),
                           .closed = true,
                           .g1_s = 0.02 * random_part(random),
                           .b1_s = 0.2 * random_part(random) - 0.1,
                           .g0_s = 0.01 * random_part(random),
                           .b0_s = 0.1 * random_part(random)};
}

static void add_transformer(rich_net *it, seeded *random) {
    static const gw_net_winding below[] = {GW_NET_WYE_GROUNDED, GW_NET_WYE, GW_NET_WYE_GROUNDED};
    it->transformers[1] = it->transformers[0];
    it->transformers[1].to_winding = below[seeded_between(random, 0, 2)];
    it->transformers[1].sn_va = 160000;
    it->transformers[1].tap_steps = 1;
    it->transformers[1].tap_step_pct = 1;
    it->transformers[1].r_ground_to_ohm = 0.05;
    it->net.transformer_count = (size_t)seeded_between(random, 1, 2);
}

static void rich_make(rich_net *it, seeded *random, gw_net_model model) {
    memset(it, 0, sizeof *it);
    random_net_make(&it->base, random, model);
    it->net = it->base.net;
    memcpy(it->branches, it->base.branches, sizeof it->base.branches);
    memcpy(it->transformers, it->base.transformers, sizeof it->base.transformers);
    memcpy(it->sources, it->base.sources, sizeof it->base.sources);
    it->net.branches = it->branches;
    it->net.transformers = it->transformers;
    it->net.shunts = it->shunts;
    it->net.sources = it->sources;
    add_links(it, random);
    add_shunts(it, random);
    add_transformer(it, random);
    for (size_t at = 0; at < it->net.branch_count && model == GW_NET_THREE_PHASE; at++)
        if (seeded_between(random, 0, 3) == 0) make_uneven(it, random, at);
}

/* ---- Ohm and Kirchhoff ---- */

static gw_triple voltage_v(const gw_net *net, const gw_flow_state *found, uint32_t node) {
    const double scale = net->nodes[node].un_v / root_3;
    gw_triple v = {0};
    for (size_t phase = 0; phase < found->phases; phase++)
        v.at[phase] = gw_phasor_scale(found->node_v[node * found->phases + phase], scale);
    return v;
}

static gw_tensor spread(double re1, double im1, double re0, double im0) {
    const gw_coupling coupling = {{re1, im1}, {(re0 - re1) / 3, (im0 - im1) / 3}};
    return gw_tensor_of_coupling(&coupling);
}

static gw_tensor plain(gw_phasor own) {
    const gw_coupling coupling = {own, {0, 0}};
    return gw_tensor_of_coupling(&coupling);
}

/* Impedance and half the admittance of a branch, in ohm and siemens. */
static void matrices_of(const gw_net *net, const gw_net_branch *it, gw_tensor *z, gw_tensor *y) {
    const bool is_one = net->model == GW_NET_BALANCED;
    *z = is_one ? plain((gw_phasor){it->r1_ohm, it->x1_ohm})
                : spread(it->r1_ohm, it->x1_ohm, it->r0_ohm, it->x0_ohm);
    *y = is_one ? plain((gw_phasor){it->g1_s / 2, it->b1_s / 2})
                : spread(it->g1_s / 2, it->b1_s / 2, it->g0_s / 2, it->b0_s / 2);
    if (is_one || it->matrix == NULL) return;
    *z = gw_tensor_of_triangle(it->matrix->r_ohm, it->matrix->x_ohm, 1);
    *y = gw_tensor_of_triangle(it->matrix->g_s, it->matrix->b_s, 0.5);
}

static double size_of(const gw_triple *it) {
    double most = 0;
    for (int at = 0; at < 3; at++)
        most = gw_phasor_size(it->at[at]) > most ? gw_phasor_size(it->at[at]) : most;
    return most;
}

static gw_triple ends_of(const gw_phasor *amperes, size_t phases, size_t at) {
    gw_triple made = {0};
    for (size_t phase = 0; phase < phases; phase++) made.at[phase] = amperes[at * phases + phase];
    return made;
}

static void assert_ohm(const gw_net *net, const gw_flow_state *found) {
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_net_branch *it = &net->branches[at];
        gw_tensor z;
        gw_tensor y;
        if (!it->closed || it->open_from || it->open_to) continue;
        matrices_of(net, it, &z, &y);
        const gw_triple from = voltage_v(net, found, it->from);
        const gw_triple to = voltage_v(net, found, it->to);
        const gw_triple into = ends_of(found->branches.from_a, found->phases, at);
        const gw_triple drawn = gw_tensor_apply(&y, &from);
        const gw_triple series = gw_triple_subtract(&into, &drawn);
        const gw_triple drop = gw_tensor_apply(&z, &series);
        const gw_triple met = gw_triple_subtract(&from, &drop);
        const gw_triple off = gw_triple_subtract(&met, &to);
        assert_true(size_of(&off) < 1e-6);
    }
}

static gw_triple point_a(const gw_net *net, const gw_flow_state *found, const gw_net_point *it) {
    const bool is_one = found->phases == 1;
    const unsigned phases = it->phases == 0 || is_one ? 7u : it->phases;
    const double count = (phases & 1) + (phases >> 1 & 1) + (phases >> 2 & 1);
    const gw_triple v = voltage_v(net, found, it->node);
    gw_triple made = {0};
    for (size_t phase = 0; phase < found->phases; phase++) {
        if ((phases >> phase & 1) == 0 || gw_phasor_square(v.at[phase]) == 0) continue;
        const double size = gw_phasor_size(v.at[phase]) / (net->nodes[it->node].un_v / root_3);
        const double factor = it->load == GW_NET_POWER     ? 1
                              : it->load == GW_NET_CURRENT ? size
                                                           : size * size;
        const gw_phasor power = {it->p_w * factor / count, -it->q_var * factor / count};
        made.at[phase] = gw_phasor_divide(power, gw_phasor_conjugate(v.at[phase]));
    }
    return made;
}

static void add_to(gw_triple *sums, uint32_t node, const gw_triple *more) {
    sums[node] = gw_triple_add(&sums[node], more);
}

/* What goes into branches, points and shunts of a node comes from its sources. */
static void assert_kirchhoff(gw_arena *arena, const gw_net *net, const gw_flow_state *found) {
    gw_triple *sums = NULL;
    gw_fault fault = {0};
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, gw_triple, net->node_count, &sums, &fault)));
    for (size_t at = 0; at < net->branch_count; at++) {
        const gw_triple from = ends_of(found->branches.from_a, found->phases, at);
        const gw_triple to = ends_of(found->branches.to_a, found->phases, at);
        add_to(sums, net->branches[at].from, &from);
        add_to(sums, net->branches[at].to, &to);
    }
    for (size_t at = 0; at < net->transformer_count; at++) {
        const gw_triple from = ends_of(found->transformers.from_a, found->phases, at);
        const gw_triple to = ends_of(found->transformers.to_a, found->phases, at);
        add_to(sums, net->transformers[at].from, &from);
        add_to(sums, net->transformers[at].to, &to);
    }
    for (size_t at = 0; at < net->point_count; at++) {
        const gw_triple taken = point_a(net, found, &net->points[at]);
        add_to(sums, net->points[at].node, &taken);
    }
    for (size_t at = 0; at < net->shunt_count; at++) {
        const gw_net_shunt *it = &net->shunts[at];
        const gw_tensor y = found->phases == 1 ? plain((gw_phasor){it->g1_s, it->b1_s})
                                               : spread(it->g1_s, it->b1_s, it->g0_s, it->b0_s);
        const gw_triple v = voltage_v(net, found, it->node);
        const gw_triple drawn = gw_tensor_apply(&y, &v);
        add_to(sums, it->node, &drawn);
    }
    for (size_t at = 0; at < net->source_count; at++) {
        const gw_triple fed = ends_of(found->source_a, found->phases, at);
        sums[net->sources[at].node] = gw_triple_subtract(&sums[net->sources[at].node], &fed);
    }
    for (size_t at = 0; at < net->node_count; at++) assert_true(size_of(&sums[at]) < 1e-5);
}

static void laws_hold(gw_net_model model) {
    seeded random = {20261123};
    for (int round = 0; round < ROUNDS; round++) {
        static rich_net it;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        rich_make(&it, &random, model);
        const gw_flow_state found = flow_solved(arena, &it.net);
        assert_ohm(&it.net, &found);
        assert_kirchhoff(arena, &it.net, &found);
    }
}

static void balanced_states_obey_ohm_and_kirchhoff(void **state) {
    (void)state;
    laws_hold(GW_NET_BALANCED);
}

static void three_phase_states_obey_ohm_and_kirchhoff(void **state) {
    (void)state;
    laws_hold(GW_NET_THREE_PHASE);
}

/* ---- the same network in other words ---- */

static void a_symmetric_three_phase_network_is_the_balanced_one(void **state) {
    (void)state;
    seeded random = {7};
    for (int round = 0; round < ROUNDS; round++) {
        static rich_net it;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        rich_make(&it, &random, GW_NET_BALANCED);
        const gw_flow_state one = flow_solved(arena, &it.net);
        it.net.model = GW_NET_THREE_PHASE;
        const gw_flow_state three = flow_solved(arena, &it.net);
        for (size_t at = 0; at < it.net.node_count; at++)
            for (size_t phase = 0; phase < 3; phase++) {
                const gw_phasor turned =
                    gw_phasor_multiply(one.node_v[at], gw_phasor_turn(-120.0 * (double)phase));
                assert_true(gw_phasor_size(
                                gw_phasor_subtract(turned, three.node_v[3 * at + phase])) < 1e-10);
            }
        assert_true(flow_away(one.source_va[0].re, three.source_va[0].re) < 1e-3);
        assert_true(flow_away(one.loss_w, three.loss_w) < 1e-3);
    }
}

static gw_net_matrix turned_matrix(const gw_net_matrix *it) {
    static const int from[GW_NET_TRIANGLE] = {5, 3, 0, 4, 1, 2};
    gw_net_matrix made;
    for (int at = 0; at < GW_NET_TRIANGLE; at++) {
        made.r_ohm[at] = it->r_ohm[from[at]];
        made.x_ohm[at] = it->x_ohm[from[at]];
        made.g_s[at] = it->g_s[from[at]];
        made.b_s[at] = it->b_s[from[at]];
    }
    return made;
}

static void turned_phases_turn_the_state(void **state) {
    (void)state;
    seeded random = {99};
    const gw_phasor back = gw_phasor_turn(-120);
    for (int round = 0; round < ROUNDS; round++) {
        static rich_net it;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        rich_make(&it, &random, GW_NET_THREE_PHASE);
        const gw_flow_state before = flow_solved(arena, &it.net);
        for (size_t at = 0; at < it.net.branch_count; at++)
            if (it.branches[at].matrix != NULL) it.matrices[at] = turned_matrix(&it.matrices[at]);
        for (size_t at = 0; at < it.net.point_count; at++) {
            const unsigned phases = it.net.points[at].phases;
            it.net.points[at].phases = (phases << 1 & 7) | phases >> 2;
        }
        const gw_flow_state after = flow_solved(arena, &it.net);
        for (size_t at = 0; at < it.net.node_count; at++)
            for (size_t phase = 0; phase < 3; phase++) {
                const gw_phasor wanted = gw_phasor_multiply(before.node_v[3 * at + phase], back);
                const gw_phasor got = after.node_v[3 * at + (phase + 1) % 3];
                assert_true(gw_phasor_size(gw_phasor_subtract(wanted, got)) < 1e-10);
            }
    }
}

static void shuffle_branches(gw_net *net, seeded *random) {
    for (size_t at = net->branch_count; at > 1; at--) {
        const size_t other = (size_t)seeded_between(random, 0, (int64_t)at - 1);
        const gw_net_branch kept = net->branches[at - 1];
        net->branches[at - 1] = net->branches[other];
        net->branches[other] = kept;
    }
}

/* Node `at` becomes node place[at]. */
static void rename_nodes(rich_net *it, const uint32_t place[RANDOM_NODES]) {
    gw_net_node nodes[RANDOM_NODES];
    memcpy(nodes, it->net.nodes, sizeof nodes);
    for (size_t at = 0; at < RANDOM_NODES; at++) it->net.nodes[place[at]] = nodes[at];
    for (size_t at = 0; at < it->net.branch_count; at++) {
        it->branches[at].from = place[it->branches[at].from];
        it->branches[at].to = place[it->branches[at].to];
    }
    for (size_t at = 0; at < it->net.transformer_count; at++) {
        it->transformers[at].from = place[it->transformers[at].from];
        it->transformers[at].to = place[it->transformers[at].to];
    }
    for (size_t at = 0; at < it->net.point_count; at++)
        it->net.points[at].node = place[it->net.points[at].node];
    for (size_t at = 0; at < it->net.shunt_count; at++)
        it->shunts[at].node = place[it->shunts[at].node];
    it->sources[0].node = place[it->sources[0].node];
}

static void the_order_of_nodes_and_branches_does_not_matter(void **state) {
    (void)state;
    seeded random = {4711};
    for (int round = 0; round < ROUNDS; round++) {
        static rich_net it;
        uint32_t place[RANDOM_NODES];
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        rich_make(&it, &random, round % 2 == 0 ? GW_NET_BALANCED : GW_NET_THREE_PHASE);
        const gw_flow_state before = flow_solved(arena, &it.net);
        for (uint32_t at = 0; at < RANDOM_NODES; at++) place[at] = (at * 37 + 11) % RANDOM_NODES;
        rename_nodes(&it, place);
        shuffle_branches(&it.net, &random);
        const gw_flow_state after = flow_solved(arena, &it.net);
        for (size_t at = 0; at < RANDOM_NODES * before.phases; at++) {
            const size_t node = at / before.phases;
            const size_t phase = at % before.phases;
            assert_true(gw_phasor_size(gw_phasor_subtract(
                            before.node_v[at], after.node_v[place[node] * before.phases + phase])) <
                        1e-10);
        }
    }
}

/* All voltages times `volts` and all impedances times `ohms`: in per unit nothing has changed. */
static void rescale(rich_net *it, double volts, double ohms) {
    const double watts = volts * volts / ohms;
    for (size_t at = 0; at < it->net.node_count; at++) it->net.nodes[at].un_v *= volts;
    for (size_t at = 0; at < it->net.branch_count; at++) {
        gw_net_branch *branch = &it->branches[at];
        double *const by_ohm[] = {&branch->r1_ohm, &branch->x1_ohm, &branch->r0_ohm,
                                  &branch->x0_ohm};
        double *const by_siemens[] = {&branch->g1_s, &branch->b1_s, &branch->g0_s, &branch->b0_s};
        for (int field = 0; field < 4; field++) *by_ohm[field] *= ohms;
        for (int field = 0; field < 4; field++) *by_siemens[field] /= ohms;
        for (int entry = 0; entry < GW_NET_TRIANGLE && branch->matrix != NULL; entry++) {
            it->matrices[at].r_ohm[entry] *= ohms;
            it->matrices[at].x_ohm[entry] *= ohms;
            it->matrices[at].b_s[entry] /= ohms;
        }
    }
    for (size_t at = 0; at < it->net.transformer_count; at++) {
        gw_net_transformer *one = &it->transformers[at];
        one->u1_v *= volts;
        one->u2_v *= volts;
        one->sn_va *= watts;
        one->pk_w *= watts;
        one->p0_w *= watts;
        one->r_ground_to_ohm *= ohms;
    }
    for (size_t at = 0; at < it->net.shunt_count; at++) {
        it->shunts[at].g1_s /= ohms;
        it->shunts[at].b1_s /= ohms;
        it->shunts[at].g0_s /= ohms;
        it->shunts[at].b0_s /= ohms;
    }
    for (size_t at = 0; at < it->net.point_count; at++) {
        it->net.points[at].p_w *= watts;
        it->net.points[at].q_var *= watts;
    }
    it->sources[0].isc3_a *= volts / ohms;
}

static void other_volts_and_ohms_give_the_same_per_unit(void **state) {
    (void)state;
    seeded random = {31};
    for (int round = 0; round < ROUNDS; round++) {
        static rich_net it;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        rich_make(&it, &random, round % 2 == 0 ? GW_NET_BALANCED : GW_NET_THREE_PHASE);
        const gw_flow_state before = flow_solved(arena, &it.net);
        rescale(&it, 0.3 + 5 * random_part(&random), 0.1 + 20 * random_part(&random));
        const gw_flow_state after = flow_solved(arena, &it.net);
        assert_true(flow_voltages_away(&it.net, &before, &after) < 1e-10);
    }
}

/* With loads of constant impedance only, a network is linear: what two sources do together is what
 * they do one by one. */
static void sources_superpose_in_a_linear_network(void **state) {
    (void)state;
    seeded random = {1234};
    for (int round = 0; round < ROUNDS; round++) {
        static rich_net it;
        gw_flow_state found[4];
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        rich_make(&it, &random, round % 2 == 0 ? GW_NET_BALANCED : GW_NET_THREE_PHASE);
        for (size_t at = 0; at < it.net.point_count; at++)
            it.net.points[at].load = GW_NET_IMPEDANCE;
        it.sources[1] = it.sources[0];
        it.sources[1].node = 30;
        it.net.source_count = 2;
        for (unsigned at = 0; at < 4; at++) {
            it.sources[0].u_pu = (at & 1) != 0 ? 1.05 : 0.98;
            it.sources[1].u_pu = (at & 2) != 0 ? 1.03 : 0.97;
            it.sources[1].angle_deg = (at & 2) != 0 ? -150 : -148;
            found[at] = flow_solved(arena, &it.net);
        }
        for (size_t at = 0; at < RANDOM_NODES * found[0].phases; at++) {
            const gw_phasor outer = gw_phasor_add(found[0].node_v[at], found[3].node_v[at]);
            const gw_phasor inner = gw_phasor_add(found[1].node_v[at], found[2].node_v[at]);
            assert_true(gw_phasor_size(gw_phasor_subtract(outer, inner)) < 1e-10);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_states_obey_ohm_and_kirchhoff),
        cmocka_unit_test(three_phase_states_obey_ohm_and_kirchhoff),
        cmocka_unit_test(a_symmetric_three_phase_network_is_the_balanced_one),
        cmocka_unit_test(turned_phases_turn_the_state),
        cmocka_unit_test(the_order_of_nodes_and_branches_does_not_matter),
        cmocka_unit_test(other_volts_and_ohms_give_the_same_per_unit),
        cmocka_unit_test(sources_superpose_in_a_linear_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
