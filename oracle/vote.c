/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/vote.h"

bool gw_vote_slot_equal(const gw_vote_slot *left, const gw_vote_slot *right) {
    return left->kind == right->kind && gw_uuid_equal(left->subject, right->subject) &&
           left->revision == right->revision && left->epoch == right->epoch;
}

gw_vote_decision gw_vote_decide(const gw_vote_record *records, size_t count,
                                const gw_vote_slot *slot, gw_word digest) {
    gw_vote_decision decision = GW_VOTE_RECORD_FIRST;
    for (size_t at = 0; at < count; at++) {
        if (!gw_vote_slot_equal(&records[at].slot, slot)) continue;
        if (!gw_word_equal(records[at].digest, digest)) return GW_VOTE_REFUSE;
        decision = GW_VOTE_SIGN_AGAIN;
    }
    return decision;
}
