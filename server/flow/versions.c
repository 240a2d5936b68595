/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/versions.h"

#include <stdlib.h>

static int by_int64(int64_t left, int64_t right) { return left < right ? -1 : left > right; }

static int by_key(const gw_reading *left, const gw_reading *right) {
    const int start = by_int64(left->start.us, right->start.us);
    if (start != 0) return start;
    const int meter = gw_text_compare(left->meter, right->meter);
    if (meter != 0) return meter;
    return by_int64(left->channel, right->channel);
}

static int by_key_and_arrival(const void *left, const void *right) {
    const gw_candidate *one = left;
    const gw_candidate *other = right;
    const int key = by_key(&one->reading, &other->reading);
    if (key != 0) return key;
    if (one->lsn != other->lsn) return one->lsn < other->lsn ? -1 : 1;
    return by_int64(one->part, other->part);
}

void gw_versions_sort(gw_candidate *candidates, size_t count) {
    if (count > 1) qsort(candidates, count, sizeof candidates[0], by_key_and_arrival);
}

/* Only messages of one device have an order of their own; anything else counts by arrival. */
static bool is_earlier(const gw_reading *reading, const gw_known_reading *known) {
    if (reading->seq == 0 || known->seq == 0) return false;
    if (reading->boot != known->boot) return reading->boot < known->boot;
    return reading->seq < known->seq;
}

gw_reading_fate gw_versions_fate(const gw_reading *reading, const gw_known_reading *known) {
    if (known->version == 0) return GW_FATE_NEW;
    if (reading->energy.wh == known->energy.wh && reading->quality == known->quality)
        return GW_FATE_DUPLICATE;
    return is_earlier(reading, known) ? GW_FATE_SUPERSEDED : GW_FATE_CORRECTION;
}

void gw_versions_decide(gw_candidate *candidates, const gw_known_reading *known, size_t count) {
    gw_known_reading now = {0};
    for (size_t at = 0; at < count; at++) {
        gw_candidate *candidate = &candidates[at];
        gw_reading *reading = &candidate->reading;
        const bool same_key = at > 0 && by_key(&candidates[at - 1].reading, reading) == 0;
        if (!same_key) now = known == NULL ? (gw_known_reading){0} : known[at];
        candidate->fate = gw_versions_fate(reading, &now);
        if (candidate->fate == GW_FATE_DUPLICATE || candidate->fate == GW_FATE_SUPERSEDED) continue;
        reading->version = now.version + 1;
        now = (gw_known_reading){.version = reading->version,
                                 .energy = reading->energy,
                                 .quality = reading->quality,
                                 .boot = reading->boot,
                                 .seq = reading->seq};
    }
}
