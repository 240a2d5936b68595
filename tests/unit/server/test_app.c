/* SPDX-License-Identifier: Apache-2.0 */
#include "server/app.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char trail[64];

static void note(const char *what) {
    const size_t used = strlen(trail);
    (void)memccpy(trail + used, what, '\0', sizeof trail - used);
}

static gw_status start_a(gw_app *app, gw_fault *reterr) {
    (void)app;
    (void)reterr;
    note("+a");
    return gw_ok();
}

static gw_status start_b(gw_app *app, gw_fault *reterr) {
    (void)app;
    (void)reterr;
    note("+b");
    return gw_ok();
}

static gw_status start_stopping(gw_app *app, gw_fault *reterr) {
    (void)app;
    (void)reterr;
    note("+s");
    gw_app_stop(7);
    return gw_ok();
}

static gw_status start_failing(gw_app *app, gw_fault *reterr) {
    (void)app;
    note("+f");
    return gw_fail_with(reterr, GW_CODE_IO, "part", "it is broken");
}

static void stop_a(gw_app *app) {
    (void)app;
    note("-a");
}

static void stop_b(gw_app *app) {
    (void)app;
    note("-b");
}

static void stop_never(gw_app *app) {
    (void)app;
    note("-!");
}

static void stop_s(gw_app *app) {
    (void)app;
    note("-s");
}

static void a_failed_start_stops_what_ran_in_reverse(void **state) {
    (void)state;
    const gw_part items[] = {
        {"a", start_a, stop_a}, {"b", start_b, stop_b}, {"failing", start_failing, stop_never}};
    gw_app app = {0};
    gw_fault fault = {0};
    trail[0] = '\0';
    gw_app_block_signals();
    const gw_part_list list = {.items = items, .count = 3};
    assert_int_equal(gw_app_run(&app, &list, &fault).code, GW_CODE_IO);
    assert_string_equal(fault.message, "it is broken");
    assert_string_equal(trail, "+a+b+f-b-a");
}

static void a_wish_to_stop_ends_the_loop_with_its_exit_code(void **state) {
    (void)state;
    const gw_part items[] = {{"a", start_a, stop_a}, {"stopping", start_stopping, stop_s}};
    gw_app app = {0};
    trail[0] = '\0';
    gw_app_block_signals();
    const gw_part_list list = {.items = items, .count = 2};
    assert_true(gw_is_ok(gw_app_run(&app, &list, NULL)));
    assert_string_equal(trail, "+a+s-s-a");
    assert_int_equal(gw_app_exit_code(), 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_start_stops_what_ran_in_reverse),
        cmocka_unit_test(a_wish_to_stop_ends_the_loop_with_its_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
