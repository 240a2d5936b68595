/* SPDX-License-Identifier: Apache-2.0
 *
 * What one microgrid knows of itself, read from one JSON file ("gridwitness-microgrid-1"): how it
 * reaches the gateway and what energy costs it. Nobody else ever sees the costs. Owned by the arena
 * it was read into.
 */
#pragma once

#include "base/arena.h"
#include "grid/exchange_member.h"

typedef struct gw_microgrid_plan {
    const char *name;      /* certificate CN and party */
    const char *transport; /* "mqtt" or "rest" */
    const char *realm;
    const char *broker_url; /* over MQTT */
    const char *keys_dir;
    const char *gateway_url; /* over REST */
    const char *token_file;
    int64_t exchanges_most; /* ends after so many; 0: never */
    /* One cost for every interval, or one per interval. */
    const gw_exchange_cost *costs;
    uint32_t cost_count;
    int64_t least_wh; /* over all intervals; INT64_MIN: none */
    int64_t most_wh;  /* INT64_MAX: none */
    int64_t interval_s;
} gw_microgrid_plan;

GW_MUST_CHECK gw_status gw_microgrid_plan_load(gw_arena *arena, const char *path,
                                               gw_microgrid_plan *ret, gw_fault *reterr);

typedef struct gw_microgrid_question {
    int64_t penalty;
    const int64_t *targets; /* milliwatt */
    size_t count;
} gw_microgrid_question;

/* What it answers to the targets of a round: as many powers, in the arena. GW_CODE_INVALID when the
 * plan has costs for another number of intervals. */
GW_MUST_CHECK gw_status gw_microgrid_answer(gw_arena *arena, const gw_microgrid_plan *plan,
                                            const gw_microgrid_question *question,
                                            const int64_t **ret_powers, gw_fault *reterr);
