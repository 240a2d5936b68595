/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_check.h"

#include "tests/support/five_trades.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 * 1024 };

static bool is_near(int64_t left, int64_t right, int64_t within) {
    return left - right <= within && right - left <= within;
}

static gw_flow_check_result check(gw_arena *arena, const gw_flow_check_question *question) {
    gw_flow_check_result found = {.items = NULL};
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_flow_check(arena, question, &found, &fault)));
    return found;
}

static const gw_flow_check_limit *limit_at(const gw_flow_check_result *it, const char *kind,
                                           uint32_t element) {
    for (size_t at = 0; at < it->limit_count; at++)
        if (gw_text_is(it->limits[at].kind, kind) && it->limits[at].element == element)
            return &it->limits[at];
    return NULL;
}

/* Accepted watts and losses as the worked example gives them. */
typedef struct worked {
    gw_flow_rule rule;
    int64_t accepted_w[FIVE_TRADES];
    int64_t loss_w;
} worked;

static const worked worked_rules[] = {
    {GW_FLOW_RULE_PRO_RATA_ALL, {16026, 20032, 12019, 8013, 6410}, 973},
    {GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS, {16388, 20484, 12291, 10000, 8000}, 981},
    {GW_FLOW_RULE_LAST_COME_CONTRIBUTORS, {20000, 21647, 0, 10000, 8000}, 898},
    {GW_FLOW_RULE_LAST_COME_ALL, {20000, 17766, 0, 0, 0}, 970},
    {GW_FLOW_RULE_SENSITIVITY_QP, {16567, 19996, 13525, 10000, 8000}, 1000},
    {GW_FLOW_RULE_MIN_KW, {20000, 17198, 15000, 10000, 8000}, 1071},
};

/* Ref: worked/trade_check_5trades.json; 0.01 kW. */
static void every_rule_gives_the_worked_amounts(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    for (size_t rule = 0; rule < sizeof worked_rules / sizeof *worked_rules; rule++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        const worked *expected = &worked_rules[rule];
        it.question.rule = expected->rule;
        const gw_flow_check_result found = check(arena, &it.question);
        for (size_t at = 0; at < FIVE_TRADES; at++)
            assert_true(is_near(found.items[at].accepted.w, expected->accepted_w[at], 10));
        const gw_flow_check_limit *high = limit_at(&found, "voltage_high", 3);
        assert_non_null(high);
        assert_true(high->limit == 420000 && is_near(high->after, 420000, 3) &&
                    high->after <= 420000);
        assert_true(is_near(high->before, 404432, 1) && is_near(high->requested, 423661, 1));
        assert_true(is_near(found.loss_after_w, expected->loss_w, 1));
        assert_true(is_near(found.loss_before_w, 78, 1));
        assert_true(found.verdict == GW_FLOW_CHECK_CURTAILED && found.residual_ppb == 0);
    }
}

static void reasons_name_the_limit_the_effect_and_the_share(void **state) {
    (void)state;
    const int64_t effect_ppb[FIVE_TRADES] = {798, 1162, 343, 0, 0};
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_flow_check_result found = check(arena, &it.question);
    int64_t shares = 0;
    for (size_t at = 0; at < 3; at++) {
        const gw_flow_check_reason *reason = &found.items[at].reasons[0];
        assert_int_equal(found.items[at].reason_count, 1);
        assert_true(gw_text_is(found.limits[reason->limit].kind, "voltage_high"));
        assert_int_equal(found.limits[reason->limit].element, 3);
        assert_true(is_near(reason->effect_ppb_per_w, effect_ppb[at], 1));
        shares += reason->share_ppm;
    }
    assert_true(is_near(shares, 1000000, 2));
    assert_int_equal(found.items[3].reason_count + found.items[4].reason_count, 0);
}

