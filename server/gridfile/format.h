/* SPDX-License-Identifier: Apache-2.0
 *
 * Every network format behind one call: bytes in, a validated network out. A format of several
 * files (SimBench, OpenDSS) gets them as named parts; the first part is the one to begin with.
 * Faults are those of the format: GW_CODE_MALFORMED, INVALID, TOO_LARGE, UNSUPPORTED, with a JSON
 * pointer ("/line/3/r_ohm_per_km"), a part and row ("/Line.csv/3/length") or a part and line.
 */
#pragma once

#include "grid/flow_network.h"

typedef enum gw_gridfile_format {
    GW_GRIDFILE_GW_NET,
    GW_GRIDFILE_PGM,
    GW_GRIDFILE_PANDAPOWER,
    GW_GRIDFILE_MATPOWER,
    GW_GRIDFILE_SIMBENCH,
    GW_GRIDFILE_OPENDSS,
    GW_GRIDFILE_FORMATS
} gw_gridfile_format;

enum { GW_GRIDFILE_PARTS_MOST = 256, GW_GRIDFILE_STEP_NONE = -1 };

typedef struct gw_gridfile_part {
    gw_text name; /* file name without folders; free for a format of one file */
    gw_text text;
} gw_gridfile_part;

typedef struct gw_gridfile {
    gw_gridfile_format format;
    const gw_gridfile_part *parts;
    size_t part_count;
    /* Which row of the profiles the loads are taken from, counted from 0; GW_GRIDFILE_STEP_NONE:
     * rated values. SimBench and OpenDSS only. */
    int64_t step;
} gw_gridfile;

/* "gw-net", "pgm", "pandapower", "matpower", "simbench", "opendss"; false for anything else. */
bool gw_gridfile_format_parse(gw_text word, gw_gridfile_format *ret);
const char *gw_gridfile_format_name(gw_gridfile_format format);

/* From the names and first bytes; false when it is none of them. */
bool gw_gridfile_guess(const gw_gridfile_part *parts, size_t part_count, gw_gridfile_format *ret);

/* Everything is copied into the arena or borrows from the parts. */
GW_MUST_CHECK gw_status gw_gridfile_parse(gw_arena *arena, const gw_gridfile *file, gw_net *ret,
                                          gw_fault *reterr);
/* The part of that name, compared without case; NULL when there is none. */
const gw_gridfile_part *gw_gridfile_find(const gw_gridfile *file, gw_text name);
