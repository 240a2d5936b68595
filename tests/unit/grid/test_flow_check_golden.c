/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks on real networks of ../shared/data/grid: what is accepted keeps every limit in every base
 * by a node's own flow, and every cut is needed. Skipped without the data.
 */
#include "grid/flow_check.h"

#include "tests/support/grid_data.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MIB = 512, ITEMS = 30, BASES = 3, MARGIN_PPM = 500, NODE_MARGIN_PPM = 200 };

typedef struct study {
    gw_net net;
    gw_flow_item items[ITEMS];
    char ids[ITEMS][8];
    gw_flow_base bases[BASES];
    gw_flow_check_question question;
} study;

/* All loads at 0.5, 1 and `high_pct` of what the file says. */
static void make_bases(gw_arena *arena, study *it, int64_t high_pct) {
    const int64_t pct[BASES] = {50, 100, high_pct};
    static const char *const names[BASES] = {"p5", "p50", "p95"};
    for (size_t base = 0; base < BASES; base++) {
        gw_flow_injection *points = NULL;
        assert_true(
            gw_is_ok(GW_ARENA_NEW(arena, gw_flow_injection, it->net.point_count, &points, NULL)));
        for (size_t at = 0; at < it->net.point_count; at++)
            points[at] = (gw_flow_injection){(int64_t)it->net.points[at].p_w * pct[base] / 100,
                                             (int64_t)it->net.points[at].q_var * pct[base] / 100};
        it->bases[base] = (gw_flow_base){gw_text_from_c(names[base]), points};
    }
}

static void make_study(gw_arena *arena, seeded *random, const char *path, int64_t most_w,
                       study *it) {
    memset(it, 0, sizeof *it);
    it->net = grid_data_net(arena, path);
    const int64_t last = (int64_t)it->net.point_count - 1;
    for (size_t at = 0; at < ITEMS; at++) {
        (void)snprintf(it->ids[at], sizeof it->ids[at], "t%02zu", at);
        const bool is_outside = seeded_between(random, 0, 4) == 0;
        it->items[at] = (gw_flow_item){
            .id = gw_text_from_c(it->ids[at]),
            .seller = (uint32_t)seeded_between(random, 0, last),
            .buyer = is_outside ? GW_FLOW_OUTSIDE : (uint32_t)seeded_between(random, 0, last),
            .requested = {seeded_between(random, 1, most_w)},
            .accepted_at = {seeded_between(random, 0, 9)},
            .price = {seeded_between(random, 1, 300000)}};
    }
    make_bases(arena, it, 130);
    it->question = (gw_flow_check_question){.net = &it->net,
                                            .bases = it->bases,
                                            .base_count = BASES,
                                            .items = it->items,
                                            .item_count = ITEMS,
                                            .duration = {900000000}};
}

static bool may_reserve(int rule) {
    return rule != GW_FLOW_RULE_PRO_RATA_ALL && rule != GW_FLOW_RULE_LAST_COME_ALL;
}

/* Proposes with its margin, verifies with the node's. */
static gw_flow_check_verdict try_rule(gw_arena *arena, study *it, int rule) {
    gw_flow_check_result found;
    gw_flow_check_finding finding;
    int64_t accepted_w[ITEMS];
    gw_fault fault = {0};
    it->question.rule = (gw_flow_rule)rule;
    it->question.margin_ppm = MARGIN_PPM;
    if (!gw_is_ok(gw_flow_check(arena, &it->question, &found, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
    assert_int_equal(found.residual_ppb, 0);
    for (size_t at = 0; at < ITEMS; at++) {
        accepted_w[at] = found.items[at].accepted.w;
        assert_true(accepted_w[at] >= 0 && accepted_w[at] <= it->items[at].requested.w);
    }
    it->question.margin_ppm = NODE_MARGIN_PPM;
    assert_true(gw_is_ok(
        gw_flow_check_verify(arena, &it->question, accepted_w, MARGIN_PPM + 300, &finding, NULL)));
    if (finding.doubt == GW_FLOW_DOUBT_LIMIT || (may_reserve(rule) && finding.doubt != 0))
        fail_msg("rule %d: doubt %s, item %zu accepted %lld of %lld, limit %.*s, rounds %lld", rule,
                 gw_flow_check_doubt_name(finding.doubt), finding.item,
                 (long long)accepted_w[finding.item],
                 (long long)it->items[finding.item].requested.w, GW_TEXT_ARGS(finding.limit),
                 (long long)found.rounds);
    return found.verdict;
}

/* With phases forgotten on every other point. */
typedef enum knowledge { PHASES_KNOWN, PHASES_FORGOTTEN } knowledge;

static void forget_phases(gw_net *net) {
    for (size_t at = 0; at < net->point_count; at += 2) {
        net->points[at].phases = 0;
        net->points[at].is_phase_unknown = true;
    }
}

/* One random market under every rule; how many were cut. */
static int try_market(seeded *random, const char *path, int64_t most_w, knowledge known) {
    int cut = 0;
    GW_AUTO_ARENA outer = gw_arena_open((size_t)ARENA_MIB << 20);
    study it;
    make_study(outer, random, path, most_w, &it);
    if (known == PHASES_FORGOTTEN) forget_phases(&it.net);
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        /* with unknown phases a check is many flows: two rules of different kinds will do here */
        const bool is_one =
            rule == GW_FLOW_RULE_SENSITIVITY_QP || rule == GW_FLOW_RULE_LAST_COME_CONTRIBUTORS;
        GW_AUTO_ARENA arena = gw_arena_open((size_t)ARENA_MIB << 20);
        if (known == PHASES_FORGOTTEN && !is_one) continue;
        if (try_rule(arena, &it, rule) == GW_FLOW_CHECK_CURTAILED) cut++;
    }
    return cut;
}

static const char feeder[] = "minimal/ieee_european_lv_0566.net.json";

static void a_feeder_of_three_phases_is_kept(void **state) {
    (void)state;
    seeded random = {4242};
    int cut = 0;
    for (int run = 0; run < 2; run++) cut += try_market(&random, feeder, 12000, PHASES_KNOWN);
    assert_true(cut > 0);
}

static void half_of_the_phases_may_be_unknown(void **state) {
    (void)state;
    seeded random = {4242};
    assert_true(try_market(&random, feeder, 7000, PHASES_FORGOTTEN) > 0);
}

static void a_medium_voltage_network_is_kept(void **state) {
    (void)state;
    seeded random = {4242};
    assert_true(try_market(&random, "minimal/case33bw.net.json", 1500000, PHASES_KNOWN) >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feeder_of_three_phases_is_kept),
        cmocka_unit_test(half_of_the_phases_may_be_unknown),
        cmocka_unit_test(a_medium_voltage_network_is_kept),
    };
    if (!grid_data_there()) return GRID_SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
