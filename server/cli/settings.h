/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands that read gridwitness.ini share: finding the file, telling its faults, and the
 * database it names. The file is --config FILE, or $GW_CONFIG, or none (defaults and environment).
 */
#pragma once

#include "server/config.h"
#include "server/db/pool.h"
#include "server/secret.h"

/* path NULL: $GW_CONFIG or no file. Prints every fault to standard error and gives NULL then. */
gw_config *gw_cli_open_config(const char *path);

/* Reads the database's settings; password holds the secret as long as the settings are used. */
GW_MUST_CHECK gw_status gw_cli_database(const gw_config *config, gw_secret *password,
                                        gw_db_settings *ret, gw_fault *reterr);

/* Prints a fault for a person; returns GW_EXIT_FAILURE. */
int gw_cli_fail(const char *command, const gw_fault *fault);

int gw_cli_check_config(int argc, char **argv);
int gw_cli_print_config(int argc, char **argv);
