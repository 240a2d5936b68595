/* SPDX-License-Identifier: Apache-2.0
 *
 * Published vectors as tests read them: JSON and JSON-lines files of ../shared/data (or of
 * GW_SHARED_DATA), values for the ABI, and counts that are printed. For tests only; everything
 * lives in one arena per program.
 */
#pragma once

#include "oracle/abi.h"

#include <jansson.h>

typedef struct gw_vectors {
    const char *name;
    gw_arena *arena;
    int passed;
    int failed;
    int skipped;
    char reason[96]; /* of the newest skip */
} gw_vectors;

/* False, with a printed and counted skip, when the file is not there. each gets one value per line
 * of a .jsonl file, or the whole of a .json file. */
bool gw_vectors_run(gw_vectors *vectors, const char *file,
                    void (*each)(gw_vectors *vectors, const json_t *vector));
void gw_vectors_count(gw_vectors *vectors, bool is_good, const char *what);
void gw_vectors_skip(gw_vectors *vectors, const char *reason);
void gw_vectors_print(const gw_vectors *vectors);

/* Hex with 0x; absent or null is empty. Ends the program on anything else. */
gw_bytes gw_vector_bytes(gw_vectors *vectors, const json_t *text);
gw_word gw_vector_word(const json_t *number); /* number, decimal or hex text; absent is zero */
const char *gw_vector_text(const json_t *vector, const char *key);
bool gw_vector_is_hex(gw_bytes bytes, const char *hex);

/* A JSON value as the ABI value of that type; { "type", "value" } wrappers are taken off. */
gw_abi_value gw_vector_value(gw_vectors *vectors, const gw_abi_type *type, const json_t *json);
gw_abi_type gw_vector_type(gw_vectors *vectors, const char *text);
