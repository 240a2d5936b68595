/* SPDX-License-Identifier: Apache-2.0
 *
 * The sender against everything a chain does to a transaction: dropped, reorganised, outbid,
 * reverted, taken by another; and against its own death between signing and sending.
 */
#include "server/chain/direct.h"
#include "server/db/chain_store.h"
#include "server/db/migrate.h"
#include "server/metrics.h"
#include "tests/support/ledger_world.h"
#include "tests/support/stern_node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FUNDED = 2000000000, SKIPPED = 77, SENDER_SEED = 0x33, RESEND_MS = 1000 };

typedef struct sender_world {
    gw_ledger_world chain;
    gw_db *db;
    gw_chain *sender;
    char key_file[128];
    int64_t tick_us;
    uint8_t event; /* a fresh one per test */
} sender_world;

static sender_world world;

static void open_sender(gw_rpc *rpc) {
    const gw_chain_settings settings = {.db = world.db,
                                        .rpc = rpc,
                                        .chain_id = world.chain.deployment.chain_id,
                                        .key_file = world.key_file,
                                        .confirmations = 2,
                                        .resend_after_ms = RESEND_MS,
                                        .fee_cap_most_wei = 500000000000,
                                        .tip_least_wei = 1000000000};
    gw_fault fault = {0};
    const gw_status status = gw_chain_open(&settings, &world.sender, &fault);
    if (!gw_is_ok(status)) print_error("%s\n", fault.message);
    assert_true(gw_is_ok(status));
}

/* What a kill and a restart leave: the journal, and nothing else. */
static void restart(void) {
    gw_chain_close(world.sender);
    open_sender(world.chain.anvil.rpc);
}

static gw_chain_call fresh_call(char purpose[64]) {
    const gw_commitment commitment = gw_world_commitment(&world.chain, ++world.event, 1000);
    (void)snprintf(purpose, 64, "commit/%d/1", world.event);
    return gw_world_commit_call(&world.chain, &commitment);
}

