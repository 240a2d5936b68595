/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/ledger.h"

#include "oracle/abi.h"
#include "oracle/keccak.h"

enum { ARENA_CAP = 1024 * 1024 };

#define COMMITMENT_TUPLE "(bytes32,uint16,uint32,uint64,uint64,bytes32,uint96,bytes32)"
#define SETTLEMENT_TUPLE                                                                           \
    "(uint64,bytes32,uint16,uint8,uint32,uint64,bytes32,bytes32,bytes32,uint96,bytes32,uint64,"    \
    "bytes32)"

static gw_word topic_of(const char *signature) {
    const gw_text text = gw_text_from_c(signature);
    return gw_keccak256((gw_bytes){(const uint8_t *)text.at, text.length});
}

gw_word gw_ledger_topic_committed(void) {
    return topic_of("Committed(bytes32,uint16,uint32,uint64,uint64,bytes32,uint96,bytes32)");
}

gw_word gw_ledger_topic_settled(void) {
    return topic_of("Settled(bytes32,uint64,uint16,uint8,bytes32,bytes32,uint96,uint64,bytes32)");
}

gw_word gw_ledger_topic_claimed(void) { return topic_of("Claimed(address,uint96,uint96)"); }
gw_word gw_ledger_topic_funded(void) { return topic_of("Funded(address,uint96,uint96)"); }

typedef struct wish {
    gw_address to;
    const char *signature;
    gw_word topic;
} wish;

static gw_status build(gw_arena *arena, const wish *wanted, const gw_abi_value *arguments,
                       size_t count, gw_chain_call *ret) {
    gw_chain_call call = {.to = wanted->to, .topic = wanted->topic};
    GW_TRY(gw_abi_call(arena, gw_text_from_c(wanted->signature), arguments, count, &call.calldata,
                       NULL));
    *ret = call;
    return gw_ok();
}

/* Values that do not fit (uint96 of a uint64 always does) are a fault of ours. */
static gw_status built(gw_status status, const wish *wanted, gw_fault *reterr) {
    if (gw_is_ok(status)) return status;
    return gw_fail_with(reterr, status.code, wanted->signature, "the call cannot be encoded");
}

static gw_status signed_call(gw_arena *arena, const wish *wanted, const gw_word *words,
                             size_t word_count, const gw_certificate *certificate,
                             gw_chain_call *ret) {
    gw_abi_value *members = NULL;
    gw_bytes signatures;
    GW_TRY(GW_ARENA_NEW(arena, gw_abi_value, word_count, &members, NULL));
    for (size_t at = 0; at < word_count; at++) members[at] = gw_abi_word(words[at]);
    GW_TRY(gw_certificate_bytes(arena, certificate, &signatures, NULL));
    const gw_abi_value arguments[] = {gw_abi_items(members, word_count), gw_abi_bytes(signatures)};
    return build(arena, wanted, arguments, 2, ret);
}

gw_status gw_ledger_commit(gw_arena *arena, gw_address ledger, const gw_commitment *commitment,
                           const gw_certificate *certificate, gw_chain_call *ret,
                           gw_fault *reterr) {
    const wish wanted = {ledger, "commit(" COMMITMENT_TUPLE ",bytes)", gw_ledger_topic_committed()};
    gw_word words[GW_COMMITMENT_WORDS];
    gw_commitment_words(commitment, words);
    return built(signed_call(arena, &wanted, words, GW_COMMITMENT_WORDS, certificate, ret), &wanted,
                 reterr);
}

gw_status gw_ledger_settle(gw_arena *arena, gw_address ledger, const gw_settlement *settlement,
                           const gw_certificate *certificate, gw_chain_call *ret,
                           gw_fault *reterr) {
    const wish wanted = {ledger, "settle(" SETTLEMENT_TUPLE ",bytes)", gw_ledger_topic_settled()};
    gw_word words[GW_SETTLEMENT_WORDS];
    gw_settlement_words(settlement, words);
    return built(signed_call(arena, &wanted, words, GW_SETTLEMENT_WORDS, certificate, ret), &wanted,
                 reterr);
}

