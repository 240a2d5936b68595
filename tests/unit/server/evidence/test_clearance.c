/* SPDX-License-Identifier: Apache-2.0 */
#include "server/evidence/clearance.h"

#include "oracle/keccak.h"
#include "tests/support/small_clearance.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 << 20 };

static gw_core_clearance small(gw_arena *arena) {
    gw_core_clearance core = {0};
    gw_fault fault = {0};
    if (!gw_is_ok(small_clearance(arena, &core, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
    return core;
}

static gw_bytes written(gw_arena *arena, const gw_core_clearance *core) {
    gw_bytes bytes = {0};
    assert_true(gw_is_ok(gw_core_write_clearance(arena, core, &bytes, NULL)));
    return bytes;
}

static void a_clearance_that_was_built_checks(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_core_clearance core = small(arena);
    const gw_bytes bytes = written(arena, &core);
    gw_core_clearance read = {0};
    gw_core_kind kind = GW_CORE_COMMITMENT;
    gw_fault fault = {0};
    if (!gw_is_ok(gw_core_check_clearance(arena, bytes, &read, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
    assert_true(gw_is_ok(gw_core_kind_of(bytes, &kind, NULL)));
    assert_int_equal(kind, GW_CORE_CLEARANCE);
    assert_int_equal(read.item_count, SMALL_ITEMS);
    assert_int_equal(read.items[0].accepted_wh, 4125);
    assert_int_equal(read.items[1].buyer_point, GW_CORE_OUTSIDE);
}

static void it_is_canonical_json_as_jansson_prints_it(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_core_clearance core = small(arena);
    const gw_bytes bytes = written(arena, &core);
    json_t *json = json_loadb((const char *)bytes.at, bytes.length, 0, NULL);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    assert_true(gw_bytes_equal((gw_bytes){(const uint8_t *)text, strlen(text)}, bytes));
    free(text);
    json_decref(json);
}

static void the_statement_binds_the_bytes(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_core_clearance core = small(arena);
    const gw_bytes bytes = written(arena, &core);
    const gw_clearance statement = gw_core_clearance_statement(&core, bytes);
    assert_true(gw_word_equal(statement.check_id, gw_check_word(core.check_id.bytes)));
    assert_true(gw_word_equal(statement.network_hash, gw_keccak256(small_network())));
    assert_true(gw_word_equal(statement.items_root, core.items_root));
    assert_true(gw_word_equal(statement.data_hash, gw_keccak256(bytes)));
    assert_int_equal(statement.interval_end_s - statement.interval_start_s, 900);
    assert_int_equal(statement.expires_at_s, statement.interval_end_s);
    assert_int_equal(statement.signer_set, 1);
}

static void every_item_is_proven_for_the_contract(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_core_clearance core = small(arena);
    for (size_t at = 0; at < core.item_count; at++) {
        gw_merkle_proof proof;
        gw_trade_leaf leaf = {.trade_id = core.items[at].trade_id,
                              .accepted_wh = (uint64_t)core.items[at].accepted_wh,
                              .salt = core.items[at].salt};
        assert_true(gw_is_ok(gw_address_parse(core.items[at].seller, &leaf.seller, NULL)));
        assert_true(gw_is_ok(gw_address_parse(core.items[at].buyer, &leaf.buyer, NULL)));
        assert_true(gw_is_ok(gw_core_clearance_prove(arena, &core, at, &proof, NULL)));
        assert_true(gw_merkle_verify(core.items_root, gw_merkle_trade(&leaf), &proof));
        leaf.accepted_wh++;
        assert_false(gw_merkle_verify(core.items_root, gw_merkle_trade(&leaf), &proof));
    }
}

static void a_changed_result_is_named(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_clearance core = small(arena);
    gw_fault fault = {0};
    core.items[2].accepted_wh++;
    gw_status status = gw_core_check_clearance(arena, written(arena, &core), NULL, &fault);
    assert_int_equal(status.code, GW_CODE_MISMATCH);
    assert_string_equal(fault.subject, "/items/2/accepted_wh");
    core = small(arena);
    core.items_root.bytes[0]++;
    status = gw_core_check_clearance(arena, written(arena, &core), NULL, &fault);
    assert_int_equal(status.code, GW_CODE_MISMATCH);
    assert_string_equal(fault.subject, "/items_root");
    core = small(arena);
    core.items[4].trade_id.bytes[0]++;
    status = gw_core_check_clearance(arena, written(arena, &core), NULL, &fault);
    assert_string_equal(fault.subject, "/items/4/trade_id");
}

static void assert_refused(gw_arena *arena, gw_core_clearance *core, const char *pointer) {
    gw_fault fault = {0};
    const gw_word root = core->items_root;
    const gw_status status = gw_core_build_clearance(arena, core, &fault);
    assert_int_equal(status.code, GW_CODE_INVALID);
    assert_string_equal(fault.subject, pointer);
    assert_true(gw_word_equal(core->items_root, root));
}

static void times_that_cannot_be_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_clearance core = small(arena);
    core.from.us++;
    assert_refused(arena, &core, "/from");
    core = small(arena);
    core.to = core.from;
    assert_refused(arena, &core, "/to");
    core = small(arena);
    core.sign_by = core.checked_at;
    assert_refused(arena, &core, "/sign_by");
    core = small(arena);
    core.expires_at = gw_instant_plus(core.checked_at, gw_span_seconds(60));
    assert_refused(arena, &core, "/expires_at");
}

static void items_that_cannot_be_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_clearance core = small(arena);
    core.items[1].id = core.items[0].id;
    assert_refused(arena, &core, "/items/1");
    core = small(arena);
    core.items[3].seller_point = 4;
    assert_refused(arena, &core, "/items/3");
    core = small(arena);
    core.items[3].accepted.w = -1;
    assert_refused(arena, &core, "/items/3");
    core = small(arena);
    core.items[3].requested.w = 0;
    assert_refused(arena, &core, "/items/3");
    core = small(arena);
    core.items[2].effect = GW_FLOW_ITEM_WITHIN_SCHEDULE;
    assert_refused(arena, &core, "/items/2");
    core = small(arena);
    core.items[2].seller_schedule.check_id.bytes[0] = 1;
    assert_refused(arena, &core, "/items/2");
    core = small(arena);
    core.item_count = 0;
    assert_refused(arena, &core, "/items");
}

static void bases_and_readings_fit_the_points(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_clearance core = small(arena);
    core.bases[0].q_count--;
    assert_refused(arena, &core, "/bases/0");
    core = small(arena);
    core.base_count = 0;
    assert_refused(arena, &core, "/bases");
    core = small(arena);
    core.readings[2].point = 1;
    assert_refused(arena, &core, "/readings/2");
    core = small(arena);
    core.margin_ppm = -1;
    assert_refused(arena, &core, "/margin_ppm");
    core = small(arena);
    core.network.version = 0;
    assert_refused(arena, &core, "/network");
}

static void the_grid_is_asked_what_the_core_says(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_core_clearance core = small(arena);
    gw_flow_check_question question = {0};
    int64_t *accepted_w = NULL;
    assert_true(gw_is_ok(gw_core_clearance_question(arena, &core, &question, &accepted_w, NULL)));
    assert_int_equal(question.base_count, 1);
    assert_int_equal(question.bases[0].points[2].p_w, 2000);
    assert_int_equal(question.bases[0].points[2].q_var, 657);
    assert_int_equal(question.items[1].buyer, GW_FLOW_OUTSIDE);
    assert_int_equal(question.items[1].seller, 2);
    assert_int_equal(question.items[1].requested.w, 25000);
    assert_int_equal(accepted_w[1], 19900);
    assert_int_equal(question.duration.us, INT64_C(900000000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clearance_that_was_built_checks),
        cmocka_unit_test(it_is_canonical_json_as_jansson_prints_it),
        cmocka_unit_test(the_statement_binds_the_bytes),
        cmocka_unit_test(every_item_is_proven_for_the_contract),
        cmocka_unit_test(a_changed_result_is_named),
        cmocka_unit_test(times_that_cannot_be_are_refused),
        cmocka_unit_test(items_that_cannot_be_are_refused),
        cmocka_unit_test(bases_and_readings_fit_the_points),
        cmocka_unit_test(the_grid_is_asked_what_the_core_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
