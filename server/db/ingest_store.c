/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/ingest_store.h"

#include "server/db/copy.h"

#include <stdlib.h>
#include <string.h>

static const int64_t DAY_US = INT64_C(86400) * 1000000;

/* ---- cursor */

gw_status gw_ingest_cursor_find(gw_db *db, gw_arena *arena, uint64_t stream, uint64_t *ret_lsn,
                                gw_fault *reterr) {
    gw_args args;
    gw_row row;
    int64_t lsn = 0;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, (int64_t)stream);
    const gw_status found = gw_db_query_one(db, GW_QUERY_INGEST_CURSOR_FIND, &args, &row, reterr);
    if (found.code == GW_CODE_NOT_FOUND) {
        *ret_lsn = 0;
        return gw_ok();
    }
    GW_TRY(found);
    gw_row_int64(&row, "lsn", &lsn);
    GW_TRY(gw_row_end(&row, reterr));
    *ret_lsn = (uint64_t)lsn;
    return gw_ok();
}

gw_status gw_ingest_cursor_move(gw_db *tx, gw_arena *arena, uint64_t stream, uint64_t lsn,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, (int64_t)stream);
    gw_bind_int64(&args, (int64_t)lsn);
    return gw_db_exec(tx, GW_QUERY_INGEST_CURSOR_MOVE, &args, NULL, reterr);
}

/* ---- readings */

gw_status gw_ingest_partitions(gw_db *db, gw_arena *arena, const gw_candidate *candidates,
                               size_t count, gw_fault *reterr) {
    int64_t last_day = -1;
    for (size_t at = 0; at < count; at++) {
        char text[GW_DATE_TEXT_SIZE];
        gw_args args;
        gw_row row;
        const int64_t day = candidates[at].reading.start.us / DAY_US;
        if (day == last_day) continue;
        last_day = day;
        gw_date_print((gw_date){(int32_t)day}, text);
        gw_args_init(&args, arena);
        gw_bind_c(&args, text);
        GW_TRY(gw_db_query_one(db, GW_QUERY_INGEST_PARTITION, &args, &row, reterr));
    }
    return gw_ok();
}

static bool is_stored(const gw_candidate *candidate) {
    return candidate->fate == GW_FATE_NEW || candidate->fate == GW_FATE_CORRECTION;
}

gw_status gw_ingest_readings_copy(gw_db *tx, gw_arena *arena, const gw_candidate *candidates,
                                  size_t count, gw_fault *reterr) {
    gw_copy copy;
    GW_TRY(gw_copy_begin(tx, GW_QUERY_INGEST_READING_COPY, arena, &copy, reterr));
    for (size_t at = 0; at < count; at++) {
        const gw_candidate *candidate = &candidates[at];
        const gw_reading *reading = &candidate->reading;
        const char quality = (char)reading->quality;
        if (!is_stored(candidate)) continue;
        gw_copy_row(&copy, 10);
        gw_copy_instant(&copy, reading->start);
        gw_copy_text(&copy, reading->meter);
        gw_copy_int16(&copy, (int16_t)reading->channel);
        gw_copy_int32(&copy, (int32_t)reading->version);
        gw_copy_int64(&copy, reading->energy.wh);
        gw_copy_text(&copy, (gw_text){&quality, 1});
        gw_copy_int64(&copy, reading->boot);
        gw_copy_int64(&copy, reading->seq);
        gw_copy_int64(&copy, (int64_t)candidate->lsn);
        gw_copy_instant(&copy, candidate->received_at);
    }
    return gw_copy_end(&copy, NULL, reterr);
}

