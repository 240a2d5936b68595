/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/sightings.h"

#include "server/feed/native.h"
#include "server/log.h"
#include "server/mqtt/topic.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1024, MESSAGE_ARENA = 1024 * 1024, DEVICES_MOST = 100000 };

/* Who speaks for which meter; the first device to claim a meter keeps it. */
typedef struct claimed {
    gw_text device;
    gw_text meter;
} claimed;

struct gw_sightings {
    gw_arena *arena;
    gw_arena *message; /* one message's parse, reset each time */
    gw_journal *journal;
    gw_journal_cursor *cursor;
    gw_text realm;
    claimed *claims;
    size_t claim_count;
    size_t claim_room;
    gw_sighting *items;
    size_t count;
    size_t room;
    size_t sorted; /* items before this one are in order and without repeats */
    size_t unreadable;
};

gw_status gw_sightings_open(gw_arena *arena, gw_journal *journal, gw_text realm, gw_sightings **ret,
                            gw_fault *reterr) {
    gw_sightings *made = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_sightings, 1, &made, reterr));
    made->arena = arena;
    made->journal = journal;
    GW_TRY(gw_text_copy(arena, realm, &made->realm, reterr));
    made->message = gw_arena_open(MESSAGE_ARENA);
    if (made->message == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    *ret = made;
    return gw_ok();
}

void gw_sightings_close(gw_sightings *sightings) {
    if (sightings == NULL) return;
    gw_journal_cursor_close(sightings->cursor);
    gw_arena_close(sightings->message);
}

static gw_status make_room(gw_arena *arena, void **items, size_t size, size_t count, size_t *room,
                           gw_fault *reterr) {
    if (count < *room) return gw_ok();
    const size_t bigger = *room == 0 ? FIRST_ROOM : *room * 2;
    void *fresh = NULL;
    GW_TRY(gw_arena_take(arena, size, bigger, &fresh, reterr));
    if (count > 0) memcpy(fresh, *items, size * count);
    *items = fresh;
    *room = bigger;
    return gw_ok();
}

static const claimed *claim_of(const gw_sightings *sightings, gw_text device) {
    for (size_t at = 0; at < sightings->claim_count; at++) {
        if (gw_text_equal(sightings->claims[at].device, device)) return &sightings->claims[at];
    }
    return NULL;
}

static bool is_taken(const gw_sightings *sightings, gw_text meter) {
    for (size_t at = 0; at < sightings->claim_count; at++) {
        if (gw_text_equal(sightings->claims[at].meter, meter)) return true;
    }
    return false;
}

static gw_status take_birth(gw_sightings *sightings, gw_text device, gw_bytes payload,
                            gw_fault *reterr) {
    gw_native_birth birth;
    claimed claim;
    if (!gw_is_ok(gw_native_birth_parse(sightings->message, payload, &birth, NULL))) {
        sightings->unreadable++;
        return gw_ok();
    }
    if (claim_of(sightings, device) != NULL || is_taken(sightings, birth.meter)) return gw_ok();
    if (sightings->claim_count == DEVICES_MOST) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    GW_TRY(gw_text_copy(sightings->arena, device, &claim.device, reterr));
    GW_TRY(gw_text_copy(sightings->arena, birth.meter, &claim.meter, reterr));
    void *claims = sightings->claims;
    GW_TRY(make_room(sightings->arena, &claims, sizeof claim, sightings->claim_count,
                     &sightings->claim_room, reterr));
    sightings->claims = claims;
    sightings->claims[sightings->claim_count++] = claim;
    return gw_ok();
}

static gw_status take_batch(gw_sightings *sightings, gw_text device, const gw_record *record,
                            gw_fault *reterr) {
    gw_native_batch batch;
    const claimed *claim = claim_of(sightings, device);
    if (claim == NULL ||
        !gw_is_ok(gw_native_batch_parse(sightings->message, record->payload, &batch, NULL))) {
        sightings->unreadable++;
        return gw_ok();
    }
    for (size_t at = 0; at < batch.count; at++) {
        const gw_reading *reading = &batch.readings[at];
        void *items = sightings->items;
        GW_TRY(make_room(sightings->arena, &items, sizeof(gw_sighting), sightings->count,
                         &sightings->room, reterr));
        sightings->items = items;
        sightings->items[sightings->count++] =
            (gw_sighting){.key = {.meter = claim->meter,
                                  .channel = (int32_t)reading->channel,
                                  .start = reading->start},
                          .version = {(uint64_t)batch.boot, (uint64_t)batch.seq},
                          .energy_wh = reading->energy.wh,
                          .quality = (char)reading->quality,
                          .seen_at = record->received_at};
    }
    return gw_ok();
}

static gw_status take_record(gw_sightings *sightings, const gw_record *record, gw_fault *reterr) {
    gw_topic topic;
    if (record->kind != GW_RECORD_MQTT) return gw_ok();
    if (!gw_is_ok(gw_topic_parse(record->topic, &topic, NULL)) ||
        !gw_text_equal(topic.realm, sightings->realm)) {
        sightings->unreadable++;
        return gw_ok();
    }
    gw_arena_reset(sightings->message);
    if (topic.kind == GW_TOPIC_BIRTH)
        return take_birth(sightings, topic.device, record->payload, reterr);
    if (topic.kind == GW_TOPIC_METER) return take_batch(sightings, topic.device, record, reterr);
    return gw_ok();
}

gw_status gw_sightings_follow(gw_sightings *sightings, gw_fault *reterr) {
    if (sightings->cursor == NULL) {
        gw_journal_stats stats;
        gw_journal_stats_get(sightings->journal, &stats);
        if (stats.appended == 0) return gw_ok();
        GW_TRY(gw_journal_cursor_open(sightings->journal, stats.first, &sightings->cursor, reterr));
    }
    for (;;) {
        gw_record record;
        bool found = false;
        GW_TRY(gw_journal_next(sightings->cursor, &record, &found, reterr));
        if (!found) return gw_ok();
        GW_TRY(take_record(sightings, &record, reterr));
    }
}

static int by_key(const void *left, const void *right) {
    const int order = gw_sighting_compare(left, right);
    if (order != 0) return order;
    /* The broker may deliver twice: the earlier sighting stays. */
    const gw_sighting *a = left;
    const gw_sighting *b = right;
    return (a->seen_at.us > b->seen_at.us) - (a->seen_at.us < b->seen_at.us);
}

gw_sightings_view gw_sightings_get(gw_sightings *sightings) {
    if (sightings->sorted != sightings->count) {
        qsort(sightings->items, sightings->count, sizeof(gw_sighting), by_key);
        size_t kept = 0;
        for (size_t at = 0; at < sightings->count; at++) {
            const gw_sighting *item = &sightings->items[at];
            if (kept > 0 && gw_sighting_compare(&sightings->items[kept - 1], item) == 0) continue;
            sightings->items[kept++] = *item;
        }
        sightings->count = kept;
        sightings->sorted = kept;
    }
    return (gw_sightings_view){sightings->items, sightings->count, sightings->unreadable};
}
