/* SPDX-License-Identifier: Apache-2.0
 *
 * One small grid check, the same for ever: the five trades of the worked example (data set grid,
 * worked/trade_check_5trades.json) on a 400 V cable of three nodes, one base, three readings, cut
 * by sensitivity. For tests of the core, of a node's judgement and of the chain.
 */
#pragma once

#include "server/evidence/clearance.h"

/* Document and overlay one behind the other: what the network hash is of. */
gw_bytes small_network(void);
/* The same with a thinner first cable and another document, topology version 2. */
gw_bytes small_network_thin(void);
int64_t small_network_document_bytes(gw_bytes network);

enum { SMALL_ITEMS = 5, SMALL_READINGS = 3 };

/* Built. Its items are in order of their letters; all texts live for ever. */
GW_MUST_CHECK gw_status small_clearance(gw_arena *arena, gw_core_clearance *ret, gw_fault *reterr);
