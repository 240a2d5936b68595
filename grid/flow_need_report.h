/* SPDX-License-Identifier: Apache-2.0
 *
 * A need as tables for a person: which limits are violated, what is asked of whom, how much a watt
 * elsewhere counts, and what the power flow says of it. Not a format for machines. Pure.
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_need.h"

typedef struct gw_flow_need_report {
    const gw_flow_need_question *question;
    const gw_flow_need *need;
    size_t rows_most; /* of each table */
} gw_flow_need_report;

/* Memory for the order of the rows comes from the arena. */
GW_MUST_CHECK gw_status gw_flow_need_report_write(const gw_flow_need_report *report,
                                                  gw_arena *arena, gw_writer *out,
                                                  gw_fault *reterr);
