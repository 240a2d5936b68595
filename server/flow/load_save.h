/* SPDX-License-Identifier: Apache-2.0
 *
 * The loader's one transaction: everything that a batch has become, and the cursor. After the
 * commit the table of streams stands where the database stands; after a failure it is untouched.
 */
#pragma once

#include "server/flow/load_batch.h"
#include "server/ingest/streams.h"

typedef struct gw_load_target {
    gw_db *db;
    uint64_t stream;
    gw_streams *streams;
} gw_load_target;

GW_MUST_CHECK gw_status gw_load_save(gw_load_batch *batch, const gw_load_target *target,
                                     gw_fault *reterr);
