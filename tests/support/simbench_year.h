/* SPDX-License-Identifier: Apache-2.0
 *
 * The year of SimBench 1-LV-rural1--0-no_sw as load vectors of its minimal network: 35,136 quarter
 * hours of 17 points (../shared/data/grid/simbench_lv_rural1, which must be there).
 */
#pragma once

#include "base/arena.h"

enum { SIMBENCH_STEPS = 35136, SIMBENCH_POINTS = 17 };

/* [step * SIMBENCH_POINTS + point] */
typedef struct simbench_year {
    double *p_w;
    double *q_var;
} simbench_year;

simbench_year simbench_year_read(gw_arena *arena);
