/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness fleet --plan FILE`: simulated devices for the demo and the tests.
 */
#include "server/fleet/fleet.h"

#include "server/cli/cli.h"
#include "server/log.h"

#include <stdio.h>
#include <string.h>

static const size_t arena_cap = (size_t)2 * 1024 * 1024 * 1024; /* a replayed season of readings */

int gw_cli_fleet(int argc, char **argv) {
    gw_fleet_plan plan;
    gw_fault fault = {0};
    if (argc != 3 || strcmp(argv[1], "--plan") != 0) {
        (void)fprintf(stderr, "usage: gridwitness fleet --plan FILE\n");
        return GW_EXIT_USAGE;
    }
    gw_log_init(GW_LEVEL_INFO, -1);
    GW_AUTO_ARENA arena = gw_arena_open(arena_cap);
    if (arena == NULL) return GW_EXIT_FAILURE;
    gw_status status = gw_fleet_plan_load(arena, argv[2], &plan, &fault);
    if (gw_is_ok(status)) status = gw_fleet_run(arena, &plan, &fault);
    if (gw_is_ok(status)) return GW_EXIT_OK;
    gw_log_fault(GW_LEVEL_ERROR, "fleet.ended", GW_TEXT(""), &fault);
    return GW_EXIT_FAILURE;
}
