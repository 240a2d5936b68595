/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/keccak.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void assert_hash(gw_word digest, const char *wanted) {
    char text[GW_WORD_TEXT_SIZE];
    gw_word_print(digest, text);
    assert_string_equal(text, wanted);
}

static void known_digests_agree(void **state) {
    (void)state; /* Keccak team, ShortMsgKAT_256; oracle_chain.md §3.1 */
    assert_hash(gw_keccak256((gw_bytes){NULL, 0}),
                "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    assert_hash(gw_keccak256((gw_bytes){(const uint8_t *)"abc", 3}),
                "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

static void pieces_hash_as_the_whole_around_every_block_edge(void **state) {
    (void)state;
    uint8_t bytes[300];
    for (size_t at = 0; at < sizeof bytes; at++) bytes[at] = (uint8_t)(at * 7);
    for (size_t length = 130; length <= 280; length++)
        for (size_t cut = 0; cut <= length; cut += 17) {
            gw_keccak keccak;
            gw_keccak_init(&keccak);
            gw_keccak_add(&keccak, (gw_bytes){bytes, cut});
            gw_keccak_add(&keccak, (gw_bytes){bytes + cut, length - cut});
            assert_true(
                gw_word_equal(gw_keccak_end(&keccak), gw_keccak256((gw_bytes){bytes, length})));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_digests_agree),
        cmocka_unit_test(pieces_hash_as_the_whole_around_every_block_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
