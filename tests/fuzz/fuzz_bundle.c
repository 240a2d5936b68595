/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/bundle.h"
#include "server/chain/revert.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
    const gw_bytes input = {data, size};
    char text[GW_REVERT_TEXT_SIZE];
    gw_bundle_claim found;
    gw_address payee;
    memset(payee.bytes, 0x11, sizeof payee.bytes);
    gw_revert_print(input, text);
    assert(strlen(text) > 0 || size >= 4);
    if (!gw_is_ok(gw_bundle_claim_of(arena, input, payee, &found, NULL))) return 0;
    const gw_word leaf =
        gw_merkle_entitlement(payee, found.claim.lifetime_micros, found.claim.salt);
    assert(gw_merkle_verify(found.root, leaf, &found.claim.proof));
    return 0;
}
