/* SPDX-License-Identifier: Apache-2.0
 *
 * Use cases: a document comes in, switches are moved, a point is connected to a meter. Each makes a
 * new version of the network under a lock of that network, with an entry in the event log; the same
 * content again changes nothing. Who says which version he has seen is refused with
 * GW_CODE_PRECONDITION when another is there now.
 */
#pragma once

#include "server/db/register_store.h"
#include "server/flow/network.h"
#include "server/flow/network_check.h"
#include "server/gridfile/format.h"
#include "server/gridfile/overlay.h"

enum { GW_NETWORK_SEGMENTS_MOST = 1000, GW_NETWORK_ANY_VERSION = -1, GW_NETWORK_NO_VERSION = 0 };

/* Who asks, when, and which version he has seen: a version, ANY or NO. */
typedef struct gw_network_call {
    gw_text network_id;
    gw_text token_id;
    gw_instant now;
    int64_t seen_version;
} gw_network_call;

/* What became of it. */
typedef struct gw_network_changed {
    gw_saved saved;
    int64_t version;
    gw_network_check check;
    gw_net net;       /* as it is now */
    gw_text warnings; /* JSON list */
} gw_network_changed;

typedef struct gw_network_upload {
    gw_gridfile file;
    gw_bytes original; /* as it came: kept and compared */
    const gw_network_segment *segments;
    size_t segment_count;
} gw_network_upload;

/* Another document under the same name needs a seen version: GW_CODE_CONFLICT without. What was
 * moved and became known stays, as far as the new document still has it. Faults of the document
 * carry the format's pointer. */
GW_MUST_CHECK gw_status gw_network_upload_do(gw_db *db, gw_arena *arena,
                                             const gw_network_call *call,
                                             const gw_network_upload *upload,
                                             gw_network_changed *ret, gw_fault *reterr);

/* All switches that stand otherwise than in the document; those not named go back. Refused with
 * GW_CODE_INVALID when the power flow could not be built, GW_CODE_NOT_FOUND names what is not
 * there. Points in the dark are no failure: ret->check. Of `wanted` only the moved ones count. */
GW_MUST_CHECK gw_status gw_network_switch_do(gw_db *db, gw_arena *arena,
                                             const gw_network_call *call,
                                             const gw_net_overlay *wanted, gw_network_changed *ret,
                                             gw_fault *reterr);

typedef struct gw_network_connection {
    gw_text point;
    gw_network_link link;
    bool has_phases; /* false: as the document says */
    gw_net_phased phases;
} gw_network_connection;

/* GW_CODE_CONFLICT: the meter is at another point of this network. */
GW_MUST_CHECK gw_status gw_network_connect_do(gw_db *db, gw_arena *arena,
                                              const gw_network_call *call,
                                              const gw_network_connection *connection,
                                              gw_network_changed *ret, gw_fault *reterr);
