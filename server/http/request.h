/* SPDX-License-Identifier: Apache-2.0
 *
 * One HTTP request as a handler sees it, and the reply that it fills. Both live in the request's
 * arena and die when the answer is sent. Nothing of the HTTP library shows here, so a unit test can
 * write a request as a literal.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/instant.h"
#include "server/http/auth.h"
#include "server/http/fields.h"
#include "server/http/json.h"
#include "server/http/route.h"

enum {
    GW_REPLY_HEADERS = 8,
    GW_PAGE_SIZE = 100,     /* when the caller does not say */
    GW_PAGE_SIZE_MAX = 1000 /* items of one page */
};

struct gw_app; /* server/app.h */

typedef struct gw_http_header {
    gw_text name;
    gw_text text;
} gw_http_header;

struct gw_http_request {
    struct gw_app *app; /* database, clock, random, journal ... of the process */
    gw_arena *arena;
    gw_route_match match;
    gw_http_method method;
    gw_text query; /* raw, without "?" */
    const gw_http_header *headers;
    size_t header_count;
    gw_bytes body;
    gw_identity identity;
    gw_instant now; /* market time, read once */
    gw_field_faults faults;
    char request_id[GW_UUID_TEXT_SIZE];
    bool is_loopback; /* the peer is this machine */
};

struct gw_reply {
    int http_status; /* 200 when the handler does not set it */
    const char *content_type;
    gw_text body;
    gw_http_header headers[GW_REPLY_HEADERS];
    size_t header_count;
};

/* Path parameters by their template name; a wrong type is GW_CODE_NOT_FOUND: no such thing. */
GW_MUST_CHECK gw_status gw_path_name(const gw_http_request *request, const char *name, gw_text *ret,
                                     gw_fault *reterr);
GW_MUST_CHECK gw_status gw_path_uuid(const gw_http_request *request, const char *name, gw_uuid *ret,
                                     gw_fault *reterr);
GW_MUST_CHECK gw_status gw_path_int64(const gw_http_request *request, const char *name,
                                      int64_t *ret, gw_fault *reterr);
gw_text gw_path_text(const gw_http_request *request, const char *name); /* asserts that it exists */

/* Header by name, any case; empty when absent. */
gw_text gw_request_header(const gw_http_request *request, const char *name);

/* The body's JSON object; refuses another content type (GW_CODE_UNSUPPORTED). */
GW_MUST_CHECK gw_status gw_request_body(gw_http_request *request, gw_fields **ret,
                                        gw_fault *reterr);
/* The query's parameters. */
GW_MUST_CHECK gw_status gw_request_query(gw_http_request *request, gw_fields **ret,
                                         gw_fault *reterr);
/* For operations without parameters: refuses any query. */
GW_MUST_CHECK gw_status gw_request_no_query(gw_http_request *request, gw_fault *reterr);

/* Paging by key: a page holds the items after `after`, so inserts move nothing. */
typedef struct gw_page {
    int64_t size;  /* 1..GW_PAGE_SIZE_MAX; ask the database for size + 1 to learn if more follow */
    gw_text after; /* key of the last item of the page before; empty: the first page */
} gw_page;

/* Reads page_size and page_token; faults are noted in query. */
gw_page gw_page_read(const gw_http_request *request, gw_fields *query);
/* The opaque token that continues after last_key; bound to this operation. */
GW_MUST_CHECK gw_status gw_page_token(const gw_http_request *request, gw_text last_key,
                                      gw_text *ret, gw_fault *reterr);

/* Opens {"items":[ … and closes it with "next_page_token" when last_key is not empty. Between the
 * two, write the items with key NULL. */
void gw_page_open(gw_json *json, const gw_http_request *request);
GW_MUST_CHECK gw_status gw_page_close(gw_json *json, const gw_http_request *request,
                                      gw_text last_key, gw_fault *reterr);

/* Replies. gw_reply_json ends the writer. */
GW_MUST_CHECK gw_status gw_reply_json(gw_reply *reply, int http_status, gw_json *json,
                                      gw_fault *reterr);
GW_MUST_CHECK gw_status gw_reply_csv(gw_reply *reply, gw_writer *out, gw_fault *reterr);
gw_status gw_reply_empty(gw_reply *reply); /* 204 */
void gw_reply_text(gw_reply *reply, int http_status, const char *content_type, gw_text body);
/* name is a literal; text must live as long as the request. Beyond the room: ignored by assert. */
void gw_reply_header(gw_reply *reply, const char *name, gw_text text);
/* Strong ETag of an opaque version text; answers 304 by itself when If-None-Match names it. */
GW_MUST_CHECK gw_status gw_reply_etag(const gw_http_request *request, gw_reply *reply,
                                      gw_text version, gw_fault *reterr);
/* The problem document (RFC 9457) of a failed status; replaces whatever the reply held. */
void gw_reply_problem(const gw_http_request *request, gw_reply *reply, const gw_fault *fault);

/* Later answers: between gw_http_later and gw_http_finish no thread is held. The handler calls
 * later, hands the request to somebody, returns gw_ok(); that one fills the reply and calls finish
 * exactly once, from any thread, also before the handler has returned. fault is read when the
 * status is not ok. An unfinished request holds up the server's close: its owner must end it. */
void gw_http_later(gw_http_request *request);
void gw_http_finish(gw_http_request *request, gw_status status, const gw_fault *fault);
