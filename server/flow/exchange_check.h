/* SPDX-License-Identifier: Apache-2.0
 *
 * What the grid says to the result of an exchange, before anybody signs it: every interval becomes
 * a check of the members' connection points (server/flow/check.h), which reserves the headroom and
 * goes to the oracle nodes as a clearance. When a limit breaks, the connections that the check cut
 * are narrowed and the exchange goes on, a bounded number of times.
 */
#pragma once

#include "server/flow/exchange.h"

/* The locked exchange is CHECKING; ends it, sends it into another run, or fails it. */
GW_MUST_CHECK gw_status gw_exchange_check(const gw_flow_unit *unit, gw_exchange_row *row,
                                          gw_fault *reterr);
