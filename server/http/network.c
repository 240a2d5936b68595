/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/network.h"

#include "base/decimal.h"

#include <stdio.h>

gw_status gw_network_seen(const gw_http_request *request, int64_t *ret, gw_fault *reterr) {
    int64_t version = 0;
    gw_text text = gw_text_trim(gw_request_header(request, "If-Match"));
    const bool is_quoted = text.length >= 2 && text.at[0] == '"' && text.at[text.length - 1] == '"';
    if (text.length == 0) {
        *ret = GW_NETWORK_NO_VERSION;
        return gw_ok();
    }
    if (gw_text_is(text, "*")) {
        *ret = GW_NETWORK_ANY_VERSION;
        return gw_ok();
    }
    if (is_quoted) text = gw_text_part(text, 1, text.length - 1);
    if (!gw_is_ok(gw_int64_parse(text, &version, NULL)) || version < 1)
        return gw_fail_with(reterr, GW_CODE_PRECONDITION, "If-Match",
                            "If-Match names no version of a network");
    *ret = version;
    return gw_ok();
}

gw_status gw_network_call_read(const gw_http_request *request, gw_network_call *ret,
                               gw_fault *reterr) {
    gw_network_call made = {.token_id = request->identity.token_id, .now = request->now};
    GW_TRY(gw_path_name(request, "id", &made.network_id, reterr));
    GW_TRY(gw_network_seen(request, &made.seen_version, reterr));
    *ret = made;
    return gw_ok();
}

gw_status gw_network_tag(const gw_http_request *request, gw_reply *reply, int64_t version,
                         gw_fault *reterr) {
    char digits[24];
    gw_text text;
    const int length = snprintf(digits, sizeof digits, "%lld", (long long)version);
    GW_TRY(gw_text_copy(request->arena, (gw_text){digits, (size_t)length}, &text, reterr));
    return gw_reply_etag(request, reply, text, reterr);
}
