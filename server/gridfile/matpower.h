/* SPDX-License-Identifier: Apache-2.0
 *
 * A MATPOWER case file (version 2) into plain structs: baseMVA, bus, gen, branch. Case files are
 * programs: most distribution cases convert their own tables behind them. These statements are
 * known: names of columns, ohm to per unit with the voltage of bus 1, kW to MW, and a common power
 * factor. Any other statement that touches the case is refused with its line, because passing it
 * over would give another network. A bus of type 3 is a stiff source with the voltage of its
 * generator; other generators are points; a branch with a ratio or between two voltages is a
 * transformer.
 *
 * Ref: MATPOWER user's manual, appendix "Data file format".
 */
#pragma once

#include "grid/flow_network.h"

enum { GW_MATPOWER_BYTES_MOST = 64 * 1024 * 1024 };

/* Reads and validates. Faults: GW_CODE_MALFORMED, INVALID, TOO_LARGE, UNSUPPORTED; subject
 * "/<table>/<row>/<column>" or "/line/<number>". The texts borrow from the file. */
GW_MUST_CHECK gw_status gw_matpower_parse(gw_arena *arena, gw_text file, gw_net *ret,
                                          gw_fault *reterr);
