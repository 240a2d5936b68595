/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/rpc.h"

#include "server/chain/rpc_node.h"
#include "server/http/json.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 5000, NODES_MOST = 2, ARENA_CAP = 32 * 1024 * 1024, TIP_BLOCKS = 8 };

struct gw_rpc {
    gw_rpc_node nodes[NODES_MOST];
    int count;
};

gw_status gw_rpc_open(gw_arena *arena, const gw_rpc_settings *settings, gw_rpc **ret,
                      gw_fault *reterr) {
    const char *urls[NODES_MOST] = {settings->url, settings->second_url};
    gw_rpc *rpc = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_rpc, 1, &rpc, reterr));
    for (int at = 0; at < NODES_MOST; at++) {
        if (urls[at] == NULL || urls[at][0] == '\0') continue;
        gw_rpc_node *node = &rpc->nodes[rpc->count];
        node->timeout_ms = settings->timeout_ms > 0 ? settings->timeout_ms : TIMEOUT_MS;
        gw_status made = gw_text_to_c(arena, gw_text_from_c(urls[at]), &node->url, reterr);
        node->fetch = gw_is_ok(made) ? gw_fetch_open(NULL) : NULL;
        if (gw_is_ok(made) && node->fetch == NULL) made = gw_fail(reterr, GW_CODE_NO_MEMORY);
        if (!gw_is_ok(made)) gw_rpc_close(rpc);
        GW_TRY(made);
        rpc->count++;
    }
    if (rpc->count == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, "rpc_url", "no node of the chain is named");
    *ret = rpc;
    return gw_ok();
}

void gw_rpc_close(gw_rpc *rpc) {
    if (rpc == NULL) return;
    for (int at = 0; at < rpc->count; at++) gw_fetch_close(rpc->nodes[at].fetch);
    rpc->count = 0;
}

static bool is_away(gw_status status) {
    return status.code == GW_CODE_UNAVAILABLE || status.code == GW_CODE_TIMED_OUT;
}

static gw_status params_of(gw_json *json, gw_rpc_question *question, gw_fault *reterr) {
    gw_json_close(json);
    return gw_json_end(json, &question->params, reterr);
}

/* Reads one answer into `into`; the two buffers are compared as bytes, so readers fill whole
 * structs that were zeroed. */
typedef struct reading {
    size_t size;
    gw_status (*read)(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr);
    /* Merges a second, different answer into the first; NULL: a difference is a contradiction. */
    void (*merge)(void *into, const void *second);
} reading;

static gw_status ask_node(const gw_rpc_node *node, gw_arena *arena, const gw_rpc_question *question,
                          const reading *how, void *into, gw_fault *reterr) {
    GW_AUTO_JSON result = NULL;
    GW_TRY(gw_rpc_node_ask(node, arena, question, &result, reterr));
    return how->read(arena, result, into, reterr);
}

static gw_status settle_two(const reading *how, void *first, const void *second, const char *method,
                            gw_fault *reterr) {
    if (memcmp(first, second, how->size) == 0) return gw_ok();
    if (how->merge == NULL)
        return gw_fail_with(reterr, GW_CODE_MISMATCH, method,
                            "the two nodes of the chain contradict each other");
    how->merge(first, second);
    return gw_ok();
}

/* Asks every node; the outcome is described in rpc.h. ret has how->size bytes. */
static gw_status ask(gw_rpc *rpc, gw_arena *arena, const gw_rpc_question *question,
                     const reading *how, void *ret, gw_fault *reterr) {
    unsigned char *buffers[NODES_MOST] = {NULL, NULL};
    gw_status outcomes[NODES_MOST] = {gw_ok(), {GW_CODE_UNAVAILABLE}};
    for (int at = 0; at < rpc->count; at++) {
        gw_fault fault = {0};
        GW_TRY(GW_ARENA_NEW(arena, unsigned char, how->size, &buffers[at], reterr));
        outcomes[at] = ask_node(&rpc->nodes[at], arena, question, how, buffers[at], &fault);
        const bool is_told = at == 0 || is_away(outcomes[0]);
        if (!gw_is_ok(outcomes[at]) && is_told && reterr != NULL) *reterr = fault;
    }
    if (is_away(outcomes[0]) && !is_away(outcomes[1])) {
        outcomes[0] = outcomes[1];
        buffers[0] = buffers[1];
        outcomes[1] = (gw_status){GW_CODE_UNAVAILABLE};
    }
    GW_TRY(outcomes[0]);
    if (!is_away(outcomes[1])) {
        if (!gw_is_ok(outcomes[1]))
            return gw_fail_with(reterr, GW_CODE_MISMATCH, question->method,
                                "one node of the chain answers and the other refuses");
        GW_TRY(settle_two(how, buffers[0], buffers[1], question->method, reterr));
    }
    assert(buffers[0] != NULL); /* an answer that is ok has one */
    memcpy(ret, buffers[0], how->size);
    return gw_ok();
}

