/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle/verdict.h"

#include <assert.h>

typedef struct verdict_facts {
    const char *wire;
    const char *sentence;
} verdict_facts;

static const verdict_facts facts_of[GW_VERDICT_COUNT] = {
#define GW_VERDICT(symbol, wire, sentence) [GW_VERDICT_##symbol] = {wire, sentence},
#include "oracle/verdict.def"
#undef GW_VERDICT
};

const char *gw_verdict_wire(gw_verdict verdict) {
    assert((unsigned)verdict < GW_VERDICT_COUNT);
    return facts_of[verdict].wire;
}

const char *gw_verdict_sentence(gw_verdict verdict) {
    assert((unsigned)verdict < GW_VERDICT_COUNT);
    return facts_of[verdict].sentence;
}

gw_status gw_verdict_parse(gw_text wire, gw_verdict *ret, gw_fault *reterr) {
    for (unsigned at = 0; at < GW_VERDICT_COUNT; at++) {
        if (!gw_text_is(wire, facts_of[at].wire)) continue;
        *ret = (gw_verdict)at;
        return gw_ok();
    }
    return gw_fail_with(reterr, GW_CODE_INVALID, NULL, "\"%.*s\" is not a verdict",
                        GW_TEXT_ARGS(gw_text_part(wire, 0, 64)));
}
