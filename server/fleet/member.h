/* SPDX-License-Identifier: Apache-2.0
 *
 * One simulated device between its steps: what it has metered, which messages no receipt covers
 * yet, which set-points it has accepted. It acts on a set-point's effective time, never on its
 * arrival, so the network's speed does not change what it meters. Not thread-safe: the fleet locks.
 */
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "server/fleet/plan.h"
#include "server/fleet/replay.h"

enum { GW_MEMBER_SET_POINTS = 16 };

enum { GW_SET_POINT_EVENT_SIZE = 40 };

typedef struct gw_set_point {
    char event_id[GW_SET_POINT_EVENT_SIZE];
    int64_t counter;
    gw_instant effective_at;
    gw_instant expires_at;
    int64_t limit_w;
} gw_set_point;

typedef struct gw_member_message {
    const char *topic_leaf; /* "m", "opt" or "birth" */
    gw_text payload;
    int64_t seq;     /* 0: no receipt can cover it */
    gw_instant due;  /* when the device would send it if it had a line */
    int64_t sent_ms; /* monotonic time of the last try; 0 never */
} gw_member_message;

typedef struct gw_member {
    const gw_fleet_device *device;
    int64_t boot;
    int64_t next_seq;
    int64_t covered_seq; /* highest contiguous seq that a receipt covers */
    gw_instant metered_until;
    int64_t import_rest; /* watt-minutes below one Wh, carried like a register does */
    int64_t export_rest;
    gw_set_point set_points[GW_MEMBER_SET_POINTS]; /* newest last */
    int set_point_count;
    gw_member_message *messages;
    size_t message_count;
    size_t message_size;
    size_t first_open; /* messages before this one are covered or need no receipt */
} gw_member;

void gw_member_init(gw_member *member, const gw_fleet_plan *plan, const gw_fleet_device *device);

/* The first message of a life: which meter it is and where its numbering begins. */
GW_MUST_CHECK gw_status gw_member_birth(gw_member *member, const gw_fleet_plan *plan,
                                        gw_arena *arena, gw_fault *reterr);

bool gw_member_is_online(const gw_member *member, gw_instant now);

/* Meters every interval that has ended by now and writes the messages; replay may be NULL. */
GW_MUST_CHECK gw_status gw_member_meter(gw_member *member, const gw_fleet_plan *plan,
                                        const gw_replay *replay, gw_arena *arena, gw_instant now,
                                        gw_fault *reterr);

/* Takes a set-point. False with a reason when it is refused: opt-out, stale counter, expired,
 * outside the envelope 0 .. rating (negative for a battery). */
bool gw_member_take_set_point(gw_member *member, gw_set_point set_point, gw_instant now,
                              const char **ret_reason);

/* An emergency stop or recall frees the appliance from `at` on: of this event only, so that the
 * set-points of a later one are obeyed. */
void gw_member_release(gw_member *member, const char *event_id, gw_instant at);

/* The set-point in force at a minute; inactive when none is. */
gw_house_limit gw_member_limit_at(const gw_member *member, gw_instant minute);

/* Adds an opt-out message for the window of a refused set-point. */
GW_MUST_CHECK gw_status gw_member_opt_out(gw_member *member, gw_arena *arena, const char *event_id,
                                          gw_set_point refused, gw_instant now, gw_fault *reterr);

/* A receipt: everything up to hwm is durable at the gateway. */
void gw_member_cover(gw_member *member, int64_t boot, int64_t hwm);

bool gw_member_is_covered(const gw_member *member);
