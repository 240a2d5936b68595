/* SPDX-License-Identifier: Apache-2.0
 *
 * The worked examples of a need: the European LV feeder, minute 566, all loads three times, and
 * case33bw (../shared/data/grid/worked/flex_need_*.json). The examples cut one load at a time; that
 * rule is here, the product's programme must not need more.
 */
#include "grid/flow_need.h"
#include "grid/flow_run.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

static json_t *read_example(gw_arena *arena) {
    const gw_bytes bytes = grid_data_read(arena, "worked/flex_need_eulv_x3.json");
    json_t *example = json_loadb((const char *)bytes.at, bytes.length, 0, NULL);
    assert_non_null(example);
    return example;
}

static void take_times_three(gw_net *net) {
    for (size_t at = 0; at < net->point_count; at++) {
        net->points[at].p_w *= 3;
        net->points[at].q_var *= 3;
    }
}

typedef struct range {
    double least;
    double most;
} range;

/* Volts per kilowatt at 899.2 over all points of a phase. */
static range range_of(const gw_net *net, const gw_flow_effect *found, unsigned phase,
                      double to_v_per_kw) {
    range it = {1e9, -1e9};
    for (size_t at = 0; at < net->point_count; at++) {
        const double slope = found[at].low * to_v_per_kw;
        if (net->points[at].phases != phase) continue;
        it.least = slope < it.least ? slope : it.least;
        it.most = slope > it.most ? slope : it.most;
    }
    return it;
}

static void assert_range(range got, const json_t *wanted) {
    const double least = json_real_value(json_array_get(wanted, 0));
    const double most = json_real_value(json_array_get(wanted, 1));
    if (got.least - least > 0.002 || least - got.least > 0.002 || got.most - most > 0.002 ||
        most - got.most > 0.002) {
        print_error("%.4f to %.4f, expected %.3f to %.3f\n", got.least, got.most, least, most);
        fail();
    }
}

static void the_effects_at_the_lowest_node_are_as_worked_out(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_flow_effects found;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    json_t *example = read_example(arena);
    const json_t *effects = json_object_get(example, "dv_worst_v_per_kw_reduction");
    gw_flow_limit limit = {.kind = GW_LIMIT_VOLTAGE_LOW, .phase = 1};
    while (!gw_text_is(net.nodes[limit.element].id, "899")) limit.element++;
    take_times_three(&net);
    /* the loads of the example are cut with their reactive power */
    const gw_flow_question question = {
        .net = &net, .limits = {&limit, 1}, .cut = GW_FLOW_CUT_WHOLE};
    assert_true(gw_is_ok(gw_flow_effects_find(arena, &question, &found, &fault)));
    const double to_v_per_kw = 1000 * net.nodes[limit.element].un_v / 1.7320508075688772935;
    assert_range(range_of(&net, found.at, GW_NET_PHASE_A, to_v_per_kw),
                 json_object_get(effects, "phase_A_range"));
    assert_range(range_of(&net, found.at, GW_NET_PHASE_B, to_v_per_kw),
                 json_object_get(effects, "same_phase_range"));
    assert_range(range_of(&net, found.at, GW_NET_PHASE_C, to_v_per_kw),
                 json_object_get(effects, "phase_C_range"));
    json_decref(example);
}

static gw_flow_lever *levers_of(gw_arena *arena, const gw_net *net, double part) {
    gw_flow_lever *levers = NULL;
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, gw_flow_lever, net->point_count, &levers, NULL)));
    for (uint32_t at = 0; at < net->point_count; at++)
        levers[at] =
            (gw_flow_lever){.point = at, .less = {(int64_t)(net->points[at].p_w * part + 0.5)}};
    return levers;
}

/* ---- the rule of the examples: the best single load for the lowest node, again and again ---- */

typedef struct greedy {
    gw_arena *arena;
    gw_net net;
    gw_flow_limits limits; /* voltages */
    gw_flow_cut cut;
    double *cap_w; /* what is left of each load */
    double *cut_w;
    double total_w;
    int steps;
    double worst; /* lowest voltage over the limits */
} greedy;

