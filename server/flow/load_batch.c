/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/load_batch.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LETTERS_FIRST = 16 };

/* ---- parsing */

static gw_status digest_of(gw_bytes payload, uint8_t ret[GW_DIGEST_SIZE], gw_fault *reterr) {
    unsigned length = GW_DIGEST_SIZE;
    if (EVP_Digest(payload.at, payload.length, ret, &length, EVP_sha256(), NULL) == 1)
        return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INTERNAL, NULL, "could not compute a digest");
}

static gw_status note_message(gw_load_batch *batch, gw_load_item *item, gw_fault *reterr) {
    gw_native_peek(item->record.payload, &item->boot, &item->seq);
    if (item->seq == 0) return gw_ok();
    gw_device_message *message = &batch->messages[batch->message_count++];
    *message = (gw_device_message){.device = item->topic.device,
                                   .boot = item->boot,
                                   .seq = item->seq,
                                   .lsn = item->record.lsn,
                                   .received_at = item->record.received_at};
    item->message = message;
    return digest_of(item->record.payload, message->digest, reterr);
}

static gw_status parse_body(gw_load_batch *batch, gw_load_item *item) {
    gw_arena *arena = batch->arena;
    const gw_bytes payload = item->record.payload;
    if (item->topic.kind == GW_TOPIC_METER)
        return gw_native_batch_parse(arena, payload, &item->batch, &item->fault);
    if (item->topic.kind == GW_TOPIC_OPT)
        return gw_native_opt_parse(arena, payload, &item->opt, &item->fault);
    if (item->topic.kind == GW_TOPIC_BIRTH)
        return gw_native_birth_parse(arena, payload, &item->birth, &item->fault);
    if (item->topic.kind == GW_TOPIC_EXCHANGE_REPLY)
        return gw_exchange_reply_parse(arena, payload, &item->reply, &item->fault);
    if (item->topic.kind == GW_TOPIC_DEATH) return gw_ok(); /* whatever it says, it is a death */
    return gw_fail_with(&item->fault, GW_CODE_UNSUPPORTED, "topic",
                        "nothing is taken in on this topic");
}

static gw_status parse_mqtt(gw_load_batch *batch, gw_load_item *item, gw_fault *reterr) {
    item->status = gw_topic_parse(item->record.topic, &item->topic, &item->fault);
    item->has_topic = gw_is_ok(item->status);
    if (!item->has_topic) return gw_ok();
    if (!gw_text_equal(item->topic.realm, batch->realm)) {
        item->status =
            gw_fail_with(&item->fault, GW_CODE_FORBIDDEN, "topic", "the realm \"%.*s\" is not ours",
                         GW_TEXT_ARGS(item->topic.realm));
        return gw_ok();
    }
    if (item->topic.kind == GW_TOPIC_METER || item->topic.kind == GW_TOPIC_OPT)
        GW_TRY(note_message(batch, item, reterr));
    item->status = parse_body(batch, item);
    return gw_ok();
}

gw_status gw_load_batch_parse(gw_load_batch *batch, gw_fault *reterr) {
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_device_message, batch->count, &batch->messages, reterr));
    for (size_t at = 0; at < batch->count; at++) {
        gw_load_item *item = &batch->items[at];
        if (!gw_is_ok(item->status)) continue; /* condemned by the caller */
        if (item->record.kind == GW_RECORD_MQTT) GW_TRY(parse_mqtt(batch, item, reterr));
        if (item->record.kind == GW_RECORD_HTTP) {
            item->status = gw_native_item_parse(batch->arena, item->record.payload, &item->reading,
                                                &item->fault);
        }
    }
    return gw_ok();
}

gw_status gw_load_batch_names(const gw_load_batch *batch, gw_names *ret_devices,
                              gw_names *ret_meters, gw_fault *reterr) {
    gw_text *devices = NULL;
    gw_text *meters = NULL;
    size_t device_count = 0;
    size_t meter_count = 0;
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_text, batch->count, &devices, reterr));
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_text, batch->count, &meters, reterr));
    for (size_t at = 0; at < batch->count; at++) {
        const gw_load_item *item = &batch->items[at];
        if (item->has_topic) devices[device_count++] = item->topic.device;
        if (item->record.kind == GW_RECORD_HTTP && gw_is_ok(item->status))
            meters[meter_count++] = item->reading.meter;
    }
    *ret_devices = (gw_names){devices, device_count};
    *ret_meters = (gw_names){meters, meter_count};
    return gw_ok();
}

