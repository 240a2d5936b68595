/* SPDX-License-Identifier: Apache-2.0
 *
 * Timers of DR events and what devices said about taking part. A timer is a row, so a restart finds
 * what is due. Rows live in the arena.
 */
#pragma once

#include "server/db/pool.h"

typedef struct gw_timer_row {
    gw_uuid event_id;
    gw_text kind;
    gw_instant due_at;
    gw_instant fired_at; /* us 0: waits */
    gw_text outcome;
} gw_timer_row;

typedef struct gw_timer_list {
    gw_timer_row *items;
    int count;
} gw_timer_list;

/* Adds a timer; one that is there stays as it is. */
GW_MUST_CHECK gw_status gw_timer_save(gw_db *tx, gw_arena *arena, const gw_timer_row *timer,
                                      gw_fault *reterr);
/* Adds it or arms it again. */
GW_MUST_CHECK gw_status gw_timer_arm(gw_db *tx, gw_arena *arena, const gw_timer_row *timer,
                                     gw_fault *reterr);
/* Waiting timers due at or before now, earliest first. */
GW_MUST_CHECK gw_status gw_timer_load_due(gw_db *db, gw_arena *arena, gw_instant now,
                                          gw_timer_list *ret, gw_fault *reterr);
/* The earliest waiting due time; us 0 when none waits. */
GW_MUST_CHECK gw_status gw_timer_load_next(gw_db *db, gw_arena *arena, gw_instant *ret,
                                           gw_fault *reterr);
/* timer->fired_at and outcome say when and how. */
GW_MUST_CHECK gw_status gw_timer_fire(gw_db *tx, gw_arena *arena, const gw_timer_row *timer,
                                      gw_fault *reterr);
/* Fires all waiting timers of the event without running them. */
GW_MUST_CHECK gw_status gw_timer_drop(gw_db *tx, gw_arena *arena, const gw_timer_row *timer,
                                      gw_fault *reterr);
GW_MUST_CHECK gw_status gw_timer_load_list(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                           gw_timer_list *ret, gw_fault *reterr);

typedef struct gw_opt_row {
    gw_uuid event_id;
    gw_text device;
    gw_text opt; /* IN or OUT */
    gw_instant from;
    gw_instant to;
    gw_instant received_at;
} gw_opt_row;

typedef struct gw_opt_list {
    gw_opt_row *items;
    int count;
} gw_opt_list;

GW_MUST_CHECK gw_status gw_opt_load_list(gw_db *db, gw_arena *arena, gw_uuid event_id,
                                         gw_opt_list *ret, gw_fault *reterr);
