/* SPDX-License-Identifier: Apache-2.0
 *
 * The coverage of every boot of every device, in memory: the receipts have one such table that
 * follows what is durable, the loader has one that follows what is in the database. Not
 * thread-safe; each belongs to one thread. Entries live until the table is closed.
 */
#pragma once

#include "base/arena.h"
#include "server/clock.h"
#include "server/ingest/coverage.h"

enum { GW_STREAM_REJECTIONS_MOST = 8, GW_STREAMS_MOST = 200000 };

typedef struct gw_rejection {
    int64_t seq; /* 0: the message's number could not be read */
    gw_code code;
    char detail[160];
} gw_rejection;

typedef struct gw_stream {
    gw_text device;
    int64_t boot; /* 0: messages whose numbers could not be read */
    gw_coverage coverage;

    /* for the receipts */
    bool waits; /* a receipt is due */
    gw_tick sent_at;
    gw_rejection *rejections; /* GW_STREAM_REJECTIONS_MOST of them; NULL until the first */
    size_t rejection_count;
    struct gw_stream *next_waiting;

    /* for the loader */
    bool touched; /* in the batch that is being loaded */
    gw_coverage loading;
    struct gw_stream *next_touched;

    struct gw_stream *next; /* in its bucket */
} gw_stream;

typedef struct gw_streams gw_streams;

gw_streams *gw_streams_open(void); /* NULL: no memory */
void gw_streams_close(gw_streams *streams);

/* Finds or makes the entry; the device's name is copied. NO_MEMORY beyond GW_STREAMS_MOST. */
GW_MUST_CHECK gw_status gw_streams_get(gw_streams *streams, gw_text device, int64_t boot,
                                       gw_stream **ret, gw_fault *reterr);
/* Adds a rejection to the next receipt; beyond the room it is only in the dead letters. */
GW_MUST_CHECK gw_status gw_stream_reject(gw_streams *streams, gw_stream *stream,
                                         const gw_rejection *rejection, gw_fault *reterr);
