/* SPDX-License-Identifier: Apache-2.0 */
#include "server/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct outcome {
    gw_config *config;
    gw_config_faults faults;
    gw_status status;
    char path[32];
} outcome;

static outcome run;

static void open_text(const char *text, char *const *environment) {
    (void)snprintf(run.path, sizeof run.path, "/tmp/gw-config-XXXXXX");
    const int file = mkstemp(run.path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    (void)close(file);
    run.config = NULL;
    run.status = gw_config_open(run.path, environment, &run.config, &run.faults);
    (void)unlink(run.path);
}

static void expect_fault(int index, int line, const char *message) {
    char subject[96];
    (void)snprintf(subject, sizeof subject, "%s:%d", run.path, line);
    assert_true(index < run.faults.count);
    assert_string_equal(run.faults.items[index].subject, subject);
    assert_string_equal(run.faults.items[index].message, message);
}

static void defaults_hold_where_nothing_is_said(void **state) {
    (void)state;
    open_text("", NULL);
    assert_true(gw_is_ok(run.status));
    assert_int_equal(gw_config_int(run.config, GW_SETTING_DATABASE_CONNECTIONS), 8);
    assert_true(gw_config_is(run.config, GW_SETTING_CLOCK_MODE, "system"));
    gw_config_close(run.config);
}

static void the_environment_wins_over_the_file(void **state) {
    (void)state;
    char wish[] = "GW_DATABASE_CONNECTIONS=3";
    char foreign[] = "GW_TEST_PG=x";
    char *const environment[] = {wish, foreign, NULL};
    open_text("[database]\nconnections = 5\nconninfo = host=/run dbname=x ; where it is\n",
              environment);
    assert_true(gw_is_ok(run.status));
    assert_int_equal(gw_config_int(run.config, GW_SETTING_DATABASE_CONNECTIONS), 3);
    assert_string_equal(gw_config_text(run.config, GW_SETTING_DATABASE_CONNINFO),
                        "host=/run dbname=x");
    gw_config_close(run.config);
}

static void all_faults_are_told_at_once_with_their_lines(void **state) {
    (void)state;
    open_text("# a comment\n[log]\nlevel = loud\n\n[database]\nconnections = 0\n"
              "conections = 4\nnonsense\nconnections = 4\n[clock\n",
              NULL);
    assert_int_equal(run.status.code, GW_CODE_INVALID);
    assert_null(run.config);
    assert_int_equal(run.faults.count, 6);
    expect_fault(0, 3, "[log] level \"loud\" is none of debug|info|warning|error");
    expect_fault(1, 6, "[database] connections \"0\" is not a whole number from 1 to 64");
    expect_fault(2, 7, "there is no setting [database] conections");
    expect_fault(3, 8, "this is no section, setting or comment");
    expect_fault(4, 9, "[database] connections was already set in line 6");
    expect_fault(5, 10, "the section has no closing bracket");
}

static void an_indented_setting_is_not_a_continuation(void **state) {
    (void)state;
    open_text("[database]\n  connections = 5\n\tlease_timeout_ms = 9\n", NULL);
    assert_true(gw_is_ok(run.status));
    assert_int_equal(gw_config_int(run.config, GW_SETTING_DATABASE_CONNECTIONS), 5);
    assert_int_equal(gw_config_int(run.config, GW_SETTING_DATABASE_LEASE_TIMEOUT_MS), 9);
    gw_config_close(run.config);
}

static void a_line_that_is_too_long_is_refused_and_the_next_one_read(void **state) {
    (void)state;
    char text[600];
    memset(text, 'x', sizeof text);
    memcpy(text, "[log]\nlevel = ", 14);
    memcpy(text + 500, "\nlevel = loud\n", 15);
    open_text(text, NULL);
    assert_int_equal(run.faults.count, 2);
    expect_fault(0, 2, "the line is too long");
    expect_fault(1, 3, "[log] level \"loud\" is none of debug|info|warning|error");
}

static void a_typing_error_in_the_environment_is_a_fault(void **state) {
    (void)state;
    char wish[] = "GW_DATABASE_CONECTIONS=3";
    char *const environment[] = {wish, NULL};
    open_text("", environment);
    assert_int_equal(run.faults.count, 1);
    assert_string_equal(run.faults.items[0].subject, "GW_DATABASE_CONECTIONS");
    assert_string_equal(run.faults.items[0].message, "there is no such setting");
}

static void a_seed_needs_a_conducted_clock(void **state) {
    (void)state;
    open_text("[random]\nseed_file = seed\n", NULL);
    assert_int_equal(run.faults.count, 1);
    assert_string_equal(run.faults.items[0].subject, "random.seed_file");
}

static void a_missing_file_is_a_fault(void **state) {
    (void)state;
    gw_config *config = NULL;
    gw_config_faults faults;
    assert_int_equal(gw_config_open("/nonexistent.ini", NULL, &config, &faults).code,
                     GW_CODE_INVALID);
    assert_int_equal(faults.count, 1);
    assert_null(config);
}

static void the_print_is_read_back_to_the_same_values(void **state) {
    (void)state;
    char *page = NULL;
    size_t size = 0;
    open_text("[database]\nconnections = 5\n", NULL);
    FILE *out = open_memstream(&page, &size);
    gw_config_print(run.config, out);
    (void)fclose(out);
    gw_config_close(run.config);
    assert_non_null(strstr(page, "connections = 5 ; /tmp/gw-config-"));
    open_text(page, NULL);
    assert_true(gw_is_ok(run.status));
    assert_int_equal(gw_config_int(run.config, GW_SETTING_DATABASE_CONNECTIONS), 5);
    gw_config_close(run.config);
    free(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_hold_where_nothing_is_said),
        cmocka_unit_test(the_environment_wins_over_the_file),
        cmocka_unit_test(all_faults_are_told_at_once_with_their_lines),
        cmocka_unit_test(an_indented_setting_is_not_a_continuation),
        cmocka_unit_test(a_line_that_is_too_long_is_refused_and_the_next_one_read),
        cmocka_unit_test(a_typing_error_in_the_environment_is_a_fault),
        cmocka_unit_test(a_seed_needs_a_conducted_clock),
        cmocka_unit_test(a_missing_file_is_a_fault),
        cmocka_unit_test(the_print_is_read_back_to_the_same_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
