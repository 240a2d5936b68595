/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/transaction.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
    gw_transaction transaction;
    gw_address sender;
    gw_bytes bare;
    if (!gw_is_ok(
            gw_transaction_decode(arena, (gw_bytes){data, size}, &transaction, &sender, NULL)))
        return 0;
    const gw_status written = gw_transaction_unsigned(arena, &transaction, &bare, NULL);
    assert(gw_is_ok(written) && bare.length < size);
    assert(gw_transaction_least_gas(&transaction) >= 21000);
    return 0;
}
