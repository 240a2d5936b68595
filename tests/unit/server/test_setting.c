/* SPDX-License-Identifier: Apache-2.0 */
#include "server/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_default_passes_its_own_check(void **state) {
    (void)state;
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        gw_fault fault = {0};
        const gw_setting_facts facts = gw_setting_get((gw_setting)i);
        const gw_text fallback = gw_text_from_c(facts.fallback);
        const gw_status status = gw_setting_check((gw_setting)i, fallback, &fault);
        if (!gw_is_ok(status)) print_error("%s: %s\n", facts.environment, fault.message);
        assert_true(gw_is_ok(status));
    }
}

static void every_setting_is_found_by_its_name(void **state) {
    (void)state;
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        const gw_setting_facts facts = gw_setting_get((gw_setting)i);
        assert_int_equal(gw_setting_find(gw_text_from_c(facts.section), gw_text_from_c(facts.key)),
                         i);
        assert_true(gw_setting_has_section(gw_text_from_c(facts.section)));
    }
    assert_int_equal(gw_setting_find(GW_TEXT("log"), GW_TEXT("LEVEL")), GW_SETTING_COUNT);
}

static void every_choice_names_its_words_and_has_a_help(void **state) {
    (void)state;
    for (int i = 0; i < GW_SETTING_COUNT; i++) {
        const gw_setting_facts facts = gw_setting_get((gw_setting)i);
        assert_true(strlen(facts.help) > 5);
        if (facts.type != GW_SETTING_TYPE_CHOICE) continue;
        const char *colon = strchr(facts.help, ':');
        assert_non_null(colon);
        assert_non_null(memchr(facts.help, '|', (size_t)(colon - facts.help)));
    }
}

static void a_number_outside_its_range_is_refused(void **state) {
    (void)state;
    const gw_setting setting = GW_SETTING_DATABASE_CONNECTIONS;
    assert_true(gw_is_ok(gw_setting_check(setting, GW_TEXT("64"), NULL)));
    const char *const refused[] = {"65", "0", "-1", "4.0", " 4", "", "99999999999999999999"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(gw_setting_check(setting, gw_text_from_c(refused[i]), NULL).code,
                         GW_CODE_INVALID);
    }
}

static void a_url_is_http_or_https_or_empty(void **state) {
    (void)state;
    const gw_setting setting = GW_SETTING_CLOCK_CONDUCTOR_URL;
    assert_true(gw_is_ok(gw_setting_check(setting, GW_TEXT("http://127.0.0.1:1"), NULL)));
    assert_true(gw_is_ok(gw_setting_check(setting, GW_TEXT(""), NULL)));
    assert_false(gw_is_ok(gw_setting_check(setting, GW_TEXT("file:///etc/passwd"), NULL)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_default_passes_its_own_check),
        cmocka_unit_test(every_setting_is_found_by_its_name),
        cmocka_unit_test(every_choice_names_its_words_and_has_a_help),
        cmocka_unit_test(a_number_outside_its_range_is_refused),
        cmocka_unit_test(a_url_is_http_or_https_or_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
