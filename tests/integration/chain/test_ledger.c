/* SPDX-License-Identifier: Apache-2.0
 *
 * The ledger contract on a real development chain: deploy, fund, promise, settle, claim.
 */
#include "oracle/abi.h"
#include "server/chain/direct.h"
#include "server/cli/cli.h"
#include "tests/support/ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FUNDED = 1000000000, SKIPPED = 77 };

static gw_ledger_world world;

static gw_direct by(const gw_signer *signer) {
    return (gw_direct){world.anvil.rpc, signer, world.deployment.chain_id, 10000};
}

static gw_status send(const gw_signer *signer, const gw_chain_call *call, gw_receipt *ret,
                      gw_fault *fault) {
    const gw_direct direct = by(signer);
    return gw_direct_send(&direct, world.arena, call, ret, fault);
}

static gw_ledger_state state_now(void) {
    gw_ledger_state state = {0};
    assert_true(
        gw_is_ok(gw_ledger_state_read(world.anvil.rpc, world.deployment.ledger, &state, NULL)));
    return state;
}

static void the_deployed_ledger_is_funded_and_empty(void **state) {
    (void)state;
    const gw_ledger_state now = state_now();
    assert_int_equal(now.funded_micros, FUNDED);
    assert_int_equal(now.open_liabilities_micros, 0);
    assert_int_equal(now.sequence, 0);
    assert_true(gw_word_is_zero(now.entitlement_root));
    assert_int_equal(gw_ledger_free_micros(&now), FUNDED);
}

static void deploying_again_changes_nothing(void **state) {
    (void)state;
    char file[] = "/tmp/gw-again-XXXXXX";
    close(mkstemp(file));
    gw_deployment again;
    gw_deploy_order order = {.artifacts = "oracle/contracts/artifacts",
                             .chain_file = file,
                             .deployer = world.deployer,
                             .funder = world.funder,
                             .mint_micros = FUNDED,
                             .fund_micros = FUNDED};
    assert_true(gw_is_ok(gw_deployment_save(file, &world.deployment, NULL)));
    assert_true(gw_is_ok(gw_deploy_run(world.anvil.rpc, world.arena, &order, &again, NULL)));
    assert_true(gw_address_equal(again.ledger, world.deployment.ledger));
    assert_int_equal(state_now().funded_micros, FUNDED);
    assert_int_equal(remove(file), 0);
}

static void our_digests_are_the_contract_s(void **state) {
    (void)state;
    const gw_domain domain = gw_deployment_domain(&world.deployment);
    const gw_commitment commitment = gw_world_commitment(&world, 99, 5);
    gw_word words[GW_COMMITMENT_WORDS];
    gw_abi_value members[GW_COMMITMENT_WORDS];
    gw_commitment_words(&commitment, words);
    for (size_t at = 0; at < GW_COMMITMENT_WORDS; at++) members[at] = gw_abi_word(words[at]);
    const gw_abi_value argument = gw_abi_items(members, GW_COMMITMENT_WORDS);
    gw_call_request request = {.to = world.deployment.ledger};
    gw_bytes answer;
    assert_true(gw_is_ok(gw_abi_call(
        world.arena,
        GW_TEXT("hashCommitment((bytes32,uint16,uint32,uint64,uint64,bytes32,uint96,bytes32))"),
        &argument, 1, &request.calldata, NULL)));
    assert_true(gw_is_ok(gw_rpc_call(world.anvil.rpc, world.arena, &request, &answer, NULL)));
    const gw_word digest = gw_commitment_digest(&domain, &commitment);
    assert_true(gw_bytes_equal(answer, gw_word_slice(&digest)));
}

static void a_promise_beyond_the_escrow_is_refused_by_name(void **state) {
    (void)state;
    const gw_commitment commitment = gw_world_commitment(&world, 7, (uint64_t)FUNDED + 1);
    const gw_chain_call call = gw_world_commit_call(&world, &commitment);
    gw_receipt receipt;
    gw_fault fault = {0};
    assert_int_equal(send(world.deployer, &call, &receipt, &fault).code, GW_CODE_INFEASIBLE);
    assert_non_null(strstr(fault.message, "EscrowTooSmall"));
}

static void two_signatures_are_no_quorum(void **state) {
    (void)state;
    const gw_domain domain = gw_deployment_domain(&world.deployment);
    const gw_commitment commitment = gw_world_commitment(&world, 8, 5);
    gw_certificate certificate =
        gw_world_certify(&world, gw_commitment_digest(&domain, &commitment));
    gw_chain_call call;
    gw_receipt receipt;
    gw_fault fault = {0};
    certificate.count = 2;
    assert_true(gw_is_ok(gw_ledger_commit(world.arena, world.deployment.ledger, &commitment,
                                          &certificate, &call, NULL)));
    assert_int_equal(send(world.deployer, &call, &receipt, &fault).code, GW_CODE_INFEASIBLE);
    assert_non_null(strstr(fault.message, "SignatureCountInvalid"));
}

