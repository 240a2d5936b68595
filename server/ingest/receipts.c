/* SPDX-License-Identifier: Apache-2.0 */
#include "server/ingest/receipts.h"

#include "server/crash.h"
#include "server/db/ingest_store.h"
#include "server/feed/native.h"
#include "server/http/json.h"
#include "server/ingest/streams.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/mqtt/topic.h"
#include "server/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum {
    OWN_ARENA_CAP = 1024 * 1024,
    WORK_ARENA_CAP = 64 * 1024 * 1024,
    PENDING_MOST = 1024, /* rejections on their way from the loader */
    TICK_MS = 50,
    RECORDS_MOST = 5000, /* of one tick, so that receipts leave in between */
};

typedef struct pending_rejection {
    char device[72];
    int64_t boot;
    gw_rejection rejection;
} pending_rejection;

struct gw_receipts {
    gw_arena *arena; /* holds this struct */
    gw_arena *work;  /* one tick */
    gw_receipts_settings settings;
    gw_worker *worker;
    gw_streams *streams;
    gw_journal_cursor *cursor; /* NULL until the database has told what was covered */
    gw_stream *waiting;        /* list */

    pthread_mutex_t lock; /* the two below */
    gw_mqtt *mqtt;
    pending_rejection *pending;
    size_t pending_count;
};

/* ---- what is due */

static void wait_for_receipt(gw_receipts *receipts, gw_stream *stream) {
    if (stream->waits) return;
    stream->waits = true;
    stream->next_waiting = receipts->waiting;
    receipts->waiting = stream;
}

static gw_status resume(gw_receipts *receipts, gw_fault *reterr) {
    gw_boot_list boots;
    uint64_t lsn = 0;
    const gw_receipts_settings *settings = &receipts->settings;
    if (receipts->cursor != NULL) return gw_ok();
    GW_TRY(gw_ingest_cursor_find(settings->db, receipts->work, gw_journal_stream(settings->journal),
                                 &lsn, reterr));
    GW_TRY(gw_ingest_boots_load(settings->db, receipts->work, &boots, reterr));
    for (size_t at = 0; at < boots.count; at++) {
        gw_stream *stream = NULL;
        GW_TRY(gw_streams_get(receipts->streams, boots.items[at].device, boots.items[at].boot,
                              &stream, reterr));
        stream->coverage = boots.items[at].coverage;
        wait_for_receipt(receipts, stream);
    }
    return gw_journal_cursor_open(settings->journal, lsn + 1, &receipts->cursor, reterr);
}

static gw_status note_birth(gw_receipts *receipts, const gw_topic *topic, gw_bytes payload,
                            gw_fault *reterr) {
    gw_native_birth birth;
    gw_stream *stream = NULL;
    /* a wrong birth is the loader's to report */
    if (!gw_is_ok(gw_native_birth_parse(receipts->work, payload, &birth, NULL))) return gw_ok();
    GW_TRY(gw_streams_get(receipts->streams, topic->device, birth.boot, &stream, reterr));
    gw_coverage_begin(&stream->coverage, birth.first_seq);
    wait_for_receipt(receipts, stream);
    return gw_ok();
}

static gw_status note_record(gw_receipts *receipts, const gw_record *record, gw_fault *reterr) {
    gw_topic topic;
    gw_stream *stream = NULL;
    int64_t boot = 0;
    int64_t seq = 0;
    if (record->kind != GW_RECORD_MQTT) return gw_ok();
    if (!gw_is_ok(gw_topic_parse(record->topic, &topic, NULL)) ||
        !gw_text_equal(topic.realm, receipts->settings.realm))
        return gw_ok(); /* the loader's to report */
    if (topic.kind == GW_TOPIC_BIRTH) return note_birth(receipts, &topic, record->payload, reterr);
    if (topic.kind != GW_TOPIC_METER && topic.kind != GW_TOPIC_OPT) return gw_ok();
    gw_native_peek(record->payload, &boot, &seq);
    if (seq == 0) return gw_ok();
    GW_TRY(gw_streams_get(receipts->streams, topic.device, boot, &stream, reterr));
    /* no room for one more range: it stays a gap, and the device sends it again */
    (void)gw_coverage_add(&stream->coverage, seq);
    wait_for_receipt(receipts, stream);
    return gw_ok();
}

