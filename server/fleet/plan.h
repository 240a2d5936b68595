/* SPDX-License-Identifier: Apache-2.0
 *
 * What a fleet simulates, read from one JSON file ("gridwitness-fleet-1"; fields in plan.c's
 * table). Owned by the arena it was read into. Limit: 2,000 devices, 16 MiB of text.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "base/status.h"
#include "server/fleet/house.h"

typedef enum gw_behaviour {
    GW_BEHAVIOUR_NORMAL,
    GW_BEHAVIOUR_OPT_OUT, /* answers a set-point with a refusal and runs on */
    GW_BEHAVIOUR_OFFLINE, /* away from offline_from to offline_to, then delivers its backlog */
    GW_BEHAVIOUR_GARBAGE, /* sends messages that must be refused, one by one */
    GW_BEHAVIOUR_COUNT
} gw_behaviour;

typedef struct gw_fleet_device {
    const char *id;    /* certificate CN */
    const char *meter; /* registered meter id; in a replay the meter of the data set */
    const char *aggregator;
    gw_house house;
    gw_behaviour behaviour;
    gw_instant offline_from; /* only for GW_BEHAVIOUR_OFFLINE */
    gw_instant offline_to;
} gw_fleet_device;

typedef struct gw_fleet_plan {
    const char *realm;
    const char *broker_url; /* ssl://host:port */
    const char *keys_dir;
    const char *conductor_url;
    const char *replay_file; /* NULL: simulated houses */
    int64_t interval_s;
    gw_instant history_from; /* devices deliver from here at birth */
    gw_instant temperature_from;
    int64_t temperature_step_s;
    const int32_t *temperature_millic;
    size_t temperature_count;
    const gw_fleet_device *devices;
    size_t device_count;
} gw_fleet_plan;

GW_MUST_CHECK gw_status gw_fleet_plan_load(gw_arena *arena, const char *path, gw_fleet_plan *ret,
                                           gw_fault *reterr);

/* Outdoor temperature at an instant; the nearest known hour outside the series. */
int32_t gw_fleet_plan_temperature(const gw_fleet_plan *plan, gw_instant at);
