/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/fields.h"

#include <assert.h>
#include <stdint.h>

static const char *const words[] = {"DSO", "AGGREGATOR", NULL};

static void ask_for_everything(gw_fields *fields) {
    uint8_t bytes[32];
    (void)gw_field_name(fields, "id", GW_FIELD_REQUIRED);
    (void)gw_field_text(fields, "text", GW_FIELD_OPTIONAL, 20);
    (void)gw_field_uuid(fields, "uuid", GW_FIELD_OPTIONAL);
    (void)gw_field_decimal(fields, "price", GW_FIELD_OPTIONAL, 6);
    (void)gw_field_instant(fields, "at", GW_FIELD_OPTIONAL);
    (void)gw_field_date(fields, "day", GW_FIELD_OPTIONAL);
    (void)gw_field_flag(fields, "on", GW_FIELD_OPTIONAL);
    (void)gw_field_hex(fields, "hex", GW_FIELD_OPTIONAL, bytes, sizeof bytes);
    (void)gw_field_enum(fields, "kind", GW_FIELD_OPTIONAL, words);
    const int64_t power_w = gw_field_int64(fields, "power_w", GW_FIELD_OPTIONAL, -5, 5);
    assert(power_w >= -5 && power_w <= 5);
    const size_t count = gw_field_array(fields, "members", GW_FIELD_OPTIONAL, 4);
    assert(count <= 4);
    for (size_t at = 0; at < count; at++) {
        gw_fields *item = gw_field_item(fields, "members", at);
        (void)gw_field_name(item, "meter", GW_FIELD_REQUIRED);
        (void)gw_field_item_text(fields, "members", at, 8);
        (void)gw_field_item_int64(fields, "members", at, 0, 9);
    }
}

/* Ends well exactly when no fault was noted. */
static void read(gw_fields *fields, const gw_field_faults *faults) {
    ask_for_everything(fields);
    assert(gw_is_ok(gw_fields_end(fields, NULL)) == (faults->count == 0));
    assert(faults->count <= GW_FIELD_FAULTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_fields *fields = NULL;
    gw_field_faults faults = {.count = 0};
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    if (arena == NULL) return 0;
    if (gw_is_ok(gw_fields_parse(arena, (gw_bytes){data, size}, &faults, &fields, NULL)))
        read(fields, &faults);
    return 0;
}
