/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of readings and of dead letters, as integrators list them. Results live in the arena.
 */
#pragma once

#include "grid/period.h"
#include "grid/reading.h"
#include "server/db/pool.h"

typedef struct gw_reading_page {
    gw_text meter;
    gw_period period;
    gw_instant after_start; /* rows behind this start and channel; us -1: from the beginning */
    gw_channel after_channel;
    int64_t limit;
} gw_reading_page;
typedef struct gw_reading_row {
    gw_reading reading; /* without the meter */
    gw_instant received_at;
} gw_reading_row;
typedef struct gw_reading_rows {
    gw_reading_row *items; /* ascending by start, channel; the current version of each */
    size_t count;
} gw_reading_rows;
GW_MUST_CHECK gw_status gw_readings_page(gw_db *db, gw_arena *arena, const gw_reading_page *page,
                                         gw_reading_rows *ret, gw_fault *reterr);

typedef struct gw_dead_letter_page {
    gw_text device; /* empty: any */
    gw_text code;   /* empty: any */
    int64_t after_lsn;
    int64_t after_part;
    int64_t limit;
} gw_dead_letter_page;
typedef struct gw_dead_letter_row {
    int64_t lsn;
    int64_t part;
    gw_instant received_at;
    gw_text source;
    gw_text topic;
    gw_text device;
    gw_text code;
    gw_text subject;
    gw_text detail;
    gw_bytes raw;
} gw_dead_letter_row;
typedef struct gw_dead_letter_rows {
    gw_dead_letter_row *items; /* ascending by lsn, part */
    size_t count;
} gw_dead_letter_rows;
GW_MUST_CHECK gw_status gw_dead_letters_page(gw_db *db, gw_arena *arena,
                                             const gw_dead_letter_page *page,
                                             gw_dead_letter_rows *ret, gw_fault *reterr);
