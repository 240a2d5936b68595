/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands of the table whose file is not there yet. Whoever brings server/cli/<name>.c removes the
 * row here.
 */
#include "server/cli/cli.h"

#include <stdio.h>

static int absent(const char *name) {
    (void)fprintf(stderr, "gridwitness %s: not part of this build\n", name);
    return GW_EXIT_FAILURE;
}

int gw_cli_chain(int argc, char **argv) {
    (void)argc;
    return absent(argv[0]);
}