static gw_status read_u64(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    (void)arena;
    return gw_answer_u64(json, NULL, into, reterr);
}

static void keep_smaller(void *into, const void *second) {
    uint64_t *first = into;
    const uint64_t *other = second;
    if (*other < *first) *first = *other;
}

static void keep_larger(void *into, const void *second) {
    uint64_t *first = into;
    const uint64_t *other = second;
    if (*other > *first) *first = *other;
}

gw_status gw_rpc_chain_id(gw_rpc *rpc, uint64_t *ret, gw_fault *reterr) {
    static const reading how = {sizeof(uint64_t), read_u64, NULL};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    const gw_rpc_question question = {"eth_chainId", GW_TEXT("[]")};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return ask(rpc, arena, &question, &how, ret, reterr);
}

static gw_status read_block(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    (void)arena;
    gw_block *block = into;
    if (json_is_null(json))
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "block", "there is no such block yet");
    GW_TRY(gw_answer_u64(json, "number", &block->number, reterr));
    GW_TRY(gw_answer_hash(json, "hash", &block->hash, reterr));
    GW_TRY(gw_answer_u64(json, "timestamp", &block->timestamp_s, reterr));
    return gw_answer_u64(json, "baseFeePerGas", &block->base_fee_wei, reterr);
}

static void keep_lower_block(void *into, const void *second) {
    gw_block *first = into;
    const gw_block *other = second;
    if (other->number < first->number) *first = *other;
}

gw_status gw_rpc_head(gw_rpc *rpc, gw_block *ret, gw_fault *reterr) {
    static const reading how = {sizeof(gw_block), read_block, keep_lower_block};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    const gw_rpc_question question = {"eth_getBlockByNumber", GW_TEXT("[\"latest\",false]")};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return ask(rpc, arena, &question, &how, ret, reterr);
}

gw_status gw_rpc_block_hash(gw_rpc *rpc, uint64_t number, gw_word *ret, gw_fault *reterr) {
    static const reading how = {sizeof(gw_block), read_block, NULL};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    char params[64];
    gw_block block;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    (void)snprintf(params, sizeof params, "[\"0x%llx\",false]", (unsigned long long)number);
    const gw_rpc_question question = {"eth_getBlockByNumber", gw_text_from_c(params)};
    GW_TRY(ask(rpc, arena, &question, &how, &block, reterr));
    *ret = block.hash;
    return gw_ok();
}

/* [account, "latest"] */
static gw_status about_account(gw_arena *arena, gw_address account, gw_rpc_question *ret,
                               gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, arena);
    gw_json_array(&json, NULL);
    gw_json_hex(&json, NULL, (gw_bytes){account.bytes, GW_ADDRESS_BYTES});
    gw_json_c(&json, NULL, "latest");
    return params_of(&json, ret, reterr);
}

gw_status gw_rpc_mined_count(gw_rpc *rpc, gw_address account, uint64_t *ret, gw_fault *reterr) {
    static const reading how = {sizeof(uint64_t), read_u64, keep_smaller};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_rpc_question question = {.method = "eth_getTransactionCount"};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(about_account(arena, account, &question, reterr));
    return ask(rpc, arena, &question, &how, ret, reterr);
}

static gw_status read_word(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    (void)arena;
    return gw_answer_word(json, NULL, into, reterr);
}

gw_status gw_rpc_balance(gw_rpc *rpc, gw_address account, gw_word *ret_wei, gw_fault *reterr) {
    static const reading how = {sizeof(gw_word), read_word, NULL};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_rpc_question question = {.method = "eth_getBalance"};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(about_account(arena, account, &question, reterr));
    return ask(rpc, arena, &question, &how, ret_wei, reterr);
}

static gw_status read_size(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    gw_bytes code;
    GW_TRY(gw_answer_bytes(arena, json, NULL, &code, reterr));
    *(size_t *)into = code.length;
    return gw_ok();
}

gw_status gw_rpc_code_size(gw_rpc *rpc, gw_address account, size_t *ret, gw_fault *reterr) {
    static const reading how = {sizeof(size_t), read_size, NULL};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_rpc_question question = {.method = "eth_getCode"};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(about_account(arena, account, &question, reterr));
    return ask(rpc, arena, &question, &how, ret, reterr);
}

