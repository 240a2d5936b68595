/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/merkle.h"

#include "oracle/keccak.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LEAVES = 1 << 24 };

typedef struct ranked {
    gw_word hash;
    size_t leaf; /* index in the caller's order */
} ranked;

gw_word gw_merkle_leaf(gw_bytes encoded) {
    const gw_word once = gw_keccak256(encoded);
    return gw_keccak256(gw_word_slice(&once));
}

gw_word gw_merkle_entitlement(gw_address payee, uint64_t lifetime_micros, gw_word salt) {
    const gw_word words[] = {gw_address_word(payee), gw_word_from_u64(lifetime_micros), salt};
    return gw_merkle_leaf((gw_bytes){words[0].bytes, sizeof words});
}

gw_word gw_merkle_content(gw_word content_hash, gw_word salt) {
    const gw_word words[] = {content_hash, salt};
    return gw_merkle_leaf((gw_bytes){words[0].bytes, sizeof words});
}

gw_word gw_merkle_trade(const gw_trade_leaf *leaf) {
    const gw_word words[] = {leaf->trade_id, gw_address_word(leaf->seller),
                             gw_address_word(leaf->buyer), gw_word_from_u64(leaf->accepted_wh),
                             leaf->salt};
    return gw_merkle_leaf((gw_bytes){words[0].bytes, sizeof words});
}

static gw_word hash_pair(gw_word left, gw_word right) {
    const bool ordered = gw_word_compare(left, right) <= 0;
    const gw_word words[] = {ordered ? left : right, ordered ? right : left};
    return gw_keccak256((gw_bytes){words[0].bytes, sizeof words});
}

static int compare_ranked(const void *left, const void *right) {
    const ranked *first = left;
    const ranked *second = right;
    const int order = gw_word_compare(first->hash, second->hash);
    if (order != 0) return order;
    return (first->leaf > second->leaf) - (first->leaf < second->leaf);
}

/* The leaves fill the end of the node array, the smallest hash last. */
static void place_leaves(gw_merkle *merkle, const ranked *sorted, size_t node_count) {
    for (size_t at = 0; at < merkle->leaf_count; at++) {
        const size_t place = node_count - 1 - at;
        merkle->nodes[place] = sorted[at].hash;
        merkle->places[sorted[at].leaf] = place;
    }
}

gw_status gw_merkle_build(gw_arena *arena, const gw_word *leaves, size_t count, gw_merkle *ret,
                          gw_fault *reterr) {
    if (count == 0 || count > MOST_LEAVES)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "a Merkle tree needs 1 to %d leaves, not %zu", MOST_LEAVES, count);
    const size_t node_count = 2 * count - 1;
    gw_merkle merkle = {.leaf_count = count};
    ranked *sorted = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_word, node_count, &merkle.nodes, reterr));
    GW_TRY(GW_ARENA_NEW(arena, size_t, count, &merkle.places, reterr));
    GW_TRY(GW_ARENA_NEW(arena, ranked, count, &sorted, reterr));
    for (size_t at = 0; at < count; at++) sorted[at] = (ranked){leaves[at], at};
    qsort(sorted, count, sizeof *sorted, compare_ranked);
    place_leaves(&merkle, sorted, node_count);
    for (size_t at = count - 1; at-- > 0;)
        merkle.nodes[at] = hash_pair(merkle.nodes[2 * at + 1], merkle.nodes[2 * at + 2]);
    *ret = merkle;
    return gw_ok();
}

gw_word gw_merkle_root(const gw_merkle *merkle) { return merkle->nodes[0]; }

void gw_merkle_prove(const gw_merkle *merkle, size_t leaf, gw_merkle_proof *ret) {
    assert(leaf < merkle->leaf_count);
    ret->count = 0;
    for (size_t at = merkle->places[leaf]; at > 0; at = (at - 1) / 2) {
        const size_t sibling = at % 2 == 0 ? at - 1 : at + 1;
        ret->siblings[ret->count++] = merkle->nodes[sibling];
    }
}

bool gw_merkle_verify(gw_word root, gw_word leaf, const gw_merkle_proof *proof) {
    gw_word node = leaf;
    for (size_t at = 0; at < proof->count; at++) node = hash_pair(node, proof->siblings[at]);
    return gw_word_equal(node, root);
}
