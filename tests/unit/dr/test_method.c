/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/method.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_method sgsc(gw_adjustment adjustment) {
    gw_method method = {0};
    assert_true(gw_is_ok(gw_method_find(GW_TEXT("sgsc-10in10-v1"), adjustment, &method, NULL)));
    return method;
}

static void the_method_is_printed_as_canonical_json(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    const gw_method method = sgsc(GW_ADJUSTMENT_CAPPED);
    gw_writer out;
    gw_text text = {0};
    gw_writer_init(&out, arena);
    gw_method_print(&method, &out);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    assert_true(gw_text_is(
        text, "{\"adjust_from_s\":-14400,\"adjust_to_s\":-3600,\"adjustment\":\"CAPPED\","
              "\"cap_high_den\":5,\"cap_high_num\":6,\"cap_low_den\":5,\"cap_low_num\":4,"
              "\"id\":\"sgsc-10in10-v1\",\"interval_s\":1800,\"lookback_days\":45,"
              "\"minimum_days\":5,\"target_days\":10}"));
}

static void an_unknown_method_is_not_found(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_method method = {.target_days = 77};
    assert_int_equal(
        gw_method_find(GW_TEXT("sgsc-10in10-v2"), GW_ADJUSTMENT_NONE, &method, &fault).code,
        GW_CODE_NOT_FOUND);
    assert_int_equal(method.target_days, 77);
}

/* One wrong parameter at a time. */
static void parameters_without_sense_are_refused(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_method method = sgsc(GW_ADJUSTMENT_NONE);
    assert_true(gw_is_ok(gw_method_check(&method, &fault)));
    int64_t *const members[] = {&method.interval_s,   &method.lookback_days, &method.target_days,
                                &method.minimum_days, &method.adjust_from_s, &method.adjust_to_s,
                                &method.cap_low_num,  &method.cap_low_den,   &method.cap_high_num,
                                &method.cap_high_den};
    static const int64_t WRONG[] = {7, 367, 4, 0, -15000, 1800, 7, 0, -1, 0};
    for (size_t at = 0; at < sizeof WRONG / sizeof WRONG[0]; at++) {
        const int64_t right = *members[at];
        *members[at] = WRONG[at];
        assert_int_equal(gw_method_check(&method, &fault).code, GW_CODE_INVALID);
        *members[at] = right;
    }
}

static void adjustments_have_two_words(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_adjustment adjustment = GW_ADJUSTMENT_NONE;
    assert_true(gw_is_ok(gw_adjustment_parse(GW_TEXT("CAPPED"), &adjustment, &fault)));
    assert_int_equal(adjustment, GW_ADJUSTMENT_CAPPED);
    assert_true(gw_is_ok(gw_adjustment_parse(GW_TEXT("NONE"), &adjustment, &fault)));
    assert_string_equal(gw_adjustment_print(adjustment), "NONE");
    assert_int_equal(gw_adjustment_parse(GW_TEXT("capped"), &adjustment, &fault).code,
                     GW_CODE_INVALID);
}

static void own_event_days_have_two_words(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_own_event_days days = GW_OWN_EVENT_DAYS_EXCLUDED;
    assert_true(gw_is_ok(gw_own_event_days_parse(GW_TEXT("KEPT"), &days, &fault)));
    assert_int_equal(days, GW_OWN_EVENT_DAYS_KEPT);
    assert_true(gw_is_ok(gw_own_event_days_parse(GW_TEXT("EXCLUDED"), &days, &fault)));
    assert_string_equal(gw_own_event_days_print(days), "EXCLUDED");
    assert_int_equal(gw_own_event_days_parse(GW_TEXT("kept"), &days, &fault).code, GW_CODE_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_method_is_printed_as_canonical_json),
        cmocka_unit_test(an_unknown_method_is_not_found),
        cmocka_unit_test(parameters_without_sense_are_refused),
        cmocka_unit_test(adjustments_have_two_words),
        cmocka_unit_test(own_event_days_have_two_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
