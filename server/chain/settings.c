/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/settings.h"

#include "base/writer.h"
#include "server/chain/rpc_node.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

gw_status gw_chain_open_rpc(gw_arena *arena, const gw_config *config, gw_rpc **ret,
                            gw_fault *reterr) {
    const gw_rpc_settings settings = {
        .url = gw_config_text(config, GW_SETTING_CHAIN_RPC_URL),
        .second_url = gw_config_text(config, GW_SETTING_CHAIN_SECOND_RPC_URL),
        .timeout_ms = (int)gw_config_int(config, GW_SETTING_CHAIN_RPC_TIMEOUT_MS)};
    const gw_status status = gw_rpc_open(arena, &settings, ret, reterr);
    return gw_hint(reterr, status, "Set rpc_url in the section [chain].");
}

gw_status gw_chain_load_deployment(const gw_config *config, gw_deployment *ret, gw_fault *reterr) {
    const char *path = gw_config_text(config, GW_SETTING_CHAIN_DEPLOYMENT_FILE);
    const uint64_t chain_id = (uint64_t)gw_config_int(config, GW_SETTING_CHAIN_CHAIN_ID);
    gw_deployment read;
    const gw_status status = gw_deployment_load(path, &read, reterr);
    GW_TRY(gw_hint(reterr, status, "Run gridwitness chain deploy first."));
    if (read.chain_id != chain_id)
        return gw_fail_with(reterr, GW_CODE_MISMATCH, path,
                            "the contracts are on chain %llu and the setting says %llu",
                            (unsigned long long)read.chain_id, (unsigned long long)chain_id);
    *ret = read;
    return gw_ok();
}

static gw_status join(gw_arena *arena, const char *folder, const char *name, const char **ret,
                      gw_fault *reterr) {
    gw_writer out;
    gw_bytes bytes;
    gw_writer_init(&out, arena);
    gw_write_c(&out, folder);
    gw_write_c(&out, "/");
    gw_write_c(&out, name);
    gw_write_u8(&out, '\0');
    GW_TRY(gw_writer_end(&out, &bytes, reterr));
    *ret = (const char *)bytes.at;
    return gw_ok();
}

gw_status gw_chain_key_path(gw_arena *arena, const gw_config *config, const char *name,
                            const char **ret, gw_fault *reterr) {
    return join(arena, gw_config_text(config, GW_SETTING_CHAIN_KEYS_DIR), name, ret, reterr);
}

/* build/<preset>/gridwitness in the tree, bin/gridwitness when installed. */
static const char *const places[] = {"../share/gridwitness/contracts",
                                     "../../oracle/contracts/artifacts",
                                     "../oracle/contracts/artifacts"};

gw_status gw_chain_artifacts(gw_arena *arena, const gw_config *config, const char **ret,
                             gw_fault *reterr) {
    const char *wanted = gw_config_text(config, GW_SETTING_CHAIN_ARTIFACTS_DIR);
    if (wanted[0] != '\0') {
        *ret = wanted;
        return gw_ok();
    }
    char program[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    const char *folder = dirname(program);
    for (size_t at = 0; at < sizeof places / sizeof places[0]; at++) {
        const char *place = NULL;
        const char *ledger = NULL;
        GW_TRY(join(arena, folder, places[at], &place, reterr));
        GW_TRY(join(arena, place, "SettlementLedger.json", &ledger, reterr));
        if (access(ledger, R_OK) != 0) continue;
        *ret = place;
        return gw_ok();
    }
    const gw_status missing = gw_fail_with(reterr, GW_CODE_NOT_FOUND, "artifacts",
                                           "the compiled contracts are not beside the program");
    return gw_hint(reterr, missing, "Set artifacts_dir in the section [chain].");
}

gw_status gw_chain_load_nodes(gw_arena *arena, const gw_config *config,
                              gw_address ret[GW_SIGNERS_MOST], uint32_t *ret_count,
                              gw_fault *reterr) {
    const char *path = NULL;
    json_error_t where;
    uint32_t count = 0;
    GW_TRY(gw_chain_key_path(arena, config, "keys.json", &path, reterr));
    GW_AUTO_JSON whole = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
    const json_t *accounts = json_object_get(whole, "accounts");
    for (; count < GW_SIGNERS_MOST; count++) {
        char name[16];
        (void)snprintf(name, sizeof name, "node-%u", count + 1);
        const char *text = json_string_value(json_object_get(accounts, name));
        if (text == NULL) break;
        GW_TRY(gw_address_parse(gw_text_from_c(text), &ret[count], reterr));
    }
    if (count == 0)
        return gw_fail_with(reterr, GW_CODE_NOT_FOUND, path, "the file names no oracle node");
    *ret_count = count;
    return gw_ok();
}
