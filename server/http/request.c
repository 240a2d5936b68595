/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/request.h"

#include "base/decimal.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

gw_text gw_path_text(const gw_http_request *request, const char *name) {
    for (size_t at = 0; at < request->match.parameter_count; at++)
        if (gw_text_is(request->match.parameters[at].name, name))
            return request->match.parameters[at].text;
    assert(false && "the template has no such parameter");
    return (gw_text){"", 0};
}

/* A text that cannot be an identifier names nothing, so the answer is 404 and not 422. */
static gw_status no_such(gw_text text, gw_fault *reterr) {
    return gw_fail_with(reterr, GW_CODE_NOT_FOUND, NULL, "there is no \"%.*s\" here",
                        GW_TEXT_ARGS(gw_text_part(text, 0, 80)));
}

gw_status gw_path_name(const gw_http_request *request, const char *name, gw_text *ret,
                       gw_fault *reterr) {
    const gw_text text = gw_path_text(request, name);
    if (!gw_text_is_name(text)) return no_such(text, reterr);
    *ret = text;
    return gw_ok();
}

gw_status gw_path_uuid(const gw_http_request *request, const char *name, gw_uuid *ret,
                       gw_fault *reterr) {
    const gw_text text = gw_path_text(request, name);
    if (!gw_is_ok(gw_uuid_parse(text, ret, NULL))) return no_such(text, reterr);
    return gw_ok();
}

gw_status gw_path_int64(const gw_http_request *request, const char *name, int64_t *ret,
                        gw_fault *reterr) {
    const gw_text text = gw_path_text(request, name);
    if (!gw_is_ok(gw_int64_parse(text, ret, NULL))) return no_such(text, reterr);
    return gw_ok();
}

gw_text gw_request_header(const gw_http_request *request, const char *name) {
    for (size_t at = 0; at < request->header_count; at++) {
        const gw_http_header *header = &request->headers[at];
        if (header->name.length == strlen(name) &&
            strncasecmp(header->name.at, name, header->name.length) == 0)
            return header->text;
    }
    return (gw_text){"", 0};
}

gw_status gw_request_body(gw_http_request *request, gw_fields **ret, gw_fault *reterr) {
    gw_text rest = gw_request_header(request, "Content-Type");
    const gw_text type = gw_text_trim(gw_text_split(&rest, ';'));
    const gw_text wanted = GW_TEXT("application/json");
    const bool is_json =
        type.length == wanted.length && strncasecmp(type.at, wanted.at, wanted.length) == 0;
    if (!is_json)
        return gw_fail_with(reterr, GW_CODE_UNSUPPORTED, NULL,
                            "the content type \"%.*s\" is not application/json",
                            GW_TEXT_ARGS(gw_text_part(type, 0, 80)));
    return gw_fields_parse(request->arena, request->body, &request->faults, ret, reterr);
}

gw_status gw_request_query(gw_http_request *request, gw_fields **ret, gw_fault *reterr) {
    return gw_fields_parse_query(request->arena, request->query, &request->faults, ret, reterr);
}

gw_status gw_request_no_query(gw_http_request *request, gw_fault *reterr) {
    gw_fields *query = NULL;
    GW_TRY(gw_request_query(request, &query, reterr));
    return gw_fields_end(query, reterr);
}
