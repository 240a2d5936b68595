/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/series.h"

#include "base/wide.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Ascending by start, the highest version first: a total order up to equal repeats. */
static int by_start_and_version(const void *left_item, const void *right_item) {
    const gw_reading *left = left_item;
    const gw_reading *right = right_item;
    if (left->start.us != right->start.us) return left->start.us < right->start.us ? -1 : 1;
    if (left->version != right->version) return left->version > right->version ? -1 : 1;
    return 0;
}

static gw_status check_member(const gw_reading *first, const gw_reading *reading, gw_span interval,
                              gw_fault *reterr) {
    if (!gw_text_equal(first->meter, reading->meter) || first->channel != reading->channel)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "a series holds one meter and channel, not \"%.*s\" and \"%.*s\"",
                            GW_TEXT_ARGS(first->meter), GW_TEXT_ARGS(reading->meter));
    if (!gw_instant_is_valid(reading->start) || reading->start.us % interval.us != 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                            "a reading of meter \"%.*s\" lies off the grid of %lld s",
                            GW_TEXT_ARGS(reading->meter), (long long)(interval.us / 1000000));
    return gw_ok();
}

static gw_status check_repeat(const gw_reading *kept, const gw_reading *other, gw_fault *reterr) {
    if (kept->version != other->version) return gw_ok();
    if (kept->energy.wh == other->energy.wh && kept->quality == other->quality) return gw_ok();
    char text[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(kept->start, text);
    return gw_fail_with(reterr, GW_CODE_CONFLICT, NULL,
                        "meter \"%.*s\" has two readings of version %lld at \"%s\"",
                        GW_TEXT_ARGS(kept->meter), (long long)kept->version, text);
}

/* Keeps the first of each start in place; returns how many. */
static gw_status keep_highest(gw_reading *sorted, size_t count, size_t *ret, gw_fault *reterr) {
    size_t kept = 0;
    for (size_t at = 0; at < count; at++) {
        if (kept > 0 && sorted[kept - 1].start.us == sorted[at].start.us) {
            GW_TRY(check_repeat(&sorted[kept - 1], &sorted[at], reterr));
            continue;
        }
        sorted[kept++] = sorted[at];
    }
    *ret = kept;
    return gw_ok();
}

gw_status gw_series_make(gw_arena *arena, gw_span interval, const gw_reading *readings,
                         size_t count, gw_series *ret, gw_fault *reterr) {
    assert(interval.us > 0);
    if (count > GW_SERIES_MAX_READINGS)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, NULL, "a series has at most %d readings",
                            GW_SERIES_MAX_READINGS);
    for (size_t at = 0; at < count; at++)
        GW_TRY(check_member(&readings[0], &readings[at], interval, reterr));
    gw_reading *sorted = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_reading, count, &sorted, reterr));
    if (count > 0) {
        memcpy(sorted, readings, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, by_start_and_version);
    }
    size_t kept = 0;
    GW_TRY(keep_highest(sorted, count, &kept, reterr));
    *ret = (gw_series){.interval = interval, .readings = sorted, .count = kept};
    return gw_ok();
}

const gw_reading *gw_series_find(const gw_series *series, gw_instant start) {
    size_t low = 0;
    size_t high = series->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (series->readings[middle].start.us < start.us)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == series->count || series->readings[low].start.us != start.us) return NULL;
    return &series->readings[low];
}

const gw_reading *gw_series_measured(const gw_series *series, gw_instant start) {
    const gw_reading *found = gw_series_find(series, start);
    return found != NULL && found->quality == GW_QUALITY_ACTUAL ? found : NULL;
}

gw_status gw_series_total(const gw_series *series, gw_period period, gw_energy *ret,
                          size_t *ret_missing, gw_fault *reterr) {
    size_t count = 0;
    GW_TRY(gw_period_count(period, series->interval, &count, reterr));
    gw_energy total = {0};
    size_t missing = 0;
    for (size_t at = 0; at < count; at++) {
        const gw_instant start = gw_period_interval(period, series->interval, (int64_t)at).from;
        const gw_reading *reading = gw_series_measured(series, start);
        if (reading == NULL)
            missing++;
        else
            GW_TRY(gw_energy_add(total, reading->energy, &total, reterr));
    }
    *ret = total;
    *ret_missing = missing;
    return gw_ok();
}
