/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/abi.h"

#include <assert.h>

/* First line: the type; the rest: what a hostile node answered. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_text input = {(const char *)data, size};
    const size_t line = gw_text_find(input, '\n');
    if (line == size) return 0;
    GW_AUTO_ARENA arena = gw_arena_open(4 << 20);
    gw_abi_type type;
    gw_abi_value value;
    gw_bytes encoded;
    gw_abi_value again;
    if (!gw_is_ok(gw_abi_type_parse(arena, gw_text_part(input, 0, line), &type, NULL))) return 0;
    const gw_bytes answer = {data + line + 1, size - line - 1};
    if (!gw_is_ok(gw_abi_decode(arena, &type, answer, &value, NULL))) return 0;
    const gw_status written = gw_abi_encode(arena, &type, &value, &encoded, NULL);
    if (written.code == GW_CODE_NO_MEMORY) return 0;
    assert(gw_is_ok(written));
    const gw_status read = gw_abi_decode(arena, &type, encoded, &again, NULL);
    assert(gw_is_ok(read) || read.code == GW_CODE_NO_MEMORY);
    return 0;
}
