/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/native.h"

#include "server/feed/strict.h"

#include <stdio.h>

enum {
    POINTER_SIZE = 96,
    INTERVAL_LEAST_S = 60,
    INTERVAL_MOST_S = 86400,
    ITEMS_BYTES_MOST = 5 * 1024 * 1024,
};
static const int64_t counter_most = (int64_t)1 << 53; /* so that every JSON library can count */
static const int64_t energy_most_wh = 1000000000000;  /* 1 TWh: no unit of a meter is above it */

static void read_energy(gw_strict *fields, gw_reading *reading) {
    static const char *const keys[] = {"import_wh", "export_wh"};
    const char *key = keys[reading->channel];
    const char *other = keys[1 - (int)reading->channel];
    if (gw_strict_has(fields, other)) {
        gw_strict_blame(fields, other, GW_CODE_INVALID,
                        "the unit of another channel than the reading's");
    }
    /* negative and huge values are for the rules to judge, with the meter's limits at hand */
    reading->energy.wh = gw_strict_integer(fields, key, -energy_most_wh, energy_most_wh);
}

static void read_reading(gw_strict *fields, gw_reading *reading) {
    const gw_text channel = gw_strict_text(fields, "channel", 8);
    if (channel.length > 0 && !gw_is_ok(gw_channel_parse(channel, &reading->channel, NULL)))
        gw_strict_blame(fields, "channel", GW_CODE_INVALID, "neither import nor export");
    reading->start = gw_strict_instant(fields, "start");
    reading->quality = GW_QUALITY_ACTUAL;
    if (gw_strict_has(fields, "quality")) {
        const gw_text quality = gw_strict_text(fields, "quality", 1);
        if (!gw_is_ok(gw_quality_parse(quality, &reading->quality, NULL)))
            gw_strict_blame(fields, "quality", GW_CODE_INVALID, "none of A E S F N");
    }
    read_energy(fields, reading);
}

static gw_status read_readings(gw_strict *batch, const json_t *array, gw_native_batch *ret) {
    const size_t count = json_array_size(array);
    GW_TRY(GW_ARENA_NEW(batch->arena, gw_reading, count, &ret->readings, batch->reterr));
    for (size_t at = 0; at < count; at++) {
        char pointer[POINTER_SIZE];
        (void)snprintf(pointer, sizeof pointer, "/readings/%zu", at);
        gw_strict fields =
            gw_strict_begin(batch->arena, json_array_get(array, at), pointer, batch->reterr);
        read_reading(&fields, &ret->readings[at]);
        GW_TRY(gw_strict_end(&fields));
        ret->readings[at].boot = ret->boot;
        ret->readings[at].seq = ret->seq;
    }
    ret->count = count;
    return gw_ok();
}

gw_status gw_native_batch_parse(gw_arena *arena, gw_bytes json, gw_native_batch *ret,
                                gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, GW_NATIVE_BYTES_MOST, &document, reterr));
    gw_strict fields = gw_strict_begin(arena, document, "", reterr);
    gw_native_batch batch = {.boot = gw_strict_integer(&fields, "boot", 1, counter_most),
                             .seq = gw_strict_integer(&fields, "seq", 1, counter_most)};
    const json_t *array = gw_strict_array(&fields, "readings", 1, GW_NATIVE_READINGS_MOST);
    GW_TRY(gw_strict_end(&fields));
    GW_TRY(read_readings(&fields, array, &batch));
    *ret = batch;
    return gw_ok();
}

gw_status gw_native_birth_parse(gw_arena *arena, gw_bytes json, gw_native_birth *ret,
                                gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, GW_NATIVE_BYTES_MOST, &document, reterr));
    gw_strict fields = gw_strict_begin(arena, document, "", reterr);
    const gw_native_birth birth = {
        .boot = gw_strict_integer(&fields, "boot", 1, counter_most),
        .first_seq = gw_strict_integer(&fields, "first_seq", 1, counter_most),
        .firmware = gw_strict_text(&fields, "firmware", 128),
        .meter = gw_strict_name(&fields, "meter"),
        .interval_s = gw_strict_integer(&fields, "interval_s", INTERVAL_LEAST_S, INTERVAL_MOST_S)};
    GW_TRY(gw_strict_end(&fields));
    *ret = birth;
    return gw_ok();
}

