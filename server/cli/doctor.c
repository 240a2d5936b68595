/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness doctor [--config FILE]`: looks at an installation and says what to mend, one line
 * per check. Changes nothing.
 */
#include "server/cli/cli.h"
#include "server/cli/settings.h"
#include "server/clock.h"
#include "server/db/event_log.h"
#include "server/db/migrate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef gw_status check_function(const gw_config *config, gw_fault *reterr);

static gw_status check_clock(const gw_config *config, gw_fault *reterr) {
    (void)config;
    gw_clock *clock = NULL;
    const gw_clock_settings settings = {.mode = GW_CLOCK_SYSTEM};
    const gw_status status = gw_clock_open(&settings, &clock, reterr);
    if (gw_is_ok(status)) gw_clock_close(clock);
    return status;
}

static gw_status check_state_directory(const gw_config *config, gw_fault *reterr) {
    const char *path = gw_config_text(config, GW_SETTING_SERVER_STATE_DIR);
    if (access(path, R_OK | W_OK | X_OK) == 0) return gw_ok();
    const gw_status status =
        gw_fail_with(reterr, GW_CODE_IO, path, "\"%s\" cannot be written", path);
    return gw_hint(reterr, status, "Make the directory and give it to the gateway's user.");
}

static gw_status check_schema(const gw_config *config, gw_fault *reterr) {
    GW_AUTO_SECRET password = {0};
    gw_db_settings settings = {0};
    GW_TRY(gw_cli_database(config, &password, &settings, reterr));
    return gw_migrate_check(settings.conninfo, settings.password, reterr);
}

static gw_status check_event_log(const gw_config *config, gw_fault *reterr) {
    GW_AUTO_SECRET password = {0};
    gw_db_settings settings = {0};
    gw_db *db = NULL;
    int64_t count = 0;
    GW_TRY(gw_cli_database(config, &password, &settings, reterr));
    settings.connections = 1;
    GW_TRY(gw_db_open(&settings, &db, reterr));
    const gw_status status = gw_event_verify(db, &count, reterr);
    gw_db_close(db);
    return status;
}

typedef struct check_row {
    const char *name;
    check_function *run;
} check_row;

static const check_row check_rows[] = {
    {"the system's clock is plausible", check_clock},
    {"the state directory can be written", check_state_directory},
    {"the database answers and has this version's schema", check_schema},
    {"the event log is whole", check_event_log},
};

static bool run_check(const check_row *check, const gw_config *config) {
    gw_fault fault = {0};
    if (gw_is_ok(check->run(config, &fault))) {
        (void)printf("ok    %s\n", check->name);
        return true;
    }
    (void)printf("FAIL  %s: %s%s%s\n", check->name, fault.message,
                 fault.hint[0] == '\0' ? "" : ". ", fault.hint);
    return false;
}

int gw_cli_doctor(int argc, char **argv) {
    const bool has_path = argc == 3 && strcmp(argv[1], "--config") == 0;
    if (argc != 1 && !has_path) {
        (void)fprintf(stderr, "usage: gridwitness doctor [--config FILE]\n");
        return GW_EXIT_USAGE;
    }
    gw_config *config = gw_cli_open_config(has_path ? argv[2] : NULL);
    if (config == NULL) return GW_EXIT_FAILURE;
    bool is_fine = true;
    for (size_t i = 0; i < sizeof check_rows / sizeof check_rows[0]; i++) {
        is_fine = run_check(&check_rows[i], config) && is_fine;
    }
    gw_config_close(config);
    return is_fine ? GW_EXIT_OK : GW_EXIT_FAILURE;
}