/* The lowest node and the load that lifts it most; false: everything is as high as wanted. */
static bool find_step(greedy *it, double target, size_t *ret_point, double *ret_w) {
    gw_fault fault = {0};
    gw_flow_effects found;
    gw_flow_run *run = NULL;
    gw_flow_state state;
    gw_flow_worst lowest;
    assert_true(gw_is_ok(gw_flow_run_open(it->arena, &it->net, 0, &run, &fault)));
    assert_true(gw_is_ok(gw_flow_run_build(it->arena, run, &fault)));
    assert_true(gw_is_ok(gw_flow_state_make(it->arena, &it->net, run->phases, &state, &fault)));
    assert_true(gw_is_ok(gw_flow_run_settle(run, GW_FLOW_FLAT, &fault)));
    gw_flow_run_read(run, &state);
    assert_true(gw_flow_limits_worst(&it->limits, &it->net, &state, &lowest));
    it->worst = lowest.value;
    if (lowest.value >= target - 1e-6) return false;
    const gw_flow_question question = {
        .net = &it->net, .limits = {&it->limits.at[lowest.at], 1}, .cut = it->cut};
    assert_true(gw_is_ok(gw_flow_effects_find(it->arena, &question, &found, &fault)));
    double best = 0;
    for (size_t at = 0; at < it->net.point_count; at++) {
        if (found.at[at].low <= best || it->cap_w[at] <= 0) continue;
        best = found.at[at].low;
        *ret_point = at;
    }
    *ret_w = best > 0 ? (target - lowest.value) / best : 0;
    return best > 0;
}

static void run_greedy(greedy *it, double part, double target) {
    size_t at = 0;
    double wanted_w = 0;
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, double, it->net.point_count, &it->cap_w, NULL)));
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, double, it->net.point_count, &it->cut_w, NULL)));
    for (at = 0; at < it->net.point_count; at++) it->cap_w[at] = it->net.points[at].p_w * part;
    for (it->steps = 0; it->steps < 200 && find_step(it, target, &at, &wanted_w); it->steps++) {
        gw_net_point *point = &it->net.points[at];
        const double step_w = wanted_w < it->cap_w[at] ? wanted_w : it->cap_w[at];
        if (it->cut == GW_FLOW_CUT_WHOLE) point->q_var -= step_w * point->q_var / point->p_w;
        point->p_w -= step_w;
        it->cap_w[at] -= step_w;
        it->cut_w[at] += step_w;
        it->total_w += step_w;
    }
}

static void assert_near(const char *what, double got, double wanted, double tolerance) {
    const double off = got > wanted ? got - wanted : wanted - got;
    if (off <= tolerance) return;
    print_error("%s: %.9g, expected %.9g within %.3g\n", what, got, wanted, tolerance);
    fail();
}

/* ---- European feeder ---- */

static const double volt = 1.7320508075688772935 / 416;

static gw_flow_limits low_limits(gw_arena *arena, const gw_net *net, double low_pu) {
    gw_flow_limits limits;
    const gw_flow_limit_options options = {.kinds = 1U << GW_LIMIT_VOLTAGE_LOW,
                                           .voltage_low_ppm = (int64_t)(low_pu * 1e6 + 0.5)};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, net, &options, &limits, NULL)));
    return limits;
}

