/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness token create|list|revoke`: bearer tokens. The secret has 256 random bits, is shown
 * once and stored as its SHA-256 only.
 */
#include "base/decimal.h"
#include "server/cli/cli.h"
#include "server/cli/settings.h"
#include "server/clock.h"
#include "server/db/token_store.h"
#include "server/http/route.h"
#include "server/random.h"

#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

enum {
    ID_BYTES = 8,
    SECRET_BYTES = 32,
    ARENA_CAP = 4 * 1024 * 1024,
    DAYS_MOST = 3650,
    SCOPES_TEXT_SIZE = 128,
};

typedef struct wish {
    const char *action;
    const char *path;
    const char *scopes; /* comma separated */
    const char *party;
    const char *name;
    const char *id;
    int64_t days; /* 0: for ever */
} wish;

typedef struct scope_row {
    unsigned bit;
    const char *wire;
} scope_row;

static const scope_row scope_rows[] = {
#define GW_SCOPE(symbol, bit, wire, sentence) {bit, wire},
#include "server/http/scope.def"
#undef GW_SCOPE
};
enum { SCOPE_ROWS = sizeof scope_rows / sizeof scope_rows[0] };

static unsigned find_scope(gw_text wire) {
    for (int i = 0; i < SCOPE_ROWS; i++) {
        if (gw_text_is(wire, scope_rows[i].wire)) return scope_rows[i].bit;
    }
    return 0;
}

static gw_status read_scopes(const wish *wanted, unsigned *ret, gw_fault *reterr) {
    unsigned scopes = 0;
    gw_text rest = gw_text_from_c(wanted->scopes);
    while (rest.length > 0) {
        const gw_text word = gw_text_split(&rest, ',');
        const unsigned bit = find_scope(word);
        if (bit == 0) {
            return gw_fail_with(reterr, GW_CODE_INVALID, "scope", "there is no scope \"%.*s\"",
                                GW_TEXT_ARGS(word));
        }
        scopes |= bit;
    }
    const unsigned bound = GW_SCOPE_AGGREGATOR | GW_SCOPE_ORACLE;
    if ((scopes & bound) != 0 && wanted->party == NULL) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "party",
                            "this scope needs --party or, for oracle, --node");
    }
    if (wanted->party != NULL && !gw_text_is_name(gw_text_from_c(wanted->party))) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "party", "\"%s\" is not a name",
                            wanted->party);
    }
    *ret = scopes;
    return gw_ok();
}

static gw_status digest_secret(const char *secret, uint8_t out[GW_TOKEN_DIGEST], gw_fault *reterr) {
    unsigned length = 0;
    if (EVP_Digest(secret, strlen(secret), out, &length, EVP_sha256(), NULL) == 1) return gw_ok();
    return gw_fail(reterr, GW_CODE_INTERNAL);
}

static void draw_hex(size_t count, char *out) {
    uint8_t bytes[SECRET_BYTES];
    gw_random_key(bytes, count);
    gw_hex_print(bytes, count, out);
    explicit_bzero(bytes, sizeof bytes);
}

static gw_status create(gw_db *db, gw_arena *arena, const wish *wanted, gw_fault *reterr) {
    char id[2 * ID_BYTES + 1];
    char secret[2 * SECRET_BYTES + 1];
    gw_token_row token = {.name = gw_text_from_c(wanted->name)};
    GW_TRY(read_scopes(wanted, &token.facts.scopes, reterr));
    draw_hex(ID_BYTES, id);
    draw_hex(SECRET_BYTES, secret);
    GW_TRY(digest_secret(secret, token.facts.digest, reterr));
    token.facts.id = gw_text_from_c(id);
    token.facts.party = gw_text_from_c(wanted->party);
    if (wanted->days > 0) {
        const gw_span life = gw_span_seconds(86400 * wanted->days);
        token.facts.expires_at = gw_instant_plus(gw_clock_real(), life);
    }
    GW_TRY(gw_token_save(db, arena, &token, reterr));
    (void)printf("gw_%s_%s\n", id, secret);
    explicit_bzero(secret, sizeof secret);
    return gw_ok();
}

static void print_scopes(unsigned scopes, char out[SCOPES_TEXT_SIZE]) {
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < SCOPE_ROWS; i++) {
        if ((scopes & scope_rows[i].bit) == 0) continue;
        const int count = snprintf(out + used, SCOPES_TEXT_SIZE - used, "%s%s",
                                   used == 0 ? "" : ",", scope_rows[i].wire);
        used += (size_t)count;
    }
}

static void print_token(const gw_token_row *token) {
    char scopes[SCOPES_TEXT_SIZE];
    char created[GW_INSTANT_TEXT_SIZE];
    char expires[GW_INSTANT_TEXT_SIZE] = "never";
    print_scopes(token->facts.scopes, scopes);
    gw_instant_print(token->created_at, created);
    if (token->facts.expires_at.us != 0) gw_instant_print(token->facts.expires_at, expires);
    (void)printf("%.*s  %-10s  %-12.*s  created %s  expires %s%s  %.*s\n",
                 GW_TEXT_ARGS(token->facts.id), scopes, GW_TEXT_ARGS(token->facts.party), created,
                 expires, token->facts.is_revoked ? "  revoked" : "", GW_TEXT_ARGS(token->name));
}

static gw_status list(gw_db *db, gw_arena *arena, const wish *wanted, gw_fault *reterr) {
    gw_token_list tokens;
    (void)wanted;
    GW_TRY(gw_token_load_all(db, arena, &tokens, reterr));
    for (int i = 0; i < tokens.count; i++) print_token(&tokens.items[i]);
    return gw_ok();
}

static gw_status revoke(gw_db *db, gw_arena *arena, const wish *wanted, gw_fault *reterr) {
    GW_TRY(gw_token_revoke(db, arena, gw_text_from_c(wanted->id), reterr));
    (void)printf("token %s is revoked\n", wanted->id);
    return gw_ok();
}

typedef struct action_row {
    const char *name;
    gw_status (*run)(gw_db *db, gw_arena *arena, const wish *wanted, gw_fault *reterr);
} action_row;

static const action_row action_rows[] = {{"create", create}, {"list", list}, {"revoke", revoke}};

static const action_row *find_action(const wish *wanted) {
    for (size_t i = 0; i < sizeof action_rows / sizeof action_rows[0]; i++) {
        if (strcmp(action_rows[i].name, wanted->action) == 0) return &action_rows[i];
    }
    return NULL;
}

static bool is_complete(const wish *wanted) {
    const action_row *action = find_action(wanted);
    if (action == NULL) return false;
    if (action->run == create) return wanted->scopes != NULL && wanted->id == NULL;
    return (action->run == revoke) == (wanted->id != NULL);
}

static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                        {"scope", required_argument, NULL, 's'},
                                        {"party", required_argument, NULL, 'p'},
                                        {"node", required_argument, NULL, 'n'},
                                        {"name", required_argument, NULL, 'm'},
                                        {"days", required_argument, NULL, 'd'},
                                        {NULL, 0, NULL, 0}};

/* --node 3 is --party node-3, the common name of that node's certificate. */
static bool read_option(int letter, const char *value, wish *wanted) {
    static char node[32];
    switch (letter) {
    case 'c': wanted->path = value; return true;
    case 's': wanted->scopes = value; return true;
    case 'p': wanted->party = value; return true;
    case 'm': wanted->name = value; return true;
    case 'n':
        (void)snprintf(node, sizeof node, "node-%.20s", value);
        wanted->party = node;
        return true;
    case 'd':
        return gw_is_ok(gw_int64_parse(gw_text_from_c(value), &wanted->days, NULL)) &&
               wanted->days > 0 && wanted->days <= DAYS_MOST;
    default: return false;
    }
}

static bool read_arguments(int argc, char **argv, wish *wanted) {
    int letter = 0;
    if (argc < 2) return false;
    wanted->action = argv[1];
    optind = 2;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!read_option(letter, optarg, wanted)) return false;
    }
    if (optind < argc) wanted->id = argv[optind++];
    return optind == argc && is_complete(wanted);
}

static gw_status run_with(const gw_config *config, const wish *wanted, gw_fault *reterr) {
    GW_AUTO_SECRET password = {0};
    gw_db_settings settings = {0};
    gw_db *db = NULL;
    GW_AUTO_ARENA arena = gw_arena_open(ARENA_CAP);
    if (arena == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    GW_TRY(gw_cli_database(config, &password, &settings, reterr));
    settings.connections = 1;
    GW_TRY(gw_db_open(&settings, &db, reterr));
    const gw_status status = find_action(wanted)->run(db, arena, wanted, reterr);
    gw_db_close(db);
    return status;
}

int gw_cli_token(int argc, char **argv) {
    wish wanted = {0};
    gw_fault fault = {0};
    if (!read_arguments(argc, argv, &wanted)) {
        (void)fprintf(
            stderr,
            "usage: gridwitness token create --scope SCOPE[,SCOPE] [--party NAME | --node N]\n"
            "         [--name TEXT] [--days N] [--config FILE]\n"
            "       gridwitness token list [--config FILE]\n"
            "       gridwitness token revoke ID [--config FILE]\n");
        return GW_EXIT_USAGE;
    }
    gw_config *config = gw_cli_open_config(wanted.path);
    if (config == NULL) return GW_EXIT_FAILURE;
    const gw_status status = run_with(config, &wanted, &fault);
    gw_config_close(config);
    return gw_is_ok(status) ? GW_EXIT_OK : gw_cli_fail("token", &fault);
}
