/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_band BAND = {.w = {60, 70, 80, 100, 110, 130, 150}};

static gw_score two_pairs(void) {
    gw_score score = {0};
    const gw_score_pair high = {.measured_w = 140,
                                .forecast_w = 100,
                                .yesterday_w = 120,
                                .last_week_w = 60,
                                .threshold_w = 125,
                                .band = &BAND};
    const gw_score_pair low = {.measured_w = 90,
                               .forecast_w = 100,
                               .yesterday_w = GW_FORECAST_GAP,
                               .last_week_w = 70,
                               .threshold_w = 125,
                               .band = &BAND};
    gw_score_add(&score, &high);
    gw_score_add(&score, &low);
    return score;
}

static void errors_are_means_over_the_pairs(void **state) {
    (void)state;
    const gw_score score = two_pairs();
    const gw_accuracy made = gw_accuracy_of(&score);
    assert_int_equal(made.mae_w, 25);
    assert_int_equal(made.bias_w, -15);
    assert_int_equal(made.rmse_w, 29); /* sqrt(850) */
    assert_int_equal(made.nmae_ppm, 50 * 1000000 / 230);
    assert_int_equal(made.mase_last_week_ppm, 500000);
    assert_int_equal(made.mase_yesterday_ppm, 2000000);
}

static void coverage_and_alarms_count_what_happened(void **state) {
    (void)state;
    const gw_score score = two_pairs();
    const gw_accuracy made = gw_accuracy_of(&score);
    const int64_t coverage[] = {0, 0, 0, 500000, 500000, 500000, 1000000};
    assert_memory_equal(made.coverage_ppm, coverage, sizeof coverage);
    const int64_t recall[] = {0, 0, 1000000, 1000000};
    const int64_t precision[] = {-1, -1, 500000, 500000};
    assert_memory_equal(made.recall_ppm, recall, sizeof recall);
    assert_memory_equal(made.precision_ppm, precision, sizeof precision);
    assert_int_equal(score.event_count, 1);
}

static void pinball_weighs_by_the_level(void **state) {
    (void)state;
    gw_score score = {0};
    const gw_band flat = {.w = {100, 100, 100, 100, 100, 100, 100}};
    gw_score_pair pair = {.measured_w = 110,
                          .forecast_w = 100,
                          .yesterday_w = GW_FORECAST_GAP,
                          .last_week_w = GW_FORECAST_GAP,
                          .threshold_w = INT64_MAX,
                          .band = &flat};
    gw_score_add(&score, &pair);
    assert_int_equal(score.pinball_milliwatt[0], 500);
    assert_int_equal(score.pinball_milliwatt[6], 9500);
    pair.measured_w = 90;
    gw_score_add(&score, &pair);
    assert_int_equal(score.pinball_milliwatt[0], 10000);
    /* of a symmetric error every level costs half of the absolute error */
    assert_int_equal(gw_accuracy_of(&score).pinball_milliwatt, 5000);
}

static void sums_add_up_in_any_order(void **state) {
    (void)state;
    const gw_score once = two_pairs();
    gw_score left = two_pairs();
    gw_score right = {0};
    gw_score_merge(&left, &once);
    gw_score_merge(&right, &once);
    gw_score_merge(&right, &once);
    assert_memory_equal(&left, &right, sizeof left);
    assert_int_equal(gw_accuracy_of(&left).mae_w, gw_accuracy_of(&once).mae_w);
}

static void nothing_scored_gives_no_figures(void **state) {
    (void)state;
    const gw_score none = {0};
    const gw_accuracy made = gw_accuracy_of(&none);
    assert_int_equal(made.mae_w, -1);
    assert_int_equal(made.rmse_w, -1);
    assert_int_equal(made.pinball_milliwatt, -1);
    assert_int_equal(made.recall_ppm[0], -1);
    assert_int_equal(made.coverage_ppm[0], -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_means_over_the_pairs),
        cmocka_unit_test(coverage_and_alarms_count_what_happened),
        cmocka_unit_test(pinball_weighs_by_the_level),
        cmocka_unit_test(sums_add_up_in_any_order),
        cmocka_unit_test(nothing_scored_gives_no_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
