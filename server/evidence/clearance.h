/* SPDX-License-Identifier: Apache-2.0
 *
 * The core of a grid clearance, "gridwitness-clearance-1": one grid check as the nodes judge it
 * (docs/CHECKS.md, section Grid clearance, explains every field). It holds what was asked, on which
 * network and base, and what was accepted; watts, var, Wh and ppm, all integers. What a power flow
 * said (limits) is shown for people and proves nothing: a node runs its own.
 *
 * The network is named by its hash, Keccak(document bytes ‖ overlay), and comes beside the core.
 * Points are places in the document's list of points, GW_CORE_OUTSIDE is a side that is not in this
 * network. Building fills the results and refuses what cannot be: no power flow here, and an
 * accepted amount above the request is left to the judge. Arena and rules as in core.h.
 */
#pragma once

#include "grid/flow_check.h"
#include "oracle/merkle.h"
#include "server/evidence/core.h"

enum { GW_CORE_OUTSIDE = -1 };

typedef struct gw_core_network {
    gw_text id;
    int64_t version;        /* topology version */
    int64_t document_bytes; /* the rest of the bytes behind the hash is the overlay */
    gw_word hash;
} gw_core_network;

/* What every point takes without the items, in one quantile or path. */
typedef struct gw_core_base {
    gw_text id; /* "p50" */
    int64_t *p_w;
    size_t p_count;
    int64_t *q_var;
    size_t q_count;
} gw_core_base;

/* The newest reading of a point's meter that the gateway had: what a node can compare. */
typedef struct gw_core_anchor {
    int64_t point;
    gw_text meter;
    gw_instant start;
    int64_t interval_s;
    int64_t wh;
    int64_t boot;
    int64_t seq;
    int64_t held_w; /* of the base at this point: what earlier checks hold there */
} gw_core_anchor;

/* The item of an earlier clearance that shows one side's schedule; zero and "-" for none. */
typedef struct gw_core_schedule {
    gw_uuid check_id;
    gw_text item_id;
} gw_core_schedule;

typedef struct gw_core_item {
    gw_text id;
    gw_flow_item_kind kind;
    gw_flow_item_effect effect;
    int64_t seller_point;
    int64_t buyer_point;
    gw_text seller; /* address on the chain; all zero: this side is not settled there */
    gw_text buyer;
    gw_power requested;
    gw_power accepted;
    gw_core_schedule seller_schedule; /* within_schedule: of every side in this network */
    gw_core_schedule buyer_schedule;
    gw_word salt;
    gw_word trade_id;    /* result: gw_trade_word() */
    int64_t accepted_wh; /* result: accepted over the interval, floored */
} gw_core_item;

/* A constraint as the proposer saw it. */
typedef struct gw_core_limit {
    gw_text id;
    gw_text unit;
    int64_t limit;
    int64_t before;
    int64_t requested;
    int64_t after;
} gw_core_limit;

/* Zero it, fill the inputs, build. */
typedef struct gw_core_clearance {
    gw_core_format format; /* stays 0 */
    /* inputs */
    gw_text realm;
    gw_core_chain chain;
    gw_uuid check_id;
    gw_instant checked_at;
    gw_instant sign_by;    /* the reservation waits for signatures until shortly after it */
    gw_instant expires_at; /* nobody may open a trade with it afterwards */
    gw_instant from;       /* the interval, whole seconds */
    gw_instant to;
    gw_core_network network;
    gw_text policy;      /* the curtailment rule */
    int64_t margin_ppm;  /* the proposer kept this free */
    int64_t limit_kinds; /* bits 1 << gw_flow_limit_kind that were looked at; 0: the usual */
    gw_flow_check_verdict verdict;
    gw_core_base *bases; /* all of the same length */
    size_t base_count;
    gw_core_anchor *readings; /* ascending by point */
    size_t reading_count;
    gw_core_item *items; /* ascending by id */
    size_t item_count;
    gw_core_limit *limits;
    size_t limit_count;
    /* result */
    gw_word items_root;
} gw_core_clearance;

GW_MUST_CHECK gw_status gw_core_build_clearance(gw_arena *arena, gw_core_clearance *core,
                                                gw_fault *reterr);
GW_MUST_CHECK gw_status gw_core_write_clearance(gw_arena *arena, const gw_core_clearance *core,
                                                gw_bytes *ret, gw_fault *reterr);
/* Strict, as gw_core_read_commitment. */
GW_MUST_CHECK gw_status gw_core_read_clearance(gw_arena *arena, gw_bytes bytes,
                                               gw_core_clearance *ret, gw_fault *reterr);
/* Reads, builds, writes and compares; GW_CODE_MISMATCH names the first difference. */
GW_MUST_CHECK gw_status gw_core_check_clearance(gw_arena *arena, gw_bytes bytes,
                                                gw_core_clearance *ret, gw_fault *reterr);

/* What the nodes sign for these bytes; the core is one that was built or checked. */
gw_clearance gw_core_clearance_statement(const gw_core_clearance *core, gw_bytes bytes);

/* Root path of one item, for whoever opens the trade on the chain. */
GW_MUST_CHECK gw_status gw_core_clearance_prove(gw_arena *arena, const gw_core_clearance *core,
                                                size_t item, gw_merkle_proof *ret,
                                                gw_fault *reterr);

/* The items and bases as the grid's check takes them; net and margin are the caller's. */
GW_MUST_CHECK gw_status gw_core_clearance_question(gw_arena *arena, const gw_core_clearance *core,
                                                   gw_flow_check_question *ret,
                                                   int64_t **ret_accepted_w, gw_fault *reterr);
