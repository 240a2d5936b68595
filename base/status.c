/* SPDX-License-Identifier: Apache-2.0 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct code_facts {
    const char *wire;
    int http;
    bool retryable;
    const char *title;
} code_facts;

static const code_facts facts_of[GW_CODE_COUNT] = {
    [GW_CODE_OK] = {"ok", 200, false, ""},
#define GW_STATUS(symbol, wire, http, retryable, title)                                            \
    [GW_CODE_##symbol] = {wire, http, (retryable) != 0, title},
#include "base/status.def"
#undef GW_STATUS
};

static const code_facts *facts(gw_code code) {
    if ((unsigned)code >= GW_CODE_COUNT) return &facts_of[GW_CODE_INTERNAL];
    return &facts_of[code];
}

const char *gw_code_wire(gw_code code) { return facts(code)->wire; }
int gw_code_http(gw_code code) { return facts(code)->http; }
bool gw_code_is_retryable(gw_code code) { return facts(code)->retryable; }
const char *gw_code_title(gw_code code) { return facts(code)->title; }

static void copy_cut(char *to, size_t size, const char *from) {
    const size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

gw_status gw_fault_fill(gw_fault *reterr, gw_code code, const char *subject, const char *format,
                        ...) {
    const gw_status status = {code == GW_CODE_OK ? GW_CODE_INTERNAL : code};
    if (reterr == NULL) return status;
    reterr->code = status.code;
    reterr->hint[0] = '\0';
    copy_cut(reterr->subject, sizeof reterr->subject, subject == NULL ? "" : subject);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reterr->message, sizeof reterr->message, format, arguments);
    va_end(arguments);
    return status;
}

void gw_fault_hint(gw_fault *reterr, gw_status status, const char *hint) {
    if (reterr != NULL && !gw_is_ok(status)) copy_cut(reterr->hint, sizeof reterr->hint, hint);
}
