/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/rpc_node.h"

#include "base/writer.h"
#include "server/chain/revert.h"

#include <stdio.h>

enum { RESPONSE_LIMIT = 4 * 1024 * 1024, REVERT_CODE = 3 };

static gw_status malformed(const char *member, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_MALFORMED, member,
                        "the answer of the chain's node cannot be read");
}

/* The revert's bytes are in error.data, or one level deeper with some clients. */
static gw_status explain(gw_arena *arena, const json_t *error, gw_fault *reterr) {
    const char *message = json_string_value(json_object_get(error, "message"));
    const json_t *detail = json_object_get(error, "data");
    if (json_is_object(detail)) detail = json_object_get(detail, "data");
    const bool is_revert =
        json_integer_value(json_object_get(error, "code")) == REVERT_CODE || detail != NULL;
    gw_bytes returned = {NULL, 0};
    char reason[GW_REVERT_TEXT_SIZE];
    if (!is_revert)
        return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "json-rpc", "%.200s",
                            message == NULL ? "the node gives no reason" : message);
    if (!gw_is_ok(gw_answer_bytes(arena, detail, NULL, &returned, NULL)))
        returned = (gw_bytes){NULL, 0};
    gw_revert_print(returned, reason);
    return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "contract", "the contract refuses: %s", reason);
}

static gw_status read_envelope(gw_arena *arena, gw_bytes body, json_t **ret, gw_fault *reterr) {
    json_error_t where;
    GW_AUTO_JSON whole = json_loadb((const char *)body.at, body.length, 0, &where);
    if (!json_is_object(whole)) return malformed("body", reterr);
    const json_t *error = json_object_get(whole, "error");
    if (json_is_object(error)) return explain(arena, error, reterr);
    json_t *result = json_object_get(whole, "result");
    if (result == NULL) return malformed("result", reterr);
    *ret = json_incref(result);
    return gw_ok();
}

gw_status gw_rpc_node_ask(const gw_rpc_node *node, gw_arena *arena, const gw_rpc_question *question,
                          json_t **ret, gw_fault *reterr) {
    gw_writer out;
    gw_fetch_request request = {.method = "POST",
                                .url = node->url,
                                .timeout_ms = node->timeout_ms,
                                .response_limit = RESPONSE_LIMIT};
    gw_fetch_response response;
    gw_writer_init(&out, arena);
    gw_write_format(
        &out, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":", question->method);
    gw_write_text(&out, question->params);
    gw_write_c(&out, "}");
    GW_TRY(gw_writer_end(&out, &request.body, reterr));
    GW_TRY(gw_fetch_run(node->fetch, arena, &request, &response, reterr));
    /* Some nodes put an error object into a 4xx; anything that is no JSON is not a node. */
    if (response.status >= 500 || response.status == 429)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, node->url, "the node answers HTTP %d",
                            response.status);
    return read_envelope(arena, response.body, ret, reterr);
}

static gw_status text_of(const json_t *json, const char *member, gw_text *ret, gw_fault *reterr) {
    const json_t *value = member == NULL ? json : json_object_get(json, member);
    if (!json_is_string(value)) return malformed(member, reterr);
    *ret = (gw_text){json_string_value(value), json_string_length(value)};
    return gw_ok();
}

gw_status gw_answer_word(const json_t *json, const char *member, gw_word *ret, gw_fault *reterr) {
    gw_text text = {NULL, 0};
    GW_TRY(text_of(json, member, &text, reterr));
    if (!gw_text_starts(text, "0x")) return malformed(member, reterr);
    return gw_word_parse(text, ret, reterr);
}

gw_status gw_answer_u64(const json_t *json, const char *member, uint64_t *ret, gw_fault *reterr) {
    gw_word word;
    GW_TRY(gw_answer_word(json, member, &word, reterr));
    return gw_word_to_u64(word, ret, reterr);
}

gw_status gw_answer_hash(const json_t *json, const char *member, gw_word *ret, gw_fault *reterr) {
    gw_text text = {NULL, 0};
    GW_TRY(text_of(json, member, &text, reterr));
    return gw_word_parse_hash(text, ret, reterr);
}

gw_status gw_answer_address(const json_t *json, const char *member, gw_address *ret,
                            gw_fault *reterr) {
    gw_text text = {NULL, 0};
    GW_TRY(text_of(json, member, &text, reterr));
    return gw_hex_parse(text, ret->bytes, GW_ADDRESS_BYTES, reterr);
}

gw_status gw_answer_bytes(gw_arena *arena, const json_t *json, const char *member, gw_bytes *ret,
                          gw_fault *reterr) {
    gw_text text = {NULL, 0};
    uint8_t *bytes = NULL;
    GW_TRY(text_of(json, member, &text, reterr));
    if (!gw_text_starts(text, "0x") || text.length % 2 != 0) return malformed(member, reterr);
    const size_t count = text.length / 2 - 1;
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, count, &bytes, reterr));
    GW_TRY(gw_hex_parse(text, bytes, count, reterr));
    *ret = (gw_bytes){bytes, count};
    return gw_ok();
}
