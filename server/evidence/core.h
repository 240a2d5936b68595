/* SPDX-License-Identifier: Apache-2.0
 *
 * The cores: what a commitment and a settlement are recomputed from, as plain structs and as
 * canonical JSON ("gridwitness-commitment-1", "gridwitness-evidence-1"; docs/EVIDENCE.md explains
 * every field). A core holds the inputs and what was computed from them. Gateway, oracle nodes and
 * tests build, read and check cores with these functions only; the data hash on chain is the Keccak
 * of the bytes of gw_core_write_*.
 *
 * Building fills the results from the inputs and nothing else: no clock, no randomness, no I/O
 * (salts are inputs). Checking = read, forget the results, build, write, compare byte by byte.
 * All results live in the arena, texts point into it. Sorting rules are part of the format: build
 * refuses inputs that are not sorted as the comments say. One thread at a time.
 */
#pragma once

#include "base/arena.h"
#include "base/ident.h"
#include "base/text.h"
#include "dr/baseline.h"
#include "dr/commitment.h"
#include "dr/ledger.h"
#include "dr/method.h"
#include "dr/selection.h"
#include "dr/settlement.h"
#include "grid/calendar.h"
#include "grid/series.h"
#include "oracle/typed_data.h"
#include "oracle/word.h"

#include <stddef.h>
#include <stdint.h>

enum { GW_CORE_MAX_BYTES = 64 * 1024 * 1024 };

/* Which contract and which signers this is meant for. */
typedef struct gw_core_chain {
    int64_t chain_id;
    gw_text ledger; /* contract address, "0x" and 40 lower-case hex digits */
    int64_t signer_set;
    int64_t epoch;
} gw_core_chain;

/* The one format of its kind that this code writes. */
typedef enum gw_core_format { GW_CORE_FORMAT_1 = 0 } gw_core_format;

typedef enum gw_price_rule { GW_PRICE_PAY_AS_BID = 0 } gw_price_rule;

/* The request as it was published. */
typedef struct gw_core_event {
    gw_uuid event_id;
    gw_text transformer;
    gw_instant published_at;
    gw_instant gate_at;
    gw_instant from;
    gw_instant to;
    int64_t interval_s; /* equals the method's */
    gw_power *need;     /* per interval */
    size_t need_count;
    gw_price_rule price_rule;
    gw_price max_price; /* 0 = no limit */
    gw_price shortfall_price;
} gw_core_event;

typedef struct gw_core_rules {
    gw_method method;
    gw_calendar calendar;
    gw_word method_hash;   /* result */
    gw_word calendar_hash; /* result: hash of the calendar object's canonical JSON */
} gw_core_rules;

/* ---- commitment ---- */

/* A bid of the sealed set. */
typedef struct gw_core_bid {
    gw_uuid bid_id;
    gw_text party;
    gw_text payee;
    gw_text group;
    gw_price price;
    int64_t min_activation_pct;
    gw_power *power; /* per interval */
    size_t power_count;
    gw_order_meter *meters; /* the group's, ascending by meter */
    size_t meter_count;
    gw_instant received_at;
    gw_word body_hash; /* Keccak of the raw bytes that came in */
} gw_core_bid;

typedef struct gw_core_award {
    gw_uuid bid_id;
    gw_uuid order_id; /* given by the gateway */
    int64_t activation_pct;
} gw_core_award;

/* A limit of the grid as the selection saw it: gw_selection_limit. */
typedef struct gw_core_demand {
    gw_text id; /* the same limit has one per interval */
    int64_t interval;
    gw_power required;   /* at its reference point; may be negative */
    int64_t *effect_ppm; /* one per bid of the set */
    size_t effect_count;
} gw_core_demand;

/* Zero it, fill the inputs, build. */
typedef struct gw_core_commitment {
    gw_core_format format; /* stays 0 */
    /* inputs */
    gw_text realm;
    gw_core_chain chain;
    int64_t revision; /* 1.. ; a proposal that found no quorum is followed by the next */
    gw_core_event event;
    gw_core_rules rules;
    gw_core_demand *limits;
    size_t limit_count;
    gw_core_bid *bids; /* at most one per group, ascending by (received_at, bid_id); no withdrawn */
    size_t bid_count;
    gw_core_award *awards; /* ascending by order_id; the percents are checked by solving again */
    size_t award_count;
    gw_word *salts; /* one per award, random, secret until the leaf is opened */
    size_t salt_count;
    /* results */
    gw_order *orders; /* ascending by order_id */
    size_t order_count;
    gw_power *shortage; /* per interval, then per limit */
    size_t shortage_count;
    int64_t cost_micros;
    int64_t max_liability_micros;
    gw_word root;
} gw_core_commitment;

