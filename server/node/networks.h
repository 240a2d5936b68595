/* SPDX-License-Identifier: Apache-2.0
 *
 * The networks that a node knows: bytes (document and overlay, as the network hash takes them) and
 * one pin per network, the newest (topology version, hash) that it has signed for. A network is
 * pinned when it is first seen; from then on another hash needs a newer version. Where the operator
 * of the node gives a directory of documents <network>.json, only those documents are accepted:
 * then the gateway may move switches and say phases, but not rewrite the grid. One thread.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "oracle/word.h"
#include "server/evidence/clearance.h"

enum { GW_NETWORKS_BYTES_MOST = 256 * 1024 * 1024 };

typedef struct gw_networks gw_networks;

/* trusted: directory of documents, empty for none. */
GW_MUST_CHECK gw_status gw_networks_open(gw_arena *arena, const char *directory,
                                         const char *trusted, gw_networks **ret, gw_fault *reterr);

/* How a network that a check names stands to the pin. */
typedef enum gw_network_standing {
    GW_NETWORK_FIRST,   /* nothing is pinned */
    GW_NETWORK_SAME,    /* the pinned one */
    GW_NETWORK_NEWER,   /* a newer topology version */
    GW_NETWORK_OLDER,   /* the node has signed for a newer one */
    GW_NETWORK_CHANGED, /* another hash under the pinned version */
    GW_NETWORK_STANDING_COUNT
} gw_network_standing;

typedef struct gw_network_pin {
    int64_t version; /* 0: nothing is pinned */
    gw_word hash;
} gw_network_pin;

/* Pure. A newer version may have the same hash: a switch went back. */
gw_network_standing gw_network_stand(const gw_network_pin *pin, const gw_core_network *named);

/* version 0 when there is none. */
GW_MUST_CHECK gw_status gw_networks_find_pin(const gw_networks *networks, gw_arena *arena,
                                             gw_text network, gw_network_pin *ret,
                                             gw_fault *reterr);
/* Durable when it returns; an older version changes nothing. The bytes of the version before go. */
GW_MUST_CHECK gw_status gw_networks_pin(const gw_networks *networks, gw_arena *arena,
                                        const gw_core_network *named, gw_fault *reterr);

/* The bytes under this hash; GW_CODE_NOT_FOUND. */
GW_MUST_CHECK gw_status gw_networks_load(const gw_networks *networks, gw_arena *arena, gw_word hash,
                                         gw_bytes *ret, gw_fault *reterr);
/* GW_CODE_MISMATCH when the bytes do not have this hash. */
GW_MUST_CHECK gw_status gw_networks_save(const gw_networks *networks, gw_word hash, gw_bytes bytes,
                                         gw_fault *reterr);
/* GW_CODE_NOT_FOUND when the operator's directory has no document of this name, GW_CODE_MISMATCH
 * when it has another one. Without a directory everything is fine. */
GW_MUST_CHECK gw_status gw_networks_trust(const gw_networks *networks, gw_arena *arena,
                                          gw_text network, gw_bytes document, gw_fault *reterr);
