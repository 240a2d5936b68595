/* SPDX-License-Identifier: Apache-2.0
 *
 * One binary, many commands: the first word chooses, the table is server/cli/commands.def.
 */
#include "server/cli/cli.h"
#include "server/cli/settings.h"
#include "server/version.h"

#include <stdio.h>
#include <string.h>

typedef struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} command;

static const command commands[] = {
#define GW_COMMAND(name, help) {#name, gw_cli_##name, help},
#include "server/cli/commands.def"
#undef GW_COMMAND
    {"--check-config", gw_cli_check_config, "report every fault of the settings: [--config FILE]"},
    {"--print-config", gw_cli_print_config, "show every setting and its origin: [--config FILE]"},
};

static void print_help(FILE *out) {
    (void)fprintf(out, "gridwitness %s\n\nusage: gridwitness COMMAND [options]\n\n",
                  GW_VERSION_TEXT);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        (void)fprintf(out, "  %-15s %s\n", commands[i].name, commands[i].help);
    }
}

static bool is_wish(const char *word, const char *wish, const char *other) {
    return strcmp(word, wish) == 0 || strcmp(word, other) == 0;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return GW_EXIT_USAGE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].run(argc - 1, argv + 1);
    }
    if (is_wish(argv[1], "--help", "help")) {
        print_help(stdout);
        return GW_EXIT_OK;
    }
    if (is_wish(argv[1], "--version", "version")) {
        (void)printf("gridwitness %s\n", GW_VERSION_TEXT);
        return GW_EXIT_OK;
    }
    (void)fprintf(stderr, "gridwitness: there is no command \"%s\"; see gridwitness --help\n",
                  argv[1]);
    return GW_EXIT_USAGE;
}
