/* SPDX-License-Identifier: Apache-2.0
 *
 * Generation from irradiance. The envelope of a slot is the most that was generated in it during
 * the last 30 days; the clear-sky index of a slot is the irradiance over its own envelope of the
 * same 30 days (so neither place nor peak power of the plant need be known). Generation = index *
 * factor * envelope, where the factor comes from recursive least squares with forgetting 0.99;
 * clipped to [0, envelope]. Where the envelope is 0 - at night - forecast and quantiles are 0.
 * Without irradiance the smoother's level takes the place of index * factor * envelope, clipped the
 * same way. Generation is positive here, in W. Pure. Ref: reference "grid" §6.2.
 */
#pragma once

#include "base/arena.h"
#include "grid/forecast_day.h"

enum { GW_ENVELOPE_DAYS = 30, GW_IRRADIANCE_LEAST = 96 };

/* Largest value of the slot in the GW_ENVELOPE_DAYS days before `day`; 0 without any. */
int64_t gw_envelope_at(const gw_day_table *table, gw_date day, size_t slot);

/* Into [0, envelope]; a gap becomes 0. */
int64_t gw_envelope_clip(int64_t generation_w, int64_t envelope_w);

typedef struct gw_sun_question {
    const gw_day_table *generation; /* measured, W; gaps in the days ahead */
    const gw_day_table *irradiance; /* milliW/m2; measured or forecast */
} gw_sun_question;

typedef struct gw_sun {
    gw_day_table fitted; /* a gap where irradiance is not known */
    int64_t factor_ppm;  /* share of the envelope at an index of 1; 1000000 before the fit */
    size_t pairs;        /* that the factor rests on */
} gw_sun;

/* fitted: what was forecast for each slot from the days before it. */
GW_MUST_CHECK gw_status gw_sun_fit(gw_arena *arena, const gw_sun_question *question, gw_sun *ret,
                                   gw_fault *reterr);
