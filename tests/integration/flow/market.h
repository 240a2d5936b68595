/* SPDX-License-Identifier: Apache-2.0
 *
 * A small realm on a real database, for tests of the flows: one transformer, two aggregators with
 * three meters each, four oracle nodes with test keys, six weeks of readings, a clock moved by
 * hand, and a chain and broker that only keep count. Everything is the same at every run.
 */
#pragma once

#include "dr/method.h"
#include "server/flow/flow.h"

enum { MARKET_NODES = 4, MARKET_METERS = 6, MARKET_INTERVALS = 4 };

typedef struct market {
    gw_flow flow;
    gw_arena *arena;
    gw_signer *signers[MARKET_NODES];
    gw_money free_escrow;
    int posted;    /* transactions handed to the chain */
    int published; /* messages handed to the broker */
    bool is_chain_away;
    gw_own_event_days own_event_days; /* term of the request that market_publish writes */
    char seed_path[64];
} market;

/* The evening: bids until 15:00, delivery 16:30 to 18:30, data until 19:30, all UTC. */
gw_instant market_at(const char *clock); /* "15:00" of 2026-01-20 */

/* Opens a fresh schema in GW_TEST_PG; NULL when anything fails (said on standard error). */
market *market_open(void);
void market_close(market *self);
/* Empties every table that the flows write. */
void market_reset(market *self);

void market_sql(const char *sql);
/* One number from the database. */
int64_t market_count(const char *sql);

/* Steps of the plain path; each fails the test when it fails. */
gw_uuid market_publish(market *self);
gw_uuid market_bid(market *self, gw_uuid event_id, int group, int64_t price);
void market_run(market *self, const char *clock);
/* Node `index` signs or refuses every proposal that it has not answered. */
void market_vote(market *self, int index, const char *verdict);
void market_deliver(market *self);
/* From publishing to a certified commitment with acknowledged orders. */
gw_uuid market_commit(market *self);
/* Text of one column of the event. */
const char *market_state(market *self, gw_uuid event_id);

gw_status market_try_bid(market *self, gw_uuid event_id, int group, int64_t price, int64_t power_w,
                         gw_fault *reterr);