static gw_status bind_keys(gw_args *args, const gw_candidate *candidates, size_t count,
                           gw_fault *reterr) {
    gw_instant *starts = NULL;
    gw_text *meters = NULL;
    int64_t *channels = NULL;
    GW_TRY(GW_ARENA_NEW(args->arena, gw_instant, count, &starts, reterr));
    GW_TRY(GW_ARENA_NEW(args->arena, gw_text, count, &meters, reterr));
    GW_TRY(GW_ARENA_NEW(args->arena, int64_t, count, &channels, reterr));
    for (size_t at = 0; at < count; at++) {
        starts[at] = candidates[at].reading.start;
        meters[at] = candidates[at].reading.meter;
        channels[at] = candidates[at].reading.channel;
    }
    gw_bind_instants(args, starts, count);
    gw_bind_texts(args, meters, count);
    gw_bind_int64s(args, channels, count);
    return gw_ok();
}

gw_status gw_ingest_readings_known(gw_db *db, gw_arena *arena, const gw_candidate *candidates,
                                   size_t count, gw_known_reading **ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_known_reading *known = NULL;
    gw_args_init(&args, arena);
    GW_TRY(GW_ARENA_NEW(arena, gw_known_reading, count, &known, reterr));
    GW_TRY(bind_keys(&args, candidates, count, reterr));
    GW_TRY(gw_db_query(db, GW_QUERY_INGEST_READING_KNOWN, &args, &rows, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        int64_t item = 0;
        gw_known_reading found = {0};
        gw_text quality = {"", 0};
        gw_row_int64(&row, "item", &item);
        gw_row_int64(&row, "version", &found.version);
        gw_row_energy(&row, "wh", &found.energy);
        gw_row_text(&row, "quality", &quality);
        gw_row_int64(&row, "boot", &found.boot);
        gw_row_int64(&row, "seq", &found.seq);
        GW_TRY(gw_row_end(&row, reterr));
        GW_TRY(gw_quality_parse(quality, &found.quality, reterr));
        if (item >= 1 && (size_t)item <= count) known[item - 1] = found;
    }
    *ret = known;
    return gw_ok();
}

/* ---- messages */

gw_status gw_ingest_messages_known(gw_db *db, gw_arena *arena, gw_device_message *messages,
                                   size_t count, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_text *devices = NULL;
    int64_t *boots = NULL;
    int64_t *seqs = NULL;
    gw_args_init(&args, arena);
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &devices, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &boots, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, count, &seqs, reterr));
    for (size_t at = 0; at < count; at++) {
        devices[at] = messages[at].device;
        boots[at] = messages[at].boot;
        seqs[at] = messages[at].seq;
    }
    gw_bind_texts(&args, devices, count);
    gw_bind_int64s(&args, boots, count);
    gw_bind_int64s(&args, seqs, count);
    GW_TRY(gw_db_query(db, GW_QUERY_INGEST_MESSAGE_KNOWN, &args, &rows, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        int64_t item = 0;
        gw_bytes digest = {NULL, 0};
        gw_row_int64(&row, "item", &item);
        gw_row_bytes(&row, "digest", &digest);
        GW_TRY(gw_row_end(&row, reterr));
        if (item < 1 || (size_t)item > count || digest.length != GW_DIGEST_SIZE) continue;
        messages[item - 1].is_known = true;
        memcpy(messages[item - 1].known_digest, digest.at, GW_DIGEST_SIZE);
    }
    return gw_ok();
}

gw_status gw_ingest_messages_copy(gw_db *tx, gw_arena *arena, const gw_device_message *messages,
                                  size_t count, gw_fault *reterr) {
    gw_copy copy;
    GW_TRY(gw_copy_begin(tx, GW_QUERY_INGEST_MESSAGE_COPY, arena, &copy, reterr));
    for (size_t at = 0; at < count; at++) {
        const gw_device_message *message = &messages[at];
        if (message->is_known) continue;
        gw_copy_row(&copy, 6);
        gw_copy_text(&copy, message->device);
        gw_copy_int64(&copy, message->boot);
        gw_copy_int64(&copy, message->seq);
        gw_copy_bytes(&copy, (gw_bytes){message->digest, GW_DIGEST_SIZE});
        gw_copy_int64(&copy, (int64_t)message->lsn);
        gw_copy_instant(&copy, message->received_at);
    }
    return gw_copy_end(&copy, NULL, reterr);
}

