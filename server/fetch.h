/* SPDX-License-Identifier: Apache-2.0
 *
 * One door for every outgoing HTTP request: JSON-RPC, weather feeds, the conductor, nodes and
 * aggregators that talk to the gateway. Bounded in time and size; redirects are not followed; only
 * http and https. One gw_fetch per thread: it keeps its connection open between requests.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

typedef struct gw_fetch gw_fetch;

typedef struct gw_fetch_request {
    const char *method;       /* "GET", "POST", "PUT" */
    const char *url;          /* absolute */
    const char *bearer;       /* token without the word Bearer, or NULL */
    const char *content_type; /* NULL: application/json when there is a body */
    const char *extra_header; /* one whole header line, e.g. "Idempotency-Key: x", or NULL */
    gw_bytes body;            /* length 0: none */
    int timeout_ms;           /* the whole exchange; 0 means 10,000 */
    size_t response_limit;    /* bytes; 0 means 1 MiB */
} gw_fetch_request;

typedef struct gw_fetch_response {
    int status;    /* HTTP status; any status is a success of the fetch itself */
    gw_bytes body; /* owned by the arena given to gw_fetch_run */
} gw_fetch_response;

/* NULL when memory is out. ca_file may be NULL (system store). */
gw_fetch *gw_fetch_open(const char *ca_file);
void gw_fetch_close(gw_fetch *fetch);

/* Errors: GW_CODE_UNAVAILABLE (no connection), GW_CODE_TIMED_OUT, GW_CODE_TOO_LARGE. */
GW_MUST_CHECK gw_status gw_fetch_run(gw_fetch *fetch, gw_arena *arena,
                                     const gw_fetch_request *request, gw_fetch_response *ret,
                                     gw_fault *reterr);
