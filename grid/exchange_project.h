/* SPDX-License-Identifier: Apache-2.0
 *
 * The nearest exports that connections and ties can carry: projection on { sum = 0, least <= export
 * <= most, |flow of a tie| <= limit } by Dykstra's method, in whole numbers. A tie's flow is the
 * sum of the exports behind it, so its correction is one number, spread evenly. Inside, 1024 parts
 * of a milliwatt; the result is laid down as whole milliwatts so that sum and limits hold exactly,
 * whatever the sweeps left open. Connections hold as far as the sweeps came: to a milliwatt where
 * they ended by themselves.
 *
 * Ref: Boyle and Dykstra 1986; grid.md §4.5. Pure.
 */
#pragma once

#include "grid/exchange_tree.h"

enum { GW_EXCHANGE_SWEEPS_MOST = 1000 };

/* Largest export and limit in milliwatt: 1 GW. */
#define GW_EXCHANGE_MILLIWATT_MOST INT64_C(1000000000000)

typedef struct gw_exchange_room {
    int64_t *fine;        /* member_count, by place */
    int64_t *corrections; /* tie_count, then member_count; kept from call to call: a good start */
    int64_t *flows;       /* tie_count */
} gw_exchange_room;

typedef struct gw_exchange_bounds {
    const int64_t *limits; /* milliwatt by tie, or GW_EXCHANGE_NO_LIMIT */
    const int64_t *least;  /* milliwatt by member, <= 0; NULL: none, and no most either */
    const int64_t *most;   /* >= 0 */
} gw_exchange_bounds;

/* exports in, nearest feasible exports out: milliwatt by member, at most ten times
 * GW_EXCHANGE_MILLIWATT_MOST each, so that sums of parts fit. Returns the number of sweeps. */
uint32_t gw_exchange_project(const gw_exchange_tree *tree, const gw_exchange_tie *ties,
                             const gw_exchange_bounds *bounds, int64_t *exports,
                             gw_exchange_room *room);
