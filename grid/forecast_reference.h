/* SPDX-License-Identifier: Apache-2.0
 *
 * The standing references that every forecast is held against: the same slot of the day before, of
 * the same weekday a week before, and the mean of the last four same weekdays. Integers, pure.
 * Ref: reference "grid" §6.1.
 */
#pragma once

#include "grid/forecast_day.h"

/* Each is GW_FORECAST_GAP when there is nothing measured. */
int64_t gw_reference_yesterday(const gw_day_table *measured, gw_date day, size_t slot);
int64_t gw_reference_last_week(const gw_day_table *measured, gw_date day, size_t slot);
/* Of those of the four that were measured; floored. */
int64_t gw_reference_four_weeks(const gw_day_table *measured, gw_date day, size_t slot);