gw_status gw_ledger_claim(gw_arena *arena, gw_address ledger, const gw_claim *claim,
                          gw_chain_call *ret, gw_fault *reterr) {
    const wish wanted = {ledger, "claim(address,uint96,bytes32,bytes32[])",
                         gw_ledger_topic_claimed()};
    gw_abi_value siblings[GW_MERKLE_PROOF_LONGEST];
    for (size_t at = 0; at < claim->proof.count; at++)
        siblings[at] = gw_abi_word(claim->proof.siblings[at]);
    const gw_abi_value arguments[] = {gw_abi_address(claim->payee),
                                      gw_abi_u64(claim->lifetime_micros), gw_abi_word(claim->salt),
                                      gw_abi_items(siblings, claim->proof.count)};
    return built(build(arena, &wanted, arguments, 4, ret), &wanted, reterr);
}

gw_status gw_ledger_fund(gw_arena *arena, gw_address ledger, uint64_t amount_micros,
                         gw_chain_call *ret, gw_fault *reterr) {
    const wish wanted = {ledger, "fund(uint96)", gw_ledger_topic_funded()};
    const gw_abi_value amount = gw_abi_u64(amount_micros);
    return built(build(arena, &wanted, &amount, 1, ret), &wanted, reterr);
}

gw_status gw_token_approve(gw_arena *arena, gw_address token, gw_address spender,
                           uint64_t amount_micros, gw_chain_call *ret, gw_fault *reterr) {
    const wish wanted = {token, "approve(address,uint256)",
                         topic_of("Approval(address,address,uint256)")};
    const gw_abi_value arguments[] = {gw_abi_address(spender), gw_abi_u64(amount_micros)};
    return built(build(arena, &wanted, arguments, 2, ret), &wanted, reterr);
}

gw_status gw_token_mint(gw_arena *arena, gw_address token, gw_address to, uint64_t amount_micros,
                        gw_chain_call *ret, gw_fault *reterr) {
    const wish wanted = {token, "mint(address,uint256)",
                         topic_of("Transfer(address,address,uint256)")};
    const gw_abi_value arguments[] = {gw_abi_address(to), gw_abi_u64(amount_micros)};
    return built(build(arena, &wanted, arguments, 2, ret), &wanted, reterr);
}

typedef struct question {
    gw_address contract;
    const char *signature;
    const char *answer;           /* ABI type */
    const gw_abi_value *argument; /* NULL: none */
} question;

static gw_status view(gw_rpc *rpc, gw_arena *arena, const question *asked, gw_abi_value *ret,
                      gw_fault *reterr) {
    gw_call_request request = {.to = asked->contract};
    gw_bytes bytes;
    GW_TRY(gw_abi_call(arena, gw_text_from_c(asked->signature), asked->argument,
                       asked->argument != NULL, &request.calldata, reterr));
    GW_TRY(gw_rpc_call(rpc, arena, &request, &bytes, reterr));
    if (bytes.length == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, asked->signature,
                            "there is no contract at this address");
    return gw_abi_decode_as(arena, gw_text_from_c(asked->answer), bytes, ret, reterr);
}

static gw_status view_number(gw_rpc *rpc, const question *asked, uint64_t *ret, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_abi_value value;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(view(rpc, arena, asked, &value, reterr));
    return gw_word_to_u64(value.items[0].word, ret, reterr);
}

gw_status gw_token_balance(gw_rpc *rpc, gw_address token, gw_address account, uint64_t *ret_micros,
                           gw_fault *reterr) {
    const gw_abi_value argument = gw_abi_address(account);
    const question asked = {token, "balanceOf(address)", "(uint256)", &argument};
    return view_number(rpc, &asked, ret_micros, reterr);
}

gw_status gw_ledger_paid(gw_rpc *rpc, gw_address ledger, gw_address payee, uint64_t *ret_micros,
                         gw_fault *reterr) {
    const gw_abi_value argument = gw_abi_address(payee);
    const question asked = {ledger, "paid(address)", "(uint96)", &argument};
    return view_number(rpc, &asked, ret_micros, reterr);
}

