/* SPDX-License-Identifier: Apache-2.0
 *
 * Phases of the 55 households of the IEEE European feeder out of their voltages of one day, as
 * meters would report them: noise on every minute, means, and a resolution of 0.1 V.
 */
#include "grid/flow_batch.h"
#include "grid/flow_phase_match.h"
#include "tests/support/grid_data.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTES = 1440, LOADS = 55, SERIES = LOADS + GW_NET_PHASES, STEP_MV = 100 };
#define FOLDER "ieee_european_lv/"

static const size_t arena_cap = 512UL * 1024 * 1024;

/* Volts of every minute: the households, then the phases at the transformer. */
typedef struct day {
    gw_net net;
    double volts[SERIES][MINUTES];
} day;

static size_t phase_of(const gw_net *net, size_t load) {
    return net->points[load].phases == GW_NET_PHASE_C ? 2 : net->points[load].phases - 1;
}

static double volts_of(const day *it, uint32_t node, gw_phasor v) {
    return gw_phasor_size(v) * it->net.nodes[node].un_v / 1.7320508075688772935;
}

static void keep_minute(day *it, size_t minute, const uint32_t *nodes, const gw_phasor *v) {
    for (size_t load = 0; load < LOADS; load++)
        it->volts[load][minute] =
            volts_of(it, nodes[load], v[load * GW_NET_PHASES + phase_of(&it->net, load)]);
    for (size_t phase = 0; phase < GW_NET_PHASES; phase++)
        it->volts[LOADS + phase][minute] =
            volts_of(it, nodes[LOADS], v[(size_t)LOADS * GW_NET_PHASES + phase]);
}

static day *open_day(gw_arena *arena) {
    gw_fault fault = {0};
    gw_flow_batch *batch = NULL;
    gw_flow_batch_results results;
    day *it = NULL;
    uint32_t nodes[LOADS + 1];
    double p_w[LOADS];
    double q_var[LOADS];
    const grid_table profiles =
        grid_table_read(arena, FOLDER "csv_v2/load_profiles_1min_kw.csv", ',');
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, day, 1, &it, &fault)));
    it->net = grid_data_net(arena, "minimal/ieee_european_lv_0566.net.json");
    for (size_t load = 0; load < LOADS; load++) nodes[load] = it->net.points[load].node;
    nodes[LOADS] = it->net.transformers[0].to;
    const gw_flow_batch_watch watch = {.nodes = nodes, .node_count = LOADS + 1};
    assert_true(gw_is_ok(gw_flow_batch_build(arena, &it->net, &watch, &batch, &fault)));
    assert_true(gw_is_ok(gw_flow_batch_results_make(arena, batch, 1, &results, &fault)));
    for (size_t minute = 0; minute < MINUTES; minute++) {
        for (size_t load = 0; load < LOADS; load++) {
            p_w[load] = 1000 * grid_number(profiles.cells[minute * profiles.columns + load + 1]);
            q_var[load] = 0.32868410517886315 * p_w[load];
        }
        gw_flow_batch_solve(batch, &(gw_flow_vectors){1, p_w, q_var},
                            &(gw_flow_batch_options){.flow.start = GW_FLOW_WARM}, &results);
        assert_int_equal(results.verdicts[0], GW_FLOW_SOLVED);
        keep_minute(it, minute, nodes, results.node_v);
    }
    return it;
}

/* About normal, with a standard deviation of one: twelve uniform ones. */
static double gauss(seeded *random) {
    double sum = -6;
    for (int at = 0; at < 12; at++) sum += (double)seeded_between(random, 0, 1000000) / 1e6;
    return sum;
}

/* How meters see the day: noise_v on every minute, the medium voltage walks by walk_v. */
typedef struct sight {
    const char *name;
    size_t minutes; /* of a mean */
    double noise_v;
    double walk_v;
} sight;

static int64_t *report(gw_arena *arena, const day *it, const sight *how) {
    gw_fault fault = {0};
    seeded random = {20261123};
    int64_t *mv = NULL;
    double shared_v[MINUTES];
    double level_v = 0;
    const size_t count = MINUTES / how->minutes;
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, int64_t, SERIES * count, &mv, &fault)));
    for (size_t minute = 0; minute < MINUTES; minute++) {
        level_v = 0.98 * level_v + how->walk_v * gauss(&random);
        shared_v[minute] = level_v;
    }
    for (size_t series = 0; series < SERIES; series++)
        for (size_t at = 0; at < count; at++) {
            double sum = 0;
            for (size_t minute = at * how->minutes; minute < (at + 1) * how->minutes; minute++)
                sum += it->volts[series][minute] + shared_v[minute] + how->noise_v * gauss(&random);
            const double mean_v = sum / (double)how->minutes;
            mv[series * count + at] = (int64_t)(mean_v * 1000 / STEP_MV + 0.5) * STEP_MV;
        }
    return mv;
}

