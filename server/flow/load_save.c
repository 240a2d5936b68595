/* SPDX-License-Identifier: Apache-2.0 */
#include "server/flow/load_save.h"

#include "server/crash.h"
#include "server/db/exchange_log_store.h"

#include <string.h>

enum { RAW_MOST = 64 * 1024 };

typedef struct saving {
    gw_load_batch *batch;
    const gw_load_target *target;
    gw_stream *touched; /* list */
    gw_boot_list boots;
    gw_device_sign *signs;
    size_t sign_count;
} saving;

/* ---- what the batch means for devices; no database yet */

static gw_status touch(saving *on, gw_text device, int64_t boot, gw_stream **ret,
                       gw_fault *reterr) {
    gw_stream *entry = NULL;
    GW_TRY(gw_streams_get(on->target->streams, device, boot, &entry, reterr));
    if (!entry->touched) {
        entry->touched = true;
        entry->loading = entry->coverage;
        entry->next_touched = on->touched;
        on->touched = entry;
        on->boots.count++;
    }
    *ret = entry;
    return gw_ok();
}

static void sign_of_life(saving *on, const gw_load_item *item, int64_t boot) {
    gw_device_sign *sign = NULL;
    for (size_t at = on->sign_count; at > 0 && sign == NULL; at--)
        if (gw_text_equal(on->signs[at - 1].device, item->topic.device)) sign = &on->signs[at - 1];
    if (sign == NULL) {
        sign = &on->signs[on->sign_count++];
        *sign = (gw_device_sign){.device = item->topic.device};
    }
    if (sign->seen_at.us < item->record.received_at.us) sign->seen_at = item->record.received_at;
    if (sign->boot < boot) sign->boot = boot;
    sign->is_online = item->topic.kind != GW_TOPIC_DEATH;
}

static gw_status note_item(saving *on, const gw_load_item *item, gw_fault *reterr) {
    gw_stream *entry = NULL;
    if (!item->has_topic || item->topic.device.length == 0) return gw_ok();
    if (item->topic.kind == GW_TOPIC_EXCHANGE_REPLY) return gw_ok(); /* a member is no device */
    if (item->topic.kind == GW_TOPIC_BIRTH && gw_is_ok(item->status)) {
        GW_TRY(touch(on, item->topic.device, item->birth.boot, &entry, reterr));
        gw_coverage_begin(&entry->loading, item->birth.first_seq);
        sign_of_life(on, item, item->birth.boot);
        return gw_ok();
    }
    sign_of_life(on, item, item->boot);
    if (item->seq == 0) return gw_ok();
    GW_TRY(touch(on, item->topic.device, item->boot, &entry, reterr));
    /* no room for one more range: it stays a gap, and the device sends it again */
    (void)gw_coverage_add(&entry->loading, item->seq);
    return gw_ok();
}

static gw_status note_devices(saving *on, gw_fault *reterr) {
    const gw_load_batch *batch = on->batch;
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_device_sign, batch->count, &on->signs, reterr));
    for (size_t at = 0; at < batch->count; at++) GW_TRY(note_item(on, &batch->items[at], reterr));
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_boot_row, on->boots.count, &on->boots.items, reterr));
    size_t count = 0;
    for (const gw_stream *entry = on->touched; entry != NULL; entry = entry->next_touched)
        on->boots.items[count++] = (gw_boot_row){entry->device, entry->boot, entry->loading};
    return gw_ok();
}

static void settle_streams(const saving *on, bool committed) {
    for (gw_stream *entry = on->touched; entry != NULL; entry = entry->next_touched) {
        if (committed) entry->coverage = entry->loading;
        entry->touched = false;
    }
}

/* ---- the transaction */

/* A reading that lost against a newer message is kept where a person can find it. */
static gw_status superseded_letters(gw_load_batch *batch, gw_fault *reterr) {
    for (size_t at = 0; at < batch->candidate_count; at++) {
        const gw_candidate *candidate = &batch->candidates[at];
        gw_fault why = {.code = GW_CODE_CONFLICT,
                        .subject = "/readings",
                        .message = "a later message of the device gave another value before"};
        if (candidate->fate != GW_FATE_SUPERSEDED) continue;
        const gw_load_item *item =
            &batch->items[candidate->lsn - batch->items[0].record.lsn]; /* lsns have no gaps */
        GW_TRY(gw_load_batch_letter(batch, item, candidate->part, &why, reterr));
    }
    return gw_ok();
}

