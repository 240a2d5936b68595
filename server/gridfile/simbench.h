/* SPDX-License-Identifier: Apache-2.0
 *
 * A SimBench grid (CSV files separated by semicolons) into plain structs: Node, Line, LineType,
 * Transformer, TransformerType, ExternalNet, Load, RES, Storage, Switch, Coordinates. Node, Line,
 * LineType and ExternalNet have to be there. With a step the loads and generators are taken from
 * that row of LoadProfile and RESProfile, otherwise at 100 percent. Transformers count as Dyn with
 * the shift of their type. Three-winding transformers and power plants are refused.
 *
 * Ref: SimBench documentation, "Data format".
 */
#pragma once

#include "server/gridfile/format.h"

/* Reads and validates. Faults: subject "/<file>/<row>/<column>". Texts borrow from the parts. */
GW_MUST_CHECK gw_status gw_simbench_parse(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                                          gw_fault *reterr);
