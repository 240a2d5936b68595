/* SPDX-License-Identifier: Apache-2.0
 *
 * Half-open periods [from, to) and the equal intervals they are cut into. An event of two hours
 * with 30-minute intervals has four intervals, numbered from 0. Pure.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct gw_period {
    gw_instant from;
    gw_instant to; /* not part of the period */
} gw_period;

enum { GW_PERIOD_MAX_INTERVALS = 4096 }; /* of one event or forecast: 42 days of quarter hours */

bool gw_period_is_valid(gw_period period); /* from < to, both valid instants */
bool gw_period_contains(gw_period period, gw_instant at);
bool gw_period_covers(gw_period outer, gw_period inner);
bool gw_period_overlaps(gw_period left, gw_period right);
gw_span gw_period_length(gw_period period);

/* How many intervals of the span (> 0) the period has. GW_CODE_INVALID when the period is empty,
 * does not start on a whole multiple of the span since 1970-01-01T00:00Z, or is no whole number of
 * intervals; GW_CODE_TOO_LARGE above GW_PERIOD_MAX_INTERVALS. */
GW_MUST_CHECK gw_status gw_period_count(gw_period period, gw_span interval, size_t *ret,
                                        gw_fault *reterr);

/* Interval number `index` of a period, counted from its start; may lie outside the period. */
gw_period gw_period_interval(gw_period period, gw_span interval, int64_t index);
