/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: a need that a study found becomes the need of a flexibility request. Per interval of
 * the request it is the largest of the need's intervals within, in watts at the need's reference
 * point: a bid elsewhere is worth its effectiveness.
 */
#pragma once

#include "server/db/need_store.h"
#include "server/flow/request.h"

/* Loads the need and fills transformer (unless the wish names one), window, need and need_count of
 * the wish, whose interval_s is the method's. GW_CODE_WRONG_STATE: a later study superseded it.
 * GW_CODE_INFEASIBLE: nothing relieves it, or consuming more does, which a request cannot buy. */
GW_MUST_CHECK gw_status gw_need_from_study(gw_db *db, gw_arena *arena, gw_uuid need_id,
                                           gw_request_wish *wish, gw_grid_need_row *ret,
                                           gw_fault *reterr);

/* Inside the transaction that makes the request: links the two. GW_CODE_WRONG_STATE: another
 * request was made of the need and is not cancelled. */
GW_MUST_CHECK gw_status gw_need_link(const gw_flow_unit *unit, gw_uuid need_id, gw_uuid event_id,
                                     gw_fault *reterr);
