/* SPDX-License-Identifier: Apache-2.0 */
#include "server/random.h"

#include "server/secret.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { SEED_SHORTEST = 16, BLOCK = 32, LABEL_LONGEST = 512 };

struct gw_random {
    bool is_seeded;
    uint8_t key[BLOCK];
};

void gw_random_key(uint8_t *out, size_t count) {
    size_t have = 0;
    while (have < count) {
        const ssize_t got = getrandom(out + have, count - have, 0);
        assert(got > 0); /* Linux never refuses once the pool is filled */
        have += (size_t)got;
    }
}

static gw_status read_seed(const char *path, gw_random *random, gw_fault *reterr) {
    GW_AUTO_SECRET seed = {0};
    unsigned length = 0;
    GW_TRY(gw_secret_read(path, &seed, reterr));
    if (seed.length < SEED_SHORTEST) {
        return gw_fail_with(reterr, GW_CODE_INVALID, path, "the seed is shorter than %d bytes",
                            SEED_SHORTEST);
    }
    random->is_seeded = true;
    if (EVP_Digest(seed.bytes, seed.length, random->key, &length, EVP_sha256(), NULL) == 1) {
        return gw_ok();
    }
    return gw_fail(reterr, GW_CODE_INTERNAL);
}

gw_status gw_random_open(const char *seed_path, gw_random **ret, gw_fault *reterr) {
    gw_random *random = calloc(1, sizeof *random);
    if (random == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    if (seed_path != NULL && seed_path[0] != '\0') {
        const gw_status status = read_seed(seed_path, random, reterr);
        if (!gw_is_ok(status)) {
            gw_random_close(random);
            return status;
        }
    }
    *ret = random;
    return gw_ok();
}

void gw_random_close(gw_random *random) {
    if (random == NULL) return;
    explicit_bzero(random->key, sizeof random->key);
    free(random);
}

/* HMAC-SHA-256(key, counter | label): a pseudo-random function of the label. */
static void derive_block(const gw_random *random, gw_text label, uint8_t counter,
                         uint8_t out[BLOCK]) {
    uint8_t message[LABEL_LONGEST + 1];
    unsigned length = 0;
    assert(label.length <= LABEL_LONGEST);
    message[0] = counter;
    memcpy(message + 1, label.at, label.length);
    const uint8_t *made =
        HMAC(EVP_sha256(), random->key, BLOCK, message, label.length + 1, out, &length);
    assert(made != NULL && length == BLOCK);
}

void gw_random_bytes(const gw_random *random, gw_text label, uint8_t *out, size_t count) {
    if (random == NULL || !random->is_seeded) {
        gw_random_key(out, count);
        return;
    }
    assert(count <= (size_t)BLOCK * UINT8_MAX);
    uint8_t block[BLOCK];
    for (size_t at = 0; at < count; at += BLOCK) {
        derive_block(random, label, (uint8_t)(at / BLOCK), block);
        memcpy(out + at, block, count - at < BLOCK ? count - at : BLOCK);
    }
}

gw_uuid gw_random_uuid(const gw_random *random, gw_text label, gw_instant now) {
    uint8_t bytes[GW_UUID_RANDOM_BYTES];
    gw_random_bytes(random, label, bytes, sizeof bytes);
    return gw_uuid_make(now, bytes);
}
