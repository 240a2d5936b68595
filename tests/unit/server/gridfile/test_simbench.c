/* SPDX-License-Identifier: Apache-2.0
 *
 * SimBench 1-LV-rural1--0-no_sw: every quarter hour of 2016 (35,136 steps) against the reference
 * ../shared/data/grid/simbench_lv_rural1/reference, which agrees with pandapower.
 */
#include "grid/flow_balanced.h"
#include "grid/flow_batch.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

enum { STEPS = 35136, POINTS = 17 };
#define FOLDER "simbench_lv_rural1/"

static const size_t arena_cap = 512UL * 1024 * 1024;

static double away(double left, double right) { return left > right ? left - right : right - left; }

/* Where a point's power comes from: nominal values and the columns of its profile. */
typedef struct drive {
    double p_w;
    double q_var;
    const grid_table *table;
    size_t p_column;
    size_t q_column; /* SIZE_MAX: constant */
} drive;

static double cell(const grid_table *table, size_t row, size_t column) {
    return grid_number(table->cells[row * table->columns + column]);
}

/* The points of the minimal file stand in the order of Load.csv and RES.csv. */
static size_t list_drives(gw_arena *arena, drive *drives, const grid_table profiles[2]) {
    static const char *const files[] = {FOLDER "original/Load.csv", FOLDER "original/RES.csv"};
    size_t count = 0;
    for (int kind = 0; kind < 2; kind++) {
        const grid_table elements = grid_table_read(arena, files[kind], ';');
        for (size_t row = 0; row < elements.rows; row++) {
            char name[64];
            const gw_text profile = grid_table_text(&elements, row, "profile");
            drive *made = &drives[count++];
            const double sign = kind == 0 ? 1e6 : -1e6;
            made->p_w = sign * grid_table_number(&elements, row, kind == 0 ? "pLoad" : "pRES");
            made->q_var = sign * grid_table_number(&elements, row, kind == 0 ? "qLoad" : "qRES");
            made->table = &profiles[kind];
            (void)snprintf(name, sizeof name, kind == 0 ? "%.*s_pload" : "%.*s",
                           GW_TEXT_ARGS(profile));
            made->p_column = grid_table_column(&profiles[kind], name);
            (void)snprintf(name, sizeof name, "%.*s_qload", GW_TEXT_ARGS(profile));
            made->q_column = grid_table_column(&profiles[kind], name);
            assert_true(made->p_column < profiles[kind].columns);
        }
    }
    return count;
}

static void load_step(const gw_net *net, const drive *drives, size_t step) {
    for (size_t at = 0; at < POINTS; at++) {
        const drive *here = &drives[at];
        net->points[at].p_w = here->p_w * cell(here->table, step, here->p_column);
        net->points[at].q_var =
            here->q_column == SIZE_MAX ? 0 : here->q_var * cell(here->table, step, here->q_column);
    }
}

/* Least and most voltage of the low-voltage nodes. */
static void measure(const gw_net *net, const gw_flow_state *found, double *least, double *most) {
    *least = 10;
    *most = 0;
    for (size_t at = 0; at < net->node_count; at++) {
        const double size = gw_phasor_size(found->node_v[at]);
        if (net->nodes[at].un_v > 1000) continue;
        *least = size < *least ? size : *least;
        *most = size > *most ? size : *most;
    }
}

