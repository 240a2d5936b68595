/* SPDX-License-Identifier: Apache-2.0
 *
 * Taking data in, as parts of `gridwitness serve`: the journal, the loader with the receipts, and
 * the subscription to the devices. What others need of it is here.
 */
#pragma once

#include "base/status.h"
#include "server/app.h"
#include "server/journal/journal.h"

#include <stdint.h>

/* Waits until everything that is in the journal now is durable and in PostgreSQL. TIMED_OUT. */
GW_MUST_CHECK gw_status gw_ingest_drain(gw_app *app, int timeout_ms, gw_fault *reterr);

/* Last journal record that is in PostgreSQL. Any thread. */
uint64_t gw_ingest_watermark(const gw_app *app);

/* Appends a record of the server itself and wakes the loader once it is durable. */
GW_MUST_CHECK gw_status gw_ingest_append(gw_app *app, const gw_record *record, uint64_t *ret_lsn,
                                         gw_fault *reterr);
