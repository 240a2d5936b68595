/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keys/account.h"

#include "server/keys/files.h"
#include "server/secret.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>

enum { TRIES = 4, NAME_SIZE = 80, HEX_SIZE = 2 * GW_SIGNING_KEY_BYTES + 1 };

/* A random number is a valid key unless it is 0 or beyond the group order, which does not happen;
 * the loop is there because the law says so. */
static gw_status fresh_signer(gw_arena *arena, gw_signing_key *key, gw_signer **ret,
                              gw_fault *reterr) {
    uint8_t blinding[32];
    gw_status status = gw_fail(reterr, GW_CODE_INTERNAL);
    for (int try = 0; try < TRIES && !gw_is_ok(status); try++) {
        if (RAND_bytes(key->bytes, sizeof key->bytes) != 1 ||
            RAND_bytes(blinding, sizeof blinding) != 1)
            return gw_fail_with(reterr, GW_CODE_IO, NULL, "there is no randomness");
        status = gw_signer_make(arena, key, blinding, ret, reterr);
    }
    return status;
}

gw_status gw_account_make(gw_arena *arena, const char *directory, const char *name, gw_address *ret,
                          gw_fault *reterr) {
    gw_signing_key key;
    gw_signer *signer = NULL;
    char file[NAME_SIZE];
    char hex[HEX_SIZE + 1];
    GW_TRY(fresh_signer(arena, &key, &signer, reterr));
    (void)snprintf(file, sizeof file, "%.64s.eth", name);
    gw_hex_print(key.bytes, sizeof key.bytes, hex);
    hex[HEX_SIZE - 1] = '\n';
    const gw_status status = gw_key_file_write(
        directory, file, (gw_bytes){(uint8_t *)hex, HEX_SIZE}, GW_KEY_PRIVATE, reterr);
    *ret = gw_signer_address(signer);
    OPENSSL_cleanse(hex, sizeof hex);
    gw_signing_key_wipe(&key);
    gw_signer_wipe(signer);
    return status;
}

gw_status gw_account_load(gw_arena *arena, const char *path, gw_signer **ret, gw_fault *reterr) {
    GW_AUTO_SECRET secret = {0};
    gw_signing_key key;
    uint8_t blinding[32];
    GW_TRY(gw_secret_read(path, &secret, reterr));
    GW_TRY(
        gw_signing_key_parse((gw_text){(const char *)secret.bytes, secret.length}, &key, reterr));
    const bool blinded = RAND_bytes(blinding, sizeof blinding) == 1;
    const gw_status status = gw_signer_make(arena, &key, blinded ? blinding : NULL, ret, reterr);
    gw_signing_key_wipe(&key);
    return status;
}
