/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"
#include "oracle/merkle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_leaf_of_every_size_is_proven(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 22);
    gw_word leaves[40];
    for (uint64_t at = 0; at < 40; at++)
        leaves[at] = gw_merkle_content(gw_word_from_u64(at * 37), gw_word_from_u64(at));
    for (size_t count = 1; count <= 40; count++) {
        gw_merkle merkle;
        assert_true(gw_is_ok(gw_merkle_build(arena, leaves, count, &merkle, NULL)));
        for (size_t at = 0; at < count; at++) {
            gw_merkle_proof proof;
            gw_merkle_prove(&merkle, at, &proof);
            assert_true(gw_merkle_verify(gw_merkle_root(&merkle), leaves[at], &proof));
            assert_false(gw_merkle_verify(gw_merkle_root(&merkle), gw_word_from_u64(1), &proof));
        }
    }
}

static void the_order_of_the_leaves_changes_nothing(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_word leaves[9];
    gw_word turned[9];
    for (uint64_t at = 0; at < 9; at++) {
        leaves[at] = gw_merkle_content(gw_word_from_u64(at), gw_word_from_u64(7));
        turned[8 - at] = leaves[at];
    }
    gw_merkle first;
    gw_merkle second;
    assert_true(gw_is_ok(gw_merkle_build(arena, leaves, 9, &first, NULL)));
    assert_true(gw_is_ok(gw_merkle_build(arena, turned, 9, &second, NULL)));
    assert_true(gw_word_equal(gw_merkle_root(&first), gw_merkle_root(&second)));
}

static void an_inner_node_is_no_leaf(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    const gw_word leaves[] = {gw_word_from_u64(1), gw_word_from_u64(2)};
    gw_merkle merkle;
    assert_true(gw_is_ok(gw_merkle_build(arena, leaves, 2, &merkle, NULL)));
    const gw_word as_leaf =
        gw_merkle_leaf((gw_bytes){leaves[0].bytes, sizeof leaves}); /* 64 bytes, as a node has */
    const gw_merkle_proof empty = {.count = 0};
    assert_false(gw_merkle_verify(gw_merkle_root(&merkle), as_leaf, &empty));
}

static void a_trade_leaf_is_the_one_of_ethers(void **state) {
    (void)state; /* abi.encode of ethers 6.17, hashed twice */
    gw_word word;
    gw_trade_leaf leaf = {.accepted_wh = 4000};
    char text[GW_WORD_TEXT_SIZE];
    assert_true(gw_is_ok(
        gw_word_parse(GW_TEXT("0xa76677eac86b649ba85bf97b23d5be920784e4f871be429e052f55572de05967"),
                      &word, NULL)));
    assert_true(gw_is_ok(gw_address_parse(GW_TEXT("0x5FbDB2315678afecb367f032d93F642f64180aa3"),
                                          &leaf.seller, NULL)));
    leaf.trade_id = word;
    leaf.salt = word;
    leaf.buyer = leaf.seller;
    gw_word_print(gw_merkle_trade(&leaf), text);
    assert_string_equal(text, "0x574de148e722e495a076b822150732bc82fb3579e6cd7da00c39a7436704805b");
}

static void no_leaves_are_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    gw_merkle merkle = {.leaf_count = 7};
    assert_int_equal(gw_merkle_build(arena, NULL, 0, &merkle, NULL).code, GW_CODE_INVALID);
    assert_int_equal(merkle.leaf_count, 7);
}

static void leaves_are_hashed_twice_over_their_abi_form(void **state) {
    (void)state;
    gw_word words[3] = {{{0}}, gw_word_from_u64(5), gw_word_from_u64(9)};
    const gw_address payee = {{1, 2, 3}};
    words[0] = gw_address_word(payee);
    const gw_word once = gw_keccak256((gw_bytes){words[0].bytes, sizeof words});
    assert_true(gw_word_equal(gw_merkle_entitlement(payee, 5, words[2]),
                              gw_keccak256(gw_word_slice(&once))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_leaf_of_every_size_is_proven),
        cmocka_unit_test(the_order_of_the_leaves_changes_nothing),
        cmocka_unit_test(an_inner_node_is_no_leaf),
        cmocka_unit_test(a_trade_leaf_is_the_one_of_ethers),
        cmocka_unit_test(no_leaves_are_refused),
        cmocka_unit_test(leaves_are_hashed_twice_over_their_abi_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
