/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers for property tests: the same ones on every machine (xorshift64*).
 */
#pragma once

#include <stdint.h>

typedef struct seeded {
    uint64_t state; /* not 0 */
} seeded;

static inline uint64_t seeded_next(seeded *random) {
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * UINT64_C(2685821657736338717);
}

/* least <= result <= most */
static inline int64_t seeded_between(seeded *random, int64_t least, int64_t most) {
    const uint64_t width = (uint64_t)(most - least) + 1;
    return least + (int64_t)(seeded_next(random) % width);
}
