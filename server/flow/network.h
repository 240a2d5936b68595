/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks as the server knows them: a document (gw-net, converted when it came in), and what
 * stands otherwise: switches and phases. Every change of either makes a new version of the network
 * ("topology version": 1, 2, ...); versions are appended and never change, so a study of last week
 * can be done again. Floating point stays in grid/flow_*; here a network is handed on as it is.
 *
 * network_hash = Keccak-256 (document bytes followed by the canonical JSON of the overlay,
 * server/gridfile/overlay.h): whoever has both can recompute it and gets the same network.
 */
#pragma once

#include "grid/flow_network.h"
#include "oracle/word.h"
#include "server/db/pool.h"

/* Who stands behind a point. Empty texts: not known. */
typedef struct gw_network_link {
    gw_text meter;
    gw_text party; /* who may trade there */
} gw_network_link;

/* A part of the network that is congested or not as a whole. id is unique among all networks. */
typedef struct gw_network_segment {
    gw_text id;
    gw_text element;     /* branch or transformer whose far side it is; empty: the whole network */
    gw_text transformer; /* of the register; empty: none */
    gw_text head_meter;  /* measures what flows into it; empty: none */
} gw_network_segment;

typedef struct gw_network {
    gw_text id;
    int64_t revision; /* of the document, 1, 2, ... */
    int64_t version;  /* topology version */
    gw_word hash;     /* network_hash */
    gw_text name;
    gw_bytes document;      /* gw-net JSON */
    gw_text overlay;        /* canonical JSON */
    gw_net net;             /* the document with the overlay applied */
    gw_network_link *links; /* net.point_count, in the order of net.points */
    gw_network_segment *segments;
    size_t segment_count;
} gw_network;

/* The newest version. GW_CODE_NOT_FOUND: there is no such network. All of it lives in the arena.
 * db may be a transaction. */
GW_MUST_CHECK gw_status gw_network_load(gw_db *db, gw_arena *arena, gw_text network_id,
                                        gw_network *ret, gw_fault *reterr);
/* As it was in that version; links are the ones of then. */
GW_MUST_CHECK gw_status gw_network_load_version(gw_db *db, gw_arena *arena, gw_text network_id,
                                                int64_t version, gw_network *ret, gw_fault *reterr);
/* Id, revision, version and hash of the newest version, without reading the document: everything
 * else stays zero. To see whether a loaded network is still the present one. */
GW_MUST_CHECK gw_status gw_network_head(gw_db *db, gw_arena *arena, gw_text network_id,
                                        gw_network *ret, gw_fault *reterr);

/* For those who have only the bytes, like an oracle node: the network and its hash. Fills document,
 * overlay, name, net and hash. */
GW_MUST_CHECK gw_status gw_network_build(gw_arena *arena, gw_bytes document, gw_text overlay,
                                         gw_network *ret, gw_fault *reterr);

/* Place of a point in net.points; GW_CODE_NOT_FOUND names it. Looks through all of them: for many
 * ids build a gw_net_index. */
GW_MUST_CHECK gw_status gw_network_find_point(const gw_network *network, gw_text id, uint32_t *ret,
                                              gw_fault *reterr);

/* Whoever changes a network, or says something about it that must not be said twice, waits here
 * until the end of the transaction. */
GW_MUST_CHECK gw_status gw_network_lock(gw_db *tx, gw_text network_id, gw_fault *reterr);
