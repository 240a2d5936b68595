/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/sender.h"

#include "oracle/sign.h"
#include "oracle/transaction.h"
#include "server/chain/fee.h"
#include "server/chain/waiting.h"
#include "server/chain/watcher.h"
#include "server/db/chain_store.h"
#include "server/keys/account.h"
#include "server/log.h"

#include <stdio.h>
#include <string.h>

enum { LIFE_BYTES = 4 * 1024 * 1024, UNIT_BYTES = 64 * 1024 * 1024, RESEND_AFTER_MS = 10000 };

struct gw_chain {
    gw_chain_settings settings;
    gw_arena *life;
    gw_signer *signer;
    gw_fee_limits limits;
    gw_waiting waiting;
};

static const char *const state_names[] = {
    [GW_CHAIN_RESERVED] = "RESERVED", [GW_CHAIN_SIGNED] = "SIGNED", [GW_CHAIN_SENT] = "SENT",
    [GW_CHAIN_MINED] = "MINED",       [GW_CHAIN_FINAL] = "FINAL",   [GW_CHAIN_FAILED] = "FAILED",
    [GW_CHAIN_REPLACED] = "REPLACED"};

const char *gw_chain_state_name(gw_chain_state state) { return state_names[state]; }

gw_status gw_chain_open(const gw_chain_settings *settings, gw_chain **ret, gw_fault *reterr) {
    gw_arena *life = gw_arena_open(LIFE_BYTES);
    gw_chain *chain = NULL;
    if (life == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    gw_status status = GW_ARENA_NEW(life, gw_chain, 1, &chain, reterr);
    if (gw_is_ok(status))
        status = gw_account_load(life, settings->key_file, &chain->signer, reterr);
    if (!gw_is_ok(status)) {
        gw_arena_close(life);
        return status;
    }
    chain->settings = *settings;
    chain->settings.key_file = NULL; /* the caller's text may go away */
    chain->life = life;
    chain->limits = (gw_fee_limits){settings->tip_least_wei, settings->fee_cap_most_wei};
    if (chain->settings.resend_after_ms <= 0) chain->settings.resend_after_ms = RESEND_AFTER_MS;
    *ret = chain;
    return gw_ok();
}

void gw_chain_close(gw_chain *chain) {
    if (chain == NULL) return;
    gw_signer_wipe(chain->signer);
    gw_arena_close(chain->life);
}

gw_address gw_chain_sender(const gw_chain *chain) { return gw_signer_address(chain->signer); }

static gw_chain_journal journal_of(const gw_chain *chain, gw_arena *arena) {
    return (gw_chain_journal){chain->settings.db, arena, chain->settings.chain_id,
                              gw_chain_sender(chain)};
}

static gw_status check_chain(const gw_chain *chain, gw_fault *reterr) {
    uint64_t chain_id = 0;
    GW_TRY(gw_rpc_chain_id(chain->settings.rpc, &chain_id, reterr));
    if (chain_id == chain->settings.chain_id) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MISMATCH, "chain_id",
                        "the node is on chain %llu and not on %llu", (unsigned long long)chain_id,
                        (unsigned long long)chain->settings.chain_id);
}

static gw_status check_same(const gw_chain_row *found, const gw_chain_call *call,
                            gw_fault *reterr) {
    if (gw_address_equal(found->call.to, call->to) &&
        gw_bytes_equal(found->call.calldata, call->calldata))
        return gw_ok();
    return gw_fail_with(reterr, GW_CODE_CONFLICT, found->facts.purpose,
                        "this purpose was submitted with another call");
}

/* The call with a gas limit; the estimate is also the rehearsal that names a revert. */
static gw_status rehearse(const gw_chain *chain, const gw_chain_call *call, gw_chain_call *ret,
                          gw_fault *reterr) {
    const gw_call_request request = {gw_chain_sender(chain), call->to, call->calldata};
    uint64_t gas = 0;
    GW_TRY(check_chain(chain, reterr));
    GW_TRY(gw_rpc_estimate(chain->settings.rpc, &request, &gas, reterr));
    *ret = *call;
    if (ret->gas_limit == 0) ret->gas_limit = gas + gas / 5;
    if (ret->gas_limit <= GW_TRANSACTION_GAS_MOST) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INFEASIBLE, "gas",
                        "the call needs more gas than a block takes");
}

