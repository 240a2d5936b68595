/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/flow_curtail.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 5, MANY = 12, ROWS = 3 };

/* The worked example of five trades, made linear: kW and thousandths per kW. */
static const double five_effect[ITEMS] = {0.798, 1.162, 0.343, -0.455, 0};
static const double five_requested[ITEMS] = {20, 25, 15, 10, 8};
static const double five_gap[] = {9.153};

static bool is_near(double left, double right, double within) {
    return __builtin_fabs(left - right) <= within;
}

static gw_flow_curtailment five(gw_flow_rule rule) {
    return (gw_flow_curtailment){.rule = rule,
                                 .item_count = ITEMS,
                                 .constraint_count = 1,
                                 .effect = five_effect,
                                 .gap = five_gap,
                                 .requested_w = five_requested};
}

static gw_flow_cut_set cut(gw_arena *arena, const gw_flow_curtailment *question) {
    gw_flow_cut_set found = {0};
    gw_fault fault = {0};
    assert_true(gw_is_ok(gw_flow_curtail(arena, question, &found, &fault)));
    return found;
}

static double effect_of(const gw_flow_curtailment *it, const double *cut_w, size_t row) {
    double sum = 0;
    for (size_t item = 0; item < it->item_count; item++)
        sum += it->effect[row * it->item_count + item] * cut_w[item];
    return sum;
}

static void a_cut_by_least_squares_is_proportional_to_the_effect(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_curtailment question = five(GW_FLOW_RULE_SENSITIVITY_QP);
    const gw_flow_cut_set found = cut(arena, &question);
    for (size_t item = 0; item < 3; item++)
        assert_true(is_near(found.cut_w[item], found.shadow[0] * five_effect[item], 1e-6));
    assert_true(found.cut_w[3] == 0 && found.cut_w[4] == 0);
    assert_true(is_near(effect_of(&question, found.cut_w, 0), five_gap[0], 1e-5));
    assert_true(found.missing == 0);
}

static void a_weight_shifts_the_cut_to_others(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const double weight[ITEMS] = {1, 3, 1, 1, 1};
    gw_flow_curtailment question = five(GW_FLOW_RULE_SENSITIVITY_QP);
    const gw_flow_cut_set alike = cut(arena, &question);
    question.weight = weight;
    const gw_flow_cut_set weighted = cut(arena, &question);
    assert_true(weighted.cut_w[1] < alike.cut_w[1]);
    assert_true(weighted.cut_w[0] > alike.cut_w[0]);
}

static void least_power_takes_the_largest_effect_first(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_curtailment question = five(GW_FLOW_RULE_MIN_KW);
    const gw_flow_cut_set found = cut(arena, &question);
    assert_true(is_near(found.cut_w[1], five_gap[0] / five_effect[1], 1e-6));
    assert_true(found.cut_w[0] == 0 && found.cut_w[2] == 0 && found.cut_w[3] == 0);
    assert_true(is_near(found.shadow[0], 1 / five_effect[1], 1e-6));
}

static void least_value_takes_the_cheapest_effect_first(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const double price[ITEMS] = {160000, 900000, 150000, 170000, 150000};
    gw_flow_curtailment question = five(GW_FLOW_RULE_ECONOMIC);
    question.price = price;
    const gw_flow_cut_set found = cut(arena, &question);
    assert_true(is_near(found.cut_w[0], five_gap[0] / five_effect[0], 1e-6));
    assert_true(found.cut_w[1] == 0);
}

static void contributors_bear_the_same_share(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_curtailment question = five(GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS);
    const gw_flow_cut_set found = cut(arena, &question);
    const double share = found.cut_w[0] / 20;
    assert_true(is_near(found.cut_w[1] / 25, share, 1e-9));
    assert_true(is_near(found.cut_w[2] / 15, share, 1e-9));
    assert_true(found.cut_w[3] == 0 && found.cut_w[4] == 0);
    assert_true(is_near(effect_of(&question, found.cut_w, 0), five_gap[0], 1e-5));
}

