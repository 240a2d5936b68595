/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/transaction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static gw_signer *make_signer(gw_arena *arena, uint8_t seed) {
    gw_signing_key key;
    gw_signer *signer = NULL;
    memset(key.bytes, seed, sizeof key.bytes);
    assert_true(gw_is_ok(gw_signer_make(arena, &key, NULL, &signer, NULL)));
    return signer;
}

static gw_transaction sample(const uint8_t *calldata, size_t count) {
    gw_transaction transaction = {.chain_id = 31337,
                                  .nonce = 7,
                                  .tip_wei = gw_word_from_u64(1500000000),
                                  .fee_cap_wei = gw_word_from_u64(31500000000),
                                  .gas_limit = 95100,
                                  .data = {calldata, count}};
    memset(transaction.to.bytes, 0x35, GW_ADDRESS_BYTES);
    return transaction;
}

static void assert_word(gw_word word, const char *wanted) {
    char text[GW_WORD_TEXT_SIZE];
    gw_word_print(word, text);
    assert_string_equal(text, wanted);
}

static void the_hash_is_the_one_of_ethers(void **state) {
    (void)state; /* oracle_chain.md §3.7, computed with ethers 6.17: transfer(0x11..11, 42) */
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    uint8_t calldata[68] = {0xa9, 0x05, 0x9c, 0xbb};
    memset(calldata + 16, 0x11, GW_ADDRESS_BYTES);
    calldata[67] = 42;
    const gw_transaction transaction = sample(calldata, sizeof calldata);
    gw_signed_transaction made;
    assert_true(
        gw_is_ok(gw_transaction_sign(arena, &transaction, make_signer(arena, 0x46), &made, NULL)));
    assert_word(made.hash, "0x721c17d7eca85aa491efe634868a57967211e72e3cfb6b89408bae5faf2722d0");
}

/* A short r or s loses its leading zeros: a classic fault. One in 256 nonces has one. */
static void short_r_and_s_are_read_back(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 24);
    const gw_signer *signer = make_signer(arena, 0x46);
    size_t shortest = SIZE_MAX;
    size_t longest = 0;
    for (uint64_t nonce = 128; nonce < 250; nonce++) {
        gw_transaction transaction = sample(NULL, 0);
        transaction.nonce = nonce;
        for (uint64_t value = 1; value < 9; value++) {
            gw_signed_transaction made;
            gw_transaction read;
            gw_address sender;
            transaction.value_wei = gw_word_from_u64(value);
            assert_true(gw_is_ok(gw_transaction_sign(arena, &transaction, signer, &made, NULL)));
            assert_true(gw_is_ok(gw_transaction_decode(arena, made.raw, &read, &sender, NULL)));
            assert_true(gw_address_equal(sender, gw_signer_address(signer)));
            assert_true(read.nonce == nonce);
            shortest = made.raw.length < shortest ? made.raw.length : shortest;
            longest = made.raw.length > longest ? made.raw.length : longest;
        }
    }
    assert_true(shortest < longest);
}

static void every_cut_and_every_changed_byte_is_noticed(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 24);
    const gw_signer *signer = make_signer(arena, 0x46);
    const gw_transaction transaction = sample((const uint8_t *)"abcd", 4);
    gw_signed_transaction made;
    gw_transaction read;
    gw_address sender;
    assert_true(gw_is_ok(gw_transaction_sign(arena, &transaction, signer, &made, NULL)));
    for (size_t length = 0; length < made.raw.length; length++)
        assert_false(gw_is_ok(
            gw_transaction_decode(arena, (gw_bytes){made.raw.at, length}, &read, &sender, NULL)));
    uint8_t changed[256];
    assert_true(made.raw.length <= sizeof changed);
    for (size_t at = 0; at < made.raw.length; at++) {
        memcpy(changed, made.raw.at, made.raw.length);
        changed[at] ^= 1;
        const gw_status status = gw_transaction_decode(arena, (gw_bytes){changed, made.raw.length},
                                                       &read, &sender, NULL);
        assert_true(!gw_is_ok(status) || !gw_address_equal(sender, gw_signer_address(signer)));
    }
}

static void the_least_gas_covers_the_floor_of_calldata(void **state) {
    (void)state; /* EIP-7623: 21000 + 10 tokens, 4 tokens for a byte that is not zero */
    const uint8_t bytes[3] = {0, 1, 2};
    gw_transaction transaction = sample(bytes, 3);
    assert_int_equal(gw_transaction_least_gas(&transaction), 21000 + 10 * 9);
    transaction.is_creation = true;
    assert_int_equal(gw_transaction_least_gas(&transaction), 21000 + 4 * 9 + 32000 + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_the_one_of_ethers),
        cmocka_unit_test(short_r_and_s_are_read_back),
        cmocka_unit_test(every_cut_and_every_changed_byte_is_noticed),
        cmocka_unit_test(the_least_gas_covers_the_floor_of_calldata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
