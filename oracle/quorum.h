/* SPDX-License-Identifier: Apache-2.0
 *
 * How many nodes must sign, and the certificate that proves they did. n nodes tolerate
 * f = ⌊(n−1)/3⌋ faulty ones; q = ⌊(n+f)/2⌋+1 signatures, so that two quorums share an honest node.
 * n = 1 works and proves nothing: whoever shows it must call it CENTRALIZED. Pure.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/address.h"
#include "oracle/sign.h"

enum { GW_SIGNERS_MOST = 31 }; /* as the contract */

typedef struct gw_quorum {
    uint32_t n; /* nodes */
    uint32_t f; /* faulty ones tolerated */
    uint32_t q; /* signatures needed */
} gw_quorum;

/* The nodes of one signer set, in any order, all different. */
typedef struct gw_signer_set {
    const gw_address *members;
    uint32_t count;
} gw_signer_set;

/* Signatures of distinct members, ascending by address: what the contract takes. */
typedef struct gw_certificate {
    const gw_address *signers;
    const gw_signature *signatures;
    uint32_t count;
} gw_certificate;

/* 1 to GW_SIGNERS_MOST nodes: GW_CODE_INVALID otherwise. */
GW_MUST_CHECK gw_status gw_quorum_for(uint32_t n, gw_quorum *ret, gw_fault *reterr);

/* True when address is a member. */
bool gw_signer_set_has(gw_signer_set set, gw_address address);

/* Exactly q of the valid signatures, lowest addresses first. Signatures that are invalid, of
 * strangers or double are passed over; fewer than q left is GW_CODE_NO_QUORUM. */
GW_MUST_CHECK gw_status gw_certificate_make(gw_arena *arena, gw_signer_set set, gw_word digest,
                                            const gw_signature *signatures, size_t count,
                                            gw_certificate *ret, gw_fault *reterr);

/* Count is q, signers ascend strictly, are members and signed this digest. */
GW_MUST_CHECK gw_status gw_certificate_check(const gw_certificate *certificate, gw_signer_set set,
                                             gw_word digest, gw_fault *reterr);

/* The signatures one after the other, 65 bytes each. */
GW_MUST_CHECK gw_status gw_certificate_bytes(gw_arena *arena, const gw_certificate *certificate,
                                             gw_bytes *ret, gw_fault *reterr);