static void the_last_contributor_to_come_is_cut_first(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const uint32_t arrival[ITEMS] = {2, 0, 1, 4, 3};
    gw_flow_curtailment question = five(GW_FLOW_RULE_LAST_COME_CONTRIBUTORS);
    const gw_flow_cut_set listed = cut(arena, &question);
    assert_true(listed.cut_w[2] == 15 && listed.cut_w[3] == 0 && listed.cut_w[0] == 0);
    question.arrival = arrival;
    const gw_flow_cut_set found = cut(arena, &question);
    assert_true(is_near(found.cut_w[1], five_gap[0] / five_effect[1], 1e-6));
    assert_true(found.cut_w[2] == 0 && found.cut_w[0] == 0);
}

static void the_naive_rules_cut_who_relieves(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const gw_flow_curtailment last = five(GW_FLOW_RULE_LAST_COME_ALL);
    const gw_flow_cut_set last_cut = cut(arena, &last);
    assert_true(last_cut.cut_w[4] == 8 && last_cut.cut_w[3] == 10 && last_cut.cut_w[2] == 15);
    assert_true(last_cut.cut_w[1] > 7 && last_cut.cut_w[1] < 8 && last_cut.cut_w[0] == 0);
    const gw_flow_curtailment alike = five(GW_FLOW_RULE_PRO_RATA_ALL);
    const gw_flow_cut_set alike_cut = cut(arena, &alike);
    for (size_t item = 1; item < ITEMS; item++)
        assert_true(
            is_near(alike_cut.cut_w[item] / five_requested[item], alike_cut.cut_w[0] / 20, 1e-9));
}

static void a_gap_beyond_all_cuts_is_said(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
    const double gap[] = {1000};
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        gw_flow_curtailment question = five((gw_flow_rule)rule);
        question.gap = gap;
        const gw_flow_cut_set found = cut(arena, &question);
        assert_true(found.missing > 900);
        assert_true(found.cut_w[0] == 20 && found.cut_w[1] == 25 && found.cut_w[2] == 15);
    }
}

static void every_rule_has_its_own_name(void **state) {
    (void)state;
    for (int left = 0; left < GW_FLOW_RULE_COUNT; left++)
        for (int right = 0; right < left; right++)
            assert_string_not_equal(gw_flow_rule_name((gw_flow_rule)left),
                                    gw_flow_rule_name((gw_flow_rule)right));
}

typedef struct sample {
    double effect[ROWS * MANY];
    double gap[ROWS];
    double requested[MANY];
    double price[MANY];
    gw_flow_curtailment question;
} sample;

/* Effects as in a grid: thousandths per kW; what a row can give is above its gap. */
static void make_sample(seeded *random, sample *it) {
    for (size_t item = 0; item < MANY; item++) {
        it->requested[item] = (double)seeded_between(random, 1, 30000);
        it->price[item] = (double)seeded_between(random, 1, 400000);
    }
    for (size_t row = 0; row < ROWS; row++) {
        double whole = 0;
        for (size_t item = 0; item < MANY; item++) {
            double *effect = &it->effect[row * MANY + item];
            *effect = (double)seeded_between(random, -300, 1000) / 1e9;
            whole += *effect * it->requested[item];
        }
        it->gap[row] = whole * (double)seeded_between(random, -500, 950) / 1000;
    }
    it->question = (gw_flow_curtailment){.item_count = MANY,
                                         .constraint_count = ROWS,
                                         .effect = it->effect,
                                         .gap = it->gap,
                                         .requested_w = it->requested,
                                         .price = it->price};
}

/* True when the item worsens no row that has a gap or a price. */
static bool only_relieves(const sample *it, const gw_flow_cut_set *found, size_t item) {
    for (size_t row = 0; row < ROWS; row++) {
        const bool counts = it->gap[row] > 0 || found->shadow[row] > 0;
        if (counts && it->effect[row * MANY + item] > 0) return false;
    }
    return true;
}

static bool closes_all(const sample *it, const gw_flow_cut_set *found) {
    for (size_t row = 0; row < ROWS; row++)
        if (effect_of(&it->question, found->cut_w, row) < it->gap[row] - 1e-11) return false;
    return true;
}

static bool is_naive(gw_flow_rule rule) {
    return rule == GW_FLOW_RULE_PRO_RATA_ALL || rule == GW_FLOW_RULE_LAST_COME_ALL;
}

