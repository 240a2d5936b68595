/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/open_meteo.h"
#include "server/feed/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_weather_values values;
    gw_fault fault;
    gw_text found;
    gw_text rest = {(const char *)data, size};
    gw_arena *arena = gw_arena_open(1024 * 1024);
    if (arena == NULL) return 0;
    /* only crashes count here */
    gw_ignore(gw_open_meteo_parse(arena, (gw_bytes){data, size}, &values, &fault));
    /* the slicer must stay inside also on text that is no JSON */
    (void)gw_slice_member(rest, "hourly", &found);
    while (gw_slice_item(&rest, &found)) (void)gw_slice_string(found, &found);
    gw_arena_close(arena);
    return 0;
}
