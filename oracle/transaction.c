/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/transaction.h"

#include "base/wide.h"
#include "base/writer.h"
#include "oracle/keccak.h"
#include "oracle/rlp.h"

#include <string.h>

enum { TYPE_FEE_MARKET = 0x02 };

static gw_status write_accesses(gw_writer *out, const gw_transaction *transaction,
                                gw_fault *reterr) {
    gw_writer all;
    gw_writer_init(&all, out->arena);
    for (size_t at = 0; at < transaction->access_count; at++) {
        const gw_access *access = &transaction->accesses[at];
        gw_writer keys;
        gw_writer pair;
        gw_bytes part;
        gw_writer_init(&keys, out->arena);
        gw_writer_init(&pair, out->arena);
        for (size_t key = 0; key < access->key_count; key++)
            gw_rlp_write_bytes(&keys, gw_word_slice(&access->keys[key]));
        GW_TRY(gw_writer_end(&keys, &part, reterr));
        gw_rlp_write_bytes(&pair, (gw_bytes){access->address.bytes, GW_ADDRESS_BYTES});
        gw_rlp_write_list(&pair, part);
        GW_TRY(gw_writer_end(&pair, &part, reterr));
        gw_rlp_write_list(&all, part);
    }
    gw_bytes members;
    GW_TRY(gw_writer_end(&all, &members, reterr));
    gw_rlp_write_list(out, members);
    return gw_ok();
}

static gw_status write_fields(gw_writer *out, const gw_transaction *transaction, gw_fault *reterr) {
    gw_rlp_write_u64(out, transaction->chain_id);
    gw_rlp_write_u64(out, transaction->nonce);
    gw_rlp_write_word(out, transaction->tip_wei);
    gw_rlp_write_word(out, transaction->fee_cap_wei);
    gw_rlp_write_u64(out, transaction->gas_limit);
    const size_t to_bytes = transaction->is_creation ? 0 : GW_ADDRESS_BYTES;
    gw_rlp_write_bytes(out, (gw_bytes){transaction->to.bytes, to_bytes});
    gw_rlp_write_word(out, transaction->value_wei);
    gw_rlp_write_bytes(out, transaction->data);
    return write_accesses(out, transaction, reterr);
}

/* signature may be NULL: the unsigned form. */
static gw_status envelope(gw_arena *arena, const gw_transaction *transaction,
                          const gw_signature *signature, gw_bytes *ret, gw_fault *reterr) {
    gw_writer fields;
    gw_writer out;
    gw_bytes members;
    gw_writer_init(&fields, arena);
    gw_writer_init(&out, arena);
    GW_TRY(write_fields(&fields, transaction, reterr));
    if (signature != NULL) {
        gw_word r;
        gw_word s;
        memcpy(r.bytes, signature->bytes, GW_WORD_BYTES);
        memcpy(s.bytes, signature->bytes + GW_WORD_BYTES, GW_WORD_BYTES);
        gw_rlp_write_u64(&fields, signature->bytes[64] - 27u);
        gw_rlp_write_word(&fields, r);
        gw_rlp_write_word(&fields, s);
    }
    GW_TRY(gw_writer_end(&fields, &members, reterr));
    gw_write_u8(&out, TYPE_FEE_MARKET);
    gw_rlp_write_list(&out, members);
    return gw_writer_end(&out, ret, reterr);
}

gw_status gw_transaction_unsigned(gw_arena *arena, const gw_transaction *transaction, gw_bytes *ret,
                                  gw_fault *reterr) {
    return envelope(arena, transaction, NULL, ret, reterr);
}

gw_status gw_transaction_sign(gw_arena *arena, const gw_transaction *transaction,
                              const gw_signer *signer, gw_signed_transaction *ret,
                              gw_fault *reterr) {
    gw_bytes bytes;
    gw_signature signature;
    GW_TRY(gw_transaction_unsigned(arena, transaction, &bytes, reterr));
    GW_TRY(gw_signer_sign(signer, gw_keccak256(bytes), &signature, reterr));
    GW_TRY(envelope(arena, transaction, &signature, &bytes, reterr));
    *ret = (gw_signed_transaction){bytes, gw_keccak256(bytes)};
    return gw_ok();
}

static gw_status fail(gw_fault *reterr, const char *why) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the transaction %s", why);
}

static gw_status read_keys(gw_arena *arena, gw_bytes rest, gw_access *ret, gw_fault *reterr) {
    gw_word *keys = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_word, rest.length / GW_WORD_BYTES, &keys, reterr));
    size_t count = 0;
    while (rest.length > 0) {
        gw_bytes key;
        GW_TRY(gw_rlp_read_string(&rest, &key, reterr));
        if (key.length != GW_WORD_BYTES) return fail(reterr, "has a storage key of a wrong size");
        memcpy(keys[count++].bytes, key.at, GW_WORD_BYTES);
    }
    ret->keys = keys;
    ret->key_count = count;
    return gw_ok();
}

static gw_status read_accesses(gw_arena *arena, gw_bytes rest, gw_transaction *ret,
                               gw_fault *reterr) {
    gw_access *accesses = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_access, rest.length / (GW_ADDRESS_BYTES + 3), &accesses, reterr));
    size_t count = 0;
    while (rest.length > 0) {
        gw_bytes pair;
        gw_bytes address;
        gw_bytes keys;
        GW_TRY(gw_rlp_read_list(&rest, &pair, reterr));
        GW_TRY(gw_rlp_read_string(&pair, &address, reterr));
        GW_TRY(gw_rlp_read_list(&pair, &keys, reterr));
        if (address.length != GW_ADDRESS_BYTES || pair.length > 0)
            return fail(reterr, "has an access entry of a wrong size");
        memcpy(accesses[count].address.bytes, address.at, GW_ADDRESS_BYTES);
        GW_TRY(read_keys(arena, keys, &accesses[count++], reterr));
    }
    ret->accesses = accesses;
    ret->access_count = count;
    return gw_ok();
}

