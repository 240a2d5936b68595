/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: one power flow of a network for somebody who asks, in integers. The power of the points
 * is what the document says, what was measured or is forecast for an instant, or what the caller
 * gives; what the caller gives comes last and wins. "Infeasible" is an answer, not a failure.
 */
#pragma once

#include "grid/flow_quantise.h"
#include "server/flow/injection.h"

enum { GW_POWERFLOW_LIMITS_SHOWN = 20 };

typedef enum gw_powerflow_base {
    GW_POWERFLOW_DOCUMENT, /* what the document says */
    GW_POWERFLOW_STATE,    /* measured or forecast at `at` */
    GW_POWERFLOW_NOTHING   /* zero everywhere but where the caller gives something */
} gw_powerflow_base;

typedef struct gw_powerflow_given {
    gw_text point;
    gw_flow_power power;
} gw_powerflow_given;

typedef struct gw_powerflow_question {
    gw_text network_id;
    gw_powerflow_base base;
    gw_instant at; /* of GW_POWERFLOW_STATE */
    gw_instant now;
    int64_t stale_s;
    const gw_powerflow_given *given;
    size_t given_count;
} gw_powerflow_question;

typedef struct gw_powerflow {
    gw_network network;
    gw_injections injections; /* point_count 0 unless GW_POWERFLOW_STATE */
    gw_flow_values values;
    gw_flow_limit_rows limits; /* the worst, at most GW_POWERFLOW_LIMITS_SHOWN */
} gw_powerflow;

/* GW_CODE_NOT_FOUND: the network, or "/injections/<i>/point". */
GW_MUST_CHECK gw_status gw_powerflow_make(gw_db *db, gw_arena *arena,
                                          const gw_powerflow_question *question, gw_powerflow *ret,
                                          gw_fault *reterr);
