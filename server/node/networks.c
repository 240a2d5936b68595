/* SPDX-License-Identifier: Apache-2.0 */
#include "server/node/networks.h"

#include "base/decimal.h"
#include "oracle/keccak.h"
#include "server/node/keep.h"

#include <stdio.h>
#include <string.h>

enum { PIN_BYTES_MOST = 256, NAME_SIZE = 96 };

struct gw_networks {
    const char *directory;
    const char *trusted; /* empty: none */
};

/* With its NUL: these are paths. */
static gw_status copy_path(gw_arena *arena, const char *path, const char **ret, gw_fault *reterr) {
    gw_text copy;
    GW_TRY(gw_text_copy(arena, (gw_text){path, strlen(path) + 1}, &copy, reterr));
    *ret = copy.at;
    return gw_ok();
}

gw_status gw_networks_open(gw_arena *arena, const char *directory, const char *trusted,
                           gw_networks **ret, gw_fault *reterr) {
    gw_networks *networks = NULL;
    GW_TRY(gw_keep_prepare(directory, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_networks, 1, &networks, reterr));
    GW_TRY(copy_path(arena, directory, &networks->directory, reterr));
    GW_TRY(copy_path(arena, trusted, &networks->trusted, reterr));
    *ret = networks;
    return gw_ok();
}

gw_network_standing gw_network_stand(const gw_network_pin *pin, const gw_core_network *named) {
    if (pin->version == 0) return GW_NETWORK_FIRST;
    if (named->version > pin->version) return GW_NETWORK_NEWER;
    if (named->version < pin->version) return GW_NETWORK_OLDER;
    return gw_word_equal(named->hash, pin->hash) ? GW_NETWORK_SAME : GW_NETWORK_CHANGED;
}

/* A network id is a name (base/text.h): no slash, so nothing leaves the directory. */
static gw_status name_of(gw_text network, const char *ending, char name[NAME_SIZE],
                         gw_fault *reterr) {
    const int length = snprintf(name, NAME_SIZE, "%.*s%s", GW_TEXT_ARGS(network), ending);
    if (gw_text_is_name(network) && length > 0 && length < NAME_SIZE) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_INVALID, "network", "the network's id is no name");
}

/* ---- pins: "<version> <hash>" ---- */

static gw_status parse_pin(gw_bytes bytes, gw_network_pin *ret, gw_fault *reterr) {
    const gw_text text = {(const char *)bytes.at, bytes.length};
    gw_network_pin pin;
    const size_t blank = gw_text_find(text, ' ');
    if (!gw_is_ok(gw_int64_parse(gw_text_part(text, 0, blank), &pin.version, NULL)) ||
        !gw_is_ok(
            gw_word_parse_hash(gw_text_part(text, blank + 1, text.length), &pin.hash, NULL)) ||
        pin.version < 1)
        return gw_fail_with(reterr, GW_CODE_INTERNAL, "pin", "the pin of a network is damaged");
    *ret = pin;
    return gw_ok();
}

gw_status gw_networks_find_pin(const gw_networks *networks, gw_arena *arena, gw_text network,
                               gw_network_pin *ret, gw_fault *reterr) {
    char name[NAME_SIZE];
    gw_bytes bytes = {NULL, 0};
    GW_TRY(name_of(network, ".pin", name, reterr));
    const gw_keep_wish wish = {networks->directory, name, PIN_BYTES_MOST};
    const gw_status found = gw_keep_load(arena, &wish, &bytes, reterr);
    if (found.code == GW_CODE_NOT_FOUND) {
        *ret = (gw_network_pin){0};
        return gw_ok();
    }
    GW_TRY(found);
    return parse_pin(bytes, ret, reterr);
}

/* Nothing older than the pin is ever signed again. */
static void drop_network(const gw_networks *networks, gw_word hash) {
    char name[GW_WORD_TEXT_SIZE];
    gw_word_print(hash, name);
    gw_keep_drop(networks->directory, name);
}

gw_status gw_networks_pin(const gw_networks *networks, gw_arena *arena,
                          const gw_core_network *named, gw_fault *reterr) {
    char name[NAME_SIZE];
    char hash[GW_WORD_TEXT_SIZE];
    char text[PIN_BYTES_MOST];
    gw_network_pin pin;
    GW_TRY(gw_networks_find_pin(networks, arena, named->id, &pin, reterr));
    if (named->version <= pin.version) return gw_ok();
    const bool is_moved = pin.version > 0 && !gw_word_equal(pin.hash, named->hash);
    GW_TRY(name_of(named->id, ".pin", name, reterr));
    gw_word_print(named->hash, hash);
    const int length = snprintf(text, sizeof text, "%lld %s", (long long)named->version, hash);
    GW_TRY(gw_keep_save(networks->directory, name,
                        (gw_bytes){(const uint8_t *)text, (size_t)length}, reterr));
    if (is_moved) drop_network(networks, pin.hash);
    return gw_ok();
}

/* ---- bytes ---- */

gw_status gw_networks_load(const gw_networks *networks, gw_arena *arena, gw_word hash,
                           gw_bytes *ret, gw_fault *reterr) {
    char name[GW_WORD_TEXT_SIZE];
    gw_word_print(hash, name);
    const gw_keep_wish wish = {networks->directory, name, GW_NETWORKS_BYTES_MOST};
    return gw_keep_load(arena, &wish, ret, reterr);
}

gw_status gw_networks_save(const gw_networks *networks, gw_word hash, gw_bytes bytes,
                           gw_fault *reterr) {
    char name[GW_WORD_TEXT_SIZE];
    gw_word_print(hash, name);
    if (!gw_word_equal(gw_keccak256(bytes), hash))
        return gw_fail_with(reterr, GW_CODE_MISMATCH, "network",
                            "the network does not have the hash %s", name);
    return gw_keep_save(networks->directory, name, bytes, reterr);
}

gw_status gw_networks_trust(const gw_networks *networks, gw_arena *arena, gw_text network,
                            gw_bytes document, gw_fault *reterr) {
    char name[NAME_SIZE];
    gw_bytes own = {NULL, 0};
    if (networks->trusted[0] == '\0') return gw_ok();
    GW_TRY(name_of(network, ".json", name, reterr));
    const gw_keep_wish wish = {networks->trusted, name, GW_NETWORKS_BYTES_MOST};
    GW_TRY(gw_keep_load(arena, &wish, &own, reterr));
    if (gw_bytes_equal(own, document)) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MISMATCH, "network",
                        "the document of \"%.*s\" is not the one that this node's operator gave",
                        GW_TEXT_ARGS(network));
}
