/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes between an exchange and its members as JSON, both ways: rounds out, answers in, and the
 * same seen from the member. Strict like server/feed/native.h: another field, a fraction or a null
 * is refused with the JSON pointer of the first fault. Pure apart from the JSON library.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/instant.h"

#include <stdbool.h>

enum { GW_EXCHANGE_BYTES_MOST = 16 * 1024 };

/* up/<member>/exchange: {"exchange_id", "iteration", "counter", "power_milliwatt": [...]} */
typedef struct gw_exchange_reply {
    gw_uuid exchange_id;
    int64_t iteration;
    int64_t counter;
    const int64_t *powers; /* milliwatt by interval, exports positive */
    size_t power_count;
} gw_exchange_reply;

GW_MUST_CHECK gw_status gw_exchange_reply_parse(gw_arena *arena, gw_bytes json,
                                                gw_exchange_reply *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_reply_print(gw_arena *arena, const gw_exchange_reply *reply,
                                                gw_text *ret, gw_fault *reterr);

/* down/<member>/exchange. Open: {"exchange_id", "state": "OPEN", "run", "iteration", "counter",
 * "penalty_nanos_per_kwh_kw", "answer_by", "target_milliwatt": [...]}. Ended: {"exchange_id",
 * "state", "export_w": [...], "price_nanos_per_kwh": [...]}. */
typedef struct gw_exchange_call {
    gw_uuid exchange_id;
    gw_text state;
    int64_t run;
    int64_t iteration;
    int64_t counter;
    int64_t penalty;
    gw_instant answer_by;
    const int64_t *targets; /* open: milliwatt by interval; ended: export in watts */
    size_t target_count;
    const int64_t *prices; /* ended: billionths per kWh, as many */
} gw_exchange_call;

bool gw_exchange_call_is_open(const gw_exchange_call *call);
GW_MUST_CHECK gw_status gw_exchange_call_parse(gw_arena *arena, gw_bytes json,
                                               gw_exchange_call *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_exchange_call_print(gw_arena *arena, const gw_exchange_call *call,
                                               gw_text *ret, gw_fault *reterr);
