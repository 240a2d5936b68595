/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ingest/streams.h"

enum { BUCKETS = 16384, ARENA_CAP = 512 * 1024 * 1024 };

struct gw_streams {
    gw_arena *arena; /* holds this struct and all entries */
    gw_stream **buckets;
    size_t count;
};

gw_streams *gw_streams_open(void) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_streams *streams = NULL;
    if (arena == NULL) return NULL;
    if (!gw_is_ok(GW_ARENA_NEW(arena, gw_streams, 1, &streams, NULL))) return NULL;
    if (!gw_is_ok(GW_ARENA_NEW(arena, gw_stream *, BUCKETS, &streams->buckets, NULL))) return NULL;
    streams->arena = arena;
    arena = NULL; /* now the table's */
    return streams;
}

void gw_streams_close(gw_streams *streams) {
    if (streams != NULL) gw_arena_close(streams->arena);
}

static size_t bucket_of(gw_text device, int64_t boot) {
    uint64_t hash = 14695981039346656037U ^ (uint64_t)boot; /* FNV-1a */
    for (size_t at = 0; at < device.length; at++)
        hash = (hash ^ (unsigned char)device.at[at]) * 1099511628211U;
    return (size_t)((hash ^ hash >> 29) % BUCKETS);
}

gw_status gw_streams_get(gw_streams *streams, gw_text device, int64_t boot, gw_stream **ret,
                         gw_fault *reterr) {
    gw_stream **bucket = &streams->buckets[bucket_of(device, boot)];
    for (gw_stream *at = *bucket; at != NULL; at = at->next) {
        if (at->boot != boot || !gw_text_equal(at->device, device)) continue;
        *ret = at;
        return gw_ok();
    }
    if (streams->count >= GW_STREAMS_MOST) {
        return gw_fail_with(reterr, GW_CODE_NO_MEMORY, NULL, "%d boots of devices are known",
                            GW_STREAMS_MOST);
    }
    gw_stream *made = NULL;
    GW_TRY(GW_ARENA_NEW(streams->arena, gw_stream, 1, &made, reterr));
    GW_TRY(gw_text_copy(streams->arena, device, &made->device, reterr));
    made->boot = boot;
    made->next = *bucket;
    *bucket = made;
    streams->count++;
    *ret = made;
    return gw_ok();
}

gw_status gw_stream_reject(gw_streams *streams, gw_stream *stream, const gw_rejection *rejection,
                           gw_fault *reterr) {
    if (stream->rejections == NULL) {
        GW_TRY(GW_ARENA_NEW(streams->arena, gw_rejection, GW_STREAM_REJECTIONS_MOST,
                            &stream->rejections, reterr));
    }
    if (stream->rejection_count < GW_STREAM_REJECTIONS_MOST)
        stream->rejections[stream->rejection_count++] = *rejection;
    return gw_ok();
}
