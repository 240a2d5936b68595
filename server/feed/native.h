/* SPDX-License-Identifier: Apache-2.0
 *
 * Our own JSON of devices (MQTT up/<device>/birth, m, opt) and of POST /v1/readings:batch.
 * Strict: an unknown or repeated field, a wrong unit, a fraction or a null is refused with the JSON
 * pointer of the first fault in its subject. Numbers are integers, or decimal strings whose digits
 * behind the point are zeros ("312", "312.000"); a JSON fraction is refused because its exact text
 * is gone once it has been a double. Pure apart from the JSON library.
 *
 * Energies are Wh of one interval, `start` is the interval's beginning.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "grid/reading.h"

enum {
    GW_NATIVE_READINGS_MOST = 100,
    GW_NATIVE_BYTES_MOST = 64 * 1024,
};

/* up/<device>/m. The readings' meter is empty (the registry knows it), version is 0. */
typedef struct gw_native_batch {
    int64_t boot; /* rises with every start of the device, 1.. */
    int64_t seq;  /* rises by one with every message of a boot, 1.. */
    gw_reading *readings;
    size_t count; /* 1..GW_NATIVE_READINGS_MOST */
} gw_native_batch;

/* up/<device>/birth */
typedef struct gw_native_birth {
    int64_t boot;
    int64_t first_seq; /* first message that the device still holds */
    gw_text firmware;
    gw_text meter;
    int64_t interval_s;
} gw_native_birth;

typedef enum gw_native_choice { GW_NATIVE_OPT_OUT, GW_NATIVE_OPT_IN } gw_native_choice;

/* up/<device>/opt */
typedef struct gw_native_opt {
    int64_t boot;
    int64_t seq;
    gw_native_choice choice;
    gw_uuid event;
    gw_instant from;
    gw_instant to;
} gw_native_opt;

GW_MUST_CHECK gw_status gw_native_batch_parse(gw_arena *arena, gw_bytes json, gw_native_batch *ret,
                                              gw_fault *reterr);
GW_MUST_CHECK gw_status gw_native_birth_parse(gw_arena *arena, gw_bytes json, gw_native_birth *ret,
                                              gw_fault *reterr);
GW_MUST_CHECK gw_status gw_native_opt_parse(gw_arena *arena, gw_bytes json, gw_native_opt *ret,
                                            gw_fault *reterr);

/* boot and seq alone, as far as they can be read: what a rejection in a receipt names. Both 0 when
 * they cannot. */
void gw_native_peek(gw_bytes json, int64_t *ret_boot, int64_t *ret_seq);

/* One item of POST /v1/readings:batch: a reading as in a batch, and "meter". */
typedef struct gw_native_item {
    gw_reading reading; /* meaningful when status is ok */
    gw_status status;
    gw_fault fault; /* subject: pointer within the request */
    gw_text json;   /* the item again, compact: what goes into the journal */
} gw_native_item;

typedef struct gw_native_items {
    gw_native_item *items;
    size_t count;
} gw_native_items;

enum { GW_NATIVE_ITEMS_MOST = 10000 };

/* {"readings":[{"meter","channel","start","import_wh","quality"}...]}. Fails as a whole only when
 * the body is no such object; otherwise every item has its own status. */
GW_MUST_CHECK gw_status gw_native_items_parse(gw_arena *arena, gw_bytes json, gw_native_items *ret,
                                              gw_fault *reterr);
/* One such item alone, as it comes back from the journal. */
GW_MUST_CHECK gw_status gw_native_item_parse(gw_arena *arena, gw_bytes json, gw_reading *ret,
                                             gw_fault *reterr);
