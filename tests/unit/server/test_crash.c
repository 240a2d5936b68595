/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crash.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The signal that ended a process which passes the point `passes` times; 0: it went through. */
static int signal_after(const char *wish, int passes) {
    const pid_t child = fork();
    if (child == 0) {
        if (!gw_is_ok(gw_crash_arm(wish, NULL))) _exit(1);
        for (int i = 0; i < passes; i++) gw_crash_point(GW_CRASH_LOADER_BEFORE_COMMIT);
        _exit(0);
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFSIGNALED(result) ? WTERMSIG(result) : 0;
}

static void the_process_dies_at_the_wanted_pass(void **state) {
    (void)state;
    assert_int_equal(signal_after("loader.before-commit", 1), SIGKILL);
    assert_int_equal(signal_after("loader.before-commit:3", 2), 0);
    assert_int_equal(signal_after("loader.before-commit:3", 3), SIGKILL);
    assert_int_equal(signal_after("loader.after-commit", 5), 0);
}

static void nothing_happens_without_a_wish(void **state) {
    (void)state;
    assert_int_equal(signal_after(NULL, 3), 0);
    assert_int_equal(signal_after("", 3), 0);
}

static void a_wish_that_names_nothing_is_refused(void **state) {
    (void)state;
    const char *const refused[] = {"loader.nowhere", "loader.before-commit:0",
                                   "loader.before-commit:x", "loader.before-commit:-1"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(gw_is_ok(gw_crash_arm(refused[i], NULL)));
    }
}

static void no_two_points_share_a_name(void **state) {
    (void)state;
    for (int i = 0; i < GW_CRASH_COUNT; i++) {
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(gw_crash_name((gw_crash)i), gw_crash_name((gw_crash)j));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_process_dies_at_the_wanted_pass),
        cmocka_unit_test(nothing_happens_without_a_wish),
        cmocka_unit_test(a_wish_that_names_nothing_is_refused),
        cmocka_unit_test(no_two_points_share_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
