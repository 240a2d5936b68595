/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/abi.h"

#include "base/writer.h"
#include "oracle/keccak.h"

#include <string.h>

static gw_status encode_value(gw_writer *out, const gw_abi_type *type, const gw_abi_value *value,
                              gw_fault *reterr);
static gw_status decode_value(gw_arena *arena, const gw_abi_type *type, gw_bytes area,
                              gw_abi_value *ret, gw_fault *reterr);

static const gw_abi_type *member_type(const gw_abi_type *type, size_t at) {
    return type->kind == GW_ABI_TUPLE ? &type->members[at] : type->members;
}

static size_t padding_of(size_t length) {
    return (GW_WORD_BYTES - length % GW_WORD_BYTES) % GW_WORD_BYTES;
}

static bool all_are(const uint8_t *bytes, size_t count, uint8_t wanted) {
    for (size_t at = 0; at < count; at++)
        if (bytes[at] != wanted) return false;
    return true;
}

/* The word is one that the type can have. */
static bool word_fits(const gw_abi_type *type, gw_word word) {
    if (type->kind == GW_ABI_FIXED_BYTES)
        return all_are(word.bytes + type->width, GW_WORD_BYTES - type->width, 0);
    if (type->kind == GW_ABI_BOOL) return gw_word_compare(word, gw_word_from_u64(1)) <= 0;
    const size_t upper = GW_WORD_BYTES - type->width / 8;
    if (type->kind != GW_ABI_INT) return all_are(word.bytes, upper, 0);
    const uint8_t sign = word.bytes[upper] >= 0x80 ? 0xff : 0;
    return all_are(word.bytes, upper, sign);
}

static gw_status fail(gw_fault *reterr, const char *why) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "the ABI input %s", why);
}

static gw_status encode_sequence(gw_writer *out, const gw_abi_type *type, const gw_abi_value *items,
                                 size_t count, gw_fault *reterr) {
    gw_writer tail;
    gw_writer_init(&tail, out->arena);
    uint64_t head_bytes = 0;
    for (size_t at = 0; at < count; at++) head_bytes += member_type(type, at)->head_bytes;
    for (size_t at = 0; at < count; at++) {
        const gw_abi_type *member = member_type(type, at);
        if (member->is_dynamic) {
            const gw_word offset = gw_word_from_u64(head_bytes + tail.length);
            gw_write_bytes(out, offset.bytes, GW_WORD_BYTES);
        }
        GW_TRY(encode_value(member->is_dynamic ? &tail : out, member, &items[at], reterr));
    }
    gw_bytes tails;
    GW_TRY(gw_writer_end(&tail, &tails, reterr));
    gw_write_bytes(out, tails.at, tails.length);
    return gw_ok();
}

static gw_status encode_value(gw_writer *out, const gw_abi_type *type, const gw_abi_value *value,
                              gw_fault *reterr) {
    gw_word count = gw_word_from_u64(value->count);
    switch (type->kind) {
    case GW_ABI_BYTES:
    case GW_ABI_STRING:
        count = gw_word_from_u64(value->bytes.length);
        gw_write_bytes(out, count.bytes, GW_WORD_BYTES);
        gw_write_bytes(out, value->bytes.at, value->bytes.length);
        gw_write_zeros(out, padding_of(value->bytes.length));
        return gw_ok();
    case GW_ABI_LIST:
        gw_write_bytes(out, count.bytes, GW_WORD_BYTES);
        return encode_sequence(out, type, value->items, value->count, reterr);
    case GW_ABI_ARRAY:
    case GW_ABI_TUPLE:
        if (value->count != type->width)
            return gw_fail_with(reterr, GW_CODE_INVALID, NULL,
                                "%zu values are given for %u ABI members", value->count,
                                type->width);
        return encode_sequence(out, type, value->items, value->count, reterr);
    default:
        if (!word_fits(type, value->word))
            return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, NULL,
                                "a value does not fit its ABI type of width %u", type->width);
        gw_write_bytes(out, value->word.bytes, GW_WORD_BYTES);
        return gw_ok();
    }
}

gw_status gw_abi_encode(gw_arena *arena, const gw_abi_type *type, const gw_abi_value *value,
                        gw_bytes *ret, gw_fault *reterr) {
    if (type->kind != GW_ABI_TUPLE) return fail(reterr, "needs a tuple as outer type");
    gw_writer out;
    gw_writer_init(&out, arena);
    GW_TRY(encode_value(&out, type, value, reterr));
    return gw_writer_end(&out, ret, reterr);
}

static gw_status read_word(gw_bytes area, uint64_t at, gw_word *ret, gw_fault *reterr) {
    if (at > area.length || area.length - at < GW_WORD_BYTES)
        return fail(reterr, "ends inside a word");
    memcpy(ret->bytes, area.at + at, GW_WORD_BYTES);
    return gw_ok();
}

/* A length or an offset: never more than the area holds. */
static gw_status read_size(gw_bytes area, uint64_t at, uint64_t *ret, gw_fault *reterr) {
    gw_word word;
    uint64_t size = 0;
    GW_TRY(read_word(area, at, &word, reterr));
    if (!gw_is_ok(gw_word_to_u64(word, &size, NULL)) || size > area.length)
        return fail(reterr, "has a length or offset beyond its end");
    *ret = size;
    return gw_ok();
}

