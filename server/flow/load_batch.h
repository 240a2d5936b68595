/* SPDX-License-Identifier: Apache-2.0
 *
 * One batch of journal records, sorted into what the transaction will write. Reading it needs the
 * register (an answer that the caller fetched) but no transaction, and changes nothing outside the
 * batch. Everything lives in the batch's arena.
 */
#pragma once

#include "server/db/ingest_store.h"
#include "server/feed/exchange.h"
#include "server/feed/native.h"
#include "server/journal/journal.h"
#include "server/mqtt/topic.h"

typedef struct gw_load_item {
    gw_record record; /* copied */
    gw_topic topic;   /* of an MQTT record */
    bool has_topic;
    gw_status status; /* of the whole record so far */
    gw_fault fault;
    int64_t boot; /* numbers of the message, 0 when there are none */
    int64_t seq;
    gw_device_message *message; /* NULL when it has no number */
    bool repeats;               /* a message that we have: nothing to do */
    bool is_rejected;           /* tell the device; fault says why */
    gw_native_batch batch;      /* up/<device>/m */
    gw_native_birth birth;
    gw_native_opt opt;
    gw_exchange_reply reply; /* up/<member>/exchange */
    gw_reading reading;      /* HTTP item */
} gw_load_item;

typedef struct gw_load_letter {
    const gw_load_item *item;
    int64_t part;
    gw_code code;
    const char *subject;
    const char *detail;
} gw_load_letter;

typedef struct gw_load_batch {
    gw_arena *arena;
    gw_text realm;
    gw_instant now;
    gw_span oldest;
    gw_span clock_lead;
    gw_load_item *items;
    size_t count;
    gw_device_message *messages;
    size_t message_count;
    gw_candidate *candidates;
    size_t candidate_count;
    gw_load_letter *letters;
    size_t letter_count;
    size_t letter_room;
    gw_registered registered;
} gw_load_batch;

/* Parses all records: topics, numbers, bodies. */
GW_MUST_CHECK gw_status gw_load_batch_parse(gw_load_batch *batch, gw_fault *reterr);
/* Names that the register has to be asked for. */
GW_MUST_CHECK gw_status gw_load_batch_names(const gw_load_batch *batch, gw_names *ret_devices,
                                            gw_names *ret_meters, gw_fault *reterr);
/* Repetitions and conflicts within the batch and against what is known (messages' is_known). */
GW_MUST_CHECK gw_status gw_load_batch_repetitions(gw_load_batch *batch, gw_fault *reterr);
/* Register and plausibility; fills candidates and letters. */
GW_MUST_CHECK gw_status gw_load_batch_judge(gw_load_batch *batch, gw_fault *reterr);
/* One more dead letter: part 0 is the whole record. */
GW_MUST_CHECK gw_status gw_load_batch_letter(gw_load_batch *batch, const gw_load_item *item,
                                             int64_t part, const gw_fault *fault, gw_fault *reterr);
