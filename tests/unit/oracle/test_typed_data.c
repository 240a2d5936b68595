/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"
#include "oracle/typed_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const gw_domain domain = {
    .chain_id = 31337, .ledger = {{0x5f, 0xbd, 0xb2, 0x31, 0x56, 0x78, 0xaf, 0xec, 0xb3, 0x67,
                                   0xf0, 0x32, 0xd9, 0x3f, 0x64, 0x2f, 0x64, 0x18, 0x0a, 0xa3}}};

static gw_commitment sample_commitment(void) {
    return (gw_commitment){.event_id = gw_word_from_u64(1),
                           .revision = 2,
                           .signer_set = 3,
                           .epoch = 4,
                           .delivery_start_s = 5,
                           .commitment_root = gw_word_from_u64(6),
                           .max_liability_micros = 7,
                           .data_hash = gw_word_from_u64(8)};
}

static gw_settlement sample_settlement(void) {
    return (gw_settlement){.sequence = 1,
                           .event_id = gw_word_from_u64(2),
                           .revision = 3,
                           .run_type = GW_RUN_LATE,
                           .signer_set = 5,
                           .epoch = 6,
                           .commitment_root = gw_word_from_u64(7),
                           .evidence_root = gw_word_from_u64(8),
                           .entitlement_root = gw_word_from_u64(9),
                           .total_micros = 10,
                           .previous_root = gw_word_from_u64(11),
                           .as_of_s = 12,
                           .data_hash = gw_word_from_u64(13)};
}

static void assert_hash(gw_word digest, const char *wanted) {
    char text[GW_WORD_TEXT_SIZE];
    gw_word_print(digest, text);
    assert_string_equal(text, wanted);
}

static void the_separator_is_the_one_of_ethers(void **state) {
    (void)state; /* oracle_chain.md §3.7, computed with ethers 6.17 */
    assert_hash(gw_domain_separator(&domain),
                "0x9773410e8ffaabfb8370f51c3b6672dba3f8c2f2c5bb3480ba8df05ec6a95961");
}

static void digests_are_the_ones_of_ethers(void **state) {
    (void)state; /* TypedDataEncoder of ethers 6.17 over the same values */
    const gw_commitment commitment = sample_commitment();
    const gw_settlement settlement = sample_settlement();
    assert_hash(gw_commitment_type_hash(),
                "0xd388bd63d2fdfe52966beeb983d35ceedc7b61538a792877ddc4a4e9900c6fd1");
    assert_hash(gw_settlement_type_hash(),
                "0xad31212c79dcaf263d6f21362948f83fc2aabd80b78212aa3363e20010999365");
    assert_hash(gw_commitment_digest(&domain, &commitment),
                "0xaf80a181dd928f8c226e65a83b8beba479970fed58fa421ef543e623ecb75531");
    assert_hash(gw_settlement_digest(&domain, &settlement),
                "0x7d0c052256773ae3a53b960cbaf0bb2c14556b058fd9168fb6e41f6f8806c67e");
}

static void every_member_is_bound(void **state) {
    (void)state;
    const gw_commitment commitment = sample_commitment();
    const gw_settlement settlement = sample_settlement();
    gw_word plain[GW_COMMITMENT_WORDS];
    gw_word longer[GW_SETTLEMENT_WORDS];
    gw_commitment_words(&commitment, plain);
    gw_settlement_words(&settlement, longer);
    for (uint64_t at = 0; at < GW_COMMITMENT_WORDS; at++)
        assert_true(gw_word_equal(plain[at], gw_word_from_u64(at + 1)));
    for (uint64_t at = 0; at < GW_SETTLEMENT_WORDS; at++)
        assert_true(gw_word_equal(longer[at], gw_word_from_u64(at + 1)));
}

static void another_chain_or_ledger_gives_another_digest(void **state) {
    (void)state;
    const gw_commitment commitment = sample_commitment();
    gw_domain chain = domain;
    gw_domain ledger = domain;
    chain.chain_id++;
    ledger.ledger.bytes[19]++;
    const gw_word digest = gw_commitment_digest(&domain, &commitment);
    assert_false(gw_word_equal(digest, gw_commitment_digest(&chain, &commitment)));
    assert_false(gw_word_equal(digest, gw_commitment_digest(&ledger, &commitment)));
}

static void an_event_has_a_labelled_pseudonym(void **state) {
    (void)state;
    uint8_t bytes[17 + 16] = "gridwitness/event";
    uint8_t uuid[16];
    memset(uuid, 0xab, sizeof uuid);
    memcpy(bytes + 17, uuid, sizeof uuid);
    assert_true(gw_word_equal(gw_event_word(uuid), gw_keccak256((gw_bytes){bytes, sizeof bytes})));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_separator_is_the_one_of_ethers),
        cmocka_unit_test(digests_are_the_ones_of_ethers),
        cmocka_unit_test(every_member_is_bound),
        cmocka_unit_test(another_chain_or_ledger_gives_another_digest),
        cmocka_unit_test(an_event_has_a_labelled_pseudonym),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
