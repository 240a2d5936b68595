/* SPDX-License-Identifier: Apache-2.0
 *
 * What is odd about a network without being wrong: points in the dark, closed loops, elements that
 * have no limit and so are never congested, loads that the network cannot carry. A network that the
 * power flow refuses (too many loops) is a failure.
 */
#pragma once

#include "grid/flow_network.h"
#include "server/http/json.h"

enum { GW_NETWORK_DARK_SHOWN = 100 };

typedef struct gw_network_check {
    size_t loop_count;
    uint32_t *dark_points; /* not energised, ascending */
    size_t dark_count;
    bool is_feasible; /* with the loads that the document says */
    size_t unlimited_branches;
    size_t unlimited_nodes;
} gw_network_check;

/* GW_CODE_INVALID: the power flow cannot be built. */
GW_MUST_CHECK gw_status gw_network_check_make(gw_arena *arena, const gw_net *net,
                                              gw_network_check *ret, gw_fault *reterr);

/* [{"pointer": "/points/3", "detail": "…"}, …] */
void gw_network_check_write(gw_json *json, const char *key, const gw_net *net,
                            const gw_network_check *check);
