/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ident.h"

#include <string.h>

static const size_t hyphens[] = {8, 13, 18, 23};

gw_uuid gw_uuid_make(gw_instant now, const uint8_t random[GW_UUID_RANDOM_BYTES]) {
    gw_uuid made = {{0}};
    const uint64_t ms = (uint64_t)(now.us / 1000);
    for (int at = 0; at < 6; at++) made.bytes[at] = (uint8_t)(ms >> (40 - 8 * at));
    memcpy(made.bytes + 6, random, GW_UUID_RANDOM_BYTES);
    made.bytes[6] = (uint8_t)((made.bytes[6] & 0x0f) | 0x70);
    made.bytes[8] = (uint8_t)((made.bytes[8] & 0x3f) | 0x80);
    return made;
}

static bool is_hyphen_place(size_t at) {
    for (size_t i = 0; i < sizeof hyphens / sizeof hyphens[0]; i++) {
        if (hyphens[i] == at) return true;
    }
    return false;
}

static gw_status bad(gw_text text, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is no UUID",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 40)));
}

gw_status gw_uuid_parse(gw_text text, gw_uuid *ret, gw_fault *reterr) {
    if (text.length != GW_UUID_TEXT_SIZE - 1) return bad(text, reterr);
    char digits[32];
    size_t count = 0;
    for (size_t at = 0; at < text.length; at++) {
        if (is_hyphen_place(at) != (text.at[at] == '-')) return bad(text, reterr);
        if (text.at[at] != '-') digits[count++] = text.at[at];
    }
    gw_uuid parsed = {{0}};
    if (!gw_is_ok(gw_hex_parse((gw_text){digits, count}, parsed.bytes, sizeof parsed.bytes, NULL)))
        return bad(text, reterr);
    *ret = parsed;
    return gw_ok();
}

void gw_uuid_print(gw_uuid uuid, char out[GW_UUID_TEXT_SIZE]) {
    char digits[33];
    gw_hex_print(uuid.bytes, sizeof uuid.bytes, digits);
    size_t from = 0;
    for (size_t at = 0; at < GW_UUID_TEXT_SIZE - 1; at++)
        out[at] = is_hyphen_place(at) ? '-' : digits[from++];
    out[GW_UUID_TEXT_SIZE - 1] = '\0';
}

bool gw_uuid_equal(gw_uuid left, gw_uuid right) {
    return memcmp(left.bytes, right.bytes, sizeof left.bytes) == 0;
}
