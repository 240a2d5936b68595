/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints the small evening of small_core.h, byte for byte the same every time:
 *     small_bundle commitment | settlement | correction | bundle | clearance | network
 * The bundle's certificates are signed by three test keys, Keccak of "small key 0" to "small key
 * 2".
 */
#include "tests/support/small_clearance.h"
#include "tests/support/small_core.h"

#include "oracle/keccak.h"
#include "oracle/sign.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, SIGNERS = 3 };

typedef struct vote {
    gw_address signer;
    gw_signature signature;
} vote;

static gw_status sign(gw_arena *arena, int number, gw_word digest, vote *ret, gw_fault *reterr) {
    char label[32];
    gw_signing_key key;
    gw_signer *signer = NULL;
    const int length = snprintf(label, sizeof label, "small key %d", number);
    const gw_word secret = gw_keccak256((gw_bytes){(const uint8_t *)label, (size_t)length});
    memcpy(key.bytes, secret.bytes, sizeof key.bytes);
    GW_TRY(gw_signer_make(arena, &key, NULL, &signer, reterr));
    ret->signer = gw_signer_address(signer);
    return gw_signer_sign(signer, digest, &ret->signature, reterr);
}

static void sort(vote *votes) {
    for (int left = 0; left < SIGNERS; left++)
        for (int right = left + 1; right < SIGNERS; right++)
            if (gw_address_compare(votes[left].signer, votes[right].signer) > 0) {
                const vote swapped = votes[left];
                votes[left] = votes[right];
                votes[right] = swapped;
            }
}

static gw_status print_certificate(gw_arena *arena, gw_word digest, gw_fault *reterr) {
    vote votes[SIGNERS];
    char text[GW_SIGNATURE_TEXT_SIZE];
    for (int number = 0; number < SIGNERS; number++)
        GW_TRY(sign(arena, number, digest, &votes[number], reterr));
    sort(votes);
    gw_word_print(digest, text);
    printf("{\"digest\":\"%s\",\"signatures\":[", text);
    for (int number = 0; number < SIGNERS; number++) {
        char hex[2 * GW_ADDRESS_BYTES + 1];
        gw_hex_print(votes[number].signer.bytes, GW_ADDRESS_BYTES, hex);
        gw_signature_print(&votes[number].signature, text);
        printf("%s{\"signature\":\"%s\",\"signer\":\"0x%s\"}", number > 0 ? "," : "", text, hex);
    }
    printf("]}");
    return gw_ok();
}

static void print_bytes(gw_bytes bytes) { (void)fwrite(bytes.at, 1, bytes.length, stdout); }

typedef struct cores {
    gw_core_commitment commitment;
    gw_core_settlement settlement;
    gw_bytes commitment_bytes;
    gw_bytes settlement_bytes;
} cores;

static gw_status print_bundle(gw_arena *arena, const cores *made, gw_fault *reterr) {
    gw_domain domain = {0};
    GW_TRY(gw_core_domain(&made->commitment.chain, &domain, reterr));
    const gw_commitment promise =
        gw_core_commitment_statement(&made->commitment, made->commitment_bytes);
    const gw_settlement run =
        gw_core_settlement_statement(&made->settlement, made->settlement_bytes);
    printf("{\"certificate\":{\"commitment\":");
    GW_TRY(print_certificate(arena, gw_commitment_digest(&domain, &promise), reterr));
    printf(",\"settlement\":");
    GW_TRY(print_certificate(arena, gw_settlement_digest(&domain, &run), reterr));
    printf("},\"chain\":{\"chain_id\":31337,\"ledger\":\"%.*s\"},\"commitment\":",
           GW_TEXT_ARGS(made->commitment.chain.ledger));
    print_bytes(made->commitment_bytes);
    printf(",\"core\":");
    print_bytes(made->settlement_bytes);
    printf(",\"format\":\"gridwitness-bundle-1\"}");
    return gw_ok();
}

static gw_status print_clearance(gw_arena *arena, gw_fault *reterr) {
    gw_core_clearance core = {0};
    gw_domain domain = {0};
    gw_bytes bytes = {0};
    GW_TRY(small_clearance(arena, &core, reterr));
    GW_TRY(gw_core_domain(&core.chain, &domain, reterr));
    GW_TRY(gw_core_write_clearance(arena, &core, &bytes, reterr));
    const gw_clearance statement = gw_core_clearance_statement(&core, bytes);
    printf("{\"certificate\":");
    GW_TRY(print_certificate(arena, gw_clearance_digest(&domain, &statement), reterr));
    printf(",\"core\":");
    print_bytes(bytes);
    printf(",\"format\":\"gridwitness-clearance-bundle-1\"}");
    return gw_ok();
}

static gw_status print_what(gw_arena *arena, const char *what, gw_fault *reterr) {
    cores made = {0};
    if (strcmp(what, "clearance") == 0) return print_clearance(arena, reterr);
    if (strcmp(what, "network") == 0) {
        print_bytes(small_network());
        return gw_ok();
    }
    GW_TRY(small_commitment(arena, &made.commitment, reterr));
    GW_TRY(gw_core_write_commitment(arena, &made.commitment, &made.commitment_bytes, reterr));
    if (strcmp(what, "correction") == 0)
        GW_TRY(small_correction(arena, &made.settlement, reterr));
    else
        GW_TRY(small_settlement(arena, &made.settlement, reterr));
    GW_TRY(gw_core_write_settlement(arena, &made.settlement, &made.settlement_bytes, reterr));
    if (strcmp(what, "bundle") == 0) return print_bundle(arena, &made, reterr);
    print_bytes(strcmp(what, "commitment") == 0 ? made.commitment_bytes : made.settlement_bytes);
    return gw_ok();
}

int main(int argc, char **argv) {
    gw_fault fault = {0};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_BYTES);
    if (arena == NULL || argc != 2) {
        (void)fprintf(
            stderr,
            "usage: small_bundle commitment|settlement|correction|bundle|clearance|network\n");
        return 2;
    }
    if (gw_is_ok(print_what(arena, argv[1], &fault))) return 0;
    (void)fprintf(stderr, "%s %s\n", fault.subject, fault.message);
    return 1;
}
