/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/ledger.h"

#include "tests/support/seeded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ORDERS = 4, RUNS = 5, PAYEES = 3 };

static const char *const PAYEE[] = {"0xa", "0xb", "0xc"};

static gw_order_change change(size_t number, int64_t paid, int64_t shortfall) {
    return (gw_order_change){.order_id = {{[15] = (uint8_t)number}},
                             .payee = gw_text_from_c(PAYEE[number % PAYEES]),
                             .now = {.paid_micros = paid, .shortfall_micros = shortfall}};
}

static void pay_and_charge_are_two_entries_each(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_ledger_entry *entries = NULL;
    size_t count = 0;
    gw_money sum = {0};
    const gw_order_change changes[] = {change(0, 100, 30), change(1, 0, 0), change(3, 7, 0)};
    assert_true(gw_is_ok(gw_ledger_post(arena, changes, 3, &entries, &count, NULL)));
    assert_int_equal(count, 6);
    assert_true(gw_text_is(entries[0].account, "dso:utilisation"));
    assert_int_equal(entries[0].amount_micros, -100);
    assert_true(gw_text_is(entries[1].account, "payee:0xa"));
    assert_true(gw_text_is(entries[2].account, "dso:shortfall"));
    assert_int_equal(entries[3].amount_micros, -30);
    assert_int_equal(entries[3].component, GW_COMPONENT_SHORTFALL);
    assert_true(gw_is_ok(gw_ledger_check(entries, count, NULL)));
    assert_true(gw_is_ok(gw_ledger_change(entries, count, GW_TEXT("0xa"), &sum, NULL)));
    assert_int_equal(sum.micros, 77); /* orders 0 and 3 have the same payee */
}

static void entries_that_do_not_balance_are_found(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 16);
    gw_fault fault = {0};
    gw_ledger_entry *entries = NULL;
    size_t count = 0;
    const gw_order_change changes[] = {change(0, 100, 30)};
    assert_true(gw_is_ok(gw_ledger_post(arena, changes, 1, &entries, &count, NULL)));
    entries[1].amount_micros++;
    assert_int_equal(gw_ledger_check(entries, count, &fault).code, GW_CODE_MISMATCH);
    entries[1].amount_micros--;
    entries[3].component = GW_COMPONENT_UTILISATION;
    assert_int_equal(gw_ledger_check(entries, count, &fault).code, GW_CODE_MISMATCH);
}

/* Invariants 1 and 2 of dr_mv.md §7.4: each run balances, and all runs together posted exactly the
 * amounts of the last one. */
static void corrections_add_up_to_the_last_run(void **state) {
    (void)state;
    seeded random = {2};
    for (int round = 0; round < 100; round++) {
        GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
        gw_order_change changes[ORDERS];
        int64_t posted[PAYEES] = {0};
        for (size_t at = 0; at < ORDERS; at++) changes[at] = change(at, 0, 0);
        for (int run = 0; run < RUNS; run++) {
            gw_ledger_entry *entries = NULL;
            size_t count = 0;
            for (size_t at = 0; at < ORDERS; at++) {
                changes[at].before = changes[at].now;
                changes[at].now.paid_micros = seeded_between(&random, 0, 1000);
                changes[at].now.shortfall_micros = seeded_between(&random, 0, 1000);
            }
            assert_true(gw_is_ok(gw_ledger_post(arena, changes, ORDERS, &entries, &count, NULL)));
            assert_true(gw_is_ok(gw_ledger_check(entries, count, NULL)));
            for (size_t payee = 0; payee < PAYEES; payee++) {
                gw_money sum = {0};
                const gw_text name = gw_text_from_c(PAYEE[payee]);
                assert_true(gw_is_ok(gw_ledger_change(entries, count, name, &sum, NULL)));
                posted[payee] += sum.micros;
            }
        }
        for (size_t at = 0; at < ORDERS; at++)
            posted[at % PAYEES] -= changes[at].now.paid_micros - changes[at].now.shortfall_micros;
        for (size_t payee = 0; payee < PAYEES; payee++) assert_int_equal(posted[payee], 0);
    }
}

static void a_debt_is_carried_and_paid_back_first(void **state) {
    (void)state;
    gw_entitlement one = {.previous_micros = 700, .paid_micros = 700, .change_micros = -300};
    assert_true(gw_is_ok(gw_entitlement_settle(&one, NULL)));
    assert_int_equal(one.lifetime_micros, 700);
    assert_int_equal(one.carried_micros, 300);
    gw_entitlement next = {.previous_micros = 700,
                           .carried_before_micros = 300,
                           .paid_micros = 700,
                           .change_micros = 450};
    assert_true(gw_is_ok(gw_entitlement_settle(&next, NULL)));
    assert_int_equal(next.lifetime_micros, 850);
    assert_int_equal(next.carried_micros, 0);
}

static void what_is_not_yet_paid_may_fall(void **state) {
    (void)state;
    gw_entitlement one = {.previous_micros = 700, .paid_micros = 200, .change_micros = -300};
    assert_true(gw_is_ok(gw_entitlement_settle(&one, NULL)));
    assert_int_equal(one.lifetime_micros, 400);
    assert_int_equal(one.carried_micros, 0);
}

static void an_entitlement_never_falls_below_what_was_paid(void **state) {
    (void)state;
    seeded random = {6};
    for (int round = 0; round < 1000; round++) {
        const int64_t previous = seeded_between(&random, 0, 1000);
        gw_entitlement one = {.previous_micros = previous,
                              .carried_before_micros = seeded_between(&random, 0, 500),
                              .paid_micros = seeded_between(&random, 0, previous),
                              .change_micros = seeded_between(&random, -2000, 2000)};
        assert_true(gw_is_ok(gw_entitlement_settle(&one, NULL)));
        assert_true(one.lifetime_micros >= one.paid_micros);
        assert_true(one.carried_micros >= 0);
        assert_int_equal(one.lifetime_micros - one.carried_micros,
                         one.previous_micros - one.carried_before_micros + one.change_micros);
    }
}

static void numbers_that_cannot_be_are_refused(void **state) {
    (void)state;
    gw_fault fault = {0};
    gw_entitlement one = {.previous_micros = 5, .paid_micros = 6};
    assert_int_equal(gw_entitlement_settle(&one, &fault).code, GW_CODE_INVALID);
    gw_entitlement two = {.carried_before_micros = -1};
    assert_int_equal(gw_entitlement_settle(&two, &fault).code, GW_CODE_INVALID);
    assert_string_equal(gw_component_print(GW_COMPONENT_SHORTFALL), "SHORTFALL");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pay_and_charge_are_two_entries_each),
        cmocka_unit_test(entries_that_do_not_balance_are_found),
        cmocka_unit_test(corrections_add_up_to_the_last_run),
        cmocka_unit_test(a_debt_is_carried_and_paid_back_first),
        cmocka_unit_test(what_is_not_yet_paid_may_fall),
        cmocka_unit_test(an_entitlement_never_falls_below_what_was_paid),
        cmocka_unit_test(numbers_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
