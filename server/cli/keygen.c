/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness keygen`: every key of an installation, in one directory that must be empty of keys.
 * No default key, no default password. keys.json lists the public addresses.
 */
#include "base/decimal.h"
#include "base/writer.h"
#include "oracle/address.h"
#include "server/cli/cli.h"
#include "server/keys/account.h"
#include "server/keys/authority.h"
#include "server/keys/files.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MOST = 31, LINE_LONGEST = 80, ARENA_CAP = 64 * 1024 * 1024 };

typedef struct request {
    const char *directory;
    const char *realm;
    const char *aggregators; /* comma separated */
    const char *devices;     /* file, one name a line */
    int64_t nodes;
} request;

typedef struct keygen {
    const request *wanted;
    gw_arena *arena;
    gw_authority *authority;
    gw_writer summary;
    int accounts;
    int certificates;
} keygen;

static gw_status issue(keygen *run, const char *name, gw_leaf_use use, gw_fault *reterr) {
    run->certificates++;
    return gw_authority_issue(run->authority, name, use, reterr);
}

static gw_status make_account(keygen *run, const char *name, gw_fault *reterr) {
    gw_address address;
    char text[GW_ADDRESS_TEXT_SIZE];
    GW_TRY(gw_account_make(run->arena, run->wanted->directory, name, &address, reterr));
    gw_address_print(address, text);
    gw_write_format(&run->summary, "%s\n    \"%.64s\": \"%s\"", run->accounts++ == 0 ? "" : ",",
                    name, text);
    return gw_ok();
}

static gw_status make_nodes(keygen *run, gw_fault *reterr) {
    for (int at = 1; at <= (int)run->wanted->nodes; at++) {
        char name[16];
        (void)snprintf(name, sizeof name, "node-%d", at);
        GW_TRY(issue(run, name, GW_LEAF_CLIENT, reterr));
        GW_TRY(make_account(run, name, reterr));
    }
    return gw_ok();
}

static gw_status make_aggregators(keygen *run, gw_fault *reterr) {
    gw_text rest = gw_text_from_c(run->wanted->aggregators);
    while (rest.length > 0) {
        const char *name = NULL;
        GW_TRY(gw_text_to_c(run->arena, gw_text_split(&rest, ','), &name, reterr));
        GW_TRY(issue(run, name, GW_LEAF_CLIENT, reterr));
        GW_TRY(make_account(run, name, reterr));
    }
    return gw_ok();
}

static gw_status make_device_lines(keygen *run, FILE *file, gw_fault *reterr) {
    char line[LINE_LONGEST];
    while (fgets(line, sizeof line, file) != NULL) {
        const char *name = NULL;
        const gw_text text = gw_text_trim(gw_text_from_c(line));
        if (text.length == 0) continue;
        GW_TRY(gw_text_to_c(run->arena, text, &name, reterr));
        GW_TRY(issue(run, name, GW_LEAF_CLIENT, reterr));
    }
    return gw_ok();
}

static gw_status make_devices(keygen *run, gw_fault *reterr) {
    if (run->wanted->devices == NULL) return gw_ok();
    FILE *file = fopen(run->wanted->devices, "r");
    if (file == NULL)
        return gw_fail_with(reterr, GW_CODE_IO, run->wanted->devices, "the file cannot be opened");
    const gw_status status = make_device_lines(run, file, reterr);
    (void)fclose(file);
    return status;
}

static gw_status make_all(keygen *run, gw_fault *reterr) {
    static const char *const payers[] = {"deployer", "sender", "funder"};
    GW_TRY(issue(run, "broker", GW_LEAF_SERVER, reterr));
    GW_TRY(issue(run, "gateway", GW_LEAF_CLIENT, reterr));
    for (size_t at = 0; at < sizeof payers / sizeof payers[0]; at++)
        GW_TRY(make_account(run, payers[at], reterr));
    GW_TRY(make_nodes(run, reterr));
    GW_TRY(make_aggregators(run, reterr));
    return make_devices(run, reterr);
}

static gw_status run_keygen(const request *wanted, gw_arena *arena, gw_fault *reterr) {
    keygen run = {.wanted = wanted, .arena = arena};
    gw_bytes summary = {NULL, 0};
    gw_writer_init(&run.summary, arena);
    GW_TRY(gw_key_directory(wanted->directory, reterr));
    GW_TRY(gw_authority_make(wanted->directory, wanted->realm, &run.authority, reterr));
    gw_write_c(&run.summary, "{\n  \"accounts\": {");
    const gw_status status = make_all(&run, reterr);
    gw_authority_close(run.authority);
    GW_TRY(status);
    gw_write_c(&run.summary, "\n  }\n}\n");
    GW_TRY(gw_writer_end(&run.summary, &summary, reterr));
    GW_TRY(gw_key_file_write(wanted->directory, "keys.json", summary, GW_KEY_PUBLIC, reterr));
    (void)printf("%d certificates and %d accounts are in %s\n", run.certificates, run.accounts,
                 wanted->directory);
    return gw_ok();
}

static int usage(void) {
    (void)fprintf(stderr, "usage: gridwitness keygen --out DIR --realm NAME [--nodes N]\n"
                          "         [--aggregators NAME,NAME] [--device-file FILE]\n");
    return GW_EXIT_USAGE;
}

static bool read_arguments(int argc, char **argv, request *wanted) {
    static const struct option options[] = {{"out", required_argument, NULL, 'o'},
                                            {"realm", required_argument, NULL, 'r'},
                                            {"nodes", required_argument, NULL, 'n'},
                                            {"aggregators", required_argument, NULL, 'a'},
                                            {"device-file", required_argument, NULL, 'd'},
                                            {NULL, 0, NULL, 0}};
    int letter = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 'o': wanted->directory = optarg; break;
        case 'r': wanted->realm = optarg; break;
        case 'a': wanted->aggregators = optarg; break;
        case 'd': wanted->devices = optarg; break;
        case 'n':
            if (!gw_is_ok(gw_int64_parse(gw_text_from_c(optarg), &wanted->nodes, NULL)))
                return false;
            break;
        default: return false;
        }
    }
    return wanted->directory != NULL && wanted->realm != NULL && wanted->nodes >= 1 &&
           wanted->nodes <= NODES_MOST;
}

int gw_cli_keygen(int argc, char **argv) {
    request wanted = {.aggregators = "", .nodes = 4};
    gw_fault fault = {0};
    if (!read_arguments(argc, argv, &wanted)) return usage();
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return GW_EXIT_FAILURE;
    if (gw_is_ok(run_keygen(&wanted, arena, &fault))) return 0;
    (void)fprintf(stderr, "keygen: %s: %s. %s\n", fault.subject, fault.message, fault.hint);
    return GW_EXIT_FAILURE;
}
