/* SPDX-License-Identifier: Apache-2.0 */
/* All rows of baseline_10in10_golden.jsonl from the full history: days, sums and ratios as
 * integers. Without the data set the test is skipped (status 77), and says so. */
#include "dr/baseline.h"

#include "base/decimal.h"
#include "base/wide.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DATA "../shared/data/meters_sgsc_30min/"

enum {
    ARENA_BYTES = 512 << 20,
    LINE_SIZE = 8192,
    METERS_MOST = 8,
    EVENTS_MOST = 32,
    DAY_SLOTS = 48,
    ROWS = 22,
    ROWS_WITHOUT_EVENT_DAYS = 12
};

typedef struct event {
    gw_text id;
    gw_period window;
    gw_text meters; /* blank-separated */
} event;

typedef struct history {
    gw_text meter;
    gw_reading *readings;
    size_t count;
} history;

typedef struct data {
    gw_arena *arena;
    event events[EVENTS_MOST];
    size_t event_count;
    history histories[METERS_MOST];
    size_t history_count;
    gw_calendar calendar;
} data;

static data set;

static gw_text copy(gw_text text) {
    gw_text made = {0};
    assert_true(gw_is_ok(gw_text_copy(set.arena, text, &made, NULL)));
    return made;
}

static gw_instant instant(gw_text text) {
    gw_instant made = {0};
    assert_true(gw_is_ok(gw_instant_parse(text, &made, NULL)));
    return made;
}

static bool lists(gw_text meters, gw_text meter) {
    while (meters.length > 0)
        if (gw_text_equal(gw_text_split(&meters, ' '), meter)) return true;
    return false;
}

static void read_events(FILE *file) {
    char line[LINE_SIZE];
    assert_non_null(fgets(line, sizeof line, file)); /* heading */
    while (fgets(line, sizeof line, file) != NULL) {
        gw_text rest = gw_text_trim(gw_text_from_c(line));
        gw_text columns[9];
        for (size_t at = 0; at < 9; at++) columns[at] = gw_text_split(&rest, ',');
        set.events[set.event_count++] =
            (event){copy(columns[0]), {instant(columns[3]), instant(columns[4])}, copy(columns[8])};
    }
}

static bool was_ever_called(gw_text meter) {
    for (size_t at = 0; at < set.event_count; at++)
        if (lists(set.events[at].meters, meter)) return true;
    return false;
}

static history *history_of(gw_text meter) {
    for (size_t at = 0; at < set.history_count; at++)
        if (gw_text_equal(set.histories[at].meter, meter)) return &set.histories[at];
    assert_true(set.history_count < METERS_MOST);
    history *made = &set.histories[set.history_count++];
    made->meter = copy(meter);
    assert_true(
        gw_is_ok(GW_ARENA_NEW(set.arena, gw_reading, 800 * DAY_SLOTS, &made->readings, NULL)));
    return made;
}

static void read_history(gzFile file) {
    char line[LINE_SIZE];
    assert_non_null(gzgets(file, line, sizeof line)); /* heading */
    while (gzgets(file, line, sizeof line) != NULL) {
        gw_text rest = gw_text_trim(gw_text_from_c(line));
        const gw_text meter = gw_text_split(&rest, ',');
        if (!was_ever_called(meter)) continue;
        gw_date day = {0};
        history *found = history_of(meter);
        assert_true(gw_is_ok(gw_date_parse(gw_text_split(&rest, ','), &day, NULL)));
        for (int64_t slot = 0; slot < DAY_SLOTS; slot++) {
            const gw_text kwh = gw_text_split(&rest, ',');
            if (kwh.length == 0) continue;
            gw_reading *reading = &found->readings[found->count++];
            *reading =
                (gw_reading){.meter = found->meter, .quality = GW_QUALITY_ACTUAL, .version = 1};
            reading->start =
                gw_calendar_slot_start(&set.calendar, day, slot, gw_span_seconds(1800));
            assert_true(gw_is_ok(gw_decimal_parse(kwh, 3, &reading->energy.wh, NULL)));
        }
    }
}