gw_status gw_native_opt_parse(gw_arena *arena, gw_bytes json, gw_native_opt *ret,
                              gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, GW_NATIVE_BYTES_MOST, &document, reterr));
    gw_strict fields = gw_strict_begin(arena, document, "", reterr);
    gw_native_opt opt = {.boot = gw_strict_integer(&fields, "boot", 1, counter_most),
                         .seq = gw_strict_integer(&fields, "seq", 1, counter_most),
                         .event = gw_strict_uuid(&fields, "event_id"),
                         .from = gw_strict_instant(&fields, "from"),
                         .to = gw_strict_instant(&fields, "to")};
    const gw_text choice = gw_strict_text(&fields, "opt", 8);
    opt.choice = gw_text_is(choice, "IN") ? GW_NATIVE_OPT_IN : GW_NATIVE_OPT_OUT;
    if (opt.choice == GW_NATIVE_OPT_OUT && !gw_text_is(choice, "OUT"))
        gw_strict_blame(&fields, "opt", GW_CODE_INVALID, "neither IN nor OUT");
    if (!gw_instant_before(opt.from, opt.to))
        gw_strict_blame(&fields, "to", GW_CODE_INVALID, "the window is empty");
    GW_TRY(gw_strict_end(&fields));
    *ret = opt;
    return gw_ok();
}

void gw_native_peek(gw_bytes json, int64_t *ret_boot, int64_t *ret_seq) {
    GW_AUTO_JSON document = NULL;
    *ret_boot = 0;
    *ret_seq = 0;
    if (!gw_is_ok(gw_strict_document(json, GW_NATIVE_BYTES_MOST, &document, NULL))) return;
    gw_strict fields = gw_strict_begin(NULL, document, "", NULL);
    const int64_t boot = gw_strict_integer(&fields, "boot", 1, counter_most);
    const int64_t seq = gw_strict_integer(&fields, "seq", 1, counter_most);
    if (!gw_is_ok(fields.status)) return;
    *ret_boot = boot;
    *ret_seq = seq;
}

/* ---- HTTP items */

static gw_status read_item(gw_arena *arena, const json_t *object, const char *pointer,
                           gw_reading *ret, gw_fault *reterr) {
    gw_strict fields = gw_strict_begin(arena, object, pointer, reterr);
    gw_reading reading = {.meter = gw_strict_name(&fields, "meter")};
    read_reading(&fields, &reading);
    GW_TRY(gw_strict_end(&fields));
    *ret = reading;
    return gw_ok();
}

static gw_status print_item(gw_arena *arena, const json_t *object, gw_text *ret, gw_fault *reterr) {
    const size_t flags = JSON_COMPACT | JSON_SORT_KEYS;
    const size_t length = json_dumpb(object, NULL, 0, flags);
    char *text = NULL;
    GW_TRY(GW_ARENA_NEW(arena, char, length + 1, &text, reterr));
    (void)json_dumpb(object, text, length, flags);
    *ret = (gw_text){text, length};
    return gw_ok();
}

static gw_status read_items(gw_arena *arena, const json_t *array, gw_native_items *ret,
                            gw_fault *reterr) {
    gw_native_items list = {.count = json_array_size(array)};
    GW_TRY(GW_ARENA_NEW(arena, gw_native_item, list.count, &list.items, reterr));
    for (size_t at = 0; at < list.count; at++) {
        char pointer[POINTER_SIZE];
        gw_native_item *item = &list.items[at];
        const json_t *object = json_array_get(array, at);
        (void)snprintf(pointer, sizeof pointer, "/readings/%zu", at);
        item->status = read_item(arena, object, pointer, &item->reading, &item->fault);
        if (gw_is_ok(item->status)) GW_TRY(print_item(arena, object, &item->json, reterr));
    }
    *ret = list;
    return gw_ok();
}

gw_status gw_native_items_parse(gw_arena *arena, gw_bytes json, gw_native_items *ret,
                                gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, ITEMS_BYTES_MOST, &document, reterr));
    gw_strict fields = gw_strict_begin(arena, document, "", reterr);
    const json_t *array = gw_strict_array(&fields, "readings", 1, GW_NATIVE_ITEMS_MOST);
    GW_TRY(gw_strict_end(&fields));
    return read_items(arena, array, ret, reterr);
}

gw_status gw_native_item_parse(gw_arena *arena, gw_bytes json, gw_reading *ret, gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, GW_NATIVE_BYTES_MOST, &document, reterr));
    return read_item(arena, document, "", ret, reterr);
}
