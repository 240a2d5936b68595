/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/versions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static gw_candidate candidate(int64_t seq, int64_t wh, uint64_t lsn) {
    return (gw_candidate){.reading = {.meter = GW_TEXT("M-1"),
                                      .start = {1800000000},
                                      .energy = {wh},
                                      .quality = GW_QUALITY_ACTUAL,
                                      .boot = seq == 0 ? 0 : 1,
                                      .seq = seq},
                          .lsn = lsn,
                          .part = 1};
}

static void unknown_readings_get_version_one(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(1, 5, 1)};
    gw_versions_decide(list, NULL, 1);
    assert_int_equal(list[0].fate, GW_FATE_NEW);
    assert_int_equal(list[0].reading.version, 1);
}

static void within_a_batch_arrival_decides_the_versions(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(3, 7, 9), candidate(1, 5, 1), candidate(2, 5, 4)};
    gw_versions_sort(list, 3);
    gw_versions_decide(list, NULL, 3);
    assert_int_equal(list[0].fate, GW_FATE_NEW);
    assert_int_equal(list[1].fate, GW_FATE_DUPLICATE);
    assert_int_equal(list[2].fate, GW_FATE_CORRECTION);
    assert_int_equal(list[2].reading.version, 2);
}

static void known_version_is_continued(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(9, 7, 1)};
    const gw_known_reading known[] = {
        {.version = 3, .energy = {5}, .quality = GW_QUALITY_ACTUAL, .boot = 1, .seq = 2}};
    gw_versions_decide(list, known, 1);
    assert_int_equal(list[0].fate, GW_FATE_CORRECTION);
    assert_int_equal(list[0].reading.version, 4);
}

static void backlog_does_not_undo_a_correction(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(9, 7, 1), candidate(2, 5, 2)};
    gw_versions_decide(list, NULL, 2);
    assert_int_equal(list[1].fate, GW_FATE_SUPERSEDED);
}

static void other_quality_is_another_value(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(1, 5, 1), candidate(2, 5, 2)};
    list[1].reading.quality = GW_QUALITY_ESTIMATED;
    gw_versions_decide(list, NULL, 2);
    assert_int_equal(list[1].fate, GW_FATE_CORRECTION);
}

static void over_http_arrival_alone_counts(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(9, 7, 1), candidate(0, 5, 2), candidate(3, 6, 3)};
    gw_versions_decide(list, NULL, 3);
    assert_int_equal(list[1].fate, GW_FATE_CORRECTION);
    assert_int_equal(list[2].fate, GW_FATE_CORRECTION);
    assert_int_equal(list[2].reading.version, 3);
}

static void keys_do_not_mix(void **state) {
    (void)state;
    gw_candidate list[] = {candidate(1, 5, 1), candidate(1, 6, 2), candidate(1, 7, 3)};
    list[1].reading.channel = GW_CHANNEL_EXPORT;
    list[2].reading.meter = GW_TEXT("M-2");
    gw_versions_sort(list, 3);
    gw_versions_decide(list, NULL, 3);
    for (size_t at = 0; at < 3; at++) assert_int_equal(list[at].fate, GW_FATE_NEW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_readings_get_version_one),
        cmocka_unit_test(within_a_batch_arrival_decides_the_versions),
        cmocka_unit_test(known_version_is_continued),
        cmocka_unit_test(backlog_does_not_undo_a_correction),
        cmocka_unit_test(other_quality_is_another_value),
        cmocka_unit_test(over_http_arrival_alone_counts),
        cmocka_unit_test(keys_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
