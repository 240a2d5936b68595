/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/routes.h"

static const gw_route rows[] = {
#define GW_ROUTE(method, path, operation, handler, scopes, body_limit, flags)                      \
    {GW_METHOD_##method, path, #operation, handler, scopes, body_limit, flags},
#include "server/http/routes.def"
#undef GW_ROUTE
};

gw_route_table gw_routes(void) { return (gw_route_table){rows, sizeof rows / sizeof rows[0]}; }
