/* SPDX-License-Identifier: Apache-2.0
 *
 * What the handlers of the register share: how a save is answered, and how a fault of the database
 * becomes a fault of the field that caused it.
 */
#pragma once

#include "server/db/register_store.h"
#include "server/http/request.h"

/* 201 for a new row, 200 for the same content again. text: the row as JSON. */
gw_status gw_registered_reply(gw_reply *reply, gw_saved saved, gw_text text);

/* Passes a save's status on; a reference to nothing becomes 422 with the field's pointer, an
 * overlapping group 409 with a sentence, an unknown zone 422. */
gw_status gw_registered_explain(gw_http_request *request, gw_status status, gw_fault *reterr);

/* Reads "zone": UTC when left out; the names are checked by the database. */
gw_text gw_registered_zone(gw_fields *body, gw_need need);

/* page_size, page_token and the caller's own party. */
gw_register_page gw_registered_page(const gw_http_request *request, gw_fields *query);

/* How many of the loaded rows belong on the page: the limit asked for one more. */
int gw_registered_shown(const gw_register_page *page, int loaded);
