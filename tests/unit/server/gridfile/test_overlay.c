/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/overlay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#define EMPTY "{\"branches\":{},\"points\":{},\"transformers\":{}}"
#define FULL                                                                                       \
    "{\"branches\":{\"a\\\"b\":false,\"tie\":true},\"points\":{\"P1\":\"AC\",\"P2\":\"?\"},"       \
    "\"transformers\":{\"T\":false}}"

static gw_status parse(gw_arena *arena, const char *text, gw_net_overlay *ret) {
    return gw_net_overlay_parse(arena, gw_text_from_c(text), ret, NULL);
}

static void an_overlay_is_written_in_one_order(void **state) {
    (void)state;
    gw_text text;
    gw_net_moved moved[] = {{GW_NET_TRANSFORMER, GW_TEXT("T"), false},
                            {GW_NET_BRANCH, GW_TEXT("tie"), true},
                            {GW_NET_BRANCH, GW_TEXT("a\"b"), false}};
    gw_net_phased phased[] = {{.id = GW_TEXT("P2"), .is_unknown = true},
                              {.id = GW_TEXT("P1"), .phases = GW_NET_PHASE_A | GW_NET_PHASE_C}};
    gw_net_overlay overlay = {moved, 3, phased, 2};
    GW_AUTO_ARENA arena = gw_arena_open(64 * 1024);
    assert_true(gw_is_ok(gw_net_overlay_write(arena, &overlay, &text, NULL)));
    assert_true(gw_text_is(text, FULL));
}

static void nothing_moved_is_three_empty_members(void **state) {
    (void)state;
    gw_text text;
    gw_net_overlay overlay = {0};
    GW_AUTO_ARENA arena = gw_arena_open(64 * 1024);
    assert_true(gw_is_ok(gw_net_overlay_write(arena, &overlay, &text, NULL)));
    assert_true(gw_text_is(text, EMPTY));
}

static void what_is_written_is_read_back(void **state) {
    (void)state;
    gw_net_overlay overlay;
    gw_text text;
    GW_AUTO_ARENA arena = gw_arena_open(64 * 1024);
    assert_true(gw_is_ok(parse(arena, FULL, &overlay)));
    assert_int_equal(overlay.moved_count, 3);
    assert_int_equal(overlay.phased_count, 2);
    assert_true(gw_is_ok(gw_net_overlay_write(arena, &overlay, &text, NULL)));
    assert_true(gw_text_is(text, FULL));
}

static void anything_but_the_canonical_form_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"branches\":{},\"points\":{}}",
        "{\"points\":{},\"branches\":{},\"transformers\":{}}",
        "{\"branches\":{ },\"points\":{},\"transformers\":{}}",
        "{\"branches\":{\"b\":true,\"a\":true},\"points\":{},\"transformers\":{}}",
        "{\"branches\":{\"a\":1},\"points\":{},\"transformers\":{}}",
        "{\"branches\":{},\"points\":{\"P\":\"\"},\"transformers\":{}}",
        "{\"branches\":{},\"points\":{\"P\":\"CA\"},\"transformers\":{}}",
        "{\"branches\":{},\"points\":{},\"transformers\":{},\"more\":1}",
        "{\"branches\":{\"a\":true,\"a\":true},\"points\":{},\"transformers\":{}}"};
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++) {
        gw_net_overlay overlay = {.moved_count = 77};
        GW_AUTO_ARENA arena = gw_arena_open(64 * 1024);
        assert_false(gw_is_ok(parse(arena, texts[at], &overlay)));
        assert_int_equal(overlay.moved_count, 77);
    }
}

static void an_overlay_moves_switches_and_phases(void **state) {
    (void)state;
    gw_net_branch branches[] = {{.id = GW_TEXT("tie")}, {.id = GW_TEXT("a\"b"), .closed = true}};
    gw_net_transformer transformers[] = {{.id = GW_TEXT("T"), .closed = true}};
    gw_net_point points[] = {{.id = GW_TEXT("P1")}, {.id = GW_TEXT("P2"), .phases = 1}};
    gw_net net = {.branches = branches,
                  .branch_count = 2,
                  .transformers = transformers,
                  .transformer_count = 1,
                  .points = points,
                  .point_count = 2};
    gw_net_overlay overlay;
    GW_AUTO_ARENA arena = gw_arena_open(64 * 1024);
    assert_true(gw_is_ok(parse(arena, FULL, &overlay)));
    assert_true(gw_is_ok(gw_net_overlay_apply(arena, &overlay, &net, NULL)));
    assert_true(branches[0].closed);
    assert_false(branches[1].closed);
    assert_false(transformers[0].closed);
    assert_int_equal(points[0].phases, GW_NET_PHASE_A | GW_NET_PHASE_C);
    assert_true(points[1].is_phase_unknown);
    assert_int_equal(points[1].phases, 0);
}

static void an_element_that_is_not_there_is_named(void **state) {
    (void)state;
    gw_net net = {0};
    gw_fault fault = {0};
    gw_net_moved moved[] = {{GW_NET_BRANCH, GW_TEXT("tie"), true}};
    gw_net_phased phased[] = {{.id = GW_TEXT("P1"), .phases = 1}};
    GW_AUTO_ARENA arena = gw_arena_open(64 * 1024);
    const gw_net_overlay switched = {moved, 1, NULL, 0};
    assert_int_equal(gw_net_overlay_apply(arena, &switched, &net, &fault).code, GW_CODE_NOT_FOUND);
    assert_string_equal(fault.message, "the network has no branch \"tie\"");
    const gw_net_overlay turned = {NULL, 0, phased, 1};
    assert_int_equal(gw_net_overlay_apply(arena, &turned, &net, &fault).code, GW_CODE_NOT_FOUND);
    assert_string_equal(fault.message, "the network has no point \"P1\"");
}

static void phases_are_letters_in_order(void **state) {
    (void)state;
    static const char *const words[] = {"A", "B", "C", "AB", "AC", "BC", "ABC", "?"};
    for (size_t at = 0; at < sizeof words / sizeof words[0]; at++) {
        gw_net_phased phased = {.phases = 0};
        assert_true(gw_is_ok(gw_net_phases_parse(gw_text_from_c(words[at]), &phased, NULL)));
        assert_true(gw_text_is(gw_net_phases_print(&phased), words[at]));
    }
    static const char *const wrong[] = {"", "a", "AA", "CB", "ABCD", "A?", "??"};
    for (size_t at = 0; at < sizeof wrong / sizeof wrong[0]; at++) {
        gw_net_phased phased = {.phases = 77};
        assert_false(gw_is_ok(gw_net_phases_parse(gw_text_from_c(wrong[at]), &phased, NULL)));
        assert_int_equal(phased.phases, 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overlay_is_written_in_one_order),
        cmocka_unit_test(nothing_moved_is_three_empty_members),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(anything_but_the_canonical_form_is_refused),
        cmocka_unit_test(an_overlay_moves_switches_and_phases),
        cmocka_unit_test(an_element_that_is_not_there_is_named),
        cmocka_unit_test(phases_are_letters_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