/* ---- register */

static int by_device(const void *left, const void *right) {
    return gw_text_compare(((const gw_registered_device *)left)->device,
                           ((const gw_registered_device *)right)->device);
}

static int by_meter(const void *left, const void *right) {
    return gw_text_compare(((const gw_registered_meter *)left)->meter,
                           ((const gw_registered_meter *)right)->meter);
}

const gw_registered_device *gw_registered_device_find(const gw_registered *all, gw_text device) {
    const gw_registered_device key = {.device = device};
    if (all->device_count == 0) return NULL;
    return bsearch(&key, all->devices, all->device_count, sizeof key, by_device);
}

const gw_registered_meter *gw_registered_meter_find(const gw_registered *all, gw_text meter) {
    const gw_registered_meter key = {.meter = meter};
    if (all->meter_count == 0) return NULL;
    return bsearch(&key, all->meters, all->meter_count, sizeof key, by_meter);
}

static gw_status load_devices(gw_db *db, gw_arena *arena, gw_names devices, gw_registered *ret,
                              gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_args_init(&args, arena);
    gw_bind_texts(&args, devices.items, devices.count);
    GW_TRY(gw_db_query(db, GW_QUERY_INGEST_REGISTERED_DEVICES, &args, &rows, reterr));
    ret->device_count = (size_t)rows.count;
    GW_TRY(GW_ARENA_NEW(arena, gw_registered_device, ret->device_count, &ret->devices, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "device", &ret->devices[at].device);
        gw_row_text(&row, "meter", &ret->devices[at].meter);
        GW_TRY(gw_row_end(&row, reterr));
    }
    if (rows.count > 1) qsort(ret->devices, ret->device_count, sizeof ret->devices[0], by_device);
    return gw_ok();
}

static gw_status load_meters(gw_db *db, gw_arena *arena, gw_names meters, gw_registered *ret,
                             gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_text *names = NULL;
    const size_t count = meters.count + ret->device_count;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &names, reterr));
    for (size_t at = 0; at < meters.count; at++) names[at] = meters.items[at];
    for (size_t at = 0; at < ret->device_count; at++)
        names[meters.count + at] = ret->devices[at].meter;
    gw_args_init(&args, arena);
    gw_bind_texts(&args, names, count);
    GW_TRY(gw_db_query(db, GW_QUERY_INGEST_REGISTERED_METERS, &args, &rows, reterr));
    ret->meter_count = (size_t)rows.count;
    GW_TRY(GW_ARENA_NEW(arena, gw_registered_meter, ret->meter_count, &ret->meters, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_row_text(&row, "meter", &ret->meters[at].meter);
        gw_row_int64(&row, "interval_s", &ret->meters[at].interval_s);
        gw_row_power(&row, "connection_w", &ret->meters[at].connection);
        GW_TRY(gw_row_end(&row, reterr));
    }
    if (rows.count > 1) qsort(ret->meters, ret->meter_count, sizeof ret->meters[0], by_meter);
    return gw_ok();
}

gw_status gw_ingest_registered(gw_db *db, gw_arena *arena, gw_names devices, gw_names meters,
                               gw_registered *ret, gw_fault *reterr) {
    gw_registered found = {0};
    GW_TRY(load_devices(db, arena, devices, &found, reterr));
    GW_TRY(load_meters(db, arena, meters, &found, reterr));
    *ret = found;
    return gw_ok();
}

/* ---- dead letters */

