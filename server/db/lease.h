/* SPDX-License-Identifier: Apache-2.0
 *
 * Single-writer duties (chain sender, settlement, an MQTT session) belong to the process that holds
 * the lease of that name. A lease runs out in real time of the database; every take-over raises its
 * epoch, and every write made under it proves its epoch in the same transaction, so a holder that
 * was only slow cannot write any more (fencing).
 */
#pragma once

#include "server/db/pool.h"

enum { GW_LEASE_SECONDS = 30 }; /* renew at least three times as often */

typedef struct gw_lease {
    gw_text name;
    gw_text holder;
    int64_t epoch;
} gw_lease;

/* Takes a free or expired lease, or renews ours. GW_CODE_WRONG_STATE: somebody else holds it. */
GW_MUST_CHECK gw_status gw_lease_take(gw_db *db, gw_text name, gw_text holder, int64_t *ret_epoch,
                                      gw_fault *reterr);
/* Inside a transaction: GW_CODE_WRONG_STATE unless the lease still has this epoch; locks its row.
 */
GW_MUST_CHECK gw_status gw_lease_prove(gw_db *tx, const gw_lease *lease, gw_fault *reterr);
/* Gives it back; nothing happens when it is no longer ours. */
GW_MUST_CHECK gw_status gw_lease_drop(gw_db *db, const gw_lease *lease, gw_fault *reterr);
