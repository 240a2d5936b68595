/* SPDX-License-Identifier: Apache-2.0
 *
 * What a lane sweep needs to know of a reduced network, and where its results go. Per unit; one
 * phase (each place in a frame of its own, as in flow_balanced.c) or three. Made by
 * flow_batch_plan.c, read by the sweeps only. Pure.
 */
#pragma once

#include "grid/flow_batch.h"
#include "grid/flow_triple.h"

/* v = v_parent - (own * i + mutual * (ia + ib + ic)) */
typedef struct gw_lane_line {
    gw_phasor own;
    gw_phasor mutual;
    uint32_t parent;
} gw_lane_line;

/* A place below a transformer of a three-phase model; see gw_three_turn. */
typedef struct gw_lane_turn {
    uint32_t at;
    gw_phasor positive;
    double zero;
    gw_phasor z1;
    gw_phasor z0;
} gw_lane_turn;

typedef struct gw_lane_shunt {
    uint32_t at;
    gw_coupling y;
} gw_lane_shunt;

/* Where points of one kind draw. */
typedef struct gw_lane_draw {
    uint32_t at;
    uint32_t phase;
    gw_net_load kind;
} gw_lane_draw;

/* A point's part in a draw: its power times factor. */
typedef struct gw_lane_share {
    uint32_t point;
    uint32_t draw;
    double factor;
} gw_lane_share;

/* A voltage to read: of a kept place, or between one and its parent. Times frame (one phase). */
typedef struct gw_lane_voltage {
    uint32_t slot;
    uint32_t at;
    bool in_between;
    gw_phasor own;
    gw_phasor mutual;
    gw_phasor frame;
} gw_lane_voltage;

/* A current that is that of a place, times amperes. */
typedef struct gw_lane_current {
    uint32_t slot;
    uint32_t at;
    double amperes;
} gw_lane_current;

#define GW_LANE_NOTHING UINT32_MAX

/* Any other: scale * (current of `at`, or what transformer `turn` draws from above) + y * (voltage
 * of `end`). GW_LANE_NOTHING where a part is missing. */
typedef struct gw_lane_rich {
    uint32_t slot;
    uint32_t at;
    uint32_t turn;
    uint32_t end;
    gw_phasor scale;
    gw_coupling y;
} gw_lane_rich;

/* The currents of one list of results. */
typedef struct gw_lane_currents {
    gw_lane_current *plain;
    size_t plain_count;
    gw_lane_rich *rich;
    size_t rich_count;
    uint32_t *still; /* slots where nothing flows */
    size_t still_count;
    size_t watched; /* slots */
} gw_lane_currents;

enum { GW_LANE_BRANCH_FROM, GW_LANE_BRANCH_TO, GW_LANE_TURN_FROM, GW_LANE_TURN_TO, GW_LANE_LISTS };

typedef struct gw_lane_plan {
    size_t phases;
    uint32_t root_count;
    uint32_t place_count;
    gw_lane_line *lines; /* by place */
    gw_phasor *flat;     /* by place and phase: voltage without load */
    gw_lane_turn *turns;
    size_t turn_count;
    gw_lane_shunt *shunts;
    size_t shunt_count;
    gw_lane_draw *draws;
    size_t draw_count;
    gw_lane_share *shares;
    size_t share_count;
    size_t point_count; /* of a vector */
    gw_lane_voltage *voltages;
    size_t voltage_count;
    uint32_t *dark; /* slots of nodes that no source feeds */
    size_t dark_count;
    size_t watched; /* slots of voltages */
    gw_lane_currents currents[GW_LANE_LISTS];
    uint32_t *feeds; /* by source: the place below it */
    size_t source_count;
} gw_lane_plan;

/* Room of the sweeps; aligned to 64 bytes. warm: the lane whose voltages a warm start takes, or -1.
 */
typedef struct gw_lane_room {
    void *voltage;
    void *current;
    void *power;
    int warm;
} gw_lane_room;

typedef struct gw_lane_job {
    const gw_lane_plan *plan;
    const gw_flow_vectors *vectors;
    double tolerance_pu;
    int iterations_most;
    gw_flow_start start;
    gw_lane_room *room;
    gw_flow_batch_results *results;
} gw_lane_job;

enum { GW_LANE_BYTES = 4 * sizeof(double) };

/* Solves all vectors. Those that do not settle get the verdict infeasible and values without
 * meaning. */
void gw_flow_lane_run_2(const gw_lane_job *job);
void gw_flow_lane_run_4(const gw_lane_job *job);