gw_status gw_ingest_dead_letter(gw_db *tx, gw_arena *arena, const gw_dead_letter *letter,
                                gw_fault *reterr) {
    gw_args args;
    gw_args_init(&args, arena);
    gw_bind_int64(&args, (int64_t)letter->lsn);
    gw_bind_int64(&args, letter->part);
    gw_bind_instant(&args, letter->received_at);
    gw_bind_c(&args, letter->source);
    gw_bind_text(&args, letter->topic);
    gw_bind_text(&args, letter->device);
    gw_bind_c(&args, gw_code_wire(letter->code));
    gw_bind_c(&args, letter->subject);
    gw_bind_c(&args, letter->detail);
    gw_bind_bytes(&args, letter->raw);
    return gw_db_exec(tx, GW_QUERY_INGEST_DEAD_LETTER_INSERT, &args, NULL, reterr);
}

/* ---- devices */

gw_status gw_ingest_boots_load(gw_db *db, gw_arena *arena, gw_boot_list *ret, gw_fault *reterr) {
    gw_args args;
    gw_rows rows;
    gw_boot_list list = {0};
    gw_args_init(&args, arena);
    GW_TRY(gw_db_query(db, GW_QUERY_INGEST_BOOT_LIST, &args, &rows, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_boot_row, (size_t)rows.count, &list.items, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_row row = gw_rows_at(&rows, at);
        gw_boot_row *item = &list.items[list.count++];
        int64_t hwm = 0;
        gw_text ahead = {"", 0};
        gw_row_text(&row, "device", &item->device);
        gw_row_int64(&row, "boot", &item->boot);
        gw_row_int64(&row, "hwm", &hwm);
        gw_row_text(&row, "ahead", &ahead);
        GW_TRY(gw_row_end(&row, reterr));
        GW_TRY(gw_coverage_parse(hwm, ahead, &item->coverage, reterr));
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_ingest_boots_save(gw_db *tx, gw_arena *arena, const gw_boot_list *boots,
                               gw_fault *reterr) {
    gw_args args;
    gw_text *devices = NULL;
    gw_text *aheads = NULL;
    int64_t *numbers = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, boots->count, &devices, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_text, boots->count, &aheads, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, 2 * boots->count, &numbers, reterr));
    for (size_t at = 0; at < boots->count; at++) {
        char text[GW_COVERAGE_TEXT_SIZE];
        gw_coverage_print(&boots->items[at].coverage, text);
        GW_TRY(gw_text_copy(arena, gw_text_from_c(text), &aheads[at], reterr));
        devices[at] = boots->items[at].device;
        numbers[at] = boots->items[at].boot;
        numbers[boots->count + at] = boots->items[at].coverage.hwm;
    }
    gw_args_init(&args, arena);
    gw_bind_texts(&args, devices, boots->count);
    gw_bind_int64s(&args, numbers, boots->count);
    gw_bind_int64s(&args, numbers + boots->count, boots->count);
    gw_bind_texts(&args, aheads, boots->count);
    return gw_db_exec(tx, GW_QUERY_INGEST_BOOT_SAVE, &args, NULL, reterr);
}

gw_status gw_ingest_devices_seen(gw_db *tx, gw_arena *arena, const gw_device_sign *signs,
                                 size_t count, gw_fault *reterr) {
    gw_args args;
    gw_text *devices = NULL;
    gw_instant *seen = NULL;
    int64_t *numbers = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_text, count, &devices, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, count, &seen, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, 2 * count, &numbers, reterr));
    for (size_t at = 0; at < count; at++) {
        devices[at] = signs[at].device;
        seen[at] = signs[at].seen_at;
        numbers[at] = signs[at].boot;
        numbers[count + at] = signs[at].is_online ? 1 : 0;
    }
    gw_args_init(&args, arena);
    gw_bind_texts(&args, devices, count);
    gw_bind_instants(&args, seen, count);
    gw_bind_int64s(&args, numbers, count);
    gw_bind_int64s(&args, numbers + count, count);
    return gw_db_exec(tx, GW_QUERY_INGEST_DEVICE_SEEN, &args, NULL, reterr);
}
