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

static gw_clearance sample_clearance(void) {
    return (gw_clearance){.check_id = gw_word_from_u64(1),
                          .signer_set = 2,
                          .epoch = 3,
                          .network_hash = gw_word_from_u64(4),
                          .interval_start_s = 5,
                          .interval_end_s = 6,
                          .items_root = gw_word_from_u64(7),
                          .expires_at_s = 8,
                          .data_hash = gw_word_from_u64(9)};
}

static gw_trade_delivery sample_delivery(void) {
    return (gw_trade_delivery){.check_id = gw_word_from_u64(1),
                               .trade_id = gw_word_from_u64(2),
                               .delivered_wh = 3,
                               .data_hash = gw_word_from_u64(4),
                               .epoch = 5,
                               .signer_set = 6};
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

static void digests_of_the_grid_are_the_ones_of_ethers(void **state) {
    (void)state; /* TypedDataEncoder of ethers 6.17 over the same values */
    const gw_clearance clearance = sample_clearance();
    const gw_trade_delivery delivery = sample_delivery();
    assert_hash(gw_clearance_type_hash(),
                "0xdc71725c8f4a5ac2ad4f6c43f8fe6e7b08c32a52f20b2f7462bc5a6f9ac3472e");
    assert_hash(gw_trade_delivery_type_hash(),
                "0xa2e7463689a09a6dc44aa7b4aa730399f637666d03497b3cb4fd9b3d273af470");
    assert_hash(gw_clearance_digest(&domain, &clearance),
                "0x4e6457583a73546156158b16f0bb9fd9a269687280260964e63ac3655760f9ec");
    assert_hash(gw_trade_delivery_digest(&domain, &delivery),
                "0x5845563cab77265bc76d64a7852783d95d88a8517c532c17b0fbae794b5f63f4");
}

static void every_member_of_the_grid_is_bound(void **state) {
    (void)state;
    const gw_clearance clearance = sample_clearance();
    const gw_trade_delivery delivery = sample_delivery();
    gw_word longer[GW_CLEARANCE_WORDS];
    gw_word plain[GW_TRADE_DELIVERY_WORDS];
    gw_clearance_words(&clearance, longer);
    gw_trade_delivery_words(&delivery, plain);
    for (uint64_t at = 0; at < GW_CLEARANCE_WORDS; at++)
        assert_true(gw_word_equal(longer[at], gw_word_from_u64(at + 1)));
    for (uint64_t at = 0; at < GW_TRADE_DELIVERY_WORDS; at++)
        assert_true(gw_word_equal(plain[at], gw_word_from_u64(at + 1)));
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

static void a_check_and_its_trades_have_labelled_pseudonyms(void **state) {
    (void)state; /* computed with ethers 6.17 */
    uint8_t uuid[16];
    for (uint8_t at = 0; at < sizeof uuid; at++) uuid[at] = at;
    assert_hash(gw_check_word(uuid),
                "0xa76677eac86b649ba85bf97b23d5be920784e4f871be429e052f55572de05967");
    assert_hash(gw_trade_word(uuid, GW_TEXT("trade-1")),
                "0x3e08db75fcfca2f5f9fe3a1342ba349f6f2b697f5db70e8256f7f13cdb4dfd10");
    assert_false(gw_word_equal(gw_trade_word(uuid, GW_TEXT("trade-1")),
                               gw_trade_word(uuid, GW_TEXT("trade-2"))));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_separator_is_the_one_of_ethers),
        cmocka_unit_test(digests_are_the_ones_of_ethers),
        cmocka_unit_test(digests_of_the_grid_are_the_ones_of_ethers),
        cmocka_unit_test(every_member_is_bound),
        cmocka_unit_test(every_member_of_the_grid_is_bound),
        cmocka_unit_test(another_chain_or_ledger_gives_another_digest),
        cmocka_unit_test(an_event_has_a_labelled_pseudonym),
        cmocka_unit_test(a_check_and_its_trades_have_labelled_pseudonyms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
