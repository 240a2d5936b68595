/* SPDX-License-Identifier: Apache-2.0
 *
 * A power flow as a table for a person: balance, voltages, loading. The worst rows come first. Not
 * a format for machines. Pure.
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_solver.h"

typedef struct gw_flow_report {
    const gw_net *net;
    const gw_flow_outcome *outcome;
    const gw_flow_state *state;
    size_t rows_most; /* of each table */
} gw_flow_report;

/* Memory for the order of the rows comes from the arena. */
GW_MUST_CHECK gw_status gw_flow_report_write(const gw_flow_report *report, gw_arena *arena,
                                             gw_writer *out, gw_fault *reterr);