typedef struct reservation {
    gw_chain_journal journal;
    gw_chain_row *row;
    uint64_t mined;
} reservation;

static gw_status reserve(gw_db *tx, void *context, gw_fault *reterr) {
    reservation *wanted = context;
    gw_chain_journal journal = wanted->journal;
    gw_chain_row *row = wanted->row;
    int32_t lock = 0;
    journal.db = tx;
    memcpy(&lock, journal.sender.bytes, sizeof lock);
    GW_TRY(gw_db_lock(tx, GW_LOCK_CHAIN, lock, reterr));
    GW_TRY(gw_chain_load_next_nonce(&journal, &row->facts.nonce, reterr));
    /* The chain is ahead of an empty journal when the key was used before; never behind it. */
    if (row->facts.nonce < wanted->mined) row->facts.nonce = wanted->mined;
    return gw_chain_save_reserved(&journal, row, reterr);
}

static gw_status take_nonce(const gw_chain *chain, gw_arena *arena, gw_text purpose,
                            gw_chain_row *row, gw_fault *reterr) {
    reservation wanted = {.journal = journal_of(chain, arena), .row = row};
    (void)snprintf(row->facts.purpose, sizeof row->facts.purpose, "%.*s", GW_TEXT_ARGS(purpose));
    row->facts.state = GW_CHAIN_RESERVED;
    GW_TRY(gw_rpc_mined_count(chain->settings.rpc, gw_chain_sender(chain), &wanted.mined, reterr));
    return gw_db_transact(chain->settings.db, GW_ISOLATION_READ_COMMITTED, reserve, &wanted,
                          reterr);
}

static gw_status present_fee(const gw_chain *chain, gw_fee *ret, gw_fault *reterr) {
    gw_block head;
    uint64_t tip = 0;
    GW_TRY(gw_rpc_head(chain->settings.rpc, &head, reterr));
    GW_TRY(gw_rpc_tip(chain->settings.rpc, &tip, reterr));
    return gw_fee_fresh(head.base_fee_wei, tip, &chain->limits, ret, reterr);
}

/* Signs row with this fee and makes the bytes durable before anything leaves. */
static gw_status sign_attempt(const gw_chain *chain, gw_arena *arena, gw_chain_row *row,
                              gw_chain_attempt *attempt, gw_fault *reterr) {
    const gw_chain_journal journal = journal_of(chain, arena);
    const gw_transaction transaction = {.chain_id = chain->settings.chain_id,
                                        .nonce = row->facts.nonce,
                                        .tip_wei = gw_word_from_u64(attempt->fee.tip_wei),
                                        .fee_cap_wei = gw_word_from_u64(attempt->fee.cap_wei),
                                        .gas_limit = row->call.gas_limit,
                                        .to = row->call.to,
                                        .data = row->call.calldata};
    gw_signed_transaction made;
    GW_TRY(gw_transaction_sign(arena, &transaction, chain->signer, &made, reterr));
    attempt->raw = made.raw;
    attempt->hash = made.hash;
    GW_TRY(gw_chain_save_attempt(&journal, row->facts.nonce, attempt, reterr));
    row->facts.hash = made.hash;
    row->facts.attempts = attempt->number;
    if (row->facts.state != GW_CHAIN_RESERVED) return gw_ok();
    row->facts.state = GW_CHAIN_SIGNED;
    return gw_chain_save_state(&journal, &row->facts, (gw_instant){0}, reterr);
}

static gw_status sign_first(const gw_chain *chain, gw_arena *arena, gw_chain_row *row,
                            gw_fault *reterr) {
    gw_chain_attempt attempt = {.number = 1};
    GW_TRY(present_fee(chain, &attempt.fee, reterr));
    return sign_attempt(chain, arena, row, &attempt, reterr);
}