static void everything_passes_where_nothing_breaks(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.items[0].requested.w = it.items[1].requested.w = 5000;
    const gw_flow_check_result found = check(arena, &it.question);
    assert_int_equal(found.verdict, GW_FLOW_CHECK_OK);
    assert_int_equal(found.rounds, 0);
    for (size_t at = 0; at < FIVE_TRADES; at++) {
        assert_true(found.items[at].accepted.w == it.items[at].requested.w);
        assert_int_equal(found.items[at].reason_count, 0);
    }
    assert_true(found.limit_count > 0); /* the nearest are told all the same */
}

static void what_is_within_the_schedule_passes_untouched(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.items[1].effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    it.items[1].requested.w = 900000;
    const gw_flow_check_result found = check(arena, &it.question);
    assert_int_equal(found.verdict, GW_FLOW_CHECK_OK);
    assert_true(found.items[1].accepted.w == 900000);
}

/* Without any trade the voltage is too high already: the base brings 45 kW of generation. */
static void a_base_that_breaks_a_limit_lets_only_relief_pass(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.injections[3].p_w = -45000;
    const gw_flow_check_result found = check(arena, &it.question);
    assert_int_equal(found.verdict, GW_FLOW_CHECK_INFEASIBLE);
    assert_true(found.items[0].accepted.w == 0 && found.items[1].accepted.w == 0);
    assert_true(found.items[3].accepted.w == 10000 && found.items[4].accepted.w == 8000);
    assert_true(found.items[0].reason_count > 0);
    const gw_flow_check_limit *high = limit_at(&found, "voltage_high", 3);
    assert_true(high->before > high->limit && high->after <= high->before + 1);
}

static void a_base_without_solution_lets_pass_what_changes_nothing(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.injections[3].p_w = 5000000;
    const gw_flow_check_result found = check(arena, &it.question);
    assert_int_equal(found.verdict, GW_FLOW_CHECK_INFEASIBLE);
    for (size_t at = 0; at < 4; at++) assert_true(found.items[at].accepted.w == 0);
    assert_true(found.items[4].accepted.w == 8000);
}

static void wishes_beyond_collapse_are_cut_to_what_holds(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    it.items[1] = five_item(GW_TEXT("B"), 0, 3, 9000000, 605, 140000);
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
        it.question.rule = (gw_flow_rule)rule;
        const gw_flow_check_result found = check(arena, &it.question);
        assert_int_equal(found.residual_ppb, 0);
        assert_true(found.items[1].accepted.w < 100000);
    }
}

static void every_base_is_kept(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_flow_injection less[FIVE_POINTS] = {{0, 0}, {1000, 0}, {500, 0}, {0, 0}};
    const gw_flow_base bases[] = {{GW_TEXT("p5"), less}, it.base};
    const gw_flow_check_result alone = check(arena, &it.question);
    it.question.bases = bases;
    it.question.base_count = 2;
    const gw_flow_check_result both = check(arena, &it.question);
    assert_true(both.items[1].accepted.w < alone.items[1].accepted.w);
    const gw_flow_check_limit *high = limit_at(&both, "voltage_high", 3);
    assert_true(high->base == 0 && high->after <= 420000 && is_near(high->after, 420000, 3));
}

static void a_margin_is_kept_free(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.question.margin_ppm = 2000;
    const gw_flow_check_result found = check(arena, &it.question);
    const gw_flow_check_limit *high = limit_at(&found, "voltage_high", 3);
    assert_true(high->after <= 419200 && is_near(high->after, 419200, 3));
}

static void a_current_limit_cuts_as_well(void **state) {
    (void)state;
    five_trades it;
    five_trades_make(&it);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    it.branches[1].imax_a = 50;
    const gw_flow_check_result found = check(arena, &it.question);
    const gw_flow_check_limit *current = limit_at(&found, "branch_current", 1);
    const gw_flow_check_limit *high = limit_at(&found, "voltage_high", 3);
    assert_true(current->limit == 50000 && current->after <= 50000);
    assert_true(is_near(current->requested, 74081, 5));
    assert_true(high->after <= 420000);
    /* the counter-flow saves losses behind the bottleneck, and these must pass it, too */
    assert_true(found.items[3].accepted.w > 9500);
}

