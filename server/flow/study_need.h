/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of study.c: what may be asked of the points of one interval, and the needs of all
 * intervals gathered by limit.
 */
#pragma once

#include "server/flow/study.h"

/* One lever per point: less of what it takes, less of what it feeds in. */
GW_MUST_CHECK gw_status gw_study_levers_make(gw_arena *arena, const gw_study_levers *from,
                                             const gw_injections *injections, gw_flow_lever **ret,
                                             gw_fault *reterr);

typedef struct gw_study_needs {
    gw_arena *arena;
    gw_study_need *items; /* GW_STUDY_NEEDS_MOST */
    size_t count;
    size_t left_out;
    size_t *place_of; /* by limit: 1 + place in items; 0: none yet */
    size_t step_count;
} gw_study_needs;

GW_MUST_CHECK gw_status gw_study_needs_open(gw_arena *arena, size_t limit_count, size_t step_count,
                                            gw_study_needs *ret, gw_fault *reterr);

typedef struct gw_study_step {
    size_t step;
    const gw_flow_need *need;
    const gw_net *net;
} gw_study_step;

/* Takes the violated rows of one interval; levers stand for points. */
GW_MUST_CHECK gw_status gw_study_needs_add(gw_study_needs *needs, const gw_flow_limits *limits,
                                           const gw_segment_map *map, const gw_study_step *step,
                                           gw_fault *reterr);

/* The limit that is used the most first. Nothing may be added afterwards. */
void gw_study_needs_sort(gw_study_needs *needs);
