/* SPDX-License-Identifier: Apache-2.0
 *
 * SimBench 1-LV-rural1--0-no_sw: every quarter hour of 2016 (35,136 steps) against the reference
 * ../shared/data/grid/simbench_lv_rural1/reference, which agrees with pandapower.
 */
#include "grid/flow_batch.h"
#include "tests/support/grid_data.h"
#include "tests/support/simbench_year.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DAY = 96 };

static const size_t arena_cap = 512UL * 1024 * 1024;

static double away(double left, double right) { return left > right ? left - right : right - left; }

static void most_of(double *most, double value) { *most = value > *most ? value : *most; }

static double cell(const grid_table *table, size_t row, size_t column) {
    return grid_number(table->cells[row * table->columns + column]);
}

/* Least and most voltage of the low-voltage nodes. */
static void measure(const gw_net *net, const gw_phasor *node_v, double *least, double *most) {
    *least = 10;
    *most = 0;
    for (size_t at = 0; at < net->node_count; at++) {
        const double size = gw_phasor_size(node_v[at]);
        if (net->nodes[at].un_v > 1000) continue;
        *least = size < *least ? size : *least;
        *most = size > *most ? size : *most;
    }
}

/* The whole year, a day at a time. */
static void check_year(const gw_flow_batch_options *options) {
    gw_fault fault = {0};
    gw_flow_batch *batch = NULL;
    gw_flow_batch_results results;
    double worst_pu = 0;
    double worst_w = 0;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/simbench_lv_rural1.net.json");
    const simbench_year year = simbench_year_read(arena);
    const grid_table wanted =
        grid_table_read(arena, "simbench_lv_rural1/reference/year_powerflow_15min.csv", ',');
    assert_int_equal(wanted.rows, SIMBENCH_STEPS);
    assert_int_equal(net.point_count, SIMBENCH_POINTS);
    assert_true(gw_is_ok(gw_flow_batch_build(arena, &net, NULL, &batch, &fault)));
    assert_true(gw_is_ok(gw_flow_batch_results_make(arena, batch, DAY, &results, &fault)));
    assert_null(gw_flow_batch_shape_of(batch).reason);
    for (size_t step = 0; step < SIMBENCH_STEPS; step++) {
        const size_t at = step % DAY;
        double least = 0;
        double most = 0;
        if (at == 0)
            gw_flow_batch_solve(batch,
                                &(gw_flow_vectors){DAY, year.p_w + step * SIMBENCH_POINTS,
                                                   year.q_var + step * SIMBENCH_POINTS},
                                options, &results);
        assert_int_equal(results.verdicts[at], GW_FLOW_SOLVED);
        measure(&net, &results.node_v[at * net.node_count], &least, &most);
        most_of(&worst_pu, away(least, cell(&wanted, step, 6)));
        most_of(&worst_pu, away(most, cell(&wanted, step, 7)));
        most_of(&worst_w, away(results.source_va[at].re, 1000 * cell(&wanted, step, 3)));
    }
    print_message("worst: %.3g pu, %.3g W\n", worst_pu, worst_w);
    /* the reference is rounded to 1e-6 pu and 1e-5 kW */
    assert_true(worst_pu <= 6e-7);
    assert_true(worst_w <= 0.06);
}

static void every_step_of_the_year_meets_the_reference(void **state) {
    (void)state;
    check_year(&(gw_flow_batch_options){.lanes = GW_FLOW_LANES_NONE});
}

static void the_year_in_lanes_meets_the_reference(void **state) {
    (void)state;
    check_year(&(gw_flow_batch_options){.flow.start = GW_FLOW_WARM});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_the_year_meets_the_reference),
        cmocka_unit_test(the_year_in_lanes_meets_the_reference),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
