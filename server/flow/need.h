/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: where the need comes from when nobody types it: the forecast of the transformer's load
 * above what it may carry.
 */
#pragma once

#include "server/flow/request.h"

/* Fills need, forecast and need_count of the wish for its transformer and window. GW_CODE_NO_DATA
 * without like days; GW_CODE_INFEASIBLE when nothing is above the limit in the window. */
GW_MUST_CHECK gw_status gw_need_from_forecast(gw_db *db, gw_arena *arena, gw_request_wish *wish,
                                              gw_instant now, gw_fault *reterr);
