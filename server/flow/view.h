/* SPDX-License-Identifier: Apache-2.0
 *
 * How market rows look in JSON: the same on REST, on MQTT and in the log. Field names are those of
 * openapi/openapi.yaml. Each function writes one object under `key` (NULL at the top and in
 * arrays).
 */
#pragma once

#include "server/db/bid_store.h"
#include "server/db/event_store.h"
#include "server/db/order_store.h"
#include "server/db/outbox_store.h"
#include "server/db/proposal_store.h"
#include "server/db/request_store.h"
#include "server/db/settlement_store.h"
#include "server/http/json.h"

void gw_view_request(gw_json *json, const char *key, const gw_request_row *request);
/* The request with its need (loaded when request->need is empty) as a text. */
GW_MUST_CHECK gw_status gw_view_request_text(gw_db *db, gw_arena *arena,
                                             const gw_request_row *request, gw_text *ret,
                                             gw_fault *reterr);
void gw_view_bid(gw_json *json, const char *key, const gw_bid_row *bid);
void gw_view_order(gw_json *json, const char *key, const gw_order_row *order);
void gw_view_settlement(gw_json *json, const char *key, const gw_settlement_row *settlement);
void gw_view_line(gw_json *json, const char *key, const gw_line_row *line);
/* Without core; votes NULL: without votes. */
void gw_view_proposal(gw_json *json, const char *key, const gw_proposal_row *proposal,
                      const gw_vote_list *votes);
void gw_view_vote(gw_json *json, const char *key, const gw_vote_row *vote);
void gw_view_outbox(gw_json *json, const char *key, const gw_outbox_row *row);

/* Why this amount, in one or two sentences. */
GW_MUST_CHECK gw_status gw_view_line_reason(gw_arena *arena, const gw_line_row *line, gw_text *ret,
                                            gw_fault *reterr);
