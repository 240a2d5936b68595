/* SPDX-License-Identifier: Apache-2.0
 *
 * The handlers of routes.def, declared from the table, one gw_http_handler each. They live in
 * server/http/handle_<area>.c; each reads fields, calls one flow or store, maps and replies.
 */
#pragma once

#include "server/http/request.h"

#define GW_ROUTE(method, path, operation, handler, scopes, body_limit, flags)                      \
    gw_http_handler handler;
#include "server/http/routes.def"
#undef GW_ROUTE
