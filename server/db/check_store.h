/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of checks of trades, bids and schedules, of what they hold in an interval, and of what they
 * cut. Rows live in the arena. Who may hold what is server/flow/check.h's, under its lock.
 */
#pragma once

#include "grid/period.h"
#include "oracle/word.h"
#include "server/db/pool.h"

typedef struct gw_check_row {
    gw_uuid check_id;
    gw_text network_id;
    int64_t version;
    gw_word network_hash;
    gw_period interval;
    gw_text mode; /* "dry_run", "reserve" */
    gw_text policy;
    gw_text party; /* who asked; empty: the operator */
    gw_text token_id;
    gw_word request_hash;
    gw_text quantiles; /* "p5 p50 p95" */
    int64_t margin_ppm;
    gw_text verdict;
    gw_instant hold_until;
    gw_instant released_at; /* us 0: not */
    gw_instant cleared_at;  /* when enough nodes had signed in time; us 0: not */
    gw_text forecast_id;    /* empty: none */
    gw_instant newest_at;   /* us 0: none */
    int64_t missing_count;
    int64_t rounds;
    int64_t iterations;
    int64_t residual_ppb;
    int64_t loss_before_w;
    int64_t loss_after_w;
    gw_text limits; /* JSON list */
    gw_word digest; /* what the nodes are asked to sign; zero: nothing */
    gw_instant created_at;
} gw_check_row;

/* Where an item of a check is: the schedule that a side is within. */
typedef struct gw_check_place {
    gw_uuid check_id;
    gw_text item_id; /* empty: none */
} gw_check_place;

typedef struct gw_check_item_row {
    gw_text item_id;
    int64_t seq;
    gw_text kind;
    gw_text effect;       /* as counted */
    gw_text claimed;      /* as the caller called it */
    gw_text note;         /* why they differ */
    gw_text seller_point; /* empty: outside */
    gw_text buyer_point;
    gw_text seller_party; /* empty: nobody known */
    gw_text buyer_party;
    gw_check_place seller_schedule;
    gw_check_place buyer_schedule;
    gw_power requested;
    gw_power accepted;
    gw_price price;
    gw_instant accepted_at;
    int64_t loss_factor_ppm;
    int64_t loss_share_ppm;
    gw_text distance;
    gw_money fee_loss;
    gw_money fee_shadow;
    gw_money fee_distance;
    gw_money network_fee;
    gw_text reasons; /* JSON list */
} gw_check_item_row;

typedef struct gw_check_items {
    gw_check_item_row *items;
    int count;
} gw_check_items;

typedef struct gw_check_list {
    gw_check_row *items;
    int count;
} gw_check_list;

GW_MUST_CHECK gw_status gw_check_insert(gw_db *tx, gw_arena *arena, const gw_check_row *row,
                                        gw_fault *reterr);
GW_MUST_CHECK gw_status gw_check_item_insert(gw_db *tx, gw_arena *arena, gw_uuid check_id,
                                             const gw_check_item_row *row, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_check_load(gw_db *db, gw_arena *arena, gw_uuid check_id,
                                      gw_check_row *ret, gw_fault *reterr);
/* GW_CODE_NOT_FOUND: the same call was not made before. */
GW_MUST_CHECK gw_status gw_check_load_same(gw_db *db, gw_arena *arena, const gw_word *request_hash,
                                           gw_check_row *ret, gw_fault *reterr);

typedef struct gw_check_filter {
    const gw_uuid *after; /* NULL: from the newest on */
    gw_text party;        /* empty: all */
    gw_text network_id;   /* empty: all */
    int64_t limit;
} gw_check_filter;
GW_MUST_CHECK gw_status gw_check_load_list(gw_db *db, gw_arena *arena,
                                           const gw_check_filter *filter, gw_check_list *ret,
                                           gw_fault *reterr);
/* party empty: all items; else those in which it is one side. */
GW_MUST_CHECK gw_status gw_check_load_items(gw_db *db, gw_arena *arena, gw_uuid check_id,
                                            gw_text party, gw_check_items *ret, gw_fault *reterr);

/* An interval of a network at an instant: what does not hold any more by then is left out. */
typedef struct gw_check_when {
    gw_text network_id;
    gw_instant starts_at;
    gw_instant now;
    gw_text party;
} gw_check_when;

typedef struct gw_check_held {
    gw_text seller_point; /* empty: outside */
    gw_text buyer_point;
    gw_power accepted;
} gw_check_held;

typedef struct gw_check_held_list {
    gw_check_held *items;
    int count;
} gw_check_held_list;

GW_MUST_CHECK gw_status gw_check_load_held(gw_db *tx, gw_arena *arena, const gw_check_when *when,
                                           gw_check_held_list *ret, gw_fault *reterr);

typedef struct gw_check_total {
    int64_t checks;
    gw_power accepted;
} gw_check_total;
/* What `when->party` asked for and holds. */
GW_MUST_CHECK gw_status gw_check_load_total(gw_db *tx, gw_arena *arena, const gw_check_when *when,
                                            gw_check_total *ret, gw_fault *reterr);

/* GW_CODE_WRONG_STATE: it holds nothing, was given back before, was signed, or has begun. */
GW_MUST_CHECK gw_status gw_check_save_release(gw_db *tx, gw_arena *arena, gw_uuid check_id,
                                              gw_instant now, gw_fault *reterr);
/* A schedule that an item says it is within. */
typedef struct gw_check_schedule {
    gw_text network_id;
    gw_period interval;
    gw_instant cleared_at; /* us 0: not signed */
    gw_word digest;
    gw_text kind;
    gw_text seller_point;
    gw_text buyer_point;
    gw_text seller_party;
    gw_text buyer_party;
    gw_power accepted;
    gw_power used; /* by living checks */
} gw_check_schedule;
GW_MUST_CHECK gw_status gw_check_load_schedule(gw_db *tx, gw_arena *arena,
                                               const gw_check_place *place, gw_instant now,
                                               gw_check_schedule *ret, gw_fault *reterr);
