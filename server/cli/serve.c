/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness serve [--config FILE]`: the gateway. Its parts are the rows of server/parts.def.
 */
#include "server/app.h"
#include "server/cli/cli.h"
#include "server/cli/settings.h"
#include "server/clock.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/parts.h"
#include "server/version.h"

#include <stdio.h>
#include <string.h>

static const gw_part parts[] = {
#define GW_PART(name) {#name, gw_part_##name##_start, gw_part_##name##_stop},
#include "server/parts.def"
#undef GW_PART
};

static const char *config_path; /* written once, before any thread */

static gw_level level_of(const gw_config *config) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    for (int i = GW_LEVEL_DEBUG; i <= GW_LEVEL_ERROR; i++) {
        if (gw_config_is(config, GW_SETTING_LOG_LEVEL, names[i])) return (gw_level)i;
    }
    return GW_LEVEL_INFO;
}

/* Only the level of the log is read again; everything else needs a restart. A faulty file changes
 * nothing. */
static void reload(gw_app *app) {
    (void)app;
    gw_config *config = gw_cli_open_config(config_path);
    if (config == NULL) {
        gw_log(GW_LEVEL_ERROR, "app.reload-refused", config_path, "the settings are faulty");
        return;
    }
    gw_log_init(level_of(config), -1);
    gw_config_close(config);
    gw_log(GW_LEVEL_INFO, "app.reloaded", config_path, "the level of the log was read again");
}

static int run_gateway(gw_config *config) {
    gw_app app = {.config = config, .reload = reload};
    gw_fault fault = {0};
    const gw_part_list list = {.items = parts, .count = (int)(sizeof parts / sizeof parts[0])};
    gw_log_init(level_of(config), -1);
    gw_metric_set(GW_METRIC_BUILD_INFO, GW_VERSION_TEXT, 1);
    gw_metric_set(GW_METRIC_START_TIME, NULL, gw_clock_real().us / 1000000);
    gw_log(GW_LEVEL_INFO, "app.starting", NULL, "gridwitness %s", GW_VERSION_TEXT);
    if (gw_is_ok(gw_app_run(&app, &list, &fault))) return gw_app_exit_code();
    gw_log_fault(GW_LEVEL_ERROR, "app.start-failed", GW_TEXT(""), &fault);
    return GW_EXIT_FAILURE;
}

int gw_cli_serve(int argc, char **argv) {
    const bool has_path = argc == 3 && strcmp(argv[1], "--config") == 0;
    if (argc != 1 && !has_path) {
        (void)fprintf(stderr, "usage: gridwitness serve [--config FILE]\n");
        return GW_EXIT_USAGE;
    }
    gw_app_block_signals();
    config_path = has_path ? argv[2] : NULL;
    gw_config *config = gw_cli_open_config(config_path);
    if (config == NULL) return GW_EXIT_FAILURE;
    const int result = run_gateway(config);
    gw_config_close(config);
    return result;
}
