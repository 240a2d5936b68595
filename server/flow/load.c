/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/load.h"

#include "server/crash.h"
#include "server/flow/load_batch.h"
#include "server/flow/load_save.h"
#include "server/ingest/streams.h"
#include "server/log.h"
#include "server/metrics.h"

#include <stdio.h>
#include <string.h>

enum {
    BATCH_ARENA_CAP = 256 * 1024 * 1024,
    OWN_ARENA_CAP = 1024 * 1024,
    BATCH_BYTES_MOST = 16 * 1024 * 1024, /* of payload; the rest waits for the next batch */
};

struct gw_load {
    gw_arena *arena; /* holds this struct */
    gw_arena *work;  /* one batch */
    gw_load_settings settings;
    gw_journal_cursor *cursor; /* NULL until the database has told where it stands */
    gw_streams *streams;       /* what is in the database */
    uint64_t lsn;
    size_t limit;  /* records of the next batch; shrinks around a poison record */
    bool condemns; /* the next single record is refused unseen */
    gw_fault why;  /* of the record that is condemned */
};

gw_status gw_load_open(const gw_load_settings *settings, gw_load **ret, gw_fault *reterr) {
    gw_load *load = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(OWN_ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(GW_ARENA_NEW(arena, gw_load, 1, &load, reterr));
    load->settings = *settings;
    GW_TRY(gw_text_copy(arena, settings->realm, &load->settings.realm, reterr));
    load->limit = (size_t)settings->records_most;
    load->work = gw_arena_open(BATCH_ARENA_CAP);
    load->streams = gw_streams_open();
    load->arena = arena;
    arena = NULL; /* now the loader's */
    if (load->work != NULL && load->streams != NULL) {
        *ret = load;
        return gw_ok();
    }
    gw_load_close(load);
    return gw_fail(reterr, GW_CODE_NO_MEMORY);
}

void gw_load_close(gw_load *load) {
    if (load == NULL) return;
    gw_journal_cursor_close(load->cursor);
    gw_streams_close(load->streams);
    gw_arena_close(load->work);
    gw_arena_close(load->arena);
}

uint64_t gw_load_lsn(const gw_load *load) { return load->lsn; }

/* ---- where we stand */

static gw_status resume(gw_load *load, gw_fault *reterr) {
    gw_boot_list boots;
    const uint64_t stream = gw_journal_stream(load->settings.journal);
    if (load->cursor != NULL) return gw_ok();
    GW_TRY(gw_ingest_cursor_find(load->settings.db, load->work, stream, &load->lsn, reterr));
    GW_TRY(gw_ingest_boots_load(load->settings.db, load->work, &boots, reterr));
    for (size_t at = 0; at < boots.count; at++) {
        gw_stream *entry = NULL;
        GW_TRY(gw_streams_get(load->streams, boots.items[at].device, boots.items[at].boot, &entry,
                              reterr));
        entry->coverage = boots.items[at].coverage;
    }
    return gw_journal_cursor_open(load->settings.journal, load->lsn + 1, &load->cursor, reterr);
}

static gw_status copy_record(gw_arena *arena, const gw_record *record, gw_record *ret,
                             gw_fault *reterr) {
    uint8_t *payload = NULL;
    *ret = *record;
    GW_TRY(gw_text_copy(arena, record->topic, &ret->topic, reterr));
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, record->payload.length, &payload, reterr));
    if (record->payload.length > 0) memcpy(payload, record->payload.at, record->payload.length);
    ret->payload.at = payload;
    return gw_ok();
}

static gw_status read_records(gw_load *load, gw_load_batch *batch, gw_fault *reterr) {
    size_t bytes = 0;
    bool found = true;
    GW_TRY(GW_ARENA_NEW(load->work, gw_load_item, load->limit, &batch->items, reterr));
    gw_journal_cursor_seek(load->cursor, load->lsn + 1);
    while (found && batch->count < load->limit && bytes < BATCH_BYTES_MOST) {
        gw_record record;
        GW_TRY(gw_journal_next(load->cursor, &record, &found, reterr));
        if (!found) continue;
        GW_TRY(copy_record(load->work, &record, &batch->items[batch->count++].record, reterr));
        bytes += record.payload.length;
    }
    return gw_ok();
}

/* ---- one batch */

static void condemn(gw_load *load, gw_load_batch *batch) {
    if (!load->condemns) return;
    batch->items[0].status = (gw_status){load->why.code};
    batch->items[0].fault = load->why;
}

