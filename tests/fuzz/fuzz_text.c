/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ident.h"
#include "base/text.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static void split_gives_every_byte_back(gw_text text) {
    gw_text rest = text;
    size_t seen = 0;
    size_t pieces = 0;
    while (rest.length > 0) {
        const size_t before = rest.length;
        const gw_text piece = gw_text_split(&rest, ',');
        assert(piece.length + rest.length <= before);
        seen += piece.length;
        pieces++;
    }
    assert(seen <= text.length && pieces <= text.length);
}

static void hex_survives(gw_text text) {
    uint8_t bytes[16] = {0};
    char digits[33];
    gw_fault fault;
    if (!gw_is_ok(gw_hex_parse(text, bytes, sizeof bytes, &fault))) return;
    uint8_t again[16];
    gw_hex_print(bytes, sizeof bytes, digits);
    assert(gw_is_ok(gw_hex_parse(gw_text_from_c(digits), again, sizeof again, &fault)));
    assert(memcmp(bytes, again, sizeof bytes) == 0);
}

static void uuid_survives(gw_text text) {
    gw_uuid uuid;
    gw_uuid again;
    char printed[GW_UUID_TEXT_SIZE];
    gw_fault fault;
    if (!gw_is_ok(gw_uuid_parse(text, &uuid, &fault))) return;
    gw_uuid_print(uuid, printed);
    assert(gw_is_ok(gw_uuid_parse(gw_text_from_c(printed), &again, &fault)));
    assert(gw_uuid_equal(uuid, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_text text = {(const char *)data, size};
    const gw_text trimmed = gw_text_trim(text);
    assert(trimmed.length <= size && gw_text_equal(trimmed, gw_text_trim(trimmed)));
    if (gw_text_is_name(text)) assert(size >= 1 && size <= 64 && trimmed.length == size);
    split_gives_every_byte_back(text);
    hex_survives(text);
    uuid_survives(text);
    return 0;
}
