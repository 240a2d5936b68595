/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/vectors.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 1 << 22 };

static void run_lines(gw_vectors *vectors, FILE *file,
                      void (*each)(gw_vectors *vectors, const json_t *vector)) {
    char *line = malloc(LONGEST_LINE);
    assert(line != NULL);
    while (fgets(line, LONGEST_LINE, file) != NULL) {
        json_t *vector = json_loads(line, 0, NULL);
        assert(vector != NULL);
        each(vectors, vector);
        json_decref(vector);
        gw_arena_reset(vectors->arena);
    }
    free(line);
}

bool gw_vectors_run(gw_vectors *vectors, const char *file,
                    void (*each)(gw_vectors *vectors, const json_t *vector)) {
    const char *root = getenv("GW_SHARED_DATA");
    char path[512];
    (void)snprintf(path, sizeof path, "%s/chain_vectors/%s", root == NULL ? "../shared/data" : root,
                   file);
    FILE *stream = fopen(path, "rbe");
    if (stream == NULL) {
        gw_vectors_skip(vectors, "the data set is not there");
        return false;
    }
    if (strstr(file, ".jsonl") != NULL) {
        run_lines(vectors, stream, each);
    } else {
        json_error_t error;
        json_t *whole = json_loadf(stream, JSON_ALLOW_NUL, &error);
        assert(whole != NULL);
        each(vectors, whole);
        json_decref(whole);
    }
    (void)fclose(stream);
    return true;
}

void gw_vectors_count(gw_vectors *vectors, bool is_good, const char *what) {
    vectors->passed += is_good;
    vectors->failed += !is_good;
    if (!is_good && vectors->failed <= 5) printf("%s: wrong: %s\n", vectors->name, what);
}

void gw_vectors_skip(gw_vectors *vectors, const char *reason) {
    vectors->skipped++;
    (void)snprintf(vectors->reason, sizeof vectors->reason, "%s", reason);
}

void gw_vectors_print(const gw_vectors *vectors) {
    printf("vectors %-24s passed %5d  failed %d  skipped %d%s%s\n", vectors->name, vectors->passed,
           vectors->failed, vectors->skipped, vectors->skipped > 0 ? ": " : "", vectors->reason);
}

gw_bytes gw_vector_bytes(gw_vectors *vectors, const json_t *text) {
    if (!json_is_string(text)) return (gw_bytes){NULL, 0};
    const gw_text hex = {json_string_value(text), json_string_length(text)};
    const size_t digits = hex.length - (gw_text_starts(hex, "0x") ? 2 : 0);
    uint8_t *bytes = NULL;
    const gw_status taken = GW_ARENA_NEW(vectors->arena, uint8_t, digits / 2, &bytes, NULL);
    assert(gw_is_ok(taken));
    const gw_status parsed = gw_hex_parse(hex, bytes, digits / 2, NULL);
    assert(gw_is_ok(parsed));
    return (gw_bytes){bytes, digits / 2};
}

/* The packed vectors write negative numbers as "-0x1f". */
static gw_word negated(gw_word word) {
    unsigned carry = 1;
    for (size_t at = GW_WORD_BYTES; at-- > 0;) {
        carry += (uint8_t)~word.bytes[at];
        word.bytes[at] = (uint8_t)carry;
        carry >>= 8;
    }
    return word;
}

gw_word gw_vector_word(const json_t *number) {
    gw_word word = {{0}};
    if (json_is_integer(number)) return gw_word_from_i64(json_integer_value(number));
    if (!json_is_string(number)) return word;
    const gw_text text = {json_string_value(number), json_string_length(number)};
    if (gw_text_is(text, "0x")) return word;
    const bool is_negative = gw_text_starts(text, "-0x");
    const gw_text digits = gw_text_part(text, is_negative ? 1 : 0, text.length);
    const gw_status parsed = gw_word_parse(digits, &word, NULL);
    if (!gw_is_ok(parsed)) printf("not a number: %s\n", text.at);
    assert(gw_is_ok(parsed));
    return is_negative ? negated(word) : word;
}

const char *gw_vector_text(const json_t *vector, const char *key) {
    const char *text = json_string_value(json_object_get(vector, key));
    return text == NULL ? "" : text;
}

bool gw_vector_is_hex(gw_bytes bytes, const char *hex) {
    const char *digits = strncmp(hex, "0x", 2) == 0 ? hex + 2 : hex;
    char *printed = malloc(2 * bytes.length + 1);
    assert(printed != NULL);
    gw_hex_print(bytes.at, bytes.length, printed);
    const bool is_same = strcasecmp(printed, digits) == 0;
    free(printed);
    return is_same;
}

gw_abi_type gw_vector_type(gw_vectors *vectors, const char *text) {
    gw_abi_type type;
    const gw_status parsed = gw_abi_type_parse(vectors->arena, gw_text_from_c(text), &type, NULL);
    assert(gw_is_ok(parsed));
    return type;
}

static gw_abi_value items_of(gw_vectors *vectors, const gw_abi_type *type, const json_t *json) {
    const size_t count = json_array_size(json);
    gw_abi_value *items = NULL;
    const gw_status taken = GW_ARENA_NEW(vectors->arena, gw_abi_value, count, &items, NULL);
    assert(gw_is_ok(taken));
    for (size_t at = 0; at < count; at++) {
        const gw_abi_type *member = type->kind == GW_ABI_TUPLE ? &type->members[at] : type->members;
        items[at] = gw_vector_value(vectors, member, json_array_get(json, at));
    }
    return gw_abi_items(items, count);
}

/* bytes and bytesN come as hex, or (in ethereum/tests) as the characters themselves. */
static gw_bytes octets_of(gw_vectors *vectors, const json_t *json) {
    const gw_text text = {json_string_value(json), json_string_length(json)};
    if (gw_text_starts(text, "0x")) return gw_vector_bytes(vectors, json);
    return (gw_bytes){(const uint8_t *)text.at, text.length};
}

static gw_abi_value fixed_bytes(gw_bytes octets) {
    gw_word word = {{0}};
    assert(octets.length <= GW_WORD_BYTES);
    if (octets.length > 0) memcpy(word.bytes, octets.at, octets.length);
    return gw_abi_word(word);
}

gw_abi_value gw_vector_value(gw_vectors *vectors, const gw_abi_type *type, const json_t *json) {
    if (json_is_object(json)) json = json_object_get(json, "value");
    switch (type->kind) {
    case GW_ABI_LIST:
    case GW_ABI_ARRAY:
    case GW_ABI_TUPLE: return items_of(vectors, type, json);
    case GW_ABI_STRING:
        return gw_abi_bytes(
            (gw_bytes){(const uint8_t *)json_string_value(json), json_string_length(json)});
    case GW_ABI_BYTES: return gw_abi_bytes(octets_of(vectors, json));
    case GW_ABI_FIXED_BYTES: return fixed_bytes(octets_of(vectors, json));
    case GW_ABI_BOOL:
        if (json_is_boolean(json)) return gw_abi_u64(json_is_true(json));
        return gw_abi_u64(strcmp(json_string_value(json), "true") == 0);
    default: return gw_abi_word(gw_vector_word(json));
    }
}