static gw_status prepare(gw_load *load, gw_load_batch *batch, gw_fault *reterr) {
    gw_names devices;
    gw_names meters;
    gw_db *db = load->settings.db;
    condemn(load, batch);
    GW_TRY(gw_load_batch_parse(batch, reterr));
    GW_TRY(gw_load_batch_names(batch, &devices, &meters, reterr));
    GW_TRY(gw_ingest_registered(db, load->work, devices, meters, &batch->registered, reterr));
    GW_TRY(gw_ingest_messages_known(db, load->work, batch->messages, batch->message_count, reterr));
    GW_TRY(gw_load_batch_repetitions(batch, reterr));
    GW_TRY(gw_load_batch_judge(batch, reterr));
    return gw_ingest_partitions(db, load->work, batch->candidates, batch->candidate_count, reterr);
}

static void tell_rejections(const gw_load *load, const gw_load_batch *batch) {
    for (size_t at = 0; at < batch->count; at++) {
        const gw_load_item *item = &batch->items[at];
        if (!item->is_rejected || item->topic.device.length == 0) continue;
        load->settings.rejected(load->settings.context, item->topic.device, item->boot, item->seq,
                                &item->fault);
    }
}

static void count_batch(const gw_load_batch *batch) {
    static const char *const fates[] = {"new", "correction", "duplicate", "superseded"};
    int64_t counts[4] = {0};
    for (size_t at = 0; at < batch->candidate_count; at++) counts[batch->candidates[at].fate]++;
    for (size_t at = 0; at < 4; at++)
        if (counts[at] > 0) gw_metric_add(GW_METRIC_INGEST_READINGS, fates[at], counts[at]);
    for (size_t at = 0; at < batch->letter_count; at++)
        gw_metric_add(GW_METRIC_INGEST_DEAD_LETTERS, gw_code_wire(batch->letters[at].code), 1);
}

static gw_status load_once(gw_load *load, size_t *ret_loaded, gw_fault *reterr) {
    gw_load_batch batch = {.arena = load->work,
                           .realm = load->settings.realm,
                           .oldest = load->settings.oldest,
                           .clock_lead = load->settings.clock_lead};
    GW_TRY(resume(load, reterr));
    GW_TRY(read_records(load, &batch, reterr));
    *ret_loaded = batch.count;
    if (batch.count == 0) return gw_ok();
    /* a conducted clock may stand behind the devices' */
    GW_TRY(gw_clock_refresh(load->settings.clock, reterr));
    batch.now = gw_clock_now(load->settings.clock);
    GW_TRY(prepare(load, &batch, reterr));
    const gw_load_target target = {.db = load->settings.db,
                                   .stream = gw_journal_stream(load->settings.journal),
                                   .streams = load->streams};
    GW_TRY(gw_load_save(&batch, &target, reterr));
    gw_crash_point(GW_CRASH_LOADER_AFTER_COMMIT);
    load->lsn = batch.items[batch.count - 1].record.lsn;
    tell_rejections(load, &batch);
    count_batch(&batch);
    return gw_ok();
}

/* ---- around a poison record */

static bool is_poison(gw_status status) {
    return status.code != GW_CODE_UNAVAILABLE && status.code != GW_CODE_TIMED_OUT &&
           status.code != GW_CODE_IO;
}

/* Halves until one record is alone; then that one is refused unseen at the next try. */
static gw_status step_around(gw_load *load, gw_status status, gw_fault *reterr) {
    if (load->limit > 1) {
        load->limit /= 2;
        return gw_ok();
    }
    if (load->condemns) return status; /* not even its dead letter can be stored */
    load->condemns = true;
    load->why = *reterr;
    gw_log_fault(GW_LEVEL_ERROR, "loader.poison", GW_TEXT(""), reterr);
    return gw_ok();
}

gw_status gw_load_next(gw_load *load, size_t *ret_loaded, gw_fault *reterr) {
    gw_arena_reset(load->work);
    const gw_status status = load_once(load, ret_loaded, reterr);
    if (gw_is_ok(status)) {
        const size_t most = (size_t)load->settings.records_most;
        load->condemns = false;
        load->limit = load->limit * 2 > most ? most : load->limit * 2;
        return status;
    }
    if (!is_poison(status)) {
        /* ask again where we stand: a commit may have worked although its answer was lost */
        gw_journal_cursor_close(load->cursor);
        load->cursor = NULL;
        return status;
    }
    *ret_loaded = 1; /* try again at once */
    return step_around(load, status, reterr);
}
