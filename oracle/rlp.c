/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/rlp.h"

enum { SHORT_LONGEST = 55, STRING_BASE = 0x80, LIST_BASE = 0xc0 };

static void write_header(gw_writer *writer, uint8_t base, size_t length) {
    if (length <= SHORT_LONGEST) {
        gw_write_u8(writer, (uint8_t)(base + length));
        return;
    }
    const gw_word size = gw_word_from_u64(length);
    const size_t digits = gw_word_significant(size);
    gw_write_u8(writer, (uint8_t)(base + SHORT_LONGEST + digits));
    gw_write_bytes(writer, size.bytes + GW_WORD_BYTES - digits, digits);
}

void gw_rlp_write_bytes(gw_writer *writer, gw_bytes bytes) {
    const bool is_itself = bytes.length == 1 && bytes.at[0] < STRING_BASE;
    if (!is_itself) write_header(writer, STRING_BASE, bytes.length);
    gw_write_bytes(writer, bytes.at, bytes.length);
}

void gw_rlp_write_word(gw_writer *writer, gw_word number) {
    const size_t digits = gw_word_significant(number);
    gw_rlp_write_bytes(writer, (gw_bytes){number.bytes + GW_WORD_BYTES - digits, digits});
}

void gw_rlp_write_u64(gw_writer *writer, uint64_t number) {
    gw_rlp_write_word(writer, gw_word_from_u64(number));
}

void gw_rlp_write_list(gw_writer *writer, gw_bytes members) {
    write_header(writer, LIST_BASE, members.length);
    gw_write_bytes(writer, members.at, members.length);
}

static gw_status fail(gw_fault *reterr, const char *why) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the RLP input %s", why);
}

static gw_bytes after(gw_bytes bytes, size_t count) {
    return (gw_bytes){bytes.at + count, bytes.length - count};
}

/* Reads the length that follows a long-form first byte; digits is 1 to 8. */
static gw_status read_long_length(gw_bytes *rest, size_t digits, size_t *ret, gw_fault *reterr) {
    if (digits > rest->length) return fail(reterr, "ends inside a length");
    if (rest->at[0] == 0) return fail(reterr, "has a length with a leading zero");
    uint64_t length = 0;
    for (size_t at = 0; at < digits; at++) length = length << 8 | rest->at[at];
    if (length <= SHORT_LONGEST) return fail(reterr, "has a length that is not in shortest form");
    *rest = after(*rest, digits);
    if (length > rest->length) return fail(reterr, "ends inside an item");
    *ret = (size_t)length;
    return gw_ok();
}

gw_status gw_rlp_read(gw_bytes *rest, gw_rlp_item *ret, gw_fault *reterr) {
    if (rest->length == 0) return fail(reterr, "ends where an item is expected");
    const uint8_t first = rest->at[0];
    if (first < STRING_BASE) {
        *ret = (gw_rlp_item){GW_RLP_STRING, {rest->at, 1}};
        *rest = after(*rest, 1);
        return gw_ok();
    }
    const gw_rlp_kind kind = first < LIST_BASE ? GW_RLP_STRING : GW_RLP_LIST;
    size_t length = (size_t)first - (kind == GW_RLP_STRING ? STRING_BASE : LIST_BASE);
    gw_bytes body = after(*rest, 1);
    if (length > SHORT_LONGEST)
        GW_TRY(read_long_length(&body, length - SHORT_LONGEST, &length, reterr));
    if (length > body.length) return fail(reterr, "ends inside an item");
    if (kind == GW_RLP_STRING && length == 1 && body.at[0] < STRING_BASE)
        return fail(reterr, "wraps a single byte that stands for itself");
    *ret = (gw_rlp_item){kind, {body.at, length}};
    *rest = after(body, length);
    return gw_ok();
}

gw_status gw_rlp_read_all(gw_bytes bytes, gw_rlp_item *ret, gw_fault *reterr) {
    gw_rlp_item item;
    GW_TRY(gw_rlp_read(&bytes, &item, reterr));
    if (bytes.length > 0) return fail(reterr, "has bytes after its item");
    *ret = item;
    return gw_ok();
}

static gw_status read_kind(gw_bytes *rest, gw_rlp_kind kind, gw_bytes *ret, gw_fault *reterr) {
    gw_bytes next = *rest;
    gw_rlp_item item;
    GW_TRY(gw_rlp_read(&next, &item, reterr));
    if (item.kind != kind)
        return fail(reterr, kind == GW_RLP_LIST ? "has a string where a list is expected"
                                                : "has a list where a string is expected");
    *ret = item.payload;
    *rest = next;
    return gw_ok();
}

gw_status gw_rlp_read_string(gw_bytes *rest, gw_bytes *ret, gw_fault *reterr) {
    return read_kind(rest, GW_RLP_STRING, ret, reterr);
}

gw_status gw_rlp_read_list(gw_bytes *rest, gw_bytes *ret, gw_fault *reterr) {
    return read_kind(rest, GW_RLP_LIST, ret, reterr);
}

gw_status gw_rlp_read_word(gw_bytes *rest, gw_word *ret, gw_fault *reterr) {
    gw_bytes next = *rest;
    gw_bytes digits;
    GW_TRY(gw_rlp_read_string(&next, &digits, reterr));
    if (digits.length > 0 && digits.at[0] == 0)
        return fail(reterr, "has a number with a leading zero");
    GW_TRY(gw_word_from_bytes(digits, ret, reterr));
    *rest = next;
    return gw_ok();
}

gw_status gw_rlp_read_u64(gw_bytes *rest, uint64_t *ret, gw_fault *reterr) {
    gw_bytes next = *rest;
    gw_word word;
    GW_TRY(gw_rlp_read_word(&next, &word, reterr));
    GW_TRY(gw_word_to_u64(word, ret, reterr));
    *rest = next;
    return gw_ok();
}

/* Walks without recursion: ends[] are the ends of the open lists. */
gw_status gw_rlp_check(gw_bytes bytes, gw_fault *reterr) {
    gw_rlp_item item;
    GW_TRY(gw_rlp_read_all(bytes, &item, reterr));
    if (item.kind == GW_RLP_STRING) return gw_ok();
    gw_bytes open[GW_RLP_DEEPEST] = {item.payload};
    size_t depth = 1;
    while (depth > 0) {
        if (open[depth - 1].length == 0) {
            depth--;
            continue;
        }
        GW_TRY(gw_rlp_read(&open[depth - 1], &item, reterr));
        if (item.kind == GW_RLP_STRING) continue;
        if (depth == GW_RLP_DEEPEST) return fail(reterr, "is nested too deep");
        open[depth++] = item.payload;
    }
    return gw_ok();
}