static gw_bytes from(gw_bytes area, uint64_t at) {
    if (at == 0) return area; /* an empty area has no address to add to */
    return (gw_bytes){area.at + at, area.length - (size_t)at};
}

static gw_status decode_sequence(gw_arena *arena, const gw_abi_type *type, size_t count,
                                 gw_bytes area, gw_abi_value *ret, gw_fault *reterr) {
    gw_abi_value *items = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_abi_value, count, &items, reterr));
    uint64_t head = 0;
    for (size_t at = 0; at < count; at++) {
        const gw_abi_type *member = member_type(type, at);
        uint64_t offset = head;
        if (member->is_dynamic) GW_TRY(read_size(area, head, &offset, reterr));
        if (offset > area.length) return fail(reterr, "ends inside a sequence");
        GW_TRY(decode_value(arena, member, from(area, offset), &items[at], reterr));
        head += member->head_bytes;
    }
    *ret = gw_abi_items(items, count);
    return gw_ok();
}

static gw_status decode_bytes(gw_bytes area, gw_abi_value *ret, gw_fault *reterr) {
    uint64_t length = 0;
    GW_TRY(read_size(area, 0, &length, reterr));
    const gw_bytes body = from(area, GW_WORD_BYTES);
    const size_t padding = padding_of((size_t)length);
    if (length > body.length || padding > body.length - length)
        return fail(reterr, "ends inside a string");
    if (!all_are(body.at + length, padding, 0)) return fail(reterr, "has padding that is not zero");
    *ret = gw_abi_bytes((gw_bytes){body.at, (size_t)length});
    return gw_ok();
}

static gw_status decode_list(gw_arena *arena, const gw_abi_type *type, gw_bytes area,
                             gw_abi_value *ret, gw_fault *reterr) {
    uint64_t count = 0;
    GW_TRY(read_size(area, 0, &count, reterr));
    const gw_bytes body = from(area, GW_WORD_BYTES);
    if (count > body.length / type->members->head_bytes)
        return fail(reterr, "has a list longer than its bytes");
    return decode_sequence(arena, type, (size_t)count, body, ret, reterr);
}

static gw_status decode_value(gw_arena *arena, const gw_abi_type *type, gw_bytes area,
                              gw_abi_value *ret, gw_fault *reterr) {
    switch (type->kind) {
    case GW_ABI_BYTES:
    case GW_ABI_STRING: return decode_bytes(area, ret, reterr);
    case GW_ABI_LIST: return decode_list(arena, type, area, ret, reterr);
    case GW_ABI_ARRAY:
    case GW_ABI_TUPLE: return decode_sequence(arena, type, type->width, area, ret, reterr);
    default: break;
    }
    gw_word word;
    GW_TRY(read_word(area, 0, &word, reterr));
    if (!word_fits(type, word)) return fail(reterr, "has a word that its type cannot have");
    *ret = gw_abi_word(word);
    return gw_ok();
}

gw_status gw_abi_decode(gw_arena *arena, const gw_abi_type *type, gw_bytes encoded,
                        gw_abi_value *ret, gw_fault *reterr) {
    if (type->kind != GW_ABI_TUPLE) return fail(reterr, "needs a tuple as outer type");
    gw_abi_value value = {.count = 0};
    GW_TRY(decode_sequence(arena, type, type->width, encoded, &value, reterr));
    *ret = value;
    return gw_ok();
}

void gw_abi_selector(gw_text signature, uint8_t out[GW_ABI_SELECTOR_BYTES]) {
    const gw_word digest =
        gw_keccak256((gw_bytes){(const uint8_t *)signature.at, signature.length});
    memcpy(out, digest.bytes, GW_ABI_SELECTOR_BYTES);
}

gw_status gw_abi_call(gw_arena *arena, gw_text signature, const gw_abi_value *arguments,
                      size_t count, gw_bytes *ret, gw_fault *reterr) {
    gw_abi_type type;
    const gw_text types = gw_text_part(signature, gw_text_find(signature, '('), signature.length);
    GW_TRY(gw_abi_type_parse(arena, types, &type, reterr));
    const gw_abi_value value = gw_abi_items(arguments, count);
    gw_bytes encoded;
    GW_TRY(gw_abi_encode(arena, &type, &value, &encoded, reterr));
    uint8_t selector[GW_ABI_SELECTOR_BYTES];
    gw_abi_selector(signature, selector);
    gw_writer out;
    gw_writer_init(&out, arena);
    gw_write_bytes(&out, selector, sizeof selector);
    gw_write_bytes(&out, encoded.at, encoded.length);
    return gw_writer_end(&out, ret, reterr);
}

gw_status gw_abi_decode_as(gw_arena *arena, gw_text type, gw_bytes encoded, gw_abi_value *ret,
                           gw_fault *reterr) {
    gw_abi_type parsed;
    GW_TRY(gw_abi_type_parse(arena, type, &parsed, reterr));
    return gw_abi_decode(arena, &parsed, encoded, ret, reterr);
}
