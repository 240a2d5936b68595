/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/fields.h"

#include <assert.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_fields *fields = NULL;
    gw_field_faults faults = {.count = 0};
    const gw_text query = {(const char *)data, size};
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    if (arena == NULL) return 0;
    if (!gw_is_ok(gw_fields_parse_query(arena, query, &faults, &fields, NULL))) return 0;
    const int64_t size_asked = gw_field_int64(fields, "page_size", GW_FIELD_OPTIONAL, 1, 1000);
    assert(size_asked == 0 || (size_asked >= 1 && size_asked <= 1000));
    (void)gw_field_text(fields, "page_token", GW_FIELD_OPTIONAL, 100);
    (void)gw_field_instant(fields, "from", GW_FIELD_OPTIONAL);
    (void)gw_field_flag(fields, "on", GW_FIELD_OPTIONAL);
    assert(gw_is_ok(gw_fields_end(fields, NULL)) == (faults.count == 0));
    return 0;
}
