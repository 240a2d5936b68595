/* SPDX-License-Identifier: Apache-2.0
 *
 * The route table: one row per operation, and the match of a path against it. Pure apart from the
 * handlers that the rows name; a table lives as long as the server that uses it.
 * A template is made of literal segments and {parameters}; a parameter fills a segment, or its
 * front when a literal tail follows: "/v1/bids/{id}:withdraw". A literal beats a parameter, a
 * longer tail beats none.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef enum gw_http_method {
    GW_METHOD_GET,
    GW_METHOD_POST,
    GW_METHOD_PUT,
    GW_METHOD_PATCH,
    GW_METHOD_DELETE,
    GW_METHOD_COUNT
} gw_http_method;

typedef enum gw_scope {
    GW_SCOPE_NONE = 0, /* no token needed */
#define GW_SCOPE(symbol, bit, wire, sentence) GW_SCOPE_##symbol = (bit),
#include "server/http/scope.def"
#undef GW_SCOPE
    GW_SCOPE_ANY = 0x1f
} gw_scope;

typedef enum gw_route_flag {
    GW_ROUTE_PLAIN = 0,
    GW_ROUTE_KEYED = 0x1,    /* an Idempotency-Key is required; the answer is stored and replayed */
    GW_ROUTE_LOCAL = 0x2,    /* open to loopback without a token; elsewhere the scopes hold */
    GW_ROUTE_UNLIMITED = 0x4 /* not counted by the rate limit: health and metrics */
} gw_route_flag;

enum {
    GW_ROUTE_PARAMETERS = 3, /* most parameters of one template */
    GW_BODY_NONE = 0,        /* a body is refused */
    GW_BODY_SMALL = 16 * 1024,
    GW_BODY_NORMAL = 1024 * 1024,
    GW_BODY_BATCH = 5 * 1024 * 1024
};

typedef struct gw_http_request gw_http_request;
typedef struct gw_reply gw_reply;

/* Reads fields, calls one flow or store, maps the result, replies. Runs on a worker thread and may
 * block on the database. A failure becomes a problem document; the reply is then discarded. */
typedef gw_status gw_http_handler(gw_http_request *request, gw_reply *reply, gw_fault *reterr);

typedef struct gw_route {
    gw_http_method method;
    const char *path; /* the template, as in openapi.yaml */
    const char *operation;
    gw_http_handler *handler;
    unsigned scopes; /* any one of these; GW_SCOPE_NONE: public */
    size_t body_limit_bytes;
    unsigned flags;
} gw_route;

typedef struct gw_route_table {
    const gw_route *rows;
    size_t count;
} gw_route_table;

typedef struct gw_path_parameter {
    gw_text name;
    gw_text text; /* decoded, owned by the arena of the match */
} gw_path_parameter;

typedef struct gw_route_match {
    const gw_route *route;
    gw_path_parameter parameters[GW_ROUTE_PARAMETERS];
    size_t parameter_count;
} gw_route_match;

/* The table of the gateway, server/http/routes.def. */
gw_route_table gw_routes(void);

/* "GET" and so on; HEAD is read as GET. GW_CODE_NO_METHOD for any other. */
GW_MUST_CHECK gw_status gw_method_parse(gw_text text, gw_http_method *ret, gw_fault *reterr);
const char *gw_method_name(gw_http_method method);

/* Finds the row for a method and an undecoded path (without query). GW_CODE_NOT_FOUND, or
 * GW_CODE_NO_METHOD when the path is known with other methods; GW_CODE_MALFORMED for a wrong
 * percent escape. */
typedef struct gw_route_query {
    gw_http_method method;
    gw_text path;
} gw_route_query;
GW_MUST_CHECK gw_status gw_route_find(const gw_route_table *table, gw_arena *arena,
                                      gw_route_query query, gw_route_match *ret, gw_fault *reterr);
/* Bit set (1 << method) of the methods that the path knows; 0: no such path. */
unsigned gw_route_methods(const gw_route_table *table, gw_text path);

/* "operator" to its bit; GW_CODE_INVALID names the known ones. */
GW_MUST_CHECK gw_status gw_scope_parse(gw_text text, unsigned *ret, gw_fault *reterr);
const char *gw_scope_name(gw_scope scope);

/* Percent decoding into the arena; refuses wrong escapes and NUL. plus_is_blank for queries. */
typedef enum gw_escape { GW_ESCAPE_PATH, GW_ESCAPE_QUERY } gw_escape;
GW_MUST_CHECK gw_status gw_escape_decode(gw_arena *arena, gw_text text, gw_escape kind,
                                         gw_text *ret, gw_fault *reterr);
