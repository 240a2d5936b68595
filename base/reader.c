/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

void gw_reader_init(gw_reader *reader, gw_bytes bytes) { *reader = (gw_reader){.rest = bytes}; }

gw_bytes gw_read_bytes(gw_reader *reader, size_t count) {
    if (reader->failed || count > reader->rest.length) {
        reader->failed = true;
        return (gw_bytes){NULL, 0};
    }
    const gw_bytes piece = {reader->rest.at, count};
    if (count > 0) reader->rest = (gw_bytes){reader->rest.at + count, reader->rest.length - count};
    return piece;
}

static uint64_t read_le(gw_reader *reader, size_t count) {
    const gw_bytes piece = gw_read_bytes(reader, count);
    uint64_t value = 0;
    for (size_t at = 0; at < piece.length; at++) value |= (uint64_t)piece.at[at] << (8 * at);
    return value;
}

uint8_t gw_read_u8(gw_reader *reader) { return (uint8_t)read_le(reader, 1); }
uint32_t gw_read_u32_le(gw_reader *reader) { return (uint32_t)read_le(reader, 4); }
uint64_t gw_read_u64_le(gw_reader *reader) { return read_le(reader, 8); }

gw_status gw_reader_status(const gw_reader *reader, gw_fault *reterr) {
    if (!reader->failed) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the input ends too early");
}

gw_status gw_reader_end(const gw_reader *reader, gw_fault *reterr) {
    GW_TRY(gw_reader_status(reader, reterr));
    if (reader->rest.length == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "%zu bytes are left over",
                        reader->rest.length);
}
