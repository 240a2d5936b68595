/* SPDX-License-Identifier: Apache-2.0
 *
 * Trades, bids and schedules against the limits of a network: how much of each may pass, why not
 * the rest, and what it costs the grid. A trade has no physics of its own: what counts is the
 * schedule of every connection point, base + all that is accepted there. So a trade inside one
 * point changes nothing and is never cut, and neither is one that relieves (Ref: Evens 2023 §8).
 * Integers at the border: W, var, mV, mA, VA, ppm, ppb, micros; floating point stays inside.
 * Consumption is positive; a seller injects more, a buyer takes more. The proposer may use fast
 * paths; gw_flow_check_verify may not: scalar, flat start, fixed order. Texts are borrowed, memory
 * comes from the arena. Pure.
 */
#pragma once

#include "grid/flow_curtail.h"
#include "grid/flow_distance.h"
#include "grid/flow_limit.h"
#include "grid/flow_network.h"
#include "grid/quantity.h"

enum {
    GW_FLOW_CHECK_ITEMS_MOST = 10000,
    GW_FLOW_CHECK_BASES_MOST = 64,
    GW_FLOW_CHECK_REASONS_MOST = 4, /* of one item, the largest shares */
    GW_FLOW_CHECK_LIMITS_MOST = 64  /* constraints told: those that bind, then the nearest */
};
static const int64_t GW_FLOW_CHECK_POWER_MOST_W = 1000000000;
/* A side of an item that is not in this network: its other side alone acts. */
#define GW_FLOW_OUTSIDE UINT32_MAX

typedef enum gw_flow_item_kind {
    GW_FLOW_ITEM_TRADE,    /* seller and buyer */
    GW_FLOW_ITEM_BID,      /* one point: less (seller) or more (buyer) than its base */
    GW_FLOW_ITEM_SCHEDULE, /* one point says beforehand what it will do, like a bid */
    GW_FLOW_ITEM_KIND_COUNT
} gw_flow_item_kind;

/* Within the schedule: it only says whose energy it is; the points do what they do anyway. Only
 * what an attested schedule shows may be called so. */
typedef enum gw_flow_item_effect {
    GW_FLOW_ITEM_INCREMENTAL,
    GW_FLOW_ITEM_WITHIN_SCHEDULE,
    GW_FLOW_ITEM_EFFECT_COUNT
} gw_flow_item_effect;

typedef enum gw_flow_check_verdict {
    GW_FLOW_CHECK_OK,         /* everything may pass */
    GW_FLOW_CHECK_CURTAILED,  /* a part may */
    GW_FLOW_CHECK_REJECTED,   /* nothing may */
    GW_FLOW_CHECK_INFEASIBLE, /* the base breaks a limit by itself: only what does not worsen it */
    GW_FLOW_CHECK_STALE,      /* said by the caller: the measurements are too old */
    GW_FLOW_CHECK_VERDICT_COUNT
} gw_flow_check_verdict;

/* Wire names: "trade", "incremental", "ok" ... */
const char *gw_flow_item_kind_name(gw_flow_item_kind kind);
const char *gw_flow_item_effect_name(gw_flow_item_effect effect);
const char *gw_flow_check_verdict_name(gw_flow_check_verdict verdict);

typedef struct gw_flow_item {
    gw_text id;
    gw_flow_item_kind kind;
    gw_flow_item_effect effect;
    uint32_t seller; /* place in net->points, or GW_FLOW_OUTSIDE */
    uint32_t buyer;
    gw_power requested; /* 1 .. GW_FLOW_CHECK_POWER_MOST_W */
    gw_instant accepted_at;
    gw_price price;
    int64_t weight_ppm; /* of a squared watt, for sensitivity_qp; 0 stands for 1000000 */
} gw_flow_item;

/* What every point does without the items: one path or quantile. */
typedef struct gw_flow_injection {
    int64_t p_w;
    int64_t q_var;
} gw_flow_injection;

typedef struct gw_flow_base {
    gw_text id;                      /* "p50" */
    const gw_flow_injection *points; /* net->point_count */
} gw_flow_base;

/* What the grid charges; all zero: nothing. The shadow price is what one kWh more would push out of
 * others' wishes: for min_kw their energy at `curtailed`, for sensitivity_qp at
 * `curtailed_per_kw` for each kW of cut, for economic at their own prices; 0 for the other rules.
 * Ref: Kim & Dvorkin 2020, network usage charges. */
typedef struct gw_flow_tariff {
    gw_price loss; /* of a kWh that the grid loses */
    gw_price curtailed;
    gw_price curtailed_per_kw;
    int64_t shadow_ppm;                        /* how much of the shadow price is charged */
    gw_price distance[GW_FLOW_DISTANCE_COUNT]; /* fixed, by class */
} gw_flow_tariff;

