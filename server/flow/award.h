/* SPDX-License-Identifier: Apache-2.0
 *
 * What the selection is asked for one event; shared by clearing and by the commitment, so that both
 * ask the same.
 */
#pragma once

#include "server/db/request_store.h"
#include "server/flow/flow.h"

typedef struct gw_award_case {
    gw_need_list need;
    const gw_power *need_w;
    const gw_power *forecast_w; /* NULL: the need was typed, the rating is not tested */
    gw_power rating;
} gw_award_case;

GW_MUST_CHECK gw_status gw_award_question(const gw_flow_unit *unit, const gw_request_row *request,
                                          gw_award_case *ret, gw_fault *reterr);
