/* SPDX-License-Identifier: Apache-2.0
 *
 * Token buckets for the rate limit: one per caller (token id or address), in a fixed table. When
 * the table is full the bucket that has been full longest makes room, which can only be kind to
 * its owner. Thread-safe.
 */
#pragma once

#include "base/status.h"
#include "base/text.h"

typedef struct gw_buckets gw_buckets;

GW_MUST_CHECK gw_status gw_buckets_open(int rate_per_s, int burst, gw_buckets **ret,
                                        gw_fault *reterr);
void gw_buckets_close(gw_buckets *buckets); /* NULL is fine */

/* Takes one; GW_CODE_RATE_LIMITED when the caller has none left. tick_us: monotonic. */
GW_MUST_CHECK gw_status gw_buckets_take(gw_buckets *buckets, gw_text caller, int64_t tick_us,
                                        gw_fault *reterr);
