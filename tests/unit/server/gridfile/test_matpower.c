/* SPDX-License-Identifier: Apache-2.0
 *
 * Distribution cases of MATPOWER, solved there by Newton-Raphson to 1e-10 (1e-9 with closed ties):
 * ../shared/data/grid/matpower/reference.
 */
#include "grid/flow_balanced.h"
#include "grid/flow_element.h"
#include "tests/support/batch_pair.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

typedef struct solved_case {
    gw_arena *arena;
    gw_net net;
    grid_table buses;
    gw_flow_balanced *flow;
} solved_case;

/* Per unit of 12.66 kV and 1 MVA, the base of the flow: numbers go through unchanged. */
static const double un_v = 12660;
static const double base_ohm = 12660.0 * 12660.0 / 1e6;

static void read_buses(solved_case *it, const char *name, double base_mva) {
    char path[128];
    gw_net *net = &it->net;
    (void)snprintf(path, sizeof path, "matpower/reference/%s_bus.csv", name);
    it->buses = grid_table_read(it->arena, path, ',');
    const size_t count = it->buses.rows;
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, gw_net_node, count, &net->nodes, NULL)));
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, gw_net_point, 2 * count, &net->points, NULL)));
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, gw_net_source, 4, &net->sources, NULL)));
    for (uint32_t at = 0; at < count; at++) {
        const double p = grid_table_number(&it->buses, at, "pd_mw") * 1e6 / base_mva;
        const double q = grid_table_number(&it->buses, at, "qd_mvar") * 1e6 / base_mva;
        const double g = grid_table_number(&it->buses, at, "gs") * 1e6 / base_mva;
        const double b = grid_table_number(&it->buses, at, "bs") * 1e6 / base_mva;
        net->nodes[at] = (gw_net_node){.id = grid_table_text(&it->buses, at, "bus"), .un_v = un_v};
        net->points[net->point_count++] = (gw_net_point){.node = at, .p_w = p, .q_var = q};
        net->points[net->point_count++] =
            (gw_net_point){.node = at, .load = GW_NET_IMPEDANCE, .p_w = g, .q_var = -b};
        if (!gw_text_is(grid_table_text(&it->buses, at, "type"), "3")) continue;
        net->sources[net->source_count++] =
            (gw_net_source){.node = at,
                            .u_pu = grid_table_number(&it->buses, at, "vm_pu"),
                            .angle_deg = grid_table_number(&it->buses, at, "va_deg")};
    }
    net->node_count = count;
}

static uint32_t bus_named(const gw_net *net, gw_text name) {
    for (uint32_t at = 0; at < net->node_count; at++)
        if (gw_text_equal(net->nodes[at].id, name)) return at;
    fail_msg("no bus %.*s", GW_TEXT_ARGS(name));
    return 0;
}

static void read_branches(solved_case *it, const char *name) {
    char path[128];
    gw_net *net = &it->net;
    (void)snprintf(path, sizeof path, "matpower/reference/%s_branch.csv", name);
    const grid_table table = grid_table_read(it->arena, path, ',');
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, gw_net_branch, table.rows, &net->branches, NULL)));
    for (size_t at = 0; at < table.rows; at++)
        net->branches[at] =
            (gw_net_branch){.from = bus_named(net, grid_table_text(&table, at, "from")),
                            .to = bus_named(net, grid_table_text(&table, at, "to")),
                            .kind = GW_NET_LINE,
                            .closed = gw_text_is(grid_table_text(&table, at, "status"), "1"),
                            .r1_ohm = grid_table_number(&table, at, "r_pu") * base_ohm,
                            .x1_ohm = grid_table_number(&table, at, "x_pu") * base_ohm,
                            .b1_s = grid_table_number(&table, at, "b_pu") / base_ohm};
    net->branch_count = table.rows;
}

static void open_case(solved_case *it, const char *name, double base_mva) {
    *it = (solved_case){.arena = gw_arena_open(arena_cap)};
    assert_non_null(it->arena);
    read_buses(it, name, base_mva);
    read_branches(it, name);
}

