/* SPDX-License-Identifier: Apache-2.0
 *
 * The load of one simulated household, minute by minute, in whole watts: base load plus one
 * flexible appliance. A pure function of the plan, the minute and the set-point, so that the same
 * plan gives the same meter readings on every machine. It is a simulation: nothing that pays or
 * signs includes this file.
 *
 * Shapes: base load has a morning and an evening peak (profile below), scaled per house by 70 to
 * 140 %, with 20 % noise per half hour; a heat pump draws 140 W per kelvin below 17 degrees C up to
 * its rating; an EV arrives between 17:00 and 18:30 local time on two days of three and charges two
 * to four hours; PV follows a parabola from 08:30 to 16:30; a battery discharges from 18:00 to
 * 21:00 and charges from 01:00 to 04:00.
 */
#pragma once

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum gw_house_kind {
    GW_HOUSE_PLAIN,
    GW_HOUSE_HEAT_PUMP,
    GW_HOUSE_EV_CHARGER,
    GW_HOUSE_PV,
    GW_HOUSE_BATTERY,
    GW_HOUSE_KIND_COUNT
} gw_house_kind;

typedef struct gw_house {
    gw_house_kind kind;
    uint64_t seed;
    int64_t rating_w;      /* of the flexible appliance */
    int32_t zone_offset_s; /* local clock of its habits */
} gw_house;

/* What a set-point does to the appliance; active false means free running. */
typedef struct gw_house_limit {
    bool active;
    int64_t limit_w; /* the appliance draws no more than this, within its imperfection */
} gw_house_limit;

/* Net power at the meter during the minute that starts at `minute`; negative is export. */
int64_t gw_house_power_w(const gw_house *house, gw_instant minute, int32_t outdoor_millic,
                         gw_house_limit limit);

/* The appliance's share alone, without a limit: what an aggregator could switch off. */
int64_t gw_house_flexible_w(const gw_house *house, gw_instant minute, int32_t outdoor_millic);

/* Minutes between a set-point's effective time and obedience (0 to 2), fixed per device. */
int gw_house_delay_min(const gw_house *house);

/* A well-mixed 64-bit value of a seed and a counter. */
uint64_t gw_house_mix(uint64_t seed, uint64_t counter);
