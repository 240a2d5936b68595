/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness grid STUDY FILE`: what a network file holds, as tables for a person. The formats:
 * docs/GRID.md. Exit status 1: the file is refused, or the answer is no.
 */
#include "server/cli/grid.h"

#include "server/cli/cli.h"

#include <string.h>

static const struct {
    const char *name;
    const char *arguments;
    const char *help;
    int (*run)(int argc, char **argv);
} studies[] = {
#define GW_STUDY(name, arguments, help) {#name, arguments, help, gw_grid_##name},
#include "server/cli/studies.def"
#undef GW_STUDY
};
enum { STUDIES = sizeof studies / sizeof studies[0] };

static void write_study(size_t at, const char *lead) {
    (void)fprintf(stderr, "%s gridwitness grid %s %s\n", lead, studies[at].name,
                  studies[at].arguments);
}

int gw_grid_usage(const char *study, const char *options) {
    for (size_t at = 0; at < STUDIES; at++)
        if (strcmp(studies[at].name, study) == 0) write_study(at, "usage:");
    (void)fputs(options, stderr);
    return GW_EXIT_USAGE;
}

static int usage(void) {
    for (size_t at = 0; at < STUDIES; at++) {
        write_study(at, at == 0 ? "usage:" : "      ");
        (void)fprintf(stderr, "           %s\n", studies[at].help);
    }
    return GW_EXIT_USAGE;
}

int gw_grid_failed(const char *path, const gw_fault *fault) {
    (void)fprintf(stderr, "grid: %s: %s: %s\n", path, fault->subject, fault->message);
    if (fault->hint[0] != '\0') (void)fprintf(stderr, "%s\n", fault->hint);
    return GW_EXIT_FAILURE;
}

int gw_cli_grid(int argc, char **argv) {
    for (size_t at = 0; at < STUDIES && argc > 1; at++)
        if (strcmp(studies[at].name, argv[1]) == 0) return studies[at].run(argc - 1, argv + 1);
    return usage();
}