static void refusals_point_at_the_item(void **state) {
    (void)state;
    five_trades it;
    gw_fault fault = {0};
    gw_flow_check_result found = {.rounds = 7};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    five_trades_make(&it);
    it.items[3].seller = 99;
    assert_int_equal(gw_flow_check(arena, &it.question, &found, &fault).code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/items/3/seller_point");
    five_trades_make(&it);
    it.items[2].requested.w = 0;
    assert_int_equal(gw_flow_check(arena, &it.question, &found, &fault).code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/items/2/power_w");
    five_trades_make(&it);
    it.items[4].id = GW_TEXT("A");
    assert_int_equal(gw_flow_check(arena, &it.question, &found, &fault).code, GW_CODE_INVALID);
    five_trades_make(&it);
    it.items[4].kind = GW_FLOW_ITEM_BID;
    assert_int_equal(gw_flow_check(arena, &it.question, &found, &fault).code, GW_CODE_INVALID);
    five_trades_make(&it);
    it.branches[2].closed = false;
    assert_int_equal(gw_flow_check(arena, &it.question, &found, &fault).code, GW_CODE_WRONG_STATE);
    assert_string_equal(fault.subject, "/items/0/seller_point");
    assert_true(found.rounds == 7);
}

/* The same cable with three phases, loads on B, and a seller at the end whose phase is known or
 * not.
 */
static void make_three_phase(five_trades *it, unsigned phases, bool is_unknown) {
    five_trades_make(it);
    it->net.model = GW_NET_THREE_PHASE;
    for (size_t at = 1; at < FIVE_POINTS; at++) it->points[at].phases = GW_NET_PHASE_B;
    it->points[3].phases = phases;
    it->points[3].is_phase_unknown = is_unknown;
    it->injections[3] = (gw_flow_injection){0, 0}; /* a base of unknown phase is spread */
    it->question.item_count = 1;
    it->items[0] = five_item(GW_TEXT("A"), 3, GW_FLOW_OUTSIDE, 12000, 600, 160000);
}

static void an_unknown_phase_counts_as_the_worst(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    five_trades it;
    int64_t least = INT64_MAX;
    for (unsigned phase = 0; phase < GW_NET_PHASES; phase++) {
        make_three_phase(&it, 1U << phase, false);
        const gw_flow_check_result found = check(arena, &it.question);
        if (found.items[0].accepted.w < least) least = found.items[0].accepted.w;
        assert_true(found.items[0].accepted.w < 12000);
    }
    make_three_phase(&it, 0, true);
    const gw_flow_check_result unknown = check(arena, &it.question);
    assert_int_equal(unknown.verdict, GW_FLOW_CHECK_CURTAILED);
    assert_true(is_near(unknown.items[0].accepted.w, least, 1) && least > 0);
}

/* ---- properties ---- */

enum { SOME_ITEMS = 14, RUNS = 25 };

static const char *const some_ids[SOME_ITEMS] = {"i1", "i2", "i3", "i4", "i5", "i6", "i7",
                                                 "i8", "i9", "ia", "ib", "ic", "id", "ie"};

typedef struct some {
    five_trades five;
    gw_flow_item items[SOME_ITEMS];
    gw_flow_injection low[FIVE_POINTS];
    gw_flow_injection high[FIVE_POINTS];
    gw_flow_base bases[3];
} some;

static void make_some(seeded *random, some *it) {
    memset(it, 0, sizeof *it);
    five_trades_make(&it->five);
    for (size_t at = 0; at < SOME_ITEMS; at++) {
        const uint32_t seller = (uint32_t)seeded_between(random, 0, 3);
        const uint32_t buyer = (uint32_t)seeded_between(random, 0, 3);
        it->items[at] =
            five_item(gw_text_from_c(some_ids[at]), seller, buyer, seeded_between(random, 1, 60000),
                      seeded_between(random, 0, 9), seeded_between(random, 1, 300000));
    }
    for (size_t at = 0; at < FIVE_POINTS; at++) {
        it->low[at].p_w = it->five.injections[at].p_w - seeded_between(random, 0, 4000);
        it->high[at].p_w = it->five.injections[at].p_w + seeded_between(random, 0, 9000);
    }
    it->bases[0] = (gw_flow_base){GW_TEXT("p5"), it->low};
    it->bases[1] = it->five.base;
    it->bases[2] = (gw_flow_base){GW_TEXT("p95"), it->high};
    it->five.question.items = it->items;
    it->five.question.item_count = SOME_ITEMS;
    it->five.question.bases = it->bases;
    it->five.question.base_count = 3;
}

static bool is_naive(gw_flow_rule rule) {
    return rule == GW_FLOW_RULE_PRO_RATA_ALL || rule == GW_FLOW_RULE_LAST_COME_ALL;
}

static void accepted_sets_keep_every_limit_in_every_base(void **state) {
    (void)state;
    seeded random = {31415};
    int cut = 0;
    for (int run = 0; run < RUNS; run++) {
        some it;
        make_some(&random, &it);
        for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
            GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
            it.five.question.rule = (gw_flow_rule)rule;
            const gw_flow_check_result found = check(arena, &it.five.question);
            gw_flow_check_finding finding = {.doubt = GW_FLOW_DOUBT_COUNT};
            int64_t accepted_w[SOME_ITEMS];
            for (size_t at = 0; at < SOME_ITEMS; at++) {
                accepted_w[at] = found.items[at].accepted.w;
                assert_true(accepted_w[at] >= 0 && accepted_w[at] <= it.items[at].requested.w);
            }
            assert_int_equal(found.residual_ppb, 0);
            if (found.verdict == GW_FLOW_CHECK_CURTAILED) cut++;
            gw_fault fault = {0};
            const gw_status verified =
                gw_flow_check_verify(arena, &it.five.question, accepted_w, 100, &finding, &fault);
            assert_true(gw_is_ok(verified));
            if (!is_naive(it.five.question.rule))
                assert_int_equal(finding.doubt, GW_FLOW_DOUBT_NONE);
            assert_int_not_equal(finding.doubt, GW_FLOW_DOUBT_LIMIT);
        }
    }
    assert_true(cut > RUNS);
}

/* A trade from a node nearer to the source to one further out lowers every voltage that is too high
 * and adds nothing to a current that flows inwards. */
static void a_relieving_trade_is_never_cut(void **state) {
    (void)state;
    seeded random = {2718};
    five_trades it;
    for (int run = 0; run < RUNS; run++) {
        five_trades_make(&it);
        it.items[3].requested.w = seeded_between(&random, 1, 15000);
        it.items[0].requested.w = seeded_between(&random, 15000, 30000);
        for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
            GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
            it.question.rule = (gw_flow_rule)rule;
            const gw_flow_check_result found = check(arena, &it.question);
            if (is_naive(it.question.rule)) continue;
            assert_true(found.items[3].accepted.w == it.items[3].requested.w);
            assert_true(found.items[4].accepted.w == it.items[4].requested.w);
        }
    }
}

