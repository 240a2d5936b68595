/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/series.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const gw_span HALF_HOUR = {INT64_C(1800) * 1000000};

static gw_reading reading(int64_t index, int64_t version, int64_t wh, gw_quality quality) {
    return (gw_reading){.meter = GW_TEXT("M-1"),
                        .start = {index * HALF_HOUR.us},
                        .energy = {wh},
                        .quality = quality,
                        .version = version};
}

static gw_instant start(int64_t index) { return (gw_instant){index * HALF_HOUR.us}; }

static void the_highest_version_counts_in_any_order(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_series series = {0};
    const gw_reading given[] = {reading(4, 1, 10, 'A'), reading(3, 2, 33, 'A'),
                                reading(3, 1, 30, 'A'), reading(4, 1, 10, 'A')};
    assert_true(gw_is_ok(gw_series_make(arena, HALF_HOUR, given, 4, &series, NULL)));
    assert_int_equal(series.count, 2);
    assert_int_equal(gw_series_find(&series, start(3))->energy.wh, 33);
    assert_int_equal(gw_series_find(&series, start(4))->energy.wh, 10);
}

static void gap_is_not_counted_as_zero(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_series series = {0};
    gw_energy total = {0};
    size_t missing = 0;
    const gw_reading given[] = {reading(0, 1, 10, 'A'), reading(1, 1, 99, 'E'),
                                reading(3, 1, 5, 'A')};
    assert_true(gw_is_ok(gw_series_make(arena, HALF_HOUR, given, 3, &series, NULL)));
    assert_non_null(gw_series_find(&series, start(1)));
    assert_null(gw_series_measured(&series, start(1)));
    assert_null(gw_series_find(&series, start(2)));
    const gw_period period = {start(0), start(4)};
    assert_true(gw_is_ok(gw_series_total(&series, period, &total, &missing, NULL)));
    assert_int_equal(total.wh, 15);
    assert_int_equal(missing, 2);
}

static void what_is_not_one_series_is_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_series series = {.count = 77};
    gw_fault fault = {0};
    gw_reading given[] = {reading(0, 1, 10, 'A'), reading(0, 1, 11, 'A')};
    assert_int_equal(gw_series_make(arena, HALF_HOUR, given, 2, &series, &fault).code,
                     GW_CODE_CONFLICT);
    given[1] = reading(1, 1, 11, 'A');
    given[1].channel = GW_CHANNEL_EXPORT;
    assert_int_equal(gw_series_make(arena, HALF_HOUR, given, 2, &series, &fault).code,
                     GW_CODE_INVALID);
    given[1] = reading(1, 1, 11, 'A');
    given[1].start.us += 1;
    assert_int_equal(gw_series_make(arena, HALF_HOUR, given, 2, &series, &fault).code,
                     GW_CODE_INVALID);
    assert_int_equal(series.count, 77);
}

static void order_of_arrival_changes_nothing(void **state) {
    (void)state;
    seeded random = {20260120};
    for (int round = 0; round < 50; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
        gw_reading given[40];
        gw_series forward = {0};
        gw_series shuffled = {0};
        for (int64_t at = 0; at < 40; at++)
            given[at] = reading(at / 2, at % 2 + 1, seeded_between(&random, 0, 999), 'A');
        assert_true(gw_is_ok(gw_series_make(arena, HALF_HOUR, given, 40, &forward, NULL)));
        for (int at = 39; at > 0; at--) {
            const int other = (int)seeded_between(&random, 0, at);
            const gw_reading moved = given[at];
            given[at] = given[other];
            given[other] = moved;
        }
        assert_true(gw_is_ok(gw_series_make(arena, HALF_HOUR, given, 40, &shuffled, NULL)));
        assert_int_equal(forward.count, 20);
        assert_memory_equal(forward.readings, shuffled.readings, 20 * sizeof(gw_reading));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_version_counts_in_any_order),
        cmocka_unit_test(gap_is_not_counted_as_zero),
        cmocka_unit_test(what_is_not_one_series_is_refused),
        cmocka_unit_test(order_of_arrival_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
