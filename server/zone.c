/* SPDX-License-Identifier: Apache-2.0 */
#include "server/zone.h"

#include "base/reader.h"

#include <stdio.h>
#include <string.h>

/* Ref: RFC 8536 §3.1, the header; §3.2, the data block. */
typedef struct tzif_header {
    uint8_t version;
    uint32_t utc_count;
    uint32_t std_count;
    uint32_t leap_count;
    uint32_t time_count;
    uint32_t type_count;
    uint32_t char_count;
} tzif_header;

enum { TZIF_TYPE_BYTES = 6, TZIF_RESERVED = 15, COUNT_MAX = 4096, DAY_S = 86400 };

static uint32_t read_u32_be(gw_reader *in) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) value = (value << 8) | gw_read_u8(in);
    return value;
}

static int64_t read_i64_be(gw_reader *in) {
    const uint64_t high = read_u32_be(in);
    return (int64_t)((high << 32) | read_u32_be(in));
}

static gw_status malformed(gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "zone", "the zone file is no TZif file");
}

static gw_status read_header(gw_reader *in, tzif_header *ret, gw_fault *reterr) {
    const gw_bytes magic = gw_read_bytes(in, 4);
    tzif_header header = {.version = gw_read_u8(in)};
    (void)gw_read_bytes(in, TZIF_RESERVED);
    header.utc_count = read_u32_be(in);
    header.std_count = read_u32_be(in);
    header.leap_count = read_u32_be(in);
    header.time_count = read_u32_be(in);
    header.type_count = read_u32_be(in);
    header.char_count = read_u32_be(in);
    GW_TRY(gw_reader_status(in, reterr));
    const bool is_magic = magic.length == 4 && memcmp(magic.at, "TZif", 4) == 0;
    const bool is_small = header.time_count <= COUNT_MAX && header.type_count <= 256 &&
                          header.char_count <= COUNT_MAX && header.leap_count <= COUNT_MAX &&
                          header.utc_count <= 256 && header.std_count <= 256;
    if (!is_magic || header.version < '2' || !is_small || header.type_count == 0)
        return malformed(reterr);
    *ret = header;
    return gw_ok();
}

static size_t block_bytes(const tzif_header *header, size_t time_bytes) {
    return header->time_count * (time_bytes + 1) + header->type_count * TZIF_TYPE_BYTES +
           header->char_count + header->leap_count * (time_bytes + 4) + header->std_count +
           header->utc_count;
}

typedef struct tzif_block {
    uint32_t time_count;
    uint32_t type_count;
    gw_bytes times; /* 8 bytes each */
    gw_bytes indexes;
    gw_bytes types;
} tzif_block;

static gw_status offset_at(const tzif_block *block, uint32_t type, int64_t *ret, gw_fault *reterr) {
    if (type >= block->type_count) return malformed(reterr);
    gw_reader in;
    gw_reader_init(&in, (gw_bytes){block->types.at + type * TZIF_TYPE_BYTES, TZIF_TYPE_BYTES});
    *ret = (int32_t)read_u32_be(&in);
    return gw_reader_status(&in, reterr);
}

static int64_t time_at(const tzif_block *block, uint32_t index) {
    gw_reader in;
    gw_reader_init(&in, (gw_bytes){block->times.at + (size_t)index * 8, 8});
    return read_i64_be(&in);
}

/* Transitions that change the offset, within the stretch; the last one before it gives the first
 * offset. */
static gw_status pick(const tzif_block *block, gw_period stretch, gw_zone_transition *items,
                      gw_calendar *ret, gw_fault *reterr) {
    int64_t offset_s = 0;
    GW_TRY(offset_at(block, 0, &offset_s, reterr));
    ret->first_offset_s = offset_s;
    ret->transition_count = 0;
    for (uint32_t i = 0; i < block->time_count; i++) {
        const int64_t at_s = time_at(block, i);
        if (at_s >= stretch.to.us / 1000000) break;
        int64_t next_s = 0;
        GW_TRY(offset_at(block, block->indexes.at[i], &next_s, reterr));
        const bool is_before = at_s < stretch.from.us / 1000000;
        if (is_before) ret->first_offset_s = next_s;
        if (!is_before && next_s != offset_s)
            items[ret->transition_count++] = (gw_zone_transition){gw_instant_seconds(at_s), next_s};
        offset_s = next_s;
    }
    ret->transitions = items;
    return gw_ok();
}

