/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers of the market share: pages of things whose key is a UUID, and what a caller may
 * see of an event.
 */
#pragma once

#include "server/http/request.h"

enum { GW_MARKET_POWER_MAX_W = 1000000000 };

typedef struct gw_market_page {
    int64_t size;
    const gw_uuid *after; /* NULL: the first page */
} gw_market_page;

/* Faults of the page's parameters are noted in the query. */
GW_MUST_CHECK gw_status gw_market_page_read(gw_http_request *request, gw_fields *query,
                                            gw_market_page *ret, gw_fault *reterr);
/* Of size + 1 rows asked for, how many are shown. */
int gw_market_page_shown(const gw_market_page *page, int count);
/* Closes the page and replies; last NULL: nothing follows. */
GW_MUST_CHECK gw_status gw_market_page_close(gw_http_request *request, gw_reply *reply,
                                             gw_json *json, const gw_uuid *last, gw_fault *reterr);
/* Optional query parameter event_id; NULL when absent. */
GW_MUST_CHECK gw_status gw_market_event_id(gw_http_request *request, gw_fields *query,
                                           const gw_uuid **ret, gw_fault *reterr);
/* Who may read the evidence of an event: callers without a party, and a party all of whose orders
 * the event's are. GW_CODE_NOT_FOUND: it has none; GW_CODE_FORBIDDEN: others have some too. */
GW_MUST_CHECK gw_status gw_market_sees_evidence(gw_http_request *request, gw_uuid event_id,
                                                gw_fault *reterr);