/* NSW public holidays as in the data set's README; fixed clock UTC+10. */
static void make_calendar(void) {
    static const int DAYS[][3] = {{2012, 10, 1}, {2012, 12, 25}, {2012, 12, 26}, {2013, 1, 1},
                                  {2013, 1, 28}, {2013, 3, 29},  {2013, 4, 1},   {2013, 4, 25},
                                  {2013, 6, 10}, {2013, 10, 7},  {2013, 12, 25}, {2013, 12, 26},
                                  {2014, 1, 1},  {2014, 1, 27}};
    static gw_date holidays[14];
    for (size_t at = 0; at < 14; at++)
        holidays[at] = gw_date_from_civil(DAYS[at][0], DAYS[at][1], DAYS[at][2]);
    set.calendar = (gw_calendar){
        .name = GW_TEXT("nsw"), .first_offset_s = 36000, .holidays = holidays, .holiday_count = 14};
    assert_true(gw_is_ok(gw_calendar_check(&set.calendar, NULL)));
}

typedef enum exclusion { EXCLUDE_NONE, EXCLUDE_CALLED } exclusion;

static gw_baseline compute(const event *called, gw_text meter, gw_adjustment adjustment,
                           exclusion excluded) {
    gw_baseline baseline = {0};
    gw_method method = {0};
    gw_series series = {0};
    gw_date event_days[EVENTS_MOST];
    size_t event_day_count = 0;
    const history *found = history_of(meter);
    for (size_t at = 0; at < set.event_count; at++)
        if (excluded == EXCLUDE_CALLED && lists(set.events[at].meters, meter))
            event_days[event_day_count++] =
                gw_calendar_day(&set.calendar, set.events[at].window.from);
    assert_true(gw_is_ok(gw_method_find(GW_TEXT("sgsc-10in10-v1"), adjustment, &method, NULL)));
    assert_true(gw_is_ok(gw_series_make(set.arena, gw_span_seconds(1800), found->readings,
                                        found->count, &series, NULL)));
    const gw_baseline_question question = {.method = &method,
                                           .calendar = &set.calendar,
                                           .window = called->window,
                                           .series = &series,
                                           .event_days = event_days,
                                           .event_day_count = event_day_count};
    assert_true(gw_is_ok(gw_baseline_compute(set.arena, &question, &baseline, NULL)));
    return baseline;
}

/* The golden decimals have six places: compare num/den rounded there. */
static void assert_decimal(const json_t *golden, const char *key, gw_wide num, gw_wide den) {
    const double shown = json_number_value(json_object_get(golden, key));
    const int64_t micro = (int64_t)(shown * 1e6 + 0.5);
    const gw_wide exact = gw_wide_half_even(num * 1000000, den);
    if (exact - micro > 1 || micro - exact > 1) fail_msg("%s is not %f", key, shown);
}

static const event *event_of(const json_t *golden) {
    char id[32];
    const long long number = json_integer_value(json_object_get(golden, "event_id"));
    snprintf(id, sizeof id, "%lld", number);
    for (size_t at = 0; at < set.event_count; at++)
        if (gw_text_is(set.events[at].id, id)) return &set.events[at];
    fail_msg("event %s is not in events.csv", id);
    return NULL;
}

static gw_text meter_of(const json_t *golden) {
    return gw_text_from_c(json_string_value(json_object_get(golden, "meter_id")));
}

static bool has_golden_days(const gw_baseline *made, const json_t *golden) {
    const json_t *days = json_object_get(golden, "days");
    if (made->day_count != json_array_size(days)) return false;
    for (size_t at = 0; at < made->day_count; at++) {
        char day[GW_DATE_TEXT_SIZE];
        gw_date_print(made->days[at], day);
        if (strcmp(day, json_string_value(json_array_get(days, at))) != 0) return false;
    }
    return true;
}

