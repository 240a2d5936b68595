/* SPDX-License-Identifier: Apache-2.0
 *
 * The solution that IEEE published for the European LV feeder, by GridLAB-D and OpenDSS: all
 * voltages and line currents of three minutes, and the day at the transformer and three loads.
 */
#include "tests/support/european_feeder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#define PUBLISHED FOLDER "published_solution/"

static const size_t arena_cap = 64UL * 1024 * 1024;
static const size_t minutes[] = {1, 566, 1440};

/* GridLAB-D begins its tables with a line of its own. */
static grid_table gridlab_table(gw_arena *arena, const char *path) {
    return grid_table_read_after(arena, path, ',', 1);
}

static bool is_node(gw_text name, gw_text *id) {
    if (gw_text_is(name, "SourceBus")) {
        *id = name;
        return true;
    }
    *id = gw_text_part(name, 3, name.length);
    return gw_text_starts(name, "Bus");
}

static size_t worst_gridlab(const feeder *it, const grid_table *wanted, double *worst_pu) {
    static const char *const columns[] = {"voltA_mag", "voltB_mag", "voltC_mag"};
    size_t count = 0;
    for (size_t row = 0; row < wanted->rows; row++) {
        gw_text id;
        if (!is_node(grid_table_text(wanted, row, "node_name"), &id)) continue;
        const uint32_t node = node_named(&it->net, id);
        /* its source has no impedance behind it */
        if (it->net.nodes[node].un_v > 1000) continue;
        count++;
        for (size_t phase = 0; phase < 3; phase++) {
            const double pu = grid_table_number(wanted, row, columns[phase]) /
                              (it->net.nodes[node].un_v / root_3);
            const double off =
                away(gw_phasor_size(gw_flow_three_phase_voltage(it->flow, node)[phase]), pu);
            *worst_pu = off > *worst_pu ? off : *worst_pu;
        }
    }
    return count;
}

static void gridlab_voltages_are_met(void **state) {
    (void)state;
    feeder it;
    open_feeder(&it);
    for (size_t at = 0; at < 3; at++) {
        char path[128];
        double worst_pu = 0;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        (void)snprintf(path, sizeof path, PUBLISHED "gridlab-d_voltages_minute_%04zu.csv",
                       minutes[at]);
        const grid_table wanted = gridlab_table(arena, path);
        load_minute(&it, minutes[at]);
        solve_feeder(&it);
        assert_int_equal(worst_gridlab(&it, &wanted, &worst_pu), 906);
        assert_near(path, worst_pu, 0, 1e-6);
    }
    gw_arena_close(it.arena);
}

static size_t branch_named(const gw_net *net, gw_text id) {
    for (size_t at = 0; at < net->branch_count; at++)
        if (gw_text_equal(net->branches[at].id, id)) return at;
    return SIZE_MAX;
}

typedef struct published {
    const char *file;
    const char *name_column;
    const char *phase_columns[3];
    size_t lines_before;
    size_t prefix; /* of the line's name in the table */
} published;

/* Largest difference over the largest current; its digits are those of the table. */
static size_t worst_current(const feeder *it, const grid_table *wanted, const published *from,
                            double *worst_a) {
    size_t count = 0;
    for (size_t row = 0; row < wanted->rows; row++) {
        const gw_text name = grid_table_text(wanted, row, from->name_column);
        const size_t branch = branch_named(&it->net, gw_text_part(name, from->prefix, name.length));
        if (branch == SIZE_MAX) continue;
        count++;
        for (size_t phase = 0; phase < 3; phase++) {
            const double wanted_a = grid_table_number(wanted, row, from->phase_columns[phase]);
            const double off =
                away(gw_phasor_size(it->state.branches.from_a[branch * 3 + phase]), wanted_a);
            *worst_a = off > *worst_a ? off : *worst_a;
        }
    }
    return count;
}

static void currents_are_met(const published *from, double tolerance_a) {
    feeder it;
    open_feeder(&it);
    for (size_t at = 0; at < 3; at++) {
        char path[128];
        double worst_a = 0;
        GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
        (void)snprintf(path, sizeof path, PUBLISHED "%s_currents_minute_%04zu.csv", from->file,
                       minutes[at]);
        const grid_table wanted = grid_table_read_after(arena, path, ',', from->lines_before);
        load_minute(&it, minutes[at]);
        solve_feeder(&it);
        gw_flow_three_phase_read(it.flow, &it.state);
        assert_int_equal(worst_current(&it, &wanted, from, &worst_a), 905);
        assert_near(path, worst_a, 0, tolerance_a);
    }
    gw_arena_close(it.arena);
}

