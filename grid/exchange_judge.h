/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether an answer of a member counts, and why not. Costs stay hidden, but not every answer can be
 * honest: whoever minimises a convex cost moves no more than its target does, and towards it
 * (the step is firmly non-expansive). Pure.
 *
 * Ref: Parikh and Boyd 2014 §2.3.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum gw_exchange_verdict {
#define GW_EXCHANGE_VERDICT(symbol, word, title) GW_EXCHANGE_VERDICT_##symbol,
#include "grid/exchange_verdict.def"
#undef GW_EXCHANGE_VERDICT
    GW_EXCHANGE_VERDICT_COUNT
} gw_exchange_verdict;

const char *gw_exchange_verdict_word(gw_exchange_verdict verdict);
const char *gw_exchange_verdict_title(gw_exchange_verdict verdict);

typedef struct gw_exchange_answer {
    int64_t iteration; /* from 1 */
    int64_t counter;   /* of the coordinator's message that it answers */
    const int64_t *powers;
    uint32_t count;
} gw_exchange_answer;

/* What the coordinator knows of one member in the open round. Arrays of interval_count. */
typedef struct gw_exchange_round {
    bool is_open;
    int64_t iteration;
    int64_t counter;
    uint32_t interval_count;
    int64_t least; /* milliwatt: what the connection carries */
    int64_t most;
    const int64_t *answered;     /* to this round already; NULL: nothing yet */
    const int64_t *targets;      /* of this round */
    const int64_t *last_targets; /* of the last answered round under the same penalty; or NULL */
    const int64_t *last_answers;
} gw_exchange_round;

gw_exchange_verdict gw_exchange_judge(const gw_exchange_round *round,
                                      const gw_exchange_answer *answer);
