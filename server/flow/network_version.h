/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of network_change.c and network_upload.c: the next version of a network, from the lock to
 * the event log. One transaction, one arena.
 */
#pragma once

#include "server/db/network_store.h"
#include "server/flow/network_change.h"

typedef struct gw_network_draft {
    gw_db *tx;
    gw_arena *arena;
    const gw_network_call *call;
    bool is_there;         /* false: the first document of this name */
    gw_network_row before; /* when it is there */
    gw_bytes document;
    gw_net document_net; /* as the document says */
    gw_net_overlay overlay;
    gw_network_version_row next; /* overlay, hash, version: filled by _write */
    bool is_changed;             /* the overlay or the document is another than before */
    gw_net net;                  /* with the overlay: filled by _check */
    gw_network_check check;
} gw_network_draft;

/* Places of branches and transformers by id; [gw_net_element]. */
typedef struct gw_network_elements {
    gw_net_index of[2];
} gw_network_elements;
GW_MUST_CHECK gw_status gw_network_elements_index(gw_arena *arena, const gw_net *net,
                                                  gw_network_elements *ret, gw_fault *reterr);

/* Takes the network's lock; compares the seen version; reads document and overlay. */
GW_MUST_CHECK gw_status gw_network_draft_open(gw_db *tx, gw_arena *arena,
                                              const gw_network_call *call, gw_network_draft *ret,
                                              gw_fault *reterr);
/* The same for a name that need not be there, and without reading the document. */
GW_MUST_CHECK gw_status gw_network_draft_begin(gw_db *tx, gw_arena *arena,
                                               const gw_network_call *call, gw_network_draft *ret,
                                               gw_fault *reterr);
/* The overlay as text, the hash, the number of the next version. */
GW_MUST_CHECK gw_status gw_network_draft_write(gw_network_draft *draft, gw_fault *reterr);
/* Applies the overlay to a copy of the document's net and looks whether it can be calculated. */
GW_MUST_CHECK gw_status gw_network_draft_check(gw_network_draft *draft, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_network_draft_save(gw_network_draft *draft, const char *cause,
                                              gw_network_changed *ret, gw_fault *reterr);
/* The answer when nothing changes. */
GW_MUST_CHECK gw_status gw_network_draft_same(gw_network_draft *draft, gw_network_changed *ret,
                                              gw_fault *reterr);
