/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid solve FILE`: the power flow of a network file. Exit status 1 also when the
 * network cannot carry its load.
 */
#include "base/decimal.h"
#include "grid/flow_report.h"
#include "grid/flow_solve.h"
#include "server/cli/cli.h"
#include "server/cli/grid.h"

#include <getopt.h>

enum { ROWS_USUAL = 10, ROWS_MOST = 1000000 };

typedef struct request {
    const char *path;
    int64_t rows;
    gw_flow_band band;
} request;

static gw_status solve(gw_arena *arena, const request *wanted, gw_flow_verdict *ret,
                       gw_fault *reterr) {
    gw_net net;
    gw_writer out;
    gw_flow_outcome outcome;
    gw_flow_state state;
    const gw_flow_options options = {.band = wanted->band};
    GW_TRY(gw_grid_net_read(arena, wanted->path, &net, reterr));
    GW_TRY(gw_flow_solve(arena, &net, &options, &outcome, &state, reterr));
    const gw_flow_report report = {&net, &outcome, &state, (size_t)wanted->rows};
    gw_writer_init(&out, arena);
    GW_TRY(gw_flow_report_write(&report, arena, &out, reterr));
    GW_TRY(gw_grid_show(&out, reterr));
    *ret = outcome.verdict;
    return gw_ok();
}

static bool read_arguments(int argc, char **argv, request *wanted) {
    static const struct option options[] = {{"rows", required_argument, NULL, 'r'},
                                            {"banded", no_argument, NULL, 'b'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 'b') {
            wanted->band = GW_FLOW_BANDED;
            continue;
        }
        if (letter != 'r') return false;
        if (!gw_is_ok(gw_int64_parse(gw_text_from_c(optarg), &wanted->rows, NULL))) return false;
    }
    if (optind + 1 != argc) return false;
    wanted->path = argv[optind];
    return wanted->rows >= 0 && wanted->rows <= ROWS_MOST;
}

int gw_grid_solve(int argc, char **argv) {
    request wanted = {.rows = ROWS_USUAL};
    gw_fault fault = {0};
    gw_flow_verdict verdict = GW_FLOW_INFEASIBLE;
    if (!read_arguments(argc, argv, &wanted))
        return gw_grid_usage("solve",
                             "  --rows N   length of each table (10)\n"
                             "  --banded   loads are impedances outside 0.7 to 1.2 of nominal\n");
    GW_AUTO_ARENA arena = gw_arena_open(GW_GRID_ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    if (!gw_is_ok(solve(arena, &wanted, &verdict, &fault)))
        return gw_grid_failed(wanted.path, &fault);
    return verdict == GW_FLOW_SOLVED ? GW_EXIT_OK : GW_EXIT_FAILURE;
}
