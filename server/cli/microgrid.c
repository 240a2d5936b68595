/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness microgrid --config FILE`: one microgrid that takes part in exchanges.
 */
#include "server/fleet/microgrid.h"

#include "server/cli/cli.h"
#include "server/log.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_CAP = 1024 * 1024 };

static void on_signal(int number) {
    (void)number;
    gw_microgrid_stop();
}

int gw_cli_microgrid(int argc, char **argv) {
    gw_microgrid_plan plan;
    gw_fault fault = {0};
    const struct sigaction action = {.sa_handler = on_signal};
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        (void)fprintf(stderr, "usage: gridwitness microgrid --config FILE\n");
        return GW_EXIT_USAGE;
    }
    gw_log_init(GW_LEVEL_INFO, -1);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    gw_status status = gw_microgrid_plan_load(arena, argv[2], &plan, &fault);
    if (gw_is_ok(status)) status = gw_microgrid_run(&plan, &fault);
    if (gw_is_ok(status)) return GW_EXIT_OK;
    gw_log_fault(GW_LEVEL_ERROR, "microgrid.ended", GW_TEXT(""), &fault);
    return GW_EXIT_FAILURE;
}