static gw_settlement settlement_for(const gw_commitment *commitment, gw_word root, uint64_t total) {
    const gw_ledger_state now = state_now();
    return (gw_settlement){.sequence = now.sequence + 1,
                           .event_id = commitment->event_id,
                           .revision = 1,
                           .run_type = GW_RUN_PRELIM,
                           .signer_set = world.deployment.signer_set,
                           .commitment_root = commitment->commitment_root,
                           .evidence_root = gw_word_from_u64(5),
                           .entitlement_root = root,
                           .total_micros = total,
                           .previous_root = now.entitlement_root,
                           .as_of_s = 1768932000,
                           .data_hash = gw_word_from_u64(6)};
}

static void a_promise_is_settled_and_claimed_once(void **state) {
    (void)state;
    const gw_commitment commitment = gw_world_commitment(&world, 1, 5000000);
    const gw_chain_call commit = gw_world_commit_call(&world, &commitment);
    const gw_signer *payee = gw_anvil_signer(&world.anvil, 0x77);
    const gw_word salts[] = {gw_word_from_u64(1), gw_word_from_u64(2)};
    const gw_word leaves[] = {gw_merkle_entitlement(gw_signer_address(payee), 1200000, salts[0]),
                              gw_merkle_entitlement(gw_signer_address(world.funder), 0, salts[1])};
    gw_receipt receipt;
    gw_merkle tree;
    gw_claim claim = {gw_signer_address(payee), 1200000, salts[0], {.count = 0}};
    gw_claimed claimed;
    gw_chain_call call;
    gw_fault fault = {0};
    uint64_t balance = 0;
    assert_true(gw_is_ok(send(world.deployer, &commit, &receipt, NULL)));
    assert_int_equal(state_now().open_liabilities_micros, 5000000);
    assert_true(gw_is_ok(gw_merkle_build(world.arena, leaves, 2, &tree, NULL)));
    const gw_settlement settlement = settlement_for(&commitment, gw_merkle_root(&tree), 1200000);
    call = gw_world_settle_call(&world, &settlement);
    assert_true(gw_is_ok(send(world.deployer, &call, &receipt, NULL)));
    assert_int_equal(state_now().open_liabilities_micros, 0);
    assert_int_equal(state_now().entitled_micros, 1200000);
    gw_merkle_prove(&tree, 0, &claim.proof);
    assert_true(
        gw_is_ok(gw_ledger_claim(world.arena, world.deployment.ledger, &claim, &call, NULL)));
    assert_true(gw_is_ok(send(world.deployer, &call, &receipt, NULL)));
    assert_true(gw_is_ok(gw_ledger_claimed_in(&receipt, world.deployment.ledger, &claimed, NULL)));
    assert_int_equal(claimed.amount_micros, 1200000);
    assert_true(gw_is_ok(gw_token_balance(world.anvil.rpc, world.deployment.token,
                                          gw_signer_address(payee), &balance, NULL)));
    assert_int_equal(balance, 1200000);
    assert_int_equal(send(world.deployer, &call, &receipt, &fault).code, GW_CODE_INFEASIBLE);
    assert_non_null(strstr(fault.message, "NothingToClaim"));
}

static void write_bundle(const char *path, gw_address payee, uint64_t lifetime_micros) {
    char text[GW_ADDRESS_TEXT_SIZE];
    char salt[GW_WORD_TEXT_SIZE];
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    gw_address_print(payee, text);
    gw_word_print(gw_word_from_u64(9), salt);
    fprintf(out,
            "{\"core\":{\"entitlements\":[{\"payee\":\"%s\",\"lifetime_micros\":%llu,"
            "\"salt\":\"%s\"}]}}",
            text, (unsigned long long)lifetime_micros, salt);
    (void)fclose(out);
}

static void write_config(const char *path, const char *chain_file) {
    FILE *out = fopen(path, "we");
    assert_non_null(out);
    fprintf(out, "[chain]\nrpc_url = %s\ndeployment_file = %s\n", world.anvil.url, chain_file);
    (void)fclose(out);
    assert_true(gw_is_ok(gw_deployment_save(chain_file, &world.deployment, NULL)));
}

