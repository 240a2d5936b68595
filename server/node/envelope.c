/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/envelope.h"

#include "grid/reading.h"

enum { HOUR_S = 3600, SLACK_W = 2000 };
/* Beyond it a reading is no meter's; keeps the products in range. */
static const int64_t ENERGY_MOST_WH = INT64_C(1000000000000);

static size_t find_meter(const gw_envelope_question *question) {
    size_t low = 0;
    size_t high = question->sighting_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (gw_text_compare(question->sightings[middle].key.meter, question->meter) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take(gw_envelope *envelope, const gw_sighting *seen, int64_t interval_s) {
    if (seen->energy_wh < 0 || seen->energy_wh > ENERGY_MOST_WH) return;
    const int64_t power_w = seen->energy_wh * HOUR_S / interval_s;
    int64_t *most =
        seen->key.channel == GW_CHANNEL_EXPORT ? &envelope->export_w : &envelope->import_w;
    if (power_w > *most) *most = power_w;
    if (gw_instant_before(envelope->newest, seen->key.start)) envelope->newest = seen->key.start;
    envelope->readings++;
}

gw_envelope gw_envelope_of(const gw_envelope_question *question) {
    gw_envelope envelope = {0};
    for (size_t at = find_meter(question); at < question->sighting_count; at++) {
        const gw_sighting *seen = &question->sightings[at];
        if (!gw_text_equal(seen->key.meter, question->meter)) break;
        if (gw_instant_before(seen->key.start, question->until))
            take(&envelope, seen, question->interval_s);
    }
    return envelope;
}

bool gw_envelope_holds(const gw_envelope *envelope, int64_t power_w) {
    if (envelope->readings < GW_ENVELOPE_READINGS_LEAST) return true;
    return power_w <= envelope->import_w + envelope->import_w / 2 + SLACK_W &&
           power_w >= -(envelope->export_w + envelope->export_w / 2 + SLACK_W);
}