static double watts_of(const gw_flow_cut_set *found) {
    double sum = 0;
    for (size_t item = 0; item < MANY; item++) sum += found->cut_w[item];
    return sum;
}

static void random_cuts_stay_within_what_was_asked_for(void **state) {
    (void)state;
    seeded random = {77};
    int closed = 0;
    for (int run = 0; run < 300; run++) {
        sample it;
        make_sample(&random, &it);
        double least_w = 0;
        for (int rule = GW_FLOW_RULE_COUNT - 1; rule >= 0; rule--) {
            GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
            it.question.rule = (gw_flow_rule)rule;
            const gw_flow_cut_set found = cut(arena, &it.question);
            for (size_t item = 0; item < MANY; item++) {
                assert_true(found.cut_w[item] >= 0);
                assert_true(found.cut_w[item] <= it.requested[item] * (1 + 1e-12));
                if (!is_naive(it.question.rule) && only_relieves(&it, &found, item))
                    assert_true(found.cut_w[item] == 0 ||
                                it.question.rule == GW_FLOW_RULE_LAST_COME_CONTRIBUTORS ||
                                it.question.rule == GW_FLOW_RULE_PRO_RATA_CONTRIBUTORS);
            }
            assert_true((found.missing == 0) == closes_all(&it, &found));
            if (found.missing == 0) closed++;
            if (rule == GW_FLOW_RULE_MIN_KW && found.missing == 0) least_w = watts_of(&found);
            if (rule == GW_FLOW_RULE_SENSITIVITY_QP && found.missing == 0)
                assert_true(watts_of(&found) >= least_w - 1e-3);
        }
    }
    assert_true(closed > 1000);
}

static void least_squares_meets_its_conditions_of_optimality(void **state) {
    (void)state;
    seeded random = {4711};
    for (int run = 0; run < 300; run++) {
        sample it;
        make_sample(&random, &it);
        GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
        const gw_flow_cut_set found = cut(arena, &it.question);
        for (size_t item = 0; item < MANY; item++) {
            double wish = 0;
            for (size_t row = 0; row < ROWS; row++)
                wish += found.shadow[row] * it.effect[row * MANY + item];
            if (wish < 0) wish = 0;
            if (wish > it.requested[item]) wish = it.requested[item];
            assert_true(is_near(found.cut_w[item], wish, 1e-3));
        }
        for (size_t row = 0; row < ROWS; row++) {
            const double over = effect_of(&it.question, found.cut_w, row) - it.gap[row];
            if (found.missing == 0 && found.shadow[row] > 0) assert_true(over < 1e-11);
        }
    }
}

static void the_same_question_gives_the_same_bits(void **state) {
    (void)state;
    seeded random = {5};
    sample it;
    make_sample(&random, &it);
    for (int rule = 0; rule < GW_FLOW_RULE_COUNT; rule++) {
        GW_AUTO_ARENA arena = gw_arena_open(1024 * 1024);
        it.question.rule = (gw_flow_rule)rule;
        const gw_flow_cut_set first = cut(arena, &it.question);
        const gw_flow_cut_set second = cut(arena, &it.question);
        assert_memory_equal(first.cut_w, second.cut_w, MANY * sizeof(double));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_by_least_squares_is_proportional_to_the_effect),
        cmocka_unit_test(a_weight_shifts_the_cut_to_others),
        cmocka_unit_test(least_power_takes_the_largest_effect_first),
        cmocka_unit_test(least_value_takes_the_cheapest_effect_first),
        cmocka_unit_test(contributors_bear_the_same_share),
        cmocka_unit_test(the_last_contributor_to_come_is_cut_first),
        cmocka_unit_test(the_naive_rules_cut_who_relieves),
        cmocka_unit_test(a_gap_beyond_all_cuts_is_said),
        cmocka_unit_test(every_rule_has_its_own_name),
        cmocka_unit_test(random_cuts_stay_within_what_was_asked_for),
        cmocka_unit_test(least_squares_meets_its_conditions_of_optimality),
        cmocka_unit_test(the_same_question_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
