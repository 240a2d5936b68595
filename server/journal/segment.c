/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/segment.h"

#include "base/reader.h"
#include "server/journal/crc32c.h"

#include <string.h>

/*
 * Segment header: "GWJRNL01", u64 stream, number, first, durable, created_us, u32 crc of these 48
 * bytes.
 * Record header: u32 crc, u32 payload length, u64 lsn, u64 received_us, u64 durable, u16 topic
 * length, u16 source, u8 kind, u8 flags, u16 zero, u64 zero. The crc covers all after itself,
 * topic and payload included, padding not.
 */
static const char magic[] = "GWJRNL01";
enum { MAGIC_SIZE = 8, HEADER_CRC_AT = 48, ALIGN = 8 };

static void put_u16(uint8_t *out, unsigned value) {
    out[0] = (uint8_t)(value & 255U);
    out[1] = (uint8_t)(value >> 8 & 255U);
}

static void put_u32(uint8_t *out, uint32_t value) {
    for (unsigned at = 0; at < 4; at++) out[at] = (uint8_t)(value >> (8 * at));
}

static void put_u64(uint8_t *out, uint64_t value) {
    for (unsigned at = 0; at < 8; at++) out[at] = (uint8_t)(value >> (8 * at));
}

static uint32_t get_u32(const uint8_t *from) {
    uint32_t value = 0;
    for (unsigned at = 0; at < 4; at++) value |= (uint32_t)from[at] << (8 * at);
    return value;
}

static uint64_t get_u64(const uint8_t *from) {
    uint64_t value = 0;
    for (unsigned at = 0; at < 8; at++) value |= (uint64_t)from[at] << (8 * at);
    return value;
}

static unsigned get_u16(const uint8_t *from) { return (unsigned)from[0] | (unsigned)from[1] << 8; }

size_t gw_record_size(size_t topic_length, size_t payload_length) {
    const size_t raw = GW_RECORD_HEADER_SIZE + topic_length + payload_length;
    return (raw + ALIGN - 1) / ALIGN * ALIGN;
}

void gw_segment_header_write(const gw_segment_header *header, uint8_t out[GW_SEGMENT_HEADER_SIZE]) {
    memset(out, 0, GW_SEGMENT_HEADER_SIZE);
    memcpy(out, magic, MAGIC_SIZE);
    put_u64(out + 8, header->stream);
    put_u64(out + 16, header->number);
    put_u64(out + 24, header->first);
    put_u64(out + 32, header->durable);
    put_u64(out + 40, header->created_us);
    put_u32(out + HEADER_CRC_AT, gw_crc32c(0, (gw_bytes){out, HEADER_CRC_AT}));
}

gw_status gw_segment_header_read(gw_bytes bytes, gw_segment_header *ret, gw_fault *reterr) {
    if (bytes.length < GW_SEGMENT_HEADER_SIZE || memcmp(bytes.at, magic, MAGIC_SIZE) != 0)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the file is no journal segment");
    if (get_u32(bytes.at + HEADER_CRC_AT) != gw_crc32c(0, (gw_bytes){bytes.at, HEADER_CRC_AT})) {
        return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL,
                            "the checksum of the segment header does not match");
    }
    *ret = (gw_segment_header){.stream = get_u64(bytes.at + 8),
                               .number = get_u64(bytes.at + 16),
                               .first = get_u64(bytes.at + 24),
                               .durable = get_u64(bytes.at + 32),
                               .created_us = get_u64(bytes.at + 40)};
    return gw_ok();
}

static uint32_t seed_of(const gw_segment_header *header, uint64_t lsn) {
    uint8_t salt[24];
    put_u64(salt, header->stream);
    put_u64(salt + 8, header->number);
    put_u64(salt + 16, lsn);
    return gw_crc32c(0, (gw_bytes){salt, sizeof salt});
}