static void every_step_of_the_year_meets_the_reference(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_flow_balanced *flow = NULL;
    gw_flow_state found;
    drive drives[POINTS];
    double worst_pu = 0;
    double worst_w = 0;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/simbench_lv_rural1.net.json");
    const grid_table profiles[] = {grid_table_read(arena, FOLDER "original/LoadProfile.csv", ';'),
                                   grid_table_read(arena, FOLDER "original/RESProfile.csv", ';')};
    const grid_table wanted =
        grid_table_read(arena, FOLDER "reference/year_powerflow_15min.csv", ',');
    assert_int_equal(wanted.rows, STEPS);
    assert_int_equal(net.point_count, POINTS);
    assert_int_equal(list_drives(arena, drives, profiles), POINTS);
    assert_true(gw_is_ok(gw_flow_balanced_build(arena, &net, &flow, &fault)));
    assert_true(gw_is_ok(gw_flow_state_make(arena, &net, 1, &found, &fault)));
    for (size_t step = 0; step < STEPS; step++) {
        double least = 0;
        double most = 0;
        load_step(&net, drives, step);
        gw_flow_balanced_load(flow);
        assert_int_equal(gw_flow_balanced_solve(flow, &(gw_flow_options){0}).verdict,
                         GW_FLOW_SOLVED);
        gw_flow_balanced_read(flow, &found);
        measure(&net, &found, &least, &most);
        const double offs[] = {away(least, cell(&wanted, step, 6)),
                               away(most, cell(&wanted, step, 7))};
        worst_pu = offs[0] > worst_pu ? offs[0] : worst_pu;
        worst_pu = offs[1] > worst_pu ? offs[1] : worst_pu;
        const double off_w = away(found.source_va[0].re, 1000 * cell(&wanted, step, 3));
        worst_w = off_w > worst_w ? off_w : worst_w;
    }
    print_message("worst: %.3g pu, %.3g W\n", worst_pu, worst_w);
    /* the reference is rounded to 1e-6 pu and 1e-5 kW */
    assert_true(worst_pu <= 6e-7);
    assert_true(worst_w <= 0.06);
}

/* The same in batches of a day, each from the quarter hour before. */
static void the_year_in_lanes_meets_the_reference(void **state) {
    (void)state;
    enum { DAY = 96 };
    gw_fault fault = {0};
    gw_flow_batch *batch = NULL;
    gw_flow_batch_results results;
    drive drives[POINTS];
    double p_w[DAY * POINTS];
    double q_var[DAY * POINTS];
    double worst_pu = 0;
    double worst_w = 0;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/simbench_lv_rural1.net.json");
    const grid_table profiles[] = {grid_table_read(arena, FOLDER "original/LoadProfile.csv", ';'),
                                   grid_table_read(arena, FOLDER "original/RESProfile.csv", ';')};
    const grid_table wanted =
        grid_table_read(arena, FOLDER "reference/year_powerflow_15min.csv", ',');
    assert_int_equal(list_drives(arena, drives, profiles), POINTS);
    assert_true(gw_is_ok(gw_flow_batch_build(arena, &net, NULL, &batch, &fault)));
    assert_true(gw_is_ok(gw_flow_batch_results_make(arena, batch, DAY, &results, &fault)));
    assert_null(gw_flow_batch_shape_of(batch).reason);
    const gw_flow_batch_options options = {.flow.start = GW_FLOW_WARM};
    for (size_t first = 0; first < STEPS; first += DAY) {
        for (size_t at = 0; at < DAY * POINTS; at++) {
            if (at % POINTS == 0) load_step(&net, drives, first + at / POINTS);
            p_w[at] = net.points[at % POINTS].p_w;
            q_var[at] = net.points[at % POINTS].q_var;
        }
        gw_flow_batch_solve(batch, &(gw_flow_vectors){DAY, p_w, q_var}, &options, &results);
        for (size_t at = 0; at < DAY; at++) {
            const gw_flow_state found = {.node_v = &results.node_v[at * net.node_count]};
            double least = 0;
            double most = 0;
            assert_int_equal(results.verdicts[at], GW_FLOW_SOLVED);
            measure(&net, &found, &least, &most);
            const double offs[] = {away(least, cell(&wanted, first + at, 6)),
                                   away(most, cell(&wanted, first + at, 7))};
            worst_pu = offs[0] > worst_pu ? offs[0] : worst_pu;
            worst_pu = offs[1] > worst_pu ? offs[1] : worst_pu;
            const double off_w =
                away(results.source_va[at].re, 1000 * cell(&wanted, first + at, 3));
            worst_w = off_w > worst_w ? off_w : worst_w;
        }
    }
    print_message("worst: %.3g pu, %.3g W\n", worst_pu, worst_w);
    assert_true(worst_pu <= 6e-7);
    assert_true(worst_w <= 0.06);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_of_the_year_meets_the_reference),
        cmocka_unit_test(the_year_in_lanes_meets_the_reference),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
