/* SPDX-License-Identifier: Apache-2.0
 *
 * Names for what an oracle node says about a proposal; the table is oracle/verdict.def. Pure.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef enum gw_verdict {
#define GW_VERDICT(symbol, wire, sentence) GW_VERDICT_##symbol,
#include "oracle/verdict.def"
#undef GW_VERDICT
    GW_VERDICT_COUNT
} gw_verdict;

const char *gw_verdict_wire(gw_verdict verdict);
const char *gw_verdict_sentence(gw_verdict verdict);
GW_MUST_CHECK gw_status gw_verdict_parse(gw_text wire, gw_verdict *ret, gw_fault *reterr);
