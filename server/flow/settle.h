/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: compute a settlement run and offer it to the nodes. The ledger is one chain of runs, so
 * only one run is open at a time; the next one waits. A run posts lifetime entitlements: what a
 * tree has promised is treated as claimed, because its payee can claim it at any moment until the
 * next root stands. What a payee owes beyond that is carried.
 */
#pragma once

#include "server/db/request_store.h"
#include "server/db/settlement_store.h"
#include "server/evidence/core.h"
#include "server/flow/flow.h"

/* Another run over the readings known now: FINAL after INITIAL, then LATE. Only for a posted event;
 * a run that is under way already is found. */
typedef struct gw_rerun_call {
    gw_uuid settlement_id;
    gw_instant now;
} gw_rerun_call;
GW_MUST_CHECK gw_status gw_settle_rerun(const gw_flow *flow, gw_arena *arena,
                                        const gw_rerun_call *call, gw_settlement_row *ret,
                                        gw_fault *reterr);

/* Marks posted runs whose readings have newer versions, with the difference a new run would make.
 * ret_count: how many were marked now. */
GW_MUST_CHECK gw_status gw_settle_recheck(const gw_flow *flow, gw_arena *arena, gw_instant now,
                                          int *ret_count, gw_fault *reterr);

/* Fills the core of a run of this event as of core->run.as_of, all results included. */
GW_MUST_CHECK gw_status gw_settle_compute(const gw_flow_unit *unit, const gw_request_row *request,
                                          gw_core_settlement *core, gw_fault *reterr);
