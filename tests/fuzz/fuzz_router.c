/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/route.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define ROW(method, path, operation)                                                               \
    { GW_METHOD_##method, path, operation, NULL, 0, 0, 0 }

static const gw_route rows[] = {
    ROW(GET, "/", "home"),
    ROW(GET, "/v1/bids/{id}", "getBid"),
    ROW(POST, "/v1/bids/{id}:withdraw", "withdrawBid"),
    ROW(POST, "/v1/requests:from-forecast", "fromForecast"),
    ROW(GET, "/v1/a/{one}/{two}/{three}", "three"),
    ROW(GET, "/v1/settlements/{id}/lines.csv", "csv"),
};
static const gw_route_table table = {rows, sizeof rows / sizeof rows[0]};

/* A match names a row of the method, and its decoded parameters are never longer than the path. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    const gw_route_query query = {(gw_http_method)(data[0] % GW_METHOD_COUNT),
                                  {(const char *)data + 1, size - 1}};
    gw_route_match match;
    gw_fault fault;
    GW_AUTO_ARENA arena = gw_arena_open(1 << 20);
    if (arena == NULL) return 0;
    const unsigned methods = gw_route_methods(&table, query.path);
    if (!gw_is_ok(gw_route_find(&table, arena, query, &match, &fault))) return 0;
    assert((methods & (1U << query.method)) != 0 && match.route->method == query.method);
    for (size_t at = 0; at < match.parameter_count; at++) {
        const gw_text text = match.parameters[at].text;
        assert(text.length > 0 && text.length < size);
        assert(memchr(text.at, 0, text.length) == NULL);
    }
    return 0;
}
