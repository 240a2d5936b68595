/* SPDX-License-Identifier: Apache-2.0 */
#include "server/feed/open_meteo.h"

#include "base/decimal.h"
#include "server/feed/slice.h"
#include "server/feed/strict.h"

#include <string.h>

typedef struct variable_facts {
    const char *key;  /* theirs */
    const char *unit; /* theirs, must be this one */
    const char *name; /* ours */
    int places;       /* decimal places of our unit below theirs */
    int64_t least;
    int64_t most;
    bool needed;
} variable_facts;

static const variable_facts variables[] = {
    {"temperature_2m", "°C", "temperature_millic", 3, -90000, 60000, true},
    /* slightly negative at night: their interpolation */
    {"shortwave_radiation", "W/m²", "irradiance_milliw_m2", 3, -50000, 1600000, false},
};
enum { VARIABLES = sizeof variables / sizeof variables[0], OFFSET_MOST_S = 18 * 3600 };

typedef struct answer {
    gw_text hourly;
    gw_text units;
    int64_t offset_s;
    gw_instant *times;
    size_t count;
} answer;

static gw_status refuse(gw_code code, const char *subject, gw_text seen, gw_fault *reterr) {
    return gw_fail_with(reterr, code, subject, "\"%.*s\" is not what an Open-Meteo answer has here",
                        GW_TEXT_ARGS(gw_text_part(seen, 0, 60)));
}

/* Whether it is JSON at all is asked of the library; afterwards the text is sliced. */
static gw_status check_document(gw_bytes json, gw_fault *reterr) {
    GW_AUTO_JSON document = NULL;
    GW_TRY(gw_strict_document(json, GW_OPEN_METEO_BYTES_MOST, &document, reterr));
    const char *reason = json_string_value(json_object_get(document, "reason"));
    if (!json_is_true(json_object_get(document, "error"))) return gw_ok();
    return gw_fail_with(reterr, GW_CODE_MALFORMED, "/error", "the provider answers \"%.100s\"",
                        reason == NULL ? "" : reason);
}

static bool unit_is(const answer *from, const char *key, const char *unit) {
    gw_text quoted;
    gw_text text;
    return gw_slice_member(from->units, key, &quoted) && gw_slice_string(quoted, &text) &&
           gw_text_is(text, unit);
}

static gw_status read_frame(gw_text json, answer *ret, gw_fault *reterr) {
    gw_text offset = {"", 0};
    if (!gw_slice_member(json, "hourly", &ret->hourly) ||
        !gw_slice_member(json, "hourly_units", &ret->units))
        return refuse(GW_CODE_INVALID, "/hourly", GW_TEXT(""), reterr);
    if (!gw_slice_member(json, "utc_offset_seconds", &offset) ||
        !gw_is_ok(gw_int64_parse(offset, &ret->offset_s, NULL)) || ret->offset_s < -OFFSET_MOST_S ||
        ret->offset_s > OFFSET_MOST_S)
        return refuse(GW_CODE_INVALID, "/utc_offset_seconds", offset, reterr);
    if (!unit_is(ret, "time", "iso8601"))
        return refuse(GW_CODE_UNSUPPORTED, "/hourly_units/time", ret->units, reterr);
    return gw_ok();
}

/* "2021-11-24T00:00" on the wall at the given offset. */
static bool local_instant(gw_text text, int64_t offset_s, gw_instant *ret) {
    char full[24];
    gw_instant wall;
    if (text.length != 16) return false;
    memcpy(full, text.at, 16);
    memcpy(full + 16, ":00Z", 4);
    if (!gw_is_ok(gw_instant_parse((gw_text){full, 20}, &wall, NULL))) return false;
    *ret = gw_instant_minus(wall, gw_span_seconds(offset_s));
    return gw_instant_is_valid(*ret);
}

static size_t item_count(gw_text array) {
    gw_text item;
    size_t count = 0;
    while (gw_slice_item(&array, &item)) count++;
    return count;
}

static gw_status read_times(gw_arena *arena, answer *ret, gw_fault *reterr) {
    gw_text column = {"", 0};
    gw_text quoted;
    gw_text text = {"", 0};
    if (!gw_slice_member(ret->hourly, "time", &column))
        return refuse(GW_CODE_INVALID, "/hourly/time", column, reterr);
    ret->count = item_count(column);
    if (ret->count == 0 || ret->count > GW_OPEN_METEO_HOURS_MOST) {
        return gw_fail_with(reterr, GW_CODE_INVALID, "/hourly/time", "%zu hours, 1 to %d are taken",
                            ret->count, GW_OPEN_METEO_HOURS_MOST);
    }
    GW_TRY(GW_ARENA_NEW(arena, gw_instant, ret->count, &ret->times, reterr));
    for (size_t at = 0; gw_slice_item(&column, &quoted); at++) {
        if (!gw_slice_string(quoted, &text) || !local_instant(text, ret->offset_s, &ret->times[at]))
            return refuse(GW_CODE_INVALID, "/hourly/time", quoted, reterr);
        if (at > 0 && !gw_instant_before(ret->times[at - 1], ret->times[at]))
            return refuse(GW_CODE_INVALID, "/hourly/time", quoted, reterr);
    }
    return gw_ok();
}

static gw_status read_value(const variable_facts *facts, gw_text text, gw_weather_value *ret,
                            gw_fault *reterr) {
    int64_t amount = 0;
    if (!gw_is_ok(gw_decimal_parse(text, facts->places, &amount, NULL)) || amount < facts->least ||
        amount > facts->most)
        return refuse(GW_CODE_INVALID, facts->key, text, reterr);
    ret->variable = facts->name;
    ret->amount = amount;
    return gw_ok();
}

static gw_status read_column(const answer *from, const variable_facts *facts,
                             gw_weather_values *values, gw_fault *reterr) {
    gw_text column;
    gw_text text;
    if (!gw_slice_member(from->hourly, facts->key, &column)) {
        return facts->needed ? refuse(GW_CODE_INVALID, facts->key, GW_TEXT(""), reterr) : gw_ok();
    }
    if (!unit_is(from, facts->key, facts->unit))
        return refuse(GW_CODE_UNSUPPORTED, facts->key, from->units, reterr);
    if (item_count(column) != from->count) {
        return gw_fail_with(reterr, GW_CODE_INVALID, facts->key, "%zu values for %zu hours",
                            item_count(column), from->count);
    }
    for (size_t at = 0; gw_slice_item(&column, &text); at++) {
        if (gw_text_is(text, "null")) {
            values->nulls++;
            continue;
        }
        gw_weather_value *place = &values->items[values->count];
        GW_TRY(read_value(facts, text, place, reterr));
        place->valid_at = from->times[at];
        values->count++;
    }
    return gw_ok();
}

gw_status gw_open_meteo_parse(gw_arena *arena, gw_bytes json, gw_weather_values *ret,
                              gw_fault *reterr) {
    answer from = {0};
    gw_weather_values values = {0};
    GW_TRY(check_document(json, reterr));
    GW_TRY(read_frame((gw_text){(const char *)json.at, json.length}, &from, reterr));
    GW_TRY(read_times(arena, &from, reterr));
    GW_TRY(GW_ARENA_NEW(arena, gw_weather_value, VARIABLES * from.count, &values.items, reterr));
    for (size_t at = 0; at < VARIABLES; at++)
        GW_TRY(read_column(&from, &variables[at], &values, reterr));
    *ret = values;
    return gw_ok();
}
