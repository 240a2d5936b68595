/* SPDX-License-Identifier: Apache-2.0
 *
 * pandapower JSON (a DataFrame in "split" form per table, as text or as an object) into plain
 * structs: bus, line, trafo, load, sgen, storage, asymmetric_load, asymmetric_sgen, switch, shunt,
 * ext_grid. A bus is named by its index, everything else by its table and index ("line3"). An
 * element of any other table that is in service is refused, because leaving it out would be
 * another network. External grids are stiff, as in its own power flow.
 */
#pragma once

#include "grid/flow_network.h"

enum { GW_PANDAPOWER_BYTES_MOST = 256 * 1024 * 1024 };

/* Reads and validates; three-phase when something asymmetric is in service. Faults:
 * GW_CODE_MALFORMED, INVALID, TOO_LARGE, UNSUPPORTED; subject "/<table>/<row>/<column>". */
GW_MUST_CHECK gw_status gw_pandapower_parse(gw_arena *arena, gw_bytes file, gw_net *ret,
                                            gw_fault *reterr);
