/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of studies and of traffic lights. Rows live in the arena. A light's transitions are
 * appended; the highest number of an interval and phase stands.
 */
#pragma once

#include "grid/period.h"
#include "server/db/pool.h"

typedef struct gw_study_row {
    gw_uuid study_id;
    gw_text network_id;
    int64_t version;
    gw_text forecast_id; /* empty: none */
    gw_instant made_at;
    gw_period period;
    int64_t interval_s;
    int64_t path_count;
    int64_t missing_points;
    int64_t collapsed_paths;
} gw_study_row;

typedef struct gw_light_row {
    gw_instant start;
    int64_t phase; /* 0, 1, 2: A, B, C; 3: all together */
    int64_t number;
    gw_text light; /* GREEN, YELLOW, RED */
    int64_t middle_ppm;
    int64_t upper_ppm;
    gw_text reasons; /* JSON list */
    /* when loaded */
    gw_uuid study_id;
    gw_text forecast_id;
    gw_instant made_at;
    int64_t interval_s;
} gw_light_row;

typedef struct gw_light_list {
    gw_light_row *items; /* ascending by start, phase */
    size_t count;
} gw_light_list;

typedef struct gw_text_list {
    gw_text *items;
    size_t count;
} gw_text_list;

/* Networks without a study since. */
GW_MUST_CHECK gw_status gw_study_load_due(gw_db *db, gw_arena *arena, gw_instant before,
                                          gw_text_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_study_insert(gw_db *tx, gw_arena *arena, const gw_study_row *row,
                                        gw_fault *reterr);

/* As they stand. */
GW_MUST_CHECK gw_status gw_light_load(gw_db *db, gw_arena *arena, gw_text segment_id,
                                      gw_period period, gw_light_list *ret, gw_fault *reterr);
GW_MUST_CHECK gw_status gw_light_insert(gw_db *tx, gw_arena *arena, gw_text segment_id,
                                        gw_uuid study_id, const gw_light_list *rows,
                                        gw_fault *reterr);

/* Whether the party has a point in the network now. */
GW_MUST_CHECK gw_status gw_network_party_sees(gw_db *db, gw_arena *arena, gw_text network_id,
                                              gw_text party, bool *ret, gw_fault *reterr);

/* Turn-down that approved groups can give at some meters. */
typedef struct gw_flexibility_row {
    gw_text meter;
    gw_power qualified;
} gw_flexibility_row;

typedef struct gw_flexibility_list {
    gw_flexibility_row *items;
    size_t count;
} gw_flexibility_list;

typedef struct gw_flexibility_question {
    const gw_text *meters;
    size_t meter_count;
    gw_instant at;
} gw_flexibility_question;

GW_MUST_CHECK gw_status gw_flexibility_load(gw_db *db, gw_arena *arena,
                                            const gw_flexibility_question *question,
                                            gw_flexibility_list *ret, gw_fault *reterr);

/* The steerable device behind some meters that gives the most back of what it shifts. */
typedef struct gw_flexible_device_row {
    gw_text meter;
    gw_text kind; /* CHARGER, BATTERY, HEAT_PUMP, PV */
} gw_flexible_device_row;

typedef struct gw_flexible_device_list {
    gw_flexible_device_row *items;
    size_t count;
} gw_flexible_device_list;

GW_MUST_CHECK gw_status gw_flexible_devices_load(gw_db *db, gw_arena *arena, const gw_text *meters,
                                                 size_t meter_count, gw_flexible_device_list *ret,
                                                 gw_fault *reterr);
