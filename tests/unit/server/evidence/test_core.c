/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/small_core.h"

#include "oracle/keccak.h"
#include "oracle/merkle.h"
#include "server/evidence/core_shape.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 << 20 };

static gw_bytes settlement_bytes(gw_arena *arena) {
    gw_core_settlement core = {0};
    gw_bytes bytes = {0};
    gw_fault fault = {0};
    const gw_status status = small_settlement(arena, &core, &fault);
    if (!gw_is_ok(status)) fail_msg("%s %s", fault.subject, fault.message);
    assert_true(gw_is_ok(gw_core_write_settlement(arena, &core, &bytes, NULL)));
    return bytes;
}

static gw_bytes commitment_bytes(gw_arena *arena) {
    gw_core_commitment core = {0};
    gw_bytes bytes = {0};
    gw_fault fault = {0};
    const gw_status status = small_commitment(arena, &core, &fault);
    if (!gw_is_ok(status)) fail_msg("%s %s", fault.subject, fault.message);
    assert_true(gw_is_ok(gw_core_write_commitment(arena, &core, &bytes, NULL)));
    return bytes;
}

static json_t *parse(gw_bytes bytes) {
    json_t *json = json_loadb((const char *)bytes.at, bytes.length, 0, NULL);
    assert_non_null(json);
    return json;
}

/* The bytes of jansson live until the next call. */
static gw_bytes print(const json_t *json) {
    static char *text;
    free(text);
    text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    return (gw_bytes){(const uint8_t *)text, strlen(text)};
}

