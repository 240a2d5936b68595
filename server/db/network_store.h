/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of networks: documents, versions, points and segments. Rows live in the arena. Appended
 * only; who may append what is server/flow/network_change.h's. Inserting what is there already is
 * GW_CODE_CONFLICT: two changed the network at once.
 */
#pragma once

#include "grid/period.h"
#include "oracle/word.h"
#include "server/db/pool.h"

enum { GW_NETWORK_NEWEST = INT32_MAX /* in place of a version */ };

typedef struct gw_network_version_row {
    gw_text network_id;
    int64_t version;
    int64_t revision;
    gw_text overlay;
    gw_word hash;
    gw_text cause; /* DOCUMENT, SWITCHES, POINT */
    gw_text token_id;
    gw_instant recorded_at;
} gw_network_version_row;

/* A document; the bytes are read by gw_network_load_document only. */
typedef struct gw_network_row {
    gw_text network_id;
    int64_t revision;
    gw_text name;
    gw_text model;
    gw_text format;
    gw_bytes original;
    gw_word original_hash;
    gw_bytes document;
    gw_word document_hash;
    int64_t node_count;
    int64_t branch_count;
    int64_t transformer_count;
    int64_t point_count;
    gw_text warnings; /* JSON list */
    gw_text token_id;
    gw_instant recorded_at;
    gw_network_version_row at; /* when loaded: the version that was asked for */
} gw_network_row;

typedef struct gw_network_row_list {
    gw_network_row *items;
    int count;
} gw_network_row_list;

typedef struct gw_network_version_list {
    gw_network_version_row *items;
    int count;
} gw_network_version_list;

typedef struct gw_network_point_row {
    gw_text point;
    gw_text meter; /* empty: none */
    gw_text party; /* empty: none */
} gw_network_point_row;

typedef struct gw_network_point_list {
    gw_network_point_row *items;
    int count;
} gw_network_point_list;

typedef struct gw_network_segment_row {
    gw_text segment_id;
    gw_text network_id;
    gw_text element;     /* empty: the whole network */
    gw_text transformer; /* empty: none */
    gw_text head_meter;  /* empty: none */
} gw_network_segment_row;

typedef struct gw_network_segment_list {
    gw_network_segment_row *items;
    int count;
} gw_network_segment_list;

/* Which version of which network; in a list: after which name, or before which version. */
typedef struct gw_network_key {
    gw_text network_id;
    int64_t version;
    int64_t limit;
} gw_network_key;

GW_MUST_CHECK gw_status gw_network_row_insert(gw_db *tx, gw_arena *arena, const gw_network_row *row,
                                              gw_fault *reterr);
GW_MUST_CHECK gw_status gw_network_version_insert(gw_db *tx, gw_arena *arena,
                                                  const gw_network_version_row *row,
                                                  gw_fault *reterr);
/* The newest version up to key->version. */
GW_MUST_CHECK gw_status gw_network_row_load(gw_db *db, gw_arena *arena, const gw_network_key *key,
                                            gw_network_row *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_network_row_load_list(gw_db *db, gw_arena *arena,
                                                 const gw_network_key *after,
                                                 gw_network_row_list *ret, gw_fault *reterr);
/* Newest first. */
GW_MUST_CHECK gw_status gw_network_load_versions(gw_db *db, gw_arena *arena,
                                                 const gw_network_key *before,
                                                 gw_network_version_list *ret, gw_fault *reterr);

typedef enum gw_network_bytes { GW_NETWORK_DOCUMENT, GW_NETWORK_ORIGINAL } gw_network_bytes;
/* version of the key is the revision here. */
GW_MUST_CHECK gw_status gw_network_load_bytes(gw_db *db, const gw_network_key *key,
                                              gw_network_bytes which, gw_arena *arena,
                                              gw_bytes *ret, gw_fault *reterr);

/* With the version that key names; GW_CODE_NOT_FOUND: the register has no such meter or party. */
GW_MUST_CHECK gw_status gw_network_point_insert(gw_db *tx, gw_arena *arena,
                                                const gw_network_key *key,
                                                const gw_network_point_row *row, gw_fault *reterr);
/* Ascending by point, as of key->version. */
GW_MUST_CHECK gw_status gw_network_load_points(gw_db *db, gw_arena *arena,
                                               const gw_network_key *key,
                                               gw_network_point_list *ret, gw_fault *reterr);

/* What is there already stays. */
GW_MUST_CHECK gw_status gw_network_segment_insert(gw_db *tx, gw_arena *arena,
                                                  const gw_network_segment_row *row, gw_instant now,
                                                  gw_fault *reterr);
GW_MUST_CHECK gw_status gw_network_segment_find(gw_db *db, gw_arena *arena, gw_text segment_id,
                                                gw_network_segment_row *ret, gw_fault *reterr);
/* Ascending by id. */
GW_MUST_CHECK gw_status gw_network_load_segments(gw_db *db, gw_arena *arena, gw_text network_id,
                                                 gw_network_segment_list *ret, gw_fault *reterr);

/* What is known about some meters at an instant. */
typedef struct gw_network_meter_row {
    gw_text meter;
    int64_t interval_s;
    gw_instant newest; /* start of the newest measured interval; us 0: none in the time asked for */
} gw_network_meter_row;

typedef struct gw_network_meter_list {
    gw_network_meter_row *items; /* ascending by meter; those not registered are not in it */
    int count;
} gw_network_meter_list;

typedef struct gw_network_meter_question {
    const gw_text *meters;
    size_t meter_count;
    gw_period begun; /* of the newest interval */
} gw_network_meter_question;

GW_MUST_CHECK gw_status gw_network_load_meters(gw_db *db, gw_arena *arena,
                                               const gw_network_meter_question *question,
                                               gw_network_meter_list *ret, gw_fault *reterr);
