/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/exchange.h"

#include "base/writer.h"
#include "grid/exchange.h"
#include "server/feed/strict.h"

static const int64_t counter_most = (int64_t)1 << 53;

/* What may stand in a message: targets and prices far beyond those of honest members. */
static const int64_t number_most = 1000 * GW_EXCHANGE_MILLIWATT_MOST;

typedef struct numbers {
    int64_t *items;
    size_t count;
} numbers;

static gw_status read_numbers(gw_strict *fields, const char *key, const json_t *array, numbers *ret,
                              gw_fault *reterr) {
    const size_t count = json_array_size(array);
    GW_TRY(GW_ARENA_NEW(fields->arena, int64_t, count, &ret->items, reterr));
    for (size_t at = 0; at < count; at++) {
        const json_t *item = json_array_get(array, at);
        const int64_t value = json_integer_value(item);
        if (!json_is_integer(item) || value > number_most || value < -number_most)
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, key,
                                "item %zu is no integer within its range", at);
        ret->items[at] = value;
    }
    ret->count = count;
    return gw_ok();
}

static void write_numbers(gw_writer *out, const char *key, const int64_t *items, size_t count) {
    gw_write_format(out, "\"%s\":[", key);
    for (size_t i = 0; i < count; i++)
        gw_write_format(out, i == 0 ? "%lld" : ",%lld", (long long)items[i]);
    gw_write_c(out, "]");
}

static void write_id(gw_writer *out, gw_uuid id) {
    char text[GW_UUID_TEXT_SIZE];
    gw_uuid_print(id, text);
    gw_write_format(out, "\"exchange_id\":\"%s\",", text);
}

gw_status gw_exchange_reply_parse(gw_arena *arena, gw_bytes json, gw_exchange_reply *ret,
                                  gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    numbers powers;
    GW_TRY(gw_strict_document(json, GW_EXCHANGE_BYTES_MOST, &document, reterr));
    gw_strict fields = gw_strict_begin(arena, document, "", reterr);
    gw_exchange_reply reply = {
        .exchange_id = gw_strict_uuid(&fields, "exchange_id"),
        .iteration = gw_strict_integer(&fields, "iteration", 1, GW_EXCHANGE_ITERATIONS_MOST),
        .counter = gw_strict_integer(&fields, "counter", 1, counter_most)};
    const json_t *array =
        gw_strict_array(&fields, "power_milliwatt", 1, GW_EXCHANGE_INTERVALS_MOST);
    GW_TRY(gw_strict_end(&fields));
    GW_TRY(read_numbers(&fields, "/power_milliwatt", array, &powers, reterr));
    reply.powers = powers.items;
    reply.power_count = powers.count;
    *ret = reply;
    return gw_ok();
}

gw_status gw_exchange_reply_print(gw_arena *arena, const gw_exchange_reply *reply, gw_text *ret,
                                  gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, arena);
    gw_write_c(&out, "{");
    write_id(&out, reply->exchange_id);
    gw_write_format(&out, "\"iteration\":%lld,\"counter\":%lld,", (long long)reply->iteration,
                    (long long)reply->counter);
    write_numbers(&out, "power_milliwatt", reply->powers, reply->power_count);
    gw_write_c(&out, "}");
    return gw_writer_end_text(&out, ret, reterr);
}

bool gw_exchange_call_is_open(const gw_exchange_call *call) {
    return gw_text_is(call->state, "OPEN");
}

static gw_status read_open(gw_strict *fields, gw_exchange_call *call, gw_fault *reterr) {
    numbers targets;
    call->run = gw_strict_integer(fields, "run", 0, counter_most);
    call->iteration = gw_strict_integer(fields, "iteration", 1, GW_EXCHANGE_ITERATIONS_MOST);
    call->counter = gw_strict_integer(fields, "counter", 1, counter_most);
    call->penalty = gw_strict_integer(fields, "penalty_nanos_per_kwh_kw", GW_EXCHANGE_PENALTY_LEAST,
                                      GW_EXCHANGE_PENALTY_MOST);
    call->answer_by = gw_strict_instant(fields, "answer_by");
    const json_t *array =
        gw_strict_array(fields, "target_milliwatt", 1, GW_EXCHANGE_INTERVALS_MOST);
    GW_TRY(gw_strict_end(fields));
    GW_TRY(read_numbers(fields, "/target_milliwatt", array, &targets, reterr));
    call->targets = targets.items;
    call->target_count = targets.count;
    return gw_ok();
}

static gw_status read_ended(gw_strict *fields, gw_exchange_call *call, gw_fault *reterr) {
    numbers exports;
    numbers prices;
    const json_t *powers = gw_strict_array(fields, "export_w", 0, GW_EXCHANGE_INTERVALS_MOST);
    const json_t *worth =
        gw_strict_array(fields, "price_nanos_per_kwh", 0, GW_EXCHANGE_INTERVALS_MOST);
    GW_TRY(gw_strict_end(fields));
    GW_TRY(read_numbers(fields, "/export_w", powers, &exports, reterr));
    GW_TRY(read_numbers(fields, "/price_nanos_per_kwh", worth, &prices, reterr));
    if (exports.count != prices.count)
        return gw_fail_with(reterr, GW_CODE_INVALID, "/price_nanos_per_kwh",
                            "%zu prices for %zu intervals", prices.count, exports.count);
    call->targets = exports.items;
    call->target_count = exports.count;
    call->prices = prices.items;
    return gw_ok();
}

gw_status gw_exchange_call_parse(gw_arena *arena, gw_bytes json, gw_exchange_call *ret,
                                 gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, GW_EXCHANGE_BYTES_MOST, &document, reterr));
    gw_strict fields = gw_strict_begin(arena, document, "", reterr);
    gw_exchange_call call = {.exchange_id = gw_strict_uuid(&fields, "exchange_id"),
                             .state = gw_strict_text(&fields, "state", 16)};
    if (gw_exchange_call_is_open(&call))
        GW_TRY(read_open(&fields, &call, reterr));
    else
        GW_TRY(read_ended(&fields, &call, reterr));
    *ret = call;
    return gw_ok();
}

static void write_open(gw_writer *out, const gw_exchange_call *call) {
    char answer_by[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(call->answer_by, answer_by);
    gw_write_format(out, "\"run\":%lld,\"iteration\":%lld,\"counter\":%lld,", (long long)call->run,
                    (long long)call->iteration, (long long)call->counter);
    gw_write_format(out, "\"penalty_nanos_per_kwh_kw\":%lld,\"answer_by\":\"%s\",",
                    (long long)call->penalty, answer_by);
    write_numbers(out, "target_milliwatt", call->targets, call->target_count);
}

gw_status gw_exchange_call_print(gw_arena *arena, const gw_exchange_call *call, gw_text *ret,
                                 gw_fault *reterr) {
    gw_writer out;
    gw_writer_init(&out, arena);
    gw_write_c(&out, "{");
    write_id(&out, call->exchange_id);
    gw_write_format(&out, "\"state\":\"%.*s\",", GW_TEXT_ARGS(call->state));
    if (gw_exchange_call_is_open(call)) {
        write_open(&out, call);
    } else {
        write_numbers(&out, "export_w", call->targets, call->target_count);
        gw_write_c(&out, ",");
        write_numbers(&out, "price_nanos_per_kwh", call->prices, call->target_count);
    }
    gw_write_c(&out, "}");
    return gw_writer_end_text(&out, ret, reterr);
}
