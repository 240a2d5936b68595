/* SPDX-License-Identifier: Apache-2.0
 *
 * power-grid-model JSON, version 1.0, into plain structs and back. Ids are integers there: a node,
 * branch, point or source is named by the digits of its id, and an asymmetric load is three points
 * "7/a", "7/b", "7/c". Sensors and faults are passed over; what is not solved here is refused:
 * voltage and tap regulators, three-winding transformers.
 *
 * Ref: documentation of power-grid-model, "Components" and "Data validator".
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_network.h"

/* Reads and validates. The model is three-phase when something asymmetric is in the file, otherwise
 * balanced. Faults: GW_CODE_MALFORMED, GW_CODE_INVALID, GW_CODE_TOO_LARGE and GW_CODE_UNSUPPORTED,
 * subject is a JSON pointer. Everything is copied into the arena. */
GW_MUST_CHECK gw_status gw_pgm_parse(gw_arena *arena, gw_bytes file, gw_net *ret, gw_fault *reterr);

/* Writes an input file. Ids that are no integers, or not each once in the file, are numbered anew;
 * the id of the network then stands in an extra member "name". */
GW_MUST_CHECK gw_status gw_pgm_write(const gw_net *net, gw_writer *out, gw_fault *reterr);
