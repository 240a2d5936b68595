/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid convert FILE`: a network file of any format as gw-net, power-grid-model JSON
 * or GeoJSON, the latter with the voltages and loading of its power flow when that has a solution.
 */
#include "base/decimal.h"
#include "grid/flow_solve.h"
#include "server/cli/cli.h"
#include "server/cli/grid.h"
#include "server/gridfile/format.h"
#include "server/gridfile/geojson.h"
#include "server/gridfile/gw_net_write.h"
#include "server/gridfile/pgm.h"

#include <getopt.h>
#include <string.h>

typedef gw_status net_writer(gw_arena *arena, const gw_net *net, gw_writer *out, gw_fault *reterr);

typedef struct request {
    const char *path;
    net_writer *write;
    int64_t step;
} request;

static gw_status write_gw_net(gw_arena *arena, const gw_net *net, gw_writer *out,
                              gw_fault *reterr) {
    (void)arena;
    (void)reterr;
    gw_net_write(out, net);
    return gw_ok();
}

static gw_status write_pgm(gw_arena *arena, const gw_net *net, gw_writer *out, gw_fault *reterr) {
    (void)arena;
    return gw_pgm_write(net, out, reterr);
}

static gw_status write_geojson(gw_arena *arena, const gw_net *net, gw_writer *out,
                               gw_fault *reterr) {
    gw_flow_outcome outcome;
    gw_flow_state state;
    GW_TRY(gw_flow_solve(arena, net, &(gw_flow_options){0}, &outcome, &state, reterr));
    const gw_geojson map = {.net = net, .state = outcome.verdict == GW_FLOW_SOLVED ? &state : NULL};
    gw_geojson_write(out, &map);
    return gw_ok();
}

static gw_status convert(gw_arena *arena, const request *wanted, gw_fault *reterr) {
    gw_net net;
    gw_writer out;
    GW_TRY(gw_grid_net_read_step(arena, wanted->path, wanted->step, &net, reterr));
    gw_writer_init(&out, arena);
    GW_TRY(wanted->write(arena, &net, &out, reterr));
    return gw_grid_show(&out, reterr);
}

static bool read_target(const char *word, request *wanted) {
    static const struct {
        const char *word;
        net_writer *write;
    } targets[] = {{"gw-net", write_gw_net}, {"pgm", write_pgm}, {"geojson", write_geojson}};
    for (size_t at = 0; at < sizeof targets / sizeof targets[0]; at++) {
        if (strcmp(targets[at].word, word) != 0) continue;
        wanted->write = targets[at].write;
        return true;
    }
    return false;
}

static bool read_arguments(int argc, char **argv, request *wanted) {
    static const struct option options[] = {{"to", required_argument, NULL, 't'},
                                            {"step", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 't' && read_target(optarg, wanted)) continue;
        if (letter != 's') return false;
        if (!gw_is_ok(gw_int64_parse(gw_text_from_c(optarg), &wanted->step, NULL))) return false;
        if (wanted->step < 0) return false;
    }
    if (optind + 1 != argc) return false;
    wanted->path = argv[optind];
    return true;
}

int gw_grid_convert(int argc, char **argv) {
    request wanted = {.write = write_gw_net, .step = GW_GRIDFILE_STEP_NONE};
    gw_fault fault = {0};
    if (!read_arguments(argc, argv, &wanted))
        return gw_grid_usage("convert", "  --to FORMAT  gw-net (usual), pgm or geojson\n"
                                        "  --step N     loads from row N of the profiles "
                                        "(SimBench, OpenDSS; counted from 0)\n");
    GW_AUTO_ARENA arena = gw_arena_open(GW_GRID_ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    if (!gw_is_ok(convert(arena, &wanted, &fault))) return gw_grid_failed(wanted.path, &fault);
    return GW_EXIT_OK;
}
