/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/forecast_reference.h"

#include "base/wide.h"

enum { WEEK = 7, WEEKS = 4 };

int64_t gw_reference_yesterday(const gw_day_table *measured, gw_date day, size_t slot) {
    return gw_day_table_at(measured, (gw_date){day.days - 1}, slot);
}

int64_t gw_reference_last_week(const gw_day_table *measured, gw_date day, size_t slot) {
    return gw_day_table_at(measured, (gw_date){day.days - WEEK}, slot);
}

int64_t gw_reference_four_weeks(const gw_day_table *measured, gw_date day, size_t slot) {
    gw_wide sum = 0;
    int64_t count = 0;
    for (int32_t back = 1; back <= WEEKS; back++) {
        const int64_t w = gw_day_table_at(measured, (gw_date){day.days - back * WEEK}, slot);
        if (w == GW_FORECAST_GAP) continue;
        sum += w;
        count++;
    }
    return count == 0 ? GW_FORECAST_GAP : (int64_t)gw_wide_floor(sum, count);
}
