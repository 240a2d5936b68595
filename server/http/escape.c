/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/route.h"

static int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/* The octet of "%hh" at `at`, or -1. */
static int escaped_octet(gw_text text, size_t at) {
    if (text.length - at < 3) return -1;
    const int high = hex_digit(text.at[at + 1]);
    const int low = hex_digit(text.at[at + 2]);
    if (high < 0 || low < 0) return -1;
    return high * 16 + low;
}

gw_status gw_escape_decode(gw_arena *arena, gw_text text, gw_escape kind, gw_text *ret,
                           gw_fault *reterr) {
    char *plain = NULL;
    GW_TRY(GW_ARENA_NEW(arena, char, text.length + 1, &plain, reterr));
    size_t length = 0;
    for (size_t at = 0; at < text.length; at++) {
        int octet = (unsigned char)text.at[at];
        if (octet == '%') {
            octet = escaped_octet(text, at);
            at += 2;
        } else if (octet == '+' && kind == GW_ESCAPE_QUERY) {
            octet = ' ';
        }
        if (octet <= 0)
            return gw_fail_with(reterr, GW_CODE_MALFORMED, NULL,
                                "the address has a wrong percent escape or a NUL");
        plain[length++] = (char)octet;
    }
    *ret = (gw_text){plain, length};
    return gw_ok();
}