static gw_status follow_journal(gw_receipts *receipts, gw_fault *reterr) {
    bool found = true;
    for (int at = 0; at < RECORDS_MOST && found; at++) {
        gw_record record;
        GW_TRY(gw_journal_next(receipts->cursor, &record, &found, reterr));
        if (found) GW_TRY(note_record(receipts, &record, reterr));
    }
    return gw_ok();
}

static gw_status take_rejections(gw_receipts *receipts, gw_fault *reterr) {
    gw_status status = gw_ok();
    (void)pthread_mutex_lock(&receipts->lock);
    for (size_t at = 0; at < receipts->pending_count && gw_is_ok(status); at++) {
        const pending_rejection *pending = &receipts->pending[at];
        gw_stream *stream = NULL;
        status = gw_streams_get(receipts->streams, gw_text_from_c(pending->device), pending->boot,
                                &stream, reterr);
        if (!gw_is_ok(status)) break;
        status = gw_stream_reject(receipts->streams, stream, &pending->rejection, reterr);
        wait_for_receipt(receipts, stream);
    }
    receipts->pending_count = 0;
    (void)pthread_mutex_unlock(&receipts->lock);
    return status;
}

/* ---- sending */

static gw_status write_receipt(gw_receipts *receipts, const gw_stream *stream, gw_text *ret,
                               gw_fault *reterr) {
    gw_json json;
    gw_writer gaps;
    gw_text text;
    gw_writer_init(&gaps, receipts->work);
    gw_coverage_write_gaps(&stream->coverage, &gaps);
    GW_TRY(gw_writer_end_text(&gaps, &text, reterr));
    gw_json_init(&json, receipts->work);
    gw_json_object(&json, NULL);
    gw_json_int64(&json, "boot", stream->boot);
    gw_json_int64(&json, "hwm", stream->coverage.hwm);
    gw_json_raw(&json, "gaps", text);
    gw_json_instant(&json, "time", gw_clock_now(receipts->settings.clock));
    gw_json_array(&json, "rejected");
    for (size_t at = 0; at < stream->rejection_count; at++) {
        const gw_rejection *rejection = &stream->rejections[at];
        gw_json_object(&json, NULL);
        gw_json_int64(&json, "seq", rejection->seq);
        gw_json_c(&json, "code", gw_code_wire(rejection->code));
        gw_json_c(&json, "detail", rejection->detail);
        gw_json_close(&json);
    }
    gw_json_close(&json);
    gw_json_close(&json);
    return gw_json_end(&json, ret, reterr);
}

static gw_status send_receipt(gw_receipts *receipts, gw_stream *stream, gw_fault *reterr) {
    char topic_text[GW_TOPIC_SIZE];
    gw_text body;
    const gw_topic topic = {
        .kind = GW_TOPIC_RECEIPT, .realm = receipts->settings.realm, .device = stream->device};
    GW_TRY(gw_topic_print(&topic, topic_text, reterr));
    GW_TRY(write_receipt(receipts, stream, &body, reterr));
    const gw_mqtt_publication publication = {.topic = topic_text,
                                             .payload = {(const uint8_t *)body.at, body.length}};
    gw_crash_point(GW_CRASH_RECEIPT_BEFORE_PUBLISH);
    return gw_mqtt_publish(receipts->mqtt, &publication, reterr);
}

static bool is_due(const gw_stream *stream, gw_tick now) {
    return stream->sent_at.us == 0 ||
           gw_tick_since(now, stream->sent_at).us >= (int64_t)GW_RECEIPT_EVERY_MS * 1000;
}

/* The lock is held, so that the client cannot be closed meanwhile. */
static void send_waiting(gw_receipts *receipts, gw_fault *fault) {
    gw_stream *list = receipts->waiting;
    const gw_tick now = gw_tick_now();
    bool goes_on = receipts->mqtt != NULL;
    receipts->waiting = NULL;
    while (list != NULL) {
        gw_stream *stream = list;
        list = stream->next_waiting;
        stream->waits = false;
        goes_on =
            goes_on && (!is_due(stream, now) || gw_is_ok(send_receipt(receipts, stream, fault)));
        if (!goes_on || !is_due(stream, now)) {
            wait_for_receipt(receipts, stream); /* the broker's window is full, or too early */
            continue;
        }
        stream->sent_at = now;
        stream->rejection_count = 0;
        gw_metric_add(GW_METRIC_RECEIPTS, NULL, 1);
    }
}

