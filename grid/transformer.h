/* SPDX-License-Identifier: Apache-2.0
 *
 * A transformer's rating against a forecast of its load: what is above the rating is the need for
 * relief. Power in W, active power only. Pure.
 */
#pragma once

#include "base/text.h"
#include "grid/quantity.h"

#include <stddef.h>

typedef struct gw_transformer {
    gw_text name;
    gw_power rating;
} gw_transformer;

/* need[t] = max(0, forecast[t] - rating). Returns the largest need of the `count` intervals, so 0
 * says that there is no overload. */
gw_power gw_transformer_need(gw_power rating, const gw_power *forecast, size_t count,
                             gw_power *need);

/* The stretch of intervals [from, to) that holds every need; from == to when there is none. */
void gw_transformer_need_window(const gw_power *need, size_t count, size_t *from, size_t *to);
