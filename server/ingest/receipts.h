/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts tell a device what is durable here, so that it may forget it (down/<device>/rcpt). They
 * follow the journal, not the database: an hour without PostgreSQL delays only the news of
 * rejections. At most one receipt per boot of a device in 200 ms of real time; after a start every
 * known boot gets one, because the last one before may have been lost. Own thread.
 */
#pragma once

#include "server/clock.h"
#include "server/db/pool.h"
#include "server/journal/journal.h"
#include "server/mqtt/client.h"

typedef struct gw_receipts gw_receipts;

enum { GW_RECEIPT_EVERY_MS = 200 };

typedef struct gw_receipts_settings {
    gw_db *db; /* for the start: what was covered before */
    gw_clock *clock;
    gw_journal *journal;
    gw_text realm;
} gw_receipts_settings;

GW_MUST_CHECK gw_status gw_receipts_open(const gw_receipts_settings *settings, gw_receipts **ret,
                                         gw_fault *reterr);
void gw_receipts_close(gw_receipts *receipts); /* NULL is fine */

/* NULL: nobody to publish with for now. Blocks until no receipt is being sent. */
void gw_receipts_set_mqtt(gw_receipts *receipts, gw_mqtt *mqtt);
/* Any thread. */
void gw_receipts_wake(gw_receipts *receipts);
/* The next receipt of the boot carries this rejection. Any thread. */
void gw_receipts_reject(gw_receipts *receipts, gw_text device, int64_t boot, int64_t seq,
                        const gw_fault *fault);