static void tick(void *context) {
    gw_receipts *receipts = context;
    gw_fault fault = {0};
    gw_arena_reset(receipts->work);
    gw_status status = resume(receipts, &fault);
    if (!gw_is_ok(status)) return; /* the database is away; the loader says so */
    status = follow_journal(receipts, &fault);
    if (gw_is_ok(status)) status = take_rejections(receipts, &fault);
    if (!gw_is_ok(status)) gw_log_fault(GW_LEVEL_ERROR, "receipts.failed", GW_TEXT(""), &fault);
    if (receipts->waiting == NULL) return;
    gw_crash_point(GW_CRASH_JOURNAL_AFTER_SYNC);
    (void)pthread_mutex_lock(&receipts->lock);
    send_waiting(receipts, &fault);
    (void)pthread_mutex_unlock(&receipts->lock);
}

/* ---- life */

static gw_status fill(gw_receipts *receipts, const gw_receipts_settings *settings,
                      gw_fault *reterr) {
    receipts->settings = *settings;
    GW_TRY(gw_text_copy(receipts->arena, settings->realm, &receipts->settings.realm, reterr));
    GW_TRY(
        GW_ARENA_NEW(receipts->arena, pending_rejection, PENDING_MOST, &receipts->pending, reterr));
    receipts->work = gw_arena_open(WORK_ARENA_CAP);
    receipts->streams = gw_streams_open();
    if (receipts->work == NULL || receipts->streams == NULL)
        return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_worker_settings worker = {
        .name = "receipts", .tick_ms = TICK_MS, .tick = tick, .context = receipts};
    return gw_worker_open(&worker, &receipts->worker, reterr);
}

gw_status gw_receipts_open(const gw_receipts_settings *settings, gw_receipts **ret,
                           gw_fault *reterr) {
    gw_receipts *receipts = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(OWN_ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(GW_ARENA_NEW(arena, gw_receipts, 1, &receipts, reterr));
    receipts->arena = arena;
    arena = NULL; /* now the receipts' */
    (void)pthread_mutex_init(&receipts->lock, NULL);
    const gw_status filled = fill(receipts, settings, reterr);
    if (gw_is_ok(filled))
        *ret = receipts;
    else
        gw_receipts_close(receipts);
    return filled;
}

void gw_receipts_close(gw_receipts *receipts) {
    if (receipts == NULL) return;
    gw_worker_close(receipts->worker);
    gw_journal_cursor_close(receipts->cursor);
    gw_streams_close(receipts->streams);
    gw_arena_close(receipts->work);
    (void)pthread_mutex_destroy(&receipts->lock);
    gw_arena_close(receipts->arena);
}

void gw_receipts_set_mqtt(gw_receipts *receipts, gw_mqtt *mqtt) {
    (void)pthread_mutex_lock(&receipts->lock);
    receipts->mqtt = mqtt;
    (void)pthread_mutex_unlock(&receipts->lock);
    gw_worker_wake(receipts->worker);
}

void gw_receipts_wake(gw_receipts *receipts) { gw_worker_wake(receipts->worker); }

void gw_receipts_reject(gw_receipts *receipts, gw_text device, int64_t boot, int64_t seq,
                        const gw_fault *fault) {
    (void)pthread_mutex_lock(&receipts->lock);
    /* beyond the room it is in the dead letters only */
    if (receipts->pending_count < PENDING_MOST &&
        device.length < sizeof receipts->pending->device) {
        pending_rejection *pending = &receipts->pending[receipts->pending_count++];
        *pending =
            (pending_rejection){.boot = boot, .rejection = {.seq = seq, .code = fault->code}};
        memcpy(pending->device, device.at, device.length);
        (void)snprintf(pending->rejection.detail, sizeof pending->rejection.detail, "%.50s%s%.100s",
                       fault->subject, fault->subject[0] == '\0' ? "" : ": ", fault->message);
    }
    (void)pthread_mutex_unlock(&receipts->lock);
    gw_worker_wake(receipts->worker);
}
