/* SPDX-License-Identifier: Apache-2.0
 *
 * What a device hears, as plain structs: receipts, set-points, stops. Reads the JSON that the
 * gateway and the aggregators publish; anything else is a fault and the device ignores it.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"
#include "server/fleet/member.h"

typedef struct gw_heard_receipt {
    int64_t boot;
    int64_t hwm;
} gw_heard_receipt;

typedef struct gw_heard_set {
    gw_set_point set_point;
} gw_heard_set;

typedef struct gw_heard_stop {
    char event_id[GW_SET_POINT_EVENT_SIZE];
    gw_instant at;
} gw_heard_stop;

GW_MUST_CHECK gw_status gw_heard_receipt_parse(gw_bytes payload, gw_heard_receipt *ret,
                                               gw_fault *reterr);
GW_MUST_CHECK gw_status gw_heard_set_parse(gw_bytes payload, gw_heard_set *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_heard_stop_parse(gw_bytes payload, gw_heard_stop *ret, gw_fault *reterr);