static void check_numbers(const gw_baseline *made, const json_t *golden) {
    const json_t *sums = json_object_get(golden, "s_event_wh");
    const gw_wide count = (gw_wide)made->day_count;
    gw_wide total = 0;
    assert_int_equal(made->interval_count, json_array_size(sums));
    for (size_t t = 0; t < made->interval_count; t++) {
        assert_int_equal(made->s_event_wh[t], json_integer_value(json_array_get(sums, t)));
        total += made->s_event_wh[t];
    }
    assert_int_equal(made->s_window_wh, json_integer_value(json_object_get(golden, "s_window_wh")));
    assert_int_equal(made->a_window_wh, json_integer_value(json_object_get(golden, "a_window_wh")));
    assert_decimal(golden, "ratio", count * made->a_window_wh, made->s_window_wh);
    assert_decimal(golden, "ratio_capped", made->factor_num, made->factor_den);
    assert_decimal(golden, "baseline_kwh", total, count * 1000);
    assert_decimal(golden, "adjusted_kwh", total * made->factor_num,
                   count * made->factor_den * 1000);
}

static void check_unadjusted(const gw_baseline *plain, const json_t *golden) {
    assert_true(has_golden_days(plain, golden));
    for (size_t t = 0; t < plain->interval_count; t++)
        assert_int_equal(plain->baseline_mwh[t] * (int64_t)plain->day_count,
                         plain->s_event_wh[t] * 1000);
}

/* 1 when the golden row contains no event day, and so equals the definition. */
static int check_definition(const json_t *golden) {
    const gw_baseline made =
        compute(event_of(golden), meter_of(golden), GW_ADJUSTMENT_CAPPED, EXCLUDE_CALLED);
    const bool is_equal = has_golden_days(&made, golden);
    size_t called = 0;
    for (size_t at = 0; at < made.excluded_count; at++)
        if (made.excluded[at].reason == GW_DAY_EVENT) called++;
    assert_true(is_equal == (called == 0));
    if (is_equal) check_numbers(&made, golden);
    return is_equal ? 1 : 0;
}

static void all_golden_rows_are_equal(void **state) {
    (void)state;
    char line[LINE_SIZE];
    int rows = 0;
    int rows_as_defined = 0;
    FILE *file = fopen(DATA "baseline_10in10_golden.jsonl", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        json_t *golden = json_loads(line, 0, NULL);
        assert_non_null(golden);
        const event *called = event_of(golden);
        const gw_text meter = meter_of(golden);
        const gw_baseline made = compute(called, meter, GW_ADJUSTMENT_CAPPED, EXCLUDE_NONE);
        const gw_baseline plain = compute(called, meter, GW_ADJUSTMENT_NONE, EXCLUDE_NONE);
        assert_true(has_golden_days(&made, golden));
        check_numbers(&made, golden);
        check_unadjusted(&plain, golden);
        rows_as_defined += check_definition(golden);
        json_decref(golden);
        rows++;
    }
    fclose(file);
    assert_int_equal(rows, ROWS);
    assert_int_equal(rows_as_defined, ROWS_WITHOUT_EVENT_DAYS);
}

static int load(void **state) {
    (void)state;
    FILE *events = fopen(DATA "events.csv", "r");
    assert_non_null(events);
    make_calendar();
    read_events(events);
    fclose(events);
    gzFile packed = gzopen(DATA "full_history.csv.gz", "rb");
    assert_non_null(packed);
    read_history(packed);
    return gzclose(packed);
}

int main(void) {
    FILE *probe = fopen(DATA "full_history.csv.gz", "r");
    if (probe == NULL) {
        printf("skipped: the data set meters_sgsc_30min is not there\n");
        return 77;
    }
    fclose(probe);
    set.arena = gw_arena_open(ARENA_BYTES);
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_golden_rows_are_equal)};
    const int failed = cmocka_run_group_tests(tests, load, NULL);
    gw_arena_close(set.arena);
    return failed;
}