static int compare_u64(const void *left, const void *right) {
    const uint64_t *first = left;
    const uint64_t *second = right;
    return (*first > *second) - (*first < *second);
}

/* Median reward; empty blocks and a node that answers zero are left out (§3.8 of the reference). */
static gw_status read_tip(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    (void)arena;
    const json_t *rows = json_object_get(json, "reward");
    uint64_t tips[TIP_BLOCKS];
    size_t count = 0;
    for (size_t at = 0; at < json_array_size(rows) && count < TIP_BLOCKS; at++) {
        const json_t *tip = json_array_get(json_array_get(rows, at), 0);
        GW_TRY(gw_answer_u64(tip, NULL, &tips[count], reterr));
        count += tips[count] > 0;
    }
    qsort(tips, count, sizeof tips[0], compare_u64);
    *(uint64_t *)into = count == 0 ? 0 : tips[count / 2];
    return gw_ok();
}

gw_status gw_rpc_tip(gw_rpc *rpc, uint64_t *ret_wei, gw_fault *reterr) {
    static const reading how = {sizeof(uint64_t), read_tip, keep_larger};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    const gw_rpc_question question = {"eth_feeHistory", GW_TEXT("[\"0x8\",\"latest\",[50]]")};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    return ask(rpc, arena, &question, &how, ret_wei, reterr);
}

static gw_status about_call(gw_arena *arena, const gw_call_request *request, const char *block,
                            gw_rpc_question *ret, gw_fault *reterr) {
    gw_json json;
    gw_json_init(&json, arena);
    gw_json_array(&json, NULL);
    gw_json_object(&json, NULL);
    if (!gw_address_is_zero(request->from))
        gw_json_hex(&json, "from", (gw_bytes){request->from.bytes, GW_ADDRESS_BYTES});
    if (!gw_address_is_zero(request->to))
        gw_json_hex(&json, "to", (gw_bytes){request->to.bytes, GW_ADDRESS_BYTES});
    gw_json_hex(&json, "data", request->calldata);
    gw_json_close(&json);
    gw_json_c(&json, NULL, block);
    return params_of(&json, ret, reterr);
}

typedef struct returned {
    uint64_t length;
    uint8_t bytes[4096]; /* our views return less than 40 words */
} returned;

static gw_status read_returned(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    returned *kept = into;
    gw_bytes bytes;
    GW_TRY(gw_answer_bytes(arena, json, NULL, &bytes, reterr));
    if (bytes.length > sizeof kept->bytes) return gw_fail(reterr, GW_CODE_TOO_LARGE);
    kept->length = bytes.length;
    if (bytes.length > 0) memcpy(kept->bytes, bytes.at, bytes.length);
    return gw_ok();
}

gw_status gw_rpc_call(gw_rpc *rpc, gw_arena *arena, const gw_call_request *request, gw_bytes *ret,
                      gw_fault *reterr) {
    static const reading how = {sizeof(returned), read_returned, NULL};
    gw_rpc_question question = {.method = "eth_call"};
    returned *kept = NULL;
    GW_TRY(GW_ARENA_NEW(arena, returned, 1, &kept, reterr));
    GW_TRY(about_call(arena, request, "latest", &question, reterr));
    GW_TRY(ask(rpc, arena, &question, &how, kept, reterr));
    *ret = (gw_bytes){kept->bytes, (size_t)kept->length};
    return gw_ok();
}

gw_status gw_rpc_estimate(gw_rpc *rpc, const gw_call_request *request, uint64_t *ret,
                          gw_fault *reterr) {
    static const reading how = {sizeof(uint64_t), read_u64, keep_larger};
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_rpc_question question = {.method = "eth_estimateGas"};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(about_call(arena, request, "latest", &question, reterr));
    return ask(rpc, arena, &question, &how, ret, reterr);
}

static gw_status send_one(const gw_rpc_node *node, gw_arena *arena, const gw_rpc_question *question,
                          gw_send_answer *ret, gw_fault *reterr) {
    GW_AUTO_JSON result = NULL;
    const gw_status status = gw_rpc_node_ask(node, arena, question, &result, reterr);
    if (is_away(status) || status.code == GW_CODE_NO_MEMORY) return status;
    *ret = gw_is_ok(status) ? GW_SEND_ACCEPTED : gw_send_answer_of(gw_text_from_c(reterr->message));
    return gw_ok();
}

