/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/quorum.h"

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

enum { NODES = 4 };

typedef struct nodes {
    gw_address members[NODES];
    gw_signature signatures[NODES];
    gw_signer_set set;
} nodes;

static const gw_word digest = {{1, 2, 3}};

static void make_nodes(gw_arena *arena, nodes *ret) {
    for (uint8_t at = 0; at < NODES; at++) {
        const gw_signer *signer = make_signer(arena, (uint8_t)(at + 1));
        ret->members[at] = gw_signer_address(signer);
        assert_true(gw_is_ok(gw_signer_sign(signer, digest, &ret->signatures[at], NULL)));
    }
    ret->set = (gw_signer_set){ret->members, NODES};
}

static void quorums_share_an_honest_node(void **state) {
    (void)state; /* DESIGN §6 */
    for (uint32_t n = 1; n <= GW_SIGNERS_MOST; n++) {
        gw_quorum quorum;
        assert_true(gw_is_ok(gw_quorum_for(n, &quorum, NULL)));
        assert_true(2 * quorum.q > n + quorum.f); /* two quorums overlap in more than f */
        assert_true(quorum.q <= n - quorum.f);    /* and the honest ones can make one */
    }
    gw_quorum four;
    assert_true(gw_is_ok(gw_quorum_for(4, &four, NULL)));
    assert_int_equal(four.q, 3);
}

static void the_set_has_1_to_31_nodes(void **state) {
    (void)state;
    gw_quorum quorum;
    assert_int_equal(gw_quorum_for(0, &quorum, NULL).code, GW_CODE_INVALID);
    assert_int_equal(gw_quorum_for(32, &quorum, NULL).code, GW_CODE_INVALID);
}

static void any_three_of_four_make_a_certificate_in_ascending_order(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    nodes all;
    make_nodes(arena, &all);
    for (size_t left_out = 0; left_out < NODES; left_out++) {
        gw_signature given[NODES - 1];
        for (size_t at = 0, to = 0; at < NODES; at++)
            if (at != left_out) given[to++] = all.signatures[at];
        gw_certificate certificate;
        gw_bytes bytes;
        assert_true(gw_is_ok(
            gw_certificate_make(arena, all.set, digest, given, NODES - 1, &certificate, NULL)));
        assert_int_equal(certificate.count, 3);
        assert_true(gw_is_ok(gw_certificate_check(&certificate, all.set, digest, NULL)));
        assert_true(gw_is_ok(gw_certificate_bytes(arena, &certificate, &bytes, NULL)));
        assert_int_equal(bytes.length, 3 * 65);
    }
}

static void four_signatures_give_the_three_of_the_lowest_addresses(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    nodes all;
    make_nodes(arena, &all);
    gw_certificate certificate;
    assert_true(gw_is_ok(
        gw_certificate_make(arena, all.set, digest, all.signatures, NODES, &certificate, NULL)));
    assert_int_equal(certificate.count, 3);
    for (size_t at = 0; at < NODES; at++) {
        const bool is_in = gw_address_compare(all.members[at], certificate.signers[2]) <= 0;
        bool is_found = false;
        for (uint32_t to = 0; to < 3; to++)
            is_found |= gw_address_equal(certificate.signers[to], all.members[at]);
        assert_int_equal(is_in, is_found);
    }
}

static void doubles_strangers_and_other_digests_do_not_count(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    nodes all;
    make_nodes(arena, &all);
    gw_signature stranger;
    gw_signature other;
    const gw_word elsewhere = {{9}};
    assert_true(gw_is_ok(gw_signer_sign(make_signer(arena, 77), digest, &stranger, NULL)));
    assert_true(gw_is_ok(gw_signer_sign(make_signer(arena, 3), elsewhere, &other, NULL)));
    const gw_signature given[] = {all.signatures[0], all.signatures[0], stranger, other,
                                  all.signatures[1]};
    gw_certificate certificate = {.count = 7};
    assert_int_equal(gw_certificate_make(arena, all.set, digest, given, 5, &certificate, NULL).code,
                     GW_CODE_NO_QUORUM);
    assert_int_equal(certificate.count, 7);
}

static void a_certificate_out_of_order_or_short_is_refused(void **state) {
    (void)state;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    nodes all;
    make_nodes(arena, &all);
    gw_certificate good;
    assert_true(
        gw_is_ok(gw_certificate_make(arena, all.set, digest, all.signatures, NODES, &good, NULL)));
    const gw_address signers[] = {good.signers[1], good.signers[0], good.signers[2]};
    const gw_signature signatures[] = {good.signatures[1], good.signatures[0], good.signatures[2]};
    const gw_certificate turned = {signers, signatures, 3};
    const gw_certificate shorter = {good.signers, good.signatures, 2};
    const gw_certificate lying = {signers, good.signatures, 3};
    assert_int_equal(gw_certificate_check(&turned, all.set, digest, NULL).code, GW_CODE_INVALID);
    assert_int_equal(gw_certificate_check(&shorter, all.set, digest, NULL).code, GW_CODE_NO_QUORUM);
    assert_int_equal(gw_certificate_check(&lying, all.set, digest, NULL).code, GW_CODE_MISMATCH);
    assert_int_equal(
        gw_certificate_check(&good, (gw_signer_set){good.signers, 2}, digest, NULL).code,
        GW_CODE_NO_QUORUM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quorums_share_an_honest_node),
        cmocka_unit_test(the_set_has_1_to_31_nodes),
        cmocka_unit_test(any_three_of_four_make_a_certificate_in_ascending_order),
        cmocka_unit_test(four_signatures_give_the_three_of_the_lowest_addresses),
        cmocka_unit_test(doubles_strangers_and_other_digests_do_not_count),
        cmocka_unit_test(a_certificate_out_of_order_or_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
