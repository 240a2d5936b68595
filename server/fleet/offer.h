/* SPDX-License-Identifier: Apache-2.0
 *
 * What a simulated aggregator offers and whom it steers, read from one JSON file
 * ("gridwitness-aggregator-1"). Owned by the arena it was read into.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct gw_offer_device {
    const char *id;
    int64_t rating_w;
    bool is_battery; /* discharges at its rating; others draw at most a part of theirs */
} gw_offer_device;

typedef struct gw_offer {
    const char *group;
    int64_t price_micros_per_kwh;
    int64_t min_activation_pct;
    int64_t power_w; /* the same in every interval */
    const gw_offer_device *devices;
    size_t device_count;
} gw_offer;

typedef struct gw_offer_book {
    const char *name; /* certificate CN, party and participant of the conductor */
    const char *gateway_url;
    const char *token_file;
    const char *conductor_url;
    const char *broker_url;
    const char *keys_dir;
    const gw_offer *offers;
    size_t offer_count;
} gw_offer_book;

GW_MUST_CHECK gw_status gw_offer_book_load(gw_arena *arena, const char *path, gw_offer_book *ret,
                                           gw_fault *reterr);
/* NULL when the aggregator has no such group. */
const gw_offer *gw_offer_find(const gw_offer_book *book, const char *group);