static gw_status check_reach(const tzif_block *block, gw_bytes footer, gw_period window,
                             gw_fault *reterr) {
    const bool has_rule = memchr(footer.at, ',', footer.length) != NULL;
    if (!has_rule || block->time_count == 0) return gw_ok();
    const int64_t last_s = time_at(block, block->time_count - 1);
    /* the file's number may be anything, so the subtraction is on our side */
    if (last_s > window.to.us / 1000000 - 366LL * DAY_S) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, "zone",
                        "the window lies beyond the transitions that the zone file lists");
}

gw_status gw_zone_parse(gw_arena *arena, gw_bytes file, gw_period window, gw_calendar *ret,
                        gw_fault *reterr) {
    gw_reader in;
    gw_reader_init(&in, file);
    tzif_header header;
    GW_TRY(read_header(&in, &header, reterr));
    (void)gw_read_bytes(&in, block_bytes(&header, 4));
    GW_TRY(read_header(&in, &header, reterr));
    tzif_block block = {.time_count = header.time_count, .type_count = header.type_count};
    block.times = gw_read_bytes(&in, (size_t)header.time_count * 8);
    block.indexes = gw_read_bytes(&in, header.time_count);
    block.types = gw_read_bytes(&in, (size_t)header.type_count * TZIF_TYPE_BYTES);
    (void)gw_read_bytes(&in, block_bytes(&header, 8) - header.time_count * 9 -
                                 header.type_count * TZIF_TYPE_BYTES);
    GW_TRY(gw_reader_status(&in, reterr));
    GW_TRY(check_reach(&block, in.rest, window, reterr));
    gw_zone_transition *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_zone_transition, (size_t)header.time_count + 1, &items, reterr));
    const gw_period stretch = {
        gw_instant_minus(window.from, gw_span_seconds(GW_ZONE_BEFORE_DAYS * (int64_t)DAY_S)),
        gw_instant_plus(window.to, gw_span_seconds(GW_ZONE_AFTER_DAYS * (int64_t)DAY_S))};
    gw_calendar found = *ret;
    GW_TRY(pick(&block, stretch, items, &found, reterr));
    *ret = found;
    return gw_ok();
}

/* A zone's name is a relative path of letters; nothing else may reach the file system. */
static bool is_zone_name(gw_text zone) {
    if (zone.length == 0 || zone.length > 64 || zone.at[0] == '/') return false;
    for (size_t i = 0; i < zone.length; i++) {
        const char c = zone.at[i];
        const bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        const bool is_other =
            (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '+' || c == '-';
        if (!is_letter && !is_other) return false;
    }
    return true;
}

static void close_file(FILE **file) {
    if (*file != NULL) (void)fclose(*file);
}

gw_status gw_zone_load(gw_arena *arena, gw_text zone, gw_period window, gw_calendar *ret,
                       gw_fault *reterr) {
    char path[128];
    const int length = snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s", GW_TEXT_ARGS(zone));
    __attribute__((cleanup(close_file))) FILE *file = NULL;
    if (is_zone_name(zone) && length > 0 && (size_t)length < sizeof path) file = fopen(path, "rbe");
    if (file == NULL)
        return gw_hint(reterr,
                       gw_fail_with(reterr, GW_CODE_NOT_FOUND, "zone",
                                    "there is no time zone \"%.*s\"", GW_TEXT_ARGS(zone)),
                       "Zones are those of the package tzdata.");
    uint8_t *bytes = NULL;
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, GW_ZONE_FILE_MAX, &bytes, reterr));
    const size_t size = fread(bytes, 1, GW_ZONE_FILE_MAX, file);
    return gw_zone_parse(arena, (gw_bytes){bytes, size}, window, ret, reterr);
}
