/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/window.h"

gw_period gw_window_read(gw_fields *query) {
    const gw_period window = {gw_field_instant(query, "from", GW_FIELD_REQUIRED),
                              gw_field_instant(query, "to", GW_FIELD_REQUIRED)};
    const bool is_complete = gw_field_has(query, "from") && gw_field_has(query, "to");
    if (is_complete && !gw_instant_before(window.from, window.to))
        gw_field_blame(query, "to", GW_CODE_INVALID, "The window ends before it starts.");
    return window;
}
