/* SPDX-License-Identifier: Apache-2.0
 *
 * Every published vector of ../shared/data/chain_vectors for what we use, with printed counts.
 * Without the data set each file is one printed, counted skip.
 */
#include "tests/unit/oracle/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ARENA_CAP = 256 << 20 };

static void run(const char *name, const char *file,
                void (*each)(gw_vectors *vectors, const json_t *vector)) {
    gw_vectors vectors = {.name = name, .arena = gw_arena_open(ARENA_CAP)};
    assert_non_null(vectors.arena);
    const bool is_there = gw_vectors_run(&vectors, file, each);
    gw_vectors_print(&vectors);
    assert_int_equal(vectors.failed, 0);
    assert_true(!is_there || vectors.passed > 0);
    gw_arena_close(vectors.arena);
}

static void hashes_agree(void **state) {
    (void)state;
    run("hashes", "hashes.jsonl", vector_hash);
}

static void addresses_and_keys_agree(void **state) {
    (void)state;
    run("addresses", "address_checksum_and_keys.jsonl", vector_address);
}

static void rlp_agrees(void **state) {
    (void)state;
    run("rlp", "rlp.jsonl", vector_rlp);
    run("rlp official", "ethtests_RLPTests_rlptest.json", vector_rlp_official);
}

static void invalid_rlp_is_refused(void **state) {
    (void)state;
    run("rlp invalid", "ethtests_RLPTests_invalidRLPTest.json", vector_rlp_invalid);
}

static void abi_agrees(void **state) {
    (void)state;
    run("abi", "abi_encode.jsonl", vector_abi);
    run("abi official", "ethtests_ABITests_basic_abi_tests.json", vector_abi_official);
}

static void packed_hashes_agree(void **state) {
    (void)state;
    run("packed", "solidity_packed_keccak.jsonl", vector_packed);
}

static void typed_data_agrees(void **state) {
    (void)state;
    run("eip712", "eip712.jsonl", vector_typed_data);
    run("eip712 mail", "eip712_mail.json", vector_typed_data_mail);
}

static void transactions_are_signed_byte_for_byte(void **state) {
    (void)state;
    run("transactions", "typed_transactions.jsonl", vector_transaction);
    run("transactions official", "transaction_tests.jsonl", vector_transaction_official);
}

static void merkle_trees_agree(void **state) {
    (void)state;
    run("merkle", "merkle_openzeppelin.json", vector_merkle);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_agree),
        cmocka_unit_test(addresses_and_keys_agree),
        cmocka_unit_test(rlp_agrees),
        cmocka_unit_test(invalid_rlp_is_refused),
        cmocka_unit_test(abi_agrees),
        cmocka_unit_test(packed_hashes_agree),
        cmocka_unit_test(typed_data_agrees),
        cmocka_unit_test(transactions_are_signed_byte_for_byte),
        cmocka_unit_test(merkle_trees_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
