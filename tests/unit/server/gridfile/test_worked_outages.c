/* SPDX-License-Identifier: Apache-2.0
 *
 * The outage study of case33bw: every line out with every tie. Figures: reference "grid", section
 * 3.4.
 */
#include "grid/flow_outage.h"
#include "tests/support/grid_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const size_t arena_cap = 64UL * 1024 * 1024;

typedef struct steps {
    size_t done;
    size_t total;
} steps;

static void note_step(void *context, size_t done, size_t total) {
    steps *seen = context;
    assert_int_equal(done, seen->done + 1);
    *seen = (steps){done, total};
}

static gw_flow_outages outages_above(gw_arena *arena, int64_t low_ppm, steps *seen) {
    gw_fault fault = {0};
    gw_flow_limits limits;
    gw_flow_outages found;
    GW_AUTO_ARENA scratch = gw_arena_open(arena_cap);
    const gw_net net = grid_data_net(arena, "minimal/case33bw.net.json");
    const gw_flow_limit_options options = {.voltage_low_ppm = low_ppm};
    assert_true(gw_is_ok(gw_flow_limits_make(arena, &net, &options, &limits, &fault)));
    const gw_flow_outage_question question = {&net, &limits, note_step, seen};
    assert_true(gw_is_ok(gw_flow_outages_find(arena, scratch, &question, &found, &fault)));
    return found;
}

static size_t count_verdict(const gw_flow_outages *found, gw_flow_outage_verdict verdict) {
    size_t count = 0;
    for (size_t at = 0; at < found->count; at++) count += found->at[at].verdict == verdict ? 1 : 0;
    return count;
}

static void outages_with_one_tie_are_as_known(void **state) {
    (void)state;
    steps seen = {0, 0};
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    gw_flow_outages found = outages_above(arena, 900000, &seen);
    assert_int_equal(seen.done, 32);
    assert_int_equal(seen.total, 32);
    assert_int_equal(found.count, 32);
    assert_int_equal(found.trial_count, 59);
    assert_int_equal(found.at[0].verdict, GW_OUTAGE_CUT_OFF);
    assert_int_equal(found.at[0].dark_nodes, 32);
    assert_int_equal(found.at[0].dark_w, 3715000);
    assert_int_equal(found.at[0].best, UINT32_MAX);
    assert_int_equal(count_verdict(&found, GW_OUTAGE_CUT_OFF), 1);
    assert_int_equal(count_verdict(&found, GW_OUTAGE_RESTORED), 21);
    assert_int_equal(count_verdict(&found, GW_OUTAGE_STRAINED), 10);
    size_t collapsed = 0;
    for (size_t at = 0; at < found.trial_count; at++) {
        const gw_flow_outage_trial *trial = &found.trials[at];
        if (trial->is_solved) continue;
        collapsed++;
        assert_int_equal(trial->branch, 1); /* line 2 out, tie 35 closed */
        assert_int_equal(trial->tie, 34);
    }
    assert_int_equal(collapsed, 1);
    seen = (steps){0, 0};
    found = outages_above(arena, 950000, &seen);
    assert_int_equal(count_verdict(&found, GW_OUTAGE_RESTORED), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outages_with_one_tie_are_as_known),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
