/* SPDX-License-Identifier: Apache-2.0
 *
 * The subset of OpenDSS that a distribution feeder needs: Circuit and Vsource, LineCode, Line (all
 * three phases; sequence values or matrices), Transformer (two windings, wye or delta), Load (one
 * to three phases, wye; models 1, 2 and 5), Loadshape. Meters and monitors are passed over, any
 * other element is refused, because leaving it out would be another network. Loads keep their
 * power at every voltage: Vminpu and Vmaxpu are not read. With a step, loads take that value of
 * their yearly (or daily) shape. A bus is a node; its voltage is that of the windings that feed it.
 *
 * Ref: OpenDSS manual; traps: grid research note, section 1.
 */
#pragma once

#include "server/gridfile/format.h"

/* Reads and validates. Faults: subject "/<file>/<line>/<property>". */
GW_MUST_CHECK gw_status gw_opendss_parse(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                                         gw_fault *reterr);
