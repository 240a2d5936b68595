/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings, our own outages and weather as rules and integrators ask for them:
 * sql/queries/reading_store.sql. Results live in the arena. The window is half-open.
 */
#pragma once

#include "grid/period.h"
#include "grid/reading.h"
#include "server/db/pool.h"
#include "server/feed/open_meteo.h"

/* ---- readings */

typedef struct gw_reading_window {
    const gw_text *meters;
    size_t meter_count;
    gw_channel channel;
    gw_period period; /* of the interval starts */
} gw_reading_window;

typedef struct gw_reading_list {
    gw_reading *items; /* ascending by meter, start; the current version of each */
    size_t count;
    uint64_t newest; /* highest journal record among them; 0 when there is none */
} gw_reading_list;
GW_MUST_CHECK gw_status gw_readings_load(gw_db *db, gw_arena *arena,
                                         const gw_reading_window *window, gw_reading_list *ret,
                                         gw_fault *reterr);

/* True when a reading of the window came in after journal record `after`: the inputs of a
 * settlement that had read up to there have changed. ret_changed lists those versions (both
 * channels). */
GW_MUST_CHECK gw_status gw_readings_changed(gw_db *db, gw_arena *arena,
                                            const gw_reading_window *window, uint64_t after,
                                            gw_reading_list *ret_changed, gw_fault *reterr);

/* ---- our own outages */

typedef struct gw_outage_list {
    gw_period *items; /* ascending; one that lasts ends with the window */
    size_t count;
} gw_outage_list;
GW_MUST_CHECK gw_status gw_outages_load(gw_db *db, gw_arena *arena, gw_period window,
                                        gw_outage_list *ret, gw_fault *reterr);

/* ---- weather */

enum { GW_WEATHER_HASH_SIZE = 32 };

typedef struct gw_weather_save {
    gw_text source;
    gw_weather_values values;
    gw_instant issued_at;
    gw_instant received_at;
    uint8_t raw_hash[GW_WEATHER_HASH_SIZE]; /* SHA-256 of the answer */
} gw_weather_save;
GW_MUST_CHECK gw_status gw_weather_save_values(gw_db *db, gw_arena *arena,
                                               const gw_weather_save *saved, gw_fault *reterr);

typedef struct gw_weather_failure {
    gw_text source;
    gw_instant failed_at;
    gw_text detail;
} gw_weather_failure;
GW_MUST_CHECK gw_status gw_weather_save_failure(gw_db *db, gw_arena *arena,
                                                const gw_weather_failure *failure,
                                                gw_fault *reterr);

typedef struct gw_weather_said {
    gw_instant valid_at;
    gw_text source;
    int64_t amount;
    gw_instant issued_at;
    gw_instant received_at;
} gw_weather_said;
typedef struct gw_weather_list {
    gw_weather_said *items; /* ascending by valid_at, source */
    size_t count;
} gw_weather_list;
/* What each source had last said by known_at. variable as in feed/open_meteo.c. */
typedef struct gw_weather_question {
    gw_text variable;
    gw_period period;
    gw_instant known_at;
} gw_weather_question;
GW_MUST_CHECK gw_status gw_weather_load(gw_db *db, gw_arena *arena,
                                        const gw_weather_question *question, gw_weather_list *ret,
                                        gw_fault *reterr);

/* Mean over the window of the per-hour median of the sources, floored; has is false when no source
 * said anything. Of two sources the median is their mean. */
typedef struct gw_weather_mean {
    gw_temperature temperature;
    bool has;
} gw_weather_mean;
gw_weather_mean gw_weather_mean_of(const gw_weather_list *list);
