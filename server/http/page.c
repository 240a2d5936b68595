/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tokens are lower-case hex of "1|<operation>|<key>": opaque to callers, bound to the
 * operation, and safe in a query without escapes. They hold nothing that the page did not show.
 */
#include "server/http/request.h"

#include <string.h>

enum { TOKEN_MAX = 1024 };

static const char *operation_of(const gw_http_request *request) {
    return request->match.route->operation;
}

static bool token_open(const gw_http_request *request, gw_text token, gw_text *ret) {
    uint8_t *plain = NULL;
    const size_t length = token.length / 2;
    if (token.length % 2 != 0 || gw_text_starts(token, "0x")) return false;
    if (!gw_is_ok(GW_ARENA_NEW(request->arena, uint8_t, length + 1, &plain, NULL))) return false;
    if (!gw_is_ok(gw_hex_parse(token, plain, length, NULL))) return false;
    if (memchr(plain, 0, length) != NULL) return false;
    gw_text rest = {(const char *)plain, length};
    if (!gw_text_is(gw_text_split(&rest, '|'), "1")) return false;
    if (!gw_text_is(gw_text_split(&rest, '|'), operation_of(request))) return false;
    *ret = rest;
    return rest.length > 0;
}

gw_page gw_page_read(const gw_http_request *request, gw_fields *query) {
    gw_page page = {.size = GW_PAGE_SIZE, .after = {"", 0}};
    if (gw_field_has(query, "page_size"))
        page.size = gw_field_int64(query, "page_size", GW_FIELD_OPTIONAL, 1, GW_PAGE_SIZE_MAX);
    const gw_text token = gw_field_text(query, "page_token", GW_FIELD_OPTIONAL, TOKEN_MAX);
    if (token.length > 0 && !token_open(request, token, &page.after))
        gw_field_blame(query, "page_token", GW_CODE_INVALID,
                       "This page token was not made by this operation. Start at the first page.");
    return page;
}

gw_status gw_page_token(const gw_http_request *request, gw_text last_key, gw_text *ret,
                        gw_fault *reterr) {
    gw_writer plain;
    gw_text text;
    char *hex = NULL;
    gw_writer_init(&plain, request->arena);
    gw_write_c(&plain, "1|");
    gw_write_c(&plain, operation_of(request));
    gw_write_c(&plain, "|");
    gw_write_text(&plain, last_key);
    GW_TRY(gw_writer_end_text(&plain, &text, reterr));
    GW_TRY(GW_ARENA_NEW(request->arena, char, 2 * text.length + 1, &hex, reterr));
    gw_hex_print((const uint8_t *)text.at, text.length, hex);
    *ret = (gw_text){hex, 2 * text.length};
    return gw_ok();
}

void gw_page_open(gw_json *json, const gw_http_request *request) {
    gw_json_init(json, request->arena);
    gw_json_object(json, NULL);
    gw_json_array(json, "items");
}

gw_status gw_page_close(gw_json *json, const gw_http_request *request, gw_text last_key,
                        gw_fault *reterr) {
    gw_text token = {"", 0};
    if (last_key.length > 0) GW_TRY(gw_page_token(request, last_key, &token, reterr));
    gw_json_close(json);
    gw_json_text_if(json, "next_page_token", token);
    gw_json_close(json);
    return gw_ok();
}
