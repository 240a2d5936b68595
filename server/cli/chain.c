/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness chain deploy | status | fund | claim`: arguments and dispatch.
 */
#include "server/cli/chain.h"

#include "base/decimal.h"
#include "server/chain/settings.h"
#include "server/cli/cli.h"
#include "server/cli/settings.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { ARENA_CAP = 256 * 1024 * 1024 };

static const struct {
    const char *name;
    gw_status (*run)(const gw_chain_tool *tool, gw_fault *reterr);
} actions[] = {{"deploy", gw_chain_tool_deploy},
               {"status", gw_chain_tool_status},
               {"fund", gw_chain_tool_fund},
               {"claim", gw_chain_tool_claim}};

static int usage(void) {
    (void)fprintf(stderr, "usage: gridwitness chain deploy [--config FILE] [--fund-micros N] "
                          "[--mint-micros N] [--trades]\n"
                          "       gridwitness chain status [--config FILE]\n"
                          "       gridwitness chain fund [--config FILE] --amount-micros N\n"
                          "       gridwitness chain claim [--config FILE] --key FILE "
                          "(--bundle FILE | --settlement ID --gateway URL --token FILE)\n");
    return GW_EXIT_USAGE;
}

static bool read_micros(const char *text, uint64_t *ret) {
    int64_t number = 0;
    if (!gw_is_ok(gw_int64_parse(gw_text_from_c(text), &number, NULL)) || number < 0) return false;
    *ret = (uint64_t)number;
    return true;
}

static bool take_option(int letter, const char *value, gw_chain_wish *wish) {
    switch (letter) {
    case 'c': wish->config_file = value; return true;
    case 'b': wish->bundle_file = value; return true;
    case 's': wish->settlement = value; return true;
    case 'g': wish->gateway_url = value; return true;
    case 't': wish->token_file = value; return true;
    case 'k': wish->key_file = value; return true;
    case 'f': return read_micros(value, &wish->fund_micros);
    case 'm': return read_micros(value, &wish->mint_micros);
    case 'a': return read_micros(value, &wish->amount_micros);
    case 'r': wish->trades = GW_DEPLOY_TRADES; return true;
    default: return false;
    }
}

static bool read_arguments(int argc, char **argv, gw_chain_wish *wish) {
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"bundle", required_argument, NULL, 'b'},
                                            {"settlement", required_argument, NULL, 's'},
                                            {"gateway", required_argument, NULL, 'g'},
                                            {"token", required_argument, NULL, 't'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"fund-micros", required_argument, NULL, 'f'},
                                            {"mint-micros", required_argument, NULL, 'm'},
                                            {"amount-micros", required_argument, NULL, 'a'},
                                            {"trades", no_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    bool is_good = true;
    optind = 1;
    while (is_good && (letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        is_good = take_option(letter, optarg, wish);
    return is_good && optind == argc;
}

static gw_status run(gw_chain_tool *tool, size_t action, gw_fault *reterr) {
    GW_TRY(gw_chain_open_rpc(tool->arena, tool->config, &tool->rpc, reterr));
    const gw_status status = actions[action].run(tool, reterr);
    gw_rpc_close(tool->rpc);
    return status;
}

static int run_action(size_t action, const gw_chain_wish *wish) {
    gw_fault fault = {0};
    gw_config *config = gw_cli_open_config(wish->config_file);
    if (config == NULL) return GW_EXIT_FAILURE;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    gw_chain_tool tool = {.wish = wish, .config = config, .arena = arena};
    const gw_status status =
        arena == NULL ? gw_fail(&fault, GW_CODE_NO_MEMORY) : run(&tool, action, &fault);
    gw_config_close(config);
    return gw_is_ok(status) ? GW_EXIT_OK : gw_cli_fail("chain", &fault);
}

int gw_cli_chain(int argc, char **argv) {
    gw_chain_wish wish = {.config_file = NULL};
    if (argc < 2) return usage();
    for (size_t at = 0; at < sizeof actions / sizeof actions[0]; at++) {
        if (strcmp(argv[1], actions[at].name) != 0) continue;
        return read_arguments(argc - 1, argv + 1, &wish) ? run_action(at, &wish) : usage();
    }
    return usage();
}
