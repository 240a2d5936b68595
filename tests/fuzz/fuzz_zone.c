/* SPDX-License-Identifier: Apache-2.0 */
#include "server/zone.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gw_period window = {gw_instant_seconds(1768926600), gw_instant_seconds(1768933800)};
    gw_calendar calendar = {0};
    gw_fault fault;
    gw_arena *arena = gw_arena_open(1024 * 1024);
    if (arena == NULL) return 0;
    const gw_status status =
        gw_zone_parse(arena, (gw_bytes){data, size}, window, &calendar, &fault);
    /* what was read is ascending and within reach of the window */
    for (size_t i = 0; gw_is_ok(status) && i < calendar.transition_count; i++) {
        const gw_instant at = calendar.transitions[i].at;
        if (at.us >= window.to.us + (int64_t)GW_ZONE_AFTER_DAYS * 86400000000) abort();
    }
    gw_arena_close(arena);
    return 0;
}
