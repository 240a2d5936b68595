/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes, addresses, RLP, ABI and packed hashes of ../shared/data/chain_vectors (its README names
 * the sources).
 */
#include "tests/unit/oracle/vectors.h"

#include "base/writer.h"
#include "oracle/address.h"
#include "oracle/keccak.h"
#include "oracle/rlp.h"
#include "oracle/sign.h"

#include <assert.h>
#include <string.h>

void vector_hash(gw_vectors *vectors, const json_t *vector) {
    const gw_bytes bytes = gw_vector_bytes(vectors, json_object_get(vector, "data"));
    const gw_word digest = gw_keccak256(bytes);
    gw_vectors_count(vectors,
                     gw_vector_is_hex(gw_word_slice(&digest), gw_vector_text(vector, "keccak256")),
                     gw_vector_text(vector, "data"));
}

static bool key_has_address(gw_vectors *vectors, const char *key, gw_address address) {
    gw_signing_key parsed;
    gw_signer *signer = NULL;
    return gw_is_ok(gw_signing_key_parse(gw_text_from_c(key), &parsed, NULL)) &&
           gw_is_ok(gw_signer_make(vectors->arena, &parsed, NULL, &signer, NULL)) &&
           gw_address_equal(gw_signer_address(signer), address);
}

void vector_address(gw_vectors *vectors, const json_t *vector) {
    const char *checksum = gw_vector_text(vector, "checksumAddress");
    const char *key = gw_vector_text(vector, "privateKey");
    gw_address address;
    gw_address again;
    char printed[GW_ADDRESS_TEXT_SIZE] = "";
    bool is_good = gw_is_ok(gw_address_parse(gw_text_from_c(gw_vector_text(vector, "address")),
                                             &address, NULL)) &&
                   gw_is_ok(gw_address_parse(gw_text_from_c(checksum), &again, NULL)) &&
                   gw_address_equal(address, again);
    if (is_good) gw_address_print(address, printed);
    is_good = is_good && strcmp(printed, checksum) == 0;
    if (is_good && key[0] != '\0') is_good = key_has_address(vectors, key, address);
    gw_vectors_count(vectors, is_good, checksum);
}

/* decoded: a hex string or a list of decoded ones. */
static void write_decoded(gw_vectors *vectors, gw_writer *out, const json_t *decoded) {
    if (json_is_string(decoded)) {
        gw_rlp_write_bytes(out, gw_vector_bytes(vectors, decoded));
        return;
    }
    gw_writer members;
    gw_writer_init(&members, out->arena);
    for (size_t at = 0; at < json_array_size(decoded); at++)
        write_decoded(vectors, &members, json_array_get(decoded, at));
    gw_rlp_write_list(out, (gw_bytes){members.at, members.length});
}

static bool reads_as(gw_vectors *vectors, gw_bytes *rest, const json_t *decoded) {
    gw_rlp_item item;
    if (!gw_is_ok(gw_rlp_read(rest, &item, NULL))) return false;
    if (json_is_string(decoded))
        return item.kind == GW_RLP_STRING &&
               gw_bytes_equal(item.payload, gw_vector_bytes(vectors, decoded));
    bool is_good = item.kind == GW_RLP_LIST;
    for (size_t at = 0; is_good && at < json_array_size(decoded); at++)
        is_good = reads_as(vectors, &item.payload, json_array_get(decoded, at));
    return is_good && item.payload.length == 0;
}

void vector_rlp(gw_vectors *vectors, const json_t *vector) {
    const json_t *decoded = json_object_get(vector, "decoded");
    gw_writer out;
    gw_writer_init(&out, vectors->arena);
    write_decoded(vectors, &out, decoded);
    gw_bytes encoded = gw_vector_bytes(vectors, json_object_get(vector, "encoded"));
    const bool is_written = gw_bytes_equal((gw_bytes){out.at, out.length}, encoded);
    const bool is_checked = gw_is_ok(gw_rlp_check(encoded, NULL));
    const bool is_read = reads_as(vectors, &encoded, decoded) && encoded.length == 0;
    gw_vectors_count(vectors, is_written && is_checked && is_read, gw_vector_text(vector, "name"));
}

/* ethereum/tests: numbers, "#decimal", text or lists. */
static void write_official(gw_vectors *vectors, gw_writer *out, const json_t *in) {
    if (json_is_integer(in)) {
        gw_rlp_write_u64(out, (uint64_t)json_integer_value(in));
        return;
    }
    if (json_is_array(in)) {
        gw_writer members;
        gw_writer_init(&members, out->arena);
        for (size_t at = 0; at < json_array_size(in); at++)
            write_official(vectors, &members, json_array_get(in, at));
        gw_rlp_write_list(out, (gw_bytes){members.at, members.length});
        return;
    }
    const gw_text text = {json_string_value(in), json_string_length(in)};
    gw_word number;
    if (!gw_text_starts(text, "#")) {
        gw_rlp_write_bytes(out, (gw_bytes){(const uint8_t *)text.at, text.length});
    } else if (gw_is_ok(gw_word_parse(gw_text_part(text, 1, text.length), &number, NULL))) {
        gw_rlp_write_word(out, number);
    } else {
        out->failed = true; /* beyond 256 bits: no such number exists on the chain */
    }
}