typedef struct gw_flow_check_question {
    const gw_net *net; /* has passed gw_net_validate; switches as they stand */
    const gw_flow_base *bases;
    size_t base_count; /* 1 .. GW_FLOW_CHECK_BASES_MOST; the middle one gives losses */
    const gw_flow_item *items;
    size_t item_count;
    gw_flow_rule rule;
    unsigned limit_kinds; /* bits 1 << gw_flow_limit_kind; 0: all but the rise */
    int64_t margin_ppm;   /* of nominal voltage or rated current, kept free before every limit */
    gw_span duration;     /* of the interval */
    gw_flow_tariff tariff;
} gw_flow_check_question;

typedef struct gw_flow_check_reason {
    uint32_t limit;           /* place in the result's limits */
    int64_t effect_ppb_per_w; /* of the limit's reference (nominal voltage, rated current ...) */
    int64_t share_ppm;        /* of all cut effect on this limit */
} gw_flow_check_reason;

typedef struct gw_flow_check_item {
    gw_power accepted; /* 0 .. requested, floored to W */
    gw_flow_check_reason reasons[GW_FLOW_CHECK_REASONS_MOST];
    size_t reason_count;
    int64_t loss_factor_ppm; /* marginal: kWh lost more per kWh of this item */
    int64_t loss_share_ppm;  /* average: what is charged */
    gw_flow_distance distance;
    gw_money fee_loss; /* below 0: a credit */
    gw_money fee_shadow;
    gw_money fee_distance;
    gw_money network_fee; /* the sum of the three */
} gw_flow_check_item;

/* A limit as it stood. Values in `unit`: "mV", "mA", "VA", "ppm" (gw_flow_limit_quantity). */
typedef struct gw_flow_check_limit {
    gw_text id;
    gw_text kind; /* wire name: "voltage_high" ... */
    gw_text unit;
    uint32_t element; /* place in the net's array of its kind */
    uint32_t phase;   /* 0, 1, 2; GW_FLOW_PHASE_ALL */
    int64_t limit;
    int64_t before; /* the base */
    int64_t requested;
    int64_t after;
    uint32_t base; /* in which of the bases: the worst for it */
} gw_flow_check_limit;

typedef struct gw_flow_check_result {
    gw_flow_check_verdict verdict;
    gw_flow_check_item *items; /* in the order of the question */
    size_t item_count;
    gw_flow_check_limit *limits;
    size_t limit_count;
    int64_t rounds;        /* of cutting and solving again */
    int64_t iterations;    /* sweeps of the last flow */
    int64_t residual_ppb;  /* largest excess over a limit after the last round; 0: none */
    int64_t loss_before_w; /* of the middle base */
    int64_t loss_after_w;
} gw_flow_check_result;

/* GW_CODE_INVALID with a pointer such as /items/3/buyer_point: an item that cannot be checked.
 * GW_CODE_TOO_LARGE: beyond the limits above. A network that cannot carry its base is a verdict. */
GW_MUST_CHECK gw_status gw_flow_check(gw_arena *arena, const gw_flow_check_question *question,
                                      gw_flow_check_result *ret, gw_fault *reterr);

/* Rating of all closed transformers together, in whole VA; 0: there are none. */
int64_t gw_flow_check_rating_va(const gw_net *net);

/* What a node thinks of accepted amounts that somebody proposes. */
typedef enum gw_flow_check_doubt {
    GW_FLOW_DOUBT_NONE,
    GW_FLOW_DOUBT_AMOUNT, /* below 0 or above what was requested */
    GW_FLOW_DOUBT_LIMIT,  /* a limit is broken, or a broken one is worsened */
    GW_FLOW_DOUBT_CUT,    /* an item was cut although all of it would break nothing */
    GW_FLOW_DOUBT_COUNT
} gw_flow_check_doubt;
const char *gw_flow_check_doubt_name(gw_flow_check_doubt doubt);

typedef struct gw_flow_check_finding {
    gw_flow_check_doubt doubt;
    size_t item;       /* for AMOUNT and CUT */
    gw_text limit;     /* id, for LIMIT */
    int64_t worst_ppm; /* the nearest limit: 1000000 is at the limit */
} gw_flow_check_finding;

/* The node's side: its own flow of base + accepted_w[item_count] in every base, scalar, from a flat
 * start, with the margin of the question, which must be smaller than the proposer's. An item counts
 * as rightly cut when all of it would come within tolerance_ppm of a limit. */
GW_MUST_CHECK gw_status gw_flow_check_verify(gw_arena *arena,
                                             const gw_flow_check_question *question,
                                             const int64_t *accepted_w, int64_t tolerance_ppm,
                                             gw_flow_check_finding *ret, gw_fault *reterr);