static void opendss_currents_are_met(void **state) {
    (void)state;
    static const published from = {"opendss", "Element", {"I1_1", "I1_2", "I1_3"}, 0, 5};
    currents_are_met(&from, 2e-2); /* its tolerance was 1e-4 of up to 148 A */
}

static void gridlab_currents_are_met(void **state) {
    (void)state;
    static const published from = {
        "gridlab-d", "link_name", {"currA_mag", "currB_mag", "currC_mag"}, 1, 0};
    currents_are_met(&from, 1e-4);
}

typedef struct day {
    grid_table opendss[3];
    grid_table gridlab[3];
    grid_table opendss_power;
    grid_table gridlab_power;
} day;

static const size_t loads[] = {1, 32, 53};

static void open_day(gw_arena *arena, day *it) {
    char path[128];
    for (size_t at = 0; at < 3; at++) {
        (void)snprintf(path, sizeof path, PUBLISHED "opendss_load%zu_24h.csv", loads[at]);
        it->opendss[at] = grid_table_read(arena, path, ',');
        (void)snprintf(path, sizeof path, PUBLISHED "gridlab-d_load%zu_24h.csv", loads[at]);
        it->gridlab[at] = grid_table_read(arena, path, ',');
    }
    it->opendss_power =
        grid_table_read(arena, PUBLISHED "opendss_transformer_secondary_power_24h.csv", ',');
    it->gridlab_power =
        grid_table_read(arena, PUBLISHED "gridlab-d_transformer_secondary_power_24h.csv", ',');
}

static double load_volts(const feeder *it, size_t load, gw_phasor *ret) {
    const gw_net_point *point = &it->net.points[load - 1];
    const size_t phase = point->phases == GW_NET_PHASE_A   ? 0
                         : point->phases == GW_NET_PHASE_B ? 1
                                                           : 2;
    const double base_v = it->net.nodes[point->node].un_v / root_3;
    const gw_phasor v = gw_flow_three_phase_voltage(it->flow, point->node)[phase];
    *ret = (gw_phasor){v.re * base_v, v.im * base_v};
    return gw_phasor_size(*ret);
}

/* The columns are voltage_A.real, voltage_B.real ... by the phase of the load. */
static gw_phasor gridlab_volts(const grid_table *table, size_t row) {
    return (gw_phasor){grid_number(table->cells[row * table->columns + 1]),
                       grid_number(table->cells[row * table->columns + 2])};
}

static double worse(double worst, double got, double wanted) {
    const double off = away(got, wanted);
    return off > worst ? off : worst;
}

/* What leaves the transformer: the loads and the lines behind it. */
static double secondary_kw(const feeder *it) {
    double loss_w = it->state.load_va.re;
    for (size_t at = 0; at < it->net.branch_count; at++) loss_w += it->state.branches.loss_w[at];
    return loss_w / 1000;
}

static void the_published_day_is_met(void **state) {
    (void)state;
    feeder it;
    day wanted;
    double opendss_v = 0;
    double gridlab_v = 0;
    double opendss_kw = 0;
    double gridlab_kw = 0;
    static const char *const phases[] = {"P1 (kW)", "P2 (kW)", "P3 (kW)"};
    open_feeder(&it);
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    open_day(arena, &wanted);
    for (size_t minute = 1; minute <= MINUTES; minute++) {
        double kw = 0;
        load_minute(&it, minute);
        solve_feeder(&it);
        for (size_t at = 0; at < 3; at++) {
            gw_phasor v;
            const double size = load_volts(&it, loads[at], &v);
            opendss_v =
                worse(opendss_v, size, grid_table_number(&wanted.opendss[at], minute - 1, "V1"));
            gridlab_v = worse(gridlab_v, size,
                              gw_phasor_size(gridlab_volts(&wanted.gridlab[at], minute - 1)));
        }
        gw_flow_three_phase_read(it.flow, &it.state);
        for (size_t phase = 0; phase < 3; phase++)
            kw -= grid_table_number(&wanted.opendss_power, minute - 1, phases[phase]);
        opendss_kw = worse(opendss_kw, secondary_kw(&it), kw);
        gridlab_kw =
            worse(gridlab_kw, secondary_kw(&it),
                  grid_table_number(&wanted.gridlab_power, minute - 1, "power_out.real") / 1000);
    }
    assert_near("OpenDSS volts of the day", opendss_v, 0, 3e-3);
    assert_near("GridLAB-D volts of the day", gridlab_v, 0, 3e-3);
    assert_near("OpenDSS power of the day", opendss_kw, 0, 1e-2);
    assert_near("GridLAB-D power of the day", gridlab_kw, 0, 1e-3);
    gw_arena_close(it.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gridlab_voltages_are_met),
        cmocka_unit_test(gridlab_currents_are_met),
        cmocka_unit_test(opendss_currents_are_met),
        cmocka_unit_test(the_published_day_is_met),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
