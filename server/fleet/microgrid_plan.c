/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fleet/microgrid_plan.h"

#include "base/text.h"
#include "base/wide.h"

#include <jansson.h>

enum { MILLI = 1000, SECONDS_PER_HOUR = 3600 };

static void json_drop(json_t **json) { json_decref(*json); }
#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t *

static gw_status get_text(gw_arena *arena, const json_t *object, const char *field,
                          const char **ret, gw_fault *reterr) {
    const char *value = json_string_value(json_object_get(object, field));
    if (value == NULL)
        return gw_fail_with(reterr, GW_CODE_INVALID, field, "the text \"%s\" is missing", field);
    return gw_text_to_c(arena, gw_text_from_c(value), ret, reterr);
}

static gw_status get_number(const json_t *object, const char *field, int64_t *ret,
                            gw_fault *reterr) {
    const json_t *value = json_object_get(object, field);
    if (!json_is_integer(value))
        return gw_fail_with(reterr, GW_CODE_INVALID, field, "the integer \"%s\" is missing", field);
    *ret = json_integer_value(value);
    return gw_ok();
}

static gw_status get_number_or(const json_t *object, const char *field, int64_t otherwise,
                               int64_t *ret, gw_fault *reterr) {
    *ret = otherwise;
    if (json_object_get(object, field) == NULL) return gw_ok();
    return get_number(object, field, ret, reterr);
}

/* Watts of the file become milliwatt. */
static gw_status get_milliwatt(const json_t *object, const char *field, int64_t *ret,
                               gw_fault *reterr) {
    int64_t watts = 0;
    GW_TRY(get_number(object, field, &watts, reterr));
    return gw_wide_to_int64(gw_wide_multiply(watts, MILLI), ret, reterr);
}

static gw_status get_costs(gw_arena *arena, const json_t *list, gw_microgrid_plan *plan,
                           gw_fault *reterr) {
    const size_t count = json_array_size(list);
    gw_exchange_cost *costs = NULL;
    if (count == 0 || count > GW_EXCHANGE_INTERVALS_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, "costs", "there are 1 to %d costs, not %zu",
                            GW_EXCHANGE_INTERVALS_MOST, count);
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_cost, count, &costs, reterr));
    for (size_t at = 0; at < count; at++) {
        const json_t *item = json_array_get(list, at);
        GW_TRY(get_number(item, "slope_nanos_per_kwh", &costs[at].slope, reterr));
        GW_TRY(get_number(item, "curvature_nanos_per_kwh_kw", &costs[at].curvature, reterr));
        GW_TRY(get_milliwatt(item, "least_w", &costs[at].least, reterr));
        GW_TRY(get_milliwatt(item, "most_w", &costs[at].most, reterr));
    }
    plan->costs = costs;
    plan->cost_count = (uint32_t)count;
    return gw_ok();
}

static gw_status get_way(gw_arena *arena, const json_t *root, gw_microgrid_plan *plan,
                         gw_fault *reterr) {
    GW_TRY(get_text(arena, root, "transport", &plan->transport, reterr));
    if (gw_text_is(gw_text_from_c(plan->transport), "rest")) {
        GW_TRY(get_text(arena, root, "gateway_url", &plan->gateway_url, reterr));
        return get_text(arena, root, "token_file", &plan->token_file, reterr);
    }
    if (!gw_text_is(gw_text_from_c(plan->transport), "mqtt"))
        return gw_fail_with(reterr, GW_CODE_INVALID, "transport", "\"%.32s\" is not mqtt or rest",
                            plan->transport);
    GW_TRY(get_text(arena, root, "realm", &plan->realm, reterr));
    GW_TRY(get_text(arena, root, "broker_url", &plan->broker_url, reterr));
    return get_text(arena, root, "keys_dir", &plan->keys_dir, reterr);
}

/* Energy of the plan as a sum of mean powers over its intervals. */
static int64_t sum_of(int64_t energy_wh, int64_t interval_s) {
    if (energy_wh == INT64_MIN || energy_wh == INT64_MAX) return energy_wh;
    return (int64_t)gw_wide_floor(gw_wide_multiply(energy_wh, MILLI * SECONDS_PER_HOUR),
                                  interval_s);
}

static gw_exchange_member member_of(const gw_microgrid_plan *plan) {
    return (gw_exchange_member){.costs = plan->costs,
                                .interval_count = plan->cost_count,
                                .least_sum = sum_of(plan->least_wh, plan->interval_s),
                                .most_sum = sum_of(plan->most_wh, plan->interval_s)};
}

gw_status gw_microgrid_plan_load(gw_arena *arena, const char *path, gw_microgrid_plan *ret,
                                 gw_fault *reterr) {
    json_error_t error;
    AUTO_JSON root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        return gw_fail_with(reterr, GW_CODE_MALFORMED, path, "line %d: %s", error.line, error.text);
    gw_microgrid_plan plan = {0};
    GW_TRY(get_text(arena, root, "name", &plan.name, reterr));
    GW_TRY(get_way(arena, root, &plan, reterr));
    GW_TRY(get_number_or(root, "exchanges_most", 0, &plan.exchanges_most, reterr));
    GW_TRY(get_number_or(root, "least_wh", INT64_MIN, &plan.least_wh, reterr));
    GW_TRY(get_number_or(root, "most_wh", INT64_MAX, &plan.most_wh, reterr));
    GW_TRY(get_number_or(root, "interval_s", 900, &plan.interval_s, reterr));
    GW_TRY(get_costs(arena, json_object_get(root, "costs"), &plan, reterr));
    if (plan.interval_s < 60 || plan.interval_s > 86400)
        return gw_fail_with(reterr, GW_CODE_OUT_OF_RANGE, "interval_s", "%lld s is no interval",
                            (long long)plan.interval_s);
    const gw_exchange_member member = member_of(&plan);
    GW_TRY(gw_exchange_member_check(&member, reterr));
    *ret = plan;
    return gw_ok();
}

/* A single cost stands for every interval. */
static gw_status spread(gw_arena *arena, const gw_microgrid_plan *plan, size_t count,
                        gw_exchange_member *member, gw_fault *reterr) {
    gw_exchange_cost *costs = NULL;
    if (member->interval_count == count) return gw_ok();
    if (plan->cost_count != 1 || count == 0 || count > GW_EXCHANGE_INTERVALS_MOST)
        return gw_fail_with(reterr, GW_CODE_INVALID, "costs",
                            "there are %u costs for %zu intervals", plan->cost_count, count);
    GW_TRY(GW_ARENA_NEW(arena, gw_exchange_cost, count, &costs, reterr));
    for (size_t t = 0; t < count; t++) costs[t] = plan->costs[0];
    member->costs = costs;
    member->interval_count = (uint32_t)count;
    return gw_ok();
}

gw_status gw_microgrid_answer(gw_arena *arena, const gw_microgrid_plan *plan,
                              const gw_microgrid_question *question, const int64_t **ret_powers,
                              gw_fault *reterr) {
    int64_t *powers = NULL;
    gw_exchange_member member = member_of(plan);
    GW_TRY(spread(arena, plan, question->count, &member, reterr));
    GW_TRY(GW_ARENA_NEW(arena, int64_t, question->count, &powers, reterr));
    gw_exchange_member_answer(&member, question->penalty, question->targets, powers);
    *ret_powers = powers;
    return gw_ok();
}