static bool is_same(const gw_flow_check_item *left, const gw_flow_check_item *right) {
    for (size_t at = 0; at < left->reason_count && at < right->reason_count; at++)
        if (left->reasons[at].limit != right->reasons[at].limit ||
            left->reasons[at].effect_ppb_per_w != right->reasons[at].effect_ppb_per_w ||
            left->reasons[at].share_ppm != right->reasons[at].share_ppm)
            return false;
    return left->accepted.w == right->accepted.w && left->reason_count == right->reason_count &&
           left->loss_factor_ppm == right->loss_factor_ppm &&
           left->loss_share_ppm == right->loss_share_ppm &&
           left->network_fee.micros == right->network_fee.micros;
}

static void the_order_of_items_does_not_matter(void **state) {
    (void)state;
    seeded random = {161803};
    for (int run = 0; run < RUNS; run++) {
        some it;
        make_some(&random, &it);
        some turned = it; /* a copy that points into the first one */
        turned.five.question.net = &it.five.net;
        turned.five.question.bases = it.bases;
        turned.five.question.items = turned.items;
        for (size_t at = 0; at < SOME_ITEMS; at++)
            turned.items[at] = it.items[(at * 5 + 3) % SOME_ITEMS];
        for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
            GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
            it.five.question.rule = turned.five.question.rule = (gw_flow_rule)rule;
            const gw_flow_check_result left = check(arena, &it.five.question);
            const gw_flow_check_result right = check(arena, &turned.five.question);
            for (size_t at = 0; at < SOME_ITEMS; at++) {
                const size_t from = (at * 5 + 3) % SOME_ITEMS;
                assert_true(is_same(&right.items[at], &left.items[from]));
            }
        }
    }
}

