/* SPDX-License-Identifier: Apache-2.0 */
#include "server/gridfile/put.h"

#include "server/gridfile/number.h"

#include <stdio.h>

enum { NUMBER_SIZE = 32 };

/* The shortest of three lengths that reads back to the same number. */
void gw_put_number(gw_writer *out, double value) {
    char text[NUMBER_SIZE];
    if (!(value - value == 0)) {
        gw_write_c(out, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        double back = 0;
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (gw_number_parse(gw_text_from_c(text), &back) && back == value) break;
    }
    gw_write_c(out, text);
}

static void put_letter(gw_writer *out, char letter) {
    if (letter == '"' || letter == '\\') {
        gw_write_format(out, "\\%c", letter);
    } else if ((unsigned char)letter < ' ') {
        gw_write_format(out, "\\u%04x", (unsigned)(unsigned char)letter);
    } else {
        gw_write_text(out, (gw_text){&letter, 1});
    }
}

void gw_put_string(gw_writer *out, gw_text text) {
    gw_write_c(out, "\"");
    for (size_t at = 0; at < text.length; at++) put_letter(out, text.at[at]);
    gw_write_c(out, "\"");
}