static gw_status copy_as_decided(gw_db *tx, void *context, gw_fault *reterr) {
    const saving *on = context;
    return gw_ingest_readings_copy(tx, on->batch->arena, on->batch->candidates,
                                   on->batch->candidate_count, reterr);
}

/* Nearly always every reading is new: one COPY, and no question first. */
static gw_status save_readings(gw_db *tx, saving *on, gw_fault *reterr) {
    gw_load_batch *batch = on->batch;
    gw_known_reading *known = NULL;
    if (batch->candidate_count == 0) return gw_ok();
    gw_versions_decide(batch->candidates, NULL, batch->candidate_count);
    const gw_status copied = gw_db_attempt(tx, copy_as_decided, on, reterr);
    if (copied.code != GW_CODE_CONFLICT) return copied;
    GW_TRY(gw_ingest_readings_known(tx, batch->arena, batch->candidates, batch->candidate_count,
                                    &known, reterr));
    gw_versions_decide(batch->candidates, known, batch->candidate_count);
    return copy_as_decided(tx, on, reterr);
}

static gw_status save_letters(gw_db *tx, const gw_load_batch *batch, gw_fault *reterr) {
    for (size_t at = 0; at < batch->letter_count; at++) {
        const gw_load_letter *letter = &batch->letters[at];
        const gw_record *record = &letter->item->record;
        const size_t length = record->payload.length < RAW_MOST ? record->payload.length : RAW_MOST;
        const gw_dead_letter row = {.lsn = record->lsn,
                                    .part = letter->part,
                                    .received_at = record->received_at,
                                    .source = record->kind == GW_RECORD_HTTP ? "http" : "mqtt",
                                    .topic = record->topic,
                                    .device = letter->item->topic.device,
                                    .code = letter->code,
                                    .subject = letter->subject,
                                    .detail = letter->detail,
                                    .raw = {record->payload.at, length}};
        GW_TRY(gw_ingest_dead_letter(tx, batch->arena, &row, reterr));
    }
    return gw_ok();
}

/* Control records: 'd' we may have missed something from then on, 'u' we take in again. */
static gw_status save_outage(gw_db *tx, const gw_load_batch *batch, const gw_record *record,
                             gw_fault *reterr) {
    gw_args args;
    if (record->payload.length == 0) return gw_ok();
    gw_args_init(&args, batch->arena);
    gw_bind_instant(&args, record->received_at);
    if (record->payload.at[0] == 'd') {
        gw_bind_text(&args, record->topic);
        return gw_db_exec(tx, GW_QUERY_INGEST_OUTAGE_OPEN, &args, NULL, reterr);
    }
    if (record->payload.at[0] != 'u') return gw_ok();
    GW_TRY(gw_db_exec(tx, GW_QUERY_INGEST_OUTAGE_CANCEL, &args, NULL, reterr));
    return gw_db_exec(tx, GW_QUERY_INGEST_OUTAGE_CLOSE, &args, NULL, reterr);
}

static gw_status save_birth(gw_db *tx, const gw_load_batch *batch, const gw_load_item *item,
                            gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, batch->arena);
    gw_bind_text(&args, item->topic.device);
    gw_bind_int64(&args, item->birth.boot);
    gw_bind_text(&args, item->birth.firmware);
    gw_bind_int64(&args, item->birth.interval_s);
    return gw_db_exec(tx, GW_QUERY_INGEST_DEVICE_BIRTH, &args, NULL, reterr);
}

