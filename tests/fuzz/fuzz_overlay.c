/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/overlay.h"

#include <assert.h>

/* What is taken is canonical: written again it is the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gw_net_overlay overlay;
    gw_text again;
    const gw_text text = {(const char *)data, size};
    gw_arena *arena = gw_arena_open(8 * 1024 * 1024);
    if (arena == NULL) return 0;
    if (gw_is_ok(gw_net_overlay_parse(arena, text, &overlay, NULL)) &&
        gw_is_ok(gw_net_overlay_write(arena, &overlay, &again, NULL)))
        assert(gw_text_equal(text, again));
    gw_arena_close(arena);
    return 0;
}
