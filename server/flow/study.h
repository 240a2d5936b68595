/* SPDX-License-Identifier: Apache-2.0
 *
 * A study of a network: every limit under every scenario path, interval by interval; the traffic
 * light per segment and phase; what would relieve what is violated. Calculates only: no database,
 * no clock. Results live in the arena that was handed in.
 */
#pragma once

#include "grid/flow_need.h"
#include "grid/traffic_light.h"
#include "server/flow/injection.h"
#include "server/flow/segment.h"

enum {
    GW_STUDY_PHASES = 4,       /* A, B, C, all together */
    GW_STUDY_REASONS_MOST = 5, /* limits named with a light */
    GW_STUDY_NEEDS_MOST = 64,  /* limits with a need */
    GW_STUDY_STEPS_MOST = 192
};

/* What the levers of a point are taken from. */
typedef struct gw_study_levers {
    const gw_power *qualified; /* by point; below zero: no group stands behind it */
    int64_t share_pct;         /* of its consumption, where no group does */
} gw_study_levers;

typedef struct gw_study_question {
    const gw_network *network;
    const gw_injection_plan *plan;
    gw_flow_limits limits;
    gw_light_policy policy;
    gw_study_levers levers;
    gw_uuid study_id;
    const unsigned char
        *devices;                /* by point: gw_study_device, what comes back of what is shifted */
    const int64_t *measured_ppm; /* by limit: share that is used now; NULL: not measured */
    const gw_light *before; /* [segment * GW_STUDY_PHASES + phase]: light of the interval before */
} gw_study_question;

typedef struct gw_study_reason {
    uint32_t limit;
    int64_t middle_ppm;
    int64_t upper_ppm;
} gw_study_reason;

/* Light of one segment and phase in one interval. */
typedef struct gw_study_light {
    gw_light light;
    gw_light_reason reason;
    int64_t middle_ppm; /* of the worst limit */
    int64_t upper_ppm;
    gw_study_reason *reasons; /* the worst first */
    size_t reason_count;
} gw_study_light;

typedef struct gw_study_need_step {
    size_t step;
    int64_t need_w;
    int64_t missing_w;
    int64_t before_ppm;
    int64_t after_ppm;
    gw_flow_need_verdict verdict;
} gw_study_need_step;

typedef struct gw_study_need {
    uint32_t limit;
    size_t segment;
    gw_study_need_step *steps; /* ascending */
    size_t step_count;
    uint32_t reference; /* point; point_count of the network: none */
    bool is_reference_more;
    int64_t largest_w;
    gw_flow_effectiveness *effects; /* by point, in the step with the largest need */
} gw_study_need;

/* An interval in which what comes back of earlier shifts makes a need of its own. */
typedef struct gw_study_rebound {
    size_t step;
    int64_t back_w;     /* what comes back, all points */
    int64_t need_w;     /* what would have to be bought here */
    int64_t recovery_w; /* how much could come back; INT64_MAX: no limit is in sight */
} gw_study_rebound;

typedef struct gw_study {
    size_t step_count;
    gw_study_light *lights; /* [(segment * GW_STUDY_PHASES + phase) * step_count + step] */
    gw_study_need *needs;   /* the limit that is used the most first */
    size_t need_count;
    gw_study_rebound *rebounds; /* ascending */
    size_t rebound_count;
    size_t rebound_intervals; /* that were followed, from the first need on */
    size_t needs_left_out;    /* limits beyond GW_STUDY_NEEDS_MOST */
    size_t path_count;
    size_t missing_points;
    size_t collapsed_paths;
} gw_study;

/* Share of every limit that is used with these injections; GW_CODE_INFEASIBLE. */
GW_MUST_CHECK gw_status gw_study_shares(gw_arena *arena, const gw_net *net,
                                        const gw_flow_limits *limits,
                                        const gw_injections *injections, int64_t **ret,
                                        gw_fault *reterr);

GW_MUST_CHECK gw_status gw_study_make(gw_arena *arena, const gw_study_question *question,
                                      gw_study *ret, gw_fault *reterr);
