/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void checksummed_text_is_read_and_printed(void **state) {
    (void)state; /* EIP-55, the examples of its text */
    const char *texts[] = {
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"};
    for (size_t at = 0; at < 4; at++) {
        gw_address address;
        char printed[GW_ADDRESS_TEXT_SIZE];
        assert_true(gw_is_ok(gw_address_parse(gw_text_from_c(texts[at]), &address, NULL)));
        gw_address_print(address, printed);
        assert_string_equal(printed, texts[at]);
    }
}

static void one_kind_of_letters_needs_no_checksum(void **state) {
    (void)state;
    gw_address lower;
    gw_address upper;
    assert_true(gw_is_ok(
        gw_address_parse(GW_TEXT("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), &lower, NULL)));
    assert_true(gw_is_ok(
        gw_address_parse(GW_TEXT("0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"), &upper, NULL)));
    assert_true(gw_address_equal(lower, upper));
}

static void a_wrong_capital_letter_is_refused(void **state) {
    (void)state;
    gw_address address = {{7}};
    assert_int_equal(
        gw_address_parse(GW_TEXT("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), &address, NULL)
            .code,
        GW_CODE_INVALID);
    assert_int_equal(address.bytes[0], 7);
}

static void text_of_another_shape_is_refused(void **state) {
    (void)state;
    const char *texts[] = {"", "0x", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                           "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
                           "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg"};
    gw_address address;
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++)
        assert_false(gw_is_ok(gw_address_parse(gw_text_from_c(texts[at]), &address, NULL)));
}

static void a_word_with_upper_bytes_is_no_address(void **state) {
    (void)state;
    gw_address address = {{1, 2, 3}};
    gw_address back;
    gw_word word = gw_address_word(address);
    assert_true(gw_is_ok(gw_address_from_word(word, &back, NULL)));
    assert_true(gw_address_equal(address, back));
    word.bytes[11] = 1;
    assert_int_equal(gw_address_from_word(word, &back, NULL).code, GW_CODE_OUT_OF_RANGE);
}

static void a_created_contract_is_where_the_chain_puts_it(void **state) {
    (void)state; /* the well-known first creations of this account */
    gw_address sender;
    char text[GW_ADDRESS_TEXT_SIZE];
    assert_true(gw_is_ok(
        gw_address_parse(GW_TEXT("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0"), &sender, NULL)));
    gw_address_print(gw_address_of_creation(sender, 0), text);
    assert_int_equal(strcasecmp(text, "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"), 0);
    gw_address_print(gw_address_of_creation(sender, 1), text);
    assert_int_equal(strcasecmp(text, "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksummed_text_is_read_and_printed),
        cmocka_unit_test(one_kind_of_letters_needs_no_checksum),
        cmocka_unit_test(a_wrong_capital_letter_is_refused),
        cmocka_unit_test(text_of_another_shape_is_refused),
        cmocka_unit_test(a_word_with_upper_bytes_is_no_address),
        cmocka_unit_test(a_created_contract_is_where_the_chain_puts_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
