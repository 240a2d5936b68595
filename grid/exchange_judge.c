/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_judge.h"

#include "base/wide.h"

#include <assert.h>
#include <string.h>

enum { ROUNDING = 1000 }; /* milliwatt that an honest answer under a bound of energy may be off */

static const char *const WORDS[GW_EXCHANGE_VERDICT_COUNT] = {
#define GW_EXCHANGE_VERDICT(symbol, word, title) [GW_EXCHANGE_VERDICT_##symbol] = (word),
#include "grid/exchange_verdict.def"
#undef GW_EXCHANGE_VERDICT
};

static const char *const TITLES[GW_EXCHANGE_VERDICT_COUNT] = {
#define GW_EXCHANGE_VERDICT(symbol, word, title) [GW_EXCHANGE_VERDICT_##symbol] = (title),
#include "grid/exchange_verdict.def"
#undef GW_EXCHANGE_VERDICT
};

const char *gw_exchange_verdict_word(gw_exchange_verdict verdict) {
    assert((unsigned)verdict < GW_EXCHANGE_VERDICT_COUNT);
    return WORDS[verdict];
}

const char *gw_exchange_verdict_title(gw_exchange_verdict verdict) {
    assert((unsigned)verdict < GW_EXCHANGE_VERDICT_COUNT);
    return TITLES[verdict];
}

/* (p - p')(v - v') >= (p - p')^2 over all intervals, but for rounding. */
static bool is_plausible(const gw_exchange_round *round, const int64_t *powers) {
    if (round->last_answers == NULL || round->last_targets == NULL) return true;
    gw_wide slack = 0;
    for (uint32_t t = 0; t < round->interval_count; t++) {
        const int64_t moved = powers[t] - round->last_answers[t];
        const int64_t pulled = round->targets[t] - round->last_targets[t];
        const int64_t far = (moved < 0 ? -moved : moved) + (pulled < 0 ? -pulled : pulled);
        slack += gw_wide_multiply(moved, pulled) - gw_wide_multiply(moved, moved) +
                 gw_wide_multiply(ROUNDING, far) + ROUNDING * ROUNDING;
    }
    return slack >= 0;
}

static gw_exchange_verdict judge_place(const gw_exchange_round *round,
                                       const gw_exchange_answer *answer) {
    if (!round->is_open) return GW_EXCHANGE_VERDICT_CLOSED;
    if (answer->iteration < round->iteration) return GW_EXCHANGE_VERDICT_LATE;
    if (answer->iteration > round->iteration) return GW_EXCHANGE_VERDICT_EARLY;
    if (answer->counter != round->counter) return GW_EXCHANGE_VERDICT_REPLAYED;
    if (answer->count != round->interval_count) return GW_EXCHANGE_VERDICT_INCOMPLETE;
    return GW_EXCHANGE_VERDICT_ACCEPTED;
}

gw_exchange_verdict gw_exchange_judge(const gw_exchange_round *round,
                                      const gw_exchange_answer *answer) {
    const gw_exchange_verdict placed = judge_place(round, answer);
    if (placed != GW_EXCHANGE_VERDICT_ACCEPTED) return placed;
    const size_t bytes = answer->count * sizeof answer->powers[0];
    if (round->answered != NULL)
        return memcmp(round->answered, answer->powers, bytes) == 0
                   ? GW_EXCHANGE_VERDICT_REPEATED
                   : GW_EXCHANGE_VERDICT_CONTRADICTS;
    for (uint32_t t = 0; t < answer->count; t++)
        if (answer->powers[t] < round->least || answer->powers[t] > round->most)
            return GW_EXCHANGE_VERDICT_OUT_OF_RANGE;
    return is_plausible(round, answer->powers) ? GW_EXCHANGE_VERDICT_ACCEPTED
                                               : GW_EXCHANGE_VERDICT_IMPLAUSIBLE;
}
