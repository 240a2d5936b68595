/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/request.h"

#include <assert.h>
#include <string.h>

static const char *const json_type = "application/json";
static const char *const problem_type = "application/problem+json";

void gw_reply_text(gw_reply *reply, int http_status, const char *content_type, gw_text body) {
    reply->http_status = http_status;
    reply->content_type = content_type;
    reply->body = body;
}

gw_status gw_reply_json(gw_reply *reply, int http_status, gw_json *json, gw_fault *reterr) {
    gw_text text;
    GW_TRY(gw_json_end(json, &text, reterr));
    gw_reply_text(reply, http_status, json_type, text);
    return gw_ok();
}

gw_status gw_reply_csv(gw_reply *reply, gw_writer *out, gw_fault *reterr) {
    gw_text text;
    GW_TRY(gw_writer_end_text(out, &text, reterr));
    gw_reply_text(reply, 200, "text/csv; charset=utf-8", text);
    return gw_ok();
}

gw_status gw_reply_empty(gw_reply *reply) {
    gw_reply_text(reply, 204, NULL, (gw_text){"", 0});
    return gw_ok();
}

void gw_reply_header(gw_reply *reply, const char *name, gw_text text) {
    assert(reply->header_count < GW_REPLY_HEADERS);
    reply->headers[reply->header_count++] = (gw_http_header){gw_text_from_c(name), text};
}

/* RFC 9110 §13.1.2: a list of entity tags, or "*"; weak comparison. */
static bool names_tag(gw_text list, gw_text tag) {
    gw_text rest = list;
    while (rest.length > 0) {
        gw_text one = gw_text_trim(gw_text_split(&rest, ','));
        if (gw_text_starts(one, "W/")) one = gw_text_part(one, 2, one.length);
        if (gw_text_is(one, "*") || gw_text_equal(one, tag)) return true;
    }
    return false;
}

gw_status gw_reply_etag(const gw_http_request *request, gw_reply *reply, gw_text version,
                        gw_fault *reterr) {
    gw_writer out;
    gw_text tag;
    gw_writer_init(&out, request->arena);
    gw_write_c(&out, "\"");
    gw_write_text(&out, version);
    gw_write_c(&out, "\"");
    GW_TRY(gw_writer_end_text(&out, &tag, reterr));
    gw_reply_header(reply, "ETag", tag);
    if (request->method != GW_METHOD_GET) return gw_ok();
    if (!names_tag(gw_request_header(request, "If-None-Match"), tag)) return gw_ok();
    gw_reply_text(reply, 304, NULL, (gw_text){"", 0});
    return gw_ok();
}

static void write_errors(gw_json *json, const gw_field_faults *faults) {
    if (faults->count == 0) return;
    gw_json_array(json, "errors");
    for (size_t at = 0; at < faults->count; at++) {
        gw_json_object(json, NULL);
        gw_json_c(json, "pointer", faults->items[at].pointer);
        gw_json_c(json, "code", gw_code_wire(faults->items[at].code));
        gw_json_c(json, "detail", faults->items[at].detail);
        gw_json_close(json);
    }
    gw_json_close(json);
}

/* What must not be shown: causes inside the server stay in the log under the request id. */
static const char *detail_of(const gw_fault *fault) {
    const bool is_ours = fault->code == GW_CODE_INTERNAL || fault->code == GW_CODE_IO;
    return is_ours || fault->message[0] == '\0' ? gw_code_title(fault->code) : fault->message;
}

static void write_problem(gw_json *json, const gw_http_request *request, const gw_fault *fault) {
    gw_writer type;
    gw_text address = GW_TEXT("about:blank");
    const char *wire = gw_code_wire(fault->code);
    gw_writer_init(&type, request->arena);
    gw_write_format(&type, "/problems/%s", wire);
    gw_ignore(gw_writer_end_text(&type, &address, NULL)); /* without memory the blank one stays */
    gw_json_object(json, NULL);
    gw_json_text(json, "type", address);
    gw_json_c(json, "title", gw_code_title(fault->code));
    gw_json_int64(json, "status", gw_code_http(fault->code));
    gw_json_c(json, "code", wire);
    gw_json_c(json, "detail", detail_of(fault));
    gw_json_text_if(json, "subject", gw_text_from_c(fault->subject));
    gw_json_text_if(json, "hint", gw_text_from_c(fault->hint));
    gw_json_c(json, "request_id", request->request_id);
    write_errors(json, &request->faults);
    gw_json_close(json);
}

static void add_retry_after(gw_reply *reply, gw_code code) {
    const char *seconds = code == GW_CODE_UNAVAILABLE ? "5" : "1";
    const int http_status = gw_code_http(code);
    if (gw_code_is_retryable(code) && (http_status == 429 || http_status == 503))
        gw_reply_header(reply, "Retry-After", gw_text_from_c(seconds));
}

void gw_reply_problem(const gw_http_request *request, gw_reply *reply, const gw_fault *fault) {
    gw_json json;
    gw_text text =
        GW_TEXT("{\"type\":\"/problems/no-memory\",\"status\":503,\"code\":\"no-memory\"}");
    const size_t kept = reply->header_count; /* Allow of a 405 stays */
    gw_http_header headers[GW_REPLY_HEADERS];
    memcpy(headers, reply->headers, sizeof headers);
    *reply = (gw_reply){.header_count = 0};
    for (size_t at = 0; at < kept; at++)
        if (gw_text_is(headers[at].name, "Allow"))
            reply->headers[reply->header_count++] = headers[at];
    gw_json_init(&json, request->arena);
    write_problem(&json, request, fault);
    gw_ignore(gw_json_end(&json, &text, NULL)); /* without memory the fixed text says so */
    gw_reply_text(reply, gw_code_http(fault->code), problem_type, text);
    add_retry_after(reply, fault->code);
    if (fault->code == GW_CODE_UNAUTHENTICATED)
        gw_reply_header(reply, "WWW-Authenticate", GW_TEXT("Bearer realm=\"gridwitness\""));
}