static void a_core_that_was_built_checks(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    gw_core_settlement settlement = {0};
    gw_core_commitment commitment = {0};
    gw_core_kind kind = GW_CORE_COMMITMENT;
    gw_bytes bytes = settlement_bytes(arena);
    if (!gw_is_ok(gw_core_check_settlement(arena, bytes, &settlement, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
    assert_int_equal(settlement.line_count, 4);
    assert_true(gw_is_ok(gw_core_kind_of(bytes, &kind, &fault)));
    assert_int_equal(kind, GW_CORE_SETTLEMENT);
    bytes = commitment_bytes(arena);
    if (!gw_is_ok(gw_core_check_commitment(arena, bytes, &commitment, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
    assert_int_equal(commitment.max_liability_micros, 495000);
    assert_true(gw_is_ok(gw_core_kind_of(bytes, &kind, &fault)));
    assert_int_equal(kind, GW_CORE_COMMITMENT);
}

static void a_core_is_canonical_json_as_jansson_prints_it(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    const gw_bytes written[] = {settlement_bytes(arena), commitment_bytes(arena)};
    for (size_t at = 0; at < 2; at++) {
        json_t *json = parse(written[at]);
        assert_true(gw_bytes_equal(print(json), written[at]));
        json_decref(json);
    }
}

static void the_method_is_hashed_as_the_rules_print_it(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_commitment core = {0};
    gw_writer out;
    gw_bytes printed = {0};
    assert_true(gw_is_ok(small_commitment(arena, &core, NULL)));
    gw_writer_init(&out, arena);
    gw_method_print(&core.rules.method, &out);
    assert_true(gw_is_ok(gw_writer_end(&out, &printed, NULL)));
    const gw_word hash = gw_keccak256(printed);
    assert_memory_equal(hash.bytes, core.rules.method_hash.bytes, GW_WORD_BYTES);
}

static void a_line_opens_its_leaf(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_settlement core = {0};
    gw_merkle tree = {0};
    gw_word leaves[4];
    assert_true(gw_is_ok(small_settlement(arena, &core, NULL)));
    for (size_t at = 0; at < 4; at++) {
        gw_bytes content = {0};
        assert_true(gw_is_ok(gw_core_write_line(arena, &core.lines[at], &content, NULL)));
        leaves[at] = gw_merkle_content(gw_keccak256(content), core.line_salts[at]);
    }
    assert_true(gw_is_ok(gw_merkle_build(arena, leaves, 4, &tree, NULL)));
    assert_true(gw_word_equal(gw_merkle_root(&tree), core.evidence_root));
}

static void a_correction_posts_only_the_difference(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_settlement first = {0};
    gw_core_settlement late = {0};
    gw_bytes bytes = {0};
    gw_fault fault = {0};
    assert_true(gw_is_ok(small_settlement(arena, &first, NULL)));
    assert_true(gw_is_ok(small_correction(arena, &late, NULL)));
    assert_true(gw_word_equal(late.previous_root, first.entitlement_root));
    assert_true(gw_word_equal(late.commitment_root, first.commitment_root));
    int64_t net_first = 0;
    int64_t net_late = 0;
    for (size_t at = 0; at < 4; at++) {
        net_first += first.lines[at].paid_micros - first.lines[at].shortfall_micros;
        net_late += late.lines[at].paid_micros - late.lines[at].shortfall_micros;
    }
    int64_t posted = 0;
    for (size_t at = 0; at < 3; at++) posted += late.entitlements[at].change_micros;
    assert_true(posted < 0);
    assert_int_equal(posted, net_late - net_first);
    assert_true(gw_is_ok(gw_core_write_settlement(arena, &late, &bytes, NULL)));
    if (!gw_is_ok(gw_core_check_settlement(arena, bytes, NULL, &fault)))
        fail_msg("%s %s", fault.subject, fault.message);
}

static void after_a_recall_the_rest_is_not_settled(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_settlement core = {0};
    assert_true(gw_is_ok(small_settlement(arena, &core, NULL)));
    core.run.ended_at = gw_instant_plus(core.event.from, gw_span_seconds(1800));
    assert_true(gw_is_ok(gw_core_build_settlement(arena, &core, NULL)));
    assert_int_equal(core.lines[0].ordered_wh, 750);
    assert_int_equal(core.lines[1].ordered_wh, 0);
    assert_int_equal(core.lines[1].paid_micros, 0);
    assert_int_equal(core.lines[1].shortfall_micros, 0);
}

/* ---- every result that is changed is found where it was changed ---- */

static const char *const RESULTS[] = {
    "baselines", "commitment/root", "entitlement_root", "evidence_root",       "ledger",
    "lines",     "previous_root",   "total_micros",     "rules/calendar_hash", "rules/method_hash"};

static bool is_result(const char *pointer) {
    for (size_t at = 0; at < sizeof RESULTS / sizeof RESULTS[0]; at++)
        if (strncmp(pointer + 1, RESULTS[at], strlen(RESULTS[at])) == 0) return true;
    return false;
}

typedef struct mutation {
    json_t *root;
    gw_arena *arena;
    int seen;
    int tried;
    int refused;
} mutation;

/* Readings are many and alike: every seventh field of them. */
static bool is_left_out(const mutation *at, const char *pointer) {
    return strncmp(pointer, "/meters/", 8) == 0 && at->seen % 7 != 0;
}

static void try_one(mutation *at, const char *pointer) {
    gw_fault fault = {0};
    at->seen++;
    if (is_left_out(at, pointer)) return;
    gw_arena_reset(at->arena);
    const gw_status status = gw_core_check_settlement(at->arena, print(at->root), NULL, &fault);
    at->tried++;
    if (!gw_is_ok(status)) at->refused++;
    if (!is_result(pointer)) return;
    if (gw_is_ok(status)) fail_msg("%s was changed and not found", pointer);
    if (status.code == GW_CODE_MISMATCH) assert_string_equal(fault.subject, pointer);
}

static void mutate_number(mutation *at, json_t *number, const char *pointer) {
    const json_int_t right = json_integer_value(number);
    json_integer_set(number, right + 1);
    try_one(at, pointer);
    json_integer_set(number, right);
}

/* Another digit or letter of the same class, so that the form stays right where it can. */
static void mutate_text(mutation *at, json_t *text, const char *pointer) {
    char *right = strdup(json_string_value(text));
    char *wrong = strdup(right);
    assert_non_null(right);
    assert_non_null(wrong);
    const size_t last = strlen(wrong) - 1;
    const size_t place = wrong[last] == 'Z' && last > 1 ? last - 1 : last;
    wrong[place] = wrong[place] == '1' ? '2' : '1';
    json_string_set(text, wrong);
    try_one(at, pointer);
    json_string_set(text, right);
    free(right);
    free(wrong);
}

static void mutate(mutation *at, json_t *json, const char *pointer) {
    char below[128];
    const char *key = NULL;
    json_t *item = NULL;
    size_t index = 0;
    if (json_is_integer(json)) mutate_number(at, json, pointer);
    if (json_is_string(json)) mutate_text(at, json, pointer);
    if (json_is_object(json)) {
        json_object_foreach(json, key, item) {
            snprintf(below, sizeof below, "%s/%s", pointer, key);
            mutate(at, item, below);
        }
    }
    json_array_foreach(json, index, item) {
        snprintf(below, sizeof below, "%s/%zu", pointer, index);
        mutate(at, item, below);
    }
}

static void every_changed_result_is_named(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    GW_AUTO_ARENA work = gw_arena_open(ARENA_BYTES);
    mutation at = {.root = parse(settlement_bytes(arena)), .arena = work};
    mutate(&at, at.root, "");
    json_decref(at.root);
    print_message("%d fields changed, %d refused by the core alone\n", at.tried, at.refused);
    assert_true(at.seen > 1000);
}

/* ---- form ---- */

static gw_code read_code(gw_arena *arena, const json_t *json, gw_fault *fault) {
    gw_core_settlement core = {.total_micros = 77};
    const gw_status status = gw_core_read_settlement(arena, print(json), &core, fault);
    if (!gw_is_ok(status)) assert_int_equal(core.total_micros, 77);
    return status.code;
}

static void form_is_strict(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    json_t *json = parse(settlement_bytes(arena));
    json_t *line = json_array_get(json_object_get(json, "lines"), 2);
    json_object_set_new(line, "tip", json_integer(1));
    assert_int_equal(read_code(arena, json, &fault), GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/lines/2/tip");
    json_object_del(line, "tip");
    json_object_set_new(line, "paid_micros", json_real(1.5));
    assert_int_equal(read_code(arena, json, &fault), GW_CODE_MALFORMED);
    assert_string_equal(fault.subject, "/lines/2/paid_micros");
    json_object_set_new(line, "paid_micros", json_string("5"));
    assert_int_equal(read_code(arena, json, &fault), GW_CODE_INVALID);
    json_object_set_new(line, "paid_micros", json_string("9007199254740993"));
    assert_int_equal(read_code(arena, json, &fault), GW_CODE_OK);
    json_object_set_new(line, "paid_micros", json_null());
    assert_int_equal(read_code(arena, json, &fault), GW_CODE_MALFORMED);
    json_object_del(line, "paid_micros");
    assert_int_equal(read_code(arena, json, &fault), GW_CODE_INVALID);
    assert_string_equal(fault.subject, "/lines/2/paid_micros");
    json_decref(json);
}

static void bytes_that_are_no_core_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    gw_core_kind kind = GW_CORE_COMMITMENT;
    static const char *const TEXTS[] = {"", "{", "[]", "null", "{\"a\":1,\"a\":2}", "{} {}"};
    for (size_t at = 0; at < sizeof TEXTS / sizeof TEXTS[0]; at++) {
        const gw_bytes bytes = {(const uint8_t *)TEXTS[at], strlen(TEXTS[at])};
        assert_false(gw_is_ok(gw_core_check_settlement(arena, bytes, NULL, &fault)));
        assert_false(gw_is_ok(gw_core_check_commitment(arena, bytes, NULL, &fault)));
        assert_false(gw_is_ok(gw_core_kind_of(bytes, &kind, &fault)));
    }
}

static void white_space_is_not_canonical(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    json_t *json = parse(settlement_bytes(arena));
    char *text = json_dumps(json, JSON_SORT_KEYS);
    const gw_bytes bytes = {(const uint8_t *)text, strlen(text)};
    assert_int_equal(gw_core_check_settlement(arena, bytes, NULL, &fault).code, GW_CODE_MISMATCH);
    free(text);
    json_decref(json);
}

/* Canonical JSON sorts by key; the tables must, or the writer would not. */
static void shapes_list_their_keys_in_order(void **state) {
    (void)state;
    const gw_shape *const shapes[] = {&GW_SHAPE_COMMITMENT, &GW_SHAPE_SETTLEMENT,
                                      &GW_SHAPE_ORDER,      &GW_SHAPE_LINE,
                                      &GW_SHAPE_METHOD,     &GW_SHAPE_CALENDAR};
    for (size_t shape = 0; shape < sizeof shapes / sizeof shapes[0]; shape++)
        for (size_t at = 1; at < shapes[shape]->field_count; at++)
            assert_true(strcmp(shapes[shape]->fields[at - 1].key, shapes[shape]->fields[at].key) <
                        0);
}

/* ---- inputs that cannot be ---- */

static gw_code build_code(gw_arena *arena, gw_core_settlement *core) {
    gw_fault fault = {0};
    return gw_core_build_settlement(arena, core, &fault).code;
}

static void inputs_that_cannot_be_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_settlement right = {0};
    assert_true(gw_is_ok(small_settlement(arena, &right, NULL)));
    gw_core_settlement core = right;
    core.meter_count = 2;
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
    core = right;
    core.entitlement_count = 1;
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
    core = right;
    core.line_salt_count = 3;
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
    core = right;
    core.rules.method.target_days = 9;
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
    core = right;
    core.run.ended_at = gw_instant_plus(core.event.to, gw_span_seconds(1));
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
    core = right;
    core.event.gate_at = core.event.to;
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
    core = right;
    core.chain.chain_id = 0;
    assert_int_equal(build_code(arena, &core), GW_CODE_INVALID);
}

static void awards_that_the_selection_does_not_give_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_fault fault = {0};
    gw_core_commitment core = {0};
    assert_true(gw_is_ok(small_commitment(arena, &core, NULL)));
    core.awards[1].activation_pct = 51;
    assert_int_equal(gw_core_build_commitment(arena, &core, &fault).code, GW_CODE_MISMATCH);
    assert_string_equal(fault.subject, "/awards/1");
    core.awards[1].activation_pct = 50;
    core.award_count = 1;
    core.salt_count = 1;
    assert_int_equal(gw_core_build_commitment(arena, &core, &fault).code, GW_CODE_MISMATCH);
}

static void the_statement_binds_the_core(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    gw_core_settlement core = {0};
    gw_domain domain = {0};
    assert_true(gw_is_ok(small_settlement(arena, &core, NULL)));
    const gw_bytes bytes = settlement_bytes(arena);
    const gw_settlement made = gw_core_settlement_statement(&core, bytes);
    assert_int_equal(made.sequence, 7);
    assert_int_equal(made.run_type, GW_RUN_INITIAL);
    assert_int_equal(made.total_micros, core.total_micros);
    assert_true(gw_word_equal(made.data_hash, gw_keccak256(bytes)));
    assert_true(gw_is_ok(gw_core_domain(&core.chain, &domain, NULL)));
    assert_int_equal(domain.chain_id, 31337);
    assert_int_equal(domain.ledger.bytes[0], 0x5f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_core_that_was_built_checks),
        cmocka_unit_test(a_core_is_canonical_json_as_jansson_prints_it),
        cmocka_unit_test(the_method_is_hashed_as_the_rules_print_it),
        cmocka_unit_test(a_line_opens_its_leaf),
        cmocka_unit_test(a_correction_posts_only_the_difference),
        cmocka_unit_test(after_a_recall_the_rest_is_not_settled),
        cmocka_unit_test(every_changed_result_is_named),
        cmocka_unit_test(form_is_strict),
        cmocka_unit_test(bytes_that_are_no_core_are_refused),
        cmocka_unit_test(white_space_is_not_canonical),
        cmocka_unit_test(shapes_list_their_keys_in_order),
        cmocka_unit_test(inputs_that_cannot_be_are_refused),
        cmocka_unit_test(awards_that_the_selection_does_not_give_are_refused),
        cmocka_unit_test(the_statement_binds_the_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
