/* SPDX-License-Identifier: Apache-2.0
 *
 * `gridwitness chain claim`: a payee takes what the newest run entitles it to, with its own key.
 */
#include "server/chain/bundle.h"
#include "server/chain/direct.h"
#include "server/chain/settings.h"
#include "server/cli/chain.h"
#include "server/fetch.h"
#include "server/keys/account.h"
#include "server/secret.h"

#include <stdio.h>

enum { BUNDLE_LARGEST = 64 * 1024 * 1024, TIMEOUT_MS = 60000, URL_LONGEST = 512 };

static gw_status read_file(const gw_chain_tool *tool, gw_bytes *ret, gw_fault *reterr) {
    const char *path = tool->wish->bundle_file;
    uint8_t *bytes = NULL;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) return gw_fail_with(reterr, GW_CODE_IO, path, "the bundle cannot be opened");
    gw_status status = GW_ARENA_NEW(tool->arena, uint8_t, BUNDLE_LARGEST + 1, &bytes, reterr);
    const size_t length = gw_is_ok(status) ? fread(bytes, 1, BUNDLE_LARGEST + 1, file) : 0;
    (void)fclose(file);
    GW_TRY(status);
    if (length > BUNDLE_LARGEST)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, path, "the bundle is too large");
    *ret = (gw_bytes){bytes, length};
    return gw_ok();
}

static gw_status fetch_bundle(const gw_chain_tool *tool, const gw_secret *token, gw_bytes *ret,
                              gw_fault *reterr) {
    char url[URL_LONGEST];
    gw_fetch_response response;
    const int length = snprintf(url, sizeof url, "%s/v1/settlements/%s/evidence",
                                tool->wish->gateway_url, tool->wish->settlement);
    if (length < 0 || (size_t)length >= sizeof url)
        return gw_fail_with(reterr, GW_CODE_TOO_LARGE, "--gateway", "the address is too long");
    gw_fetch *fetch = gw_fetch_open(NULL);
    if (fetch == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    const gw_fetch_request request = {.method = "GET",
                                      .url = url,
                                      .bearer = (const char *)token->bytes,
                                      .timeout_ms = TIMEOUT_MS,
                                      .response_limit = BUNDLE_LARGEST};
    const gw_status status = gw_fetch_run(fetch, tool->arena, &request, &response, reterr);
    gw_fetch_close(fetch);
    GW_TRY(status);
    if (response.status != 200)
        return gw_fail_with(reterr, GW_CODE_UNAVAILABLE, url, "the gateway answers HTTP %d",
                            response.status);
    *ret = response.body;
    return gw_ok();
}

static gw_status load_bundle(const gw_chain_tool *tool, gw_bytes *ret, gw_fault *reterr) {
    const gw_chain_wish *wish = tool->wish;
    GW_AUTO_SECRET token = {0};
    if (wish->bundle_file != NULL) return read_file(tool, ret, reterr);
    if (wish->settlement == NULL || wish->gateway_url == NULL || wish->token_file == NULL)
        return gw_fail_with(reterr, GW_CODE_INVALID, "--bundle",
                            "neither a bundle nor a settlement with gateway and token is given");
    GW_TRY(gw_secret_read(wish->token_file, &token, reterr));
    return fetch_bundle(tool, &token, ret, reterr);
}

/* Before any gas is spent: is this the present tree, and is there something to take? */
static gw_status check_open(const gw_chain_tool *tool, gw_address ledger,
                            const gw_bundle_claim *wanted, gw_fault *reterr) {
    gw_ledger_state state;
    uint64_t paid = 0;
    GW_TRY(gw_ledger_state_read(tool->rpc, ledger, &state, reterr));
    if (!gw_word_equal(state.entitlement_root, wanted->root)) {
        const gw_status old =
            gw_fail_with(reterr, GW_CODE_MISMATCH, "bundle",
                         "the bundle's entitlements are not the ledger's present ones");
        return gw_hint(reterr, old, "Take the bundle of the newest settlement.");
    }
    GW_TRY(gw_ledger_paid(tool->rpc, ledger, wanted->claim.payee, &paid, reterr));
    if (paid < wanted->claim.lifetime_micros) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_WRONG_STATE, "payee",
                        "everything is claimed already: %llu micros", (unsigned long long)paid);
}

static gw_status claim_with(const gw_chain_tool *tool, const gw_signer *signer, gw_claimed *ret,
                            gw_receipt *ret_receipt, gw_fault *reterr) {
    gw_deployment deployment;
    gw_bytes text;
    gw_bundle_claim wanted;
    gw_chain_call call;
    GW_TRY(gw_chain_load_deployment(tool->config, &deployment, reterr));
    GW_TRY(load_bundle(tool, &text, reterr));
    GW_TRY(gw_bundle_claim_of(tool->arena, text, gw_signer_address(signer), &wanted, reterr));
    GW_TRY(check_open(tool, deployment.ledger, &wanted, reterr));
    GW_TRY(gw_ledger_claim(tool->arena, deployment.ledger, &wanted.claim, &call, reterr));
    const gw_direct direct = {.rpc = tool->rpc, .signer = signer, .chain_id = deployment.chain_id};
    GW_TRY(gw_direct_send(&direct, tool->arena, &call, ret_receipt, reterr));
    return gw_ledger_claimed_in(ret_receipt, deployment.ledger, ret, reterr);
}

gw_status gw_chain_tool_claim(const gw_chain_tool *tool, gw_fault *reterr) {
    gw_signer *signer = NULL;
    gw_claimed claimed;
    gw_receipt receipt;
    char payee[GW_ADDRESS_TEXT_SIZE];
    if (tool->wish->key_file == NULL)
        return gw_fail_with(reterr, GW_CODE_INVALID, "--key", "the payee's key file is missing");
    GW_TRY(gw_account_load(tool->arena, tool->wish->key_file, &signer, reterr));
    const gw_status status = claim_with(tool, signer, &claimed, &receipt, reterr);
    gw_signer_wipe(signer);
    GW_TRY(status);
    gw_address_print(claimed.payee, payee);
    (void)printf("%s received %llu micros, lifetime %llu, in block %llu for %llu gas\n", payee,
                 (unsigned long long)claimed.amount_micros,
                 (unsigned long long)claimed.lifetime_micros,
                 (unsigned long long)receipt.block_number, (unsigned long long)receipt.gas_used);
    return gw_ok();
}