static gw_flow_verdict solve(solved_case *it) {
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_net_validate(it->arena, &it->net, &fault)));
    assert_true(gw_is_ok(gw_flow_balanced_build(it->arena, &it->net, &it->flow, &fault)));
    return gw_flow_balanced_solve(it->flow, &(gw_flow_options){.tolerance_pu = 1e-12}).verdict;
}

/* The loads as they are, halved and grown, in lanes and by the scalar flow. */
static void check_batch(solved_case *it) {
    enum { SOME = 5 };
    size_t closed = 0;
    for (size_t at = 0; at < it->net.branch_count; at++)
        closed += it->net.branches[at].closed ? 1 : 0;
    const bool in_lanes = closed + it->net.source_count == it->net.node_count;
    gw_fault fault = {0};
    batch_pair pair;
    double *p_w = NULL;
    double *q_var = NULL;
    const size_t count = it->net.point_count;
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, double, SOME *count, &p_w, &fault)));
    assert_true(gw_is_ok(GW_ARENA_NEW(it->arena, double, SOME *count, &q_var, &fault)));
    for (size_t at = 0; at < SOME * count; at++) {
        const double factor = 0.25 * (double)(at / count + 1);
        p_w[at] = factor * it->net.points[at % count].p_w;
        q_var[at] = factor * it->net.points[at % count].q_var;
    }
    assert_true(gw_is_ok(batch_pair_open(it->arena, &it->net, SOME, &pair, &fault)));
    assert_int_equal(gw_flow_batch_shape_of(pair.batch).reason == NULL, in_lanes);
    assert_true(
        batch_pair_run(&pair, &(gw_flow_vectors){SOME, p_w, q_var}, &(gw_flow_batch_options){0}));
    assert_true(pair.worst_pu < 1e-9);
    assert_true(pair.worst_current < 1e-8);
    assert_true(pair.worst_power < 1e-8);
}

static void check_case(const char *name, double base_mva, double tolerance_pu) {
    solved_case it;
    open_case(&it, name, base_mva);
    assert_int_equal(solve(&it), GW_FLOW_SOLVED);
    double worst = 0;
    for (uint32_t at = 0; at < it.net.node_count; at++) {
        const gw_phasor wanted = gw_flow_source_voltage(
            &(gw_net_source){.u_pu = grid_table_number(&it.buses, at, "vm_pu"),
                             .angle_deg = grid_table_number(&it.buses, at, "va_deg")});
        const double off =
            gw_phasor_size(gw_phasor_subtract(gw_flow_balanced_voltage(it.flow, at), wanted));
        worst = off > worst ? off : worst;
    }
    if (worst > tolerance_pu) print_error("%s: %.3g pu off\n", name, worst);
    assert_true(worst <= tolerance_pu);
    check_batch(&it);
    gw_arena_close(it.arena);
}

static void every_case_meets_matpower(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const grid_table cases = grid_table_read(arena, "matpower/reference/summary.csv", ',');
    size_t checked = 0;
    for (size_t row = 0; row < cases.rows; row++) {
        char name[64];
        const gw_text text = grid_table_text(&cases, row, "case");
        (void)snprintf(name, sizeof name, "%.*s", GW_TEXT_ARGS(text));
        const gw_text base = grid_table_text(&cases, row, "baseMVA");
        /* the summary rounds 50 / 3 to six digits */
        check_case(name, gw_text_is(base, "16.6667") ? 50.0 / 3 : grid_number(base), 1e-9);
        checked++;
    }
    print_message("%zu cases\n", checked);
    assert_true(checked >= 15);
}

static void closed_ties_meet_matpower(void **state) {
    (void)state;
    check_case("case33bw_meshed", 10, 1e-9);
    check_case("case33bw_reconfigured", 10, 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_meets_matpower),
        cmocka_unit_test(closed_ties_meet_matpower),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
