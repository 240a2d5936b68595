/* SPDX-License-Identifier: Apache-2.0 */
#include "grid/exchange_round.h"

#include "base/wide.h"

/* The first of those with the largest remainder that are still rounded down. */
static uint32_t find_next(const int64_t *parts, uint32_t count, int64_t divisor,
                          const int64_t *whole) {
    uint32_t best = count;
    int64_t most = -1;
    for (uint32_t i = 0; i < count; i++) {
        const int64_t rest = parts[i] - whole[i] * divisor; /* negative: rounded up already */
        if (rest <= most) continue;
        most = rest;
        best = i;
    }
    return best;
}

uint32_t gw_exchange_round(const int64_t *parts, uint32_t count, int64_t divisor, int64_t *whole) {
    int64_t missing = 0;
    uint32_t raised = 0;
    for (uint32_t i = 0; i < count; i++) {
        whole[i] = (int64_t)gw_wide_floor(parts[i], divisor);
        missing -= whole[i];
    }
    for (; missing > 0 && raised < count; missing--, raised++) {
        const uint32_t next = find_next(parts, count, divisor, whole);
        if (next == count) break;
        whole[next]++;
    }
    return raised;
}
