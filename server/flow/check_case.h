/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of server/flow/check.h, for its sources only: one check while it is made, in the
 * transaction that holds the lock of its interval.
 */
#pragma once

#include "server/flow/check.h"
#include "server/flow/clearance.h"
#include "server/flow/injection.h"
#include "server/flow/network.h"

typedef struct gw_check_case {
    const gw_flow_unit *unit;
    const gw_check_wish *wish;
    gw_network network;
    gw_net_index index; /* of the points */
    gw_injections injections;
    int64_t *held_w; /* by point: what earlier checks hold there */
    gw_flow_base bases[GW_CHECK_QUANTILES];
    gw_flow_item *items;          /* wish->item_count */
    gw_clearance_side *sides;     /* likewise */
    gw_check_item_row *item_rows; /* likewise */
    gw_flow_check_question question;
    gw_flow_check_result result;
    gw_check_row row;
} gw_check_case;

/* Places, parties and schedules of the items: what may be asked, and how it counts. */
GW_MUST_CHECK gw_status gw_check_items_resolve(gw_check_case *it, gw_fault *reterr);
/* Base of every quantile with what others hold. */
GW_MUST_CHECK gw_status gw_check_bases_make(gw_check_case *it, gw_fault *reterr);
/* Weights of the items by what was cut at their points before. */
GW_MUST_CHECK gw_status gw_check_weights_fill(gw_check_case *it, gw_fault *reterr);
/* Rows of the answer, the log of cuts and the entry of the event log. */
GW_MUST_CHECK gw_status gw_check_answer_save(gw_check_case *it, gw_fault *reterr);
