/* SPDX-License-Identifier: Apache-2.0
 *
 * Entry points of the subcommands. They print for a person, return an exit status, and own their
 * process.
 */
#pragma once

enum {
    GW_EXIT_OK = 0,
    GW_EXIT_FAILURE = 1, /* it was tried and did not work; the reason is on standard error */
    GW_EXIT_USAGE = 2    /* the arguments cannot be used; nothing was tried */
};

#define GW_COMMAND(name, help) int gw_cli_##name(int argc, char **argv);
#include "server/cli/commands.def"
#undef GW_COMMAND
