/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness aggregator --plan FILE`: a simulated aggregator for the demo and the tests.
 */
#include "server/fleet/aggregator.h"

#include "server/cli/cli.h"
#include "server/log.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

int gw_cli_aggregator(int argc, char **argv) {
    gw_offer_book book;
    gw_fault fault = {0};
    if (argc != 3 || strcmp(argv[1], "--plan") != 0) {
        (void)fprintf(stderr, "usage: gridwitness aggregator --plan FILE\n");
        return GW_EXIT_USAGE;
    }
    gw_log_init(GW_LEVEL_INFO, -1);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    gw_status status = gw_offer_book_load(arena, argv[2], &book, &fault);
    if (gw_is_ok(status)) status = gw_aggregator_run(arena, &book, &fault);
    if (gw_is_ok(status)) return GW_EXIT_OK;
    gw_log_fault(GW_LEVEL_ERROR, "aggregator.ended", GW_TEXT(""), &fault);
    return GW_EXIT_FAILURE;
}
