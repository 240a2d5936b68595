/* SPDX-License-Identifier: Apache-2.0 */
#include "dr/ledger.h"

#include "base/wide.h"
#include "base/writer.h"

enum { ENTRIES_PER_ORDER = 4 };

/* One posting: what moves and whose accounts it moves between. */
typedef struct posting {
    gw_component component;
    gw_text buyer;
    gw_text payee;
    int64_t to_payee_micros;
} posting;

static gw_status payee_account(gw_arena *arena, gw_text payee, gw_text *ret, gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, arena);
    gw_write_c(&out, "payee:");
    gw_write_text(&out, payee);
    return gw_writer_end_text(&out, ret, reterr);
}

static size_t post(gw_ledger_entry *entries, size_t count, gw_uuid order_id, const posting *moved) {
    if (moved->to_payee_micros == 0) return count;
    entries[count] =
        (gw_ledger_entry){moved->buyer, order_id, moved->component, -moved->to_payee_micros};
    entries[count + 1] =
        (gw_ledger_entry){moved->payee, order_id, moved->component, moved->to_payee_micros};
    return count + 2;
}

static gw_status post_order(gw_arena *arena, const gw_order_change *change,
                            gw_ledger_entry *entries, size_t *count, gw_fault *reterr) {
    const gw_order_total *now = &change->now;
    const gw_order_total *before = &change->before;
    posting paid = {.component = GW_COMPONENT_UTILISATION, .buyer = GW_TEXT("dso:utilisation")};
    posting charged = {.component = GW_COMPONENT_SHORTFALL, .buyer = GW_TEXT("dso:shortfall")};
    GW_TRY(payee_account(arena, change->payee, &paid.payee, reterr));
    charged.payee = paid.payee;
    GW_TRY(gw_int64_subtract(now->paid_micros, before->paid_micros, &paid.to_payee_micros, reterr));
    GW_TRY(gw_int64_subtract(before->shortfall_micros, now->shortfall_micros,
                             &charged.to_payee_micros, reterr));
    *count = post(entries, *count, change->order_id, &paid);
    *count = post(entries, *count, change->order_id, &charged);
    return gw_ok();
}

gw_status gw_ledger_post(gw_arena *arena, const gw_order_change *changes, size_t count,
                         gw_ledger_entry **ret, size_t *ret_count, gw_fault *reterr) {
    gw_ledger_entry *entries = NULL;
    size_t made = 0;
    GW_TRY(GW_ARENA_NEW(arena, gw_ledger_entry, count * ENTRIES_PER_ORDER, &entries, reterr));
    for (size_t at = 0; at < count; at++)
        GW_TRY(post_order(arena, &changes[at], entries, &made, reterr));
    *ret = entries;
    *ret_count = made;
    return gw_ok();
}

static gw_wide sum_like(const gw_ledger_entry *entries, size_t count, const gw_ledger_entry *like) {
    gw_wide sum = 0;
    for (size_t at = 0; at < count; at++)
        if (gw_uuid_equal(entries[at].order_id, like->order_id) &&
            entries[at].component == like->component)
            sum += entries[at].amount_micros;
    return sum;
}

gw_status gw_ledger_check(const gw_ledger_entry *entries, size_t count, gw_fault *reterr) {
    for (size_t at = 0; at < count; at++) {
        if (sum_like(entries, count, &entries[at]) == 0) continue;
        char id[GW_UUID_TEXT_SIZE];
        gw_uuid_print(entries[at].order_id, id);
        return gw_fail_with(reterr, GW_CODE_MISMATCH, NULL,
                            "the %s entries of order \"%s\" do not balance",
                            gw_component_print(entries[at].component), id);
    }
    return gw_ok();
}

gw_status gw_ledger_change(const gw_ledger_entry *entries, size_t count, gw_text payee,
                           gw_money *ret, gw_fault *reterr) {
    static const size_t PREFIX = sizeof "payee:" - 1;
    gw_money sum = {0};
    for (size_t at = 0; at < count; at++) {
        const gw_text account = entries[at].account;
        if (!gw_text_starts(account, "payee:")) continue;
        if (!gw_text_equal(gw_text_part(account, PREFIX, account.length), payee)) continue;
        GW_TRY(gw_money_add(sum, (gw_money){entries[at].amount_micros}, &sum, reterr));
    }
    *ret = sum;
    return gw_ok();
}

gw_status gw_entitlement_settle(gw_entitlement *entitlement, gw_fault *reterr) {
    const gw_entitlement *in = entitlement;
    if (in->previous_micros < 0 || in->carried_before_micros < 0 || in->paid_micros < 0 ||
        in->paid_micros > in->previous_micros)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "an entitlement has 0 <= paid <= previous and nothing negative");
    int64_t balance = 0;
    int64_t carried = 0;
    GW_TRY(gw_int64_subtract(in->previous_micros, in->carried_before_micros, &balance, reterr));
    GW_TRY(gw_int64_add(balance, in->change_micros, &balance, reterr));
    const int64_t lifetime = balance > in->paid_micros ? balance : in->paid_micros;
    GW_TRY(gw_int64_subtract(lifetime, balance, &carried, reterr));
    entitlement->lifetime_micros = lifetime;
    entitlement->carried_micros = carried;
    return gw_ok();
}

const char *gw_component_print(gw_component component) {
    return component == GW_COMPONENT_SHORTFALL ? "SHORTFALL" : "UTILISATION";
}
