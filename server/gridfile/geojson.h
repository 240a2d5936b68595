/* SPDX-License-Identifier: Apache-2.0
 *
 * A network as GeoJSON for a map: nodes as points, branches and transformers as lines between
 * nodes that have a place; the others are left out and counted. Longitude and latitude as they
 * are; where a node has a plan's x and y instead, "coordinates" says schematic, and a map has to
 * draw them on an empty ground. Write only.
 *
 * Ref: RFC 7946.
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_solver.h"

typedef struct gw_geojson {
    const gw_net *net;
    const gw_flow_state *state; /* NULL: places only, without voltages and loading */
    /* One word per node, branch and transformer ("green", "yellow", "red"), or NULL. */
    const char *const *node_lights;
    const char *const *branch_lights;
    const char *const *transformer_lights;
} gw_geojson;

void gw_geojson_write(gw_writer *out, const gw_geojson *map);
