/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/native.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_bytes json = {data, size};
    gw_native_batch batch;
    gw_native_birth birth;
    gw_native_opt opt;
    gw_native_items items;
    gw_reading reading;
    gw_fault fault;
    int64_t boot = 0;
    int64_t seq = 0;
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL) return 0;
    gw_ignore(gw_native_batch_parse(arena, json, &batch, &fault)); /* only crashes count here */
    gw_ignore(gw_native_birth_parse(arena, json, &birth, &fault));
    gw_ignore(gw_native_opt_parse(arena, json, &opt, &fault));
    gw_ignore(gw_native_items_parse(arena, json, &items, &fault));
    gw_ignore(gw_native_item_parse(arena, json, &reading, &fault));
    gw_native_peek(json, &boot, &seq);
    gw_arena_close(arena);
    return 0;
}