/* Hands the newest attempt to the node and notes what it said. */
static gw_status send_newest(gw_chain *chain, gw_arena *arena, gw_chain_row *row,
                             gw_send_answer *ret, gw_fault *reterr) {
    const gw_chain_journal journal = journal_of(chain, arena);
    gw_chain_attempts attempts;
    char detail[160];
    GW_TRY(gw_chain_load_attempts(&journal, row->facts.nonce, &attempts, reterr));
    if (attempts.count == 0) return gw_fail(reterr, GW_CODE_INTERNAL);
    const gw_chain_attempt *newest = &attempts.items[attempts.count - 1];
    GW_TRY(gw_rpc_send(chain->settings.rpc, newest->raw, ret, detail, reterr));
    const bool is_taken = *ret == GW_SEND_ACCEPTED || *ret == GW_SEND_KNOWN;
    const gw_chain_sending sending = {row->facts.nonce, newest->number, is_taken ? "" : detail};
    GW_TRY(gw_chain_save_sent(&journal, &sending, reterr));
    (void)snprintf(row->facts.detail, sizeof row->facts.detail, "%s", sending.answer);
    row->facts.state = GW_CHAIN_SENT;
    return gw_chain_save_state(&journal, &row->facts, (gw_instant){0}, reterr);
}

static bool may_wait(gw_status status) {
    return gw_is_ok(status) || gw_code_is_retryable(status.code) || status.code == GW_CODE_MISMATCH;
}

/* The nonce is durable; from here on a node that goes away only delays (poll goes on). */
static gw_status launch(gw_chain *chain, gw_arena *arena, gw_chain_row *row, gw_fault *reterr) {
    gw_send_answer answer;
    gw_fault fault = {0};
    gw_status status = sign_first(chain, arena, row, &fault);
    if (gw_is_ok(status)) status = send_newest(chain, arena, row, &answer, &fault);
    if (may_wait(status)) return gw_ok();
    if (reterr != NULL) *reterr = fault;
    return status;
}

static gw_status check_purpose(gw_text purpose, gw_fault *reterr) {
    if (purpose.length > 0 && purpose.length <= GW_CHAIN_PURPOSE_LONGEST) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "purpose", "a purpose has 1 to %d characters",
                        GW_CHAIN_PURPOSE_LONGEST);
}

gw_status gw_chain_submit(gw_chain *chain, gw_text purpose, const gw_chain_call *call,
                          gw_chain_transaction *ret, gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(UNIT_BYTES);
    gw_chain_row row = {.facts = {.nonce = 0}};
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(check_purpose(purpose, reterr));
    const gw_chain_journal journal = journal_of(chain, arena);
    gw_status found = gw_chain_load(&journal, purpose, &row, reterr);
    if (gw_is_ok(found)) {
        GW_TRY(check_same(&row, call, reterr));
    } else if (found.code == GW_CODE_NOT_FOUND) {
        GW_TRY(rehearse(chain, call, &row.call, reterr));
        GW_TRY(take_nonce(chain, arena, purpose, &row, reterr));
        GW_TRY(launch(chain, arena, &row, reterr));
    } else {
        return found;
    }
    *ret = row.facts;
    return gw_ok();
}

gw_status gw_chain_find(gw_chain *chain, gw_text purpose, gw_chain_transaction *ret,
                        gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(UNIT_BYTES);
    gw_chain_row row;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_chain_journal journal = journal_of(chain, arena);
    GW_TRY(gw_chain_load(&journal, purpose, &row, reterr));
    *ret = row.facts;
    return gw_ok();
}

/* A higher bid for the same nonce. Too dear, or another process was faster: it waits. */
static gw_status bump(gw_chain *chain, gw_arena *arena, gw_chain_row *row, gw_fault *reterr) {
    const gw_chain_journal journal = journal_of(chain, arena);
    gw_chain_attempts attempts;
    gw_fee fresh;
    gw_send_answer answer;
    GW_TRY(gw_chain_load_attempts(&journal, row->facts.nonce, &attempts, reterr));
    const gw_chain_attempt *newest = &attempts.items[attempts.count - 1];
    gw_chain_attempt next = {.number = newest->number + 1};
    GW_TRY(present_fee(chain, &fresh, reterr));
    GW_TRY(gw_fee_bump(newest->fee, fresh, &chain->limits, &next.fee, reterr));
    GW_TRY(sign_attempt(chain, arena, row, &next, reterr));
    gw_log(GW_LEVEL_WARNING, "chain.bumped", row->facts.purpose, "attempt %d offers %llu wei",
           next.number, (unsigned long long)next.fee.cap_wei);
    return send_newest(chain, arena, row, &answer, reterr);
}

static bool asks_for_more(gw_send_answer answer) {
    return answer == GW_SEND_UNDERPRICED || answer == GW_SEND_BELOW_BASE;
}

