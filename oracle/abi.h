/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract ABI (Solidity specification, "Contract ABI Specification"): head and tail encoding
 * of values under a type that is read from its canonical text, "(address,uint96,bytes32[])".
 * Decoding trusts nothing: offsets and lengths are bounded by the input, words by their type,
 * padding is zero. Types nest at most GW_ABI_DEEPEST deep. Function types and fixed-point are not
 * supported. Pure; everything lives in the caller's arena, decoded bytes are slices of the input.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "oracle/address.h"
#include "oracle/word.h"

#include <stdint.h>

enum { GW_ABI_DEEPEST = 8, GW_ABI_MEMBERS_MOST = 64, GW_ABI_SELECTOR_BYTES = 4 };

typedef enum gw_abi_kind {
    GW_ABI_UINT,        /* width: bits, 8 to 256 */
    GW_ABI_INT,         /* width: bits */
    GW_ABI_ADDRESS,     /* width 160 */
    GW_ABI_BOOL,        /* width 1 */
    GW_ABI_FIXED_BYTES, /* width: bytes, 1 to 32; left-aligned in the word */
    GW_ABI_BYTES,
    GW_ABI_STRING,
    GW_ABI_LIST,  /* T[]; members: the one element type */
    GW_ABI_ARRAY, /* T[width]; members: the one element type */
    GW_ABI_TUPLE  /* members: width types */
} gw_abi_kind;

typedef struct gw_abi_type {
    gw_abi_kind kind;
    uint32_t width;
    bool is_dynamic;
    uint32_t head_bytes; /* in the head of its parent */
    const struct gw_abi_type *members;
} gw_abi_type;

/* The member that the kind asks for is set, the others are not looked at. */
typedef struct gw_abi_value {
    gw_word word;                     /* numbers, address, bool, bytesN */
    gw_bytes bytes;                   /* bytes, string */
    const struct gw_abi_value *items; /* list, array, tuple */
    size_t count;
} gw_abi_value;

static inline gw_abi_value gw_abi_word(gw_word word) { return (gw_abi_value){.word = word}; }
static inline gw_abi_value gw_abi_u64(uint64_t number) {
    return (gw_abi_value){.word = gw_word_from_u64(number)};
}
static inline gw_abi_value gw_abi_address(gw_address address) {
    return (gw_abi_value){.word = gw_address_word(address)};
}
static inline gw_abi_value gw_abi_bytes(gw_bytes bytes) { return (gw_abi_value){.bytes = bytes}; }
static inline gw_abi_value gw_abi_items(const gw_abi_value *items, size_t count) {
    return (gw_abi_value){.items = items, .count = count};
}

/* "uint96", "bytes32[]", "(uint64,bytes)[2]"; "tuple(...)" is read too. "()" is only good for the
 * arguments of a function that has none. */
GW_MUST_CHECK gw_status gw_abi_type_parse(gw_arena *arena, gw_text text, gw_abi_type *ret,
                                          gw_fault *reterr);

/* type is a tuple; the result is its members' encoding without an outer offset, as in calls. */
GW_MUST_CHECK gw_status gw_abi_encode(gw_arena *arena, const gw_abi_type *type,
                                      const gw_abi_value *value, gw_bytes *ret, gw_fault *reterr);
/* The reverse; bytes after the last tail are allowed, as contracts allow them. */
GW_MUST_CHECK gw_status gw_abi_decode(gw_arena *arena, const gw_abi_type *type, gw_bytes encoded,
                                      gw_abi_value *ret, gw_fault *reterr);

/* First four bytes of Keccak(signature), e.g. "transfer(address,uint256)". */
void gw_abi_selector(gw_text signature, uint8_t out[GW_ABI_SELECTOR_BYTES]);
/* Selector and arguments; the types are those in the signature. */
GW_MUST_CHECK gw_status gw_abi_call(gw_arena *arena, gw_text signature,
                                    const gw_abi_value *arguments, size_t count, gw_bytes *ret,
                                    gw_fault *reterr);
/* Decodes under a type given as text, e.g. "(uint256,address)". */
GW_MUST_CHECK gw_status gw_abi_decode_as(gw_arena *arena, gw_text type, gw_bytes encoded,
                                         gw_abi_value *ret, gw_fault *reterr);