/* A second run raises the payee's lifetime to 1.5; the command pays the difference, once. */
static void the_command_claims_the_difference_from_a_bundle(void **state) {
    (void)state;
    char config[] = "/tmp/gw-claim-config-XXXXXX";
    char chain_file[] = "/tmp/gw-claim-chain-XXXXXX";
    char bundle[] = "/tmp/gw-claim-bundle-XXXXXX";
    char key[128];
    const gw_address payee = gw_signer_address(gw_anvil_signer(&world.anvil, 0x77));
    const gw_word leaf = gw_merkle_entitlement(payee, 1500000, gw_word_from_u64(9));
    const gw_commitment commitment = gw_world_commitment(&world, 3, 900000);
    const gw_chain_call commit = gw_world_commit_call(&world, &commitment);
    gw_receipt receipt;
    uint64_t balance = 0;
    assert_true(close(mkstemp(config)) == 0 && close(mkstemp(chain_file)) == 0 &&
                close(mkstemp(bundle)) == 0);
    assert_true(gw_is_ok(send(world.deployer, &commit, &receipt, NULL)));
    const gw_settlement settlement = settlement_for(&commitment, leaf, 1500000);
    const gw_chain_call settle = gw_world_settle_call(&world, &settlement);
    assert_true(gw_is_ok(send(world.deployer, &settle, &receipt, NULL)));
    write_config(config, chain_file);
    gw_anvil_give_ether(&world.anvil, payee);
    gw_anvil_key_file(0x77, key);
    char words[][16] = {"chain", "claim", "--config", "--bundle", "--key"};
    char *arguments[] = {words[0], words[1], words[2], config, words[3],
                         bundle,   words[4], key,      NULL};
    write_bundle(bundle, payee, 1600000); /* not what was settled */
    assert_int_equal(gw_cli_chain(8, arguments), GW_EXIT_FAILURE);
    write_bundle(bundle, payee, 1500000);
    assert_int_equal(gw_cli_chain(8, arguments), GW_EXIT_OK);
    assert_int_equal(gw_cli_chain(8, arguments), GW_EXIT_FAILURE); /* nothing is left */
    assert_true(
        gw_is_ok(gw_token_balance(world.anvil.rpc, world.deployment.token, payee, &balance, NULL)));
    assert_int_equal(balance, 1500000);
    gw_anvil_key_remove(key);
    assert_true(remove(config) == 0 && remove(chain_file) == 0 && remove(bundle) == 0);
}

static void the_views_tell_what_an_event_has(void **state) {
    (void)state;
    gw_ledger_event_record record;
    const gw_commitment done = gw_world_commitment(&world, 1, 5000000);
    const gw_commitment unknown = gw_world_commitment(&world, 50, 1);
    assert_true(gw_is_ok(gw_ledger_event_read(world.anvil.rpc, world.deployment.ledger,
                                              done.event_id, &record, NULL)));
    assert_true(gw_word_equal(record.commitment_root, done.commitment_root));
    assert_int_equal(record.run_type, GW_RUN_PRELIM);
    assert_true(gw_is_ok(gw_ledger_event_read(world.anvil.rpc, world.deployment.ledger,
                                              unknown.event_id, &record, NULL)));
    assert_true(gw_word_is_zero(record.commitment_root));
    assert_int_equal(record.run_type, 0);
}

static void a_node_that_lies_about_the_chain_is_noticed(void **state) {
    (void)state;
    gw_anvil other = {0};
    assert_true(gw_anvil_start(&other, GW_ANVIL_AUTOMINE));
    const gw_rpc_settings settings = {.url = world.anvil.url, .second_url = other.url};
    const gw_rpc_settings lame = {.url = "http://127.0.0.1:1", .second_url = world.anvil.url};
    gw_rpc *both = NULL;
    gw_rpc *half = NULL;
    gw_ledger_state seen;
    assert_true(gw_is_ok(gw_rpc_open(world.arena, &settings, &both, NULL)));
    assert_true(gw_is_ok(gw_rpc_open(world.arena, &lame, &half, NULL)));
    assert_int_equal(gw_ledger_state_read(both, world.deployment.ledger, &seen, NULL).code,
                     GW_CODE_MISMATCH);
    assert_true(gw_is_ok(gw_ledger_state_read(half, world.deployment.ledger, &seen, NULL)));
    gw_rpc_close(both);
    gw_rpc_close(half);
    gw_anvil_stop(&other);
}

static void a_dead_node_is_unavailable(void **state) {
    (void)state;
    const gw_rpc_settings settings = {.url = "http://127.0.0.1:1"};
    gw_rpc *rpc = NULL;
    uint64_t chain_id = 7;
    assert_true(gw_is_ok(gw_rpc_open(world.arena, &settings, &rpc, NULL)));
    assert_int_equal(gw_rpc_chain_id(rpc, &chain_id, NULL).code, GW_CODE_UNAVAILABLE);
    assert_int_equal(chain_id, 7);
    gw_rpc_close(rpc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_deployed_ledger_is_funded_and_empty),
        cmocka_unit_test(deploying_again_changes_nothing),
        cmocka_unit_test(our_digests_are_the_contract_s),
        cmocka_unit_test(a_promise_beyond_the_escrow_is_refused_by_name),
        cmocka_unit_test(two_signatures_are_no_quorum),
        cmocka_unit_test(a_promise_is_settled_and_claimed_once),
        cmocka_unit_test(the_command_claims_the_difference_from_a_bundle),
        cmocka_unit_test(the_views_tell_what_an_event_has),
        cmocka_unit_test(a_node_that_lies_about_the_chain_is_noticed),
        cmocka_unit_test(a_dead_node_is_unavailable),
    };
    if (!gw_ledger_world_open(&world, FUNDED)) {
        print_message("skipped: anvil is not installed (npm ci)\n");
        return SKIPPED;
    }
    const int failures = cmocka_run_group_tests(tests, NULL, NULL);
    gw_ledger_world_close(&world);
    return failures;
}