static void a_thousand_items_are_checked(void **state) {
    (void)state;
    enum { MANY = 1000 };
    GW_AUTO_ARENA arena = gw_arena_open(8 * (size_t)ARENA_BYTES);
    five_trades it;
    gw_flow_item *items = NULL;
    char(*ids)[8] = NULL;
    five_trades_make(&it);
    assert_true(gw_is_ok(GW_ARENA_NEW(arena, gw_flow_item, MANY, &items, NULL)));
    assert_true(gw_is_ok(gw_arena_take(arena, sizeof *ids, MANY, (void **)&ids, NULL)));
    for (size_t at = 0; at < MANY; at++) {
        (void)snprintf(ids[at], sizeof ids[at], "t%zu", at);
        items[at] = it.items[at % FIVE_TRADES];
        items[at].id = gw_text_from_c(ids[at]);
        items[at].requested.w /= MANY / FIVE_TRADES;
    }
    it.question.items = items;
    it.question.item_count = MANY;
    const gw_flow_check_result found = check(arena, &it.question);
    int64_t accepted_w = 0;
    for (size_t at = 1; at < MANY; at += FIVE_TRADES) accepted_w += found.items[at].accepted.w;
    assert_true(is_near(accepted_w, 19996, MANY));
    assert_int_equal(found.residual_ppb, 0);
}

static void the_rating_counts_what_is_closed(void **state) {
    (void)state;
    gw_net_transformer transformers[] = {{.sn_va = 400000, .closed = true},
                                         {.sn_va = 250000, .closed = false},
                                         {.sn_va = 160000, .closed = true}};
    const gw_net net = {.transformers = transformers, .transformer_count = 3};
    assert_int_equal(gw_flow_check_rating_va(&net), 560000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_gives_the_worked_amounts),
        cmocka_unit_test(reasons_name_the_limit_the_effect_and_the_share),
        cmocka_unit_test(everything_passes_where_nothing_breaks),
        cmocka_unit_test(what_is_within_the_schedule_passes_untouched),
        cmocka_unit_test(a_base_that_breaks_a_limit_lets_only_relief_pass),
        cmocka_unit_test(a_base_without_solution_lets_pass_what_changes_nothing),
        cmocka_unit_test(wishes_beyond_collapse_are_cut_to_what_holds),
        cmocka_unit_test(every_base_is_kept),
        cmocka_unit_test(a_margin_is_kept_free),
        cmocka_unit_test(a_current_limit_cuts_as_well),
        cmocka_unit_test(refusals_point_at_the_item),
        cmocka_unit_test(an_unknown_phase_counts_as_the_worst),
        cmocka_unit_test(accepted_sets_keep_every_limit_in_every_base),
        cmocka_unit_test(a_relieving_trade_is_never_cut),
        cmocka_unit_test(the_order_of_items_does_not_matter),
        cmocka_unit_test(a_thousand_items_are_checked),
        cmocka_unit_test(the_rating_counts_what_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