static gw_status read_to(gw_bytes *rest, gw_transaction *ret, gw_fault *reterr) {
    gw_bytes to;
    GW_TRY(gw_rlp_read_string(rest, &to, reterr));
    if (to.length != 0 && to.length != GW_ADDRESS_BYTES)
        return fail(reterr, "has a receiver of a wrong size");
    ret->is_creation = to.length == 0;
    if (to.length > 0) memcpy(ret->to.bytes, to.at, GW_ADDRESS_BYTES);
    return gw_ok();
}

/* The most the gas may cost fits a word. */
static bool cost_fits(gw_word price, uint64_t gas) {
    gw_wide carry = 0;
    for (size_t at = GW_WORD_BYTES; at-- > 0;) {
        carry += (gw_wide)price.bytes[at] * gas;
        carry >>= 8;
    }
    return carry == 0;
}

static gw_status read_fields(gw_arena *arena, gw_bytes *rest, gw_transaction *ret,
                             gw_fault *reterr) {
    gw_bytes accesses;
    GW_TRY(gw_rlp_read_u64(rest, &ret->chain_id, reterr));
    GW_TRY(gw_rlp_read_u64(rest, &ret->nonce, reterr));
    GW_TRY(gw_rlp_read_word(rest, &ret->tip_wei, reterr));
    GW_TRY(gw_rlp_read_word(rest, &ret->fee_cap_wei, reterr));
    GW_TRY(gw_rlp_read_u64(rest, &ret->gas_limit, reterr));
    GW_TRY(read_to(rest, ret, reterr));
    GW_TRY(gw_rlp_read_word(rest, &ret->value_wei, reterr));
    GW_TRY(gw_rlp_read_string(rest, &ret->data, reterr));
    GW_TRY(gw_rlp_read_list(rest, &accesses, reterr));
    GW_TRY(read_accesses(arena, accesses, ret, reterr));
    if (gw_word_compare(ret->tip_wei, ret->fee_cap_wei) > 0)
        return fail(reterr, "has a tip above its fee cap");
    if (!cost_fits(ret->fee_cap_wei, ret->gas_limit))
        return fail(reterr, "has gas that costs more than 256 bits");
    return gw_ok();
}

static gw_status read_signature(gw_bytes *rest, gw_signature *ret, gw_fault *reterr) {
    uint64_t parity = 0;
    gw_word r;
    gw_word s;
    GW_TRY(gw_rlp_read_u64(rest, &parity, reterr));
    GW_TRY(gw_rlp_read_word(rest, &r, reterr));
    GW_TRY(gw_rlp_read_word(rest, &s, reterr));
    if (parity > 1) return fail(reterr, "has a parity that is not 0 or 1");
    if (rest->length > 0) return fail(reterr, "has fields after its signature");
    memcpy(ret->bytes, r.bytes, GW_WORD_BYTES);
    memcpy(ret->bytes + GW_WORD_BYTES, s.bytes, GW_WORD_BYTES);
    ret->bytes[64] = (uint8_t)(27 + parity);
    return gw_ok();
}

gw_status gw_transaction_decode(gw_arena *arena, gw_bytes raw, gw_transaction *ret,
                                gw_address *ret_sender, gw_fault *reterr) {
    if (raw.length == 0 || raw.at[0] != TYPE_FEE_MARKET) return fail(reterr, "is not of type 2");
    gw_rlp_item list;
    GW_TRY(gw_rlp_read_all((gw_bytes){raw.at + 1, raw.length - 1}, &list, reterr));
    if (list.kind != GW_RLP_LIST) return fail(reterr, "is not a list");
    gw_transaction transaction = {.chain_id = 0};
    gw_signature signature;
    gw_address sender;
    gw_bytes bytes;
    GW_TRY(read_fields(arena, &list.payload, &transaction, reterr));
    GW_TRY(read_signature(&list.payload, &signature, reterr));
    GW_TRY(gw_transaction_unsigned(arena, &transaction, &bytes, reterr));
    GW_TRY(gw_signature_recover(&signature, gw_keccak256(bytes), &sender, reterr));
    *ret = transaction;
    *ret_sender = sender;
    return gw_ok();
}

uint64_t gw_transaction_least_gas(const gw_transaction *transaction) {
    enum { BASE = 21000, CREATION = 32000, CODE_WORD = 2, TOKEN = 4, TOKEN_FLOOR = 10 };
    enum { ACCESS_ADDRESS = 2400, ACCESS_KEY = 1900 };
    uint64_t tokens = 0;
    for (size_t at = 0; at < transaction->data.length; at++)
        tokens += transaction->data.at[at] == 0 ? 1 : 4;
    uint64_t gas = BASE + TOKEN * tokens;
    if (transaction->is_creation)
        gas += CREATION + CODE_WORD * ((transaction->data.length + 31) / 32);
    for (size_t at = 0; at < transaction->access_count; at++)
        gas += ACCESS_ADDRESS + ACCESS_KEY * transaction->accesses[at].key_count;
    const uint64_t floor = BASE + TOKEN_FLOOR * tokens;
    return gas > floor ? gas : floor;
}