/* Both nodes get it; the best answer counts, because one acceptance is enough to be mined. */
gw_status gw_rpc_send(gw_rpc *rpc, gw_bytes raw, gw_send_answer *ret, char detail[160],
                      gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_rpc_question question = {.method = "eth_sendRawTransaction"};
    gw_json json;
    gw_status outcome = {GW_CODE_UNAVAILABLE};
    gw_send_answer best = GW_SEND_REFUSED;
    detail[0] = '\0';
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_json_init(&json, arena);
    gw_json_array(&json, NULL);
    gw_json_hex(&json, NULL, raw);
    GW_TRY(params_of(&json, &question, reterr));
    for (int at = 0; at < rpc->count; at++) {
        gw_send_answer answer = GW_SEND_REFUSED;
        gw_fault fault = {0};
        const gw_status status = send_one(&rpc->nodes[at], arena, &question, &answer, &fault);
        if (!gw_is_ok(status)) {
            if (!gw_is_ok(outcome) && reterr != NULL) *reterr = fault;
            continue;
        }
        outcome = status;
        if (answer <= best) (void)snprintf(detail, 160, "%.159s", fault.message);
        if (answer < best) best = answer;
    }
    GW_TRY(outcome);
    *ret = best;
    return gw_ok();
}

static gw_status read_topics(gw_arena *arena, const json_t *list, gw_log_record *ret,
                             gw_fault *reterr) {
    gw_word *topics = NULL;
    const size_t count = json_array_size(list);
    if (count > 4) return gw_fail(reterr, GW_CODE_MALFORMED);
    GW_TRY(GW_ARENA_NEW(arena, gw_word, count, &topics, reterr));
    for (size_t at = 0; at < count; at++)
        GW_TRY(gw_answer_hash(json_array_get(list, at), NULL, &topics[at], reterr));
    ret->topics = topics;
    ret->topic_count = count;
    return gw_ok();
}

static gw_status read_logs(gw_arena *arena, const json_t *list, gw_receipt *ret, gw_fault *reterr) {
    gw_log_record *logs = NULL;
    const size_t count = json_array_size(list);
    GW_TRY(GW_ARENA_NEW(arena, gw_log_record, count, &logs, reterr));
    for (size_t at = 0; at < count; at++) {
        const json_t *log = json_array_get(list, at);
        GW_TRY(gw_answer_address(log, "address", &logs[at].contract, reterr));
        GW_TRY(gw_answer_bytes(arena, log, "data", &logs[at].payload, reterr));
        GW_TRY(read_topics(arena, json_object_get(log, "topics"), &logs[at], reterr));
    }
    ret->logs = logs;
    ret->log_count = count;
    return gw_ok();
}

static gw_status read_receipt(gw_arena *arena, const json_t *json, void *into, gw_fault *reterr) {
    gw_receipt *receipt = into;
    uint64_t status = 0;
    receipt->result = GW_RECEIPT_ABSENT;
    if (json_is_null(json)) return gw_ok();
    GW_TRY(gw_answer_u64(json, "status", &status, reterr));
    GW_TRY(gw_answer_u64(json, "blockNumber", &receipt->block_number, reterr));
    GW_TRY(gw_answer_hash(json, "blockHash", &receipt->block_hash, reterr));
    GW_TRY(gw_answer_u64(json, "gasUsed", &receipt->gas_used, reterr));
    if (json_is_string(json_object_get(json, "contractAddress")))
        GW_TRY(gw_answer_address(json, "contractAddress", &receipt->created, reterr));
    GW_TRY(read_logs(arena, json_object_get(json, "logs"), receipt, reterr));
    receipt->result = status == 1 ? GW_RECEIPT_DONE : GW_RECEIPT_REVERTED;
    return gw_ok();
}

/* Two nodes that see different blocks, or only one that sees any: not mined for us yet. */
static void keep_agreed(void *into, const void *second) {
    gw_receipt *first = into;
    const gw_receipt *other = second;
    const bool is_same =
        first->result == other->result && first->block_number == other->block_number &&
        gw_word_equal(first->block_hash, other->block_hash) && first->log_count == other->log_count;
    if (!is_same) *first = (gw_receipt){.result = GW_RECEIPT_ABSENT};
}

gw_status gw_rpc_receipt(gw_rpc *rpc, gw_arena *arena, gw_word transaction, gw_receipt *ret,
                         gw_fault *reterr) {
    static const reading how = {sizeof(gw_receipt), read_receipt, keep_agreed};
    gw_rpc_question question = {.method = "eth_getTransactionReceipt"};
    gw_json json;
    gw_json_init(&json, arena);
    gw_json_array(&json, NULL);
    gw_json_hex(&json, NULL, gw_word_slice(&transaction));
    GW_TRY(params_of(&json, &question, reterr));
    return ask(rpc, arena, &question, &how, ret, reterr);
}
