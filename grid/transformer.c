/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/transformer.h"

gw_power gw_transformer_need(gw_power rating, const gw_power *forecast, size_t count,
                             gw_power *need) {
    gw_power largest = {0};
    for (size_t at = 0; at < count; at++) {
        const int64_t over_w = forecast[at].w > rating.w ? forecast[at].w - rating.w : 0;
        need[at] = (gw_power){over_w};
        if (over_w > largest.w) largest.w = over_w;
    }
    return largest;
}

void gw_transformer_need_window(const gw_power *need, size_t count, size_t *from, size_t *to) {
    size_t first = 0;
    while (first < count && need[first].w == 0) first++;
    size_t end = count;
    while (end > first && need[end - 1].w == 0) end--;
    *from = first;
    *to = end;
}
