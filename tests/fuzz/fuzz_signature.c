/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/address.h"
#include "oracle/quorum.h"
#include "oracle/verdict.h"

#include <assert.h>
#include <string.h>

static void address_survives(gw_text text) {
    gw_address address;
    gw_address again;
    char printed[GW_ADDRESS_TEXT_SIZE];
    if (!gw_is_ok(gw_address_parse(text, &address, NULL))) return;
    gw_address_print(address, printed);
    const gw_status read = gw_address_parse(gw_text_from_c(printed), &again, NULL);
    assert(gw_is_ok(read) && gw_address_equal(address, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_text text = {(const char *)data, size};
    gw_word word;
    gw_verdict verdict;
    gw_signature signature;
    gw_address signer;
    address_survives(text);
    gw_ignore(gw_word_parse(text, &word, NULL));       /* only must not crash */
    gw_ignore(gw_verdict_parse(text, &verdict, NULL)); /* likewise */
    if (size < GW_SIGNATURE_BYTES) return 0;
    memcpy(signature.bytes, data, GW_SIGNATURE_BYTES);
    signature.bytes[64] = (uint8_t)(27 + signature.bytes[64] % 2);
    gw_ignore(gw_signature_recover(&signature, gw_word_from_u64(1), &signer, NULL));
    return 0;
}
