/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cli/settings.h"

#include "server/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

gw_config *gw_cli_open_config(const char *path) {
    gw_config *config = NULL;
    gw_config_faults faults;
    const char *file = path != NULL ? path : getenv("GW_CONFIG");
    if (gw_is_ok(gw_config_open(file, environ, &config, &faults))) return config;
    const int kept = faults.count < GW_CONFIG_FAULTS_MAX ? faults.count : GW_CONFIG_FAULTS_MAX;
    for (int i = 0; i < kept; i++) {
        (void)fprintf(stderr, "%s: %s\n", faults.items[i].subject, faults.items[i].message);
    }
    (void)fprintf(stderr, "gridwitness: %d fault%s in the settings\n", faults.count,
                  faults.count == 1 ? "" : "s");
    return NULL;
}

gw_status gw_cli_database(const gw_config *config, gw_secret *password, gw_db_settings *ret,
                          gw_fault *reterr) {
    const char *file = gw_config_text(config, GW_SETTING_DATABASE_PASSWORD_FILE);
    if (file[0] != '\0') GW_TRY(gw_secret_read(file, password, reterr));
    *ret = (gw_db_settings){
        .conninfo = gw_config_text(config, GW_SETTING_DATABASE_CONNINFO),
        .password = file[0] == '\0' ? NULL : (const char *)password->bytes,
        .connections = (int)gw_config_int(config, GW_SETTING_DATABASE_CONNECTIONS),
        .statement_timeout_ms =
            (int)gw_config_int(config, GW_SETTING_DATABASE_STATEMENT_TIMEOUT_MS),
        .lease_timeout_ms = (int)gw_config_int(config, GW_SETTING_DATABASE_LEASE_TIMEOUT_MS),
        .connect_timeout_s = (int)gw_config_int(config, GW_SETTING_DATABASE_CONNECT_TIMEOUT_S)};
    return gw_ok();
}

int gw_cli_fail(const char *command, const gw_fault *fault) {
    (void)fprintf(stderr, "gridwitness %s: %s%s%s\n", command, fault->message,
                  fault->hint[0] == '\0' ? "" : ". ", fault->hint);
    return GW_EXIT_FAILURE;
}

/* [--config FILE] and nothing else. */
static bool read_path(int argc, char **argv, const char **ret) {
    *ret = NULL;
    if (argc == 1) return true;
    if (argc != 3 || strcmp(argv[1], "--config") != 0) {
        (void)fprintf(stderr, "usage: gridwitness %s [--config FILE]\n", argv[0]);
        return false;
    }
    *ret = argv[2];
    return true;
}

int gw_cli_check_config(int argc, char **argv) {
    const char *path = NULL;
    if (!read_path(argc, argv, &path)) return GW_EXIT_USAGE;
    gw_config *config = gw_cli_open_config(path);
    if (config == NULL) return GW_EXIT_FAILURE;
    gw_config_close(config);
    (void)printf("the settings are fine\n");
    return GW_EXIT_OK;
}

int gw_cli_print_config(int argc, char **argv) {
    const char *path = NULL;
    if (!read_path(argc, argv, &path)) return GW_EXIT_USAGE;
    gw_config *config = gw_cli_open_config(path);
    if (config == NULL) return GW_EXIT_FAILURE;
    gw_config_print(config, stdout);
    gw_config_close(config);
    return GW_EXIT_OK;
}
