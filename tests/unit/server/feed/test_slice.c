/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void member_gives_the_exact_text(void **state) {
    (void)state;
    const gw_text object =
        GW_TEXT("{\"a\":{\"b\":1},\"b\" : -0.10 ,\"c\":[\"x,}\",2],\"d\":\"q\\\"z\"}");
    gw_text found;
    assert_true(gw_slice_member(object, "b", &found));
    assert_true(gw_text_is(found, "-0.10"));
    assert_true(gw_slice_member(object, "c", &found));
    assert_true(gw_text_is(found, "[\"x,}\",2]"));
    assert_true(gw_slice_member(object, "d", &found));
    assert_true(gw_text_is(found, "\"q\\\"z\""));
    assert_false(gw_slice_member(object, "e", &found));
}

static void items_are_taken_one_by_one(void **state) {
    (void)state;
    gw_text rest = GW_TEXT("[ 1.50, null,[2,3] ,\"x\" ]");
    static const char *const wanted[] = {"1.50", "null", "[2,3]", "\"x\""};
    gw_text item;
    for (size_t at = 0; at < 4; at++) {
        assert_true(gw_slice_item(&rest, &item));
        assert_true(gw_text_is(item, wanted[at]));
    }
    assert_false(gw_slice_item(&rest, &item));
    rest = GW_TEXT("[]");
    assert_false(gw_slice_item(&rest, &item));
}

static void members_are_taken_one_by_one(void **state) {
    (void)state;
    gw_text rest = GW_TEXT(" {\"a\": 1, \"b\":[2, {\"a\":3}] ,\"c\":\"}\"}");
    gw_text key;
    gw_text value;
    assert_true(gw_slice_entry(&rest, &key, &value));
    assert_true(gw_text_is(key, "a") && gw_text_is(value, "1"));
    assert_true(gw_slice_entry(&rest, &key, &value));
    assert_true(gw_text_is(key, "b") && gw_text_is(value, "[2, {\"a\":3}]"));
    assert_true(gw_slice_entry(&rest, &key, &value));
    assert_true(gw_text_is(key, "c") && gw_text_is(value, "\"}\""));
    assert_false(gw_slice_entry(&rest, &key, &value));
    rest = GW_TEXT("{}");
    assert_false(gw_slice_entry(&rest, &key, &value));
    assert_true(gw_text_is(key, "c"));
}

static void cut_off_text_is_never_read_beyond(void **state) {
    (void)state;
    const char whole[] = "{\"a\":[\"x\\\",\",{\"b\":[1]}],\"c\":12}";
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        char exact[64];
        gw_text found;
        memset(exact, 0, sizeof exact);
        memcpy(exact, whole, length);
        gw_text rest = {exact, length};
        (void)gw_slice_member(rest, "c", &found);
        while (gw_slice_item(&rest, &found)) assert_true(found.at + found.length <= exact + length);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(member_gives_the_exact_text),
        cmocka_unit_test(items_are_taken_one_by_one),
        cmocka_unit_test(members_are_taken_one_by_one),
        cmocka_unit_test(cut_off_text_is_never_read_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
