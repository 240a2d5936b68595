/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries of a power-grid-model document as records of a network. Inside of the reader only.
 * Readers note faults at the item; what they return is a lack of memory.
 */
#pragma once

#include "server/gridfile/item.h"

typedef struct gw_pgm_id {
    int32_t id;
    uint32_t component;
    uint32_t at;
} gw_pgm_id;

/* The network as far as it is read; the lists have room for all. */
typedef struct gw_pgm_reading {
    gw_arena *arena;
    gw_net net;
    gw_net_index nodes;
    gw_pgm_id *ids;
    size_t id_count;
    bool is_asymmetric;
    gw_fault *reterr;
} gw_pgm_reading;

/* Both ends of a branch or transformer. */
typedef struct gw_pgm_ends {
    uint32_t from;
    uint32_t to;
    bool closed; /* at one end at least */
    bool open_from;
    bool open_to;
} gw_pgm_ends;
gw_pgm_ends gw_pgm_read_ends(gw_pgm_reading *in, gw_item *item);

GW_MUST_CHECK gw_status gw_pgm_read_node(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_line(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_asym_line(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_link(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_transformer(gw_pgm_reading *in, gw_item *item);
/* Becomes a node and three transformers. */
GW_MUST_CHECK gw_status gw_pgm_read_three_winding(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_shunt(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_sym_load(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_sym_gen(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_asym_load(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_asym_gen(gw_pgm_reading *in, gw_item *item);
GW_MUST_CHECK gw_status gw_pgm_read_source(gw_pgm_reading *in, gw_item *item);

/* What a field of the network is called in the document; the same when there is no other name. */
const char *gw_pgm_field_name(gw_text field);