static double number_of(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

static void the_feeder_before_is_as_worked_out(void **state) {
    (void)state;
    gw_flow_need need;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    json_t *example = read_example(arena);
    const json_t *before = json_object_get(example, "before");
    take_times_three(&net);
    const gw_flow_limits limits = low_limits(arena, &net, 207 * volt);
    const gw_flow_need_question question = {.net = &net, .limits = limits};
    assert_true(gw_is_ok(gw_flow_need_find(arena, &question, &need, NULL)));
    assert_int_equal(need.verdict, GW_NEED_NOT_ENOUGH); /* there is nobody to ask */
    assert_int_equal(need.row_count, 3);
    assert_near("lowest", need.rows[0].before.upper / volt, number_of(before, "v_min_v"), 5e-4);
    static const char *const nodes[] = {"899", "886", "639"};
    for (size_t at = 0; at < 3; at++) {
        const gw_flow_limit *limit = &limits.at[need.rows[at].limit];
        assert_true(gw_text_is(limit->id, nodes[at]) && limit->phase == 1);
    }
    json_decref(example);
}

static void the_greedy_rule_needs_3_03_kw(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    json_t *example = read_example(arena);
    const json_t *wanted = json_object_get(example, "greedy_with_50pct_cap");
    greedy it = {.arena = arena, .cut = GW_FLOW_CUT_WHOLE};
    it.net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    take_times_three(&it.net);
    it.limits = low_limits(arena, &it.net, 207 * volt);
    run_greedy(&it, 0.5, 208 * volt);
    assert_near("kilowatts", it.total_w / 1000, number_of(wanted, "total_kw"), 0.01);
    assert_near("LOAD53", it.cut_w[52] / 1000, 2.65, 0.01);
    assert_near("LOAD35", it.cut_w[34] / 1000, 0.38, 0.01);
    assert_near("lowest after", it.worst / volt, number_of(wanted, "v_min_after_v"), 2e-3);
    json_decref(example);
}

/* All loads at once: the power flow confirms 208 V with less than the greedy rule takes. */
static void the_programme_needs_no_more_and_is_confirmed(void **state) {
    (void)state;
    gw_flow_need need;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    take_times_three(&net);
    const gw_flow_limits limits = low_limits(arena, &net, 207 * volt);
    const gw_flow_need_question question = {.net = &net,
                                            .limits = limits,
                                            .levers = levers_of(arena, &net, 0.5),
                                            .lever_count = net.point_count,
                                            .margin_ppm = {(int64_t)(volt * 1e6 + 0.5)},
                                            .cut = GW_FLOW_CUT_WHOLE};
    assert_true(gw_is_ok(gw_flow_need_find(arena, &question, &need, NULL)));
    assert_int_equal(need.verdict, GW_NEED_CONFIRMED);
    assert_true(need.rounds <= 1 + GW_NEED_ROUNDS_MOST);
    assert_true(need.least_w <= 3030);
    assert_near("LOAD53 and LOAD35 alone", (double)(need.change_w[52] + need.change_w[34]),
                -(double)need.least_w, 0.5);
    assert_int_equal(need.rows[0].reference, 52);
    for (size_t row = 0; row < need.row_count; row++)
        assert_true(need.rows[row].after.upper / volt >= 207.999);
    /* LOAD50 and a load on phase C, as a share of LOAD53 */
    assert_near("LOAD50", (double)need.rows[0].effectiveness[49].less_ppm / 1e6, 1.211 / 1.276,
                2e-3);
    assert_true(need.rows[0].effectiveness[0].less_ppm < 0);
    for (size_t at = 0; at < net.point_count; at++)
        if (net.points[at].phases == GW_NET_PHASE_C)
            assert_true(need.rows[0].effectiveness[at].less_ppm < 0 &&
                        need.rows[0].effectiveness[at].more_ppm > 0);
}

/* Nobody knows a phase: what is asked for must help on whichever it is. */
static void unknown_phases_leave_nothing_that_surely_helps(void **state) {
    (void)state;
    gw_flow_need need;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    take_times_three(&net);
    for (size_t at = 0; at < net.point_count; at++)
        if (net.points[at].phases != GW_NET_PHASE_B) {
            net.points[at].phases = 0;
            net.points[at].is_phase_unknown = true;
        }
    const gw_flow_limits limits = low_limits(arena, &net, 207 * volt);
    const gw_flow_need_question question = {.net = &net,
                                            .limits = limits,
                                            .levers = levers_of(arena, &net, 0.5),
                                            .lever_count = net.point_count,
                                            .cut = GW_FLOW_CUT_WHOLE};
    assert_true(gw_is_ok(gw_flow_need_find(arena, &question, &need, NULL)));
    for (size_t at = 0; at < net.point_count; at++) {
        const bool is_unknown = net.points[at].is_phase_unknown;
        for (size_t row = 0; row < need.row_count && is_unknown; row++)
            assert_true(need.rows[row].effectiveness[at].less_ppm < 0 &&
                        need.rows[row].effectiveness[at].more_ppm < 0);
        if (is_unknown) assert_int_equal(need.change_w[at], 0);
    }
}

/* ---- case33bw ---- */

static void case33bw_is_as_worked_out(void **state) {
    (void)state;
    static const double targets[] = {0.92, 0.93, 0.95};
    static const double kilowatts[] = {134.1, 551.36, 1114.5};
    static const int steps[] = {7, 18, 32};
    for (size_t at = 0; at < 3; at++) {
        gw_flow_need need;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        greedy it = {.arena = arena};
        it.net = grid_data_net(arena, "minimal/case33bw.net.json");
        it.limits = low_limits(arena, &it.net, targets[at]);
        const gw_net net = grid_data_net(arena, "minimal/case33bw.net.json");
        const gw_flow_need_question question = {.net = &net,
                                                .limits = it.limits,
                                                .levers = levers_of(arena, &net, 0.3),
                                                .lever_count = net.point_count};
        run_greedy(&it, 0.3, targets[at]);
        assert_near("greedy", it.total_w / 1000, kilowatts[at], 0.011);
        assert_int_equal(it.steps, steps[at]);
        assert_true(gw_is_ok(gw_flow_need_find(arena, &question, &need, NULL)));
        assert_true((double)need.least_w <= it.total_w + 1);
        assert_int_equal(need.verdict, at < 2 ? GW_NEED_CONFIRMED : GW_NEED_NOT_ENOUGH);
        assert_int_equal(need.most_w, 1114500);
        if (at < 2) continue;
        assert_int_equal(need.least_w, 1114500);
        assert_near("as far as it gets", need.rows[0].after.upper, 0.932705, 1e-6);
        assert_true(need.rows[0].is_short && need.rows[0].missing_w > 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_effects_at_the_lowest_node_are_as_worked_out),
        cmocka_unit_test(the_feeder_before_is_as_worked_out),
        cmocka_unit_test(the_greedy_rule_needs_3_03_kw),
        cmocka_unit_test(the_programme_needs_no_more_and_is_confirmed),
        cmocka_unit_test(unknown_phases_leave_nothing_that_surely_helps),
        cmocka_unit_test(case33bw_is_as_worked_out),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