/* GW_CODE_MISMATCH when the awards are not what the selection gives. */
GW_MUST_CHECK gw_status gw_core_build_commitment(gw_arena *arena, gw_core_commitment *core,
                                                 gw_fault *reterr);
GW_MUST_CHECK gw_status gw_core_write_commitment(gw_arena *arena, const gw_core_commitment *core,
                                                 gw_bytes *ret, gw_fault *reterr);
/* Strict: an unknown, missing, repeated or ill-typed field is GW_CODE_MALFORMED or GW_CODE_INVALID
 * with the JSON pointer as the fault's subject. Results are read as claimed, not checked. */
GW_MUST_CHECK gw_status gw_core_read_commitment(gw_arena *arena, gw_bytes bytes,
                                                gw_core_commitment *ret, gw_fault *reterr);
/* GW_CODE_MISMATCH with the first differing JSON pointer as subject. `ret` (may be NULL) gets the
 * checked core. */
GW_MUST_CHECK gw_status gw_core_check_commitment(gw_arena *arena, gw_bytes bytes,
                                                 gw_core_commitment *ret, gw_fault *reterr);

/* ---- settlement ---- */

typedef struct gw_core_run {
    gw_uuid settlement_id;
    gw_run_type run_type;
    int64_t revision;    /* of the settlement of this event, 1.. */
    int64_t sequence;    /* of the ledger, 1.. */
    gw_instant as_of;    /* only what was known then is in here */
    gw_instant ended_at; /* end of delivery: event.to, or earlier after a recall or a stop */
} gw_core_run;

/* A reading in the core: [slot, wh, version, boot, seq]; slot of the local day (grid/calendar.h).
 */
typedef struct gw_core_value {
    int64_t slot;
    int64_t wh;
    int64_t version;
    int64_t boot;
    int64_t seq;
} gw_core_value;

typedef struct gw_core_day {
    gw_date day;
    gw_core_value *values; /* ascending by slot */
    size_t value_count;
} gw_core_day;

/* One meter of one order. The gateway hands in `series`; build writes `days` from it: exactly the
 * readings that the baseline looks at. A core that was read has `days`; build takes them when
 * series.count is 0. */
typedef struct gw_core_meter {
    gw_text meter;
    gw_series series;
    gw_core_day *days; /* ascending by day; days without a reading are left out */
    size_t day_count;
    gw_date *event_days; /* days on which it was called, ascending, without repeats */
    size_t event_day_count;
    gw_period *outages; /* our own outages that took its readings, ascending */
    size_t outage_count;
} gw_core_meter;

/* What earlier runs of this event have posted, per order. */
typedef struct gw_core_posted {
    gw_uuid order_id;
    int64_t paid_micros;
    int64_t shortfall_micros;
} gw_core_posted;

typedef struct gw_core_baseline {
    gw_text meter;
    gw_uuid order_id;
    int64_t has_enough_days; /* 0 or 1 */
    gw_date *days;
    size_t day_count;
    gw_excluded_day *excluded;
    size_t excluded_count;
    int64_t *s_event_wh;
    size_t s_event_count;
    int64_t s_window_wh;
    int64_t a_window_wh;
    gw_adjusted adjusted;
    int64_t factor_num;
    int64_t factor_den;
    int64_t *baseline_mwh;
    size_t baseline_count;
    int64_t *actual_wh; /* per interval; -1 = no measured reading */
    size_t actual_count;
} gw_core_baseline;

/* One order in one interval: the object whose hash is a leaf of the evidence tree. */
typedef struct gw_core_line {
    gw_uuid event_id;
    gw_uuid order_id;
    gw_instant start;
    int64_t ordered_wh;
    int64_t missing_meters;
    int64_t missing_wh;
    int64_t outage_wh;
    int64_t delivered_mwh;
    int64_t delivered_wh;
    int64_t price_micros_per_kwh;
    int64_t paid_micros;
    int64_t shortfall_wh;
    int64_t charged_shortfall_wh;
    int64_t shortfall_micros;
} gw_core_line;

