/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/bucket.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024, WAYS = 8, US_PER_S = 1000000 };

typedef struct bucket {
    uint64_t caller;    /* hash; 0 = free */
    int64_t full_at_us; /* when it would be full again: one number is the whole state */
} bucket;

struct gw_buckets {
    pthread_mutex_t lock;
    int64_t cost_us; /* refill time of one */
    int64_t room_us; /* refill time of a whole bucket */
    bucket table[BUCKETS];
};

/* Start-up may use the heap. */
gw_status gw_buckets_open(int rate_per_s, int burst, gw_buckets **ret, gw_fault *reterr) {
    gw_buckets *made = calloc(1, sizeof *made);
    if (made == NULL) return gw_fail(reterr, GW_CODE_NO_MEMORY);
    made->cost_us = US_PER_S / rate_per_s;
    made->room_us = made->cost_us * burst;
    if (pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        return gw_fail(reterr, GW_CODE_INTERNAL);
    }
    *ret = made;
    return gw_ok();
}

void gw_buckets_close(gw_buckets *buckets) {
    if (buckets == NULL) return;
    (void)pthread_mutex_destroy(&buckets->lock);
    free(buckets);
}

static uint64_t hash_of(gw_text caller) {
    uint64_t hash = 14695981039346656037U; /* FNV-1a, 64 bits */
    for (size_t at = 0; at < caller.length; at++)
        hash = (hash ^ (unsigned char)caller.at[at]) * 1099511628211U;
    return hash == 0 ? 1 : hash;
}

static bucket *bucket_of(gw_buckets *buckets, uint64_t caller) {
    bucket *set = &buckets->table[caller % (BUCKETS / WAYS) * WAYS];
    bucket *oldest = set;
    for (int way = 0; way < WAYS; way++) {
        if (set[way].caller == caller) return &set[way];
        if (set[way].full_at_us < oldest->full_at_us) oldest = &set[way];
    }
    *oldest = (bucket){.caller = caller};
    return oldest;
}

gw_status gw_buckets_take(gw_buckets *buckets, gw_text caller, int64_t tick_us, gw_fault *reterr) {
    const uint64_t hash = hash_of(caller);
    (void)pthread_mutex_lock(&buckets->lock);
    bucket *own = bucket_of(buckets, hash);
    const int64_t from_us = own->full_at_us > tick_us ? own->full_at_us : tick_us;
    const bool is_allowed = from_us + buckets->cost_us - tick_us <= buckets->room_us;
    if (is_allowed) own->full_at_us = from_us + buckets->cost_us;
    (void)pthread_mutex_unlock(&buckets->lock);
    if (is_allowed) return gw_ok();
    return gw_hint(reterr, gw_fail(reterr, GW_CODE_RATE_LIMITED),
                   "Wait for the time in the Retry-After header and send fewer requests.");
}
