/* SPDX-License-Identifier: Apache-2.0 */
#include "base/writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_SIZE = 256, FORMAT_LONGEST = 512 };

void gw_writer_init(gw_writer *writer, gw_arena *arena) { *writer = (gw_writer){.arena = arena}; }

static bool make_room(gw_writer *writer, size_t count) {
    if (writer->failed) return false;
    if (count <= writer->size - writer->length) return true;
    size_t size = writer->size == 0 ? FIRST_SIZE : writer->size * 2;
    if (size < writer->length + count) size = writer->length + count;
    uint8_t *bigger = NULL;
    if (!gw_is_ok(GW_ARENA_NEW(writer->arena, uint8_t, size, &bigger, NULL))) {
        writer->failed = true;
        return false;
    }
    if (writer->length > 0) memcpy(bigger, writer->at, writer->length);
    writer->at = bigger;
    writer->size = size;
    return true;
}

void gw_write_bytes(gw_writer *writer, const void *bytes, size_t count) {
    if (count == 0 || !make_room(writer, count)) return;
    memcpy(writer->at + writer->length, bytes, count);
    writer->length += count;
}

void gw_write_text(gw_writer *writer, gw_text text) {
    gw_write_bytes(writer, text.at, text.length);
}

void gw_write_c(gw_writer *writer, const char *text) { gw_write_bytes(writer, text, strlen(text)); }

void gw_write_format(gw_writer *writer, const char *format, ...) {
    char line[FORMAT_LONGEST];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof line) {
        writer->failed = true;
        return;
    }
    gw_write_bytes(writer, line, (size_t)length);
}

void gw_write_u8(gw_writer *writer, uint8_t value) { gw_write_bytes(writer, &value, 1); }

static void write_le(gw_writer *writer, uint64_t value, size_t count) {
    uint8_t bytes[8];
    for (size_t at = 0; at < count; at++) bytes[at] = (uint8_t)(value >> (8 * at));
    gw_write_bytes(writer, bytes, count);
}

void gw_write_u32_le(gw_writer *writer, uint32_t value) { write_le(writer, value, 4); }
void gw_write_u64_le(gw_writer *writer, uint64_t value) { write_le(writer, value, 8); }

void gw_write_zeros(gw_writer *writer, size_t count) {
    if (count == 0 || !make_room(writer, count)) return;
    memset(writer->at + writer->length, 0, count);
    writer->length += count;
}

gw_status gw_writer_end(const gw_writer *writer, gw_bytes *ret, gw_fault *reterr) {
    if (writer->failed) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    *ret = (gw_bytes){writer->at, writer->length};
    return gw_ok();
}

gw_status gw_writer_end_text(const gw_writer *writer, gw_text *ret, gw_fault *reterr) {
    if (writer->failed) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    *ret = (gw_text){(const char *)writer->at, writer->length};
    return gw_ok();
}
