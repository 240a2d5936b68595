/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/bundle.h"

#include "base/decimal.h"
#include "server/chain/rpc_node.h"

static gw_status malformed(const char *member, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, member, "the bundle cannot be read at \"%s\"",
                        member);
}

/* A JSON integer, or a decimal string when it is beyond 2^53 (docs/EVIDENCE.md §1). */
static gw_status read_micros(const json_t *row, const char *member, uint64_t *ret,
                             gw_fault *reterr) {
    const json_t *value = json_object_get(row, member);
    int64_t number = json_is_integer(value) ? json_integer_value(value) : -1;
    if (json_is_string(value))
        GW_TRY(gw_int64_parse(gw_text_from_c(json_string_value(value)), &number, reterr));
    if (number < 0) return malformed(member, reterr);
    *ret = (uint64_t)number;
    return gw_ok();
}

static gw_status read_row(const json_t *row, gw_claim *ret, gw_fault *reterr) {
    const char *payee = json_string_value(json_object_get(row, "payee"));
    if (payee == NULL) return malformed("payee", reterr);
    GW_TRY(gw_address_parse(gw_text_from_c(payee), &ret->payee, reterr));
    GW_TRY(read_micros(row, "lifetime_micros", &ret->lifetime_micros, reterr));
    return gw_answer_hash(row, "salt", &ret->salt, reterr);
}

gw_status gw_bundle_claim_of(gw_arena *arena, gw_bytes text, gw_address payee, gw_bundle_claim *ret,
                             gw_fault *reterr) {
    json_error_t where;
    gw_word *leaves = NULL;
    gw_merkle tree;
    gw_bundle_claim found = {.root = {{0}}};
    GW_AUTO_JSON whole =
        json_loadb((const char *)text.at, text.length, JSON_REJECT_DUPLICATES, &where);
    const json_t *rows = json_object_get(json_object_get(whole, "core"), "entitlements");
    const size_t count = json_array_size(rows);
    size_t place = count;
    if (count == 0) return malformed("core.entitlements", reterr);
    GW_TRY(GW_ARENA_NEW(arena, gw_word, count, &leaves, reterr));
    for (size_t at = 0; at < count; at++) {
        gw_claim row;
        GW_TRY(read_row(json_array_get(rows, at), &row, reterr));
        leaves[at] = gw_merkle_entitlement(row.payee, row.lifetime_micros, row.salt);
        if (!gw_address_equal(row.payee, payee)) continue;
        found.claim = row;
        place = at;
    }
    if (place == count)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "payee",
                            "the bundle has no entitlement of this account");
    GW_TRY(gw_merkle_build(arena, leaves, count, &tree, reterr));
    gw_merkle_prove(&tree, place, &found.claim.proof);
    found.root = gw_merkle_root(&tree);
    *ret = found;
    return gw_ok();
}