gw_status gw_ledger_state_read(gw_rpc *rpc, gw_address ledger, gw_ledger_state *ret,
                               gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_ledger_state state;
    const struct {
        const char *signature;
        uint64_t *into;
    } numbers[] = {{"funded()", &state.funded_micros},
                   {"openLiabilities()", &state.open_liabilities_micros},
                   {"entitledTotal()", &state.entitled_micros},
                   {"paidTotal()", &state.paid_micros},
                   {"sequence()", &state.sequence}};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    for (size_t at = 0; at < sizeof numbers / sizeof numbers[0]; at++) {
        const question asked = {ledger, numbers[at].signature, "(uint96)", NULL};
        GW_TRY(view_number(rpc, &asked, numbers[at].into, reterr));
    }
    const question root = {ledger, "entitlementRoot()", "(bytes32)", NULL};
    gw_abi_value value;
    GW_TRY(view(rpc, arena, &root, &value, reterr));
    state.entitlement_root = value.items[0].word;
    *ret = state;
    return gw_ok();
}

uint64_t gw_ledger_free_micros(const gw_ledger_state *state) {
    const uint64_t bound = state->entitled_micros + state->open_liabilities_micros;
    return state->funded_micros > bound ? state->funded_micros - bound : 0;
}

gw_status gw_ledger_event_read(gw_rpc *rpc, gw_address ledger, gw_word event_id,
                               gw_ledger_event_record *ret, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    const gw_abi_value argument = gw_abi_word(event_id);
    const question promised = {ledger, "commitmentOf(bytes32)", "(bytes32,uint96,uint16,bytes15)",
                               &argument};
    const question settled = {ledger, "settlementOf(bytes32)", "(bytes32,uint16,uint8)", &argument};
    gw_ledger_event_record record = {.run_type = 0};
    gw_abi_value value;
    uint64_t number = 0;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(view(rpc, arena, &promised, &value, reterr));
    record.commitment_root = value.items[0].word;
    GW_TRY(gw_word_to_u64(value.items[1].word, &record.max_liability_micros, reterr));
    GW_TRY(gw_word_to_u64(value.items[2].word, &number, reterr));
    record.commitment_revision = (uint16_t)number;
    GW_TRY(view(rpc, arena, &settled, &value, reterr));
    record.settlement_digest = value.items[0].word;
    GW_TRY(gw_word_to_u64(value.items[1].word, &number, reterr));
    record.settlement_revision = (uint16_t)number;
    GW_TRY(gw_word_to_u64(value.items[2].word, &number, reterr));
    record.run_type = (uint8_t)number;
    *ret = record;
    return gw_ok();
}

static const gw_log_record *find_log(const gw_receipt *receipt, gw_address contract,
                                     gw_word topic) {
    for (size_t at = 0; at < receipt->log_count; at++) {
        const gw_log_record *log = &receipt->logs[at];
        if (log->topic_count > 0 && gw_address_equal(log->contract, contract) &&
            gw_word_equal(log->topics[0], topic))
            return log;
    }
    return NULL;
}

bool gw_receipt_has(const gw_receipt *receipt, gw_address contract, gw_word topic) {
    return find_log(receipt, contract, topic) != NULL;
}

gw_status gw_ledger_claimed_in(const gw_receipt *receipt, gw_address ledger, gw_claimed *ret,
                               gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    const gw_log_record *log = find_log(receipt, ledger, gw_ledger_topic_claimed());
    gw_claimed claimed;
    gw_abi_value value;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    if (log == NULL || log->topic_count != 2)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, "Claimed", "the receipt shows no claim");
    GW_TRY(gw_address_from_word(log->topics[1], &claimed.payee, reterr));
    GW_TRY(gw_abi_decode_as(arena, GW_TEXT("(uint96,uint96)"), log->payload, &value, reterr));
    GW_TRY(gw_word_to_u64(value.items[0].word, &claimed.amount_micros, reterr));
    GW_TRY(gw_word_to_u64(value.items[1].word, &claimed.lifetime_micros, reterr));
    *ret = claimed;
    return gw_ok();
}