typedef struct tally {
    size_t looked_at;
    size_t right; /* the best one is the true one */
    size_t certain;
    size_t wrong; /* of the certain ones */
} tally;

static void count_matches(const day *it, const gw_phase_match *matches, tally *into) {
    for (size_t load = 0; load < LOADS; load++) {
        const unsigned truth = it->net.points[load].phases;
        into->looked_at++;
        into->right += matches[load].best == truth ? 1 : 0;
        into->certain += matches[load].phase != 0 ? 1 : 0;
        into->wrong += matches[load].phase != 0 && matches[load].phase != truth ? 1 : 0;
    }
}

static tally match_day(const day *it, const sight *how) {
    gw_fault fault = {0};
    gw_phase_match *matches = NULL;
    tally counted = {0};
    const size_t count = MINUTES / how->minutes;
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const int64_t *mv = report(arena, it, how);
    const gw_phase_question question = {.meter_count = LOADS,
                                        .interval_count = count,
                                        .meter_mv = mv,
                                        .reference_mv = mv + LOADS * count};
    assert_true(gw_is_ok(gw_flow_phase_match(arena, &question, &matches, &fault)));
    count_matches(it, matches, &counted);
    print_message("%-44s %zu of %zu right, %zu certain, %zu of these wrong\n", how->name,
                  counted.right, counted.looked_at, counted.certain, counted.wrong);
    return counted;
}

static void a_day_of_ten_minute_means_tells_every_phase(void **state) {
    (void)state;
    static const sight clear[] = {
        {"10 min, 0.05 V of noise", 10, 0.05, 0},
        {"10 min, 0.05 V, medium voltage walks", 10, 0.05, 0.5},
        {"15 min, 0.1 V, medium voltage walks", 15, 0.1, 0.5},
    };
    static const sight blurred[] = {
        {"10 min, 0.3 V of noise", 10, 0.3, 0.5},
        {"1 min, 0.3 V of noise", 1, 0.3, 0.5},
    };
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const day *it = open_day(arena);
    for (size_t at = 0; at < sizeof clear / sizeof *clear; at++) {
        const tally counted = match_day(it, &clear[at]);
        assert_int_equal(counted.right, LOADS);
        assert_int_equal(counted.certain, LOADS);
    }
    for (size_t at = 0; at < sizeof blurred / sizeof *blurred; at++) {
        const tally counted = match_day(it, &blurred[at]);
        assert_true(counted.right >= 40);
        assert_int_equal(counted.wrong, 0);
    }
}

/* Short stretches, where many are doubtful: what is called certain must be. */
static void what_is_certain_is_right(void **state) {
    (void)state;
    enum { STRETCH = 60, PARTS = MINUTES / STRETCH };
    static const double noises_v[] = {0.05, 0.1, 0.2, 0.3};
    gw_fault fault = {0};
    tally all = {0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    const day *it = open_day(arena);
    for (size_t noise = 0; noise < 4; noise++) {
        const sight how = {"", 1, noises_v[noise], 0.3};
        const int64_t *mv = report(arena, it, &how);
        for (size_t part = 0; part < PARTS; part++) {
            int64_t some_mv[SERIES * STRETCH];
            gw_phase_match *matches = NULL;
            for (size_t series = 0; series < SERIES; series++)
                memcpy(&some_mv[series * STRETCH], &mv[series * MINUTES + part * STRETCH],
                       STRETCH * sizeof *mv);
            const gw_phase_question question = {.meter_count = LOADS,
                                                .interval_count = STRETCH,
                                                .meter_mv = some_mv,
                                                .reference_mv = &some_mv[LOADS * STRETCH]};
            assert_true(gw_is_ok(gw_flow_phase_match(arena, &question, &matches, &fault)));
            count_matches(it, matches, &all);
        }
    }
    print_message("hours: %zu of %zu right, %zu certain, %zu of these wrong\n", all.right,
                  all.looked_at, all.certain, all.wrong);
    assert_true(all.certain > 400);
    assert_true(all.wrong * 100 <= all.certain); /* certain: 99 of 100 */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_of_ten_minute_means_tells_every_phase),
        cmocka_unit_test(what_is_certain_is_right),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
