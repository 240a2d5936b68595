/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness migrate [--config FILE] [--check]`: brings the database to this version's schema.
 */
#include "server/db/migrate.h"
#include "server/cli/cli.h"
#include "server/cli/settings.h"

#include <getopt.h>
#include <stdio.h>

typedef struct wish {
    const char *path;
    int is_check;
} wish;

static bool read_arguments(int argc, char **argv, wish *wanted) {
    const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                     {"check", no_argument, &wanted->is_check, 1},
                                     {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 'c') wanted->path = optarg;
        if (letter == '?') return false;
    }
    return optind == argc;
}

static gw_status run_check(const gw_db_settings *settings, gw_fault *reterr) {
    GW_TRY(gw_migrate_check(settings->conninfo, settings->password, reterr));
    (void)printf("the database has this version's schema\n");
    return gw_ok();
}

static gw_status run_migrate(const gw_db_settings *settings, gw_fault *reterr) {
    gw_migrate_result result = {0};
    GW_TRY(gw_migrate(settings->conninfo, settings->password, &result, reterr));
    (void)printf("database: version %d to %d, %d migration%s applied\n", result.before,
                 result.after, result.applied, result.applied == 1 ? "" : "s");
    return gw_ok();
}

int gw_cli_migrate(int argc, char **argv) {
    wish wanted = {0};
    gw_fault fault = {0};
    GW_AUTO_SECRET password = {0};
    gw_db_settings settings = {0};
    if (!read_arguments(argc, argv, &wanted)) {
        (void)fprintf(stderr, "usage: gridwitness migrate [--config FILE] [--check]\n");
        return GW_EXIT_USAGE;
    }
    gw_config *config = gw_cli_open_config(wanted.path);
    if (config == NULL) return GW_EXIT_FAILURE;
    gw_status status = gw_cli_database(config, &password, &settings, &fault);
    if (gw_is_ok(status)) {
        status =
            wanted.is_check != 0 ? run_check(&settings, &fault) : run_migrate(&settings, &fault);
    }
    gw_config_close(config);
    return gw_is_ok(status) ? GW_EXIT_OK : gw_cli_fail("migrate", &fault);
}
