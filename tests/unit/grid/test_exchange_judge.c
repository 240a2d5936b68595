/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_judge.h"

#include "grid/exchange_member.h"
#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const int64_t TARGETS[] = {1000000, 2000000};
static const int64_t POWERS[] = {500000, 900000};
static const int64_t OTHERS[] = {500000, 900001};

static gw_exchange_round open_round(void) {
    return (gw_exchange_round){.is_open = true,
                               .iteration = 4,
                               .counter = 9,
                               .interval_count = 2,
                               .least = -1000000,
                               .most = 1000000,
                               .targets = TARGETS};
}

static void a_good_answer_counts_once(void **state) {
    (void)state;
    gw_exchange_round round = open_round();
    const gw_exchange_answer answer = {4, 9, POWERS, 2};
    const gw_exchange_answer other = {4, 9, OTHERS, 2};
    assert_int_equal(gw_exchange_judge(&round, &answer), GW_EXCHANGE_VERDICT_ACCEPTED);
    round.answered = POWERS;
    assert_int_equal(gw_exchange_judge(&round, &answer), GW_EXCHANGE_VERDICT_REPEATED);
    assert_int_equal(gw_exchange_judge(&round, &other), GW_EXCHANGE_VERDICT_CONTRADICTS);
}

static void each_refusal_has_its_name(void **state) {
    (void)state;
    gw_exchange_round round = open_round();
    const int64_t big[] = {0, 1000001};
    const struct {
        gw_exchange_answer answer;
        gw_exchange_verdict verdict;
        const char *word;
    } rows[] = {
        {{3, 9, POWERS, 2}, GW_EXCHANGE_VERDICT_LATE, "late"},
        {{5, 9, POWERS, 2}, GW_EXCHANGE_VERDICT_EARLY, "early"},
        {{4, 8, POWERS, 2}, GW_EXCHANGE_VERDICT_REPLAYED, "replayed"},
        {{4, 10, POWERS, 2}, GW_EXCHANGE_VERDICT_REPLAYED, "replayed"},
        {{4, 9, POWERS, 1}, GW_EXCHANGE_VERDICT_INCOMPLETE, "incomplete"},
        {{4, 9, big, 2}, GW_EXCHANGE_VERDICT_OUT_OF_RANGE, "out-of-range"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const gw_exchange_verdict verdict = gw_exchange_judge(&round, &rows[i].answer);
        assert_int_equal(verdict, rows[i].verdict);
        assert_string_equal(gw_exchange_verdict_word(verdict), rows[i].word);
        assert_true(gw_exchange_verdict_title(verdict)[0] != 0);
    }
    round.is_open = false;
    assert_int_equal(gw_exchange_judge(&round, &rows[0].answer), GW_EXCHANGE_VERDICT_CLOSED);
}

static void an_answer_that_runs_from_its_target_is_implausible(void **state) {
    (void)state;
    const int64_t before[] = {900000, 1900000};
    const int64_t answered[] = {600000, 900000};
    gw_exchange_round round = open_round();
    round.last_targets = before;
    round.last_answers = answered;
    const gw_exchange_answer answer = {4, 9, POWERS,
                                       2}; /* target up by 100 W, answer down as much */
    assert_int_equal(gw_exchange_judge(&round, &answer), GW_EXCHANGE_VERDICT_IMPLAUSIBLE);
}

static void honest_members_are_never_implausible(void **state) {
    (void)state;
    seeded random = {2026};
    for (int run = 0; run < 2000; run++) {
        gw_exchange_cost costs[4];
        int64_t targets[2][4];
        int64_t answers[2][4];
        for (int t = 0; t < 4; t++) {
            costs[t] = (gw_exchange_cost){seeded_between(&random, 0, 500000000),
                                          seeded_between(&random, 0, 3000000), -50000000, 50000000};
            targets[0][t] = seeded_between(&random, -900000000, 900000000);
            targets[1][t] = targets[0][t] + seeded_between(&random, -20000, 20000);
        }
        const gw_exchange_member member = {costs, 4, run % 2 == 0 ? INT64_MIN : -1000000, 2000000};
        const int64_t penalty = seeded_between(&random, 20000, 3000000);
        gw_exchange_member_answer(&member, penalty, targets[0], answers[0]);
        gw_exchange_member_answer(&member, penalty, targets[1], answers[1]);
        const gw_exchange_round round = {.is_open = true,
                                         .interval_count = 4,
                                         .least = -50000000,
                                         .most = 50000000,
                                         .targets = targets[1],
                                         .last_targets = targets[0],
                                         .last_answers = answers[0]};
        const gw_exchange_answer answer = {0, 0, answers[1], 4};
        assert_int_equal(gw_exchange_judge(&round, &answer), GW_EXCHANGE_VERDICT_ACCEPTED);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_answer_counts_once),
        cmocka_unit_test(each_refusal_has_its_name),
        cmocka_unit_test(an_answer_that_runs_from_its_target_is_implausible),
        cmocka_unit_test(honest_members_are_never_implausible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