/* ---- repetitions */

static int by_number_and_lsn(const void *left, const void *right) {
    const gw_device_message *one = *(gw_device_message *const *)left;
    const gw_device_message *other = *(gw_device_message *const *)right;
    const int device = gw_text_compare(one->device, other->device);
    if (device != 0) return device;
    if (one->boot != other->boot) return one->boot < other->boot ? -1 : 1;
    if (one->seq != other->seq) return one->seq < other->seq ? -1 : 1;
    return one->lsn < other->lsn ? -1 : one->lsn > other->lsn;
}

static bool same_number(const gw_device_message *one, const gw_device_message *other) {
    return one->boot == other->boot && one->seq == other->seq &&
           gw_text_equal(one->device, other->device);
}

/* Of several messages with one number in the batch the first counts; the others are measured
 * against it, or against what the database knows. */
static gw_status compare_within(gw_load_batch *batch, gw_fault *reterr) {
    gw_device_message **sorted = NULL;
    const size_t count = batch->message_count;
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_device_message *, count, &sorted, reterr));
    for (size_t at = 0; at < count; at++) sorted[at] = &batch->messages[at];
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): the items are pointers */
    if (count > 1) qsort(sorted, count, sizeof sorted[0], by_number_and_lsn);
    const gw_device_message *first = NULL;
    for (size_t at = 0; at < count; at++) {
        gw_device_message *message = sorted[at];
        if (first == NULL || !same_number(first, message)) {
            first = message;
            continue;
        }
        message->is_known = true;
        memcpy(message->known_digest, first->is_known ? first->known_digest : first->digest,
               GW_DIGEST_SIZE);
    }
    return gw_ok();
}

gw_status gw_load_batch_repetitions(gw_load_batch *batch, gw_fault *reterr) {
    GW_TRY(compare_within(batch, reterr));
    for (size_t at = 0; at < batch->count; at++) {
        gw_load_item *item = &batch->items[at];
        if (item->message == NULL || !item->message->is_known) continue;
        item->repeats =
            memcmp(item->message->digest, item->message->known_digest, GW_DIGEST_SIZE) == 0;
        if (item->repeats) continue;
        item->status = gw_fail_with(&item->fault, GW_CODE_CONFLICT, "/seq",
                                    "message %lld of boot %lld came with other bytes before",
                                    (long long)item->seq, (long long)item->boot);
    }
    return gw_ok();
}

/* ---- judging */

gw_status gw_load_batch_letter(gw_load_batch *batch, const gw_load_item *item, int64_t part,
                               const gw_fault *fault, gw_fault *reterr) {
    if (batch->letter_count == batch->letter_room) {
        const size_t room = batch->letter_room == 0 ? LETTERS_FIRST : 2 * batch->letter_room;
        gw_load_letter *more = NULL;
        GW_TRY(GW_ARENA_NEW(batch->arena, gw_load_letter, room, &more, reterr));
        if (batch->letter_count > 0)
            memcpy(more, batch->letters, batch->letter_count * sizeof more[0]);
        batch->letters = more;
        batch->letter_room = room;
    }
    gw_load_letter letter = {.item = item, .part = part, .code = fault->code};
    GW_TRY(gw_text_to_c(batch->arena, gw_text_from_c(fault->subject), &letter.subject, reterr));
    GW_TRY(gw_text_to_c(batch->arena, gw_text_from_c(fault->message), &letter.detail, reterr));
    batch->letters[batch->letter_count++] = letter;
    return gw_ok();
}

static gw_status check_registered(const gw_load_batch *batch, gw_load_item *item,
                                  const gw_registered_meter **ret) {
    const gw_registered_device *device =
        gw_registered_device_find(&batch->registered, item->topic.device);
    if (device == NULL) {
        return gw_fail_with(&item->fault, GW_CODE_NOT_FOUND, "device",
                            "the device \"%.*s\" is not registered",
                            GW_TEXT_ARGS(item->topic.device));
    }
    *ret = gw_registered_meter_find(&batch->registered, device->meter);
    if (*ret == NULL) {
        return gw_fail_with(&item->fault, GW_CODE_NOT_FOUND, "meter",
                            "the meter \"%.*s\" is not registered", GW_TEXT_ARGS(device->meter));
    }
    if (item->topic.kind != GW_TOPIC_BIRTH || gw_text_equal(item->birth.meter, device->meter))
        return gw_ok();
    return gw_fail_with(&item->fault, GW_CODE_FORBIDDEN, "/meter",
                        "the device speaks for meter \"%.*s\", registered is \"%.*s\"",
                        GW_TEXT_ARGS(item->birth.meter), GW_TEXT_ARGS(device->meter));
}

