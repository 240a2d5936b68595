/* SPDX-License-Identifier: Apache-2.0
 *
 * The meters of a settlement core: their readings, as far as the baseline looks at them, and their
 * baselines. Internal to server/evidence.
 */
#pragma once

#include "dr/delivery.h"
#include "server/evidence/core.h"

/* Fills days and baselines of every meter. GW_CODE_INVALID unless the meters are exactly those of
 * the orders. */
GW_MUST_CHECK gw_status gw_core_build_meters(gw_arena *arena, gw_core_settlement *core,
                                             gw_fault *reterr);

/* What one meter gives to one interval of a core whose meters are built. */
gw_meter_interval gw_core_meter_interval(const gw_core_settlement *core, gw_text meter,
                                         size_t interval_index, gw_period period);