static gw_chain_transaction submit(const char *purpose, const gw_chain_call *call) {
    gw_chain_transaction transaction = {.nonce = 0};
    gw_fault fault = {0};
    const gw_status status =
        gw_chain_submit(world.sender, gw_text_from_c(purpose), call, &transaction, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    return transaction;
}

static gw_chain_progress poll_after(int ms) {
    gw_chain_progress progress = {0};
    gw_fault fault = {0};
    world.tick_us += (int64_t)ms * 1000;
    const gw_status status = gw_chain_poll(world.sender, gw_instant_seconds(1768928400),
                                           (gw_tick){world.tick_us}, &progress, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    return progress;
}

static gw_chain_transaction find(const char *purpose) {
    gw_chain_transaction transaction = {.nonce = 0};
    assert_true(gw_is_ok(gw_chain_find(world.sender, gw_text_from_c(purpose), &transaction, NULL)));
    return transaction;
}

static void mine(int blocks) { gw_anvil_mine(&world.chain.anvil, blocks); }

static void assert_becomes_final(const char *purpose) {
    for (int round = 0; round < 8 && find(purpose).state < GW_CHAIN_FINAL; round++) {
        mine(1);
        (void)poll_after(RESEND_MS);
    }
    assert_int_equal(find(purpose).state, GW_CHAIN_FINAL);
}

static uint64_t mined_count(void) {
    uint64_t count = 0;
    assert_true(gw_is_ok(
        gw_rpc_mined_count(world.chain.anvil.rpc, gw_chain_sender(world.sender), &count, NULL)));
    return count;
}

static void a_submitted_call_becomes_final_after_its_confirmations(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_transaction sent = submit(purpose, &call);
    assert_int_equal(sent.state, GW_CHAIN_SENT);
    mine(1);
    assert_int_equal(poll_after(1).open, 1);
    assert_int_equal(find(purpose).state, GW_CHAIN_MINED);
    mine(1);
    (void)poll_after(1);
    assert_int_equal(find(purpose).state, GW_CHAIN_MINED);
    mine(1);
    assert_int_equal(poll_after(1).finished, 1);
    const gw_chain_transaction done = find(purpose);
    assert_int_equal(done.state, GW_CHAIN_FINAL);
    assert_true(done.block_number > 0 && done.gas_used > 21000);
    assert_true(gw_word_equal(done.hash, sent.hash));
}

static void the_same_purpose_again_is_the_same_transaction(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_transaction first = submit(purpose, &call);
    const gw_chain_transaction second = submit(purpose, &call);
    assert_true(first.nonce == second.nonce && gw_word_equal(first.hash, second.hash));
    restart();
    const gw_chain_transaction third = submit(purpose, &call);
    assert_true(first.nonce == third.nonce && gw_word_equal(first.hash, third.hash));
    assert_becomes_final(purpose);
    assert_true(mined_count() == first.nonce + 1);
}

static void a_purpose_with_another_call_is_a_conflict(void **state) {
    (void)state;
    char purpose[64];
    char unused[64];
    gw_chain_transaction transaction;
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_call other = fresh_call(unused);
    (void)submit(purpose, &call);
    assert_int_equal(
        gw_chain_submit(world.sender, gw_text_from_c(purpose), &other, &transaction, NULL).code,
        GW_CODE_CONFLICT);
    assert_becomes_final(purpose);
}

static void a_call_that_would_revert_takes_no_nonce(void **state) {
    (void)state;
    const gw_commitment too_large = gw_world_commitment(&world.chain, 250, (uint64_t)FUNDED * 2);
    const gw_chain_call call = gw_world_commit_call(&world.chain, &too_large);
    gw_chain_transaction transaction;
    gw_fault fault = {0};
    assert_int_equal(
        gw_chain_submit(world.sender, GW_TEXT("commit/too-large"), &call, &transaction, &fault)
            .code,
        GW_CODE_INFEASIBLE);
    assert_non_null(strstr(fault.message, "EscrowTooSmall"));
    assert_int_equal(
        gw_chain_find(world.sender, GW_TEXT("commit/too-large"), &transaction, NULL).code,
        GW_CODE_NOT_FOUND);
}

static void drop(gw_word hash) {
    char text[GW_WORD_TEXT_SIZE];
    char params[80];
    gw_word_print(hash, text);
    (void)snprintf(params, sizeof params, "[\"%s\"]", text);
    gw_anvil_run(&world.chain.anvil, "anvil_dropTransaction", params);
}

static void a_dropped_transaction_is_sent_again_with_the_same_bytes(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_transaction sent = submit(purpose, &call);
    (void)poll_after(1); /* its first look in this process sends it too */
    drop(sent.hash);
    mine(2);
    assert_int_equal(poll_after(1).sent, 0);
    assert_true(poll_after(RESEND_MS).sent == 1);
    assert_becomes_final(purpose);
    assert_true(gw_word_equal(find(purpose).hash, sent.hash));
    assert_int_equal(find(purpose).attempts, 1);
}

static void a_reorganised_transaction_goes_back_and_is_sent_again(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_transaction sent = submit(purpose, &call);
    mine(1);
    (void)poll_after(1);
    assert_int_equal(find(purpose).state, GW_CHAIN_MINED);
    gw_anvil_run(&world.chain.anvil, "anvil_reorg", "[1,[]]");
    (void)poll_after(1);
    assert_int_equal(find(purpose).state, GW_CHAIN_SENT);
    assert_true(find(purpose).block_number == 0);
    assert_becomes_final(purpose);
    assert_true(gw_word_equal(find(purpose).hash, sent.hash));
    assert_true(mined_count() == sent.nonce + 1);
}

static void a_reorganisation_deeper_than_our_confirmations_is_mended(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_transaction sent = submit(purpose, &call);
    assert_becomes_final(purpose);
    gw_anvil_run(&world.chain.anvil, "anvil_reorg", "[6,[]]");
    assert_true(mined_count() <= sent.nonce);
    (void)poll_after(RESEND_MS);
    assert_true(find(purpose).state < GW_CHAIN_FINAL);
    assert_becomes_final(purpose);
}

static void a_spike_of_the_base_fee_is_outbid_with_both_fields(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    (void)submit(purpose, &call);
    const gw_chain_journal journal = {world.db, world.chain.arena, world.chain.deployment.chain_id,
                                      gw_chain_sender(world.sender)};
    gw_chain_attempts attempts;
    gw_anvil_run(&world.chain.anvil, "anvil_setNextBlockBaseFeePerGas", "[\"0x174876e800\"]");
    mine(1); /* 100 gwei: the first bid is far below */
    for (int round = 0; round < 5 && find(purpose).attempts < 2; round++)
        (void)poll_after(RESEND_MS);
    assert_true(find(purpose).attempts >= 2);
    assert_becomes_final(purpose);
    assert_true(gw_is_ok(gw_chain_load_attempts(&journal, find(purpose).nonce, &attempts, NULL)));
    const gw_fee first = attempts.items[0].fee;
    const gw_fee second = attempts.items[1].fee;
    assert_true(second.tip_wei * 8 >= first.tip_wei * 9);
    assert_true(second.cap_wei * 8 >= first.cap_wei * 9);
}

static void bytes_signed_before_a_kill_leave_after_the_restart(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_rpc_settings mute = {.url = "http://127.0.0.1:1"};
    gw_rpc *nobody = NULL;
    const gw_chain_transaction sent = submit(purpose, &call);
    drop(sent.hash); /* as if the process had died between signing and sending */
    gw_chain_close(world.sender);
    assert_true(gw_is_ok(gw_rpc_open(world.chain.arena, &mute, &nobody, NULL)));
    open_sender(nobody);
    gw_chain_progress progress = {.open = 7};
    assert_int_equal(
        gw_chain_poll(world.sender, (gw_instant){0}, (gw_tick){world.tick_us}, &progress, NULL)
            .code,
        GW_CODE_UNAVAILABLE);
    assert_int_equal(progress.open, 7);
    restart();
    gw_rpc_close(nobody);
    assert_int_equal(poll_after(1).sent, 1); /* at once, without waiting */
    assert_becomes_final(purpose);
    assert_true(gw_word_equal(find(purpose).hash, sent.hash));
}

static void several_wait_in_order_and_all_arrive(void **state) {
    (void)state;
    char purposes[5][64];
    for (int at = 0; at < 5; at++) {
        const gw_chain_call call = fresh_call(purposes[at]);
        (void)submit(purposes[at], &call);
    }
    drop(find(purposes[1]).hash); /* a gap: 2, 3 and 4 cannot be mined before it is filled */
    for (int at = 0; at < 5; at++) assert_becomes_final(purposes[at]);
    for (int at = 1; at < 5; at++)
        assert_true(find(purposes[at]).nonce == find(purposes[at - 1]).nonce + 1);
}

static void a_nonce_taken_by_another_is_replaced_and_said(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    const gw_chain_transaction sent = submit(purpose, &call);
    drop(sent.hash);
    const gw_direct thief = {world.chain.anvil.rpc,
                             gw_anvil_signer(&world.chain.anvil, SENDER_SEED),
                             world.chain.deployment.chain_id, 1};
    gw_chain_call other;
    gw_receipt receipt;
    assert_true(gw_is_ok(gw_token_approve(world.chain.arena, world.chain.deployment.token,
                                          world.chain.deployment.ledger, 1, &other, NULL)));
    gw_ignore(gw_direct_send(&thief, world.chain.arena, &other, &receipt, NULL)); /* not mined */
    mine(1);
    for (int round = 0; round < 8 && find(purpose).state < GW_CHAIN_FINAL; round++) {
        mine(1);
        (void)poll_after(RESEND_MS);
    }
    assert_int_equal(find(purpose).state, GW_CHAIN_REPLACED);
    assert_true(strlen(find(purpose).detail) > 0);
}

static void a_call_that_reverts_in_its_block_fails_and_says_why(void **state) {
    (void)state;
    char purpose[64];
    const gw_commitment commitment = gw_world_commitment(&world.chain, ++world.event, 1000);
    gw_commitment conflicting = commitment;
    conflicting.commitment_root = gw_word_from_u64(424242);
    const gw_chain_call call = gw_world_commit_call(&world.chain, &commitment);
    const gw_chain_call rival = gw_world_commit_call(&world.chain, &conflicting);
    (void)snprintf(purpose, sizeof purpose, "commit/%d/1", world.event);
    const gw_chain_transaction ours = submit(purpose, &call);
    drop(ours.hash);
    gw_direct early = {world.chain.anvil.rpc, world.chain.deployer, world.chain.deployment.chain_id,
                       1};
    gw_receipt receipt;
    gw_ignore(gw_direct_send(&early, world.chain.arena, &rival, &receipt, NULL)); /* not mined */
    mine(1);
    for (int round = 0; round < 8 && find(purpose).state < GW_CHAIN_FINAL; round++) {
        (void)poll_after(RESEND_MS);
        mine(1);
    }
    assert_int_equal(find(purpose).state, GW_CHAIN_FAILED);
    assert_string_equal(find(purpose).detail, "the contract reverted");
}

static void a_call_that_runs_without_its_log_fails(void **state) {
    (void)state;
    char purpose[64];
    gw_chain_call call = fresh_call(purpose);
    call.topic = gw_ledger_topic_settled(); /* a commit logs something else */
    (void)submit(purpose, &call);
    for (int round = 0; round < 8 && find(purpose).state < GW_CHAIN_FINAL; round++) {
        mine(1);
        (void)poll_after(RESEND_MS);
    }
    assert_int_equal(find(purpose).state, GW_CHAIN_FAILED);
    assert_non_null(strstr(find(purpose).detail, "without the log"));
}

/* anvil takes any replacement, so a stricter node stands before it. */
static void an_underpriced_transaction_is_bid_up_until_the_node_takes_it(void **state) {
    (void)state;
    char purpose[64];
    const gw_chain_call call = fresh_call(purpose);
    gw_stern_node stern;
    gw_rpc *rpc = NULL;
    gw_stern_node_start(&stern, world.chain.anvil.url, 60000000000);
    const gw_rpc_settings settings = {.url = stern.url};
    assert_true(gw_is_ok(gw_rpc_open(world.chain.arena, &settings, &rpc, NULL)));
    gw_chain_close(world.sender);
    open_sender(rpc);
    (void)submit(purpose, &call);
    for (int round = 0; round < 60 && find(purpose).detail[0] != '\0'; round++)
        (void)poll_after(RESEND_MS);
    assert_string_equal(find(purpose).detail, "");
    assert_true(find(purpose).attempts > 1);
    assert_becomes_final(purpose);
    restart();
    gw_rpc_close(rpc);
    gw_stern_node_stop(&stern);
}

static void another_chain_is_refused(void **state) {
    (void)state;
    gw_chain_progress progress;
    gw_anvil_run(&world.chain.anvil, "anvil_setChainId", "[424242]");
    const gw_status status =
        gw_chain_poll(world.sender, (gw_instant){0}, (gw_tick){world.tick_us}, &progress, NULL);
    gw_anvil_run(&world.chain.anvil, "anvil_setChainId", "[31337]");
    assert_int_equal(status.code, GW_CODE_MISMATCH);
}

static bool open_world(void) {
    gw_fault fault = {0};
    gw_migrate_result migrated;
    const gw_db_settings settings = {.conninfo = getenv("GW_TEST_PG"),
                                     .connections = 2,
                                     .statement_timeout_ms = 5000,
                                     .lease_timeout_ms = 5000,
                                     .connect_timeout_s = 5};
    if (!gw_ledger_world_open(&world.chain, FUNDED)) return false;
    gw_anvil_run(&world.chain.anvil, "evm_setAutomine", "[false]");
    gw_anvil_key_file(SENDER_SEED, world.key_file);
    gw_status status = gw_migrate(settings.conninfo, NULL, &migrated, &fault);
    if (gw_is_ok(status)) status = gw_db_open(&settings, &world.db, &fault);
    if (!gw_is_ok(status)) print_error("%s: %s\n", fault.subject, fault.message);
    assert_true(gw_is_ok(status));
    open_sender(world.chain.anvil.rpc);
    gw_anvil_give_ether(&world.chain.anvil, gw_chain_sender(world.sender));
    return true;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_submitted_call_becomes_final_after_its_confirmations),
        cmocka_unit_test(the_same_purpose_again_is_the_same_transaction),
        cmocka_unit_test(a_purpose_with_another_call_is_a_conflict),
        cmocka_unit_test(a_call_that_would_revert_takes_no_nonce),
        cmocka_unit_test(a_dropped_transaction_is_sent_again_with_the_same_bytes),
        cmocka_unit_test(a_reorganised_transaction_goes_back_and_is_sent_again),
        cmocka_unit_test(a_reorganisation_deeper_than_our_confirmations_is_mended),
        cmocka_unit_test(a_spike_of_the_base_fee_is_outbid_with_both_fields),
        cmocka_unit_test(bytes_signed_before_a_kill_leave_after_the_restart),
        cmocka_unit_test(several_wait_in_order_and_all_arrive),
        cmocka_unit_test(a_nonce_taken_by_another_is_replaced_and_said),
        cmocka_unit_test(a_call_that_reverts_in_its_block_fails_and_says_why),
        cmocka_unit_test(a_call_that_runs_without_its_log_fails),
        cmocka_unit_test(an_underpriced_transaction_is_bid_up_until_the_node_takes_it),
        cmocka_unit_test(another_chain_is_refused),
    };
    if (!open_world()) {
        print_message("skipped: anvil is not installed (npm ci)\n");
        return SKIPPED;
    }
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    gw_chain_close(world.sender);
    gw_anvil_key_remove(world.key_file);
    gw_db_close(world.db);
    gw_ledger_world_close(&world.chain);
    return failures;
}