typedef struct judged_reading {
    const gw_registered_meter *meter;
    const gw_reading *reading;
    int64_t part;
} judged_reading;

static gw_status judge_reading(gw_load_batch *batch, gw_load_item *item,
                               const judged_reading *judged, gw_fault *reterr) {
    const gw_reading_limits limits = {.interval = gw_span_seconds(judged->meter->interval_s),
                                      .connection = judged->meter->connection,
                                      .oldest = batch->oldest,
                                      .clock_lead = batch->clock_lead};
    gw_fault fault;
    const gw_status good = gw_reading_check(judged->reading, &limits, batch->now, &fault);
    if (!gw_is_ok(good)) {
        (void)snprintf(fault.subject, sizeof fault.subject, "/readings/%lld",
                       (long long)judged->part - 1);
        if (!item->is_rejected) item->fault = fault; /* the device hears of the first */
        item->is_rejected = true;
        return gw_load_batch_letter(batch, item, judged->part, &fault, reterr);
    }
    gw_candidate *candidate = &batch->candidates[batch->candidate_count++];
    *candidate = (gw_candidate){.reading = *judged->reading,
                                .lsn = item->record.lsn,
                                .part = (int32_t)judged->part,
                                .received_at = item->record.received_at};
    candidate->reading.meter = judged->meter->meter;
    return gw_ok();
}

static gw_status judge_batch(gw_load_batch *batch, gw_load_item *item,
                             const gw_registered_meter *meter, gw_fault *reterr) {
    for (size_t at = 0; at < item->batch.count; at++) {
        const judged_reading judged = {meter, &item->batch.readings[at], (int64_t)at + 1};
        GW_TRY(judge_reading(batch, item, &judged, reterr));
    }
    return gw_ok();
}

static gw_status judge_http(gw_load_batch *batch, gw_load_item *item, gw_fault *reterr) {
    const gw_registered_meter *meter =
        gw_registered_meter_find(&batch->registered, item->reading.meter);
    if (meter != NULL) {
        const judged_reading judged = {meter, &item->reading, 1};
        return judge_reading(batch, item, &judged, reterr);
    }
    item->status =
        gw_fail_with(&item->fault, GW_CODE_NOT_FOUND, "/meter",
                     "the meter \"%.*s\" is not registered", GW_TEXT_ARGS(item->reading.meter));
    return gw_load_batch_letter(batch, item, 0, &item->fault, reterr);
}

static gw_status judge_item(gw_load_batch *batch, gw_load_item *item, gw_fault *reterr) {
    const gw_registered_meter *meter = NULL;
    if (item->repeats || item->record.kind == GW_RECORD_CONTROL) return gw_ok();
    const bool is_device = item->topic.kind != GW_TOPIC_EXCHANGE_REPLY; /* else a member */
    if (gw_is_ok(item->status) && item->record.kind == GW_RECORD_MQTT && is_device)
        item->status = check_registered(batch, item, &meter);
    if (!gw_is_ok(item->status)) {
        item->is_rejected = item->record.kind == GW_RECORD_MQTT;
        return gw_load_batch_letter(batch, item, 0, &item->fault, reterr);
    }
    if (item->record.kind == GW_RECORD_HTTP) return judge_http(batch, item, reterr);
    if (item->record.kind == GW_RECORD_MQTT && item->topic.kind == GW_TOPIC_METER)
        return judge_batch(batch, item, meter, reterr);
    return gw_ok();
}

gw_status gw_load_batch_judge(gw_load_batch *batch, gw_fault *reterr) {
    size_t most = 0;
    for (size_t at = 0; at < batch->count; at++)
        most += batch->items[at].batch.count + (batch->items[at].record.kind == GW_RECORD_HTTP);
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_candidate, most, &batch->candidates, reterr));
    for (size_t at = 0; at < batch->count; at++)
        GW_TRY(judge_item(batch, &batch->items[at], reterr));
    gw_versions_sort(batch->candidates, batch->candidate_count);
    return gw_ok();
}
