/* SPDX-License-Identifier: Apache-2.0
 *
 * Double entry of one settlement run and the cumulative entitlements that go on chain.
 * An entry adds amount_micros (may be negative) to one account; the entries of a run sum to 0.
 * A run posts the difference to what earlier runs of the same event posted.
 * A payee's balance is the sum of all its entries of all runs; its lifetime entitlement is
 * max(balance, paid on chain): nothing is clawed back. The rest, lifetime - balance, is a
 * receivable that is carried to the next run. Ref: DESIGN.md §9, §13.6. Pure.
 */
#pragma once

#include "base/arena.h"
#include "dr/commitment.h"
#include "dr/settlement.h"

#include <stddef.h>

typedef enum gw_component {
    GW_COMPONENT_UTILISATION, /* buyer pays payee for what was delivered */
    GW_COMPONENT_SHORTFALL,   /* payee pays buyer for what was not */
    GW_COMPONENT_COUNT
} gw_component;

typedef struct gw_ledger_entry {
    gw_text account; /* "dso:utilisation", "dso:shortfall", "payee:0x..." */
    gw_uuid order_id;
    gw_component component;
    int64_t amount_micros;
} gw_ledger_entry;

/* What one order has earned and owes in total now, and what earlier runs posted of it. */
typedef struct gw_order_change {
    gw_uuid order_id;
    gw_text payee;
    gw_order_total now;
    gw_order_total before;
} gw_order_change;

/* Two entries per order and component whose difference is not 0, the buyer's account first; in
 * order of the changes, utilisation before shortfall. */
GW_MUST_CHECK gw_status gw_ledger_post(gw_arena *arena, const gw_order_change *changes,
                                       size_t count, gw_ledger_entry **ret, size_t *ret_count,
                                       gw_fault *reterr);

/* GW_CODE_MISMATCH unless the entries sum to 0, per order and component too. */
GW_MUST_CHECK gw_status gw_ledger_check(const gw_ledger_entry *entries, size_t count,
                                        gw_fault *reterr);

/* Sum of the entries of "payee:<payee>". */
GW_MUST_CHECK gw_status gw_ledger_change(const gw_ledger_entry *entries, size_t count,
                                         gw_text payee, gw_money *ret, gw_fault *reterr);

typedef struct gw_entitlement {
    int64_t previous_micros;       /* lifetime entitlement in the previous run's tree; 0 when new */
    int64_t carried_before_micros; /* receivable carried into this run, >= 0 */
    int64_t paid_micros;           /* already claimed on chain, 0 .. previous_micros */
    int64_t change_micros;         /* sum of this run's entries */
    int64_t lifetime_micros;       /* result */
    int64_t carried_micros;        /* result, >= 0 */
} gw_entitlement;

/* Fills lifetime and carried from the other four. */
GW_MUST_CHECK gw_status gw_entitlement_settle(gw_entitlement *entitlement, gw_fault *reterr);

const char *gw_component_print(gw_component component); /* "UTILISATION", "SHORTFALL" */
