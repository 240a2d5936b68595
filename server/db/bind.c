/* SPDX-License-Identifier: Apache-2.0 */
#include "server/db/bind.h"

#include "base/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { INT64_TEXT_SIZE = 24 };

void gw_args_init(gw_args *args, gw_arena *arena) {
    memset(args, 0, sizeof *args);
    args->arena = arena;
}

static void put(gw_args *args, const char *value, size_t length, int format) {
    if (args->failed != GW_CODE_OK) return;
    if (args->count == GW_ARGS_MAX || length > INT32_MAX) {
        args->failed = GW_CODE_TOO_LARGE;
        return;
    }
    args->values[args->count] = value;
    args->lengths[args->count] = (int)length;
    args->formats[args->count] = format;
    args->count++;
}

static void put_copy(gw_args *args, gw_bytes bytes, int format) {
    uint8_t *copy = NULL;
    if (args->failed != GW_CODE_OK) return;
    if (!gw_is_ok(GW_ARENA_NEW(args->arena, uint8_t, bytes.length + 1, &copy, NULL))) {
        args->failed = GW_CODE_NO_MEMORY;
        return;
    }
    if (bytes.length > 0) memcpy(copy, bytes.at, bytes.length);
    put(args, (const char *)copy, bytes.length, format);
}

void gw_bind_null(gw_args *args) { put(args, NULL, 0, 0); }

/* PostgreSQL's text ends at a NUL, so one inside would silently cut the value. */
void gw_bind_text(gw_args *args, gw_text text) {
    if (gw_text_find(text, '\0') != text.length && args->failed == GW_CODE_OK) {
        args->failed = GW_CODE_INVALID;
    }
    put_copy(args, (gw_bytes){(const uint8_t *)text.at, text.length}, 0);
}

void gw_bind_c(gw_args *args, const char *text) {
    if (text == NULL) {
        gw_bind_null(args);
        return;
    }
    gw_bind_text(args, gw_text_from_c(text));
}

void gw_bind_text_or_null(gw_args *args, gw_text text) {
    if (text.length == 0) {
        gw_bind_null(args);
        return;
    }
    gw_bind_text(args, text);
}

void gw_bind_json(gw_args *args, gw_text json) { gw_bind_text(args, json); }

void gw_bind_int64(gw_args *args, int64_t number) {
    char text[INT64_TEXT_SIZE];
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    gw_bind_text(args, gw_text_from_c(text));
}

void gw_bind_flag(gw_args *args, bool flag) {
    gw_bind_text(args, flag ? GW_TEXT("t") : GW_TEXT("f"));
}

void gw_bind_instant(gw_args *args, gw_instant at) {
    char text[GW_INSTANT_TEXT_SIZE];
    gw_instant_print(at, text);
    gw_bind_text(args, gw_text_from_c(text));
}

void gw_bind_uuid(gw_args *args, gw_uuid id) {
    char text[GW_UUID_TEXT_SIZE];
    gw_uuid_print(id, text);
    gw_bind_text(args, gw_text_from_c(text));
}

void gw_bind_bytes(gw_args *args, gw_bytes bytes) { put_copy(args, bytes, 1); }

void gw_bind_energy(gw_args *args, gw_energy energy) { gw_bind_int64(args, energy.wh); }
void gw_bind_power(gw_args *args, gw_power power) { gw_bind_int64(args, power.w); }
void gw_bind_price(gw_args *args, gw_price price) { gw_bind_int64(args, price.micros_per_kwh); }
void gw_bind_money(gw_args *args, gw_money money) { gw_bind_int64(args, money.micros); }

/* The array's text form: {"a","b"}; a quote and a backslash inside are escaped. */
static void put_array(gw_args *args, gw_writer *array) {
    gw_text text;
    gw_write_c(array, "}");
    if (args->failed != GW_CODE_OK) return;
    if (!gw_is_ok(gw_writer_end_text(array, &text, NULL))) {
        args->failed = GW_CODE_NO_MEMORY;
        return;
    }
    gw_bind_text(args, text);
}

static void write_quoted(gw_writer *out, gw_text text) {
    gw_write_c(out, "\"");
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\') gw_write_c(out, "\\");
        gw_write_bytes(out, &text.at[i], 1);
    }
    gw_write_c(out, "\"");
}

static void start_array(gw_args *args, gw_writer *array) {
    gw_writer_init(array, args->arena);
    gw_write_c(array, "{");
}

void gw_bind_texts(gw_args *args, const gw_text *texts, size_t count) {
    gw_writer array;
    start_array(args, &array);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) gw_write_c(&array, ",");
        write_quoted(&array, texts[i]);
    }
    put_array(args, &array);
}

void gw_bind_int64s(gw_args *args, const int64_t *numbers, size_t count) {
    gw_writer array;
    start_array(args, &array);
    for (size_t i = 0; i < count; i++) {
        gw_write_format(&array, "%s%" PRId64, i > 0 ? "," : "", numbers[i]);
    }
    put_array(args, &array);
}

void gw_bind_int64s_or_null(gw_args *args, const int64_t *numbers, size_t count) {
    gw_writer array;
    start_array(args, &array);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) gw_write_c(&array, ",");
        if (numbers[i] == INT64_MIN)
            gw_write_c(&array, "NULL");
        else
            gw_write_format(&array, "%" PRId64, numbers[i]);
    }
    put_array(args, &array);
}

void gw_bind_instants(gw_args *args, const gw_instant *instants, size_t count) {
    gw_writer array;
    char text[GW_INSTANT_TEXT_SIZE];
    start_array(args, &array);
    for (size_t i = 0; i < count; i++) {
        gw_instant_print(instants[i], text);
        gw_write_format(&array, "%s\"%s\"", i > 0 ? "," : "", text);
    }
    put_array(args, &array);
}

void gw_bind_uuids(gw_args *args, const gw_uuid *ids, size_t count) {
    gw_writer array;
    char text[GW_UUID_TEXT_SIZE];
    start_array(args, &array);
    for (size_t i = 0; i < count; i++) {
        gw_uuid_print(ids[i], text);
        gw_write_format(&array, "%s%s", i > 0 ? "," : "", text);
    }
    put_array(args, &array);
}
