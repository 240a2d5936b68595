/* SPDX-License-Identifier: Apache-2.0 */
#include "base/decimal.h"

#include <assert.h>
#include <stdint.h>

/* The first byte chooses the places; the rest is the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    const int places = data[0] % 19;
    const gw_text text = {(const char *)data + 1, size - 1};
    gw_fault fault;
    int64_t value = 77;
    if (gw_is_ok(gw_decimal_parse(text, places, &value, &fault))) {
        char printed[GW_DECIMAL_TEXT_SIZE];
        int64_t again = 0;
        gw_decimal_print(value, places, printed);
        assert(gw_is_ok(gw_decimal_parse(gw_text_from_c(printed), places, &again, &fault)));
        assert(again == value);
    } else {
        assert(value == 77);
    }
    int64_t whole = 77;
    int64_t same = 0;
    if (!gw_is_ok(gw_int64_parse(text, &whole, &fault))) {
        assert(whole == 77);
    } else {
        assert(gw_is_ok(gw_decimal_parse(text, 0, &same, &fault)));
        assert(same == whole);
    }
    return 0;
}
