/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/quorum.h"

#include "base/writer.h"

#include <string.h>

gw_status gw_quorum_for(uint32_t n, gw_quorum *ret, gw_fault *reterr) {
    if (n == 0 || n > GW_SIGNERS_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "a signer set has 1 to %d nodes, not %u",
                            GW_SIGNERS_MOST, n);
    const uint32_t f = (n - 1) / 3;
    *ret = (gw_quorum){.n = n, .f = f, .q = (n + f) / 2 + 1};
    return gw_ok();
}

bool gw_signer_set_has(gw_signer_set set, gw_address address) {
    for (uint32_t at = 0; at < set.count; at++)
        if (gw_address_equal(set.members[at], address)) return true;
    return false;
}

typedef struct collected {
    gw_address signers[GW_SIGNERS_MOST];
    gw_signature signatures[GW_SIGNERS_MOST];
    uint32_t count;
} collected;

/* Keeps the list ascending; a second signature of the same signer is dropped. */
static void insert(collected *list, gw_address signer, const gw_signature *signature) {
    uint32_t place = 0;
    while (place < list->count && gw_address_compare(list->signers[place], signer) < 0) place++;
    if (place < list->count && gw_address_equal(list->signers[place], signer)) return;
    const size_t moved = list->count - place;
    memmove(&list->signers[place + 1], &list->signers[place], moved * sizeof list->signers[0]);
    memmove(&list->signatures[place + 1], &list->signatures[place],
            moved * sizeof list->signatures[0]);
    list->signers[place] = signer;
    list->signatures[place] = *signature;
    list->count++;
}

static gw_status copy_first(gw_arena *arena, const collected *list, uint32_t count,
                            gw_certificate *ret, gw_fault *reterr) {
    gw_address *signers = NULL;
    gw_signature *signatures = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_address, count, &signers, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_signature, count, &signatures, reterr));
    memcpy(signers, list->signers, count * sizeof *signers);
    memcpy(signatures, list->signatures, count * sizeof *signatures);
    *ret = (gw_certificate){signers, signatures, count};
    return gw_ok();
}

/* NOLINTNEXTLINE(readability-function-size): signatures and their count are one list */
gw_status gw_certificate_make(gw_arena *arena, gw_signer_set set, gw_word digest,
                              const gw_signature *signatures, size_t count, gw_certificate *ret,
                              gw_fault *reterr) {
    gw_quorum quorum;
    GW_TRY(gw_quorum_for(set.count, &quorum, reterr));
    collected list = {.count = 0};
    for (size_t at = 0; at < count; at++) {
        gw_address signer;
        if (!gw_is_ok(gw_signature_recover(&signatures[at], digest, &signer, NULL))) continue;
        if (gw_signer_set_has(set, signer)) insert(&list, signer, &signatures[at]);
    }
    if (list.count < quorum.q)
        return gw_fail_with(reterr, GW_CODE_NO_QUORUM, NULL, "%u of %u nodes signed, %u are needed",
                            list.count, quorum.n, quorum.q);
    return copy_first(arena, &list, quorum.q, ret, reterr);
}

static gw_status check_one(const gw_certificate *certificate, uint32_t at, gw_signer_set set,
                           gw_word digest, gw_fault *reterr) {
    gw_address signer;
    GW_TRY(gw_signature_recover(&certificate->signatures[at], digest, &signer, reterr));
    if (!gw_address_equal(signer, certificate->signers[at]))
        return gw_fail_with(reterr, GW_CODE_MISMATCH, NULL,
                            "signature %u is not of the signer that it names", at);
    if (!gw_signer_set_has(set, signer))
        return gw_fail_with(reterr, GW_CODE_FORBIDDEN, NULL,
                            "signature %u is of a stranger to the signer set", at);
    if (at > 0 && gw_address_compare(certificate->signers[at - 1], signer) >= 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "the signers do not ascend strictly at signature %u", at);
    return gw_ok();
}

gw_status gw_certificate_check(const gw_certificate *certificate, gw_signer_set set, gw_word digest,
                               gw_fault *reterr) {
    gw_quorum quorum;
    GW_TRY(gw_quorum_for(set.count, &quorum, reterr));
    if (certificate->count != quorum.q)
        return gw_fail_with(reterr, GW_CODE_NO_QUORUM, NULL,
                            "the certificate has %u signatures and not exactly %u",
                            certificate->count, quorum.q);
    for (uint32_t at = 0; at < certificate->count; at++)
        GW_TRY(check_one(certificate, at, set, digest, reterr));
    return gw_ok();
}

gw_status gw_certificate_bytes(gw_arena *arena, const gw_certificate *certificate, gw_bytes *ret,
                               gw_fault *reterr) {
    gw_writer writer;
    gw_writer_init(&writer, arena);
    for (uint32_t at = 0; at < certificate->count; at++)
        gw_write_bytes(&writer, certificate->signatures[at].bytes, GW_SIGNATURE_BYTES);
    return gw_writer_end(&writer, ret, reterr);
}
