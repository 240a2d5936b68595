/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/deployment.h"

#include "server/chain/rpc_node.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_LONGEST = 1024 };

static gw_status load_json(const char *path, json_t **ret, gw_fault *reterr) {
    json_error_t where;
    json_t *whole = json_load_file(path, JSON_REJECT_DUPLICATES, &where);
    if (whole == NULL)
        return gw_fail_with(reterr, GW_CODE_IO, path, "the file cannot be read: %.120s",
                            where.text);
    *ret = whole;
    return gw_ok();
}

static gw_status get_number(const json_t *object, const char *member, json_int_t most,
                            uint64_t *ret, gw_fault *reterr) {
    const json_t *value = json_object_get(object, member);
    if (!json_is_integer(value) || json_integer_value(value) < 0 ||
        json_integer_value(value) > most)
        return gw_fail_with(reterr, GW_CODE_INVALID, member,
                            "the chain file has no number \"%s\" in its range", member);
    *ret = (uint64_t)json_integer_value(value);
    return gw_ok();
}

static gw_status get_address(const json_t *value, const char *member, gw_address *ret,
                             gw_fault *reterr) {
    if (!json_is_string(value))
        return gw_fail_with(reterr, GW_CODE_INVALID, member, "the chain file has no address \"%s\"",
                            member);
    return gw_address_parse(gw_text_from_c(json_string_value(value)), ret, reterr);
}

static gw_status get_members(const json_t *list, gw_deployment *ret, gw_fault *reterr) {
    const size_t count = json_array_size(list);
    if (count == 0 || count > GW_SIGNERS_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, "members",
                            "the chain file names %zu nodes and not 1 to %d", count,
                            GW_SIGNERS_MOST);
    for (size_t at = 0; at < count; at++)
        GW_TRY(get_address(json_array_get(list, at), "members", &ret->members[at], reterr));
    ret->member_count = (uint32_t)count;
    return gw_ok();
}

gw_status gw_deployment_load(const char *path, gw_deployment *ret, gw_fault *reterr) {
    GW_AUTO_JSON whole = NULL;
    gw_deployment read = {.chain_id = 0};
    uint64_t signer_set = 0;
    const struct {
        const char *name;
        gw_address *into;
    } contracts[] = {{"token", &read.token}, {"quorum", &read.quorum}, {"ledger", &read.ledger}};
    GW_TRY(load_json(path, &whole, reterr));
    GW_TRY(get_number(whole, "chain_id", INT64_MAX, &read.chain_id, reterr));
    GW_TRY(get_number(whole, "signer_set", UINT32_MAX, &signer_set, reterr));
    GW_TRY(get_number(whole, "block", INT64_MAX, &read.block, reterr));
    read.signer_set = (uint32_t)signer_set;
    for (size_t at = 0; at < sizeof contracts / sizeof contracts[0]; at++)
        GW_TRY(get_address(json_object_get(whole, contracts[at].name), contracts[at].name,
                           contracts[at].into, reterr));
    const json_t *trades = json_object_get(whole, "trades");
    if (trades != NULL) GW_TRY(get_address(trades, "trades", &read.trades, reterr));
    GW_TRY(get_members(json_object_get(whole, "members"), &read, reterr));
    *ret = read;
    return gw_ok();
}

static void print_trades(FILE *file, gw_address trades) {
    char text[GW_ADDRESS_TEXT_SIZE];
    if (gw_address_is_zero(trades)) return;
    gw_address_print(trades, text);
    (void)fprintf(file, "  \"trades\": \"%s\",\n", text);
}

static void print_all(FILE *file, const gw_deployment *deployment) {
    char token[GW_ADDRESS_TEXT_SIZE];
    char quorum[GW_ADDRESS_TEXT_SIZE];
    char ledger[GW_ADDRESS_TEXT_SIZE];
    gw_address_print(deployment->token, token);
    gw_address_print(deployment->quorum, quorum);
    gw_address_print(deployment->ledger, ledger);
    (void)fprintf(file,
                  "{\n  \"chain_id\": %llu,\n  \"token\": \"%s\",\n  \"quorum\": \"%s\",\n"
                  "  \"ledger\": \"%s\",\n  \"signer_set\": %u,\n  \"block\": %llu,\n",
                  (unsigned long long)deployment->chain_id, token, quorum, ledger,
                  deployment->signer_set, (unsigned long long)deployment->block);
    print_trades(file, deployment->trades);
    (void)fprintf(file, "  \"members\": [");
    for (uint32_t at = 0; at < deployment->member_count; at++) {
        char member[GW_ADDRESS_TEXT_SIZE];
        gw_address_print(deployment->members[at], member);
        (void)fprintf(file, "%s\n    \"%s\"", at == 0 ? "" : ",", member);
    }
    (void)fprintf(file, "\n  ]\n}\n");
}

gw_status gw_deployment_save(const char *path, const gw_deployment *deployment, gw_fault *reterr) {
    char fresh[PATH_LONGEST];
    const int length = snprintf(fresh, sizeof fresh, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof fresh)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "path", "the path is too long");
    FILE *file = fopen(fresh, "we");
    if (file == NULL) return gw_fail_with(reterr, GW_CODE_IO, fresh, "the file cannot be written");
    print_all(file, deployment);
    const bool is_durable = fflush(file) == 0 && fsync(fileno(file)) == 0;
    const bool is_closed = fclose(file) == 0;
    if (is_durable && is_closed && rename(fresh, path) == 0) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_IO, path, "the file cannot be written");
}

gw_status gw_artifact_load(gw_arena *arena, const char *folder, const char *contract, gw_bytes *ret,
                           gw_fault *reterr) {
    GW_AUTO_JSON whole = NULL;
    char path[PATH_LONGEST];
    const int length = snprintf(path, sizeof path, "%s/%s.json", folder, contract);
    if (length < 0 || (size_t)length >= sizeof path)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, contract, "the path is too long");
    GW_TRY(load_json(path, &whole, reterr));
    if (!gw_is_ok(gw_answer_bytes(arena, whole, "bytecode", ret, reterr)) || ret->length == 0)
        return gw_fail_with(reterr, GW_CODE_INVALID, path, "the artefact has no bytecode");
    return gw_ok();
}
