/* SPDX-License-Identifier: Apache-2.0
 *
 * The one thing a payee needs of an evidence bundle (docs/EVIDENCE.md §9): its leaf of the
 * entitlement tree and the proof. The tree is built from all leaves of the bundle, so a bundle that
 * was changed gives a root that the ledger does not have.
 */
#pragma once

#include "server/chain/ledger.h"

typedef struct gw_bundle_claim {
    gw_claim claim;
    gw_word root; /* of the tree that the bundle's leaves make */
} gw_bundle_claim;

/* text: the whole bundle as JSON, at most 64 MiB. GW_CODE_NOT_FOUND: the payee is not in it. */
GW_MUST_CHECK gw_status gw_bundle_claim_of(gw_arena *arena, gw_bytes text, gw_address payee,
                                           gw_bundle_claim *ret, gw_fault *reterr);
