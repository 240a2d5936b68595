/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/house.h"

enum {
    HALF_HOURS = 48,
    MINUTES_A_DAY = 1440,
    HEATING_LIMIT_MILLIC = 17000,
    HEAT_PUMP_W_PER_K = 140,
    PV_FROM_MIN = 510, /* 08:30 */
    PV_TO_MIN = 990    /* 16:30 */
};

/* Watts of an average house per local half hour, made up after the usual two-peak shape. */
static const int16_t base_profile_w[HALF_HOURS] = {
    210, 200, 190, 180, 180, 180, 180, 180, 180, 190, 200, 230, 320, 420, 520, 560,
    520, 450, 380, 340, 320, 310, 320, 340, 380, 380, 350, 320, 310, 310, 330, 380,
    460, 580, 720, 840, 900, 900, 860, 820, 760, 700, 640, 560, 460, 380, 300, 240};

/* splitmix64, the usual public-domain mixer. */
uint64_t gw_house_mix(uint64_t seed, uint64_t counter) {
    uint64_t z = seed + (counter + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A value in [low, high]. */
static int64_t pick(uint64_t seed, uint64_t counter, int64_t low, int64_t high) {
    return low + (int64_t)(gw_house_mix(seed, counter) % (uint64_t)(high - low + 1));
}

typedef struct local_time {
    int64_t day;
    int minute; /* of the local day */
} local_time;

static local_time local_of(const gw_house *house, gw_instant at) {
    const int64_t seconds = at.us / 1000000 + house->zone_offset_s;
    return (local_time){seconds / 86400, (int)(seconds % 86400 / 60)};
}

static int64_t base_w(const gw_house *house, local_time when) {
    const int slot = when.minute / 30;
    const int64_t size_pct = pick(house->seed, 1, 70, 140);
    const uint64_t key = (uint64_t)(when.day * HALF_HOURS + slot);
    const int64_t noise_pct = pick(house->seed ^ 0xbeef, key, 80, 120);
    return base_profile_w[slot] * size_pct * noise_pct / 10000;
}

static int64_t heat_pump_w(const gw_house *house, local_time when, int32_t outdoor_millic) {
    const int64_t below = HEATING_LIMIT_MILLIC - outdoor_millic;
    if (below <= 0) return 0;
    const bool night = when.minute < 330 || when.minute >= 1380;
    const int64_t wanted = below * HEAT_PUMP_W_PER_K / 1000 * (night ? 70 : 100) / 100;
    return wanted < house->rating_w ? wanted : house->rating_w;
}

static int64_t ev_w(const gw_house *house, local_time when) {
    const uint64_t day_key = (uint64_t)when.day;
    if (gw_house_mix(house->seed ^ 0xca, day_key) % 3 == 0) return 0;
    const int64_t arrival = pick(house->seed ^ 0xcb, day_key, 1020, 1110);
    const int64_t length = pick(house->seed ^ 0xcc, day_key, 120, 240);
    const bool charging = when.minute >= arrival && when.minute < arrival + length;
    return charging ? house->rating_w : 0;
}

static int64_t pv_w(const gw_house *house, local_time when) {
    if (when.minute < PV_FROM_MIN || when.minute >= PV_TO_MIN) return 0;
    const int64_t up = when.minute - PV_FROM_MIN;
    const int64_t down = PV_TO_MIN - when.minute;
    const int64_t half = (PV_TO_MIN - PV_FROM_MIN) / 2;
    const int64_t sun_pct = pick(house->seed ^ 0x50, (uint64_t)when.day, 25, 90);
    return -(house->rating_w * up * down / (half * half) * sun_pct / 100);
}

static int64_t battery_w(const gw_house *house, local_time when) {
    if (when.minute >= 60 && when.minute < 240) return house->rating_w / 2;
    if (when.minute >= 1080 && when.minute < 1260) return -(house->rating_w / 4);
    return 0;
}

static int64_t appliance_w(const gw_house *house, local_time when, int32_t outdoor_millic) {
    switch (house->kind) {
    case GW_HOUSE_HEAT_PUMP: return heat_pump_w(house, when, outdoor_millic);
    case GW_HOUSE_EV_CHARGER: return ev_w(house, when);
    case GW_HOUSE_PV: return pv_w(house, when);
    case GW_HOUSE_BATTERY: return battery_w(house, when);
    case GW_HOUSE_PLAIN:
    case GW_HOUSE_KIND_COUNT: break;
    }
    return 0;
}

int64_t gw_house_flexible_w(const gw_house *house, gw_instant minute, int32_t outdoor_millic) {
    return appliance_w(house, local_of(house, minute), outdoor_millic);
}

int gw_house_delay_min(const gw_house *house) { return (int)(gw_house_mix(house->seed, 2) % 3); }

/* A set-point is obeyed up to 8 % of the rating too high; a battery discharges at its rating. */
static int64_t limited_w(const gw_house *house, int64_t free_w, int64_t limit_w) {
    const int64_t slack_w = house->rating_w * pick(house->seed, 3, 0, 8) / 100;
    if (house->kind == GW_HOUSE_BATTERY) return limit_w <= 0 ? slack_w - house->rating_w : free_w;
    const int64_t reached_w = limit_w + slack_w;
    return free_w < reached_w ? free_w : reached_w;
}

int64_t gw_house_power_w(const gw_house *house, gw_instant minute, int32_t outdoor_millic,
                         gw_house_limit limit) {
    const local_time when = local_of(house, minute);
    const int64_t free_w = appliance_w(house, when, outdoor_millic);
    const int64_t drawn_w = limit.active ? limited_w(house, free_w, limit.limit_w) : free_w;
    return base_w(house, when) + drawn_w;
}
