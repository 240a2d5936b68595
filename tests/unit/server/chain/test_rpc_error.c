/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_words_of_every_client_are_understood(void **state) {
    (void)state; /* oracle_chain.md §3.8 */
    static const struct {
        const char *message;
        gw_send_answer answer;
    } cases[] = {
        {"already known", GW_SEND_KNOWN},
        {"transaction already imported", GW_SEND_KNOWN},
        {"nonce too low: next nonce 5, tx nonce 3", GW_SEND_NONCE_USED},
        {"Nonce too low", GW_SEND_NONCE_USED},
        {"replacement transaction underpriced", GW_SEND_UNDERPRICED},
        {"transaction underpriced: tip needed 1", GW_SEND_UNDERPRICED},
        {"max fee per gas less than block base fee: address 0x", GW_SEND_BELOW_BASE},
        {"insufficient funds for gas * price + value", GW_SEND_NO_FUNDS},
        {"Insufficient funds for gas * price + value", GW_SEND_NO_FUNDS},
        {"intrinsic gas too low", GW_SEND_GAS_TOO_LOW},
        {"exceeds block gas limit", GW_SEND_GAS_TOO_LOW},
        {"txpool is full", GW_SEND_POOL_FULL},
        {"the moon is full", GW_SEND_REFUSED},
        {"", GW_SEND_REFUSED},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++)
        assert_int_equal(gw_send_answer_of(gw_text_from_c(cases[at].message)), cases[at].answer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words_of_every_client_are_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
