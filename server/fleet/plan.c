/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/plan.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES_MOST = 2000, HOURS_MOST = 24 * 800 };

static const char *const kind_names[GW_HOUSE_KIND_COUNT] = {"household", "heat_pump", "ev_charger",
                                                            "pv", "battery"};
static const char *const behaviour_names[GW_BEHAVIOUR_COUNT] = {"normal", "opt_out", "offline",
                                                                "garbage"};

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

static gw_status fault_at(const char *field, const char *what, gw_fault *reterr) {
    return gw_hint(reterr, gw_fail_with(reterr, GW_CODE_INVALID, field, "%s", what),
                   "Mend this field of the fleet plan.");
}

static gw_status get_text(gw_arena *arena, const json_t *object, const char *field,
                          const char **ret, gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(object, field));
    if (value == NULL) return fault_at(field, "a text is missing", reterr);
    return gw_text_to_c(arena, gw_text_from_c(value), ret, reterr);
}

static gw_status get_number(const json_t *object, const char *field, int64_t *ret,
                            gw_fault *reterr) {
    const json_t *value = json_object_get(object, field);
    if (!json_is_integer(value)) return fault_at(field, "an integer is missing", reterr);
    *ret = json_integer_value(value);
    return gw_ok();
}

static gw_status get_instant(const json_t *object, const char *field, gw_instant *ret,
                             gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(object, field));
    if (value == NULL) return fault_at(field, "a time is missing", reterr);
    return gw_instant_parse(gw_text_from_c(value), ret, reterr);
}

/* Position of the object's text in names. */
static gw_status get_choice(const json_t *object, const char *field, const char *const *names,
                            int count, int *ret, gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(object, field));
    for (int at = 0; value != NULL && at < count; at++) {
        if (strcmp(names[at], value) == 0) {
            *ret = at;
            return gw_ok();
        }
    }
    return fault_at(field, "one of the known words is missing", reterr);
}

static gw_status get_device(gw_arena *arena, const json_t *object, gw_fleet_device *ret,
                            gw_fault *reterr) {
    int kind = 0;
    int behaviour = 0;
    int64_t seed = 0;
    int64_t offset_s = 0;
    GW_TRY(get_text(arena, object, "id", &ret->id, reterr));
    GW_TRY(get_text(arena, object, "meter", &ret->meter, reterr));
    GW_TRY(get_text(arena, object, "aggregator", &ret->aggregator, reterr));
    GW_TRY(get_choice(object, "kind", kind_names, GW_HOUSE_KIND_COUNT, &kind, reterr));
    GW_TRY(
        get_choice(object, "behaviour", behaviour_names, GW_BEHAVIOUR_COUNT, &behaviour, reterr));
    GW_TRY(get_number(object, "seed", &seed, reterr));
    GW_TRY(get_number(object, "rating_w", &ret->house.rating_w, reterr));
    GW_TRY(get_number(object, "zone_offset_s", &offset_s, reterr));
    ret->house.kind = (gw_house_kind)kind;
    ret->house.seed = (uint64_t)seed;
    ret->house.zone_offset_s = (int32_t)offset_s;
    ret->behaviour = (gw_behaviour)behaviour;
    if (ret->behaviour != GW_BEHAVIOUR_OFFLINE) return gw_ok();
    GW_TRY(get_instant(object, "offline_from", &ret->offline_from, reterr));
    return get_instant(object, "offline_to", &ret->offline_to, reterr);
}

static gw_status get_devices(gw_arena *arena, const json_t *root, gw_fleet_plan *plan,
                             gw_fault *reterr) {
    const json_t *list = json_object_get(root, "devices");
    const size_t count = json_array_size(list);
    if (count < 1 || count > DEVICES_MOST)
        return fault_at("devices", "1 to 2000 are needed", reterr);
    gw_fleet_device *devices = NULL;
    GW_TRY(GW_ARENA_NEW(arena, gw_fleet_device, count, &devices, reterr));
    for (size_t at = 0; at < count; at++)
        GW_TRY(get_device(arena, json_array_get(list, at), &devices[at], reterr));
    plan->devices = devices;
    plan->device_count = count;
    return gw_ok();
}

static gw_status get_temperature(gw_arena *arena, const json_t *root, gw_fleet_plan *plan,
                                 gw_fault *reterr) {
    const json_t *object = json_object_get(root, "temperature");
    const json_t *list = json_object_get(object, "millic");
    const size_t count = json_array_size(list);
    if (count < 1 || count > HOURS_MOST)
        return fault_at("temperature", "values are missing", reterr);
    int32_t *values = NULL;
    GW_TRY(GW_ARENA_NEW(arena, int32_t, count, &values, reterr));
    for (size_t at = 0; at < count; at++)
        values[at] = (int32_t)json_integer_value(json_array_get(list, at));
    GW_TRY(get_instant(object, "from", &plan->temperature_from, reterr));
    GW_TRY(get_number(object, "step_s", &plan->temperature_step_s, reterr));
    if (plan->temperature_step_s < 60) return fault_at("temperature.step_s", "too small", reterr);
    plan->temperature_millic = values;
    plan->temperature_count = count;
    return gw_ok();
}

static gw_status read_plan(gw_arena *arena, const json_t *root, gw_fleet_plan *plan,
                           gw_fault *reterr) {
    GW_TRY(get_text(arena, root, "realm", &plan->realm, reterr));
    GW_TRY(get_text(arena, root, "broker_url", &plan->broker_url, reterr));
    GW_TRY(get_text(arena, root, "keys_dir", &plan->keys_dir, reterr));
    GW_TRY(get_text(arena, root, "conductor_url", &plan->conductor_url, reterr));
    if (json_object_get(root, "replay_file") != NULL)
        GW_TRY(get_text(arena, root, "replay_file", &plan->replay_file, reterr));
    GW_TRY(get_number(root, "interval_s", &plan->interval_s, reterr));
    if (plan->interval_s < 60 || plan->interval_s % 60 != 0)
        return fault_at("interval_s", "whole minutes are needed", reterr);
    GW_TRY(get_instant(root, "history_from", &plan->history_from, reterr));
    GW_TRY(get_temperature(arena, root, plan, reterr));
    return get_devices(arena, root, plan, reterr);
}

gw_status gw_fleet_plan_load(gw_arena *arena, const char *path, gw_fleet_plan *ret,
                             gw_fault *reterr) {
    json_error_t error;
    AUTO_JSON root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
        return gw_fail_with(reterr, GW_CODE_MALFORMED, path, "line %d: %s", error.line, error.text);
    }
    gw_fleet_plan plan = {0};
    GW_TRY(read_plan(arena, root, &plan, reterr));
    *ret = plan;
    return gw_ok();
}

int32_t gw_fleet_plan_temperature(const gw_fleet_plan *plan, gw_instant at) {
    const int64_t since_s = (at.us - plan->temperature_from.us) / 1000000;
    if (since_s <= 0) return plan->temperature_millic[0];
    const size_t index = (size_t)(since_s / plan->temperature_step_s);
    return plan
        ->temperature_millic[index < plan->temperature_count ? index : plan->temperature_count - 1];
}
