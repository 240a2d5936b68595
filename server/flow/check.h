/* SPDX-License-Identifier: Apache-2.0
 *
 * Use case: trades, bids and schedules of one interval are checked against a network, and what is
 * accepted may be held. Checks of one interval of a network come one after the other (advisory
 * lock, to the end of the transaction), so the same room is never given twice; what others hold is
 * part of the base. A hold ends by time, by release, or becomes final when enough nodes have signed
 * the clearance in time: then it stands to the end of the interval.
 *
 * "Within the schedule" is believed only against an earlier schedule of the same side, interval and
 * party that nodes have signed, digest given and equal; otherwise the trade counts as incremental
 * and the answer says why. Ref: Evens 2023 §8.
 */
#pragma once

#include "grid/flow_check.h"
#include "server/db/check_store.h"
#include "server/db/curtailment_store.h"
#include "server/flow/flow.h"
#include "server/http/json.h"

enum {
    GW_CHECK_ITEMS_MOST = 1000,
    GW_CHECK_QUANTILES = 3,   /* P5, P50, P95 */
    GW_CHECK_POINT_MOST = 128 /* characters of a point's id */
};

typedef enum gw_check_mode { GW_CHECK_DRY_RUN, GW_CHECK_RESERVE } gw_check_mode;

/* One side of an item. */
typedef struct gw_check_side {
    gw_text point;           /* empty: outside of this network */
    gw_check_place schedule; /* item_id empty: none was named */
    gw_word digest;          /* of that schedule's check */
} gw_check_side;

typedef struct gw_check_want {
    gw_text id;
    gw_flow_item_kind kind;
    gw_flow_item_effect effect; /* as the caller calls it */
    gw_check_side seller;
    gw_check_side buyer;
    gw_power requested;
    gw_price price;
    gw_instant accepted_at; /* us 0: now */
} gw_check_want;

/* What the operator has set. */
typedef struct gw_check_terms {
    int64_t stale_s;    /* 0: whatever the age */
    int64_t margin_ppm; /* larger than the nodes' */
    int64_t hold_s;
    int64_t open_most; /* checks of one party that hold something in one interval */
    int64_t share_pct; /* of the transformers' rating that one party may hold; 0: no limit */
    int64_t fair_days; /* how far back cuts count for equalising weights */
    gw_flow_tariff tariff;
} gw_check_terms;

struct gw_config;
gw_check_terms gw_check_terms_read(const struct gw_config *config);

typedef enum gw_check_fairness { GW_CHECK_PLAIN, GW_CHECK_EQUALISED } gw_check_fairness;

typedef struct gw_check_wish {
    gw_text network_id;
    gw_period interval; /* one of the meters' intervals */
    gw_check_mode mode;
    gw_flow_rule rule;
    unsigned quantiles; /* bits 1 << 0, 1, 2: P5, P50, P95 */
    gw_check_fairness fairness;
    const gw_check_want *items;
    size_t item_count;
    gw_text party; /* empty: the operator */
    gw_text token_id;
    gw_text key;  /* Idempotency-Key */
    gw_bytes raw; /* the body as received */
    const gw_check_terms *terms;
} gw_check_wish;

typedef struct gw_check {
    gw_check_row row;
    gw_check_items items;
} gw_check;

/* GW_CODE_NOT_FOUND (network, or a point: /items/<i>/seller_point), GW_CODE_NOT_ENERGISED,
 * GW_CODE_NO_FORECAST, GW_CODE_STALE_MEASUREMENT, GW_CODE_FORBIDDEN (neither side is the party's),
 * GW_CODE_INVALID, GW_CODE_WRONG_STATE (a reserving check of an interval that has begun),
 * GW_CODE_RATE_LIMITED (the party holds too much). An infeasible base is a verdict. */
GW_MUST_CHECK gw_status gw_check_make(const gw_flow *flow, gw_arena *arena,
                                      const gw_check_wish *wish, gw_instant now, gw_check *ret,
                                      gw_fault *reterr);

typedef struct gw_check_call {
    gw_uuid check_id;
    gw_text party; /* empty: the operator; else only what it asked for itself */
    gw_instant now;
} gw_check_call;
/* Gives back what a check holds. */
GW_MUST_CHECK gw_status gw_check_release(const gw_flow *flow, gw_arena *arena,
                                         const gw_check_call *call, gw_check *ret,
                                         gw_fault *reterr);
/* party empty: all items; else its own. GW_CODE_NOT_FOUND when it has none and did not ask. */
GW_MUST_CHECK gw_status gw_check_open(gw_db *db, gw_arena *arena, const gw_check_call *call,
                                      gw_check *ret, gw_fault *reterr);

/* "held", "cleared", "released", "expired" or "dry_run". */
const char *gw_check_state(const gw_check_row *row, gw_instant now);

void gw_check_view(gw_json *json, const char *key, const gw_check_row *row, gw_instant now);
void gw_check_item_view(gw_json *json, const char *key, const gw_check_item_row *item);
void gw_curtailment_view(gw_json *json, const char *key, const gw_curtailment_row *row);
