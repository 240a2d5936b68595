/* SPDX-License-Identifier: Apache-2.0
 *
 * A check as tables for a person: all rules side by side, and one of them with its reasons, limits
 * and fees. Not a format for machines. Pure.
 */
#pragma once

#include "base/writer.h"
#include "grid/flow_check.h"

typedef struct gw_flow_check_report {
    const gw_flow_check_question *question; /* rule: the one told in full */
    const gw_flow_check_result *results;    /* GW_FLOW_RULE_COUNT, by rule */
    size_t rows_most;                       /* of each table */
} gw_flow_check_report;

void gw_flow_check_report_write(const gw_flow_check_report *report, gw_writer *out);