/* Sends again, and bumps the lowest nonce when the node wants more or the wait is long. */
static gw_status push(gw_chain *chain, gw_arena *arena, gw_chain_row *row, const gw_watch *watch,
                      gw_tick tick, gw_fault *reterr) {
    gw_send_answer answer;
    const bool is_lowest = row->facts.nonce == watch->mined;
    if (row->facts.state == GW_CHAIN_RESERVED) GW_TRY(sign_first(chain, arena, row, reterr));
    GW_TRY(send_newest(chain, arena, row, &answer, reterr));
    const bool is_long = gw_waiting_sent(&chain->waiting, row->facts.nonce, tick);
    if (!is_lowest || !(asks_for_more(answer) || (is_long && answer == GW_SEND_KNOWN)))
        return gw_ok();
    return bump(chain, arena, row, reterr);
}

/* Something that is not ours used the nonce: believed only after our depth of blocks. */
static gw_status replaced(gw_chain *chain, const gw_watch *watch, gw_chain_row *row,
                          gw_chain_progress *progress, gw_fault *reterr) {
    const uint64_t since =
        gw_waiting_foreign(&chain->waiting, row->facts.nonce, watch->head.number);
    if (watch->head.number < since + (uint64_t)watch->confirmations + 1) return gw_ok();
    row->facts.state = GW_CHAIN_REPLACED;
    (void)snprintf(row->facts.detail, sizeof row->facts.detail,
                   "another transaction of this key used nonce %llu",
                   (unsigned long long)row->facts.nonce);
    gw_log(GW_LEVEL_ERROR, "chain.replaced", row->facts.purpose, "%s", row->facts.detail);
    progress->finished++;
    return gw_chain_save_state(watch->journal, &row->facts, watch->now, reterr);
}

static void tell_finished(const gw_chain_transaction *facts) {
    const bool is_failed = facts->state == GW_CHAIN_FAILED;
    gw_log(is_failed ? GW_LEVEL_ERROR : GW_LEVEL_INFO, is_failed ? "chain.failed" : "chain.final",
           facts->purpose, "block %llu, gas %llu%s%s", (unsigned long long)facts->block_number,
           (unsigned long long)facts->gas_used, facts->detail[0] == '\0' ? "" : ", ",
           facts->detail);
}

static gw_status advance(gw_chain *chain, gw_chain_row *row, const gw_watch *watch, gw_tick tick,
                         gw_chain_progress *progress, gw_fault *reterr) {
    gw_watch_result result = GW_WATCH_ABSENT;
    GW_TRY(gw_watch_row(watch, row, &result, reterr));
    if (result == GW_WATCH_MINED) return gw_ok();
    if (result == GW_WATCH_FOREIGN) return replaced(chain, watch, row, progress, reterr);
    if (result == GW_WATCH_FINISHED) {
        gw_waiting_forget(&chain->waiting, row->facts.nonce);
        tell_finished(&row->facts);
        progress->finished++;
        return gw_ok();
    }
    const gw_span pause = {(int64_t)chain->settings.resend_after_ms * 1000};
    if (!gw_waiting_is_due(&chain->waiting, row->facts.nonce, tick, pause)) return gw_ok();
    progress->sent++;
    return push(chain, watch->journal->arena, row, watch, tick, reterr);
}

gw_status gw_chain_poll(gw_chain *chain, gw_instant now, gw_tick tick, gw_chain_progress *ret,
                        gw_fault *reterr) {
    GW_AUTO_ARENA arena = gw_arena_open(UNIT_BYTES);
    gw_chain_progress progress = {0};
    gw_chain_rows rows;
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_chain_journal journal = journal_of(chain, arena);
    gw_watch watch = {.journal = &journal,
                      .rpc = chain->settings.rpc,
                      .confirmations = chain->settings.confirmations,
                      .now = now};
    GW_TRY(check_chain(chain, reterr));
    GW_TRY(gw_rpc_head(watch.rpc, &watch.head, reterr));
    GW_TRY(gw_rpc_mined_count(watch.rpc, journal.sender, &watch.mined, reterr));
    GW_TRY(gw_chain_load_watched(&journal, watch.mined, &rows, reterr));
    for (int at = 0; at < rows.count; at++) {
        gw_chain_row row = rows.items[at];
        const gw_status status = advance(chain, &row, &watch, tick, &progress, reterr);
        if (!may_wait(status)) return status;
    }
    GW_TRY(gw_chain_load_open(&journal, &progress.open, reterr));
    *ret = progress;
    return gw_ok();
}
