/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/abi.h"

#include "base/decimal.h"

#include <string.h>

typedef struct parser {
    gw_arena *arena;
    gw_text rest;
    int depth;
} parser;

static gw_status parse_type(parser *in, gw_abi_type *ret, gw_fault *reterr);

static gw_status fail(const parser *in, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL, "\"%.*s\" is not an ABI type",
                        GW_TEXT_ARGS(gw_text_part(in->rest, 0, 64)));
}

static bool take(parser *in, const char *literal) {
    if (!gw_text_starts(in->rest, literal)) return false;
    in->rest = gw_text_part(in->rest, strlen(literal), in->rest.length);
    return true;
}

/* Digits at the front as a number up to `most`; absent digits leave *ret alone. */
static bool take_number(parser *in, uint32_t most, uint32_t *ret) {
    size_t digits = 0;
    while (digits < in->rest.length && in->rest.at[digits] >= '0' && in->rest.at[digits] <= '9')
        digits++;
    if (digits == 0) return true;
    int64_t number = 0;
    const gw_status read = gw_int64_parse(gw_text_part(in->rest, 0, digits), &number, NULL);
    if (!gw_is_ok(read) || number < 1 || number > most || in->rest.at[0] == '0') return false;
    in->rest = gw_text_part(in->rest, digits, in->rest.length);
    *ret = (uint32_t)number;
    return true;
}

static gw_status parse_integer(parser *in, gw_abi_kind kind, gw_abi_type *ret, gw_fault *reterr) {
    uint32_t bits = 256;
    if (!take_number(in, 256, &bits) || bits % 8 != 0) return fail(in, reterr);
    *ret = (gw_abi_type){.kind = kind, .width = bits, .head_bytes = GW_WORD_BYTES};
    return gw_ok();
}

static gw_status parse_bytes(parser *in, gw_abi_type *ret, gw_fault *reterr) {
    uint32_t size = 0;
    if (!take_number(in, GW_WORD_BYTES, &size)) return fail(in, reterr);
    *ret = (gw_abi_type){.kind = size == 0 ? GW_ABI_BYTES : GW_ABI_FIXED_BYTES,
                         .width = size,
                         .is_dynamic = size == 0,
                         .head_bytes = GW_WORD_BYTES};
    return gw_ok();
}

/* After the opening bracket. */
static gw_status parse_members(parser *in, gw_abi_type *ret, gw_fault *reterr) {
    gw_abi_type members[GW_ABI_MEMBERS_MOST];
    gw_abi_type tuple = {.kind = GW_ABI_TUPLE};
    bool is_open = !take(in, ")");
    while (is_open) {
        if (tuple.width == GW_ABI_MEMBERS_MOST) return fail(in, reterr);
        gw_abi_type *member = &members[tuple.width++];
        GW_TRY(parse_type(in, member, reterr));
        tuple.is_dynamic |= member->is_dynamic;
        tuple.head_bytes += member->head_bytes;
        is_open = take(in, ",");
        if (!is_open && !take(in, ")")) return fail(in, reterr);
    }
    gw_abi_type *kept = NULL;
    GW_TRY(GW_ARENA_NEW(in->arena, gw_abi_type, tuple.width, &kept, reterr));
    if (tuple.width > 0) memcpy(kept, members, tuple.width * sizeof *kept);
    tuple.members = kept;
    if (tuple.is_dynamic) tuple.head_bytes = GW_WORD_BYTES;
    *ret = tuple;
    return gw_ok();
}

static gw_status parse_base(parser *in, gw_abi_type *ret, gw_fault *reterr) {
    if (take(in, "uint")) return parse_integer(in, GW_ABI_UINT, ret, reterr);
    if (take(in, "int")) return parse_integer(in, GW_ABI_INT, ret, reterr);
    if (take(in, "bytes")) return parse_bytes(in, ret, reterr);
    if (take(in, "tuple(") || take(in, "(")) return parse_members(in, ret, reterr);
    gw_abi_type type = {.head_bytes = GW_WORD_BYTES};
    if (take(in, "address")) {
        type.kind = GW_ABI_ADDRESS;
        type.width = 160;
    } else if (take(in, "bool")) {
        type.kind = GW_ABI_BOOL;
        type.width = 1;
    } else if (take(in, "string")) {
        type.kind = GW_ABI_STRING;
        type.is_dynamic = true;
    } else {
        return fail(in, reterr);
    }
    *ret = type;
    return gw_ok();
}

enum { ARRAY_LONGEST = 1024, HEAD_LARGEST = 1 << 20 };

/* Wraps *type as often as "[n]" or "[]" follows. */
static gw_status parse_suffixes(parser *in, gw_abi_type *type, gw_fault *reterr) {
    for (int wraps = 0; take(in, "["); wraps++) {
        uint32_t length = 0;
        if (wraps == GW_ABI_DEEPEST || !take_number(in, ARRAY_LONGEST, &length) || !take(in, "]"))
            return fail(in, reterr);
        gw_abi_type *element = NULL;
        GW_TRY(GW_ARENA_NEW(in->arena, gw_abi_type, 1, &element, reterr));
        *element = *type;
        const bool is_list = length == 0;
        const bool is_dynamic = is_list || element->is_dynamic;
        const uint64_t inline_bytes = (uint64_t)length * element->head_bytes;
        if (element->head_bytes == 0 || inline_bytes > HEAD_LARGEST) return fail(in, reterr);
        *type = (gw_abi_type){.kind = is_list ? GW_ABI_LIST : GW_ABI_ARRAY,
                              .width = length,
                              .is_dynamic = is_dynamic,
                              .head_bytes = is_dynamic ? GW_WORD_BYTES : (uint32_t)inline_bytes,
                              .members = element};
    }
    return gw_ok();
}

static gw_status parse_type(parser *in, gw_abi_type *ret, gw_fault *reterr) {
    if (++in->depth > GW_ABI_DEEPEST) return fail(in, reterr);
    gw_abi_type type;
    GW_TRY(parse_base(in, &type, reterr));
    GW_TRY(parse_suffixes(in, &type, reterr));
    in->depth--;
    *ret = type;
    return gw_ok();
}

gw_status gw_abi_type_parse(gw_arena *arena, gw_text text, gw_abi_type *ret, gw_fault *reterr) {
    parser in = {.arena = arena, .rest = text};
    gw_abi_type type;
    GW_TRY(parse_type(&in, &type, reterr));
    if (in.rest.length > 0) return fail(&in, reterr);
    *ret = type;
    return gw_ok();
}