static gw_status save_opt(gw_db *tx, const gw_load_batch *batch, const gw_load_item *item,
                          gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, batch->arena);
    gw_bind_text(&args, item->topic.device);
    gw_bind_uuid(&args, item->opt.event);
    gw_bind_int64(&args, (int64_t)item->record.lsn);
    gw_bind_c(&args, item->opt.choice == GW_NATIVE_OPT_IN ? "IN" : "OUT");
    gw_bind_instant(&args, item->opt.from);
    gw_bind_instant(&args, item->opt.to);
    gw_bind_instant(&args, item->record.received_at);
    return gw_db_exec(tx, GW_QUERY_INGEST_OPT_INSERT, &args, NULL, reterr);
}

/* Judged by the worker that looks after exchanges, which may know nothing of this one. */
static gw_status save_reply(gw_db *tx, const gw_load_batch *batch, const gw_load_item *item,
                            gw_fault *reterr) {
    const gw_exchange_waiting row = {.member = item->topic.device,
                                     .exchange_id = item->reply.exchange_id,
                                     .iteration = item->reply.iteration,
                                     .counter = item->reply.counter,
                                     .powers = item->reply.powers,
                                     .power_count = item->reply.power_count,
                                     .received_at = item->record.received_at};
    return gw_exchange_save_waiting(tx, batch->arena, &row, reterr);
}

static gw_status save_item(gw_db *tx, const gw_load_batch *batch, const gw_load_item *item,
                           gw_fault *reterr) {
    if (item->record.kind == GW_RECORD_CONTROL)
        return save_outage(tx, batch, &item->record, reterr);
    if (!item->has_topic || item->repeats || !gw_is_ok(item->status)) return gw_ok();
    if (item->topic.kind == GW_TOPIC_BIRTH) return save_birth(tx, batch, item, reterr);
    if (item->topic.kind == GW_TOPIC_OPT) return save_opt(tx, batch, item, reterr);
    if (item->topic.kind == GW_TOPIC_EXCHANGE_REPLY) return save_reply(tx, batch, item, reterr);
    return gw_ok();
}

static gw_status save_devices(gw_db *tx, const saving *on, gw_fault *reterr) {
    const gw_load_batch *batch = on->batch;
    if (on->sign_count > 0)
        GW_TRY(gw_ingest_devices_seen(tx, batch->arena, on->signs, on->sign_count, reterr));
    if (on->boots.count > 0) GW_TRY(gw_ingest_boots_save(tx, batch->arena, &on->boots, reterr));
    if (batch->message_count == 0) return gw_ok();
    return gw_ingest_messages_copy(tx, batch->arena, batch->messages, batch->message_count, reterr);
}

static gw_status save(gw_db *tx, void *context, gw_fault *reterr) {
    saving *on = context;
    gw_load_batch *batch = on->batch;
    uint64_t lsn = 0;
    GW_TRY(gw_ingest_cursor_find(tx, batch->arena, on->target->stream, &lsn, reterr));
    if (lsn + 1 != batch->items[0].record.lsn) {
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, "ingest_cursor",
                            "another loader stands at record %llu", (unsigned long long)lsn);
    }
    const size_t letters_before = batch->letter_count; /* this may run again */
    GW_TRY(save_readings(tx, on, reterr));
    GW_TRY(superseded_letters(batch, reterr));
    GW_TRY(save_devices(tx, on, reterr));
    for (size_t at = 0; at < batch->count; at++)
        GW_TRY(save_item(tx, batch, &batch->items[at], reterr));
    GW_TRY(save_letters(tx, batch, reterr));
    batch->letter_count = letters_before;
    GW_TRY(gw_ingest_cursor_move(tx, batch->arena, on->target->stream,
                                 batch->items[batch->count - 1].record.lsn, reterr));
    gw_crash_point(GW_CRASH_LOADER_BEFORE_COMMIT);
    return gw_ok();
}

gw_status gw_load_save(gw_load_batch *batch, const gw_load_target *target, gw_fault *reterr) {
    saving on = {.batch = batch, .target = target};
    const gw_status noted = note_devices(&on, reterr);
    const gw_status saved =
        gw_is_ok(noted) ? gw_db_transact(target->db, GW_ISOLATION_READ_COMMITTED, save, &on, reterr)
                        : noted;
    settle_streams(&on, gw_is_ok(saved));
    return saved;
}
