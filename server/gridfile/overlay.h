/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands otherwise than a network's document says: switches that were moved, and phases of
 * points that became known. Canonical JSON, because it is hashed together with the document:
 *
 *     {"branches":{"tie-1":true},"points":{"P7":"B","P9":"?"},"transformers":{"T1":false}}
 *
 * all three members always there, keys in byte order, no blanks; true is closed, "?" one phase that
 * nobody knows. The network hash is Keccak-256 of the document's bytes followed by these.
 */
#pragma once

#include "grid/flow_network.h"

enum { GW_NET_OVERLAY_MOST = 100000, GW_NET_OVERLAY_PHASES_SIZE = 4 };

typedef enum gw_net_element { GW_NET_BRANCH, GW_NET_TRANSFORMER } gw_net_element;

typedef struct gw_net_moved {
    gw_net_element element;
    gw_text id;
    bool closed;
} gw_net_moved;

typedef struct gw_net_phased {
    gw_text id;      /* of the point */
    unsigned phases; /* GW_NET_PHASE_* */
    bool is_unknown; /* one of them, nobody knows which; phases is 0 then */
} gw_net_phased;

/* In any order; an element or point at most once. */
typedef struct gw_net_overlay {
    gw_net_moved *moved;
    size_t moved_count;
    gw_net_phased *phased;
    size_t phased_count;
} gw_net_overlay;

/* Sorts both lists in place. */
GW_MUST_CHECK gw_status gw_net_overlay_write(gw_arena *arena, gw_net_overlay *overlay, gw_text *ret,
                                             gw_fault *reterr);
/* Refuses everything but the canonical form: GW_CODE_MALFORMED. */
GW_MUST_CHECK gw_status gw_net_overlay_parse(gw_arena *arena, gw_text text, gw_net_overlay *ret,
                                             gw_fault *reterr);
/* Sets `closed` of branches and transformers and `phases` of points. GW_CODE_NOT_FOUND names an
 * element or point that the network does not have; the net is then half changed. */
GW_MUST_CHECK gw_status gw_net_overlay_apply(gw_arena *arena, const gw_net_overlay *overlay,
                                             gw_net *net, gw_fault *reterr);

/* "A", "BC", "ABC" or "?". The empty text is refused: say ABC. */
GW_MUST_CHECK gw_status gw_net_phases_parse(gw_text text, gw_net_phased *ret, gw_fault *reterr);
gw_text gw_net_phases_print(const gw_net_phased *phased);
