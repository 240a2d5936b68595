/* SPDX-License-Identifier: Apache-2.0
 *
 * power-grid-model JSON, version 1.0, into plain structs and back. Ids are integers there: a node,
 * branch, shunt or source is named by the digits of its id, and an asymmetric load or generator is
 * three points "7/a", "7/b", "7/c". A link is a switch without impedance. What is switched off has
 * no power, a source that is switched off is left out. A three-winding transformer is three of two
 * windings, "8/1", "8/2", "8/3", that meet in a node "8/star". Sensors and faults are passed over;
 * refused as GW_CODE_UNSUPPORTED: voltage regulators, branches with any ratio, and tap regulators
 * unless the options let the transformers stand. Frequency is 50 Hz, as the format says.
 *
 * Ref: documentation of power-grid-model, "Components", "Serialization", "Data validator".
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_network.h"

enum { GW_PGM_FILE_BYTES_MOST = 1024 * 1024 * 1024 };

/* The file does not say which calculation is meant. As the file: three-phase when something
 * asymmetric is in it, otherwise balanced. */
typedef enum gw_pgm_model {
    GW_PGM_MODEL_AS_FILE,
    GW_PGM_MODEL_BALANCED,
    GW_PGM_MODEL_THREE_PHASE
} gw_pgm_model;

/* Tap regulators: refused, because the file means other positions than those it gives; or the
 * transformers stand where the file has them. */
typedef enum gw_pgm_regulators {
    GW_PGM_REGULATORS_REFUSED,
    GW_PGM_REGULATORS_STAND
} gw_pgm_regulators;

typedef struct gw_pgm_options {
    gw_pgm_model model;
    gw_pgm_regulators regulators;
    gw_bytes updates; /* a batch of updates; no bytes: none */
    size_t scenario;  /* which of its scenarios is laid over the file */
} gw_pgm_options;

/* Reads and validates. Faults: GW_CODE_MALFORMED, GW_CODE_INVALID, GW_CODE_TOO_LARGE and
 * GW_CODE_UNSUPPORTED, subject is a JSON pointer such as /data/line/3/r1. Everything is copied into
 * the arena. */
GW_MUST_CHECK gw_status gw_pgm_parse(gw_arena *arena, gw_bytes file, gw_net *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_pgm_parse_with(gw_arena *arena, gw_bytes file,
                                          const gw_pgm_options *options, gw_net *ret,
                                          gw_fault *reterr);
/* How many scenarios a batch of updates has. An update of something that is not in the file is
 * refused by gw_pgm_parse_with. */
GW_MUST_CHECK gw_status gw_pgm_scenario_count(gw_bytes updates, size_t *ret, gw_fault *reterr);

/* Writes an input file; the numbers of its ids take memory of the writer's arena. Ids that are no
 * integers, or not each once in the file, are numbered anew; the id of the network then stands in
 * the extra member "name". Voltage limits have no place there, and a magnetising branch in the
 * middle of a transformer (T) is written as if it stood at both ends. GW_CODE_UNSUPPORTED: a
 * conductance of a branch without susceptance. */
GW_MUST_CHECK gw_status gw_pgm_write(const gw_net *net, gw_writer *out, gw_fault *reterr);
