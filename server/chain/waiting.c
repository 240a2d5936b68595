/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/waiting.h"

enum { PATIENCE_SENDS = 3, ENTRIES = 2 * GW_CHAIN_IN_FLIGHT };

static const gw_waiting_entry *find(const gw_waiting *waiting, uint64_t nonce) {
    for (int at = 0; at < ENTRIES; at++)
        if (waiting->entries[at].is_used && waiting->entries[at].nonce == nonce)
            return &waiting->entries[at];
    return NULL;
}

/* The entry of this nonce; a new one takes a free place, or that of the lowest nonce, which is
 * finished long since because no more than half of the places are ever in flight. */
static gw_waiting_entry *get(gw_waiting *waiting, uint64_t nonce) {
    int place = 0;
    for (int at = 0; at < ENTRIES; at++) {
        const gw_waiting_entry *entry = &waiting->entries[at];
        if (entry->is_used && entry->nonce == nonce) return &waiting->entries[at];
        const gw_waiting_entry *chosen = &waiting->entries[place];
        if (chosen->is_used && (!entry->is_used || entry->nonce < chosen->nonce)) place = at;
    }
    waiting->entries[place] = (gw_waiting_entry){.is_used = true, .nonce = nonce};
    return &waiting->entries[place];
}

bool gw_waiting_is_due(const gw_waiting *waiting, uint64_t nonce, gw_tick now, gw_span pause) {
    const gw_waiting_entry *entry = find(waiting, nonce);
    if (entry == NULL || entry->sends == 0) return true;
    return gw_tick_since(now, entry->sent_at).us >= pause.us;
}

bool gw_waiting_sent(gw_waiting *waiting, uint64_t nonce, gw_tick now) {
    gw_waiting_entry *entry = get(waiting, nonce);
    entry->sends++;
    entry->sent_at = now;
    entry->foreign_since = 0;
    return entry->sends >= PATIENCE_SENDS;
}

uint64_t gw_waiting_foreign(gw_waiting *waiting, uint64_t nonce, uint64_t block) {
    gw_waiting_entry *entry = get(waiting, nonce);
    if (entry->foreign_since == 0) entry->foreign_since = block;
    return entry->foreign_since;
}

void gw_waiting_forget(gw_waiting *waiting, uint64_t nonce) {
    const gw_waiting_entry *entry = find(waiting, nonce);
    if (entry != NULL) *get(waiting, nonce) = (gw_waiting_entry){.is_used = false};
}
