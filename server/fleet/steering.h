/* SPDX-License-Identifier: Apache-2.0
 *
 * How a simulated aggregator steers its devices: one set-point per device over MQTT, and a bounded
 * wait for the answers. Devices that are away find theirs when they come back, and refuse it when
 * it has expired.
 */
#pragma once

#include "base/instant.h"
#include "base/status.h"
#include "server/fleet/offer.h"

typedef struct gw_steering gw_steering;

GW_MUST_CHECK gw_status gw_steering_open(gw_arena *arena, const gw_offer_book *book,
                                         gw_steering **ret, gw_fault *reterr);
void gw_steering_close(gw_steering *steering); /* NULL is fine */

typedef struct gw_steering_call {
    const char *event_id;
    const gw_offer *offer;
    gw_instant from;
    gw_instant to;
    int64_t counter; /* rises with every call */
} gw_steering_call;

/* Publishes all set-points and waits at most GW_STEERING_WAIT_MS for the answers. */
enum { GW_STEERING_WAIT_MS = 2000 };
GW_MUST_CHECK gw_status gw_steering_set(gw_steering *steering, const gw_steering_call *call,
                                        gw_fault *reterr);