void vector_rlp_official(gw_vectors *vectors, const json_t *whole) {
    const char *name;
    const json_t *vector;
    json_object_foreach((json_t *)(uintptr_t)whole, name, vector) {
        gw_writer out;
        gw_writer_init(&out, vectors->arena);
        write_official(vectors, &out, json_object_get(vector, "in"));
        const gw_bytes encoded = gw_vector_bytes(vectors, json_object_get(vector, "out"));
        const bool is_checked = gw_is_ok(gw_rlp_check(encoded, NULL));
        if (out.failed)
            gw_vectors_skip(vectors, "a number beyond 256 bits cannot be written, only read");
        else
            gw_vectors_count(vectors,
                             is_checked && gw_bytes_equal((gw_bytes){out.at, out.length}, encoded),
                             name);
    }
}

void vector_rlp_invalid(gw_vectors *vectors, const json_t *whole) {
    const char *name;
    const json_t *vector;
    json_object_foreach((json_t *)(uintptr_t)whole, name, vector) {
        const gw_bytes encoded = gw_vector_bytes(vectors, json_object_get(vector, "out"));
        gw_vectors_count(vectors, !gw_is_ok(gw_rlp_check(encoded, NULL)), name);
    }
}

static bool abi_holds(gw_vectors *vectors, const gw_abi_type *type, const gw_abi_value *value,
                      gw_bytes wanted) {
    gw_bytes encoded;
    gw_bytes again;
    gw_abi_value decoded;
    return gw_is_ok(gw_abi_encode(vectors->arena, type, value, &encoded, NULL)) &&
           gw_bytes_equal(encoded, wanted) &&
           gw_is_ok(gw_abi_decode(vectors->arena, type, wanted, &decoded, NULL)) &&
           gw_is_ok(gw_abi_encode(vectors->arena, type, &decoded, &again, NULL)) &&
           gw_bytes_equal(again, wanted);
}

/* types: JSON list of type texts; the outer tuple is made from them. */
static gw_abi_type outer_type(gw_vectors *vectors, const json_t *types) {
    gw_writer out;
    gw_writer_init(&out, vectors->arena);
    gw_write_c(&out, "(");
    for (size_t at = 0; at < json_array_size(types); at++) {
        if (at > 0) gw_write_c(&out, ",");
        gw_write_c(&out, json_string_value(json_array_get(types, at)));
    }
    gw_write_u8(&out, ')');
    gw_write_u8(&out, '\0');
    return gw_vector_type(vectors, (const char *)out.at);
}

void vector_abi(gw_vectors *vectors, const json_t *vector) {
    json_t *types = json_loads(gw_vector_text(vector, "types"), 0, NULL);
    json_t *values = json_loads(gw_vector_text(vector, "values"), 0, NULL);
    const gw_abi_type type = outer_type(vectors, types);
    const gw_abi_value value = gw_vector_value(vectors, &type, values);
    const gw_bytes wanted = gw_vector_bytes(vectors, json_object_get(vector, "result"));
    gw_vectors_count(vectors, abi_holds(vectors, &type, &value, wanted),
                     gw_vector_text(vector, "types"));
    json_decref(types);
    json_decref(values);
}

void vector_abi_official(gw_vectors *vectors, const json_t *whole) {
    const char *name;
    const json_t *vector;
    json_object_foreach((json_t *)(uintptr_t)whole, name, vector) {
        const gw_abi_type type = outer_type(vectors, json_object_get(vector, "types"));
        const gw_abi_value value = gw_vector_value(vectors, &type, json_object_get(vector, "args"));
        const gw_bytes wanted = gw_vector_bytes(vectors, json_object_get(vector, "result"));
        gw_vectors_count(vectors, abi_holds(vectors, &type, &value, wanted), name);
    }
}

/* Solidity's packed form: members of arrays are whole words, everything else only its own bytes. */
static void write_packed(gw_writer *out, const gw_abi_type *type, const gw_abi_value *value,
                         size_t width) {
    if (type->kind == GW_ABI_LIST || type->kind == GW_ABI_ARRAY) {
        for (size_t at = 0; at < value->count; at++)
            write_packed(out, type->members, &value->items[at], GW_WORD_BYTES);
    } else if (type->kind == GW_ABI_BYTES || type->kind == GW_ABI_STRING) {
        gw_write_bytes(out, value->bytes.at, value->bytes.length);
    } else if (type->kind == GW_ABI_FIXED_BYTES) {
        gw_write_bytes(out, value->word.bytes, width > 0 ? width : type->width);
    } else {
        const size_t own = type->kind == GW_ABI_BOOL ? 1 : type->width / 8;
        const size_t size = width > 0 ? width : own;
        gw_write_bytes(out, value->word.bytes + GW_WORD_BYTES - size, size);
    }
}

void vector_packed(gw_vectors *vectors, const json_t *vector) {
    const json_t *types = json_object_get(vector, "types");
    const json_t *values = json_object_get(vector, "values");
    gw_writer out;
    gw_writer_init(&out, vectors->arena);
    for (size_t at = 0; at < json_array_size(types); at++) {
        const gw_abi_type type =
            gw_vector_type(vectors, json_string_value(json_array_get(types, at)));
        const gw_abi_value value = gw_vector_value(vectors, &type, json_array_get(values, at));
        write_packed(&out, &type, &value, 0);
    }
    const gw_word digest = gw_keccak256((gw_bytes){out.at, out.length});
    gw_vectors_count(vectors,
                     gw_vector_is_hex(gw_word_slice(&digest), gw_vector_text(vector, "keccak256")),
                     gw_vector_text(vector, "keccak256"));
}
