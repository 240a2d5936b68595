/* SPDX-License-Identifier: Apache-2.0
 *
 * Weather answers in the Open-Meteo shape (/v1/forecast, hourly block): columns of equal length,
 * local times without offset plus utc_offset_seconds, nulls where there is no value. Decimals are
 * read from their text, so 5.4 degrees are exactly 5400 thousandths. Which variables are taken and
 * in which unit they must come is the table in open_meteo.c. The answer carries no time of issue;
 * the caller takes the time it was received. Pure apart from the JSON library.
 */
#pragma once

#include "base/arena.h"
#include "base/instant.h"

#include <stdint.h>

enum {
    GW_OPEN_METEO_BYTES_MOST = 1024 * 1024,
    GW_OPEN_METEO_HOURS_MOST = 16 * 24 * 4, /* the longest forecast they sell, in quarter hours */
};

typedef struct gw_weather_value {
    const char *variable; /* "temperature_millic", "irradiance_milliw_m2" */
    gw_instant valid_at;
    int64_t amount; /* in the unit that the variable's name ends with */
} gw_weather_value;

typedef struct gw_weather_values {
    gw_weather_value *items;
    size_t count;
    size_t nulls; /* hours for which the provider has no value */
} gw_weather_values;

/* MALFORMED: no JSON, or an error answer of the provider; UNSUPPORTED: another unit;
 * INVALID: columns of different length, no temperature, a value that cannot be. */
GW_MUST_CHECK gw_status gw_open_meteo_parse(gw_arena *arena, gw_bytes json, gw_weather_values *ret,
                                            gw_fault *reterr);
