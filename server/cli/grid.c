/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid solve FILE`: the power flow of a network file as tables. FILE is a gw-net
 * (docs/GRID.md). Exit status 1: the file is refused, or the network cannot carry its load.
 */
#include "base/decimal.h"
#include "grid/flow_report.h"
#include "grid/flow_solve.h"
#include "server/cli/cli.h"
#include "server/gridfile/gw_net.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { ROWS_USUAL = 10, ROWS_MOST = 1000000 };
/* A network of a million nodes needs about 1.4 GiB with its file. */
static const size_t arena_cap = 4UL * 1024 * 1024 * 1024;

typedef struct request {
    const char *path;
    int64_t rows;
    gw_flow_band band;
} request;

static gw_status read_open_file(FILE *file, gw_arena *arena, gw_bytes *ret, gw_fault *reterr) {
    struct stat facts;
    uint8_t *bytes = NULL;
    if (fstat(fileno(file), &facts) != 0 || !S_ISREG(facts.st_mode))
        return gw_fail_with(reterr, GW_CODE_IO, "", "it is no regular file");
    if (facts.st_size > GW_NET_FILE_BYTES_MOST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "", "the file is above 1 GiB");
    GW_TRY(GW_ARENA_NEW(arena, uint8_t, (size_t)facts.st_size, &bytes, reterr));
    const size_t length = fread(bytes, 1, (size_t)facts.st_size, file);
    if (ferror(file) != 0) return gw_fail_with(reterr, GW_CODE_IO, "", "it cannot be read");
    *ret = (gw_bytes){bytes, length};
    return gw_ok();
}

static gw_status read_file(gw_arena *arena, const char *path, gw_bytes *ret, gw_fault *reterr) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return gw_fail_with(reterr, GW_CODE_IO, "", "the file cannot be opened");
    const gw_status status = read_open_file(file, arena, ret, reterr);
    (void)fclose(file);
    return status;
}

static gw_status solve(gw_arena *arena, const request *wanted, gw_flow_verdict *ret,
                       gw_fault *reterr) {
    gw_net net;
    gw_bytes bytes;
    gw_writer out;
    gw_text text;
    gw_flow_outcome outcome;
    gw_flow_state state;
    const gw_flow_options options = {.band = wanted->band};
    GW_TRY(read_file(arena, wanted->path, &bytes, reterr));
    GW_TRY(gw_net_parse(arena, bytes, &net, reterr));
    GW_TRY(gw_flow_solve(arena, &net, &options, &outcome, &state, reterr));
    const gw_flow_report report = {&net, &outcome, &state, (size_t)wanted->rows};
    gw_writer_init(&out, arena);
    GW_TRY(gw_flow_report_write(&report, arena, &out, reterr));
    GW_TRY(gw_writer_end_text(&out, &text, reterr));
    (void)fwrite(text.at, 1, text.length, stdout);
    *ret = outcome.verdict;
    return gw_ok();
}

static int usage(void) {
    (void)fprintf(stderr, "usage: gridwitness grid solve FILE [--rows N] [--banded]\n"
                          "  --rows N   length of each table (10)\n"
                          "  --banded   loads are impedances outside 0.7 to 1.2 of nominal\n");
    return GW_EXIT_USAGE;
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
    if (optind + 2 != argc || strcmp(argv[optind], "solve") != 0) return false;
    wanted->path = argv[optind + 1];
    return wanted->rows >= 0 && wanted->rows <= ROWS_MOST;
}

int gw_cli_grid(int argc, char **argv) {
    request wanted = {.rows = ROWS_USUAL};
    gw_fault fault = {0};
    gw_flow_verdict verdict = GW_FLOW_INFEASIBLE;
    if (!read_arguments(argc, argv, &wanted)) return usage();
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    if (arena == NULL) return GW_EXIT_FAILURE;
    if (gw_is_ok(solve(arena, &wanted, &verdict, &fault)))
        return verdict == GW_FLOW_SOLVED ? GW_EXIT_OK : GW_EXIT_FAILURE;
    (void)fprintf(stderr, "grid: %s: %s: %s\n", wanted.path, fault.subject, fault.message);
    return GW_EXIT_FAILURE;
}
