/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of settlement runs with their lines, double entry and entitlement tree. Rows live in the
 * arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_settlement_row {
    gw_uuid settlement_id;
    gw_uuid event_id;
    gw_text run_type;       /* PRELIM, INITIAL, FINAL, LATE */
    gw_text own_event_days; /* of the request, EXCLUDED or KEPT; only when loaded */
    int64_t revision;
    int64_t sequence;
    gw_uuid proposal_id;
    gw_instant as_of;
    gw_text state; /* PROPOSED, CERTIFIED, POSTED, SPLIT, FAILED */
    gw_bytes evidence_root;
    gw_bytes entitlement_root;
    gw_bytes previous_root;
    gw_money total;     /* lifetime entitlements of the tree */
    gw_money paid;      /* sum over the lines */
    gw_money shortfall; /* sum over the lines */
    gw_bytes data_hash;
    gw_instant inputs_changed_at; /* us 0: not changed */
    gw_money difference;
    gw_text difference_detail;
    gw_instant created_at;
} gw_settlement_row;

typedef struct gw_settlement_list {
    gw_settlement_row *items;
    int count;
} gw_settlement_list;

typedef struct gw_line_row {
    gw_uuid settlement_id;
    int64_t position;
    gw_uuid order_id;
    gw_text party;
    gw_text group; /* of the order; only when loaded */
    gw_instant start;
    int64_t baseline_mwh;
    gw_energy metered;
    gw_energy ordered;
    int64_t missing_meters;
    gw_energy missing;
    gw_energy outage;
    int64_t delivered_mwh;
    gw_energy delivered;
    gw_energy shortfall;
    gw_energy charged_shortfall;
    gw_price price;
    gw_price shortfall_price;
    gw_money paid;
    gw_money shortfall_charge;
} gw_line_row;

typedef struct gw_line_list {
    gw_line_row *items;
    int count;
} gw_line_list;

typedef struct gw_journal_row {
    gw_uuid settlement_id;
    int64_t position;
    gw_text account;
    gw_uuid order_id;
    gw_text component;
    gw_money amount;
} gw_journal_row;

typedef struct gw_journal_list {
    gw_journal_row *items;
    int count;
} gw_journal_list;

typedef struct gw_entitlement_row {
    gw_uuid settlement_id;
    gw_text payee;
    gw_money previous;
    gw_money change;
    gw_money lifetime;
    gw_money carried;
    gw_bytes salt;
} gw_entitlement_row;

typedef struct gw_entitlement_list {
    gw_entitlement_row *items;
    int count;
} gw_entitlement_list;

/* Everything that one run stores. */
typedef struct gw_settlement_whole {
    gw_settlement_row row;
    gw_line_list lines;
    gw_journal_list journal;
    gw_entitlement_list entitlements;
} gw_settlement_whole;

GW_MUST_CHECK gw_status gw_settlement_save(gw_db *tx, gw_arena *arena,
                                           const gw_settlement_whole *whole, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_settlement_load(gw_db *db, gw_arena *arena, gw_uuid id,
                                           gw_settlement_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_settlement_load_of_proposal(gw_db *db, gw_arena *arena, gw_uuid id,
                                                       gw_settlement_row *ret, gw_fault *reterr);
/* The head of the ledger: highest sequence that lives. count 0 or 1. */
GW_MUST_CHECK gw_status gw_settlement_load_head(gw_db *db, gw_arena *arena, gw_settlement_list *ret,
                                                gw_fault *reterr);
/* The newest living run of the event. count 0 or 1. */
GW_MUST_CHECK gw_status gw_settlement_load_of_event(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                                    gw_settlement_list *ret, gw_fault *reterr);

typedef struct gw_settlement_filter {
    const gw_uuid *event_id; /* NULL: all */
    gw_text state;           /* empty: any */
    const gw_uuid *after;    /* NULL: from the start */
    int64_t limit;
} gw_settlement_filter;
GW_MUST_CHECK gw_status gw_settlement_load_list(gw_db *db, gw_arena *arena,
                                                const gw_settlement_filter *filter,
                                                gw_settlement_list *ret, gw_fault *reterr);

typedef struct gw_line_filter {
    gw_uuid settlement_id;
    gw_text party; /* empty: all */
} gw_line_filter;
GW_MUST_CHECK gw_status gw_settlement_load_lines(gw_db *db, gw_arena *arena,
                                                 const gw_line_filter *filter, gw_line_list *ret,
                                                 gw_fault *reterr);
GW_MUST_CHECK gw_status gw_settlement_load_journal(gw_db *db, gw_arena *arena, gw_uuid id,
                                                   gw_journal_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_settlement_load_entitlements(gw_db *db, gw_arena *arena, gw_uuid id,
                                                        gw_entitlement_list *ret, gw_fault *reterr);
/* paid and shortfall_charge per order of a run, ascending by order. */
GW_MUST_CHECK gw_status gw_settlement_load_totals(gw_db *db, gw_arena *arena, gw_uuid id,
                                                  gw_line_list *ret, gw_fault *reterr);

typedef struct gw_settlement_move {
    gw_uuid settlement_id;
    gw_text from;
    gw_text to;
} gw_settlement_move;
/* Nothing happens when it is not in `from`. */
GW_MUST_CHECK gw_status gw_settlement_save_move(gw_db *tx, gw_arena *arena,
                                                const gw_settlement_move *move, gw_fault *reterr);
/* inputs_changed_at, difference and difference_detail of the row. */
GW_MUST_CHECK gw_status gw_settlement_save_changed(gw_db *tx, gw_arena *arena,
                                                   const gw_settlement_row *row, gw_fault *reterr);
