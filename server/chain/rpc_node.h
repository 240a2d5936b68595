/* SPDX-License-Identifier: Apache-2.0
 *
 * One JSON-RPC request to one node: envelope, limits and errors. Only rpc.c and rpc_read.c use it;
 * JSON goes no further than those.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "oracle/address.h"
#include "oracle/word.h"
#include "server/fetch.h"

#include <jansson.h>

typedef struct gw_rpc_node {
    gw_fetch *fetch;
    const char *url;
    int timeout_ms;
} gw_rpc_node;

typedef struct gw_rpc_question {
    const char *method;
    gw_text params; /* a JSON array */
} gw_rpc_question;

static inline void gw_json_drop(json_t **json) { json_decref(*json); }
#define GW_AUTO_JSON __attribute__((cleanup(gw_json_drop))) json_t *

/* ret is the caller's to drop. An error object of the node is GW_CODE_INFEASIBLE when it is a
 * revert, else GW_CODE_WRONG_STATE; its words are the message. */
GW_MUST_CHECK gw_status gw_rpc_node_ask(const gw_rpc_node *node, gw_arena *arena,
                                        const gw_rpc_question *question, json_t **ret,
                                        gw_fault *reterr);

/* Members of an answer. member NULL: json itself. A missing or odd one is GW_CODE_MALFORMED. */
GW_MUST_CHECK gw_status gw_answer_u64(const json_t *json, const char *member, uint64_t *ret,
                                      gw_fault *reterr);
GW_MUST_CHECK gw_status gw_answer_word(const json_t *json, const char *member, gw_word *ret,
                                       gw_fault *reterr); /* a number of any length */
GW_MUST_CHECK gw_status gw_answer_hash(const json_t *json, const char *member, gw_word *ret,
                                       gw_fault *reterr); /* exactly 32 bytes */
GW_MUST_CHECK gw_status gw_answer_address(const json_t *json, const char *member, gw_address *ret,
                                          gw_fault *reterr);
GW_MUST_CHECK gw_status gw_answer_bytes(gw_arena *arena, const json_t *json, const char *member,
                                        gw_bytes *ret, gw_fault *reterr);