void gw_record_write(const gw_segment_header *header, const gw_record *record, uint64_t durable,
                     uint8_t *out) {
    const size_t topic_length = record->topic.length;
    const size_t used = GW_RECORD_HEADER_SIZE + topic_length + record->payload.length;
    memset(out, 0, GW_RECORD_HEADER_SIZE);
    put_u32(out + 4, (uint32_t)record->payload.length);
    put_u64(out + 8, record->lsn);
    put_u64(out + 16, (uint64_t)record->received_at.us);
    put_u64(out + 24, durable);
    put_u16(out + 32, (unsigned)topic_length);
    put_u16(out + 34, record->source);
    out[36] = (uint8_t)record->kind;
    out[37] = record->flags;
    if (topic_length > 0) memcpy(out + GW_RECORD_HEADER_SIZE, record->topic.at, topic_length);
    if (record->payload.length > 0) {
        memcpy(out + GW_RECORD_HEADER_SIZE + topic_length, record->payload.at,
               record->payload.length);
    }
    memset(out + used, 0, gw_record_size(topic_length, record->payload.length) - used);
    put_u32(out, gw_crc32c(seed_of(header, record->lsn), (gw_bytes){out + 4, used - 4}));
}

bool gw_record_read(const gw_segment_header *header, gw_bytes bytes, uint64_t lsn, gw_record *ret,
                    size_t *ret_size, uint64_t *ret_durable) {
    if (bytes.length < GW_RECORD_HEADER_SIZE || get_u64(bytes.at + 8) != lsn) return false;
    const size_t payload_length = get_u32(bytes.at + 4);
    const size_t topic_length = get_u16(bytes.at + 32);
    if (payload_length > GW_RECORD_PAYLOAD_MOST || topic_length > GW_RECORD_TOPIC_MOST)
        return false;
    const size_t size = gw_record_size(topic_length, payload_length);
    if (size > bytes.length) return false;
    const size_t used = GW_RECORD_HEADER_SIZE + topic_length + payload_length;
    const uint32_t crc = gw_crc32c(seed_of(header, lsn), (gw_bytes){bytes.at + 4, used - 4});
    if (crc != get_u32(bytes.at)) return false;
    const uint8_t *topic = bytes.at + GW_RECORD_HEADER_SIZE;
    *ret = (gw_record){.lsn = lsn,
                       .received_at = {(int64_t)get_u64(bytes.at + 16)},
                       .kind = (gw_record_kind)bytes.at[36],
                       .flags = bytes.at[37],
                       .source = (uint16_t)get_u16(bytes.at + 34),
                       .topic = {(const char *)topic, topic_length},
                       .payload = {topic + topic_length, payload_length}};
    *ret_size = size;
    if (ret_durable != NULL) *ret_durable = get_u64(bytes.at + 24);
    return true;
}

static gw_bytes rest_from(gw_bytes bytes, size_t offset) {
    return (gw_bytes){bytes.at + offset, bytes.length - offset};
}

/* Records are at most as many as bytes; anything beyond that cannot be of this segment. */
static void look_beyond(const gw_segment_header *header, gw_bytes segment, gw_segment_scan *scan) {
    size_t at = scan->end;
    while (at + GW_RECORD_HEADER_SIZE <= segment.length) {
        const uint64_t lsn = get_u64(segment.at + at + 8);
        gw_record record;
        size_t size = 0;
        uint64_t durable = 0;
        const bool plausible = lsn > scan->next && lsn - scan->next < segment.length;
        if (!plausible ||
            !gw_record_read(header, rest_from(segment, at), lsn, &record, &size, &durable)) {
            at += ALIGN;
            continue;
        }
        if (durable > scan->durable_beyond) scan->durable_beyond = durable;
        if (durable > scan->durable_most) scan->durable_most = durable;
        at += size;
        scan->survivors_end = at;
    }
}

void gw_segment_scan_bytes(const gw_segment_header *header, gw_bytes segment,
                           gw_segment_scan *ret) {
    gw_segment_scan scan = {.next = header->first, .end = GW_SEGMENT_HEADER_SIZE};
    gw_record record;
    size_t size = 0;
    uint64_t durable = 0;
    while (scan.end <= segment.length && gw_record_read(header, rest_from(segment, scan.end),
                                                        scan.next, &record, &size, &durable)) {
        scan.end += size;
        scan.next++;
        if (durable > scan.durable_most) scan.durable_most = durable;
    }
    scan.survivors_end = scan.end;
    look_beyond(header, segment, &scan);
    *ret = scan;
}
