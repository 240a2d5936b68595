/* SPDX-License-Identifier: Apache-2.0
 *
 * Scores issued forecasts that are over against the measured days: sums per whole hour of horizon,
 * beside the standing references. A score is always made as a whole, so it may be made again.
 */
#pragma once

#include "server/db/forecast_issue_store.h"
#include "server/flow/forecast_scene.h"

/* Every issue of the subject that overlaps the window and is over. */
GW_MUST_CHECK gw_status gw_forecast_score_ended(gw_db *tx, gw_arena *arena,
                                                const gw_calendar *calendar,
                                                const gw_forecast_ended *ended, gw_fault *reterr);