typedef struct gw_core_entitlement {
    gw_text payee;
    int64_t previous_micros;
    gw_word previous_salt; /* all zero: the payee was not in the previous tree */
    int64_t carried_before_micros;
    int64_t paid_micros;
    gw_word salt;
    int64_t change_micros;   /* result */
    int64_t lifetime_micros; /* result */
    int64_t carried_micros;  /* result */
} gw_core_entitlement;

/* Zero it, fill the inputs, build. */
typedef struct gw_core_settlement {
    gw_core_format format; /* stays 0 */
    /* inputs */
    gw_text realm;
    gw_core_chain chain;
    gw_core_run run;
    gw_core_event event;
    gw_core_rules rules;
    int64_t commitment_revision;
    gw_word commitment_data_hash; /* Keccak of the commitment core */
    gw_order *orders;             /* exactly as committed, ascending by order_id */
    size_t order_count;
    gw_word *order_salts; /* of the commitment leaves */
    size_t order_salt_count;
    gw_core_meter *meters; /* every meter of every order, ascending by meter */
    size_t meter_count;
    gw_core_posted *posted; /* ascending by order_id; none in the first run */
    size_t posted_count;
    gw_core_entitlement *entitlements; /* all payees of the realm, ascending by payee */
    size_t entitlement_count;
    gw_word *line_salts; /* order_count * intervals */
    size_t line_salt_count;
    /* results */
    gw_core_baseline *baselines; /* ascending by meter */
    size_t baseline_count;
    gw_core_line *lines; /* orders ascending, within an order by interval */
    size_t line_count;
    gw_ledger_entry *ledger;
    size_t ledger_count;
    gw_word commitment_root;
    gw_word evidence_root;
    gw_word entitlement_root;
    gw_word previous_root; /* all zero when there is no previous tree */
    int64_t total_micros;  /* sum of the lifetime entitlements */
} gw_core_settlement;

GW_MUST_CHECK gw_status gw_core_build_settlement(gw_arena *arena, gw_core_settlement *core,
                                                 gw_fault *reterr);
GW_MUST_CHECK gw_status gw_core_write_settlement(gw_arena *arena, const gw_core_settlement *core,
                                                 gw_bytes *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_core_read_settlement(gw_arena *arena, gw_bytes bytes,
                                                gw_core_settlement *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_core_check_settlement(gw_arena *arena, gw_bytes bytes,
                                                 gw_core_settlement *ret, gw_fault *reterr);

/* ---- either ---- */

/* A clearance is server/evidence/clearance.h's. */
typedef enum gw_core_kind {
    GW_CORE_COMMITMENT,
    GW_CORE_SETTLEMENT,
    GW_CORE_CLEARANCE,
    GW_CORE_KIND_COUNT
} gw_core_kind;

/* By its "format", nothing else is checked; GW_CODE_UNSUPPORTED for anything else. */
GW_MUST_CHECK gw_status gw_core_kind_of(gw_bytes bytes, gw_core_kind *ret, gw_fault *reterr);

/* One order or line as canonical JSON: the content of its leaf, and what the API shows. */
GW_MUST_CHECK gw_status gw_core_write_order(gw_arena *arena, const gw_order *order, gw_bytes *ret,
                                            gw_fault *reterr);
GW_MUST_CHECK gw_status gw_core_write_line(gw_arena *arena, const gw_core_line *line, gw_bytes *ret,
                                           gw_fault *reterr);

/* Keccak of a calendar's canonical JSON: what a request freezes, and rules.calendar_hash. */
GW_MUST_CHECK gw_status gw_core_calendar_hash(gw_arena *arena, const gw_calendar *calendar,
                                              gw_word *ret, gw_fault *reterr);

/* What the nodes sign for these bytes: the statement of EIP-712 with the data hash. The core is one
 * that was built or checked. */
gw_commitment gw_core_commitment_statement(const gw_core_commitment *core, gw_bytes bytes);
gw_settlement gw_core_settlement_statement(const gw_core_settlement *core, gw_bytes bytes);
/* The domain of a core's chain. */
GW_MUST_CHECK gw_status gw_core_domain(const gw_core_chain *chain, gw_domain *ret,
                                       gw_fault *reterr);
