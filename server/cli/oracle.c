/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness oracle --config FILE`: an oracle node.
 */
#include "server/cli/cli.h"
#include "server/config.h"
#include "server/log.h"
#include "server/node/node.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_faults(const gw_config_faults *faults) {
    for (int at = 0; at < faults->count && at < GW_CONFIG_FAULTS_MAX; at++)
        (void)fprintf(stderr, "%s: %s. %s\n", faults->items[at].subject, faults->items[at].message,
                      faults->items[at].hint);
}

int gw_cli_oracle(int argc, char **argv) {
    gw_config *config = NULL;
    gw_config_faults faults = {0};
    gw_fault fault = {0};
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        (void)fprintf(stderr, "usage: gridwitness oracle --config FILE\n");
        return GW_EXIT_USAGE;
    }
    gw_log_init(GW_LEVEL_INFO, -1);
    if (!gw_is_ok(gw_config_open(argv[2], environ, &config, &faults))) {
        print_faults(&faults);
        return GW_EXIT_USAGE;
    }
    const gw_status status = gw_node_run(config, &fault);
    gw_config_close(config);
    if (gw_is_ok(status)) return GW_EXIT_OK;
    gw_log_fault(GW_LEVEL_ERROR, "node.ended", GW_TEXT(""), &fault);
    return GW_EXIT_FAILURE;
}
