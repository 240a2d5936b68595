/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char page[512 * 1024];

static void print_page(void) {
    gw_writer out;
    gw_text text;
    GW_AUTO_ARENA arena = gw_arena_open(4 * 1024 * 1024);
    gw_writer_init(&out, arena);
    gw_metrics_write(&out);
    assert_true(gw_is_ok(gw_writer_end_text(&out, &text, NULL)));
    assert_true(text.length < sizeof page);
    memcpy(page, text.at, text.length);
    page[text.length] = '\0';
}

static void a_counter_adds_up_per_label(void **state) {
    (void)state;
    gw_metrics_reset();
    gw_metric_add(GW_METRIC_LOG_LINES, "info", 2);
    gw_metric_add(GW_METRIC_LOG_LINES, "error", 1);
    gw_metric_add(GW_METRIC_LOG_LINES, "info", 1);
    print_page();
    assert_string_equal(page, "# HELP gw_log_lines_total log lines by level\n"
                              "# TYPE gw_log_lines_total counter\n"
                              "gw_log_lines_total{level=\"info\"} 3\n"
                              "gw_log_lines_total{level=\"error\"} 1\n");
}

static void a_histogram_counts_cumulatively_in_seconds(void **state) {
    (void)state;
    gw_metrics_reset();
    gw_metric_observe(GW_METRIC_DB_QUERY, "a", 500);
    gw_metric_observe(GW_METRIC_DB_QUERY, "a", 501);
    gw_metric_observe(GW_METRIC_DB_QUERY, "a", 20000000);
    print_page();
    assert_int_equal(gw_metric_get(GW_METRIC_DB_QUERY, "a"), 3);
    assert_non_null(strstr(page, "_bucket{query=\"a\",le=\"0.000500\"} 1\n"));
    assert_non_null(strstr(page, "_bucket{query=\"a\",le=\"0.001000\"} 2\n"));
    assert_non_null(strstr(page, "_bucket{query=\"a\",le=\"10.000000\"} 2\n"));
    assert_non_null(strstr(page, "_bucket{query=\"a\",le=\"+Inf\"} 3\n"));
    assert_non_null(strstr(page, "_sum{query=\"a\"} 20.001001\n"));
    assert_non_null(strstr(page, "_count{query=\"a\"} 3\n"));
}

static void label_values_are_escaped(void **state) {
    (void)state;
    gw_metrics_reset();
    gw_metric_add(GW_METRIC_LOG_LINES, "a\"b\\c\nd", 1);
    print_page();
    assert_non_null(strstr(page, "{level=\"a\\\"b\\\\c d\"} 1\n"));
}

static void too_many_label_sets_are_counted_under_other(void **state) {
    (void)state;
    char label[16];
    gw_metrics_reset();
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(label, sizeof label, "l%d", i);
        gw_metric_add(GW_METRIC_LOG_LINES, label, 1);
    }
    assert_int_equal(gw_metric_get(GW_METRIC_LOG_LINES, "other"), 1000 - GW_METRIC_SERIES_MAX + 1);
}

static void a_gauge_shows_the_last_value(void **state) {
    (void)state;
    gw_metrics_reset();
    gw_metric_set(GW_METRIC_DB_IN_USE, NULL, 4);
    gw_metric_set(GW_METRIC_DB_IN_USE, NULL, 2);
    print_page();
    assert_non_null(strstr(page, "gw_db_pool_in_use 2\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_adds_up_per_label),
        cmocka_unit_test(a_histogram_counts_cumulatively_in_seconds),
        cmocka_unit_test(label_values_are_escaped),
        cmocka_unit_test(too_many_label_sets_are_counted_under_other),
        cmocka_unit_test(a_gauge_shows_the_last_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
