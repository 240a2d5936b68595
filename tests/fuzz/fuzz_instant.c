/* SPDX-License-Identifier: Apache-2.0 */
#include "base/instant.h"

#include <assert.h>
#include <stdint.h>

/* What can be read is valid and survives printing and reading again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_text text = {(const char *)data, size};
    gw_fault fault;
    gw_instant at = {-1};
    if (gw_is_ok(gw_instant_parse(text, &at, &fault))) {
        char printed[GW_INSTANT_TEXT_SIZE];
        gw_instant again = {-1};
        assert(gw_instant_is_valid(at));
        gw_instant_print(at, printed);
        assert(gw_is_ok(gw_instant_parse(gw_text_from_c(printed), &again, &fault)));
        assert(gw_instant_equal(at, again));
    } else {
        assert(at.us == -1);
    }
    gw_date date = {-1};
    if (gw_is_ok(gw_date_parse(text, &date, &fault))) {
        char printed[GW_DATE_TEXT_SIZE];
        gw_date_print(date, printed);
        assert(gw_text_is(text, printed));
    } else {
        assert(date.days == -1);
    }
    return 0;
}
