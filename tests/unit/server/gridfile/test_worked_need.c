/* SPDX-License-Identifier: Apache-2.0
 *
 * The worked example of a need: European LV feeder, minute 566, all loads three times. Which cut
 * lifts the lowest voltage, and by how much: ../shared/data/grid/worked/flex_need_eulv_x3.json.
 */
#include "grid/flow_effect.h"
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
    const gw_net net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    json_t *example = read_example(arena);
    const json_t *effects = json_object_get(example, "dv_worst_v_per_kw_reduction");
    gw_flow_limit limit = {.kind = GW_LIMIT_VOLTAGE_LOW, .phase = 1};
    while (!gw_text_is(net.nodes[limit.element].id, "899")) limit.element++;
    for (size_t at = 0; at < net.point_count; at++) {
        net.points[at].p_w *= 3;
        net.points[at].q_var *= 3;
    }
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_effects_at_the_lowest_node_are_as_worked_out),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
