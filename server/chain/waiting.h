/* SPDX-License-Identifier: Apache-2.0
 *
 * How long the transactions in flight have waited: memory of this process only, on the monotonic
 * clock. After a restart everything is due at once, which is the rebroadcast. Pure; one thread.
 */
#pragma once

#include "server/clock.h"
#include "server/db/chain_store.h"

typedef struct gw_waiting_entry {
    bool is_used;
    uint64_t nonce;
    int sends;
    gw_tick sent_at;
    uint64_t foreign_since; /* block at which the nonce was first seen used by another; 0: not */
} gw_waiting_entry;

/* All zero is empty. */
typedef struct gw_waiting {
    gw_waiting_entry entries[2 * GW_CHAIN_IN_FLIGHT];
} gw_waiting;

/* True when it was never sent by this process, or longer than pause ago. */
bool gw_waiting_is_due(const gw_waiting *waiting, uint64_t nonce, gw_tick now, gw_span pause);
/* Notes a sending; true from the third on, when patience is over and a higher bid is in order. */
bool gw_waiting_sent(gw_waiting *waiting, uint64_t nonce, gw_tick now);
/* The block at which this nonce was first reported used by another: now, unless noted before. */
uint64_t gw_waiting_foreign(gw_waiting *waiting, uint64_t nonce, uint64_t block);
void gw_waiting_forget(gw_waiting *waiting, uint64_t nonce);
