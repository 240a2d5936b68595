/* SPDX-License-Identifier: Apache-2.0
 *
 * The minimal network JSON ("gw-net", version 1; docs/GRID.md) into plain structs. Members that it
 * does not know are passed over: files carry names, coordinates and expected results.
 */
#pragma once

#include "grid/flow_network.h"

enum { GW_NET_FILE_BYTES_MOST = 1024 * 1024 * 1024 };

/* Reads and validates. Faults: GW_CODE_MALFORMED, GW_CODE_INVALID and GW_CODE_TOO_LARGE, subject is
 * a JSON pointer. Everything is copied into the arena. */
GW_MUST_CHECK gw_status gw_net_parse(gw_arena *arena, gw_bytes file, gw_net *ret, gw_fault *reterr);
