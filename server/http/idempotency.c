/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/idempotency.h"

gw_status gw_idempotency_key_check(gw_text key, gw_fault *reterr) {
    if (key.length == 0)
        return gw_hint(reterr, gw_fail(reterr, GW_CODE_KEY_MISSING),
                       "Send a header \"Idempotency-Key\" with a text of your own, for example a "
                       "UUID, and repeat it when you repeat the request.");
    bool is_printable = key.length <= GW_IDEMPOTENCY_KEY_MAX;
    for (size_t at = 0; at < key.length; at++)
        if (key.at[at] < 0x21 || key.at[at] > 0x7e) is_printable = false;
    if (is_printable) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "Idempotency-Key",
                        "the Idempotency-Key is not 1 to %d printable ASCII characters",
                        GW_IDEMPOTENCY_KEY_MAX);
}
